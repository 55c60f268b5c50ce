"""Layouts: which parts a report shows, in which order and for whom. They stand on the shelf `reports/`."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Final, Literal, get_args

from pydantic import AfterValidator, Field

from tarmac import library
from tarmac.company import validated
from tarmac.company.base import Listed, Table
from tarmac.company.quantity import mistake
from tarmac.errors import InputError, Problem
from tarmac.report.parts import Section

OfCompany = Literal[
    "runway",
    "clocks",
    "need",
    "raise",
    "ownership",
    "scenarios",
    "levers",
    "assumptions",
    "facts",
    "definitions",
    "provenance",
]
"""What a section on a company can show."""

OfPortfolio = Literal[
    "watchlist",
    "heatmap",
    "failures",
    "reserves",
    "stress",
    "concentration",
    "correlation",
    "assumptions",
    "definitions",
    "provenance",
]
"""What a section on a portfolio can show."""

Part = Literal[OfCompany, OfPortfolio]

_OWN: Final = ("confidence", "scenarios")
"""What only the layout of a company says."""


def _template(value: str) -> str:
    if not value or Path(value).name != value:
        raise mistake("is a name on the shelf reports/, without its ending", "write template = 'report'")
    return value


Words = Annotated[str, Field(min_length=1, max_length=200)]
Text = Annotated[str, Field(min_length=1, max_length=4000)]


class Shown(Table):
    """One section of a report."""

    shows: Part = Field(description="What the section shows.")
    title: Words | None = Field(None, description="Its heading, where not the usual one.")
    words: Text | None = Field(None, description="A paragraph to stand under the heading.")


class Layout(Table):
    """What a report shows, and for whom."""

    title: Words = Field(description="What the report is called, after the company's name.")
    reader: Words = Field(description="Whom it is for, in a sentence.")
    for_: Literal["company", "portfolio"] = Field("company", alias="for", description="What it is of.")
    template: Annotated[str, AfterValidator(_template)] = Field(
        "report", description="The templates it is set in: NAME.html.jinja and NAME.md.jinja on the shelf reports/."
    )
    words: Text | None = Field(None, description="A paragraph to stand under the answer.")
    confidence: Annotated[float, Field(gt=0, lt=1)] = Field(
        0.9, description="The share of the paths that a raise is to bring to the horizon solvent."
    )
    scenarios: Annotated[tuple[Words, ...], Listed] = Field(
        (), description="Scenarios to set side by side; those that do not fit the company are left out."
    )
    section: Annotated[tuple[Shown, ...], Listed, Field(min_length=1)] = Field(description="The sections, in order.")

    def shows(self, *parts: Part) -> bool:
        """Whether it shows one of some parts."""
        return any(section.shows in parts for section in self.section)


def titled(section: Section, shown: Shown) -> Section:
    """A section under the layout's own heading and words, where it has any."""
    words = (*([shown.words] if shown.words else ()), *section.paragraphs)
    return replace(section, title=shown.title or section.title, paragraphs=words)


SHELF: Final = "reports"


def load_layout(name: str | Path) -> Layout:
    """The layout of that name on the shelf `reports/`, or in that file. InputError lists everything wrong with it."""
    found = library.find(SHELF, name)
    file = str(library.shown(found.path))
    layout = validated(Layout, library.read_toml(found.path), file=file)
    problems = [problem for name in layout.scenarios for problem in _unknown(name, file)]
    problems += _unfit(layout, file)
    if problems:
        raise InputError(problems)
    return layout


def _unfit(layout: Layout, file: str) -> Iterator[Problem]:
    """What a layout shows or says that is not of what it is for."""
    parts = get_args(OfCompany if layout.for_ == "company" else OfPortfolio)
    for place, section in enumerate(layout.section, 1):
        if section.shows not in parts:
            where, rule = f"section[{place}].shows", f"is a part of a report on a {layout.for_}"
            yield Problem(file, where, section.shows, rule, f"choose one of {', '.join(parts)}")
    for key in _OWN:
        if layout.for_ == "portfolio" and key in layout.model_fields_set:
            rule = "belongs to the layout of one company; a portfolio has its own levels and stresses"
            yield Problem(file, key, str(getattr(layout, key)), rule, "leave it out")


def _unknown(scenario: str, file: str) -> list[Problem]:
    """What is wrong with a scenario that a layout names."""
    try:
        library.load_scenario(scenario)
    except InputError as error:
        return [
            Problem(file, "scenarios", item.value, item.rule, item.remedy) if item.file == "command line" else item
            for item in error.problems
        ]
    return []
