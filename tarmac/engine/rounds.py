"""Attempts to raise money: when each starts, when it ends, whether it closes, what arrives and as what."""

from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from tarmac.engine.drivers import Drivers
from tarmac.engine.ownership import in_order
from tarmac.engine.selection import NOBODY, Paths, Selection, Some
from tarmac.engine.state import State
from tarmac.engine.walk import Row
from tarmac.plan import GatePlan, RoundPlan

if TYPE_CHECKING:
    from tarmac.engine.ledger import Ledger

_NOTHING: Row = np.empty(0)


class RunningRound:
    """One round on every path of a block."""

    def __init__(self, plan: RoundPlan, drivers: Drivers) -> None:
        self.plan = plan
        self._drivers = drivers
        self._ending: list[list[Paths]] = [[] for _ in range(drivers.months)]
        self._wins = np.zeros(drivers.paths, np.bool_)
        self._waiting = np.full(drivers.paths, plan.starts is None)
        self.failed = np.zeros(drivers.paths, np.bool_)
        if plan.starts is not None:
            self._start(plan.starts, np.arange(drivers.paths))

    def start_where(self, seen: NDArray[np.bool_], *, month: int) -> None:
        """Start in `month` on the paths where the state it waits for is seen for the first time."""
        fresh = np.flatnonzero(self._waiting & seen)
        if len(fresh):
            self._waiting[fresh] = False
            self._start(month, fresh)

    def keep(self, chosen: Selection, drivers: Drivers) -> None:
        """Go on with some of the paths."""
        self._drivers = drivers
        later = [[chosen.places(paths) for paths in month] for month in self._ending[chosen.since :]]
        self._ending = [*self._ending[: chosen.since], *later]
        self._wins, self._waiting, self.failed = (chosen.row(row) for row in (self._wins, self._waiting, self.failed))

    def _start(self, month: int, paths: Paths) -> None:
        """Attempts of different length end in different months; those that end beyond the horizon are forgotten."""
        months = len(self._ending)
        if month >= months:
            return
        takes = np.broadcast_to(self._drivers.on(paths, self.plan.takes), paths.shape)
        self._wins[paths] = self._drivers.draws.chances[self.plan.driver][paths] < self._chance(month, paths)
        ends = np.minimum(np.floor(month + takes), months).astype(np.int16)
        order = np.argsort(ends, kind="stable")
        edges = np.searchsorted(ends[order], np.arange(month, months + 1))
        for end, (first, last) in enumerate(pairwise(edges), start=month):
            if first < last:
                self._ending[end].append(paths[order[first:last]])

    def _chance(self, month: int, paths: Paths) -> Row:
        """The chance of closing for an attempt that starts in `month`; the market moves its log odds."""
        chance = self._drivers.on(paths, self.plan.succeeds)
        if not self.plan.market or self._drivers.market is None:
            return chance
        odds = np.exp(self._drivers.on(paths, self.plan.market) * self._drivers.market[month][paths].astype(float))
        shifted: Row = chance * odds / (1.0 - chance + chance * odds)
        return shifted

    def close(self, month: int, state: State) -> tuple[Paths, Row]:
        """The paths on which it closes in this month, and the cash that arrives; the others that end have failed."""
        if not self._ending[month]:
            return NOBODY, _NOTHING
        ending = np.concatenate(self._ending[month])
        ending = ending[state.alive[ending]]
        closes = self._wins[ending]
        if self.plan.gate is not None:
            closes = closes & self._open(self.plan.gate, state, month=month, paths=ending)
        self.failed[ending[~closes]] = True
        paths = ending[closes]
        amount = self._drivers.on(paths, self.plan.amount, month=month) * self._drivers.on(paths, self.plan.delivered)
        return paths, amount if len(amount) == len(paths) else np.full(len(paths), amount[0])

    def _open(self, gate: GatePlan, state: State, *, month: int, paths: Paths) -> NDArray[np.bool_]:
        """Whether every condition of a gate holds on some paths, before the month's payments."""
        drivers = self._drivers
        passes = np.ones(len(paths), np.bool_)
        if gate.revenue_above is not None:
            earned = state.earned[paths] if len(state.earned) > 1 else state.earned
            passes &= earned > drivers.on(paths, gate.revenue_above, month=month)
        if gate.cash_above is not None:
            passes &= state.cash[paths] > drivers.on(paths, gate.cash_above, month=month)
        if gate.arrears_below is not None:
            passes &= state.arrears[paths] < drivers.on(paths, gate.arrears_below, month=month)
        return passes


class Rounds:
    """All rounds of one run, and what becomes of the books when they close."""

    def __init__(self, drivers: Drivers) -> None:
        self.all = [RunningRound(item, drivers) for item in drivers.plan.rounds]
        self.closed: list[tuple[RoundPlan, Some]] = []
        """What closed this month, on which paths, with what amounts."""

    def __getitem__(self, number: int) -> RunningRound:
        return self.all[number]

    def giving(self, path: str) -> int:
        """How many rounds are paid for in credits of one vendor."""
        return sum(item.plan.vendor == path for item in self.all)

    def close(self, month: int, ledger: "Ledger") -> None:
        """The rounds that close in a month, in the order of the file. All gates look at the state before them."""
        closing = [(item, *item.close(month, ledger.state)) for item in self.all]
        ledger.state.funding, ledger.state.sold = [], NOBODY
        self.closed = [(item.plan, (paths, amounts)) for item, paths, amounts in closing if len(paths)]
        for plan, some in in_order(self.closed):
            if ledger.ownership is not None:
                ledger.ownership.close(plan, some, month=month, ledger=ledger)
            if plan.instrument == "equity" and ledger.debts is not None:
                ledger.paid_in.append((some[0], ledger.debts.convert(some[0])))
        for plan, some in self.closed:
            self._book(plan, some, month=month, ledger=ledger)

    def _book(self, plan: RoundPlan, some: Some, *, month: int, ledger: "Ledger") -> None:
        paths, amounts = some
        if plan.instrument == "acquisition":
            ledger.clocks.exit(month, paths)
            ledger.state.sell(paths)
        elif plan.instrument == "compute":
            self._give_credits(plan, some, ledger=ledger)
            ledger.paid_in.append(some)
        else:
            ledger.state.cash[paths] += amounts
            ledger.state.funding.append(some)
            if plan.instrument in ("debt", "note") and ledger.debts is not None:
                ledger.debts.draw(plan.driver, some)
            else:
                given = plan.instrument in ("grant", "asset_sale")
                (ledger.other_income if given else ledger.paid_in).append(some)

    def _give_credits(self, plan: RoundPlan, some: Some, *, ledger: "Ledger") -> None:
        alike = [item.plan.name for item in self.all if item.plan.vendor == plan.vendor]
        vendor = next(vendor for vendor in ledger.vendors if vendor.line.level.path == plan.vendor)
        if vendor.credits is not None:
            vendor.credits.grant(alike.index(plan.name), some)
