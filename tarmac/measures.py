"""What a run leaves behind, read: when something strikes, an amount by month, the money needed, one number's spread."""

import math
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from tarmac import replicates
from tarmac.replicates import REPLICATE_PATHS
from tarmac.summary import Histogram, Summary
from tarmac.survival import Z95, level_interval, month_reached, standard_error, wilson

NEED_LEVELS: Final = (0.50, 0.80, 0.90, 0.95)
QUANTILES: Final = (5, 10, 25, 50, 75, 90, 95)


@dataclass(frozen=True)
class Clock:
    """When something strikes: insolvency, the first missed bill, lasting profit.

    `strikes`: paths struck in each month, the last element for "not within the horizon", shape (months + 1,).
    `squares`: where paths lean on each other within replicates, the sum over replicates of the squared count of paths
    struck by the end of each month, shape (months,); None for independent paths.
    """

    name: str
    strikes: NDArray[np.int64]
    squares: NDArray[np.int64] | None = None

    @classmethod
    def of(cls, summary: Summary, name: str) -> "Clock":
        """A clock of a run."""
        return cls(name, summary.strikes[name], summary.squares.get(name))

    @property
    def paths(self) -> int:
        """How many paths it was read on."""
        return int(self.strikes.sum())

    @property
    def counts(self) -> NDArray[np.int64]:
        """Paths struck by the end of each month. Shape (months,)."""
        return np.cumsum(self.strikes[:-1])

    @property
    def probability(self) -> NDArray[np.float64]:
        """Probability of having been struck by the end of each month. Shape (months,)."""
        return self.counts / self.paths

    @property
    def standard_error(self) -> NDArray[np.float64]:
        """Monte Carlo standard error of the probability: binomial, or from replicates. Shape (months,)."""
        if self.squares is None:
            return standard_error(self.counts, self.paths)
        return replicates.standard_error(self.counts, self.squares, paths=self.paths)

    @property
    def critical(self) -> float:
        """How many standard errors a 95% interval reaches to either side: by the normal, or by Student's t."""
        return Z95 if self.squares is None else replicates.student(self.paths // REPLICATE_PATHS - 1)

    def interval(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """95% Monte Carlo interval of the probability (Wilson, or from replicates). Two arrays of shape (months,)."""
        if self.squares is None:
            return wilson(self.counts, self.paths)
        return replicates.interval(self.counts, self.squares, paths=self.paths)

    def month(self, level: float) -> int | None:
        """The month, counted from 1, by whose end a share `level` of the paths is struck; None beyond the horizon."""
        return month_reached(self.probability, level)

    def month_interval(self, level: float) -> tuple[int | None, int | None]:
        """The months between which that month lies with 95% probability, Monte Carlo error alone."""
        if self.squares is not None:
            least, most = self.interval()
            return month_reached(most, level), month_reached(least, level)
        low, high = level_interval(level, self.paths)
        return self.month(low), self.month(high)

    def as_json(self) -> dict[str, Any]:
        """Plain values, months counted from 1 and null beyond the horizon."""
        return {
            "probability": self.probability.tolist(),
            "standard_error": self.standard_error.tolist(),
            **{f"p{percent}": self.month(percent / 100) for percent in (10, 50, 90)},
        }


@dataclass(frozen=True)
class Fan:
    """An amount by month over all paths: its mean and quantiles, in the forecast's currency, shape (months,).

    `unit`: what 1 is in the histogram.
    """

    histogram: Histogram
    unit: float = 1.0

    @property
    def mean(self) -> NDArray[np.float64]:
        """Mean by month; NaN where no path is left."""
        return self.histogram.mean() / self.unit

    def quantile(self, level: float) -> NDArray[np.float64]:
        """The amount below which a share `level` of the paths lies, by month; NaN where no path is left."""
        return self.histogram.quantile(level) / self.unit

    def share_below(self, amount: float) -> NDArray[np.float64]:
        """The share of the paths below an amount, by month."""
        return self.histogram.share_below(amount * self.unit)

    def as_json(self) -> dict[str, Any]:
        """Plain values, null where no path is left."""
        quantiles = {f"p{percent}": _plain(self.quantile(percent / 100)) for percent in QUANTILES}
        return {"mean": _plain(self.mean), **quantiles}


@dataclass(frozen=True, slots=True)
class Loss:
    """Paths that no amount saves, all for one reason.

    `when`: "early", before the month in which the money comes; "most", with the most that was tried; "reactions", saved
    by some amounts but not by the most that any path needs, because what is done about too little cash is not done with
    more. `why` they become insolvent, "" for reactions: "covenant", a lender called its loan; "vendor", a bill stayed
    unpaid longer than its vendor waits; "supply", wages, a lender or a tax were not paid after a vendor had cut supply;
    "obligation", the same at any other company; "cash", where no bill waits, cash did not cover what was due.
    """

    when: str
    why: str
    paths: int


@dataclass(frozen=True)
class Need:
    """The extra money at the opening that lets a share of the paths reach the horizon solvent.

    `histogram` has one row: the least amount of each path that some amount saves; `hopeless` paths are saved by none,
    for the reasons in `losses`. `runs`: how often the months were gone through to find it, 0: not known. `unit`: what
    1 is in the histogram. `rows`: the amounts in a row for each place of a replicate in its block, where paths lean on
    each other within replicates.
    """

    histogram: Histogram
    hopeless: int
    losses: tuple[Loss, ...] = ()
    runs: int = 0
    unit: float = 1.0
    rows: Histogram | None = None

    @property
    def paths(self) -> int:
        """How many paths it was found on."""
        return int(self.histogram.totals[0]) + self.hopeless

    def amount(self, level: float) -> float | None:
        """The least amount with which a share `level` of the paths survives; None where no amount does."""
        saved = int(self.histogram.totals[0])
        rank = level * self.paths / saved if saved else math.inf
        return None if rank > 1 else float(self.histogram.quantile(rank)[0]) / self.unit

    def interval(self, level: float) -> tuple[float | None, float | None]:
        """95% Monte Carlo interval of that amount."""
        low, high = self._levels(level)
        return self.amount(low), self.amount(high)

    def _levels(self, level: float) -> tuple[float, float]:
        """The levels between which the true quantile lies with 95% probability."""
        amount = self.amount(level)
        if self.rows is None or amount is None:
            return level_interval(level, self.paths)
        found = replicates.level_error(self.rows, amount * self.unit, paths=self.paths)
        half = found.critical * found.error
        return (max(level - half, 0.0), min(level + half, 1.0)) if half > 0 else level_interval(level, self.paths)

    def as_json(self) -> dict[str, Any]:
        """Amounts by level, and their intervals; null where no amount suffices."""
        levels = {f"p{round(100 * level)}": level for level in NEED_LEVELS}
        amounts: dict[str, Any] = {name: self.amount(level) for name, level in levels.items()}
        return amounts | {
            "interval": {name: list(self.interval(level)) for name, level in levels.items()},
            "paths": self.paths,
        }


@dataclass(frozen=True)
class Spread:
    """One number over some paths: its mean and quantiles; `unit`: what 1 is in the histogram, which has one row."""

    histogram: Histogram
    unit: float = 1.0

    @property
    def paths(self) -> int:
        """How many paths it is of."""
        return int(self.histogram.totals[0])

    @property
    def mean(self) -> float:
        """The mean; NaN where there is no path."""
        return float(self.histogram.mean()[0]) / self.unit

    def quantile(self, level: float) -> float:
        """The number below which a share `level` of the paths lies; NaN where there is no path."""
        return float(self.histogram.quantile(level)[0]) / self.unit

    def as_json(self) -> dict[str, Any]:
        """Plain values, null where there is no path."""
        levels = {f"p{percent}": self.quantile(percent / 100) for percent in QUANTILES}
        values = {"mean": self.mean, **levels}
        return {name: None if math.isnan(value) else value for name, value in values.items()} | {"paths": self.paths}


def _plain(values: NDArray[np.float64]) -> list[float | None]:
    return [None if math.isnan(value) else value for value in values.tolist()]
