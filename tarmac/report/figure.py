"""The runway figure: cash above, survival below, the answer as its title; and how it is kept in a file."""

import io
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final
from xml.sax.saxutils import escape

from tarmac.errors import InputError, Problem, nearest
from tarmac.forecast import Forecast
from tarmac.report.charts import KEY_WIDTH, cash_fan, survival_curves
from tarmac.report.labels import wrapped
from tarmac.report.style import FAINT_INK, INK, drawable, style
from tarmac.report.text import alt_text, headline, scenarios_in_words
from tarmac.report.words import counted, short, told_in

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from matplotlib.text import Text


@dataclass(frozen=True, slots=True)
class Size:
    """How large a figure is: inches, dots per inch, and the size of its body text in points."""

    width: float
    height: float
    dpi: int
    font: float


SIZES: Final = {
    "slide": Size(12.0, 6.75, 160, 12.0),
    "document": Size(6.5, 4.5, 200, 7.5),
    "social": Size(7.5, 4.21875, 160, 8.5),
    "square": Size(6.75, 6.75, 160, 9.0),
}
"""What a figure is for: a slide (1920 x 1080 dots), half a page, two shapes for the web (1200 x 675, 1080 x 1080)."""

ENDINGS: Final = ("png", "svg", "pdf")

# Distances in ems of the body text.
_EDGE, _LEFT, _TITLE_GAP, _BETWEEN, _TICKS, _LINE = 1.4, 5.0, 2.2, 2.6, 2.7, 1.35
_TITLE, _SMALL = 1.45, 0.8
_FAN_SHARE: Final = 0.6
_NOTE: Final = "Bands are per-month quantiles over all paths, {}; they are not paths. Survival is below."


def runway_figure(forecast: Forecast, size: str = "slide") -> "Figure":
    """The chart a board sees: cash fan above, probabilities below, the answer as its title.

    `size` is one of `SIZES`. InputError for any other.
    """
    figure, form = figure_of(size)
    with style(form.font):
        page = Page(figure, form)
        top = page.head(headline(forecast), of_whom(forecast))
        fan, survival = page.axes(top, page.foot(_how_to_read(forecast)))
        cash_fan(forecast, fan)
        survival_curves(forecast, survival)
        fan.tick_params(labelbottom=False)
    return figure


def figure_of(size: str) -> tuple["Figure", Size]:
    """An empty figure of one of `SIZES`, and that size. InputError for any other."""
    if size not in SIZES:
        raise InputError([Problem("command line", "size", size, "is a size a chart comes in", nearest(size, SIZES))])
    return blank(SIZES[size]), SIZES[size]


def blank(form: Size) -> "Figure":
    """An empty figure of a size."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    with style(form.font):
        figure = Figure(figsize=(form.width, form.height), dpi=form.dpi)
        FigureCanvasAgg(figure)
    return figure


class Page:
    """A figure measured in ems of its body text from its lower left corner."""

    def __init__(self, figure: "Figure", form: Size) -> None:
        self.figure = figure
        em = form.font / 72
        self.width, self.height = form.width / em, form.height / em
        self._font, self._dots = form.font, em * form.dpi

    def text(
        self, text: str, *, em: float, lines: int, colour: str = INK, weight: str = "normal"
    ) -> tuple["Text", float]:
        """A text over the whole width, not in its place yet, and its height."""
        artist = self.figure.text(_EDGE / self.width, 0, drawable(text), va="top")
        artist.set(fontsize=em * self._font, color=colour, fontweight=weight)
        artist.set_linespacing(1.15)
        return artist, em * _LINE * wrapped(artist, width=(self.width - 2 * _EDGE) * self._dots, lines=lines)

    def head(self, title: str, subtitle: str) -> float:
        """The answer, and of whom; the height below them."""
        heading, title_height = self.text(title, em=_TITLE, lines=2, weight="bold")
        below, height = self.text(subtitle, em=1.0, lines=1, colour=FAINT_INK)
        top = self.height - _EDGE
        heading.set_y(top / self.height)
        below.set_y((top - title_height) / self.height)
        return top - title_height - height

    def foot(self, words: str) -> float:
        """How it was made and how to read it; the height above it."""
        note, height = self.text(words, em=_SMALL, lines=2, colour=FAINT_INK)
        top = 0.6 * _EDGE + height
        note.set_y(top / self.height)
        return top

    def axes(self, top: float, bottom: float) -> tuple["Axes", "Axes"]:
        """Two charts between two heights, one above the other, on one time axis."""
        top, bottom = top - _TITLE_GAP, bottom + _TICKS
        room = top - bottom - _BETWEEN
        upper = self.one((_LEFT, top - room * _FAN_SHARE), right=KEY_WIDTH + _EDGE / 2, height=room * _FAN_SHARE)
        lower = self.one((_LEFT, bottom), right=KEY_WIDTH + _EDGE / 2, height=room * (1 - _FAN_SHARE))
        lower.sharex(upper)
        return upper, lower

    def whole(self, top: float, bottom: float, *, right: float) -> "Axes":
        """One chart between two heights, so far from the right edge."""
        bottom += _TICKS
        return self.one((_LEFT, bottom), right=right + _EDGE / 2, height=top - _TITLE_GAP - bottom)

    def stack(self, shares: Sequence[float], *, right: float, top: float = 0.0) -> list["Axes"]:
        """Charts one above the other on one time axis over the whole figure, by their shares of the height."""
        room = self.height - top - len(shares) * _TITLE_GAP - _TICKS - 0.5 * _EDGE - (len(shares) - 1) * 0.5
        axes: list[Axes] = []
        ceiling = self.height - top
        for share in shares:
            height = room * share / sum(shares)
            ceiling -= _TITLE_GAP + height
            axes.append(self.one((_LEFT, ceiling), right=right, height=height))
            ceiling -= 0.5
        return axes

    def one(self, corner: tuple[float, float], *, right: float, height: float) -> "Axes":
        """A chart from its lower left corner, so high, and so far from the right edge."""
        left, bottom = corner
        width = self.width - left - right
        return self.figure.add_axes((left / self.width, bottom / self.height, width / self.width, height / self.height))


def _how_to_read(forecast: Forecast) -> str:
    ends = "insolvent ones at zero" + (", acquired ones left out" if forecast.exit.counts[-1] else "")
    return f"{counted(forecast.paths, 'path')}, seed {forecast.origin.seed}. {_NOTE.format(ends)}"


def of_whom(forecast: Forecast) -> str:
    """Which company, which months, which scenarios and which currency."""
    origin = forecast.origin
    span = f"{counted(origin.months, 'month')} from {origin.first_month.label}"
    return f"{short(origin.company, 60)}: {span}, {scenarios_in_words(forecast)}, {told_in(forecast)}"


def save(figure: "Figure", path: str | Path, *, forecast: Forecast) -> Path:
    """Keep a figure as PNG, SVG or PDF, by the ending of the path; the same figure gives the same bytes.

    The file carries the chart's text alternative. InputError for other endings.
    """
    return keep(figure, path, title=headline(forecast), description=alt_text(forecast))


def keep(figure: "Figure", path: str | Path, *, title: str, description: str) -> Path:
    """Keep any figure, with its text alternative: as title and description in SVG, as metadata in PNG and PDF.

    It is written beside its place and then moved there, so that nobody reads half a chart. InputError for endings that
    are none of ENDINGS.
    """
    path = Path(path)
    ending = path.suffix.lower().removeprefix(".")
    if ending not in ENDINGS:
        rule = "a chart is a PNG, SVG or PDF, by its ending"
        raise InputError([Problem("command line", "chart", path.name, rule, nearest(ending, ENDINGS))])
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        beside.write_bytes(_rendered(figure, ending, title=title, description=description))
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)
    return path


def _rendered(figure: "Figure", ending: str, *, title: str, description: str) -> bytes:
    metadata: dict[str, dict[str, str | None]] = {
        "png": {"Title": title, "Description": description},
        "svg": {"Title": title, "Date": None},
        "pdf": {"Title": title, "Subject": description, "CreationDate": None},
    }
    buffer = io.BytesIO()
    with style():
        figure.savefig(buffer, format=ending, metadata=metadata[ending])
    return _described(buffer.getvalue(), description) if ending == "svg" else buffer.getvalue()


def _described(svg: bytes, description: str) -> bytes:
    """An SVG with its description, which screen readers read after the title."""
    text = svg.replace(b"<svg ", b'<svg role="img" ', 1)
    return text.replace(b"</title>", f"</title>\n <desc>{escape(description)}</desc>".encode(), 1)
