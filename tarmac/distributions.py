"""The forms an uncertain number can take, each sampled through its inverse CDF at standard-normal scores.

A path holds one score z per driver; the number on that path is F^-1(Phi(z)). So plain, antithetic and Sobol points
serve alike, and drivers are correlated by correlating their scores. Every `at` takes an array of scores of one or more
dimensions and returns a new float64 array of its shape, non-decreasing in z up to rounding in the last place.
"""

# ruff: noqa: D102 (what each method gives is said once, in Form)

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from statistics import NormalDist
from typing import ClassVar, NamedTuple

import numpy as np
from numpy.typing import NDArray

Scores = NDArray[np.float64]
Show = Callable[[float], str]
Arguments = tuple[tuple[str, str], ...]
Fault = tuple[int, str]  # which argument is outside its bounds, counted from 0, and the bound

SMALLEST_LEVEL = 0.01
LARGEST_SIGMA = 20.0
SMALLEST_SHAPE, LARGEST_SHAPE = 0.01, 1e6
_SHAPES = f"lies between {SMALLEST_SHAPE:g} and {LARGEST_SHAPE:,.0f}"
_MOST_EXPLAINED = 6
_NORMAL = NormalDist()

TABLE_REACH = 8.5  # in standard deviations: one draw in 10^17 lies beyond
_KNOTS = 1_024
_CELLS_PER_KNOT = 16
_CELLS = _KNOTS * _CELLS_PER_KNOT
_LOG_PEAK = -math.log(2 * math.pi) / 2  # of the normal density
_LEAST_LOG = -700.0  # exp of it is still a normal number


@dataclass(frozen=True, slots=True)
class Form:
    """The shape of an uncertain number, without its unit."""

    arguments: ClassVar[Arguments] = ()
    """Name and kind of each argument: an "amount" carries the unit, a "share" is plain or %, "plain" has no unit."""
    least: ClassVar[float] = -math.inf
    largest: ClassVar[float] = math.inf

    def fault(self) -> Fault | None:
        """The first argument outside its bounds and the rule it breaks, or None."""
        return None

    def at(self, z: Scores) -> Scores:
        """The value at each standard-normal score."""
        raise NotImplementedError

    def mean(self) -> float:
        """The expected value."""
        raise NotImplementedError

    def median(self) -> float:
        """The value that is exceeded on half of the paths."""
        return float(self.at(np.zeros(1))[0])

    def support(self) -> tuple[float, float]:
        """The least and the largest value, either of which may be infinite."""
        return self.least, self.largest

    def explain(self, show: Show) -> str:
        """The form in words; `show` prints an amount with its unit."""
        raise NotImplementedError


def _first(*rules: tuple[int, bool, str]) -> Fault | None:
    """The first rule that does not hold."""
    return next(((index, rule) for index, holds, rule in rules if not holds), None)


def _ordered(low: float, high: float) -> tuple[bool, str]:
    if low == high:
        return False, "both ends are equal: for a certain number write it alone"
    return low < high, "the lower end comes first, the upper end second"


@dataclass(frozen=True, slots=True)
class Constant(Form):
    """A certain number: no bounds, any unit."""

    amount: float

    def at(self, z: Scores) -> Scores:
        return np.full_like(z, self.amount)

    def mean(self) -> float:
        return self.amount

    def support(self) -> tuple[float, float]:
        return self.amount, self.amount

    def explain(self, show: Show) -> str:
        return show(self.amount)


@dataclass(frozen=True, slots=True)
class Interval(Form):
    """The ends of a central interval that holds `level` of the probability: 5M to 8M, with 90% unless it is said.

    5% lies below the lower end and 5% above the upper one. Lognormal where both ends are positive, else normal.
    Any unit. Typical use: a founder's or analyst's range for an amount or a monthly rate.
    """

    low: float
    high: float
    level: float = 0.9
    arguments: ClassVar[Arguments] = (("low", "amount"), ("high", "amount"), ("level", "share"))

    def fault(self) -> Fault | None:
        inside = SMALLEST_LEVEL <= self.level < 1
        wide = inside and 0 < self.low < self.high and self.spread() > LARGEST_SIGMA
        return _first(
            (1, *_ordered(self.low, self.high)),
            (2, inside, f"the share inside the range is at least {SMALLEST_LEVEL:.0%} and below 100%, such as (80%)"),
            (1, not wide, "too wide: the two ends are too many orders of magnitude apart"),
        )

    @property
    def skewed(self) -> bool:
        """Whether the interval is lognormal."""
        return self.low > 0

    def centre(self) -> float:
        """The mean of the normal variable: of the logarithm where the interval is lognormal."""
        return (math.log(self.low) + math.log(self.high)) / 2 if self.skewed else (self.low + self.high) / 2

    def spread(self) -> float:
        """The standard deviation of the same variable."""
        width = math.log1p((self.high - self.low) / self.low) if self.skewed else self.high - self.low
        return width / (-2 * _NORMAL.inv_cdf((1 - self.level) / 2))

    def at(self, z: Scores) -> Scores:
        values = z * self.spread() + self.centre()
        return np.exp(values, out=values) if self.skewed else values

    def mean(self) -> float:
        return math.exp(self.centre() + self.spread() ** 2 / 2) if self.skewed else self.centre()

    def support(self) -> tuple[float, float]:
        return (0.0 if self.skewed else -math.inf), math.inf

    def explain(self, show: Show) -> str:
        shape = "lognormal" if self.skewed else "normal"
        return f"{100 * self.level:.6g}% between {show(self.low)} and {show(self.high)}, {shape}"


@dataclass(frozen=True, slots=True)
class Normal(Form):
    """normal(mean, sd): sd above 0; any unit; takes negative values. Typical use: money that can go either way."""

    centre: float
    sd: float
    arguments: ClassVar[Arguments] = (("mean", "amount"), ("sd", "amount"))

    def fault(self) -> Fault | None:
        return _first((1, self.sd > 0, "the standard deviation is above 0"))

    def at(self, z: Scores) -> Scores:
        return z * self.sd + self.centre

    def mean(self) -> float:
        return self.centre

    def explain(self, show: Show) -> str:
        return f"normal, mean {show(self.centre)}, standard deviation {show(self.sd)}"


@dataclass(frozen=True, slots=True)
class LogNormal(Form):
    """lognormal(median, sigma): median above 0, any unit; sigma, the sd of the logarithm, above 0 and at most 20.

    Typical use: sizes and prices known to a factor; sigma = 0.4 means about a factor of 1.5 either way.
    """

    middle: float
    sigma: float
    least: ClassVar[float] = 0.0
    arguments: ClassVar[Arguments] = (("median", "amount"), ("sigma", "share"))

    def fault(self) -> Fault | None:
        return _first(
            (0, self.middle > 0, "the median of a lognormal is above 0"),
            (
                1,
                0 < self.sigma <= LARGEST_SIGMA,
                f"sigma, the sd of the logarithm, is above 0 and at most {LARGEST_SIGMA:.0f}",
            ),
        )

    def at(self, z: Scores) -> Scores:
        return np.exp(z * self.sigma) * self.middle

    def mean(self) -> float:
        return self.middle * math.exp(self.sigma**2 / 2)

    def explain(self, show: Show) -> str:
        return f"lognormal, median {show(self.middle)}, sigma {self.sigma:.6g}"


@dataclass(frozen=True, slots=True)
class Uniform(Form):
    """uniform(a, b): a below b; any unit. Typical use: a date or share of which only the limits are known."""

    low: float
    high: float
    arguments: ClassVar[Arguments] = (("a", "amount"), ("b", "amount"))

    def fault(self) -> Fault | None:
        return _first((1, *_ordered(self.low, self.high)))

    def at(self, z: Scores) -> Scores:
        from scipy.special import ndtr

        return np.minimum(self.low + (self.high - self.low) * ndtr(z), self.high)

    def mean(self) -> float:
        return (self.low + self.high) / 2

    def support(self) -> tuple[float, float]:
        return self.low, self.high

    def explain(self, show: Show) -> str:
        return f"uniform between {show(self.low)} and {show(self.high)}"


@dataclass(frozen=True, slots=True)
class Triangular(Form):
    """triangular(a, mode, b): a below b and mode from a to b; any unit. Typical use: least, likeliest, most."""

    low: float
    mode: float
    high: float
    arguments: ClassVar[Arguments] = (("a", "amount"), ("mode", "amount"), ("b", "amount"))

    def fault(self) -> Fault | None:
        return _first(
            (2, *_ordered(self.low, self.high)),
            (1, self.low <= self.mode <= self.high, "the mode lies between the two ends: triangular(a, mode, b)"),
        )

    def at(self, z: Scores) -> Scores:
        from scipy.special import ndtr

        tail: Scores = ndtr(-np.abs(z))
        width = self.high - self.low
        turn = (self.mode - self.low) / width
        below = np.where(z < 0, tail, 1 - tail)  # Phi(z), and its complement without cancellation
        above = np.where(z < 0, 1 - tail, tail)
        rising = self.low + np.sqrt(below * (width * (self.mode - self.low)))
        falling = self.high - np.sqrt(above * (width * (self.high - self.mode)))
        return np.where(below < turn, np.minimum(rising, self.mode), np.maximum(falling, self.mode))

    def mean(self) -> float:
        return (self.low + self.mode + self.high) / 3

    def support(self) -> tuple[float, float]:
        return self.low, self.high

    def explain(self, show: Show) -> str:
        return f"triangular between {show(self.low)} and {show(self.high)}, mode {show(self.mode)}"


@dataclass(frozen=True, slots=True)
class Exponential(Form):
    """exponential(mean): mean above 0; any unit. Typical use: a wait, in months, without memory."""

    average: float
    least: ClassVar[float] = 0.0
    arguments: ClassVar[Arguments] = (("mean", "amount"),)

    def fault(self) -> Fault | None:
        return _first((0, self.average > 0, "the mean of an exponential is above 0"))

    def at(self, z: Scores) -> Scores:
        from scipy.special import log_ndtr

        return np.multiply(log_ndtr(-z), -self.average)

    def mean(self) -> float:
        return self.average

    def explain(self, show: Show) -> str:
        return f"exponential, mean {show(self.average)}"


@dataclass(frozen=True, slots=True)
class Bernoulli(Form):
    """bernoulli(p): 1 with probability p, else 0; p from 0 to 1; no unit. Typical use: does it happen at all."""

    p: float
    arguments: ClassVar[Arguments] = (("p", "share"),)

    def fault(self) -> Fault | None:
        return _first((0, 0 <= self.p <= 1, "a probability lies between 0 and 1 (0% and 100%)"))

    def at(self, z: Scores) -> Scores:
        if self.p in {0.0, 1.0}:
            return np.full_like(z, self.p)
        return (z > -_NORMAL.inv_cdf(self.p)).astype(np.float64)

    def mean(self) -> float:
        return self.p

    def support(self) -> tuple[float, float]:
        return float(self.p == 1), float(self.p > 0)

    def explain(self, show: Show) -> str:
        return f"{show(1)} with probability {100 * self.p:.6g}%, else {show(0)}"


@dataclass(frozen=True, slots=True)
class Choice(Form):
    """choice(a: 0.3, b: 0.7): one of some values, with weights from 0 to 1 that sum to 1 (within 1e-9); any unit.

    `values` and `weights` as written; sampled in the order of the values, so that a higher score never gives less.
    """

    values: tuple[float, ...]
    weights: tuple[float, ...]

    def fault(self) -> Fault | None:
        """The index counts value, weight, value, weight, ..."""
        for index, weight in enumerate(self.weights):
            if not 0 <= weight <= 1:
                return 2 * index + 1, "a weight lies between 0 and 1 (0% and 100%)"
        total = math.fsum(self.weights)
        agree = abs(total - 1) <= 1e-9
        return _first((2 * len(self.weights) - 1, agree, f"the weights sum to 1, and these to {total:.10g}"))

    def ladder(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """The possible values, increasing, and the scores at which each gives way to the next (one fewer)."""
        pairs = sorted((value, weight) for value, weight in zip(self.values, self.weights, strict=True) if weight > 0)
        weights = [weight for _, weight in pairs]
        steps = [_score(math.fsum(weights[:i]), math.fsum(weights[i:])) for i in range(1, len(pairs))]
        return np.array([value for value, _ in pairs]), np.array(steps)

    def at(self, z: Scores) -> Scores:
        values, steps = self.ladder()
        return values.take(np.searchsorted(steps, z, side="left"))

    def mean(self) -> float:
        return math.fsum(v * w for v, w in zip(self.values, self.weights, strict=True)) / math.fsum(self.weights)

    def support(self) -> tuple[float, float]:
        values, _ = self.ladder()
        return float(values[0]), float(values[-1])

    def explain(self, show: Show) -> str:
        listed = [f"{show(v)} ({100 * w:.6g}%)" for v, w in zip(self.values, self.weights, strict=True)]
        more = len(listed) - _MOST_EXPLAINED
        return " or ".join(listed[:_MOST_EXPLAINED]) + (f" or one of {more} more" if more > 0 else "")


def _score(below: float, above: float) -> float:
    """The score with these probabilities below and above it, from the smaller of the two."""
    return _NORMAL.inv_cdf(below) if below < above else -_NORMAL.inv_cdf(above)


@dataclass(frozen=True, slots=True)
class Beta(Form):
    """beta(a, b): a share from 0 to 1; a and b from 0.01 to 1e6; no unit.

    Typical use: a rate estimated from counts; beta(4, 96) is what 4 of 100 say. Read from a table of the log-odds:
    relative error of the value and of 1 - value below 1e-5 (for a and b from 0.02 on; 2e-5 below) as far as 8.5
    standard deviations; a score beyond gives the value at 8.5, and a value below 1e-304 is given as 1e-304.
    """

    a: float
    b: float
    least: ClassVar[float] = 0.0
    largest: ClassVar[float] = 1.0
    arguments: ClassVar[Arguments] = (("a", "plain"), ("b", "plain"))

    def fault(self) -> Fault | None:
        return _first(
            (0, SMALLEST_SHAPE <= self.a <= LARGEST_SHAPE, f"a {_SHAPES}"),
            (1, SMALLEST_SHAPE <= self.b <= LARGEST_SHAPE, f"b {_SHAPES}"),
        )

    def at(self, z: Scores) -> Scores:
        return 1.0 / (1.0 + np.exp(-_look_up(_beta_table(self.a, self.b), z)))

    def mean(self) -> float:
        return self.a / (self.a + self.b)

    def explain(self, show: Show) -> str:
        return f"beta({self.a:.6g}, {self.b:.6g}), mean {show(self.mean())}"


@dataclass(frozen=True, slots=True)
class Gamma(Form):
    """gamma(shape, scale): shape from 0.01 to 1e6, without unit; scale above 0, any unit.

    Typical use: a wait or a loss that is never negative. Read from a table of the logarithm, as accurate and as far as
    that of `Beta`; a value below 1e-304 scales is given as 1e-304 scales.
    """

    shape: float
    scale: float
    least: ClassVar[float] = 0.0
    arguments: ClassVar[Arguments] = (("shape", "plain"), ("scale", "amount"))

    def fault(self) -> Fault | None:
        return _first(
            (0, SMALLEST_SHAPE <= self.shape <= LARGEST_SHAPE, f"the shape {_SHAPES}"),
            (1, self.scale > 0, "the scale is above 0"),
        )

    def at(self, z: Scores) -> Scores:
        return np.exp(_look_up(_gamma_table(self.shape), z)) * self.scale

    def mean(self) -> float:
        return self.shape * self.scale

    def explain(self, show: Show) -> str:
        return f"gamma, shape {self.shape:.6g}, scale {show(self.scale)}, mean {show(self.mean())}"


class _Table(NamedTuple):
    """A smooth increasing function of the score on even cells: value at each cell's start, and rise across it."""

    start: NDArray[np.float64]
    rise: NDArray[np.float64]


def _look_up(table: _Table, z: Scores) -> Scores:
    """Linear interpolation on even cells, clamped to the ends: four times as fast as a search."""
    place = z + TABLE_REACH
    place *= _CELLS / (2 * TABLE_REACH)
    np.clip(place, 0.0, float(_CELLS), out=place)
    cell = place.astype(np.intp)
    place -= cell
    place *= table.rise.take(cell, mode="clip")
    place += table.start.take(cell, mode="clip")
    return place


def _table(exact: NDArray[np.float64], slope: NDArray[np.float64]) -> _Table:
    """Fill the cells between exact knots by cubic Hermite interpolation, held monotone."""
    t = np.arange(_CELLS_PER_KNOT) / _CELLS_PER_KNOT
    step = 2 * TABLE_REACH / _KNOTS
    y0, y1 = exact[:-1, None], exact[1:, None]
    d0, d1 = step * slope[:-1, None], step * slope[1:, None]
    inner = y0 + t * (d0 + t * (3 * (y1 - y0) - 2 * d0 - d1 + t * (2 * (y0 - y1) + d0 + d1)))
    level = np.maximum.accumulate(np.maximum(np.append(inner.ravel(), exact[-1]), _LEAST_LOG))
    return _Table(level, np.append(np.diff(level), 0.0))


def _knots() -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Scores of the knots, and the probabilities below and above each."""
    from scipy.special import ndtr

    z = np.linspace(-TABLE_REACH, TABLE_REACH, _KNOTS + 1)
    return z, ndtr(z), ndtr(-z)


@lru_cache(maxsize=64)
def _beta_table(a: float, b: float) -> _Table:
    """log(x / (1 - x)) of a beta variable against the score."""
    from scipy.special import betainccinv, betaincinv, betaln

    z, below, above = _knots()
    log_b = float(betaln(a, b))
    lower = z <= 0
    x = np.where(lower, betaincinv(a, b, below), betainccinv(a, b, above))
    rest = np.where(lower, betainccinv(b, a, below), betaincinv(b, a, above))
    log_x = _log_or_tail(x, (np.log(below) + math.log(a) + log_b) / a)
    log_rest = _log_or_tail(rest, (np.log(above) + math.log(b) + log_b) / b)
    slope = np.exp(_LOG_PEAK - z * z / 2 + log_b - a * log_x - b * log_rest)
    return _table(log_x - log_rest, slope)


@lru_cache(maxsize=64)
def _gamma_table(shape: float) -> _Table:
    """log(x) of a gamma variable of scale 1 against the score."""
    from scipy.special import gammainccinv, gammaincinv, gammaln

    z, below, above = _knots()
    x = np.where(z <= 0, gammaincinv(shape, below), gammainccinv(shape, above))
    log_x = _log_or_tail(x, (np.log(below) + float(gammaln(shape + 1))) / shape)
    slope = np.exp(_LOG_PEAK - z * z / 2 + float(gammaln(shape)) - shape * log_x + x)
    return _table(log_x, slope)


def _log_or_tail(x: NDArray[np.float64], tail: NDArray[np.float64]) -> NDArray[np.float64]:
    """log(x), and near 0, where x has underflowed or is about to, the logarithm of the tail's power law."""
    return np.where(x > 1e-200, np.log(np.maximum(x, 1e-200)), tail)
