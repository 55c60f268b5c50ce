"""How attempts to raise money go on one path as plain loops: chances, hazards, odds, gates, retries.

Part of the plain loops that the engine is checked against (tests/plain.py).
"""

from itertools import product
from math import exp, floor, log2
from typing import TYPE_CHECKING, Any

from tests.plain_reading import Reading

if TYPE_CHECKING:
    from tests.plain_plans import Books, Seen

DRAWN = 4e-6
"""Shocks are drawn in single precision: how far what odds are read from may be off, relative to the flows."""


class Attempts:
    """By round, when its attempt began and how many failed before; the rounds whose last attempt has failed."""

    def __init__(self, read: Reading) -> None:
        self.read, self.failed = read, set[str]()
        self.begun = {item.name: (read.index(item.starts), 0) for item in read.company.round if item.starts is not None}

    def closes(self, item: Any, out: "Books", *, seen: "Seen") -> bool:
        """Whether a round closes in a month; where it fails, another attempt may begin later."""
        start, number = self.begun.get(item.name, (out.horizon, 0))
        where, month = f"round.{item.name}", seen.month
        ripe, last = floor(start + self.read(f"{where}.takes")), floor(start + self.read(f"{where}.gives_up_after"))
        luck = self.read.chance(f"attempt {number + 1}/{where}" if number else where)
        if item.closes_monthly is None:
            over, wins = month == ripe, month == ripe and self._lucky(luck, "succeeds", item, out=out, seen=seen)
        else:
            tries, over = min(ripe, last) <= month <= last, month == last
            wins = tries and ripe <= last and luck < self.read(f"{where}.succeeds")
            switch = float(self.read.draws.switches[f"closing/{where}"][month, self.read.path])
            wins = wins and self._lucky(switch, "closes_monthly", item, out=out, seen=seen)
        arrives = self.read(f"{where}.amount", month, month) * self.read(f"{where}.delivered") > 0 or item.sold is None
        closes = wins and self._gate(item, out, seen=seen) and arrives
        if closes:
            self.begun[item.name] = (out.horizon, number)
        elif (over or wins) and number < (item.retries or 0):
            self.begun[item.name] = (floor(month + self.read(f"{where}.again_after")), number + 1)
        elif over or wins:
            self.failed.add(item.name)
            self.begun[item.name] = (out.horizon, number)
        return closes

    def _lucky(self, luck: float, key: str, item: Any, *, out: "Books", seen: "Seen") -> bool:
        """Whether a uniform number is below a chance, moved by what was seen a month before."""
        chance, moved = self.read(f"round.{item.name}.{key}"), self._log_odds(item, out, seen.month - 1)
        fell = {nudged: luck < chance / (chance + (1 - chance) * exp(-moved(*nudged))) for nudged in _nudges(seen)}
        out.close |= len(set(fell.values())) > 1
        return fell[0.0, 0.0, 0.0]

    def _log_odds(self, item: Any, out: "Books", month: int) -> Any:
        """What moves the log odds, as a function of how far revenue, burn and cash are off."""
        where, mood = f"round.{item.name}.odds", self.read(f"round.{item.name}.market")

        def above(key: str, value: float, unit: float = 1.0) -> float:
            return self.read(f"{where}.{key}.adds") * (value - self.read(f"{where}.{key}.at")) * unit

        def moved(more_revenue: float, more_burn: float, more_cash: float) -> float:
            if month < 0:
                return 0.0
            total = mood * self.read.walk("market", self.read.company.market.persistence, month) if mood else 0.0
            if item.odds is None:
                return total
            recent, cash = out.rows["net_burn"][-3:], out.rows["cash"][-1] + more_cash
            burn, now = sum(recent) + more_burn, out.rows["earned"][-1] + more_revenue
            if item.odds.revenue is not None:
                ratio = now / self.read(f"{where}.revenue.at", month, month)
                total += self.read(f"{where}.revenue.adds") * log2(min(max(ratio, 2**-10), 2**10))
            if item.odds.runway is not None:
                most = self.read(f"{where}.runway.most")
                total += above("runway", min(cash / (burn / len(recent)), most) if burn > 1e-6 else most)
            if month >= 3:
                before = out.rows["earned"][-4]
                if item.odds.growth is not None:
                    ratio = min(max(now / before, 0.0), 8.0) if before > 0 else 8.0 if now > 0 else 1.0
                    total += above("growth", ratio ** (1 / 3) - 1, 100)
                if item.odds.burn_multiple is not None:
                    most, new = self.read(f"{where}.burn_multiple.most"), 12 * (now - before)
                    multiple = min(burn / new, most) if new > 0 else most
                    total += above("burn_multiple", multiple if burn > 1e-6 else 0.0)
            return total

        return moved

    def _gate(self, item: Any, out: "Books", *, seen: "Seen") -> bool:
        """Whether all that a round requires holds in the month in which it would close."""
        gate, where, month = item.requires, f"round.{item.name}.requires", seen.month
        if gate is None:
            return True
        passes = [True]
        if gate.revenue_above is not None:
            passes.append(out.less(self.read(f"{where}.revenue_above", month, month), seen.earned, seen.scale))
        if gate.cash_above is not None:
            passes.append(out.less(self.read(f"{where}.cash_above", month, month), seen.cash, seen.scale))
        if gate.arrears_below is not None:
            passes.append(out.less(seen.arrears, self.read(f"{where}.arrears_below", month, month), seen.scale))
        return all(passes)


def _nudges(seen: "Seen") -> Any:
    return product(*[(0.0, -DRAWN * seen.scale, DRAWN * seen.scale)] * 3)
