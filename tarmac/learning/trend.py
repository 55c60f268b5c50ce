"""A log-linear trend with AR(1) shocks, by its exact likelihood: level, growth, volatility, persistence.

log x[t] = level + growth (t - t0) + volatility y[t], where y is the stationary AR(1) of unit variance that the engine
draws. Given the persistence this is generalised least squares: level and growth are Student t, and the residual sum of
squares over the squared volatility is chi-squared, both with n - 2 degrees of freedom. The persistence is not fixed at
one estimate, which in few months is biased towards zero by about (2 + 4 persistence) / n (Marriott and Pope 1954,
with a trend) and would make every interval too narrow: each value from 0 to 0.95 counts by its restricted likelihood,
|V|^-1/2 |X'V^-1 X|^-1/2 RSS^-(n-2)/2 (Patterson and Thompson 1971). In the words of Bayes, the prior is flat in level,
growth and persistence and 1 / volatility in the volatility.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

Values = NDArray[np.float64]

PERSISTENCES: Final = np.linspace(0.0, 0.95, 39)
"""Persistences that are weighed. Above 0.95 years of books would be needed to tell a shock from a change of growth."""

LOW: Final = 0.05
HIGH: Final = 0.95
"""The ends of a 90% interval."""

_LIKELIHOOD_DROP: Final = 1.3527717270
"""Half the 90% point of chi-squared with one degree of freedom."""
_LEAST_SQUARES: Final = 1e-20
"""Residuals of a line without noise, beyond what floats hold: log x to ten digits."""
_HALVINGS: Final = 44
_WIDTHS: Final = 1e3


@dataclass(frozen=True, slots=True)
class Estimate:
    """What was learnt of a number: the estimate, its standard error, and its 90% interval."""

    value: float
    error: float
    low: float
    high: float

    def changed(self, by: Callable[[float], float], slope: float) -> "Estimate":
        """The estimate of an increasing function of the number; `slope` is its derivative at the estimate."""
        return Estimate(by(self.value), slope * self.error, by(self.low), by(self.high))


@dataclass(frozen=True, slots=True)
class Trend:
    """A fitted trend. `level` is the log in month 0, `growth` a month, both without shock.

    `correlation`: between the errors of level and growth. `last`: the expected shock of the last month, in logs;
    `left`: what is expected to be left of it in months 0 to 11, shape (12,).
    """

    level: Estimate
    growth: Estimate
    volatility: Estimate
    persistence: Estimate
    correlation: float
    last: float
    left: Values
    months: int


def fit_trend(times: Values, logs: Values) -> Trend:
    """The trend of some logs. Shapes (n,), n >= 4.

    `times`: whole months counted from the month whose level is wanted, which is 0; below zero and increasing. They may
    leave months out.
    """
    fits = _fits(PERSISTENCES, times, logs=logs)
    weights = np.exp(fits.likelihood - fits.likelihood.max())
    weights /= weights.sum()
    mixture = _Mixture(fits, weights, freedom=len(logs) - 2)
    shocks = weights * mixture.shocks(times[-1], logs[-1])
    return Trend(
        level=mixture.coefficient(0),
        growth=mixture.coefficient(1),
        volatility=mixture.volatility(),
        persistence=_persistence(fits.likelihood, weights),
        correlation=mixture.correlation(),
        last=float(shocks.sum()),
        left=shocks @ PERSISTENCES[:, None] ** (np.arange(12) - times[-1]),
        months=len(logs),
    )


@dataclass(frozen=True, slots=True)
class _Fits:
    """Generalised least squares at some persistences.

    Restricted log likelihood and RSS, shapes (persistences,); coefficients, shape (persistences, 2); (X'V^-1 X)^-1,
    shape (persistences, 2, 2).
    """

    likelihood: Values
    squares: Values
    coefficients: Values
    inverse: Values


def _fits(persistences: Values, times: Values, *, logs: Values) -> _Fits:
    """Least squares on each month less what is left of the one before, which is independent of it."""
    design = np.column_stack([np.ones_like(times), times, logs])
    kept = persistences[:, None] ** np.diff(times)
    fresh = np.sqrt(1.0 - kept**2)
    later = (design[1:] - kept[:, :, None] * design[:-1]) / fresh[:, :, None]
    rows = np.concatenate([np.broadcast_to(design[:1], (len(persistences), 1, 3)), later], axis=1)
    known, seen = rows[:, :, :2], rows[:, :, 2]
    information = known.transpose(0, 2, 1) @ known
    inverse = np.linalg.inv(information)
    coefficients = np.einsum("kij,knj,kn->ki", inverse, known, seen)
    rest = seen - np.einsum("kni,ki->kn", known, coefficients)
    squares = np.maximum((rest**2).sum(axis=1), _LEAST_SQUARES)
    size = np.linalg.slogdet(information)[1]
    likelihood = -np.log(fresh).sum(axis=1) - 0.5 * size - 0.5 * (len(logs) - 2) * np.log(squares)
    return _Fits(likelihood, squares, coefficients, inverse)


@dataclass(frozen=True)
class _Mixture:
    """What all persistences together say, each by its weight. Shapes (persistences,)."""

    fits: _Fits
    weights: Values
    freedom: int

    def coefficient(self, index: int) -> Estimate:
        """Level (0) or growth (1)."""
        from scipy.special import stdtr

        centres = self.fits.coefficients[:, index]
        widths = np.sqrt(self.fits.squares / self.freedom * self.fits.inverse[:, index, index])
        middle, error = float(self.weights @ centres), float(np.sqrt(self._covariance()[index, index]))
        reach = _WIDTHS * float(widths.max()) + float(np.ptp(centres))
        low, high = (
            _solve(
                lambda x: float(self.weights @ stdtr(self.freedom, (x - centres) / widths)),
                share,
                span=(middle - reach, middle + reach),
            )
            for share in (LOW, HIGH)
        )
        return Estimate(middle, error, low, high)

    def volatility(self) -> Estimate:
        """Standard deviation of the monthly log shock; the estimate is the median."""
        from scipy.special import chdtrc, gammaln

        squares = self.fits.squares
        spread = np.log(squares)
        ends = [
            np.exp(
                _solve(
                    lambda x: float(self.weights @ chdtrc(self.freedom, squares / np.exp(2 * x))),
                    share,
                    span=(0.5 * spread.min() - 10, 0.5 * spread.max() + 10),
                )
            )
            for share in (LOW, 0.5, HIGH)
        ]
        first = np.sqrt(squares / 2) * np.exp(gammaln((self.freedom - 1) / 2) - gammaln(self.freedom / 2))
        second = squares / max(self.freedom - 2, 1)
        error = float(np.sqrt(self.weights @ second - (self.weights @ first) ** 2))
        return Estimate(float(ends[1]), error, float(ends[0]), float(ends[2]))

    def correlation(self) -> float:
        """Of the errors of level and growth."""
        covariance = self._covariance()
        return float(covariance[0, 1] / np.sqrt(covariance[0, 0] * covariance[1, 1]))

    def shocks(self, time: float, log: float) -> Values:
        """The shock of a month at each persistence."""
        shocks: Values = log - self.fits.coefficients @ (1.0, time)
        return shocks

    def _covariance(self) -> Values:
        """Of level and growth, over all persistences: that of the Student t, where it has one. Shape (2, 2)."""
        centres = self.fits.coefficients
        within = self.fits.squares[:, None, None] / max(self.freedom - 2, 1) * self.fits.inverse
        away = centres - self.weights @ centres
        covariance: Values = np.einsum("k,kij->ij", self.weights, within) + (self.weights * away.T) @ away
        return covariance


def _solve(below: Callable[[float], float], share: float, *, span: tuple[float, float]) -> float:
    """Where an increasing function reaches a share, by halving the span."""
    low, high = span
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        low, high = (middle, high) if below(middle) < share else (low, middle)
    return (low + high) / 2


def _persistence(likelihood: Values, weights: Values) -> Estimate:
    """Mean and standard deviation over the weights; the interval is that of the likelihood ratio, open at the ends."""
    mean = float(weights @ PERSISTENCES)
    error = float(np.sqrt(weights @ (PERSISTENCES - mean) ** 2))
    likely = PERSISTENCES[likelihood >= likelihood.max() - _LIKELIHOOD_DROP]
    return Estimate(mean, error, float(min(likely[0], mean)), float(max(likely[-1], mean)))
