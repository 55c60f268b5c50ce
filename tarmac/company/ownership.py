"""Who owns the company at the opening, and on what terms money turns into shares later."""

from typing import Annotated, Final, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from tarmac.company.base import MOST_MONEY, Money, Name, Table
from tarmac.company.quantity import Quantity, mistake
from tarmac.uncertain import Uncertain

Valuation = Annotated[Uncertain, Quantity("money", 0, MOST_MONEY, typical="5M to 1B")]
Discount = Annotated[Uncertain, Quantity("share", 0, 1, typical="10% to 25%")]
Pool = Annotated[Uncertain, Quantity("share", 0, 1, typical="5% to 20%")]

ALL_OF_IT: Final = 1e-6
"""How far the shares of all holders may be from 100%: what is written with six digits."""


class Conversion(Table):
    """On what terms money becomes shares at the next priced round: the better of a cap and a discount."""

    cap: Valuation | None = Field(
        None,
        description="Highest valuation at which it becomes shares, counting all that were there and all that convert "
        "(a post-money cap), before the new money.",
    )
    discount: Discount | None = Field(None, description="Discount on the next priced round's price of a share.")


def _certain(share: Uncertain) -> Uncertain:
    if not share.certain:
        raise mistake("a holder's share at the opening is certain: it stands in the register", "write 0.9, or '90%'")
    return share


class Holder(Table):
    """Somebody who holds shares at the opening, or the option pool. Together the holders have 100%.

    Where none is given, all shares are common shares of one holder, "holders so far".
    """

    name: Name = Field(description="Who this is, such as 'founders'.")
    kind: Literal["common", "pool", "preferred"] = Field(
        "common",
        description="common: founders and staff. pool: options not granted yet, at most one such table; they take "
        "nothing when the company is sold. preferred: earlier investors, who have a right to their money back first.",
    )
    share: Annotated[Uncertain, Quantity("share", 0, 1, typical="10%"), AfterValidator(_certain)] = Field(
        description="Share of all shares at the opening, options and pool included (fully diluted). Certain."
    )
    invested: Money | None = Field(
        None,
        description="What preferred holders paid: when the company is sold they take this back, or their share of the "
        "proceeds if that is more.",
    )

    @model_validator(mode="after")
    def _paid_for_preference(self) -> Self:
        if self.kind == "preferred" and self.invested is None:
            raise mistake(
                "preferred holders say what they paid, which they may take back", "add invested = '2M'", key="invested"
            )
        if self.kind != "preferred" and self.invested is not None:
            raise mistake(
                "only preferred holders have a right to their money back",
                "take it out, or kind = 'preferred'",
                key="invested",
            )
        return self
