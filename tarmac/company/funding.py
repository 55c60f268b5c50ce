"""Money from outside: rounds by instrument, and debt."""

from typing import Annotated, ClassVar, Literal, Self

from pydantic import Field, model_validator

from tarmac.company.base import (
    ONE,
    ZERO,
    AnyMoney,
    Loading,
    Money,
    MonthField,
    Months,
    Name,
    Share,
    Table,
)
from tarmac.company.quantity import Quantity, mistake
from tarmac.uncertain import Uncertain

Valuation = Annotated[Uncertain, Quantity("money", 0, typical="5M to 1B")]
Interest = Annotated[Uncertain, Quantity("share", 0, 1, typical="4% to 15%")]
Discount = Annotated[Uncertain, Quantity("share", 0, 1, typical="10% to 25%")]


class Trigger(Table):
    """A state of the company, seen at a month's end. Where several are given, all must hold."""

    runway_below: Months | None = Field(
        None,
        description="Cash covers fewer months than this of net burn (mean of the last 3 months), and burn is positive.",
    )
    cash_below: AnyMoney | None = Field(None, description="Cash is below this.")
    arrears_above: Money | None = Field(None, description="Bills past due are above this.")
    month: MonthField | None = Field(None, description="From the end of the month before this one on.")
    round_failed: Name | None = Field(None, description="This round has failed.")

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if not self.model_fields_set:
            raise mistake("a condition names at least one thing to watch", "write when = { runway_below = 6 }")
        return self


class Gate(Table):
    """What must hold in the month a round would close."""

    revenue_above: Money | None = Field(None, description="Revenue earned in the month is above this.")
    cash_above: Money | None = Field(None, description="Cash is above this.")
    arrears_below: Money | None = Field(None, description="Bills past due are below this.")


class Round(Table):
    """An attempt to raise money: when it starts, how long it takes, how likely it is, what arrives."""

    name: Name = Field(description="What this round is called.")
    starts: MonthField | None = Field(None, description="The month in which the attempt starts.")
    when: Trigger | None = Field(None, description="The attempt starts the month after this holds for the first time.")
    takes: Months = Field(ZERO, description="Months from start to cash; the cash arrives in the month this falls in.")
    succeeds: Share = Field(ONE, description="Chance that the attempt closes, drawn per path.")
    amount: Money = Field(description="Money asked for.")
    delivered: Share = Field(ONE, description="Share of the amount that arrives.")
    market: Loading = Field(
        ZERO, description="Log odds of closing for one standard deviation of the market driver when the attempt starts."
    )
    requires: Gate | None = Field(
        None, description="Conditions in the month of closing; where one fails, so does the round."
    )

    funding: ClassVar[bool] = True
    """Whether --without-funding takes this instrument away."""

    @model_validator(mode="after")
    def _one_start(self) -> Self:
        if (self.starts is None) == (self.when is None):
            raise mistake(
                "a round has either starts or when", "write starts = '2023-03', or when = { runway_below = 9 }"
            )
        return self


class EquityRound(Round):
    """New shares for cash at a pre-money valuation."""

    instrument: Literal["equity"]
    pre_money: Valuation | None = Field(None, description="Valuation before the new money.")
    option_pool: Discount | None = Field(
        None, description="Option pool made before the round.", json_schema_extra={"simulated": False}
    )


class SafeRound(Round):
    """Cash now for shares at the next priced round."""

    instrument: Literal["safe"]
    cap: Valuation | None = Field(None, description="Highest valuation at which it converts.")
    discount: Discount | None = Field(None, description="Discount on the next round's price.")


class NoteRound(SafeRound):
    """A convertible note: a SAFE with interest and a date by which it is due."""

    simulated = False
    instrument: Literal["note"]  # type: ignore[assignment]
    interest: Interest = Field(ZERO, description="Interest a year.")
    matures: MonthField | None = Field(None, description="The month in which it is due.")


class DebtRound(Round):
    """A loan raised like a round."""

    simulated = False
    instrument: Literal["debt"]
    interest: Interest = Field(ZERO, description="Interest a year.")


class GrantRound(Round):
    """Money that is neither owed nor paid for in shares."""

    simulated = False
    instrument: Literal["grant"]


class AssetSaleRound(Round):
    """Part of the company is sold; the money is the company's."""

    simulated = False
    instrument: Literal["asset_sale"]


class AcquisitionRound(Round):
    """The whole company is sold: an exit, a competing event."""

    simulated = False
    instrument: Literal["acquisition"]


class ComputeRound(EquityRound):
    """Shares paid for in one vendor's compute credits."""

    simulated = False
    instrument: Literal["compute"]  # type: ignore[assignment]
    vendor: Name = Field(description="The compute line whose vendor pays in credits.")


AnyRound = Annotated[
    EquityRound | SafeRound | NoteRound | DebtRound | GrantRound | AssetSaleRound | AcquisitionRound | ComputeRound,
    Field(discriminator="instrument"),
]


class Debt(Table):
    """Money owed: a loan, a deferred tax, notes outstanding."""

    simulated = False
    name: Name = Field(description="What this debt is called.")
    principal: Money = Field(description="What is owed at the opening.")
    interest: Interest = Field(ZERO, description="Interest a year.")
    interest_only_months: Months = Field(ZERO, description="Months in which only interest is paid.")
    repaid_over: Annotated[int, Field(ge=1, le=360)] = Field(36, description="Months of repayment after that.")
    minimum_cash: Money | None = Field(None, description="Covenant: cash below this calls the loan.")
    credit_line: Annotated[Uncertain, Quantity("money", 0, typical="1M to 20M")] | None = Field(
        None, description="Undrawn amount that can be called."
    )
