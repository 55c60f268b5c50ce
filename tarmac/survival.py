"""Statistics of counts: how sure a simulated probability is, and when a share of the paths has been struck."""

import math
from typing import Final

import numpy as np
from numpy.typing import NDArray

Z95: Final = 1.959963984540054
"""The 97.5% point of the standard normal: two-sided 95% intervals."""


def standard_error(counts: NDArray[np.int64], total: int) -> NDArray[np.float64]:
    """Monte Carlo standard error of count / total, of the same shape.

    sqrt(p (1 - p) / n) with p from the Wilson centre (count + z^2/2) / (n + z^2), so that it is not zero where no path
    or every path was struck.
    """
    centre = (counts + Z95**2 / 2) / (total + Z95**2)
    p = np.where((counts == 0) | (counts == total), centre, counts / total)
    error: NDArray[np.float64] = np.sqrt(p * (1 - p) / total)
    return error


def wilson(counts: NDArray[np.int64], total: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The 95% score interval of count / total (Wilson 1927), right for small counts too. Shapes of `counts`."""
    p = counts / total
    centre = p + Z95**2 / (2 * total)
    half = Z95 * np.sqrt(p * (1 - p) / total + Z95**2 / (4 * total**2))
    scale = 1 + Z95**2 / total
    return np.maximum((centre - half) / scale, 0.0), np.minimum((centre + half) / scale, 1.0)


def month_reached(probability: NDArray[np.float64], level: float) -> int | None:
    """The first month, counted from 1, by whose end a probability reaches a level; None beyond the horizon.

    >>> month_reached(np.array([0.0, 0.2, 0.6]), 0.5)
    3
    """
    reached = np.flatnonzero(probability >= level - 1e-12)
    return int(reached[0]) + 1 if len(reached) else None


def level_interval(level: float, total: int) -> tuple[float, float]:
    """The levels between which the true quantile lies with 95% probability, by the normal form of the binomial."""
    half = Z95 * math.sqrt(level * (1 - level) / total)
    return max(level - half, 0.0), min(level + half, 1.0)
