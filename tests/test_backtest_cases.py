"""Scores of forecasters: a calibrated one is told from a wrong one, and too few cases tell nothing."""

import numpy as np
import pytest

from tarmac.backtest.cases import CRPS, Cases, climatology, judged
from tarmac.backtest.outlook import company_with, spread, times


def ends(runway: float, *, funded: bool = True) -> np.ndarray:
    return times(runway, months=36, paths=1_000, seed=7, funded=funded)


def calibrated(count: int = 200, *, seed: int = 3) -> tuple[Cases, list[np.ndarray]]:
    """Companies that end as the model says: forecasts of twenty runways, and outcomes from other paths of the same."""
    rng = np.random.default_rng(seed)
    runways = np.linspace(2, 10, 20)
    forecasts = [times(runway, months=36, paths=1_000, seed=1, funded=False) for runway in runways]
    others = [times(runway, months=36, paths=1_000, seed=2, funded=False) for runway in runways]
    which = np.arange(count) % 20
    outcomes = np.array([rng.choice(others[place]) for place in which])
    cases = Cases(np.minimum(outcomes, 36.0), np.isfinite(outcomes), np.arange(count))
    return cases, [forecasts[place] for place in which]


def test_a_calibrated_set_is_covered_as_it_should_be() -> None:
    """With 200 cases the share between P10 and P90 lies within 5.5 points of 80% in 95 sets of 100."""
    cases, forecasts = calibrated()
    found = judged(cases, {"right": forecasts, "other": forecasts}, horizon=36, seed=7)
    least, most = found.coverage
    assert least - 0.06 <= 0.8 <= most + 0.06
    assert found.d_calibration[2] > 0.01
    assert np.abs(found.pit_survival - (1 - np.linspace(0, 1, 101))).max() < 0.12
    assert found.skills["other"][CRPS].value == pytest.approx(0)
    table = found.reliability(6)
    assert np.all((table["low"] <= table["forecast"]) & (table["forecast"] <= table["high"]))


def test_a_wrong_forecast_scores_worse_and_is_found_out() -> None:
    cases, forecasts = calibrated()
    wrong = [3 * sample for sample in forecasts]
    found = judged(cases, {"wrong": wrong, "right": forecasts}, horizon=36, seed=7)
    assert found.coverage[1] < 0.5
    assert found.d_calibration[2] < 1e-6
    for score, item in found.skills["right"].items():
        if score != "Brier 24":  # by then nearly all have ended, and both know it
            assert item.value is not None
            assert item.value < 0, score
            assert item.told, score
        assert found.scores["wrong"][score].value >= found.scores["right"][score].value


def test_a_sharper_forecast_beats_the_climatology() -> None:
    cases, forecasts = calibrated()
    climate = [climatology(cases, without=company) for company in cases.companies.tolist()]
    found = judged(cases, {"right": forecasts, "climatology": climate}, horizon=36, seed=7)
    skill = found.skills["climatology"][CRPS]
    assert skill.value is not None
    assert skill.value > 0.2
    assert skill.told
    assert not found.few


def test_a_handful_tells_nothing() -> None:
    cases, forecasts = calibrated(6)
    found = judged(cases, {"right": forecasts, "wrong": [1.3 * sample for sample in forecasts]}, horizon=36, seed=7)
    assert found.few
    assert not found.skills["wrong"][CRPS].told


def test_snapshots_of_one_company_widen_the_interval() -> None:
    cases, forecasts = calibrated(40)
    one = Cases(cases.times, cases.events, np.arange(40) // 10)
    apart = judged(cases, {"a": forecasts, "b": forecasts}, horizon=36, seed=7).scores["a"][CRPS]
    together = judged(one, {"a": forecasts, "b": forecasts}, horizon=36, seed=7).scores["a"][CRPS]
    assert apart.value == together.value
    assert apart.interval != together.interval


def test_the_climatology_leaves_a_company_out() -> None:
    cases = Cases(np.array([2.0, 3.0, 10.0]), np.array([True, True, False]), np.array([0, 0, 1]))
    assert np.unique(climatology(cases, without=1)).tolist() == [2, 3]
    assert np.unique(climatology(cases, without=0)).tolist() == [np.inf]
    alone = Cases(np.array([2.0]), np.array([True]), np.array([0]))
    assert np.isinf(climatology(alone, without=0)).all()


def test_the_climatology_has_the_shares_of_kaplan_meier() -> None:
    """Of 4, 6 censored and 8: a third by 4, all by 8."""
    cases = Cases(np.array([4.0, 6.0, 8.0, 1.0]), np.array([True, False, True, True]), np.array([0, 1, 2, 3]))
    sample = climatology(cases, without=3, draws=300)
    assert np.mean(sample == 4) == pytest.approx(1 / 3)
    assert np.mean(sample == 8) == pytest.approx(2 / 3)


def test_a_horizon_before_a_score_leaves_the_score_out() -> None:
    cases, forecasts = calibrated(20)
    assert list(judged(cases, {"a": forecasts}, horizon=12, seed=7).scores["a"]) == [CRPS, "Brier 6", "Brier 12"]


def test_more_cash_and_new_money_last_longer() -> None:
    medians = [np.median(ends(runway)) for runway in (1.0, 4.0, 8.0)]
    assert medians == sorted(medians)
    for runway in (1.0, 4.0, 20.0):
        funded, alone = ends(runway), ends(runway, funded=False)
        assert np.mean(funded <= 12) <= np.mean(alone <= 12)
    assert ends(4.0).tolist() == ends(4.0).tolist()


def test_the_burn_is_about_what_was_seen() -> None:
    """Without new money half of the paths of eight months' runway have run dry between seven and eleven months."""
    assert 7 < np.median(ends(8.0, funded=False)) < 11


def test_a_company_with_little_cash_has_begun_to_raise() -> None:
    early, late = (company_with(runway).document()["round"][0] for runway in (20.0, 5.0))
    assert "when" in early
    assert late["starts"] == "2000-01"


def test_times_are_spread_within_their_month() -> None:
    sample = spread([2, 0, 4, 1])
    assert sample.tolist() == [0.25, 0.75, 2.125, 2.375, 2.625, 2.875, np.inf]
