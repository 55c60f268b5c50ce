"""Who owns what on one path as plain loops: a cap table, and what common holders get of a sale.

Part of the plain loops that the engine is checked against (tests/plain.py). What the engine solves in closed form is
searched for here: the size of a pool, the value of a share in a sale.
"""

from collections.abc import Callable, Iterable
from typing import Any

from tests.plain_reading import Reading

PRICED = ("equity", "compute")


def searched(enough: Callable[[float], bool], low: float, high: float) -> float:
    """The least number between two that is enough."""
    for _ in range(200):
        middle = (low + high) / 2
        low, high = (low, middle) if enough(middle) else (middle, high)
    return high


class Register:
    """Fractions of all shares by owner; by class of preferred shares its fraction and the money paid for it."""

    def __init__(self, read: Reading) -> None:
        self.read, self.safes = read, dict[str, float]()
        self.held = {item.name: item.share.value for item in read.company.holder} or {"holders so far": 1.0}
        kinds = {item.name: item.kind for item in read.company.holder}
        self.pool = next((name for name, kind in kinds.items() if kind == "pool"), "option pool")
        self.common = [name for name in self.held if kinds.get(name, "common") == "common"]
        self.classes = {
            name: (self.held[name], read(f"holder.{name}.invested"))
            for name, kind in kinds.items()
            if kind == "preferred"
        }
        priced: list[Any] = [item for item in read.company.round if item.instrument in PRICED]
        self.known = all(item.pre_money is not None for item in priced)

    def close(self, out: Any, closed: list[Any], *, lenders: Iterable[Any], month: int) -> bool:
        """What closes in a month; whether the company is sold."""
        sale = next((item for item in closed if item.instrument == "acquisition"), None)
        notes = {lender.where: lender for lender in lenders if lender.convertible}
        if sale is not None and self.known:
            owed = sum(lender.owed for lender in lenders if not lender.convertible)
            claims = self.safes | {name: note.owed for name, note in notes.items()}
            out.proceeds = self._sale(max(self._amount(sale, month) - owed, 0.0), claims, month=month)
        claims = self.safes | {name: note.owed - note.fresh for name, note in notes.items()}
        for item in closed if self.known and sale is None else ():
            if item.instrument in PRICED:
                self._price(item, claims if item.instrument == "equity" else {}, month=month)
            if item.instrument == "equity":
                claims, self.safes = {}, {}
        self.safes |= {f"round.{item.name}": self._amount(item, month) for item in closed if item.instrument == "safe"}
        out.held = self.held
        return sale is not None

    def _amount(self, item: Any, month: int) -> float:
        return self.read(f"round.{item.name}.amount", month, month) * self.read(f"round.{item.name}.delivered")

    def _at_cap(self, name: str, money: float, month: int) -> float:
        cap = self.read(f"{name}.cap", month, month)
        return money / cap if cap else 0.0

    def _price(self, item: Any, claims: dict[str, float], *, month: int) -> None:
        """A priced round: q of new options, the rest by the formulas of a cap table."""
        where, money = f"round.{item.name}", self._amount(item, month)
        after = self.read(f"{where}.pre_money", month, month) + money
        room, options = 1 - money / after, self.held.get(self.pool, 0.0)

        def converted(q: float) -> dict[str, float]:
            found = {}
            for name, owed in claims.items():
                capped, discount = self._at_cap(name, owed, month), self.read(f"{name}.discount")
                price = owed / (1 - discount) / after if discount or not capped else 0.0
                found[name] = max(price, capped * (room - q))
            scale = min(1.0, (room - q) / max(sum(found.values()), 1e-300))
            return {name: fraction * scale for name, fraction in found.items()}

        def kept(q: float) -> float:
            return room - q - sum(converted(q).values())

        target = self.read(f"{where}.option_pool")
        short = options * kept(0.0) < target
        q = searched(lambda q: q + options * kept(q) >= target, 0.0, room) if short else 0.0
        fractions, left = converted(q), kept(q)
        self.held = {name: fraction * left for name, fraction in self.held.items()}
        self.classes = {name: (fraction * left, paid) for name, (fraction, paid) in self.classes.items()}
        new = {where: money / after, **fractions, self.pool: self.held.get(self.pool, 0.0) + q}
        self.held |= {name: self.held.get(name, 0.0) * (name != self.pool) + part for name, part in new.items()}
        self.classes[where] = (money / after + sum(fractions.values()), money + sum(claims.values()))

    def _sale(self, worth: float, claims: dict[str, float], *, month: int) -> float:
        """What common holders get: the value of a share at which everybody's better choice adds up to the proceeds."""
        capped = {name: self._at_cap(name, owed, month) for name, owed in claims.items()}
        total = sum(capped.values())
        stakes = [(fraction / max(1.0, total), claims[name]) for name, fraction in capped.items()]
        common = sum(self.held[name] for name in self.common)
        issued = common + sum(fraction for fraction, _ in self.classes.values())
        rest = max(1.0 - total, 0.0) / issued if issued else 0.0
        stakes += [(fraction * rest, paid) for fraction, paid in self.classes.values()]
        if sum(money for _, money in stakes) >= worth:
            return 0.0

        def spent(value: float) -> float:
            return common * rest * value + sum(max(fraction * value, money) for fraction, money in stakes)

        return common * rest * searched(lambda value: spent(value) >= worth, 0.0, 1e3 * worth)
