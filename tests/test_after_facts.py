"""What is asked of a company that has been calibrated: its past stays as facts have told of it, whatever is asked."""

from typing import Any

import numpy as np
import pytest

import tarmac
from tarmac.axes import axes_of
from tarmac.calibrate import Effort, Method, posterior_of
from tarmac.company import Company, company_from
from tarmac.difference import Terms, difference
from tarmac.engine.block import Job, Prepared
from tarmac.engine.exchange import CHANCES, EVENTS, NOISE, Exchange, Part
from tarmac.engine.observing import Question, observe
from tarmac.errors import InputError
from tarmac.facts import COLUMNS, Quantity, facts_from
from tarmac.layout import plan_of
from tarmac.levers import rank_levers
from tarmac.raising import Raise, attempt_of, raising
from tarmac.report.raising import raise_text
from tarmac.report.text import screen
from tarmac.report.why import why_text
from tarmac.ruinmap import ruin_map
from tarmac.scenario import Scenario, apply, scenario_from, with_approved_plans, without_funding, without_plans
from tarmac.simulation import changes_past
from tarmac.why import LEARNT, why

DOCUMENT: dict[str, Any] = {
    "company": {"name": "Example", "currency": "USD", "first_month": "2024-01", "facts": "example"},
    "cash": {"opening": "normal(200, 10)"},
    "revenue": [{"name": "api", "kind": "usage", "monthly": "20 to 40", "volatility": 0.2}],
    "cost": [{"name": "rent", "monthly": "60 to 100"}],
    "round": [
        {"name": "A", "instrument": "equity", "starts": "2024-02", "succeeds": "50%", "amount": "200 to 400"},
        {
            "name": "B",
            "instrument": "equity",
            "starts": "2024-08",
            "takes": 2,
            "succeeds": "50%",
            "amount": "100 to 900",
        },
    ],
    "event": [{"name": "fine", "rate": "20% to 40%", "effect": {"target": "cash", "add": "uniform(-30, -10)"}}],
    "policy": [
        {"name": "save", "when": {"runway_below": 100}, "after": 1, "do": [{"cut": "cost.rent", "by": 0.2}]},
        {"name": "late", "when": {"round_failed": "B"}, "do": [{"cut": "cost.rent", "by": 0.5}]},
    ],
}
ROWS = (
    "raised round.A,2024-02,2024-02,,300,USD,about,memo,calibrate,",
    "cash,2024-03,2024-03,,340,USD,about,memo,calibrate,",
)
NOW, MONTHS = 3, 14


@pytest.fixture(scope="module")
def subject() -> Company:
    facts = facts_from("\n".join([",".join(COLUMNS), *ROWS]), "example.csv")
    method = Method(Effort(particles=800, pools=4, sweeps=6, last=25), workers=1, draws=600)
    return posterior_of(company_from(DOCUMENT, "example.toml"), facts, seed=1, method=method).calibrated


def cash(company: Company, months: int = NOW) -> Any:
    """Cash at the end of each of the first months on each path."""
    questions = [Question(Quantity("cash", ()), month, month) for month in range(months)]
    return np.stack([found.figures for found in observe(Job(plan_of(company), 5, MONTHS, 2_000), questions)])


def scenario(target: str, **operation: Any) -> Scenario:
    return scenario_from({"title": "x", "change": [{"target": target, **operation}]}, "x.toml")


@pytest.fixture(scope="module")
def found(subject: Company) -> Raise:
    job = Job(plan_of(subject), 5, MONTHS, 2_000)
    return raising(subject, job=job, confidence=0.6, attempt=attempt_of(subject, takes="1 to 3"))


@pytest.mark.parametrize("take_away", [without_funding, without_plans, with_approved_plans])
def test_what_is_taken_away_is_of_the_future_alone(subject: Company, take_away: Any) -> None:
    bare = take_away(subject)
    np.testing.assert_array_equal(cash(bare), cash(subject))
    assert not changes_past(subject, bare)
    assert not np.array_equal(cash(bare, MONTHS)[-1], cash(subject, MONTHS)[-1])
    plan = plan_of(bare)
    assert {item.until for item in plan.rounds} == {NOW - 1}
    assert {item.name for item in plan.policies if item.until == NOW - 1} >= {"late"}


def test_a_raise_keeps_what_was_raised_and_comes_after_the_facts(subject: Company, found: Raise) -> None:
    bare = without_funding(subject)
    alone = Prepared(Job(plan_of(bare), 5, MONTHS, 2_000), 0).ledger().run()["insolvent"] == MONTHS
    assert found.alone == alone.sum() > 0, "round A, which facts tell of, has closed"
    assert attempt_of(subject).source == "round.B", "round A is of the past"
    assert found.at == found.now == found.starts[0] == NOW
    assert found.begin_by is None or found.begin_by >= NOW
    assert found.amount is not None
    ledger = Prepared(Job(plan_of(bare), 5, MONTHS, 2_000), 0).ledger(found.amount, since=NOW)
    saved = np.sum(ledger.run()["insolvent"] == MONTHS)
    assert saved == pytest.approx(0.6 * 2_000, abs=4 * np.sqrt(2_000 * 0.24))
    said = " ".join(raise_text(found).split())
    assert "more at the start of Apr 2024" in said
    assert len(found.as_json()["in_time"]["probability"]) == MONTHS - NOW
    assert found.as_json()["in_time"]["from"] == "2024-04"


@pytest.mark.parametrize(("at", "months", "words"), [(1, MONTHS, "lies after the origin"), (None, NOW, "goes beyond")])
def test_money_for_the_past_is_refused(subject: Company, at: int | None, months: int, words: str) -> None:
    job = Job(plan_of(subject), 5, months, 100)
    with pytest.raises(InputError, match=words):
        raising(subject, job=job, confidence=0.9, attempt=attempt_of(subject), at=at)


def test_rule_need_and_going_concern_count_from_the_facts(subject: Company) -> None:
    forecast = tarmac.simulate(subject, months=MONTHS, paths=1_000, seed=5)
    assert forecast.going_concern.months == NOW + 3 + 12
    assert forecast.going_concern.approved is forecast.going_concern.without_plans, "no plan is approved"
    assert forecast.simple_runway == pytest.approx(
        forecast.cash.mean[NOW - 1] / forecast.net_burn.mean[NOW : NOW + 3].mean()
    )
    said = " ".join(screen(forecast).split())
    assert "Extra money at the start of Apr 2024, with the rounds planned," in said
    assert "from Apr 2024 on; for comparison only" in said


def test_where_nothing_reacts_the_need_is_that_after_the_facts() -> None:
    """Of the paths that have come so far, the lowest point after the facts."""
    facts = facts_from("\n".join([",".join(COLUMNS), ROWS[1].replace("340", "40")]), "example.csv")
    plain = {key: value for key, value in DOCUMENT.items() if key not in ("round", "policy")}
    method = Method(Effort(particles=400, pools=2, sweeps=4, last=10), workers=1, draws=300)
    company = posterior_of(company_from(plain, "example.toml"), facts, seed=1, method=method).calibrated
    forecast = tarmac.simulate(company, months=8, paths=2_000, seed=5)
    amount = forecast.need.amount(0.5)
    assert amount is not None
    ledger = Prepared(Job(plan_of(company), 5, 8, 2_000), 0).ledger(amount, since=NOW)
    assert np.mean(ledger.run()["insolvent"] == 8) == pytest.approx(0.5, abs=0.02)


def test_all_that_facts_have_taught_is_one_source(subject: Company) -> None:
    result = why(plan_of(subject), months=MONTHS, seed=5, paths=512)
    [learnt] = [source for source in result.inputs if source.name == LEARNT]
    assert set(learnt.members) == {item.name for item in plan_of(subject).inputs}
    assert len(result.inputs) == 1
    assert "What facts have taught: 6 inputs and what had happened by then" in " ".join(why_text(result).split())


def test_samples_take_the_past_together(subject: Company) -> None:
    plan = plan_of(subject)
    both = Exchange(Job(plan, 3, MONTHS, 1_000), 0)
    past = Part(LEARNT, tuple(item.name for item in plan.inputs), past=True)
    luck = Part("luck", luck=frozenset({NOISE, EVENTS, CHANCES}))
    mine, swapped, lucky = both.a, both.swapped(past), both.swapped(luck)
    for name, values in both.b.inputs.items():
        np.testing.assert_array_equal(swapped.inputs[name], values)
        np.testing.assert_array_equal(lucky.inputs[name], mine.inputs[name])
    for name, scores in both.b.scores.items():
        np.testing.assert_array_equal(swapped.scores[name][:NOW], scores[:NOW])
        np.testing.assert_array_equal(swapped.scores[name][NOW:], mine.scores[name][NOW:])
        np.testing.assert_array_equal(lucky.scores[name][:NOW], mine.scores[name][:NOW])
        np.testing.assert_array_equal(lucky.scores[name][NOW:], scores[NOW:])
    whole = both.swapped(Part("all", past.inputs, luck.luck, past=True))
    np.testing.assert_array_equal(both.survives(whole), both.survives(both.b))
    np.testing.assert_array_equal(both.survives(both.swapped(Part("none"))), both.survives(both.a))


def test_scenarios_side_by_side_leave_the_past_alone(subject: Company) -> None:
    early = scenario("cost.rent.monthly", multiply=0.5)
    late = scenario("cost.rent.monthly", multiply=0.5, **{"from": "2024-04"})
    with pytest.raises(InputError, match="changes nothing up to Mar 2024"):
        tarmac.compare(subject, [early], months=MONTHS, paths=100, seed=5)
    pair = tarmac.compare(subject, [late], months=MONTHS, paths=500, seed=5).pair("x")
    assert (pair.months_solvent.value or 0) > 0
    np.testing.assert_array_equal(cash(apply(subject, late)), cash(subject))


def test_levers_are_pulled_after_the_facts(subject: Company) -> None:
    ranking = rank_levers(subject, months=MONTHS, paths=500, seed=5)
    pulled = {effect.handle.name for effect in ranking.effects}
    assert "lever-price-plus-10" in pulled
    for effect in ranking.effects:
        np.testing.assert_array_equal(cash(effect.handle.apply(subject)), cash(subject))
    left = {item.name: item.why for item in ranking.left_out}
    assert left["lever-raise-1-month-earlier"] == "it would change what had happened by Mar 2024"


def test_maps_and_differences_are_refused(subject: Company) -> None:
    axes = axes_of(subject, ("cost.rent.monthly", "cash.opening"), cells=3)
    with pytest.raises(InputError, match="would change what its facts have told of"):
        ruin_map(subject, axes=axes, show="survive", job=Job(plan_of(subject), 5, MONTHS, 100))
    with pytest.raises(InputError, match="is not told apart"):
        difference(subject, subject, terms=Terms(MONTHS, 100, 5))
