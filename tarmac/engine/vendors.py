"""Paying vendors: what is due, what is left unpaid, and whose patience ends first."""

import numpy as np
from numpy.typing import NDArray

from tarmac.engine.drivers import Drivers
from tarmac.engine.selection import Selection
from tarmac.engine.state import ROUNDING, State
from tarmac.engine.walk import Row

Flags = NDArray[np.bool_]
"""True or false on every path, shape (paths,)."""


class AtOnce:
    """Nobody waits: every bill is paid when due, and a company that cannot has failed."""

    def pay(self, dues: dict[int, Row], state: State, *, month: int) -> tuple[Flags, Flags]:  # noqa: ARG002
        """Pay what is due; the paths on which a bill is missed, and those on which the company has failed."""
        state.paid = state.dues
        state.cash -= state.dues
        failed = state.cash < -ROUNDING
        return failed, failed

    def leave_unpaid(self, paths: NDArray[np.int64], state: State) -> None:
        """Vendors come last: what paths that have become insolvent are short of is what vendors do not get."""
        dues = state.dues[paths] if len(state.dues) > 1 else state.dues
        unpaid = np.minimum(-state.cash[paths], np.maximum(dues, 0.0))
        state.arrears[paths] = unpaid
        state.payables[paths] += unpaid

    def keep(self, chosen: Selection) -> None:
        """Go on with some of the paths: nothing is remembered."""


class Overdraft(AtOnce):
    """Every bill is paid, by the bank where there is no cash."""

    def leave_unpaid(self, paths: NDArray[np.int64], state: State) -> None:
        """Nothing is left unpaid."""


class Waiting:
    """Vendors wait for their money, or management keeps a reserve for payroll before it pays them.

    Bills are paid in the order in which their vendors' patience ends (due month + months of tolerance): among vendors
    of equal tolerance that is oldest first. Unpaid bills are kept as running totals by that month, so that one
    subtraction pays any number of them: row m of `_unpaid` is what is unpaid with patience ending in month m or
    before, for the months from the present to the present + the longest tolerance.
    """

    def __init__(self, drivers: Drivers) -> None:
        plan = drivers.plan
        self._keep = drivers.value(plan.keep_payroll_months)
        self._longest = plan.longest_tolerance
        self._impatient = plan.insolvent_when == "missed_bill"
        self._unpaid = np.zeros((drivers.months + self._longest, drivers.paths))
        self._paid: Row = np.empty(drivers.paths)

    def pay(self, dues: dict[int, Row], state: State, *, month: int) -> tuple[Flags, Flags]:
        """Pay what cash above the reserve allows; where a bill is missed, and where somebody's patience has ended."""
        owed = self._fall_due(month, dues)
        paid = state.paid = self._paid
        np.multiply(self._keep, state.payroll, out=paid)
        np.subtract(state.cash, paid, out=paid)
        np.maximum(paid, 0.0, out=paid)
        np.minimum(paid, owed, out=paid)
        missed = paid < owed - ROUNDING
        state.cash -= paid
        span = self._unpaid[month : month + self._longest + 1]
        span -= paid
        np.maximum(span, 0.0, out=span)
        span *= missed  # nothing is left where all is paid, be it by a refund
        state.arrears = owed
        broke = state.cash < -ROUNDING
        missed |= broke
        return missed, missed if self._impatient else (span[0] > ROUNDING) | broke

    def leave_unpaid(self, paths: NDArray[np.int64], state: State) -> None:
        """What paths that have become insolvent owe their vendors is known already."""

    def keep(self, chosen: Selection) -> None:
        """Go on with some of the paths."""
        self._keep, self._paid = chosen.row(self._keep), chosen.row(self._paid)
        self._unpaid = chosen.rows(self._unpaid)

    def _fall_due(self, month: int, dues: dict[int, Row]) -> Row:
        """Add the month's dues by months of tolerance; everything now owed."""
        newest = month + self._longest
        if month > 0 and self._longest:
            self._unpaid[newest] = self._unpaid[newest - 1]
        for tolerance, row in dues.items():
            self._unpaid[month + min(tolerance, self._longest) : newest + 1] += row
        owed: Row = self._unpaid[newest]
        return owed


def paying(drivers: Drivers) -> AtOnce | Waiting:
    """How a company's vendors are paid."""
    plan = drivers.plan
    if plan.insolvent_when == "cash_below_zero":
        return Overdraft()
    return Waiting(drivers) if plan.waits or plan.keep_payroll_months else AtOnce()
