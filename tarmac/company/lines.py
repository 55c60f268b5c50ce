"""What a company earns and spends every month: revenue, teams, compute, other costs."""

from typing import Annotated, Any, Literal, Self

from pydantic import BeforeValidator, Field, model_validator

from tarmac.company.base import (
    AS_IT_IS,
    NEVER_CHANGES,
    ZERO,
    AnyMoney,
    ChurnSchedule,
    Count,
    GrowthSchedule,
    Listed,
    Loading,
    Money,
    MoneySchedule,
    MonthField,
    Months,
    Name,
    Persistence,
    Share,
    Table,
    TimesSchedule,
    Volatility,
)
from tarmac.company.quantity import Quantity, Schedule, mistake
from tarmac.uncertain import Uncertain

CostOfAHead = Annotated[Schedule, Quantity("money", 0, typical="5k to 25k a month", schedule=True)]
Raises = Annotated[Schedule, Quantity("rate", -1, 10, typical="0% to 1% a month", schedule=True)]
Terms = Annotated[int, Field(ge=0, le=24)]
Stretch = Annotated[int, Field(ge=0, le=60)]


class Line(Table):
    """A flow of money by month: a level that grows, shocks around it, and the months in which it runs."""

    name: Name = Field(description="What this line is called; targets point at it by this name.")
    growth: GrowthSchedule = Field(NEVER_CHANGES, description="Growth of the level from one month to the next.")
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
        ZERO, description="Log change of the level for one standard deviation of the market driver. Mean-one."
    )
    starts: MonthField | None = Field(None, description="First month in which the line runs.")
    ends: MonthField | None = Field(None, description="Last month in which the line runs.")


class Pledge(Table):
    """A named customer: its share of the line and how likely it is to leave."""

    simulated = False
    name: Name = Field(description="The customer.")
    share: Share = Field(description="Its share of this line's revenue in the first month.")
    leaves: Share = Field(description="Chance a month that it leaves.")


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


class Revenue(Line):
    """Money earned from customers."""

    kind: Literal["subscription", "usage", "contract", "other"] = Field(
        description="subscription and contract are recurring revenue; a contract runs to its end and has no churn."
    )
    monthly: MoneySchedule = Field(description="Revenue earned in the first month (or by month).")
    churn: ChurnSchedule = Field(NEVER_CHANGES, description="Share of the level lost every month, taken off growth.")
    collected_after: Annotated[tuple[float, ...], BeforeValidator(_collection)] = Field(
        (1.0,),
        description="Months from invoice to cash, or the shares collected 0, 1, 2 ... months later; they sum to 1.",
        json_schema_extra={"anyOf": [{"type": "integer"}, {"type": "array", "items": {"type": "number"}}]},
    )
    opening_receivables: Money | None = Field(
        None,
        description="Receivables at the opening; not given: those of a steady state at the first month's level.",
    )
    bad_debt: Share | None = Field(None, description="Share never collected.", json_schema_extra={"simulated": False})
    prepaid_months: Annotated[int, Field(ge=0, le=36)] | None = Field(
        None, description="Months customers pay in advance.", json_schema_extra={"simulated": False}
    )
    customers: Annotated[tuple[Pledge, ...], Listed] = Field(
        (), description="Named customers.", json_schema_extra={"simulated": False}
    )

    @model_validator(mode="after")
    def _kind_fits(self) -> Self:
        if self.kind == "contract" and self.churn != NEVER_CHANGES:
            raise mistake("a contract has no churn", "remove churn, or make the kind 'subscription'")
        return self


class Hire(Table):
    """People who join later."""

    month: MonthField = Field(description="The month planned.")
    count: Count = Field(description="How many join.")
    slip: Months = Field(ZERO, description="Months by which they join later than planned.")


class Team(Table):
    """People: paid every month, before anybody else."""

    name: Name = Field(description="What this team is called.")
    headcount: Count = Field(description="People at the opening.")
    cost: CostOfAHead = Field(description="Cost per head and month, fully loaded.")
    growth: Raises = Field(NEVER_CHANGES, description="Growth of the cost per head from month to month (raises).")
    times: TimesSchedule = Field(AS_IT_IS, description="Factor on the cost per head, by month.")
    hires: Annotated[tuple[Hire, ...], Listed] = Field((), description="Hires planned.")
    severance_months: Months = Field(ZERO, description="Months of cost paid to each person laid off.")
    notice_months: Months | None = Field(
        None, description="Months paid between notice and leaving.", json_schema_extra={"simulated": False}
    )
    attrition: Share | None = Field(
        None, description="Share of people who leave every month.", json_schema_extra={"simulated": False}
    )
    payroll_tax: Share | None = Field(
        None, description="Employer's taxes on top of cost.", json_schema_extra={"simulated": False}
    )


class Vendor(Line):
    """A line that is billed by somebody who can be paid late."""

    monthly: MoneySchedule = Field(description="Bill of the first month (or by month).")
    terms: Terms = Field(0, description="Months from the bill to its due date.")
    stretch: Stretch = Field(
        0,
        description="Months past due this vendor tolerates; a bill left unpaid longer makes the company insolvent.",
    )
    opening_payables: Money | None = Field(
        None,
        description="Bills not yet due at the opening, in equal parts by month; not given: those of a steady state.",
    )


class Cost(Vendor):
    """Any other cost: rent, tools, travel, advisers."""


class Credits(Table):
    """Compute given by a vendor, used before cash."""

    simulated = False
    amount: Money = Field(description="What the credits are worth.")
    expires: MonthField = Field(description="Last month in which they can be used.")


class OnDemand(Vendor):
    """Compute paid as it is used."""

    kind: Literal["on_demand"]
    price_growth: GrowthSchedule = Field(NEVER_CHANGES, description="Change of the unit price from month to month.")
    credits: Credits | None = Field(None, description="Credits of this vendor.", json_schema_extra={"simulated": False})


class Committed(OnDemand):
    """Compute with a take-or-pay floor: at least the minimum is billed until the commitment ends."""

    kind: Literal["committed"]  # type: ignore[assignment]
    minimum: MoneySchedule = Field(description="Least bill of a month while the commitment runs.")
    until: MonthField | None = Field(None, description="Last month of the commitment; not given: beyond the horizon.")
    early_termination: Money | None = Field(
        None, description="Cost of ending the commitment early.", json_schema_extra={"simulated": False}
    )


class TrainingRun(Table):
    """One large training run: a lump of compute with a date, a cost and an overrun."""

    simulated = False
    kind: Literal["training_run"]
    name: Name = Field(description="What this run is called.")
    month: MonthField = Field(description="The month in which it starts.")
    slip: Months = Field(ZERO, description="Months by which it starts later.")
    cost: Money = Field(description="What it costs as planned.")
    overrun: Annotated[Uncertain, Quantity("number", 0, 20, typical="lognormal(1.2, 0.4)")] = Field(
        ZERO, description="Cost beyond plan, as a multiple of the plan."
    )
    spread: Annotated[int, Field(ge=1, le=36)] = Field(1, description="Months over which it is billed.")
    terms: Terms = Field(0, description="Months from a bill to its due date.")
    stretch: Stretch = Field(0, description="Months past due that this vendor tolerates.")


class Inference(Table):
    """Compute that serves users: usage of a revenue line x units each x unit price."""

    simulated = False
    kind: Literal["inference"]
    name: Name = Field(description="What this line is called.")
    revenue: Name = Field(description="The revenue line whose usage it serves.")
    users: Count = Field(description="Users in the first month.")
    units_per_user: Annotated[Uncertain, Quantity("number", 0, typical="1 to 1000")] = Field(
        description="Units of compute per user and month."
    )
    unit_price: AnyMoney = Field(description="Price of a unit.")
    growth: GrowthSchedule = Field(NEVER_CHANGES, description="Growth of usage from month to month.")
    price_growth: GrowthSchedule = Field(NEVER_CHANGES, description="Change of the unit price from month to month.")
    units_growth: GrowthSchedule = Field(NEVER_CHANGES, description="Growth of units per user from month to month.")
    terms: Terms = Field(0, description="Months from a bill to its due date.")
    stretch: Stretch = Field(0, description="Months past due that this vendor tolerates.")


Compute = Annotated[OnDemand | Committed | TrainingRun | Inference, Field(discriminator="kind")]
