"""What would be needed if something else were done."""

from typing import Any

import pytest

from tarmac import load
from tarmac.company import Company, company_from
from tarmac.engine.block import Job
from tarmac.layout import plan_of
from tarmac.raising import Attempt, Raise, raising, savings
from tarmac.scenario import Scenario, scenario_from

HEAD = {"name": "Example", "currency": "USD", "first_month": "2024-01", "insolvent_when": "cash_below_zero"}
BURN = {"name": "burn", "monthly": "1 to 2"}


def company(**sections: Any) -> Company:
    return company_from({"company": HEAD, "cash": {"opening": 0}} | sections, "example.toml")


def times(factor: float) -> Scenario:
    change = {"target": "cost.*.times", "multiply": factor}
    return scenario_from({"title": "Costs change", "change": [change]}, "times.toml")


def found(subject: Company, *scenarios: Scenario, confidence: float = 0.9, at: int = 0) -> Raise:
    job = Job(plan_of(subject), 11, 12, 1_000)
    attempt = Attempt(0, 1, {}, "the test")
    return raising(subject, job=job, confidence=confidence, attempt=attempt, at=at, instead=scenarios)


def test_half_the_burn_needs_half_the_money() -> None:
    base, half = found(company(cost=[BURN]), times(0.5)).alternatives
    assert (base.name, half.name, half.title) == ("", "times", "Costs change")
    assert base.amount is not None
    assert half.amount == pytest.approx(base.amount / 2)
    assert half.difference == pytest.approx(-base.amount / 2)
    assert half.interval is not None
    low, high = half.interval
    assert low < -base.amount / 2 < high < 0


def test_the_same_company_makes_no_difference_at_all() -> None:
    """Paired: on the same draws the interval has no width, however wide that of the need itself."""
    _, same = found(company(cost=[BURN]), times(1)).alternatives
    assert same.difference == 0
    assert same.interval == (0, 0)


def test_who_gets_through_without_money_is_counted() -> None:
    base, none = found(company(cost=[BURN]), times(0)).alternatives
    assert (base.alone, none.alone, none.paths) == (0, 1_000, 1_000)
    assert none.amount == 0


def test_no_amount_does_on_either_side() -> None:
    """Money that comes in July is too late as it is, and in time where costs are nothing."""
    base, none, more = found(company(cost=[BURN]), times(0), times(2), at=6).alternatives
    assert base.amount is more.amount is None
    assert none.amount == 0
    assert none.difference is more.difference is None
    assert none.as_json()["interval"] is None


def test_what_saves_money_by_default_is_what_fits_the_company() -> None:
    names = [scenario.name for scenario in savings(load("stability-ai"))]
    assert names == ["hiring-freeze", "cut-compute-20", "cut-team-10"]
    assert savings(company(cost=[BURN])) == ()
    alone = company(team=[{"name": "staff", "headcount": 3, "cost": 1}])
    assert [scenario.name for scenario in savings(alone)] == ["cut-team-10"]


def test_laying_off_a_tenth_pays_severance_first() -> None:
    """Ten people at 1 a month, 12 months: 10 + 1 month's severance of one + 9 x 11."""
    staff = {"name": "staff", "headcount": 10, "cost": 1, "severance_months": 1}
    base, cut = found(company(team=[staff]), *savings(company(team=[staff]))).alternatives
    assert base.amount == pytest.approx(120)
    assert cut.amount == pytest.approx(110, rel=2e-3)
