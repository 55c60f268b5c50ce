"""Adaptive tempered sequential Monte Carlo: a population of points carried from the prior to the posterior.

The likelihood enters by powers from 0 to 1 (Del Moral, Doucet & Jasra 2006), each chosen so that the effective sample
size of the weights is a fixed share of the population (Jasra, Stephens, Doucet & Tsagaris 2011); then the population is
resampled (systematically) and moved by Markov chains until it has forgotten where it was resampled.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from tarmac.calibrate.moves import Chain, Cloud, Likelihood, Reference, Row
from tarmac.calibrate.unknowns import Points

_BISECTIONS: Final = 50
_WALKS: Final = 3
"""Steps for each refreshment."""

_HUNDRED: Final = 100
_LAST_PART: Final = 30
"""How many hundredths of the work the moves at the last power are, about."""

Tell = Callable[[int, int], None]
"""Told how many hundredths of the way are behind, of a hundred."""


@dataclass(frozen=True, slots=True)
class Effort:
    """How much work a population is.

    `particles` points, chosen from `pools` times as many draws from the prior, so that what is rare there is not lost.
    `kept`: share of the population that the weights of a power leave effective: the nearer to 1, the smaller the steps,
    and the less chance has in how many points go to hills that lie apart, which no chain crosses. At each power the
    chains move for `sweeps` at most (three steps, one refreshment), at the last for `last`, and for less where
    coordinates correlate with where they were by less than `forgotten`. More than `powers` are a failure.
    """

    particles: int = 8_192
    pools: int = 10
    kept: float = 0.9
    sweeps: int = 3
    last: int = 40
    forgotten: float = 0.3
    powers: int = 200


@dataclass(frozen=True)
class Population:
    """Where a population has come to.

    `ancestors`: of each point, the number of the draw from the prior it descends from. `powers` of the likelihood, the
    last 1 where the posterior has been reached. `lived`: share of the draws from the prior that were possible.
    `evidence`: log of the mean likelihood over the prior.
    """

    cloud: Cloud
    ancestors: NDArray[np.int64]
    powers: tuple[float, ...]
    accepted: float
    lived: float
    evidence: float

    @property
    def arrived(self) -> bool:
        """Whether the posterior has been reached."""
        return bool(self.powers) and self.powers[-1] == 1


@dataclass(frozen=True, slots=True)
class _Way:
    """Tells how far a population is on its way over some `powers`, the first of them 0."""

    effort: Effort
    powers: list[float]
    tell: Tell | None

    def moved(self, sweeps: int) -> None:
        """So many sweeps at the last of the powers are done. The logarithm of the power counts, then the sweeps."""
        if self.tell is None:
            return
        first, power = self.powers[1], self.powers[-1]
        if power == 1:
            self.tell(_HUNDRED - _LAST_PART + int(_LAST_PART * sweeps / self.effort.last), _HUNDRED)
        else:
            self.tell(int((_HUNDRED - _LAST_PART) * (1.0 - np.log(power) / np.log(first))), _HUNDRED)


def temper(
    target: Likelihood, coordinates: int, *, effort: Effort, dice: np.random.Generator, tell: Tell | None = None
) -> Population:
    """Carry a population from N(0, I) to N(0, I) times a likelihood.

    Where no point of the prior is possible, it is empty; where it takes too many powers, it ends before the posterior.
    """
    cloud, lived = _drawn(target, coordinates, effort=effort, dice=dice)
    ancestors, powers, evidence = np.arange(len(cloud.likelihood)), [0.0], float(np.log(lived)) if lived else -np.inf
    chain, way = Chain(target, dice), _Way(effort, powers, tell)
    while len(ancestors) and powers[-1] < 1 and len(powers) <= effort.powers:
        power = next_power(cloud.likelihood, powers[-1], kept=effort.kept * effort.particles)
        weights, gained = _weights((power - powers[-1]) * cloud.likelihood)
        evidence += gained
        chosen = systematic(weights, effort.particles, dice=dice)
        cloud, ancestors = cloud.take(chosen), ancestors[chosen]
        powers.append(power)
        _move(cloud, chain, way=way)
    return Population(cloud, ancestors, tuple(powers[1:]), chain.accepted, lived, evidence)


def next_power(likelihood: Row, power: float, *, kept: float) -> float:
    """The power at which the weights of a population leave so many of its points effective; 1 where that is in reach.

    The effective number of weights w is (sum w)^2 / (sum w^2).
    """
    if _effective(likelihood * (1.0 - power)) >= kept:
        return 1.0
    low, high = 0.0, 1.0 - power
    for _ in range(_BISECTIONS):
        middle = (low + high) / 2
        low, high = (middle, high) if _effective(likelihood * middle) >= kept else (low, middle)
    return power + high


def systematic(weights: Row, count: int, *, dice: np.random.Generator) -> NDArray[np.int64]:
    """Systematic resampling: `count` numbers of points, each as often as its weight says, up to rounding. In order."""
    places = (np.arange(count) + dice.random()) / count
    return np.minimum(np.searchsorted(np.cumsum(weights), places), len(weights) - 1)


def _drawn(target: Likelihood, coordinates: int, *, effort: Effort, dice: np.random.Generator) -> tuple[Cloud, float]:
    """The draws from the prior that are possible; their share of all draws."""
    points: list[Points] = []
    values: list[Row] = []
    for _ in range(effort.pools):
        fresh = dice.standard_normal((coordinates, effort.particles), np.float32)
        likelihood = target(fresh)
        possible = np.isfinite(likelihood)
        points.append(fresh[:, possible])
        values.append(likelihood[possible])
    cloud = Cloud(np.hstack(points), np.concatenate(values))
    return cloud, len(cloud.likelihood) / (effort.pools * effort.particles)


def _move(cloud: Cloud, chain: Chain, *, way: _Way) -> None:
    """Move a population by sweeps, until it has forgotten where it was, or as long as is worth the while."""
    begun, power, effort = cloud.points.copy(), way.powers[-1], way.effort
    for sweep in range(effort.last if power == 1 else effort.sweeps):
        reference = Reference.fitted(cloud.points)
        for _ in range(_WALKS):
            chain.walk(cloud, reference, power=power)
        chain.refresh(cloud, power=power)
        way.moved(sweep + 1)
        if remembered(begun, cloud.points, power=power) < effort.forgotten:
            break


def remembered(before: Points, after: Points, *, power: float) -> float:
    """How far coordinates correlate with where they were: the mean over coordinates; at the end, the worst of them."""
    means = [points.mean(axis=1, dtype=np.float64) for points in (before, after)]
    own, theirs, common = (
        np.einsum("ij,ij->i", *pair) / before.shape[1] for pair in ((before, before), (after, after), (before, after))
    )
    scale = np.sqrt((own - means[0] ** 2) * (theirs - means[1] ** 2))
    found = (common - means[0] * means[1]) / np.maximum(scale, np.finfo(float).tiny)
    return float(found.max() if power == 1 else found.mean())


def _effective(exponents: Row) -> float:
    weights, _ = _weights(exponents)
    return float(1.0 / (weights**2).sum())


def _weights(exponents: Row) -> tuple[Row, float]:
    """Weights that sum to 1 from their logarithms, and the logarithm of their mean."""
    top = float(exponents.max())
    weights = np.exp(exponents - top)
    return weights / weights.sum(), top + float(np.log(weights.mean()))
