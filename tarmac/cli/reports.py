"""What a report is asked of, a company or a portfolio: by what is named, else by the layout."""

from tarmac import library
from tarmac.cli import portfolio_reporting, reporting
from tarmac.cli.asked import MONTHS, MONTHS_OF_MANY, AskedReport
from tarmac.cli.paging import USUAL
from tarmac.errors import InputError
from tarmac.portfolio import is_portfolio
from tarmac.report.layouts import load_layout


def run(asked: AskedReport) -> int:
    """Hand over to the report of one company or of a portfolio; the exit code."""
    return portfolio_reporting.run(asked) if of_portfolio(asked.company, asked.layout) else reporting.run(asked)


def layout_of(target: str) -> str:
    """The layout of a report unless it is said."""
    return USUAL["portfolio" if is_of_many(target, other=False) else "company"]


def months_of(target: str, layout: str) -> int:
    """How far ahead a report looks unless it is said: the same as every other command on the same."""
    return MONTHS_OF_MANY if of_portfolio(target, layout) else MONTHS


def of_portfolio(target: str, layout: str) -> bool:
    """Whether a report of a portfolio is meant; where the name says nothing, the layout does."""
    try:
        other = load_layout(layout).for_ == "portfolio"
    except InputError:
        other = False
    return is_of_many(target, other=other)


def is_of_many(target: str, *, other: bool) -> bool:
    """Whether a name stands for a portfolio; `other`: what to say where it stands for neither, or for both."""
    portfolio, company = is_portfolio(target), library.is_company(target)
    return portfolio if portfolio != company else other
