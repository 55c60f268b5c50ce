"""One block of paths of some companies: when each fails, what must be put in by quarter, how common drivers went."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from tarmac.engine.block import Job, LowestPoint, Prepared, overflow_raised
from tarmac.engine.draws import draw
from tarmac.engine.drivers import Drivers
from tarmac.engine.ledger import Ledger
from tarmac.engine.walk import Row
from tarmac.plan import Plan
from tarmac.portfolio.common import CompanyStreams
from tarmac.simulation import overflow_told
from tarmac.streams import MARKET

QUARTER: Final = 3
"""Months in a quarter, counted from the first month."""

Path16 = NDArray[np.int16]


@dataclass(frozen=True)
class Member:
    """A company laid out to be run with others.

    `name`: what its own draws are named by; `shared`, `highest`: see CompanyStreams. `rate`: its currency in the
    portfolio's; `stake`: the investor's share, 0 where that is not known. `tells`: the shared drivers whose course is
    read here, each in the first company that has it.
    """

    name: str
    file: str
    plan: Plan
    shared: Mapping[str, str]
    highest: Mapping[str, float]
    rate: float
    stake: float
    tells: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Task:
    """Some companies on one block of a run, or on its first paths."""

    members: tuple[Member, ...]
    seed: int
    block: int
    months: int
    paths: int


@dataclass(frozen=True)
class Part:
    """What some companies leave of one block.

    `struck`: month index of each company's insolvency, the horizon where there is none, shape (companies, paths).
    `calls`: what must be put into all of them by the end of each quarter so that none stops paying, by the investor for
    its stakes and by all investors together, in the portfolio's currency, shape (2, quarters, paths). `drivers`: a
    figure of each shared driver's course, shape (paths,).
    """

    struck: Path16
    calls: NDArray[np.float64]
    drivers: Mapping[str, NDArray[np.floating] | NDArray[np.int64]]


class Falls(LowestPoint):
    """Watches how far each path's cash has fallen below zero by the end of each quarter, paid or not."""

    def __init__(self, ledger: Ledger, months: int) -> None:
        super().__init__(ledger, since=ledger.drivers.now)
        self._last = months - 1
        self.quarters: list[Row] = []
        """Money that would have been needed so far, at the end of each quarter. Each of shape (paths,)."""

    def month_end(self, month: int, ledger: Ledger) -> None:
        """Let the month's flows through, paid or not."""
        super().month_end(month, ledger)
        if month % QUARTER == QUARTER - 1 or month == self._last:
            self.quarters.append(self.need())


def run_task(task: Task) -> Part:
    """Run some companies on one block, one after the other. InputError where a company's amounts grow without end."""
    struck = np.empty((len(task.members), task.paths), np.int16)
    calls = np.zeros((2, quarters_in(task.months), task.paths))
    told: dict[str, NDArray[np.floating] | NDArray[np.int64]] = {}
    for place, member in enumerate(task.members):
        with overflow_told(member.file, task.months), overflow_raised():
            struck[place], needed = _run(member, task, told=told)
        calls[1] += needed * member.rate
        calls[0] += needed * (member.rate * member.stake)
    return Part(struck, calls, told)


def quarters_in(months: int) -> int:
    """How many quarters some months are, the last perhaps shorter."""
    return -(-months // QUARTER)


def _run(
    member: Member, task: Task, *, told: dict[str, NDArray[np.floating] | NDArray[np.int64]]
) -> tuple[Path16, NDArray[np.float64]]:
    """When a company fails, and what must be put in by the end of each quarter. Shapes (paths,), (quarters, paths)."""
    streams = CompanyStreams(task.seed, task.block, member.name, member.shared, member.highest)
    draws = draw(member.plan, streams, months=task.months, paths=task.paths)
    job = Job(member.plan, task.seed, task.months, task.paths)
    prepared = Prepared(job, task.block, draws=draws)
    for name in member.tells:
        found = course_of(name, prepared.drivers)
        if found is not None:
            told[name] = found
    ledger = prepared.ledger(owners=False)
    falls = Falls(ledger, task.months)
    struck = ledger.run([falls])["insolvent"]
    ends = np.minimum(QUARTER * np.arange(1, len(falls.quarters) + 1), task.months) - 1
    needed = np.where(struck <= ends[:, None], np.stack(falls.quarters), 0.0)
    return struck.astype(np.int16), needed


def course_of(name: str, drivers: Drivers) -> NDArray[np.floating] | NDArray[np.int64] | None:
    """One figure a path of how a shared driver went, shape (paths,); None where one figure does not tell.

    Of the market, a price or a currency the mean over the months; of an event how often it happens; of a customer or a
    round the luck that decides; of a line the mean of its monthly shocks.
    """
    draws, (kind, _, rest) = drivers.draws, name.partition(".")
    if name == MARKET:
        return None if drivers.market is None else drivers.market.mean(axis=0)
    if kind == "event":
        return np.bincount(draws.occurrences[rest].paths, minlength=drivers.paths)
    rows = {"price": drivers.indices, "fx": drivers.currencies}.get(kind, {}).get(rest)
    if rows is not None:
        return np.broadcast_to(rows.mean(axis=0), drivers.paths)
    if kind == "customer":
        return next(luck for stream, luck in draws.chances.items() if stream.endswith(f"[{rest}]"))
    if name in draws.chances:
        return draws.chances[name]
    return draws.scores[name].mean(axis=0) if name in draws.scores else None
