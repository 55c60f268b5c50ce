"""Who owns what on one path as plain loops: a cap table, and what common holders get of a sale.

Part of the plain loops that the engine is checked against (tests/plain.py). Every share is kept by who holds it and of
what class it is; what the engine solves in closed form is searched for: the size of a pool, the value of a share in a
sale.
"""

from collections.abc import Callable, Iterable
from typing import Any

from tests.plain_reading import Reading

PRICED = ("equity", "compute")
COMMON, OPTIONS = "common shares", "options"


def searched(enough: Callable[[float], bool], low: float, high: float) -> float:
    """The least number between two that is enough."""
    for _ in range(200):
        middle = (low + high) / 2
        low, high = (low, middle) if enough(middle) else (middle, high)
    return high


class Register:
    """Fractions of all shares by who holds them and class; by class of preferred shares the money paid for it."""

    def __init__(self, read: Reading) -> None:
        self.read, self.safes = read, dict[str, float]()
        holders = {item.name: (item.kind, item.share.value) for item in read.company.holder}
        holders = holders or {"holders so far": ("common", 1.0)}
        self.pool = next((name for name, (kind, _) in holders.items() if kind == "pool"), "option pool")
        self.common = [name for name, (kind, _) in holders.items() if kind == "common"]
        classes, earlier = {"common": COMMON, "pool": OPTIONS}, [n for n, (k, _) in holders.items() if k == "preferred"]
        self.shares = {(name, classes.get(kind, name)): share for name, (kind, share) in holders.items()}
        self.paid = {name: read(f"holder.{name}.invested") for name in earlier}
        self.owners = {f"round.{item.name}": getattr(item, "by", None) for item in read.company.round}
        priced: list[Any] = [item for item in read.company.round if item.instrument in PRICED]
        self.known = all(item.pre_money is not None or item.sold is not None for item in priced)

    def held(self) -> dict[str, float]:
        """What everybody has, of all classes."""
        return {name: sum(part for (who, _), part in self.shares.items() if who == name) for name, _ in self.shares}

    def of_class(self, kind: str, among: Iterable[str] | None = None) -> float:
        """What there is of a class, or what some have of it."""
        return sum(part for (who, what), part in self.shares.items() if what == kind and (not among or who in among))

    def close(self, out: Any, closed: list[Any], *, lenders: Iterable[Any], month: int) -> bool:
        """What closes in a month; whether the company is sold."""
        sale = next((item for item in closed if item.instrument == "acquisition"), None)
        notes = {lender.where: lender for lender in lenders if lender.convertible}
        if sale is not None and self.known:
            owed = sum(lender.owed for lender in lenders if not lender.convertible)
            claims = self.safes | {name: note.owed for name, note in notes.items()}
            out.proceeds = self._sale(max(self._amount(sale, month) - owed, 0.0), claims, month=month)
        claims = self.safes | {name: note.owed - note.fresh for name, note in notes.items()}
        going_on = closed if self.known and sale is None else []
        for item in going_on:
            out.cashed += self._hand_over(item, month) if item.instrument == "secondary" else 0.0
        for item in going_on:
            if item.instrument in PRICED:
                self._price(item, claims if item.instrument == "equity" else {}, month=month)
            if item.instrument == "equity":
                claims, self.safes = {}, {}
        self.safes |= {f"round.{item.name}": self._amount(item, month) for item in closed if item.instrument == "safe"}
        out.held = self.held()
        return sale is not None

    def _amount(self, item: Any, month: int) -> float:
        return self.read(f"round.{item.name}.amount", month, month) * self.read(f"round.{item.name}.delivered")

    def _at_cap(self, name: str, money: float, month: int) -> float:
        cap = self.read(f"{name}.cap", month, month)
        return money / cap if cap else 0.0

    def _hand_over(self, item: Any, month: int) -> float:
        """Everybody but the pool sells the same part of every class; what common holders get for theirs."""
        where, selling = f"round.{item.name}", [key for key in self.shares if key[1] != OPTIONS]
        there = sum(self.shares[key] for key in selling)
        part = min(self.read(f"{where}.share") * self.read(f"{where}.delivered") / there, 1.0) if there else 0.0
        ours = sum(self.shares[key] for key in selling if key[0] in self.common)
        for who, kind in selling:
            moved = part * self.shares[who, kind]
            self.shares[who, kind] -= moved
            self.shares[where, kind] = self.shares.get((where, kind), 0.0) + moved
        return self._amount(item, month) * ours / there if there else 0.0

    def _price(self, item: Any, claims: dict[str, float], *, month: int) -> None:
        """A priced round: q of new options, the rest by the formulas of a cap table."""
        where, money = f"round.{item.name}", self._amount(item, month)
        sold = self.read(f"{where}.sold")
        after = money / sold if item.sold is not None else self.read(f"{where}.pre_money", month, month) + money
        room, options = 1 - money / after, self.of_class(OPTIONS)

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
        self.shares = {key: part * left for key, part in self.shares.items()}
        self._give(self.pool, OPTIONS, part=q)
        for name, part in ((where, money / after), *fractions.items()):
            self._give(self.owners.get(name) or name, where, part=part)
        self.paid[where] = money + sum(claims.values())

    def _give(self, who: str, kind: str, *, part: float) -> None:
        self.shares[who, kind] = self.shares.get((who, kind), 0.0) + part

    def _sale(self, worth: float, claims: dict[str, float], *, month: int) -> float:
        """What common holders get: the value of a share at which everybody's better choice adds up to the proceeds."""
        capped = {name: self._at_cap(name, owed, month) for name, owed in claims.items()}
        total, common = sum(capped.values()), self.of_class(COMMON)
        issued = common + sum(self.of_class(kind) for kind in self.paid)
        rest = max(1.0 - total, 0.0) / issued if issued else 0.0
        stakes = {kind: (self.of_class(kind) * rest, paid) for kind, paid in self.paid.items()}
        stakes |= {f"claim {name}": (fraction / max(1.0, total), claims[name]) for name, fraction in capped.items()}
        back = sum(money for _, money in stakes.values())
        part = min(worth / back, 1.0) if back else 1.0

        def spent(value: float) -> float:
            return common * rest * value + sum(max(fraction * value, money) for fraction, money in stakes.values())

        value = 0.0 if back >= worth else searched(lambda value: spent(value) >= worth, 0.0, 1e3 * worth)
        got = {kind: max(fraction * value, money * part) for kind, (fraction, money) in stakes.items()}
        ours = {f"claim {name}": float(self.owners.get(name) in self.common) for name in claims}
        for kind in (COMMON, *self.paid):
            there = self.of_class(kind)
            ours[kind] = self.of_class(kind, self.common) / there if there and self.common else 0.0
        return sum(amount * ours[kind] for kind, amount in (*got.items(), (COMMON, common * rest * value)))
