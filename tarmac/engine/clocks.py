"""The clocks of a path: the first month-end at which something holds."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from tarmac.engine.selection import NOBODY, Paths, Selection
from tarmac.engine.state import ROUNDING, Flags, State

CLOCKS: Final = (
    "insolvent",
    "first_missed_bill",
    "point_of_no_return",
    "balance_sheet_insolvent",
    "exit",
    "profitable",
)


class Clocks:
    """Month index at which each clock strikes on each path; the horizon where it does not. Shapes (paths,)."""

    def __init__(self, paths: int, months: int) -> None:
        self._months = months
        self.who = np.arange(paths)
        """The paths still run, by their number in the block."""
        self._struck = {name: np.full(paths, months, np.int32) for name in CLOCKS}
        self._never = {name: np.ones(paths, np.bool_) for name in CLOCKS[1:4]}
        self._burning = np.zeros((months, paths), np.bool_)

    def strike(self, month: int, state: State, *, missed: Flags, failed: Flags) -> Paths:
        """Read missed bills and insolvency at the end of a month; the paths that become insolvent now."""
        np.greater(state.net_burn, ROUNDING, out=self._burning[month])
        if missed is not failed:
            self.note("first_missed_bill", missed & state.alive, month=month)
        failing = failed & state.alive
        fresh = np.flatnonzero(failing) if failing.any() else NOBODY
        self._struck["insolvent"][self.who[fresh]] = month
        return fresh

    def note(self, name: str, holds: Flags, *, month: int) -> None:
        """A clock strikes where something holds for the first time."""
        self._strike(name, np.flatnonzero(holds & self._never[name]), month=month)

    def note_on(self, name: str, paths: Paths, *, month: int) -> None:
        """The same, where something is known to hold on some paths and on no other."""
        self._strike(name, paths[self._never[name][paths]], month=month)

    def exit(self, month: int, paths: Paths) -> None:
        """The company is acquired on some paths."""
        self._struck["exit"][self.who[paths]] = month

    def _strike(self, name: str, first: Paths, *, month: int) -> None:
        self._struck[name][self.who[first]] = month
        self._never[name][first] = False

    def keep(self, chosen: Selection) -> None:
        """Go on with some of the paths; the others have been struck for good."""
        self.who = chosen.row(self.who)
        self._never = {name: chosen.row(row) for name, row in self._never.items()}
        self._burning = chosen.rows(self._burning)

    def months(self) -> dict[str, NDArray[np.int32]]:
        """Each clock's month index on each path.

        `profitable`: operating cash flow is at or above zero from this month to the horizon, on a path that is
        never insolvent nor acquired. Becoming insolvent is missing a bill at the latest, and passing the point of no
        return.
        """
        insolvent = self._struck["insolvent"]
        latest = {
            name: np.minimum(self._struck[name], insolvent) for name in ("first_missed_bill", "point_of_no_return")
        }
        return self._struck | latest | {"profitable": self._profitable()}

    def _profitable(self) -> NDArray[np.int32]:
        months = np.full(len(self._struck["insolvent"]), self._months, np.int32)
        ends = np.minimum(self._struck["insolvent"], self._struck["exit"])
        survivors = np.flatnonzero(ends[self.who] == self._months)
        backwards = self._burning[::-1, survivors]
        since = np.where(backwards.any(axis=0), backwards.argmax(axis=0), self._months)
        months[self.who[survivors]] = self._months - since
        return months
