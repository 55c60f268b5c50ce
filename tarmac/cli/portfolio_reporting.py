"""`tarmac report PORTFOLIO`: the report of many companies on one market."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from tarmac import library
from tarmac.cli.asked import AskedPages, AskedPortfolio, AskedReport
from tarmac.cli.checking import kept
from tarmac.cli.paging import PLAIN, Paged, again, files_of, layout_of, pages_of, screen, stem, unlike_formats
from tarmac.cli.portfolios import checked, worked_out
from tarmac.cli.saving import Writer
from tarmac.cli.telling import hand_over
from tarmac.errors import InputError, Problem
from tarmac.evidence import evidence_of
from tarmac.portfolio import PortfolioForecast
from tarmac.portfolio.defaults import load_defaults
from tarmac.report.portfolio_building import portfolio_report
from tarmac.report.portfolio_onepager import write_portfolio_onepager
from tarmac.report.sections.held import Origin
from tarmac.report.workbook.portfolio import write_portfolio_workbook


@dataclass(frozen=True, slots=True)
class Made(Paged):
    """A report of a portfolio, and what it was made from."""

    found: PortfolioForecast
    origin: Origin


def run(asked: AskedReport) -> int:
    """Check everything, work it out, print and save; the exit code."""
    wanted = as_portfolio(asked)
    problems: list[Problem] = []
    layout = kept(problems, lambda name: layout_of(name, what="portfolio"), on=asked.layout)
    problems += unlike_formats(asked)
    portfolio = kept(problems, lambda item: checked(item, files=pages_of(asked)), on=wanted)
    if layout is None or portfolio is None or problems:
        raise InputError(dict.fromkeys(problems))
    found = worked_out(wanted, portfolio)
    origin = _origin(asked, found)
    made = Made(layout, portfolio_report(found, layout, origin=origin), stem(asked, asked.layout), found, origin)
    hand_over(
        asked,
        lambda: screen(made.report, paths=found.paths, seed=found.seed),
        document=made.report.as_json,
        files=lambda: files_of(asked, made, by=_FORMATS),
    )
    return 0


def as_portfolio(asked: AskedPages) -> AskedPortfolio:
    """The run of a portfolio that a report on it, or a chart of one, asks for."""
    return AskedPortfolio(
        portfolio=asked.company,
        scenarios=asked.scenarios,
        months=asked.months,
        paths=asked.paths,
        seed=asked.seed,
        currency=asked.currency,
        held=asked.held,
        means=asked.means,
        json=asked.json,
        out=asked.out,
        force=asked.force,
        quiet=asked.quiet,
    )


def _origin(asked: AskedReport, found: PortfolioForecast) -> Origin:
    """How the portfolio was read; the defaults only where rows of a spreadsheet were."""
    if Path(asked.company).is_dir():
        return Origin(asked.company, again(asked, seed=found.seed), None, {})
    held = replace(asked.held, first_month=str(found.portfolio.first_month))
    command = again(replace(asked, held=held), seed=found.seed)
    defaults, _ = load_defaults(asked.held.defaults)
    text = library.read_text(library.find(library.PORTFOLIOS, asked.held.defaults).path)
    return Origin(asked.company, command, defaults, evidence_of(text))


_FORMATS: Final[dict[str, Callable[[Made], dict[str, Writer]]]] = {
    **PLAIN,
    "xlsx": lambda made: {
        f"{made.stem}.xlsx": lambda path: write_portfolio_workbook(path, made.found, origin=made.origin)
    },
    "pdf": lambda made: {
        f"{made.stem}.pdf": lambda path: write_portfolio_onepager(path, made.found, origin=made.origin)
    },
}
"""What the report of a portfolio can be written as."""
