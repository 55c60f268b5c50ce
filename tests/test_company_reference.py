"""The reference of the company file: complete, true to the declarations, and what models/README.md shows."""

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pydantic.fields import FieldInfo

from tarmac.company import Company, company_from, json_schema, reference_table
from tarmac.company.base import Table
from tarmac.company.quantity import Quantity

MODELS = Path(__file__).parents[1] / "models"
SHIPPED = sorted(MODELS.glob("*.toml"))


def tables() -> Iterator[type[Table]]:
    """Every declaration that a company file may hold."""
    waiting: list[Any] = [Company]
    seen: set[Any] = set()
    while waiting:
        item = waiting.pop()
        if item in seen:
            continue
        seen.add(item)
        if isinstance(item, type) and issubclass(item, Table):
            yield item
            waiting += [info.annotation for info in item.model_fields.values()]
        else:
            waiting += [
                part for part in getattr(item, "__args__", ()) if isinstance(part, type) or hasattr(part, "__args__")
            ]


def fields() -> Iterator[tuple[str, FieldInfo]]:
    for table in tables():
        for key, info in table.model_fields.items():
            yield f"{table.__name__}.{key}", info


def quantities(info: FieldInfo) -> list[Quantity]:
    inside = [item for part in getattr(info.annotation, "__args__", ()) for item in getattr(part, "__metadata__", ())]
    return [item for item in (*info.metadata, *inside) if isinstance(item, Quantity)]


def test_the_walk_over_the_declarations_finds_them_all() -> None:
    assert {table.__name__ for table in tables()} == {"Company", *json_schema()["$defs"]}


def test_every_key_is_described() -> None:
    tags = ("kind", "instrument")  # those choose a table, whose own sentence describes it
    assert [name for name, info in fields() if not info.description and name.split(".")[1] not in tags] == []


def test_every_table_is_described() -> None:
    assert [table.__name__ for table in tables() if not (table.__doc__ or "").strip()] == []


def test_every_number_says_what_is_typical() -> None:
    found = {name: quantity for name, info in fields() for quantity in quantities(info)}
    assert len(found) > 50
    assert [name for name, quantity in found.items() if not quantity.typical] == []


def test_the_readme_shows_the_reference() -> None:
    text = (MODELS / "README.md").read_text("utf-8")
    shown = re.search(r"<!-- reference -->\n(.*)<!-- /reference -->", text, re.DOTALL)
    assert shown is not None
    assert shown[1].strip() == reference_table(), "write reference_table() between the two markers of models/README.md"


def test_the_reference_names_every_key_once_in_every_table() -> None:
    for block in reference_table().split("\n### ")[1:]:
        for part in block.split("\n#### "):
            keys = re.findall(r"^\| `(\w+)` \|", part, re.MULTILINE)
            assert len(keys) == len(set(keys)), part.splitlines()[0]
    text = reference_table()
    assert [
        name for name, _ in fields() if not name.startswith("Company.") and f"| `{name.split('.')[1]}` |" not in text
    ] == []


def rows_of(heading: str) -> list[str]:
    """The keys under a heading of the reference, in order."""
    blocks = re.split(r"^####? ", reference_table(), flags=re.MULTILINE)
    (block,) = (block for block in blocks if block.startswith(heading))
    return re.findall(r"^\| `(\w+)` \|", block, re.MULTILINE)


def test_a_table_begins_with_its_name_its_kind_and_its_own_keys() -> None:
    assert rows_of("`[[revenue]]`")[:5] == ["name", "kind", "monthly", "growth", "churn"]
    assert rows_of("`[[cost]]`")[:3] == ["name", "kind", "monthly"]
    assert rows_of("`on_demand` and `committed`")[:4] == ["name", "kind", "monthly", "units"]
    assert rows_of("`on_demand` and `committed`")[-3:] == ["minimum", "until", "early_termination"]
    assert rows_of("`training_run`")[:4] == ["name", "kind", "month", "slip"]
    for name in ("Cost", "Committed", "NoteRound", "DebtRound", "CreditLine"):
        keys = list(json_schema()["$defs"][name]["properties"])
        assert keys[0] == "name"
        assert keys[1] in ("kind", "instrument")


def test_kinds_that_mean_different_things_by_a_key_stand_apart() -> None:
    assert rows_of("`inference`")[2:6] == ["users", "revenue", "units", "unit_price"]
    assert "interest" in rows_of("`loan`")
    assert "matures" in rows_of("`note`")
    assert "limit" in rows_of("`credit_line`")
    assert "repaid_over" in rows_of("`debt`")
    assert "repaid_over" not in rows_of("`equity`, `safe`, `note`")


@pytest.mark.parametrize(
    "row",
    [
        r"`churn` | rate a month, by month | 0% to 100% | .+ a month | `0.0`",
        r"`opening` | money | .* | .+ | required",
        r"`persistence` | plain number | 0 to 1 |  | `0.9`",
        r"`headcount` | count | 0 to 1,000,000 | .+ | required",
        r"`terms` | whole number | 0 to 24 |  | `0`",
        r"`stretch` | whole number | 0 to 60 |  | `0`",
        r"`interest` | share | 0% to 100% | 4% to 15% a year | `0.0`",
        r'`kind` | one of vendor, tax |  |  | `"vendor"`',
        r"`freeze` | one of hires, raises |  |  | none",
    ],
)
def test_rows_hold_unit_bounds_typical_range_and_default(row: str) -> None:
    pattern = re.escape(f"| {row} | ").replace(re.escape(".+"), "[^|]+").replace(re.escape(".*"), "[^|]*")
    assert re.search(f"^{pattern}", reference_table(), re.MULTILINE)


# --- the JSON Schema


def agrees(value: Any, schema: dict[str, Any], whole: dict[str, Any]) -> bool:
    """Whether a value agrees with a schema: the part of JSON Schema that ours uses."""
    if "$ref" in schema:
        return agrees(value, whole["$defs"][schema["$ref"].removeprefix("#/$defs/")], whole)
    if "anyOf" in schema or "oneOf" in schema:
        fitting = sum(agrees(value, choice, whole) for choice in schema.get("anyOf") or schema["oneOf"])
        return fitting == 1 if "oneOf" in schema else fitting > 0
    if "const" in schema or "enum" in schema:
        return value in schema.get("enum", [schema.get("const")])
    allowed = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
    return any(is_of(value, kind) for kind in allowed) and inside_agrees(value, schema, whole)


def inside_agrees(value: Any, schema: dict[str, Any], whole: dict[str, Any]) -> bool:
    """The same for what a value of the right type holds."""
    if isinstance(value, dict):
        return table_agrees(value, schema, whole)
    if isinstance(value, list):
        places = schema.get("prefixItems", [schema.get("items")] * len(value))
        return len(places) == len(value) and all(agrees(v, s, whole) for v, s in zip(value, places, strict=True))
    return not isinstance(value, str) or re.search(schema.get("pattern", ""), value) is not None


def is_of(value: Any, kind: str) -> bool:
    types: dict[str, Any] = {
        "object": dict,
        "array": list,
        "string": str,
        "integer": int,
        "number": (int, float),
        "boolean": bool,
    }
    return isinstance(value, types[kind]) and (kind == "boolean" or not isinstance(value, bool))


def table_agrees(value: dict[str, Any], schema: dict[str, Any], whole: dict[str, Any]) -> bool:
    known, other = schema.get("properties", {}), schema.get("additionalProperties", True)
    if any(key not in value for key in schema.get("required", ())):
        return False
    if any(not agrees(key, {"type": "string"} | schema.get("propertyNames", {}), whole) for key in value):
        return False
    for key, item in value.items():
        rule = known.get(key, other)
        if rule is False or (isinstance(rule, dict) and not agrees(item, rule, whole)):
            return False
    return True


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_shipped_models_agree_with_the_schema(path: Path) -> None:
    schema = json_schema()
    assert agrees(tomllib.loads(path.read_text("utf-8")), schema, schema)


def test_the_schema_refuses_what_it_should() -> None:
    schema = json_schema()
    good: dict[str, Any] = {
        "company": {"name": "A", "currency": "USD", "first_month": "2027-01"},
        "cash": {"opening": "1M"},
        "fx": {"EUR": 1.1, "GBP": {"rate": "1.2 to 1.3"}},
        "revenue": [{"name": "a", "kind": "usage", "monthly": {"2027-01": 1}, "collected_after": 2}],
    }
    assert agrees(good, schema, schema)
    assert company_from(good).revenue[0].collected_after == (0, 0, 1)
    for section, key, value in (
        ("cash", "opening", True),
        ("cash", "openning", 1),
        ("company", "first_month", "2027"),
        ("company", "insolvent_when", "never"),
        ("fx", "EUR", {"rate": 1.1, "drft": 0}),
    ):
        assert not agrees(good | {section: good[section] | {key: value}}, schema, schema), (section, key)
    assert not agrees({key: good[key] for key in good if key != "cash"}, schema, schema)
    bad = good["revenue"][0]
    assert not agrees(good | {"revenue": [bad | {"kind": "barter"}]}, schema, schema)
    assert not agrees(good | {"revenue": [bad | {"monthly": {"January": 1}}]}, schema, schema)


def test_the_schema_carries_units_bounds_and_typical_ranges() -> None:
    schema = json_schema()
    assert schema["$schema"].startswith("https://json-schema.org/")
    assert schema["title"] == "Tarmac company file"
    churn = schema["$defs"]["Revenue"]["properties"]["churn"]
    assert (churn["x-unit"], churn["x-bounds"], churn["x-typical"]) == ("rate", "0% to 100%", "0.5% to 5% a month")
    assert churn["default"] == 0
    assert schema["$defs"]["Team"]["properties"]["severance_months"]["default"] == 0
    numbers = {name.rpartition(".")[::2] for name, info in fields() if quantities(info)}
    lacking = [pair for pair in numbers if "x-unit" not in schema["$defs"][pair[0]]["properties"][pair[1]]]
    assert lacking == []


def test_the_schema_holds_no_null() -> None:
    def walk(value: Any) -> Iterator[Any]:
        yield value
        for item in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
            yield from walk(item)

    assert all(item is not None and item != "null" for item in walk(json_schema()))
