"""Going on with some paths of a block: those that are still solvent, once most are not."""

from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

Paths = NDArray[np.int64]
Value = TypeVar("Value", bound=np.generic)


class Selection:
    """Some paths of a block, counted anew from 0 in their order."""

    def __init__(self, paths: Paths, width: int) -> None:
        self.paths = paths
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

    def places(self, paths: Paths) -> Paths:
        """Where those of some paths that are among these stand now."""
        places = self._places[paths]
        return places[places >= 0]

    def some(self, some: tuple[Paths, NDArray[np.float64]]) -> tuple[Paths, NDArray[np.float64]]:
        """A value for each of some paths: for those among these, where they stand now."""
        places = self._places[some[0]]
        here = places >= 0
        return places[here], some[1][here]
