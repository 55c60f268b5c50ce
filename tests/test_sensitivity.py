"""Shares of a variance: closed forms, agreement with scipy, functions that are random themselves."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.stats import sobol_indices

from tarmac.sensitivity import Index, Share, indices

Rows = NDArray[np.float64]
PATHS = 2**16


def ishigami(x: Rows) -> Rows:
    """Ishigami and Homma (1990) with a = 7, b = 0.1."""
    rows: Rows = np.sin(x[0]) + 7 * np.sin(x[1]) ** 2 + 0.1 * x[2] ** 4 * np.sin(x[0])
    return rows


def g_function(x: Rows) -> Rows:
    """Sobol's G with a = (0, 1, 4.5, 9, 99, 99, 99, 99)."""
    a = np.array([0, 1, 4.5, 9, 99, 99, 99, 99])[:, None]
    rows: Rows = np.prod((np.abs(4 * x - 2) + a) / (1 + a), axis=0)
    return rows


def pages(a: Rows, b: Rows) -> list[Rows]:
    """Sample A with each input in turn from B."""
    return [np.where(np.arange(len(a))[:, None] == number, b, a) for number in range(len(a))]


def found(function: Callable[[Rows], Rows], low: float, high: float, inputs: int) -> list[Index]:
    a, b = np.random.default_rng(5).uniform(low, high, (2, inputs, PATHS))
    return indices(function(a), function(b), swapped=[function(page) for page in pages(a, b)])


def meets(share: Share, exact: float) -> bool:
    """Within four standard errors: an interval of 95% is four of them wide."""
    return abs(share.value - exact) <= (share.high - share.low) + 1e-10


def test_the_first_order_indices_of_ishigami() -> None:
    """Case J1."""
    alone = [index.first for index in found(ishigami, -np.pi, np.pi, 3)]
    exact = (0.31390519114781146, 0.4424, 0.0)
    assert all(meets(share, value) for share, value in zip(alone, exact, strict=True))
    assert all(share.high - share.low < 0.04 for share in alone)


def test_the_total_indices_of_ishigami() -> None:
    """Case J2."""
    total = [index.total for index in found(ishigami, -np.pi, np.pi, 3)]
    exact = (0.5575888552099592, 0.4424, 0.2437)
    assert all(meets(share, value) for share, value in zip(total, exact, strict=True))
    assert all(share.high - share.low < 0.04 for share in total)


def test_the_g_function() -> None:
    """Case J4: S1; the other first-order indices by their formula."""
    a = np.array([0, 1, 4.5, 9, 99, 99, 99, 99])
    parts = 1 / (3 * (1 + a) ** 2)
    exact = parts / (np.prod(1 + parts) - 1)
    assert exact[0] == pytest.approx(0.7161921688790338, abs=1e-10)
    alone = [index.first for index in found(g_function, 0, 1, 8)]
    assert all(meets(share, value) for share, value in zip(alone, exact, strict=True))


def test_the_numbers_are_those_of_scipy() -> None:
    a, b = np.random.default_rng(1).uniform(-np.pi, np.pi, (2, 3, 1024))
    outcomes: dict[Any, Rows] = {
        "f_A": ishigami(a)[None],
        "f_B": ishigami(b)[None],
        "f_AB": np.stack([ishigami(page)[None] for page in pages(a, b)]),
    }
    theirs = sobol_indices(func=outcomes, n=1024)
    ours = indices(ishigami(a), ishigami(b), swapped=[ishigami(page) for page in pages(a, b)])
    assert [index.first.value for index in ours] == pytest.approx(theirs.first_order.ravel())
    assert [index.total.value for index in ours] == pytest.approx(theirs.total_order.ravel())


def test_the_luck_of_a_random_function_is_one_more_input() -> None:
    """An event that happens with chance x, x uniform: E Var = 1/6, Var E = 1/12, of a variance of 1/4."""
    rng = np.random.default_rng(2)
    (x, other), (luck, its) = rng.random((2, 2, PATHS))

    def happens(chance: Rows, luck: Rows) -> Rows:
        return (luck < chance).astype(float)

    swapped = [happens(other, luck), happens(x, its)]
    known, chance = indices(happens(x, luck), happens(other, its), swapped=swapped)
    assert meets(known.first, 1 / 3)
    assert meets(known.total, 2 / 3)
    assert meets(chance.first, 1 / 3)
    assert meets(chance.total, 2 / 3)


def test_an_input_without_effect_has_none_for_certain() -> None:
    a, b = np.random.default_rng(3).random((2, 500))
    [idle, all_of_it] = indices(a, b, swapped=[a, b])
    assert idle == Index(Share(0.0, 0.0, 0.0), Share(0.0, 0.0, 0.0))
    assert all_of_it.total.value == pytest.approx(1.0, abs=0.15)


def test_what_does_not_vary_has_no_indices() -> None:
    assert indices(np.ones(300), np.ones(300), swapped=[np.ones(300)]) == []


def test_intervals_hold_the_truth_about_as_often_as_they_say() -> None:
    """Of 200 samples of 2 x + y, whose first index is 0.8; 95% of the intervals, give or take four standard errors."""
    hits = 0
    for number in range(200):
        a, b = np.random.default_rng(number).standard_normal((2, 2, 1_024))
        swapped = [2 * b[0] + a[1], 2 * a[0] + b[1]]
        first = indices(2 * a[0] + a[1], 2 * b[0] + b[1], swapped=swapped)[0].first
        hits += first.low <= 0.8 <= first.high
    assert hits >= 200 * (0.95 - 4 * np.sqrt(0.05 * 0.95 / 200))


def test_one_seed_gives_one_interval() -> None:
    a, b = np.random.default_rng(3).random((2, 500))
    one, same, other = (indices(a, b, swapped=[b], seed=seed) for seed in (1, 1, 2))
    assert one == same != other
