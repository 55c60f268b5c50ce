"""A company laid out for the engine: numbers, lines and rules by month counted from 0. The only door to the engine.

A plan is made of constants and of references to drivers; it holds no random draws and knows nothing of files.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np
from numpy.typing import NDArray

from tarmac.months import Month
from tarmac.uncertain import Uncertain

FOREVER: Final = 10**6
"""A month index beyond every horizon."""


@dataclass(frozen=True, slots=True)
class Input:
    """An uncertain number drawn once per path: its key path, its stream, its distribution, the bounds draws keep to."""

    name: str
    stream: str
    number: Uncertain
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Number:
    """A constant, or the draw of an input; `currency` names the foreign currency it is in, if any."""

    constant: float
    driver: str | None = None
    currency: str | None = None

    def __bool__(self) -> bool:
        return self.driver is not None or self.constant != 0


@dataclass(frozen=True, slots=True)
class Steps:
    """A number by month: `entries` are (first month index, number), in order, from index 0 on."""

    entries: tuple[tuple[int, Number], ...]

    def at(self, month: int) -> Number:
        """The number that holds in a month."""
        return next(number for start, number in reversed(self.entries) if start <= month)

    def __bool__(self) -> bool:
        return any(bool(number) for _, number in self.entries)


@dataclass(frozen=True, slots=True)
class Shock:
    """Month-to-month noise of a line: its driver, its persistence, and its multiplicative and additive parts."""

    driver: str
    persistence: float
    volatility: Number
    noise: Uncertain | None
    noise_currency: str | None


@dataclass(frozen=True, slots=True)
class Level:
    """How a line's amount moves: set at some months, growing from there, shaken by noise and market.

    In month t the level is `monthly` where an entry starts at t, else last month's level x
    (1 + growth - churn) x (1 + price_growth); the amount is level x times x shock x market + noise, and nothing
    outside `first` to `last`.
    """

    path: str
    monthly: Steps
    growth: Steps
    churn: Steps
    price_growth: Steps
    times: Steps
    shock: Shock | None
    market: Number
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class RevenueLine:
    """A line of revenue: `collected` are the shares collected 0, 1, 2 ... months after the invoice."""

    level: Level
    collected: tuple[float, ...]
    opening_receivables: Number | None


@dataclass(frozen=True, slots=True)
class VendorLine:
    """A line that is billed: the floor of a commitment, months to the due date, months of tolerance past it."""

    level: Level
    minimum: Steps | None
    until: int
    terms: int
    stretch: int
    opening_payables: Number | None


@dataclass(frozen=True, slots=True)
class HirePlan:
    """People who join in month index `month`, later by `slip` months."""

    month: int
    count: Number
    slip: Number


@dataclass(frozen=True, slots=True)
class TeamLine:
    """People: heads, hires, and the cost of a head as a level of its own."""

    level: Level
    headcount: Number
    hires: tuple[HirePlan, ...]
    severance_months: Number


@dataclass(frozen=True, slots=True)
class Condition:
    """A state watched at a month's end; parts that are None are not watched, all others must hold."""

    runway_below: Number | None
    cash_below: Number | None
    arrears_above: Number | None
    month: int | None
    round_failed: int | None


@dataclass(frozen=True, slots=True)
class GatePlan:
    """What must hold in the month a round would close."""

    revenue_above: Number | None
    cash_above: Number | None
    arrears_below: Number | None


@dataclass(frozen=True, slots=True)
class RoundPlan:
    """An attempt to raise money, started in month index `starts` or the month after `when` first holds."""

    name: str
    instrument: str
    starts: int | None
    when: Condition | None
    takes: Number
    succeeds: Number
    amount: Number
    delivered: Number
    market: Number
    gate: GatePlan | None

    @property
    def driver(self) -> str:
        """The stream that decides whether the attempt closes."""
        return f"round.{self.name}"


@dataclass(frozen=True, slots=True)
class EventPlan:
    """A Poisson event: the lines it hits (none: cash), the size of an occurrence, months until it has passed."""

    name: str
    rate: Number
    targets: tuple[str, ...]
    size: Uncertain
    currency: str | None
    months: int | None

    @property
    def driver(self) -> str:
        """The stream of its occurrences."""
        return f"event.{self.name}"


@dataclass(frozen=True, slots=True)
class ActionPlan:
    """One thing a policy does: "cut", "growth", "freeze hires" or "freeze raises", to which lines, by how much."""

    what: str
    targets: tuple[str, ...]
    by: Number


@dataclass(frozen=True, slots=True)
class PolicyPlan:
    """What is done when a condition is seen: from `after` months later on, once or again after `every` months."""

    name: str
    when: Condition
    after: int
    actions: tuple[ActionPlan, ...]
    once: bool
    every: int


@dataclass(frozen=True, slots=True)
class Copula:
    """Drivers that move together: correlated scores are `factor` @ independent scores.

    `factor` is the symmetric square root of the correlation matrix, shape (drivers, drivers).
    """

    drivers: tuple[str, ...]
    factor: NDArray[np.float64]


@dataclass(frozen=True)
class Plan:
    """One company after its scenarios, as the engine reads it."""

    name: str
    currency: str
    first_month: Month
    insolvent_when: str
    opening_cash: Number
    keep_payroll_months: Number
    inputs: tuple[Input, ...]
    market_persistence: float | None
    revenue: tuple[RevenueLine, ...]
    teams: tuple[TeamLine, ...]
    vendors: tuple[VendorLine, ...]
    rounds: tuple[RoundPlan, ...]
    events: tuple[EventPlan, ...]
    policies: tuple[PolicyPlan, ...]
    currencies: tuple[tuple[str, Level], ...]
    input_copula: Copula | None
    shock_copula: Copula | None

    @property
    def levels(self) -> tuple[Level, ...]:
        """Everything that moves by month: lines, and the prices of currencies."""
        lines = (
            *(line.level for line in self.revenue),
            *(line.level for line in self.teams),
            *(line.level for line in self.vendors),
        )
        return (*lines, *(level for _, level in self.currencies))

    @cached_property
    def touched_lines(self) -> frozenset[str]:
        """The lines a policy may act on."""
        return frozenset(target for policy in self.policies for action in policy.actions for target in action.targets)

    @cached_property
    def waits(self) -> bool:
        """Whether a vendor tolerates a bill past due."""
        return self.longest_tolerance > 0

    @cached_property
    def longest_tolerance(self) -> int:
        """The longest any vendor waits, in months past due; 0 where insolvency is defined otherwise."""
        if self.insolvent_when != "cannot_pay":
            return 0
        return max((vendor.stretch for vendor in self.vendors), default=0)

    @cached_property
    def has_payables(self) -> bool:
        """Whether a bill can be outstanding at a month's end."""
        late = self.waits or bool(self.keep_payroll_months)
        return late or any(vendor.terms > 0 or vendor.opening_payables is not None for vendor in self.vendors)

    @cached_property
    def conditions(self) -> tuple[Condition, ...]:
        """Every state that a policy or a round watches."""
        waiting = [item.when for item in self.rounds if item.when is not None]
        return (*(policy.when for policy in self.policies), *waiting)

    @cached_property
    def watches_runway(self) -> bool:
        """Whether anything watches cash over net burn."""
        return any(when.runway_below is not None for when in self.conditions)

    @cached_property
    def reacts_to_cash(self) -> bool:
        """Whether the flows of a path depend on its cash, be it only on whether it is still solvent.

        Rounds close and policies act on solvent paths alone, so a company with either reacts.
        """
        return bool(self.rounds or self.policies or self.waits or self.keep_payroll_months)
