"""The month loop: a company's books, month by month, on one block of paths.

`Ledger.month` names the mechanisms in the order in which they act; that list is the model's documentation.
"""

from collections.abc import Iterable, Sequence
from typing import Final, Protocol

import numpy as np
from numpy.typing import NDArray

from tarmac.engine.billing import Vendor
from tarmac.engine.claims import Claims
from tarmac.engine.clocks import Clocks
from tarmac.engine.debts import Debts
from tarmac.engine.drivers import Drivers
from tarmac.engine.invoices import NOTHING, summed
from tarmac.engine.ownership import Ownership
from tarmac.engine.paying import paying
from tarmac.engine.people import Team
from tarmac.engine.policies import Line, RunningPolicy, seen
from tarmac.engine.revenue import Revenue
from tarmac.engine.rounds import Rounds
from tarmac.engine.selection import Selection, Some
from tarmac.engine.standing import Equity, ending_costs, worthless
from tarmac.engine.state import ROUNDING, Flags, State
from tarmac.engine.taxes import Taxes
from tarmac.engine.walk import Row

_FEW: Final = 1_000
"""A block of no more paths than this is not worth narrowing."""

_LEFT: Final = 3
"""A block is narrowed once at most one path in so many is solvent."""


_NO_AMOUNTS: Final[Row] = np.empty(0)


class Watcher(Protocol):
    """Somebody who reads the books at every month's end."""

    def month_end(self, month: int, ledger: "Ledger") -> None:
        """Read what is needed; the rows are overwritten next month."""


class Ledger:
    """One run of one block: the state of every path, and the mechanisms that change it."""

    def __init__(self, drivers: Drivers, *, extra_cash: Row | float = 0.0, since: int = 0, owners: bool = True) -> None:
        """`extra_cash`: money more, shape (paths,) or a number, there at the beginning of month `since`.

        `owners`: whether to keep up who owns what, where that is known. Nothing else hangs on it.
        """
        plan = drivers.plan
        touched = plan.touched_lines
        self.drivers, self.plan = drivers, plan
        self.state = State(drivers, 0.0 if since else extra_cash)
        self._extra, self._since = np.broadcast_to(extra_cash, drivers.paths), since
        self.clocks = Clocks(drivers.paths, drivers.months)
        self.rounds = Rounds(drivers)
        self.ownership = Ownership(drivers) if owners and plan.knows_ownership else None
        self.policies = [RunningPolicy(item, drivers) for item in plan.policies]
        self.revenue = [Revenue(line, drivers, alters=line.level.path in touched) for line in plan.revenue]
        self.teams = [Team(line, drivers, alters=line.level.path in touched) for line in plan.teams]
        self.vendors = [
            Vendor(line, drivers, alters=line.level.path in touched, gives=self.rounds.giving(line.level.path))
            for line in plan.vendors
        ]
        lines: list[Line] = [*self.revenue, *self.teams, *self.vendors]
        self.lines = {line.line.level.path: line for line in lines}
        self._taxed = [vendor for vendor in self.vendors if vendor.line.tax]
        self._suppliers = [vendor for vendor in self.vendors if not vendor.line.tax]
        self.debts = Debts(drivers) if plan.has_debt else None
        self.taxes = Taxes(drivers, summed([vendor.payable(-1) for vendor in self._taxed])) if plan.has_taxes else None
        self.paying = paying(drivers)
        self.claims = Claims(drivers) if plan.pays_in_order else None
        self.earned: dict[str, Row] = {}
        """Revenue earned this month, by line."""
        self.written_off: Row | None = None
        self.payroll_tax: Row | None = None
        self.late_interest: Row | None = None
        self.credits_lost: Row | None = None
        self.interest_added: Row = NOTHING
        self.other_income: list[Some] = []
        self.paid_in: list[Some] = []
        self._open_books()

    def _open_books(self) -> None:
        """Bills received before the opening, and what the company is then worth."""
        for vendor in self._suppliers:
            overdue = self.drivers.at_opening(vendor.line.opening_arrears)
            self.state.arrears += overdue
            self.state.payables += vendor.payable(-1) + overdue
        self.equity = Equity(self) if self.plan.has_liabilities else None

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
        self.drivers, self._extra = self.drivers.keep(chosen), chosen.row(self._extra)
        for balances in (self.state, self.clocks, self.paying, self.equity):
            if balances is not None:
                balances.keep(chosen)
        claimants = (self.debts, self.taxes, self.claims, self.ownership)
        for mechanism in (self.rounds, *self.policies, *self.lines.values(), *claimants):
            if mechanism is not None:
                mechanism.keep(chosen, self.drivers)

    def month(self, month: int) -> None:
        """One month, up to its end."""
        self.carry_out_policies(month)
        self.settle_claims(month)
        self.earn(month)
        self.use_and_be_billed(month)
        self.close_rounds(month)
        self.collect(month)
        self.pay_people(month)
        self.serve_debt(month)
        self.pay_taxes(month)
        missed, failed = self.pay_vendors(month)
        self.draw_or_repay(month)
        self.state.measure_burn(month)
        self.read_clocks(month, missed=missed, failed=failed)
        self.decide(month)

    def carry_out_policies(self, month: int) -> None:
        """What was decided earlier bites."""
        for policy in self.policies:
            policy.act(month, self)

    def settle_claims(self, month: int) -> None:
        """Vendors forgive what is past due, or turn it into a debt."""
        self.other_income, self.paid_in = [], []
        if self.claims is not None:
            self.claims.settle(month, self)

    def earn(self, month: int) -> None:
        """Revenue is earned (accrual), and what will never be collected is written off."""
        earned = [revenue.earn(month) for revenue in self.revenue]
        self.earned = {item.line.level.path: row for item, row in zip(self.revenue, earned, strict=True)}
        self.state.earned = summed(earned)
        self.written_off = _given(revenue.write_off(month) for revenue in self.revenue)

    def use_and_be_billed(self, month: int) -> None:
        """Compute is used, and bills are received (accrual), less what credits pay for."""
        bills = [vendor.bill(month, self.earned) for vendor in self._suppliers]
        taxed = [vendor.bill(month, self.earned) for vendor in self._taxed]
        if self.plan.has_payables:
            self.state.payables += summed(bills)
        if self.taxes is not None and taxed:
            self.taxes.bill(summed(taxed))
        self.credits_lost = _given(vendor.credits.lost for vendor in self._suppliers if vendor.credits is not None)

    def close_rounds(self, month: int) -> None:
        """Money from outside arrives; the company may be sold."""
        if month == self._since > 0:
            self.state.cash += self._extra
        if self.plan.rounds:
            self.rounds.close(month, self)

    def collect(self, month: int) -> None:
        """Customers pay, and one-off amounts come or go."""
        state, one_off = self.state, self.drivers.one_offs[month]
        state.receipts = summed([revenue.collect(month) for revenue in self.revenue])
        state.one_offs = NOTHING
        if one_off is not None:
            state.one_offs = np.bincount(one_off[0], one_off[1], len(state.cash)).astype(float)
            state.receipts = state.receipts + state.one_offs
        state.cash += state.receipts

    def pay_people(self, month: int) -> None:
        """Payroll and severance are due, before anything else; taxes on pay accrue."""
        pay = [team.pay(month) for team in self.teams]
        severance = [team.severance for team in self.teams if team.severance is not None]
        self.state.payroll = summed([*pay, *severance])
        self.state.cash -= self.state.payroll
        self.payroll_tax = None
        for team, row in zip(self.teams, pay, strict=True):
            if self.taxes is not None and team.line.tax:
                tax = row * self.drivers.value(team.line.tax)
                self.taxes.accrue(tax, month + team.line.tax_after)
                self.payroll_tax = tax if self.payroll_tax is None else self.payroll_tax + tax

    def serve_debt(self, month: int) -> None:
        """Interest and principal are due to lenders."""
        if self.debts is None:
            return
        state = self.state
        state.interest, self.interest_added, state.principal = self.debts.service(month)
        state.cash -= state.interest
        state.cash -= state.principal

    def pay_taxes(self, month: int) -> None:
        """Taxes are due before any vendor."""
        if self.taxes is not None:
            self.state.taxes = self.taxes.pay(month, summed([vendor.due(month) for vendor in self._taxed]))
            self.state.cash -= self.state.taxes

    def pay_vendors(self, month: int) -> tuple[Flags, Flags]:
        """Bills due and arrears are paid; where a bill was missed, and where the company has failed by paying late."""
        state = self.state
        if self.debts is not None:
            state.undrawn = self.debts.undrawn
        dues, self.late_interest = self.paying.charge([vendor.due(month) for vendor in self._suppliers], state)
        state.dues = summed(dues)
        missed, failed = self.paying.pay(dues, state)
        if self.plan.has_payables:
            state.payables -= state.paid
        return missed, failed

    def draw_or_repay(self, month: int) -> None:
        """A credit line makes up for cash that is short, and is repaid from cash above reserve and covenants."""
        if self.debts is not None and self.debts.line is not None:
            state = self.state
            reserve = self.drivers.value(self.plan.keep_payroll_months) * state.payroll
            state.drawn = self.debts.line.balance(state.cash, np.maximum(reserve, self.debts.least_cash(month)))
            state.cash += state.drawn

    def read_clocks(self, month: int, *, missed: Flags, failed: Flags) -> None:
        """The clocks strike; what has become insolvent stays so."""
        state, clocks = self.state, self.clocks
        fresh = clocks.strike(month, state, missed=missed, failed=failed)
        if self.equity is not None:
            self.equity.close(self)
            clocks.note("balance_sheet_insolvent", state.alive & (self.equity.value < -ROUNDING), month=month)
        elif len(fresh):
            clocks.note_on("balance_sheet_insolvent", worthless(self, fresh, month=month), month=month)
        if not self.plan.winds_down_for_nothing:
            stuck = state.cash < ending_costs(self, month) - ROUNDING
            clocks.note("point_of_no_return", state.alive & stuck, month=month)
        unpaid = self.paying.leave_unpaid(fresh, state) if len(fresh) else _NO_AMOUNTS
        state.bury(fresh, overdraft=self.plan.insolvent_when == "cash_below_zero", unpaid=unpaid)

    def decide(self, month: int) -> None:
        """Policies, rounds and investors look at the month's end, and act on the next; so do creditors."""
        for policy in self.policies:
            policy.decide(month, self)
        self.rounds.look(self.state)
        for item in self.rounds.all:
            if item.plan.when is not None:
                item.start_where(seen(item.plan.when, self, month=month), month=month + 1)
        if self.debts is not None:
            self.debts.watch(self.state.cash, month)
        if self.claims is not None:
            self.claims.cut_supply(self)


def _given(rows: Iterable[Row | None]) -> Row | None:
    """The sum of those rows that are there."""
    there = [row for row in rows if row is not None]
    return summed(there) if there else None
