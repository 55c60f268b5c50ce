"""Known companies are run through the engine, their books learnt, and the truth looked for in what was learnt."""

from collections.abc import Iterable

import numpy as np
import pytest

from tarmac.fit import year
from tarmac.learning import learn
from tarmac.learning.books import read_books
from tarmac.learning.lines import Study, study
from tarmac.learning.trend import PERSISTENCES, Estimate
from tests.books_by_engine import books, document
from tests.test_learning import written

GROWTH, VOLATILITY, SHARES = 0.04, 0.12, (0.5, 0.3, 0.2)
LEVEL = 0.9
TOLERANCE = 1e-9


def covered(found: Estimate | None, truth: float) -> bool:
    assert found is not None
    return found.low - TOLERANCE <= truth <= found.high + TOLERANCE


def bounds(count: int) -> tuple[float, float]:
    """Between which a share of `count` that is 90% in truth lies, three standard errors to each side."""
    reach = 3 * np.sqrt(LEVEL * (1 - LEVEL) / count)
    return LEVEL - reach, LEVEL + reach


def studies(persistence: float, *, paths: int, months: int, seed: int = 5) -> Iterable[Study]:
    for actuals in books(document(persistence=persistence), months=months, paths=paths, seed=seed):
        found = study(actuals.amounts["revenue"])
        assert found is not None
        yield found


@pytest.mark.slow
@pytest.mark.parametrize("months", [12, 24])
def test_over_all_persistences_intervals_hold_the_truth_nine_times_in_ten(months: int) -> None:
    """With persistences spread evenly over those that are weighed, exactly 90%: the intervals are posterior ones."""
    spread = (np.arange(16) + 0.5) / 16 * PERSISTENCES[-1]
    found = [
        (item, persistence)
        for seed, persistence in enumerate(spread.tolist())  # one seed would give all of them the same shocks
        for item in studies(round(persistence, 4), paths=30, months=months, seed=seed)
    ]
    low, high = bounds(len(found))
    level = 100_000 * (1 + GROWTH) ** months
    for name, truth in (("growth", GROWTH), ("volatility", VOLATILITY), ("level", level)):
        share = np.mean([covered(getattr(item, name), truth) for item, _ in found])
        assert low <= share <= high, name
    assert np.mean([covered(item.persistence, persistence) for item, persistence in found]) >= low


@pytest.mark.slow
@pytest.mark.parametrize("persistence", [0.0, 0.3, 0.6])
def test_at_each_persistence_intervals_hold_the_truth_nine_times_in_ten_or_more(persistence: float) -> None:
    found = list(studies(persistence, paths=240, months=18))
    low, _ = bounds(len(found))
    truths = {"growth": GROWTH, "volatility": VOLATILITY, "persistence": persistence}
    shares = {name: np.mean([covered(getattr(item, name), truth) for item in found]) for name, truth in truths.items()}
    assert min(shares.values()) >= low, shares
    assert shares["growth"] < 1


@pytest.mark.slow
def test_a_very_persistent_line_is_the_known_limit() -> None:
    """At 0.9 a shock outlasts the books and looks like growth: the interval of growth holds it two times in three."""
    share = np.mean([covered(item.growth, GROWTH) for item in studies(0.9, paths=240, months=18)])
    assert 0.6 < share < 0.85


@pytest.mark.slow
def test_the_lag_is_learnt_from_cash_alone() -> None:
    """Without collections, with 2k a month of noise that no column knows of."""
    declared = document(persistence=0.3)
    declared["cost"].append({"name": "unseen", "monthly": 0, "noise": "normal(0, 2k)"})
    found = [read_books(actuals) for actuals in books(declared, months=18, paths=240, seed=5)]
    lags = [item.lag for item in found if item.lag is not None]
    assert len(lags) == len(found)
    low, high = bounds(len(lags))
    shares = [np.mean([covered(lag.shares[age], truth) for lag in lags]) for age, truth in enumerate(SHARES)]
    assert min(shares) >= low
    assert low <= np.mean([covered(lag.mean, 0.7) for lag in lags]) <= high
    assert np.mean([item.noise for item in found]) == pytest.approx(2_000, rel=0.05)


def test_some_books_of_the_engine() -> None:
    """The same in small: thirty companies, and cash that adds up by itself."""
    found = list(studies(0.4, paths=30, months=18))
    assert sum(covered(item.growth, GROWTH) for item in found) >= 22
    actuals = books(document(persistence=0.4), months=18, paths=3, seed=1)
    for item in map(read_books, actuals):
        assert item.lag is not None
        assert [share.value for share in item.lag.shares] == pytest.approx(SHARES, abs=1e-3)
        assert not item.material


def test_the_file_goes_on_where_the_books_end() -> None:
    """Level test: the model's first months against what the same company in fact did next, 20 companies."""
    inside, nearby = [], []
    for actuals in books(document(persistence=0.5), months=21, paths=20, seed=9):
        past = {name: row[:18] for name, row in actuals.amounts.items()}
        short = type(actuals)(actuals.file, "USD", actuals.months[:18], past)
        company = written(learn(short, "Known"))
        table = year(company, seed=3, months=3, paths=2_000)
        for month in range(3):
            row, true = table.iloc[month], actuals.amounts["revenue"][18 + month]
            inside.append(row["revenue earned", "p5"] <= true <= row["revenue earned", "p95"])
        cash, true = table["cash", "median"].iloc[0], actuals.amounts["cash"][18]
        nearby.append((cash - past["cash"][-1]) / (true - past["cash"][-1]))
    assert 0.8 <= np.mean(inside) <= 1
    assert np.median(nearby) == pytest.approx(1, abs=0.15)


def test_the_first_month_continues_the_last() -> None:
    """A last month far above its trend: the model begins between that and the trend, and fades to the trend."""
    actuals = books(document(persistence=0.8, volatility=0.3), months=24, paths=40, seed=2)
    studied = [(item, found) for item in actuals if (found := study(item.amounts["revenue"])) and found.shock > 0.3]
    assert studied
    for item, found in studied:
        assert found.fading[0] > 1.05
        assert list(found.fading) == sorted(found.fading, reverse=True)
        company = written(learn(item, "Known"))
        assert company.revenue[0].times.entries[-1][1].value == 1
