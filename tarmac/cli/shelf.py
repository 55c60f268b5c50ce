"""`tarmac list`, `check`, `new` and `schema`: what stands on the shelves, whether it is right, and more of it."""

import json
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Final

import tomlkit

from tarmac import library
from tarmac.cli.asked import CHARTS, CHARTS_OF_MANY
from tarmac.cli.console import note, put, safe
from tarmac.cli.saving import file_name, refuse_existing, text_writer, write_all
from tarmac.company import company_from, json_schema
from tarmac.company.fights import fights
from tarmac.errors import InputError, Problem
from tarmac.library import Found
from tarmac.portfolio.defaults import load_defaults
from tarmac.report.layouts import load_layout

MISTAKE: Final = 2
_LONGEST_HEADER: Final = 1000
ENDING: Final = ".toml"


def show_shelves() -> int:
    """Print what stands on each shelf, with its title or kind and where it comes from; and the charts there are."""
    before = ""
    for shelf, ending, title in _SHELVES:
        if shelf != before:
            put(f"{shelf}:")
        there, before = library.on_shelf(shelf, ending=ending), shelf
        rows = [(safe(found.name), _described(found, title), _origin(found)) for found in there]
        width = max((len(name) for name, _, _ in rows), default=0)
        for name, words, origin in rows:
            put(f"  {name:<{width}}  {words}{origin}")
    for charts, whose in ((CHARTS, "one company"), (CHARTS_OF_MANY, "a portfolio")):
        put(f"charts of {whose} (tarmac chart):")
        for name, words in charts.items():
            put(f"  {name:<{max(map(len, charts))}}  {words}")
    return 0


def _described(found: Found, title: Callable[[Found], str]) -> str:
    try:
        return safe(title(found))
    except InputError as error:
        count = len(error.problems)
        return f"({count} {'mistake' if count == 1 else 'mistakes'}: tarmac check {safe(found.path)})"


def _model_title(found: Found) -> str:
    header = library.load(found.path).company
    return f"{header.name}: {header.story}" if header.story else header.name


def _scenario_title(found: Found) -> str:
    return library.load_scenario(found.path).title


def _layout_title(found: Found) -> str:
    layout = load_layout(found.path)
    return f"{layout.title}: {layout.reader}"


def _table_kind(found: Found) -> str:
    with found.path.open(encoding="utf-8-sig", errors="replace") as file:
        header = set(file.readline(_LONGEST_HEADER).strip().split(","))
    return next((kind for column, kind in _KINDS.items() if column in header), "no table of these: see seeds/README.md")


def _defaults_title(found: Found) -> str:
    defaults, _ = load_defaults(str(found.path))
    return f"{defaults.title} (--defaults)"


_KINDS: Final = {
    "quantity": "dated facts, to calibrate a company and judge it by",
    "month": "monthly actuals, to learn a company from",
    "as_of": "snapshots of companies and what became of them, to backtest",
    "bankrupt": "ratios of firms and which went bankrupt, to backtest",
    "net_burn": "companies of a portfolio, a row each",
}
"""What tables on the shelves are, by a column that only they have."""

_SHELVES: Final = (
    ("models", ENDING, _model_title),
    ("scenarios", ENDING, _scenario_title),
    ("reports", ENDING, _layout_title),
    ("seeds", ".csv", _table_kind),
    (library.OUTCOMES, ".csv", _table_kind),
    (library.PORTFOLIOS, ".csv", _table_kind),
    (library.PORTFOLIOS, ENDING, _defaults_title),
)


def _origin(found: Found) -> str:
    if found.shipped:
        return ""
    hidden = "; hides the shipped one of that name" if found.hides else ""
    return f"  [{safe(found.path)}{hidden}]"


def check(names: Sequence[str]) -> int:
    """Check companies, scenarios and layouts, by name or file; all mistakes of all of them."""
    problems: list[Problem] = []
    for name in names:
        try:
            put(f"{safe(name)}: ok, {_checked(name)}")
        except InputError as error:
            problems += error.problems
    if problems:
        note(str(InputError(problems)))
    return MISTAKE if problems else 0


def _checked(name: str) -> str:
    """What a file that is right turns out to be, and what is odd about it. InputError where it is not right."""
    path = _found(name).path
    document = library.read_toml(path)
    if "section" in document and "company" not in document:
        return f"the layout {safe(load_layout(path).title)}"
    if "change" in document or ("title" in document and "company" not in document):
        return f"the scenario {safe(library.load_scenario(path).title)}"
    company = library.load(path)
    return "\n  note: ".join([f"the company {safe(company.company.name)}", *map(safe, fights(company))])


def _found(name: str) -> Found:
    """The file of a model of that name, or else of a scenario or a layout."""
    try:
        return library.find("models", name)
    except InputError as error:
        others = [item for shelf in ("scenarios", "reports") for item in library.on_shelf(shelf) if item.name == name]
        if not others:
            raise InputError(list(_models_or_scenarios(error))) from None
        return others[0]


def _models_or_scenarios(error: InputError) -> Iterator[Problem]:
    for problem in error.problems:
        yield Problem(
            problem.file,
            problem.where,
            problem.value,
            "is a file, or a name on the shelves models/, scenarios/ and reports/",
            problem.remedy,
        )


def new(name: str, *, model: str, out: Path | None, force: bool, quiet: bool) -> int:
    """Copy a model under a new name, comments and all, into the working folder."""
    path = Path("models") / f"{file_name(name)}{ENDING}" if out is None else out
    source = library.find("models", model)
    library.load(source.path)
    text = _renamed(source.path.read_text(encoding="utf-8-sig"), name)
    refuse_existing([path], force=force)
    write_all(path.parent, {path.name: text_writer(text)})
    put(str(path))
    if not quiet:
        note(f"a copy of {safe(source.name)}. Next: change its numbers, then tarmac run {safe(path)}")
    return 0


def _renamed(text: str, name: str) -> str:
    """The text of a company file with another company's name in it, and without facts of the first one's.

    InputError where the name is not one a company can have.
    """
    document = tomlkit.parse(text)
    header = document["company"]
    header["name"] = name
    header.pop("facts", None)
    header.pop("posterior", None)
    renamed = tomlkit.dumps(document)
    company_from(tomlkit.parse(renamed).unwrap(), "command line")
    return renamed


def print_schema() -> int:
    """Print the JSON Schema of a company file."""
    put(json.dumps(json_schema(), indent=2, ensure_ascii=False))
    return 0
