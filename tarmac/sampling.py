"""How paths are spread over chance: each on its own, in mirrored pairs, or evenly, on scrambled points of Sobol.

Paths that lean on each other do not tell their own error. So they come in replicates of REPLICATE_PATHS paths: spread
over chance within a replicate, and independent from one replicate to the next. What is estimated is a mean over
replicates, and its error is told from how they differ (module replicates).
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, Literal, TypeVar, get_args

import numpy as np
from numpy.typing import NDArray

from tarmac.errors import Problem
from tarmac.replicates import REPLICATE_PATHS
from tarmac.streams import BLOCK_PATHS, Streams

Sampler = Literal["plain", "antithetic", "sobol"]
SAMPLERS: Final[tuple[Sampler, ...]] = get_args(Sampler)

REPLICATES: Final = BLOCK_PATHS // REPLICATE_PATHS
"""Replicates in a block."""

LEAST_REPLICATES: Final = 8
"""So many replicates at least, or their differences tell too little of the error."""

MOST_PRECISE: Final = 1_024 * BLOCK_PATHS
"""Paths at which a run that is to be precise stops, precise or not."""

COORDINATES: Final = 128
"""The most coordinates of a point: later ones lie less evenly two by two, and each costs time."""

SPAN: Final = 12
"""Months of a shock whose leading components are taken together: a longer horizon leaves earlier months as they are."""

T = TypeVar("T", np.float32, np.float64)

_LEVELS: Final = int(math.log2(REPLICATE_PATHS))
_HALF_A_STEP: Final = 2.0**-25
"""Half the step between single-precision uniforms: no point lies on 0 or 1, and no score is beyond 6.3."""


@dataclass(frozen=True, slots=True)
class Sampling:
    """How many paths, and how they are spread over chance.

    `sampler`: "plain", independent paths; "antithetic", pairs of mirrored ones; "sobol", points of Sobol. The last two
    take whole replicates of 1,024 paths, eight or more, and round up to them. `precision`: go on until the 95% interval
    of the probability of insolvency by the horizon is no wider than this to either side, doubling the paths each time,
    from whole blocks of 16,384, up to MOST_PRECISE.
    """

    paths: int = 20_000
    sampler: Sampler = "plain"
    precision: float | None = None

    @property
    def whole(self) -> int:
        """The paths that are run first: as many as asked for, in whole replicates or, to be precise, whole blocks."""
        if self.precision is not None:
            return -(-self.paths // BLOCK_PATHS) * BLOCK_PATHS
        return self.paths if self.sampler == "plain" else -(-self.paths // REPLICATE_PATHS) * REPLICATE_PATHS

    def problems(self, *, resumed: bool = False) -> list[Problem]:
        """What is wrong with it: a sampler that is not known, too few paths for it, a precision that is no share.

        Nor can a run be `resumed` whose length is not known when it begins.
        """
        problems = [*self._sampler_problems(), *self._precision_problems()]
        if resumed and self.precision is not None:
            rule = "is not given where a run is to be resumed: how many paths it takes is not known when it begins"
            remedy = "leave the precision away and ask for paths, or do not resume"
            problems.append(_mistake("precision", f"{self.precision:g}", rule=rule, remedy=remedy))
        return problems

    def _sampler_problems(self) -> list[Problem]:
        least = LEAST_REPLICATES * REPLICATE_PATHS
        if self.sampler not in SAMPLERS:
            return [_mistake("sampler", str(self.sampler), rule="is one of these", remedy=", ".join(SAMPLERS))]
        if self.sampler == "plain" or self.precision is not None or not 0 < self.paths <= least - REPLICATE_PATHS:
            return []
        rule = f"is at least {least:,} with the sampler {self.sampler}: an error takes {LEAST_REPLICATES} replicates"
        return [_mistake("paths", f"{self.paths}", rule=rule, remedy="ask for more paths, or take the plain sampler")]

    def _precision_problems(self) -> list[Problem]:
        if self.precision is None:
            return []
        problems = []
        if not 0 < self.precision < 0.5:
            rule = "is half the width of a 95% interval of a probability: between 0 and 0.5"
            remedy = "0.002 is 0.2 percentage points to either side"
            problems.append(_mistake("precision", f"{self.precision:g}", rule=rule, remedy=remedy))
        if self.paths > MOST_PRECISE:
            rule = f"is at most {MOST_PRECISE:,} where a precision is given"
            remedy = "begin with less, or give no precision"
            problems.append(_mistake("paths", f"{self.paths}", rule=rule, remedy=remedy))
        return problems


@dataclass(frozen=True, slots=True)
class Mirrored(Streams):
    """The streams of a block in mirrored pairs: path i of the first half of a replicate, and i of the second.

    Scores are of opposite sign, uniform numbers add up to one (less the last bit). Events occur independently.
    """

    def scores(self, driver: str, paths: int = BLOCK_PATHS) -> NDArray[np.float64]:
        """Standard-normal scores of a number drawn once per path, of the first paths of the block. Shape (paths,)."""
        found = Streams.scores(self, driver)
        first, second = _halves(found)
        np.negative(first, out=second)
        return found[:paths]

    def uniforms(self, driver: str) -> NDArray[np.float64]:
        """Uniform draws on [0, 1), one per path. Shape (BLOCK_PATHS,)."""
        found = Streams.uniforms(self, driver)
        first, second = _halves(found)
        np.subtract(1.0 - 2.0**-53, first, out=second)
        return found

    def monthly_scores(self, driver: str, months: int, *, paths: int = BLOCK_PATHS) -> NDArray[np.float32]:
        """Standard-normal scores of a monthly shock, of the first paths of a block. Shape (months, paths), float32."""
        found = Streams.monthly_scores(self, driver, months)
        first, second = _halves(found)
        np.negative(first, out=second)
        return found[:, :paths]

    def monthly_uniforms(self, driver: str, months: int) -> NDArray[np.float32]:
        """Uniform draws on [0, 1), one per path and month. Shape (months, BLOCK_PATHS), single precision."""
        found = Streams.monthly_uniforms(self, driver, months)
        first, second = _halves(found)
        np.subtract(np.float32(1.0 - 2.0**-24), first, out=second)
        return found


@dataclass(frozen=True, slots=True)
class Even(Streams):
    """The streams of a block whose replicates are points of Sobol, each scrambled on its own.

    `strata`: by the name of a driver, or of a component of its monthly shock, where its coordinate of each point lies,
    shape (REPLICATES, REPLICATE_PATHS). `persistence`: that of each shock, by its driver. What has no coordinate is
    drawn independently.
    """

    strata: Mapping[str, NDArray[np.uint16]]
    persistence: Mapping[str, float]

    @classmethod
    def of(cls, streams: Streams, names: Sequence[str], *, persistence: Mapping[str, float]) -> "Even":
        """Those in which the names have the first coordinates, in their order, COORDINATES at most.

        A scramble is keyed by seed, block and name, what it scrambles by the place among the names: a driver keeps its
        numbers for as long as it keeps its place.
        """
        names = names[:COORDINATES]
        tosses = b"".join(streams.open(f"{name}/scramble").random_raw(BLOCK_PATHS // 64).tobytes() for name in names)
        scrambles = scrambled(np.frombuffer(tosses, np.uint8).reshape(len(names), REPLICATES, -1))
        pairs = zip(names, scrambles, sobol(), strict=False)
        strata = {name: scramble.take(place, axis=1) for name, scramble, place in pairs}
        return cls(streams.seed, streams.block, strata, persistence)

    def scores(self, driver: str, paths: int = BLOCK_PATHS) -> NDArray[np.float64]:
        """Standard-normal scores of a number drawn once per path, of the first paths of the block. Shape (paths,)."""
        return self._normal(driver)[:paths] if driver in self.strata else Streams.scores(self, driver, paths)

    def uniforms(self, driver: str) -> NDArray[np.float64]:
        """Uniform draws on [0, 1), one per path. Shape (BLOCK_PATHS,)."""
        return self._points(driver) if driver in self.strata else Streams.uniforms(self, driver)

    def monthly_scores(self, driver: str, months: int, *, paths: int = BLOCK_PATHS) -> NDArray[np.float32]:
        """Standard-normal scores of a monthly shock, of the first paths of the block. Shape (months, paths), float32.

        Drawn independently; then, within each span, what they have of its leading components is exchanged for scores
        of the points: z + sum of v (s - v'z) for orthonormal v, which leaves them independent and standard normal.
        """
        spans = -(-months // SPAN)
        scores = Streams.monthly_scores(self, driver, spans * SPAN)
        directions = leading(self.persistence.get(driver, 0.0))
        for span in range(spans):
            rows = scores[span * SPAN : (span + 1) * SPAN]
            for number, direction in enumerate(directions):
                name = component(driver, span, number=number)
                if name in self.strata:
                    self._exchange(rows, name, direction=direction)
        return scores[:months, :paths]

    def _exchange(self, rows: NDArray[np.float32], name: str, *, direction: NDArray[np.float32]) -> None:
        change = self._normal(name).astype(np.float32)
        for month, weight in enumerate(direction):
            change -= weight * rows[month]
        for month, weight in enumerate(direction):
            rows[month] += weight * change

    def _normal(self, name: str) -> NDArray[np.float64]:
        from scipy.special import ndtri

        points = self._points(name)
        normal: NDArray[np.float64] = ndtri(points, out=points)
        return normal

    def _points(self, name: str) -> NDArray[np.float64]:
        """One coordinate of all the points of a block: uniform, strictly between 0 and 1. Shape (BLOCK_PATHS,)."""
        points = np.random.Generator(self.open(name)).random(BLOCK_PATHS, np.float32).astype(np.float64)
        points += self.strata[name].ravel()
        points += _HALF_A_STEP
        points *= 1.0 / REPLICATE_PATHS
        return points


def component(driver: str, span: int, *, number: int) -> str:
    """The name of one leading component of a shock in one span of months, all counted from 0."""
    return f"{driver}/span {span}/component {number}"


def scrambled(tosses: NDArray[np.uint8]) -> NDArray[np.uint16]:
    """Where each of the strata of a coordinate goes, in each replicate. Shape (names, replicates, strata).

    Nested uniform scrambling (Owen 1995): whether two halves of an interval change places is tossed for at every
    interval. There are as many strata as points; within its stratum a point lies anywhere. `tosses`: random bits, one
    for each stratum, shape (names, replicates, strata / 8).
    """
    flips = np.unpackbits(tosses, axis=2)
    mask = np.zeros((*tosses.shape[:2], 1), np.uint16)
    for level in range(_LEVELS):
        width = 2**level
        halves = np.empty((*mask.shape, 2), np.uint16)
        halves[...] = (2 * mask + flips[:, :, width : 2 * width])[..., None]
        mask = halves.reshape(*mask.shape[:2], 2 * width)
    return mask ^ np.arange(REPLICATE_PATHS, dtype=np.uint16)


@lru_cache(maxsize=1)
def sobol() -> NDArray[np.intp]:
    """The strata of the points of Sobol (directions by Joe and Kuo 2008). Shape (COORDINATES, REPLICATE_PATHS)."""
    from scipy.stats import qmc

    points = qmc.Sobol(COORDINATES, scramble=False).random(REPLICATE_PATHS)
    return np.ascontiguousarray((points * REPLICATE_PATHS).astype(np.intp).T)


@lru_cache(maxsize=256)
def leading(persistence: float) -> NDArray[np.float32]:
    """Directions of a span's scores, those first in which what the shock adds up to varies most. Shape (SPAN, SPAN).

    A row is orthogonal to the others and of length 1. They are the principal components of the sum of an AR(1) shock
    from the first month of the span to each: cash is such a sum.
    """
    ages = np.subtract.outer(np.arange(SPAN), np.arange(SPAN))
    shock = np.where(ages >= 0, float(persistence) ** np.maximum(ages, 0), 0.0)
    directions = np.linalg.svd(np.cumsum(shock, axis=0))[2]
    signs = np.where(directions[:, :1] < 0, -1.0, 1.0)
    return (directions * signs).astype(np.float32)


def _halves(found: NDArray[T]) -> tuple[NDArray[T], NDArray[T]]:
    """The first and the second halves of all replicates, as views. The last axis is that of paths."""
    pairs = found.reshape(*found.shape[:-1], REPLICATES, 2, REPLICATE_PATHS // 2)
    return pairs[..., 0, :], pairs[..., 1, :]


def _mistake(where: str, value: str, *, rule: str, remedy: str) -> Problem:
    return Problem("command line", where, value, rule, remedy)
