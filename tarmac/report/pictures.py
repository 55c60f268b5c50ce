"""Charts as they stand in a report: without a title of their own, wide for a page and narrow for a phone."""

import textwrap
from typing import TYPE_CHECKING, Final

from tarmac.comparing import Comparison, Outcome
from tarmac.forecast import Forecast
from tarmac.levers import Ranking
from tarmac.money import format_share
from tarmac.raising import Raise
from tarmac.report.charts import KEY_WIDTH, cash_fan, survival_curves, tick_places
from tarmac.report.comparing_charts import overlay
from tarmac.report.figure import Page, Size, blank
from tarmac.report.levers import tornado
from tarmac.report.owning import ownership_fan
from tarmac.report.raising_charts import need_curve
from tarmac.report.style import drawable, style
from tarmac.report.words import short

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

WIDE: Final = Size(920 / 72, 520 / 72, 72, 13)
"""A page: a point is a pixel."""

NARROW: Final = Size(366 / 72, 470 / 72, 72, 10)
"""A phone held upright."""

_NARROW_RIGHT: Final = 10.6
_EDGE: Final = 1.4
_ROW: Final = 2.0


def runway_picture(forecast: Forecast, form: Size) -> "Figure":
    """The cash fan above the probabilities, on one time axis."""
    narrow, figure = _is_narrow(form), blank(form)
    with style(form.font):
        page = Page(figure, form)
        above = 1.6 if narrow else 0.0
        fan, survival = page.stack([0.58, 0.42], right=_right(form), top=above)
        survival.sharex(fan)
        cash_fan(forecast, fan)
        survival_curves(forecast, survival)
        fan.tick_params(labelbottom=False)
        if narrow:
            _key_in_its_own_row(fan)
            survival.set_title("Probability by month end")
    return figure


def _key_in_its_own_row(ax: "Axes") -> None:
    """The key of a fan from edge to edge, with the title above it."""
    key = ax.get_legend()
    width = ax.get_position().width
    right = (1 - ax.get_position().x0) / width
    if key is not None:
        key.set_bbox_to_anchor((right, 1.0), transform=ax.transAxes)
        key.set_loc("lower right")
    ax.set_title(ax.get_title(loc="left"), pad=1.9 * _points(ax))


def _points(ax: "Axes") -> float:
    return float(ax.title.get_fontsize())


def need_picture(found: Raise, form: Size) -> "Figure":
    """The share of the paths that survive by the money they get."""
    figure = _shorter(form, 0.62 if _is_narrow(form) else 0.66)
    with style(form.font):
        page = Page(figure, Size(form.width, figure.get_figheight(), form.dpi, form.font))
        ax = need_curve(found, page.one((5.0, 4.2), right=_EDGE + 1.4, height=page.height - 5.2))
        ax.set_title("")
    return figure


def compared_picture(found: Comparison, form: Size) -> "Figure":
    """The insolvency curves of every outcome; on a phone their names stand in a key below."""
    narrow = _is_narrow(form)
    figure = _shorter(form, 0.95 if narrow else 0.72)
    with style(form.font):
        page = Page(figure, Size(form.width, figure.get_figheight(), form.dpi, form.font))
        bottom = 2.6 + (1.35 * len(found.outcomes) if narrow else 0)
        ax = page.one((5.0, bottom), right=_EDGE + 1.4 if narrow else 19.0, height=page.height - bottom - 1.2)
        overlay(found, ax)
        if narrow:
            _names_below(found, ax)
    return figure


def _names_below(found: Comparison, ax: "Axes") -> None:
    """The names at the right end of the curves as a key below the axes, and months that have room."""
    from matplotlib.lines import Line2D

    for text in list(ax.texts):
        text.remove()
    places = tick_places(found.first_month, found.months, room=4)
    ax.set_xticks(places, [(found.first_month + (place - 1)).label for place in places])
    handles = [
        Line2D([], [], color=line.get_color(), linestyle=line.get_linestyle(), label=drawable(_named(outcome)))
        for line, outcome in zip(ax.lines, found.outcomes, strict=True)
    ]
    ax.legend(handles=handles, loc="upper left", bbox_to_anchor=(-0.1, -0.08), fontsize="small", labelspacing=0.3)


def _named(outcome: Outcome) -> str:
    return f"{short(outcome.name, 40)} {format_share(float(outcome.insolvent.probability[-1]))}"


def levers_picture(found: Ranking, form: Size) -> "Figure":
    """A bar for each lever by survival and, where there is room, by months of solvency."""
    narrow = _is_narrow(form)
    em, rows = form.font / 72, len(found.effects)
    height = ((3.6 if narrow else _ROW) * rows + 5.5) * em
    figure = blank(Size(form.width, height, form.dpi, form.font))
    with style(form.font):
        page = Page(figure, Size(form.width, height, form.dpi, form.font))
        left = 11.5 if narrow else 21.0
        half = page.width - left - _EDGE if narrow else (page.width - left - _EDGE - 2.0) / 2
        first = page.one((left, 2.6), right=page.width - left - half, height=page.height - 5.0)
        tornado(found, first)
        if narrow:
            wrapped = [textwrap.fill(label.get_text(), 17) for label in first.get_yticklabels()]
            first.set_yticks(first.get_yticks(), wrapped, fontsize="small")
            return figure
        second = page.one((left + half + 2.0, 2.6), right=_EDGE, height=page.height - 5.0)
        tornado(found, second, what="months_solvent")
        second.set_yticks(second.get_yticks(), [""] * rows)
    return figure


def ownership_picture(forecast: Forecast, form: Size) -> "Figure":
    """The share of founders and staff by month."""
    figure = _shorter(form, 0.66)
    with style(form.font):
        page = Page(figure, Size(form.width, figure.get_figheight(), form.dpi, form.font))
        ax = page.one((5.0, 3.0), right=_right(form), height=page.height - 4.0)
        ownership_fan(forecast, ax)
        ax.set_title("")
        key = ax.get_legend()
        if _is_narrow(form) and key is not None:
            key.set_ncols(2)
    return figure


def _is_narrow(form: Size) -> bool:
    return form.width * 72 / form.font < 50


def _right(form: Size) -> float:
    return _NARROW_RIGHT if _is_narrow(form) else KEY_WIDTH + _EDGE / 2


def _shorter(form: Size, share: float) -> "Figure":
    return blank(Size(form.width, form.height * share, form.dpi, form.font))
