"""Gates: `--fail-if "insolvent by 12 > 10%"`, a sentence about a forecast that makes the command fail when it holds."""

import math
import operator
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final

from tarmac.engine.clocks import CLOCKS
from tarmac.errors import InputError, Problem, nearest
from tarmac.forecast import Forecast
from tarmac.money import NumberError, format_money, parse_amount
from tarmac.months import Month

_SIGNS: Final[dict[str, Callable[[float, float], bool]]] = {
    ">=": operator.ge,
    "<=": operator.le,
    ">": operator.gt,
    "<": operator.lt,
}
_CLOCK: Final = re.compile(r"([a-z][a-z _-]*?) +by +(?:month +)?(\d{1,3}|\d{4}-\d\d) *(>=|<=|>|<) *(.+)", re.IGNORECASE)
_NEED: Final = re.compile(r"need +p(\d{1,2}) *(>=|<=|>|<) *(.+)", re.IGNORECASE)
NOT_UNDERSTOOD: Final = "is a clock, a month, a sign and a share, or a need and an amount"
"""The rule that a text breaks which is no gate at all."""

_REMEDY: Final = "write 'insolvent by 12 > 10%' or 'need p90 > 5M'"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a forecast says to a gate: whether the gate failed, and the value with its Monte Carlo error in words."""

    failed: bool
    words: str


@dataclass(frozen=True, slots=True)
class Gate:
    """A condition that fails the command when it holds.

    `clock` and `month` (counted from 1) for a probability, or `percent` for the need; `bound` a share or an amount.
    """

    text: str
    sign: str
    bound: float
    clock: str = ""
    month: int = 0
    percent: int = 0

    def judge(self, forecast: Forecast) -> Verdict:
        """Whether the condition holds of a forecast."""
        return self._probability(forecast) if self.clock else self._need(forecast)

    def _probability(self, forecast: Forecast) -> Verdict:
        clock = forecast.clocks[self.clock]
        value = float(clock.probability[self.month - 1])
        error = clock.critical * float(clock.standard_error[self.month - 1])
        words = f"{self.clock} by month {self.month} is {value:.2%} ± {error:.2%} (95%, Monte Carlo error alone)"
        if abs(value - self.bound) <= error:
            words += "; more paths would tell it from the bound"
        return Verdict(_SIGNS[self.sign](value, self.bound), words)

    def _need(self, forecast: Forecast) -> Verdict:
        level, currency = self.percent / 100, forecast.origin.currency
        value = forecast.need.amount(level)
        low, high = (_money(amount, currency) for amount in forecast.need.interval(level))
        words = f"need p{self.percent} is {_money(value, currency)}, between {low} and {high}"
        words += " (95%, Monte Carlo error alone)"
        return Verdict(_SIGNS[self.sign](math.inf if value is None else value, self.bound), words)


def gates_from(texts: Iterable[str], *, first_month: Month, months: int, currency: str) -> tuple[Gate, ...]:
    """The gates of a command line. InputError lists every one that is not understood or lies beyond the horizon."""
    gates: list[Gate] = []
    problems: list[Problem] = []
    for text in texts:
        try:
            gates.append(_gate(text, first_month, months=months, currency=currency))
        except InputError as error:
            problems += error.problems
    if problems:
        raise InputError(problems)
    return tuple(gates)


def _gate(text: str, first_month: Month, *, months: int, currency: str) -> Gate:
    need = _NEED.fullmatch(text.strip())
    if need:
        percent = int(need[1])
        if percent == 0:
            raise _mistake(text, rule="a need has a level from p1 to p99", remedy="write 'need p90 > 5M'")
        return Gate(text, need[2], _amount(text, need[3], currency=currency), percent=percent)
    found = _CLOCK.fullmatch(text.strip())
    if not found:
        raise _mistake(text, rule=NOT_UNDERSTOOD, remedy=_REMEDY)
    clock = re.sub(r"[ -]+", "_", found[1].casefold())
    if clock not in CLOCKS:
        raise _mistake(text, rule="names a clock", remedy=nearest(clock, CLOCKS))
    month = _month(text, found[2], first_month=first_month)
    if not 1 <= month <= months:
        raise _mistake(
            text,
            rule=f"a month lies within the horizon, 1 to {months}",
            remedy="choose one of them, or a longer --months",
        )
    return Gate(text, found[3], _share(text, found[4]), clock=clock, month=month)


def _month(text: str, written: str, *, first_month: Month) -> int:
    """A month of the forecast counted from 1, given as such or by the calendar."""
    if written.isdigit():
        return int(written)
    try:
        return Month.parse(written) - first_month + 1
    except ValueError as error:
        raise _mistake(text, rule="names a month that exists", remedy=str(error)) from None


def _share(text: str, written: str) -> float:
    amount = _parsed(text, written)
    if amount[1] not in ("", "%") or not 0 <= amount[0] <= 1:
        raise _mistake(text, rule="a probability lies between 0 and 1", remedy="write 10% or 0.1")
    return amount[0]


def _amount(text: str, written: str, *, currency: str) -> float:
    amount = _parsed(text, written)
    if amount[1] not in ("", currency):
        raise _mistake(text, rule=f"a need is an amount in the company's currency, {currency}", remedy="write 5M")
    return amount[0]


def _parsed(text: str, written: str) -> tuple[float, str]:
    try:
        amount = parse_amount(written.strip())
    except NumberError as error:
        raise _mistake(text, rule="compares with a number", remedy=str(error)) from None
    return amount.value, amount.unit


def _money(value: float | None, currency: str) -> str:
    return "more than any amount" if value is None else format_money(value, currency)


def _mistake(text: str, *, rule: str, remedy: str) -> InputError:
    return InputError([Problem("command line", "fail-if", text, rule, remedy)])
