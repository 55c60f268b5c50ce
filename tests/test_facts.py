"""Files of facts: what a row says, and what is refused, each mistake with its row, its rule and what to do."""

from pathlib import Path
from typing import Any

import pytest

from tarmac.company import Company, company_from
from tarmac.errors import InputError
from tarmac.facts import COLUMNS, Fact, Quantity, check, facts_from
from tarmac.library import load_facts
from tarmac.months import Month

HEAD = ",".join(COLUMNS)
CASH = "cash,2024-03,2024-03,,4000000,USD,less than,memo,judge,a note"
BILLED = "billed team.* + cost.*,2024-01,2024-12,,54000000,USD,exact,memo,calibrate,"


def company(**more: Any) -> Company:
    document = {
        "company": {"name": "Example", "currency": "USD", "first_month": "2024-01"},
        "cash": {"opening": "1M"},
        "team": [{"name": "staff", "headcount": 3, "cost": "10k"}],
        "compute": [{"name": "aws", "kind": "on_demand", "monthly": "10k"}],
        "cost": [{"name": "rent", "monthly": "10k"}, {"name": "vat", "kind": "tax", "monthly": "1k"}],
        "round": [{"name": "seed", "instrument": "equity", "starts": "2024-02", "amount": "1M"}],
    }
    return company_from(document | more, "example.toml")


def read(*rows: str, of: Company | None = None) -> tuple[Fact, ...]:
    return facts_from("\n".join([HEAD, *rows]) + "\n", "example.csv", company=of)


def refused(*rows: str, of: Company | None = None) -> list[tuple[str, str]]:
    """Where each mistake is, and what stands there."""
    with pytest.raises(InputError) as caught:
        read(*rows, of=of)
    assert all(problem.file == "example.csv" and problem.rule and problem.remedy for problem in caught.value.problems)
    return [(problem.where, problem.value) for problem in caught.value.problems]


def changed(row: str, **cells: str) -> str:
    """A row with some cells changed."""
    found = dict(zip(COLUMNS, row.split(","), strict=True)) | {name.rstrip("_"): cell for name, cell in cells.items()}
    return ",".join(found.values())


def test_a_row_is_a_fact() -> None:
    cash, billed = read(CASH, changed(BILLED, from_="2024-04"))
    month = Month(2024, 3)
    assert cash == Fact(Quantity("cash"), month, month, month, 4e6, "USD", "less than", "memo", "judge", "a note")
    assert cash.side == -1
    assert billed.quantity == Quantity("billed", ("team.*", "cost.*"))
    assert str(billed.quantity) == "billed team.* + cost.*"
    assert (billed.first, billed.last, billed.side) == (Month(2024, 4), Month(2024, 12), 0)


def test_a_figure_is_known_in_its_last_month_unless_the_row_says_otherwise() -> None:
    after_the_fact, forecast = read(BILLED, changed(BILLED, quantity="billed compute.*", known="2024-10"))
    assert (after_the_fact.known, forecast.known) == (Month(2024, 12), Month(2024, 10))
    assert refused(changed(CASH, known="soon")) == [("row 2, known", "soon")]


@pytest.mark.parametrize(
    ("qualifier", "side"),
    [("exact", 0), ("about", 0), ("less than", -1), ("at most", -1), ("more than", 1), ("at least", 1)],
)
def test_a_bound_has_a_side(qualifier: str, side: int) -> None:
    assert read(changed(CASH, qualifier=qualifier))[0].side == side


def test_context_may_be_of_anything() -> None:
    event = "investors leave,2024-01,2024-02,,,,event,memo,context,"
    plan = '"hoped for, in all",2024-01,2024-02,,5,customers,plan,memo,context,'
    unknown = "unpaid compute.aws,2024-01,2024-02,,,USD,unknown,memo,context,"
    found = read(event, plan, unknown)
    assert [str(fact.quantity) for fact in found] == ["investors leave", "hoped for, in all", "unpaid compute.aws"]
    assert [fact.quantity.targets for fact in found] == [(), (), ()]
    assert [fact.value for fact in found] == [None, 5.0, None]


def test_empty_lines_are_no_rows_but_count() -> None:
    assert len(read("", CASH, "")) == 1
    assert refused("", CASH, "", changed(CASH, value="x", to="2024-04", from_="2024-04")) == [("row 5, value", "x")]


@pytest.mark.parametrize(
    ("cells", "column"),
    [
        ({"quantity": ""}, "quantity"),
        ({"quantity": "runway"}, "quantity"),
        ({"quantity": "cash compute.aws"}, "quantity"),
        ({"quantity": "unpaid", "qualifier": "exact"}, "quantity"),
        ({"quantity": "earned compute.aws"}, "quantity"),
        ({"quantity": "billed compute.aws, team.*"}, None),
        ({"quantity": "arrears team.*"}, "quantity"),
        ({"from": "2024-3"}, "from"),
        ({"to": "March"}, "to"),
        ({"from": "2024-02"}, "from"),
        ({"value": ""}, "value"),
        ({"value": "0"}, "value"),
        ({"value": "-4"}, "value"),
        ({"value": "4M"}, "value"),
        ({"value": "nan"}, "value"),
        ({"value": "1e6"}, "value"),
        ({"unit": ""}, "unit"),
        ({"unit": "dollars"}, "unit"),
        ({"unit": "people"}, "unit"),
        ({"qualifier": "roughly"}, "qualifier"),
        ({"qualifier": "plan"}, "use"),
        ({"qualifier": "claimed"}, "use"),
        ({"qualifier": "as printed"}, "use"),
        ({"unit": "times"}, "unit"),
        ({"document": ""}, "document"),
        ({"use": "fit"}, "use"),
        ({"note": " a note"}, "note"),
    ],
    ids=str,
)
def test_a_mistake_is_named_by_row_and_column(cells: dict[str, str], column: str | None) -> None:
    found = refused(CASH.replace("2024-03", "2024-01"), changed(CASH, **cells))
    if column is None:  # a comma inside a cell makes a cell more
        assert found == [("row 3, quantity", "billed compute.aws")]
    else:
        assert (f"row 3, {column}", cells.get(column, "judge")) in found
        assert len(found) <= 2


def test_every_mistake_is_reported_at_once() -> None:
    found = refused(changed(CASH, value="x", document=""), "a,b,c", changed(BILLED, to="2023-12"))
    assert [where for where, _ in found] == ["row 2, document", "row 2, value", "row 3, quantity", "row 4, to"]


def test_rows_stand_in_the_order_of_time_and_none_stands_twice() -> None:
    assert refused(CASH, BILLED) == [("row 3", "billed team.* + cost.*")]
    assert refused(CASH, changed(CASH, value="5", qualifier="exact")) == [("row 3", "cash")]


@pytest.mark.parametrize("text", ["", "quantity,value\n", f"{HEAD},more\n", CASH, f'{HEAD}\n"cash,2024'], ids=repr)
def test_a_text_that_is_no_file_of_facts_is_refused(text: str) -> None:
    with pytest.raises(InputError) as caught:
        facts_from(text, "example.csv")
    assert len(caught.value.problems) == 1


@pytest.mark.parametrize(
    ("row", "column"),
    [
        (changed(BILLED, quantity="billed compute.gcp"), "quantity"),
        (changed(BILLED, quantity="unpaid cost.vat"), "quantity"),
        (changed(BILLED, quantity="raised round.series a"), "quantity"),
        (changed(BILLED, unit="EUR"), "unit"),
    ],
)
def test_what_a_company_is_compared_with_is_of_lines_it_has(row: str, column: str) -> None:
    assert [where for where, _ in refused(row, of=company())] == [f"row 2, {column}"]
    with pytest.raises(InputError):
        check(read(row), company())
    assert len(read(row)) == 1, "no mistake of the file itself"


def test_what_fits_a_company_passes() -> None:
    rows = [
        changed(BILLED, quantity="billed compute.* + team.staff + cost.vat"),
        changed(BILLED, quantity="unpaid compute.aws + cost.*"),
        changed(BILLED, quantity="raised round.*"),
        changed(BILLED, quantity="headcount team.*", from_="2024-12", unit="people"),
    ]
    check(read(*rows, of=company()), company())


def test_a_figure_may_be_in_a_foreign_currency_that_the_company_has_a_rate_of() -> None:
    subject = company(fx={"EUR": 1.1})
    assert read(changed(BILLED, unit="EUR"), of=subject)[0].unit == "EUR"
    assert [where for where, _ in refused(changed(BILLED, unit="GBP"), of=subject)] == ["row 2, unit"]


def test_nearly_is_read_as_the_value() -> None:
    assert read(changed(CASH, qualifier="nearly"))[0].side == 0


def test_context_need_not_fit_a_company() -> None:
    assert read(changed(BILLED, quantity="billed compute.gcp", unit="EUR", use="context"), of=company())


def test_facts_are_found_on_the_shelf(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert len(load_facts("stability-ai")) > 20
    (tmp_path / "seeds").mkdir()
    (tmp_path / "seeds" / "stability-ai.csv").write_text(f"{HEAD}\n{CASH}\n", "utf-8")
    assert len(load_facts("stability-ai")) == 1
    with pytest.raises(InputError):
        load_facts("nobody")
