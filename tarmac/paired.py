"""Two runs on the same draws, path by path: how survival, months and quantiles differ, each with its interval.

Every difference is that of the other run less the base. What is compared is the month index in which each path becomes
insolvent, the horizon where it does not (beyond it, or because the company was acquired), so a table of months by
months holds all there is to know.
"""

import math
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final, Self

import numpy as np
from numpy.typing import NDArray

from tarmac.streams import Streams
from tarmac.survival import Z95, month_reached

RESAMPLES: Final = 999
"""Resamples of a bootstrap: its 2.5% and 97.5% points are then order statistics."""

_NEED_RESAMPLES: Final = 399


@dataclass(frozen=True, slots=True)
class Difference:
    """The other less the base, between two ends that hold the true value with 95% probability (Monte Carlo error).

    None where there is none: an end that no amount and no month within the horizon reaches.
    """

    value: float | None
    low: float | None
    high: float | None

    @property
    def half_width(self) -> float:
        """Half the width of the interval; NaN where an end is missing."""
        return math.nan if self.low is None or self.high is None else (self.high - self.low) / 2

    def as_json(self) -> dict[str, Any]:
        """Plain values."""
        return {"value": self.value, "interval": [self.low, self.high]}


@dataclass(frozen=True, slots=True)
class Order:
    """On how many paths the other lives longer than the base, as long, or shorter.

    `longer`: the base is insolvent, the other later or not at all. `shorter`: the other way round. `same_month`: both
    in the same month. `neither`: neither is insolvent within the horizon, so that nobody knows.
    """

    longer: int
    shorter: int
    same_month: int
    neither: int

    @property
    def paths(self) -> int:
        """All of them."""
        return self.longer + self.shorter + self.same_month + self.neither


@dataclass(frozen=True)
class Joint:
    """Paths by the month index of insolvency in two runs: `counts[i, j]` with i in the base and j in the other.

    The last row and column stand for "not within the horizon". Shape (months + 1, months + 1).
    """

    counts: NDArray[np.int64]

    @classmethod
    def of(cls, base: NDArray[np.integer[Any]], other: NDArray[np.integer[Any]], *, months: int) -> Self:
        """From the months of each path, both of shape (paths,), in the same order of paths."""
        size = months + 1
        cells = base.astype(np.int64) * size + other
        return cls(np.bincount(cells, minlength=size * size).reshape(size, size))

    @property
    def months(self) -> int:
        """The horizon."""
        return len(self.counts) - 1

    @property
    def paths(self) -> int:
        """How many paths there are."""
        return int(self.counts.sum())

    @property
    def alike(self) -> bool:
        """Whether every path ends alike in both runs."""
        return int(np.trace(self.counts)) == self.paths

    @cached_property
    def discordant(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Paths insolvent by the end of each month in the base alone, and in the other alone. Shapes (months,)."""
        both = self.counts.cumsum(axis=0).cumsum(axis=1)
        together = both.diagonal()[:-1]
        return both[:-1, -1] - together, both[-1, :-1] - together

    def insolvent(self, month: int) -> Difference:
        """Difference of the probabilities of insolvency by the end of a month index.

        Of b paths insolvent in the base alone and c in the other alone, of n, it is (c - b) / n. The interval is
        McNemar's, adjusted by Bonett and Price (2012): one path is added to b and to c, so that few discordant paths
        do not look like certainty. Where all paths end alike in every month, it is zero without error.
        """
        only_base, only_other = (int(side[month]) for side in self.discordant)
        value = (only_other - only_base) / self.paths
        if self.alike:
            return Difference(0.0, 0.0, 0.0)
        up, down, size = (only_other + 1) / (self.paths + 2), (only_base + 1) / (self.paths + 2), self.paths + 2
        half = Z95 * math.sqrt((up + down - (up - down) ** 2) / size)
        return Difference(value, max(up - down - half, -1.0), min(up - down + half, 1.0))

    def months_solvent(self) -> Difference:
        """Difference of the restricted mean survival times (RMST): months of solvency gained up to the horizon.

        The mean over paths of min(T, horizon) in the other less the same in the base (Royston and Parmar 2013), T the
        month of insolvency counted from 1; the area between the two survival curves. The horizon censors nothing
        here, it restricts: a path that is solvent at its end counts with all its months, and so does one on which the
        company was acquired. Normal interval of the mean of paired differences.
        """
        lived = np.minimum(np.arange(1, self.months + 2), self.months)
        gained = lived[None, :] - lived[:, None]
        mean = float((self.counts * gained).sum()) / self.paths
        square = float((self.counts * gained**2).sum()) / self.paths
        half = Z95 * math.sqrt(max(square - mean**2, 0.0) / self.paths)
        return Difference(mean, mean - half, mean + half)

    def order(self) -> Order:
        """On how many paths the other outlives the base."""
        neither = int(self.counts[-1, -1])
        longer, shorter = int(np.triu(self.counts, 1).sum()), int(np.tril(self.counts, -1).sum())
        return Order(longer, shorter, int(np.trace(self.counts)) - neither, neither)

    def runway(self, level: float, *, seed: int) -> Difference:
        """Difference of the months by whose end a share `level` of the paths is insolvent; None beyond the horizon.

        The interval is that of a paired bootstrap (percentile, 999 resamples of whole paths): months are whole, so
        that it often has the width zero. An end is None where the quantile of either run lies beyond the horizon.
        """
        value = self._between(self.counts.sum(axis=1), self.counts.sum(axis=0), level=level)
        if self.alike and value is not None:
            return Difference(0.0, 0.0, 0.0)
        places = np.flatnonzero(self.counts)
        random = np.random.Generator(Streams(seed, 0).open("bootstrap of runways"))
        drawn = random.multinomial(self.paths, self.counts.ravel()[places] / self.paths, RESAMPLES)
        rows, columns = np.divmod(places, self.months + 1)
        found = [
            self._between(*(np.bincount(side, counts, self.months + 1) for side in (rows, columns)), level=level)
            for counts in drawn
        ]
        return Difference(value, *_percentiles([math.nan if item is None else item for item in found]))

    def _between(self, base: NDArray[Any], other: NDArray[Any], *, level: float) -> float | None:
        first, second = (month_reached(np.cumsum(side[:-1]) / self.paths, level) for side in (base, other))
        return None if first is None or second is None else float(second - first)


def need_difference(base: NDArray[np.float64], other: NDArray[np.float64], *, level: float, seed: int) -> Difference:
    """Difference of the amounts that let a share `level` of the paths survive, from what each path needs.

    `base` and `other`: extra money by path, inf where no amount saves it, both of shape (paths,) in the same order.
    Paired bootstrap of whole paths (percentile, 399 resamples). None where no amount is enough in either run.
    """
    if np.array_equal(base, other):
        return Difference(0.0, 0.0, 0.0) if math.isfinite(_amount(base, level)) else Difference(None, None, None)
    random = np.random.Generator(Streams(seed, 0).open("bootstrap of needs"))
    paths = len(base)
    found = []
    for _ in range(_NEED_RESAMPLES):
        chosen = random.integers(0, paths, paths)
        found.append(_less(_amount(other[chosen], level), _amount(base[chosen], level)))
    value = _less(_amount(other, level), _amount(base, level))
    return Difference(None if math.isnan(value) else value, *_percentiles(found))


def _amount(needs: NDArray[np.float64], level: float) -> float:
    """The least amount that is enough on a share `level` of the paths; inf where none is."""
    place = min(max(math.ceil(level * len(needs) - 1e-9), 1), len(needs)) - 1
    return float(np.partition(needs, place)[place])


def _less(amount: float, base: float) -> float:
    return amount - base if math.isfinite(amount) and math.isfinite(base) else math.nan


def _percentiles(values: list[float]) -> tuple[float | None, float | None]:
    """The 2.5% and 97.5% points; None for both where more than that share is missing."""
    known = np.sort([value for value in values if not math.isnan(value)])
    if len(known) < 0.975 * len(values):
        return None, None
    out = int(0.025 * (len(known) + 1)) - 1
    return float(known[max(out, 0)]), float(known[len(known) - 1 - max(out, 0)])
