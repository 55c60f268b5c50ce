"""The month loop: a company's books, month by month, on one block of paths.

`Ledger.month` names the mechanisms in the order in which they act; that list is the model's documentation.
"""

from collections.abc import Sequence
from typing import Final, Protocol

import numpy as np
from numpy.typing import NDArray

from tarmac.engine.clocks import Clocks
from tarmac.engine.drivers import Drivers
from tarmac.engine.lines import Revenue, Team, Vendor, opening_dues
from tarmac.engine.policies import Line, RunningPolicy, seen
from tarmac.engine.rounds import RunningRound
from tarmac.engine.selection import Selection
from tarmac.engine.state import State
from tarmac.engine.vendors import Flags, paying
from tarmac.engine.walk import Row

_NOTHING: Row = np.zeros(1)

_FEW: Final = 1_000
"""A block of no more paths than this is not worth narrowing."""

_LEFT: Final = 3
"""A block is narrowed once at most one path in so many is solvent."""


class Watcher(Protocol):
    """Somebody who reads the books at every month's end."""

    def month_end(self, month: int, ledger: "Ledger") -> None:
        """Read what is needed; the rows are overwritten next month."""


class Ledger:
    """One run of one block: the state of every path, and the mechanisms that change it."""

    def __init__(self, drivers: Drivers, *, extra_cash: Row | float = 0.0) -> None:
        plan = drivers.plan
        touched = plan.touched_lines
        self.drivers, self.plan = drivers, plan
        self.state = State(drivers, extra_cash)
        self.clocks = Clocks(drivers.paths, drivers.months)
        self.paying = paying(drivers)
        self.rounds = [RunningRound(item, drivers) for item in plan.rounds]
        self.policies = [RunningPolicy(item, drivers) for item in plan.policies]
        revenue = {line.level.path: Revenue(line, drivers, alters=line.level.path in touched) for line in plan.revenue}
        teams = {line.level.path: Team(line, drivers, alters=line.level.path in touched) for line in plan.teams}
        vendors = {line.level.path: Vendor(line, drivers, alters=line.level.path in touched) for line in plan.vendors}
        self.revenue, self.teams, self.vendors = [*revenue.values()], [*teams.values()], [*vendors.values()]
        self.lines: dict[str, Line] = {**revenue, **teams, **vendors}
        self.state.payables += opening_payables(drivers)

    def run(self, watchers: Sequence[Watcher] = (), *, drop: bool = False) -> dict[str, NDArray[np.int32]]:
        """Go through all months; the month index at which each clock strikes on each path (the horizon: never).

        With `drop`, insolvent paths are left behind once only a third of those that are left is solvent (where that
        is many): watchers then see fewer and fewer paths, which `who` names by their number in the block.
        """
        for month in range(self.drivers.months):
            self.month(month)
            for watcher in watchers:
                watcher.month_end(month, self)
            living = self.state.living
            if drop and living is not None and len(self.who) > _FEW and 0 < _LEFT * len(living) <= len(self.who):
                self._keep(Selection(living, len(self.who), since=month + 1))
        return self.clocks.months()

    @property
    def who(self) -> NDArray[np.int64]:
        """The paths still run, by their number in the block: all of them unless some were left behind."""
        return self.clocks.who

    def _keep(self, chosen: Selection) -> None:
        """Go on with some of the paths: nothing happens on the others any more."""
        self.drivers = self.drivers.keep(chosen)
        for balances in (self.state, self.clocks, self.paying):
            balances.keep(chosen)
        for mechanism in (*self.rounds, *self.policies, *self.lines.values()):
            mechanism.keep(chosen, self.drivers)

    def month(self, month: int) -> None:
        """One month, up to its end."""
        self.carry_out_policies(month)
        self.earn_and_use(month)
        self.close_rounds(month)
        self.collect(month)
        self.pay_people(month)
        missed, failed = self.pay_vendors(month)
        self.state.measure_burn(month)
        self.read_clocks(month, missed=missed, failed=failed)
        self.decide(month)

    def carry_out_policies(self, month: int) -> None:
        """What was decided earlier bites."""
        for policy in self.policies:
            policy.act(month, self.lines)

    def earn_and_use(self, month: int) -> None:
        """Revenue is earned and bills are received (accrual)."""
        self.state.earned = summed([revenue.earn(month) for revenue in self.revenue])
        billed = [vendor.bill(month) for vendor in self.vendors]
        if self.plan.has_payables:
            self.state.payables += summed(billed)

    def close_rounds(self, month: int) -> None:
        """Money from outside arrives."""
        state = self.state
        state.funding = [item.close(month, state) for item in self.rounds]
        for paths, amounts in state.funding:
            state.cash[paths] += amounts

    def collect(self, month: int) -> None:
        """Customers pay, and one-off amounts come or go."""
        state, one_off = self.state, self.drivers.one_offs[month]
        state.receipts = summed([revenue.collect(month) for revenue in self.revenue])
        if one_off is not None:
            state.receipts = state.receipts + np.bincount(one_off[0], one_off[1], len(state.cash))
        state.cash += state.receipts

    def pay_people(self, month: int) -> None:
        """Payroll and severance are due, before anything else."""
        self.state.payroll = summed([team.pay(month) for team in self.teams])
        self.state.cash -= self.state.payroll

    def pay_vendors(self, month: int) -> tuple[Flags, Flags]:
        """Bills due and arrears are paid; where a bill was missed, and where the company has failed by paying late."""
        state = self.state
        dues: dict[int, Row] = {}
        for vendor in self.vendors:
            due, before = vendor.due(month), dues.get(vendor.tolerance)
            dues[vendor.tolerance] = due if before is None else before + due
        state.dues = summed(list(dues.values()))
        missed, failed = self.paying.pay(dues, state, month=month)
        if self.plan.has_payables:
            state.payables -= state.paid
        return missed, failed

    def read_clocks(self, month: int, *, missed: Flags, failed: Flags) -> None:
        """The clocks strike; what has become insolvent stays so."""
        fresh = self.clocks.strike(month, self.state, missed=missed, failed=failed)
        if len(fresh):
            self.paying.leave_unpaid(fresh, self.state)
        self.state.bury(fresh, overdraft=self.plan.insolvent_when == "cash_below_zero")

    def decide(self, month: int) -> None:
        """Policies and rounds that wait for a state look at the month's end, and act on the next."""
        for policy in self.policies:
            policy.decide(month, self)
        for item in self.rounds:
            if item.plan.when is not None:
                item.start_where(seen(item.plan.when, self, month=month), month=month + 1)


def summed(rows: list[Row]) -> Row:
    """The sum of some rows. Shape (paths,) or (1,); not to be written to, since a single row is given back as it is."""
    total = rows[0] if rows else _NOTHING
    for row in rows[1:]:
        total = total + row
    return total


def opening_payables(drivers: Drivers) -> Row:
    """Bills received before the opening and due after it. Shape (paths,) or (1,)."""
    total: Row = np.zeros(1)
    for vendor in drivers.plan.vendors:
        for due in opening_dues(vendor, drivers):
            total = total + due
    return total
