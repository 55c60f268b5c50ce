from fractions import Fraction
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from tarmac.summary import (
    NOTHING,
    SAMPLES,
    Histogram,
    HistogramBuilder,
    Summary,
    bins_of,
    lower_edge,
    strikes_of,
    total,
)

MONTHS = 3
amounts = st.one_of(
    st.floats(-1e12, 1e12, allow_subnormal=False),
    st.sampled_from([0.0, -0.0, 1e-12, -1e-12, 1.0, -1.0, 2.0**-10, 2.0**20, 1e30, -1e30]),
)
rows = st.lists(amounts, min_size=1, max_size=30).map(np.array)
blocks = st.lists(rows, min_size=MONTHS, max_size=MONTHS)


def absolute(values: NDArray[np.float64]) -> NDArray[np.int64]:
    """The bins of some amounts, counted from that of zero."""
    bins, lowest = bins_of(values)
    return bins.astype(np.int64) + lowest


def histogram(months: list[NDArray[np.float64]]) -> Histogram:
    builder = HistogramBuilder(len(months))
    for month, values in enumerate(months):
        builder.month(month, values)
    return builder.build()


@st.composite
def summaries(draw: st.DrawFn) -> Summary:
    paths = draw(st.integers(0, 20))
    if paths == 0:
        return NOTHING
    cash = [np.array(draw(st.lists(amounts, min_size=paths, max_size=paths))) for _ in range(MONTHS)]
    struck = np.array(draw(st.lists(st.integers(0, MONTHS), min_size=paths, max_size=paths)), np.int32)
    strikes = {"insolvent": strikes_of(struck, MONTHS)}
    return Summary(paths, strikes, {"cash": histogram(cash)}, np.stack(cash)[:, :SAMPLES])


def same_histogram(left: Histogram, right: Histogram) -> bool:
    """Alike in every count, sum and end, whatever columns of zeros stand at the edges."""

    def counted(one: Histogram) -> dict[tuple[int, int], int]:
        found = np.argwhere(one.counts)
        return {(int(m), int(b) + one.offset): int(one.counts[m, b]) for m, b in found}

    ends = np.array_equal(left.lowest, right.lowest) and np.array_equal(left.highest, right.highest)
    return counted(left) == counted(right) and left.sums == right.sums and ends


def same(left: Summary, right: Summary) -> bool:
    return (
        left.paths == right.paths
        and left.strikes.keys() == right.strikes.keys()
        and all(np.array_equal(left.strikes[name], right.strikes[name]) for name in left.strikes)
        and left.amounts.keys() == right.amounts.keys()
        and all(same_histogram(left.amounts[name], right.amounts[name]) for name in left.amounts)
        and np.array_equal(left.samples, right.samples)
    )


@given(summaries(), summaries(), summaries())
def test_adding_is_associative(a: Summary, b: Summary, c: Summary) -> None:
    assert same((a + b) + c, a + (b + c))
    assert same(total([a, b, c]), a + (b + c))


@given(summaries())
def test_nothing_is_neutral(a: Summary) -> None:
    assert same(NOTHING + a, a)
    assert same(a + NOTHING, a)


@given(blocks, blocks)
def test_adding_histograms_commutes_to_the_last_bit(a: list[NDArray[np.float64]], b: list[NDArray[np.float64]]) -> None:
    left, right = histogram(a) + histogram(b), histogram(b) + histogram(a)
    assert same_histogram(left, right)
    assert np.array_equal(left.mean(), right.mean())
    for level in (0.0, 0.05, 0.5, 0.9, 1.0):
        assert np.array_equal(left.quantile(level), right.quantile(level))


@given(blocks)
def test_the_empty_histogram_is_neutral(a: list[NDArray[np.float64]]) -> None:
    assert same_histogram(Histogram.empty(MONTHS) + histogram(a), histogram(a))
    assert np.all(np.isnan(Histogram.empty(MONTHS).mean()))
    assert np.all(np.isnan(Histogram.empty(MONTHS).quantile(0.5)))


@given(blocks, blocks)
def test_one_builder_leaves_what_two_leave_together(a: list[NDArray[np.float64]], b: list[NDArray[np.float64]]) -> None:
    builder = HistogramBuilder(MONTHS)
    for part in (a, b):
        for month, values in enumerate(part):
            builder.month(month, values)
    assert same_histogram(builder.build(), histogram(a) + histogram(b))


@given(st.lists(st.integers(-(2**40), 2**40), min_size=1, max_size=40))
def test_means_are_exact(cents: list[int]) -> None:
    values = np.array(cents) / 128  # exact in binary
    found = histogram([values]).mean()[0]
    assert found == float(Fraction(sum(cents), 128 * len(cents)))


@given(rows, st.floats(0, 1))
def test_quantiles_are_within_the_stated_error(values: NDArray[np.float64], level: float) -> None:
    """By rank: between the values around the rank, give or take a bin of 0.8% (single precision, 2**-10 as zero)."""
    found = histogram([values]).quantile(level)[0]
    ordered = np.sort(values)
    rank = level * len(values)
    low, high = ordered[max(int(np.ceil(rank)) - 1, 0)], ordered[min(int(np.floor(rank)), len(values) - 1)]
    slack = 0.008 * max(abs(low), abs(high)) + 2.0**-10
    assert low - slack <= found <= high + slack


@given(amounts, st.integers(1, 50))
def test_quantiles_of_one_value_are_that_value(value: float, count: int) -> None:
    found = histogram([np.full(count, value)])
    for level in (0.0, 0.1, 0.5, 1.0):
        assert found.quantile(level)[0] == value or abs(value) < 2.0**-10


@given(rows)
def test_quantiles_climb_from_the_lowest_to_the_highest(values: NDArray[np.float64]) -> None:
    found = [histogram([values]).quantile(level)[0] for level in np.linspace(0, 1, 11)]
    tiny = 2.0**-10  # amounts below it share the bin of zero
    assert all(low <= high + 1e-9 * abs(high) + tiny for low, high in pairwise(found))
    assert found[0] >= values.min() - tiny
    assert found[-1] <= values.max() + tiny


@given(rows, amounts)
def test_shares_below_are_right_up_to_the_bin_of_the_amount(values: NDArray[np.float64], amount: float) -> None:
    share = histogram([values]).share_below(amount)[0]
    alike = np.mean(absolute(values) == absolute(np.array([amount]))[0])
    assert np.mean(values < amount) - alike - 1e-12 <= share <= np.mean(values < amount) + alike + 1e-12


def test_shares_below_zero_count_the_negative() -> None:
    found = histogram([np.array([-5.0, -1.0, 0.0, 0.0, 3.0])])
    assert found.share_below(0.0)[0] == pytest.approx(0.4)


@given(st.lists(amounts, min_size=2, max_size=40))
def test_bins_keep_the_order_of_amounts(values: list[float]) -> None:
    ordered = np.sort(np.array(values))
    assert np.all(np.diff(absolute(ordered)) >= 0)


def test_a_bin_is_at_most_a_hundredth_and_a_bit_wide() -> None:
    edges = lower_edge(np.arange(1, 5000))
    assert np.all(edges[1:] / edges[:-1] <= 1.0079)
    assert np.array_equal(lower_edge(-np.arange(1, 100)), -lower_edge(np.arange(1, 100)))


def test_zeros_are_counted_by_month() -> None:
    found = Histogram.zeros(np.array([2, 0, 1]))
    assert found.totals.tolist() == [2, 0, 1]
    assert found.mean()[[0, 2]].tolist() == [0, 0]
    assert np.isnan(found.quantile(0.5)[1])


def test_strikes_count_paths_by_month_and_those_never_struck() -> None:
    assert strikes_of(np.array([0, 2, 2, 3], np.int32), 3).tolist() == [1, 0, 2, 1]


def test_samples_are_the_first_few_paths_in_order() -> None:
    parts = [Summary(8, {}, {}, np.full((MONTHS, 8), float(block))) for block in range(3)]
    kept = total(parts).samples
    assert kept.shape == (MONTHS, SAMPLES)
    assert kept[0].tolist() == [0.0] * 8 + [1.0] * 4
