"""The shelves as a user finds them: every model loads, every scenario applies and moves the answer where it must."""

import re
import tomllib
from functools import cache
from pathlib import Path

import numpy as np
import pytest

import tarmac
from tarmac.company import company_from
from tarmac.engine.block import Job
from tarmac.engine.observing import Question, observe
from tarmac.engine.walk import Row
from tarmac.errors import InputError
from tarmac.facts import Quantity
from tarmac.layout import plan_of
from tarmac.scenario import apply, scenario_from, without_plans

ROOT = Path(__file__).parents[1]
MODELS = sorted(path.stem for path in (ROOT / "models").glob("*.toml"))
ON_SHELF = sorted(path.stem for path in (ROOT / "scenarios").glob("*.toml"))
SCENARIOS = [name for name in ON_SHELF if not name.startswith("lever-")]
"""Levers have tests of their own, in test_levers.py: what they buy depends on the company."""

PATHS, SEED, MONTHS = 2_000, 7, 24

WORSE = {
    "no-new-money": "saas-seed",
    "raise-slips-6-months": "saas-seed",
    "compute-plus-50": "ai-lab",
    "revenue-minus-20": "saas-seed",
    "largest-customer-leaves": "scale-ai",
    "funding-winter": "zhipu-ai",
    "api-price-war": "openai-like",
    "gpu-price-up-40": "moonshot-ai",
    "founder-leaves": "baichuan",
    "round-closes-half": "saas-seed",
    "compute-instead-of-cash": "ai-lab",
}
"""Scenarios that may only shorten a company's life, each with a company it is about."""

RAISES = ("raise-seed", "raise-series-a", "raise-series-b")
BETTER = {
    "hiring-freeze": "saas-seed",
    "cut-compute-20": "ai-lab",
    "cut-team-10": "saas-seed",
    "compute-for-equity": "stability-ai",
    "training-efficiency-2x-7x": "moonshot-ai",
    **dict.fromkeys(RAISES, "saas-seed"),
}
"""Those that may only lengthen it."""

EITHER = {"plan-optimism": "scale-ai", "bridge-instead": "saas-seed", "down-round": "saas-seed"}
"""Those that move other things than the time of insolvency, or make it better than one thing and worse than another."""

MIDDLING = {("training-efficiency-2x-7x", "mosaicml")}
"""Where a scenario takes the place of what the company has already."""


@cache
def forecast(model: str, scenario: str | None = None) -> tarmac.Forecast:
    scenarios = [] if scenario is None else [scenario]
    return tarmac.simulate(tarmac.load(model), scenarios=scenarios, months=MONTHS, paths=PATHS, seed=SEED)


@cache
def fits(scenario: str, model: str) -> bool:
    """Whether a scenario can be applied to a company."""
    try:
        apply(tarmac.load(model), tarmac.load_scenario(scenario))
    except InputError:
        return False
    return True


@pytest.mark.parametrize("model", MODELS)
def test_every_model_loads_and_can_be_simulated(model: str) -> None:
    probability = forecast(model).insolvent.probability
    assert probability.shape == (MONTHS,)
    assert 0 < probability[-1] < 1, "a starting point whose answer is certain teaches nothing"


@pytest.mark.parametrize("scenario", ON_SHELF)
def test_every_scenario_says_what_happens_and_on_what_grounds(scenario: str) -> None:
    loaded = tarmac.load_scenario(scenario)
    assert loaded.title
    assert loaded.story
    assert loaded.source
    assert (loaded.lever is not None) == scenario.startswith("lever-")


def test_every_scenario_has_a_direction_and_a_company_it_fits() -> None:
    about = WORSE | BETTER | EITHER
    assert sorted(about) == SCENARIOS
    assert all(fits(scenario, model) for scenario, model in about.items())


@pytest.mark.parametrize(("scenario", "model"), sorted((WORSE | BETTER).items()))
def test_a_scenario_moves_the_answer_of_its_company_where_it_must(scenario: str, model: str) -> None:
    _moves(scenario, model)


@pytest.mark.slow
@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("scenario", sorted(WORSE | BETTER))
def test_every_scenario_moves_the_answer_where_it_must(scenario: str, model: str) -> None:
    if fits(scenario, model) and (scenario, model) not in MIDDLING:
        _moves(scenario, model)


def _moves(scenario: str, model: str) -> None:
    """Half a year in, a year in and a year and a half in: never the wrong way, and somewhere the right way."""
    before, after = forecast(model), forecast(model, scenario)
    sign = 1 if scenario in WORSE else -1
    moves = sign * (after.insolvent.probability - before.insolvent.probability)[[5, 11, 17]]
    noise = np.hypot(after.insolvent.standard_error, before.insolvent.standard_error)[[5, 11, 17]]
    assert (moves >= -noise).all(), moves
    assert moves.max() > 0 or sign * (before.cash.mean - after.cash.mean)[11] > 0


@pytest.mark.parametrize("model", ["ai-lab", "saas-seed"])
def test_a_bridge_is_better_than_no_money_and_goes_to_those_who_hold_shares(model: str) -> None:
    bridged, never = forecast(model, "bridge-instead"), forecast(model, "no-new-money")
    assert bridged.insolvent.probability[-1] < never.insolvent.probability[-1]
    assert bridged.ownership is not None
    assert "round.bridge by those who hold shares" not in bridged.ownership.holders
    first = forecast(model).ownership
    assert first is not None
    assert bridged.ownership.mean > first.mean, "a series A that fails sells no shares"


@pytest.mark.parametrize("model", ["ai-lab", "saas-seed", "stability-ai"])
def test_a_down_round_leaves_less_to_founders_and_nothing_else_different(model: str) -> None:
    before, after = forecast(model), forecast(model, "down-round")
    assert (after.insolvent.probability == before.insolvent.probability).all()
    assert before.ownership is not None
    assert after.ownership is not None
    assert after.ownership.dilution(0.95) > before.ownership.dilution(0.95)


@pytest.mark.parametrize("scenario", RAISES)
def test_a_raise_at_published_odds_sells_what_it_says(scenario: str) -> None:
    """A company with no other round: who invests has the published share in the median, where it closed."""
    plain = company_from(
        {
            "company": {"name": "Example", "currency": "USD", "first_month": "2027-01"},
            "cash": {"opening": "1M"},
            "team": [{"name": "everybody", "headcount": 10, "cost": "10k"}],
        }
    )
    found = tarmac.simulate(plain, scenarios=[scenario], months=14, paths=PATHS, seed=SEED)
    assert found.ownership is not None
    share = {"raise-seed": 0.19, "raise-series-a": 0.188, "raise-series-b": 0.15}[scenario]
    closed = 1 - float(found.insolvent.probability[-1])
    chance = {"raise-seed": 0.56, "raise-series-a": 0.2, "raise-series-b": 0.4}[scenario]
    assert closed == pytest.approx(chance, abs=0.05)
    assert 1 - found.ownership.quantile(0.5) == pytest.approx(share, abs=0.01)


@pytest.mark.slow
@pytest.mark.parametrize("model", MODELS)
def test_no_new_money_is_worse_than_money_that_comes_later(model: str) -> None:
    never, later = forecast(model, "no-new-money"), forecast(model, "raise-slips-6-months")
    assert never.insolvent.probability[-1] >= later.insolvent.probability[-1]
    assert never.cash.mean[-1] <= later.cash.mean[-1]


def test_an_optimistic_plan_misses_revenue_and_costs_together() -> None:
    """Half of the paths have the share of the plan that the scenario says; and what sells less costs less."""
    model = tarmac.load(EITHER["plan-optimism"])
    missed = apply(model, tarmac.load_scenario("plan-optimism"))
    for quantity, share in (("earned revenue.*", 0.581), ("billed team.* + cost.*", 0.658)):
        plan, actual = (_in_month(company, quantity, month=17) for company in (model, missed))
        assert np.median(actual / plan) == pytest.approx(share, rel=0.04)
        assert np.mean(actual > plan) == pytest.approx(1 / 7, abs=0.03)
    sold, cost = (
        _in_month(missed, quantity, month=17) / _in_month(model, quantity, month=17)
        for quantity in ("earned revenue.*", "billed cost.*")
    )
    assert np.corrcoef(np.log(sold), np.log(cost))[0, 1] == pytest.approx(0.6, abs=0.06)
    assert (
        forecast("scale-ai", "plan-optimism").profitable.probability[-1]
        < forecast("scale-ai").profitable.probability[-1]
    )


def _in_month(company: tarmac.Company, quantity: str, *, month: int) -> Row:
    """A figure on every path, nobody raising money, cutting or failing."""
    kind, _, targets = quantity.partition(" ")
    rich = company_from({**without_plans(company).document(), "cash": {"opening": "1T"}, "event": []}, "example.toml")
    question = Question(Quantity(kind, tuple(targets.split(" + "))), month, month)
    [answer] = observe(Job(plan_of(rich), SEED, month + 1, PATHS), [question])
    return answer.values


def test_the_first_toml_of_each_readme_is_right() -> None:
    model, scenario = (_first_toml(ROOT / shelf / "README.md") for shelf in ("models", "scenarios"))
    company = company_from(tomllib.loads(model), "models/README.md")
    assert tarmac.simulate(company, months=12, paths=200, seed=1).months == 12
    document = tomllib.loads(scenario)
    given = [set(change) - {"target", "from", "to"} for change in document["change"]]
    assert given == [{"set"}, {"multiply"}, {"add"}, {"shift"}, {"add_item"}, {"remove"}]
    patch = scenario_from(document, "scenarios/README.md")
    patched = tarmac.simulate(tarmac.load("saas-seed"), scenarios=[patch], months=12, paths=200, seed=1)
    assert patched.months == 12


def test_each_readme_lists_what_stands_on_its_shelf() -> None:
    for shelf, names in (("models", MODELS), ("scenarios", ON_SHELF)):
        text = (ROOT / shelf / "README.md").read_text("utf-8")
        assert sorted(re.findall(r"^\| `([\w-]+)\.toml` \|", text, re.MULTILINE)) == names


def test_the_readme_says_which_companies_a_scenario_fits() -> None:
    text = (ROOT / "scenarios" / "README.md").read_text("utf-8")
    said = dict(re.findall(r"^\| `([\w-]+)\.toml` \|.*\| (.*?) \|$", text, re.MULTILINE))
    for scenario in SCENARIOS:
        found = [model for model in MODELS if fits(scenario, model)]
        assert said[scenario] == ("all" if found == MODELS else ", ".join(found)), scenario


def _first_toml(path: Path) -> str:
    found = re.search(r"```toml\n(.*?)```", path.read_text("utf-8"), re.DOTALL)
    assert found is not None
    return found[1]
