"""Charts of a forecast: the cash fan and the probability of each clock, on one time axis.

Each draws on axes it is given and returns them; `tarmac.report.tables` holds the numbers drawn. The horizontal axis
counts month ends: 0 is the opening, 1 the end of the first month. Give the axes their place in the figure first:
labels are kept apart by measuring them.
"""

from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from tarmac.forecast import Forecast
from tarmac.money import format_share
from tarmac.months import Month
from tarmac.report.labels import (
    HALO,
    Label,
    Moment,
    label_moments,
    label_right,
    make_room,
    size_in_points,
    starts_in_words,
)
from tarmac.report.style import BAND_COLOURS, BLUE, CLOCK_COLOURS, FAINT_INK, INK, style
from tarmac.report.tables import BANDS, drawn_clocks
from tarmac.report.words import CLOCK_NAMES, bare_money, counted, end_of, in_currency

if TYPE_CHECKING:
    from matplotlib.axes import Axes

KEY_WIDTH: Final = 12.5
"""Room to the right of the axes, in ems, into which labels and the key may reach."""

_STEPS: Final = (1, 2, 3, 6, 12, 24, 60, 120, 240, 600)
_EM_PER_TICK: Final = 5.7
_EM_PER_CHARACTER: Final = 0.55
_NOTHING_LEFT: Final = "no cash left"
_FOOT: Final = 1.5
"""Room below the line of no cash for its name, in ems."""

_MOST_ABOVE: Final = 1.5
"""How far a sample path may raise the top of the fan."""

_HALF_WIDTH: Final = 0.15
"""A single month is drawn as a short bar of this half-width about its end."""


@style()
def cash_fan(forecast: Forecast, ax: "Axes") -> "Axes":
    """Cash at each month's end: the median, bands with 50, 80 and 90% of the paths, and a few single paths.

    Quantiles are taken month by month over all paths, insolvent ones as zero: no single path need follow one. Dotted
    lines show the months in which planned rounds start; rounds that wait for something are named at the right. A full
    line shows the last month in which a raise may begin, where that is known. Same numbers as `tables.cash_table`.
    """
    x = month_ends(forecast)
    for share, (low, high) in BANDS.items():
        lower, upper = (drawn(forecast.cash.quantile(percent / 100)) for percent in (low, high))
        ax.fill_between(x, lower, upper, color=BAND_COLOURS[share], linewidth=0, label=f"{share}%", zorder=1.5)
    for path in forecast.samples.T:
        ax.plot(x, drawn(path), color=INK, linewidth=_thick(0.05), alpha=0.35, zorder=1.8)
    ax.plot(x, drawn(forecast.cash.quantile(0.5)), color=BLUE, linewidth=_thick(0.2), label="median", zorder=2.5)
    _opening(forecast, ax)
    time_axis(forecast, ax)
    _money_axis(forecast, ax)
    mark_moments(forecast, ax, below=_FOOT)
    label_right(ax, _fan_labels(forecast))
    _key(forecast, ax, cut=int((forecast.samples > ax.get_ylim()[1]).any(axis=0).sum()))
    return ax


@style()
def survival_curves(forecast: Forecast, ax: "Axes") -> "Axes":
    """Probability of insolvency, of a missed bill and of lasting profit by the end of each month.

    Each line lies in the band of its 95% Monte Carlo interval, which is often no wider than the line. A first missed
    bill that is always the insolvency itself is left out, and so is lasting profit where it stays below 0.5%. Same
    numbers as `tables.survival_table`.
    """
    x = month_ends(forecast)
    labels: list[Label] = []
    for name in drawn_clocks(forecast):
        clock, colour = forecast.clocks[name], CLOCK_COLOURS[name]
        low, high = clock.interval()
        ax.fill_between(x, drawn(low), drawn(high), color=colour, alpha=0.25, linewidth=0, zorder=1.9)
        main = name == "insolvent"
        width, order = (_thick(0.2), 2.6) if main else (_thick(0.15), 2.5)
        ax.plot(x, drawn(clock.probability), color=colour, linewidth=width, label=CLOCK_NAMES[name], zorder=order)
        share = float(clock.probability[-1])
        labels.append(Label(share, f"{CLOCK_NAMES[name]} {format_share(share)}", colour))
    time_axis(forecast, ax)
    _share_axis(ax)
    _half_point(forecast, ax)
    label_right(ax, labels)
    return ax


def mark_moments(forecast: Forecast, ax: "Axes", *, below: float = 0.0) -> None:
    """Name above the data the last month to begin a raise, and planned rounds; some room `below` it, in ems."""
    origin, moments = forecast.origin, []
    if origin.begin_by is not None:
        moments.append(Moment(f"begin to raise by {end_of(forecast, origin.begin_by)}", origin.begin_by, deadline=True))
    moments += starts_in_words([(mark.name, mark.month, mark.waits_for) for mark in origin.marks])
    make_room(ax, above=label_moments(ax, moments), below=below)


def month_ends(forecast: Forecast) -> NDArray[np.float64]:
    """The places of the month ends on the time axis; one month alone is a short bar about its end."""
    if forecast.months == 1:
        return np.array([1 - _HALF_WIDTH, 1 + _HALF_WIDTH])
    return np.arange(1.0, forecast.months + 1)


def drawn(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """The values at the places of `month_ends`."""
    return np.repeat(values, 2) if len(values) == 1 else values


def _thick(ems: float) -> float:
    """A width in points that grows with the text."""
    return ems * size_in_points()


def time_axis(forecast: Forecast, ax: "Axes") -> None:
    """The months along the bottom."""
    ax.set_xlim(0, forecast.months + (2 * _HALF_WIDTH if forecast.months == 1 else 0))
    places = ticks(forecast, room=int(_width_in_ems(ax) / _EM_PER_TICK))
    ax.set_xticks(places, [end_of(forecast, place - 1) for place in places])
    ax.grid(visible=True, axis="x", alpha=0.6)


def ticks(forecast: Forecast, room: int) -> list[int]:
    """The month ends to name, at most `room` of them, counted from 1: whole quarters, half years or years."""
    return tick_places(forecast.origin.first_month, forecast.months, room=room)


def tick_places(first: Month, months: int, *, room: int) -> list[int]:
    """The same for so many months from a first one on."""
    for step in _STEPS:
        places = [place for place in range(1, months + 1) if _is_tick(first + (place - 1), step)]
        if 0 < len(places) <= max(room, 1):
            return places
    return [months]


def _is_tick(month: Month, step: int) -> bool:
    """Whether a month closes a period of `step` months, counted in calendar years."""
    return (12 * month.year + month.number) % step == 0


def _width_in_ems(ax: "Axes") -> float:
    return float(ax.get_window_extent().width) / ax.figure.dpi * 72 / size_in_points()


def _opening(forecast: Forecast, ax: "Axes") -> None:
    """The cash at the opening, its mean where it is uncertain, and the way to the first month's end."""
    opening, first = forecast.origin.opening_cash, float(forecast.cash.quantile(0.5)[0])
    ax.plot([0, month_ends(forecast)[0]], [opening, first], "--", color=BLUE, linewidth=_thick(0.09), zorder=2.4)
    ax.plot([0], [opening], "o", color=BLUE, markersize=_thick(0.42), clip_on=False, zorder=2.6)


def _money_axis(forecast: Forecast, ax: "Axes") -> None:
    """Limits from the widest band, the opening and, within reason, the sample paths; ticks such as $40M."""
    from matplotlib.ticker import FuncFormatter, MaxNLocator

    opening = forecast.origin.opening_cash
    low = float(np.nanmin([opening, *forecast.cash.quantile(0.05)]))
    high = float(np.nanmax([opening, *forecast.cash.quantile(0.95)]))
    if forecast.samples.size:
        high = max(high, min(float(np.nanmax([opening, *forecast.samples.ravel()])), _MOST_ABOVE * high))
    low, high = min(low, 0.0), high if high > 0 else 1.0
    ax.set_ylim(low, high + 0.04 * (high - low))
    currency = forecast.origin.currency
    ax.yaxis.set_major_locator(MaxNLocator(6, steps=[1, 2, 2.5, 5, 10], prune=None))
    ax.yaxis.set_major_formatter(FuncFormatter(lambda value, _: bare_money(value, currency) if value >= low else ""))
    ax.axhline(0, color=INK, linewidth=_thick(0.09), zorder=2.2)
    ax.annotate(
        _NOTHING_LEFT, (0, 0), xytext=(4, -3), textcoords="offset points", va="top", color=FAINT_INK, fontsize="small",
        bbox=HALO, zorder=1.75,
    )  # fmt: skip
    ax.set_title(f"Cash at month end{in_currency(currency)}")


def _fan_labels(forecast: Forecast) -> list[Label]:
    """What to say at the right end: the outer quantiles and the median, in words, those that coincide once."""
    last, currency = forecast.months - 1, forecast.origin.currency
    shown: list[Label] = []
    for level, words in ((0.5, "median"), (0.95, "1 in 20 above"), (0.05, "1 in 20 below")):
        value = float(forecast.cash.quantile(level)[last])
        money = bare_money(value, currency)
        if all(label.text.rpartition(" ")[2] != money for label in shown):
            shown.append(Label(value, f"{words} {money}", BLUE, bold=level == 0.5))
    return shown


def _key(forecast: Forecast, ax: "Axes", *, cut: int) -> None:
    """What the bands are, in one row above the axes, up to the right end of their labels."""
    from matplotlib.lines import Line2D
    from matplotlib.patches import Patch

    widest = max(BANDS)
    entries: list[Any] = [Line2D([], [], color=BLUE, linewidth=_thick(0.2), label="median")]
    for share in reversed(BANDS):
        label = f"{share}% of paths" if share == widest else f"{share}%"
        entries.append(Patch(color=BAND_COLOURS[share], linewidth=0, label=label))
    if forecast.samples.size:
        label = counted(forecast.samples.shape[1], "path") + (f", {cut} cut off" if cut else "")
        entries.append(Line2D([], [], color=INK, linewidth=_thick(0.05), alpha=0.6, label=label))
    ems = _width_in_ems(ax)
    ax.legend(
        handles=entries, ncols=len(entries), loc="lower right", bbox_to_anchor=(1 + KEY_WIDTH / ems, 1.0),
        fontsize="small", handlelength=1.3, handletextpad=0.5, columnspacing=1.1, borderaxespad=0.35, borderpad=0.2,
    )  # fmt: skip


def _share_axis(ax: "Axes") -> None:
    ax.set_ylim(-0.03, 1.03)
    places = [0.0, 0.25, 0.5, 0.75, 1.0]
    ax.set_yticks(places, [format_share(place) for place in places])
    ax.set_title("Probability by month end, with its 95% Monte Carlo interval")


def _half_point(forecast: Forecast, ax: "Axes") -> None:
    """The month by whose end half of the paths are insolvent."""
    half = forecast.insolvent.month(0.5)
    if half is None:
        return
    share, colour = float(forecast.insolvent.probability[half - 1]), CLOCK_COLOURS["insolvent"]
    size = _thick(0.6)
    ax.plot([half], [share], "o", color=colour, markersize=size, markeredgecolor="white", clip_on=False, zorder=3)
    text = f"{format_share(share)} insolvent by {end_of(forecast, half - 1)}"
    if half / ax.get_xlim()[1] + len(text) * _EM_PER_CHARACTER / _width_in_ems(ax) < 1:
        ax.annotate(
            text, (half, share), xytext=(8, -3), textcoords="offset points", fontsize="small", va="top", zorder=4,
            bbox=HALO,
        )  # fmt: skip
