"""A portfolio on one page: the answer, who needs attention first, month by month, the reserve, and what it rests on."""

from pathlib import Path
from typing import TYPE_CHECKING, Final

from tarmac.portfolio.result import PortfolioForecast
from tarmac.report.figure import Page, blank, keep
from tarmac.report.paper import EDGE, GAP, SIZE, Block, Column, made_with, small_print
from tarmac.report.portfolio import (
    concentration_in_words,
    correlation_in_words,
    headline,
    portfolio_text,
    ranking_in_words,
    subtitle,
    worst_in_words,
)
from tarmac.report.portfolio_building import answer, key_figures
from tarmac.report.portfolio_charts import RESERVE, WATCH, heat_chart, reserve_chart, watch_chart
from tarmac.report.sections.held import Origin
from tarmac.report.stamp import portfolio_stamp
from tarmac.report.style import style
from tarmac.report.words import short

if TYPE_CHECKING:
    from matplotlib.figure import Figure

MOST_ROWS: Final = 14
"""Companies on the page: the most urgent."""

# Distances in ems of the body text.
_LIST, _ROW, _TICKS, _TITLE = 62.0, 1.5, 2.8, 2.2
_LEFT, _COLUMN, _LABELS, _SHADES = 5.6, 40.0, 13.0, 4.4


def write_portfolio_onepager(path: str | Path, found: PortfolioForecast, *, origin: Origin) -> Path:
    """Write the page as PDF (or PNG or SVG, by the ending): the same inputs give the same bytes.

    OSError where the file cannot be written; nothing is left half-written.
    """
    figure = portfolio_page(found, origin=origin)
    return keep(figure, path, title=headline(found), description=portfolio_text(found))


def portfolio_page(found: PortfolioForecast, *, origin: Origin) -> "Figure":
    """The page as a figure: watch list and heat map above, row by row, the reserve and what stands behind it below."""
    figure = blank(SIZE)
    with style(SIZE.font):
        page = Page(figure, SIZE)
        top = page.head(f"{short(found.portfolio.name)}: {answer(found)}", subtitle(found)) - GAP
        bottom = _foot(page, found, origin=origin) + GAP
        middle = _companies(page, found, top=top)
        low = bottom + _TICKS
        right = _COLUMN + 2 * EDGE + _LABELS
        reserve = page.one((_LEFT, low), right=right, height=middle - _TITLE - low)
        reserve_chart(found, reserve, own=found.knows_stakes)
        column = Column(page, top=middle, width=_COLUMN, bottom=bottom)
        for block in (_figures(found), _together(found)):
            column.write(block)
    return figure


def _companies(page: Page, found: PortfolioForecast, *, top: float) -> float:
    """The watch list, and beside each company its chances month by month; the height below them."""
    rows = min(len(found.standings), MOST_ROWS)
    low = top - (rows + 1) * _ROW
    watch_chart(found, page.one((EDGE, low), right=page.width - EDGE - _LIST, height=(rows + 1) * _ROW), most=rows)
    left = 2 * EDGE + _LIST
    heat = page.one((left, low), right=EDGE + _SHADES, height=rows * _ROW)
    heat_chart(found, heat, most=rows, named=False)
    return low - _TICKS


def _figures(found: PortfolioForecast) -> Block:
    return "In short", (), [f"{item.name}: {item.value} ({item.note})." for item in key_figures(found)]


def _together(found: PortfolioForecast) -> Block:
    return "Together", (), [*worst_in_words(found), *correlation_in_words(found), *concentration_in_words(found)]


def _foot(page: Page, found: PortfolioForecast, *, origin: Origin) -> float:
    """How to read the page, how the companies were read, and where it comes from; the height above it."""
    more = len(found.standings) - MOST_ROWS
    left_out = f" The {more:,} less urgent companies are not shown." if more > 0 else ""
    stamp = portfolio_stamp(found, file=origin.file, command=origin.command)
    read = " ".join(found.portfolio.notes)
    texts = [
        (f"{ranking_in_words(found)} {WATCH}{left_out} Money put in: {RESERVE} ±, <, >: 95% Monte Carlo error.", 2)
    ]
    return small_print(page, [*texts, *([(read, 2)] if read else []), (made_with(stamp), 2)])
