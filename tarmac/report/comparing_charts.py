"""Pictures of a comparison: the insolvency curves of all outcomes on the same axes, their cash fans on one scale.

The numbers drawn stand in `tarmac.report.comparing_tables`: `survival_overlay_table` and `fans_table`.
"""

import math
import textwrap
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from tarmac.comparing import Comparison, Outcome
from tarmac.money import format_share
from tarmac.report.charts import tick_places
from tarmac.report.comparing import answer, compare_text
from tarmac.report.figure import SIZES, keep
from tarmac.report.labels import Label, label_right
from tarmac.report.style import (
    BAND_COLOURS,
    BLACK,
    BLUE,
    FAINT_INK,
    GREEN,
    INK,
    ORANGE,
    PURPLE,
    SKY,
    VERMILLION,
    drawable,
    style,
)
from tarmac.report.tables import BANDS
from tarmac.report.words import bare_money, chance_by, counted, in_currency, short

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_COLOURS: Final = (BLUE, VERMILLION, GREEN, PURPLE, ORANGE, SKY)
_DASHES: Final[tuple[Any, ...]] = ("-", (0, (5, 1.5)), (0, (1.5, 1.2)))
"""What tells apart more outcomes than there are colours."""

_NAME_LENGTH: Final = 32
_FAN_NAME: Final = 26
_TICKS_WIDE, _TICKS_NARROW = 10, 4
_FANS_IN_A_ROW: Final = 3
_ROW_HEIGHT: Final = 2.6


def overlay(found: Comparison, ax: "Axes") -> "Axes":
    """Probability of insolvency by the end of each month, a line for each outcome in its 95% Monte Carlo band.

    The band is often no wider than the line. Same numbers as `comparing_tables.survival_overlay_table`.
    """
    x = np.arange(1, found.months + 1)
    labels = []
    for place, outcome in enumerate(found.outcomes):
        colour = BLACK if place == 0 else _COLOURS[(place - 1) % len(_COLOURS)]
        dash = _DASHES[0 if place == 0 else (place - 1) // len(_COLOURS) % len(_DASHES)]
        low, high = outcome.insolvent.interval()
        share = outcome.insolvent.probability
        ax.fill_between(x, low, high, color=colour, alpha=0.2, linewidth=0)
        marker = "o" if found.months == 1 else ""
        ax.plot(x, share, color=colour, linestyle=dash, linewidth=2.4 if place == 0 else 1.8, marker=marker)
        text = f"{drawable(short(outcome.name, _NAME_LENGTH))} {_lost(outcome)}"
        labels.append(Label(float(share[-1]), text, colour, bold=place == 0))
    _months(found, ax, room=_TICKS_WIDE)
    ax.set_ylim(-0.02, 1.02)
    ax.yaxis.set_major_formatter(lambda value, _: format_share(value))
    label_right(ax, labels)
    return ax


def small_fan(found: Comparison, outcome: Outcome, *, ax: "Axes") -> "Axes":
    """Cash at each month's end under one outcome: the median and bands with 50, 80 and 90% of the paths.

    Same numbers as `comparing_tables.fans_table`.
    """
    x = np.arange(1, found.months + 1)
    for share, (low, high) in BANDS.items():
        lower, upper = outcome.cash.quantile(low / 100), outcome.cash.quantile(high / 100)
        ax.fill_between(x, lower, upper, color=BAND_COLOURS[share], linewidth=0)
    ax.plot(x, outcome.cash.quantile(0.5), color=BLUE, linewidth=1.8, marker="o" if found.months == 1 else "")
    ax.axhline(0, color=INK, linewidth=0.8)
    ax.grid(visible=True)
    _months(found, ax, room=_TICKS_NARROW)
    ax.yaxis.set_major_formatter(lambda value, _: bare_money(value, found.currency))
    ax.set_title(drawable(f"{short(outcome.name, _FAN_NAME)}: {_lost(outcome)} insolvent"), fontsize="small")
    return ax


def _lost(outcome: Outcome) -> str:
    """The share of the paths that is insolvent by the horizon, as the table has it, without its error."""
    return f"{chance_by(outcome.insolvent, -1).partition('±')[0]}%"


def overlay_figure(found: Comparison, size: str = "slide") -> "Figure":
    """The insolvency curves of all outcomes, with the answer as the title. `size` is one of SIZES."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    form = SIZES[size]
    with style(form.font):
        figure = Figure(figsize=(form.width, form.height), dpi=form.dpi)
        FigureCanvasAgg(figure)
        top = _head(figure, found)
        em = form.font / 72
        left, right, bottom = 4.5 * em / form.width, 1 - 19 * em / form.width, 4.2 * em / form.height
        ax = figure.add_axes((left, bottom, right - left, top - bottom - 2.2 * em / form.height))
        ax.set_title("Probability of insolvency by month end, with its 95% Monte Carlo interval")
        overlay(found, ax)
        _foot(figure, _run(found))
    return figure


def fans_figure(found: Comparison, size: str = "slide") -> "Figure":
    """A cash fan for each outcome, all on one scale; the figure grows with their number. `size` is one of SIZES."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    form = SIZES[size]
    count = len(found.outcomes)
    columns = min(count, _FANS_IN_A_ROW)
    rows = math.ceil(count / columns)
    height = max(form.height, _ROW_HEIGHT * form.width / 12 * rows + 1.6)
    with style(form.font):
        figure = Figure(figsize=(form.width, height), dpi=form.dpi)
        FigureCanvasAgg(figure)
        top = _head(figure, found)
        em = form.font / 72
        grid = figure.add_gridspec(
            rows, columns, left=5 * em / form.width, right=1 - 3 * em / form.width, bottom=5.4 * em / height,
            top=top - 1.6 * em / height, hspace=0.42, wspace=0.16,
        )  # fmt: skip
        axes = grid.subplots(sharex=True, sharey=True, squeeze=False).ravel()
        for outcome, ax in zip(found.outcomes, axes, strict=False):
            small_fan(found, outcome, ax=ax)
            ax.tick_params(labelbottom=True, labelsize="small")
        for ax in axes[count:]:
            ax.set_visible(False)
        bands = "Line: median. Bands: 50, 80 and 90% of the paths, month by month, insolvent ones at zero"
        _foot(figure, f"Cash at month end{in_currency(found.currency)}. {bands}. {_run(found)}")
    return figure


def save_compared(figure: "Figure", path: Path, *, found: Comparison) -> None:
    """Keep a figure by the ending of the path, with its text alternative."""
    keep(figure, path, title=answer(found), description=compare_text(found))


def _run(found: Comparison) -> str:
    return f"{counted(found.paths, 'path')} with the same draws in every run, seed {found.seed}."


def _head(figure: "Figure", found: Comparison) -> float:
    """The answer and of whom; the height below them, as a share of the figure's."""
    import matplotlib as mpl

    em = float(mpl.rcParams["font.size"]) / 72
    width, height = figure.get_size_inches()
    room = int(width / em / 0.82)
    lines = textwrap.wrap(drawable(answer(found)), room, max_lines=3, placeholder=" ...", break_on_hyphens=False)
    figure.text(
        1.2 * em / width, 1 - 1.0 * em / height, "\n".join(lines), va="top", fontweight="bold", fontsize="large"
    )
    below = 1 - (1.2 + 1.55 * len(lines)) * em / height
    span = f"{short(found.company, 60)}: {counted(found.months, 'month')} from {found.first_month.label}"
    figure.text(1.2 * em / width, below, drawable(span), va="top", color=FAINT_INK)
    return float(below - 1.6 * em / height)


def _foot(figure: "Figure", text: str) -> None:
    import matplotlib as mpl

    em = float(mpl.rcParams["font.size"]) / 72
    width, height = figure.get_size_inches()
    lines = textwrap.wrap(drawable(text), int(width / em / 0.48))
    figure.text(
        1.2 * em / width, 0.6 * em / height, "\n".join(lines[:2]), va="bottom", fontsize="small", color=FAINT_INK
    )


def _months(found: Comparison, ax: "Axes", *, room: int) -> None:
    ax.set_xlim(0, found.months + (1 if found.months == 1 else 0))
    places = tick_places(found.first_month, found.months, room=room)
    ax.set_xticks(places, [(found.first_month + (place - 1)).label for place in places])
