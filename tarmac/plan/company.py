"""One company after its scenarios, as the engine reads it: all its parts, and what follows from them."""

from dataclasses import dataclass
from functools import cached_property

from tarmac.months import Month
from tarmac.plan.funding import Condition, CreditLinePlan, HolderPlan, LoanPlan, NotePlan, RoundPlan
from tarmac.plan.lines import Level, RevenueLine, TeamLine, VendorLine
from tarmac.plan.numbers import Copula, Input, Number
from tarmac.plan.reactions import EventPlan, PolicyPlan
from tarmac.posterior import Posterior


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
    posterior: Posterior | None = None

    @property
    def now(self) -> int:
        """The month index with which the future begins: the first, or that after the origin of the facts."""
        return 0 if self.posterior is None else max(self.posterior.about.origin - self.first_month + 1, 0)

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
        later = any(max(v.terms, v.terms_before) > 0 or v.opening_payables is not None for v in self.vendors)
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
        """Whether it is known who owns what: there are owners, and every round in which shares are sold has a price."""
        return bool(self.rounds and self.holders) and not self.unpriced

    @property
    def unpriced(self) -> tuple[RoundPlan, ...]:
        """The rounds in which shares are sold nobody knows how many of."""
        return tuple(item for item in self.rounds if item.instrument in ("equity", "compute") and not item.priced)

    @cached_property
    def conditions(self) -> tuple[Condition, ...]:
        """Every state that a policy or a round watches."""
        waiting = [item.when for item in self.rounds if item.when is not None]
        return (*(policy.when for policy in self.policies), *waiting)

    @cached_property
    def watches_runway(self) -> bool:
        """Whether anything watches what is burnt: cash over net burn, or odds that move with either."""
        judged = any(item.odds is not None and item.odds.of_burn for item in self.rounds)
        return judged or any(when.runway_below is not None for when in self.conditions)

    @cached_property
    def reacts_to_cash(self) -> bool:
        """Whether the flows of a path depend on its cash, be it only on whether it is still solvent.

        Rounds close and policies act on solvent paths alone, so a company with either reacts, whatever moves the odds.
        """
        watched = any(loan.minimum_cash is not None for loan in self.loans)
        return bool(self.rounds or self.policies or self.pays_in_order or self.credit_line or watched)
