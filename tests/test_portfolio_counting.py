"""How many companies fail together: quantiles, independence, correlation, and what a driver explains."""

from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tarmac.portfolio.counting import (
    concentration,
    correlations,
    count_at,
    mean_count,
    poisson_binomial,
    variance_of_count,
)
from tarmac.portfolio.tally import GROUPS, ninths


@given(st.lists(st.floats(0, 1), min_size=1, max_size=7))
def test_poisson_binomial_counts_every_outcome(chances: list[float]) -> None:
    expected = np.zeros(len(chances) + 1)
    for outcome in product([0, 1], repeat=len(chances)):
        weight = np.prod([p if hit else 1 - p for p, hit in zip(chances, outcome, strict=True)])
        expected[sum(outcome)] += weight
    assert poisson_binomial(np.array(chances)) == pytest.approx(expected, abs=1e-12)


@given(st.lists(st.integers(0, 50), min_size=2, max_size=9).filter(sum), st.sampled_from([0.1, 0.5, 0.9, 0.95]))
def test_a_quantile_of_a_count_is_that_of_the_paths(paths: list[int], level: float) -> None:
    values = np.repeat(np.arange(len(paths)), paths)
    assert count_at(np.array(paths), level) == np.quantile(values, level, method="inverted_cdf")
    assert mean_count(np.array(paths)) == pytest.approx(values.mean())
    assert variance_of_count(np.array(paths)) == pytest.approx(values.var())


def test_correlation_is_that_of_the_indicators() -> None:
    rng = np.random.default_rng(1)
    failed = rng.random((4, 500)) < np.array([[0.2], [0.5], [0.8], [0.0]])
    failed[1] |= failed[0]
    together = failed.astype(int) @ failed.T.astype(int)
    found = correlations(together, 500)
    assert found[:3, :3] == pytest.approx(np.corrcoef(failed[:3]))
    assert np.isnan(found[3]).all()


def test_a_driver_that_decides_explains_all_and_one_that_does_not_nothing() -> None:
    decides = np.zeros((GROUPS, 5), np.int64)
    decides[:3, 4] = decides[3:6, 2] = decides[6:, 0] = 1_000
    found = concentration("market", decides, companies=4, happens=False)
    assert (found.explains, found.worst, found.best) == (1.0, 4.0, 0.0)
    idle = np.tile(np.array([100, 200, 300, 200, 200]), (GROUPS, 1))
    found = concentration("market", idle, companies=4, happens=False)
    assert found.explains == 0.0
    assert found.worst == found.best
    assert found.tail == pytest.approx(1 / 3)
    assert found.tail_from == 4


def test_what_an_event_explains_is_told_by_whether_it_happens() -> None:
    table = np.zeros((GROUPS, 3), np.int64)
    table[0], table[1], table[2] = [90, 10, 0], [0, 5, 5], [0, 0, 1]
    found = concentration("event.x", table, companies=2, happens=True)
    assert found.worst == pytest.approx((5 + 2 * 6) / 11)
    assert found.best == pytest.approx(0.1)
    assert found.worst_paths == 11
    assert found.high_is_worse


def test_an_event_that_helps_is_worse_where_it_does_not_happen() -> None:
    table = np.zeros((GROUPS, 3), np.int64)
    table[0], table[1] = [0, 0, 10], [90, 0, 0]
    found = concentration("event.grant", table, companies=2, happens=True)
    assert (found.worst, found.best, found.high_is_worse, found.worst_paths) == (2.0, 0.0, False, 10)
    assert found.as_json()["worst"] == "does not happen"
    table[0] = 0
    assert concentration("event.grant", table, companies=2, happens=True).best is None


def test_nothing_fails_and_nothing_is_explained() -> None:
    table = np.zeros((GROUPS, 3), np.int64)
    table[:, 0] = 10
    found = concentration("market", table, companies=2, happens=False)
    assert (found.explains, found.standard_error, found.tail_from) == (0.0, 0.0, 0)


@given(st.integers(1, 300), st.integers(0, 2**31))
def test_ninths_are_in_order_and_of_equal_size(paths: int, seed: int) -> None:
    course = np.random.default_rng(seed).normal(size=paths)
    groups = ninths(course)
    assert np.all(np.diff(groups[np.argsort(course)]) >= 0)
    counts = np.bincount(groups, minlength=GROUPS)
    assert counts.max() - counts.min() <= 1
