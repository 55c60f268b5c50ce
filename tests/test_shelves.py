"""The shelves as a user finds them: every model loads, every scenario applies and moves the answer where it must."""

import re
import tomllib
from functools import cache
from pathlib import Path

import numpy as np
import pytest

import tarmac
from tarmac.company import company_from
from tarmac.scenario import scenario_from

ROOT = Path(__file__).parents[1]
MODELS = sorted(path.stem for path in (ROOT / "models").glob("*.toml"))
SCENARIOS = sorted(path.stem for path in (ROOT / "scenarios").glob("*.toml"))
PATHS, SEED, MONTHS = 4_000, 7, 24

WORSE = ("no-new-money", "raise-slips-6-months", "compute-plus-50", "revenue-minus-20", "lose-largest-customer")
BETTER = ("hiring-freeze",)


@cache
def forecast(model: str, scenario: str | None = None) -> tarmac.Forecast:
    scenarios = [] if scenario is None else [scenario]
    return tarmac.simulate(tarmac.load(model), scenarios=scenarios, months=MONTHS, paths=PATHS, seed=SEED)


@pytest.mark.parametrize("model", MODELS)
def test_every_model_loads_and_can_be_simulated(model: str) -> None:
    probability = forecast(model).insolvent.probability
    assert probability.shape == (MONTHS,)
    assert 0 < probability[-1] < 1, "a starting point whose answer is certain teaches nothing"


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_every_scenario_says_what_happens_and_on_what_grounds(scenario: str) -> None:
    loaded = tarmac.load_scenario(scenario)
    assert loaded.title
    assert loaded.story
    assert loaded.source


def test_every_scenario_has_a_direction() -> None:
    assert sorted((*WORSE, *BETTER)) == SCENARIOS


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("scenario", SCENARIOS)
def test_every_scenario_moves_the_answer_where_it_must(model: str, scenario: str) -> None:
    """Half a year in, a year in and a year and a half in: never the wrong way, and somewhere the right way."""
    before, after = forecast(model), forecast(model, scenario)
    sign = 1 if scenario in WORSE else -1
    moves = sign * (after.insolvent.probability - before.insolvent.probability)[[5, 11, 17]]
    noise = np.hypot(after.insolvent.standard_error, before.insolvent.standard_error)[[5, 11, 17]]
    assert (moves >= -noise).all(), moves
    assert moves.max() > 0 or sign * (before.cash.mean - after.cash.mean)[11] > 0


def test_no_new_money_is_worse_than_money_that_comes_later() -> None:
    for model in MODELS:
        never, later = forecast(model, "no-new-money"), forecast(model, "raise-slips-6-months")
        assert never.insolvent.probability[-1] > later.insolvent.probability[-1]


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
    for shelf, names in (("models", MODELS), ("scenarios", SCENARIOS)):
        text = (ROOT / shelf / "README.md").read_text("utf-8")
        assert sorted(re.findall(r"^\| `([\w-]+)\.toml` \|", text, re.MULTILINE)) == names


def _first_toml(path: Path) -> str:
    found = re.search(r"```toml\n(.*?)```", path.read_text("utf-8"), re.DOTALL)
    assert found is not None
    return found[1]
