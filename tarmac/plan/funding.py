"""Money from outside as the engine reads it: debts, attempts to raise money, holders of shares."""

from dataclasses import dataclass

from tarmac.plan.numbers import Number


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
