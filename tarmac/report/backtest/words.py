"""What the texts and pictures of all backtests have in common."""

import textwrap
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from tarmac.backtest.cases import Interval, Skill
from tarmac.money import format_share

if TYPE_CHECKING:
    from matplotlib.axes import Axes

WIDTH: Final = 100


def paragraph(text: str) -> list[str]:
    """A sentence or several in lines of at most 100 columns."""
    return textwrap.wrap(text, WIDTH, subsequent_indent="    ")


def span(interval: Sequence[float]) -> str:
    """Two shares in words: "10% to 25%"."""
    return f"{format_share(float(interval[0]))} to {format_share(float(interval[1]))}"


def skilled(item: Skill, *, decimals: int = 0) -> str:
    """A skill in percent with its interval: "19% [-52% 48%]"."""
    return "none" if item.value is None else f"{item.value:.{decimals}%}{_bounds(item.interval, decimals)}"


def _bounds(interval: Interval, decimals: int) -> str:
    return " [too few]" if interval is None else f" [{interval[0]:.{decimals}%} {interval[1]:.{decimals}%}]"


def in_percent(value: float, _: float | None = None) -> str:
    """A share as a tick on an axis, whatever rounding has left on it."""
    return format_share(round(value, 6))


def shares_on_both(ax: "Axes") -> None:
    """Both axes from 0 to 100%."""
    ax.set(xlim=(-0.03, 1.03), ylim=(-0.03, 1.03))
    for axis in (ax.xaxis, ax.yaxis):
        axis.set_major_formatter(in_percent)
