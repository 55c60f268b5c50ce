"""Labels that stand beside what they name and keep out of each other's way."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from tarmac.report.style import FAINT_INK, VERMILLION, drawable, measurable
from tarmac.report.words import short

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.text import Text

_LINE: Final = 1.3
"""Height of a line of text, in ems."""

_MOST_ROWS: Final = 4
_LONGEST_NAME: Final = 28

HALO: Final = {"boxstyle": "round,pad=0.1", "facecolor": "white", "edgecolor": "none", "alpha": 0.8}
"""What stands behind a text inside the axes, so that it can be read over lines."""


@dataclass(frozen=True, slots=True)
class Label:
    """A text to stand to the right of the axes at a height given in the data's units."""

    height: float
    text: str
    colour: str
    bold: bool = False


def size_in_points() -> float:
    """The size of body text in force."""
    import matplotlib as mpl

    return float(mpl.rcParams["font.size"])


def ems_wide(ax: "Axes") -> float:
    """How wide a chart is, in ems of the body text."""
    return float(ax.get_window_extent().width) / ax.figure.dpi * 72 / size_in_points()


def label_right(ax: "Axes", labels: Sequence[Label]) -> None:
    """Write labels to the right of the axes, each as near to its height as its neighbours allow."""
    pixels_per_point = ax.figure.dpi / 72
    gap = _LINE * size_in_points() * pixels_per_point
    ordered = sorted(labels, key=lambda label: label.height)
    wanted = [float(ax.transData.transform((0.0, label.height))[1]) for label in ordered]
    box = ax.get_window_extent()
    for label, at, place in zip(ordered, wanted, spread(wanted, gap, limits=(box.y0, box.y1 - gap / 2)), strict=True):
        ax.annotate(
            label.text, (1.0, label.height), xycoords=ax.get_yaxis_transform(), textcoords="offset points",
            xytext=(7, (place - at) / pixels_per_point), va="center", color=label.colour, annotation_clip=False,
            fontweight="bold" if label.bold else "normal", fontsize="small",
        )  # fmt: skip


def spread(wanted: Sequence[float], gap: float, *, limits: tuple[float, float]) -> list[float]:
    """Places in ascending order, at least `gap` apart, within limits if they fit, and near those wanted.

    >>> spread([0.0, 0.0, 5.0], 1.0, limits=(0.0, 5.0))
    [0.0, 1.0, 5.0]
    """
    low, high = limits
    places: list[float] = []
    for place in wanted:
        places.append(max(place, places[-1] + gap if places else low))
    ceiling = high
    for index in reversed(range(len(places))):
        places[index] = min(places[index], ceiling)
        ceiling = places[index] - gap
    return places


@dataclass(frozen=True, slots=True)
class Moment:
    """Something to be named above the data: at a month index counted from 0, or, without one, at the right end.

    `deadline`: drawn as a full line in a colour of its own; other moments are dotted.
    """

    text: str
    month: int | None
    deadline: bool = False


def starts_in_words(starts: Sequence[tuple[str, int | None, str]]) -> list[Moment]:
    """What starts when, by month, then what waits for something: of each its name, its month, what it waits for."""
    months = sorted({month for _, month, _ in starts if month is not None})
    found = [_starting(month, [name for name, start, _ in starts if start == month]) for month in months]
    waiting = [(name, words) for name, month, words in starts if month is None and words]
    return found + [Moment(f"{short(name, _LONGEST_NAME)}: when {short(words, 40)}", None) for name, words in waiting]


def _starting(month: int, names: list[str]) -> Moment:
    shown = ", ".join(short(name, _LONGEST_NAME) for name in names[:2])
    more = f" and {len(names) - 2} more" if len(names) > 2 else ""
    return Moment(f"{shown}{more} {'starts' if len(names) == 1 else 'start'}", month)


def label_moments(ax: "Axes", moments: Sequence[Moment]) -> float:
    """Name moments in rows above the data, with a line in the middle of the month of each that has one.

    Those outside the axes are left out. The room they need above the data, in ems.
    """
    within = ax.get_xlim()[1]
    shown = [moment for moment in moments if moment.month is None or 0 <= moment.month < within]
    texts = [_named(ax, moment) for moment in shown]
    rows = _rows(texts)
    for text, row in zip(texts, rows, strict=True):
        text.set_position((text.get_position()[0], -(row + 0.15) * _LINE * size_in_points()))
    return (1 + max(rows, default=-1)) * _LINE


def _named(ax: "Axes", moment: Moment) -> "Text":
    end = ax.get_xlim()[1]
    place, colour = end if moment.month is None else moment.month + 0.5, VERMILLION if moment.deadline else FAINT_INK
    if moment.month is not None:
        width = (0.14 if moment.deadline else 0.09) * size_in_points()
        ax.axvline(place, color=colour, linestyle="-" if moment.deadline else ":", linewidth=width, zorder=1.7)
    left = place > 0.6 * end
    return ax.annotate(
        drawable(moment.text), (place, 1.0), xycoords=ax.get_xaxis_transform(), xytext=(-3 if left else 3, 0), va="top",
        textcoords="offset points", ha="right" if left else "left", fontsize="small", color=colour, zorder=4,
        bbox=HALO, fontweight="bold" if moment.deadline else "normal",
    )  # fmt: skip


def _rows(texts: list["Text"]) -> list[int]:
    """A row for each text, 0 at the top, such that none overlaps; where there are too many, the last says so."""
    ends: list[list[tuple[float, float]]] = [[] for _ in range(_MOST_ROWS)]
    rows = []
    for text in texts:
        box = text.get_window_extent()
        free = (row for row, taken in enumerate(ends) if all(box.x1 < x0 or box.x0 > x1 for x0, x1 in taken))
        row = next(free, None)
        if row is None:
            text.set_visible(False)
        else:
            ends[row].append((box.x0 - 6, box.x1 + 6))
        rows.append(row or 0)
    unnamed = sum(not text.get_visible() for text in texts)
    if unnamed:
        last = [text for text in texts if text.get_visible()][-1]
        last.set_text(f"{last.get_text()} (and {unnamed} more)")
    return rows


def make_room(ax: "Axes", *, above: float, below: float) -> None:
    """Widen the vertical limits by room above and below what they hold now, in ems; at most half of the height."""
    low, high = ax.get_ylim()
    em = size_in_points() * ax.figure.dpi / 72 / ax.get_window_extent().height
    scale = min(1.0, 0.5 / (em * (above + below))) if above + below else 1.0
    unit = (high - low) / (1 - scale * em * (above + below)) * scale * em
    ax.set_ylim(low - below * unit, high + above * unit)


def wrapped(text: "Text", *, width: float, lines: int) -> int:
    """Break a text so that no line is wider than `width` pixels; what does not fit in `lines` is cut. Lines used."""
    rows: list[str] = []
    for word in text.get_text().split():
        longer = f"{rows[-1]} {word}" if rows else word
        if rows and _width(text, longer) <= width:
            rows[-1] = longer
        else:
            rows.append(word)
    kept = rows[:lines]
    if len(rows) > lines:
        kept[-1] += " ..."
    elif len(rows) == 2:
        kept = _balanced(text, " ".join(rows).split(), width=width)
    text.set_text("\n".join(_cut(text, row, width=width) for row in kept))
    return len(kept)


def _balanced(text: "Text", words: list[str], *, width: float) -> list[str]:
    """Two rows of about the same length, so that no word stands alone."""
    breaks = [(" ".join(words[:place]), " ".join(words[place:])) for place in range(1, len(words))]
    for rows in sorted(breaks, key=lambda rows: max(map(len, rows))):
        if all(_width(text, row) <= width for row in rows):
            return list(rows)
    return list(breaks[0])


def width_of(text: "Text") -> float:
    """How many pixels wide a text is, or will be in the fonts of its reader."""
    return _width(text, text.get_text())


def _width(text: "Text", words: str) -> float:
    said = text.get_text()
    text.set_text(measurable(words))
    found = float(text.get_window_extent().width)
    text.set_text(said)
    return found


def cut_to(text: "Text", width: float) -> None:
    """Cut the end of a text of one line that is wider than `width` pixels."""
    text.set_text(_cut(text, text.get_text(), width=width))


def _cut(text: "Text", row: str, *, width: float) -> str:
    """A row that is too wide loses its end."""
    while len(row) > 4 and _width(text, row) > width:
        row = row[:-4].rstrip(" .") + "..."
    return row
