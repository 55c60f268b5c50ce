"""Money from outside: rounds by instrument."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from tarmac.company.base import (
    ONE,
    ZERO,
    AnyMoney,
    Money,
    MonthField,
    Months,
    Name,
    Table,
)
from tarmac.company.debts import LoanTerms, NoteTerms
from tarmac.company.ownership import Conversion, Pool, Valuation
from tarmac.company.quantity import Quantity, mistake
from tarmac.uncertain import Uncertain

Odds = Annotated[Uncertain, Quantity("share", 0, 1, typical="20% to 90%")]
Arriving = Annotated[Uncertain, Quantity("share", 0, 1, typical="60% to 100%")]
MonthsLeft = Annotated[Uncertain, Quantity("months", 0, 240, typical="2 to 12")]
MarketOdds = Annotated[Uncertain, Quantity("number", -5, 5, typical="0 to 0.8")]


class Trigger(Table):
    """A state of the company, seen at a month's end. Where several are given, all must hold."""

    runway_below: MonthsLeft | None = Field(
        None,
        description="Cash covers fewer months than this of net burn (mean of the last 3 months), and burn is positive.",
    )
    cash_below: AnyMoney | None = Field(None, description="Cash is below this.")
    arrears_above: Money | None = Field(None, description="Bills past due are above this.")
    month: MonthField | None = Field(
        None, description="This month has come: it holds from the end of the month before on."
    )
    round_failed: Name | None = Field(None, description="This round has failed.")
    oldest_bill_above: Months | None = Field(
        None,
        description="The oldest unpaid bill is more months past due than this; one left unpaid in the month it falls "
        "due counts 0, and bills of a vendor who has cut supply one month more than it tolerates, however old.",
    )

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
    succeeds: Odds = Field(ONE, description="Chance that the attempt closes, drawn per path.")
    amount: Money = Field(description="Money asked for.")
    delivered: Arriving = Field(ONE, description="Share of the amount that arrives.")
    market: MarketOdds = Field(
        ZERO, description="Log odds of closing for one standard deviation of the market driver when the attempt starts."
    )
    requires: Gate | None = Field(
        None, description="Conditions in the month of closing; where one fails, so does the round."
    )
    approved: bool = Field(
        False, description="Whether this is approved and so likely that it counts in the going-concern view."
    )

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
    pre_money: Valuation | None = Field(
        None,
        description="Valuation before the new money, of all shares: those that SAFEs and notes become and a larger "
        "option pool included. Where a round has none, who owns what is not computed.",
    )
    option_pool: Pool | None = Field(
        None,
        description="Share of all shares after the round that the pool of options not granted shall have at least; it "
        "is enlarged before the new money, at the cost of those who held shares before.",
    )


class SafeRound(Round, Conversion):
    """Cash now for shares at the next priced round (`equity`)."""

    instrument: Literal["safe"]


class NoteRound(SafeRound, NoteTerms):
    """A convertible note: debt that becomes shares at the next priced round, if one closes before it is due."""

    instrument: Literal["note"]  # type: ignore[assignment]

    @model_validator(mode="after")
    def _due_after_its_start(self) -> Self:
        if self.starts is not None and self.matures is not None and self.matures < self.starts:
            raise mistake(
                f"a note is due no earlier than it is raised, {self.starts}", "swap the months", key="matures"
            )
        return self


class DebtRound(Round, LoanTerms):
    """A loan raised like a round."""

    instrument: Literal["debt"]


class GrantRound(Round):
    """A grant: money that is neither owed nor paid for in shares."""

    instrument: Literal["grant"]


class AssetSaleRound(Round):
    """Part of the company is sold; the money is the company's, and a gain: what is sold has no book value here."""

    instrument: Literal["asset_sale"]


class AcquisitionRound(Round):
    """The whole company is sold: an exit, a competing event. The amount goes to those who hold its shares."""

    instrument: Literal["acquisition"]


class ComputeRound(EquityRound):
    """Shares paid for in one vendor's compute credits."""

    instrument: Literal["compute"]  # type: ignore[assignment]
    vendor: Name = Field(description="The compute line whose vendor pays in credits, by its name.")


AnyRound = Annotated[
    EquityRound | SafeRound | NoteRound | DebtRound | GrantRound | AssetSaleRound | AcquisitionRound | ComputeRound,
    Field(discriminator="instrument"),
]
