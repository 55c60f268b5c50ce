"""What happens to a company, and what it does about it: events and policies."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from tarmac.company.base import Listed, Name, Plain, Table, Target
from tarmac.company.funding import Trigger
from tarmac.company.quantity import Quantity, ends, mistake
from tarmac.uncertain import Uncertain

Rate = Annotated[Uncertain, Quantity("rate", 0, 5, typical="0.5% to 5%")]
PartOfBills = Annotated[Uncertain, Quantity("share", 0, 1, typical="10% to 100%")]


class Effect(Table):
    """What one occurrence of an event does. Its size is drawn anew at each occurrence."""

    target: Target = Field(
        description="A line or a price by its key path ('compute.aws', 'price.gpu'), a glob ('revenue.*'), or 'cash'."
    )
    multiply: Annotated[Uncertain, Quantity("number", 0, 100, typical="0.5 to 1.2")] | None = Field(
        None, description="The line or price is multiplied by this from that month on."
    )
    add: Annotated[Uncertain, Quantity("money", typical="-5M to 5M")] | None = Field(
        None, description="With target 'cash': money received in that month, or paid where negative."
    )
    months: Annotated[int, Field(ge=1, le=600)] | None = Field(
        None, description="With multiply: months after which the line is as before; not given: for good."
    )
    forgive: PartOfBills | None = Field(
        None, description="Share of the bills past due that the target's vendors waive ('compute.aws', 'cost.*')."
    )
    turn: PartOfBills | None = Field(
        None, description="Share of the bills past due that the target's vendors turn into a debt, named by into."
    )
    into: Name | None = Field(
        None, description="With turn: name of the [[debt]], a loan or a note, whose terms then hold."
    )

    @model_validator(mode="after")
    def _one_change(self) -> Self:
        given = [name for name in ("multiply", "add", "forgive", "turn") if getattr(self, name) is not None]
        if len(given) != 1 or (self.target == "cash") != (given == ["add"]):
            raise mistake(
                "target 'cash' takes add; any other target takes one of multiply, forgive and turn",
                "write { target = 'revenue.*', multiply = 0.8 }",
            )
        if given != ["multiply"] and self.months is not None:
            raise mistake("months goes with multiply", "remove months", key="months")
        if given == ["turn"] and self.into is None:
            raise mistake("turn needs into: the debt it becomes", "add into = 'the name of a [[debt]]'", key="into")
        if given != ["turn"] and self.into is not None:
            raise mistake("into goes with turn", "remove into, or write turn = 0.5", key="into")
        return self


class Event(Table):
    """Something that may happen in any month, more than once (Poisson)."""

    name: Name = Field(description="What happens.")
    rate: Rate = Field(description="Expected occurrences a month: 2% is one in 50 months.")
    effect: Effect = Field(description="What each occurrence does.")


ACTIONS = ("cut", "increase", "growth", "freeze", "terminate", "defer")
_GOES_WITH = {"by": (("cut", "increase", "growth"), "0.3"), "months": (("defer",), "6")}
"""The keys that go with some actions and with no other, and an example of each."""


class Action(Table):
    """One thing a policy does: exactly one of cut, increase, growth, freeze, terminate and defer."""

    cut: Target | None = Field(
        None, description="Lines cut by the share in by; of a team, that share of its people is laid off."
    )
    increase: Target | None = Field(
        None, description="Lines of revenue or cost, not teams, raised by the share in by (a price rise, for instance)."
    )
    growth: Target | None = Field(
        None,
        description="Lines, not teams, whose growth a month changes by as much as by says (-0.01: one point less).",
    )
    freeze: Literal["hires", "raises"] | None = Field(None, description="No more hires, or no more raises.")
    terminate: Target | None = Field(
        None,
        description="Commitments of compute, ended at their early_termination: from then on, only use is billed.",
    )
    defer: Literal["taxes"] | None = Field(
        None, description="Taxes that fall due in the next `months` months are put off by as many months."
    )
    by: Annotated[Uncertain, Quantity("share", -1, 1, typical="5% to 50%")] | None = Field(
        None, description="With cut, increase and growth: how much; below 0 with growth alone."
    )
    months: Annotated[int, Field(ge=1, le=36)] | None = Field(None, description="With defer: for how many months.")

    @model_validator(mode="after")
    def _one_action(self) -> Self:
        given = [name for name in ACTIONS if getattr(self, name) is not None]
        if len(given) != 1:
            raise mistake(f"an action is exactly one of {', '.join(ACTIONS)}", "write { cut = 'compute.*', by = 0.3 }")
        for key, (actions, example) in _GOES_WITH.items():
            stands, belongs = getattr(self, key) is not None, given[0] in actions
            if belongs and not stands:
                raise mistake(f"{given[0]} needs {key}", f"add {key} = {example}", key=key)
            if stands and not belongs:
                raise mistake(f"{key} goes with {', '.join(actions)}, not with {given[0]}", f"remove {key}", key=key)
        if self.growth is None and self.by is not None and ends(self.by)[0] < 0:
            raise mistake(f"{given[0]} goes by a share from 0 to 100%", "write by = 0.3", key="by")
        return self


class Policy(Table):
    """What management does when a state is seen at a month's end."""

    name: Name = Field(description="What this policy is called.")
    when: Trigger = Field(description="The state in which it is decided.")
    after: Annotated[int, Field(ge=1, le=60)] = Field(1, description="Months until it bites; 1: the next month.")
    do: Annotated[tuple[Action, ...], Listed, Field(min_length=1)] = Field(description="What it does.")
    once: bool = Field(True, description="Whether it is done at most once.")
    every: Annotated[int, Field(ge=1, le=60)] = Field(
        3,
        description="With once = false: least months between two decisions (never fewer than `after`); "
        "3 is the window burn is measured over.",
    )
    approved: bool = Field(
        False, description="Whether this is approved and so likely that it counts in the going-concern view."
    )


class Correlation(Table):
    """Two drivers that move together (Gaussian copula)."""

    between: Annotated[tuple[str, str], Listed] = Field(
        description="Two drivers: uncertain numbers by key path, or monthly shocks by line ('revenue.api', 'market')."
    )
    value: Annotated[Plain, Field(ge=-1, le=1)] = Field(description="Correlation of their normal scores.")
