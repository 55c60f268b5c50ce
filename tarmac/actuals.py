"""Monthly actuals: what a company's books say of each month, read strictly from a CSV file."""

import csv
import math
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from io import StringIO
from typing import Final

from tarmac.company.base import MOST_MONEY
from tarmac.errors import InputError, Problem, nearest
from tarmac.money import CURRENCIES, Amount, NumberError, parse_amount
from tarmac.months import Month

REQUIRED: Final = ("month", "cash", "revenue", "payroll", "compute", "other")
OPTIONAL: Final = ("collections", "headcount", "raised", "currency", "note")
COLUMNS: Final = (*REQUIRED, *OPTIONAL)
MONEY: Final = ("cash", "revenue", "payroll", "compute", "other", "collections", "raised")
FEWEST_MONTHS: Final = 3
MOST_MONTHS: Final = 600
LATEST: Final = Month(2150, 12)
"""Far enough before the calendar's end for any forecast."""
_NUMBERS: Final = (*MONEY, "headcount")
_MOST: Final = {"headcount": 1e6}
_NEGATIVE: Final = {
    "revenue": "take credit notes off the month they belong to",
    "collections": "write refunds under other",
    "raised": "write repayments under other",
}

_Mistake = tuple[str, str, str, str]  # where, the value, the rule, the remedy
_Cells = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Actuals:
    """Consecutive months of a company's books.

    `amounts`: by the name of the column, a number for each month, NaN where the file leaves it open; columns the file
    does not have are not there. `currency`: None where neither the file nor who read it named one.
    """

    file: str
    currency: str | None
    months: tuple[Month, ...]
    amounts: Mapping[str, tuple[float, ...]]

    @property
    def first(self) -> Month:
        """The first month."""
        return self.months[0]

    @property
    def last(self) -> Month:
        """The last month, at whose end the cash stands that a forecast begins with."""
        return self.months[-1]


def actuals_from(text: str, file: str, *, currency: str | None = None) -> Actuals:
    """The actuals in the text of a CSV file. InputError lists every mistake at once.

    One row a month, in order and without gaps, under a header of REQUIRED and perhaps OPTIONAL columns in any order. An
    empty cell is a number that is not known. `currency`: the one the file must be in, if it names any.
    """
    header, rows = _table(text, file)
    found = [*_header_mistakes(header)]
    if found:
        raise _error(file, found)
    columns = {row: dict(zip(header, cells, strict=False)) for row, cells in rows.items() if len(cells) == len(header)}
    found = [(f"row {row}", _joined(rows[row]), *_UNEVEN) for row in rows if row not in columns]
    found += [mistake for row, cells in columns.items() for mistake in _row_mistakes(cells, row)]
    months = {row: month for row, cells in columns.items() if (month := _month(cells["month"])) is not None}
    found += [*_order_mistakes(months), *_currency_mistakes(columns, currency)]
    amounts: dict[str, tuple[float, ...]] = {
        name: tuple(_number(cells[name]) for cells in columns.values()) for name in _NUMBERS if name in header
    }
    found += _count_mistakes(amounts) if not found else []
    if found:
        raise _error(file, found)
    named = currency or next((code for code, _, _ in _currencies(columns)), None)
    return Actuals(file, named, tuple(months.values()), amounts)


_UNEVEN: Final = (
    "a row has as many cells as the header",
    "put a number that holds commas in quotation marks, or write it without; the decimal sign is a point",
)


def _error(file: str, found: Sequence[_Mistake]) -> InputError:
    return InputError(Problem(file, *mistake) for mistake in found)


def _joined(cells: Sequence[str]) -> str:
    return ",".join(cells)


def _table(text: str, file: str) -> tuple[list[str], dict[int, list[str]]]:
    """Header and rows, by their number in a spreadsheet; without what Excel leaves at the right and at the end."""
    try:
        lines = list(csv.reader(StringIO(text.removeprefix("\ufeff"), ""), strict=True)) or [[]]
    except csv.Error as error:
        remedy = "close every quotation mark; write one inside a cell twice"
        raise _error(file, [("the file", str(error), "is CSV", remedy)]) from None
    lines = [[cell.strip() for cell in cells] for cells in lines]
    width = len(lines[0])
    while width and not any(cells[width - 1] for cells in lines if len(cells) >= width):
        width -= 1
    header = [name.casefold() for name in lines[0][:width]]
    rows = {row: cells for row, cells in enumerate(lines[1:], 2) if any(cells)}
    return header, {row: _trimmed(cells, width) for row, cells in rows.items()}


def _trimmed(cells: list[str], width: int) -> list[str]:
    """The cells of a row without empty ones beyond the header."""
    while len(cells) > width and not cells[-1]:
        cells = cells[:-1]
    return cells


def _header_mistakes(header: Sequence[str]) -> Iterator[_Mistake]:
    whole = _joined(header)
    if whole.startswith("sep="):
        yield "row 1", whole, "is the header line", "remove the line 'sep=', and separate the cells by commas"
        return
    if "month" not in header and (";" in whole or "\t" in whole):
        remedy = "save it as CSV with commas between cells and points in numbers: a spreadsheet set to English does"
        yield "row 1", whole, "cells are separated by commas", remedy
        return
    if not set(header) & set(COLUMNS):
        yield "row 1", whole, "the first row names the columns", f"write {_joined(REQUIRED)} above the months"
        return
    for name, count in Counter(header).items():
        if name not in COLUMNS:
            remedy = f"{nearest(name, COLUMNS)}; or remove the column" if name else "name the column, or remove it"
            yield "row 1", name, "is the name of a column of actuals", remedy
        elif count > 1:
            yield "row 1", name, f"a column stands there once, not {count} times", "remove all but one"
    for name in REQUIRED:
        if name not in header:
            yield "row 1", whole, f"there is a column {name}", f"add it; the columns are {', '.join(REQUIRED)}"


def _row_mistakes(cells: _Cells, row: int) -> Iterator[_Mistake]:
    """What is wrong with the cells of a row, each by itself."""
    if _month(cells["month"]) is None:
        remedy = "write the year and two digits, such as 2024-01; keep totals out of the file"
        yield f"row {row}, month", cells["month"], "is a month", remedy
    for name in _NUMBERS:
        fault = _fault(name, cells.get(name, ""))
        if fault is not None:
            yield f"row {row}, {name}", cells[name], *fault


def _fault(name: str, cell: str) -> tuple[str, str] | None:
    """What is wrong with a number: the rule and the remedy."""
    if not cell:
        return None
    for begins, rule, remedy in _SPREADSHEET:
        if cell.startswith(begins):
            return rule, remedy
    try:
        amount = parse_amount(cell)
    except NumberError as error:
        return "is a number, such as 12500, 12.5k or $12,500", error.message
    return _out_of_place(name, amount)


_SPREADSHEET: Final = (
    (("=", "@", "+="), "is a number, not a formula", "paste the values into the sheet before saving it as CSV"),
    ("#", "is a number, not a spreadsheet's error", "correct the formula behind it, or leave the cell empty"),
    (
        "(",
        "is a number; brackets do not stand for a minus here",
        "write it with a minus sign, where it may be negative",
    ),
)


def _out_of_place(name: str, amount: Amount) -> tuple[str, str] | None:
    """What is wrong with a number in this column."""
    if name == "headcount" and amount.unit:
        return "is a number of people", f"remove {amount.unit}"
    if amount.unit == "%":
        return "is an amount of money", "write the amount itself"
    if name != "cash" and amount.value < 0:
        return "is not below zero", _NEGATIVE.get(name, "write what was paid without a sign")
    most = _MOST.get(name, MOST_MONEY)
    return (f"is at most {most:.0e}", "correct the number, or its unit") if abs(amount.value) > most else None


def _number(cell: str) -> float:
    """The number in a cell; NaN where it is empty, or none."""
    return parse_amount(cell).value if cell and _fault("cash", cell) is None else math.nan


def _month(cell: str) -> Month | None:
    """The month a cell names, as 2024-01 or by one of its days (2024-01-31)."""
    text = cell[:7] if len(cell) == 10 and cell[7] == "-" and cell[8:].isdigit() else cell
    try:
        return Month.parse(text)
    except ValueError:
        return None


def _order_mistakes(months: Mapping[int, Month]) -> Iterator[_Mistake]:
    """Months that are there twice, out of order, or missing."""
    seen: dict[Month, int] = {}
    before: Month | None = None
    for row, month in months.items():
        where = f"row {row}, month"
        if month in seen:
            yield where, str(month), f"there is one row for each month; row {seen[month]} has it", "join the two rows"
        elif before is not None and month < before:
            yield where, str(month), "months stand in the order of time", "move the row up"
        elif before is not None and month - before > 1:
            missing = f"{before + 1}" + (f" to {month + -1}" if month - before > 2 else "")
            remedy = f"add a row for {missing}; a cell may be empty where a number is not known"
            yield where, str(month), "months follow each other without a gap", remedy
        seen.setdefault(month, row)
        before = month if before is None else max(before, month)
    if before is not None and before > LATEST:
        yield "month", str(before), f"the last month is {LATEST} at the latest", "correct the year"
    if len(seen) > MOST_MONTHS:
        yield "month", f"{len(seen)} months", f"there are at most {MOST_MONTHS} months", "keep the latest"


def _currencies(columns: Mapping[int, _Cells]) -> Iterator[tuple[str, str, str]]:
    """Every currency the file names, with its place and its cell."""
    for row, cells in columns.items():
        if cells.get("currency"):
            yield cells["currency"].upper(), f"row {row}, currency", cells["currency"]
        for name in MONEY:
            if cells.get(name) and _fault(name, cells[name]) is None and (unit := parse_amount(cells[name]).unit):
                yield unit, f"row {row}, {name}", cells[name]


def _currency_mistakes(columns: Mapping[int, _Cells], currency: str | None) -> Iterator[_Mistake]:
    wanted = currency
    for code, where, cell in _currencies(columns):
        wanted = wanted or code
        if code not in CURRENCIES:
            yield where, cell, "is a currency's three-letter code (ISO 4217)", nearest(code, CURRENCIES)
        elif code != wanted:
            yield where, cell, f"all amounts are in one currency, here {wanted}", f"convert it to {wanted}"


def _count_mistakes(amounts: Mapping[str, Sequence[float]]) -> list[_Mistake]:
    """Too few months, or too few of a column that must be there."""
    months = len(amounts["cash"])
    if months < FEWEST_MONTHS:
        rule = f"there are at least {FEWEST_MONTHS} months"
        return [("the file", f"{months} months", rule, "add earlier months, or write a company file by hand")]
    known = {name: sum(map(math.isfinite, amounts[name])) for name in REQUIRED[1:]}
    found = [
        (name, f"{count} months", f"at least {FEWEST_MONTHS} months are filled in", "fill in more; 0 means none")
        for name, count in known.items()
        if count < FEWEST_MONTHS and name != "cash"
    ]
    if not math.isfinite(amounts["cash"][-1]):
        found.append(("cash", "", "is known at the end of the last month", "fill it in, or end with an earlier month"))
    if "headcount" in amounts and not math.isfinite(amounts["headcount"][-1]):
        found.append(("headcount", "", "is known in the last month", "fill it in, or remove the column"))
    return found
