"""Paired differences: against plain loops, the area between two curves, coverage of the intervals, and the null."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from tarmac.paired import Difference, Joint, need_difference

MONTHS = 6
paths = st.lists(st.tuples(st.integers(0, MONTHS), st.integers(0, MONTHS)), min_size=1, max_size=60)


def joint(pairs: list[tuple[int, int]], months: int = MONTHS) -> Joint:
    base, other = np.array(pairs, np.int16).T
    return Joint.of(base, other, months=months)


def covers(difference: Difference, truth: float) -> bool:
    assert difference.low is not None
    assert difference.high is not None
    return difference.low <= truth <= difference.high


@given(paths)
def test_months_solvent_is_the_area_between_the_survival_curves(pairs: list[tuple[int, int]]) -> None:
    found = joint(pairs)
    alive = [[np.mean([path[side] >= month for path in pairs]) for month in range(MONTHS)] for side in (0, 1)]
    assert found.months_solvent().value == pytest.approx(sum(alive[1]) - sum(alive[0]))
    lived = [min(other + 1, MONTHS) - min(base + 1, MONTHS) for base, other in pairs]
    half = 1.959964 * np.std(lived) / np.sqrt(len(pairs))
    assert found.months_solvent().half_width == pytest.approx(half, abs=1e-6)


@given(paths)
def test_chances_and_order_are_those_of_a_plain_loop(pairs: list[tuple[int, int]]) -> None:
    found = joint(pairs)
    for month in range(MONTHS):
        struck = [sum(path[side] <= month for path in pairs) for side in (0, 1)]
        assert found.insolvent(month).value == pytest.approx((struck[1] - struck[0]) / len(pairs))
    order = found.order()
    assert order.longer == sum(other > base for base, other in pairs)
    assert order.shorter == sum(other < base for base, other in pairs)
    assert order.neither == sum(base == other == MONTHS for base, other in pairs)
    assert order.paths == len(pairs)


@given(paths)
def test_the_other_way_round_everything_changes_its_sign(pairs: list[tuple[int, int]]) -> None:
    there, back = joint(pairs), joint([(other, base) for base, other in pairs])
    for month in range(MONTHS):
        one, two = there.insolvent(month), back.insolvent(month)
        assert [one.value, one.low, one.high] == pytest.approx([-two.value, -two.high, -two.low])  # type: ignore[operator]
    one, two = there.months_solvent(), back.months_solvent()
    assert [one.value, one.low, one.high] == pytest.approx([-two.value, -two.high, -two.low])  # type: ignore[operator]
    assert there.order().longer == back.order().shorter


@given(st.lists(st.integers(0, MONTHS), min_size=1, max_size=40))
def test_where_all_paths_end_alike_every_difference_is_zero_without_error(ends: list[int]) -> None:
    found = joint([(end, end) for end in ends])
    nothing = Difference(0.0, 0.0, 0.0)
    assert found.months_solvent() == nothing
    assert all(found.insolvent(month) == nothing for month in range(MONTHS))
    assert found.runway(0.5, seed=1) in (nothing, Difference(None, None, None))
    assert found.order().longer == found.order().shorter == 0


def test_a_month_in_which_nothing_differs_is_not_certain_because_of_it() -> None:
    found = joint([(0, 0), (2, 3), (6, 6)] * 100)
    assert found.insolvent(0).value == 0.0
    assert 0 < found.insolvent(0).half_width < 0.02


def sampled(random: np.random.Generator, size: int) -> NDArray[np.int64]:
    """Two runs that share most of their luck: exponential lives, the other a fifth longer, with noise of its own."""
    shared = random.exponential(1.0, size)
    own = random.exponential(1.0, (2, size))
    lives = np.array([5.0, 6.0])[:, None] * (0.8 * shared + 0.2 * own)
    return np.minimum(lives, MONTHS).astype(int)


def test_the_intervals_hold_the_truth_as_often_as_they_say() -> None:
    """95% of 400 samples, give or take four standard errors of that share."""
    random = np.random.default_rng(5)
    large = Joint.of(*sampled(random, 2_000_000), months=MONTHS)
    truth = [large.insolvent(2).value, large.months_solvent().value]
    held = np.zeros(2)
    for _ in range(400):
        one = Joint.of(*sampled(random, 300), months=MONTHS)
        held += [covers(one.insolvent(2), truth[0] or 0.0), covers(one.months_solvent(), truth[1] or 0.0)]
    assert np.abs(held / 400 - 0.95).max() < 4 * np.sqrt(0.95 * 0.05 / 400)


def test_the_bootstraps_hold_the_truth_as_often_as_they_say() -> None:
    """At least so often for runways, whose months are whole; as often for needs."""
    random = np.random.default_rng(6)
    held, rounds = np.zeros(2), 120
    for _ in range(rounds):
        shared = random.normal(0, 1, 400)
        base, other = shared + random.normal(0, 0.3, 400), 0.5 + shared + random.normal(0, 0.3, 400)
        held[0] += covers(need_difference(base + 5, other + 5, level=0.8, seed=3), 0.5)
        lives = [np.clip(np.floor(2.5 * side + 10.5), 0, 30).astype(int) for side in (base, other - 0.1)]
        held[1] += covers(Joint.of(*lives, months=30).runway(0.5, seed=3), 1.0)
    spread = 4 * np.sqrt(0.95 * 0.05 / rounds)
    assert 0.95 - spread - 0.02 < held[0] / rounds <= 1
    assert held[1] / rounds > 0.95 - spread


def test_a_runway_beyond_the_horizon_has_no_difference() -> None:
    found = joint([(1, 6), (2, 6), (3, 4)])
    assert found.runway(0.5, seed=1).value is None
    assert found.runway(0.3, seed=1).value == 3.0
    assert found.runway(0.3, seed=1).high is None, "a third of the resamples lies beyond the horizon"


@pytest.mark.parametrize(
    ("base", "other", "value"),
    [
        ([0, 1, 2, 3], [1, 2, 3, 4], 1.0),
        ([0, 1, 2, 3], [0, 1, 2, 3], 0.0),
        ([0, 1, 2, np.inf], [0, 0, 1, 5], -1.0),
        ([0, 1, np.inf, np.inf], [0, 1, 2, 2], None),
        ([np.inf] * 4, [np.inf] * 4, None),
    ],
    ids=str,
)
def test_need_differences(base: list[float], other: list[float], value: float | None) -> None:
    found = need_difference(*(np.array(side, float) for side in (base, other)), level=0.75, seed=1)
    assert found.value == value
    if value == 0.0:
        assert found.half_width == 0.0


def test_plain_values() -> None:
    document: dict[str, Any] = joint([(1, 2), (3, 3)]).months_solvent().as_json()
    assert document["value"] == 0.5
    assert document["interval"][0] < 0.5 < document["interval"][1]
