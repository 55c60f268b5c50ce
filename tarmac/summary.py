"""What a block of paths leaves behind, and how two add: counts, log histograms and sums, never the paths themselves.

Adding is exact, associative and commutative, with an empty summary as its neutral element (samples excepted, which
keep the order): every count is a whole number and so is every sum, in 2**-40 of a unit. So blocks may be run anywhere,
in any grouping, and the result has the same bits.
"""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final, Self

import numpy as np
from numpy.typing import NDArray

MANTISSA_BITS: Final = 7
"""2**7 bins per doubling: a bin is at most 0.8% wide, and no quantile is off by more than that."""

_SHIFT: Final = np.int32(23 - MANTISSA_BITS)
_MAGNITUDE: Final = np.int32(0x7FFFFFFF)
_SMALLEST_EXPONENT: Final = -10
_FIRST: Final = np.int32((127 + _SMALLEST_EXPONENT) << MANTISSA_BITS)
"""Amounts below 2**-10 of a currency unit share the bin of zero."""


def bins_of(values: NDArray[np.float64]) -> tuple[NDArray[np.int32], int]:
    """The bin of each amount, counted from the lowest, and the lowest.

    A bin is the leading bits of the amount's single-precision form: 0 for zero, negative below it.
    """
    bits = values.astype(np.float32).view(np.int32)
    lowest = int(bits.min() >> _SHIFT)
    if lowest >= _FIRST:  # no amount is negative or in the bin of zero
        bits >>= _SHIFT
        bits -= np.int32(lowest)
        return bits, lowest - int(_FIRST) + 1
    sign = bits >> np.int32(31)  # 0 or -1
    bits &= _MAGNITUDE
    bits >>= _SHIFT
    bits -= _FIRST - np.int32(1)
    np.maximum(bits, 0, out=bits)
    bits ^= sign
    bits -= sign
    low = int(bits.min())
    bits -= np.int32(low)
    return bits, low


def lower_edge(bins: NDArray[np.int64]) -> NDArray[np.float64]:
    """The edge of each bin nearer to zero; 0 for the bin of zero."""
    magnitude = np.abs(bins) + int(_FIRST) - 1
    edges = (magnitude.astype(np.int32) << _SHIFT).view(np.float32).astype(np.float64)
    return np.where(bins == 0, 0.0, np.copysign(edges, bins))


_SUM_BITS: Final = 40
_ROOM: Final = 8 * 2**MANTISSA_BITS
"""Bins that are made room for at once: eight doublings."""


@dataclass(frozen=True)
class Histogram:
    """The distribution of an amount by month.

    `counts` has shape (months, bins), the first column standing for bin `offset`. `sums` are whole multiples of
    2**-40 of a unit, so that adding is exact in any order; `lowest` and `highest` have shape (months,) (inf and -inf
    in a month without values).
    """

    offset: int
    counts: NDArray[np.int64]
    sums: tuple[int, ...]
    lowest: NDArray[np.float64]
    highest: NDArray[np.float64]

    @classmethod
    def empty(cls, months: int) -> Self:
        """No values in any month: the neutral element of adding."""
        return cls(0, np.zeros((months, 1), np.int64), (0,) * months, np.full(months, np.inf), np.full(months, -np.inf))

    @classmethod
    def zeros(cls, counts: NDArray[np.int64]) -> Self:
        """So many values in each month, all of them zero."""
        there = counts > 0
        lowest, highest = np.where(there, 0.0, np.inf), np.where(there, 0.0, -np.inf)
        return cls(0, counts.astype(np.int64)[:, None], (0,) * len(counts), lowest, highest)

    def __add__(self, other: "Histogram") -> "Histogram":
        first = min(self.offset, other.offset)
        last = max(self.offset + self.counts.shape[1], other.offset + other.counts.shape[1])
        counts = np.zeros((len(self.counts), last - first), np.int64)
        for part in (self, other):
            start = part.offset - first
            counts[:, start : start + part.counts.shape[1]] += part.counts
        return Histogram(
            first,
            counts,
            tuple(a + b for a, b in zip(self.sums, other.sums, strict=True)),
            np.minimum(self.lowest, other.lowest),
            np.maximum(self.highest, other.highest),
        )

    def month(self, month: int) -> "Histogram":
        """That of one month alone, counted from 0 or, if negative, from the end."""
        row = slice(month, month + 1 or None)
        return Histogram(self.offset, self.counts[row], self.sums[row], self.lowest[row], self.highest[row])

    @property
    def totals(self) -> NDArray[np.int64]:
        """How many values each month holds. Shape (months,)."""
        totals: NDArray[np.int64] = self.counts.sum(axis=1)
        return totals

    def mean(self) -> NDArray[np.float64]:
        """Mean by month; NaN where there is no value. Shape (months,)."""
        totals = self.totals
        sums = np.array([math.ldexp(float(total), -_SUM_BITS) for total in self.sums])
        mean: NDArray[np.float64] = np.divide(sums, totals, out=np.full(len(totals), np.nan), where=totals > 0)
        return mean

    def quantile(self, level: float) -> NDArray[np.float64]:
        """The amount below which a share `level` of the values lies, by month; NaN where there is none.

        Interpolated by rank within a bin and kept between the lowest and the highest value, so that it is exact
        where all values are alike. Shape (months,).
        """
        return np.array([self._quantile(month, level) for month in range(len(self.counts))])

    def share_below(self, amount: float) -> NDArray[np.float64]:
        """The share of the values below an amount, by month, interpolated within its bin. Shape (months,)."""
        place = bins_of(np.array([amount]))[1] - self.offset
        below = self.counts[:, : max(place, 0)].sum(axis=1).astype(float)
        if 0 <= place < self.counts.shape[1]:
            low, high = self._edges(place)
            within = (amount - low) / (high - low) if high > low else float(amount > 0)
            below += self.counts[:, place] * within
        share: NDArray[np.float64] = below / np.maximum(self.totals, 1)
        return share

    def _quantile(self, month: int, level: float) -> float:
        counts = self.counts[month]
        cumulative = np.cumsum(counts)
        total = int(cumulative[-1])
        if total == 0:
            return float("nan")
        rank = level * total
        place = int(np.searchsorted(cumulative, rank, side="left"))
        place = max(place, int(np.flatnonzero(counts)[0]))
        within = (rank - (cumulative[place] - counts[place])) / counts[place]
        low, high = self._edges(place)
        low, high = max(low, float(self.lowest[month])), min(high, float(self.highest[month]))
        return low + (high - low) * min(max(float(within), 0.0), 1.0)

    def _edges(self, place: int) -> tuple[float, float]:
        number = place + self.offset
        if number == 0:
            return 0.0, 0.0
        near, far = lower_edge(np.array([number, number + (1 if number > 0 else -1)]))
        return (float(near), float(far)) if number > 0 else (float(far), float(near))


class HistogramBuilder:
    """Collects a histogram a month and a block at a time, in place."""

    def __init__(self, months: int) -> None:
        self._rows = [(0, np.zeros(1, np.int64)) for _ in range(months)]
        """By month the first bin, and the counts from there on: as far as its own amounts go."""
        self._sums = [0] * months
        self._lowest, self._highest = np.full(months, np.inf), np.full(months, -np.inf)

    def month(self, month: int, values: NDArray[np.float64]) -> None:
        """Take the values of a month, of any number of paths."""
        if not len(values):
            return
        bins, low = bins_of(values)
        self._count(month, np.bincount(bins), low=low)
        self._sums[month] += int(math.ldexp(float(values.sum()), _SUM_BITS))
        self._lowest[month] = min(self._lowest[month], values.min())
        self._highest[month] = max(self._highest[month], values.max())

    def build(self) -> Histogram:
        """The histogram so far."""
        offset = min(first for first, _ in self._rows)
        counts = np.zeros((len(self._rows), max(first + len(row) for first, row in self._rows) - offset), np.int64)
        for month, (first, row) in zip(counts, self._rows, strict=True):
            month[first - offset : first - offset + len(row)] = row
        return Histogram(offset, counts, tuple(self._sums), self._lowest, self._highest)

    def _count(self, month: int, counts: NDArray[np.int64], *, low: int) -> None:
        first, row = self._rows[month]
        if low < first or low + len(counts) > first + len(row):
            first, row = self._rows[month] = _widened(first, row, low=low, high=low + len(counts))
        row[low - first : low - first + len(counts)] += counts


def _widened(first: int, row: NDArray[np.int64], *, low: int, high: int) -> tuple[int, NDArray[np.int64]]:
    """Counts from a bin on, with room for some more bins and for others beside them, so that this is seldom done."""
    start = min(first, low // _ROOM * _ROOM)
    wide = np.zeros(max(first + len(row), -(-high // _ROOM) * _ROOM) - start, np.int64)
    wide[first - start : first - start + len(row)] = row
    return start, wide


@dataclass(frozen=True)
class Summary:
    """What a run leaves behind: enough for every probability, quantile and chart, and no paths but a few samples.

    `strikes`: for each clock how many paths it struck in each month, the last element for "not within the horizon",
    shape (months + 1,). `amounts`: histograms by month; those of a single owner and of a sale have one row.
    `samples`: net cash of the first paths of the run, shape (months, up to SAMPLES). `squares`: where paths lean on
    each other within replicates, for each clock the sum over replicates of the squared count of paths struck by the end
    of each month, shape (months,); empty for independent paths.
    """

    paths: int
    strikes: Mapping[str, NDArray[np.int64]]
    amounts: Mapping[str, Histogram]
    samples: NDArray[np.float64] = field(default_factory=lambda: np.empty((0, 0)))
    squares: Mapping[str, NDArray[np.int64]] = field(default_factory=dict)

    def __add__(self, other: "Summary") -> "Summary":
        if not self.paths:
            return other
        if not other.paths:
            return self
        return Summary(
            self.paths + other.paths,
            {name: counts + other.strikes[name] for name, counts in self.strikes.items()},
            {name: amounts + other.amounts[name] for name, amounts in self.amounts.items()},
            np.hstack([self.samples, other.samples])[:, :SAMPLES],
            {name: squares + other.squares[name] for name, squares in self.squares.items()},
        )


NEEDS: Final = "need by replicate"
"""The amounts each path needs in 16 rows, that of a replicate being its place in its block."""

OWNERSHIP: Final = "ownership"
"""The amounts of what common holders own together by month; "ownership.NAME": of what one owner does at the horizon."""

EXIT_PROCEEDS: Final = "exit_proceeds"
"""The amounts of what common holders together get where the company is sold."""

SECONDARY_PROCEEDS: Final = "secondary_proceeds"
"""The amounts of what common holders together get where shares are sold by those who hold them."""

WHOLE: Final = 2.0**20
"""100% in the unit in which histograms hold shares of the company: what is told from zero is then small enough."""

SAMPLES: Final = 12
"""Paths kept as they were, to be drawn faintly behind the bands."""

NOTHING: Final = Summary(0, {}, {})
"""The summary of no paths at all: the neutral element of adding."""


def strikes_of(months_struck: NDArray[np.int32], months: int) -> NDArray[np.int64]:
    """How many paths a clock struck in each month. Shape (months + 1,), the last element for those it did not."""
    return np.bincount(months_struck, minlength=months + 1)


def total(summaries: Iterable[Summary]) -> Summary:
    """All summaries added in the order given."""
    return sum(summaries, start=NOTHING)
