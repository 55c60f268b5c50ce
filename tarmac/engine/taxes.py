"""Taxes on one run: accrued, put off, paid before any vendor."""

import numpy as np

from tarmac.engine.drivers import Drivers
from tarmac.engine.invoices import NOTHING
from tarmac.engine.selection import Paths, Selection, Some
from tarmac.engine.walk import Row
from tarmac.plan import TeamLine


class Taxes:
    """What is owed to the tax office, and in which month. A policy may put it off (a holiday from paying)."""

    def __init__(self, drivers: Drivers, owed: Row) -> None:
        self._drivers = drivers
        self._due: dict[int, Row] = {}
        self._moved: dict[int, list[Some]] = {}
        self._holiday: Row | None = None
        self._length: Row = NOTHING
        self.owed: Row = np.array(np.broadcast_to(owed, drivers.paths))
        """Accrued and not paid. Shape (paths,)."""
        for team in drivers.plan.teams:
            if team.tax:
                self._expect(team)

    def _expect(self, team: TeamLine) -> None:
        """Taxes on the pay of the months before the opening."""
        tax = opening_tax(team, self._drivers)
        self.owed += tax * team.tax_after
        for month in range(team.tax_after):
            self._add(month, tax)

    def accrue(self, tax: Row, due: int) -> None:
        """A tax on this month, to be paid in month `due`."""
        self.owed += tax
        self._add(due, tax)

    def bill(self, bills: Row) -> None:
        """A bill of the tax office has come; it says by itself when it is due."""
        self.owed += bills

    def put_off(self, paths: Paths, month: int, *, months: int) -> None:
        """Taxes falling due in this month and the next few are put off by as many."""
        if self._holiday is None:
            self._holiday = np.zeros(self._drivers.paths)
            self._length = np.zeros(self._drivers.paths)
        self._holiday[paths] = np.maximum(self._holiday[paths], month + months)
        self._length[paths] = months

    def pay(self, month: int, dues: Row) -> Row:
        """What must be paid in a month, with `dues` of the tax office's bills. Shape (paths,) or (1,)."""
        due = self._due.pop(month, NOTHING) + dues
        moved = self._moved.pop(month, [])
        if moved or self._holiday is not None:
            due = np.array(np.broadcast_to(due, self._drivers.paths))
        for paths, amounts in moved:
            due[paths] += amounts
        if self._holiday is not None:
            self._move(due, month)
        self.owed -= due
        return due

    def keep(self, chosen: Selection, drivers: Drivers) -> None:
        """Go on with some of the paths."""
        self._drivers = drivers
        self.owed, self._length = chosen.row(self.owed), chosen.row(self._length)
        self._holiday = None if self._holiday is None else chosen.row(self._holiday)
        self._due = {month: chosen.row(row) for month, row in self._due.items()}
        self._moved = {month: [chosen.some(some) for some in amounts] for month, amounts in self._moved.items()}

    def _add(self, month: int, tax: Row) -> None:
        self._due[month] = self._due.get(month, NOTHING) + tax

    def _move(self, due: Row, month: int) -> None:
        """Whoever has a holiday does not pay now."""
        resting = np.flatnonzero(month < self._holiday) if self._holiday is not None else np.empty(0, np.int64)
        for length in np.unique(self._length[resting]):
            paths = resting[self._length[resting] == length]
            self._moved.setdefault(month + int(length), []).append((paths, due[paths]))
            due[paths] = 0.0


def opening_tax(team: TeamLine, drivers: Drivers) -> Row:
    """Taxes on the pay of each month before the opening. Shape (paths,) or (1,)."""
    return drivers.value(team.tax) * drivers.value(team.headcount) * drivers.before_opening(team.level)
