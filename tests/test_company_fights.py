"""Policies that fight each other are named, and only those."""

from typing import Any

import pytest

from tarmac.company import company_from
from tarmac.company.fights import fights


def policy(name: str, *do: dict[str, Any]) -> dict[str, Any]:
    return {"name": name, "when": {"runway_below": 6}, "do": list(do)}


def found(*policies: dict[str, Any]) -> tuple[str, ...]:
    bound = {"kind": "committed", "monthly": "3M", "minimum": "1M"}
    document = {
        "company": {"name": "Example", "currency": "USD", "first_month": "2024-01"},
        "cash": {"opening": "5M"},
        "revenue": [{"name": "api", "kind": "usage", "monthly": "1M"}],
        "team": [{"name": "staff", "headcount": 10, "cost": "10k"}],
        "compute": [
            {"name": "aws", **bound, "early_termination": "2M"},
            {"name": "gcp", **bound, "early_termination": "2M"},
            {"name": "azure", **bound},
        ],
        "cost": [{"name": name, "monthly": "10k"} for name in ("rent", "tools", "travel", "advice")],
        "policy": list(policies),
    }
    return fights(company_from(document))


def test_a_cut_against_an_increase() -> None:
    cut, rise = {"cut": "cost.rent", "by": 0.3}, {"increase": "cost.*", "by": "2.5%"}
    assert found(policy("a", cut), policy("b", rise)) == (
        "policy 'a' cuts cost.rent by 30%, policy 'b' increases the same line by 2.5%",
    )
    assert found(policy("b", rise), policy("a", cut)) == (
        "policy 'b' increases cost.rent by 2.5%, policy 'a' cuts the same line by 30%",
    )


def test_a_policy_against_itself() -> None:
    both = policy("a", {"cut": "revenue.api", "by": 0.1}, {"growth": "revenue.api", "by": 0.01})
    assert found(both) == ("policy 'a' cuts revenue.api by 10%, and changes the monthly growth of the same line by 1%",)


def test_many_lines_are_counted_and_three_are_named() -> None:
    (only,) = found(policy("a", {"cut": "cost.*", "by": 0.1}), policy("b", {"increase": "*", "by": 0.1}))
    assert "cost.rent, cost.tools, cost.travel and 1 more by 10%" in only
    assert "increases the same lines" in only


@pytest.mark.parametrize(
    ("first", "second", "fight"),
    [
        ({"growth": "cost.rent", "by": -0.01}, {"increase": "cost.rent", "by": 0.1}, True),
        ({"growth": "cost.rent", "by": -0.01}, {"growth": "cost.*", "by": 0.01}, True),
        ({"growth": "cost.rent", "by": "-3% to -1%"}, {"growth": "cost.rent", "by": "1% to 3%"}, True),
        ({"growth": "cost.rent", "by": "-1% to 5%"}, {"cut": "cost.rent", "by": "5% to 10%"}, True),  # median above 0
        ({"growth": "cost.rent", "by": "-5% to 1%"}, {"cut": "cost.rent", "by": "5% to 10%"}, False),
        ({"growth": "cost.rent", "by": 0.01}, {"increase": "cost.rent", "by": 0.1}, False),
        ({"growth": "cost.rent", "by": 0}, {"cut": "cost.rent", "by": 0.1}, False),
        ({"cut": "cost.rent", "by": 0}, {"increase": "cost.rent", "by": 0.1}, False),
        ({"cut": "cost.rent", "by": 0.1}, {"increase": "cost.tools", "by": 0.1}, False),
        ({"cut": "cost.rent", "by": 0.1}, {"cut": "cost.rent", "by": 0.2}, False),
        ({"cut": "team.staff", "by": 0.1}, {"increase": "*", "by": 0.2}, False),  # an increase leaves teams alone
        ({"freeze": "hires"}, {"cut": "team.staff", "by": 0.1}, False),
        ({"freeze": "hires"}, {"freeze": "hires"}, False),
        ({"defer": "taxes", "months": 3}, {"defer": "taxes", "months": 6}, False),
        ({"terminate": "compute.aws"}, {"cut": "compute.aws", "by": 0.3}, False),
        ({"terminate": "compute.aws"}, {"increase": "compute.aws", "by": 0.3}, False),
        ({"terminate": "compute.aws"}, {"terminate": "compute.gcp"}, False),
        ({"cut": "cost.rent", "by": 0}, {"cut": "cost.rent", "by": 0}, False),
    ],
    ids=str,
)
def test_what_is_a_fight(first: dict[str, Any], second: dict[str, Any], fight: bool) -> None:
    assert len(found(policy("a", first), policy("b", second))) == fight
    assert len(found(policy("b", second), policy("a", first))) == fight


def test_a_commitment_that_is_ended_twice() -> None:
    all_of_them, one = {"terminate": "*"}, {"terminate": "compute.aws"}
    assert found(policy("a", all_of_them), policy("b", one)) == (
        "policy 'a' ends compute.aws, and so does policy 'b': what has ended cannot end again",
    )
    assert found(policy("a", one, all_of_them)) == (
        "policy 'a' ends compute.aws twice: what has ended cannot end again",
    )


def test_an_uncertain_share_stands_as_it_was_written() -> None:
    (only,) = found(policy("a", {"cut": "cost.rent", "by": "10% to 30%"}), policy("b", {"increase": "*", "by": 0.125}))
    assert only == "policy 'a' cuts cost.rent by 10% to 30%, policy 'b' increases the same line by 12.5%"


def test_names_with_braces_stand_as_they_are() -> None:
    (only,) = found(policy("{0}", {"cut": "cost.rent", "by": 0.1}), policy("{b}", {"increase": "cost.rent", "by": 0.1}))
    assert only.startswith("policy '{0}' cuts cost.rent")


def test_without_policies_nothing_fights() -> None:
    assert found() == ()
