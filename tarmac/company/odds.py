"""What moves the chance that a round closes: figures that investors look at, each against a level."""

from typing import Annotated, Self

from pydantic import Field, model_validator

from tarmac.company.base import MOST_MONEY, Table
from tarmac.company.quantity import Quantity, mistake
from tarmac.uncertain import Uncertain, parse

LogOdds = Annotated[Uncertain, Quantity("number", -5, 5, typical="-0.5 to 0.8")]
Level = Annotated[Uncertain, Quantity("money", 1, MOST_MONEY, typical="20k to 2M a month")]
GrowthLevel = Annotated[Uncertain, Quantity("rate", -1, 2, typical="3% to 15% a month")]
Multiple = Annotated[Uncertain, Quantity("number", 0, 1000, typical="1 to 3")]
MostMultiple = Annotated[Uncertain, Quantity("number", 0, 1000, typical="5 to 20")]
RunwayLevel = Annotated[Uncertain, Quantity("months", 0, 240, typical="6 to 18")]


class RevenueOdds(Table):
    """The revenue of the month, in doublings: 1 at twice the level, -1 at half of it, and never beyond 10 of them."""

    at: Level = Field(description="Monthly revenue at which the chance is as it is declared.")
    adds: LogOdds = Field(description="Log odds for every doubling of monthly revenue above the level.")


class GrowthOdds(Table):
    """How fast revenue has grown: the mean monthly rate of the last three months, from -100% to 100%.

    None, so 0%, where there was no revenue; 100% where it has come from nothing.
    """

    at: GrowthLevel = Field(description="Growth a month at which the chance is as it is declared.")
    adds: LogOdds = Field(description="Log odds for every percentage point of growth a month above the level.")


class BurnMultipleOdds(Table):
    """Net burn over net new annual recurring revenue, both of the last three months (Sacks 2020).

    Annual recurring revenue is twelve times the month's revenue. 0 where nothing is burnt; `most` where money is burnt
    and revenue has not grown.
    """

    at: Multiple = Field(description="Burn multiple at which the chance is as it is declared.")
    adds: LogOdds = Field(description="Log odds for every unit of burn multiple above the level: most often below 0.")
    most: MostMultiple = Field(parse(10), description="A larger one counts as this.")


class RunwayOdds(Table):
    """Cash over the mean net burn of the last three months, or of as many as there are."""

    at: RunwayLevel = Field(description="Months of runway at which the chance is as it is declared.")
    adds: LogOdds = Field(description="Log odds for every month of runway above the level.")
    most: RunwayLevel = Field(
        parse(36), description="A longer one counts as this, and so does that of a company that burns nothing."
    )


class Odds(Table):
    """What moves the chance of closing: for each figure a level, and the log odds that a distance from it adds.

    All are read at the end of the month before the one in which the round would close. Growth and the burn multiple
    look back on three months: before the end of the fourth month they move nothing.
    """

    revenue: RevenueOdds | None = Field(None, description="Monthly revenue.")
    growth: GrowthOdds | None = Field(None, description="Growth of revenue.")
    burn_multiple: BurnMultipleOdds | None = Field(None, description="Net burn over net new recurring revenue.")
    runway: RunwayOdds | None = Field(None, description="Months of cash left.")

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if not self.model_fields_set:
            raise mistake(
                "odds name at least one figure that moves them", "write odds = { runway = { at = 9, adds = 0.1 } }"
            )
        return self

    @property
    def of_revenue(self) -> tuple[str, ...]:
        """The figures given that need a line of revenue."""
        return tuple(key for key in ("revenue", "growth", "burn_multiple") if getattr(self, key) is not None)
