"""What paths die of: small companies whose end can be told by hand."""

from typing import Any

import numpy as np
import pytest

from tarmac.company import company_from
from tarmac.engine.block import Job
from tarmac.engine.dying import Deaths, deaths_of, planned
from tarmac.layout import plan_of

HEAD = {"name": "Example", "currency": "USD", "first_month": "2024-01"}
STAFF = {"name": "staff", "headcount": 1, "cost": 10}


def deaths(months: int = 12, paths: int = 1_000, **sections: Any) -> Deaths:
    head = HEAD | sections.pop("head", {})
    company = company_from({"company": head, "cash": {"opening": 35}} | sections, "example.toml")
    return deaths_of(Job(plan_of(company), 5, months, paths), blocks=[0])


def dues(found: Deaths) -> set[str]:
    """What all paths die of."""
    return {found.dues[place] for place in found.due.tolist()}


@pytest.mark.parametrize(
    ("sections", "due"),
    [
        ({"team": [STAFF]}, "payroll"),
        ({"debt": [{"kind": "loan", "name": "bank", "principal": 120, "repaid_over": 12}]}, "a lender"),
        ({"cost": [{"name": "levy", "kind": "tax", "monthly": 10}]}, "a tax"),
        ({"cost": [{"name": "rent", "monthly": 10}]}, "cost.rent"),
        ({"compute": [{"name": "cloud", "kind": "on_demand", "monthly": 10, "stretch": 2}]}, "compute.cloud"),
        ({"cost": [{"name": "rent", "monthly": 9}, {"name": "law", "monthly": 1, "stretch": 6}]}, "cost.rent"),
        ({"cost": [{"name": "rent", "monthly": 9}, {"name": "law", "monthly": 1}]}, "vendors"),
        ({"head": {"insolvent_when": "cash_below_zero"}, "team": [STAFF]}, "cash below zero"),
        ({"head": {"insolvent_when": "missed_bill"}, "cost": [{"name": "rent", "monthly": 10}]}, "cost.rent"),
        (
            {
                "head": {"insolvent_when": "missed_bill"},
                "cash": {"opening": 35, "keep_payroll_months": 0.5},
                "team": [{"name": "staff", "headcount": 1, "cost": 2}],
                "cost": [{"name": "rent", "monthly": 8}],
            },
            "cost.rent",
        ),
        ({"team": [STAFF], "cost": [{"name": "rent", "monthly": 1, "stretch": 6}]}, "payroll"),
    ],
)
def test_the_due_that_could_not_be_paid(sections: dict[str, Any], due: str) -> None:
    found = deaths(**sections)
    assert np.all(found.struck < 12)
    assert dues(found) == {due}


def test_wages_come_first_then_lenders_then_taxes() -> None:
    """35 of cash; wages of 10, a tax of 5, interest-free loan of 1 a month: at the third end 35 - 48 is short of all.

    In month 3 there are 3 left for dues of 16: wages go short. With cash of 33 more, wages and lender are paid, the
    tax is not.
    """
    lent = {"kind": "loan", "name": "bank", "principal": 12, "repaid_over": 12}
    parts: dict[str, Any] = {"team": [STAFF], "debt": [lent], "cost": [{"name": "levy", "kind": "tax", "monthly": 5}]}
    assert dues(deaths(**parts)) == {"payroll"}
    assert dues(deaths(**parts, cash={"opening": 32 + 12})) == {"a tax"}
    assert dues(deaths(**parts, cash={"opening": 32 + 10.5})) == {"a lender"}


def test_a_path_that_survives_dies_of_nothing() -> None:
    found = deaths(months=3, team=[STAFF])
    assert np.all(found.struck == 3)
    assert np.all(found.due == -1)


def test_a_round_is_begun_then_fails_or_closes() -> None:
    attempt = {"name": "A", "instrument": "equity", "starts": "2024-02", "takes": 1, "succeeds": 0.5, "amount": 500}
    found = deaths(team=[STAFF], round=[attempt])
    dead = found.struck < 12
    failed = found.wrong["round failed", "A"]
    assert np.array_equal(failed[2], dead)
    assert not failed[1].any()
    assert found.wrong["round under way", "A"][1].all()
    assert not found.wrong["round under way", "A"][2].any()
    assert found.wrong["no attempt begun", ""][0].all()
    assert not found.wrong["no attempt begun", ""][1].any()
    assert np.array_equal(found.wrong["no money came", ""][2], dead)


def test_a_round_that_waits_for_a_state_has_not_begun_before() -> None:
    waiting = {
        "name": "A", "instrument": "equity", "when": {"cash_below": 20}, "takes": 4, "succeeds": 1, "amount": 500
    }  # fmt: skip
    found = deaths(team=[STAFF], round=[waiting])
    begun = ~found.wrong["no attempt begun", ""]
    assert begun[:, 0].tolist()[:4] == [False, True, True, True]  # decided on at the end of February
    assert found.wrong["round under way", "A"][1:4].all()
    assert np.all(found.struck == 3)


def test_an_event_has_happened_from_then_on() -> None:
    event = {"name": "fine", "rate": 0.2, "effect": {"target": "cash", "add": -1}}
    rows = deaths(team=[STAFF], cash={"opening": 1_000}, event=[event]).wrong["event", "fine"]
    assert np.all(rows[1:] >= rows[:-1])
    share = 1 - np.exp(-0.2 * 12)
    assert abs(rows[-1].mean() - share) < 4 * np.sqrt(share * (1 - share) / rows.shape[1])


def test_the_plan_is_every_number_at_its_median_and_nothing_else() -> None:
    company = company_from(
        {
            "company": HEAD,
            "cash": {"opening": 1},
            "revenue": [{"name": "sales", "kind": "usage", "monthly": "4 to 9", "growth": "0% to 10%"}],
            "team": [STAFF],
            "compute": [{"name": "cloud", "kind": "on_demand", "monthly": 7, "volatility": "30%"}],
            "event": [{"name": "fall", "rate": 1, "effect": {"target": "revenue.*", "multiply": 0.5}}],
        }
    )
    rows = planned(plan_of(company), 3)
    assert rows["revenue"] == pytest.approx([6 * 1.05**month for month in range(3)])
    assert rows["team"] == pytest.approx([10, 10, 10])
    assert rows["compute"] == pytest.approx(3 * [7 * np.exp(-(0.3**2) / 2)])
    assert "cost" not in rows


def test_revenue_and_cost_off_plan_since_the_start() -> None:
    found = deaths(
        cash={"opening": 10_000},
        revenue=[{"name": "sales", "kind": "usage", "monthly": "lognormal(10, 0.2)"}],
        cost=[{"name": "rent", "monthly": "lognormal(10, 0.2)"}],
        paths=16_384,
    )
    below, above = found.wrong["below plan", "revenue"], found.wrong["above plan", "cost"]
    for rows, share in ((below, 0.29916), (above, 0.31686)):  # normal: ln 0.9 / 0.2 and 1 - ln 1.1 / 0.2
        assert np.array_equal(rows[0], rows[-1])
        assert abs(rows[0].mean() - share) < 4 * np.sqrt(share * (1 - share) / rows.shape[1])
    assert ("above plan", "compute") not in found.wrong
