"""Tables as CSV: no text in them is a formula, and every table that the program writes is written so."""

import ast
import io
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pytest

from tarmac.report.spreadsheet import as_csv, harmless


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@sum", "\tx", "\rx"])
def test_no_text_is_a_formula_wherever_it_stands(text: str) -> None:
    assert harmless(text) == f"'{text}"
    table = pd.DataFrame({text: [-1.5], "said": [text], "none": [None]}, index=pd.Index([text], name="company"))
    read = pd.read_csv(io.StringIO(as_csv(table)), index_col="company", lineterminator="\n")
    assert [*read.index, read.columns[0], read["said"].iloc[0]] == [f"'{text}"] * 3


def test_numbers_and_other_texts_stay_as_they_are() -> None:
    table = pd.DataFrame({"a=b": ["x=1", "rent"], "less": [-1.5, 2.0]})
    assert as_csv(table, index=False) == "a=b,less\nx=1,-1.5\nrent,2.0\n"
    assert list(table.columns) == ["a=b", "less"]


PACKAGE = Path(__file__).resolve().parents[1] / "tarmac"
WRITERS = {"to_csv", "to_excel", "writer", "DictWriter"}
ALLOWED = {
    "report/spreadsheet.py": "the one function for tables",
    "posterior.py": "draws that the program reads again: numbers, below names that begin with their kind",
}


def writers_of_tables(source: str) -> Iterator[str]:
    """The calls in a module that write a table otherwise than by `as_csv`."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call):
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            if name in WRITERS:
                yield name


def test_a_writer_of_tables_is_found() -> None:
    source = "import csv\nfrom csv import DictWriter\nframe.round(2).to_csv()\ncsv.writer(f)\nDictWriter(f, [])\n"
    assert sorted(writers_of_tables(source)) == ["DictWriter", "to_csv", "writer"]


def test_every_table_of_the_program_is_written_by_the_one_function() -> None:
    files = {path.relative_to(PACKAGE).as_posix(): path.read_text(encoding="utf-8") for path in PACKAGE.rglob("*.py")}
    assert {name for name, text in files.items() if any(writers_of_tables(text))} == set(ALLOWED)
