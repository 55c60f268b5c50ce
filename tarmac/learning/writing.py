"""Estimates as a company file has them: ranges that say no more digits than were learnt."""

import math
from typing import Final

from tarmac.learning.trend import Estimate
from tarmac.money import format_money

_Z90: Final = 1.6448536269514722
_MOST_DIGITS: Final = 9
_SKEWED: Final = 3.0
"""Above this ratio of positive ends the middle of a lognormal range is far from that of a symmetric interval."""
_THOUSAND: Final = 1e3
_CERTAIN_MONEY: Final = 1e-3
_CERTAIN_RATE: Final = 2e-4


def money_range(found: Estimate, *, symmetric: bool = False) -> str:
    """An amount as a 90% interval; a single number where the interval is narrower than a thousandth of it.

    `symmetric`: the estimate's error is the same on both sides, so that a wide range is written as the normal
    distribution it is. Read as a range it would be lognormal.

    >>> money_range(Estimate(61_200, 1_100, 59_212, 63_120)), money_range(Estimate(5000, 0, 5000, 5000))
    ('59.21k to 63.12k', '5k')
    """
    low, high = found.low, found.high
    size = max(abs(low), abs(high))
    if high - low <= _CERTAIN_MONEY * size:
        return money(found.value)
    digits = min(max(math.ceil(math.log10(size / (high - low))) + 2, 3), _MOST_DIGITS)
    if symmetric and low > 0 and high > _SKEWED * low:
        middle, spread = (low + high) / 2, (high - low) / 2 / _Z90
        return f"normal({format_money(middle, '', digits=3)}, {format_money(spread, '', digits=3)})"
    if low < _THOUSAND <= high:  # '558 to 1.42k' could be misread
        return f"{float(f'{low:.{digits}g}'):.12g} to {float(f'{high:.{digits}g}'):.0f}"
    return f"{format_money(low, '', digits=digits)} to {format_money(high, '', digits=digits)}"


def rate_range(found: Estimate, *, symmetric: bool = True) -> str:
    """A rate or share as a 90% interval in percent; a single one where the interval is narrower than 0.02 points.

    `symmetric`: as in `money_range`.

    >>> rate_range(Estimate(0.041, 0.006, 0.031, 0.051)), rate_range(Estimate(0.03, 0.01, 0.001, 0.06))
    ('3.1% to 5.1%', 'normal(3.05%, 1.79%)')
    >>> rate_range(Estimate(0.118, 0.06, 0.08, 0.25), symmetric=False)
    '8% to 25%'
    """
    low, high = found.low, found.high
    if high - low < _CERTAIN_RATE:
        return percent(found.value, 2)
    decimals = 1 if high - low > 0.01 else 2 if high - low > 0.001 else 3
    if symmetric and low > 0 and high > _SKEWED * low:
        return f"normal({percent((low + high) / 2, 2)}, {percent((high - low) / 2 / _Z90, 2)})"
    return f"{percent(low, decimals)} to {percent(high, decimals)}"


def money(value: float) -> str:
    """A certain amount, to six digits.

    >>> money(50_012.4)
    '50.0124k'
    """
    return format_money(value, "", digits=6)


def percent(value: float, decimals: int = 1) -> str:
    """A share in percent, without zeros at the end.

    >>> percent(0.0405), percent(0.05), percent(-0.00001)
    ('4%', '5%', '0%')
    """
    text = f"{100 * value:.{decimals}f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return f"{'0' if text == '-0' else text}%"
