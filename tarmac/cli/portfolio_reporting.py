"""`tarmac report PORTFOLIO --layout portfolio`: the report of many companies on one market."""

import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from tarmac import library
from tarmac.cli.asked import AskedPortfolio, AskedReport
from tarmac.cli.checking import kept
from tarmac.cli.console import safe
from tarmac.cli.portfolios import checked, worked_out
from tarmac.cli.reporting import PLAIN, Paged, files_of, formats, layout_of, missing_parts, screen
from tarmac.cli.saving import file_name
from tarmac.cli.telling import hand_over
from tarmac.errors import InputError, Problem, nearest
from tarmac.evidence import evidence_of
from tarmac.portfolio import PortfolioForecast
from tarmac.portfolio.defaults import load_defaults
from tarmac.report.portfolio_building import portfolio_report
from tarmac.report.sections.held import Origin

_PAGES: Final = ("html", "md")


def run(asked: AskedReport) -> int:
    """Check everything, work it out, print and save; the exit code."""
    wanted = as_portfolio(asked)
    problems: list[Problem] = []
    layout = kept(problems, lambda name: layout_of(name, what="portfolio"), on=asked.layout)
    problems += [*_wrong_formats(asked), *missing_parts(asked)]
    pages = [f"{_stem(asked)}.{name}" for name in formats(asked) if name in _PAGES]
    portfolio = kept(problems, lambda item: checked(item, files=pages), on=wanted)
    if layout is None or portfolio is None or problems:
        raise InputError(dict.fromkeys(problems))
    found = worked_out(wanted, portfolio)
    made = Paged(layout, portfolio_report(found, layout, origin=_origin(asked, found)), _stem(asked))
    hand_over(
        asked,
        lambda: screen(made.report, paths=found.paths, seed=found.seed),
        document=made.report.as_json,
        files=lambda: files_of(asked, made, by=PLAIN),
    )
    return 0


def as_portfolio(asked: AskedReport) -> AskedPortfolio:
    """The run of a portfolio that a report on it asks for."""
    said = asked.held
    return AskedPortfolio(
        portfolio=asked.company,
        scenarios=asked.scenarios,
        common=said.common,
        months=asked.months,
        paths=asked.paths,
        seed=asked.seed,
        currency=asked.currency,
        rates=said.rates,
        stake=said.stake,
        investor=said.investor,
        first_month=said.first_month,
        defaults=said.defaults,
        align=said.align,
        workers=said.workers,
        json=asked.json,
        out=asked.out,
        force=asked.force,
        quiet=asked.quiet,
    )


def _wrong_formats(asked: AskedReport) -> Iterator[Problem]:
    for name in formats(asked):
        if name not in PLAIN:
            rule = "is a format of a portfolio's report"
            yield Problem("command line", "format", name, rule, nearest(name, PLAIN))


def _stem(asked: AskedReport) -> str:
    path = Path(asked.company)
    name = path.resolve().name if path.is_dir() else path.name.removesuffix(path.suffix) or path.name
    return f"{file_name(name)}-{file_name(Path(asked.layout).name.removesuffix('.toml'))}"


def _origin(asked: AskedReport, found: PortfolioForecast) -> Origin:
    """How the portfolio was read; the defaults only where rows of a spreadsheet were."""
    command = _command(asked, found)
    if Path(asked.company).is_dir():
        return Origin(asked.company, command, None, {})
    defaults, _ = load_defaults(asked.held.defaults)
    text = library.read_text(library.find(library.PORTFOLIOS, asked.held.defaults).path)
    return Origin(asked.company, command, defaults, evidence_of(text))


def _command(asked: AskedReport, found: PortfolioForecast) -> str:
    """How to make the same report again."""
    said = asked.held
    words = ["tarmac", "report", asked.company]
    for option, values in {"-s": asked.scenarios, "--common": said.common, "--rate": said.rates}.items():
        words += [word for value in values for word in (option, value)]
    month = None if Path(asked.company).is_dir() else str(found.portfolio.first_month)
    given = {
        "--layout": asked.layout,
        "--months": asked.months,
        "--paths": asked.paths,
        "--seed": found.seed,
        "--currency": asked.currency,
        "--stake": said.stake,
        "--investor": said.investor,
        "--first-month": month,
        "--defaults": said.defaults if said.defaults != said.__class__().defaults else None,
    }
    words += [str(word) for option, value in given.items() if value is not None for word in (option, value)]
    return safe(shlex.join([*words, *(["--align"] if said.align else []), "--out", "."]))
