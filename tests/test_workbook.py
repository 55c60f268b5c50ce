"""The workbook: formulas that come to what the engine says, texts that stay texts, the same bytes each time."""

import io
import os
import shutil
import subprocess
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import given, settings

import tarmac
from tarmac.basecase import base_case_of
from tarmac.cli.main import main
from tarmac.company import Company, company_from
from tarmac.forecast import Forecast
from tarmac.report.workbook import Notes, write_workbook
from tarmac.report.workbook.inputs import Inputs
from tarmac.report.workbook.monthly import Monthly, monthly_of
from tests.companies_at_random import documents

MODELS = ("saas-seed", "ai-lab", "stability-ai")
SHEETS = ["Inputs", "Monthly", "Forecast", "Checks", "About"]
NASTY = '=HYPERLINK("http://x","y") & [/red] +1'
TOLERANCE = 0.004


def forecast_of(company: Company, months: int = 18) -> Forecast:
    return tarmac.simulate(company, months=months, paths=200, seed=7)


def book(company: Company, months: int = 18, **more: Any) -> bytes:
    buffer = io.BytesIO()
    write_workbook(buffer, company, forecast=forecast_of(company, months), **more)
    return buffer.getvalue()


def opened(content: bytes, *, values: bool) -> openpyxl.Workbook:
    return openpyxl.load_workbook(io.BytesIO(content), data_only=values)


def rows_of(company: Company, months: int) -> Monthly:
    base = base_case_of(company, months)
    return monthly_of(base, Inputs(company, base).numbers)


def carried(monthly: Monthly) -> list[str]:
    """Rows carried from the engine but for what rounds bring and whether they have failed."""
    labels = [row.label for row in monthly.grid.rows if row.carried]
    return [label for label in labels if not label.startswith("round.")]


@pytest.mark.parametrize("name", MODELS)
def test_every_row_of_the_models_is_a_formula_that_comes_to_the_cent(name: str) -> None:
    monthly = rows_of(tarmac.load(name), 36)
    assert carried(monthly) == []
    traced = [row for row in monthly.grid.rows if row.engine is not None]
    assert len(traced) > 25
    for row in traced:
        for month, amount in enumerate(row.engine if row.engine is not None else []):
            assert abs(row.cells[month].value - amount) < TOLERANCE, (row.label, month)


@pytest.mark.parametrize("name", MODELS)
def test_cash_and_balance_sheet_add_up(name: str) -> None:
    monthly = rows_of(tarmac.load(name), 36)
    books, cash = monthly.books, monthly.cash.closing
    for month in range(-1, 36):
        assert abs(books.assets[month].value - books.owing[month].value) < TOLERANCE
        assert cash[month].value == pytest.approx(float(monthly.base.balances["cash"][month + 1]), abs=TOLERANCE)


@settings(max_examples=25)
@given(documents())
def test_whatever_has_no_formula_is_carried_and_all_else_adds_up(document: dict[str, Any]) -> None:
    company = company_from(document)
    monthly = rows_of(company, 20)
    assert monthly.grid.first_difference() is None
    for month in range(-1, 20):
        assets, owing = monthly.books.assets[month].value, monthly.books.owing[month].value
        assert assets == pytest.approx(owing, abs=TOLERANCE)
    assert set(carried(monthly)) <= {
        "taxes: paid",
        "debt.1: drawn",
        "debt.1: repaid",
        "debt.0: drawn",
        "debt.0: repaid",
    }


def test_what_has_no_formula_says_that_it_is_carried() -> None:
    rests = [{"name": name, "when": {"month": "2024-03"}, "do": [{"defer": "taxes", "months": months}]}
             for name, months in (("one", 2), ("two", 3))]  # fmt: skip
    team = {"name": "staff", "headcount": 2, "cost": 100, "payroll_tax": 0.2}
    head = {"name": "Example", "currency": "USD", "first_month": "2024-01"}
    company = company_from({"company": head, "cash": {"opening": 9000}, "team": [team], "policy": rests})
    assert carried(rows_of(company, 12)) == ["taxes: paid"]
    sheet = opened(book(company), values=True)["Monthly"]
    found = {row[0].value: row[1].value for row in sheet.iter_rows(min_row=6)}
    assert found["taxes: paid"] == "from the engine"
    assert found["cash at the end"] == "formula"
    about = opened(book(company), values=True)["About"]
    assert "taxes: paid" in {row[0].value for row in about.iter_rows()}


def test_sheets_inputs_and_checks() -> None:
    content = book(
        tarmac.load("saas-seed"), notes=Notes(command="tarmac report", evidence={"cash.opening": "our bank"})
    )
    formulas, values = opened(content, values=False), opened(content, values=True)
    assert formulas.sheetnames == SHEETS
    inputs = {row[0].value: row for row in values["Inputs"].iter_rows(min_row=6)}
    growth = inputs["revenue.subscriptions.growth"]
    assert growth[2].value == pytest.approx(0.04)
    assert growth[4].value == "2% to 8%"
    assert (growth[5].value, growth[6].value) == (pytest.approx(0.02), pytest.approx(0.08))
    assert growth[2].font.color.rgb == "FF0000FF"
    assert inputs["cash.opening"][8].value == "our bank"
    assert inputs["revenue.subscriptions.volatility"][7].value == "Monte Carlo only"
    level = next(
        row
        for row in formulas["Monthly"].iter_rows(min_row=6)
        if row[0].value == "revenue.subscriptions: level before decisions"
    )
    assert level[3].value.startswith("=Inputs!$C$")
    assert level[4].value.startswith("=D")
    assert "Inputs!$C$" in level[4].value
    assert values["Checks"]["B3"].value is True
    assert formulas["Checks"]["B3"].value.startswith("=AND(")
    checks = [row[1].value for row in values["Checks"].iter_rows(min_row=6) if row[0].value]
    assert len([value for value in checks if value is True]) > 40
    assert False not in checks


def test_charts_of_cash_and_of_probabilities_are_native() -> None:
    with zipfile.ZipFile(io.BytesIO(book(tarmac.load("saas-seed")))) as parts:
        charts = [parts.read(name).decode() for name in parts.namelist() if name.startswith("xl/charts/chart")]
    titles = ("quantiles over all paths", "Probability by month end", "Cash of the base case")
    assert [sum(title in chart for chart in charts) for title in titles] == [1, 1, 1]
    assert len(charts) == 3


def test_scenarios_stand_side_by_side() -> None:
    company = tarmac.load("saas-seed")
    compared = tarmac.compare(company, ["no-new-money"], months=18, paths=200, seed=7)
    sheets = opened(book(company, compared=compared), values=True)
    assert sheets.sheetnames == ["Inputs", "Monthly", "Forecast", "Scenarios", "Checks", "About"]
    sheet = sheets["Scenarios"]
    assert [cell.value for cell in sheet[4]][1:3] == ["base", "no-new-money"]
    rows = {row[0].value: row[1].value for row in sheet.iter_rows(min_row=5, max_col=2)}
    assert rows["mean months solvent within the horizon"] == pytest.approx(compared.base.months_solvent)


def test_forecast_values_are_those_of_the_run() -> None:
    company = tarmac.load("stability-ai")
    forecast, sheet = forecast_of(company), opened(book(company), values=True)["Forecast"]
    rows = {(row[0].value, place): row for place, row in enumerate(sheet.iter_rows())}
    amounts = [row for (name, _), row in rows.items() if name == "Jun 2023"]
    assert amounts[0][4].value == pytest.approx(float(forecast.cash.quantile(0.5)[5]))
    assert amounts[1][1].value == pytest.approx(float(forecast.insolvent.probability[5]))
    assert amounts[1][2].value == pytest.approx(float(forecast.insolvent.standard_error[5]))


def test_the_same_inputs_give_the_same_bytes(tmp_path: Path) -> None:
    company = tarmac.load("saas-seed")
    path = tmp_path / "book.xlsx"
    write_workbook(path, company, forecast=forecast_of(company))
    assert path.read_bytes() == book(company) == book(company)


@pytest.mark.parametrize(
    "name", [NASTY[:60], "+1", "@x", "x [red]".replace("[", "(").replace("]", ")"), "月之暗面科技", "x" * 100]
)
def test_no_text_becomes_a_formula_or_a_link(name: str) -> None:
    name = name.replace("[", "(").replace("]", ")")
    head = {"name": name, "currency": "USD", "first_month": "2024-01", "story": NASTY}
    cost = {"name": name, "monthly": "80 to 120"}
    company = company_from({"company": head, "cash": {"opening": 1000}, "cost": [cost]}, "example.toml")
    forecast = forecast_of(company)
    told = replace(
        forecast, origin=replace(forecast.origin, company="<script>" + NASTY * 8, scenarios=(NASTY, "@x", "-1"))
    )
    buffer = io.BytesIO()
    evidence = {f"cost.{name}.monthly": NASTY, "cash.opening": "https://example.com"}
    write_workbook(buffer, company, forecast=told, notes=Notes(command=NASTY, evidence=evidence, digest="=1+1"))
    book_read = opened(buffer.getvalue(), values=False)
    for sheet in book_read:
        for row in sheet.iter_rows():
            for cell in row:
                assert cell.hyperlink is None
                if cell.data_type == "f":
                    assert "HYPERLINK" not in cell.value
                    assert "example.com" not in cell.value
    texts = {cell.value for row in book_read["About"].iter_rows() for cell in row if cell.data_type == "s"}
    assert "=1+1" in texts
    with zipfile.ZipFile(io.BytesIO(buffer.getvalue())) as parts:
        assert not [part for part in parts.namelist() if "externalLink" in part]


def test_a_horizon_of_one_month_and_a_company_of_nothing() -> None:
    head = {"name": "Example", "currency": "USD", "first_month": "2024-01"}
    content = book(company_from({"company": head, "cash": {"opening": 10}}), months=1)
    assert opened(content, values=True)["Checks"]["B3"].value is True


def recalculated(content: bytes, folder: Path) -> openpyxl.Workbook:
    """The workbook as LibreOffice works it out, from formulas without the values they were written with."""
    bare, profile, made = folder / "bare.xlsx", folder / "profile", folder / "made"
    opened(content, values=False).save(bare)  # openpyxl keeps formulas and drops their values
    command = ["soffice", "--headless", f"-env:UserInstallation={profile.as_uri()}", "--convert-to", "xlsx"]
    subprocess.run([*command, "--outdir", str(made), str(bare)], check=True, capture_output=True, env=os.environ)
    return openpyxl.load_workbook(made / "bare.xlsx", data_only=True)


NO_OFFICE = pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice (soffice) is not installed")


@NO_OFFICE
@pytest.mark.slow
@pytest.mark.parametrize("name", MODELS)
def test_a_spreadsheet_recalculates_to_the_values_written_and_every_check_stays_true(name: str, tmp_path: Path) -> None:
    company = tarmac.load(name)
    compared = tarmac.compare(company, ["no-new-money"], months=36, paths=200, seed=7)
    content = book(company, months=36, compared=compared)
    written, found = opened(content, values=True), recalculated(content, tmp_path)
    assert found["Checks"]["B3"].value is True
    compared_cells = 0
    for sheet in written:
        for row in sheet.iter_rows():
            for cell in row:
                if isinstance(cell.value, int | float):
                    compared_cells += 1
                    now = found[sheet.title][cell.coordinate].value
                    assert now == pytest.approx(cell.value, abs=TOLERANCE), (sheet.title, cell.coordinate)
    assert compared_cells > 4000


@NO_OFFICE
@pytest.mark.slow
def test_every_check_of_the_workbook_of_a_report_stays_true(tmp_path: Path) -> None:
    out = tmp_path / "out"
    command = ["report", "stability-ai", "--seed", "7", "--paths", "2000", "--format", "xlsx", "--out", str(out), "-q"]
    assert main(command) == 0
    found = recalculated((out / "stability-ai-board.xlsx").read_bytes(), tmp_path)
    assert found["Checks"]["B3"].value is True
    assert not [cell for row in found["Checks"].iter_rows() for cell in row if cell.value is False]
    assert "Scenarios" in found.sheetnames


@NO_OFFICE
@pytest.mark.slow
def test_money_typed_into_a_round_arrives_and_every_check_stays_true(tmp_path: Path) -> None:
    company = tarmac.load("saas-seed")
    changed = opened(book(company, months=24), values=False)
    row = next(
        row for row in changed["Monthly"].iter_rows(min_row=6) if row[0].value == "round.series A: what it brings"
    )
    row[8].value = 5_000_000
    buffer = io.BytesIO()
    changed.save(buffer)
    found = recalculated(buffer.getvalue(), tmp_path)
    rows = {row[0].value: [cell.value for cell in row[3:]] for row in found["Monthly"].iter_rows(min_row=6)}
    assert rows["money from outside"][5] == 5_000_000
    assert rows["cash at the end"][5] - rows["cash at the end"][4] > 4_700_000
    assert rows["insolvent in this month"][:24] == [0] * 24
    assert found["Checks"]["B4"].value is False
    assert found["Checks"]["B3"].value is True


@NO_OFFICE
@pytest.mark.slow
def test_a_changed_input_changes_the_months_as_the_engine_would(tmp_path: Path) -> None:
    company = tarmac.load("saas-seed")
    changed = opened(book(company, months=24), values=False)
    place = next(row for row in changed["Inputs"].iter_rows(min_row=6) if row[0].value == "cash.opening")
    place[2].value = 3_000_000
    buffer = io.BytesIO()
    changed.save(buffer)
    found = recalculated(buffer.getvalue(), tmp_path)
    document = company.document()
    richer = base_case_of(company_from(document | {"cash": {"opening": 3_000_000}}), 24)
    cash = next(row for row in found["Monthly"].iter_rows(min_row=6) if row[0].value == "cash at the end")
    amounts = [cell.value for cell in cash[2:27]]
    assert amounts == pytest.approx(richer.balances["cash"].tolist(), abs=TOLERANCE)
    assert found["Inputs"]["C3"].value is False
    assert found["Checks"]["B3"].value is True
