"""Which random numbers are coordinates of the points of Sobol, in what order, and what that means for scenarios."""

from dataclasses import replace
from typing import Any

import numpy as np

import tarmac
from tarmac.company import company_from
from tarmac.engine.block import Job, Prepared
from tarmac.engine.coordinates import coordinates_of, sampled
from tarmac.engine.draws import PAST, Draws
from tarmac.layout import plan_of
from tarmac.months import Month
from tarmac.plan import Plan
from tarmac.posterior import About, Posterior
from tarmac.replicates import REPLICATE_PATHS
from tarmac.sampling import Even, Mirrored, Sampler
from tarmac.scenario import apply, scenario_from
from tarmac.simulation import run
from tarmac.streams import Streams

DOCUMENT: dict[str, Any] = {
    "company": {"name": "Example", "currency": "USD", "first_month": "2024-01"},
    "market": {"persistence": 0.9},
    "cash": {"opening": "normal(200, 10)"},
    "revenue": [{"name": "api", "kind": "usage", "monthly": "20 to 40", "volatility": 0.2, "market": 0.1}],
    "cost": [{"name": "rent", "monthly": "60 to 100"}],
    "round": [{"name": "A", "instrument": "equity", "starts": "2024-03", "succeeds": "50%", "amount": "200 to 400"}],
    "event": [{"name": "fine", "rate": "20% to 40%", "effect": {"target": "cash", "add": "uniform(-30, -10)"}}],
}
COMPANY = company_from(DOCUMENT, "example.toml")
PLAN = plan_of(COMPANY)


def draws_of(plan: Plan, months: int = 8) -> Draws:
    return Prepared(Job(plan, 5, months, REPLICATE_PATHS, sampler="sobol"), 0).drivers.draws


def test_chances_come_first_then_numbers_then_components_of_shocks_span_by_span() -> None:
    assert coordinates_of(PLAN, 13) == [
        "round.A",
        "number/cash.opening",
        "number/revenue.api.monthly",
        "number/cost.rent.monthly",
        "number/round.A.amount",
        "number/event.fine.rate",
        "month/revenue.api/span 0/component 0",
        "month/market/span 0/component 0",
        "month/market/span 0/component 1",
        "month/revenue.api/span 1/component 0",
        "month/market/span 1/component 0",
        "month/market/span 1/component 1",
    ]


def test_each_sampler_has_streams_of_its_own() -> None:
    plain = Streams(5, 2)
    assert sampled(plain, PLAN, sampler="plain", months=6) is plain
    kinds: dict[Sampler, type[Streams]] = {"antithetic": Mirrored, "sobol": Even}
    for sampler, kind in kinds.items():
        found = sampled(plain, PLAN, sampler=sampler, months=6)
        assert type(found) is kind
        assert (found.seed, found.block) == (5, 2)


def test_a_scenario_that_changes_amounts_keeps_all_draws() -> None:
    change = [{"target": "cost.rent.monthly", "multiply": 0.8}, {"target": "round.A.amount", "set": "100 to 200"}]
    other = plan_of(apply(COMPANY, scenario_from({"title": "x", "change": change}, "x.toml")))
    one, two = draws_of(PLAN), draws_of(other)
    assert np.array_equal(one.chances["round.A"], two.chances["round.A"])
    assert np.array_equal(one.inputs["cash.opening"], two.inputs["cash.opening"])
    assert np.allclose(0.8 * one.inputs["cost.rent.monthly"], two.inputs["cost.rent.monthly"])
    assert all(np.array_equal(one.scores[name], two.scores[name]) for name in one.scores)
    assert np.array_equal(np.argsort(one.inputs["round.A.amount"]), np.argsort(two.inputs["round.A.amount"]))


def test_a_scenario_that_fixes_a_number_keeps_the_draws_before_it() -> None:
    change = [{"target": "round.A.amount", "set": 300}]
    other = plan_of(apply(COMPANY, scenario_from({"title": "x", "change": change}, "x.toml")))
    one, two = draws_of(PLAN), draws_of(other)
    assert np.array_equal(one.inputs["cost.rent.monthly"], two.inputs["cost.rent.monthly"])
    assert not np.array_equal(one.inputs["event.fine.rate"], two.inputs["event.fine.rate"])


def test_the_past_of_a_calibrated_company_is_a_coordinate_and_every_past_is_taken_alike_often() -> None:
    about = About("x", Month.parse("2024-01"), 1, 1, 0, {"cash.opening": ("normal(200, 10)",)})
    rows = REPLICATE_PATHS // 2
    scores = np.linspace(-2, 2, rows)[None]
    plan = replace(PLAN, posterior=Posterior(about, {("number", "cash.opening"): scores}))
    names = coordinates_of(plan, 6)
    assert names[:2] == [PAST, "round.A"]
    assert "number/cash.opening" not in names
    found, times = np.unique(draws_of(plan).inputs["cash.opening"], return_counts=True)
    assert len(found) == rows
    assert np.all(times == 2)


def test_a_need_and_a_company_without_new_money_have_the_errors_of_replicates_too() -> None:
    found = tarmac.simulate(COMPANY, months=8, paths=tarmac.Sampling(8_192, "sobol"), seed=3)
    assert found.need.rows is not None
    assert int(found.need.rows.totals.sum()) + found.need.hopeless == found.need.paths
    assert found.default_alive.squares is not None
    assert found.going_concern.without_plans.squares is not None
    assert found.as_json()["replicates"] == 8


def test_the_need_of_a_company_that_reacts_has_rows_as_well() -> None:
    policy = {"name": "save", "when": {"runway_below": 6}, "do": [{"cut": "cost.rent", "by": "20% to 30%"}]}
    company = company_from(DOCUMENT | {"policy": [policy]}, "example.toml")
    found = tarmac.simulate(company, months=8, paths=tarmac.Sampling(8_192, "antithetic"), seed=3)
    low, high = found.need.interval(0.8)
    amount = found.need.amount(0.8)
    assert found.need.rows is not None
    assert low is not None
    assert high is not None
    assert amount is not None
    assert low <= amount <= high


def test_the_books_balance_on_points_of_sobol() -> None:
    audited = run(Job(PLAN, 5, 8, REPLICATE_PATHS, audit=True, sampler="sobol"))
    assert audited.paths == REPLICATE_PATHS
