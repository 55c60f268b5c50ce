import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tarmac.survival import level_interval, level_of, month_reached, paired_difference, standard_error, wilson


@st.composite
def counts(draw: st.DrawFn) -> tuple[int, int]:
    total = draw(st.integers(1, 10**7))
    return draw(st.integers(0, total)), total


@given(counts())
def test_intervals_hold_the_share_they_are_about(count: tuple[int, int]) -> None:
    struck, total = count
    low, high = wilson(np.array([struck]), total)
    assert 0 <= low[0] <= struck / total + 1e-12
    assert struck / total - 1e-12 <= high[0] <= 1
    assert high[0] - low[0] > 0


@given(counts())
def test_errors_are_the_binomial_ones_and_never_zero(count: tuple[int, int]) -> None:
    struck, total = count
    error = standard_error(np.array([struck]), total)[0]
    assert 0 < error <= 0.5 / np.sqrt(total) * (1 + 1e-12)
    if 0 < struck < total:
        p = struck / total
        assert error == pytest.approx(np.sqrt(p * (1 - p) / total))


def test_errors_are_zero_on_neither_side() -> None:
    assert standard_error(np.array([0, 100]), 100) == pytest.approx([0.0135, 0.0135], abs=2e-4)


def test_wilson_by_hand() -> None:
    low, high = wilson(np.array([10, 0]), 100)  # Wilson 1927; Brown, Cai and DasGupta 2001, table values
    assert low == pytest.approx([0.0552, 0.0], abs=5e-5)
    assert high == pytest.approx([0.1744, 0.0370], abs=5e-5)


def test_wilson_covers() -> None:
    rng = np.random.default_rng(1)
    for p in (0.002, 0.05, 0.5):
        low, high = wilson(rng.binomial(500, p, 20_000), 500)
        assert 0.91 < np.mean((low <= p) & (p <= high)) < 0.99


@pytest.mark.parametrize(
    ("level", "month"), [(0.1, 2), (0.2, 2), (0.3, 3), (0.6, 3), (0.600001, None), (0.9, None), (0.0, 1)]
)
def test_the_month_by_whose_end_a_level_is_reached(level: float, month: int | None) -> None:
    assert month_reached(np.array([0.0, 0.2, 0.6]), level) == month


@given(st.floats(0.01, 0.99), st.integers(1, 10**6))
def test_levels_between_which_the_true_quantile_lies(level: float, total: int) -> None:
    low, high = level_interval(level, total)
    assert 0 <= low < level < high <= 1
    narrow = level_interval(level, 100 * total)
    assert narrow[0] >= low
    assert narrow[1] <= high


def test_a_level_is_reached_by_the_least_value_that_does() -> None:
    values = np.array([3.0, 1.0, 2.0, np.inf])
    assert [level_of(values, level) for level in (0.01, 0.25, 0.26, 0.75, 0.76, 1.0)] == [1, 1, 2, 3, np.inf, np.inf]


@pytest.mark.parametrize("together", [0.0, 0.9])
def test_the_interval_of_a_paired_difference_holds_the_true_one(together: float) -> None:
    """Two normals, correlated or not, whose 90% quantiles are 1 apart: 95 of 100 intervals hold it, give or take."""
    generator, held, widths = np.random.default_rng(5), 0, []
    for _ in range(400):
        common, alone = generator.standard_normal((2, 1_000))
        other = together * common + np.sqrt(1 - together**2) * alone
        difference, half = paired_difference(other + 1.0, common, level=0.9)
        held += abs(difference - 1.0) <= half
        widths.append(half)
    assert held / 400 == pytest.approx(0.95, abs=0.04)
    unpaired = 1.96 * np.sqrt(2 * 0.09 / 1_000) / 0.1755  # density of the normal at its 90% quantile
    assert np.mean(widths) == pytest.approx(unpaired * (1.0 if together == 0 else 0.58), rel=0.12)


def test_a_paired_difference_that_cannot_be_told_is_not_finite() -> None:
    known, lost = np.arange(100.0), np.full(100, np.inf)
    assert not np.isfinite(paired_difference(known, lost, level=0.5)).any()
    assert paired_difference(known, known, level=0.5) == (0.0, 0.0)
