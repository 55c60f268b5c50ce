"""The clocks of a path: the first month-end at which something holds."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from tarmac.engine.selection import Selection
from tarmac.engine.state import ROUNDING, State
from tarmac.engine.vendors import Flags

_NOBODY: Final = np.empty(0, np.int64)

CLOCKS: Final = ("insolvent", "first_missed_bill", "profitable")


class Clocks:
    """Month index at which each clock strikes on each path; the horizon where it does not. Shapes (paths,)."""

    def __init__(self, paths: int, months: int) -> None:
        self._months = months
        self.who = np.arange(paths)
        """The paths still run, by their number in the block."""
        self._insolvent = np.full(paths, months, np.int32)
        self._missed = np.full(paths, months, np.int32)
        self._never_missed = np.ones(paths, np.bool_)
        self._burning = np.zeros((months, paths), np.bool_)

    def strike(self, month: int, state: State, *, missed: Flags, failed: Flags) -> NDArray[np.int64]:
        """Read the clocks at the end of a month; the paths that become insolvent now."""
        np.greater(state.net_burn, ROUNDING, out=self._burning[month])
        if missed is not failed:
            first = np.flatnonzero(missed & self._never_missed & state.alive)
            self._missed[self.who[first]] = month
            self._never_missed[first] = False
        failing = failed & state.alive
        fresh = np.flatnonzero(failing) if failing.any() else _NOBODY
        self._insolvent[self.who[fresh]] = month
        return fresh

    def keep(self, chosen: Selection) -> None:
        """Go on with some of the paths; the others have been struck for good."""
        self.who, self._never_missed = chosen.row(self.who), chosen.row(self._never_missed)
        self._burning = chosen.rows(self._burning)

    def months(self) -> dict[str, NDArray[np.int32]]:
        """Each clock's month index on each path.

        `profitable`: operating cash flow is at or above zero from this month to the horizon, on a path that is
        never insolvent. Becoming insolvent is missing a bill at the latest.
        """
        missed = np.minimum(self._missed, self._insolvent)
        return {"insolvent": self._insolvent, "first_missed_bill": missed, "profitable": self._profitable()}

    def _profitable(self) -> NDArray[np.int32]:
        months = np.full(len(self._insolvent), self._months, np.int32)
        survivors = np.flatnonzero(self._insolvent[self.who] == self._months)
        backwards = self._burning[::-1, survivors]
        since = np.where(backwards.any(axis=0), backwards.argmax(axis=0), self._months)
        months[self.who[survivors]] = self._months - since
        return months
