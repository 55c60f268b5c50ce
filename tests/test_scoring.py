"""Scores of forecasts: reference values, closed forms, and what a score must do to deserve its name."""

from typing import Any

import numpy as np
import pytest
from scipy.stats import expon, norm

from tarmac.scoring import (
    coverage,
    crps,
    crps_censored,
    crps_within,
    d_calibration,
    ipcw_brier,
    kaplan_meier,
    ratio_interval,
    reliability,
    share_by,
    skill,
    skill_interval,
    still_watched,
)

# Months in remission of 23 patients with leukaemia (Miller 1997), the example of every book on survival.
TIMES = np.array([9, 13, 13, 18, 23, 28, 31, 34, 45, 48, 161, 5, 5, 8, 8, 12, 16, 23, 27, 30, 33, 43, 45], float)
EVENTS = np.array([1, 1, 0, 1, 1, 0, 1, 1, 0, 1, 0, 1, 1, 1, 1, 1, 0, 1, 1, 1, 1, 1, 1], bool)
RATE = 18 / 678


def generator(seed: int = 1) -> np.random.Generator:
    return np.random.default_rng(seed)


def test_kaplan_meier_of_the_patients() -> None:
    assert kaplan_meier(TIMES, EVENTS, at=np.array([23.0]))[0] == pytest.approx(0.546583850931677, abs=1e-9)
    assert kaplan_meier(TIMES, EVENTS, at=np.array([0.0, 5.0])).tolist() == pytest.approx([1, 21 / 23], abs=1e-12)


def test_those_struck_leave_before_those_censored_at_the_same_time() -> None:
    """Of 2, 2 censored, 3, 4 censored: at 2 one of three is censored, after the one struck has left."""
    times, events = np.array([2.0, 2.0, 3.0, 4.0]), np.array([True, False, True, False])
    at = np.array([1.9, 2.0, 3.0])
    assert still_watched(times, events, at=at).tolist() == pytest.approx([1, 2 / 3, 2 / 3])
    assert still_watched(times, events, at=at, before=True).tolist() == pytest.approx([1, 1, 2 / 3])


@pytest.mark.parametrize(("horizon", "expected"), [(12, 0.192959497), (24, 0.248146646)])
def test_brier_score_of_the_patients(horizon: float, expected: float) -> None:
    forecast = np.full(23, 1 - np.exp(-horizon * RATE))
    assert ipcw_brier(forecast, TIMES, events=EVENTS, horizon=horizon).mean() == pytest.approx(expected, abs=1e-9)


def test_brier_score_without_censoring_is_the_plain_one() -> None:
    """Fifteen forecasts, five each of 10, 40 and 80%, of which 1, 2 and 4 came true: 0.19."""
    forecast = np.repeat([0.1, 0.4, 0.8], 5)
    struck = np.array([1, 0, 0, 0, 0, 1, 1, 0, 0, 0, 1, 1, 1, 1, 0], bool)
    terms = ipcw_brier(forecast, np.where(struck, 5.0, 20.0), events=struck, horizon=12)
    assert terms.mean() == pytest.approx(0.19, abs=1e-12)


def test_brier_weights_make_up_for_those_lost_from_sight() -> None:
    """Cases lost at random: the mean over many sets is that of the sets where nobody is lost."""
    rng = generator()
    times, lost = rng.exponential(20, (400, 200)), rng.exponential(40, (400, 200))
    forecast = np.full(200, 0.3)
    found = [
        ipcw_brier(forecast, np.minimum(t, c), events=t <= c, horizon=12).mean()
        for t, c in zip(times, lost, strict=True)
    ]
    exact = (1 - np.exp(-12 / 20)) * 0.7**2 + np.exp(-12 / 20) * 0.3**2
    assert np.mean(found) == pytest.approx(exact, abs=4 * np.std(found) / 20)


def test_crps_of_small_samples() -> None:
    sample = np.array([6.0, 9, 12, 15, 24])
    assert crps(sample, 10) == pytest.approx(1.0, abs=1e-9)
    assert crps_censored(sample, 10) == pytest.approx(0.1, abs=1e-9)
    assert crps(np.array([1.0, 2, 4]), 3, fair=False) == pytest.approx(2 / 3, abs=1e-12)
    assert crps(np.array([7.0]), 4) == 3


@pytest.mark.parametrize(
    ("distribution", "outcome", "expected"),
    [(norm(), 0.0, 0.23369497725510913), (expon(scale=10), 8.0, 1.9865792823444313)],
)
def test_crps_of_known_distributions(distribution: Any, outcome: float, expected: float) -> None:
    quantiles = distribution.ppf((np.arange(20_000) + 0.5) / 20_000)
    assert crps(quantiles, outcome, fair=False) == pytest.approx(expected, rel=1e-3)


def test_the_fair_score_does_not_depend_on_the_size_of_the_sample() -> None:
    rng = generator()
    small = [crps(rng.normal(size=3), 0.5) for _ in range(20_000)]
    exact = 0.5 * (2 * norm.cdf(0.5) - 1) + 2 * norm.pdf(0.5) - 1 / np.sqrt(np.pi)
    assert np.mean(small) == pytest.approx(exact, abs=4 * np.std(small) / np.sqrt(20_000))


def test_beyond_the_horizon_nothing_counts() -> None:
    sample = np.array([3.0, 40.0, np.inf])
    beyond = crps_within(sample, 50.0, event=True, horizon=36)
    assert beyond == crps_within(sample, 36.0, event=False, horizon=36) == crps_censored(sample, 36)
    assert crps_within(sample, 3.0, event=True, horizon=36) == crps(np.array([3.0, 36, 36]), 3)
    assert crps_within(np.full(5, np.inf), 12.0, event=False, horizon=36) == 0


def test_coverage_of_the_patients() -> None:
    low, high = (np.full(23, -np.log(share) / RATE) for share in (0.9, 0.1))
    sure, possible = coverage(low, high, times=TIMES, events=EVENTS)
    assert sure.mean() == pytest.approx(0.782608695652174, abs=1e-12)
    assert possible.mean() == pytest.approx(0.9565217391304348, abs=1e-12)


def test_d_calibration_of_the_patients() -> None:
    shares, statistic, p = d_calibration(1 - np.exp(-TIMES * RATE), EVENTS, bins=5)
    assert shares.tolist() == pytest.approx([0.173913, 0.184137, 0.33683, 0.18906, 0.116061], abs=1e-6)
    assert statistic == pytest.approx(3.084314, abs=1e-6)
    assert p == pytest.approx(0.5438, abs=1e-3)
    assert d_calibration(np.array([1.0]), np.array([False]), bins=4)[0].tolist() == [0, 0, 0, 1]


def test_d_calibration_tells_a_right_forecast_from_a_wrong_one() -> None:
    rng = generator()
    times, lost = rng.exponential(20, 2_000), rng.exponential(30, 2_000)
    seen, events = np.minimum(times, lost), times <= lost
    assert d_calibration(1 - np.exp(-seen / 20), events)[2] > 0.01
    assert d_calibration(1 - np.exp(-seen / 14), events)[2] < 1e-6


def test_the_pit_of_a_sample() -> None:
    assert share_by(np.array([1.0, 2, 3, np.inf]), 2) == 0.5


def test_reliability_by_bins() -> None:
    found = reliability(
        np.array([0.05, 0.1, 0.55, 1.0]), np.array([False, True, True, True]), edges=np.linspace(0, 1, 6)
    )
    assert found["cases"].tolist() == [2, 1, 1]
    assert found["forecast"].tolist() == pytest.approx([0.075, 0.55, 1.0])
    assert found["observed"].tolist() == [0.5, 1, 1]
    assert found["low"][0] == pytest.approx(0.0945, abs=1e-4)
    assert found["high"][0] == pytest.approx(0.9055, abs=1e-4)


def test_skill() -> None:
    assert skill(np.array([0.0]), np.array([2.0])) == 1
    assert skill(np.array([2.0]), np.array([2.0])) == 0
    assert skill(np.array([2.0]), np.array([0.0])) is None


def test_cases_of_one_company_are_no_independent_evidence() -> None:
    """Forty cases that are ten times the same four are worth four: the interval is that of four, not of forty."""
    rng = generator()
    four = rng.exponential(size=(2, 4))
    many = np.tile(four, 10)
    alone = ratio_interval(four[0], four[1], clusters=np.arange(4), generator=generator(3))
    together = ratio_interval(many[0], many[1], clusters=np.tile(np.arange(4), 10), generator=generator(3))
    apart = ratio_interval(many[0], many[1], clusters=np.arange(40), generator=generator(3))
    assert alone is not None
    assert apart is not None
    assert together == pytest.approx(alone)
    assert apart[1] - apart[0] < 0.7 * (alone[1] - alone[0])


def test_the_interval_covers_the_true_ratio() -> None:
    """Of 300 sets of 60 companies with two cases each, 95% of the intervals hold the true ratio, a few percent less."""
    rng, hits = generator(5), 0
    clusters = np.repeat(np.arange(60), 2)
    for _ in range(300):
        common = rng.gamma(4, size=60).repeat(2)
        found = ratio_interval(
            common * rng.gamma(4, size=120), common * rng.gamma(8, size=120), clusters=clusters, generator=rng
        )
        assert found is not None
        hits += found[0] <= 0.5 <= found[1]
    assert 0.88 <= hits / 300 <= 0.99


def test_too_few_to_tell() -> None:
    one = np.array([1.0, 2.0])
    assert ratio_interval(one, one, clusters=np.array([0, 0]), generator=generator()) is None
    assert ratio_interval(np.empty(0), np.empty(0), clusters=np.empty(0, np.int64), generator=generator()) is None
    often = ratio_interval(one, np.array([0.0, 1.0]), clusters=np.array([0, 1]), generator=generator())
    assert often is None
    found = skill_interval(one, 2 * one, clusters=np.array([0, 1]), generator=generator())
    assert found == pytest.approx((0.5, 0.5))
