"""The chart of who owns the company: what founders and staff have by month, in bands over the paths."""

from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np

from tarmac.forecast import Forecast, Ownership
from tarmac.money import format_share
from tarmac.report.charts import KEY_WIDTH, drawn, mark_moments, month_ends, time_axis
from tarmac.report.figure import Page, figure_of, keep, of_whom
from tarmac.report.labels import Label, label_right, size_in_points
from tarmac.report.style import BAND_COLOURS, BLUE, style
from tarmac.report.tables import BANDS
from tarmac.report.text import ownership_in_words, proceeds_in_words
from tarmac.report.words import counted

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_NOTE: Final = (
    "Bands are per-month quantiles over paths that are solvent and independent in that month; they are not paths."
)


@style()
def ownership_fan(forecast: Forecast, ax: "Axes") -> "Axes":
    """The share of founders and staff at each month's end: median, and bands with 50, 80 and 90% of the paths.

    Of the paths that are solvent and independent in that month, so fewer and fewer. Where it is not known the axes
    stay empty. Same numbers as `tables.ownership_table`.
    """
    owned = forecast.ownership
    time_axis(forecast, ax)
    ax.set(ylim=(0, 1))
    ax.set_yticks(np.linspace(0, 1, 5), [format_share(share) for share in np.linspace(0, 1, 5)])
    ax.set_title("Share of founders and staff at month end, fully diluted")
    if owned is not None:
        _bands(forecast, ax, owned=owned)
        mark_moments(forecast, ax)
    return ax


def _bands(forecast: Forecast, ax: "Axes", *, owned: Ownership) -> None:
    x, fan = month_ends(forecast), owned.by_month
    for share, (low, high) in BANDS.items():
        lower, upper = (drawn(fan.quantile(percent / 100)) for percent in (low, high))
        ax.fill_between(
            x, lower, upper, color=BAND_COLOURS[share], linewidth=0, label=f"{share}% of paths", zorder=1.5, step="post"
        )
    median, wide = drawn(fan.quantile(0.5)), 0.2 * size_in_points()
    ax.step(x, median, where="post", color=BLUE, linewidth=wide, label="median", zorder=2.5)
    ax.plot([0, x[0]], [owned.opening] * 2, "--", color=BLUE, linewidth=wide / 2, zorder=2.4)
    ends = [(0.5, "median"), (0.95, "1 in 20 above"), (0.05, "1 in 20 below")]
    found = [(float(fan.quantile(level)[-1]), words) for level, words in ends]
    labels = [Label(value, f"{words} {format_share(value)}", BLUE) for value, words in found if np.isfinite(value)]
    ax.legend(loc="lower left", ncols=4, fontsize="small", handlelength=1.3, columnspacing=1.1)
    label_right(ax, list({label.text.split()[-1]: label for label in reversed(labels)}.values()))


def ownership_figure(forecast: Forecast, size: str = "slide") -> "Figure":
    """The ownership fan, with what it comes to as its title. `size` is one of `figure.SIZES`."""
    figure, form = figure_of(size)
    with style(form.font):
        page = Page(figure, form)
        ax = page.whole(page.head(_title(forecast), of_whom(forecast)), page.foot(_how(forecast)), right=KEY_WIDTH)
        ownership_fan(forecast, ax)
    return figure


def save_ownership(figure: "Figure", path: Path, *, forecast: Forecast) -> None:
    """Keep the figure by the ending of the path, with its text alternative."""
    sentences = [_title(forecast), proceeds_in_words(forecast)]
    description = " ".join(f"{text}." for text in sentences if text)
    keep(figure, path, title=_title(forecast), description=f"{description} {_how(forecast)}")


def _title(forecast: Forecast) -> str:
    return ownership_in_words(forecast) or "Who owns the company is not known, or no path is left"


def _how(forecast: Forecast) -> str:
    left = 0 if forecast.ownership is None else forecast.ownership.common.paths
    return f"{counted(forecast.paths, 'path')}, {left:,} left at the end, seed {forecast.origin.seed}. {_NOTE}"
