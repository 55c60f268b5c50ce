"""What a company is billed for: compute of every kind, and other costs."""

from typing import Annotated, Any, Literal, Self

from pydantic import BeforeValidator, Field, model_validator

from tarmac.company.base import (
    AS_IT_IS,
    NEVER_CHANGES,
    ONE,
    ZERO,
    GrowthSchedule,
    Money,
    MoneySchedule,
    MonthField,
    Months,
    Name,
    PriceGrowth,
    Table,
    Target,
    TimesSchedule,
)
from tarmac.company.lines import Line
from tarmac.company.quantity import Quantity, Schedule, mistake
from tarmac.uncertain import Uncertain, parse


def _not_negative(value: Any) -> Any:
    if isinstance(value, int) and not isinstance(value, bool) and value < 0:
        rule = "a vendor's tolerance is not shorter than its terms: stretch counts from the due date"
        raise mistake(rule, "write 0, or the months past due that this vendor tolerates")
    return value


Terms = Annotated[int, Field(ge=0, le=24)]
Stretch = Annotated[int, BeforeValidator(_not_negative), Field(ge=0, le=60)]
Gpus = Annotated[Schedule, Quantity("count", 0, 1e7, typical="8 to 5000", schedule=True)]
Users = Annotated[Uncertain, Quantity("count", 0, 1e10, typical="100 to 10M")]
UnitPrices = Annotated[Schedule, Quantity("money", 0, 1e9, typical="0.001 to 10", schedule=True)]
HourPrices = Annotated[Schedule, Quantity("money", 0, 1e9, typical="1 to 10", schedule=True)]
UnitPrice = Annotated[Uncertain, Quantity("money", 0, 1e9, typical="0.001 to 10")]
UnitsUsed = Annotated[Schedule, Quantity("number", 0, 1e15, typical="1000 to 1B", schedule=True)]
UnitsOfAUser = Annotated[Uncertain, Quantity("number", 0, 1e12, typical="1 to 1000")]
Used = Annotated[Schedule, Quantity("share", 0, 1, typical="40% to 95%", schedule=True)]
LateInterest = Annotated[Uncertain, Quantity("share", 0, 1, typical="5% to 18% a year")]
Overrun = Annotated[Uncertain, Quantity("number", 0, 50, typical="lognormal(1.2, 0.4)")]

HOURS_A_MONTH = 730
"""365 days x 24 hours / 12."""


class CutOff(Table):
    """What happens to revenue while a vendor that has lost patience supplies nothing."""

    target: Target = Field(
        description="Lines of revenue that need this vendor: 'revenue.api', or a glob ('revenue.*')."
    )
    multiply: Annotated[Uncertain, Quantity("number", 0.001, 1, typical="0.1 to 0.8")] = Field(
        description="They are multiplied by this from the month after until the vendor's arrears are paid."
    )


class Payable(Table):
    """Anything billed by somebody who can be paid late."""

    terms: Terms = Field(0, description="Months from the bill to its due date.")
    opening_terms: Terms | None = Field(
        None, description="The terms of bills from before the first month; not given: the same. A scenario sets it."
    )
    stretch: Stretch = Field(
        0,
        description="Months past due that this vendor tolerates; a bill still unpaid at the end of the last makes the "
        "company insolvent, or, with cut_off, ends the supply.",
    )
    cut_off: CutOff | None = Field(
        None,
        description="When its patience ends, this vendor cuts supply rather than force insolvency: no more bills, and "
        "less revenue, until its arrears are paid.",
    )
    late_interest: LateInterest = Field(
        ZERO, description="Interest a year on bills past due, billed every month and due at once."
    )
    opening_payables: Money | None = Field(
        None,
        description="Bills not yet due at the opening, in equal parts by month; not given: those of a steady state.",
    )
    opening_arrears: Money = Field(
        ZERO, description="Bills past due at the opening; they fell due in the month before the first."
    )


class Cost(Line, Payable):
    """Any other cost: rent, tools, travel, advisers; or a tax."""

    kind: Literal["vendor", "tax"] = Field(
        "vendor",
        description="A tax is paid before vendors, in full when it is due; only a policy can put it off: "
        "{ defer = 'taxes' }.",
    )
    monthly: MoneySchedule = Field(description="Bill of the first month (or by month).")

    @model_validator(mode="after")
    def _a_tax_waits_for_nobody(self) -> Self:
        patient = [key for key in _PATIENCE if not _is_nothing(getattr(self, key))]
        if self.kind == "tax" and patient:
            rule = f"a tax has no {' and no '.join(patient)}: it is paid when it is due"
            raise mistake(
                rule, "take it out; a policy may put taxes off: { defer = 'taxes', months = 6 }", key=patient[0]
            )
        return self


_PATIENCE = ("stretch", "cut_off", "late_interest", "opening_arrears")


def _is_nothing(value: Any) -> bool:
    return value in (None, 0) or (isinstance(value, Uncertain) and value.certain and value.value == 0)


class Credits(Table):
    """Compute given by a vendor, used before cash."""

    amount: Money = Field(description="What the credits are worth at the opening.")
    expires: MonthField | None = Field(
        None, description="Last month in which they can be used; what is left then is lost. Not given: they keep."
    )


class Compute(Payable):
    """A line of compute: what all kinds have in common."""

    price: Name | None = Field(
        None,
        description="Name of the [[price]] that its unit price follows, besides price_growth; lines may share one.",
    )
    price_growth: PriceGrowth = Field(
        NEVER_CHANGES, description="Change of the unit price from month to month, on top of any growth of use."
    )
    credits: Credits | None = Field(None, description="Credits of this vendor, used up before bills are paid in cash.")


class OnDemand(Line, Compute):
    """Compute paid as it is used: plain money, units x price, or GPUs x hours x utilisation x price."""

    kind: Literal["on_demand"]
    monthly: MoneySchedule | None = Field(None, description="Bill of the first month (or by month), as plain money.")
    units: UnitsUsed | None = Field(
        None, description="In place of monthly: units used a month. The bill is units x unit_price."
    )
    unit_price: UnitPrices | None = Field(None, description="With units: the price of one.")
    gpus: Gpus | None = Field(
        None, description="In place of monthly: GPUs. The bill is gpus x hours x utilisation x gpu_hour."
    )
    gpu_hour: HourPrices | None = Field(None, description="With gpus: the price of one GPU for an hour.")
    hours: Annotated[Uncertain, Quantity("number", 0, 744, typical="730")] = Field(
        parse(HOURS_A_MONTH), description="With gpus: hours a month."
    )
    utilisation: Used = Field(AS_IT_IS, description="With gpus: the share of those hours that is billed.")

    @model_validator(mode="after")
    def _one_entry(self) -> Self:
        given = [
            key for key in ("monthly", "units", "unit_price", "gpus", "gpu_hour") if getattr(self, key) is not None
        ]
        entries = {_ENTRY[key] for key in given}
        if len(entries) != 1:
            said = f", not by {' and '.join(given)} together" if given else ""
            rule = f"a bill is given by monthly, or by units and unit_price, or by gpus and gpu_hour{said}"
            raise mistake(rule, "keep one of the three" if given else "write monthly = '50k', for instance")
        for key in next(iter(entries)):
            if key not in given:
                raise mistake(f"{given[0]} needs {key}", f"add {key} = 2, for instance", key=key)
        for key in ("hours", "utilisation"):
            if key in self.model_fields_set and self.gpus is None:
                raise mistake(f"{key} goes with gpus", "write gpus and gpu_hour, or take it out", key=key)
        return self


_ENTRY: dict[str, tuple[str, ...]] = {
    "monthly": ("monthly",),
    **dict.fromkeys(("units", "unit_price"), ("units", "unit_price")),
    **dict.fromkeys(("gpus", "gpu_hour"), ("gpus", "gpu_hour")),
}
"""The keys by which a bill is given, each with those that go with it."""


class Committed(OnDemand):
    """Compute with a take-or-pay floor: at least the minimum is billed until the commitment ends."""

    kind: Literal["committed"]  # type: ignore[assignment]
    minimum: MoneySchedule = Field(description="Least bill of a month while the commitment runs.")
    until: MonthField | None = Field(
        None, description="Last month of the commitment; not given: it is renewed every month."
    )
    early_termination: Money | None = Field(
        None,
        description="What ending the commitment early costs, billed in the month a policy ends it (terminate); not "
        "given: it cannot be ended, and a wind-down owes the minimum of the months that are left.",
    )


class TrainingRun(Compute):
    """One large training run: a lump of compute with a date, a cost and an overrun."""

    kind: Literal["training_run"]
    name: Name = Field(description="What this run is called.")
    month: MonthField = Field(description="The month in which it is planned to start.")
    slip: Months = Field(ZERO, description="Months by which it starts later.")
    cost: Money = Field(
        description="What it costs as planned, at the prices of the month planned for its start; "
        "a [[price]] that it follows moves it from the opening on."
    )
    overrun: Overrun = Field(
        ONE, description="What it costs in fact, as a multiple of the plan: 1 as planned, 1.5 half as much again."
    )
    times: TimesSchedule = Field(AS_IT_IS, description="Factor on the bill, by month.")
    spread: Annotated[int, Field(ge=1, le=36)] = Field(1, description="Months over which it is billed, in equal parts.")


class Inference(Line, Compute):
    """Compute that serves users: usage x units of compute each x unit price."""

    kind: Literal["inference"]
    users: Users | None = Field(None, description="Users in the first month.")
    revenue: Name | None = Field(
        None, description="Name of the [[revenue]] it serves, in place of users: usage is what that earns in the month."
    )
    units: UnitsOfAUser = Field(
        description="Units of compute a month (tokens, images, hours) for each user, or for each unit of revenue."
    )
    unit_price: UnitPrice = Field(description="Price of a unit in the first month.")
    growth: GrowthSchedule = Field(
        NEVER_CHANGES,
        description="Growth of the users from month to month; with revenue, of use for each unit of revenue.",
    )
    units_growth: GrowthSchedule = Field(
        NEVER_CHANGES, description="Growth of the units for each user from month to month (more tokens a task)."
    )

    @model_validator(mode="after")
    def _one_usage(self) -> Self:
        if (self.users is None) == (self.revenue is None):
            raise mistake("usage is either users or revenue", "write users = 10000, or revenue = 'api'")
        return self


AnyCompute = Annotated[OnDemand | Committed | TrainingRun | Inference, Field(discriminator="kind")]
