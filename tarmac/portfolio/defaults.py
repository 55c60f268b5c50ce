"""What a row of a spreadsheet leaves open: pieces of a company file, from the shelf, with their source and date."""

from typing import Any, Final

from pydantic import Field

from tarmac import library
from tarmac.company.base import MonthField, Name, Table
from tarmac.company.reading import validated
from tarmac.errors import InputError, Problem
from tarmac.scenario import Scenario

DEFAULTS: Final = "row-defaults"
"""The file of defaults that is used where none is named."""

Piece = dict[str, Any]


class Stage(Table):
    """What a company at some stage tries for next."""

    round: Name | None = Field(None, description="The scenario on the shelf that adds its next round.")
    months_after_last: int = Field(0, ge=0, le=120, description="Months from the last round to the next at the least.")


class Defaults(Table):
    """A file of defaults: its source and date, and pieces of a company file."""

    title: str = Field(min_length=1, max_length=200, description="A few words.")
    as_of: MonthField = Field(description="When it was written.")
    source: str = Field(min_length=1, max_length=2000, description="Where the numbers come from.")
    market: Piece = Field(default_factory=dict, description="The market driver.")
    revenue: Piece = Field(default_factory=dict, description="The line of revenue.")
    cost: Piece = Field(default_factory=dict, description="The line of costs.")
    cloud: Piece = Field(default_factory=dict, description="The line of compute; share: its part of costs.")
    price: Piece = Field(default_factory=dict, description="The price of the cloud.")
    fx: Piece = Field(default_factory=dict, description="The price of the dollar, for rows in other currencies.")
    policy: list[Piece] = Field(default_factory=list, description="What management does when.")
    stage: dict[str, Stage] = Field(description="By the stage of a company: what it raises next.")


def load_defaults(name: str = DEFAULTS) -> tuple[Defaults, dict[str, Scenario]]:
    """The defaults of that name on the shelf seeds/portfolios/, or in that file, and the scenario of each stage."""
    found = library.find(library.PORTFOLIOS, name)
    defaults = validated(Defaults, library.read_toml(found.path), file=str(found.path))
    scenarios: dict[str, Scenario] = {}
    problems: list[Problem] = []
    for stage, said in defaults.stage.items():
        if said.round is not None:
            try:
                scenarios[stage.casefold()] = library.load_scenario(said.round)
            except InputError as error:
                problems += error.problems
    if problems:
        raise InputError(dict.fromkeys(problems))
    return defaults, scenarios
