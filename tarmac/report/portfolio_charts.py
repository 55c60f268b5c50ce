"""Pictures of a portfolio: the watch list, insolvency by company and month, and the reserve needed as a fan.

The numbers drawn stand in `tarmac.report.portfolio`: `watch_table`, `heat_table` and `quarters_table`.
"""

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np

from tarmac.money import format_share
from tarmac.portfolio.result import RESERVE_LEVELS, PortfolioForecast
from tarmac.report.figure import SIZES, Page, blank, figure_of, keep
from tarmac.report.labels import Label, cut_to, ems_wide, label_right, size_in_points
from tarmac.report.portfolio import RAISED, headline, portfolio_text, ranking_in_words, subtitle, watch_cells
from tarmac.report.portfolio_rows import months_below, name_rows
from tarmac.report.style import BLUE, FAINT_INK, INK, ORANGE, VERMILLION, drawable, style
from tarmac.report.words import bare_money, counted, in_currency, short

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

MOST_ROWS: Final = 60
"""Companies in one picture; the tables have all."""

_ROW, _HEAD, _FOOT, _LEAST = 1.9, 8.4, 6.0, 20
"""Heights in ems: a row, what stands above all rows, what stands below, the least of a figure."""

_EDGE, _LEFT, _RIGHT, _TITLE, _GAP = 1.4, 5.6, 13.0, 1.8, 0.6
_TICKS: Final = 2.6
"""Distances in ems: of the month names below a chart, of its title above it."""

_MOST_TICKS: Final = 10
_SMALL, _WIDE = 0.833, 66
"""The text of a watch list in ems, and the width in ems below which it becomes smaller still."""

WATCH: Final = (
    "P10: one path in ten is insolvent by then. begin by, raise: 90% of paths get through with no other new money; "
    f"{RAISED}."
)
RESERVE: Final = (
    "what keeps every bill paid from a company's insolvency on, with no other new money and no further cuts."
)
"""How to read the watch list, and the money put in."""

COLOURS: Final = {0.5: BLUE, 0.9: ORANGE, 0.95: VERMILLION}
"""Of the fans, by their level."""


def watch_chart(found: PortfolioForecast, ax: "Axes", *, most: int = MOST_ROWS) -> "Axes":
    """The watch list as a table: the most urgent company first, chances of insolvency shaded. See `watch_table`."""
    rows = found.ranked[:most]
    dates = [f"by {found.month_label(month - 1)}" for month in found.horizons]
    heads = ["% insolvent", *dates, "P10", "P50", "P90", "begin by", "raise, 90%", "stake"]
    edges = np.cumsum([0, 3.1, *[1.25] * len(dates), 1.05, 1.05, 1.05, 1.05, 1.15, 0.8])
    ax.set(xlim=(0, edges[-1]), ylim=(len(rows), -1))
    ax.axis("off")
    size = _SMALL * size_in_points() * min(ems_wide(ax) / _WIDE, 1.0)
    room = ax.get_window_extent().width * (edges[1] - 0.1) / edges[-1]
    for place, head in enumerate(heads):
        left = place == 0
        at = edges[place] if left else (edges[place] + edges[place + 1]) / 2
        ax.text(at, -0.45, head, ha="left" if left else "center", va="center", fontsize=size, color=FAINT_INK)
    for line, item in enumerate(rows):
        cut_to(ax.text(0, line + 0.5, drawable(short(item.name, 60)), va="center", fontsize=size), room)
        ax.plot([0, edges[-1]], [line, line], color="#DDDDDD", linewidth=0.6, zorder=0)
        for place, cell in enumerate(watch_cells(found, item), 1):
            middle = (edges[place] + edges[place + 1]) / 2
            if place <= len(dates):
                chance = float(item.clock.probability[found.horizons[place - 1] - 1])
                width, shade = edges[place + 1] - edges[place], _shade(chance)
                ax.barh(
                    line + 0.5, width * 0.94, left=edges[place] + width * 0.03, height=0.86, color=shade, zorder=0.5
                )
            ax.text(middle, line + 0.5, cell, ha="center", va="center", fontsize=size, color=INK)
    return ax


def heat_chart(found: PortfolioForecast, ax: "Axes", *, most: int = MOST_ROWS, named: bool = True) -> "Axes":
    """The chance of insolvency of each company by the end of each month, the most urgent on top. See `heat_table`.

    `named`: with the companies' names, in the room that is left of the axes.
    """
    from matplotlib.colors import ListedColormap

    rows = found.ranked[:most]
    ax.set(xlim=(0.5, found.months + 0.5), ylim=(len(rows) - 0.5, -0.5), yticks=[])
    if named:
        name_rows(ax, rows)
    months_below(found, ax)
    grid = np.stack([item.clock.probability for item in rows])
    shades = ListedColormap([_shade(chance) for chance in np.linspace(0, 1, 101)])
    x, y = np.arange(found.months + 1) + 0.5, np.arange(len(rows) + 1) - 0.5
    image = ax.pcolormesh(x, y, grid, cmap=shades, vmin=0, vmax=1, edgecolor="white", linewidth=0.3)
    ax.tick_params(length=0)
    ax.grid(visible=False)
    key = ax.inset_axes((1.02, 0.0, 0.015, 1.0))
    bar = ax.figure.colorbar(image, cax=key, ticks=[0, 0.5, 1])
    bar.ax.yaxis.set_major_formatter(lambda value, _: format_share(value))
    bar.ax.tick_params(labelsize="small")
    ax.set_title("Probability of insolvency by month end")
    return ax


def reserve_chart(found: PortfolioForecast, ax: "Axes", *, own: bool) -> "Axes":
    """What must be put in by the end of each quarter: median, and what 90 and 95% of the paths need at most.

    `own`: by the investor, stake by stake, or by all investors. See `quarters_table`.
    """
    fan = found.reserve(own=own)
    x = [last + 1 for last in found.quarters]
    rows = {level: fan.quantile(level) for level in RESERVE_LEVELS}
    low, high = rows[RESERVE_LEVELS[0]], rows[RESERVE_LEVELS[-1]]
    ax.fill_between([0, *x], [0, *low], [0, *high], color="#D6E6F1", linewidth=0)
    labels = []
    for level, row in rows.items():
        ax.plot([0, *x], [0, *row], color=COLOURS[level], marker="o", markersize=3.5, linewidth=1.8)
        money = bare_money(float(row[-1]), found.portfolio.currency)
        labels.append(Label(float(row[-1]), f"{format_share(level)} of paths: {money}", COLOURS[level]))
    shown = found.quarters[:: -(len(x) // (_MOST_TICKS + 1) + 1)][::-1]
    ax.set_xticks([last + 1 for last in shown], [found.month_label(last) for last in shown], fontsize="small")
    ax.yaxis.set_major_formatter(lambda value, _: bare_money(value, found.portfolio.currency))
    ax.set_ylim(0, max(float(high[-1]), 1e-9) * 1.06)
    ax.set_xlim(0, found.months)
    whose = "by the investor, stake by stake" if own else "by all investors together"
    ax.set_title(f"Money put in by quarter end, {whose}{in_currency(found.portfolio.currency)}")
    label_right(ax, labels)
    return ax


def watch_figure(found: PortfolioForecast, size: str = "slide") -> "Figure":
    """The watch list with the answer as its title; the figure grows with the number of companies.

    `size` is one of `SIZES`. InputError for any other.
    """
    page, bottom, top = _paged(
        found, size, rows=min(len(found.standings), MOST_ROWS), more=f"{ranking_in_words(found)} {WATCH}"
    )
    with style(SIZES[size].font):
        watch_chart(found, page.one((_EDGE, bottom), right=_EDGE, height=top - bottom))
    return page.figure


def heat_figure(found: PortfolioForecast, size: str = "slide") -> "Figure":
    """The heat map of companies and months; the figure grows with the number of companies. `size`: as above."""
    page, bottom, top = _paged(found, size, rows=min(len(found.standings), MOST_ROWS))
    with style(SIZES[size].font):
        low = bottom + _TICKS
        heat_chart(found, page.one((0.3 * page.width, low), right=_EDGE + 4.2, height=top - _TITLE - low))
    return page.figure


def reserve_figure(found: PortfolioForecast, size: str = "slide") -> "Figure":
    """The reserve as a fan: of the investor, where stakes are known, and of all together. `size`: as above."""
    page, bottom, top = _paged(found, size, rows=0, more=f"Money put in: {RESERVE}")
    with style(SIZES[size].font):
        kinds = [True, False] if found.knows_stakes else [False]
        each = (top - bottom) / len(kinds) - _TICKS - _TITLE
        for place, own in enumerate(kinds, 1):
            low = top - place * (each + _TICKS + _TITLE) + _TICKS
            reserve_chart(found, page.one((_LEFT, low), right=_RIGHT, height=each), own=own)
    return page.figure


def _paged(found: PortfolioForecast, size: str, *, rows: int, more: str = "") -> tuple[Page, float, float]:
    """A figure with its title and note, tall enough for some rows, and the heights between which there is room."""
    _, form = figure_of(size)
    em = form.font / 72
    height = form.height if not rows else max((rows + 1) * _ROW + _HEAD + _FOOT, _LEAST) * em
    form = replace(form, height=height)
    with style(form.font):
        page = Page(blank(form), form)
        top = page.head(headline(found), subtitle(found))
        return page, page.foot(f"{_note(found, rows=bool(rows))} {more}".strip()) + _GAP, top - _GAP


def _note(found: PortfolioForecast, *, rows: bool) -> str:
    words = f"{counted(found.paths, 'path')}, seed {found.seed}."
    more = len(found.standings) - MOST_ROWS
    return f"{words} The {more} least urgent companies are not shown." if more > 0 and rows else words


def _shade(chance: float) -> tuple[float, float, float]:
    """White for none, towards vermillion for certain insolvency."""
    share = chance**0.7
    red, green, blue = (int(VERMILLION[at : at + 2], 16) / 255 for at in (1, 3, 5))
    return (1 - share * (1 - red), 1 - share * (1 - green), 1 - share * (1 - blue))


def save_portfolio(figure: "Figure", path: Path, *, found: PortfolioForecast) -> None:
    """Keep a figure by the ending of the path, with the printed answer as its text alternative."""
    keep(figure, path, title=headline(found), description=portfolio_text(found))
