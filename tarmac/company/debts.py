"""Money owed: loans, convertible notes, a credit line."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from tarmac.company.base import ZERO, Money, MonthField, Name, Table
from tarmac.company.ownership import Conversion
from tarmac.company.quantity import Quantity, mistake
from tarmac.uncertain import Uncertain

Interest = Annotated[Uncertain, Quantity("share", 0, 1, typical="4% to 15% a year")]


class Covenant(Table):
    """What a lender watches."""

    minimum_cash: Money | None = Field(
        None,
        description="Covenant: where cash is below this at a month's end, the lender calls all that is owed for the "
        "month after.",
    )


class LoanTerms(Covenant):
    """How a loan is repaid: interest alone at first, then equal parts of the principal and interest on the rest."""

    interest: Interest = Field(ZERO, description="Interest a year on what is owed, paid every month.")
    interest_only_months: Annotated[int, Field(ge=0, le=120)] = Field(
        0, description="Months after the money came (or the opening) in which only interest is paid."
    )
    repaid_over: Annotated[int, Field(ge=1, le=360)] = Field(36, description="Months of repayment after that.")


class NoteTerms(Conversion):
    """A convertible note: simple interest, owed until it is due or becomes shares at the next priced round."""

    interest: Interest = Field(ZERO, description="Simple interest a year, added to what is owed.")
    matures: MonthField | None = Field(
        None, description="The month in which all that is owed is due; not given: after the horizon."
    )


class Loan(LoanTerms):
    """A loan: venture debt, a bank loan, a payment plan with a vendor."""

    kind: Literal["loan"]
    name: Name = Field(description="What this loan is called.")
    principal: Money = Field(
        ZERO, description="What is owed at the opening; not given: nothing, until an event turns bills into it."
    )


class Note(NoteTerms):
    """A convertible note that is outstanding at the opening."""

    kind: Literal["note"]
    name: Name = Field(description="What this note is called.")
    principal: Money = Field(
        ZERO,
        description="What is owed at the opening, interest so far included; not given: nothing, until an event turns "
        "bills into it.",
    )


class CreditLine(Covenant):
    """A credit line: drawn where cash does not cover what is due, repaid from cash above the reserve and all covenants.

    Once its covenant is broken it is due in full and nothing more can be drawn.
    """

    kind: Literal["credit_line"]
    name: Name = Field(description="What this line is called.")
    principal: Money = Field(ZERO, description="What is drawn at the opening, at most the limit.")
    limit: Money = Field(description="The most that can be drawn.")
    interest: Interest = Field(ZERO, description="Interest a year on what is drawn, paid every month.")

    @model_validator(mode="after")
    def _drawn_within_its_limit(self) -> Self:
        same = self.principal.unit == self.limit.unit
        if same and self.principal.median() > self.limit.median():
            rule = f"what is drawn lies within the limit, {self.limit}"
            raise mistake(rule, "lower principal, or raise limit", key="principal")
        return self


AnyDebt = Annotated[Loan | Note | CreditLine, Field(discriminator="kind")]
