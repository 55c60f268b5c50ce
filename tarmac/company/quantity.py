"""The types of a company file's fields: a number that may be uncertain, and one that may change by month.

Each field declares its unit, bounds and typical range once, as a `Quantity`; validation, `tarmac schema` and the
reference table of models/README.md are all made from it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

from tarmac import uncertain
from tarmac.money import CURRENCIES, format_money, format_share
from tarmac.months import Month
from tarmac.uncertain import Uncertain, UncertainError

Unit = Literal["money", "rate", "share", "months", "count", "number"]

INFINITE: Final = float("inf")
_Z90: Final = 1.6448536269514722
"""The 95% point of the standard normal: the ends of the 90% interval every bound is checked at."""

_WORDS: Final[dict[str, str]] = {
    "money": "an amount of money, such as 250000, '4.2M', '$4.2M' or '5M to 8M USD'",
    "rate": "a rate per month, such as 0.04, '4%' or '3% to 9%'",
    "share": "a share, such as 0.25, '25%' or '20% to 50%'",
    "months": "a number of months, such as 3 or '4 to 9'",
    "count": "a number, such as 12 or '8 to 15'",
    "number": "a number, such as 0.5 or '0.3 to 0.8'",
}


def mistake(rule: str, remedy: str, *, key: str = "") -> PydanticCustomError:
    """A validation error that carries a rule and a remedy in words; of a table, also the key it is about."""
    return PydanticCustomError("tarmac", "{rule}", {"rule": rule, "remedy": remedy, "key": key})


@dataclass(frozen=True, slots=True)
class Schedule:
    """An uncertain number by month: each value holds until the next.

    `entries` are in order of months; a month of None stands for the company's first.
    """

    entries: tuple[tuple[Month | None, Uncertain], ...]

    @property
    def constant(self) -> bool:
        """Whether one value holds throughout."""
        return len(self.entries) == 1 and self.entries[0][0] is None

    @property
    def first(self) -> Uncertain:
        """The value that holds first."""
        return self.entries[0][1]

    def dump(self) -> Any:
        """The value as it would stand in a company file."""
        if self.constant:
            return _dump_number(self.first)
        return {str(month): _dump_number(value) for month, value in self.entries}


@dataclass(frozen=True, slots=True)
class Quantity:
    """Unit, bounds and typical range of a field, as the annotation of an `Uncertain` or a `Schedule`.

    A number that is certain must lie within the bounds; of an uncertain one the 90% interval must, and draws
    beyond a bound are set to it.
    """

    unit: Unit
    low: float = -INFINITE
    high: float = INFINITE
    typical: str = ""
    schedule: bool = False

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        parse, dump = (self._schedule, Schedule.dump) if self.schedule else (self._number, _dump_number)
        return core_schema.no_info_plain_validator_function(
            parse, serialization=core_schema.plain_serializer_function_ser_schema(dump)
        )

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        number: JsonSchemaValue = {"type": ["number", "string"]}
        if self.schedule:
            by_month = {
                "type": "object",
                "additionalProperties": number,
                "propertyNames": {"pattern": "^[0-9]{4}-[0-9]{2}$"},
            }
            number = {"anyOf": [number, by_month]}
        return number | {"x-unit": self.unit, "x-bounds": self.bounds(), "x-typical": self.typical}

    def bounds(self) -> str:
        """The bounds in words: "-100% to 1,000%", "at least 0", or "" where there are none."""
        low, high = self._write(self.low), self._write(self.high)
        if self.low == -INFINITE:
            return "" if self.high == INFINITE else f"at most {high}"
        return f"at least {low}" if self.high == INFINITE else f"{low} to {high}"

    def _write(self, bound: float) -> str:
        if abs(bound) == INFINITE:
            return ""
        if self.unit in ("rate", "share"):
            return format_share(bound)
        return format_money(bound, "") if self.unit == "money" else f"{bound:,f}".rstrip("0").rstrip(".")

    def _number(self, value: Any) -> Uncertain:
        number = self._parsed(value)
        self._check_unit(number)
        low, high = ends(number)
        if low < self.low or high > self.high:
            where = "" if number.certain else " in its 90% interval"
            raise mistake(f"lies within its bounds{where}: {self.bounds()}", f"typical values: {self.typical}")
        return number

    def _parsed(self, value: Any) -> Uncertain:
        if isinstance(value, Uncertain):
            return value
        if isinstance(value, bool) or not isinstance(value, int | float | str):
            raise mistake(f"is {_WORDS[self.unit]}", f"write {_WORDS[self.unit]}")
        try:
            return uncertain.parse(value)
        except UncertainError as error:
            raise mistake(f"is {_WORDS[self.unit]}", str(error)) from None

    def _check_unit(self, number: Uncertain) -> None:
        allowed = {"money": CURRENCIES, "rate": {"%"}, "share": {"%"}}.get(self.unit, set())
        if number.unit and number.unit not in allowed:
            raise mistake(f"is {_WORDS[self.unit]}; '{number.unit}' is another unit", f"write {_WORDS[self.unit]}")

    def _schedule(self, value: Any) -> Schedule:
        if isinstance(value, Schedule):
            return value
        if not isinstance(value, Mapping):
            return Schedule(((None, self._number(value)),))
        if not value:
            raise mistake("holds at least one month", "write { '2023-01' = 1000 }")
        entries = [(_month(key), self._number(item)) for key, item in value.items()]
        entries.sort(key=lambda entry: entry[0])
        return Schedule(tuple(entries))


def _month(key: Any) -> Month:
    try:
        return Month.parse(key)
    except (ValueError, TypeError):
        raise mistake("a schedule's keys are months", f"write '2023-01', not {key!r:.40}") from None


def ends(number: Uncertain) -> tuple[float, float]:
    """The 5% and 95% points, which bounds are checked at."""
    if number.certain:
        return number.value, number.value
    import numpy as np

    points = number.at(np.array([-_Z90, _Z90]))
    return float(points.min()), float(points.max())


def _dump_number(number: Uncertain) -> Any:
    """The number as it would stand in a company file: the words it was written in."""
    try:
        return float(number.text)
    except ValueError:
        return number.text
