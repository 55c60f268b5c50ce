"""The path that statements are asked of: by number, of median runway, or the mean over all; and its accounts."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal, TypeVar

import numpy as np
from numpy.typing import NDArray

from tarmac.engine.accounts import NO_ACCOUNTS, Accountant, Accounts
from tarmac.engine.block import Job, Prepared, overflow_raised
from tarmac.engine.ledger import Ledger, Watcher
from tarmac.simulation import Progress
from tarmac.statements.tables import Series
from tarmac.streams import BLOCK_PATHS

Months = NDArray[np.int32]
"""A month index for every path, shape (paths,)."""

Which = int | Literal["mean", "median"]
"""The mean over all paths, the path of median runway, or a path by its number, counted from 1."""

W = TypeVar("W", bound=Watcher)


@dataclass(frozen=True)
class Found:
    """The accounts asked for, each row of shape (months,) or (months + 1,), and whose they are."""

    accounts: Accounts
    path: int | None
    what: str
    notes: tuple[str, ...]
    insolvent: int | None = None
    acquired: int | None = None


def find(job: Job, path: Which, *, tell: Progress | None = None) -> Found:
    """The accounts of the path that is meant. OverflowError where amounts grow beyond 1e38."""
    with overflow_raised():
        found = _found(job, path, tell=(lambda _done, _paths: None) if tell is None else tell)
    found.accounts.check_size()
    return found


def _found(job: Job, path: Which, *, tell: Progress) -> Found:
    if path == "mean":
        return _mean(job, tell)
    if path == "median":
        return _median(job, tell)
    return _one(job, path, what=f"path {path:,} of {job.paths:,}")


def _one(job: Job, number: int, *, what: str) -> Found:
    """A path by its number: its block is run once more."""
    block, place = divmod(number - 1, BLOCK_PATHS)
    ledger = Prepared(job, block).ledger()
    accountant = Accountant(ledger, np.array([place]))
    struck = {name: int(months[place]) for name, months in ledger.run([accountant]).items()}
    insolvent, acquired = (None if struck[name] == job.months else struck[name] for name in ("insolvent", "exit"))
    how = _how_it_ends(job, insolvent=insolvent, acquired=acquired)
    return Found(_mean_of(accountant.accounts(), 1), number, what, (how,), insolvent, acquired)


def _mean_of(total: Accounts, paths: int) -> Accounts:
    """The mean of so many paths, of which there is the sum. Each row loses its last axis."""
    return Accounts(
        {name: rows[:, 0] / paths for name, rows in total.flows.items()},
        {name: rows[:, 0] / paths for name, rows in total.balances.items()},
    )


def _how_it_ends(job: Job, *, insolvent: int | None, acquired: int | None) -> str:
    first = job.plan.first_month
    if insolvent is not None:
        return f"Insolvent in {(first + insolvent).label}: no more flows after that month, and balances stay."
    if acquired is not None:
        return f"Acquired in {(first + acquired).label}: the statements end with the month before, and balances stay."
    return f"Solvent to {(first + (job.months - 1)).label}."


def _mean(job: Job, tell: Progress) -> Found:
    total, ends = NO_ACCOUNTS, {"insolvent": 0, "exit": 0}
    for accountant, struck in _blocks(job, tell, watch=Accountant):
        total += accountant.accounts()
        ends = {name: count + int((struck[name] < job.months).sum()) for name, count in ends.items()}
    notes = tuple(_who_leaves(insolvent=ends["insolvent"], acquired=ends["exit"]))
    return Found(_mean_of(total, job.paths), None, f"the mean of {job.paths:,} paths", notes)


def _who_leaves(*, insolvent: int, acquired: int) -> Iterator[str]:
    if insolvent or acquired:
        yield (
            f"Of the paths {insolvent:,} become insolvent and {acquired:,} are acquired within the horizon; "
            "they count with the balances they are left with, and no more flows."
        )


def _median(job: Job, tell: Progress) -> Found:
    insolvent, cash = _fates(job, tell)
    place = median_path(insolvent, cash, months=job.months)
    month = int(insolvent[place])
    why = "more than half of the paths are never insolvent, and it has the median cash of those"
    if month < job.months:
        why = f"half of the paths are insolvent by the end of {(job.plan.first_month + month).label}"
    return _one(job, place + 1, what=f"path {place + 1:,} of {job.paths:,}, that of median runway ({why})")


def median_path(insolvent: Months, cash: Series, *, months: int) -> int:
    """Which path has the median runway, counted from 0; `statements_of` says how it is defined.

    `insolvent`: each path's month index of insolvency, `months` where it never is; `cash`: what it has at the horizon,
    or had when acquired. Shapes (paths,).
    """
    middle = int(np.sort(insolvent)[(len(insolvent) - 1) // 2])
    if middle < months:
        return int(np.argmax(insolvent == middle))
    solvent = np.flatnonzero(insolvent == months)
    held = np.sort(cash[solvent])[(len(solvent) - 1) // 2]
    return int(solvent[np.argmax(cash[solvent] == held)])


def _fates(job: Job, tell: Progress) -> tuple[Months, Series]:
    """The month of insolvency and the last cash of every path."""
    found = [(struck["insolvent"], last.cash) for last, struck in _blocks(job, tell, watch=_LastCash)]
    return np.concatenate([months for months, _ in found]), np.concatenate([cash for _, cash in found])


def _blocks(job: Job, tell: Progress, *, watch: Callable[[Ledger], W]) -> Iterator[tuple[W, dict[str, Months]]]:
    """Run block by block; what watched each, and the month index at which each clock struck each path."""
    for block in range(job.blocks):
        ledger = Prepared(job, block).ledger()
        watcher = watch(ledger)
        yield watcher, ledger.run([watcher])
        tell(min((block + 1) * BLOCK_PATHS, job.paths), job.paths)


class _LastCash:
    """Watches what every path has as long as it is solvent and independent."""

    def __init__(self, ledger: Ledger) -> None:
        self.cash = ledger.state.cash.copy()

    def month_end(self, month: int, ledger: Ledger) -> None:  # noqa: ARG002  (every month is alike)
        """Look at those who are still there."""
        np.copyto(self.cash, ledger.state.cash, where=ledger.state.alive)
