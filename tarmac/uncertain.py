"""Uncertain numbers as a person writes them: "5M to 8M", "beta(4, 96)", "(3% to 9%) * 1.5"."""

import math
import re
from dataclasses import dataclass

import numpy as np

from tarmac import distributions as forms
from tarmac.errors import nearest
from tarmac.money import SUFFIXES, Amount, NumberError, format_money, read_amount, skip_space

LONGEST_TEXT = 2_000
DEEPEST_BRACKETS = 10
LARGEST_AMOUNT = 1e100  # with the bounds of the forms, no mean and no draw exceeds a float

_FORMS: dict[str, type[forms.Form]] = {
    "normal": forms.Normal,
    "lognormal": forms.LogNormal,
    "uniform": forms.Uniform,
    "triangular": forms.Triangular,
    "beta": forms.Beta,
    "gamma": forms.Gamma,
    "exponential": forms.Exponential,
    "bernoulli": forms.Bernoulli,
}
_CALL = re.compile(r"([^\W\d]\w*)\s*\(")
_TO = re.compile(r"to(?![^\W\d_])", re.IGNORECASE)
_SUFFIX = re.compile(r"[0-9.]\s*([A-Za-z]+)")
_MINUS = "-−"
_DASHES = _MINUS + "–—"


class UncertainError(NumberError):
    """A text that should be an uncertain number and is not; says where (counted from 0) and why."""


@dataclass(frozen=True, slots=True)
class Uncertain:
    """A number that is drawn once per path, or is certain: factor * form + offset, in one unit.

    `text` stands exactly as it was written, and str() gives it back; `unit` is "", "%" (values are shares: 0.12) or a
    currency code. The same score on a path gives the same quantile of the form before and after a scenario changes
    factor or offset, so the difference between scenarios is paired; a negative factor therefore makes `at` decreasing.
    """

    text: str
    unit: str
    form: forms.Form
    factor: float = 1.0
    offset: float = 0.0

    def __str__(self) -> str:
        return self.text

    @property
    def certain(self) -> bool:
        """Whether every path holds the same value."""
        low, high = self.support()
        return low == high

    @property
    def value(self) -> float:
        """The value of a certain number; ValueError for one that varies between paths."""
        low, high = self.support()
        if low != high:
            raise ValueError(f"{self.text!r} is uncertain: it has no single value")
        return low

    def at(self, z: forms.Scores) -> forms.Scores:
        """The values at standard-normal scores, F^-1(Phi(z)): a new array of the shape of z, of one or more dimensions.

        Non-decreasing in z up to rounding; non-increasing where the factor is negative.

        >>> parse("5M to 8M").at(np.array([-1.6448536, 0.0, 1.6448536])).round(-3)
        array([5000000., 6325000., 8000000.])
        """
        if self.certain:
            return np.full_like(z, self.value)
        values = self.form.at(z)
        if self.factor != 1:
            values *= self.factor
        if self.offset != 0:
            values += self.offset
        return values

    def mean(self) -> float:
        """The expected value over paths."""
        return self.factor * self.form.mean() + self.offset

    def median(self) -> float:
        """The value at score 0, which half of the paths exceed."""
        return self.factor * self.form.median() + self.offset

    def support(self) -> tuple[float, float]:
        """The least and the largest value a path can hold; -inf and inf where there is none."""
        if self.factor == 0:
            return self.offset, self.offset
        first, last = (self.factor * end + self.offset for end in self.form.support())
        return min(first, last), max(first, last)

    def explain(self) -> str:
        """The number in words, for printouts.

        >>> parse("(5M to 8M) * 1.5").explain()
        '90% between 5M and 8M, lognormal; times 1.5'
        """
        if isinstance(self.form, forms.Constant):
            return _shown(self.value, self.unit)
        pure = isinstance(self.form, forms.Beta | forms.Bernoulli)  # these have no unit of their own
        words = self.form.explain(lambda amount: _shown(amount, "" if pure else self.unit))
        if self.factor != 1:
            words += f"; times {_shown(self.factor, self.unit if pure and self.unit != '%' else '')}"
        if self.offset != 0:
            words += f"{',' if self.factor != 1 else ';'} {'plus' if self.offset > 0 else 'less'} "
            words += _shown(abs(self.offset), self.unit)
        return words


def _shown(amount: float, unit: str) -> str:
    if unit == "%":
        return f"{100 * amount:.6g}%"
    return format_money(amount, unit, digits=6)


def parse(value: str | int | float) -> Uncertain:
    """The number a user wrote, certain or uncertain. UncertainError, with the position, where it is not one.

    - a number: 0.04, "4%", "$4.2M", "2.5B CNY"
    - "5M to 8M": 90% of the probability between the ends, 5% below and 5% above; lognormal where both are positive,
      else normal. "5M to 8M (80%)" sets the share.
    - normal(mean, sd), lognormal(median, sigma), uniform(a, b), triangular(a, mode, b), beta(a, b),
      gamma(shape, scale), exponential(mean), bernoulli(p), choice(a: 0.3, b: 0.7)
    - changed by *, + and -, from left to right without precedence, with brackets round a range:
      "(5M to 8M) * 1.5 + 1M". Brackets may be nested.

    One unit serves the whole text: "5M to 8M USD" and "$5M to $8M" are the same. Between the brackets of a form ','
    separates arguments, so thousands are written 1_250_000.

    >>> parse("5M to 8M USD").unit, parse("4%").value, parse("gamma(2, 1.5)").mean()
    ('USD', 0.04, 3.0)
    """
    text = _as_text(value)
    if len(text) > LONGEST_TEXT:
        raise UncertainError(text, LONGEST_TEXT, f"a number is at most {LONGEST_TEXT:,} characters long")
    return _Reader(text).whole()


def _as_text(value: object) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, bool) or not isinstance(value, int | float):
        word = "true" if value is True else "false" if value is False else type(value).__name__
        raise UncertainError(word, 0, "a number or a text is wanted, such as 0.04, '4%' or '5M to 8M'")
    if not abs(value) <= LARGEST_AMOUNT:
        rule = "not a finite number" if isinstance(value, float) and not math.isfinite(value) else "too large"
        raise UncertainError("a large integer" if isinstance(value, int) else repr(value), 0, rule)
    return str(int(value)) if isinstance(value, int) else repr(float(value))


@dataclass(frozen=True, slots=True)
class _Term:
    """What has been read so far of an expression: factor * form + offset."""

    form: forms.Form
    factor: float = 1.0
    offset: float = 0.0
    bare: str = ""  # "number" or "range" where no brackets stand round it


@dataclass(frozen=True, slots=True)
class _Argument:
    amount: Amount
    position: int
    end: int


class _Reader:
    """Reads one text from left to right; holds the place and the unit found so far."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.place = 0
        self.unit = ""
        self.plain_at = -1  # where a number without a unit stands that is not 0

    def error(self, message: str, position: int | None = None) -> UncertainError:
        return UncertainError(self.text, self.place if position is None else position, message)

    def next(self) -> str:
        """The next character that is not white space, or "" at the end."""
        self.place = skip_space(self.text, self.place)
        return self.text[self.place : self.place + 1]

    def take(self, character: str, message: str) -> None:
        if self.next() != character:
            raise self.error(message)
        self.place += 1

    def whole(self) -> Uncertain:
        term = self.expression(0)
        if self.next():
            raise self.error(self.unexpected(term))
        return Uncertain(self.text, self.unit, term.form, term.factor, term.offset)

    def unexpected(self, term: _Term) -> str:
        if self.next() in _DASHES and term.bare == "number":
            return "write '5M to 8M' for a range, or '(5M) - 8M' for a difference"
        if self.next() in f"*+{_MINUS}" and term.bare == "range":
            return "put brackets round the range before changing it: '(5M to 8M) * 1.5'"
        if self.next() == "/":
            return "there is no division: write '* 0.5' for half"
        if _TO.match(self.text, self.place):
            return "the ends of a range are certain numbers: '5M to 8M'"
        return "nothing more can stand here than *, + or - and a number"

    def expression(self, depth: int) -> _Term:
        term = self.base(depth)
        while (sign := self.next()) and sign in f"*+{_MINUS}":
            if term.bare == "range" or (term.bare == "number" and sign in _MINUS):
                raise self.error(self.unexpected(term))
            self.place += 1
            term = self.scaled(term) if sign == "*" else self.shifted(term, -1.0 if sign in _MINUS else 1.0)
        return term

    def base(self, depth: int) -> _Term:
        if self.next() == "(":
            if depth == DEEPEST_BRACKETS:
                raise self.error(f"brackets stand at most {DEEPEST_BRACKETS} deep")
            self.place += 1
            inner = self.expression(depth + 1)
            self.take(")", "')' is missing here" if not self.next() else self.unexpected(inner))
            return _Term(inner.form, inner.factor, inner.offset)
        call = _CALL.match(self.text, self.place)
        if call is not None:
            return self.call(call[1], call.end())
        return self.number_or_range()

    def scaled(self, term: _Term) -> _Term:
        factor = self.number()
        if factor.amount.unit not in {"", "%"}:
            if self.unit or self.plain_at >= 0:
                raise self.error("a factor has no currency: write 1.5 or 150%", factor.position)
            self.merge(factor)
        by = factor.amount.value
        return self.checked(_Term(term.form, term.factor * by, term.offset * by), factor)

    def shifted(self, term: _Term, sign: float) -> _Term:
        step = self.number()
        self.merge(step)
        return self.checked(_Term(term.form, term.factor, term.offset + sign * step.amount.value), step)

    def checked(self, term: _Term, last: _Argument) -> _Term:
        if max(abs(term.factor), abs(term.offset)) > LARGEST_AMOUNT:
            raise self.error("too large", last.position)
        return term

    def number_or_range(self) -> _Term:
        low = self.number()
        self.next()
        word = _TO.match(self.text, self.place)
        if word is None:
            self.merge(low)
            return _Term(forms.Constant(low.amount.value), bare="number")
        self.place = word.end()
        high = self.number()
        self.check_suffixes(low, high)
        self.merge(low)
        self.merge(high)
        level = [self.level()] if self.next() == "(" else []
        return _Term(self.built(forms.Interval, [low, high, *level]), bare="range")

    def level(self) -> _Argument:
        self.place += 1
        level = self.number()
        self.check_kind(level, "share", name="the share inside a range")
        self.take(")", "')' is missing after the share inside the range")
        return level

    def call(self, name: str, start: int) -> _Term:
        known = [*_FORMS, "choice"]
        if name not in known:
            raise self.error(f"unknown form '{name[:40]}': {nearest(name, known)}")
        opened, self.place = start - 1, start
        if name == "choice":
            return _Term(self.choice())
        form = _FORMS[name]
        given = self.arguments(name)
        names = ", ".join(argument for argument, _ in form.arguments)
        if len(given) != len(form.arguments):
            extra = given[len(form.arguments)].position if len(given) > len(form.arguments) else opened
            raise self.error(f"{name}({names}) takes {_count(form)}, not {len(given)}; thousands are 1_000 here", extra)
        for (argument, kind), value in zip(form.arguments, given, strict=True):
            self.check_kind(value, kind, name=argument)
            if kind == "amount":
                self.merge(value)
        return _Term(self.built(form, given))

    def arguments(self, name: str) -> list[_Argument]:
        if self.next() == ")":
            raise self.error(f"{name} needs its arguments here")
        given = [self.argument()]
        while self.next() == ",":
            self.place += 1
            given.append(self.argument())
        self.take(")", "',' or ')' must stand here")
        return given

    def argument(self) -> _Argument:
        given = self.number(grouping=False)
        self.next()
        if _TO.match(self.text, self.place):
            raise self.error("an argument is one certain number, not a range")
        return given

    def choice(self) -> forms.Choice:
        given: list[_Argument] = []
        while not given or self.next() == ",":
            self.place += 1 if given else 0
            value = self.argument()
            self.take(":", "':' and a weight must stand here: choice(1M: 30%, 2M: 70%)")
            weight = self.argument()
            self.check_kind(weight, "share", name="a weight")
            self.merge(value)
            given += [value, weight]
        self.take(")", "',' or ')' must stand here")
        amounts = [argument.amount.value for argument in given]
        form = forms.Choice(tuple(amounts[::2]), tuple(amounts[1::2]))
        self.refuse(form, given)
        return form

    def built(self, form: type[forms.Form], given: list[_Argument]) -> forms.Form:
        made = form(*(argument.amount.value for argument in given))
        self.refuse(made, given)
        return made

    def refuse(self, form: forms.Form, given: list[_Argument]) -> None:
        fault = form.fault()
        if fault is not None:
            raise self.error(fault[1], given[fault[0]].position)

    def number(self, *, grouping: bool = True) -> _Argument:
        self.next()
        start = self.place
        try:
            amount, self.place = read_amount(self.text, start, grouping=grouping)
        except NumberError as error:
            raise UncertainError(error.text, error.position, error.message) from None
        if abs(amount.value) > LARGEST_AMOUNT:
            raise self.error("too large: an amount is at most 1e100", start)
        return _Argument(amount, start, self.place)

    def merge(self, given: _Argument) -> None:
        """Let an amount agree with the unit of the whole text, or give it one."""
        amount, here = given.amount, given.position
        if not amount.unit:
            if amount.value == 0:
                return
            self.plain_at = here if self.plain_at < 0 else self.plain_at
        if "%" in {amount.unit, self.unit} and self.plain_at >= 0:
            raise self.error("a number without % beside one with it: write 3% to 9%, or 0.03 to 0.09", self.plain_at)
        if amount.unit and self.unit not in {"", amount.unit}:
            raise self.error(f"two units, {self.unit} and {amount.unit}: write all of it in one", here)
        self.unit = self.unit or amount.unit

    def check_kind(self, given: _Argument, kind: str, *, name: str) -> None:
        allowed = {"plain": {""}, "share": {"", "%"}}.get(kind)
        if allowed is not None and given.amount.unit not in allowed:
            rule = "a plain number" if kind == "plain" else "a plain number or a percentage"
            raise self.error(f"{name} is {rule}, without {given.amount.unit}", given.position)

    def check_suffixes(self, low: _Argument, high: _Argument) -> None:
        """Refuse '5 to 8M', which may mean 5M to 8M or what it says."""
        suffix = self.suffix(high)
        as_high = low.amount.value * 10.0 ** SUFFIXES.get(suffix, 0)
        if suffix and not self.suffix(low) and low.amount.value != 0 and as_high < high.amount.value:
            message = f"'{suffix}' stands at one end only: write it at both, or the other end in full"
            raise self.error(message, low.position)

    def suffix(self, given: _Argument) -> str:
        found = _SUFFIX.search(self.text, given.position, given.end)
        return found[1] if found and found[1] in SUFFIXES else ""


def _count(form: type[forms.Form]) -> str:
    count = len(form.arguments)
    return f"{count} argument{'s' if count > 1 else ''}"
