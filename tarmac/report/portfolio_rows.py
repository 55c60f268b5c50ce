"""Charts with a row for each company: names beside the rows, cut to their room, and months along the bottom."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from tarmac.portfolio.result import PortfolioForecast, Standing
from tarmac.report.charts import tick_places
from tarmac.report.labels import cut_to, ems_wide, size_in_points, width_of
from tarmac.report.style import drawable
from tarmac.report.words import short

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_PER_MONTH: Final = 6.0
"""Room that the name of a month takes, in ems."""

_APART, _EDGE = 0.5, 1.0
"""Ems between a name and its row, and between the longest name and the edge."""

_LONGEST: Final = 60


def name_rows(ax: "Axes", rows: Sequence[Standing]) -> None:
    """Name rows, the first on top, with as much room on the left as the names take; longer ones lose their ends.

    The axes as they are given leave the most room on the left that names may have.
    """
    em = size_in_points() / 72 * ax.figure.dpi
    ax.set_ylim(len(rows) - 0.5, -0.5)
    ax.set_yticks(range(len(rows)), [drawable(short(item.name, _LONGEST)) for item in rows], fontsize="small")
    ax.tick_params(axis="y", length=0, pad=_APART * size_in_points())
    names, room = ax.get_yticklabels(), float(ax.get_window_extent().x0)
    for name in names:
        cut_to(name, room - (_APART + _EDGE) * em)
    taken = max(map(width_of, names)) + (_APART + _EDGE) * em
    ax.set_yticks(range(len(rows)), [name.get_text() for name in names], fontsize="small")
    box, left = ax.get_position(), taken / ax.figure.bbox.width
    ax.set_position((left, box.y0, box.x1 - left, box.height))


def months_below(found: PortfolioForecast, ax: "Axes") -> None:
    """As many months along the bottom as have room."""
    places = tick_places(found.portfolio.first_month, found.months, room=max(int(ems_wide(ax) / _PER_MONTH), 1))
    ax.set_xticks(places, [found.month_label(place - 1) for place in places], fontsize="small")
    ax.grid(visible=True, axis="x", alpha=0.6)
