"""A portfolio from a folder of company files, or from a spreadsheet with a row for each company."""

import os
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Final

from tarmac import library
from tarmac.company import Company
from tarmac.errors import InputError, Problem, nearest, printable
from tarmac.months import Month
from tarmac.portfolio.building import DOLLAR, built, unused
from tarmac.portfolio.cells import Line, Reader
from tarmac.portfolio.defaults import Defaults, load_defaults
from tarmac.portfolio.holdings import Asked, Holding, Portfolio, apart, kept, twice, under, without_stake
from tarmac.portfolio.places import Place, by_row
from tarmac.portfolio.rates import Rates, rates_of_files, rates_of_rows
from tarmac.portfolio.sheet import sheet_from
from tarmac.scenario import Scenario

_SHEETS: Final = (".csv", ".xlsx")


def portfolio_from(target: str, asked: Asked) -> Portfolio:
    """The portfolio of a folder, of a CSV or Excel file, or of a name on the shelf seeds/portfolios/.

    InputError lists every mistake of its files at once.
    """
    path = Path(target)
    found = _of_folder(path, asked) if library.is_folder(path) else _of_sheet(_sheet(target), asked)
    found = replace(found, notes=(*found.notes, *without_stake(found.holdings)))
    return under(found, asked.scenarios)


def is_portfolio(target: str) -> bool:
    """Whether a name stands for a portfolio: a folder, a spreadsheet, or one on the shelf seeds/portfolios/."""
    path = Path(target)
    known = (item.name for item in library.on_shelf(library.PORTFOLIOS, ending=".csv"))
    return library.is_folder(path) or path.suffix.casefold() in _SHEETS or target in known


def _sheet(target: str) -> Path:
    """The spreadsheet a name stands for. InputError where it stands for none."""
    path = Path(target)
    if path.suffix.casefold() in _SHEETS:
        return path
    known = {item.name: item.path for item in library.on_shelf(library.PORTFOLIOS, ending=".csv")}
    if target in known:
        return known[target]
    rule = "is a folder of company files, a CSV or .xlsx file, or a name on the shelf seeds/portfolios/"
    remedy = "save the sheet as CSV or .xlsx" if os.path.lexists(path) else nearest(target, known)
    raise InputError([Problem("command line", "portfolio", printable(target), rule, remedy)])


def _of_folder(folder: Path, asked: Asked) -> Portfolio:
    problems: list[Problem] = []
    files = sorted(path for path in folder.iterdir() if path.suffix == ".toml" and path.is_file())
    if not files:
        rule = "is a folder with company files (.toml) in it"
        raise InputError([Problem("command line", "portfolio", str(folder), rule, "choose another folder")])
    found = [kept(problems, library.load, on=path) for path in files]
    companies = [item for item in found if item is not None]
    problems += twice((Place(item.file), item.company.name) for item in companies)
    months = [(Place(item.file), item.company.first_month) for item in companies]
    problems += [] if asked.align else apart(months)
    if problems:
        raise InputError(problems)
    currency = asked.currency or companies[0].company.currency
    rates = Rates(currency, asked.rates, rates_of_files(companies, currency))
    problems += rates.problems({item.company.currency: Place(item.file) for item in reversed(companies)})
    problems += _no_such_holder(companies, asked)
    if problems:
        raise InputError(problems)
    holdings = tuple(Holding(item, _stake_in(item, asked), rates[item.company.currency]) for item in companies)
    first = min(month for _, month in months)
    if all(month == first for _, month in months):
        return Portfolio(folder.resolve().name, currency, first, holdings)
    note = "Months are counted from each company's own first month; what they share, they share from there."
    return Portfolio(folder.resolve().name, currency, first, holdings, notes=(note,), apart=True)


def _of_sheet(path: Path, asked: Asked) -> Portfolio:
    defaults, scenarios = load_defaults(asked.defaults)
    lines, first = _checked_rows(path, defaults, asked=asked)
    known, problems = rates_of_rows(lines)
    currency = asked.currency or next((code for code, rate in known.items() if rate == 1), lines[0].currency)
    rates = Rates(currency, asked.rates, known)
    problems += rates.problems({line.currency: line.row.place for line in reversed(lines)})
    problems += _no_dollar(lines, rates, scenarios=scenarios)
    if problems:
        raise InputError(problems)
    holdings = []
    for line in lines:
        dollar = rates[DOLLAR] / rates[line.currency] if DOLLAR in rates else None
        build = partial(built, first_month=first, defaults=defaults, scenario=scenarios.get(line.stage), dollar=dollar)
        company = kept(problems, build, on=line)
        if company is not None:
            holdings.append(Holding(company, asked.stake if line.stake is None else line.stake, rates[line.currency]))
    if problems:
        raise InputError(dict.fromkeys(problems))
    notes = [f'What rows do not say: "{defaults.title}", {defaults.as_of.label}, {asked.defaults}.']
    if all(line.first_month is None for line in lines):
        notes.append(f"Rows name no first month: they begin in {first.label} (--first-month).")
    notes += filter(None, map(unused, lines))
    return Portfolio(path.stem, currency, first, tuple(holdings), notes=tuple(notes))


def _checked_rows(path: Path, defaults: Defaults, *, asked: Asked) -> tuple[list[Line], Month]:
    """The rows of a sheet and the month they begin in. InputError lists everything wrong with form and cells."""
    sheet = sheet_from(path)
    readers = [Reader(row) for row in sheet.rows]
    lines = [line for reader in readers if (line := reader.line(defaults.stage)) is not None]
    problems = [*sheet.problems, *(problem for reader in readers for problem in reader.problems)]
    problems += twice((reader.row.place, reader.row.get("name")) for reader in readers)
    months = [(line.row.place, line.first_month or asked.this_month) for line in lines]
    problems += apart(months)
    problems += [problem for line in lines for problem in _too_late(line, months[0][1])]
    if problems:
        raise InputError(by_row(problems))
    return lines, months[0][1]


def _too_late(line: Line, first: Month) -> Iterator[Problem]:
    if line.last_round is not None and line.last_round >= first:
        rule = f"the last round lies before the first month, {first}"
        yield line.row.problem("last_round", rule, remedy="correct the month; cash holds what it brought")


def _no_dollar(lines: Sequence[Line], rates: Rates, *, scenarios: dict[str, Scenario]) -> Iterator[Problem]:
    """Where a next round is told in dollars, and what a dollar costs is not known."""
    abroad = [line for line in lines if line.currency != DOLLAR and line.stage in scenarios]
    if abroad and DOLLAR not in rates:
        rule = f"is known: the next round of a company at the stage {abroad[0].stage} is told in dollars"
        remedy = f"add --rate {DOLLAR}=..., in {rates.currency}"
        yield abroad[0].row.place.problem("rate", DOLLAR, rule=rule, remedy=remedy)


def _stake_in(company: Company, asked: Asked) -> float | None:
    shares = [item.share.value for item in company.holder if item.name == asked.investor]
    return shares[0] if shares else asked.stake


def _no_such_holder(companies: Sequence[Company], asked: Asked) -> Iterator[Problem]:
    names = {item.name for company in companies for item in company.holder}
    if asked.investor is not None and asked.investor not in names:
        rule = "is a [[holder]] in at least one company file"
        yield Problem("command line", "investor", asked.investor, rule, nearest(asked.investor, names))
