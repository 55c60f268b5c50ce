"""What a report is made of, whatever it is written as: sections with paragraphs, tables and pictures."""

import io
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Final, Literal

from tarmac.report.figure import Size

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure


SCHEMAS: Final = {"company": "tarmac.report/1", "portfolio": "tarmac.portfolio-report/1"}
"""Of the JSON of a report, by what it is of; the name of that stands under the same word."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table for people: cells are texts, the first of a row is its heading.

    `frame` makes the same numbers in full, for programs; without it they are the cells themselves. `prose`: places of
    columns that hold sentences, counted from 0.
    """

    name: str
    title: str
    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    frame: "Callable[[], pd.DataFrame] | None" = None
    prose: frozenset[int] = frozenset()

    def as_frame(self) -> "pd.DataFrame":
        """The table for programs; its index is part of it."""
        import pandas as pd

        if self.frame is None:
            return pd.DataFrame(list(self.rows), columns=list(self.heads))
        frame = self.frame()
        return frame.reset_index() if any(frame.index.names) else frame

    def as_json(self) -> dict[str, Any]:
        """Plain values, as people read them."""
        return {"name": self.name, "title": self.title, "heads": list(self.heads), "rows": [list(r) for r in self.rows]}


@dataclass(frozen=True, slots=True)
class Picture:
    """A chart: what it is called, what it shows in words, how it is drawn at a size, and the table behind it."""

    name: str
    title: str
    words: str
    draw: Callable[[Size], "Figure"]
    table: Sheet


@dataclass(frozen=True, slots=True)
class Section:
    """A part of a report under a heading of its own: paragraphs, then pictures, tables, and notes on how to read them.

    `terms`: words and what they mean.
    """

    name: str
    title: str
    paragraphs: tuple[str, ...] = ()
    pictures: tuple[Picture, ...] = ()
    tables: tuple[Sheet, ...] = ()
    notes: tuple[str, ...] = ()
    terms: tuple[tuple[str, str], ...] = ()

    @property
    def sheets(self) -> tuple[Sheet, ...]:
        """Every table, those behind the pictures first."""
        return (*(picture.table for picture in self.pictures), *self.tables)

    def as_json(self) -> dict[str, Any]:
        """Plain values, as people read them."""
        return {
            "name": self.name,
            "title": self.title,
            "paragraphs": list(self.paragraphs),
            "charts": [{"name": item.name, "title": item.title, "words": item.words} for item in self.pictures],
            "tables": [sheet.as_json() for sheet in self.sheets],
            "notes": list(self.notes),
            "terms": dict(self.terms),
        }


@dataclass(frozen=True, slots=True)
class KeyFigure:
    """A figure at the head of a report: what it is, how much, and how well that is known."""

    name: str
    value: str
    note: str


@dataclass(frozen=True, slots=True)
class Report:
    """A report: the answer in a sentence, a few key figures, and its sections.

    `name`: that of the company or portfolio; `kind`: which of the two it is.
    """

    name: str
    title: str
    reader: str
    subtitle: str
    answer: str
    words: str | None
    figures: tuple[KeyFigure, ...]
    sections: tuple[Section, ...]
    kind: Literal["company", "portfolio"] = "company"

    @property
    def sheets(self) -> tuple[Sheet, ...]:
        """Every table of every section."""
        return tuple(sheet for section in self.sections for sheet in section.sheets)

    @property
    def pictures(self) -> tuple[Picture, ...]:
        """Every picture of every section."""
        return tuple(picture for section in self.sections for picture in section.pictures)

    def frames(self) -> "dict[str, pd.DataFrame]":
        """Every table for programs, by name; several of one name are one, and say of each row which."""
        import pandas as pd

        names = dict.fromkeys(sheet.name for sheet in self.sheets)
        found = {name: [sheet for sheet in self.sheets if sheet.name == name] for name in names}
        return {
            name: sheets[0].as_frame()
            if len(sheets) == 1
            else pd.concat([sheet.as_frame().assign(table=sheet.title) for sheet in sheets], ignore_index=True)
            for name, sheets in found.items()
        }

    def as_json(self) -> dict[str, Any]:
        """The report as plain values: what people read in it, section by section."""
        return {
            "schema": SCHEMAS[self.kind],
            self.kind: self.name,
            "title": self.title,
            "reader": self.reader,
            "subtitle": self.subtitle,
            "answer": self.answer,
            "figures": [asdict(figure) for figure in self.figures],
            "sections": [section.as_json() for section in self.sections],
        }


def as_parquet(frame: "pd.DataFrame") -> bytes:
    """A table for programs as Parquet; the package pyarrow must be there."""
    buffer = io.BytesIO()
    frame.to_parquet(buffer, engine="pyarrow", index=False)
    return buffer.getvalue()
