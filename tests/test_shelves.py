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

WORSE = (
    "no-new-money",
    "raise-slips-6-months",
    "round-closes-half",
    "compute-instead-of-cash",
    "compute-plus-50",
    "revenue-minus-20",
    "lose-largest-customer",
)
RAISES = ("raise-seed", "raise-series-a", "raise-series-b")
BETTER = ("hiring-freeze", *RAISES)
MIXED = ("bridge-instead", "down-round")
"""What moves other things than the time of insolvency, or is better than one thing and worse than another."""

FITS = {"bridge-instead": ["ai-lab", "saas-seed"], "compute-instead-of-cash": ["ai-lab"]}
"""The models that scenarios with names in them are written for; the others fit every model."""


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
    assert sorted((*WORSE, *BETTER, *MIXED)) == SCENARIOS


@pytest.mark.parametrize(
    ("scenario", "model"), [(name, model) for name in (*WORSE, *BETTER) for model in FITS.get(name, MODELS)]
)
def test_every_scenario_moves_the_answer_where_it_must(scenario: str, model: str) -> None:
    """Half a year in, a year in and a year and a half in: never the wrong way, and somewhere the right way."""
    before, after = forecast(model), forecast(model, scenario)
    sign = 1 if scenario in WORSE else -1
    moves = sign * (after.insolvent.probability - before.insolvent.probability)[[5, 11, 17]]
    noise = np.hypot(after.insolvent.standard_error, before.insolvent.standard_error)[[5, 11, 17]]
    assert (moves >= -noise).all(), moves
    assert moves.max() > 0 or sign * (before.cash.mean - after.cash.mean)[11] > 0


@pytest.mark.parametrize("model", FITS["bridge-instead"])
def test_a_bridge_is_better_than_no_money_and_goes_to_those_who_hold_shares(model: str) -> None:
    bridged, never = forecast(model, "bridge-instead"), forecast(model, "no-new-money")
    assert bridged.insolvent.probability[-1] < never.insolvent.probability[-1]
    assert bridged.ownership is not None
    assert "round.bridge by those who hold shares" not in bridged.ownership.holders
    first = forecast(model).ownership
    assert first is not None
    assert bridged.ownership.mean > first.mean, "a series A that fails sells no shares"


@pytest.mark.parametrize("model", MODELS)
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
