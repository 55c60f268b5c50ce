"""What every table of a company file shares: frozen, strict, no unknown keys, names that can be pointed at."""

import re
from typing import Annotated, Any, Final

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, PlainSerializer, WithJsonSchema

from tarmac.company.quantity import Quantity, Schedule, mistake
from tarmac.errors import printable
from tarmac.months import Month
from tarmac.uncertain import Uncertain, parse

MOST_MONEY: Final = 1e15
"""A thousand times the largest budget of any state: what is larger is a slip of the pen."""

ZERO: Final = parse(0)
ONE: Final = parse(1)
NEVER_CHANGES: Final = Schedule(((None, ZERO),))
AS_IT_IS: Final = Schedule(((None, ONE),))


class Table(BaseModel):
    """One table of a company file. Frozen, strict, and every key it does not know is a mistake."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False)


def _name(value: str) -> str:
    if not value.strip():
        raise mistake("a name has at least one visible character", "write a name")
    if not re.fullmatch(r"[^\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]*", value):
        raise mistake("a name holds no control characters", f"write it without them: {printable(value)}")
    if held := dict.fromkeys(re.findall(r"[*\[\]<>]", value)):
        rule = "a name holds none of * [ ] < >, which targets and pages use"
        raise mistake(rule, f"it has {' '.join(held)}: write it without")
    return value


def _month(value: Any) -> Month:
    if isinstance(value, Month):
        return value
    if not isinstance(value, str):
        raise mistake("is a month such as '2023-01'", "write the month as text: '2023-01'")
    try:
        return Month.parse(value)
    except ValueError as error:
        raise mistake("is a month such as '2023-01'", str(error)) from None


def _as_tuple(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


def _plain(value: Any) -> Any:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise mistake("is a plain number, the same on every path", "write 0.5, without quotes")
    return value


Name = Annotated[str, Field(min_length=1, max_length=100), AfterValidator(_name)]
MonthField = Annotated[
    Month,
    BeforeValidator(_month),
    PlainSerializer(str),
    WithJsonSchema({"type": "string", "pattern": "^[0-9]{4}-[0-9]{2}$"}),
]
Listed = BeforeValidator(_as_tuple)
"""TOML has lists; frozen models hold tuples."""

Money = Annotated[Uncertain, Quantity("money", 0, MOST_MONEY, typical="10k to 500M")]
AnyMoney = Annotated[Uncertain, Quantity("money", -MOST_MONEY, MOST_MONEY, typical="-5M to 500M")]
MoneySchedule = Annotated[Schedule, Quantity("money", 0, MOST_MONEY, typical="10k to 20M a month", schedule=True)]
GrowthSchedule = Annotated[Schedule, Quantity("rate", -1, 2, typical="-5% to 15% a month", schedule=True)]
PriceGrowth = Annotated[Schedule, Quantity("rate", -1, 2, typical="-3% to 3% a month", schedule=True)]
ChurnSchedule = Annotated[Schedule, Quantity("rate", 0, 1, typical="0.5% to 5% a month", schedule=True)]
TimesSchedule = Annotated[Schedule, Quantity("number", 0, 1000, typical="0.5 to 2", schedule=True)]
Volatility = Annotated[Uncertain, Quantity("share", 0, 3, typical="5% to 30%")]
Loading = Annotated[Uncertain, Quantity("number", -5, 5, typical="0 to 0.2")]
Plain = Annotated[float, BeforeValidator(_plain)]
Persistence = Annotated[Plain, Field(ge=0, le=1)]
Months = Annotated[Uncertain, Quantity("months", 0, 240, typical="0 to 12")]
Target = Annotated[str, Field(min_length=1, max_length=200)]
"""A line by its key path ('compute.aws'), or a glob over several ('revenue.*')."""
Count = Annotated[Uncertain, Quantity("count", 0, 1_000_000, typical="1 to 500")]
