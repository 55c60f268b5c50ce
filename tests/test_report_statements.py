"""The statements as tables: readable on a terminal, harmless in a spreadsheet."""

import io
from typing import Any

import numpy as np
import pandas as pd
import pytest

from tarmac import load
from tarmac.company import company_from
from tarmac.report.spreadsheet import as_csv
from tarmac.report.statements import WIDTH, statement_tables, statements_text
from tarmac.statements import Statements, statements_of

HEAD = {"name": "Example", "currency": "USD", "first_month": "2024-01"}


def example(months: int = 8, **sections: Any) -> Statements:
    rent = {"name": "rent", "monthly": 100, "terms": 1}
    sales = {"name": "sales", "kind": "usage", "monthly": 150, "growth": 0.1}
    base = {"company": HEAD, "cash": {"opening": 1000}, "cost": [rent], "revenue": [sales]}
    return statements_of(company_from(base | sections), 1, months=months, paths=1, seed=1)


def cells(text: str, line: str) -> list[list[str]]:
    """The cells of a line, block by block."""
    return [row.removeprefix(line).split() for row in map(str.strip, text.splitlines()) if row.startswith(f"{line}  ")]


@pytest.mark.parametrize("every", [1, 3, 12])
@pytest.mark.parametrize("path", [17, "mean", "median"])
def test_no_row_is_wider_than_the_page(path: Any, every: int) -> None:
    for name in ("stability-ai", "ai-lab"):
        text = statements_text(statements_of(load(name), path, months=24, paths=300, seed=7), every=every)
        assert max(map(len, text.splitlines())) <= WIDTH
        assert "Seed 7" in text
        assert all(title in text for title in ("Profit and loss", "Cash flow", "Balance sheet"))


def test_months_stand_side_by_side_and_the_opening_first() -> None:
    text = statements_text(example())
    assert cells(text, "result") == [["50", "65", "81.5", "99.7", "120", "142"], ["166", "192"]]
    assert cells(text, "opening cash")[0][:3] == ["1k", "1.05k", "1.12k"]
    assert [len(row) for row in cells(text, "total assets")] == [7, 2]
    assert cells(text, "Balance sheet, end of")[1] == ["Jul", "2024", "Aug", "2024"]


def test_quarters_add_flows_and_keep_the_last_balance() -> None:
    whole = example()
    text = statements_text(whole, every=3)
    assert "3 months to" in text
    assert "The last column is 1 month short." in text
    assert cells(text, "total costs") == [["-300", "-300", "-200"]]
    flow = whole.cash_flow
    for line, months in (("opening cash", (0, 3, 6)), ("closing cash", (2, 5, 7))):
        shown = [f"{flow[line][month] / 1000:.3g}k" for month in months]
        assert cells(text, line) == [shown]
    assert cells(text, "Balance sheet, end of") == [["opening", "Mar", "2024", "Jun", "2024", "Aug", "2024"]]


def test_what_is_zero_throughout_is_left_out_but_totals_stay() -> None:
    text = statements_text(example(revenue=[]))
    assert cells(text, "revenue earned") == [["0"] * 6, ["0"] * 2]
    assert not cells(text, "taxes paid")
    assert not cells(text, "loans")


def test_months_after_the_end_are_left_out() -> None:
    found = example(revenue=[], cash={"opening": 350}, months=24)
    text = statements_text(found)
    assert found.insolvent == 3
    assert "Insolvent in Apr 2024" in text
    assert [len(row) for row in cells(text, "result")] == [4]
    assert len(statement_tables(found)["cash-flow"].columns) == 24


def test_long_and_wide_names_keep_the_columns() -> None:
    names = ["a very long name of a cost that nobody wants to read in full", "云计算" * 10, "rent"]
    text = statements_text(example(cost=[{"name": name, "monthly": 7} for name in names]))
    rows = [line for line in text.splitlines() if line.startswith("  cost: ")][:3]
    assert "..." in rows[0]
    wide = sum(sign > "\u2e80" for sign in rows[1])
    assert len(rows[0]) == len(rows[1]) + wide == len(rows[2])


def test_tables_hold_every_line_and_month() -> None:
    found = example()
    tables = statement_tables(found)
    assert list(tables) == ["profit-and-loss", "cash-flow", "balance-sheet"]
    flow, sheet = tables["cash-flow"], tables["balance-sheet"]
    assert list(flow.columns) == [f"2024-0{month}" for month in range(1, 9)]
    assert list(sheet.columns) == ["opening", *flow.columns]
    assert list(flow.index) == list(found.cash_flow)
    assert sheet.loc["cash", "opening"] == 1000
    np.testing.assert_array_equal(flow.loc["closing cash"].to_numpy(), found.cash_flow["closing cash"])


def test_csv_can_be_read_again_to_the_cent() -> None:
    found = example()
    text = as_csv(statement_tables(found)["profit-and-loss"].round(2) + 0.0)
    read = pd.read_csv(io.StringIO(text), index_col="line")
    np.testing.assert_allclose(read.loc["result"].to_numpy(), found.profit_and_loss["result"], atol=0.005)
    assert "-0.0" not in text.replace("\n", ",").split(",")
