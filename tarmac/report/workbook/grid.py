"""The rows of a sheet that has a column for every month: declared in their order, filled month by month."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

import numpy as np
from numpy.typing import NDArray

from tarmac.report.workbook.cells import NOTHING, Cell, Operand, cell

LABEL, HOW, OPENING = 0, 1, 2
"""Columns: what a row is, where it comes from, the opening; the months follow."""

FIRST_ROW: Final = 6
"""The first row of the sheet that is no heading, counted from 1."""

FROM_ENGINE: Final = "from the engine"
TO_THE_CENT: Final = 0.004
"""Amounts further apart than this differ by a cent."""

Series = NDArray[np.float64]


def column_name(number: int) -> str:
    """The letters of a column counted from 0.

    >>> column_name(0), column_name(26)
    ('A', 'AA')
    """
    letters = ""
    number += 1
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


def month_column(month: int) -> str:
    """The letters of a month's column; the opening is month -1."""
    return column_name(OPENING + 1 + month)


@dataclass(frozen=True, slots=True)
class Look:
    """How a row is shown: the kind of its numbers, and what it stands among.

    `kind`: "money", "factor", "count" or "flag". `bold`: a total. `note`: more about where it comes from. `input`: a
    row of numbers that may be typed over.
    """

    kind: str = "money"
    bold: bool = False
    note: str = ""
    input: bool = False


MONEY: Final = Look()
TOTAL: Final = Look(bold=True)
FACTOR: Final = Look("factor")
COUNT: Final = Look("count")
FLAG: Final = Look("flag")


@dataclass
class Row:
    """One row: its number in the sheet, counted from 1, and its cells by month, the opening being month -1."""

    number: int
    label: str
    look: Look
    engine: Series | None
    carried: bool
    cells: dict[int, Cell] = field(default_factory=dict)

    def __getitem__(self, month: int) -> Cell:
        """A reference to the cell of a month; 0 where there is none."""
        if month not in self.cells:
            return NOTHING
        return Cell(f"{month_column(month)}{self.number}", self.cells[month].value)

    def put(self, month: int, value: Operand) -> Cell:
        """Write a month's formula, or what the engine says where the row is carried from it; a reference to it."""
        if self.carried and self.engine is not None and month >= 0:
            value = float(self.engine[month])
        self.cells[month] = cell(value)
        return self[month]

    def span(self, first: int, last: int) -> Cell:
        """The sum over some months, both included; 0 of none."""
        months = [month for month in range(max(first, -1), last + 1) if month in self.cells]
        if not months:
            return NOTHING
        if len(months) == 1:
            return self[months[0]]
        value = sum(self.cells[month].value for month in months)
        return Cell(f"SUM({month_column(months[0])}{self.number}:{month_column(months[-1])}{self.number})", value)

    @property
    def differs_from(self) -> int | None:
        """The first month that is a cent or more from what the engine says; None where none is."""
        if self.engine is None or self.carried:
            return None
        values = np.array([self.cells[month].value for month in range(len(self.engine))])
        wrong = np.flatnonzero(~(np.abs(values - self.engine) <= TO_THE_CENT))
        return int(wrong[0]) if len(wrong) else None


class Grid:
    """All rows of the sheet, and its headings, in order.

    `carried`: labels of the rows that are carried from the engine.
    """

    def __init__(self, carried: frozenset[str]) -> None:
        self.rows: list[Row] = []
        self.headings: dict[int, tuple[str, int]] = {}
        self._carried = carried
        self._next = FIRST_ROW

    def heading(self, text: str, *, level: int = 1) -> None:
        """A heading: of a part of the sheet (1) or of a line (2)."""
        self._next += level == 1
        self.headings[self._next] = (text, level)
        self._next += 1

    def row(self, label: str, look: Look = MONEY, *, engine: Series | None = None, carried: bool = False) -> Row:
        """A new row. `engine`: what the engine says by month; `carried`: it is written as it stands there."""
        row = Row(self._next, label, look, engine, carried or label in self._carried)
        self.rows.append(row)
        self._next += 1
        return row

    @property
    def last_row(self) -> int:
        """The number of the last row."""
        return self._next - 1

    def first_difference(self) -> Row | None:
        """The row that is not what the engine says in the earliest month; of several the one declared first."""
        wrong = [(row.differs_from, row) for row in self.rows]
        found = [(month, row.number, row) for month, row in wrong if month is not None]
        return min(found)[-1] if found else None


@dataclass(frozen=True)
class Numbers:
    """The cells of the Inputs sheet that hold the base values, by key path; `used` says which were asked for."""

    places: Mapping[str, str]
    values: Mapping[str, float]
    used: set[str] = field(default_factory=set)

    def cell(self, path: str) -> Cell:
        """A reference to a number."""
        self.used.add(path)
        return Cell(self.places[path], self.values[path])
