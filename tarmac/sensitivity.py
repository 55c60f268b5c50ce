"""Sensitivity indices of Sobol: which input the variance of an outcome comes from, by pick-freeze."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from tarmac.streams import Streams

BATCHES: Final = 256
"""Batches of paths that are drawn again in a bootstrap."""

RESAMPLES: Final = 1_000


@dataclass(frozen=True)
class Share:
    """A share of a variance and its 95% bootstrap interval."""

    value: float
    low: float
    high: float

    @property
    def surely_positive(self) -> bool:
        """Whether it is told from nothing."""
        return self.low > 0

    def as_json(self) -> dict[str, float]:
        """Plain values."""
        return {"value": self.value, "low": self.low, "high": self.high}


@dataclass(frozen=True)
class Index:
    """What one input (or group of inputs) does to an outcome.

    `first`: the share of the variance that would go on average if the input were known (Sobol's first-order index).
    `total`: the share that would be left if everything else were known; more than `first` where inputs interact.
    """

    first: Share
    total: Share


def indices(
    a: NDArray[np.floating], b: NDArray[np.floating], *, swapped: Sequence[NDArray[np.floating]], seed: int = 0
) -> list[Index]:
    """The indices of each input, from outcomes of a function at two independent samples A and B of its inputs.

    `a`, `b`: outcomes at A and B, shape (paths,); `swapped[i]`: outcomes at A with input i alone taken from B. Inputs
    must be independent of each other; those that are not are swapped together, as a group. For a function that is
    itself random, all of its randomness is one more input, drawn once for A and once for B, and left alone in
    `swapped` unless it is the input that is swapped. First-order index: mean of b (swapped - a) over the variance
    (Saltelli et al. 2010, table 2 b); total: half the mean of (a - swapped)^2 over the variance (Jansen 1999). The
    intervals are of 1,000 bootstrap samples of batches of paths: the same paths for all inputs, as far as there are so
    many. Empty where the outcome does not vary.

    Source: Sobol 1993; Iooss and Ribatet 2009, Zhu and Sudret 2021 for random functions.

    >>> rng = np.random.default_rng(1)
    >>> a, b = rng.standard_normal((2, 2, 100_000))
    >>> alone = indices(2 * a[0] + a[1], 2 * b[0] + b[1], swapped=[2 * b[0] + a[1], 2 * a[0] + b[1]])
    >>> [round(index.first.value, 1) for index in alone]
    [0.8, 0.2]
    """
    centre = (a.mean() + b.mean()) / 2
    a, b = a - centre, b - centre
    if not np.ptp(np.concatenate([a, b])):
        return []
    moments = _batch_means(np.stack([a, b, a**2, b**2]))
    firsts = _batch_means(np.stack([b * (values - centre - a) for values in swapped]))
    totals = _batch_means(np.stack([(values - centre - a) ** 2 / 2 for values in swapped]))
    weights = _weights(firsts.shape[1], seed=seed)
    variance = _variance(weights @ moments.T)
    shares = [(weights @ means.T) / variance[:, None] for means in (firsts, totals)]
    return [Index(*(_share(share[:, number]) for share in shares)) for number in range(len(swapped))]


def _batch_means(rows: NDArray[np.floating]) -> NDArray[np.float64]:
    """Means over batches of paths of equal size; the few paths left over are in none. Shape (rows, batches)."""
    batches = min(BATCHES, rows.shape[1])
    size = rows.shape[1] // batches
    means: NDArray[np.float64] = rows[:, : batches * size].reshape(len(rows), batches, size).mean(axis=2)
    return means


def _weights(batches: int, *, seed: int) -> NDArray[np.float64]:
    """How much each batch counts: first all alike, then as often as it is drawn. Shape (1 + resamples, batches)."""
    rng = np.random.Generator(Streams(seed, 0).open("bootstrap"))
    drawn = rng.multinomial(batches, np.full(batches, 1 / batches), RESAMPLES)
    weights: NDArray[np.float64] = np.vstack([np.ones(batches), drawn]) / batches
    return weights


def _variance(moments: NDArray[np.float64]) -> NDArray[np.float64]:
    """The variance over both samples from the means of a, b, a^2, b^2; no less than what is told from nothing."""
    mean, square = moments[:, :2].mean(axis=1), moments[:, 2:].mean(axis=1)
    variance: NDArray[np.float64] = np.maximum(square - mean**2, 1e-12 * square[0])
    return variance


def _share(values: NDArray[np.float64]) -> Share:
    """The first value, and the percentile interval of the others."""
    low, high = np.quantile(values[1:], (0.025, 0.975))
    return Share(float(values[0]), float(low), float(high))
