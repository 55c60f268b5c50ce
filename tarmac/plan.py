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


NOTHING: Final = Number(0.0)
STEADY: Final = Steps(((0, NOTHING),))
AS_IT_IS: Final = Steps(((0, Number(1.0)),))


@dataclass(frozen=True, slots=True)
class Shock:
    """Month-to-month noise of a line: its driver, its persistence, and its multiplicative and additive parts."""

    driver: str
    persistence: float
    volatility: Number
    noise: Uncertain | None
    noise_currency: str | None


@dataclass(frozen=True, slots=True)
class CustomerPlan:
    """A named customer: its share of a line, its chance a month of leaving, the stream that says when it does."""

    driver: str
    share: Number
    leaves: Number


@dataclass(frozen=True, slots=True)
class RegimePlan:
    """A second state of a price, which begins and ends with some chance a month; `driver`: its monthly scores."""

    driver: str
    multiply: Number
    begins: Number
    ends: Number


@dataclass(frozen=True, slots=True)
class Window:
    """The months in which something planned for month index `month`, and late by `slip`, goes on: `lasts` of them."""

    month: int
    slip: Number
    lasts: int


@dataclass(frozen=True, slots=True)
class ContractPlan:
    """A contract that is signed with some chance: the stream that says so, what it brings a month, and when."""

    driver: str
    monthly: Number
    signs: Number
    window: Window


@dataclass(frozen=True, slots=True)
class Level:
    """How a line's amount moves: set at some months, growing from there, shaken by noise and market.

    In month t the level is the product of `parts` where an entry of any starts at t, else last month's level x
    (1 + growth - churn) x (1 + price_growth) x (1 + units_growth); the amount is level x times x shock x market x
    price x customers who have stayed + noise, and nothing outside `first` to `last` or, where there is one, `window`.
    The first of the parts says in which currency.
    """

    path: str
    parts: tuple[Steps, ...]
    growth: Steps = STEADY
    churn: Steps = STEADY
    price_growth: Steps = STEADY
    units_growth: Steps = STEADY
    times: Steps = AS_IT_IS
    shock: Shock | None = None
    market: Number = NOTHING
    price: str | None = None
    customers: tuple[CustomerPlan, ...] = ()
    regime: RegimePlan | None = None
    window: Window | None = None
    first: int = 0
    last: int = FOREVER


@dataclass(frozen=True, slots=True)
class RevenueLine:
    """A line of revenue.

    `collected`: shares collected 0, 1, 2 ... months after the invoice, of all but the share `bad_debt`; `prepaid`:
    months an invoice pays for.
    """

    level: Level
    collected: tuple[float, ...]
    bad_debt: Number
    prepaid: int
    opening_receivables: Number | None
    opening_deferred: Number | None
    pipeline: tuple[ContractPlan, ...]


@dataclass(frozen=True, slots=True)
class Commitment:
    """Take or pay: the least bill of a month up to month index `until` (None: renewed every month), and the way out."""

    minimum: Steps
    until: int | None
    early_termination: Number | None


@dataclass(frozen=True, slots=True)
class CreditsPlan:
    """Compute that a vendor has given: what it is worth at the opening, and the last month it can be used in."""

    amount: Number
    expires: int


@dataclass(frozen=True, slots=True)
class CutOffPlan:
    """Lines of revenue, and what they are multiplied by while a vendor supplies nothing."""

    targets: tuple[str, ...]
    multiply: Number


@dataclass(frozen=True, slots=True)
class VendorLine:
    """A line that is billed: months to the due date, months of tolerance past it, what happens then.

    `tax`: paid before vendors. `serves`: the line of revenue whose earned revenue is its usage.
    """

    level: Level
    terms: int
    tax: bool = False
    serves: str | None = None
    commitment: Commitment | None = None
    credits: CreditsPlan | None = None
    stretch: int = 0
    cut_off: CutOffPlan | None = None
    late_interest: Number = NOTHING
    opening_payables: Number | None = None
    opening_arrears: Number = NOTHING


@dataclass(frozen=True, slots=True)
class HirePlan:
    """People who join in month index `month`, later by `slip` months."""

    month: int
    count: Number
    slip: Number


@dataclass(frozen=True, slots=True)
class TeamLine:
    """People: heads, hires, those who leave, and the cost of a head as a level of its own."""

    level: Level
    headcount: Number
    hires: tuple[HirePlan, ...]
    severance_months: Number
    notice_months: int
    attrition: Number
    tax: Number
    tax_after: int


@dataclass(frozen=True, slots=True)
class LoanPlan:
    """A loan: interest a year, months of interest alone, months of repayment, the least cash its lender allows."""

    name: str
    principal: Number
    interest: Number
    interest_only: int
    repaid_over: int
    minimum_cash: Number | None


@dataclass(frozen=True, slots=True)
class NotePlan:
    """A convertible note: simple interest a year, due in month index `matures` unless it becomes shares before."""

    name: str
    principal: Number
    interest: Number
    matures: int
    cap: Number | None
    discount: Number | None


@dataclass(frozen=True, slots=True)
class CreditLinePlan:
    """A credit line: what is drawn at the opening, its limit, interest a year, the least cash its lender allows."""

    name: str
    principal: Number
    limit: Number
    interest: Number
    minimum_cash: Number | None


@dataclass(frozen=True, slots=True)
class Condition:
    """A state watched at a month's end; parts that are None are not watched, all others must hold."""

    runway_below: Number | None
    cash_below: Number | None
    arrears_above: Number | None
    month: int | None
    round_failed: int | None
    oldest_bill_above: Number | None


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
    vendor: str | None
    pre_money: Number | None = None
    option_pool: Number | None = None
    cap: Number | None = None
    discount: Number | None = None

    @property
    def driver(self) -> str:
        """The stream that decides whether the attempt closes."""
        return f"round.{self.name}"


@dataclass(frozen=True, slots=True)
class HolderPlan:
    """Who holds which share at the opening; preferred holders may take back what they invested."""

    name: str
    kind: str
    share: float
    invested: Number


@dataclass(frozen=True, slots=True)
class EventPlan:
    """A Poisson event: what an occurrence does to which lines (none: cash), its size, months until it has passed.

    `what`: "multiply" the level, "add" cash, "forgive" or "turn" into a debt (`into`) a share of what is past due.
    """

    name: str
    rate: Number
    what: str
    targets: tuple[str, ...]
    size: Uncertain
    currency: str | None
    months: int | None
    into: str | None

    @property
    def driver(self) -> str:
        """The stream of its occurrences."""
        return f"event.{self.name}"


@dataclass(frozen=True, slots=True)
class ActionPlan:
    """One thing a policy does, to which lines, by how much, for how many months.

    `what`: "cut", "increase", "growth", "freeze hires", "freeze raises", "terminate" or "defer".
    """

    what: str
    targets: tuple[str, ...]
    by: Number = NOTHING
    months: int = 0


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
    holders: tuple[HolderPlan, ...]
    rounds: tuple[RoundPlan, ...]
    events: tuple[EventPlan, ...]
    policies: tuple[PolicyPlan, ...]
    loans: tuple[LoanPlan, ...]
    notes: tuple[NotePlan, ...]
    credit_line: CreditLinePlan | None
    currencies: tuple[tuple[str, Level], ...]
    prices: tuple[tuple[str, Level], ...]
    input_copula: Copula | None
    shock_copula: Copula | None

    @property
    def levels(self) -> tuple[Level, ...]:
        """Everything that moves by month: lines, the prices of currencies and of what lines buy."""
        lines = (
            *(line.level for line in self.revenue),
            *(line.level for line in self.teams),
            *(line.level for line in self.vendors),
        )
        return (*lines, *(level for _, level in (*self.currencies, *self.prices)))

    @cached_property
    def touched_lines(self) -> frozenset[str]:
        """The lines a policy or a vendor that cuts supply may act on."""
        by_policies = {target for policy in self.policies for action in policy.actions for target in action.targets}
        by_vendors = {target for vendor in self.vendors if vendor.cut_off for target in vendor.cut_off.targets}
        return frozenset(by_policies | by_vendors)

    @cached_property
    def suppliers(self) -> tuple[VendorLine, ...]:
        """The lines of vendors who can be paid late: all but taxes."""
        return tuple(vendor for vendor in self.vendors if not vendor.tax)

    def patience(self, vendor: VendorLine) -> int:
        """Months past due a vendor waits; 0 where insolvency is defined otherwise."""
        return vendor.stretch if self.insolvent_when == "cannot_pay" else 0

    @cached_property
    def waits(self) -> bool:
        """Whether a bill can stand unpaid past its due date at a month's end of a solvent company."""
        if self.insolvent_when != "cannot_pay":
            return False
        return any(vendor.stretch > 0 or vendor.cut_off or vendor.opening_arrears for vendor in self.suppliers)

    @cached_property
    def pays_in_order(self) -> bool:
        """Whether vendors are paid one before the other, from what is above a reserve: else all at once."""
        if self.insolvent_when == "cash_below_zero":
            return False
        owing = any(vendor.opening_arrears for vendor in self.suppliers)
        return self.waits or owing or bool(self.keep_payroll_months)

    @cached_property
    def has_payables(self) -> bool:
        """Whether a bill can be outstanding at a month's end."""
        later = any(vendor.terms > 0 or vendor.opening_payables is not None for vendor in self.vendors)
        return self.pays_in_order or later or any(vendor.opening_arrears for vendor in self.suppliers)

    @cached_property
    def has_taxes(self) -> bool:
        """Whether anything is paid to the tax office."""
        return any(team.tax for team in self.teams) or any(vendor.tax for vendor in self.vendors)

    @cached_property
    def has_debt(self) -> bool:
        """Whether anything is or may come to be owed to a lender."""
        return bool(self.loans or self.notes or self.credit_line)

    @cached_property
    def has_liabilities(self) -> bool:
        """Whether a solvent company can owe anything at a month's end."""
        deferred = any(line.prepaid > 1 for line in self.revenue)
        owing = any(
            line.level.shock is not None and line.level.shock.noise is not None and len(line.collected) > 1
            for line in self.revenue
        )  # revenue below zero, to be paid back later
        return self.has_payables or self.has_taxes or self.has_debt or deferred or owing

    @cached_property
    def winds_down_for_nothing(self) -> bool:
        """Whether the company can always end without paying anything but what was due already."""
        people = any(team.severance_months or team.notice_months for team in self.teams)
        owing = self.has_payables or self.has_taxes or self.has_debt
        return not (people or owing or any(v.commitment for v in self.vendors))

    @cached_property
    def knows_ownership(self) -> bool:
        """Whether it is known who owns what: every round in which shares are sold has a price."""
        priced = [item.pre_money for item in self.rounds if item.instrument in ("equity", "compute")]
        return bool(self.rounds) and None not in priced

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
        watched = any(loan.minimum_cash is not None for loan in self.loans)
        return bool(self.rounds or self.policies or self.pays_in_order or self.credit_line or watched)
