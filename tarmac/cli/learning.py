"""`tarmac learn`: a company file from monthly actuals, with a comment on what taught each number."""

import textwrap
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

import tomlkit
from tomlkit import TOMLDocument
from tomlkit.items import AoT, Item, Table

from tarmac import library
from tarmac.actuals import Actuals
from tarmac.cli.asked import AskedLearn
from tarmac.cli.checking import SEEDS
from tarmac.cli.console import note, put, safe
from tarmac.cli.saving import Writer, as_json, file_name, refuse_existing, text_writer, write_all
from tarmac.company import Company, company_from
from tarmac.errors import InputError, Problem, nearest, out_of_range
from tarmac.fit import year
from tarmac.learning import Entry, Learnt, Section, learn
from tarmac.money import CURRENCIES
from tarmac.report.figure import ENDINGS
from tarmac.report.learning import learnt_figure, learnt_text, save_learnt
from tarmac.streams import fresh_seed

_WIDTH: Final = 118
_CHART_PATHS: Final = 4_096


def run(asked: AskedLearn) -> int:
    """Read, learn, print and write; the exit code."""
    actuals, name, path = _checked(asked)
    found = learn(actuals, name)
    text = company_text(found)
    company = company_from(tomlkit.parse(text).unwrap(), str(path))
    seed = fresh_seed() if asked.seed is None else asked.seed
    saved = write_all(path.parent, {path.name: text_writer(text)})
    if asked.chart is not None:
        saved += write_all(asked.chart.parent, {asked.chart.name: _chart(found, company, seed=seed)})
    put(as_json({**found.as_json(), "file": str(path)}) if asked.json else learnt_text(found))
    if not asked.quiet:
        for item in saved:
            note(f"wrote {safe(item)}")
        if asked.chart is not None:
            note(f"chart: {_CHART_PATHS:,} paths, seed {seed}")
        note(f"Next: read the comments, add rounds and policies, then tarmac run {safe(path)}")
    return 0


def _checked(asked: AskedLearn) -> tuple[Actuals, str, Path]:
    """The actuals, the company's name and where its file goes; every mistake of the command line and the file."""
    problems: list[Problem] = []
    currency = asked.currency
    if currency is not None and currency not in CURRENCIES:
        rule = "is a currency's three-letter code (ISO 4217)"
        problems.append(Problem("command line", "currency", currency, rule, nearest(currency.upper(), CURRENCIES)))
        currency = None
    actuals: Actuals | None = None
    try:
        actuals = library.load_actuals(asked.file, currency=currency)
    except InputError as error:
        problems += error.problems
    name = Path(asked.file).name.removesuffix(".csv") if asked.name is None else asked.name
    path = Path("models") / f"{file_name(name)}.toml" if asked.out is None else asked.out
    problems += _about_files(asked, path)
    if asked.name is not None or actuals is not None:
        problems += _about_name(name)
    problems += out_of_range(seed=(asked.seed, *SEEDS))
    if actuals is None or problems:
        raise InputError(problems)
    return actuals, name, path


def _about_files(asked: AskedLearn, path: Path) -> list[Problem]:
    problems: list[Problem] = []
    if path.suffix != ".toml":
        problems.append(Problem("command line", "out", str(path), "a company file ends in .toml", "write NAME.toml"))
    chart = asked.chart
    if chart is not None and chart.suffix.lower().removeprefix(".") not in ENDINGS:
        rule = "a chart is a PNG, SVG or PDF, by its ending"
        problems.append(Problem("command line", "chart", str(chart), rule, "write NAME.png"))
    try:
        refuse_existing([path, *([chart] if chart else [])], force=asked.force)
    except InputError as error:
        problems += error.problems
    return problems


def _about_name(name: str) -> list[Problem]:
    header = {"name": name, "currency": "USD", "first_month": "2000-01"}
    try:
        company_from({"company": header, "cash": {"opening": 0}}, "command line")
    except InputError as error:
        return list(error.problems)
    return []


def _chart(found: Learnt, company: Company, *, seed: int) -> Writer:
    table = year(company, seed=seed, paths=_CHART_PATHS)
    figure = learnt_figure(found, table, seed=seed)
    return lambda path: save_learnt(figure, path, found=found)


def company_text(found: Learnt) -> str:
    """What was learnt as the text of a company file, every number with a comment on what taught it."""
    header, cash = tomlkit.table(), tomlkit.table()
    header.update({"name": found.name, "currency": found.currency, "first_month": str(found.first_month)})
    _put(cash, Entry("opening", _amount(found.opening), f"at the end of {found.actuals.last.label}, from the books"))
    tables = [_document("company", header), _document("cash", cash)]
    tables += [_document(item.section, _several(_table(item))) for item in found.sections]
    said = [_preface(found), (), *(section.comments for section in found.sections)]
    pieces = (_commented(lines) + tomlkit.dumps(table) for lines, table in zip(said, tables, strict=True))
    return "\n".join(pieces)


def _document(section: str, item: Item) -> TOMLDocument:
    document = tomlkit.document()
    document.append(section, item)
    return document


def _several(table: Table) -> AoT:
    """The table as one of those that may stand there several times."""
    tables = tomlkit.aot()
    tables.append(table)
    return tables


def _commented(lines: Sequence[str]) -> str:
    wrapped = [part for line in lines for part in textwrap.wrap(safe(line), _WIDTH - 2) or [""]]
    return "".join(f"# {line}\n" if line else "\n" for line in wrapped)


def _preface(found: Learnt) -> list[str]:
    actuals = found.actuals
    span = f"{len(actuals.months)} months, {actuals.first.label} to {actuals.last.label}"
    return [
        f"Learnt by tarmac learn from {Path(actuals.file).name}: {span}.",
        'Every "a to b" is a 90% interval that holds the error of estimation; "normal(a, b)" is one that is symmetric.',
        "A line goes on as it did. Rounds, events and what you would do about them are yours to add.",
        *found.notes,
        "",
    ]


def _table(section: Section) -> Table:
    table = tomlkit.table()
    for entry in section.entries:
        if entry.value is not None:
            _put(table, entry)
    return table


def _put(table: Table, entry: Entry) -> None:
    """A key with its comment behind it, or above it where the line would be long."""
    item = tomlkit.item(_plain(entry.value))
    long = len(f"{entry.key} = {item.as_string()}  # {entry.comment}") > _WIDTH
    if entry.comment and long:
        for line in textwrap.wrap(entry.comment, _WIDTH - 2):
            table.add(tomlkit.comment(line))
    table.add(entry.key, item)
    if entry.comment and not long:
        item.comment(entry.comment)


def _plain(value: object) -> object:
    if isinstance(value, Mapping):
        inline = tomlkit.inline_table()
        inline.update(value)
        return inline
    if not isinstance(value, tuple):
        return value
    array = tomlkit.array()
    array.extend([_plain(item) for item in value])
    return array.multiline(multiline=any(isinstance(item, Mapping) for item in value))


def _amount(value: float) -> int | float:
    return int(value) if value == int(value) else round(value, 2)
