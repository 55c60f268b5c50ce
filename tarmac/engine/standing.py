"""What the company is worth on its books, and what it would cost to end it: read by two of the clocks."""

from typing import TYPE_CHECKING

from tarmac.engine.invoices import NOTHING, summed
from tarmac.engine.selection import Paths, Selection
from tarmac.engine.state import ROUNDING
from tarmac.engine.walk import Row

if TYPE_CHECKING:
    from tarmac.engine.ledger import Ledger


class Equity:
    """Assets less liabilities, kept as opening equity + what holders paid in + every month's result.

    Assets: cash, receivables, credits with vendors. Liabilities: payables, taxes owed, deferred revenue, debt. The
    result: revenue earned, less invoices written off, pay and its taxes, what was billed, credits lost, interest;
    and other income: one-off amounts, grants, assets sold, debts forgiven.
    """

    def __init__(self, ledger: "Ledger") -> None:
        self.value: Row = assets(ledger, -1) - liabilities(ledger, -1)

    def close(self, ledger: "Ledger") -> None:
        """Take in the month's result, and what was paid in."""
        value = self.value
        for sign, row in flows(ledger):
            if sign > 0:
                value += row
            else:
                value -= row
        for paths, amounts in (*ledger.other_income, *ledger.paid_in):
            value[paths] += amounts

    def keep(self, chosen: Selection) -> None:
        """Go on with some of the paths."""
        self.value = chosen.row(self.value)


def flows(ledger: "Ledger") -> list[tuple[int, Row]]:
    """The month's result without sparse other income: rows with their signs."""
    state = ledger.state
    rows = [(1, state.earned), (-1, state.payroll)]
    rows.append((-1, summed([vendor.billed for vendor in ledger.vendors])))
    rare = (ledger.written_off, ledger.payroll_tax, ledger.late_interest, ledger.credits_lost)
    rows += [(-1, row) for row in rare if row is not None]
    if ledger.debts is not None:
        rows += [(-1, state.interest), (-1, ledger.interest_added)]
    if state.one_offs is not NOTHING:
        rows.append((1, state.one_offs))
    return rows


def assets(ledger: "Ledger", month: int) -> Row:
    """Cash, receivables and credits at a month's end (-1: at the opening). Shape (paths,) or (1,)."""
    total = ledger.state.cash + receivables(ledger, month)
    return total + credits_left(ledger)


def receivables(ledger: "Ledger", month: int) -> Row:
    """Invoices outstanding at a month's end."""
    return sum((line.receivable(month) for line in ledger.revenue), start=NOTHING)


def deferred(ledger: "Ledger", month: int) -> Row:
    """Revenue invoiced and not yet earned at a month's end."""
    return sum((line.deferred(month) for line in ledger.revenue), start=NOTHING)


def credits_left(ledger: "Ledger") -> Row:
    """What vendors' credits are left."""
    return sum((vendor.credits.left for vendor in ledger.vendors if vendor.credits is not None), start=NOTHING)


def liabilities(ledger: "Ledger", month: int) -> Row:
    """Payables, taxes owed, deferred revenue and debt at a month's end (-1: at the opening)."""
    return ledger.state.payables + taxes_owed(ledger) + deferred(ledger, month) + debt(ledger)


def taxes_owed(ledger: "Ledger") -> Row:
    """Taxes accrued and not paid."""
    return NOTHING if ledger.taxes is None else ledger.taxes.owed


def debt(ledger: "Ledger") -> Row:
    """What is owed to lenders."""
    return NOTHING if ledger.debts is None else ledger.debts.owed


def ending_costs(ledger: "Ledger", month: int) -> Row:
    """What an orderly wind-down at a month's end would have to pay. Shape (paths,) or (1,).

    Bills received, taxes and debts owed, notice and severance of everybody, and what commitments cannot escape.
    """
    total = ledger.state.payables + taxes_owed(ledger) + debt(ledger)
    for team in ledger.teams:
        if team.line.severance_months or team.line.notice_months:
            total = total + team.winding_down(month)
    for vendor in ledger.vendors:
        if vendor.commitment is not None:
            total = total + vendor.commitment.escape(month, ledger.drivers)
    return total


def worthless(ledger: "Ledger", fresh: Paths, *, month: int) -> Paths:
    """Those paths on which a company that owes nothing else has assets for less than the dues it could not pay."""
    state = ledger.state
    left = state.cash[fresh]
    for line in ledger.revenue:
        left = left + line.receivable(month, fresh)
    for vendor in ledger.vendors:
        left = left + (0.0 if vendor.credits is None else vendor.credits.left[fresh])
    return fresh[left < -ROUNDING]
