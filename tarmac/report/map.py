"""A ruin map in words, as a table and as a picture."""

import textwrap
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np

from tarmac.axes import BURN, GROWTH, TIMES, Axis
from tarmac.money import format_money, format_share
from tarmac.report.figure import SIZES, keep
from tarmac.report.labels import HALO
from tarmac.report.style import BLACK, FAINT_INK, VERMILLION, drawable, style
from tarmac.report.words import counted, percent, short
from tarmac.ruinmap import LEVEL, RuinMap

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

WIDTH: Final = 100
CONTOURS: Final = (0.1, 0.25, 0.5, 0.75, 0.9)
_ROWS, _COLUMNS = 9, 8
_LABEL, _CELL = 12, 11
_NAMES: Final = {BURN: "all costs", GROWTH: "growth a month of all revenue"}


def headline(found: RuinMap) -> str:
    """Where on the map the company stands, in one sentence without its full stop."""
    there = f"{name_of(found.x)} {amount_of(found.x, found.x.today[1])}, {name_of(found.y)} "
    there += amount_of(found.y, found.y.today[1])
    value = at_today(found)
    told = "off the map" if value is None else figure_of(found, value)
    if found.show == "need":
        what = f"money needed for {format_share(LEVEL)} to be solvent at the end of {found.end.label}"
    else:
        what = f"share of paths solvent at the end of {found.end.label}"
    return f"{short(found.company)}: {what}; today ({there}): {told}"


def at_today(found: RuinMap) -> float | None:
    """What the map shows where both numbers are as in the file (their medians); None where that is off the map."""
    places = [_place(axis) for axis in (found.y, found.x)]
    if None in places:
        return None
    value = found.grid
    for place in places:
        value = _along(value, place or 0.0)
    return float(value)


def _place(axis: Axis) -> float | None:
    """Where today stands along an axis, in cells; None where that is off it."""
    first, last, today = axis.values[0], axis.values[-1], axis.today[1]
    room = 1e-9 * (last - first)
    if not first - room <= today <= last + room:
        return None
    return float(np.clip((today - first) / (last - first), 0.0, 1.0)) * (len(axis.values) - 1)


def _along(
    values: "np.ndarray[tuple[int, ...], np.dtype[np.float64]]", place: float
) -> "np.ndarray[tuple[int, ...], np.dtype[np.float64]]":
    """The values along the first axis at a place between two of them."""
    low = min(int(place), len(values) - 2)
    share = place - low
    if share == 0:
        return np.asarray(values[low])
    return np.asarray((1 - share) * values[low] + share * values[low + 1])


def name_of(axis: Axis) -> str:
    """What an axis moves, as it stands in a sentence."""
    return _NAMES.get(axis.name, axis.name)


def amount_of(axis: Axis, value: float) -> str:
    """A value of an axis."""
    if axis.unit == TIMES:
        return f"x{value:.3g}"
    return f"{100 * value:.3g}%" if axis.unit == "%" else format_money(value, axis.unit)


def figure_of(found: RuinMap, value: float) -> str:
    """A figure of the map: a share with its Monte Carlo error, or money."""
    if found.show == "need":
        return format_money(value, found.currency) if np.isfinite(value) else "no amount is enough"
    return f"{percent(round(value * found.paths), found.paths)}%"


def map_text(found: RuinMap) -> str:
    """What a founder reads: where the company stands, the map in coarse steps, how it was made. At most 100 columns."""
    lines = textwrap.wrap(f"{headline(found)}.", WIDTH, subsequent_indent="    ")
    lines += ["", *_table(found), "", *textwrap.wrap(_notes(found), WIDTH, subsequent_indent="    ")]
    return "\n".join(lines)


def _table(found: RuinMap) -> list[str]:
    rows, columns = (_picked(len(axis.values), most) for axis, most in ((found.y, _ROWS), (found.x, _COLUMNS)))
    head = "".join(f"{amount_of(found.x, found.x.values[column]):>{_CELL}}" for column in columns)
    title = f"down: {name_of(found.y)}; across: {name_of(found.x)}"
    what = "% of the paths that survive" if found.show == "survive" else f"money needed, {format_share(LEVEL)} sure"
    body = [
        f"{amount_of(found.y, found.y.values[row]):{_LABEL}}"
        + "".join(f"{_cell(found, float(found.grid[row, column])):>{_CELL}}" for column in columns)
        for row in reversed(rows)
    ]
    return [*textwrap.wrap(f"{what}; {title}", WIDTH), f"{'':{_LABEL}}{head}", *body]


def _cell(found: RuinMap, value: float) -> str:
    if found.show == "need":
        return format_money(value, found.currency) if np.isfinite(value) else "-"
    return percent(round(value * found.paths), found.paths)


def _picked(length: int, most: int) -> list[int]:
    """Places spread over an axis, the ends among them."""
    return list(dict.fromkeys(np.linspace(0, length - 1, min(length, most)).round().astype(int).tolist()))


def _notes(found: RuinMap) -> str:
    cells = found.grid.size
    words = [f"As the file has it, uncertainty and all: {figure_of(found, found.as_it_is)}."]
    words.append("On the map both numbers are the same on every path; what is correlated with them stays as it is.")
    run = f"{int(found.simulated.sum()):,} of {cells:,} cells simulated"
    if not found.simulated.all():
        run += (
            ", the others interpolated (to a point or two)" if found.show == "survive" else ", the others interpolated"
        )
    words.append(f"{run}; {counted(found.paths, 'path')} each, the same draws, seed {found.seed}{_scenarios(found)}.")
    return " ".join([*words, "±, <, >: 95% Monte Carlo error."] if found.show == "survive" else words)


def _scenarios(found: RuinMap) -> str:
    return f", {', '.join(map(short, found.scenarios))}" if found.scenarios else ", no scenario"


def map_table(found: RuinMap) -> "pd.DataFrame":
    """The map as a long table: columns x, y, the figure (and its standard error), and whether it was simulated."""
    import pandas as pd

    rows, columns = np.indices(found.grid.shape)
    table = {
        "x": np.array(found.x.values)[columns.ravel()],
        "y": np.array(found.y.values)[rows.ravel()],
        "need" if found.show == "need" else "survives": np.where(np.isfinite(found.grid), found.grid, np.nan).ravel(),
    }
    if found.errors is not None:
        table["standard_error"] = found.errors.ravel()
    return pd.DataFrame(table | {"simulated": found.simulated.ravel()})


def ruin_chart(found: RuinMap, ax: "Axes") -> "Axes":
    """The map with lines of equal survival (or need), and where the company stands today. Numbers of `map_table`."""
    shown = np.where(np.isfinite(found.grid), found.grid, np.nan)
    top = 1.0 if found.show == "survive" else None
    image = ax.pcolormesh(
        found.x.values,
        found.y.values,
        shown,
        cmap="cividis" if top else "cividis_r",
        vmin=0,
        vmax=top,
        shading="nearest",
    )
    image.set_rasterized(True)
    _lines(found, ax)
    _today(found, ax)
    ax.set(xlabel=drawable(short(name_of(found.x), 60)), ylabel=drawable(short(name_of(found.y), 60)))
    ax.xaxis.set_major_formatter(lambda value, _: drawable(amount_of(found.x, round(value, 12))))
    ax.yaxis.set_major_formatter(lambda value, _: drawable(amount_of(found.y, round(value, 12))))
    ax.set_xlim(found.x.values[0], found.x.values[-1])
    ax.set_ylim(found.y.values[0], found.y.values[-1])
    ax.grid(visible=False)
    if (figure := ax.get_figure()) is not None:
        label = "share of paths that survive" if top else f"money needed, {format_share(LEVEL)} sure"
        bar = figure.colorbar(image, ax=ax, label=label)
        bar.ax.yaxis.set_major_formatter(
            lambda value, _: format_share(value) if top else drawable(format_money(value, found.currency))
        )
    return ax


def _lines(found: RuinMap, ax: "Axes") -> None:
    """Lines of equal figures, named."""
    finite = found.grid[np.isfinite(found.grid)]
    if found.show == "survive":
        levels = [level for level in CONTOURS if finite.min() < level < finite.max()]
    else:
        levels = np.linspace(finite.min(), finite.max(), 7)[1:-1].tolist() if len(finite) and np.ptp(finite) else []
    if levels:
        shown = np.where(np.isfinite(found.grid), found.grid, np.nan)
        lines = ax.contour(found.x.values, found.y.values, shown, levels=levels, colors="white", linewidths=1.2)
        name = format_share if found.show == "survive" else lambda value: drawable(format_money(value, found.currency))
        for text in ax.clabel(lines, fmt=name, fontsize="small", colors=BLACK):
            text.set_bbox(HALO)


def _today(found: RuinMap, ax: "Axes") -> None:
    """The company's own values: a point, and the 90% intervals of those that are uncertain."""
    (x_low, x, x_high), (y_low, y, y_high) = found.x.today, found.y.today
    line = {"color": VERMILLION, "linewidth": 1.6, "zorder": 4}
    ax.plot([x_low, x_high], [y, y], **line)  # type: ignore[arg-type]
    ax.plot([x, x], [y_low, y_high], **line)  # type: ignore[arg-type]
    ax.plot([x], [y], "o", color=VERMILLION, markeredgecolor="white", zorder=5)
    if _place(found.x) is not None and _place(found.y) is not None:
        right = x > (found.x.values[0] + found.x.values[-1]) / 2
        ax.annotate(
            "today", (x, y), (-8 if right else 8, 8), textcoords="offset points", ha="right" if right else "left",
            bbox=HALO, color=BLACK, zorder=6,
        )  # fmt: skip


def map_figure(found: RuinMap, size: str = "slide") -> "Figure":
    """The map with its answer as its title. `size` is one of SIZES."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    form = SIZES[size]
    with style(form.font):
        figure = Figure(figsize=(form.width, form.height), dpi=form.dpi, layout="constrained")
        FigureCanvasAgg(figure)
        lines = textwrap.wrap(headline(found), int(form.width * 72 / form.font / 0.68))
        figure.suptitle("\n".join(map(drawable, lines)), x=0.01, ha="left", fontweight="bold", fontsize=1.1 * form.font)
        ruin_chart(found, figure.subplots())
        notes = textwrap.wrap(_notes(found), int(form.width * 72 / form.font / 0.45))
        figure.supxlabel("\n".join(map(drawable, notes)), x=0.01, ha="left", fontsize=0.8 * form.font, color=FAINT_INK)
    return figure


def save_map(figure: "Figure", path: Path, *, found: RuinMap) -> None:
    """Keep the figure by the ending of the path, with its text alternative."""
    keep(figure, path, title=headline(found), description=f"{headline(found)}. {_notes(found)}")
