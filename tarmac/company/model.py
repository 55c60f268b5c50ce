"""The company file as a whole: its tables, and the rules that hold between them."""

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, InstanceOf, PrivateAttr, WithJsonSchema

from tarmac.company.base import (
    NEVER_CHANGES,
    ZERO,
    AnyMoney,
    Listed,
    Loading,
    MonthField,
    Name,
    Persistence,
    PriceGrowth,
    Table,
    Volatility,
)
from tarmac.company.debts import AnyDebt
from tarmac.company.funding import AnyRound
from tarmac.company.lines import Revenue
from tarmac.company.ownership import Holder
from tarmac.company.people import Team
from tarmac.company.quantity import Quantity, mistake
from tarmac.company.reactions import Correlation, Event, Policy
from tarmac.company.vendors import AnyCompute, Cost
from tarmac.errors import InputError, Problem
from tarmac.money import CURRENCIES
from tarmac.posterior import Posterior
from tarmac.uncertain import Uncertain

SECTIONS = ("price", "revenue", "team", "compute", "cost", "debt", "holder", "round", "event", "policy")
"""The tables a company may hold several of, each with a name of its own."""


def _currency(value: Any) -> Any:
    if not isinstance(value, str) or value not in CURRENCIES:
        raise mistake("is a currency's three-letter code (ISO 4217)", "write 'USD', 'EUR', 'CNY' ...")
    return value


Currency = Annotated[str, BeforeValidator(_currency)]


Known = Annotated[InstanceOf[Posterior], WithJsonSchema({"type": "null"})]
"""Draws that have been read: in memory they stand where a file has their name."""

PosteriorName = Annotated[Name, Field(pattern=r"^[^/\\]+$")]


class Header(Table):
    """Who the company is and when the forecast begins."""

    name: Name = Field(description="The company's name.")
    currency: Currency = Field(description="The currency of every amount that names none (ISO 4217).")
    first_month: MonthField = Field(
        description="First month of the forecast; opening balances stand at the end of the month before."
    )
    facts: Name | None = Field(None, description="The file of facts on the shelf seeds/, without '.csv'.")
    posterior: PosteriorName | Known | None = Field(
        None,
        description="What facts have taught: the file of draws beside this one, without '.posterior.csv', that "
        "`tarmac calibrate` has written.",
    )
    story: Annotated[str, Field(max_length=4000)] | None = Field(None, description="A sentence or two on the company.")
    reporting_lag_months: Annotated[int, Field(ge=0, le=12)] = Field(
        3, description="Months from the opening to the day its accounts are issued; the going-concern year begins then."
    )
    insolvent_when: Literal["cannot_pay", "missed_bill", "cash_below_zero"] = Field(
        "cannot_pay",
        description="cannot_pay: payroll is missed or a vendor's tolerance ends. missed_bill: any bill is missed. "
        "cash_below_zero: every bill is paid and cash is negative at a month's end.",
    )


class Cash(Table):
    """Money in the bank."""

    opening: AnyMoney = Field(description="Cash at the end of the month before the first.")
    keep_payroll_months: Annotated[Uncertain, Quantity("months", 0, 24, typical="0 to 2")] = Field(
        ZERO, description="Vendors are paid from what is above this many times the month's payroll and severance."
    )


class Fx(Table):
    """The price of one unit of a foreign currency in the company's."""

    rate: Annotated[Uncertain, Quantity("number", 1e-6, 1e6, typical="0.1 to 10")] = Field(
        description="Price at the opening, in the company's currency."
    )
    drift: PriceGrowth = Field(NEVER_CHANGES, description="Expected change from month to month.")
    volatility: Volatility = Field(ZERO, description="Standard deviation of the monthly log change.")
    persistence: Persistence = Field(1.0, description="1: a random walk; below: swings around the drift.")


class Market(Table):
    """The mood of the funding and sales market: a driver of mean 0 and standard deviation 1."""

    persistence: Annotated[Persistence, Field(lt=1)] = Field(
        0.9, description="How much of the market's mood is left a month later; below 1."
    )


Chance = Annotated[Uncertain, Quantity("share", 0, 1, typical="2% to 20% a month")]


class Regime(Table):
    """A second state of a price, which comes and goes (a Markov chain): a shortage, for instance."""

    multiply: Annotated[Uncertain, Quantity("number", 0, 100, typical="0.5 to 3")] = Field(
        description="The price is multiplied by this while the state lasts."
    )
    begins: Chance = Field(description="Chance a month that it begins; it is not there at the opening.")
    ends: Chance = Field(description="Chance a month that it ends, once it is there.")


class Price(Table):
    """The unit price of something that lines of compute buy, as an index: 1 in the first month."""

    name: Name = Field(description="What this price is called, such as 'gpu_price'; compute lines name it.")
    growth: PriceGrowth = Field(NEVER_CHANGES, description="Expected change from month to month.")
    volatility: Volatility = Field(ZERO, description="Standard deviation of the monthly log change.")
    persistence: Persistence = Field(1.0, description="1: a random walk; below: swings around its growth.")
    market: Loading = Field(
        ZERO, description="Log change of the price for one standard deviation of the market driver. Mean-one."
    )
    regime: Regime | None = Field(None, description="A second state that comes and goes: a shortage, a glut.")


def _fx(value: Any) -> Any:
    """`USD = 7.2` is short for `USD = { rate = 7.2 }`."""
    if not isinstance(value, Mapping):
        return value
    return {key: item if isinstance(item, Mapping | Fx) else {"rate": item} for key, item in value.items()}


class Company(Table):
    """A company's money, as declared in a file."""

    company: Header = Field(description="Who the company is and when the forecast begins.")
    cash: Cash = Field(description="Money in the bank.")
    fx: Annotated[dict[Currency, Fx], BeforeValidator(_fx)] = Field(
        default_factory=dict,
        description="Foreign currencies, by code: `USD = 7.2`, or a table.",
        json_schema_extra={"x-short": {"type": ["number", "string"]}},
    )
    market: Market = Field(default_factory=Market, description="The market driver.")
    price: Annotated[tuple[Price, ...], Listed] = Field((), description="Unit prices of compute that lines share.")
    revenue: Annotated[tuple[Revenue, ...], Listed] = Field((), description="Money earned.")
    team: Annotated[tuple[Team, ...], Listed] = Field((), description="People.")
    compute: Annotated[tuple[AnyCompute, ...], Listed] = Field((), description="Compute.")
    cost: Annotated[tuple[Cost, ...], Listed] = Field((), description="Other costs.")
    debt: Annotated[tuple[AnyDebt, ...], Listed] = Field((), description="Money owed.")
    holder: Annotated[tuple[Holder, ...], Listed] = Field((), description="Who owns the company.")
    round: Annotated[tuple[AnyRound, ...], Listed] = Field((), description="Attempts to raise money.")
    event: Annotated[tuple[Event, ...], Listed] = Field((), description="What may happen.")
    policy: Annotated[tuple[Policy, ...], Listed] = Field((), description="What management does when.")
    correlation: Annotated[tuple[Correlation, ...], Listed] = Field((), description="Drivers that move together.")

    _file: str = PrivateAttr("company")

    @property
    def file(self) -> str:
        """The file this company came from, for messages."""
        return self._file

    @property
    def posterior(self) -> Posterior | None:
        """What facts have taught about it, if it has been calibrated. InputError where that has not been read yet."""
        found = self.company.posterior
        if isinstance(found, str):
            rule = "names a file of draws, which tarmac.load reads"
            raise InputError([Problem(self.file, "company.posterior", found, rule, "load the company from its file")])
        return found

    def named(self) -> Iterator[tuple[str, str, Table]]:
        """Every named table as (section, name, table), in the order of the file."""
        for section in SECTIONS:
            for table in getattr(self, section):
                yield section, table.name, table

    def document(self) -> dict[str, Any]:
        """The company as the document it was read from: plain values, every number in the words it was written in."""
        return self.model_dump(exclude_unset=True)
