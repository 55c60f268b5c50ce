"""How many companies fail together: quantiles of a count, what independence would give, and what explains it."""

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

Counts = NDArray[np.int64]
Shares = NDArray[np.float64]

TAIL: Final = 0.9
"""The tail: the paths on which at least as many companies fail as this share of the paths do not exceed."""


def poisson_binomial(probabilities: Shares) -> Shares:
    """How likely each number of independent events is, given the probability of each. Shape (events + 1,).

    >>> poisson_binomial(np.array([0.5, 0.5])).tolist()
    [0.25, 0.5, 0.25]
    """
    found = np.ones(1)
    for probability in probabilities:
        found = np.append(found * (1 - probability), 0.0) + np.append(0.0, found * probability)
    return found


def count_at(paths: Counts, level: float) -> int:
    """The least count that a share `level` of the paths does not exceed; `paths`: how many have each count.

    >>> count_at(np.array([50, 40, 10]), 0.9), count_at(np.array([50, 40, 10]), 0.95)
    (1, 2)
    """
    return int(np.searchsorted(np.cumsum(paths), level * paths.sum() - 1e-9))


def mean_count(paths: Counts) -> float:
    """The mean of a count; `paths`: how many have each."""
    return float(paths @ np.arange(len(paths)) / paths.sum())


def variance_of_count(paths: Counts) -> float:
    """The variance of a count; `paths`: how many have each."""
    return float(paths @ (np.arange(len(paths)) - mean_count(paths)) ** 2 / paths.sum())


def correlations(together: Counts, paths: int) -> Shares:
    """The correlation of the failures of every two companies (phi); NaN where one always or never fails.

    `together`: paths on which both have failed, shape (companies, companies), each company's own on the diagonal.
    """
    share = np.diag(together) / paths
    spread = np.sqrt(share * (1 - share))
    with np.errstate(divide="ignore", invalid="ignore"):
        found: Shares = (together / paths - np.outer(share, share)) / np.outer(spread, spread)
    found[~np.isfinite(found)] = np.nan
    return found


@dataclass(frozen=True)
class Concentration:
    """What one common driver has to do with how many companies fail by the horizon.

    `explains`: the share of the variance of that number between groups of paths alike in the driver's course (the
    correlation ratio, less what chance alone would explain); `standard_error` of it. `worst`, `best`: the mean number
    in the highest and the lowest third of the paths, or where an event happens and where it does not; the larger mean
    first, the other None where no path is there. `high_is_worse`: that is the highest third, or where it happens.
    `tail`: the share of the paths on which `tail_from` companies or more fail that lie in the worse group, which has
    `worst_paths` of `paths`.
    """

    name: str
    companies: int
    happens: bool
    explains: float
    standard_error: float
    worst: float
    best: float | None
    high_is_worse: bool
    tail: float
    tail_from: int
    worst_paths: int
    paths: int

    def as_json(self) -> dict[str, Any]:
        """Plain values."""
        return {
            "driver": self.name,
            "companies": self.companies,
            "groups": "whether it happens" if self.happens else "thirds of the paths by its course",
            "explains": self.explains,
            "standard_error": self.standard_error,
            "mean_failures_worst": self.worst,
            "mean_failures_best": self.best,
            "worst": ("happens" if self.high_is_worse else "does not happen")
            if self.happens
            else ("highest third" if self.high_is_worse else "lowest third"),
            "share_of_paths_worst": self.worst_paths / self.paths,
            "tail_from": self.tail_from,
            "share_of_tail_worst": self.tail,
        }


def concentration(name: str, table: Counts, *, companies: int, happens: bool) -> Concentration:
    """What a driver explains; `table`: paths by its group and the number failed, shape (groups, companies + 1)."""
    groups = table[table.sum(axis=1) > 0]
    size, whole = groups.sum(axis=1), table.sum(axis=0)
    paths, number = int(size.sum()), np.arange(table.shape[1])
    variance = variance_of_count(whole)
    means = groups @ number / size
    between = float(size @ (means - mean_count(whole)) ** 2) / paths
    ratio = min(between / variance, 1.0) if variance > 0 else 0.0
    chance = (len(groups) - 1) / max(paths - len(groups), 1) * (1 - ratio)
    explains = max(ratio - chance, 0.0)
    parts = (table[:1], table[1:]) if happens else (table[: len(table) // 3], table[-(len(table) // 3) :])
    low, high = (part.sum(axis=0) for part in parts)
    high_is_worse = not low.sum() or (bool(high.sum()) and mean_count(high) >= mean_count(low))
    worst, best = (high, low) if high_is_worse else (low, high)
    least = count_at(whole, TAIL)
    tail = int(whole[least:].sum())
    return Concentration(
        name=name,
        companies=companies,
        happens=happens,
        explains=explains,
        standard_error=float(np.sqrt(4 * ratio) * (1 - ratio) / np.sqrt(paths)),
        worst=mean_count(worst),
        best=mean_count(best) if best.sum() else None,
        high_is_worse=high_is_worse,
        tail=float(worst[least:].sum() / tail),
        tail_from=least,
        worst_paths=int(worst.sum()),
        paths=paths,
    )
