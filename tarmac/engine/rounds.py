"""Attempts to raise money: when each starts, when it ends, whether it closes, what arrives and as what."""

from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from tarmac.engine.drivers import Drivers
from tarmac.engine.ownership import in_order
from tarmac.engine.prospects import Prospects
from tarmac.engine.selection import NOBODY, Paths, Selection, Some
from tarmac.engine.state import State
from tarmac.engine.walk import Row
from tarmac.plan import GatePlan, Number, RoundPlan

if TYPE_CHECKING:
    from tarmac.engine.ledger import Ledger

_NOTHING: Row = np.empty(0)


class RunningRound:
    """One round on every path of a block: its attempts, one after the other."""

    def __init__(self, plan: RoundPlan, drivers: Drivers) -> None:
        self.plan = plan
        self._drivers = drivers
        self._ripe: list[list[Paths]] = [[] for _ in range(drivers.months)]
        """By month, the paths on which an attempt is then decided, or may close from then on."""
        self._open: Paths = NOBODY
        """The paths on which an attempt may close in any month."""
        self._attempt = np.zeros(drivers.paths if plan.retries else 1, np.int8)
        self._until = np.zeros(drivers.paths if plan.hazard else 1, np.int16)
        self._in_time = np.ones(self._until.shape, np.bool_)
        self._waiting = np.full(drivers.paths, plan.starts is None)
        self.failed = np.zeros(drivers.paths, np.bool_)
        """The paths on which the last attempt has failed."""
        if plan.starts is not None:
            self._start(plan.starts, np.arange(drivers.paths))

    def start_where(self, seen: NDArray[np.bool_], *, month: int) -> None:
        """Start in `month` on the paths where the state it waits for is seen for the first time."""
        fresh = np.flatnonzero(self._waiting & seen)
        if len(fresh):
            self._waiting[fresh] = False
            self._start(month, fresh)

    def begun(self, month: int) -> NDArray[np.bool_]:
        """The paths on which, at the end of a month, the attempt has begun or is decided on. Shape (paths,)."""
        begun: NDArray[np.bool_] = ~self._waiting & (self.plan.starts is None or month >= self.plan.starts)
        return begun

    def keep(self, chosen: Selection, drivers: Drivers) -> None:
        """Go on with some of the paths."""
        self._drivers = drivers
        later = [[chosen.places(paths) for paths in month] for month in self._ripe[chosen.since :]]
        self._ripe = [*self._ripe[: chosen.since], *later]
        self._open, self._attempt = chosen.places(self._open), chosen.row(self._attempt)
        self._until, self._in_time = chosen.row(self._until), chosen.row(self._in_time)
        self._waiting, self.failed = chosen.row(self._waiting), chosen.row(self.failed)

    def _start(self, starts: Row | int, paths: Paths) -> None:
        """Attempts that start in some month; those whose time comes beyond the horizon are forgotten."""
        months = len(self._ripe)
        ripe = np.minimum(np.floor(starts + self._on(paths, self.plan.takes)), months)
        if self.plan.hazard is not None:
            until = np.minimum(np.floor(starts + self._on(paths, self.plan.hazard.gives_up_after)), months)
            self._until[paths], self._in_time[paths] = until, ripe <= until
            ripe = np.minimum(ripe, until)
        ripe = np.broadcast_to(ripe, paths.shape).astype(np.int16)
        order = np.argsort(ripe, kind="stable")
        first = int(ripe.min(initial=months))
        edges = np.searchsorted(ripe[order], np.arange(first, months + 1))
        for month, (begin, end) in enumerate(pairwise(edges), start=first):
            if begin < end:
                self._ripe[month].append(paths[order[begin:end]])

    def close(self, month: int, state: State, *, prospects: Prospects) -> tuple[Paths, Row]:
        """The paths on which it closes in this month, and the cash that arrives; others may have failed."""
        ripe = [*self._ripe[month], self._open] if len(self._open) else self._ripe[month]
        if not ripe:
            return NOBODY, _NOTHING
        trying = np.concatenate(ripe)
        trying = trying[state.alive[trying]]
        wins = self._wins(month, trying, prospects=prospects)
        over = trying
        if self.plan.hazard is not None:
            ends = wins | (self._until[trying] <= month)
            self._open, over, wins = trying[~ends], trying[ends], wins[ends]
        if self.plan.gate is not None:
            wins = wins & self._passes(self.plan.gate, state, month=month, paths=over)
        paths = over[wins]
        amounts = self._amounts(month, paths)
        if self.plan.sold is not None and not (amounts > 0).all():
            wins[wins] = amounts > 0
            paths, amounts = over[wins], amounts[amounts > 0]
        self._fail(month, over[~wins])
        return paths, amounts

    def _wins(self, month: int, paths: Paths, *, prospects: Prospects) -> NDArray[np.bool_]:
        """Where attempts that may close in a month do, were it not for their gates. Shape (len(paths),)."""
        plan, able = self.plan, self._on(paths, self.plan.succeeds)
        if month > plan.until:
            return np.zeros(len(paths), np.bool_)
        if plan.hazard is None:
            return self._luck(paths) < prospects.moved(able, plan, month=month, paths=paths)
        chance = prospects.moved(self._on(paths, plan.hazard.closes_monthly), plan, month=month, paths=paths)
        now = self._drivers.draws.switches[plan.hazard.driver][month][paths] < chance
        wins: NDArray[np.bool_] = now & (self._luck(paths) < able) & self._in_time[paths]
        return wins

    def _luck(self, paths: Paths) -> Row:
        """The uniform number of the attempt that each path is at. Shape (len(paths),)."""
        rows = [self._drivers.draws.chances[name][paths] for name in self.plan.attempts]
        return rows[0] if len(rows) == 1 else np.choose(self._attempt[paths], rows)

    def _fail(self, month: int, paths: Paths) -> None:
        """An attempt has failed on some paths: where it was not the last, another starts later."""
        if not self.plan.retries:
            self.failed[paths] = True
            return
        last = self._attempt[paths] >= self.plan.retries
        self.failed[paths[last]] = True
        again = paths[~last]
        self._attempt[again] += 1
        self._start(np.floor(month + self._on(again, self.plan.again_after)), again)

    def _amounts(self, month: int, paths: Paths) -> Row:
        """What arrives on some paths if it closes there. Shape (len(paths),)."""
        amount = self._drivers.on(paths, self.plan.amount, month=month) * self._on(paths, self.plan.delivered)
        return amount if len(amount) == len(paths) else np.full(len(paths), amount[0])

    def _on(self, paths: Paths, number: Number) -> Row:
        return self._drivers.on(paths, number)

    def _passes(self, gate: GatePlan, state: State, *, month: int, paths: Paths) -> NDArray[np.bool_]:
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
        self._prospects = Prospects(drivers)
        self.closed: list[tuple[RoundPlan, Some]] = []
        """What closed this month, on which paths, with what amounts."""

    def __getitem__(self, number: int) -> RunningRound:
        return self.all[number]

    def giving(self, path: str) -> int:
        """How many rounds are paid for in credits of one vendor."""
        return sum(item.plan.vendor == path for item in self.all)

    def look(self, state: State) -> None:
        """What investors see at a month's end."""
        self._prospects.look(state)

    def keep(self, chosen: Selection, drivers: Drivers) -> None:
        """Go on with some of the paths."""
        self._prospects.keep(chosen, drivers)
        for item in self.all:
            item.keep(chosen, drivers)

    def close(self, month: int, ledger: "Ledger") -> None:
        """The rounds that close in a month, in the order of the file. All gates look at the state before them."""
        closing = [(item, *item.close(month, ledger.state, prospects=self._prospects)) for item in self.all]
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
        elif plan.instrument != "secondary":
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
