"""A company's books on one path as plain loops, a number at a time: what the engine is checked against.

`books` is the model in the order of a month; `Line` is how a line moves; `Reading` only looks up what a company file
declares and what was drawn for the path. `books` is at most 60 lines; lines and look-ups stand apart because 60 lines
cannot hold them too. Nothing here is taken from the engine but the draws themselves.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from math import exp, floor, sqrt
from typing import Any

import numpy as np

from tarmac.company import Company
from tarmac.company.quantity import Schedule
from tarmac.company.targets import matching
from tarmac.engine.draws import Draws
from tarmac.months import Month
from tarmac.uncertain import Uncertain

ROUNDING = 2e-6
"""Shocks are drawn in single precision: decisions closer than this, relative to the flows, may fall either way."""


@dataclass
class Books:
    """What one path leaves behind. `close`: a decision fell within rounding of its threshold."""

    cash: list[float] = field(default_factory=list)
    net_burn: list[float] = field(default_factory=list)
    arrears: list[float] = field(default_factory=list)
    payables: list[float] = field(default_factory=list)
    scale: list[float] = field(default_factory=list)
    insolvent: int = 0
    first_missed_bill: int = 0
    profitable: int = 0
    close: bool = False

    def less(self, left: float, right: float, scale: float) -> bool:
        """Whether left < right; notes where that hangs on rounding."""
        self.close |= abs(left - right) <= ROUNDING * scale and not left == right == 0
        return left < right


def books(company: Company, draws: Draws, path: int) -> Books:  # noqa: PLR0915  (a plain loop is read in one piece)
    """One path of a company: the months in the order of the design's section 5."""
    read, out, horizon = Reading(company, draws, path), Books(), draws.months
    lines = {where: Line(read, where, table) for where, table in read.lines()}
    sold, teams = ([line for where, line in lines.items() if where.startswith(kind)] for kind in ("revenue.", "team."))
    vendors = [line for where, line in lines.items() if where.startswith(("compute.", "cost."))]
    judged = company.company.insolvent_when
    cash, keep = read("cash.opening"), read("cash.keep_payroll_months")
    scale, arrears, payables = abs(cash), 0.0, sum(sum(line.opening) for line in vendors)
    owed: list[tuple[int, float]] = []  # (month in which patience ends, amount)
    ends: dict[str, tuple[int, bool]] = {}  # (month in which the attempt ends, whether it closes)
    failed: set[str] = set()
    decided: dict[str, list[int]] = {policy.name: [] for policy in company.policy}
    out.insolvent = out.first_missed_bill = horizon
    ends |= {item.name: read.attempt(item, item.starts) for item in company.round if item.starts is not None}
    for month in range(horizon):
        biting = [policy for policy in company.policy if month - policy.after in decided[policy.name]]
        severance = sum(line.act(policy) for policy in biting for line in lines.values())
        earned, billed = sum(line.step(month) for line in sold), sum(line.step(month) for line in vendors)
        closing = [item for item in company.round if ends.get(item.name, (-1,))[0] == month]
        closed = [r for r in closing if ends[r.name][1] and read.gate(r, month, out, (earned, cash, arrears, scale))]
        failed |= {item.name for item in closing} - {item.name for item in closed}
        funding = sum(read.funding(item, month) for item in closed)
        receipts = sum(line.settled(month) for line in sold) + read.one_off(month)
        payroll = severance + sum(line.pay(month) for line in teams)
        patience = [line.table.stretch if judged == "cannot_pay" else 0 for line in vendors]
        owed += [(month + wait, line.settled(month)) for wait, line in zip(patience, vendors, strict=True)]
        flows = abs(receipts) + payroll + sum(abs(amount) for _, amount in owed) + funding
        scale += flows + abs(billed)
        cash += funding + receipts - payroll
        due, able = sum(amount for _, amount in owed), max(cash - keep * payroll, 0.0)
        overdraft = judged == "cash_below_zero"
        paid = due if overdraft else min(able, due)
        missed = out.less(cash - paid, 0.0, scale) or (not overdraft and out.less(able, due, scale))
        cash -= paid
        owed, left = sorted(owed), paid
        for place, (end, amount) in enumerate(owed):
            owed[place], left = (end, max(amount - left, 0.0) * missed), max(left - amount, 0.0)
        lost = sum(amount for end, amount in owed if end <= month) if missed else 0.0
        hopeless = missed and (judged != "cannot_pay" or cash < 0 or out.less(0.0, lost, scale))
        arrears, payables = due - paid, payables + billed - paid
        out.net_burn.append(payroll + paid - receipts + (0.0 if overdraft else min(cash, 0.0)))
        cash = 0.0 if hopeless else cash
        for row, value in ((out.cash, cash), (out.arrears, arrears), (out.payables, payables), (out.scale, scale)):
            row.append(value)
        out.first_missed_bill = min(out.first_missed_bill, month) if missed else out.first_missed_bill
        if out.less(0.0, out.net_burn[-1], flows):
            out.profitable = month + 1
        if hopeless:
            out.insolvent, out.profitable = month, horizon
            break
        seen = (month, cash, arrears, scale, failed)
        for policy in company.policy:
            pause = horizon if policy.once else max(policy.every, policy.after)
            if month - max(decided[policy.name], default=-(10**6)) >= pause:
                decided[policy.name] += [month] * read.holds(policy.when, f"policy.{policy.name}.when", out, seen)
        for item in company.round:
            waits = item.when is not None and item.name not in ends
            if waits and read.holds(item.when, f"round.{item.name}.when", out, seen):
                ends[item.name] = read.attempt(item, company.company.first_month + (month + 1))
    return out


class Line:
    """One line on one path: its level, its amount, and what of it moves cash."""

    def __init__(self, read: "Reading", where: str, table: Any) -> None:
        self.read, self.where, self.table, self.level, self.scale, self.faster = read, where, table, 0.0, 1.0, 0.0
        self.first = read.index(getattr(table, "starts", None), 0)
        self.last = read.index(getattr(table, "ends", None), 10**6)
        self.raises = self.hires = True
        self.amounts: list[float] = []
        self.heads = read(f"{where}.headcount") if where.startswith("team.") else 1.0
        self.shares = getattr(table, "collected_after", (*(0.0,) * getattr(table, "terms", 0), 1.0))
        self.opening = self._opening()

    def _opening(self) -> list[float]:
        """What comes in or falls due by month on invoices from before the first month."""
        given = "opening_receivables" if self.where.startswith("revenue.") else "opening_payables"
        tail = [max(1.0 - sum(self.shares[: age + 1]), 0.0) for age in range(len(self.shares) - 1)]
        tail = [share if share > 1e-12 else 0.0 for share in tail]
        if getattr(self.table, given, None) is None:
            steady = self.read.set_at(self, 0, None) if self.first == 0 else 0.0
            return [share * self.floored(steady, 0, None) for share in tail]
        total = self.read(f"{self.where}.{given}")
        return [total * share / sum(tail) for share in tail] if sum(tail) > 0 else [total]

    def floored(self, used: float, month: int, rate_of: int | None) -> float:
        """A commitment bills at least its minimum while it runs."""
        if getattr(self.table, "minimum", None) is None:
            return used
        runs = self.first <= month <= min(self.read.index(self.table.until, 10**6), self.last)
        return max(used, self.read(f"{self.where}.minimum", month, rate_of)) if runs else used

    def step(self, month: int) -> float:
        """The amount of a month: revenue earned, a bill, or the cost of a head."""
        read, where = self.read, self.where
        if month == self.first or (month > self.first and read.starts_at(self, month)):
            self.level = read.set_at(self, month, None, native=True)
        elif month > self.first:
            gain = 1.0 + read(f"{where}.growth", month) - read(f"{where}.churn", month) + self.faster
            self.level *= (gain if self.raises else 1.0) * (1.0 + read(f"{where}.price_growth", month))
        amount = 0.0
        if self.first <= month <= self.last:
            amount = self.level * self.scale * read.hits(where, month) * read(f"{where}.times", month)
            amount = amount * read.shake(self.table, where, month) * read.price(read.unit_of(self, month), month)
            amount = self.floored(amount + read.noise(self.table, where, month), month, month)
        self.amounts.append(amount)
        return amount

    def settled(self, month: int) -> float:
        """What of this month's and earlier invoices moves cash."""
        old = self.opening[month] if month < len(self.opening) else 0.0
        recent = zip(self.shares, reversed(self.amounts), strict=False)
        return float(old + sum(share * amount for share, amount in recent))

    def pay(self, month: int) -> float:
        """Payroll of a team: who joins in a month is paid in it."""
        for place, hire in enumerate(self.table.hires):
            here = f"{self.where}.hires[{place}]"
            if self.hires and floor(self.read.index(hire.month, 0) + self.read(f"{here}.slip")) == month:
                self.heads += self.read(f"{here}.count")
        return self.step(month) * self.heads

    def act(self, policy: Any) -> float:
        """What a policy does to this line; returns the severance it costs."""
        team, cost = self.where.startswith("team."), 0.0
        for place, action in enumerate(policy.do):
            by = self.read(f"policy.{policy.name}.do[{place}].by")
            if action.cut is not None and matching(action.cut, [self.where]) and team:
                cost += self.heads * by * self.amounts[-1] * self.read(f"{self.where}.severance_months")
                self.heads *= 1.0 - by
            elif action.cut is not None and matching(action.cut, [self.where]):
                self.scale *= 1.0 - by
            elif action.growth is not None and matching(action.growth, [self.where]) and not team:
                self.faster += by
            self.hires &= not (team and action.freeze == "hires")
            self.raises &= not (team and action.freeze == "raises")
        return cost


class Reading:
    """What a company file says and what was drawn, on one path."""

    def __init__(self, company: Company, draws: Draws, path: int) -> None:
        self.company, self.draws, self.path, self.own = company, draws, path, company.company.currency
        self._walks: dict[str, list[float]] = {}
        self._values = dict(_values(company))
        self._happened = {
            name: [
                (int(month), float(score))
                for month, where, score in zip(found.months, found.paths, found.scores, strict=True)
                if where == path
            ]
            for name, found in draws.occurrences.items()
        }

    def lines(self) -> Iterator[tuple[str, Any]]:
        return ((f"{s}.{n}", table) for s, n, table in self.company.named() if s not in ("round", "event", "policy"))

    def index(self, month: Month | None, default: int) -> int:
        return default if month is None else int(month - self.company.company.first_month)

    def __call__(self, where: str, month: int = 0, rate_of: int | None = None) -> float:
        """A declared number in the company's currency; 0 where there is none. `rate_of`: None is the opening rate."""
        value = self._values.get(where)
        if isinstance(value, Schedule):
            number, place = self._entry(value, where, month)[1:]
        elif isinstance(value, Uncertain):
            number, place = value, where
        else:
            return 0.0
        return self._drawn(number, place) * self.price(number.unit, rate_of)

    def _drawn(self, number: Uncertain, where: str) -> float:
        return number.value if number.certain else float(self.draws.inputs[where][self.path])

    def _entry(self, schedule: Schedule, where: str, month: int) -> tuple[int, Uncertain, str]:
        begun = [(self.index(start, 0), number, start) for start, number in schedule.entries]
        start, number, name = [entry for entry in begun if entry[0] <= month][-1]
        return start, number, where if name is None else f"{where}[{name}]"

    def _amount(self, line: Line, month: int) -> tuple[int, Uncertain, str]:
        key = "cost" if line.where.startswith("team.") else "monthly"
        return self._entry(getattr(line.table, key), f"{line.where}.{key}", max(month, line.first))

    def starts_at(self, line: Line, month: int) -> bool:
        return self._amount(line, month)[0] == month

    def unit_of(self, line: Line, month: int) -> str:
        return self._amount(line, month)[1].unit

    def set_at(self, line: Line, month: int, rate_of: int | None, *, native: bool = False) -> float:
        _, number, where = self._amount(line, month)
        return self._drawn(number, where) * (1.0 if native else self.price(number.unit, rate_of))

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
            persistence = self.company.market.persistence
            spread = mood**2 * (month + 1 if persistence == 1 else 1)
            factor *= exp(mood * self.walk("market", persistence, month) - spread / 2)
        return factor

    def noise(self, table: Any, where: str, month: int) -> float:
        noise: Uncertain | None = getattr(table, "noise", None)
        if noise is None:
            return 0.0
        return _at(noise, self.walk(where, table.persistence, month)) * self.price(noise.unit, month)

    def hits(self, where: str, month: int) -> float:
        """Product of the events that still act on a line."""
        factor = 1.0
        for event in self.company.event:
            size, lasts = event.effect.multiply, event.effect.months
            if size is not None and matching(event.effect.target, [where]):
                for begun, score in self._happened[event.name]:
                    if begun <= month and (lasts is None or month < begun + lasts):
                        factor *= _at(size, score)
        return factor

    def one_off(self, month: int) -> float:
        return sum(
            _at(event.effect.add, score) * self.price(event.effect.add.unit, month)
            for event in self.company.event
            if event.effect.add is not None
            for begun, score in self._happened[event.name]
            if begun == month
        )

    def attempt(self, item: Any, starts: Month) -> tuple[int, bool]:
        """When an attempt ends, and whether it closes if its gates are open."""
        month, where = self.index(starts, 0), f"round.{item.name}"
        chance, mood = self(f"{where}.succeeds"), self(f"{where}.market")
        if mood and month < self.draws.months:
            odds = exp(mood * self.walk("market", self.company.market.persistence, month))
            chance = chance * odds / (1 - chance + chance * odds)
        return floor(month + self(f"{where}.takes")), bool(self.draws.chances[item.name][self.path] < chance)

    def gate(self, item: Any, month: int, out: Books, seen: tuple[float, float, float, float]) -> bool:
        earned, cash, arrears, scale = seen
        gate, where = item.requires, f"round.{item.name}.requires"
        if gate is None:
            return True
        passes = [True]
        if gate.revenue_above is not None:
            passes.append(out.less(self(f"{where}.revenue_above", month, month), earned, scale))
        if gate.cash_above is not None:
            passes.append(out.less(self(f"{where}.cash_above", month, month), cash, scale))
        if gate.arrears_below is not None:
            passes.append(out.less(arrears, self(f"{where}.arrears_below", month, month), scale))
        return all(passes)

    def funding(self, item: Any, month: int) -> float:
        where = f"round.{item.name}"
        return self(f"{where}.amount", month, month) * self(f"{where}.delivered")

    def holds(self, when: Any, where: str, out: Books, seen: tuple[int, float, float, float, set[str]]) -> bool:
        """Whether all parts of a condition hold at a month's end."""
        month, cash, arrears, scale, failed = seen
        recent = out.net_burn[-3:]
        burn = sum(recent) / len(recent)
        parts = [when.month is None or month + 1 >= self.index(when.month, 0)]
        parts.append(when.round_failed is None or when.round_failed in failed)
        if when.cash_below is not None:
            parts.append(out.less(cash, self(f"{where}.cash_below", month, month), scale))
        if when.arrears_above is not None:
            parts.append(out.less(self(f"{where}.arrears_above", month, month), arrears, scale))
        if when.runway_below is not None:
            out.close |= cash == 0 and abs(burn) <= ROUNDING * scale  # lives from hand to mouth: neither burn nor cash
            parts.append(out.less(0.0, burn, scale) and out.less(cash, self(f"{where}.runway_below") * burn, scale))
        return all(parts)


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
            yield from _inside(item, f"{where}[{place}]")
    elif hasattr(value, "model_fields_set"):
        for key, item in value:
            yield from _inside(item, f"{where}.{key}")
