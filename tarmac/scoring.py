"""Scores of forecasts of a time to an event, against outcomes of which some are censored.

Throughout, `times` (months) and `events` have shape (cases,): a case is struck at its time where `events` is true, and
is otherwise censored there: known not to have been struck by then, and not known any further. A forecast is a sample of
times, infinite where the event lies beyond the forecast's horizon.
"""

from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from tarmac.survival import wilson

if TYPE_CHECKING:
    from scipy.stats import CensoredData

Row = NDArray[np.float64]
Flags = NDArray[np.bool_]

RESAMPLES: Final = 2_000
"""Resamples of a bootstrap interval."""


def kaplan_meier(times: Row, events: Flags, *, at: Row) -> Row:
    """The share not yet struck after each time of `at` (Kaplan and Meier 1958). Shape of `at`.

    A case struck and a case censored at the same time: the censored one was still at risk.
    """
    from scipy.stats import ecdf

    survival: Row = ecdf(_censored(times, events)).sf.evaluate(at)
    return survival


def _censored(times: Row, events: Flags) -> "CensoredData":
    from scipy.stats import CensoredData

    return CensoredData.right_censored(times, ~events)


def still_watched(times: Row, events: Flags, *, at: Row, before: bool = False) -> Row:
    """The share not yet censored after each time of `at`, or just before it: Kaplan-Meier of the censoring time.

    Roles are swapped, and so is the rule for ties: cases struck at a time leave before those censored at it, which is
    the same as putting the censored a moment later. Shape of `at`.
    """
    known, places = np.unique(times, return_inverse=True)
    steps: Row = 2.0 * places.astype(float) + ~events
    asked: Row = 2.0 * np.searchsorted(known, at, side="left" if before else "right").astype(float) - 1.0
    return kaplan_meier(steps, ~events, at=asked)


def ipcw_brier(probability: Row, times: Row, *, events: Flags, horizon: float) -> Row:
    """What each case adds to the Brier score of "struck by the horizon", whose mean over cases is the score.

    (1 - p)^2 / G(T-) where it was struck by the horizon, p^2 / G(h) where it is known to have passed it, nothing where
    it was censored before; G: share still watched. Graf, Schmoor, Sauerbrei and Schumacher (1999). Shape (cases,).
    """
    struck, passed = events & (times <= horizon), times > horizon
    weights = np.zeros(len(times))
    weights[struck] = 1.0 / still_watched(times, events, at=times[struck], before=True)
    weights[passed] = 1.0 / still_watched(times, events, at=np.full(int(passed.sum()), horizon))
    return weights * (probability - struck) ** 2


def crps(sample: Row, outcome: float, *, fair: bool = True) -> float:
    """Continuous ranked probability score of a sample, in its own unit: 0 is best.

    Mean |x - y| less half the mean |x - x'|; of a sample of m draws the fair score divides by m (m - 1) and not m^2, so
    that a small sample is not punished for its size (Ferro 2014). A single draw is a forecast that is sure: |x - y|.
    """
    draws = len(sample)
    ordered = np.sort(sample)
    spread = 2.0 * float(np.sum((2 * np.arange(1, draws + 1) - draws - 1) * ordered)) if draws > 1 else 0.0
    pairs = draws * (draws - 1) if fair and draws > 1 else draws**2
    return float(np.abs(sample - outcome).mean()) - spread / (2 * pairs)


def crps_censored(sample: Row, alive: float, *, fair: bool = True) -> float:
    """The same of a case known not to be struck by `alive`: only what the forecast put before it counts.

    Threshold-weighted (Gneiting and Ranjan 2011) with weight 1 before `alive`: draws and outcome end there.
    """
    return crps(np.minimum(sample, alive), alive, fair=fair)


def crps_within(sample: Row, time: float, *, event: bool, horizon: float) -> float:
    """The score of a case, months beyond the horizon of the forecast left out of it. Unit: months."""
    if not event or time > horizon:
        return crps_censored(sample, min(time, horizon))
    return crps(np.minimum(sample, horizon), time)


def quantile(sample: Row, level: float) -> float:
    """The least time by which a share `level` of a sample is struck; infinite where that is beyond the horizon.

    >>> quantile(np.array([1.0, 2.0, 3.0, np.inf]), 0.5)
    2.0
    """
    return float(np.quantile(sample, level, method="inverted_cdf"))


def share_by(sample: Row, time: float) -> float:
    """The share of a sample that lies at or before a time: F(t), and of an outcome its PIT."""
    return float(np.mean(sample <= time))


def coverage(low: Row, high: Row, *, times: Row, events: Flags) -> tuple[Flags, Flags]:
    """Whether each case lies inside its interval: for certain, and possibly. Two arrays of shape (cases,).

    A case censored before its interval ends may lie inside or beyond: it counts in the second alone. The means of the
    two bound the coverage.
    """
    inside = events & (times >= low) & (times <= high)
    undecided = ~events & (times <= high)
    return inside, inside | undecided


def d_calibration(pit: Row, events: Flags, *, bins: int = 10) -> tuple[Row, float, float]:
    """Whether PIT values are uniform though some are censored: share by bin, chi-square, and its p-value.

    A case struck counts in the bin of its PIT; one censored at u is spread evenly over what lies above u. Degrees of
    freedom: bins - 1. Haider, Hoehn, Davis and Greiner (2020).
    """
    from scipy.stats import chi2

    places = np.minimum((pit * bins).astype(int), bins - 1)
    counts = np.bincount(places[events], minlength=bins).astype(float)
    edges = np.arange(1, bins + 1) / bins
    for u in pit[~events]:
        if u >= 1.0:
            counts[-1] += 1.0
        else:
            counts += np.clip(edges - u, 0.0, 1.0 / bins) / (1.0 - u)
    expected = len(pit) / bins
    statistic = float(np.sum((counts - expected) ** 2) / expected)
    return counts / len(pit), statistic, float(chi2.sf(statistic, bins - 1))


def reliability(probability: Row, occurred: Flags, *, edges: Row, by: Row | None = None) -> dict[str, NDArray[Any]]:
    """Forecast probabilities in bins beside how often it came true, with 95% intervals (Wilson); empty bins left out.

    `edges`: bounds of the bins, ascending; `by`: what they bound, the probability itself unless said. Keys, shapes
    (bins filled,): `bin` (its number from 0), `cases`, `forecast` (mean), `observed`, `low`, `high`.
    """
    sorted_by = probability if by is None else by
    places = np.clip(np.searchsorted(edges, sorted_by, side="right") - 1, 0, len(edges) - 2)
    filled = np.unique(places)
    cases = np.array([int(np.sum(places == place)) for place in filled])
    struck = np.array([int(np.sum(occurred[places == place])) for place in filled])
    intervals = [wilson(np.array([hits]), int(total)) for hits, total in zip(struck, cases, strict=True)]
    return {
        "bin": filled,
        "cases": cases,
        "forecast": np.array([float(probability[places == place].mean()) for place in filled]),
        "observed": struck / np.maximum(cases, 1),
        "low": np.array([float(low[0]) for low, _ in intervals]),
        "high": np.array([float(high[0]) for _, high in intervals]),
    }


def skill(score: Row, baseline: Row) -> float | None:
    """1 - score / baseline of mean scores by case, 1 for perfect, 0 for no better; None where the baseline is perfect.

    >>> skill(np.array([1.0, 1.0]), np.array([3.0, 1.0]))
    0.5
    """
    reference = float(np.sum(baseline))
    return 1.0 - float(np.sum(score)) / reference if reference > 0 else None


def ratio_interval(
    top: Row, bottom: Row, *, clusters: NDArray[np.int64], generator: np.random.Generator
) -> tuple[float, float] | None:
    """95% bootstrap interval of sum(top) / sum(bottom), whole clusters drawn with replacement (percentile method).

    `clusters`: the number of each case's company, from 0: snapshots of one company stay together, because they are no
    independent evidence. None where there are fewer than two clusters, or the ratio is often undefined.
    """
    size = int(clusters.max()) + 1 if len(clusters) else 0
    if size < 2:
        return None
    sums = np.array([np.bincount(clusters, weights=values, minlength=size) for values in (top, bottom)])
    drawn = generator.multinomial(size, np.full(size, 1.0 / size), size=RESAMPLES)
    above, below = sums @ drawn.T
    defined = below > 0
    if defined.mean() < 0.95:
        return None
    low, high = np.quantile(above[defined] / below[defined], [0.025, 0.975])
    return float(low), float(high)


def skill_interval(
    score: Row, baseline: Row, *, clusters: NDArray[np.int64], generator: np.random.Generator
) -> tuple[float, float] | None:
    """95% bootstrap interval of the skill, over companies; None where there are too few to tell."""
    found = ratio_interval(score, baseline, clusters=clusters, generator=generator)
    return None if found is None else (1.0 - found[1], 1.0 - found[0])
