"""People on one run: who joins, who leaves, what they are paid, what ending their work would cost."""

import numpy as np
from numpy.typing import NDArray

from tarmac.engine.drivers import Drivers
from tarmac.engine.presence import Numbers
from tarmac.engine.selection import Paths, Selection
from tarmac.engine.walk import Row, Walk
from tarmac.memory import room
from tarmac.plan import TeamLine

Leaving = tuple[Paths, Row, Row]
"""Some paths; the people there who are on notice, and the severance they get when they leave."""


class Team:
    """People: heads, those who join, those on notice, and what a head costs."""

    def __init__(self, line: TeamLine, drivers: Drivers, *, alters: bool) -> None:
        self.walk = Walk(drivers.track(line.level), alters=alters)
        self.line = line
        self._drivers = drivers
        self.heads: Row = drivers.value(line.headcount)
        self._stay = 1.0 - drivers.value(line.attrition) if line.attrition else None
        self._joining = joining(line, drivers)
        self._hiring: NDArray[np.bool_] = np.ones(1, np.bool_)
        self._cost: Row = np.zeros(self.walk.width)
        self._paid: Row = np.zeros(1)
        self._on_notice: Row | None = None
        self._leaving: dict[int, list[Leaving]] = {}
        self.severance: Row | None = None
        """Due in this month, shape (paths,); None where nobody gets any."""

    def pay(self, month: int) -> Row:
        """Pay of the month, severance apart: heads x cost of a head; who joins in the month is paid in it."""
        if self._stay is not None:
            self.heads = self.heads * self._stay
        joiners = self._joining[month]
        if joiners is not None:
            self.heads = self.heads + joiners * self._hiring
        self._cost = self.walk.level(month) if self.walk.bare else self.walk.advance(month, self._cost)
        self.severance = None
        for group in self._leaving.pop(month, []):
            self._let_go(group)
        heads = self.heads if self._on_notice is None else self.heads + self._on_notice
        self._paid = np.multiply(self._cost, heads, out=self._room(max(len(self._cost), len(heads))))
        return self._paid

    def _room(self, width: int) -> Row:
        """Where the pay of the month is written."""
        return self._paid if len(self._paid) == width else room(width)

    @property
    def cost(self) -> Row:
        """What the team has cost this month: pay, severance, and taxes on pay. Shape (paths,) or (1,)."""
        cost = self._paid * (1.0 + self._drivers.value(self.line.tax))
        return cost if self.severance is None else cost + self.severance

    def lay_off(self, paths: Paths, share: Row, *, month: int) -> None:
        """A share of the people gets notice before the month's pay; severance at last month's cost when they leave."""
        heads = np.array(np.broadcast_to(self.heads, self._drivers.paths))
        leaving = heads[paths] * share
        heads[paths] -= leaving
        self.heads = heads
        severance = leaving * self._cost[paths] * self._drivers.on(paths, self.line.severance_months)
        if self.line.notice_months:
            if self._on_notice is None:
                self._on_notice = np.zeros(self._drivers.paths)
            self._on_notice[paths] += leaving
        self._leaving.setdefault(month + self.line.notice_months, []).append((paths, leaving, severance))

    def stop_hiring(self, paths: Paths) -> None:
        """Those who have not joined will not."""
        if len(self._hiring) == 1:
            self._hiring = np.ones(self._drivers.paths, np.bool_)
        self._hiring[paths] = False

    def winding_down(self, month: int) -> Row:
        """What it would cost at a month's end to give everybody notice: the notice's pay, and severance."""
        line = self.line
        cost = self._cost * self.heads * (line.notice_months + self._drivers.value(line.severance_months))
        for last, groups in self._leaving.items():
            for paths, people, severance in groups:
                cost = np.array(np.broadcast_to(cost, self._drivers.paths))
                cost[paths] += people * self._cost[paths] * max(last - 1 - month, 0) + severance
        return cost

    def keep(self, chosen: Selection, drivers: Drivers) -> None:
        """Go on with some of the paths."""
        self.walk.keep(chosen)
        self._drivers = drivers
        self.heads, self._cost, self._paid = map(chosen.row, (self.heads, self._cost, self._paid))
        self._hiring = chosen.row(self._hiring)
        self._stay = None if self._stay is None else chosen.row(self._stay)
        self._on_notice = None if self._on_notice is None else chosen.row(self._on_notice)
        self._joining = [None if row is None else chosen.row(row) for row in self._joining]
        self._leaving = {
            month: [
                (*chosen.some((paths, people)), chosen.some((paths, severance))[1])
                for paths, people, severance in groups
            ]
            for month, groups in self._leaving.items()
        }

    def _let_go(self, group: Leaving) -> None:
        """Those whose notice has run out leave."""
        paths, people, severance = group
        if self._on_notice is not None:
            self._on_notice[paths] -= people
        if self.severance is None:
            self.severance = np.zeros(self._drivers.paths)
        self.severance[paths] += severance


def joining(line: TeamLine, drivers: Numbers) -> list[Row | None]:
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
