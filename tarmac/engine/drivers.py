"""What happens to a company from outside, over all months at once: prices, shocks, events, currencies, the market."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from tarmac.engine.draws import Draws
from tarmac.engine.presence import going_on, staying, swings
from tarmac.engine.selection import Selection, Some
from tarmac.engine.walk import Hits, Noise, Persistent, Row, Track, rows_of
from tarmac.plan import EventPlan, Level, Number, Plan, Steps
from tarmac.streams import MARKET


@dataclass(frozen=True)
class Drivers:
    """The drawn numbers and monthly drivers of one block, read by the mechanisms.

    `currencies`, `indices`: price of each foreign currency, and of what lines buy, by month, shape (months, paths or
    1). `market`: the market's mood by
    month, shape (months, paths), or None where nothing loads on it. `one_offs`: cash that events bring or take, for
    each month the paths and the amounts. `again`: the block is run many times, so shocks are laid out once.
    """

    plan: Plan
    draws: Draws
    currencies: Mapping[str, NDArray[np.float64]]
    indices: Mapping[str, NDArray[np.float64]]
    market: NDArray[np.float32] | None
    one_offs: tuple[Some | None, ...] = ()
    again: bool = False
    _tracks: dict[str, Track] = field(default_factory=dict)

    @property
    def months(self) -> int:
        """The horizon."""
        return self.draws.months

    @property
    def paths(self) -> int:
        """Paths in this block."""
        return self.draws.paths

    @property
    def now(self) -> int:
        """The month index from which on money may come that is not there yet: within the horizon."""
        return min(self.plan.now, self.months - 1)

    def value(self, number: Number, month: int = 0) -> Row:
        """A number on every path, in the company's currency at a month's exchange rate. Shape (paths,) or (1,)."""
        drawn = _without_currency(self.draws, number)
        return drawn if number.currency is None else drawn * self.currencies[number.currency][month]

    def at_opening(self, number: Number) -> Row:
        """A balance at the opening, in the company's currency at the opening rate. Shape (paths,) or (1,)."""
        drawn = _without_currency(self.draws, number)
        if number.currency is None:
            return drawn
        rates = dict(self.plan.currencies)
        return drawn * _without_currency(self.draws, rates[number.currency].parts[0].at(0))

    def before_opening(self, level: Level) -> Row:
        """The monthly amount before the opening: the first level, without shocks; 0 where the line starts later."""
        if level.first > 0 or level.window is not None:
            return np.zeros(1)
        return _product([self.at_opening(part.at(0)) for part in level.parts])

    def on(self, paths: NDArray[np.int64], number: Number, *, month: int = 0) -> Row:
        """The same on some paths only. Shape (len(paths),) or (1,)."""
        row = self.value(number, month)
        return row[paths] if len(row) > 1 else row

    def keep(self, chosen: Selection) -> "Drivers":
        """The same for some of the paths. What lines keep for themselves is left out: scores, indices, occurrences."""
        closing = [item.hazard.driver for item in self.plan.rounds if item.hazard is not None]
        draws = replace(
            self.draws,
            paths=len(chosen),
            inputs={name: chosen.row(values) for name, values in self.draws.inputs.items()},
            scores={},
            occurrences={},
            chances={name: chosen.row(values) for name, values in self.draws.chances.items()},
            switches={name: chosen.months(rows) for name, rows in self.draws.switches.items() if name in closing},
        )
        currencies = {code: chosen.months(rows) for code, rows in self.currencies.items()}
        market = None if self.market is None else chosen.months(self.market)
        return Drivers(self.plan, draws, currencies, {}, market, chosen.each(self.one_offs))

    def track(self, level: Level) -> Track:
        """What moves one line. Laid out once, and shared by all runs of the block."""
        if level.path not in self._tracks:
            track = self._lay_track(level)
            self._tracks[level.path] = track.lay_out() if self.again else track
        return self._tracks[level.path]

    def _lay_track(self, level: Level) -> Track:
        return Track(
            level=level,
            months=self.months,
            paths=self.paths,
            starts={
                month: self._start(level, month) for month in _starting(level) if month < self.months or month == 0
            },
            gains=self._gains(level),
            prices=self._price_gains(level),
            factors=self._factors(level),
            noise=self._noise(level),
            hits=self._hits(level.path),
        )

    def _start(self, level: Level, month: int) -> Row:
        """What the level is set to in a month, in the currency it is declared in."""
        return _product([_without_currency(self.draws, part.at(month)) for part in level.parts])

    def _price_gains(self, level: Level) -> tuple[Row, ...]:
        """(1 + price growth) x (1 + growth of units) by month; months under the same entries share one array."""
        prices = _by_month(self.draws, level.price_growth, plus=1.0)
        if not level.units_growth:
            return prices
        units = _by_month(self.draws, level.units_growth, plus=1.0)
        rows: list[Row] = []
        for month in range(self.months):
            alike = month > 0 and prices[month] is prices[month - 1] and units[month] is units[month - 1]
            rows.append(rows[-1] if alike else prices[month] * units[month])
        return tuple(rows)

    def _gains(self, level: Level) -> tuple[Row, ...]:
        """1 + growth - churn by month, not below 0; months under the same entries share one array."""
        growth, churn = _by_month(self.draws, level.growth), _by_month(self.draws, level.churn)
        starts = {0, *(start for start, _ in (*level.growth.entries, *level.churn.entries))}
        rows: list[Row] = []
        for month in range(self.months):
            rows.append(np.maximum(1.0 + growth[month] - churn[month], 0.0) if month in starts else rows[-1])
        return tuple(rows)

    def _factors(self, level: Level) -> tuple[NDArray[np.floating], ...]:
        factors: list[NDArray[np.floating]] = []
        if level.market and self.market is not None:
            loading = self.value(level.market).astype(np.float32)
            factors.append(np.exp(loading * self.market - loading**2 / 2))
        if any(number.driver is not None or number.constant != 1 for _, number in level.times.entries):
            factors.append(np.stack(np.broadcast_arrays(*_by_month(self.draws, level.times))))
        currency = level.parts[0].at(0).currency
        if currency is not None:
            factors.append(self.currencies[currency])
        if level.price is not None:
            factors.append(self.indices[level.price])
        if level.customers:
            factors.append(staying(level.customers, self))
        if level.regime is not None:
            factors.append(swings(level.regime, self))
        if level.window is not None:
            factors.append(going_on(level.window, self).astype(np.float64))
        return tuple(factors)

    def _noise(self, level: Level) -> Noise | None:
        shock = level.shock
        if shock is None:
            return None
        return Noise(
            scores=self.draws.scores[shock.driver],
            persistence=shock.persistence,
            volatility=self.value(shock.volatility).astype(np.float32) if shock.volatility else None,
            money=shock.noise,
            price=None if shock.noise_currency is None else self.currencies[shock.noise_currency],
        )

    def _hits(self, path: str) -> Hits | None:
        """What the events that target a line do to its level, month by month."""
        events = [event for event in self.plan.events if event.what == "multiply" and path in event.targets]
        if not events:
            return None
        found = [hit for event in events for hit in self._hits_of(event)]
        months = np.concatenate([hit[0] for hit in found])
        paths = np.concatenate([hit[1] for hit in found])
        factors = np.concatenate([hit[2] for hit in found])
        order = np.argsort(months, kind="stable")
        edges = np.searchsorted(months[order], np.arange(self.months + 1))
        spans = [order[edges[month] : edges[month + 1]] for month in range(self.months)]
        return tuple((paths[span], factors[span]) if len(span) else None for span in spans)

    def _hits_of(self, event: EventPlan) -> Iterable[tuple[NDArray[np.int64], NDArray[np.int64], Row]]:
        happened = self.draws.occurrences[event.name]
        factors = np.maximum(event.size.at(happened.scores), 0.0)
        yield happened.months, happened.paths, factors
        if event.months is not None:
            back = happened.months + event.months < self.months
            yield happened.months[back] + event.months, happened.paths[back], 1.0 / factors[back]


def drive(plan: Plan, draws: Draws, *, again: bool = False) -> Drivers:
    """The drivers of one block from its draws; `again`: for many runs."""
    market = None
    if plan.market_persistence is not None:
        mood = Persistent(draws.scores[MARKET], plan.market_persistence)
        market = np.stack([mood.row(month).copy() for month in range(draws.months)])
    bare = Drivers(plan, draws, {}, {}, market)
    currencies = {code: rows_of(bare.track(level)) for code, level in plan.currencies}
    indices = {name: rows_of(bare.track(level)) for name, level in plan.prices}
    one_offs = tuple(_one_off(plan, draws, prices=currencies, month=month) for month in range(draws.months))
    return Drivers(plan, draws, currencies, indices, market, one_offs, again)


def _one_off(plan: Plan, draws: Draws, *, prices: Mapping[str, NDArray[np.float64]], month: int) -> Some | None:
    """Cash that events bring or take in a month: paths and amounts, in the company's currency."""
    paths, amounts = [], []
    for event in plan.events:
        happened = draws.occurrences[event.name]
        first, last = np.searchsorted(happened.months, [month, month + 1])
        if event.what != "add" or first == last:
            continue
        where, sizes = happened.paths[first:last], event.size.at(happened.scores[first:last])
        if event.currency is not None:
            sizes = sizes * np.broadcast_to(prices[event.currency][month], draws.paths)[where]
        paths.append(where)
        amounts.append(sizes)
    return (np.concatenate(paths), np.concatenate(amounts)) if paths else None


def _without_currency(draws: Draws, number: Number) -> Row:
    return np.array([number.constant]) if number.driver is None else draws.inputs[number.driver]


def _product(rows: list[Row]) -> Row:
    product = rows[0]
    for row in rows[1:]:
        product = product * row
    return product


def _starting(level: Level) -> list[int]:
    """The months in which the level is set: where the line starts, and at each later entry of a schedule."""
    first = max(level.first, 0)
    return sorted({first, *(month for part in level.parts for month, _ in part.entries if month > first)})


def _by_month(draws: Draws, steps: Steps, *, plus: float = 0.0) -> tuple[Row, ...]:
    """The row that holds in each month, with something added; months under one entry share one array."""
    rows: list[Row] = []
    entries = dict(steps.entries)
    for month in range(draws.months):
        rows.append(_without_currency(draws, entries[month]) + plus if month in entries else rows[-1])
    return tuple(rows)
