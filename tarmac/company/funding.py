"""Money from outside: rounds by instrument."""

from math import floor
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
from tarmac.company.odds import Odds
from tarmac.company.ownership import Conversion, Pool, Valuation
from tarmac.company.quantity import Quantity, ends, mistake
from tarmac.uncertain import Uncertain

Closing = Annotated[Uncertain, Quantity("share", 0, 1, typical="20% to 90%")]
Arriving = Annotated[Uncertain, Quantity("share", 0, 1, typical="60% to 100%")]
ClosingMonthly = Annotated[Uncertain, Quantity("share", 0, 1, typical="5% to 30% a month")]
Pause = Annotated[Uncertain, Quantity("months", 1, 240, typical="2 to 6")]
Bought = Annotated[Uncertain, Quantity("share", 0.001, 0.99, typical="10% to 25%")]
Stake = Annotated[Uncertain, Quantity("share", 0, 1, typical="2% to 20%")]
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
    round_failed: Name | None = Field(
        None, description="This round has failed: its last attempt, where it is tried again."
    )
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
    takes: Months = Field(
        ZERO, description="Months from start to cash: it closes in the month this falls in, or from then on."
    )
    succeeds: Closing = Field(
        ONE,
        description="Chance that the attempt closes, decided in the month `takes` falls in. With closes_monthly the "
        "share of attempts that can close at all.",
    )
    closes_monthly: ClosingMonthly | None = Field(
        None,
        description="Chance a month of closing, from the month `takes` falls in until it closes or is given up. Where "
        "it is not given, the attempt is decided once.",
    )
    gives_up_after: Months | None = Field(
        None,
        description="Months from the start after which the attempt has failed; the month this falls in is the last in "
        "which it can close. Needed with closes_monthly.",
    )
    amount: Money = Field(description="Money asked for.")
    delivered: Arriving = Field(ONE, description="Share of the amount that arrives.")
    market: MarketOdds = Field(
        ZERO,
        description="Log odds of closing for one standard deviation of the market driver, read as all odds are.",
    )
    odds: Odds | None = Field(
        None,
        description="What else moves the chance of closing (with closes_monthly that of the month), read at the end of "
        "the month before; in the first month of all nothing does.",
    )
    requires: Gate | None = Field(
        None, description="Conditions in the month of closing; where one fails, so does the attempt."
    )
    retries: Annotated[int, Field(ge=0, le=10)] | None = Field(
        None, description="How often a failed attempt is made again, with the same terms and fresh luck."
    )
    again_after: Pause | None = Field(
        None, description="Months from a failure to the start of the next attempt. Needed with retries."
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

    @model_validator(mode="after")
    def _gives_up(self) -> Self:
        if self.closes_monthly is None and self.gives_up_after is not None:
            raise mistake("gives_up_after goes with closes_monthly", "add closes_monthly = '10%'", key="gives_up_after")
        if self.closes_monthly is None:
            return self
        if self.gives_up_after is None:
            raise mistake(
                "closes_monthly needs gives_up_after: an attempt does not go on for ever", "add gives_up_after = 12"
            )
        if floor(ends(self.takes)[0]) > floor(ends(self.gives_up_after)[1]):
            raise mistake(
                "an attempt is not given up before it can close: gives_up_after counts from the start, as takes does",
                "write a larger one",
                key="gives_up_after",
            )
        return self

    @model_validator(mode="after")
    def _tries_again(self) -> Self:
        if self.retries and self.again_after is None:
            raise mistake("retries needs again_after", "add again_after = '2 to 4'", key="again_after")
        if self.again_after is not None and self.retries is None:
            raise mistake("again_after goes with retries", "add retries = 1", key="again_after")
        return self


class Invested(Table):
    """Whose money it is that a round brings."""

    by: Name | None = Field(
        None,
        description="The [[holder]] who invests and has the shares (an insider); not given: somebody new, called by "
        "the round's name.",
    )


class EquityRound(Round, Invested):
    """New shares for cash at a pre-money valuation, or for a share of the company."""

    instrument: Literal["equity"]
    pre_money: Valuation | None = Field(
        None,
        description="Valuation before the new money, of all shares: those that SAFEs and notes become and a larger "
        "option pool included. Where a round has neither this nor sold, who owns what is not computed.",
    )
    sold: Bought | None = Field(
        None,
        description="Instead of pre_money: share of all shares after the round that the money buys. pre_money is then "
        "what arrives x (1 / sold - 1); where nothing arrives, the attempt has failed.",
    )
    option_pool: Pool | None = Field(
        None,
        description="Share of all shares after the round that the pool of options not granted shall have at least; it "
        "is enlarged before the new money, at the cost of those who held shares before.",
    )

    @model_validator(mode="after")
    def _one_price(self) -> Self:
        if self.pre_money is not None and self.sold is not None:
            raise mistake("a round has one price: pre_money or sold", "take one of the two out", key="sold")
        return self


class SafeRound(Round, Conversion, Invested):
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


class SecondaryRound(Round):
    """Holders sell part of their shares: the money is theirs, nothing comes to the company.

    A stake of which part is new money is this and an `equity` round in the same month: holders sell first.
    """

    instrument: Literal["secondary"]
    share: Stake = Field(
        description="Share of all shares that is sold, of what is delivered that part. All who hold shares sell alike, "
        "those of every class; options not granted are not sold. The buyer's shares stay in their classes."
    )


AnyRound = Annotated[
    EquityRound
    | SafeRound
    | NoteRound
    | DebtRound
    | GrantRound
    | AssetSaleRound
    | AcquisitionRound
    | ComputeRound
    | SecondaryRound,
    Field(discriminator="instrument"),
]
