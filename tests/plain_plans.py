"""What management does on one path as plain loops: policies, rounds, and the books they look at.

Part of the plain loops that the engine is checked against (tests/plain.py).
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from tests.plain_ownership import Register
from tests.plain_reading import FOREVER, Reading
from tests.plain_rounds import Attempts

ROUNDING = 2e-6
"""Shocks are drawn in single precision: decisions closer than this, relative to the flows, may fall either way."""

CLOCKS = (
    "insolvent",
    "first_missed_bill",
    "profitable",
    "point_of_no_return",
    "balance_sheet_insolvent",
    "exit",
)


@dataclass
class Books:
    """What one path leaves behind: amounts by month, the month of each clock.

    `close`: a decision fell within rounding of its threshold. `held`: who owns what, once a round has closed;
    `proceeds`: what common holders get of a sale; `cashed`: what they get for shares they sell.
    """

    horizon: int
    rows: dict[str, list[float]] = field(default_factory=dict)
    clocks: dict[str, int] = field(default_factory=dict)
    close: bool = False
    held: dict[str, float] = field(default_factory=dict)
    proceeds: float | None = None
    cashed: float = 0.0

    def __post_init__(self) -> None:
        self.clocks = dict.fromkeys(CLOCKS, self.horizon)

    def less(self, left: float, right: float, scale: float) -> bool:
        """Whether left < right; notes where that hangs on rounding."""
        self.close |= abs(left - right) <= ROUNDING * (1.0 + scale) and not left == right == 0
        return left < right

    def strike(self, month: int, **struck: bool) -> None:
        """Each clock strikes the first time that something holds; `profitable`: if it holds from then on."""
        for clock, holds in struck.items():
            self.clocks[clock] = min(self.clocks[clock], month) if holds else self.clocks[clock]
        if struck.get("insolvent") or struck.get("exit") or not struck.get("profitable", True):
            self.clocks["profitable"] = self.horizon

    def write(self, **amounts: float) -> None:
        """The amounts of a month."""
        for name, amount in amounts.items():
            self.rows.setdefault(name, []).append(amount)


class Seen(NamedTuple):
    """What a condition or a gate looks at."""

    month: int
    cash: float
    arrears: float
    scale: float
    earned: float = 0.0
    oldest: int = -1


class Plans:
    """When each policy was decided; how the attempts to raise money go."""

    def __init__(self, read: Reading) -> None:
        self.read, self.company = read, read.company
        self.decided: dict[str, list[int]] = {policy.name: [] for policy in self.company.policy}
        self.register, self.attempts = Register(read), Attempts(read)

    def biting(self, month: int) -> Iterator[tuple[Any, float]]:
        """What is done in a month, and by how much, because it was decided earlier."""
        for policy in self.company.policy:
            if month - policy.after in self.decided[policy.name]:
                for place, action in enumerate(policy.do):
                    yield action, self.read(f"policy.{policy.name}.do[{place}].by")

    def closing(self, out: Books, seen: Seen) -> list[Any]:
        """The rounds that close in a month, in the order of the file; all gates look at the state before them."""
        return [item for item in self.company.round if self.attempts.closes(item, out, seen=seen)]

    def look(self, out: Books, seen: Seen) -> None:
        """Policies and rounds that wait for a state look at the month's end."""
        for policy in self.company.policy:
            before, pause = self.decided[policy.name], out.horizon if policy.once else max(policy.every, policy.after)
            if seen.month - max(before, default=-FOREVER) >= pause:
                before += [seen.month] * self._holds(f"policy.{policy.name}.when", policy.when, out=out, seen=seen)
        for item in self.company.round:
            waits = item.when is not None and item.name not in self.attempts.begun
            if waits and self._holds(f"round.{item.name}.when", item.when, out=out, seen=seen):
                self.attempts.begun[item.name] = (seen.month + 1, 0)

    def _holds(self, where: str, when: Any, *, out: Books, seen: Seen) -> bool:
        """Whether all parts of a condition hold at a month's end."""
        read, month, scale = self.read, seen.month, seen.scale
        recent = out.rows["net_burn"][-3:]
        burn = sum(recent) / len(recent)
        parts = [when.month is None or month + 1 >= read.index(when.month)]
        parts.append(when.round_failed is None or when.round_failed in self.attempts.failed)
        parts.append(when.oldest_bill_above is None or seen.oldest > read(f"{where}.oldest_bill_above"))
        if when.cash_below is not None:
            parts.append(out.less(seen.cash, read(f"{where}.cash_below", month, month), scale))
        if when.arrears_above is not None:
            parts.append(out.less(read(f"{where}.arrears_above", month, month), seen.arrears, scale))
        if when.runway_below is not None:
            nothing = ROUNDING * scale  # lives from hand to mouth: neither burn nor cash
            out.close |= seen.cash <= nothing and abs(burn) <= nothing
            months = read(f"{where}.runway_below")
            parts.append(out.less(0.0, burn, scale) and out.less(seen.cash, months * burn, scale))
        return all(parts)
