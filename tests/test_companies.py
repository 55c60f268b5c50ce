"""The companies of the evidence: their figures lie inside, their answers are of a sensible size, and what each case is
about moves its answer where it must."""

import tomllib
from functools import cache
from typing import Any

import numpy as np
import pytest

import tarmac
from tarmac.engine.block import Job
from tarmac.engine.observing import Answer, Question, observe
from tarmac.engine.walk import Row
from tarmac.facts import USED, Fact, Quantity
from tarmac.fit import fit
from tarmac.layout import plan_of
from tarmac.library import load_facts
from tarmac.scenario import Scenario, apply, scenario_from
from tests.certain import certain
from tests.facts_page import ROOT

SEED, PATHS = 7, 2_000
CASES = ("mosaicml", "zhipu-ai", "moonshot-ai", "baichuan", "minimax", "scale-ai", "openai-like")
JUDGED = {"mosaicml": 2, "zhipu-ai": 1, "moonshot-ai": 1, "baichuan": 1, "minimax": 0, "scale-ai": 1, "openai-like": 0}
"""How many figures each of them is judged by."""

INSOLVENT = {
    "mosaicml": (0.12, 0.40),
    "zhipu-ai": (0.02, 0.25),
    "moonshot-ai": (0.05, 0.30),
    "baichuan": (0.08, 0.35),
    "minimax": (0.04, 0.30),
    "scale-ai": (0.0005, 0.05),
    "openai-like": (0.02, 0.30),
}
"""Between which shares the insolvent at the end of the second year lie; wide, so that only another case shows."""


def model(name: str, *changes: dict[str, Any]) -> tarmac.Company:
    company = tarmac.load(ROOT / "models" / f"{name}.toml")
    return apply(company, scenario(*changes)) if changes else company


def scenario(*changes: dict[str, Any]) -> Scenario:
    return scenario_from({"title": "A test", "change": list(changes)}, "test.toml")


def simulated(name: str, *changes: dict[str, Any], months: int = 24) -> tarmac.Forecast:
    return tarmac.simulate(model(name, *changes), months=months, paths=PATHS, seed=SEED)


@cache
def as_it_is(name: str) -> tarmac.Forecast:
    return simulated(name)


def ended(name: str, *changes: dict[str, Any], months: int = 24) -> float:
    """The share of the paths on which the company is insolvent, or sold, by the end of so many months."""
    return 1.0 - float(_cash(name, changes, months).lived.mean())


def cash(name: str, *changes: dict[str, Any], months: int = 24) -> float:
    """Mean cash at the end of so many months, nothing on the paths that have ended."""
    answer = _cash(name, changes, months)
    return float((answer.figures * answer.lived).mean())


def _cash(name: str, changes: tuple[dict[str, Any], ...], months: int) -> Answer:
    question = Question(Quantity("cash"), months - 1, months - 1)
    [answer] = observe(Job(plan_of(model(name, *changes)), SEED, months, PATHS), [question])
    return answer


def figure(company: tarmac.Company, words: str, *, first: int, last: int) -> Row:
    """A figure on every path, in months counted from 0, whether the company lived to see it or not."""
    kind, _, targets = words.partition(" ")
    question = Question(Quantity(kind, tuple(targets.split(" + ")) if targets else ()), first, last)
    [answer] = observe(Job(plan_of(company), SEED, last + 1, PATHS), [question])
    return answer.figures


# All of them


@pytest.mark.parametrize("name", CASES)
def test_the_answer_is_of_a_sensible_size(name: str) -> None:
    low, high = INSOLVENT[name]
    assert low <= as_it_is(name).insolvent.probability[-1] <= high


@pytest.mark.parametrize("name", CASES)
def test_every_figure_lies_inside_what_the_model_says(name: str) -> None:
    said = fit(model(name), load_facts(ROOT / "seeds" / f"{name}.csv"), seed=SEED, paths=4_000)
    assert len(said) == JUDGED[name]
    assert all(row["inside"] and row["lived"] > 0.5 for row in said.to_dict("records"))


@pytest.mark.parametrize("name", CASES)
def test_no_figure_it_is_judged_by_is_certain_in_the_model(name: str) -> None:
    document = tomllib.loads((ROOT / "models" / f"{name}.toml").read_text("utf-8"))
    numbers = [value for _, value in certain(document)]
    assert not [fact for fact in _judged(name) if np.isclose(numbers, fact.value or 0).any()]


@pytest.mark.parametrize("name", CASES)
def test_the_model_begins_before_what_it_is_judged_by(name: str) -> None:
    assert all(fact.first >= model(name).company.first_month for fact in _judged(name))


def _judged(name: str) -> list[Fact]:
    return [fact for fact in load_facts(ROOT / "seeds" / f"{name}.csv") if fact.use in USED]


@pytest.mark.slow
@pytest.mark.parametrize("name", CASES)
@pytest.mark.parametrize("months", [1, 7, 120])
def test_every_horizon_can_be_simulated(name: str, months: int) -> None:
    forecast = simulated(name, months=months)
    assert np.isfinite(forecast.insolvent.probability).all()
    assert forecast.months == months


# MosaicML: runs that cost a part of what they cost others; a sale as an end


def test_runs_at_the_usual_cost_shorten_mosaicml_s_life() -> None:
    usual = {"target": "compute.*.overrun", "set": 1}
    unsold = {"target": "round.acquisition", "remove": True}
    assert ended("mosaicml", unsold, usual) > ended("mosaicml", unsold) + 0.02
    runs = "billed compute.training of a 30B model"
    ratio = figure(model("mosaicml", usual), runs, first=0, last=8) / figure(model("mosaicml"), runs, first=0, last=8)
    assert np.percentile(ratio, [5, 95]) == pytest.approx([2, 7], rel=0.1)


def test_being_bought_is_an_end_of_mosaicml_and_its_price_goes_to_the_holders() -> None:
    bought = as_it_is("mosaicml")
    assert 0.08 < bought.exit.probability[-1] < 0.25
    alone = simulated("mosaicml", {"target": "round.acquisition", "remove": True})
    assert alone.exit.probability[-1] == 0
    assert alone.exit_proceeds is None
    dearer = simulated("mosaicml", {"target": "round.acquisition.amount", "set": "1.3B"})
    assert bought.exit_proceeds is not None
    assert dearer.exit_proceeds is not None
    assert dearer.exit_proceeds.quantile(0.5) > bought.exit_proceeds.quantile(0.5)
    assert dearer.exit_proceeds.quantile(0.5) > 0.4 * 1.3e9, "founders and staff have half, less what was sold since"


# Zhipu AI: from round to round, in a market that moves them together


def test_zhipu_ai_lives_from_round_to_round() -> None:
    assert ended("zhipu-ai", {"target": "round.*.succeeds", "set": 0}) > 0.9
    last = {"target": "round.round of 2024.succeeds", "set": 0}
    assert ended("zhipu-ai", last, months=36) > ended("zhipu-ai", months=36) + 0.1


def test_the_market_makes_zhipu_ai_s_rounds_fail_together() -> None:
    """The odds of each round stay about the same; that all of them fail, or all close, becomes likelier."""
    rounds = ("round.spring round", "round.round from technology companies")

    def together(*changes: dict[str, Any]) -> float:
        company = model("zhipu-ai", *changes)
        spring, autumn = (figure(company, f"raised {path}", first=0, last=11) > 0 for path in rounds)
        return float(np.corrcoef(spring, autumn)[0, 1])

    moved = together({"target": "round.*.market", "set": 2})
    apart = together({"target": "round.*.market", "set": 0})
    assert moved > apart + 0.1


def test_dearer_dollars_shorten_zhipu_ai_s_life() -> None:
    dear = {"target": "fx.USD.rate", "multiply": 1.3}
    assert ended("zhipu-ai", dear) > ended("zhipu-ai")
    assert cash("zhipu-ai", dear, months=12) < cash("zhipu-ai", months=12)


# Moonshot AI: a round paid in part in the lead investor's compute


def test_moonshot_ai_gets_compute_only_where_the_cash_has_come() -> None:
    failing = [{"target": f"round.{name}.succeeds", "set": 0} for name in ("series B", "next round")]
    company = model("moonshot-ai", *failing)
    assert figure(company, "raised round.series B in compute", first=0, last=11).max() == 0
    both = figure(model("moonshot-ai"), "raised round.series B in compute", first=0, last=11) > 0
    assert 0.4 < both.mean() < 0.95


def test_compute_saves_moonshot_ai_cash_but_not_as_much_as_cash_would() -> None:
    """The credits pay one vendor; the same amount in cash pays everybody."""
    without = {"target": "round.series B in compute.succeeds", "set": 0}
    paid = _in_cash("series B in compute")
    assert cash("moonshot-ai", without) < cash("moonshot-ai") < cash("moonshot-ai", *paid)
    assert ended("moonshot-ai", without) > ended("moonshot-ai") > ended("moonshot-ai", *paid) - 0.01


def _in_cash(name: str) -> tuple[dict[str, Any], ...]:
    """The changes that make an equity round of a compute round, with the same draws."""
    found = next(item for item in model("moonshot-ai").document()["round"] if item["name"] == name)
    cash = {key: value for key, value in found.items() if key != "vendor"} | {"instrument": "equity"}
    return {"target": f"round.{name}", "remove": True}, {"target": "round", "add_item": cash}


# Baichuan: money in dollars, wages in yuan; runs that overrun together


def test_a_dearer_yuan_shortens_baichuan_s_life() -> None:
    dear, cheap = ({"target": "fx.CNY.rate", "multiply": by} for by in (1.3, 0.7))
    assert ended("baichuan", dear) > ended("baichuan") > ended("baichuan", cheap)
    assert cash("baichuan", dear, months=6) < cash("baichuan", months=6) < cash("baichuan", cheap, months=6)


def test_dearer_runs_shorten_baichuan_s_life() -> None:
    assert ended("baichuan", {"target": "compute.*training run.cost", "multiply": 3}) > ended("baichuan") + 0.02


def test_baichuan_s_runs_overrun_together() -> None:
    company = model("baichuan", {"target": "compute.*.cost", "set": "5M"}, {"target": "compute.*.slip", "set": 0})
    first, second = (
        figure(company, f"billed compute.{run} training run", first=0, last=5) for run in ("first", "second")
    )
    assert np.corrcoef(np.log(first), np.log(second))[0, 1] > 0.3


# MiniMax: users cost whether they pay or not


def test_more_users_shorten_minimax_s_life() -> None:
    assert ended("minimax", {"target": "compute.serving.users", "multiply": 2}) > ended("minimax") + 0.01


def test_a_lower_price_of_the_api_saves_minimax_no_compute() -> None:
    cheap = {"target": "revenue.api.times", "multiply": 0.4}
    serving = [figure(company, "billed compute.serving", first=0, last=2) for company in _two("minimax", cheap)]
    sold = [figure(company, "earned revenue.api", first=0, last=2) for company in _two("minimax", cheap)]
    assert np.array_equal(serving[0], serving[1])
    assert sold[1] == pytest.approx(0.4 * sold[0])


def _two(name: str, *changes: dict[str, Any]) -> tuple[tarmac.Company, tarmac.Company]:
    return model(name), model(name, *changes)


# Scale AI: a customer that leaves at once


def test_scale_ai_s_largest_customer_takes_its_share_and_the_work_it_paid_for() -> None:
    gone = {"target": "revenue.data and labelling.customers[0].leaves", "set": 1}
    kept = {"target": "revenue.data and labelling.customers[0].leaves", "set": 0}
    left, stayed = model("scale-ai", gone), model("scale-ai", kept)
    for words in ("earned revenue.*", "billed compute.labellers"):
        ratio = figure(left, words, first=0, last=2) / figure(stayed, words, first=0, last=2)
        assert np.percentile(ratio, [5, 95]) == pytest.approx([0.80, 0.85], abs=0.005)
    assert cash("scale-ai", gone, months=18) < cash("scale-ai", kept, months=18) - 50e6


def test_the_price_of_a_stake_in_scale_ai_goes_to_the_holders_and_not_to_the_company() -> None:
    """49% for 14.3B: on every path the cash of the company stays as it was, to the last cent."""
    sale = {"succeeds": 1, "share": "49%", "amount": "14.3B", "takes": 3}
    sold = [{"target": f"round.stake for a customer.{key}", "set": value} for key, value in sale.items()]
    never = {"target": "round.stake for a customer.succeeds", "set": 0}
    quantity = Question(Quantity("cash"), 11, 11)
    with_it, without = (
        observe(Job(plan_of(model("scale-ai", *changes)), SEED, 12, PATHS), [quantity])[0].figures
        for changes in (sold, [never])
    )
    assert np.array_equal(with_it, without)
    forecast = simulated("scale-ai", *sold, months=12)
    assert forecast.secondary_proceeds is not None
    assert forecast.secondary_proceeds.mean == pytest.approx(14.3e9 * 0.35 / 0.95, rel=0.01), "all but the pool sell"
    assert forecast.ownership is not None
    assert forecast.ownership.holders["round.stake for a customer"].mean == pytest.approx(0.49, rel=0.01)


# A lab like OpenAI: one supplier, who is investor, holder and creditor


def test_the_supplier_s_compute_keeps_an_openai_like_lab_alive() -> None:
    without = {"target": "round.supplier's compute.succeeds", "set": 0}
    assert ended("openai-like", without) > ended("openai-like") + 0.2


def test_the_supplier_holds_about_half_of_an_openai_like_lab() -> None:
    """49% is known; here the mean of what it had, what it pays in compute and what it pays in cash."""
    owned = as_it_is("openai-like").ownership
    assert owned is not None
    names = ("exclusive cloud supplier", "round.supplier's compute", "round.supplier's cash")
    assert 0.35 < sum(owned.holders[name].mean for name in names) < 0.55


def test_a_less_patient_supplier_ends_an_openai_like_lab_sooner() -> None:
    strict = {"target": "compute.exclusive cloud.stretch", "set": 1}
    assert ended("openai-like", strict, months=36) > ended("openai-like", months=36) + 0.03
