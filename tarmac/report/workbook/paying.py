"""Paying vendors in the Monthly sheet: what there is above the reserve, in the order in which patience ends."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from tarmac.report.workbook.billing import VendorRows
from tarmac.report.workbook.cells import NOTHING, Cell, all_of, any_of, cell, choose, exceeds, flag, least, most, total
from tarmac.report.workbook.desk import Desk
from tarmac.report.workbook.grid import Row

MOST_BILLS: Final = 150
"""Rows for bills past due by vendor and age, up to which they are worked out one by one."""


@dataclass(frozen=True, slots=True)
class Bucket:
    """The bills of one vendor that are so many months past due: before and after a month's payment.

    `left`: months that the vendor still waits; 0 or less: it does no longer. `sources`: ages they had a month ago.
    """

    vendor: int
    age: int
    left: int
    sources: tuple[int, ...]
    before: Row
    after: Row


class AgedRows:
    """Bills past due by vendor and age: paid in the order in which their vendors' patience ends."""

    def __init__(self, desk: Desk, vendors: Sequence[VendorRows]) -> None:
        self._desk, self._vendors = desk, vendors
        desk.grid.heading("Bills past due by vendor and age, in the order in which they are paid")
        places = _places(desk, vendors)
        before = {place: self._row(place, "to be paid") for place in places}
        after = {place: self._row(place, "left unpaid") for place in places}
        self._buckets = [
            Bucket(place[1], place[2], place[0], _sources(places, place[1], age=place[2]), before[place], after[place])
            for place in places
        ]
        for bucket in self._buckets:
            if bucket.age == 0:
                bucket.after.put(-1, desk.at_opening(vendors[bucket.vendor].line.opening_arrears))
            else:
                bucket.after.put(-1, NOTHING)

    def _row(self, place: tuple[int, int, int], what: str) -> Row:
        _, vendor, age = place
        name = self._vendors[vendor].line.level.path
        return self._desk.grid.row(f"{name}, past due {age} months: {what}")

    def arrears(self, vendor: int, month: int) -> Cell:
        """What is past due with a vendor at a month's end."""
        return total(bucket.after[month] for bucket in self._buckets if bucket.vendor == vendor)

    def come(self, month: int, dues: Sequence[Cell]) -> None:
        """Every bill is a month older, and what falls due now is added."""
        for bucket in self._buckets:
            found = [
                other.after[month - 1]
                for other in self._buckets
                if other.vendor == bucket.vendor and other.age in bucket.sources
            ]
            if bucket.age == 0:
                found.append(dues[bucket.vendor])
            bucket.before.put(month, total(found) * self._desk.going[month])

    def pay(self, month: int, paid: Cell) -> None:
        """Pay from the first on."""
        first, value = self._buckets[0].before[month], 0.0
        for bucket in self._buckets:
            value += bucket.before[month].value
            owed = Cell(f"SUM({first.text}:{bucket.before[month].text})", value)
            bucket.after.put(month, least(bucket.before[month], most(0, owed - paid)))

    def fatal(self, month: int) -> Cell:
        """What is unpaid with vendors that wait no longer, and do not merely cut supply."""
        ended = [
            bucket.after[month]
            for bucket in self._buckets
            if bucket.left <= 0 and self._vendors[bucket.vendor].line.cut_off is None
        ]
        return total(ended)

    def oldest(self, month: int) -> Cell:
        """Months past due of the oldest unpaid bill, -1 where there is none."""
        ages = [choose(exceeds(item.after[month], 0), then=item.age, otherwise=-1) for item in self._buckets]
        return most(*ages)

    def cut_supply(self, month: int) -> None:
        """Vendors whose patience has ended supply no more, until their arrears are paid."""
        for number, vendor in enumerate(self._vendors):
            if vendor.off is not None:
                mine = [item for item in self._buckets if item.vendor == number]
                ended = exceeds(total(item.after[month] for item in mine if item.left <= 0), 0)
                still = exceeds(total(item.after[month] for item in mine), 0)
                stays = flag(all_of(vendor.off[month - 1] > 0, still)) if month else NOTHING
                vendor.off.put(month, choose(ended, then=1, otherwise=stays))


class PayingRows:
    """What vendors are owed and paid, what is left unpaid, and whether the company fails by it."""

    def __init__(self, desk: Desk, vendors: Sequence[VendorRows]) -> None:
        plan = desk.base.plan
        self._desk, self._vendors, self._plan = desk, vendors, plan
        self._in_order, self._overdraft = plan.pays_in_order, plan.insolvent_when == "cash_below_zero"
        self._reserve = desk.grid.row("reserve for payroll") if plan.keep_payroll_months else None
        self._due = desk.grid.row("vendors: falls due, with interest on late bills")
        self.late_interest = desk.grid.row("vendors: interest on late bills", engine=desk.base.flows["late interest"])
        self.paid = desk.grid.row("vendors: paid", engine=desk.base.flows["paid to vendors"])
        late = desk.base.balances["arrears"][1:] if self._in_order else None
        self.arrears = desk.grid.row("vendors: past due", engine=late)
        self.arrears.put(-1, total(desk.at_opening(vendor.line.opening_arrears) for vendor in vendors))
        self.aged: AgedRows | None = None

    def add_ages(self) -> None:
        """Declare the rows by vendor and age, below all others."""
        if self._in_order and 0 < len(_places(self._desk, self._vendors)) <= MOST_BILLS:
            self.aged = AgedRows(self._desk, self._vendors)

    def pay(self, month: int, cash: Cell, *, payroll: Cell, undrawn: Cell) -> None:
        """Pay what cash above the reserve allows."""
        desk, going = self._desk, self._desk.going[month]
        interest = self._interest(month)
        self.late_interest.put(month, total(interest) * going)
        dues = [total([vendor.due[month], late]) for vendor, late in zip(self._vendors, interest, strict=True)]
        due = total([*(vendor.due[month] for vendor in self._vendors), self.late_interest[month]])
        self._due.put(month, due)
        if not self._in_order:
            overdue = self.arrears[month - 1] if self._overdraft else NOTHING
            self.paid.put(month, total([self._due[month], overdue * going if overdue is not NOTHING else NOTHING]))
            self.arrears.put(month, NOTHING)
            self._supply_all(month)
            return
        if self._reserve is not None:
            self._reserve.put(month, desk.number(self._plan.keep_payroll_months) * payroll)
            cash -= self._reserve[month]
        owed = self.arrears[month - 1] + self._due[month]
        self.paid.put(month, least(owed, most(0, total([cash, undrawn]))) * going)
        self.arrears.put(month, owed - self.paid[month])
        if self.aged is not None:
            self.aged.come(month, dues)
            self.aged.pay(month, self.paid[month])
            self.aged.cut_supply(month)
        else:
            self._supply_all(month)

    def oldest(self, month: int) -> Cell:
        """Months past due of the oldest unpaid bill at a month's end, -1 where there is none."""
        return cell(-1) if self.aged is None else self.aged.oldest(month)

    def _supply_all(self, month: int) -> None:
        for vendor in self._vendors:
            if vendor.off is not None:
                vendor.off.put(month, NOTHING)

    def _interest(self, month: int) -> list[Cell]:
        """A month's interest on what is past due with each vendor."""
        found = []
        for number, vendor in enumerate(self._vendors):
            late = NOTHING
            if self._overdraft and month == 0:
                late = self._desk.at_opening(vendor.line.opening_arrears)
            elif self._in_order and self.aged is not None:
                late = self.aged.arrears(number, month - 1)
            rate = vendor.line.late_interest
            found.append(late * self._desk.number(rate) / 12 if rate and late is not NOTHING else NOTHING)
        return found

    def fails(self, month: int, balance: Cell, *, undrawn: Cell) -> Cell:
        """Whether the company fails in a month: something that cannot wait is not paid."""
        broke = balance < _below(undrawn)
        if self._plan.insolvent_when == "missed_bill" and self._in_order:
            return any_of(broke, exceeds(self.arrears[month], 0))
        ended = NOTHING if self.aged is None else self.aged.fatal(month)
        return broke if ended is NOTHING else any_of(broke, exceeds(ended, 0))


def _below(undrawn: Cell) -> Cell:
    return Cell("-0.000001", -1e-6) if undrawn is NOTHING else 0 - undrawn - 0.000001


def _places(desk: Desk, vendors: Sequence[VendorRows]) -> list[tuple[int, int, int]]:
    """Months of patience left, vendor and age of every kind of bill, in the order in which they are paid."""
    found = []
    for number, vendor in enumerate(vendors):
        patience = desk.base.plan.patience(vendor.line)
        older = bool(vendor.line.cut_off or vendor.line.opening_arrears)
        found += [(patience - age, number, age) for age in range(patience + 1 + older)]
    return sorted(found)


def _sources(places: Sequence[tuple[int, int, int]], vendor: int, *, age: int) -> tuple[int, ...]:
    """The ages that bills of an age had a month ago: the oldest of a vendor gather."""
    last = max(other for _, number, other in places if number == vendor)
    older = {left for left, number, other in places if number == vendor and other == last} == {-1}
    gathers = older and age == last
    return tuple(other for other in (age - 1, age) if other >= 0 and (other < age or gathers))
