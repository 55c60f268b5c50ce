"""Randomness without global state: one seed, one stream for every (driver, block of paths).

A stream depends on nothing but the seed, the driver's name and the block's number, never on the order in which
streams are opened. So adding a driver leaves every other driver's draws as they were, the first 10,000 paths of a
run are the same whether 10,000 or 20,000 are asked for, and the number of workers does not matter.
"""

import hashlib
import math
import secrets
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import DTypeLike, NDArray

from tarmac.memory import room

BLOCK_PATHS: Final = 16_384
"""Paths in a block: the unit of work, of randomness and of merging. Sized to stay in a core's cache."""

MARKET: Final = "market"
"""The driver of the market's mood, which lines and rounds may load on."""

MAX_SEED: Final = 2**63 - 1

_TWO_PI_OVER_2_32: Final = np.float32(2 * math.pi * 2.0**-32)
_ONE_OVER_2_32: Final = np.float32(2.0**-32)


def fresh_seed() -> int:
    """A seed from the operating system's entropy, short enough to be typed again."""
    return secrets.randbelow(2**32)


class _Digest(np.random.bit_generator.ISeedSequence):
    """The starting state of a bit generator: the SHA-256 digest of a key."""

    def __init__(self, key: str) -> None:
        self._digest = hashlib.sha256(key.encode()).digest()

    def generate_state(self, n_words: int, dtype: DTypeLike = np.uint32) -> NDArray[Any]:
        """The first words of the digest; SFC64 asks for three of 64 bits."""
        words = np.frombuffer(self._digest, dtype=dtype)
        if n_words > len(words):
            raise ValueError(f"a digest holds {len(words)} words, not {n_words}")
        return words[:n_words].copy()


@dataclass(frozen=True, slots=True)
class Streams:
    """The random streams of one block of paths under one seed.

    `seed` is any whole number from 0 to 2**63 - 1 (0 is a seed like any other); `block` counts from 0.
    """

    seed: int
    block: int

    def open(self, driver: str) -> np.random.SFC64:
        """The bit generator of one driver in this block.

        Its starting state is SHA-256 of seed, block and driver, so that two streams start from independent points of
        a period of at least 2**64 (and start alike with probability 2**-192).
        """
        return np.random.SFC64(_Digest(f"{self.seed}/{self.block}/{driver}"))  # type: ignore[arg-type]  # any ISeedSequence will do

    def scores(self, driver: str, paths: int = BLOCK_PATHS) -> NDArray[np.float64]:
        """Standard-normal scores of a number drawn once per path, of the first paths of the block. Shape (paths,)."""
        return np.random.Generator(self.open(driver)).standard_normal(paths)

    def uniforms(self, driver: str) -> NDArray[np.float64]:
        """Uniform draws on [0, 1), one per path. Shape (BLOCK_PATHS,)."""
        return np.random.Generator(self.open(driver)).random(BLOCK_PATHS)

    def monthly_uniforms(self, driver: str, months: int) -> NDArray[np.float32]:
        """Uniform draws on [0, 1), one per path and month. Shape (months, BLOCK_PATHS), single precision."""
        return np.random.Generator(self.open(driver)).random((months, BLOCK_PATHS), np.float32)

    def monthly_scores(self, driver: str, months: int, *, paths: int = BLOCK_PATHS) -> NDArray[np.float32]:
        """Standard-normal scores of a monthly shock, of the first paths of the block. Shape (months, paths), float32.

        Drawn a row at a time: a longer horizon keeps the months it shares with a shorter one.
        """
        return normals(self.open(driver), (months, BLOCK_PATHS), head=paths)

    def occurrences(
        self, driver: str, rate: NDArray[np.float64], *, months: int, highest: float | None = None
    ) -> "Occurrences":
        """A Poisson process per path: the months and paths in which a rare event happens, as a sparse list.

        `rate` is a month, shape (BLOCK_PATHS,) or (1,). One Poisson count is drawn for the block and month at the
        highest rate, its cells uniformly, and a cell is kept with probability rate / highest rate (thinning). Counts,
        cells and sizes have streams of their own, so that a longer horizon keeps the months it shares with a shorter.
        With `highest` given, a lower rate keeps some of the same occurrences, and a higher one counts as that.
        """
        counting, placing, sizing, thinning = (
            np.random.Generator(self.open(f"{driver}/{what}")) for what in ("counts", "paths", "sizes", "thinning")
        )
        top = float(rate.max()) if highest is None else highest
        counts = counting.poisson(top * BLOCK_PATHS, months)
        if len(rate) == 1 and highest is None:
            placed = placing.integers(0, BLOCK_PATHS, counts.sum())
            return Occurrences(np.repeat(np.arange(months), counts), placed, sizing.standard_normal(len(placed)))
        rates, found = np.broadcast_to(rate, BLOCK_PATHS), []
        for count in counts.tolist():  # a month at a time: it stays in the cache, and most of it is dropped
            paths, scores = placing.integers(0, BLOCK_PATHS, count), sizing.standard_normal(count)
            kept = np.flatnonzero(thinning.random(count) * top < rates.take(paths))
            found.append((paths.take(kept), scores.take(kept)))
        paths, scores = (np.concatenate(some) for some in zip(*found, strict=True))
        return Occurrences(np.repeat(np.arange(months), [len(some) for some, _ in found]), paths, scores)


@dataclass(frozen=True, slots=True)
class Occurrences:
    """When and on which paths an event happens, in order of months.

    `months`, `paths` and `scores` (a standard-normal score for the size of each occurrence) have one element each
    per occurrence.
    """

    months: NDArray[np.int64]
    paths: NDArray[np.int64]
    scores: NDArray[np.float64]

    def head(self, paths: int) -> "Occurrences":
        """Those on the first `paths` paths of the block."""
        return self if paths >= BLOCK_PATHS else self.where(self.paths < paths)

    def only(self, paths: NDArray[np.int64], *, width: int) -> "Occurrences":
        """Those on some of `width` paths, which are counted anew from 0 in their order."""
        places = np.full(width, -1)
        places[paths] = np.arange(len(paths))
        moved = Occurrences(self.months, places[self.paths], self.scores)
        return moved.where(moved.paths >= 0)

    def repeated(self, times: int, *, paths: int) -> "Occurrences":
        """Those of `paths` paths several times over, on as many paths the first time, the second time and so on."""
        shifted = self.paths[:, None] + paths * np.arange(times)
        return Occurrences(np.repeat(self.months, times), shifted.ravel(), np.repeat(self.scores, times))

    def where(self, keep: NDArray[np.bool_]) -> "Occurrences":
        """Some of them."""
        return Occurrences(self.months[keep], self.paths[keep], self.scores[keep])


def normals(bits: np.random.BitGenerator, shape: tuple[int, int], *, head: int | None = None) -> NDArray[np.float32]:
    """Standard normals of the given shape in single precision, a row after the other, at a third of the usual cost.

    Box-Muller on 32-bit uniforms. The largest is 6.8; a normal exceeds that once in 10**11 draws. `head`: of each row
    only so many are made, the same as if all were.
    """
    rows, width = shape
    half, made = -(-width // 2), width if head is None else min(head, width)
    drawn: NDArray[np.float32] = room(rows, made, dtype=np.float32)
    radius, angle = room(2, min(half, made), dtype=np.float32)
    for out in drawn:
        _box_muller(bits.random_raw(half).view(np.uint32), out, scratch=(radius, angle))
    return drawn


def _box_muller(
    row: NDArray[np.uint32], out: NDArray[np.float32], *, scratch: tuple[NDArray[np.float32], NDArray[np.float32]]
) -> None:
    """Fill `out` with the first of len(row) normals from as many 32-bit uniforms."""
    radius, angle = scratch
    half, first, rest = len(row) // 2, len(radius), max(len(out) - len(row) // 2, 0)
    radius[...] = row[:first]
    radius += np.float32(0.5)
    radius *= _ONE_OVER_2_32
    np.log(radius, out=radius)
    radius *= np.float32(-2.0)
    np.sqrt(radius, out=radius)
    angle[...] = row[half : half + first].view(np.int32)  # from -pi to pi
    angle *= _TWO_PI_OVER_2_32
    np.cos(angle, out=out[:first])
    np.sin(angle[:rest], out=out[first:])
    out[:first] *= radius
    out[first:] *= radius[:rest]
