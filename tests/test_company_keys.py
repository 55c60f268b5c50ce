"""Every key of a company file takes what it is declared to take, and nothing else."""

from collections.abc import Iterator
from typing import Any

import pytest
from pydantic import ValidationError, create_model
from pydantic.fields import FieldInfo

from tarmac.company import SECTIONS, Company, company_from
from tarmac.company.base import Table
from tarmac.company.numbers import inputs, months_named, numbers, paths_of_suppliers, terminable
from tarmac.company.quantity import Quantity


def plain_fields() -> Iterator[tuple[str, FieldInfo]]:
    """Every key of a company file that holds no table."""
    waiting: list[Any] = [Company]
    seen: set[Any] = set()
    while waiting:
        item = waiting.pop()
        if not isinstance(item, type) or not issubclass(item, Table):
            waiting += getattr(item, "__args__", ())
        elif item not in seen:
            seen.add(item)
            yield from ((f"{item.__name__}.{key}", info) for key, info in item.model_fields.items())
            waiting += [info.annotation for info in item.model_fields.values()]


def takes(info: FieldInfo, value: Any) -> bool:
    declared: Any = (info.annotation, info)
    one: type[Table] = create_model("One", __base__=Table, key=declared)
    try:
        one.model_validate({"key": value})
    except ValidationError:
        return False
    return True


def holds(info: FieldInfo, *words: str) -> bool:
    return any(word in str(info.annotation) for word in words)


NUMBERS = {
    name: info
    for name, info in plain_fields()
    if holds(info, "Uncertain", "Schedule", "int", "float") and not holds(info, "'str'>")
}


def test_every_number_is_tried() -> None:
    some = {"Cash.opening", "Loan.interest", "Cost.stretch", "Correlation.value", "OnDemand.gpus", "Action.by"}
    assert some <= set(NUMBERS)
    assert len(NUMBERS) > 150


@pytest.mark.parametrize("value", [float("nan"), float("inf"), True, "many", [None], {}], ids=str)
def test_no_number_is_anything_else(value: Any) -> None:
    assert [name for name, info in NUMBERS.items() if takes(info, value)] == []


def test_a_whole_or_plain_number_stands_without_quotes() -> None:
    plain = {name: info for name, info in NUMBERS.items() if not holds(info, "Uncertain", "Schedule")}
    assert [name for name, info in plain.items() if takes(info, "1")] == []
    assert [name for name, info in plain.items() if not takes(info, 1) and name != "Market.persistence"] == []
    whole = {name: info for name, info in plain.items() if holds(info, "int")}
    assert [name for name, info in whole.items() if takes(info, 1.0)] == []
    assert len(whole) > 20


def test_every_number_takes_what_is_called_typical() -> None:
    """An example of a typical value lies within the bounds of its own key."""
    wrong = []
    for name, info in NUMBERS.items():
        for quantity in quantities(info):
            typical = quantity.typical.removesuffix(" a month").removesuffix(" a year")
            if not takes(info, typical):
                wrong.append((name, typical))
    assert wrong == []


def quantities(info: FieldInfo) -> list[Quantity]:
    inside = [item for part in getattr(info.annotation, "__args__", ()) for item in getattr(part, "__metadata__", ())]
    return [item for item in (*info.metadata, *inside) if isinstance(item, Quantity)]


def test_a_truth_value_stands_without_quotes() -> None:
    flags = [info for _, info in plain_fields() if info.annotation is bool]
    assert len(flags) > 5
    assert not any(takes(info, value) for info in flags for value in ("true", 1, 0.0))


# What is taken

WHOLE: dict[str, Any] = {
    "company": {"name": "Example", "currency": "USD", "first_month": "2024-01"},
    "cash": {"opening": "5M to 8M"},
    "price": [
        {
            "name": "gpu",
            "growth": {"2024-01": "-2% to 0%", "2025-01": 0},
            "volatility": "8%",
            "regime": {"multiply": "1.5 to 3", "begins": "2%", "ends": "10% to 30%"},
        }
    ],
    "revenue": [
        {
            "name": "seats",
            "kind": "subscription",
            "monthly": "1M",
            "bad_debt": "1%",
            "prepaid_months": 12,
            "opening_deferred": "4M to 5M",
            "customers": [{"name": "Acme", "share": "20% to 30%", "leaves": "1%"}],
            "pipeline": [
                {"name": "Beta", "monthly": "50k", "month": "2024-06", "slip": "0 to 4", "signs": "40%", "lasts": 24}
            ],
        }
    ],
    "team": [
        {
            "name": "staff",
            "headcount": 12,
            "cost": "12k",
            "notice_months": 2,
            "attrition": "1%",
            "payroll_tax": "13%",
            "payroll_tax_after": 1,
        }
    ],
    "compute": [
        {
            "name": "cluster",
            "kind": "committed",
            "gpus": {"2024-01": 64, "2024-09": 128},
            "gpu_hour": "2 to 2.5",
            "utilisation": "60% to 90%",
            "price": "gpu",
            "minimum": "50k",
            "until": "2025-12",
            "early_termination": "1M",
            "stretch": 3,
            "cut_off": {"target": "revenue.*", "multiply": "0.3 to 0.6"},
            "late_interest": "12%",
            "opening_arrears": "200k",
            "credits": {"amount": "500k", "expires": "2024-12"},
        },
        {"name": "tokens", "kind": "on_demand", "units": "1B", "unit_price": 0.00001},
        {
            "name": "training",
            "kind": "training_run",
            "month": "2024-05",
            "cost": "2M",
            "overrun": "lognormal(1.3, 0.3)",
        },
        {"name": "serving", "kind": "inference", "users": "10k to 12k", "units": 300, "unit_price": 0.002},
        {"name": "api", "kind": "inference", "revenue": "seats", "units": 0.2, "unit_price": 1, "price": "gpu"},
    ],
    "cost": [{"name": "vat", "kind": "tax", "monthly": "20k", "terms": 1}, {"name": "rent", "monthly": "30k"}],
    "debt": [
        {"name": "bank", "kind": "loan", "principal": "2M", "interest": "9%", "minimum_cash": "500k"},
        {"name": "plan", "kind": "loan", "interest": "6%"},
        {"name": "seed note", "kind": "note", "principal": "1M", "interest": "8%", "matures": "2025-06"},
        {"name": "overdraft", "kind": "credit_line", "limit": "1M", "principal": "0.2M"},
    ],
    "holder": [
        {"name": "founders", "share": 0.7},
        {"name": "options", "kind": "pool", "share": "10%"},
        {"name": "seed", "kind": "preferred", "share": "20%", "invested": "2M to 3M"},
    ],
    "round": [
        {"name": "A", "instrument": "equity", "starts": "2024-03", "amount": "10M", "approved": True},
        {"name": "bridge", "instrument": "note", "starts": "2024-03", "amount": "1M", "matures": "2026-01"},
        {"name": "venture debt", "instrument": "debt", "starts": "2024-03", "amount": "3M", "repaid_over": 24},
        {
            "name": "cloud",
            "instrument": "compute",
            "when": {"oldest_bill_above": 2},
            "amount": "5M",
            "vendor": "cluster",
        },
    ],
    "event": [
        {"name": "glut", "rate": "1%", "effect": {"target": "price.gpu", "multiply": 0.7, "months": 12}},
        {"name": "waived", "rate": "1%", "effect": {"target": "compute.*", "forgive": "10% to 50%"}},
        {"name": "agreed", "rate": "1%", "effect": {"target": "compute.cluster", "turn": 1, "into": "plan"}},
    ],
    "policy": [
        {
            "name": "rescue",
            "when": {"runway_below": 4},
            "do": [
                {"terminate": "compute.*"},
                {"defer": "taxes", "months": 6},
                {"increase": "revenue.*", "by": "5% to 10%"},
            ],
            "approved": True,
        }
    ],
}


def test_what_is_declared_is_taken() -> None:
    one = company_from(WHOLE, "example.toml")
    again = company_from(one.document(), "example.toml")
    assert again.document() == one.document()
    assert {type(table).__name__ for _, _, table in one.named()} >= {"Committed", "TrainingRun", "Inference", "Note"}
    assert all(getattr(one, section) for section in SECTIONS)


def test_a_tax_may_say_that_it_waits_for_nobody() -> None:
    tax = {"name": "vat", "kind": "tax", "monthly": 1, "stretch": 0, "late_interest": "0%", "opening_arrears": 0}
    assert company_from(WHOLE | {"cost": [tax]}).cost[0].kind == "tax"


def test_vendors_are_all_that_bill_but_the_tax_office() -> None:
    one = company_from(WHOLE)
    names = ("cluster", "tokens", "training", "serving", "api")
    assert paths_of_suppliers(one) == (*(f"compute.{name}" for name in names), "cost.rent")
    assert terminable(one) == ("compute.cluster",)


def test_the_numbers_within_tables_have_a_path_and_bounds() -> None:
    one = company_from(WHOLE)
    places = {place.path: place for place in numbers(one)}
    assert (places["revenue.seats.pipeline[Beta].slip"].low, places["revenue.seats.pipeline[Beta].slip"].high) == (
        0,
        240,
    )
    assert places["compute.cluster.cut_off.multiply"].low == 0.001
    assert places["compute.cluster.gpus[2024-09]"].driver == "compute.cluster.gpus"
    drawn = {place.path for place in inputs(one)}
    assert drawn >= {
        "price.gpu.regime.multiply",
        "revenue.seats.customers[Acme].share",
        "compute.cluster.cut_off.multiply",
    }
    assert not drawn & {"event.waived.effect.forgive", "debt.bank.interest"}


def test_every_month_of_a_file_is_named() -> None:
    named = {where for where, _ in months_named(company_from(WHOLE))}
    assert named >= {
        "compute.cluster.until",
        "compute.cluster.credits.expires",
        "compute.training.month",
        "revenue.seats.pipeline[Beta].month",
        "debt.seed note.matures",
        "round.bridge.matures",
        "price.gpu.growth",
    }
