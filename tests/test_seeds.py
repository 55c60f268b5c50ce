"""The shelf of facts: every row can be read, and says of what, when and how firm it is."""

import csv
import re
from pathlib import Path

import pytest

import tarmac
from tarmac.company.numbers import line_paths
from tarmac.company.targets import matching
from tarmac.money import CURRENCIES
from tarmac.months import Month

SEEDS = Path(__file__).parents[1] / "seeds"
FILES = sorted(SEEDS.glob("*.csv"))
COLUMNS = ["quantity", "from", "to", "value", "unit", "qualifier", "document", "use", "note"]
QUALIFIERS = {"exact", "about", "less than", "at most", "more than", "at least", "plan", "unknown", "event"}
USES = {"calibrate", "judge", "context"}
UNITS = {"people", "customers", "share", "", *CURRENCIES}
SECTIONS = {
    "earned": ("revenue.",),
    "billed": ("team.", "compute.", "cost."),
    "unpaid": ("compute.", "cost."),
    "arrears": ("compute.", "cost."),
    "headcount": ("team.",),
    "raised": ("round.",),
}


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        reader = csv.DictReader(file, strict=True)
        found = list(reader)
        assert reader.fieldnames == COLUMNS
    return found


def label(path: Path, row: dict[str, str]) -> str:
    return f"{path.stem}: {row['quantity']} {row['to']}"


PLACED = [pytest.param(path, row, id=label(path, row)) for path in FILES for row in rows(path)]
ROWS = [pytest.param(row, id=label(path, row)) for path in FILES for row in rows(path)]


@pytest.mark.parametrize("row", ROWS)
def test_a_row_can_be_read(row: dict[str, str]) -> None:
    assert None not in row, "more cells than columns"
    assert None not in row.values(), "fewer cells than columns"
    assert all(cell == cell.strip() for cell in row.values())
    assert row["quantity"]
    assert row["document"]
    assert Month.parse(row["from"]) <= Month.parse(row["to"])
    assert row["qualifier"] in QUALIFIERS
    assert row["use"] in USES
    assert row["unit"] in UNITS


@pytest.mark.parametrize("row", ROWS)
def test_a_row_has_a_positive_value_or_is_an_event(row: dict[str, str]) -> None:
    if row["qualifier"] in ("event", "unknown"):
        assert row["value"] == ""
        assert row["use"] == "context"
    else:
        assert re.fullmatch(r"\d+(\.\d+)?", row["value"])
        assert float(row["value"]) > 0
        assert row["unit"]


@pytest.mark.parametrize(("path", "row"), PLACED)
def test_what_a_model_is_fitted_to_or_judged_by_is_a_quantity_it_has(path: Path, row: dict[str, str]) -> None:
    word, _, rest = row["quantity"].partition(" ")
    if row["use"] == "context":
        return
    company = tarmac.load(path.stem)
    assert company.company.facts == path.stem
    assert word == "cash" or word in SECTIONS
    known = [*line_paths(company), *(f"round.{item.name}" for item in company.round)]
    for target in rest.split(" + ") if rest else ():
        assert target.startswith(SECTIONS[word])
        assert matching(target, known), target
    if word in ("cash", "arrears", "headcount"):
        assert row["from"] == row["to"], "a balance stands at one month's end"
    if row["use"] == "calibrate":
        assert row["qualifier"] != "plan"


def test_a_file_of_facts_stands_beside_every_company_that_names_one() -> None:
    for path in sorted((SEEDS.parent / "models").glob("*.toml")):
        facts = tarmac.load(path.stem).company.facts
        assert facts is None or SEEDS / f"{facts}.csv" in FILES


def test_rows_stand_in_the_order_of_time_and_none_stands_twice() -> None:
    for path in FILES:
        found = [(row["from"], row["to"], row["quantity"]) for row in rows(path)]
        assert [row[:2] for row in found] == sorted(row[:2] for row in found)
        assert len(set(found)) == len(found)


def test_the_arrears_of_stability_ai_are_the_sum_of_what_is_known_to_be_unpaid() -> None:
    facts = rows(SEEDS / "stability-ai.csv")
    judged = [row for row in facts if row["use"] == "judge"]
    parts = [float(row["value"]) for row in judged if re.match(r"unpaid|arrears compute", row["quantity"])]
    whole = [float(row["value"]) for row in judged if row["quantity"] == "arrears"]
    assert len(parts) == 4
    assert whole == [sum(parts)]


def test_the_readme_says_what_every_qualifier_use_and_column_means() -> None:
    text = (SEEDS / "README.md").read_text("utf-8")
    for word in (*COLUMNS, *QUALIFIERS, *USES):
        assert f"`{word}`" in text, word
    assert ",".join(COLUMNS) in text
