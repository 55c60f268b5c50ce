"""The trend with AR(1) shocks: closed forms, dense matrices, and what changes of units must do."""

import math
from dataclasses import astuple

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy import stats

from tarmac.learning import trend
from tarmac.learning.trend import Estimate, fit_trend

Values = NDArray[np.float64]

TIMES = np.array([-9.0, -8, -7, -5, -4, -2, -1])  # with months left out
LOGS = np.array([1.0, 1.2, 0.9, 1.4, 1.5, 1.3, 1.8])


@pytest.fixture
def without_persistence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trend, "PERSISTENCES", np.zeros(1))


@pytest.mark.usefixtures("without_persistence")
def test_without_persistence_it_is_ordinary_least_squares() -> None:
    """Level and growth of a textbook regression, with their Student t intervals."""
    found = fit_trend(TIMES, LOGS)
    line = stats.linregress(TIMES, LOGS)
    reach = stats.t.ppf(0.95, len(LOGS) - 2)
    assert found.growth.value == pytest.approx(line.slope)
    assert found.growth.high == pytest.approx(line.slope + reach * line.stderr)
    assert found.growth.low == pytest.approx(line.slope - reach * line.stderr)
    assert found.level.value == pytest.approx(line.intercept)
    assert found.level.high == pytest.approx(line.intercept + reach * line.intercept_stderr)
    spread = math.sqrt((len(LOGS) - 2) / (len(LOGS) - 4))  # the standard deviation of a Student t
    assert found.growth.error == pytest.approx(line.stderr * spread)
    assert found.persistence.value == 0


@pytest.mark.usefixtures("without_persistence")
def test_without_persistence_the_volatility_is_chi_squared() -> None:
    found, freedom = fit_trend(TIMES, LOGS).volatility, len(LOGS) - 2
    line = stats.linregress(TIMES, LOGS)
    squares = float(((LOGS - line.intercept - line.slope * TIMES) ** 2).sum())
    for value, share in ((found.low, 0.95), (found.value, 0.5), (found.high, 0.05)):
        assert value == pytest.approx(math.sqrt(squares / stats.chi2.ppf(share, freedom)))
    inverse = stats.invgamma(freedom / 2, scale=squares / 2)  # of the variance
    mean = inverse.expect(np.sqrt)
    assert found.error == pytest.approx(math.sqrt(inverse.mean() - mean**2), rel=1e-4)


@pytest.mark.parametrize("persistence", [0.0, 0.4, 0.95])
def test_the_likelihood_is_that_of_the_whole_matrix(persistence: float) -> None:
    """The recursion over months against -1/2 log |V| - 1/2 log |X'V^-1 X| - (n-2)/2 log RSS with dense matrices."""
    matrix = persistence ** abs(TIMES[:, None] - TIMES)
    design = np.column_stack([np.ones_like(TIMES), TIMES])
    inverse = np.linalg.inv(matrix)
    information = design.T @ inverse @ design
    coefficients = np.linalg.solve(information, design.T @ inverse @ LOGS)
    rest = LOGS - design @ coefficients
    squares = float(rest @ inverse @ rest)
    sizes = np.linalg.slogdet(matrix)[1] + np.linalg.slogdet(information)[1]
    found = trend._fits(np.array([0.2, persistence]), TIMES, logs=LOGS)
    assert found.coefficients[1] == pytest.approx(coefficients)
    assert found.squares[1] == pytest.approx(squares)
    assert found.likelihood[1] == pytest.approx(-sizes / 2 - (len(LOGS) - 2) / 2 * math.log(squares))


def test_the_restricted_likelihood_is_the_integral_of_the_likelihood() -> None:
    """Integrated over level, growth and volatility with the prior 1/volatility, by quadrature, up to one factor."""
    times, logs = TIMES[:5] - TIMES[4] - 1, LOGS[:5]
    grid = np.linspace(-12, 12, 161)
    sizes = np.exp(np.linspace(math.log(0.02), math.log(30), 161))

    def integral(persistence: float) -> float:
        matrix = persistence ** abs(times[:, None] - times)
        inverse, size = np.linalg.inv(matrix), float(np.linalg.slogdet(matrix)[1])
        fits = trend._fits(np.array([persistence]), times, logs=logs)
        total = 0.0
        for volatility in sizes:
            levels, growths = (
                fits.coefficients[0, index] + grid * volatility * math.sqrt(fits.inverse[0, index, index]) / 2
                for index in (0, 1)
            )
            rest = logs[:, None, None] - levels[None, :, None] - growths[None, None, :] * times[:, None, None]
            form = np.einsum("ijk,il,ljk->jk", rest, inverse, rest)
            density = np.exp(-form / 2 / volatility**2) / volatility ** len(logs) / math.exp(size / 2)
            area = (levels[1] - levels[0]) * (growths[1] - growths[0])
            total += float(density.sum()) * area  # d volatility / volatility is constant on this grid
        return total

    ratio = math.log(integral(0.7) / integral(0.1))
    ours = trend._fits(np.array([0.1, 0.7]), times, logs=logs).likelihood
    assert ratio == pytest.approx(ours[1] - ours[0], abs=1e-3)


@given(
    st.floats(-5, 5),
    st.floats(-0.5, 0.5),
    st.lists(st.floats(-1, 1), min_size=7, max_size=7).filter(lambda x: np.std(x) > 0.05),
)
def test_units_and_trends_pass_through(shift: float, slope: float, shocks: list[float]) -> None:
    """Another unit of money shifts the level alone; another growth shifts the growth alone."""
    logs = np.array(shocks)
    one, other = fit_trend(TIMES, logs), fit_trend(TIMES, logs + shift + slope * TIMES)
    assert other.level.value == pytest.approx(one.level.value + shift, abs=1e-6)
    assert other.growth.low == pytest.approx(one.growth.low + slope, abs=1e-6)
    assert astuple(other.volatility) == pytest.approx(astuple(one.volatility), rel=1e-5)
    assert astuple(other.persistence) == pytest.approx(astuple(one.persistence), abs=1e-5)
    assert other.left == pytest.approx(one.left, abs=1e-6)


def test_a_shock_fades_by_the_persistence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trend, "PERSISTENCES", np.array([0.5]))
    found = fit_trend(TIMES, LOGS)
    assert found.left == pytest.approx(found.last * 0.5 ** np.arange(1, 13))
    assert found.last == pytest.approx(LOGS[-1] - found.level.value + found.growth.value)


def test_a_line_without_noise_is_known_exactly() -> None:
    times = np.arange(-12.0, 0)
    found = fit_trend(times, (10 + 0.03 * times).astype(np.float64))
    assert found.growth.value == pytest.approx(0.03)
    assert found.growth.high - found.growth.low < 1e-6
    assert found.volatility.high < 1e-6


def test_an_estimate_of_a_function() -> None:
    found = Estimate(0.0, 0.1, -0.2, 0.2).changed(math.exp, 1.0)
    assert astuple(found) == (1.0, 0.1, math.exp(-0.2), math.exp(0.2))
