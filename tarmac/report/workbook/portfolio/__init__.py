"""The workbook of a portfolio: who needs attention first, what fails together, what to hold in reserve, as values."""

from collections.abc import Callable
from typing import Final

from tarmac.portfolio.result import PortfolioForecast
from tarmac.report.sections.held import Origin
from tarmac.report.words import short
from tarmac.report.workbook.book import Target, pages_of
from tarmac.report.workbook.page import Page
from tarmac.report.workbook.portfolio import about
from tarmac.report.workbook.portfolio.drivers import write_concentration, write_correlation
from tarmac.report.workbook.portfolio.quarters import write_quarters
from tarmac.report.workbook.portfolio.stresses import write_stresses
from tarmac.report.workbook.portfolio.watching import write_months, write_watch_list

SHEETS: Final[dict[str, Callable[[Page, PortfolioForecast], None]]] = {
    "Watch list": write_watch_list,
    "Months": write_months,
    "Quarters": write_quarters,
    "Stresses": write_stresses,
    "Correlation": write_correlation,
    "Concentration": write_concentration,
}
"""What fills each sheet, but for About, which also says where the portfolio comes from."""


def write_portfolio_workbook(target: Target, found: PortfolioForecast, *, origin: Origin) -> None:
    """Write the workbook of a portfolio to a path or a binary file: the same inputs give the same bytes.

    Every sheet holds values, in the portfolio's currency. OSError where the file cannot be written.
    """
    title = f"Portfolio {short(found.portfolio.name, 200)}"
    with pages_of(target, [*SHEETS, about.SHEET], title=title) as pages:
        for name, write in SHEETS.items():
            write(pages[name], found)
        about.write_about(pages[about.SHEET], found, origin=origin)
