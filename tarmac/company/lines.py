"""What a company earns every month, and what its lines of revenue and cost have in common."""

from typing import Annotated, Any, Literal, Self

from pydantic import BeforeValidator, Field, model_validator

from tarmac.company.base import (
    AS_IT_IS,
    MOST_MONEY,
    NEVER_CHANGES,
    ONE,
    ZERO,
    ChurnSchedule,
    GrowthSchedule,
    Listed,
    Loading,
    Money,
    MoneySchedule,
    MonthField,
    Months,
    Name,
    Persistence,
    Table,
    TimesSchedule,
    Volatility,
)
from tarmac.company.quantity import Quantity, mistake
from tarmac.uncertain import Uncertain


class Line(Table):
    """A flow of money by month: a level that grows, shocks around it, and the months in which it runs."""

    name: Name = Field(description="What this line is called; targets point at it by this name.")
    growth: GrowthSchedule = Field(NEVER_CHANGES, description="Growth from one month to the next.")
    times: TimesSchedule = Field(
        AS_IT_IS, description="Factor on the amount, by month; a scenario that changes a line for some months sets it."
    )
    volatility: Volatility = Field(
        ZERO,
        description="Standard deviation of the monthly log shock. Mean-one: it never changes the expected value.",
    )
    persistence: Persistence = Field(
        0.0,
        description="How much of a shock is left a month later (AR(1) coefficient). 1 makes a random walk.",
    )
    noise: Annotated[Uncertain, Quantity("money", typical="normal(0, 200k)")] | None = Field(
        None, description="Money added or taken every month, drawn anew each month with the same persistence."
    )
    market: Loading = Field(
        ZERO, description="Log change of the amount for one standard deviation of the market driver. Mean-one."
    )
    starts: MonthField | None = Field(None, description="First month in which the line runs.")
    ends: MonthField | None = Field(None, description="Last month in which the line runs.")


ShareOfLine = Annotated[Uncertain, Quantity("share", 0, 1, typical="5% to 50%")]
Leaving = Annotated[Uncertain, Quantity("share", 0, 1, typical="0.5% to 5% a month")]
ContractMoney = Annotated[Uncertain, Quantity("money", 0, MOST_MONEY, typical="1k to 2M a month")]
Odds = Annotated[Uncertain, Quantity("share", 0, 1, typical="10% to 90%")]
NeverPaid = Annotated[Uncertain, Quantity("share", 0, 1, typical="0% to 3%")]


class Customer(Table):
    """A named customer: its share of the line and how likely it is to leave."""

    name: Name = Field(description="Who it is.")
    share: ShareOfLine = Field(
        description="Its share of this line's revenue; when it leaves, the line is smaller by that."
    )
    leaves: Leaving = Field(description="Chance a month that it leaves, for good; the first month included.")


class Contract(Table):
    """A contract in the pipeline: what it brings, when it is signed, and how likely that is."""

    name: Name = Field(description="What this contract is called.")
    monthly: ContractMoney = Field(
        description="What it brings a month from signing on, on top of the line's own amount."
    )
    month: MonthField = Field(description="The month in which it is expected to be signed.")
    slip: Months = Field(ZERO, description="Months by which it is signed later.")
    signs: Odds = Field(ONE, description="Chance that it is signed at all, drawn per path.")
    lasts: Annotated[int, Field(ge=1, le=600)] | None = Field(
        None, description="Months for which it runs; not given: for good."
    )


def _collection(value: Any) -> tuple[float, ...]:
    """A lag in months, or a vector of shares by age, as a vector of shares."""
    if isinstance(value, tuple | list):
        return _collection_shares(value)
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= 24:
        raise mistake("is a whole number of months from 0 to 24, or shares by age", "write 1, or [0.6, 0.3, 0.1]")
    return (*(0.0,) * value, 1.0)


def _collection_shares(value: tuple[Any, ...] | list[Any]) -> tuple[float, ...]:
    plain = [item for item in value if isinstance(item, int | float) and not isinstance(item, bool)]
    if len(plain) != len(value) or not 1 <= len(value) <= 25 or not all(0 <= item <= 1 for item in plain):
        raise mistake("is up to 25 shares from 0 to 1, by months since the invoice", "write [0.6, 0.3, 0.1]")
    if abs(sum(plain) - 1) > 1e-9:
        raise mistake(f"shares of collections sum to 1, not {sum(plain):g}", "change them so that they sum to 1")
    return tuple(float(item) for item in plain)


_COLLECTION_SCHEMA: dict[str, Any] = {"anyOf": [{"type": "integer"}, {"type": "array", "items": {"type": "number"}}]}


class Revenue(Line):
    """Money earned from customers."""

    kind: Literal["subscription", "usage", "contract", "other"] = Field(
        description="subscription and contract are recurring revenue; a contract has no churn, give it an end in ends."
    )
    monthly: MoneySchedule = Field(description="Revenue earned in the first month (or by month).")
    growth: GrowthSchedule = Field(NEVER_CHANGES, description="Growth from one month to the next, before churn.")
    churn: ChurnSchedule = Field(NEVER_CHANGES, description="Share lost every month, taken off growth.")
    collected_after: Annotated[tuple[float, ...], BeforeValidator(_collection)] = Field(
        (1.0,),
        description="Months from invoice to cash, or the shares collected 0, 1, 2 ... months later; they sum to 1.",
        json_schema_extra=_COLLECTION_SCHEMA,
    )
    opening_collected_after: Annotated[tuple[float, ...], BeforeValidator(_collection)] | None = Field(
        None,
        description="The same for invoices from before the first month; not given: the same. A scenario sets it.",
        json_schema_extra=_COLLECTION_SCHEMA,
    )
    opening_receivables: Money | None = Field(
        None,
        description="Receivables at the opening; not given: those of a steady state at the first month's level.",
    )
    bad_debt: NeverPaid = Field(
        ZERO, description="Share of every invoice never collected; written off when the last collection is due."
    )
    prepaid_months: Annotated[int, Field(ge=1, le=36)] = Field(
        1,
        description="Months that one invoice pays for, from its own on: what is invoiced in a month (this line's "
        "amount) is earned evenly over that many. 12: customers pay a year ahead.",
    )
    opening_deferred: Money | None = Field(
        None,
        description="With prepaid_months: revenue invoiced before the opening and not yet earned; not given: that of a "
        "steady state.",
    )
    customers: Annotated[tuple[Customer, ...], Listed] = Field(
        (), description="Customers large enough to be named; their shares add up to 100% at most."
    )
    pipeline: Annotated[tuple[Contract, ...], Listed] = Field((), description="Contracts that may yet be signed.")

    @model_validator(mode="after")
    def _kind_fits(self) -> Self:
        if self.kind == "contract" and self.churn != NEVER_CHANGES:
            raise mistake("a contract has no churn", "remove churn, or make the kind 'subscription'", key="churn")
        return self
