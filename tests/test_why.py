"""What survival depends on: companies of which the answer is known, words where there is none, and mistakes."""

import json
from typing import Any

import numpy as np
import pytest

from tarmac import load
from tarmac.company import company_from
from tarmac.layout import plan_of
from tarmac.report.why import cause_table, headline, known_table, source_table, why_figure, why_text
from tarmac.simulation import How
from tarmac.why import LUCK, Why, paths_for, risk_ratio, thirds, why

HEAD = {"name": "Example", "currency": "USD", "first_month": "2024-01", "insolvent_when": "cash_below_zero"}
RENT = {"name": "rent", "monthly": 10}


def found(months: int = 12, paths: int = 2_048, workers: int = 1, **sections: Any) -> Why:
    company = company_from({"company": HEAD, "cash": {"opening": "90 to 150"}, "cost": [RENT]} | sections)
    return why(plan_of(company), months=months, seed=3, paths=paths, how=How(workers=workers))


def test_one_input_decides_alone() -> None:
    """Cash is what decides: 120 are needed. The price of shares is uncertain too, and of no account."""
    result = found(cash={"opening": "90 to 150", "keep_payroll_months": "0 to 2"})
    cash, other = result.inputs
    assert (cash.name, other.name) == ("cash.opening", "cash.keep_payroll_months")
    for index in (cash.survival, cash.need):
        assert index is not None
        assert index.first.value == pytest.approx(1, abs=0.1)
        assert index.total.value == pytest.approx(1, abs=0.1)
    assert other.survival is not None
    assert other.survival.total.value == other.survival.first.value == 0
    known = next(known for known in result.known if known.name == "cash.opening")
    assert known.shares[0] == 0
    assert known.shares[2] == 1
    assert result.known[0] is known
    [luck] = result.luck
    assert luck.survival is not None
    assert luck.survival.total.value == 0
    assert result.dues == {"cash below zero": result.died}


def test_thirds_are_shares_of_both_samples() -> None:
    result = found()
    [known] = result.known
    assert sum(known.paths) == result.sampled == 4_096
    assert sum(known.survived) == result.survived
    assert all(abs(paths - 4_096 / 3) <= 2 for paths in known.paths)


def test_luck_alone_where_no_number_is_uncertain() -> None:
    result = found(cash={"opening": 120}, cost=[RENT | {"volatility": "20%"}])
    assert not result.inputs
    assert not result.known
    assert [source.name for source in result.luck] == [LUCK, "luck: monthly noise"]
    assert result.luck[0].survival is not None
    assert result.luck[0].survival.first.value == pytest.approx(1, abs=0.1)
    assert "luck alone" in why_text(result)


@pytest.mark.parametrize(("months", "word"), [(3, "survive to"), (60, "become insolvent")])
def test_where_all_paths_fare_alike_there_are_words(months: int, word: str) -> None:
    result = found(months=months)
    assert not result.explained
    assert all(source.survival is None for source in (*result.inputs, *result.luck))
    assert word in headline(result)
    assert "instead of" not in why_text(result)
    why_figure(result, "document")
    need = result.inputs[0].need
    assert (need is None) == (months == 3)
    if months == 3:
        assert "What it would need does not differ either" in " ".join(why_text(result).split())


def test_correlated_inputs_are_one_group() -> None:
    pair = {"between": ["cost.rent.monthly", "cost.rent.growth"], "value": 0.5}
    rent = {"name": "rent", "monthly": "8 to 12", "growth": "-1% to 3%"}
    result = found(cost=[rent], correlation=[pair])
    assert {source.members for source in result.inputs} == {
        ("cash.opening",),
        ("cost.rent.monthly", "cost.rent.growth"),
    }
    assert {known.name for known in result.known} == {"cash.opening", "cost.rent.monthly", "cost.rent.growth"}
    assert "(+1)" in why_text(result)
    total = sum(source.survival.first.value for source in result.inputs if source.survival)
    assert total < 1.1


def test_values_of_one_schedule_are_one_input() -> None:
    rent = {"name": "rent", "monthly": {"2024-01": "8 to 12", "2024-06": "9 to 13"}}
    [one] = [source for source in found(cost=[rent]).inputs if source.name != "cash.opening"]
    assert one.members == ("cost.rent.monthly[2024-01]", "cost.rent.monthly[2024-06]")


def test_workers_and_repetition_change_nothing() -> None:
    plan = plan_of(load("saas-seed"))
    runs = [why(plan, months=6, seed=2, paths=256, how=How(workers=workers)) for workers in (1, 2)]
    assert json.dumps(runs[0].as_json(), allow_nan=False) == json.dumps(runs[1].as_json(), allow_nan=False)


def test_progress_ends_at_all_paths() -> None:
    told: list[tuple[int, int]] = []
    why(plan_of(load("saas-seed")), months=3, seed=2, paths=256, how=How(progress=lambda *done: told.append(done)))
    assert all(done <= of for done, of in told)
    assert told[-1][0] == told[-1][1]


@pytest.mark.parametrize("name", ["stability-ai", "saas-seed"])
def test_the_shelf_s_companies_are_told(name: str) -> None:
    result = why(plan_of(load(name)), months=9, seed=2, paths=256, how=How(workers=1))
    text = why_text(result)
    assert all(len(line) <= 100 for line in text.splitlines())
    assert len(text.splitlines()) < 40
    document = result.as_json()
    json.dumps(document, allow_nan=False)
    assert len(document["inputs"]) == len(source_table(result)) - len(result.luck)
    assert len(document["known"]) == len(known_table(result))
    assert sum(row["paths"] for row in document["could_not_pay"]) == result.died
    if result.died:
        assert cause_table(result)["insolvent"].max() <= 1


def test_what_knowing_would_take_off_the_variance() -> None:
    document = found().as_json()
    [row] = document["inputs"]
    assert row["variance_gone_if_known"] == pytest.approx(document["survives"]["variance"], rel=0.1)


def test_paths_are_a_power_of_two_that_falls_with_the_work() -> None:
    few, many, long = paths_for(10, 18), paths_for(60, 18), paths_for(60, 120)
    assert few > many > long >= 1_024
    assert all(np.log2(paths).is_integer() for paths in (few, many, long))


def test_thirds_keep_equal_values_together() -> None:
    _, third = thirds(np.array([0.0] * 9 + [1.0]))
    assert third.tolist() == [0] * 9 + [2]
    _, third = thirds(np.array([5.0] * 4))
    assert len(set(third.tolist())) == 1


def test_a_risk_ratio_without_a_value() -> None:
    assert risk_ratio(0, 5, dead=10, others=10) is None
    assert risk_ratio(10, 5, dead=10, others=10) is None
    value, low, high = risk_ratio(20, 20, dead=40, others=40) or (0, 0, 0)
    assert value == 1
    assert low < 1 < high


def test_what_had_gone_wrong_is_weighed_by_the_months_of_death() -> None:
    """An event that has nothing to do with death is as frequent among the dead as among the others by then."""
    event = {"name": "idle", "rate": 0.05, "effect": {"target": "cash", "add": 0}}
    result = found(paths=16_384, event=[event])
    [wrong] = [item for item in result.wrong if item.what == "event"]
    assert wrong.dead == pytest.approx(wrong.others, abs=0.03)
    assert wrong.ratio is not None
    assert wrong.ratio[1] < 1 < wrong.ratio[2]
