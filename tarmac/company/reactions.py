"""What happens to a company, and what it does about it: events and policies."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from tarmac.company.base import Listed, Name, Table
from tarmac.company.funding import Trigger
from tarmac.company.quantity import Quantity, mistake
from tarmac.uncertain import Uncertain

Target = Annotated[str, Field(min_length=1, max_length=200)]
Rate = Annotated[Uncertain, Quantity("rate", 0, 5, typical="0.5% to 5%")]


class Effect(Table):
    """What one occurrence of an event does. Its size is drawn anew at each occurrence."""

    target: Target = Field(description="A line or a glob ('revenue.*', 'compute.aws'), or 'cash'.")
    multiply: Annotated[Uncertain, Quantity("number", 0, 100, typical="0.5 to 1.2")] | None = Field(
        None, description="The line's level is multiplied by this from that month on."
    )
    add: Annotated[Uncertain, Quantity("money", typical="-5M to 5M")] | None = Field(
        None, description="With target 'cash': money received in that month, or paid where negative."
    )
    months: Annotated[int, Field(ge=1, le=600)] | None = Field(
        None, description="Months after which the line is as before; not given: for good."
    )

    @model_validator(mode="after")
    def _one_change(self) -> Self:
        to_cash = self.target == "cash"
        if to_cash != (self.add is not None) or to_cash == (self.multiply is not None):
            raise mistake(
                "target 'cash' takes add; any other target takes multiply",
                "write { target = 'revenue.*', multiply = 0.8 }",
            )
        if to_cash and self.months is not None:
            raise mistake("an amount of cash comes once and has no months", "remove months")
        return self


class Event(Table):
    """Something that may happen in any month, more than once (Poisson)."""

    name: Name = Field(description="What happens.")
    rate: Rate = Field(description="Expected occurrences a month.")
    effect: Effect = Field(description="What each occurrence does.")


class Action(Table):
    """One thing a policy does: exactly one of cut, growth and freeze."""

    cut: Target | None = Field(
        None, description="Lines cut by the share `by`; of a team, that share of its people is laid off."
    )
    growth: Target | None = Field(
        None, description="Lines whose growth a month changes by `by` (-0.01: one point less)."
    )
    freeze: Literal["hires", "raises"] | None = Field(None, description="No more hires, or no more raises.")
    by: Annotated[Uncertain, Quantity("share", -1, 1, typical="5% to 50%")] | None = Field(
        None, description="How much."
    )

    @model_validator(mode="after")
    def _one_action(self) -> Self:
        given = [name for name in ("cut", "growth", "freeze") if getattr(self, name) is not None]
        if len(given) != 1:
            raise mistake("an action is exactly one of cut, growth and freeze", "write { cut = 'compute.*', by = 0.3 }")
        if (self.by is None) != (given == ["freeze"]):
            raise mistake(
                "cut and growth need by; freeze has none",
                "write { cut = 'compute.*', by = 0.3 } or { freeze = 'hires' }",
            )
        if self.cut is not None and self.by is not None and self.by.median() < 0:
            raise mistake("a cut takes away a share from 0 to 1", "write by = 0.3")
        return self


class Policy(Table):
    """What management does when a state is seen at a month's end."""

    name: Name = Field(description="What this policy is called.")
    when: Trigger = Field(description="The state in which it is decided.")
    after: Annotated[int, Field(ge=1, le=60)] = Field(1, description="Months until it bites; 1 is the next month.")
    do: Annotated[tuple[Action, ...], Listed, Field(min_length=1)] = Field(description="What it does.")
    once: bool = Field(True, description="Whether it is done at most once.")
    every: Annotated[int, Field(ge=1, le=60)] = Field(
        3,
        description="With once = false: least months between two decisions (never fewer than `after`); "
        "3 is the window burn is measured over.",
    )


class Correlation(Table):
    """Two drivers that move together (Gaussian copula)."""

    between: Annotated[tuple[str, str], Listed] = Field(
        description="Two drivers: uncertain numbers by key path, or monthly shocks by line ('revenue.api', 'market')."
    )
    value: Annotated[float, Field(ge=-1, le=1, strict=False)] = Field(description="Correlation of their normal scores.")
