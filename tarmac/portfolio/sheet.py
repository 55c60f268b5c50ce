"""A spreadsheet of companies as cells of text by column: CSV, or the first sheet of an Excel workbook."""

import csv
import zipfile
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from io import StringIO
from pathlib import Path
from typing import Any, Final

from tarmac import library
from tarmac.errors import InputError, Problem, nearest
from tarmac.portfolio.places import Place

COLUMNS: Final = {
    "name": "The company's name, once in the file.",
    "currency": "Three-letter code (ISO 4217) of every amount in the row.",
    "cash": "Money in the bank at the end of the month before the first.",
    "net_burn": "What a month costs more than it brings. Alone, or beside revenue or costs.",
    "revenue": "What the first month brings.",
    "costs": "What the first month costs, the cloud included.",
    "growth": "Of revenue, a month.",
    "cloud": "The part of costs that is paid for cloud and compute.",
    "last_round": "The month of the last round, such as 2026-03: the next begins some months later.",
    "stage": "What was raised last: a stage of the file of defaults. Decides on the next round.",
    "stake": "The investor's share, such as 12%.",
    "rate": "What one unit of the row's currency costs in the portfolio's.",
    "first_month": "First month of the forecast; all companies begin in the same.",
}
"""The columns a sheet of companies may have, in any order, and what stands in them."""

REQUIRED: Final = ("name", "currency", "cash")
MOST_ROWS: Final = 5_000
_UNPACKED: Final = 100_000_000
"""Bytes that a workbook may come to once it is unpacked."""


@dataclass(frozen=True, slots=True)
class Row:
    """The cells of one row by column, empty ones left out; its number as a spreadsheet counts, and its file.

    `untold`: columns of which there is no telling what stands in them, because the header is mistaken.
    """

    file: str
    number: int
    cells: dict[str, str]
    untold: frozenset[str] = frozenset()

    def get(self, column: str) -> str:
        """What stands in a column, "" where nothing does."""
        return self.cells.get(column, "")

    def problem(self, column: str, rule: str, *, remedy: str) -> Problem:
        """A mistake in one of its cells."""
        return self.place.problem(column, self.get(column), rule=rule, remedy=remedy)

    @property
    def place(self) -> Place:
        """Where it stands."""
        return Place(self.file, self.number)


@dataclass(frozen=True, slots=True)
class Sheet:
    """The rows of a sheet of companies, and what is wrong with its form: its header, and rows that are too long."""

    rows: tuple[Row, ...]
    problems: tuple[Problem, ...] = ()


def sheet_from(path: Path) -> Sheet:
    """A sheet of companies. InputError where it is none, or has no row, or too many."""
    lines = _workbook(path) if path.suffix.casefold() == ".xlsx" else _csv(path)
    file = str(path)
    header, *body = lines or [[]]
    names = [name.casefold().strip().replace(" ", "_") for name in header]
    while names and not names[-1]:
        names.pop()
    rows = [(number, cells) for number, cells in enumerate(body, 2) if any(cells)]
    mistakes = list(_header_mistakes(names, file))
    _check_whole(mistakes, names, rows=len(rows), file=file)
    known = {name for name in COLUMNS if names.count(name) == 1}
    untold = frozenset(COLUMNS) - known if mistakes else frozenset()
    found: list[Row] = []
    for number, cells in rows:
        if any(cells[len(names) :]):
            rule = "a row has no more cells than the header"
            mistakes.append(Problem(file, f"row {number}", ",".join(cells), rule, _QUOTE))
        else:
            named = {name: cell for name, cell in zip(names, cells, strict=False) if cell and name in known}
            found.append(Row(file, number, named, untold))
    return Sheet(tuple(found), tuple(mistakes))


_QUOTE: Final = "put a number that holds commas in quotation marks, or write it without; the decimal sign is a point"


def _check_whole(mistakes: Sequence[Problem], names: Sequence[str], *, rows: int, file: str) -> None:
    """InputError where there is no telling columns apart, no row, or too many."""
    if _in_one(names):
        raise InputError(list(mistakes))
    if not rows:
        row = Problem(file, "the file", "", "has a row for each company", "add at least one row")
        raise InputError([*mistakes, row])
    if rows > MOST_ROWS:
        rule = f"has at most {MOST_ROWS:,} rows"
        raise InputError([*mistakes, Problem(file, "the file", f"{rows} rows", rule, "divide the portfolio")])


def _in_one(names: Sequence[str]) -> bool:
    """Whether the cells of the header are separated by something else than commas."""
    return len(names) == 1 and (";" in names[0] or "\t" in names[0])


def _header_mistakes(names: Sequence[str], file: str) -> Iterator[Problem]:
    whole = ",".join(names)
    if _in_one(names):
        remedy = "save it as CSV with commas between cells: a spreadsheet set to English does"
        yield Problem(file, "row 1", whole, "cells are separated by commas", remedy)
        return
    for name, count in Counter(names).items():
        if name not in COLUMNS:
            remedy = f"{nearest(name, COLUMNS)}; or remove the column" if name else "name the column, or remove it"
            yield Problem(file, "row 1", name, "is the name of a column of a portfolio", remedy)
        elif count > 1:
            yield Problem(file, "row 1", name, f"a column stands there once, not {count} times", "remove all but one")
    for name in REQUIRED:
        if name not in names:
            yield Problem(file, "row 1", whole, f"there is a column {name}", f"add it: {COLUMNS[name]}")


def _csv(path: Path) -> list[list[str]]:
    text = library.read_table(path)
    try:
        return [[cell.strip() for cell in cells] for cells in csv.reader(StringIO(text, ""), strict=True)]
    except csv.Error as error:
        remedy = "close every quotation mark; write one inside a cell twice"
        raise InputError([Problem(str(path), "the file", str(error), "is CSV", remedy)]) from None


def _workbook(path: Path) -> list[list[str]]:
    """The first sheet of a workbook; links are not followed.

    A formula counts as the value that was stored with it, as itself where none was.
    """
    from openpyxl.utils.exceptions import InvalidFileException

    what = ("is an Excel workbook (.xlsx)", "save it again from the spreadsheet, or as CSV")
    try:
        with zipfile.ZipFile(path) as archive:
            if sum(item.file_size for item in archive.infolist()) > _UNPACKED:
                rule = f"unpacks to at most {_UNPACKED:,} bytes"
                raise InputError([Problem(str(path), "the file", "larger", rule, "keep one sheet of companies")])
        values, formulas = (_first_sheet(path, stored=stored) for stored in (True, False))
    except OSError as error:
        rule, remedy = "is a file that can be read", "check its name and rights"
        raise InputError([Problem(str(path), "the file", error.strerror or "", rule, remedy)]) from None
    except (zipfile.BadZipFile, InvalidFileException, KeyError, ValueError, IndexError) as error:
        raise InputError([Problem(str(path), "the file", str(error), *what)]) from None
    return [
        [_as_text(formula if cell is None else cell) for cell, formula in zip(cells, written, strict=True)]
        for cells, written in zip(values, formulas, strict=True)
    ]


def _first_sheet(path: Path, *, stored: bool) -> list[list[Any]]:
    """The cells of the first sheet of a workbook: of a formula the value that was stored with it, or the formula."""
    import openpyxl

    book = openpyxl.load_workbook(path, read_only=True, data_only=stored, keep_links=False)
    try:
        rows = book.worksheets[0].iter_rows(max_row=MOST_ROWS + 2, max_col=_MOST_COLUMNS, values_only=True)
        return [list(row) for row in rows]
    finally:
        book.close()


_MOST_COLUMNS: Final = 100


def _as_text(cell: Any) -> str:  # noqa: ANN401  (whatever a workbook holds)
    """A cell as a person would have typed it: months as 2026-03, numbers without a trailing ".0"."""
    if cell is None:
        return ""
    if isinstance(cell, datetime | date):
        return f"{cell.year:04}-{cell.month:02}"
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(getattr(cell, "text", cell)).strip()  # of an array formula: how it begins in its cell
