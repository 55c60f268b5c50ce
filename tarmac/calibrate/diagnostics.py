"""Whether populations have come to rest, and how many independent draws they are worth."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray


def split_r_hat(chains: NDArray[np.float64]) -> float:
    """Rank-normalised split R-hat of one quantity (Vehtari, Gelman, Simpson, Carpenter & Buerkner 2021).

    `chains`: independent sequences, shape (chains, draws). Each is split in two; draws are replaced by normal scores of
    their ranks, (r - 3/8) / (S + 1/4); R-hat is the root of the variance over all over that within. The larger of that
    and of the same for the distance from the median (folded), which sees differences in spread. A population is ordered
    by descent, so that its halves share few ancestors.
    """
    half = chains.shape[1] // 2
    split = np.concatenate([chains[:, :half], chains[:, half : 2 * half]])
    return max(_r_hat(split), _r_hat(np.abs(split - np.median(split))))


def effective_size(values: Sequence[NDArray[np.float64]], ancestors: Sequence[NDArray[np.int64]]) -> float:
    """How many independent draws the mean of one quantity over some populations is as good as.

    `values` and `ancestors`: of each population, shape (particles,). Points of one ancestor may be alike: the variance
    of a population's mean is the sum over ancestors of the squared sum of deviations, over particles squared (Lee &
    Whiteley 2018). It counts what resampling has made alike and moves have not yet made different.
    """
    everything = np.concatenate(list(values))
    variance = sum(_variance_of_mean(*pair) for pair in zip(values, ancestors, strict=True)) / len(values) ** 2
    return float(everything.var() / variance) if variance > 0 else float(len(everything))


def _variance_of_mean(values: NDArray[np.float64], ancestors: NDArray[np.int64]) -> float:
    families = np.bincount(ancestors, values - values.mean())
    return float((families**2).sum() / len(values) ** 2)


def _r_hat(chains: NDArray[np.float64]) -> float:
    from scipy.special import ndtri
    from scipy.stats import rankdata

    ranks = rankdata(chains).reshape(chains.shape)
    scores = ndtri((ranks - 0.375) / (chains.size + 0.25))
    within = scores.var(axis=1, ddof=1).mean()
    between = scores.mean(axis=1).var(ddof=1)
    draws = chains.shape[1]
    return float(np.sqrt((draws - 1) / draws + between / within)) if within > 0 else 1.0
