"""Statistics of counts: how sure a simulated probability is, and when a share of the paths has been struck."""

import math
from collections.abc import Mapping
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
    low, high = (centre - half) / scale, (centre + half) / scale
    return np.where(counts == 0, 0.0, low), np.where(counts == total, 1.0, high)


def aalen_johansen(
    events: Mapping[str, NDArray[np.int64]], at_risk: int, *, censored: NDArray[np.int64] | None = None
) -> dict[str, NDArray[np.float64]]:
    """Cumulative incidence of competing events by the end of each month (Aalen and Johansen 1978).

    `events`: how many are struck by each in each month, shape (months,); `censored`: how many are lost from sight at
    the end of each, of whom nothing more is known. With d events among n at risk in a month and S free of any before
    it, the incidence of a cause grows by S d / n. The key "none" holds the share that is free of all. Where nobody is
    censored this is the share struck so far. Shapes (months,).

    >>> found = aalen_johansen({"insolvent": np.array([1, 1]), "exit": np.array([0, 2])}, 4)
    >>> found["insolvent"].tolist(), found["exit"].tolist(), found["none"].tolist()
    ([0.25, 0.5], [0.0, 0.5], [0.75, 0.0])
    """
    struck = np.sum(list(events.values()), axis=0)
    leaving = struck if censored is None else struck + censored
    there = np.maximum(at_risk - np.concatenate([[0], np.cumsum(leaving)[:-1]]), 1)
    free = np.cumprod(1.0 - struck / there)
    before = np.concatenate([[1.0], free[:-1]])
    return {name: np.cumsum(before * counts / there) for name, counts in events.items()} | {"none": free}


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


def level_of(values: NDArray[np.float64], level: float) -> float:
    """The least of some values that a share `level` of them does not exceed; values may be inf."""
    return float(np.partition(values, _place(level, len(values)))[_place(level, len(values))])


def paired_difference(first: NDArray[np.float64], second: NDArray[np.float64], *, level: float) -> tuple[float, float]:
    """The quantile of one number less that of another on the same paths, and the half-width of its 95% interval.

    By Bahadur's (1966) representation: a quantile q of density f errs by the mean of (level - [x <= q]) / f, so that
    of two on the same paths the errors largely cancel. 1 / f is the difference quotient of the quantiles at the ends
    of the level's own 95% interval (Siddiqui 1960). Not finite where a quantile needed is not. Shapes (paths,).
    """
    paths = len(first)
    low, high = level_interval(level, paths)
    errors, difference = np.zeros(paths), level_of(first, level) - level_of(second, level)
    for values, sign in ((first, 1.0), (second, -1.0)):
        below, at, above = (level_of(values, share) for share in (low, level, high))
        if not math.isfinite(above):
            return difference, math.inf
        slope = (above - below) / (high - low) if high > low else 0.0
        errors += sign * slope * (level - (values <= at))
    return difference, Z95 * float(errors.std()) / math.sqrt(paths)


def _place(level: float, paths: int) -> int:
    return min(max(math.ceil(level * paths - 1e-9), 1), paths) - 1
