"""What investors look at: how the market and a company's last months move the chance that a round closes."""

from typing import Final

import numpy as np

from tarmac.engine.drivers import Drivers
from tarmac.engine.selection import Paths, Selection
from tarmac.engine.state import BURN_WINDOW, ROUNDING, State
from tarmac.engine.walk import Row
from tarmac.plan import Number, OddsPlan, RoundPlan, SlopePlan

_DOUBLINGS: Final = 10.0
"""Revenue counts as at most so many doublings above the level, or below it."""

_LARGEST: Final = 100.0
"""Log odds beyond this make nothing more certain."""

_MONTHS: Final = 12


def shifted(chance: Row, log_odds: Row) -> Row:
    """A chance whose log odds have moved. Shape (paths,)."""
    odds = np.exp(np.clip(log_odds, -_LARGEST, _LARGEST))
    moved: Row = chance * odds / (1.0 - chance + chance * odds)
    return moved


class Prospects:
    """The figures of all paths as they stood at the end of the month before: revenue of four months, cash, burn."""

    def __init__(self, drivers: Drivers) -> None:
        self._drivers = drivers
        self._looked_at = any(item.odds is not None for item in drivers.plan.rounds)
        self._revenue: list[Row] = []
        self._cash: Row = np.empty(0)
        self._burnt: Row = np.empty(0)

    def look(self, state: State) -> None:
        """Take in a month's end."""
        if self._looked_at:
            self._revenue = [*self._revenue[-BURN_WINDOW:], state.earned.copy()]
            self._cash, self._burnt = state.cash.copy(), state.recent_burn.copy()

    def keep(self, chosen: Selection, drivers: Drivers) -> None:
        """Go on with some of the paths."""
        self._drivers = drivers
        self._revenue = [chosen.row(row) for row in self._revenue]
        self._cash, self._burnt = chosen.row(self._cash), chosen.row(self._burnt)

    def moved(self, chance: Row, plan: RoundPlan, *, month: int, paths: Paths) -> Row:
        """A chance of closing in a month on some paths, by what was seen at the end of the month before.

        In the first month of all nothing has been seen. Shape (len(paths),), or that of the chance.
        """
        drivers, seen = self._drivers, month - 1
        if seen < 0 or not (plan.odds or plan.market):
            return chance
        log_odds: Row = np.zeros(len(paths))
        if plan.market and drivers.market is not None:
            log_odds += drivers.on(paths, plan.market) * drivers.market[seen][paths].astype(float)
        for slope, distance in self._distances(plan.odds, month=seen, paths=paths):
            log_odds += drivers.on(paths, slope.adds) * distance
        return shifted(chance, log_odds)

    def _distances(self, odds: OddsPlan | None, *, month: int, paths: Paths) -> list[tuple[SlopePlan, Row]]:
        """How far each figure lies above its level. Shapes (len(paths),) or (1,)."""
        if odds is None:
            return []
        found = []
        if odds.revenue is not None:
            found.append((odds.revenue, self._doublings(odds.revenue.at, month=month, paths=paths)))
        if odds.growth is not None and month >= BURN_WINDOW:
            found.append((odds.growth, 100.0 * (self._growth(paths) - self._on(paths, odds.growth.at))))
        if odds.burn_multiple is not None and month >= BURN_WINDOW:
            multiple = self._burn_multiple(paths, self._on(paths, odds.burn_multiple.most))
            found.append((odds.burn_multiple, multiple - self._on(paths, odds.burn_multiple.at)))
        if odds.runway is not None:
            runway = self._runway(paths, self._on(paths, odds.runway.most), months=min(month + 1, BURN_WINDOW))
            found.append((odds.runway, runway - self._on(paths, odds.runway.at)))
        return found

    def _on(self, paths: Paths, number: Number) -> Row:
        return self._drivers.on(paths, number)

    def _earned(self, paths: Paths, *, ago: int) -> Row:
        """Revenue of a month, full width. Shape (len(paths),)."""
        row = self._revenue[-1 - ago]
        return row[paths] if len(row) > 1 else np.broadcast_to(row, paths.shape)

    def _doublings(self, level: Number, *, month: int, paths: Paths) -> Row:
        ratio = self._earned(paths, ago=0) / self._drivers.on(paths, level, month=month)
        doublings: Row = np.log2(np.clip(ratio, 2.0**-_DOUBLINGS, 2.0**_DOUBLINGS))
        return doublings

    def _growth(self, paths: Paths) -> Row:
        """Mean growth a month over three months, from -1 to 1; from nothing 1, or 0 where there still is nothing."""
        now, before = self._earned(paths, ago=0), self._earned(paths, ago=BURN_WINDOW)
        most = 2.0**BURN_WINDOW
        ratio = np.where(now > 0, most, 1.0)
        np.divide(now, before, out=ratio, where=(before > 0) & (now < most * before))
        growth: Row = np.maximum(ratio, 0.0) ** (1 / BURN_WINDOW) - 1.0
        return growth

    def _burn_multiple(self, paths: Paths, most: Row) -> Row:
        """Net burn over net new annual recurring revenue, of three months; 0 where nothing is burnt."""
        burnt = self._burnt[paths]
        new = _MONTHS * (self._earned(paths, ago=0) - self._earned(paths, ago=BURN_WINDOW))
        multiple = np.array(np.broadcast_to(most, paths.shape))
        np.divide(burnt, new, out=multiple, where=(burnt > ROUNDING) & (burnt < most * new))
        return np.where(burnt > ROUNDING, multiple, 0.0)

    def _runway(self, paths: Paths, most: Row, *, months: int) -> Row:
        """Cash over mean net burn of the last months."""
        cash, burn = self._cash[paths], self._burnt[paths] / months
        runway = np.array(np.broadcast_to(most, paths.shape))
        return np.divide(cash, burn, out=runway, where=(burn > ROUNDING) & (cash < most * burn))
