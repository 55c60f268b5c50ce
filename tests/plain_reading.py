"""What a company file says and what was drawn for one path, looked up a number at a time.

Part of the plain loops that the engine is checked against (tests/plain.py): nothing here is taken from the engine but
the draws themselves.
"""

from collections.abc import Iterator
from math import exp, sqrt
from typing import Any

import numpy as np

from tarmac.company import Company
from tarmac.company.quantity import Schedule
from tarmac.company.targets import matching
from tarmac.engine.draws import Draws
from tarmac.months import Month
from tarmac.uncertain import Uncertain

FOREVER = 10**6
"""A month index beyond every horizon."""


class Reading:
    """What a company file says and what was drawn, on one path."""

    def __init__(self, company: Company, draws: Draws, path: int) -> None:
        self.company, self.draws, self.path, self.own = company, draws, path, company.company.currency
        self._walks: dict[str, list[float]] = {}
        self._known: dict[tuple[str, int], tuple[float, str]] = {}
        self._values = dict(_values(company))
        self._happened = {
            name: [
                (int(month), float(score))
                for month, where, score in zip(found.months, found.paths, found.scores, strict=True)
                if where == path
            ]
            for name, found in draws.occurrences.items()
        }

    def index(self, month: Month | None, default: int = 0) -> int:
        return default if month is None else int(month - self.company.company.first_month)

    def __call__(self, where: str, month: int = 0, rate_of: int | None = None) -> float:
        """A declared number in the company's currency; 0 where there is none. `rate_of`: None is the opening rate."""
        amount, unit = self.drawn(where, month)
        return amount * self.price(unit, rate_of)

    def drawn(self, where: str, month: int = 0) -> tuple[float, str]:
        """The same in its own currency, and which that is."""
        if (where, month) not in self._known:
            found = self._found(where, month)
            self._known[where, month] = (0.0, "") if found is None else (self._value(*found), found[0].unit)
        return self._known[where, month]

    def _value(self, number: Uncertain, place: str) -> float:
        return number.value if number.certain else float(self.draws.inputs[place][self.path])

    def begins(self, where: str, month: int) -> bool:
        """Whether a value of a schedule holds from this month on."""
        value = self._values.get(where)
        return isinstance(value, Schedule) and any(self.index(start) == month for start, _ in value.entries)

    def _found(self, where: str, month: int) -> tuple[Uncertain, str] | None:
        """The number that holds in a month, and the name it was drawn under."""
        value = self._values.get(where)
        if isinstance(value, Uncertain):
            return value, where
        if not isinstance(value, Schedule):
            return None
        begun = [(start, number) for start, number in value.entries if self.index(start) <= month]
        start, number = begun[-1]
        return number, where if start is None else f"{where}[{start}]"

    def chance(self, name: str) -> float:
        """A uniform number, drawn once on the path."""
        return float(self.draws.chances[name][self.path])

    # Prices

    def price(self, unit: str, month: int | None) -> float:
        """The price of a currency in a month, or at the opening."""
        if unit in ("", "%", self.own):
            return 1.0
        level = self(f"fx.{unit}.rate")
        if month is None:
            return level
        for step in range(1, month + 1):
            level *= 1.0 + self(f"fx.{unit}.drift", step)
        return level * self.shake(self.company.fx[unit], f"fx.{unit}", month)

    def price_index(self, name: str | None, month: int) -> float:
        """A price that lines share: 1 at the opening."""
        if name is None:
            return 1.0
        table = next(table for table in self.company.price if table.name == name)
        where, level = f"price.{name}", 1.0
        for step in range(1, month + 1):
            level *= 1.0 + self(f"{where}.growth", step)
        level *= self.hits(where, month) * self.shake(table, where, month)
        return level * (self(f"{where}.regime.multiply") if table.regime and self._regime(where, month) else 1.0)

    def _regime(self, where: str, month: int) -> bool:
        """Whether the second state of a price lasts in a month; it is not there before the first."""
        lasts = False
        for switch in self.draws.switches[f"regime/{where}"][: month + 1, self.path].tolist():
            lasts ^= switch < self(f"{where}.regime.{'ends' if lasts else 'begins'}")
        return lasts

    # Shocks and events

    def walk(self, driver: str, persistence: float, month: int) -> float:
        """A monthly shock of standard deviation 1: stationary, or a random walk where nothing is forgotten."""
        if driver not in self._walks:
            fresh, now = 1.0 if persistence == 1 else sqrt(1 - persistence**2), None
            self._walks[driver] = rows = []
            for score in self.draws.scores[driver][:, self.path].tolist():
                now = score if now is None else persistence * now + fresh * score
                rows.append(now)
        return self._walks[driver][month]

    def shake(self, table: Any, where: str, month: int) -> float:
        """The mean-one factor of the month: the line's own shock and its share of the market's mood."""
        factor, own, mood = 1.0, self(f"{where}.volatility"), self(f"{where}.market")
        if own:
            spread = own**2 * (month + 1 if table.persistence == 1 else 1)
            factor *= exp(own * self.walk(where, table.persistence, month) - spread / 2)
        if mood:
            factor *= exp(mood * self.walk("market", self.company.market.persistence, month) - mood**2 / 2)
        return factor

    def noise(self, table: Any, where: str, month: int) -> float:
        noise: Uncertain | None = getattr(table, "noise", None)
        if noise is None:
            return 0.0
        return _at(noise, self.walk(where, table.persistence, month)) * self.price(noise.unit, month)

    def hits(self, where: str, month: int) -> float:
        """Product of the events that still act on a line or a price."""
        factor = 1.0
        for event in self.company.event:
            size, lasts = event.effect.multiply, event.effect.months
            if size is not None and matching(event.effect.target, [where]):
                for begun, score in self._happened[event.name]:
                    if begun <= month and (lasts is None or month < begun + lasts):
                        factor *= min(max(_at(size, score), 0.0), 100.0)
        return factor

    def one_off(self, month: int) -> float:
        return sum(
            _at(event.effect.add, score) * self.price(event.effect.add.unit, month)
            for event in self.company.event
            if event.effect.add is not None
            for begun, score in self._happened[event.name]
            if begun == month
        )

    def reliefs(self, month: int) -> Iterator[tuple[Any, float]]:
        """What happens to bills past due in a month: the effect, and the share that is waived or becomes a debt."""
        for event in self.company.event:
            size = event.effect.forgive or event.effect.turn
            for begun, score in self._happened[event.name]:
                if size is not None and begun == month:
                    yield event.effect, min(max(_at(size, score), 0.0), 1.0)


def _at(number: Uncertain, score: float) -> float:
    return float(number.at(np.array([score]))[0])


def _values(company: Company) -> Iterator[tuple[str, Any]]:
    """Every declared value by its key path."""
    for section, name, table in company.named():
        yield from _inside(table, f"{section}.{name}")
    yield from _inside(company.cash, "cash")
    for code, rate in company.fx.items():
        yield from _inside(rate, f"fx.{code}")


def _inside(value: Any, where: str) -> Iterator[tuple[str, Any]]:
    if isinstance(value, Uncertain | Schedule):
        yield where, value
    elif isinstance(value, tuple):
        for place, item in enumerate(value):
            yield from _inside(item, f"{where}[{getattr(item, 'name', place)}]")
    elif hasattr(value, "model_fields_set"):
        for key, item in value:
            yield from _inside(item, f"{where}.{key}")
