"""Words and numbers that text and charts have in common: names made safe, money in cells, chances with their error."""

import math
from typing import Final

import numpy as np

from tarmac.errors import printable
from tarmac.forecast import Forecast
from tarmac.measures import Clock
from tarmac.money import format_money, format_share
from tarmac.survival import wilson

CLOCK_NAMES: Final = {
    "insolvent": "insolvent",
    "first_missed_bill": "missed a bill",
    "point_of_no_return": "past no return",
    "balance_sheet_insolvent": "owes more",
    "exit": "acquired",
    "profitable": "profitable",
}
"""The clocks that are shown, in their order, and what they are called."""

WITH_ROUNDS: Final = "with the rounds planned"
"""What money is beside in a forecast; a raise is told with no other new money."""

SYMBOLS: Final = frozenset({"USD", "EUR", "GBP"})
"""Currencies whose amounts carry a sign; other amounts stand without their code where a label names it."""

_SMALLEST_BOUND: Final = 0.01
_RARE, _NEAR, _LEAST = 0.09, 0.015, 1e-6
"""Below what share odds are one in so many; how near others come to a share; the least that is told apart from none."""

_LONGEST: Final = 1_000


def short(name: str, limit: int = 40) -> str:
    """A name a user gave, on one line and not longer than `limit`.

    >>> short("Acme & Sons <holding>"), short("a" * 100, 10)
    ('Acme & Sons <holding>', 'aaaaaaa...')
    """
    return printable(" ".join(name.split()), limit)


def counted(number: int, noun: str) -> str:
    """A number and its noun.

    >>> counted(1, "month"), counted(20_000, "path")
    ('1 month', '20,000 paths')
    """
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def beyond(months: int) -> str:
    """Beyond a horizon, where there is room for it.

    >>> beyond(36), beyond(1)
    ('more than 36 months', 'more than 1 month')
    """
    return f"more than {counted(months, 'month')}"


def narrowly_beyond(months: int) -> str:
    """Beyond a horizon, in a narrow column.

    >>> narrowly_beyond(36)
    '>36m'
    """
    return f">{months}m"


def bare_money(value: float, currency: str) -> str:
    """An amount for a cell or a tick whose row or axis names the currency where it has no sign of its own.

    >>> bare_money(4e7, "USD"), bare_money(4e7, "CNY"), bare_money(math.nan, "USD")
    ('$40M', '40M', '-')
    """
    return format_money(value, currency if currency in SYMBOLS else "") if math.isfinite(value) else "-"


def told_in(forecast: Forecast) -> str:
    """The currency that amounts are told in, and where it is not the company's, at what rate: "USD at 7.13 CNY"."""
    told = forecast.origin.translation
    return forecast.origin.currency + ("" if told is None else f" at {told.rate:.4g} {told.own}")


def in_currency(currency: str) -> str:
    """What a label adds to name a currency whose amounts carry no sign: ", CNY"."""
    return "" if currency in SYMBOLS else f", {currency}"


def percent(count: int, total: int) -> str:
    """Count / total in percent, with its 95% Monte Carlo error in percentage points.

    The error is the wider half of the Wilson interval, rounded up; where no path or every path was struck, the bound.

    >>> percent(5_218, 20_000), percent(0, 20_000), percent(20_000, 20_000), percent(30, 100), percent(1_999, 2_000)
    ('26.1±0.7', '<0.02', '>99.98', '30±10', '>99.9±0.3')
    """
    low, high = (float(end[0]) for end in wilson(np.array([count]), total))
    return _percent(count, total, interval=(low, high))


def chance_by(clock: Clock, index: int) -> str:
    """The probability of having been struck by the end of a month index, in percent with its 95% Monte Carlo error."""
    low, high = (float(side[index]) for side in clock.interval())
    return _percent(int(clock.counts[index]), clock.paths, interval=(low, high))


def chance_of_none(clock: Clock) -> str:
    """The probability of not being struck within the horizon, in percent with its 95% Monte Carlo error."""
    low, high = (float(side[-1]) for side in clock.interval())
    return _percent(clock.paths - int(clock.counts[-1]), clock.paths, interval=(1.0 - high, 1.0 - low))


def _percent(count: int, total: int, *, interval: tuple[float, float]) -> str:
    low, high = (100 * side for side in interval)
    if count in {0, total}:
        bound = _bound(high if count == 0 else 100 - low)
        return f"<{bound:g}" if count == 0 else f">{100 - bound:g}"
    share = 100 * (count / total)  # as format_share has it
    error = max(high - share, share - low)
    decimals = 0 if error >= 1 else 1
    step = 10.0**-decimals
    shown = f"<{step:g}" if share <= step / 2 else f">{100 - step:g}" if share >= 100 - step / 2 else ""
    return f"{shown or f'{share:.{decimals}f}'}±{math.ceil(error / step - 1e-9) * step:.{decimals}f}"


def chance(count: int, total: int) -> str:
    """Count / total for people: the odds in small whole numbers, and the share; a bound where none or all are struck.

    >>> chance(2_480, 20_000), chance(0, 20_000), chance(400, 400)
    ('about 1 in 8 (12%)', 'less than 0.02%', 'more than 99%')
    """
    if count == 0:
        return f"less than {bound_of_none(total)}"
    if count == total:
        return f"more than {100 - float(bound_of_none(total)[:-1]):g}%"
    share = count / total
    return f"about {odds(share)} ({format_share(share)})"


def odds(share: float) -> str:
    """A share between 0 and 1 as one in so many: the smallest whole numbers within a hundredth and a half.

    >>> [odds(share) for share in (0.124, 0.5, 0.622, 0.034, 0.0007, 0.97, 0.9995)]
    ['1 in 8', '1 in 2', '5 in 8', '1 in 29', '1 in 1,400', '32 in 33', '999 in 1,000']
    """
    rare = min(share, 1 - share)
    if rare < _RARE:
        about = int(float(f"{1 / max(rare, _LEAST):.2g}"))
        return f"1 in {about:,}" if share == rare else f"{min(about, 1_000) - 1:,} in {min(about, 1_000):,}"
    tried = [(round(share * of), of) for of in range(2, 11)]
    near = [(part, of) for part, of in tried if 0 < part < of and abs(part / of - share) <= _NEAR]
    part, of = near[0] if near else min(tried, key=lambda pair: abs(pair[0] / pair[1] - share))
    return f"{part} in {of}"


def half_months(months: float) -> str:
    """A length of time to the nearest half month.

    >>> half_months(6.1), half_months(6.4), half_months(0.6), half_months(1.1), half_months(2_000)
    ('6 months', '6½ months', 'half a month', '1 month', 'more than 1,000 months')
    """
    if months > _LONGEST:
        return f"more than {_LONGEST:,} months"
    whole, half = divmod(round(2 * months), 2)
    if not whole:
        return "half a month" if half else "no month"
    return f"{whole}½ months" if half else counted(whole, "month")


def bound_of_none(total: int) -> str:
    """The share below which a probability lies, with 95% confidence, where none of `total` paths was struck.

    >>> bound_of_none(20_000), bound_of_none(100)
    ('0.02%', '4%')
    """
    return f"{_bound(100 * float(wilson(np.array([0]), total)[1][0])):g}%"


def _bound(share: float) -> float:
    """A small percentage rounded up to one significant digit."""
    share = max(share, _SMALLEST_BOUND)
    step = 10.0 ** math.floor(math.log10(share) + 1e-12)
    return min(math.ceil(share / step - 1e-9) * step, 100.0)


def end_of(forecast: Forecast, index: int) -> str:
    """The calendar month of a month index counted from 0, as it stands in a sentence."""
    return forecast.month_name(index).label
