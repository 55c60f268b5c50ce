"""What blocks of many companies leave behind: counts and histograms that do not grow with the number of paths."""

from collections.abc import Iterable, Mapping
from typing import Final

import numpy as np
from numpy.typing import NDArray

from tarmac.portfolio.block import QUARTER, Part, Path16, quarters_in
from tarmac.summary import Histogram, HistogramBuilder

GROUPS: Final = 9
"""Groups of equal size by the course of a driver, three to a third; of an event, by how often it happens."""

PAIRED: Final = 1_000
"""Companies up to which failures are counted pair by pair."""

Counts = NDArray[np.int64]


class Tally:
    """Counts of failures and sums of money, taken in block by block.

    `strikes`: paths on which each company fails in each month, the last element for none, shape (companies, months +
    1). `failures`: paths by the number of companies that have failed by the end of each quarter, shape (quarters,
    companies + 1). `together`: paths on which two have failed by the horizon, shape (companies, companies), None of
    more than PAIRED companies. `drivers`: paths by the course of a shared driver and the number failed by the horizon,
    shape (GROUPS, companies + 1).
    """

    def __init__(self, companies: int, months: int) -> None:
        quarters = quarters_in(months)
        self.months, self.companies = months, companies
        self.strikes: Counts = np.zeros((companies, months + 1), np.int64)
        self.failures: Counts = np.zeros((quarters, companies + 1), np.int64)
        self.together = np.zeros((companies, companies), np.int64) if companies <= PAIRED else None
        self.drivers: dict[str, Counts] = {}
        self.counted: set[str] = set()
        """The drivers whose groups are how often they happen."""
        self._calls = [[HistogramBuilder(quarters) for _ in range(2)] for _ in range(2)]

    def take(self, parts: Iterable[Part]) -> Path16:
        """Take in one block: what all companies leave of it, in their order; when each fails, (companies, paths).

        Money is added up as it comes, so that memory holds the sum alone.
        """
        found: list[Path16] = []
        calls: NDArray[np.float64] | None = None
        drivers: dict[str, NDArray[np.floating] | NDArray[np.int64]] = {}
        for part in parts:
            found.append(part.struck)
            drivers |= part.drivers
            calls = part.calls if calls is None else np.add(calls, part.calls, out=calls)
        if calls is None:
            raise ValueError("a portfolio has at least one company")
        struck = np.concatenate(found)
        self._take_failures(struck)
        self._take_drivers(drivers, np.sum(struck < self.months, axis=0))
        for builders, by_quarter in zip(self._calls, calls, strict=True):
            for builder, rows in zip(builders, (by_quarter, np.diff(by_quarter, axis=0, prepend=0.0)), strict=True):
                for quarter, row in enumerate(rows):
                    builder.month(quarter, np.maximum(row, 0.0))
        return struck

    def _take_failures(self, struck: Path16) -> None:
        for place, months in enumerate(struck):
            self.strikes[place] += np.bincount(months, minlength=self.months + 1)
        for quarter in range(quarters_in(self.months)):
            end = min(QUARTER * (quarter + 1), self.months)
            self.failures[quarter] += np.bincount(np.sum(struck < end, axis=0), minlength=self.companies + 1)
        if self.together is not None:
            failed = (struck < self.months).astype(np.float32)  # exact: a block has fewer than 2**24 paths
            self.together += np.rint(failed @ failed.T).astype(np.int64)

    def _take_drivers(
        self, drivers: Mapping[str, NDArray[np.floating] | NDArray[np.int64]], failed: NDArray[np.int64]
    ) -> None:
        for name, course in drivers.items():
            happens = np.issubdtype(course.dtype, np.integer)
            groups = np.minimum(course, GROUPS - 1).astype(np.int64) if happens else ninths(course)
            cells = groups * (self.companies + 1) + failed
            counts = np.bincount(cells, minlength=GROUPS * (self.companies + 1)).reshape(GROUPS, -1)
            self.drivers[name] = self.drivers.get(name, np.zeros_like(counts)) + counts
            if happens:
                self.counted.add(name)

    def calls(self, *, own: bool, new: bool) -> Histogram:
        """What must be put in, by quarter: `own`, by the investor, or by all; `new`, in the quarter, or by its end."""
        return self._calls[0 if own else 1][1 if new else 0].build()


def ninths(course: NDArray[np.floating] | NDArray[np.int64]) -> NDArray[np.int64]:
    """The group of each path, from 0, when paths are put in order of a driver's course. Shape (paths,)."""
    ranks = np.empty(len(course), np.int64)
    ranks[np.argsort(course, kind="stable")] = np.arange(len(course))
    return ranks * GROUPS // len(course)
