"""Going on with some paths of a block: those that are still solvent, once most are not."""

from typing import Final, TypeVar

import numpy as np
from numpy.typing import NDArray

from tarmac.memory import room

Paths = NDArray[np.int64]
Some = tuple[Paths, NDArray[np.float64]]
"""Some paths, and an amount for each."""

NOBODY: Final[Paths] = np.empty(0, np.int64)

Value = TypeVar("Value", bound=np.generic)


class Selection:
    """Some paths of a block, counted anew from 0 in their order, with which the months from `since` on are run."""

    def __init__(self, paths: Paths, width: int, *, since: int) -> None:
        self.paths = paths
        self.since = since
        self._places = np.full(width, -1)
        self._places[paths] = np.arange(len(paths))

    def __len__(self) -> int:
        return len(self.paths)

    def row(self, row: NDArray[Value]) -> NDArray[Value]:
        """The values of a row on these paths; a single value that stands for all paths stays as it is."""
        return row.take(self.paths) if len(row) > 1 else row

    def rows(self, rows: NDArray[Value]) -> NDArray[Value]:
        """The same of several rows. Shape (rows, paths or 1)."""
        return rows.take(self.paths, axis=1) if rows.shape[1] > 1 else rows

    def months(self, rows: NDArray[Value]) -> NDArray[Value]:
        """The same of a row a month, of which those before the month before `since` are not filled.

        Shape (months, paths or 1).
        """
        if rows.shape[1] == 1:
            return rows
        kept = room(len(rows), len(self), dtype=rows.dtype)
        first = max(self.since - 1, 0)
        rows[first:].take(self.paths, axis=1, out=kept[first:], mode="clip")
        return kept

    def at(self, paths: Paths) -> Paths:
        """Where some paths stand now; -1 for those that are not among these."""
        return self._places[paths]

    def places(self, paths: Paths) -> Paths:
        """Where those of some paths that are among these stand now."""
        places = self.at(paths)
        return places[places >= 0]

    def each(self, months: tuple[Some | None, ...]) -> tuple[Some | None, ...]:
        """The same of each month from `since` on."""
        later = (None if some is None else self.some(some) for some in months[self.since :])
        return (*(None,) * self.since, *later)

    def some(self, some: Some) -> Some:
        """A value for each of some paths: for those among these, where they stand now."""
        places = self._places[some[0]]
        here = places >= 0
        return places[here], some[1][here]


def by_path(amounts: list[Some]) -> NDArray[np.float64]:
    """What amounts come to on each path that has any, in order of the paths."""
    _, places = np.unique(np.concatenate([paths for paths, _ in amounts]), return_inverse=True)
    return np.bincount(places, np.concatenate([values for _, values in amounts])).astype(float)
