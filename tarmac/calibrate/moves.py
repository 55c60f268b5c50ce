"""Moves of Markov chains that leave a tempered posterior invariant: N(0, I) times a power of the likelihood."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

import numpy as np
from numpy.typing import NDArray

from tarmac.calibrate.unknowns import Points
from tarmac.streams import normals

Row = NDArray[np.float64]

Likelihood = Callable[[Points], Row]
"""Log-likelihood of points, -inf where they are impossible. Shape (particles,)."""

_WANTED: Final = 0.25
"""Share of proposals to be accepted, about what is best for steps of this sort (Roberts & Rosenthal 2001)."""

_NARROWED: Final = 0.6
"""A direction is taken as narrowed by the facts where its variance is below this; sampling noise makes others as small
as (1 - sqrt(coordinates / particles)) squared."""

_SMALLEST: Final = 1e-6
"""Variance below which no direction is taken to be."""

_GENTLY: Final = 0.5
"""How fast a step follows the share of proposals accepted, on the log scale."""

_SPREAD: Final = 0.7
"""Standard deviation of the log of a step's size between points, so that each move tries small and large ones."""

_STEPS: Final = (0.002, 0.999)
_SHARES: Final = (0.001, 0.5)


@dataclass(frozen=True, slots=True)
class Reference:
    """A normal distribution fitted to a population: the prior, but for its mean and the directions facts have narrowed.

    Covariance I + V (diag(variances) - I) V'. `mean`: shape (coordinates,); `directions` V: (coordinates, narrowed).
    """

    mean: NDArray[np.float32]
    directions: NDArray[np.float32]
    variances: NDArray[np.float32]

    @classmethod
    def fitted(cls, points: Points) -> "Reference":
        """To a population: the directions in which it is clearly narrower than the prior (likelihood-informed)."""
        values, vectors = np.linalg.eigh(np.atleast_2d(np.cov(points, dtype=np.float32)).astype(np.float64))
        narrow = values < _NARROWED
        fitted = (points.mean(axis=1), vectors[:, narrow], np.maximum(values[narrow], _SMALLEST))
        return cls(*(part.astype(np.float32) for part in fitted))

    def deviations(self, normals: Points) -> Points:
        """Deviations from the mean with its covariance, from standard normals."""
        inside = self.directions.T @ normals
        result: Points = normals + self.directions @ ((np.sqrt(self.variances) - np.float32(1))[:, None] * inside)
        return result

    def excess(self, off: Points) -> Row:
        """Log density of the prior over its own, up to a constant, at deviations from the mean. Shape (particles,).

        -|z|^2 / 2 + (z - m)' C^-1 (z - m) / 2, of which all but the mean and the narrowed directions cancels.
        """
        weights = 1 / self.variances.astype(np.float64) - 1
        inside = (self.directions.T @ off).astype(np.float64)
        found: Row = 0.5 * (weights @ inside**2) - self.mean @ off
        return found


@dataclass
class Cloud:
    """Points on their way, with the log-likelihood of each; both change in place."""

    points: Points
    likelihood: Row

    def take(self, which: NDArray[np.int64]) -> "Cloud":
        """Some of the points, some of them perhaps twice."""
        return Cloud(self.points[:, which], self.likelihood[which])


@dataclass
class Chain:
    """Moves that adapt themselves: steps about a normal fitted to the population, and parts drawn anew from the prior.

    A step is m + sqrt(1 - b^2) (z - m) + b C^(1/2) xi, about a normal N(m, C). About the prior that is the
    preconditioned Crank-Nicolson step (Cotter, Roberts, Stuart & White 2013); about a normal fitted to the population
    (Rudolf & Sprungk 2018; in the directions that facts inform, Cui, Law & Marzouk 2016) prior over normal weighs in
    the acceptance. A refreshment draws a random share of the coordinates anew. Size and share follow the share
    accepted.
    """

    likelihood: Likelihood
    dice: np.random.Generator
    step: float = 0.7
    share: float = 0.2
    accepted: float = field(default=1.0)
    """Share of the last step's proposals."""

    def walk(self, cloud: Cloud, reference: Reference, *, power: float) -> None:
        """One step of every point."""
        off = cloud.points - reference.mean[:, None]
        sizes = np.clip(self.step * np.exp(_SPREAD * self.dice.standard_normal(off.shape[1])), *_STEPS)
        proposed = reference.deviations(normals(self.dice.bit_generator, off.shape))
        proposed *= sizes.astype(np.float32)
        proposed += np.sqrt(1.0 - sizes**2).astype(np.float32) * off
        gain = reference.excess(proposed) - reference.excess(off)
        proposed += reference.mean[:, None]
        self.accepted = self._decide(cloud, proposed, gain=gain, power=power)
        self.step = _adapted(self.step, self.accepted, within=_STEPS)

    def refresh(self, cloud: Cloud, *, power: float) -> None:
        """Draw a random part of every point anew: each coordinate with the same chance, and one at least."""
        coordinates, particles = shape = cloud.points.shape
        anew = self.dice.random(shape, np.float32) < self.share
        anew[self.dice.integers(0, coordinates, particles), np.arange(particles)] = True
        proposed = cloud.points.copy()
        proposed[anew] = self.dice.standard_normal(int(anew.sum()), np.float32)
        accepted = self._decide(cloud, proposed, gain=np.zeros(particles), power=power)
        self.share = _adapted(self.share, accepted, within=_SHARES)

    def _decide(self, cloud: Cloud, proposed: Points, *, gain: Row, power: float) -> float:
        """Metropolis and Hastings: take what is likely enough; the share taken."""
        found = self.likelihood(proposed)
        possible = np.isfinite(found)
        odds = gain + power * (np.where(possible, found, 0.0) - cloud.likelihood)
        taken = possible & (np.log(self.dice.random(len(found))) < odds)
        np.copyto(cloud.points, proposed, where=taken)
        cloud.likelihood[taken] = found[taken]
        return float(taken.mean())


def _adapted(size: float, accepted: float, *, within: tuple[float, float]) -> float:
    return float(np.clip(size * np.exp(_GENTLY * (accepted - _WANTED)), *within))
