"""What stands at the head of every sheet of a portfolio, and beside every company of it."""

from collections.abc import Iterable, Sequence
from typing import Final

from tarmac.months import Month
from tarmac.portfolio.result import PortfolioForecast
from tarmac.report.portfolio import subtitle
from tarmac.report.style import VERMILLION
from tarmac.report.words import counted, short
from tarmac.report.workbook.page import Page

HEAD: Final = 4
"""The row of the heads of a sheet's first table, counted from 0."""

NAME_WIDTH: Final = 36
SHADES: Final = ("#FFFFFF", VERMILLION)
"""From no company failing to every one failing on all paths."""

Values = Sequence[str | float | Month | None]


def write_heading(page: Page, found: PortfolioForecast, *, what: str, note: str) -> None:
    """The title of a sheet, of what run it is, and a note on how to read it."""
    formats = page.formats
    page.text((0, 0), f"{what}: {short(found.portfolio.name, 80)}", look=formats.title())
    run = f"{subtitle(found)}; {counted(found.paths, 'path')}, seed {found.seed}"
    page.text((1, 0), run, look=formats(bold=True))
    page.text((2, 0), note, look=formats.note())
    page.sheet.set_column(0, 0, NAME_WIDTH)


def write_row(page: Page, row: int, *, values: Values, kinds: Iterable[str]) -> None:
    """Write the values of a row from its second column on, each of its kind."""
    for column, (value, kind) in enumerate(zip(values, kinds, strict=True), start=1):
        page.put((row, column), value, kind=kind)


def finish(page: Page, found: PortfolioForecast, *, row: int | None = HEAD, wide: int = 1) -> None:
    """Freeze the names and what stands above a row of heads, None: but for the title, and set the print up."""
    top = 3 if row is None else row + 1
    page.sheet.freeze_panes(top, 1)
    page.finish(found.portfolio.name, repeat=None if row is None else (row, row), wide=wide)
