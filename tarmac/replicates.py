"""Errors told from independent replicates: groups of paths that lean on each other within, and not from one to another.

The mean over replicates is as far off as their spread says, whatever happens within them: s / sqrt(R), with Student's
t at R - 1 degrees of freedom. The binomial formula would count paths as independent that are not.
"""

import math
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from tarmac.summary import Histogram
from tarmac.survival import standard_error as binomial
from tarmac.survival import wilson

REPLICATE_PATHS: Final = 1_024
"""Paths in a replicate, a power of two, as the points of Sobol want it."""

FEW: Final = 16
"""Where fewer paths than this are struck, or are not, replicates hold one or none: no spread to tell an error from."""


_ABOVE_ZERO: Final = 2.0**-12
"""An amount in the bin of zero, and above it: what is below counts what is zero."""


def squares_of(struck: NDArray[np.integer], months: int) -> NDArray[np.int64]:
    """Sum over whole replicates of the squared count of paths struck by the end of each month. Shape (months,).

    `struck`: the month index at which each path is struck, `months` for never, shape (paths,). Such sums add: nothing
    else of a replicate has to be kept.
    """
    replicates = struck.reshape(-1, REPLICATE_PATHS)
    places = np.arange(len(replicates))[:, None] * (months + 1) + replicates
    counts = np.bincount(places.ravel(), minlength=len(replicates) * (months + 1)).reshape(-1, months + 1)
    by_then = np.cumsum(counts[:, :-1], axis=1, dtype=np.int64)
    squares: NDArray[np.int64] = (by_then**2).sum(axis=0)
    return squares


def standard_error(counts: NDArray[np.int64], squares: NDArray[np.int64], *, paths: int) -> NDArray[np.float64]:
    """Standard error of count / paths from the spread of replicates, of the same shape.

    sqrt((sum c^2 - (sum c)^2 / R) / (R - 1) / R) / n for counts c in R replicates of n paths. Where FEW paths are
    struck or left, or all replicates agree, that of as many independent paths.
    """
    replicates = paths // REPLICATE_PATHS
    spread = (squares - counts.astype(np.float64) ** 2 / replicates) / max(replicates - 1, 1)
    error = np.sqrt(np.maximum(spread, 0.0) / replicates) / REPLICATE_PATHS
    return np.where(_silent(counts, paths) | (error <= 0), binomial(counts, paths), error)


def interval(
    counts: NDArray[np.int64], squares: NDArray[np.int64], *, paths: int
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The 95% interval of count / paths: t times the standard error to either side. Shapes of `counts`.

    Where FEW paths are struck or left, that of Wilson for as many independent paths.
    """
    share, error = counts / paths, standard_error(counts, squares, paths=paths)
    half = student(paths // REPLICATE_PATHS - 1) * error
    low, high = wilson(counts, paths)
    silent = _silent(counts, paths)
    return (
        np.where(silent, low, np.maximum(share - half, 0.0)),
        np.where(silent, high, np.minimum(share + half, 1.0)),
    )


@dataclass(frozen=True, slots=True)
class Error:
    """A standard error, and how many of it a 95% interval reaches to either side."""

    error: float
    critical: float


def level_error(rows: Histogram, amount: float, *, paths: int) -> Error:
    """The error of the share of paths whose amount is below another, from the rows that replicates are kept in.

    Replicate i stands in row i modulo their number. Rows weigh by their paths: for shares p of weights w the variance
    is R / (R - 1) sum w^2 (p - mean)^2 over the R rows that hold any.
    """
    held = REPLICATE_PATHS * np.bincount(
        np.arange(paths // REPLICATE_PATHS) % len(rows.counts), minlength=len(rows.counts)
    )
    there = held > 0
    below = rows.share_below(max(amount, _ABOVE_ZERO)) * rows.totals
    shares, weights = below[there] / held[there], held[there] / paths
    count = len(shares)
    variance = count / max(count - 1, 1) * float((weights**2 * (shares - weights @ shares) ** 2).sum())
    return Error(math.sqrt(variance), student(count - 1))


def student(degrees: int) -> float:
    """The 97.5% point of Student's t: two-sided 95% intervals."""
    from scipy.special import stdtrit

    return float(stdtrit(max(degrees, 1), 0.975))


def _silent(counts: NDArray[np.int64], paths: int) -> NDArray[np.bool_]:
    silent: NDArray[np.bool_] = np.minimum(counts, paths - counts) < FEW
    return silent
