"""Paying vendors: what is due, what is left unpaid, and whose patience ends first."""

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from tarmac.engine.drivers import Drivers
from tarmac.engine.invoices import NOTHING
from tarmac.engine.selection import Paths, Selection, Some
from tarmac.engine.state import ROUNDING, Flags, State
from tarmac.engine.walk import Row
from tarmac.memory import room
from tarmac.plan import VendorLine

NO_BILL: Final = -1
"""Age of the oldest unpaid bill where there is none."""


class AtOnce:
    """Nobody waits: every bill is paid when due, and a company that cannot has failed."""

    @property
    def oldest(self) -> NDArray[np.int64]:
        """Months past due of the oldest unpaid bill, shape (paths,) or (1,)."""
        return np.full(1, NO_BILL)

    def charge(self, dues: list[Row], state: State) -> tuple[list[Row], Row | None]:  # noqa: ARG002
        """What is due with the interest of the month on bills past due, and that interest."""
        return dues, None

    def by_age(self, state: State) -> list[Row]:
        """What is past due by months past due. Shapes (paths,)."""
        return [state.arrears]

    def pay(self, dues: Sequence[Row], state: State) -> tuple[Flags, Flags]:  # noqa: ARG002
        """Pay what is due; the paths on which a bill is missed, and those on which the company has failed."""
        state.paid = state.dues
        state.cash -= state.dues
        failed = state.cash < -state.undrawn - ROUNDING
        return failed, failed

    def leave_unpaid(self, paths: Paths, state: State) -> Row:
        """Vendors come last: what paths that have become insolvent are short of is what vendors do not get.

        What of the dues counted as paid was not, shape (len(paths),).
        """
        dues = state.dues[paths] if len(state.dues) > 1 else state.dues
        unpaid = np.minimum(np.maximum(-state.cash[paths], 0.0), np.maximum(dues, 0.0))
        state.arrears[paths] = unpaid
        state.payables[paths] += unpaid
        return unpaid

    def keep(self, chosen: Selection) -> None:
        """Go on with some of the paths: nothing is remembered."""


class Overdraft(AtOnce):
    """Every bill is paid, by the bank where there is no cash."""

    def __init__(self, drivers: Drivers) -> None:
        self._overdue: list[tuple[Row, Row]] | None = [
            (drivers.at_opening(vendor.opening_arrears), drivers.value(vendor.late_interest) / 12)
            for vendor in drivers.plan.suppliers
        ]

    def charge(self, dues: list[Row], state: State) -> tuple[list[Row], Row | None]:
        """What was past due at the opening is paid in the first month, with a month's interest."""
        overdue, self._overdue = self._overdue, None
        if not overdue:
            return dues, None
        interest = sum((amount * rate for amount, rate in overdue), start=NOTHING)
        state.payables += interest
        state.arrears = np.zeros_like(state.arrears)
        return [due + amount * (1.0 + rate) for due, (amount, rate) in zip(dues, overdue, strict=True)], interest

    def leave_unpaid(self, paths: Paths, state: State) -> Row:  # noqa: ARG002
        """Nothing is left unpaid."""
        return np.zeros(len(paths))


class InOrder(AtOnce):
    """Vendors wait for their money, or management keeps a reserve for payroll before it pays them.

    Bills are paid in the order in which their vendors' patience ends: among vendors of equal tolerance that is oldest
    first, and between two whose patience ends in the same month the one that stands first in the file. A bill unpaid
    is kept by vendor and months past due, on the paths alone that are late: column i of `_cells` are the bills of path
    `_late[i]`, in the order in which they are paid.
    """

    def __init__(self, drivers: Drivers) -> None:
        plan = drivers.plan
        self._vendors = plan.suppliers
        self._patience = [plan.patience(vendor) for vendor in self._vendors]
        self._reserve = drivers.value(plan.keep_payroll_months)
        self._impatient = plan.insolvent_when == "missed_bill"
        self._late: Paths = np.empty(0, np.int64)
        self._layout = _Layout(self._vendors, self._patience)
        self._cells = np.zeros((self._layout.cells, 0))
        self._rates = [
            drivers.value(vendor.late_interest) / 12 if vendor.late_interest else None for vendor in self._vendors
        ]
        self._paid: Row = room(drivers.paths)
        self._open(drivers)

    def _open(self, drivers: Drivers) -> None:
        """Bills past due at the opening."""
        if not any(vendor.opening_arrears for vendor in self._vendors):
            return
        self._late = np.arange(drivers.paths)
        self._cells = np.zeros((self._layout.cells, drivers.paths))
        for vendor, line in enumerate(self._vendors):
            self._cells[self._layout.newest[vendor]] = drivers.at_opening(line.opening_arrears)

    @property
    def late(self) -> Paths:
        """The paths on which a bill is past due."""
        return self._late

    @property
    def oldest(self) -> NDArray[np.int64]:
        """Months past due of the oldest unpaid bill, shape (paths,)."""
        oldest = np.full(len(self._paid), NO_BILL)
        ages = np.where(self._cells > ROUNDING, self._layout.ages[:, None], NO_BILL)
        oldest[self._late] = ages.max(axis=0, initial=NO_BILL)
        return oldest

    def arrears_of(self, vendor: int) -> Row:
        """What is past due with one vendor on the paths that are late. Shape (late,)."""
        total: Row = self._cells[self._layout.of[vendor]].sum(axis=0)
        return total

    def beyond_patience(self, vendor: int) -> Row:
        """What is unpaid although its vendor's patience has ended, on the paths that are late. Shape (late,)."""
        total: Row = self._cells[self._layout.ended[vendor]].sum(axis=0)
        return total

    def by_age(self, state: State) -> list[Row]:
        """What is past due by months past due, the last row all that is older. Shapes (paths,)."""
        rows = [np.zeros_like(state.arrears) for _ in range(int(self._layout.ages.max(initial=0)) + 1)]
        for bills, age in zip(self._cells, self._layout.ages, strict=True):
            rows[age][self._late] += bills
        return rows

    def charge(self, dues: list[Row], state: State) -> tuple[list[Row], Row | None]:
        """What is due with the interest of the month on bills past due, and that interest, shape (paths,)."""
        if not len(self._late) or not any(rate is not None for rate in self._rates):
            return dues, None
        total, paths = np.zeros_like(state.cash), self._late
        for vendor, rate in enumerate(self._rates):
            if rate is not None:
                interest = self.arrears_of(vendor) * (rate[paths] if len(rate) > 1 else rate)
                dues[vendor] = np.array(np.broadcast_to(dues[vendor], total.shape))
                dues[vendor][paths] += interest
                total[paths] += interest
        state.payables += total
        return dues, total

    def relieve(self, some: Some, *, vendors: Sequence[int], state: State) -> Some:
        """Vendors give up a share of what is past due with them on some paths; the paths and amounts."""
        paths, shares = some
        places = np.searchsorted(self._late, paths)
        here = places < len(self._late)
        here[here] &= self._late[places[here]] == paths[here]
        places, paths, shares = places[here], paths[here], shares[here]
        theirs = np.ix_(np.concatenate([np.flatnonzero(self._layout.of[vendor]) for vendor in vendors]), places)
        cells = self._cells[theirs]
        amounts: Row = cells.sum(axis=0) * shares
        self._cells[theirs] = cells * (1.0 - shares)
        state.arrears[paths] -= amounts
        state.payables[paths] -= amounts
        return paths, amounts

    def pay(self, dues: Sequence[Row], state: State) -> tuple[Flags, Flags]:
        """Pay what cash above the reserve allows; where a bill is missed, and where somebody's patience has ended."""
        owed, paid = state.arrears, self._paid
        owed += state.dues
        np.multiply(self._reserve, state.payroll, out=paid)
        np.subtract(state.cash, paid, out=paid)
        if state.undrawn is not NOTHING:
            paid += state.undrawn
        np.maximum(paid, 0.0, out=paid)
        np.minimum(paid, owed, out=paid)
        missed = paid < owed - ROUNDING
        state.cash -= paid
        state.paid = paid
        broke = state.cash < -state.undrawn - ROUNDING
        owed -= paid
        ended = self._remember(dues, missed & state.alive, state=state)
        missed |= broke
        if self._impatient:
            return missed, missed
        if len(ended):
            broke[ended] = True
        return missed, broke

    def _remember(self, dues: Sequence[Row], missed: Flags, *, state: State) -> Paths:
        """What is left unpaid, by vendor and age; the paths on which a vendor's patience has ended."""
        late = np.flatnonzero(missed)
        if not len(late) and not len(self._late):
            return late
        if len(self._late):
            state.arrears[self._late] *= missed[self._late]  # nothing is left where all is paid, be it by a refund
        cells = self._layout.month_older(self._cells, before=self._late, now=late)
        for newest, row in zip(self._layout.newest, dues, strict=True):
            cells[newest] += row[late] if len(row) > 1 else row
        paid = self._paid[late] - np.minimum(cells, 0.0).sum(axis=0)  # a refund pays for others
        np.maximum(cells, 0.0, out=cells)
        short = np.cumsum(cells, axis=0)  # of a bill and those before it: what is not paid of them
        short -= paid
        np.minimum(cells, np.maximum(short, 0.0, out=short), out=cells)
        ended = (cells[self._layout.fatal] > ROUNDING).any(axis=0)
        self._late, self._cells = late, cells
        return late[ended]

    def leave_unpaid(self, paths: Paths, state: State) -> Row:  # noqa: ARG002
        """What paths that have become insolvent owe their vendors is known already."""
        return np.zeros(len(paths))

    def keep(self, chosen: Selection) -> None:
        """Go on with some of the paths."""
        self._reserve, self._paid = map(chosen.row, (self._reserve, self._paid))
        self._rates = [None if rate is None else chosen.row(rate) for rate in self._rates]
        places = chosen.at(self._late)
        self._late, self._cells = places[places >= 0], self._cells[:, places >= 0]


class _Layout:
    """Where the bills of each vendor and age stand, in the order in which they are paid.

    A vendor has a column for each number of months past due that it tolerates. One whose patience ends in a cut of
    supply, or to whom something older can be owed at the opening, has one more for everything older.
    """

    def __init__(self, vendors: Sequence[VendorLine], patience: Sequence[int]) -> None:
        older = [bool(vendor.cut_off or vendor.opening_arrears) for vendor in vendors]
        cells = [
            (tolerance - age, vendor, age)
            for vendor, tolerance in enumerate(patience)
            for age in range(tolerance + 1 + older[vendor])
        ]
        cells.sort()
        place = {(vendor, age): index for index, (_, vendor, age) in enumerate(cells)}
        numbers = range(len(vendors))
        self.cells = len(cells)
        self.ages = np.array([age for _, _, age in cells], np.int64)
        self.of = [np.array([owner == vendor for _, owner, _ in cells], np.bool_) for vendor in numbers]
        self.newest = [place[vendor, 0] for vendor in numbers]
        ended = np.array([left <= 0 for left, _, _ in cells], np.bool_)
        self.ended = [ended & self.of[vendor] for vendor in numbers]
        deadly = np.array([vendors[vendor].cut_off is None for _, vendor, _ in cells], np.bool_)
        self.fatal = ended & deadly
        there = [place[vendor, min(age + 1, patience[vendor] + older[vendor])] for _, vendor, age in cells]
        first = {there: here for here, there in reversed([*enumerate(there)])}
        self._to, self._from = np.array([*first], np.int64), np.array([*first.values()], np.int64)
        self._joining = [(here, there) for here, there in enumerate(there) if first[there] != here]
        """What was as old already: it is joined by what becomes so."""

    def month_older(self, cells: NDArray[np.float64], *, before: Paths, now: Paths) -> NDArray[np.float64]:
        """The bills of paths that were late, on the paths that are late now, every one a month older."""
        older = np.zeros((self.cells, len(now)))
        if len(before) and len(now):
            place = np.minimum(np.searchsorted(before, now), len(before) - 1)
            known = cells.take(place, axis=1)
            known *= before[place] == now
            older[self._to] = known[self._from]
            for here, there in self._joining:
                older[there] += known[here]
        return older


def paying(drivers: Drivers) -> AtOnce:
    """How a company's vendors are paid."""
    plan = drivers.plan
    if plan.insolvent_when == "cash_below_zero":
        return Overdraft(drivers)
    return InOrder(drivers) if plan.pays_in_order else AtOnce()
