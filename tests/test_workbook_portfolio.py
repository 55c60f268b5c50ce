"""The workbook of a portfolio: the numbers of the run, texts that stay texts, native charts, the same bytes."""

import io
import re
import zipfile
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import numpy as np
import openpyxl
import pytest

from tarmac.portfolio import PortfolioForecast, look_ahead
from tarmac.portfolio.counting import mean_count
from tarmac.report.portfolio import (
    TOO_MANY,
    correlation_table,
    failures_table,
    heat_table,
    quarters_table,
    watch_table,
)
from tarmac.report.sections.held import Origin
from tarmac.report.workbook.portfolio import SHEETS, drivers, write_portfolio_workbook
from tests.holdings import burning, held, struck
from tests.reports import HOSTILE, NASTY, many

ORIGIN = Origin("fund.csv", "tarmac report fund.csv --seed 7", None, {})
HEAD = 5
"""The row of the heads of a first table, counted from 1."""


def book(found: PortfolioForecast, origin: Origin = ORIGIN) -> bytes:
    buffer = io.BytesIO()
    write_portfolio_workbook(buffer, found, origin=origin)
    return buffer.getvalue()


def opened(content: bytes) -> openpyxl.Workbook:
    return openpyxl.load_workbook(io.BytesIO(content))


@pytest.fixture(scope="module")
def sheets() -> openpyxl.Workbook:
    return opened(book(many()))


def column(sheets: openpyxl.Workbook, sheet: str, head: str, *, row: int = HEAD) -> list[object]:
    """What stands below a head, up to the first empty cell."""
    cells = [cell.value for cell in sheets[sheet][row]]
    found = [line[cells.index(head)].value for line in sheets[sheet].iter_rows(min_row=row + 1)]
    return found[: found.index(None)] if None in found else found


def row_of(sheets: openpyxl.Workbook, sheet: str, first: str, *, times: int = 1) -> int:
    """The row whose first cell holds a text, counted from 1."""
    rows = [line[0].row for line in sheets[sheet].iter_rows() if line[0].value == first]
    return int(rows[times - 1] or 0)


def test_the_sheets_have_frozen_panes_and_say_what_they_are(sheets: openpyxl.Workbook) -> None:
    assert sheets.sheetnames == [*SHEETS, "About"]
    for name in SHEETS:
        assert sheets[name].freeze_panes in {f"B{HEAD + 1}", "B4"}
        assert str(sheets[name]["A1"].value).startswith(f"{name}: ")
        assert "400 paths, seed 7" in str(sheets[name]["A2"].value)


def test_the_watch_list_holds_its_table_as_numbers_and_dates(sheets: openpyxl.Workbook) -> None:
    table = watch_table(many())
    assert column(sheets, "Watch list", "company")[:4] == list(table.index)
    for month, head in ((6, "Jun 2027"), (12, "Dec 2027"), (18, "Jun 2028")):
        assert column(sheets, "Watch list", f"insolvent by {head}") == table[f"insolvent_by_{month}"].tolist()
    assert column(sheets, "Watch list", "raise, USD") == pytest.approx(table["need_p90_usd"].tolist())
    assert column(sheets, "Watch list", "stake") == [0.2] * 4
    assert column(sheets, "Watch list", "P50")[0] == datetime(2027, 4, 1)  # noqa: DTZ001  (a month, as a day)
    assert "more than 18 months" in column(sheets, "Watch list", "P90")
    sheet = sheets["Watch list"]
    assert sheet["D6"].number_format == "0.0%"
    assert sheet.auto_filter.ref == "A5:P9"


def test_months_hold_the_heat_map(sheets: openpyxl.Workbook) -> None:
    table = heat_table(many())
    rows = list(sheets["Months"].iter_rows(min_row=HEAD, values_only=True))
    assert rows[0][1] == datetime(2027, 1, 1)  # noqa: DTZ001  (a month, as a day)
    assert [row[0] for row in rows[1:]] == list(table.index)
    assert np.array([row[1:] for row in rows[1:]], dtype=float) == pytest.approx(table.to_numpy())


def test_quarters_hold_failures_reserves_and_how_likely_each_number_is(sheets: openpyxl.Workbook) -> None:
    table, sheet = quarters_table(many()), sheets["Quarters"]
    first = row_of(sheets, "Quarters", "by the end of")
    count = len(table)
    shown = {
        name: [row[place].value for row in sheet.iter_rows(min_row=first + 1, max_row=first + count)]
        for place, name in enumerate(("when", "mean", "error", "p50", "p90", "p95"))
    }
    assert shown["mean"] == pytest.approx(table["failures_mean"].tolist())
    assert shown["p90"] == table["failures_p90"].tolist()
    put_in = row_of(sheets, "Quarters", "by the end of", times=2)
    names = [f"{who}_by_the_end_{level}" for who in ("investor", "all_investors") for level in ("p50", "p90", "p95")]
    for place, name in zip((1, 2, 3, 6, 7, 8), names, strict=True):
        found = [row[place].value for row in sheet.iter_rows(min_row=put_in + 1, max_row=put_in + count)]
        assert found == pytest.approx(table[name].tolist()), name
    low, high = (sheet.cell(put_in + count, place).value for place in (5, 6))
    assert low <= table["investor_by_the_end_p90"].iloc[-1] <= high
    numbers = row_of(sheets, "Quarters", "companies failed")
    likely = [row[count].value for row in sheet.iter_rows(min_row=numbers + 1) if row[0].value is not None]
    assert likely == pytest.approx(failures_table(many()).iloc[: len(likely), count - 1].tolist())
    assert sum(likely) == pytest.approx(1)


def test_stresses_hold_how_many_fail_and_each_company(sheets: openpyxl.Workbook) -> None:
    found = many()
    means = [row[2].value for row in sheets["Stresses"].iter_rows(min_row=HEAD + 1, max_row=HEAD + len(found.stresses))]
    assert means == pytest.approx([mean_count(item.outcome.many) for item in found.stresses])
    row = row_of(sheets, "Stresses", "company")
    assert column(sheets, "Stresses", "as it is", row=row) == watch_table(found)["insolvent_by_12"].tolist()


def test_correlation_and_concentration(sheets: openpyxl.Workbook) -> None:
    rows = list(sheets["Correlation"].iter_rows(min_row=HEAD + 1, max_row=HEAD + 4, min_col=2, values_only=True))
    assert np.array(rows, dtype=float) == pytest.approx(correlation_table(many()).to_numpy(), nan_ok=True)
    drivers = [item.name for item in many().concentrations]
    assert drivers == [row[0].value for row in sheets["Concentration"].iter_rows(min_row=HEAD + 1, max_row=HEAD + 2)]


@pytest.mark.parametrize(("most", "said"), [(4, None), (3, "not laid out here"), (0, "not laid out here")])
def test_pairs_of_many_companies_are_left_out(most: int, said: str | None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(drivers, "MATRIX", most)
    sheet = opened(book(many()))["Correlation"]
    assert (sheet.max_row > HEAD) == (said is None)
    assert (said or "correlate") in str(sheet["A4"].value)
    assert ("tarmac portfolio --json" in str(sheet["A4"].value)) == (said is not None)


def test_pairs_that_were_not_counted_are_said_not_to_be() -> None:
    found = many()
    uncounted = replace(found, tally=replace(found.tally, together=None))
    sheet = opened(book(uncounted))["Correlation"]
    assert sheet.max_row == HEAD - 1
    assert str(sheet["A4"].value).endswith(TOO_MANY)


def test_charts_are_native() -> None:
    with zipfile.ZipFile(io.BytesIO(book(many()))) as parts:
        charts = [parts.read(name).decode() for name in parts.namelist() if name.startswith("xl/charts/chart")]
    titles = ("Companies failed by quarter end", "Money put in by quarter end", "How likely each number of failures")
    assert [sum(title in chart for chart in charts) for title in titles] == [1, 1, 1]


def test_no_text_becomes_a_formula_or_a_link() -> None:
    found = many()
    told = replace(found, portfolio=replace(found.portfolio, notes=(NASTY, "@x", "https://example.com")))
    content = book(told, Origin(NASTY, NASTY, None, {}))
    read = opened(content)
    cells = [cell for sheet in read for row in sheet.iter_rows() for cell in row]
    assert not [cell for cell in cells if cell.data_type == "f" or cell.hyperlink is not None]
    texts = {str(cell.value) for cell in cells}
    assert {NASTY, "@x", "https://example.com"} <= texts
    assert any(HOSTILE[:20] in text for text in texts)
    with zipfile.ZipFile(io.BytesIO(content)) as parts:
        assert not [part for part in parts.namelist() if "externalLink" in part]
        charts = "".join(parts.read(name).decode() for name in parts.namelist() if "charts/chart" in name)
    assert "HYPERLINK" not in charts
    assert all(re.match(r"(Quarters!\$|'?Quarters)", ref) for ref in re.findall(r"<c:f>([^<]*)</c:f>", charts))


def test_the_same_inputs_give_the_same_bytes(tmp_path: Path) -> None:
    path = tmp_path / "book.xlsx"
    write_portfolio_workbook(path, many(), origin=ORIGIN)
    assert path.read_bytes() == book(many()) == book(many())


def test_one_company_one_month_nothing_shared_and_no_stakes() -> None:
    for company in (burning("sure", cash=3, burn=10), struck("safe", rate=0)):
        read = opened(book(look_ahead(held(company), months=1, paths=1, seed=1)))
        assert read.sheetnames == [*SHEETS, "About"]
        assert read["Correlation"]["B6"].value is None
        assert "investor, stake" not in str([cell.value for row in read["Quarters"].iter_rows() for cell in row])


def test_calendars_that_are_apart_are_counted() -> None:
    found = many()
    apart = replace(found, portfolio=replace(found.portfolio, apart=True))
    assert [cell.value for cell in opened(book(apart))["Months"][HEAD]][1:3] == ["month 1", "month 2"]
