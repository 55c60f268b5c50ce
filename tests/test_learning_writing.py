"""Estimates as texts: they read back as the interval they came from."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tarmac.learning.trend import Estimate
from tarmac.learning.writing import money, money_range, percent, rate_range
from tarmac.uncertain import Uncertain, parse

ENDS = np.array([-1.6448536, 1.6448536])
AMOUNTS = st.floats(1.0, 1e9)
WIDTHS = st.floats(0.0, 3.0)


def interval(number: Uncertain) -> tuple[float, float]:
    """The 90% interval of a number as it is read."""
    low, high = number.at(ENDS)
    return float(low), float(high)


@given(AMOUNTS, WIDTHS, st.booleans())
def test_a_range_of_money_reads_back(low: float, width: float, symmetric: bool) -> None:
    high = low * (1 + width)
    text = money_range(Estimate((low + high) / 2, 0.0, low, high), symmetric=symmetric)
    found = interval(parse(text))
    assert found == pytest.approx((low, high), abs=max(0.03 * (high - low), 1e-3 * high))


@given(st.floats(-0.5, 0.5), st.floats(0, 0.5), st.booleans())
def test_a_range_of_rates_reads_back(low: float, width: float, symmetric: bool) -> None:
    found = interval(parse(rate_range(Estimate(low + width / 2, 0.0, low, low + width), symmetric=symmetric)))
    assert found == pytest.approx((low, low + width), abs=max(0.06 * width, 2e-4))


def test_a_wide_symmetric_interval_keeps_its_middle() -> None:
    """Read as a range, 0.1% to 6% is lognormal with a median of 0.8%; the estimate is 3%."""
    estimate = Estimate(0.0305, 0.018, 0.001, 0.06)
    assert parse(rate_range(estimate)).median() == pytest.approx(0.0305, abs=1e-4)
    assert parse(rate_range(estimate, symmetric=False)).median() < 0.01


@pytest.mark.parametrize(("value", "text"), [(12_000, "12k"), (0, "0"), (1234567.8, "1.23457M")])
def test_certain_money(value: float, text: str) -> None:
    assert money(value) == text
    assert money_range(Estimate(value, 0, value, value)) == text


@pytest.mark.parametrize(
    ("value", "text"), [(0.0, "0%"), (-1e-9, "0%"), (0.1, "10%"), (1.0, "100%"), (-0.025, "-2.5%")]
)
def test_percent(value: float, text: str) -> None:
    assert percent(value) == text
