"""Errors from replicates: against plain loops, and where replicates tell nothing."""

import numpy as np
import pytest

from tarmac.measures import Clock, Need
from tarmac.replicates import REPLICATE_PATHS, interval, level_error, squares_of, standard_error, student
from tarmac.summary import Histogram, HistogramBuilder, strikes_of
from tarmac.survival import standard_error as binomial
from tarmac.survival import wilson

MONTHS = 6


def struck(replicates: int, *, seed: int = 1, together: float = 0.0) -> np.ndarray[tuple[int], np.dtype[np.int32]]:
    """When paths are struck; `together`: how far the paths of a replicate lean on each other."""
    random = np.random.default_rng(seed)
    common = np.repeat(random.random(replicates), REPLICATE_PATHS)
    own = random.random(replicates * REPLICATE_PATHS)
    luck = np.where(random.random(len(own)) < together, common, own)
    return np.minimum((luck * 2 * MONTHS).astype(np.int32), MONTHS)


def clock_of(months: np.ndarray[tuple[int], np.dtype[np.int32]]) -> Clock:
    return Clock("insolvent", strikes_of(months, MONTHS), squares_of(months, MONTHS))


def test_squares_are_those_of_a_loop() -> None:
    months = struck(5)
    expected = [0] * MONTHS
    for first in range(0, len(months), REPLICATE_PATHS):
        for month in range(MONTHS):
            expected[month] += int((months[first : first + REPLICATE_PATHS] <= month).sum()) ** 2
    assert squares_of(months, MONTHS).tolist() == expected


def test_squares_of_two_parts_add_up() -> None:
    months, half = struck(6), 2 * REPLICATE_PATHS
    parts = squares_of(months[:half], MONTHS) + squares_of(months[half:], MONTHS)
    assert np.array_equal(parts, squares_of(months, MONTHS))


@pytest.mark.parametrize("together", [0.0, 0.3])
def test_the_error_is_the_spread_of_replicates_over_the_root_of_their_number(together: float) -> None:
    months = struck(20, together=together)
    shares = (months.reshape(20, -1)[:, :, None] <= np.arange(MONTHS)).mean(axis=1)
    expected = shares.std(axis=0, ddof=1) / np.sqrt(20)
    found = clock_of(months)
    assert found.standard_error == pytest.approx(expected, rel=1e-9)
    low, high = found.interval()
    assert (high - low) / 2 == pytest.approx(student(19) * expected, rel=1e-9)
    assert (low + high) / 2 == pytest.approx(found.probability)
    assert found.critical == student(19)


def test_paths_that_lean_on_each_other_are_not_taken_for_independent() -> None:
    months = struck(50, together=0.3)
    found = clock_of(months)
    assert np.all(found.standard_error > 5 * binomial(found.counts, found.paths))


def test_students_t_is_that_of_the_tables() -> None:
    assert student(7) == pytest.approx(2.3646, abs=1e-4)
    assert student(19) == pytest.approx(2.0930, abs=1e-4)
    assert student(10**6) == pytest.approx(1.95997, abs=1e-4)


@pytest.mark.parametrize("count", [0, 3, 15])
def test_where_few_are_struck_or_left_the_interval_is_that_of_independent_paths(count: int) -> None:
    paths = 20 * REPLICATE_PATHS
    for counts in (np.array([count]), np.array([paths - count])):
        found = interval(counts, counts, paths=paths)
        assert np.array_equal(found, wilson(counts, paths))
        assert standard_error(counts, counts, paths=paths) == pytest.approx(binomial(counts, paths))


def test_replicates_that_all_agree_do_not_make_an_error_of_zero() -> None:
    paths, counts = 20 * REPLICATE_PATHS, np.array([20 * 100])
    squares = np.array([20 * 100**2])
    low, high = interval(counts, squares, paths=paths)
    assert high[0] - low[0] > 0.9 * 2 * 1.96 * binomial(counts, paths)[0]


def test_months_lie_between_those_at_which_the_interval_reaches_a_level() -> None:
    found = clock_of(struck(20, together=0.3))
    level = float(found.probability[3])
    first, last = found.month_interval(level)
    assert first is not None
    assert first <= 4
    assert last is None or last > 4


def needs(replicates: int, *, seed: int = 2) -> tuple[Need, np.ndarray[tuple[int], np.dtype[np.float64]]]:
    """What paths need, half of them nothing, in rows by place of a replicate in a block of four."""
    random = np.random.default_rng(seed)
    amounts = np.maximum(random.normal(random.normal(0, 0.3, replicates)[:, None], 1, (replicates, REPLICATE_PATHS)), 0)
    amounts *= 1e6
    rows = HistogramBuilder(4)
    for number, row in enumerate(amounts):
        rows.month(number % 4, row)
    whole = HistogramBuilder(1)
    whole.month(0, amounts.ravel())
    return Need(whole.build(), 0, rows=rows.build()), amounts.ravel()


@pytest.mark.parametrize("replicates", [4, 8])
def test_the_error_of_a_level_is_that_of_the_rows(replicates: int) -> None:
    need, amounts = needs(replicates)
    rows = amounts.reshape(-1, 4, REPLICATE_PATHS).transpose(1, 0, 2).reshape(4, -1)
    for amount in (0.0, 5e5):
        expected = (rows <= amount).mean(axis=1).std(ddof=1) / 2
        assert need.rows is not None
        found = level_error(need.rows, amount, paths=need.paths)
        assert found.error == pytest.approx(expected, rel=0.02)
        assert found.critical == student(3)


def test_rows_without_a_replicate_count_for_nothing() -> None:
    need, amounts = needs(3)
    shares = (amounts.reshape(3, -1) <= 5e5).mean(axis=1)
    assert need.rows is not None
    found = level_error(need.rows, 5e5, paths=need.paths)
    assert found.error == pytest.approx(shares.std(ddof=1) / np.sqrt(3), rel=0.02)
    assert found.critical == student(2)


def test_the_interval_of_a_need_is_as_wide_as_replicates_differ() -> None:
    need, _ = needs(8)
    low, high = need.interval(0.8)
    alone = Need(need.histogram, 0).interval(0.8)
    amount = need.amount(0.8)
    assert low is not None
    assert high is not None
    assert amount is not None
    assert alone[0] is not None
    assert alone[1] is not None
    assert low < amount < high
    assert high - low > 2 * (alone[1] - alone[0])


def test_a_need_alike_in_all_rows_has_the_interval_of_independent_paths() -> None:
    rows = Histogram.zeros(np.full(4, REPLICATE_PATHS))
    need = Need(Histogram.zeros(np.array([4 * REPLICATE_PATHS])), 0, rows=rows)
    assert need.interval(0.5) == (0.0, 0.0)
