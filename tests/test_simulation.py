import json
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

import tarmac
from tarmac.company import Company, company_from
from tarmac.engine.block import Job, Prepared
from tarmac.engine.draws import Draws
from tarmac.engine.ledger import Ledger
from tarmac.errors import InputError
from tarmac.layout import plan_of
from tarmac.simulation import How, run, simulate, with_scenarios
from tarmac.streams import BLOCK_PATHS

HEAD = {"name": "Example", "currency": "USD", "first_month": "2024-01"}
REVENUE = {
    "name": "sales",
    "kind": "subscription",
    "monthly": "20 to 40",
    "growth": "normal(3%, 2%)",
    "volatility": 0.2,
    "persistence": 0.6,
    "market": 0.1,
    "collected_after": 1,
}
COST = {"name": "rent", "monthly": "50 to 70", "volatility": 0.1, "terms": 1}
ROUND = {
    "name": "A",
    "instrument": "equity",
    "starts": "2024-03",
    "takes": "2 to 6",
    "succeeds": "50%",
    "amount": "200 to 400",
}
EVENT = {"name": "fine", "rate": 0.05, "effect": {"target": "cash", "add": "uniform(-40, -10)"}}
POLICY = {"name": "save", "when": {"runway_below": 6}, "do": [{"cut": "cost.rent", "by": "20% to 30%"}]}


def company(**sections: Any) -> Company:
    return company_from({"company": HEAD, "cash": {"opening": "200 to 400"}} | sections)


def everything(**sections: Any) -> Company:
    base = {"revenue": [REVENUE], "cost": [COST], "round": [ROUND], "event": [EVENT], "policy": [POLICY]}
    return company(**(base | sections))


def prepared(one: Company, *, seed: int = 3, months: int = 12, paths: int = 2000) -> Prepared:
    return Prepared(Job(plan_of(one), seed, months, paths), 0)


class Cash:
    def __init__(self) -> None:
        self.rows: list[NDArray[np.float64]] = []

    def month_end(self, month: int, ledger: Ledger) -> None:  # noqa: ARG002
        self.rows.append(ledger.state.cash.copy())


def paths_of(one: Prepared) -> tuple[NDArray[np.float64], NDArray[np.int32]]:
    cash = Cash()
    struck = one.ledger().run([cash])["insolvent"]
    return np.stack(cash.rows), struck


def same_draws(left: Draws, right: Draws, paths: int) -> None:
    """What the first draws hold is in the second: the same, path by path."""
    for name in left.inputs:
        assert np.array_equal(left.inputs[name], right.inputs[name][:paths]), name
    for name in left.scores:
        assert np.array_equal(left.scores[name], right.scores[name][: left.months, :paths]), name
    for name in left.chances:
        assert np.array_equal(left.chances[name], right.chances[name][:paths]), name
    for name, found in left.occurrences.items():
        other = right.occurrences[name].head(paths)
        assert np.array_equal(found.paths, other.paths), name
        assert np.array_equal(found.scores, other.scores), name


# Randomness


def test_ten_thousand_paths_are_the_head_of_twenty_thousand() -> None:
    plan = plan_of(everything())
    few, many = Job(plan, 3, 12, 10_000), Job(plan, 3, 12, 20_000)
    assert (few.blocks, many.blocks) == (1, 2)
    short, long = Prepared(few, 0), Prepared(many, 0)
    same_draws(short.drivers.draws, long.drivers.draws, 10_000)
    (cash, struck), (more_cash, more_struck) = paths_of(short), paths_of(long)
    assert np.array_equal(struck, more_struck[:10_000])
    assert np.array_equal(cash, more_cash[:, :10_000])
    whole = run(many).strikes["insolvent"]
    rest = paths_of(Prepared(many, 1))[1]
    found = np.bincount(struck, minlength=13) + np.bincount(more_struck[10_000:], minlength=13)
    assert np.array_equal(found + np.bincount(rest, minlength=13), whole)


def test_a_longer_horizon_keeps_the_months_it_shares() -> None:
    short, long = (paths_of(prepared(everything(), months=months))[0] for months in (6, 12))
    assert np.array_equal(short, long[:6])


def test_any_number_of_workers_gives_the_same_bytes() -> None:
    texts = [
        json.dumps(
            simulate(everything(), months=4, paths=9 * BLOCK_PATHS + 100, seed=5, how=How(workers=workers)).as_json()
        )
        for workers in (1, 2, 4)
    ]
    assert texts[0] == texts[1] == texts[2]


def test_progress_is_told_and_ends_at_all_paths() -> None:
    told: list[tuple[int, int]] = []
    simulate(everything(), months=2, paths=40_000, seed=1, how=How(progress=lambda *done: told.append(done)))
    assert told[-1] == (40_000, 40_000)
    assert told == sorted(told)


@pytest.mark.parametrize(
    "more",
    [
        {"cost": [COST, COST | {"name": "another"}]},
        {"revenue": [REVENUE | {"name": "aaa"}, REVENUE]},
        {"event": [EVENT | {"name": "aaa"}, EVENT]},
        {"round": [ROUND | {"name": "Z"}, ROUND]},
        {"fx": {"EUR": {"rate": "1 to 1.2", "volatility": 0.1}}},
        {"team": [{"name": "staff", "headcount": "3 to 5", "cost": 2}]},
    ],
)
def test_another_driver_changes_no_other_drivers_draw(more: dict[str, Any]) -> None:
    same_draws(prepared(everything()).drivers.draws, prepared(everything(**more)).drivers.draws, 2000)


def test_a_scenario_changes_no_draw_it_does_not_touch() -> None:
    one = tarmac.load("stability-ai")
    plain = prepared(one).drivers.draws
    for name in ("compute-plus-50", "revenue-minus-20", "hiring-freeze", "raise-slips-6-months"):
        patched = prepared(with_scenarios(one, [name])).drivers.draws
        touched = {"compute", "revenue", "team", "round"}
        for driver in plain.inputs.keys() & patched.inputs.keys():
            if driver.split(".")[0] not in touched:
                assert np.array_equal(plain.inputs[driver], patched.inputs[driver])
        for driver in plain.scores.keys() & patched.scores.keys():
            assert np.array_equal(plain.scores[driver], patched.scores[driver])


def test_zero_is_a_seed_like_any_other() -> None:
    zero, again, one = (simulate(everything(), months=6, paths=500, seed=seed) for seed in (0, 0, 1))
    assert zero.origin.seed == 0
    assert zero.as_json() == again.as_json()
    assert zero.as_json() != one.as_json()


def test_runs_without_a_seed_differ_and_can_be_run_again() -> None:
    first, second = (simulate(everything(), months=6, paths=500) for _ in range(2))
    assert first.origin.seed != second.origin.seed
    assert first.cash.mean.tolist() != second.cash.mean.tolist()
    again = simulate(everything(), months=6, paths=500, seed=first.origin.seed)
    assert again.as_json() == first.as_json()


@pytest.mark.parametrize(
    ("asked", "where"),
    [
        ({"months": 0}, "months"),
        ({"months": 601}, "months"),
        ({"months": -3}, "months"),
        ({"paths": 0}, "paths"),
        ({"paths": 10**12}, "paths"),
        ({"seed": -1}, "seed"),
        ({"seed": 2**63}, "seed"),
    ],
)
def test_numbers_out_of_range_are_input_errors(asked: dict[str, int], where: str) -> None:
    with pytest.raises(InputError) as caught:
        simulate(everything(), **asked)  # type: ignore[arg-type]
    assert [problem.where for problem in caught.value.problems] == [where]


def test_all_numbers_out_of_range_are_named_at_once() -> None:
    with pytest.raises(InputError) as caught:
        simulate(everything(), months=0, paths=0, seed=-1)
    assert [problem.where for problem in caught.value.problems] == ["months", "paths", "seed"]


# Cash


@settings(max_examples=40)
@given(st.floats(0, 500), st.integers(0, 10**6), st.integers(0, 3), st.integers(0, 2))
def test_more_cash_never_shortens_a_life_where_nothing_reacts(more: float, seed: int, terms: int, stretch: int) -> None:
    one = everything(policy=[], cost=[COST | {"terms": terms, "stretch": stretch}])
    block = prepared(one, seed=seed, paths=400)
    poor, rich = block.ledger().run(), block.ledger(more).run()
    for clock in ("insolvent", "first_missed_bill"):
        assert np.all(rich[clock] >= poor[clock])


def richer(one: Company, amount: float) -> Company:
    document = one.document()
    document["cash"] = {**document["cash"], "opening": f"({document['cash']['opening']}) + {amount!r}"}
    return company_from(document)


@pytest.mark.parametrize("reacts", [False, True], ids=["nothing reacts", "with a policy"])
@pytest.mark.parametrize("level", [0.5, 0.9])
def test_the_need_is_what_lets_its_share_of_the_paths_survive(level: float, *, reacts: bool) -> None:
    one = everything(policy=[POLICY] if reacts else [], round=[], cash={"opening": "60 to 120"})
    paths = 8_000
    need = simulate(one, months=18, paths=paths, seed=3).need.amount(level)
    assert need is not None
    assert need > 0
    survive = 1 - simulate(richer(one, need), months=18, paths=paths, seed=3).insolvent.probability[-1]
    assert abs(survive - level) < 0.012  # the same paths: the width of a bin, 0.8% of the need
    fresh = 1 - simulate(richer(one, need), months=18, paths=paths, seed=4).insolvent.probability[-1]
    assert abs(fresh - level) < 4 * np.sqrt(2 * level * (1 - level) / paths) + 0.012


def test_paths_that_survive_anyway_need_nothing() -> None:
    assert simulate(company(), months=6, paths=100, seed=1).need.amount(0.95) == 0


def test_default_alive_is_solvency_without_new_money() -> None:
    one = everything(policy=[POLICY, {"name": "p", "when": {"round_failed": "A"}, "do": [{"cut": "*", "by": 0.5}]}])
    bare = everything(round=[])
    funded = simulate(one, months=12, paths=4000, seed=3)
    alone = simulate(bare, months=12, paths=4000, seed=3)
    assert funded.default_alive.strikes.tolist() == alone.insolvent.strikes.tolist()
    assert funded.default_alive.probability[-1] > funded.insolvent.probability[-1]
    assert alone.default_alive.strikes.tolist() == alone.insolvent.strikes.tolist()


def test_a_correlation_with_a_round_survives_taking_the_rounds_away() -> None:
    pair = [{"between": ["round.A.amount", "round.A.takes"], "value": 0.5}]
    assert simulate(everything(correlation=pair), months=6, paths=100, seed=1).paths == 100


def test_the_shelf_s_companies_run() -> None:
    for name in ("stability-ai", "saas-seed", "ai-lab"):
        forecast = tarmac.simulate(tarmac.load(name), months=12, paths=500, seed=7)
        assert forecast.paths == 500
        assert np.all(np.isfinite(forecast.cash.mean))


# What is drawn


def correlation(left: NDArray[np.floating], right: NDArray[np.floating]) -> float:
    return float(np.corrcoef(left.astype(float).ravel(), right.astype(float).ravel())[0, 1])


@pytest.mark.parametrize("value", [-0.8, 0.0, 0.5, 1.0])
def test_inputs_are_correlated_as_declared(value: float) -> None:
    names = ("revenue.sales.growth", "cost.rent.monthly")
    one = everything(cost=[COST | {"monthly": "normal(60, 5)"}], correlation=[{"between": list(names), "value": value}])
    draws = prepared(one, paths=BLOCK_PATHS).drivers.draws
    found = correlation(draws.inputs[names[0]], draws.inputs[names[1]])
    assert abs(found - value) < 5 * (1 - value**2) / np.sqrt(BLOCK_PATHS) + 1e-6
    assert abs(draws.inputs[names[1]].std() - 5) < 5 * 5 / np.sqrt(2 * BLOCK_PATHS)


def test_shocks_are_correlated_as_declared_and_with_the_market() -> None:
    pairs = [
        {"between": ["revenue.sales", "cost.rent"], "value": -0.6},
        {"between": ["market", "revenue.sales"], "value": 0.5},
    ]
    sales = {key: value for key, value in REVENUE.items() if key != "market"}  # moves with the market in one way only
    one = everything(revenue=[sales], correlation=pairs)
    scores = prepared(one, paths=BLOCK_PATHS).drivers.draws.scores
    error = 5 / np.sqrt(12 * BLOCK_PATHS)
    assert abs(correlation(scores["revenue.sales"], scores["cost.rent"]) + 0.6) < error
    assert abs(correlation(scores["revenue.sales"], scores["market"]) - 0.5) < error
    assert abs(correlation(scores["cost.rent"], scores["market"])) < error
    for rows in scores.values():
        assert abs(rows.std() - 1) < error


def test_the_market_moves_lines_that_load_on_it_together() -> None:
    lines = [{"name": name, "kind": "other", "monthly": 100, "market": 0.3} for name in "ab"]
    both = simulate(company(revenue=lines), months=1, paths=8000, seed=1).net_burn
    alone = simulate(company(revenue=lines[:1]), months=1, paths=8000, seed=1).net_burn
    wide, narrow = (float(fan.quantile(0.9)[0] - fan.quantile(0.1)[0]) for fan in (both, alone))
    assert wide == pytest.approx(2 * narrow, rel=0.03)  # not the square root of two


MEAN_ONE = [
    {"volatility": 0.3},
    {"volatility": 0.3, "persistence": 0.9},
    {"volatility": 0.2, "persistence": 1},
    {"volatility": "10% to 40%", "persistence": 0.5},
    {"market": 0.3},
    {"market": 0.2, "volatility": 0.2},
]


@pytest.mark.parametrize("noise", MEAN_ONE, ids=str)
def test_noise_never_changes_the_expected_value(noise: dict[str, Any]) -> None:
    one = company(revenue=[{"name": "r", "kind": "usage", "monthly": 100, "growth": "2%"} | noise])
    cash, _ = paths_of(prepared(one, months=18, paths=BLOCK_PATHS))
    earned = np.diff(cash, axis=0)
    expected = 100 * 1.02 ** np.arange(1, 18)
    error = earned.std(axis=1) / np.sqrt(BLOCK_PATHS)
    assert np.all(np.abs(earned.mean(axis=1) - expected) < 5 * error)


@pytest.mark.parametrize("persistence", [0, 0.5, 0.95])
def test_volatility_means_the_same_whatever_the_persistence(persistence: float) -> None:
    line = {"name": "r", "kind": "usage", "monthly": 100, "volatility": 0.3, "persistence": persistence}
    cash, _ = paths_of(prepared(company(revenue=[line]), months=18, paths=BLOCK_PATHS))
    logs = np.log(np.diff(cash, axis=0))
    assert np.all(np.abs(logs.std(axis=1) - 0.3) < 5 * 0.3 / np.sqrt(2 * BLOCK_PATHS))
    assert correlation(logs[:-1], logs[1:]) == pytest.approx(persistence, abs=0.02)


def test_a_random_walks_volatility_is_per_month() -> None:
    line = {"name": "r", "kind": "usage", "monthly": 100, "volatility": 0.1, "persistence": 1}
    cash, _ = paths_of(prepared(company(revenue=[line]), months=18, paths=BLOCK_PATHS))
    spread = np.log(np.diff(cash, axis=0)).std(axis=1)
    assert spread == pytest.approx(0.1 * np.sqrt(np.arange(2, 19)), rel=0.04)


# Foreign currency


def test_foreign_money_converts_at_its_rate() -> None:
    abroad = {"company": HEAD | {"currency": "CNY"}, "fx": {"USD": 7.0}, "cash": {"opening": "10 USD"}}
    one = company_from(abroad | {"cost": [{"name": "cloud", "monthly": "1 USD", "terms": 1}]})
    forecast = simulate(one, months=3, paths=10, seed=1)
    assert forecast.cash.mean.tolist() == [63.0, 56.0, 49.0]
    assert forecast.payables.mean.tolist() == [7.0, 7.0, 7.0]


def test_a_rate_drifts_and_wobbles_around_its_drift() -> None:
    rate = {"rate": 7.0, "drift": "1%", "volatility": 0.05}
    abroad = {"company": HEAD | {"currency": "CNY"}, "fx": {"USD": rate}, "cash": {"opening": 1000}}
    one = company_from(abroad | {"cost": [{"name": "cloud", "monthly": "1 USD"}]})
    cash, _ = paths_of(prepared(one, months=12, paths=BLOCK_PATHS))
    paid = -np.diff(cash, axis=0)
    error = paid.std(axis=1) / np.sqrt(BLOCK_PATHS)
    assert np.all(np.abs(paid.mean(axis=1) - 7 * 1.01 ** np.arange(1, 12)) < 5 * error)
    assert np.log(paid).std(axis=1) == pytest.approx(0.05 * np.sqrt(np.arange(2, 13)), rel=0.04)


def test_opening_balances_in_foreign_money_are_worth_the_opening_rate() -> None:
    rate = {"EUR": {"rate": 1.5, "volatility": 0.5}}
    cash, _ = paths_of(prepared(company(cash={"opening": "100 EUR"}, fx=rate), months=2))
    assert np.allclose(cash, 150)
