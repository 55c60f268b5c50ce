"""Lines of revenue, people and vendors as the engine reads them: what is earned, paid and billed by month."""

from dataclasses import dataclass

from tarmac.plan.numbers import AS_IT_IS, FOREVER, NOTHING, STEADY, Number, Steps
from tarmac.uncertain import Uncertain


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
    months an invoice pays for. `collected_before`: the same shares of invoices from before the opening.
    """

    level: Level
    collected: tuple[float, ...]
    collected_before: tuple[float, ...]
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

    `terms_before`: the terms of bills from before the opening. `tax`: paid before vendors. `serves`: the line of
    revenue whose earned revenue is its usage.
    """

    level: Level
    terms: int
    terms_before: int
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
