"""Tables as CSV: no text in them is a formula."""

import io

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
