"""The lines of a company in one block: what is earned and collected, billed and due, paid to people.

Each gives one month's row at a time, in order of months. `alters` says that a policy may act on the line; one that
nothing acts on and that is certain has rows of a single value.
"""

import numpy as np
from numpy.typing import NDArray

from tarmac.engine.drivers import Drivers
from tarmac.engine.selection import Selection
from tarmac.engine.walk import Row, Walk
from tarmac.plan import Level, RevenueLine, TeamLine, VendorLine

_NOTHING: Row = np.zeros(1)


def outstanding(collected: tuple[float, ...]) -> NDArray[np.float64]:
    """Share of a month's steady invoices still to come in each month after the opening.

    With collection shares w, element t is the sum of w[k] over k > t; shape (lags,).
    """
    tail = 1.0 - np.cumsum(collected)
    tail[np.abs(tail) < 1e-12] = 0.0
    return tail[:-1]


def opening_receipts(line: RevenueLine, drivers: Drivers) -> list[Row]:
    """What is collected on invoices from before the opening, month by month.

    Receivables not given are those of a steady state at the first level; given ones come in over the same months in
    the same proportions (in the first month, where everything is collected at once).
    """
    pattern = outstanding(line.collected)
    if line.opening_receivables is None:
        return [share * _steady(line.level, drivers) for share in pattern]
    total = drivers.at_opening(line.opening_receivables)
    weights = pattern / pattern.sum() if pattern.sum() > 0 else np.ones(1)
    return [weight * total for weight in weights]


def opening_dues(line: VendorLine, drivers: Drivers) -> list[Row]:
    """What falls due on bills from before the opening, month by month: equal parts over the vendor's terms.

    Given payables of a vendor without terms fall due in the first month.
    """
    if line.opening_payables is not None:
        spread = max(line.terms, 1)
        return [drivers.at_opening(line.opening_payables) / spread] * spread
    bill = _steady(line.level, drivers)
    if line.minimum is not None and line.level.first <= 0 <= line.until:
        bill = np.maximum(bill, drivers.at_opening(line.minimum.at(0)))
    return [bill] * line.terms


def floored(line: VendorLine, drivers: Drivers, *, month: int, used: Row) -> Row:
    """The bill for what was used: at least the minimum while a commitment runs (take or pay)."""
    if line.minimum is None or not line.level.first <= month <= min(line.until, line.level.last):
        return used
    return np.maximum(used, drivers.value(line.minimum.at(month), month))


def _steady(level: Level, drivers: Drivers) -> Row:
    """The monthly amount before the opening: the first level, without shocks; nothing where the line starts later."""
    return _NOTHING if level.first > 0 else drivers.at_opening(level.monthly.at(0))


class Invoices:
    """Invoices of the last few months, and what of them moves cash.

    `shares`: by months since the invoice. `opening`: what comes of invoices from before the opening, by month.
    """

    def __init__(self, shares: tuple[float, ...], opening: list[Row], *, width: int) -> None:
        self._shares, self._opening = shares, opening
        self._rows = np.empty((len(shares), width))

    def row(self, month: int) -> Row:
        """Where the invoices of a month are written."""
        row: Row = self._rows[month % len(self._rows)]
        return row

    def settle(self, month: int) -> Row:
        """What moves cash in a month. Shape (paths,) or (1,); not to be written to."""
        total = self._opening[month] if month < len(self._opening) else None
        for age, share in enumerate(self._shares[: month + 1]):
            if share:
                row = self.row(month - age)
                part = row if share == 1.0 else share * row
                total = part if total is None else total + part
        return _NOTHING if total is None else total

    def keep(self, chosen: Selection) -> None:
        """Go on with some of the paths."""
        self._rows = chosen.rows(self._rows)
        self._opening = [chosen.row(row) for row in self._opening]


class Revenue:
    """A line of revenue."""

    def __init__(self, line: RevenueLine, drivers: Drivers, *, alters: bool) -> None:
        self.walk = Walk(drivers.track(line.level), alters=alters)
        self._invoices = Invoices(line.collected, opening_receipts(line, drivers), width=self.walk.width)

    def earn(self, month: int) -> Row:
        """Revenue earned and invoiced."""
        return self.walk.advance(month, self._invoices.row(month))

    def collect(self, month: int) -> Row:
        """Cash collected on the invoices of this month and earlier ones."""
        return self._invoices.settle(month)

    def keep(self, chosen: Selection, drivers: Drivers) -> None:  # noqa: ARG002  (as every line)
        """Go on with some of the paths."""
        self.walk.keep(chosen)
        self._invoices.keep(chosen)


class Vendor:
    """A line that is billed."""

    def __init__(self, line: VendorLine, drivers: Drivers, *, alters: bool) -> None:
        self.tolerance = line.stretch
        self.walk = Walk(drivers.track(line.level), alters=alters)
        self._line, self._drivers = line, drivers
        width = self.walk.width if line.minimum is None else drivers.paths
        self._used: Row = np.empty(self.walk.width)
        self._bills = Invoices(after(line.terms), opening_dues(line, drivers), width=width)

    def bill(self, month: int) -> Row:
        """The bill of the month."""
        row = self._bills.row(month)
        if self._line.minimum is None:
            return self.walk.advance(month, row)
        used = self.walk.advance(month, self._used)
        row[...] = floored(self._line, self._drivers, month=month, used=used)
        return row

    def due(self, month: int) -> Row:
        """What falls due: the bill of `terms` months ago."""
        return self._bills.settle(month)

    def keep(self, chosen: Selection, drivers: Drivers) -> None:
        """Go on with some of the paths."""
        self.walk.keep(chosen)
        self._bills.keep(chosen)
        self._drivers = drivers
        self._used = np.empty(self.walk.width)


class Team:
    """People: heads, those who join, and what a head costs."""

    def __init__(self, line: TeamLine, drivers: Drivers, *, alters: bool) -> None:
        self.walk = Walk(drivers.track(line.level), alters=alters)
        self._line, self._drivers = line, drivers
        self._heads: Row = drivers.value(line.headcount)
        self._joining = joining(line, drivers)
        self._hiring: NDArray[np.bool_] = np.ones(1, np.bool_)
        self._cost: Row = np.zeros(self.walk.width)
        self._severance: Row | None = None

    def pay(self, month: int) -> Row:
        """Payroll of the month, severance included: heads x cost of a head; who joins in the month is paid in it."""
        joiners = self._joining[month]
        if joiners is not None:
            self._heads = self._heads + joiners * self._hiring
        self._cost = self.walk.level(month) if self.walk.bare else self.walk.advance(month, self._cost)
        payroll = self._cost * self._heads
        if self._severance is not None:
            payroll = payroll + self._severance
            self._severance = None
        return payroll

    def lay_off(self, paths: NDArray[np.int64], share: Row) -> None:
        """A share of the people leaves before the month's pay; severance at last month's cost is due at once."""
        width = self._drivers.paths
        heads = np.array(np.broadcast_to(self._heads, width))
        leaving = heads[paths] * share
        heads[paths] -= leaving
        self._heads = heads
        if self._severance is None:
            self._severance = np.zeros(width)
        months = self._drivers.on(paths, self._line.severance_months)
        self._severance[paths] += leaving * self._cost[paths] * months

    def stop_hiring(self, paths: NDArray[np.int64]) -> None:
        """Those who have not joined will not."""
        if len(self._hiring) == 1:
            self._hiring = np.ones(self._drivers.paths, np.bool_)
        self._hiring[paths] = False

    def keep(self, chosen: Selection, drivers: Drivers) -> None:
        """Go on with some of the paths."""
        self.walk.keep(chosen)
        self._drivers = drivers
        self._heads, self._cost = chosen.row(self._heads), chosen.row(self._cost)
        self._hiring = chosen.row(self._hiring)
        self._joining = [None if row is None else chosen.row(row) for row in self._joining]


def joining(line: TeamLine, drivers: Drivers) -> list[Row | None]:
    """People who join in each month, as planned and late by the drawn slip. Rows of shape (paths,) or (1,)."""
    rows: list[Row | None] = [None] * drivers.months
    for hire in line.hires:
        arrives = np.floor(hire.month + drivers.value(hire.slip))
        count = drivers.value(hire.count)
        first, last = int(arrives.min()), int(min(arrives.max(), drivers.months - 1))
        for month in range(first, last + 1):
            joins = np.where(arrives == month, count, 0.0)
            before = rows[month]
            rows[month] = joins if before is None else before + joins
    return rows


def after(months: int) -> tuple[float, ...]:
    """All of an invoice, this many months later, as shares by age."""
    return (*(0.0,) * months, 1.0)
