"""What was learnt from a company's books, in words and as a picture: each line beside the months that taught it."""

import math
import textwrap
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np

from tarmac.learning import Entry, Learnt
from tarmac.money import format_money
from tarmac.months import Month
from tarmac.report.figure import SIZES, keep
from tarmac.report.style import BAND_COLOURS, BLUE, FAINT_INK, INK, drawable, style
from tarmac.report.words import bare_money, counted, short

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

WIDTH: Final = 100
_CELLS: Final = (12, 20, 9, 8, 7)
_MOST_TICKS: Final = 5


def learnt_text(found: Learnt) -> str:
    """What a founder reads: line by line what was learnt, from how many months, and how it is written.

    At most 100 columns.
    """
    actuals = found.actuals
    span = f"{counted(len(actuals.months), 'month')} of actuals, {actuals.first.label} to {actuals.last.label}"
    opening = format_money(found.opening, found.currency)
    lines = [f"{short(found.name)}: {span}; the file begins in {found.first_month.label} with {opening}"]
    lines += ["", _row("line", ("learnt", "estimate", "s.e.", "months"), written="written as")]
    for section in found.sections:
        column = short(section.column, _CELLS[0] - 1)
        for entry in section.entries:
            if entry.what:
                lines.append(_row(column, _cells(entry, found.currency), written=_written(entry)))
                column = ""
    lines += [""]
    for text in (*_unexplained(found), *found.notes, _ASSUMED):
        lines += textwrap.wrap(text, WIDTH, subsequent_indent="    ")
    return "\n".join(lines)


_ASSUMED: Final = (
    's.e.: standard error. "a to b" is a 90% interval that holds the error of estimation. Each line is a trend with '
    "AR(1) shocks, fitted by its exact likelihood over all persistences. Where shocks last long (persistence above "
    "0.8), the interval of growth is too narrow."
)


def _row(line: str, cells: tuple[str, ...], *, written: str) -> str:
    column, what, *numbers = _CELLS
    right = "".join(f"{cell:>{width}}" for cell, width in zip(cells[1:], numbers, strict=True))
    return f"{line:<{column}}{cells[0]:<{what}}{right}  {written}"[:WIDTH].rstrip()


def _cells(entry: Entry, currency: str) -> tuple[str, ...]:
    months = str(entry.months) if entry.months else ""
    if entry.estimate is None:
        return entry.what, "-", "-", months
    value, error = entry.estimate.value, entry.estimate.error
    return entry.what, _number(value, entry, currency=currency), _number(error, entry, currency=currency), months


def _number(value: float, entry: Entry, *, currency: str) -> str:
    if not math.isfinite(value):
        return "-"
    if entry.unit == "money":
        return bare_money(value, currency)
    return f"{value:.2f}" if entry.unit == "number" else f"{100 * value:.1f}%"


def _written(entry: Entry) -> str:
    if entry.value is None:
        return ""
    value = entry.value
    if entry.key == "hires" and isinstance(value, tuple):
        return f"hires = {len(value)} quarters with hires"
    return f"{entry.key} = {list(value) if isinstance(value, tuple) else value}"


def _unexplained(found: Learnt) -> list[str]:
    """Whether the books add up; the months that do not, the largest first."""
    books, months = found.books, found.unexplained
    if books.mean is None:
        return ["Too few months are filled in to check whether the books add up."]
    given = "receipts" if books.from_collections else "receipts that revenue explains"
    size = math.hypot(books.mean.value, books.noise)
    rule = f"opening cash + {given} + raised - payments = closing cash"
    if not books.material:
        return [f"The books add up: {rule}, give or take {format_money(size, found.currency)} a month."]
    largest = sorted(months, key=lambda month: -abs(months[month]))[:3]
    named = ", ".join(f"{month.label} {format_money(months[month], found.currency)}" for month in sorted(largest))
    text = f"Unexplained, where {rule} does not hold: {format_money(size, found.currency)} a month"
    return [f"{text} (root mean square; largest {named}). It stands in the file as a line; --json has every month."]


def learnt_table(found: Learnt, table: "pd.DataFrame") -> "pd.DataFrame":
    """What the chart draws, by month: revenue and cash of the actuals, then p5, median and p95 of the model."""
    import pandas as pd

    actuals = found.actuals
    index = pd.Index([str(month) for month in actuals.months], name="month")
    past = pd.DataFrame({name: actuals.amounts[name] for name in _DRAWN}, index=index)
    ahead = {f"{name}_{level}": table[column, level] for name, column in _DRAWN.items() for level in _LEVELS}
    return pd.concat([past, pd.DataFrame(ahead)])


_DRAWN: Final = {"revenue": "revenue earned", "cash": "cash"}
_LEVELS: Final = ("p5", "median", "p95")


def beside(table: "pd.DataFrame", ax: "Axes", *, name: str) -> "Axes":
    """One amount: the actuals as points, the model's median and 90% band after them. Same numbers as `learnt_table`."""
    x = np.arange(len(table))
    low, middle, high = (table[f"{name}_{level}"].to_numpy() for level in _LEVELS)
    ax.fill_between(x, low, high, color=BAND_COLOURS[90], linewidth=0, label="90% of the paths")
    ax.plot(x, middle, color=BLUE, label="median of the model")
    ax.plot(x, table[name].to_numpy(), "o-", color=INK, markersize=3, linewidth=1, label="actuals")
    ax.set_ylim(bottom=min(0.0, float(np.nanmin([np.nanmin(low), np.nanmin(table[name])]))))
    return ax


def learnt_figure(found: Learnt, table: "pd.DataFrame", *, seed: int) -> "Figure":
    """Revenue and cash: the actuals, and the model's next months beside them. `table` as `fit.year` makes it."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    form = SIZES["slide"]
    drawn = learnt_table(found, table)
    with style(form.font):
        figure = Figure(figsize=(form.width, form.height), dpi=form.dpi, layout="constrained")
        FigureCanvasAgg(figure)
        figure.suptitle(drawable(_title(found)), x=0.01, ha="left", fontweight="bold", fontsize=1.2 * form.font)
        for ax, name in zip(figure.subplots(1, 2), _DRAWN, strict=True):
            beside(drawn, ax, name=name)
            ax.set_title(f"{name} a month" if name == "revenue" else "cash at the month's end, of paths still solvent")
            ax.yaxis.set_major_formatter(lambda value, _: drawable(format_money(value, found.currency)))
            _time_axis(ax, drawn)
        figure.axes[0].legend(loc="upper left")
        note = f"{found.name}: learnt from {Path(found.actuals.file).name}; seed {seed}."
        figure.supxlabel(drawable(note), x=0.01, ha="left", fontsize=0.8 * form.font, color=FAINT_INK)
    return figure


def _time_axis(ax: "Axes", table: "pd.DataFrame") -> None:
    step = max(1, math.ceil(len(table) / _MOST_TICKS))
    places = range(0, len(table), step)
    ax.set_xticks(list(places), [Month.parse(str(table.index[place])).label for place in places])


def _title(found: Learnt) -> str:
    months = counted(len(found.actuals.months), "month")
    return f"{short(found.name)}: {months} of actuals, and what they say of the next twelve"


def save_learnt(figure: "Figure", path: Path, *, found: Learnt) -> None:
    """Keep the figure by the ending of the path, with its text alternative."""
    keep(figure, path, title=_title(found), description=f"{_title(found)}. Revenue and cash by month.")
