"""The pictures of a raise, and the tables behind them: the need curve, and what a start and an amount lead to."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from tarmac.money import format_money, format_share
from tarmac.raising import LEVELS, Raise
from tarmac.report.figure import Page, figure_of, keep
from tarmac.report.raising import answer, begin_in_words, lost_in_words, run_in_words
from tarmac.report.style import BLACK, BLUE, INK, VERMILLION, drawable, style

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_DARK: Final = 0.55
_BORDERS: Final = {0.95: ("white", 0.5), 0.9: (VERMILLION, 0.3), 0.8: (BLACK, 0.12)}
"""Levels between whose cells a line is drawn: its colour and its width in ems, the widest below."""

_LEFT, _GAP, _RIGHT, _BELOW, _ABOVE = 5.0, 8.0, 1.4, 4.2, 2.2
_CURVE: Final = 0.42


def need_table(found: Raise) -> "pd.DataFrame":
    """The need curve: index "confidence"; columns amount, low and high (95% interval), empty where no amount does."""
    import pandas as pd

    rows = {level: (found.need.amount(level), *found.need.interval(level)) for level in LEVELS}
    return pd.DataFrame.from_dict(rows, orient="index", columns=["amount", "low", "high"]).rename_axis("confidence")


def start_table(found: Raise) -> "pd.DataFrame":
    """Share of paths that survive: index "start" ("2023-01"), a column for each amount."""
    import pandas as pd

    index = pd.Index([str(found.first_month + start) for start in found.starts], name="start")
    return pd.DataFrame(
        found.survives / found.tried, index=index, columns=[f"{amount:.0f}" for amount in found.amounts]
    )


def instead_table(found: Raise) -> "pd.DataFrame":
    """What would be needed if something else were done: index "scenario" (as-it-is first), empty where none does.

    Columns amount, difference, low, high (its 95% interval, on the same draws), survives_without (a share), paths.
    """
    import pandas as pd

    rows = {
        row.name or "as-it-is": (
            row.amount,
            row.difference,
            *(row.interval or (None, None)),
            row.alone / row.paths,
            row.paths,
        )
        for row in found.alternatives
    }
    columns = ["amount", "difference", "low", "high", "survives_without", "paths"]
    return pd.DataFrame.from_dict(rows, orient="index", columns=columns).rename_axis("scenario")


@style()
def need_curve(found: Raise, ax: "Axes") -> "Axes":
    """Share of paths that survive by the money they get, in the band of its 95% Monte Carlo interval.

    Same numbers as `need_table`, at more levels.
    """
    levels = [level for level in np.linspace(0.02, 0.99, 98) if found.need.amount(level) is not None]
    rows = [(found.need.amount(level), *found.need.interval(level)) for level in levels]
    amounts, low, high = np.array(rows, float).reshape(-1, 3).T  # None, beyond what any amount does, becomes NaN
    ax.fill_betweenx(levels, low, high, color=BLUE, alpha=0.25, linewidth=0)
    ax.plot(amounts, levels, color=BLUE, linewidth=2)
    ax.set(ylim=(-0.02, 1.02), xlabel=f"money at the start of {(found.first_month + found.at).label}")
    ax.set_xlim(0, max([*amounts[np.isfinite(amounts)], 0.0]) * 1.05 or 1.0)
    if found.amount is not None:
        _mark_answer(found, ax, amount=found.amount)
    ax.set_title("Paths that survive, by money")
    _axes_in_words(found, ax)
    return ax


def _mark_answer(found: Raise, ax: "Axes", *, amount: float) -> None:
    """The amount looked for, with lines to both axes; its name stands where the curve is not."""
    ax.plot([0, amount, amount], [found.confidence, found.confidence, -0.02], ":", color=VERMILLION, linewidth=1.2)
    ax.plot([amount], [found.confidence], "o", color=VERMILLION, clip_on=False, zorder=3)
    label = drawable(f"{format_money(amount, found.currency)} for {format_share(found.confidence)}")
    side = 1 if amount < ax.get_xlim()[1] / 2 else -1
    align = "left" if side > 0 else "right"
    ax.annotate(label, (amount, 0.04), (5 * side, 0), textcoords="offset points", ha=align, color=VERMILLION)


def _axes_in_words(found: Raise, ax: "Axes") -> None:
    from matplotlib.ticker import FuncFormatter, MaxNLocator

    ax.xaxis.set_major_locator(MaxNLocator(4, steps=[1, 2, 2.5, 5, 10]))
    ax.xaxis.set_major_formatter(FuncFormatter(lambda value, _: drawable(format_money(value, found.currency))))
    shares = [0.0, 0.25, 0.5, 0.75, 1.0]
    ax.set_yticks(shares, [format_share(share) for share in shares])


@style()
def start_map(found: Raise, ax: "Axes") -> "Axes":
    """Share of paths that survive by start and amount, with borders at 80, 90, 95%. Same numbers as `start_table`."""
    share = found.survives / found.tried
    ax.imshow(share, origin="upper", aspect="auto", cmap="cividis", vmin=0, vmax=1)
    ax.set_xticks(range(len(found.amounts)), [drawable(format_money(x, found.currency)) for x in found.amounts])
    ax.set_yticks(range(len(found.starts)), [(found.first_month + start).label for start in found.starts])
    for (row, column), value in np.ndenumerate(share):
        colour = "white" if value < _DARK else INK
        ax.text(column, row, _cell(float(value)), ha="center", va="center", color=colour, fontsize="small")
    _borders(share, ax)
    ax.set(xlabel="amount, if the attempt closes", ylabel="attempt begun in")
    ax.set_title("Paths that survive")
    ax.grid(visible=False)
    return ax


def _cell(share: float) -> str:
    """A share of paths as a cell has room for it: never certain."""
    return format_share(min(max(share, 0.0001), 0.9999))


def _borders(share: NDArray[np.float64], ax: "Axes") -> None:
    """Lines between cells of which one reaches a level and the other does not, and what they mean."""
    import matplotlib as mpl
    from matplotlib.collections import LineCollection
    from matplotlib.lines import Line2D

    size, keys = float(mpl.rcParams["font.size"]), []
    for level, (colour, ems) in _BORDERS.items():
        lines = list(_edges(share >= level))
        if lines:
            ax.add_collection(LineCollection(lines, colors=colour, linewidths=ems * size, capstyle="projecting"))
            shown = "#B0B0B0" if colour == "white" else colour
            keys.append(Line2D([], [], color=shown, linewidth=ems * size, label=format_share(level)))
    if keys:
        ax.legend(
            handles=keys[::-1], ncols=len(keys), loc="lower right", bbox_to_anchor=(1.0, 1.0), fontsize="small",
            handlelength=1.3, borderaxespad=0.35, borderpad=0.2, columnspacing=1.1,
        )  # fmt: skip


def _edges(reached: NDArray[np.bool_]) -> Iterator[tuple[tuple[float, float], tuple[float, float]]]:
    """The sides that cells which have reached a level share with cells that have not, as lines from point to point."""
    for row, column in np.argwhere(reached[:, 1:] != reached[:, :-1]):
        yield (column + 0.5, row - 0.5), (column + 0.5, row + 0.5)
    for row, column in np.argwhere(reached[1:] != reached[:-1]):
        yield (column - 0.5, row + 0.5), (column + 0.5, row + 0.5)


def raise_figure(found: Raise, size: str = "slide") -> "Figure":
    """The need curve beside the map of starts and amounts, with the answer as its title. `size`: see `figure.SIZES`."""
    figure, form = figure_of(size)
    with style(form.font):
        page = Page(figure, form)
        top, bottom = page.head(answer(found), begin_in_words(found)), page.foot(run_in_words(found))
        bottom, height = bottom + _BELOW, top - _ABOVE - bottom - _BELOW
        if not found.amounts:
            need_curve(found, page.one((_LEFT, bottom), right=_RIGHT, height=height))
            return figure
        room = page.width - _LEFT - _GAP - _RIGHT
        need_curve(found, page.one((_LEFT, bottom), right=page.width - _LEFT - _CURVE * room, height=height))
        start_map(found, page.one((_LEFT + _CURVE * room + _GAP, bottom), right=_RIGHT, height=height))
    return figure


def save_raise(figure: "Figure", path: Path, *, found: Raise) -> None:
    """Keep the figure by the ending of the path, with its text alternative."""
    sentences = [answer(found), lost_in_words(found), begin_in_words(found)]
    keep(figure, path, title=answer(found), description=" ".join(f"{text}." for text in sentences if text))
