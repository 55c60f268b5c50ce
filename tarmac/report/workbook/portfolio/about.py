"""The About sheet of a portfolio: what stands where, what words mean, what was assumed, and how to make it again."""

from collections.abc import Iterator
from typing import Final

from tarmac.portfolio.result import PortfolioForecast
from tarmac.report.parts import Sheet
from tarmac.report.sections.held import Origin, assumptions, definitions
from tarmac.report.stamp import portfolio_stamp
from tarmac.report.words import short
from tarmac.report.workbook.about import SHEET, Part, write_parts
from tarmac.report.workbook.page import Page

__all__ = ["SHEET", "write_about"]

_SHEETS: Final = (
    ("Watch list", "Companies by urgency: chances of insolvency, its dates, and the raise that gets them through."),
    ("Months", "The probability of insolvency of each company by the end of each month."),
    ("Quarters", "How many have failed by the end of each quarter, what must be put in, and charts of both."),
    ("Stresses", "How many fail under each common shock, and each company under it."),
    ("Correlation", "Which companies fail together."),
    ("Concentration", "What each driver that companies share explains of the number that fail."),
)


def write_about(page: Page, found: PortfolioForecast, *, origin: Origin) -> None:
    """Fill the sheet."""
    page.text((0, 0), f"About: {short(found.portfolio.name, 80)}", look=page.formats.title())
    page.text((1, 0), "Every sheet holds values of one Monte Carlo run.", look=page.formats.note())
    write_parts(page, _parts(found, origin))
    page.finish(found.portfolio.name)


def _parts(found: PortfolioForecast, origin: Origin) -> Iterator[Part]:
    yield "Sheets", _SHEETS
    yield "Words", definitions().terms
    assumed = assumptions(found, origin)
    told = (*assumed.paragraphs, *assumed.notes)
    yield "What is assumed", tuple((str(number), text) for number, text in enumerate(told, 1))
    for sheet in assumed.tables:
        yield sheet.title, tuple(_rows(sheet))
    stamp = portfolio_stamp(found, file=origin.file, command=origin.command, packages=("XlsxWriter",))
    yield "Where it comes from", tuple(stamp.items())


def _rows(sheet: Sheet) -> Iterator[tuple[str, str]]:
    """Each row of a table as what its first cell names, and its other cells with their heads."""
    for name, *cells in sheet.rows:
        yield name, "; ".join(f"{head}: {cell}" for head, cell in zip(sheet.heads[1:], cells, strict=True) if cell)
