"""Charts of a portfolio as they stand in a report: wide for a page, narrow for a phone, in the colours of the page."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

import numpy as np

from tarmac.money import format_share
from tarmac.portfolio.counting import count_at, mean_count
from tarmac.portfolio.result import RESERVE_LEVELS, YEAR, PortfolioForecast, Standing
from tarmac.report.figure import Page, Size, blank
from tarmac.report.labels import Label, ems_wide, label_right, size_in_points
from tarmac.report.portfolio_charts import COLOURS, reserve_chart
from tarmac.report.portfolio_rows import months_below, name_rows
from tarmac.report.style import BAND_COLOURS, BLUE, INK, ORANGE, VERMILLION, style
from tarmac.report.words import in_currency, percent

if TYPE_CHECKING:
    from matplotlib.artist import Artist
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

MOST_ROWS: Final = 45
"""Companies in one picture, so many as fit a printed page; the tables have all."""

_EDGE, _ROW, _KEY, _TICKS = 1.2, 1.6, 2.0, 2.4
"""Distances in ems: at the edges, from row to row, of the key above, of the months below."""

_SHADES: Final = 101
_NARROW: Final = 40
"""Ems below which a chart with names beside it is one for a phone."""

_BEYOND, _LEAST = 0.03, 0.3
"""Room for the ends of open bars, of the months drawn; the shortest bar, in months."""

_RIGHT: Final = 10.8
"""Room for labels on the right, in ems."""


def runway_rows(found: PortfolioForecast, form: Size) -> "Figure":
    """Of each company the months from P10 to P90 of its insolvency, P50, and by when it must begin to raise."""
    rows = found.ranked[:MOST_ROWS]
    narrow = is_narrow(form)
    figure, page = _tall(form, rows=len(rows), key=1.6 * _KEY if narrow else _KEY)
    with style(form.font):
        ax = _rows_axes(page, rows, right=6.0, key=1.6 * _KEY if narrow else _KEY)
        months_below(found, ax)
        ax.set_xlim(0, found.months * (1 + _BEYOND))
        for line, item in enumerate(rows):
            _runway_row(found, item, ax=ax, line=line)
        _legend(ax, _runway_key(), columns=2 if narrow else 4)
        ax.annotate(
            f"by {found.month_label(min(YEAR, found.months) - 1)}", (1, 1), xycoords="axes fraction", ha="left",
            xytext=(4, 3), textcoords="offset points", fontsize="small", annotation_clip=False,
        )  # fmt: skip
    return figure


def _runway_row(found: PortfolioForecast, item: Standing, *, ax: "Axes", line: int) -> None:
    early, half, late = (item.clock.month(level) for level in (0.1, 0.5, 0.9))
    if early is not None:
        end = found.months if late is None else late
        left = min(early, found.months - _LEAST)
        ax.barh(line, max(end - left, _LEAST), left=left, height=0.5, color=BAND_COLOURS[80], zorder=2)
        if late is None:
            tip, half_high = end * (1 + _BEYOND), 0.25
            corners = ([end, tip, end], [line - half_high, line, line + half_high])
            ax.fill(*corners, color=BAND_COLOURS[80], linewidth=0, clip_on=False, zorder=2)
    if half is not None:
        ax.plot([half], [line], "o", color=BLUE, markersize=0.45 * size_in_points(), clip_on=False, zorder=3)
    deadline = item.deadline
    if deadline is not None and (deadline.begin_by is None or deadline.begin_by < found.months):
        late_already = deadline.begin_by is None
        at = 0.0 if deadline.begin_by is None else deadline.begin_by + 0.5
        ax.plot(
            [at], [line], "X" if late_already else "D", color=VERMILLION if late_already else ORANGE,
            markersize=(0.5 if late_already else 0.38) * size_in_points(), clip_on=False, zorder=4,
        )  # fmt: skip
    count = int(item.clock.counts[min(YEAR, found.months) - 1])
    ax.annotate(
        f"{percent(count, found.paths)}%", (1, line), xycoords=ax.get_yaxis_transform(), va="center",
        xytext=(0.55 * size_in_points(), 0), textcoords="offset points", fontsize="small", annotation_clip=False,
    )  # fmt: skip


def _runway_key() -> "list[Artist]":
    from matplotlib.lines import Line2D
    from matplotlib.patches import Patch

    size = 0.45 * size_in_points()

    def mark(shape: str, colour: str, *, words: str) -> Line2D:
        return Line2D([], [], marker=shape, color=colour, linestyle="none", markersize=size, label=words)

    return [
        Patch(color=BAND_COLOURS[80], label="P10 to P90 (arrow: beyond)"),
        mark("o", BLUE, words="P50"),
        mark("D", ORANGE, words="begin to raise by"),
        mark("X", VERMILLION, words="too late for 90%"),
    ]


def heat_picture(found: PortfolioForecast, form: Size) -> "Figure":
    """The probability of insolvency of each company by the end of each month: the fuller the colour, the likelier."""
    from matplotlib.colors import ListedColormap, to_rgba
    from matplotlib.patches import Patch

    rows = found.ranked[:MOST_ROWS]
    figure, page = _tall(form, rows=len(rows), key=_KEY)
    shades = [to_rgba(VERMILLION, share) for share in np.linspace(0, 1, _SHADES)]
    with style(form.font):
        ax = _rows_axes(page, rows, right=2.4, key=_KEY)
        x, y = np.arange(found.months + 1) + 0.5, np.arange(len(rows) + 1) - 0.5
        grid = np.stack([item.clock.probability for item in rows])
        ax.pcolormesh(x, y, grid, cmap=ListedColormap(shades), vmin=0, vmax=1, edgecolor="#FFFFFF", linewidth=0.4)
        ax.set_xlim(0.5, found.months + 0.5)
        months_below(found, ax)
        ax.grid(visible=False)
        steps = [0.0, 0.25, 0.5, 0.75, 1.0]
        key = [Patch(facecolor=to_rgba(VERMILLION, at), edgecolor="#5A5A5A", linewidth=0.5) for at in steps]
        _legend(ax, key, columns=len(steps), words=[format_share(at) for at in steps])
    return figure


def failures_picture(found: PortfolioForecast, form: Size) -> "Figure":
    """How many companies have failed by the end of each quarter: the mean, and at most how many on most paths."""
    from matplotlib.ticker import MaxNLocator

    figure, ax = _one(form)
    with style(form.font):
        x = [0, *(last + 1 for last in found.quarters)]
        counts = {level: [0, *(count_at(row, level) for row in found.failures)] for level in RESERVE_LEVELS}
        ax.fill_between(x, counts[RESERVE_LEVELS[0]], counts[RESERVE_LEVELS[-1]], color=BAND_COLOURS[90], linewidth=0)
        labels, em = [], size_in_points()
        for level, row in counts.items():
            ax.plot(x, row, color=COLOURS[level], marker="o", markersize=0.28 * em, linewidth=0.14 * em)
            labels.append(Label(float(row[-1]), f"{format_share(level)} of paths: {row[-1]}", COLOURS[level]))
        means = [0.0, *map(mean_count, found.failures)]
        ax.plot(x, means, "--", color=INK, linewidth=0.1 * em)
        labels.append(Label(means[-1], f"mean {means[-1]:.1f}", INK, bold=True))
        ax.set_ylim(0, max(counts[RESERVE_LEVELS[-1]][-1] * 1.08, 1))
        ax.set_xlim(0, found.months)
        ax.yaxis.set_major_locator(MaxNLocator(6, integer=True))
        months_below(found, ax)
        ax.set_title("Companies failed by quarter end")
        label_right(ax, labels)
    return figure


def together_picture(found: PortfolioForecast, form: Size) -> "Figure":
    """How likely each number of failures is by the horizon, beside what it would be if companies failed alone."""
    from matplotlib.ticker import MaxNLocator

    figure, ax = _one(form, right=_EDGE)
    with style(form.font):
        share, alone = found.failures[-1] / found.paths, found.independent
        there = np.flatnonzero((share > 5e-4) | (alone > 5e-4))
        span, em = np.arange(there[0], there[-1] + 1), size_in_points()
        ax.bar(span, share[span], color=BAND_COLOURS[50], width=0.8, label="on one market", zorder=2)
        ax.plot(span, alone[span], "o-", color=VERMILLION, markersize=0.32 * em, linewidth=0.1 * em, zorder=3)
        ax.lines[-1].set_label("if each failed alone")
        ax.yaxis.set_major_formatter(lambda value, _: format_share(value))
        ax.yaxis.set_major_locator(MaxNLocator(6, steps=[1, 2, 5, 10]))
        ax.xaxis.set_major_locator(MaxNLocator(8, integer=True))
        ax.set_ylim(0, 1.2 * float(max(share[span].max(), alone[span].max())))
        ax.set_title(f"Companies failed by {found.month_label(found.months - 1)}")
        ax.legend(loc="upper right", ncols=1 if is_narrow(form) else 2, fontsize="small")
    return figure


def reserve_picture(found: PortfolioForecast, form: Size) -> "Figure":
    """The reserve as a fan: by the investor where stakes are known, and by all investors together."""
    kinds = [True, False] if found.knows_stakes else [False]
    size = Size(form.width, form.height * (1.0 if len(kinds) > 1 else 0.62), form.dpi, form.font)
    figure = blank(size)
    with style(form.font):
        for own, ax in zip(kinds, Page(figure, size).stack([1.0] * len(kinds), right=_RIGHT), strict=True):
            reserve_chart(found, ax, own=own)
            whose = "By the investor, stake by stake" if own else "By all investors together"
            ax.set_title(f"{whose}{in_currency(found.portfolio.currency)}")
            months_below(found, ax)
        for ax in figure.axes[:-1]:
            ax.tick_params(labelbottom=False)
    return figure


def is_narrow(form: Size) -> bool:
    """Whether a size is that of a phone."""
    return form.width * 72 / form.font < 50


def _one(form: Size, *, right: float = _RIGHT) -> tuple["Figure", "Axes"]:
    """A figure with one chart in it, lower than a fan with two."""
    size = Size(form.width, form.height * 0.62, form.dpi, form.font)
    figure = blank(size)
    with style(form.font):
        (ax,) = Page(figure, size).stack([1.0], right=right)
    return figure, ax


def _tall(form: Size, *, rows: int, key: float) -> tuple["Figure", Page]:
    """A figure with room for some rows, a key above and months below."""
    height = (key + rows * _ROW + _TICKS + 0.4) * form.font / 72
    size = Size(form.width, height, form.dpi, form.font)
    figure = blank(size)
    return figure, Page(figure, size)


def _rows_axes(page: Page, rows: Sequence[Standing], *, right: float, key: float) -> "Axes":
    """A chart with a row for each company, the first on top, and as much room on the left as the names take."""
    ax = page.one((0.3 * page.width, _TICKS), right=right, height=page.height - _TICKS - key)
    name_rows(ax, rows)
    ax.tick_params(length=0)
    ax.spines[["left", "bottom"]].set_visible(False)
    return ax


def _legend(ax: "Axes", handles: "Sequence[Artist]", *, columns: int, words: list[str] | None = None) -> None:
    """A key above the axes, from their left edge on; on a phone from the edge of the picture."""
    names = {"labels": words} if words else {}
    box = ax.get_position()
    narrow = ems_wide(ax) < _NARROW
    ax.legend(
        handles=handles, loc="lower left", bbox_to_anchor=(-box.x0 / box.width if narrow else 0, 1), ncols=columns,
        fontsize="small", borderaxespad=0.2, handletextpad=0.5, columnspacing=1.2, handlelength=1.4, labelspacing=0.3,
        **names,
    )  # fmt: skip
