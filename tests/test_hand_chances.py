"""What is left to chance comes out as often, and as large, as the file says: within four standard errors."""

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from tests.by_hand import rows_of

PATHS = 16_384
SALES = {"name": "api", "kind": "usage", "monthly": 1000, "collected_after": 0}
GPU = {"name": "gpu", "kind": "on_demand", "monthly": 1000, "price": "gpu"}


def near(found: NDArray[np.float64], mean: float, *, deviation: float) -> None:
    """The mean of independent draws of this standard deviation."""
    error = deviation / np.sqrt(len(found))
    assert abs(found.mean() - mean) <= 4 * error, f"{found.mean()} is not {mean} +- {error}"


def often(found: NDArray[np.bool_], chance: float) -> None:
    near(found.astype(float), chance, deviation=np.sqrt(chance * (1 - chance)))


# Customers and contracts


@pytest.mark.parametrize("leaves", [0.02, 0.1, 0.5])
def test_a_customer_leaves_in_a_geometric_month(leaves: float) -> None:
    """With chance p a month, the first included: (1 - p) / p months on average are spent with the company."""
    line = SALES | {"customers": [{"name": "large", "share": 0.4, "leaves": leaves}]}
    earned = rows_of("earned", months=600, paths=PATHS, revenue=[line])
    assert set(np.unique(earned)) <= {600, 1000}
    stayed = (earned == 1000).sum(axis=0).astype(float)
    assert (np.diff(earned, axis=0) <= 0).all()
    near(stayed, (1 - leaves) / leaves, deviation=np.sqrt(1 - leaves) / leaves)
    often(stayed == 0, leaves)
    often(stayed == 1, leaves * (1 - leaves))


def test_customers_leave_independently() -> None:
    customers = [{"name": name, "share": 0.5, "leaves": 0.3} for name in ("one", "other")]
    earned = rows_of("earned", months=1, paths=PATHS, revenue=[SALES | {"customers": customers}])[0]
    often(earned == 1000, 0.49)
    often(earned == 500, 0.42)
    often(earned == 0, 0.09)


@pytest.mark.parametrize(("signs", "chance"), [(0.3, 0.3), ("uniform(0.2, 0.6)", 0.4), (0, 0), (1, 1)])
def test_a_contract_is_signed_as_often_as_it_says(signs: Any, chance: float) -> None:
    deal = {"name": "deal", "monthly": 100, "month": "2024-01", "signs": signs}
    earned = rows_of("earned", months=2, paths=PATHS, revenue=[SALES | {"monthly": 0, "pipeline": [deal]}])
    assert set(np.unique(earned)) <= {0, 100}
    often(earned[0] == 100, chance)
    assert (earned[0] == earned[1]).all()


def test_a_contract_slips_by_whole_months() -> None:
    """Up to three months late, evenly: a third each in months 2, 3 and 4."""
    deal = {"name": "deal", "monthly": 100, "month": "2024-02", "slip": "uniform(0, 3)"}
    earned = rows_of("earned", months=4, paths=PATHS, revenue=[SALES | {"monthly": 0, "pipeline": [deal]}])
    for month, chance in enumerate((0, 1 / 3, 2 / 3, 1)):
        often(earned[month] == 100, chance)


# Prices


def test_a_regime_is_there_as_long_as_its_chances_say() -> None:
    """In the long run begins / (begins + ends) of the months; in the first, begins; it stays with 1 - ends."""
    price = {"name": "gpu", "regime": {"multiply": 3, "begins": 0.1, "ends": 0.2}}
    billed = rows_of("billed", months=120, paths=PATHS, price=[price], compute=[GPU], cash={"opening": 10**9})
    there = billed == 3000
    assert set(np.unique(billed)) == {1000, 3000}
    often(there[0], 0.1)
    often(there[1], 0.1 * 0.8 + 0.9 * 0.1)
    often(there[119], 1 / 3)
    often(there[119][there[118]], 0.8)
    often(there[119][~there[118]], 0.1)


def test_a_regime_may_differ_from_path_to_path() -> None:
    """Its chance of beginning is drawn first: 0.1 or 0.5; it never ends."""
    price = {"name": "gpu", "regime": {"multiply": 3, "begins": "choice(0.1: 0.5, 0.5: 0.5)", "ends": 0}}
    there = rows_of("billed", months=2, paths=PATHS, price=[price], compute=[GPU], cash={"opening": 10**9}) == 3000
    often(there[0], 0.3)
    often(there[1], (1 - 0.9**2 + 1 - 0.5**2) / 2)
    assert (there[1] | ~there[0]).all()


@pytest.mark.parametrize("persistence", [0, 0.8, 1])
@pytest.mark.parametrize("growth", [0.02, -0.03])
def test_a_price_grows_as_expected_whatever_its_noise(persistence: float, growth: float) -> None:
    """Its mean is (1 + g)^t; the variance of its logarithm s^2 where it swings around that, s^2 (t + 1) in a walk."""
    price = {"name": "gpu", "growth": growth, "volatility": 0.1, "persistence": persistence}
    billed = rows_of("billed", months=36, paths=PATHS, price=[price], compute=[GPU], cash={"opening": 10**9})
    for month in (0, 1, 12, 35):
        mean = 1000 * (1 + growth) ** month
        variance = 0.01 * (month + 1 if persistence == 1 else 1)
        near(billed[month], mean, deviation=mean * np.sqrt(np.expm1(variance)))


@pytest.mark.parametrize(("persistence", "expected"), [(0, 0), (0.8, 0.512), (1, np.sqrt(11 / 14))])
def test_a_price_comes_back_to_its_trend_or_not(persistence: float, expected: float) -> None:
    """Correlation of logarithms three months apart: a^3, and sqrt(11 / 14) of a walk's months 11 and 14."""
    price = {"name": "gpu", "growth": 0.02, "volatility": 0.1, "persistence": persistence}
    billed = rows_of("billed", months=14, paths=PATHS, price=[price], compute=[GPU], cash={"opening": 10**9})
    found = np.corrcoef(np.log(billed[10]), np.log(billed[13]))[0, 1]
    assert abs(found - expected) <= 4 * (1 - expected**2) / np.sqrt(PATHS)


def test_a_price_that_moves_with_the_market_keeps_its_mean() -> None:
    price = {"name": "gpu", "market": 0.3}
    billed = rows_of("billed", months=6, paths=PATHS, price=[price], compute=[GPU], cash={"opening": 10**9})
    for row in billed:
        near(row, 1000, deviation=1000 * np.sqrt(np.expm1(0.09)))
        assert abs(np.log(row / 1000).std() - 0.3) <= 4 * 0.3 / np.sqrt(2 * PATHS)


# Training runs


def run(**given: Any) -> NDArray[np.float64]:
    line = {"name": "run", "kind": "training_run", "month": "2024-02", "cost": 1000, **given}
    return rows_of("billed", months=6, paths=PATHS, compute=[line], cash={"opening": 10**9})


@pytest.mark.parametrize("sigma", [0.4, 1.0])
@pytest.mark.parametrize("spread", [1, 3])
def test_an_overrun_has_the_mean_of_its_heavy_tail(sigma: float, spread: int) -> None:
    """Median 1.2 and sigma s: mean 1.2 exp(s^2 / 2), variance mean^2 (exp(s^2) - 1)."""
    billed = run(overrun=f"lognormal(1.2, {sigma})", spread=spread)
    mean = 1200 * np.exp(sigma**2 / 2)
    near(billed.sum(axis=0), mean, deviation=mean * np.sqrt(np.expm1(sigma**2)))
    often(billed.sum(axis=0) > 1200, 0.5)
    assert np.allclose(billed[1 : 1 + spread], billed[1])
    assert not billed[1 + spread :].any()


def test_a_run_slips_by_whole_months() -> None:
    """Exponential with a mean of 2 months: it starts s months late with chance exp(-s / 2) (1 - exp(-1 / 2))."""
    billed = run(slip="exponential(2)")
    assert not billed[0].any()
    for late in range(5):
        often(billed[1 + late] == 1000, np.exp(-late / 2) * -np.expm1(-0.5))
