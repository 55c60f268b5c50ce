"""How a line moves month by month: a level that is set, grows and is hit, times its shocks, plus its noise."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from tarmac.engine.selection import Selection, Some
from tarmac.memory import room, zeros
from tarmac.plan import Level
from tarmac.uncertain import Uncertain

Row = NDArray[np.float64]
"""An amount per path, shape (paths,) or (1,) where it is the same on every path."""

Hits = tuple[Some | None, ...]
"""Multiplications of a level by events: for each month the paths hit (one may be hit twice) and the factors."""


@dataclass(frozen=True, slots=True)
class Noise:
    """Month-to-month noise of a line.

    `scores`: independent normal scores, shape (months, paths). `volatility`: standard deviation of the log shock, shape
    (paths,) or (1,), None for none. `money`: what is added, as a distribution of the score, and `price` by which it is
    converted, shape (months, paths or 1).
    """

    scores: NDArray[np.float32]
    persistence: float
    volatility: NDArray[np.float32] | None
    money: Uncertain | None
    price: NDArray[np.float64] | None

    def factors(self) -> NDArray[np.float32]:
        """What multiplies the amount in every month, shape (months, paths)."""
        process, shaking = Persistent(self.scores, self.persistence), Shaking(self)
        rows = np.empty_like(self.scores)
        for month, row in enumerate(rows):
            row[...] = shaking.factors(month, process.row(month))
        return rows

    def keep(self, chosen: Selection) -> "Noise":
        """The same for some of the paths."""
        return replace(
            self,
            scores=chosen.months(self.scores),
            volatility=None if self.volatility is None else chosen.row(self.volatility),
            price=None if self.price is None else chosen.months(self.price),
        )


@dataclass(frozen=True, slots=True)
class Track:
    """What moves one line in one block, all of it known before the month loop.

    `starts`: the level where it is set, by month index. `gains`: 1 + growth - churn of each month; `prices`:
    1 + price growth. `factors`: market, exchange rate, times and the like, and shocks that are laid out, each of shape
    (months, paths or 1).
    """

    level: Level
    months: int
    paths: int
    starts: dict[int, Row]
    gains: tuple[Row, ...]
    prices: tuple[Row, ...]
    factors: tuple[NDArray[np.floating], ...]
    noise: Noise | None
    hits: Hits | None

    @property
    def width(self) -> int:
        """How many values a row needs: one where every path is alike."""
        rows = (*self.starts.values(), *self.gains, *self.prices)
        wide = self.hits is not None or self.noise is not None or any(len(row) > 1 for row in rows)
        return self.paths if wide or any(factor.shape[1] > 1 for factor in self.factors) else 1

    def lay_out(self) -> "Track":
        """The same with its shocks made factors, for a block that is run many times; noise in money stays as it is."""
        if self.noise is None or self.noise.money is not None:
            return self
        factors = self.noise.factors().astype(np.float64)  # as the amounts are: a product of the two kinds takes longer
        return replace(self, factors=(*self.factors, factors), noise=None)

    def keep(self, chosen: Selection) -> "Track":
        """The same for some of the paths; rows that were one array in several months stay so."""
        apart = {id(row): row for row in (*self.gains, *self.prices)}
        kept = {name: chosen.row(row) for name, row in apart.items()}
        return replace(
            self,
            paths=len(chosen),
            starts={month: chosen.row(row) for month, row in self.starts.items()},
            gains=tuple(kept[id(row)] for row in self.gains),
            prices=tuple(kept[id(row)] for row in self.prices),
            factors=tuple(chosen.months(factor) for factor in self.factors),
            noise=None if self.noise is None else self.noise.keep(chosen),
            hits=None if self.hits is None else chosen.each(self.hits),
        )


class Persistent:
    """A stationary AR(1) of unit variance from independent normal scores, or a random walk where persistence is 1.

    y[0] = z[0]; y[t] = a y[t-1] + sqrt(1 - a^2) z[t]; for a = 1: y[t] = y[t-1] + z[t].
    """

    def __init__(self, scores: NDArray[np.float32], persistence: float) -> None:
        self._scores = scores
        self._keep = np.float32(persistence)
        self._fresh = np.float32(1.0 if persistence == 1 else np.sqrt(1 - persistence**2))
        self._now: NDArray[np.float32] = zeros(scores.shape[1], dtype=np.float32)
        self._scratch: NDArray[np.float32] = zeros(scores.shape[1], dtype=np.float32)

    def row(self, month: int) -> NDArray[np.float32]:
        """The process in `month`, each month in turn. Shape (paths,); good for that month, and not to be written to."""
        if self._keep == 0:
            score: NDArray[np.float32] = self._scores[month]
            return score
        if month == 0:
            self._now[...] = self._scores[0]
        else:
            self._now *= self._keep
            self._now += np.multiply(self._scores[month], self._fresh, out=self._scratch)
        return self._now

    def keep(self, chosen: Selection, scores: NDArray[np.float32]) -> None:
        """Go on with some of the paths, and their scores."""
        self._scores = scores
        self._now = chosen.row(self._now)
        self._scratch = room(len(self._now), dtype=np.float32)


class Shaking:
    """The noise of one line on one run."""

    def __init__(self, noise: Noise) -> None:
        self._noise = noise
        self._process = Persistent(noise.scores, noise.persistence)
        self._make_room(noise.scores.shape[1])

    def _make_room(self, width: int) -> None:
        self._row: NDArray[np.float32]
        self._row, self._factor = room(width, dtype=np.float32), room(width)
        volatility = self._noise.volatility
        self._volatility = np.zeros(1, np.float32) if volatility is None else volatility
        self._half_variance = self._volatility**2 * np.float32(0.5)

    def shake(self, month: int, amount: Row, *, out: Row) -> None:
        """Write amount x exp(volatility y - variance / 2), whose mean is the amount, plus noise in money into `out`."""
        noise, score = self._noise, self._process.row(month)
        if noise.volatility is not None:
            self._factor[...] = self.factors(month, score)  # then both are double, which is twice as fast
            np.multiply(amount, self._factor, out=out)
        else:
            out[...] = amount
        if noise.money is not None:
            money = noise.money.at(score.astype(np.float64))
            out += money if noise.price is None else money * noise.price[month]

    def factors(self, month: int, score: NDArray[np.float32]) -> NDArray[np.float32]:
        """What multiplies the amount in a month, from the month's process. Shape (paths,); overwritten next month."""
        walks = self._noise.persistence == 1
        np.multiply(score, self._volatility, out=self._row)
        self._row -= self._half_variance * np.float32(month + 1) if walks else self._half_variance
        np.exp(self._row, out=self._row)
        return self._row

    def keep(self, chosen: Selection, noise: Noise) -> None:
        """Go on with some of the paths, and their noise."""
        self._noise = noise
        self._process.keep(chosen, noise.scores)
        self._make_room(len(chosen))


class Walk:
    """One walk along a track.

    `alters` says that a policy may scale the level or change its growth on some paths. `added`: what comes on top,
    shape (months, paths or 1), scaled as the level is, but neither growing nor shaken with it.
    """

    def __init__(self, track: Track, *, alters: bool = False, added: NDArray[np.float64] | None = None) -> None:
        self._track = track
        self._alters = alters
        self._added = added
        self.width = track.paths if alters or added is not None else track.width
        self._level: Row = zeros(self.width)
        self._shaking = None if track.noise is None else Shaking(track.noise)
        later = added is not None or any(month > 0 for month in track.starts)
        self._kept: Row | None = np.ones(self.width) if later and (alters or track.hits) else None
        self._by: Row | None = None
        self._still: NDArray[np.bool_] | None = None
        self._now: tuple[Row, Row] | None = None
        self._step: Row = np.ones(1)

    def advance(self, month: int, out: Row) -> Row:
        """Go on to `month` (each in turn, from 0) and write the amount into `out`, shape (width,)."""
        amount = self.level(month)
        for factor in self._track.factors:
            amount = np.multiply(amount, factor[month], out=out)
        if self._shaking is not None:
            self._shaking.shake(month, amount, out=out)
        elif amount is not out:
            out[...] = amount
        if self._added is not None:
            out += self._added[month] if self._kept is None else self._added[month] * self._kept
        if not self._track.level.first <= month <= self._track.level.last:
            out.fill(0.0)
        return out

    def level(self, month: int) -> Row:
        """Go on to `month`: its level, without factors and noise. Shape (width,); not to be written to."""
        self._grow(month)
        hits = self._track.hits
        if hits is not None and (hit := hits[month]) is not None:
            self.scale(*hit)
        return self._level

    @property
    def bare(self) -> bool:
        """Whether the amount is the level, with nothing to it."""
        track = self._track
        return not track.factors and track.noise is None and track.level.first <= 0 and track.level.last >= track.months

    def keep(self, chosen: Selection) -> None:
        """Go on with some of the paths."""
        track = self._track = self._track.keep(chosen)
        self._level = chosen.row(self._level)
        self.width = len(self._level)
        if self._shaking is not None and track.noise is not None:
            self._shaking.keep(chosen, track.noise)
        self._kept = None if self._kept is None else chosen.row(self._kept)
        self._added = None if self._added is None else chosen.months(self._added)
        self._by = None if self._by is None else chosen.row(self._by)
        self._still = None if self._still is None else chosen.row(self._still)
        self._now = None  # the step is made anew from the rows that are left

    def scale(self, paths: NDArray[np.int64], factor: Row | float) -> None:
        """Multiply the level by a factor on some paths, for good (a path may be named twice)."""
        np.multiply.at(self._level, paths, factor)
        if self._kept is not None:
            np.multiply.at(self._kept, paths, factor)

    def change_growth(self, paths: NDArray[np.int64], by: Row | float) -> None:
        """Add `by` to the growth a month on some paths, for good."""
        if self._by is None:
            self._by = np.zeros(self.width)
        self._by[paths] += by
        self._refresh(paths)

    def freeze(self, paths: NDArray[np.int64]) -> None:
        """No more growth on some paths."""
        if self._still is None:
            self._still = np.zeros(self.width, np.bool_)
        self._still[paths] = True
        self._refresh(paths)

    def _grow(self, month: int) -> None:
        start = self._track.starts.get(month)
        if start is not None:
            self._level[...] = start
            if self._kept is not None:
                self._level *= self._kept
        elif month > 0:
            self._level *= self._step_to(month)

    def _step_to(self, month: int) -> Row:
        """Factor of the level from last month's to this one's: shape (width,), or (1,) where it is the same for all."""
        gain, price = self._track.gains[month], self._track.prices[month]
        if self._now is None or gain is not self._now[0] or price is not self._now[1]:
            self._now = (gain, price)
            wide = self.width if self._alters else max(len(gain), len(price))
            self._step = np.multiply(gain, price, out=room(wide))
            if self._by is not None or self._still is not None:
                self._refresh(np.arange(self.width))
        return self._step

    def _refresh(self, paths: NDArray[np.int64]) -> None:
        """A policy has changed the growth of some paths."""
        if self._now is not None:
            self._step[paths] = self._steps(self._now, paths)

    def _steps(self, now: tuple[Row, Row], paths: NDArray[np.int64]) -> Row:
        """The factor on some paths, with what policies have changed."""
        gain, price = (_some(row, paths) for row in now)
        if self._by is not None:
            gain = np.maximum(gain + self._by[paths], 0.0)
        if self._still is not None:
            gain = np.where(self._still[paths], 1.0, gain)
        return gain * price


def _some(row: Row, paths: NDArray[np.int64]) -> Row:
    return row[paths] if len(row) > 1 else np.broadcast_to(row, paths.shape)


def rows_of(track: Track) -> NDArray[np.float64]:
    """The whole walk of a track that nothing acts on. Shape (months, paths), or (months, 1) if alike on all paths."""
    walk = Walk(track)
    rows = np.empty((track.months, walk.width))
    for month, row in enumerate(rows):
        walk.advance(month, row)
    return rows
