"""Monthly actuals from CSV: what is read, and every mistake at once."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tarmac.actuals import COLUMNS, Actuals, actuals_from
from tarmac.errors import InputError, Problem
from tarmac.library import load_actuals
from tarmac.months import Month

HEADER = "month,cash,revenue,payroll,compute,other"
ROWS = ["2024-01,1000,10,20,3,4", "2024-02,980,11,20,3,4", "2024-03,960,12,20,3,4"]


def read(*rows: str, header: str = HEADER, currency: str | None = None) -> Actuals:
    return actuals_from("\n".join([header, *rows]), "books.csv", currency=currency)


def mistakes(*rows: str, header: str = HEADER, currency: str | None = None) -> tuple[Problem, ...]:
    with pytest.raises(InputError) as caught:
        read(*rows, header=header, currency=currency)
    return caught.value.problems


def changed(column: str, cell: str) -> list[str]:
    """The rows with one cell of the second changed."""
    cells = ROWS[1].split(",")
    cells[HEADER.split(",").index(column)] = f'"{cell}"'
    return [ROWS[0], ",".join(cells), ROWS[2]]


def test_months_and_amounts() -> None:
    found = read(*ROWS)
    assert (found.first, found.last, len(found.months)) == (Month(2024, 1), Month(2024, 3), 3)
    assert list(found.amounts["cash"]) == [1000, 980, 960]
    assert found.currency is None
    assert "raised" not in found.amounts


def test_columns_in_any_order_and_case_and_optional_ones() -> None:
    header = "Note,Headcount, MONTH ,other,compute,payroll,revenue,cash,Collections,raised"
    found = read(
        "a,3,2024-01,4,3,20,10,1000,9,0", ",3,2024-02,4,3,20,11,980,,0", ",4,2024-03,4,3,20,12,9,9,5", header=header
    )
    assert list(found.amounts["headcount"]) == [3, 3, 4]
    assert math.isnan(found.amounts["collections"][1])
    assert list(found.amounts["raised"]) == [0, 0, 5]


@pytest.mark.parametrize(
    ("cell", "value"), [("12k", 12_000), ("$1,250", 1250), ("1.5M USD", 1.5e6), ("0", 0), ("-5", -5), (" 7 ", 7)]
)
def test_a_number_is_written_as_everywhere(cell: str, value: float) -> None:
    assert read(*changed("cash", cell)).amounts["cash"][1] == value


def test_the_day_of_a_month_end_may_be_named() -> None:
    assert read("2024-01-31,1,1,1,1,1", "2024-02-29,1,1,1,1,1", "2024-03-31,1,1,1,1,1").last == Month(2024, 3)


def test_what_excel_leaves_behind_is_no_mistake() -> None:
    text = "\ufeff" + "\r\n".join([f"{HEADER},,", *(f"{row},," for row in ROWS), ",,,,,,,", ""])
    assert actuals_from(text, "books.csv") == read(*ROWS)


@pytest.mark.parametrize(
    ("column", "cell", "rule"),
    [
        ("month", "Jan-24", "is a month"),
        ("month", "2024-13", "is a month"),
        ("month", "Total", "is a month"),
        ("revenue", "twelve", "is a number"),
        ("revenue", "12,5", "is a number"),
        ("revenue", "1.250,00", "is a number"),
        ("revenue", "nan", "is a number"),
        ("revenue", "inf", "is a number"),
        ("revenue", "10 to 12", "is a number"),
        ("revenue", "=B2*2", "not a formula"),
        ("revenue", "#REF!", "not a spreadsheet's error"),
        ("revenue", "(12)", "brackets"),
        ("revenue", "12%", "is an amount of money"),
        ("revenue", "-12", "is not below zero"),
        ("payroll", "-12", "is not below zero"),
        ("cash", "1e17", "is at most"),
    ],
)
def test_a_cell_that_is_wrong(column: str, cell: str, rule: str) -> None:
    found = mistakes(*changed(column, cell))
    assert rule in found[0].rule
    assert found[0].where == f"row 3, {column}"
    assert all(problem.remedy for problem in found)


@pytest.mark.parametrize(
    ("header", "where", "remedy"),
    [
        ("month,cash,revenue,payroll,compute", "row 1", "add it"),
        (f"{HEADER},colections", "row 1", "did you mean 'collections'"),
        (f"{HEADER},cash", "row 1", "remove all but one"),
        ("month;cash;revenue;payroll;compute;other", "row 1", "commas between cells"),
        ("month\tcash\trevenue", "row 1", "commas between cells"),
        ("sep=,", "row 1", "remove the line"),
        ("", "row 1", "above the months"),
        ("2024-01,1,2,3,4,5", "row 1", "above the months"),
    ],
)
def test_a_header_that_is_wrong(header: str, where: str, remedy: str) -> None:
    found = mistakes(*ROWS, header=header)
    assert found[0].where == where
    assert remedy in found[0].remedy


@pytest.mark.parametrize(
    ("rows", "rule"),
    [
        ([ROWS[0], ROWS[2]], "without a gap"),
        ([ROWS[1], ROWS[0], ROWS[2]], "order of time"),
        ([ROWS[0], ROWS[1], ROWS[1], ROWS[2]], "one row for each month"),
        (ROWS[:2], "at least 3 months"),
        ([], "at least 3 months"),
        ([row.replace("2024", "2199") for row in ROWS], "at the latest"),
        ([*ROWS, "2024-04,1,2"], "as many cells"),
        ([*ROWS, "2024-04,1,2,3,4,5,6"], "as many cells"),
        ([*ROWS, "2024-04,,10,20,3,4"], "known at the end of the last month"),
        ([row.replace(",3,", ",,") for row in ROWS], "at least 3 months are filled in"),
        ([f'"{ROWS[0]}', *ROWS[1:]], "is CSV"),
    ],
)
def test_rows_that_are_wrong(rows: list[str], rule: str) -> None:
    assert rule in mistakes(*rows)[0].rule


def test_one_currency() -> None:
    assert read(*changed("cash", "€980")).currency == "EUR"
    assert read(*ROWS, currency="GBP").currency == "GBP"
    [mixed] = mistakes(*changed("cash", "€980")[:2], "2024-03,$960,12,20,3,4")
    assert "one currency, here EUR" in mixed.rule
    [other] = mistakes(*changed("cash", "€980"), currency="USD")
    assert "here USD" in other.rule
    rows = [f"{row},{code}" for row, code in zip(ROWS, ("usd", "USD", "XXQ"), strict=True)]
    [unknown] = mistakes(*rows, header=f"{HEADER},currency")
    assert unknown.where == "row 4, currency"


def test_all_mistakes_come_at_once() -> None:
    found = mistakes("2024-01,x,10,20,-3,4", "2024-01,980,=1,20,3,4", "2024-05,€1,12,20,3,$4")
    assert {problem.where for problem in found} == {
        "row 2, cash",
        "row 2, compute",
        "row 3, month",
        "row 3, revenue",
        "row 4, month",
        "row 4, other",
    }


@given(st.text(max_size=200))
def test_any_text_ends_in_actuals_or_in_mistakes_with_remedies(text: str) -> None:
    for whole in (text, f"{HEADER}\n{text}"):
        with pytest.raises(InputError) as caught:
            actuals_from(whole, "books.csv")
        assert all(problem.rule and problem.remedy for problem in caught.value.problems)


def test_the_example_is_read_and_uses_every_column() -> None:
    found = load_actuals("actuals-example")
    assert found.currency == "USD"
    assert {"month", "currency", "note", *found.amounts} == set(COLUMNS)
