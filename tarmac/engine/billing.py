"""Compute and other costs on one run: what is used, billed, taken from credits, and due."""

from collections.abc import Mapping
from typing import Final

import numpy as np
from numpy.typing import NDArray

from tarmac.engine.drivers import Drivers
from tarmac.engine.invoices import NOTHING, Expected, Invoices, Shares, added, after
from tarmac.engine.selection import Paths, Selection, Some
from tarmac.engine.walk import Row, Walk
from tarmac.plan import FOREVER, Commitment, Level, VendorLine

MOST: Final = 1e30
"""More than any amount of money."""


class Vendor:
    """A line that is billed. `alters`: a policy may act on it. `gives`: a round may bring credits for it."""

    def __init__(self, line: VendorLine, drivers: Drivers, *, alters: bool, gives: int = 0) -> None:
        self.walk = Walk(drivers.track(line.level), alters=alters)
        self.line = line
        self._drivers = drivers
        self.commitment = None if line.commitment is None else Floor(line.commitment, line.level)
        self.credits = Credits(line, drivers, rounds=gives) if line.credits or gives else None
        plain = not (line.commitment or self.credits or line.cut_off or line.serves)
        self._shares: Shares = after(line.terms)
        self._bills = Invoices(line.terms + 1, width=self.walk.width if plain else drivers.paths)
        self._used: Row | None = None if plain else np.empty(self.walk.width)
        self._due_before = Expected(opening_dues(line, drivers))
        self.off: NDArray[np.bool_] | None = np.zeros(drivers.paths, np.bool_) if line.cut_off else None
        """Where the vendor supplies nothing, shape (paths,); None for a vendor who never cuts supply."""
        self.billed: Row = NOTHING
        """Compute used or costs incurred this month, before credits. Shape (paths,) or (1,)."""

    def bill(self, month: int, earned: Mapping[str, Row]) -> Row:
        """The bill of the month, less credits: what will have to be paid. Shape (paths,) or (1,)."""
        row = self._bills.row(month)
        if self._used is None:
            self.billed = self.walk.advance(month, row)
            return row
        used = self.walk.advance(month, self._used)
        if self.line.serves is not None:
            used = used * earned[self.line.serves]
        if self.commitment is not None:
            used = self.commitment.billed(used, month, drivers=self._drivers)
        used = used if self.off is None else used * ~self.off
        if self.commitment is not None:
            self.commitment.charge_ending(used, month, drivers=self._drivers)
        self.billed = used
        if self.credits is None:
            row[...] = used
        else:
            np.subtract(used, self.credits.use(used, month), out=row)
        return row

    def due(self, month: int) -> Row:
        """What falls due: the bill of `terms` months ago."""
        return added(self._bills.settled(month, self._shares), self._due_before.row(month))

    def payable(self, month: int) -> Row:
        """Bills received and not yet due at a month's end (-1: at the opening)."""
        return self._bills.open(month, self._shares) + self._due_before.after(month)

    def terminate(self, paths: Paths) -> None:
        """End the commitment on some paths, with this month's bill."""
        if self.commitment is not None:
            self.commitment.terminate(paths, self._drivers.paths)

    def keep(self, chosen: Selection, drivers: Drivers) -> None:
        """Go on with some of the paths."""
        self._drivers = drivers
        for part in (self.walk, self._bills, self._due_before, self.commitment, self.credits):
            if part is not None:
                part.keep(chosen)
        self.off = None if self.off is None else chosen.row(self.off)
        self.billed = chosen.row(self.billed)
        if self._used is not None:
            self._used = np.empty(self.walk.width)


class Floor:
    """The floor of a commitment: used or not, at least the minimum is billed, until it ends or is ended."""

    def __init__(self, plan: Commitment, level: Level) -> None:
        self._plan = plan
        self._first = level.first
        self._last = min(FOREVER if plan.until is None else plan.until, level.last)
        self._ended: NDArray[np.bool_] | None = None
        self._ending: Paths | None = None

    def billed(self, used: Row, month: int, *, drivers: Drivers) -> Row:
        """The bill for what was used. Shape (paths,), its own to be written to, once anything has been ended."""
        if not self._first <= month <= self._last:
            return used if self._ended is None else np.array(np.broadcast_to(used, self._ended.shape))
        least = drivers.value(self._plan.minimum.at(month), month)
        if self._ended is None:
            return np.maximum(used, least)
        bill: Row = np.maximum(used, least - self._ended * MOST)  # no floor where it has ended
        return bill

    def charge_ending(self, bill: Row, month: int, *, drivers: Drivers) -> None:
        """Add what ending the commitment costs where it has been ended since the last bill; from its start on."""
        if self._ending is None or month < self._first:
            return
        if month <= self._last and self._plan.early_termination is not None:
            bill[self._ending] += drivers.on(self._ending, self._plan.early_termination, month=month)
        self._ending = None

    def terminate(self, paths: Paths, width: int) -> None:
        """End the commitment on some paths, with this month's bill; where it has not been ended before."""
        if self._ended is None:
            self._ended = np.zeros(width, np.bool_)
        fresh = paths[~self._ended[paths]]
        self._ended[fresh] = True
        self._ending = fresh if self._ending is None else np.union1d(self._ending, fresh)

    def escape(self, month: int, drivers: Drivers) -> Row:
        """What a wind-down at a month's end owes: the cost of ending early, or the minimum of the months left."""
        plan = self._plan
        if month >= self._last or self._first > month:
            return NOTHING
        if plan.early_termination is not None:
            cost = drivers.value(plan.early_termination, month)
        elif plan.until is None:
            return NOTHING
        else:
            starts = [start for start, _ in plan.minimum.entries]
            ends = [*starts[1:], self._last + 1]
            cost = NOTHING
            for (start, least), end in zip(plan.minimum.entries, ends, strict=True):
                left = min(end, self._last + 1) - max(start, month + 1)
                cost = cost + max(left, 0) * drivers.value(least, month)
        return cost if self._ended is None else cost * ~self._ended

    def keep(self, chosen: Selection) -> None:
        """Go on with some of the paths."""
        self._ended = None if self._ended is None else chosen.row(self._ended)
        self._ending = None if self._ending is None else chosen.places(self._ending)


class Credits:
    """A vendor's credits, used before cash: those of the opening up to their expiry, then what rounds brought."""

    def __init__(self, line: VendorLine, drivers: Drivers, *, rounds: int) -> None:
        plan = line.credits
        self._expires = FOREVER if plan is None else plan.expires
        self._pots: list[Row] = [np.zeros(drivers.paths) for _ in range(rounds + 1)]
        if plan is not None:
            self._pots[0] += drivers.at_opening(plan.amount)
        self._full = [plan is not None, *(False for _ in range(rounds))]
        self.used: Row = np.zeros(drivers.paths)
        """Used this month, shape (paths,)."""
        self.lost: Row | None = None
        """Lost this month because they expired, shape (paths,); None where none were."""

    def use(self, bill: Row, month: int) -> Row:
        """Take a bill from the credits as far as they go. Shape (paths,)."""
        self.lost = self._pots[0].copy() if month == self._expires + 1 else None
        if self.lost is not None:
            self._pots[0], self._full[0] = np.zeros_like(self.lost), False
        used, rest = self.used, np.maximum(bill, 0.0)
        used.fill(0.0)
        for number, pot in enumerate(self._pots):
            if self._full[number]:
                taken = np.minimum(pot, rest - used)
                pot -= taken  # noqa: PLW2901  (in place)
                used += taken
        return used

    def grant(self, number: int, some: Some) -> None:
        """A round brings credits; `number` counts the rounds that do so for this vendor."""
        paths, amounts = some
        self._pots[number + 1][paths] += amounts
        self._full[number + 1] = True

    @property
    def left(self) -> Row:
        """What is left. Shape (paths,)."""
        return sum(self._pots[1:], start=self._pots[0])

    def keep(self, chosen: Selection) -> None:
        """Go on with some of the paths."""
        self._pots = [chosen.row(pot) for pot in self._pots]
        self.used = chosen.row(self.used)
        self.lost = None if self.lost is None else chosen.row(self.lost)


def opening_dues(line: VendorLine, drivers: Drivers) -> list[Row]:
    """What falls due on bills from before the opening, month by month: equal parts over the terms they had.

    Given payables of a vendor without terms fall due in the first month.
    """
    if line.opening_payables is not None:
        spread = max(line.terms_before, 1)
        return [drivers.at_opening(line.opening_payables) / spread] * spread
    bill = drivers.before_opening(line.level)
    if line.serves is not None:
        served = next(item for item in drivers.plan.revenue if item.level.path == line.serves)
        bill = bill * drivers.before_opening(served.level)
    if (
        line.commitment is not None
        and line.level.first <= 0
        and (line.commitment.until is None or line.commitment.until >= 0)
    ):
        bill = np.maximum(bill, drivers.at_opening(line.commitment.minimum.at(0)))
    return [bill] * line.terms_before
