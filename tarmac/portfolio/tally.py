"""What blocks of many companies leave behind: counts and histograms that do not grow with the number of paths."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

import numpy as np
from numpy.typing import NDArray

from tarmac.engine.block import overflow_raised
from tarmac.portfolio.block import QUARTER, Part, Path16, quarters_in
from tarmac.summary import Histogram, HistogramBuilder

GROUPS: Final = 9
"""Groups of equal size by the course of a driver, three to a third; of an event, by how often it happens."""

PAIRED: Final = 1_000
"""Companies up to which failures are counted pair by pair."""

Counts = NDArray[np.int64]
Course = NDArray[np.floating] | NDArray[np.int64]


@dataclass(frozen=True)
class Tally:
    """Counts of failures and sums of money, of whole blocks; those of some blocks and of others add up.

    `strikes`: paths on which each company fails in each month, the last element for none, shape (companies, months +
    1). `failures`: paths by the number of companies that have failed by the end of each quarter, shape (quarters,
    companies + 1). `together`: paths on which two have failed by the horizon, shape (companies, companies), None of
    more than PAIRED companies. `drivers`: paths by the course of a shared driver and the number failed by the horizon,
    shape (GROUPS, companies + 1); `counted`: those of them whose groups are how often they happen. `calls`: what must
    be put in by the investor and by all, each by the end of every quarter and within it.
    """

    strikes: Counts
    failures: Counts
    together: Counts | None
    drivers: Mapping[str, Counts]
    counted: tuple[str, ...]
    calls: tuple[tuple[Histogram, Histogram], ...]

    def __add__(self, other: "Tally") -> "Tally":
        pairs = zip(self.calls, other.calls, strict=True)
        return Tally(
            self.strikes + other.strikes,
            self.failures + other.failures,
            None if self.together is None or other.together is None else self.together + other.together,
            {name: counts + other.drivers[name] for name, counts in self.drivers.items()},
            self.counted,
            tuple((one[0] + two[0], one[1] + two[1]) for one, two in pairs),
        )


@dataclass(frozen=True)
class Begun:
    """A block that is begun: what the first of its companies leave of it, see Part.

    `struck`: group by group. Money is added up as it comes, so that memory holds the sum alone.
    """

    struck: tuple[Path16, ...] = ()
    calls: NDArray[np.float64] = field(default_factory=lambda: np.zeros(()))
    drivers: Mapping[str, Course] = field(default_factory=dict)

    def __add__(self, part: Part) -> "Begun":
        return Begun((*self.struck, part.struck), self.calls + part.calls, {**self.drivers, **part.drivers})

    @property
    def companies(self) -> int:
        """How many companies have come."""
        return sum(map(len, self.struck))

    @property
    def all_struck(self) -> Path16:
        """When each of them fails. Shape (companies, paths)."""
        return np.concatenate(self.struck)


def tally_of(begun: Begun, months: int) -> Tally:
    """What is kept of a block once all companies have come. OverflowError where amounts grow beyond 1e38."""
    struck = begun.all_struck
    failed = np.sum(struck < months, axis=0)
    tables = {name: _by_course(course, failed, companies=len(struck)) for name, course in begun.drivers.items()}
    return Tally(
        strikes=np.stack([np.bincount(row, minlength=months + 1) for row in struck]),
        failures=np.stack([_failed_by(struck, end=end) for end in _ends(months)]),
        together=_together(struck, months) if len(struck) <= PAIRED else None,
        drivers=tables,
        counted=tuple(name for name, course in begun.drivers.items() if np.issubdtype(course.dtype, np.integer)),
        calls=tuple((_amounts(rows), _amounts(np.diff(rows, axis=0, prepend=0.0))) for rows in begun.calls),
    )


def _ends(months: int) -> list[int]:
    return [min(QUARTER * (quarter + 1), months) for quarter in range(quarters_in(months))]


def _failed_by(struck: Path16, *, end: int) -> Counts:
    """Paths by the number of companies that have failed by a month. Shape (companies + 1,)."""
    return np.bincount(np.sum(struck < end, axis=0), minlength=len(struck) + 1)


def _together(struck: Path16, months: int) -> Counts:
    failed = (struck < months).astype(np.float32)  # exact: a block has fewer than 2**24 paths
    pairs: Counts = np.rint(failed @ failed.T).astype(np.int64)
    return pairs


def _by_course(course: Course, failed: NDArray[np.int64], *, companies: int) -> Counts:
    """Paths by the course of a driver and the number of companies failed. Shape (GROUPS, companies + 1)."""
    happens = np.issubdtype(course.dtype, np.integer)
    groups = np.minimum(course, GROUPS - 1).astype(np.int64) if happens else ninths(course)
    cells = groups * (companies + 1) + failed
    return np.bincount(cells, minlength=GROUPS * (companies + 1)).reshape(GROUPS, -1)


def _amounts(rows: NDArray[np.float64]) -> Histogram:
    builder = HistogramBuilder(len(rows))
    with overflow_raised():
        for quarter, row in enumerate(rows):
            builder.month(quarter, np.maximum(row, 0.0))
    return builder.build()


def ninths(course: Course) -> NDArray[np.int64]:
    """The group of each path, from 0, when paths are put in order of a driver's course. Shape (paths,)."""
    ranks = np.empty(len(course), np.int64)
    ranks[np.argsort(course, kind="stable")] = np.arange(len(course))
    return ranks * GROUPS // len(course)
