"""One line of the books: trends, lines that begin, end, shrink, stand still, come in lumps, or are too short."""

import math

import numpy as np
import pytest

from tarmac.learning.lines import TYPICAL_GROWTH, study

NOISE = np.exp(0.05 * np.random.default_rng(4).standard_normal(24))


def test_a_growing_line() -> None:
    found = study(1000 * 1.04 ** np.arange(24) * NOISE)
    assert found is not None
    assert found.growth is not None
    assert found.growth.low < 0.04 < found.growth.high
    assert found.level.low < 1000 * 1.04**24 < found.level.high
    assert (found.span.first, found.span.last, found.span.months, found.span.gaps) == (0, 23, 24, 0)
    assert 0.5 < found.correlation < 1


def test_a_shrinking_line() -> None:
    found = study(1000 * 0.95 ** np.arange(24) * NOISE)
    assert found is not None
    assert found.growth is not None
    assert found.growth.high < 0
    assert found.growth.low > -0.1


def test_the_level_is_a_mean() -> None:
    """Half the variance above the median, as the engine's shocks have mean one."""
    noise = np.exp(0.8 * np.array([1, -1] * 30))
    found = study(100 * noise)
    assert found is not None
    assert found.level.value == pytest.approx(100 * math.exp(0.32), rel=0.15)


def test_months_before_the_first_do_not_count() -> None:
    late = study([0, 0, 0, *(50 * NOISE[:8])])
    alone = study(50 * NOISE[:8])
    assert late is not None
    assert alone is not None
    assert late.span.first == 3
    assert late.level == alone.level


@pytest.mark.parametrize("values", [[0.0] * 8, [5, 6, 7, 0, 0], [math.nan] * 4])
def test_a_line_that_is_empty_or_has_ended(values: list[float]) -> None:
    assert study(values) is None


def test_months_that_are_not_known_leave_the_others_where_they_are() -> None:
    """An exact trend with months left out gives the same level and growth."""
    values = 1000 * 1.03 ** np.arange(12)
    holes = np.where(np.isin(np.arange(12), [2, 7, 8]), np.nan, values)
    found = study(holes)
    assert found is not None
    assert found.growth is not None
    assert found.growth.value == pytest.approx(0.03)
    assert found.level.value == pytest.approx(1000 * 1.03**12)
    assert (found.span.months, found.span.gaps) == (9, 0)


def test_a_few_months_with_nothing_lower_the_level() -> None:
    values = np.full(20, 100.0)
    values[::2] += 1e-3  # so that it does not stand still
    values[[3, 9]] = 0
    found = study(values)
    assert found is not None
    assert found.span.gaps == 2
    assert found.level.value == pytest.approx(90, rel=1e-3)


def test_lumps_have_a_mean_and_noise_in_money() -> None:
    values = [0, 0, 30, 0, 0, 0, 60, 0, 0, 30]
    found = study(values)
    assert found is not None
    assert found.growth is None
    assert found.level.value == pytest.approx(15)  # from the first that is not empty
    assert found.noise == pytest.approx(float(np.std(values[2:], ddof=1)))
    assert found.level.low == 0


@pytest.mark.parametrize("months", [3, 5])
def test_few_months_do_not_tell_growth(months: int) -> None:
    found = study(100 * 1.1 ** np.arange(months))
    assert found is not None
    assert found.growth is None
    assert "fewer than 6 months" in found.why
    assert found.level.value == pytest.approx(100 * 1.1 ** (months - 1))


def test_months_that_say_less_than_is_typical_give_way_to_it() -> None:
    found = study(100 * np.exp([0.3, -0.3, 0.2, -0.15, 0.35, -0.25]))
    assert found is not None
    assert found.growth is None
    assert "more than the typical range" in found.why
    assert TYPICAL_GROWTH.high == 0.15


def test_a_line_that_stands_still_is_certain() -> None:
    found = study([12_000.0] * 3)
    assert found is not None
    assert found.level.low == found.level.high == 12_000
    assert found.growth is not None
    assert found.growth.high == 0
    assert found.volatility is not None
    assert found.volatility.high == 0


def test_a_line_that_scatters_by_more_than_its_size_has_no_trend() -> None:
    found = study([5_000, 20, 9_000, 40, 3_000, 10, 8_000, 90])
    assert found is not None
    assert found.growth is None
    assert found.volatility is None
    assert found.noise > 3_000
    assert "scatters" in found.why


def test_less_than_a_cent_is_nothing() -> None:
    assert study([1e-9] * 8) is None
