"""A page on paper, A4 landscape: a column of tables and sentences at the right, small print at the foot."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from tarmac.report.figure import Page, Size
from tarmac.report.labels import wrapped
from tarmac.report.style import FAINT_INK, INK, drawable

SIZE: Final = Size(11.69, 8.27, 100, 8.5)
"""A4 landscape."""

EDGE, COLUMN, GAP = 1.4, 36.0, 1.0
"""Ems of the body text: at the edges, the width of the column, between its blocks."""

_LINE, _SMALL = 1.4, 0.85
_CELLS: Final = (14.5, 21.5, 28.5, 36.0)
"""Right ends of the columns of a table."""

_TOLD: Final = ("seed", "paths", "model digest", "scenarios", "common drivers", "versions", "command")


def made_with(stamp: Mapping[str, str]) -> str:
    """Where a page comes from, in a sentence; the rest of its stamp stands elsewhere on it."""
    return f"Made with {'; '.join(f'{name}: {stamp[name]}' for name in _TOLD if name in stamp)}"


def small_print(page: Page, texts: Iterable[tuple[str, int]]) -> float:
    """Write texts at the foot, each with the most lines it may take; the height above them."""
    height = 0.7 * EDGE
    for text, lines in reversed([*texts]):
        artist, high = page.text(text, em=_SMALL, lines=lines, colour=FAINT_INK)
        height += high
        artist.set_y(height / page.height)
        height += 0.25
    return height


Block = tuple[str, Sequence[Sequence[str]], Sequence[str]]
"""A heading, rows of a table, and sentences below it."""


class Column:
    """The column at the right: headings, tables and sentences, one below the other.

    Sentences that would go below `bottom` are left out.
    """

    def __init__(self, page: Page, *, top: float, width: float = COLUMN, bottom: float = 0.0) -> None:
        self._page, self._height, self._width, self._bottom = page, top, width, bottom
        self._left = page.width - EDGE - width

    def write(self, block: Block) -> None:
        """Write a block, and a gap below it; an empty one is left out."""
        heading, table, sentences = block
        if not table and not sentences:
            return
        self._write(heading, at=0.0, weight="bold")
        self._height -= _LINE
        for number, row in enumerate(table):
            colour = FAINT_INK if not number else INK
            self._write(row[0], at=0.0, colour=colour)
            for cell, right in zip(row[1:], _CELLS[-len(row) + 1 :] if len(row) > 2 else (_CELLS[-1],), strict=False):
                self._write(cell, at=right, colour=colour, right=True)
            self._height -= _LINE
        for sentence in sentences:
            self._sentence(sentence)
        self._height -= GAP

    def _write(self, text: str, *, at: float, colour: str = INK, weight: str = "normal", right: bool = False) -> None:
        page = self._page
        page.figure.text(
            (self._left + at) / page.width, self._height / page.height, drawable(text), va="top", color=colour,
            ha="right" if right else "left", fontweight=weight, fontsize=SIZE.font,
        )  # fmt: skip

    def _sentence(self, text: str) -> None:
        page = self._page
        artist = page.figure.text(self._left / page.width, self._height / page.height, drawable(text), va="top")
        artist.set(fontsize=SIZE.font, color=INK)
        artist.set_linespacing(1.15)
        dots = SIZE.font / 72 * SIZE.dpi
        height = self._height - _LINE * wrapped(artist, width=self._width * dots, lines=4) - 0.2
        if height < self._bottom:
            artist.remove()
        else:
            self._height = height
