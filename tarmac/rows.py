"""Rows of a CSV file with a fixed header, for readers that name every mistake by its row."""

import csv
from collections.abc import Sequence
from io import StringIO

from tarmac.errors import InputError, Problem


def rows_of(text: str, file: str, *, columns: Sequence[str], what: str) -> dict[int, dict[str, str]]:
    r"""The cells of each row by column, cells beyond the last under "", counted as a spreadsheet does: the header is 1.

    Empty lines are passed over; a row that is too short lacks its last columns. InputError where the text is no CSV, or
    its first line is not the header of `what` ("a file of facts").

    >>> rows_of("month,cash\n2024-01,5\n", "acme.csv", columns=("month", "cash"), what="an example")
    {2: {'month': '2024-01', 'cash': '5'}}
    """
    try:
        header, *rows = list(csv.reader(StringIO(text, ""), strict=True)) or [[]]
    except csv.Error as error:
        remedy = "close every quotation mark; write one inside a cell twice"
        raise InputError([Problem(file, "the file", str(error), "is CSV", remedy)]) from None
    if tuple(header) != tuple(columns):
        rule = f"is the header line of {what}"
        raise InputError([Problem(file, "row 1", ",".join(header), rule, f"write {','.join(columns)}")])
    return {row: dict(zip((*columns, ""), cells, strict=False)) for row, cells in enumerate(rows, 2) if cells}
