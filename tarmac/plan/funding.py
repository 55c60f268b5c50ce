"""Money from outside as the engine reads it: debts, attempts to raise money, holders of shares."""

from dataclasses import dataclass

from tarmac.plan.numbers import FOREVER, NOTHING, Number


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
    owner: str
    """Who has the shares that it becomes."""


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
class SlopePlan:
    """What a figure adds to the log odds of closing: `adds` for each step from the level `at`; counted up to `most`."""

    at: Number
    adds: Number
    most: Number = NOTHING


@dataclass(frozen=True, slots=True)
class OddsPlan:
    """The figures of a company that move the chance of closing; None where one moves nothing."""

    revenue: SlopePlan | None
    growth: SlopePlan | None
    burn_multiple: SlopePlan | None
    runway: SlopePlan | None

    @property
    def of_burn(self) -> bool:
        """Whether what is burnt matters."""
        return self.burn_multiple is not None or self.runway is not None


@dataclass(frozen=True, slots=True)
class HazardPlan:
    """A chance of closing in every month, from that in which `takes` is over to `gives_up_after` months from the start.

    `driver`: the stream of a uniform number a month that says in which.
    """

    driver: str
    closes_monthly: Number
    gives_up_after: Number


@dataclass(frozen=True, slots=True)
class RoundPlan:
    """Attempts to raise money, the first in month index `starts` or the month after `when` first holds.

    `retries`: how many more follow failed ones, each `again_after` months later. `share`: of all shares, that holders
    sell. `owner`: who has the shares that the money buys. What would close after month index `until` does not.
    """

    name: str
    instrument: str
    starts: int | None
    when: Condition | None
    takes: Number
    succeeds: Number
    amount: Number
    delivered: Number
    market: Number
    odds: OddsPlan | None
    gate: GatePlan | None
    vendor: str | None
    owner: str
    hazard: HazardPlan | None = None
    retries: int = 0
    again_after: Number = NOTHING
    pre_money: Number | None = None
    sold: Number | None = None
    share: Number | None = None
    option_pool: Number | None = None
    cap: Number | None = None
    discount: Number | None = None
    until: int = FOREVER

    @property
    def driver(self) -> str:
        """Its key path, and the stream that decides whether the first attempt can close."""
        return f"round.{self.name}"

    @property
    def attempts(self) -> tuple[str, ...]:
        """The streams that decide whether each attempt can close, one after the other."""
        return (self.driver, *(f"attempt {number + 2}/{self.driver}" for number in range(self.retries)))

    @property
    def priced(self) -> bool:
        """Whether it is known what share of the company the money buys."""
        return self.pre_money is not None or self.sold is not None


@dataclass(frozen=True, slots=True)
class HolderPlan:
    """Who holds which share at the opening; preferred holders may take back what they invested."""

    name: str
    kind: str
    share: float
    invested: Number
