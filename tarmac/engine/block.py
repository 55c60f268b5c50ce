"""Blocks of paths from their streams to their summary: the function that workers run."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tarmac.engine.audit import Audit
from tarmac.engine.clocks import CLOCKS
from tarmac.engine.coordinates import sampled
from tarmac.engine.draws import Draws, draw
from tarmac.engine.drivers import Drivers, drive
from tarmac.engine.ledger import Ledger, Watcher
from tarmac.engine.ownership import owners_of
from tarmac.engine.selection import Paths, Selection, by_path
from tarmac.engine.walk import Row
from tarmac.plan import Plan
from tarmac.replicates import REPLICATE_PATHS, squares_of
from tarmac.sampling import REPLICATES, Sampler
from tarmac.streams import BLOCK_PATHS, Streams
from tarmac.summary import (
    EXIT_PROCEEDS,
    NEEDS,
    OWNERSHIP,
    SAMPLES,
    SECONDARY_PROCEEDS,
    WHOLE,
    Histogram,
    HistogramBuilder,
    Summary,
    strikes_of,
)

AMOUNTS = ("cash", "net_burn", "arrears", "payables")


def shares_of(plan: Plan) -> tuple[str, ...]:
    """The amounts that say who owns what: of all common holders, of each owner by name; the proceeds of sales."""
    if not plan.knows_ownership:
        return ()
    secondary = any(item.instrument == "secondary" for item in plan.rounds)
    proceeds = (EXIT_PROCEEDS, SECONDARY_PROCEEDS) if secondary else (EXIT_PROCEEDS,)
    return (OWNERSHIP, *(f"{OWNERSHIP}.{name}" for name in owners_of(plan)), *proceeds)


@dataclass(frozen=True, slots=True)
class Job:
    """What a run asks for: a plan over `months` on `paths` paths under a seed.

    `audit` checks the conservation of cash on every path and month, which changes no result but takes longer.
    `sampler`: how paths are spread over chance; other than plainly they come in whole replicates. `first`: the blocks
    that have been run already, for a run that goes on.
    """

    plan: Plan
    seed: int
    months: int
    paths: int
    audit: bool = False
    sampler: Sampler = "plain"
    first: int = 0

    @property
    def blocks(self) -> int:
        """How many blocks that makes."""
        return -(-self.paths // BLOCK_PATHS)

    def paths_in(self, block: int) -> int:
        """Paths in one block: the last may be shorter."""
        return min(BLOCK_PATHS, self.paths - block * BLOCK_PATHS)

    def streams(self, block: int) -> Streams:
        """The random streams of one block."""
        return sampled(Streams(self.seed, self.first + block), self.plan, sampler=self.sampler, months=self.months)


@contextmanager
def overflow_raised() -> Iterator[None]:
    """OverflowError where amounts grow beyond what single precision holds, rather than an infinite amount."""
    try:
        with np.errstate(over="raise", invalid="raise"):
            yield
    except FloatingPointError:
        raise OverflowError("amounts grow beyond 1e38") from None


class Prepared:
    """One block with its drivers laid out, to be run once or many times with more or less opening cash.

    `draws`: what to run instead of the block's own draws. `again`: it will be run many times, for which it is laid out.
    """

    def __init__(self, job: Job, block: int, *, draws: Draws | None = None, again: bool = False) -> None:
        if draws is None:
            draws = draw(job.plan, job.streams(block), months=job.months, paths=job.paths_in(block))
        self._job, self._block = job, block
        self.drivers: Drivers = drive(job.plan, draws, again=again)

    def only(self, paths: Paths) -> "Prepared":
        """The same for some of the paths, counted anew from 0 in their order."""
        draws = self.drivers.draws.only(Selection(paths, self.drivers.paths, since=0))
        return Prepared(self._job, self._block, draws=draws, again=self.drivers.again)

    def ledger(self, extra_cash: Row | float = 0.0, *, since: int = 0, owners: bool = True) -> Ledger:
        """The books of the block, with some cash more at the beginning of month `since`; see `Ledger`."""
        return Ledger(self.drivers, extra_cash=extra_cash, since=since, owners=owners)


class Tally:
    """Watches ledgers, one block after the other, and keeps what a summary needs."""

    def __init__(self, job: Job) -> None:
        plan = job.plan
        possible = {"cash": True, "net_burn": True, "arrears": plan.pays_in_order, "payables": plan.has_payables}
        amounts = [name for name in AMOUNTS if possible[name]]
        self._job = job
        self._builders = {name: HistogramBuilder(job.months) for name in amounts}
        self._need = None if plan.reacts_to_cash else HistogramBuilder(1)
        self._needs = None if plan.reacts_to_cash or job.sampler == "plain" else HistogramBuilder(REPLICATES)
        self._owned = {name: HistogramBuilder(job.months if name == OWNERSHIP else 1) for name in shares_of(plan)}
        self._strikes = {name: np.zeros(job.months + 1, np.int64) for name in CLOCKS}
        leaning = () if job.sampler == "plain" else CLOCKS
        self._squares = {name: np.zeros(job.months, np.int64) for name in leaning}
        self._samples = np.empty((job.months, 0))
        self._paths = 0

    def run_block(self, block: int) -> dict[str, NDArray[np.int32]]:
        """Run a block and take it in; the month index at which each clock strikes on each path (the horizon: never).

        OverflowError where amounts grow beyond 1e38.
        """
        with overflow_raised():
            return self._take(block)

    def _take(self, block: int) -> dict[str, NDArray[np.int32]]:
        ledger = Prepared(self._job, block).ledger()
        paths = ledger.drivers.paths
        wanted = min(SAMPLES - self._samples.shape[1], paths)
        amounts = Amounts(self._builders, np.zeros((self._job.months, wanted)))
        now = ledger.drivers.now
        lowest = None if self._need is None else LowestPoint(ledger, since=now)
        watchers: list[Watcher] = [
            amounts,
            *([lowest] if lowest else []),
            *([Audit(ledger)] if self._job.audit else []),
            *([Shares(self._owned[OWNERSHIP])] if self._owned else []),
        ]
        struck = ledger.run(watchers, drop=lowest is None and not self._job.audit)
        self._take_ownership(ledger)
        if lowest is not None and self._need is not None:
            self._take_need(lowest.need(), struck["insolvent"] >= now)
        for name, months in struck.items():
            self._strikes[name] += strikes_of(months, self._job.months)
        for name in self._squares:
            self._squares[name] += squares_of(struck[name], self._job.months)
        self._samples = np.hstack([self._samples, amounts.samples])
        self._paths += paths
        return struck

    def _take_need(self, needs: Row, known: NDArray[np.bool_]) -> None:
        """What the paths need of which it is known; by replicate as well, where paths lean on each other in them."""
        if self._need is not None:
            self._need.month(0, needs[known])
        if self._needs is not None:
            for row, first in enumerate(range(0, len(needs), REPLICATE_PATHS)):
                some = slice(first, first + REPLICATE_PATHS)
                self._needs.month(row, needs[some][known[some]])

    def _take_ownership(self, ledger: Ledger) -> None:
        """Who owns what at the horizon, of the paths that are solvent and independent; what common holders got."""
        owned, living = ledger.ownership, ledger.state.living
        if owned is None:
            return
        for name, row in zip(owned.owners, owned.held, strict=True):
            self._owned[f"{OWNERSHIP}.{name}"].month(0, WHOLE * (row if living is None else row.take(living)))
        for _, proceeds in owned.sales:
            self._owned[EXIT_PROCEEDS].month(0, proceeds)
        if owned.secondary_sales:
            self._owned[SECONDARY_PROCEEDS].month(0, by_path(owned.secondary_sales))

    def summary(self) -> Summary:
        """What the blocks leave behind.

        Insolvent paths count as zero cash; other amounts are of the paths that are solvent. Those on which the company
        was acquired count no more. `need`, one row of the
        extra cash each path needs at the opening (after the origin of the facts: each that has come so far), is there
        only where nothing reacts to cash.
        """
        insolvent, sold = (np.cumsum(self._strikes[name])[:-1] for name in ("insolvent", "exit"))
        amounts = {name: Histogram.zeros(self._paths - insolvent - sold) for name in AMOUNTS}
        amounts |= {name: builder.build() for name, builder in self._builders.items()}
        amounts["cash"] += Histogram.zeros(insolvent)
        if self._need is not None:
            amounts["need"] = self._need.build()
        if self._needs is not None:
            amounts[NEEDS] = self._needs.build()
        amounts |= {name: builder.build() for name, builder in self._owned.items()}
        return Summary(self._paths, self._strikes, amounts, self._samples, self._squares)


class Amounts:
    """Watches one block's amounts: histograms of all paths, and the first few as they were, shape (months, few).

    Of those, an insolvent one holds zero, and one that was acquired NaN.
    """

    def __init__(self, builders: dict[str, HistogramBuilder], samples: NDArray[np.float64]) -> None:
        self._builders = builders
        self.samples = samples

    def month_end(self, month: int, ledger: Ledger) -> None:
        """Keep a month's amounts of the paths that are solvent."""
        state = ledger.state
        for name, builder in self._builders.items():
            row: Row = getattr(state, name)
            builder.month(month, row if state.living is None else row.take(state.living))
        shown = np.searchsorted(ledger.who, self.samples.shape[1])
        alive = np.flatnonzero(state.alive[:shown])
        self.samples[month, ledger.who[alive]] = state.cash[alive]
        sold = ledger.who[state.sold]
        self.samples[month:, sold[sold < self.samples.shape[1]]] = np.nan


class Shares:
    """Watches what all common holders together own, of the paths that are solvent and independent.

    Shares move only where a round closes: in other months what is known is counted again, on the paths that are left.
    """

    def __init__(self, builder: HistogramBuilder) -> None:
        self._builder = builder
        self._row: Row = np.empty(0)

    def month_end(self, month: int, ledger: Ledger) -> None:
        """Count a month's shares."""
        if ledger.ownership is None:
            return
        if ledger.rounds.closed or len(self._row) != len(ledger.who):
            self._row = WHOLE * ledger.ownership.founders_and_staff
        living = ledger.state.living
        self._builder.month(month, self._row if living is None else self._row.take(living))


class LowestPoint:
    """Watches how far each path's cash would have fallen had nothing stopped it: the running minimum.

    From month `since` on. Where nothing reacts to cash, that is what a path needs more at its beginning.
    """

    def __init__(self, ledger: Ledger, *, since: int = 0) -> None:
        self._since = since
        self._position = ledger.state.cash.copy()
        self._low: Row = np.full(len(self._position), np.inf)
        self.largest: Row = np.zeros(len(self._position))
        """The most that was due in any month. Shape (paths,)."""

    def month_end(self, month: int, ledger: Ledger) -> None:
        """Let the month's flows through, paid or not."""
        state = ledger.state
        for paths, amounts in state.funding:
            self._position[paths] += amounts
        self._position += state.receipts
        owing = state.payroll + state.dues
        if ledger.debts is not None or ledger.taxes is not None:
            owing = owing + state.interest + state.principal + state.taxes
        self._position -= owing
        if month >= self._since:
            np.minimum(self._low, self._position, out=self._low)
        np.maximum(self.largest, owing, out=self.largest)

    def need(self) -> Row:
        """The extra opening cash with which each path's lowest point is zero; 0 where it is above. Shape (paths,)."""
        return np.maximum(-self._low, 0.0)


def run_blocks(job: Job, blocks: range) -> Summary:
    """Run some blocks of a job and summarise them."""
    tally = Tally(job)
    for block in blocks:
        tally.run_block(block)
    return tally.summary()
