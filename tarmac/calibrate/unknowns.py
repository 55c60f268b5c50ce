"""Everything random about a path up to some month, as independent standard-normal coordinates.

A point is a vector of normal scores; its prior is N(0, I). A score becomes an uncertain number through the number's
inverse CDF, after the correlations; a monthly shock after its correlations; a chance or a switch through the normal
CDF; the count of an event in a month through the normal CDF and the inverse CDF of Poisson(rate); the size of an
event's k-th occurrence by itself. So the prior is the engine's own, exactly, and moves that leave N(0, I) invariant
leave it so.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from tarmac.engine.draws import chances_of, rate_of, shocks_of, switches_of, value_of
from tarmac.plan import Copula, EventPlan, Plan
from tarmac.posterior import About, Part, Posterior

Points = NDArray[np.float32]
"""Shape (coordinates, particles). Single precision: seven digits of a score, at half the work."""

_RARE: Final = 1e-4
"""The probability of more occurrences than there are places for sizes, at a rate few paths exceed; then a size serves
twice."""

_FEW: Final = 3.0
"""Score of a rate that few paths exceed."""

_MOST_SIZES: Final = 60


@dataclass(frozen=True)
class Unknowns:
    """Which coordinates stand for what: kinds and drivers in order, each with its number of coordinates."""

    plan: Plan
    months: int
    sizes: Mapping[Part, int]

    @property
    def count(self) -> int:
        """Coordinates in all."""
        return sum(self.sizes.values())

    @property
    def numbers(self) -> tuple[str, ...]:
        """The drivers of the uncertain numbers, which come first."""
        return tuple(name for kind, name in self.sizes if kind == "number")

    def posterior(self, points: Points, about: About) -> Posterior:
        """The pasts that some points stand for."""
        return Posterior(about, self.parts(points))

    def parts(self, points: Points) -> dict[Part, NDArray[np.float64]]:
        """The draws that some points stand for, by kind and driver, each of shape (coordinates, particles)."""
        from scipy.special import ndtr

        parts = dict(self._split(points))
        _correlate(parts, "number", copula=self.plan.input_copula)
        _correlate(parts, "month", copula=self.plan.shock_copula)
        for part, values in parts.items():
            if part[0] in ("chance", "switch"):
                parts[part] = ndtr(values)
        inputs = {item.name: value_of(item, parts["number", item.stream][0]) for item in self.plan.inputs}
        for event in self.plan.events:
            uniforms = ndtr(parts["count", event.driver])
            parts["count", event.driver] = poisson_counts(uniforms, rate_of(event, inputs))
        return parts

    def _split(self, points: Points) -> Iterator[tuple[Part, NDArray[np.float64]]]:
        first = 0
        for part, size in self.sizes.items():
            yield part, points[first : first + size].astype(np.float64)
            first += size


def unknowns_of(plan: Plan, months: int) -> Unknowns:
    """The coordinates of a plan over its first months."""
    sizes: dict[Part, int] = {("number", item.stream): 1 for item in plan.inputs}
    sizes |= {("month", name): months for name in shocks_of(plan)}
    sizes |= {("chance", name): 1 for name in chances_of(plan)}
    sizes |= {("switch", name): months for name in switches_of(plan)}
    for event in plan.events:
        sizes |= {("count", event.driver): months, ("size", event.driver): _places(event, plan, months=months)}
    return Unknowns(plan, months, sizes)


def poisson_counts(uniforms: NDArray[np.float64], rate: NDArray[np.float64]) -> NDArray[np.float64]:
    """Poisson counts by inversion: the least k whose cumulative probability is not below the uniform number."""
    chance = np.exp(-rate)
    below, counts, k = chance, np.zeros(uniforms.shape), 0
    while (more := uniforms > below).any() and chance.any():
        counts += more
        k += 1
        chance = chance * rate / k
        below = below + chance
    return counts


def _places(event: EventPlan, plan: Plan, *, months: int) -> int:
    """Places for the sizes of an event's occurrences."""
    from scipy.special import pdtrik

    high = {item.name: value_of(item, np.array([_FEW])) for item in plan.inputs if item.name == event.rate.driver}
    expected = float(rate_of(event, high)[0]) * months
    return 1 if expected <= 0 else int(np.clip(np.ceil(pdtrik(1 - _RARE, expected)), 1, _MOST_SIZES))


def _correlate(parts: dict[Part, NDArray[np.float64]], kind: str, *, copula: Copula | None) -> None:
    """Let the scores of correlated drivers move together, as the engine does."""
    if copula is None:
        return
    joint = np.einsum("ij,jmp->imp", copula.factor, np.stack([parts[kind, name] for name in copula.drivers]))
    for name, scores in zip(copula.drivers, joint, strict=True):
        parts[kind, name] = scores
