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
from tarmac.cli.reporting import PLAIN, Paged, formats, layout_of, missing_parts
from tarmac.cli.saving import Writer, file_name, refuse_existing
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
    hand_over(asked, lambda: _screen(made, found), document=made.report.as_json, files=lambda: _files(asked, made))
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


def _screen(made: Paged, found: PortfolioForecast) -> str:
    """The answer and the key figures; the rest stands in the files."""
    report = made.report
    lines = [f"{safe(report.company)}: {report.title}", report.answer]
    lines += [f"  {figure.name}: {figure.value} ({figure.note})" for figure in report.figures]
    return "\n".join([*lines, f"Run: {found.paths:,} paths, seed {found.seed}."])


def _files(asked: AskedReport, made: Paged) -> dict[str, Writer]:
    """What `--out` leaves, the page last; nothing is begun where one of the files is there already."""
    files: dict[str, Writer] = {}
    for name in sorted(formats(asked), key=_PAGES.__contains__):
        files |= PLAIN[name](made)
    if asked.out is not None:
        refuse_existing([asked.out / name for name in files], force=asked.force)
    return files
