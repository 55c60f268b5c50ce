"""One line of the books: what its months say of level, growth, volatility and persistence, or that they do not."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from tarmac.learning.trend import LOW, Estimate, Trend, fit_trend

Values = NDArray[np.float64]

FEWEST_FOR_GROWTH: Final = 6
"""Months from which on growth and noise are told apart: with fewer, the slope's interval has next to no freedom."""

TYPICAL_GROWTH: Final = Estimate(0.05, math.nan, -0.05, 0.15)
TYPICAL_VOLATILITY: Final = Estimate(0.15, math.nan, 0.05, 0.30)
"""The ranges that the reference of a company file calls typical; they stand where the months are too few."""

_MOST_EMPTY: Final = 0.25
"""Share of months with nothing above which a line has no trend but comes in lumps."""
_ENDED_AFTER: Final = 2
_WORTH_NAMING: Final = 0.02
_WILDEST: Final = 1.0
"""Volatility above which a line is not a trend with shocks."""
_MOST_VOLATILE: Final = 3.0
_FASTEST: Final = math.log(3.0)
_LARGEST: Final = math.log(1e15)
"""Bounds of a company file: on volatility, on growth (200% a month), and on an amount, the last two in logs."""
_CENT: Final = 0.005
"""Less than half a cent is nothing."""


@dataclass(frozen=True, slots=True)
class Span:
    """Months used: the indices of the first and the last, how many have something in them, how many have nothing."""

    first: int
    last: int
    months: int
    gaps: int


@dataclass(frozen=True, slots=True)
class Study:
    """What the months of one line say.

    `level`: in the month after the last, money. `growth`: a month, None where it was not learnt. `why`: then, why not.
    `volatility`, `persistence`: None where there is no trend they would be about. `noise`: standard deviation in money
    of a line that comes in lumps. `fading`: factors of the first months, which what is left of the last shock makes.
    `span`: the months used.
    """

    level: Estimate
    growth: Estimate | None
    volatility: Estimate | None
    persistence: Estimate | None
    span: "Span"
    noise: float = 0.0
    correlation: float = 0.0
    shock: float = 0.0
    fading: tuple[float, ...] = ()
    why: str = ""


def study(values: Sequence[float] | NDArray[np.floating]) -> Study | None:
    """What the months of a line say, NaN where one is not known; None where the line is empty or has ended.

    Months before the first with something in it do not count. A line with nothing in each of the last two has ended.
    """
    amounts = np.array(values, float)
    amounts[amounts < _CENT] = 0.0
    there = np.flatnonzero(amounts > 0)
    if not len(there) or not np.nansum(amounts[-_ENDED_AFTER:]) > 0:
        return None
    first, known = int(there[0]), np.flatnonzero(np.isfinite(amounts))
    known = known[known >= first]
    gaps = len(known) - len(there)
    span = Span(first, int(known[-1]), len(there), gaps)
    positive = amounts[there]
    if gaps > _MOST_EMPTY * len(known):
        return _in_lumps(amounts[known], span, why="comes in lumps: it has no trend")
    if np.ptp(positive) == 0 and len(positive) > 2 and not gaps:
        return Study(_certain(float(positive[0])), _certain(0.0), _certain(0.0), _certain(0.0), span)
    if len(positive) < FEWEST_FOR_GROWTH:
        return _too_few(float(positive[-1]), span)
    trend = fit_trend((there - len(amounts)).astype(float), np.log(positive))
    if trend.volatility.value > _WILDEST:
        return _in_lumps(amounts[known], span, why="scatters by more than its own size: it has no trend")
    return _on_trend(trend, span)


def _certain(value: float) -> Estimate:
    return Estimate(value, 0.0, value, value)


def _in_lumps(amounts: Values, span: Span, *, why: str) -> Study:
    """A line without a trend: the mean of all months, and noise in money about it."""
    from scipy.special import stdtrit

    count, mean = len(amounts), float(amounts.mean())
    noise = float(amounts.std(ddof=1)) if count > 1 else mean
    error = noise / math.sqrt(count)
    reach = -float(stdtrit(max(count - 1, 1), LOW)) * error
    level = Estimate(mean, error, max(mean - reach, 0.0), mean + reach)
    return Study(level, None, None, None, span, noise=noise, why=why)


def _too_few(last: float, span: Span) -> Study:
    """Fewer months than tell growth from noise: about as much as last month, and the typical ranges."""
    typical = TYPICAL_VOLATILITY.value
    ends = [last * math.exp(sign * 1.645 * typical) for sign in (-1, 1)]
    level = Estimate(last, last * typical, ends[0], ends[1])
    why = f"fewer than {FEWEST_FOR_GROWTH} months do not tell growth from noise: the typical range"
    return Study(level, None, None, None, span, why=why)


def _on_trend(trend: Trend, span: Span) -> Study:
    """A line on its trend. The level is a mean, half the variance above the median, times the share of full months."""
    half, share = trend.volatility.value**2 / 2, span.months / (span.months + span.gaps)
    middle = share * math.exp(trend.level.value + half)
    level = trend.level.changed(lambda log: share * math.exp(min(log + half, _LARGEST)), middle)
    growth = trend.growth.changed(lambda slope: math.expm1(min(slope, _FASTEST)), math.exp(trend.growth.value))
    volatility = trend.volatility
    learnt = not _says_less(growth)
    why = f"the months leave {growth.low:.0%} to {growth.high:.0%}, more than the typical range"
    return Study(
        level,
        growth if learnt else None,
        replace(volatility, high=min(volatility.high, _MOST_VOLATILE)),
        trend.persistence,
        span,
        correlation=trend.correlation if learnt else 0.0,
        shock=trend.last,
        fading=_fading(trend.left),
        why="" if learnt else why,
    )


def _says_less(growth: Estimate) -> bool:
    """Whether what was learnt is wider than what is typical, and no reason to think of anything else."""
    typical = TYPICAL_GROWTH
    return growth.high - growth.low > typical.high - typical.low and growth.low < typical.value < growth.high


def _fading(left: Values) -> tuple[float, ...]:
    """Factors of the first months, while they are worth naming."""
    worth = np.flatnonzero(abs(left) >= _WORTH_NAMING)
    return tuple(np.exp(left[: worth[-1] + 1]).tolist()) if len(worth) else ()
