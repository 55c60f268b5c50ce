from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from tarmac.streams import BLOCK_PATHS, MAX_SEED, Occurrences, Streams, fresh_seed

seeds = st.integers(0, MAX_SEED)
names = st.text(min_size=1, max_size=30)


@given(seeds, st.integers(0, 10**6), names)
def test_a_stream_is_its_key_and_nothing_else(seed: int, block: int, driver: str) -> None:
    first, again = Streams(seed, block).open(driver), Streams(seed, block).open(driver)
    assert np.array_equal(first.random_raw(4), again.random_raw(4))


@given(seeds, st.integers(0, 10**6), names)
def test_another_seed_block_or_driver_is_another_stream(seed: int, block: int, driver: str) -> None:
    here = Streams(seed, block).open(driver).random_raw(4).tolist()
    assert here != Streams(seed + 1, block).open(driver).random_raw(4).tolist()
    assert here != Streams(seed, block + 1).open(driver).random_raw(4).tolist()
    assert here != Streams(seed, block).open(driver + "x").random_raw(4).tolist()


def test_keys_do_not_run_into_each_other() -> None:
    keys = [(1, 11, "a"), (11, 1, "a"), (1, 1, "1/a"), (1, 1, "a"), (1, 1, "a/1")]
    starts = {tuple(Streams(seed, block).open(driver).random_raw(2).tolist()) for seed, block, driver in keys}
    assert len(starts) == len(keys)


def test_zero_is_a_seed() -> None:
    assert not np.array_equal(Streams(0, 0).scores("x"), Streams(1, 0).scores("x"))
    assert np.array_equal(Streams(0, 0).scores("x"), Streams(0, 0).scores("x"))


def normal(values: NDArray[np.floating]) -> None:
    """Mean, variance, third and fourth moment of independent standard normals, each within 5 standard errors."""
    flat = values.astype(np.float64).ravel()
    for power, (mean, variance) in enumerate([(0, 1), (1, 2), (0, 15), (3, 96)], start=1):
        assert abs((flat**power).mean() - mean) < 5 * np.sqrt(variance / flat.size)
    for z, share in [(-2.3263478740408408, 0.01), (0.0, 0.5), (1.6448536269514722, 0.95), (3.0902323061678132, 0.999)]:
        assert abs((flat < z).mean() - share) < 5 * np.sqrt(share * (1 - share) / flat.size)


def test_scores_are_standard_normal() -> None:
    normal(np.stack([Streams(5, block).scores("x") for block in range(8)]))


def test_monthly_scores_are_standard_normal_and_independent() -> None:
    scores = Streams(5, 0).monthly_scores("x", 36)
    assert scores.shape == (36, BLOCK_PATHS)
    assert scores.dtype == np.float32
    normal(scores)
    for this, following in pairwise(scores):
        assert abs(np.corrcoef(this, following)[0, 1]) < 5 / np.sqrt(BLOCK_PATHS)
    half = BLOCK_PATHS // 2  # pairs made from the same two uniforms
    products = (scores[:, :half].astype(float) * scores[:, half:]).ravel()
    assert abs(products.mean()) < 5 / np.sqrt(products.size)


@given(st.integers(1, 30), st.integers(1, 30))
def test_a_longer_horizon_keeps_the_months_it_shares(short: int, more: int) -> None:
    streams = Streams(3, 2)
    long = streams.monthly_scores("x", short + more)
    assert np.array_equal(streams.monthly_scores("x", short), long[:short])
    rate = np.array([0.02])
    few, many = (streams.occurrences("e", rate, months=months) for months in (short, short + more))
    shared = many.months < short
    for name in ("months", "paths", "scores"):
        assert np.array_equal(getattr(few, name), getattr(many, name)[shared])


def test_uniforms_lie_from_zero_to_one() -> None:
    drawn = Streams(1, 1).uniforms("x")
    assert drawn.shape == (BLOCK_PATHS,)
    assert drawn.min() >= 0
    assert drawn.max() < 1
    assert abs(drawn.mean() - 0.5) < 5 / np.sqrt(12 * BLOCK_PATHS)


@pytest.mark.parametrize("rate", [0.0, 0.003, 0.5, 3.0])
def test_occurrences_are_poisson(rate: float) -> None:
    found = Streams(2, 0).occurrences("e", np.array([rate]), months=24)
    counts = np.zeros((24, BLOCK_PATHS))
    np.add.at(counts, (found.months, found.paths), 1)
    cells = counts.size
    assert abs(counts.mean() - rate) <= 5 * np.sqrt(rate / cells)
    assert abs(counts.var() - rate) <= 5 * np.sqrt((rate + 2 * rate**2) / cells)
    assert np.all(np.diff(found.months) >= 0)
    assert len(found.scores) == len(found.months) == len(found.paths)


def test_rates_by_path_thin_the_events_of_the_highest() -> None:
    rate = np.where(np.arange(BLOCK_PATHS) < BLOCK_PATHS // 2, 0.1, 0.4)
    found = Streams(2, 0).occurrences("e", rate, months=24)
    counts = np.bincount(found.paths, minlength=BLOCK_PATHS)
    for half, expected in ((counts[: BLOCK_PATHS // 2], 2.4), (counts[BLOCK_PATHS // 2 :], 9.6)):
        assert abs(half.mean() - expected) < 5 * np.sqrt(expected / len(half))
        assert abs(half.var() - expected) < 0.1 * expected
    normal(found.scores)


def test_thinning_a_month_at_a_time_keeps_what_thinning_all_at_once_does() -> None:
    """Each of the streams goes on from month to month: so the draws are those of one call for the whole block."""
    streams, rate = Streams(3, 1), np.linspace(0.0, 0.3, BLOCK_PATHS)
    found = streams.occurrences("e", rate, months=7)
    counting, placing, sizing, thinning = (
        np.random.Generator(streams.open(f"e/{what}")) for what in ("counts", "paths", "sizes", "thinning")
    )
    counts = counting.poisson(0.3 * BLOCK_PATHS, 7)
    paths, scores = placing.integers(0, BLOCK_PATHS, counts.sum()), sizing.standard_normal(counts.sum())
    kept = thinning.random(counts.sum()) * 0.3 < rate[paths]
    np.testing.assert_array_equal(found.months, np.repeat(np.arange(7), counts)[kept])
    np.testing.assert_array_equal(found.paths, paths[kept])
    np.testing.assert_array_equal(found.scores, scores[kept])


def test_the_head_of_occurrences_is_those_of_the_first_paths() -> None:
    found = Streams(2, 0).occurrences("e", np.array([0.2]), months=5)
    head = found.head(100)
    assert isinstance(head, Occurrences)
    assert set(head.paths.tolist()) <= set(range(100))
    assert len(head.paths) == int((found.paths < 100).sum()) > 50


def test_occurrences_on_some_paths_are_those_of_these_paths() -> None:
    found, some = Streams(2, 0).occurrences("e", np.array([0.2]), months=5), np.array([3, 4, 700])
    only = found.only(some, width=BLOCK_PATHS)
    here = found.where(np.isin(found.paths, some))
    assert len(here.paths) > 0
    assert np.array_equal(some[only.paths], here.paths)
    assert np.array_equal(only.months, here.months)
    assert np.array_equal(only.scores, here.scores)


def test_fresh_seeds_differ_and_are_short() -> None:
    seeds_drawn = {fresh_seed() for _ in range(20)}
    assert len(seeds_drawn) > 15
    assert all(0 <= seed < 2**32 for seed in seeds_drawn)


@pytest.mark.parametrize("paths", [1, 7, 2_048, BLOCK_PATHS // 2, BLOCK_PATHS // 2 + 1, BLOCK_PATHS - 1, BLOCK_PATHS])
def test_the_first_paths_of_a_block_are_drawn_as_if_all_were(paths: int) -> None:
    streams = Streams(5, 1)
    assert np.array_equal(streams.scores("x", paths), streams.scores("x")[:paths])
    assert np.array_equal(streams.monthly_scores("x", 5, paths=paths), streams.monthly_scores("x", 5)[:, :paths])


def test_occurrences_several_times_over_stay_in_order_of_months() -> None:
    found = Streams(5, 1).occurrences("x", np.array([0.01]), months=6).head(100)
    twice = found.repeated(2, paths=100)
    assert np.all(np.diff(twice.months) >= 0)
    for copy in (twice.paths < 100, twice.paths >= 100):
        again = twice.where(copy)
        assert np.array_equal(again.months, found.months)
        assert np.array_equal(again.paths % 100, found.paths)
        assert np.array_equal(again.scores, found.scores)
