"""From a company to its plan: names become indices, months count from 0, numbers become constants or drivers."""

from dataclasses import replace
from typing import Final

import numpy as np

from tarmac.company import Company
from tarmac.company.correlations import correlated, correlation_matrix
from tarmac.company.debts import CreditLine, Loan, Note
from tarmac.company.funding import ComputeRound, DebtRound, Gate, NoteRound, Round, Trigger
from tarmac.company.lines import Contract, Line, Revenue
from tarmac.company.model import Fx, Price
from tarmac.company.numbers import drivers, inputs, line_paths, paths_of, shocks, terminable, wobbles
from tarmac.company.people import Team
from tarmac.company.quantity import Schedule
from tarmac.company.reactions import Action, Event, Policy
from tarmac.company.targets import matching
from tarmac.company.vendors import Committed, Compute, Cost, Inference, OnDemand, Payable, TrainingRun
from tarmac.months import Month
from tarmac.plan import (
    AS_IT_IS,
    FOREVER,
    NOTHING,
    STEADY,
    ActionPlan,
    Commitment,
    Condition,
    ContractPlan,
    Copula,
    CreditLinePlan,
    CreditsPlan,
    CustomerPlan,
    CutOffPlan,
    EventPlan,
    GatePlan,
    HirePlan,
    HolderPlan,
    Input,
    Level,
    LoanPlan,
    NotePlan,
    Number,
    Plan,
    PolicyPlan,
    RegimePlan,
    RevenueLine,
    RoundPlan,
    Shock,
    Steps,
    TeamLine,
    VendorLine,
    Window,
)
from tarmac.streams import MARKET
from tarmac.uncertain import Uncertain

Billed = OnDemand | TrainingRun | Inference | Cost
"""Everything that is billed."""

NOT_DECLARED: Final = "holders so far"
"""Who owns all shares at the opening where a file does not say."""

_PARTS: Final[dict[type, tuple[str, ...]]] = {
    Revenue: ("monthly",),
    Cost: ("monthly",),
    Team: ("cost",),
    Inference: ("unit_price", "users", "units"),
    TrainingRun: ("cost", "overrun"),
}
"""The numbers whose product is a line's level, the one that is money first."""


def plan_of(company: Company) -> Plan:
    """Lay a company out as arrays and constants by month counted from 0."""
    return _Layout(company).plan()


class _Layout:
    """Turns tables of a company into their plans, one method each."""

    def __init__(self, company: Company) -> None:
        self.company = company
        self.first = company.company.first_month
        self.own = company.company.currency
        self.lines = line_paths(company)
        self.rounds = [item.name for item in company.round]

    def plan(self) -> Plan:
        company = self.company
        return Plan(
            name=company.company.name,
            currency=self.own,
            first_month=self.first,
            insolvent_when=company.company.insolvent_when,
            opening_cash=self.number(company.cash.opening, "cash.opening"),
            keep_payroll_months=self.number(company.cash.keep_payroll_months, "cash.keep_payroll_months"),
            inputs=tuple(Input(p.path, p.driver, p.number, p.low, p.high) for p in inputs(company)),
            market_persistence=company.market.persistence if self.market_matters() else None,
            revenue=tuple(self.revenue(item) for item in company.revenue),
            teams=tuple(self.team(item) for item in company.team),
            vendors=tuple(self.vendor(path, item) for path, item in self.billed()),
            holders=self.holders(),
            rounds=tuple(self.round(item) for item in company.round),
            events=tuple(self.event(item) for item in company.event),
            policies=tuple(self.policy(item) for item in company.policy),
            loans=tuple(self.loan(path, item) for path, item in self.loans()),
            notes=tuple(self.note(path, item) for path, item in self.notes()),
            credit_line=self.credit_line(),
            currencies=tuple((code, self.fx(code)) for code in company.fx),
            prices=tuple((item.name, self.price(item)) for item in company.price),
            input_copula=self.copula(drivers(company)),
            shock_copula=self.copula(shocks(company)),
        )

    def billed(self) -> list[tuple[str, Billed]]:
        compute: list[tuple[str, Billed]] = [(f"compute.{item.name}", item) for item in self.company.compute]
        return [*compute, *((f"cost.{item.name}", item) for item in self.company.cost)]

    def loans(self) -> list[tuple[str, Loan | DebtRound]]:
        """Everything that is repaid as a loan, by key path: what is owed, and what may be raised."""
        found: list[tuple[str, Loan | DebtRound]] = [
            (f"debt.{item.name}", item) for item in self.company.debt if isinstance(item, Loan)
        ]
        return [*found, *((f"round.{item.name}", item) for item in self.company.round if isinstance(item, DebtRound))]

    def notes(self) -> list[tuple[str, Note | NoteRound]]:
        """The same of convertible notes."""
        found: list[tuple[str, Note | NoteRound]] = [
            (f"debt.{item.name}", item) for item in self.company.debt if isinstance(item, Note)
        ]
        return [*found, *((f"round.{item.name}", item) for item in self.company.round if isinstance(item, NoteRound))]

    def market_matters(self) -> bool:
        loadings = [getattr(table, "market", None) for _, _, table in self.company.named()]
        pairs = [name for item in self.company.correlation for name in item.between]
        return MARKET in pairs or any(item is not None and wobbles(item) for item in loadings)

    def number(self, number: Uncertain, path: str) -> Number:
        currency = number.unit if number.unit not in ("", "%", self.own) else None
        if number.certain:
            return Number(number.value, None, currency)
        return Number(0.0, path, currency)

    def optional(self, number: Uncertain | None, path: str) -> Number | None:
        return None if number is None else self.number(number, path)

    def index(self, month: Month | None, default: int) -> int:
        return default if month is None else month - self.first

    def steps(self, schedule: Schedule, path: str) -> Steps:
        return Steps(
            tuple(
                (self.index(month, 0), self.number(number, path if month is None else f"{path}[{month}]"))
                for month, number in schedule.entries
            )
        )

    def level(self, line: Line, path: str) -> Level:
        return replace(
            self.priced(line, path),
            shock=self.shock(line, path),
            market=self.number(line.market, f"{path}.market"),
            customers=self.customers(line, path) if isinstance(line, Revenue) else (),
            first=self.index(line.starts, 0),
            last=self.index(line.ends, FOREVER),
        )

    def priced(self, line: Line | Team | TrainingRun, path: str) -> Level:
        """What a line's level is made of, and how it grows."""

        def steps(field: str, otherwise: Steps = STEADY) -> Steps:
            return self.steps(getattr(line, field), f"{path}.{field}") if hasattr(line, field) else otherwise

        return Level(
            path=path,
            parts=self.parts(line, path),
            growth=steps("growth"),
            churn=steps("churn"),
            price_growth=steps("price_growth"),
            units_growth=steps("units_growth"),
            times=steps("times", AS_IT_IS),
            price=getattr(line, "price", None),
            window=self.window(line, f"{path}.slip", lasts=line.spread) if isinstance(line, TrainingRun) else None,
        )

    def parts(self, line: Line | Team | TrainingRun, path: str) -> tuple[Steps, ...]:
        """What a line's level is the product of, the part that is money first."""
        if isinstance(line, OnDemand):
            if line.monthly is not None:
                fields: tuple[str, ...] = ("monthly",)
            else:
                fields = ("unit_price", "units") if line.gpus is None else ("gpu_hour", "gpus", "hours", "utilisation")
        else:
            fields = _PARTS[type(line)]
        given = [(field, getattr(line, field)) for field in fields]
        parts = [self.part(value, f"{path}.{field}") for field, value in given if value is not None]
        if isinstance(line, TrainingRun):
            month = line.month - self.first
            parts = [_from(part.at(0), month) for part in parts] if month else parts
            parts.append(Steps(((0, Number(1 / line.spread)),)))
        return tuple(parts)

    def part(self, value: Schedule | Uncertain, path: str) -> Steps:
        return self.steps(value, path) if isinstance(value, Schedule) else Steps(((0, self.number(value, path)),))

    def customers(self, line: Revenue, path: str) -> tuple[CustomerPlan, ...]:
        return tuple(
            CustomerPlan(
                f"customer/{path}[{item.name}]",
                self.number(item.share, f"{path}.customers[{item.name}].share"),
                self.number(item.leaves, f"{path}.customers[{item.name}].leaves"),
            )
            for item in line.customers
        )

    def window(self, item: TrainingRun | Contract, slip: str, *, lasts: int | None) -> Window:
        return Window(item.month - self.first, self.number(item.slip, slip), lasts or FOREVER)

    def shock(self, table: Line | Fx | Price, path: str) -> Shock | None:
        noise: Uncertain | None = getattr(table, "noise", None)
        if not wobbles(table.volatility) and noise is None:
            return None
        currency = None if noise is None else self.number(noise, f"{path}.noise").currency
        return Shock(path, table.persistence, self.number(table.volatility, f"{path}.volatility"), noise, currency)

    def revenue(self, item: Revenue) -> RevenueLine:
        path = f"revenue.{item.name}"
        return RevenueLine(
            level=self.level(item, path),
            collected=item.collected_after,
            bad_debt=self.number(item.bad_debt, f"{path}.bad_debt"),
            prepaid=item.prepaid_months,
            opening_receivables=self.optional(item.opening_receivables, f"{path}.opening_receivables"),
            opening_deferred=self.optional(item.opening_deferred, f"{path}.opening_deferred"),
            pipeline=tuple(self.contract(item, contract) for contract in item.pipeline),
        )

    def contract(self, line: Revenue, item: Contract) -> ContractPlan:
        path = f"revenue.{line.name}.pipeline[{item.name}]"
        return ContractPlan(
            driver=f"contract/revenue.{line.name}[{item.name}]",
            monthly=self.number(item.monthly, f"{path}.monthly"),
            signs=self.number(item.signs, f"{path}.signs"),
            window=self.window(item, f"{path}.slip", lasts=item.lasts),
        )

    def vendor(self, path: str, item: Billed) -> VendorLine:
        return VendorLine(
            level=self.level(item, path) if isinstance(item, Line) else self.priced(item, path),
            terms=item.terms,
            tax=isinstance(item, Cost) and item.kind == "tax",
            serves=f"revenue.{item.revenue}" if isinstance(item, Inference) and item.revenue is not None else None,
            commitment=self.commitment(item, path) if isinstance(item, Committed) else None,
            credits=None if isinstance(item, Cost) else self.credits(item, path),
            stretch=item.stretch,
            cut_off=self.cut_off(item, path),
            late_interest=self.number(item.late_interest, f"{path}.late_interest"),
            opening_payables=self.optional(item.opening_payables, f"{path}.opening_payables"),
            opening_arrears=self.number(item.opening_arrears, f"{path}.opening_arrears"),
        )

    def commitment(self, item: Committed, path: str) -> Commitment:
        return Commitment(
            minimum=self.steps(item.minimum, f"{path}.minimum"),
            until=None if item.until is None else item.until - self.first,
            early_termination=self.optional(item.early_termination, f"{path}.early_termination"),
        )

    def credits(self, item: Compute, path: str) -> CreditsPlan | None:
        if item.credits is None:
            return None
        amount = self.number(item.credits.amount, f"{path}.credits.amount")
        return CreditsPlan(amount, self.index(item.credits.expires, FOREVER))

    def cut_off(self, item: Payable, path: str) -> CutOffPlan | None:
        if item.cut_off is None:
            return None
        targets = matching(item.cut_off.target, paths_of(self.company, "revenue"))
        return CutOffPlan(targets, self.number(item.cut_off.multiply, f"{path}.cut_off.multiply"))

    def team(self, item: Team) -> TeamLine:
        path = f"team.{item.name}"
        hires = tuple(
            HirePlan(
                self.index(hire.month, 0),
                self.number(hire.count, f"{path}.hires[{position}].count"),
                self.number(hire.slip, f"{path}.hires[{position}].slip"),
            )
            for position, hire in enumerate(item.hires)
        )
        return TeamLine(
            level=self.priced(item, path),
            headcount=self.number(item.headcount, f"{path}.headcount"),
            hires=hires,
            severance_months=self.number(item.severance_months, f"{path}.severance_months"),
            notice_months=item.notice_months,
            attrition=self.number(item.attrition, f"{path}.attrition"),
            tax=self.number(item.payroll_tax, f"{path}.payroll_tax"),
            tax_after=item.payroll_tax_after,
        )

    def loan(self, path: str, item: Loan | DebtRound) -> LoanPlan:
        return LoanPlan(
            name=path,
            principal=self.number(item.principal, f"{path}.principal") if isinstance(item, Loan) else NOTHING,
            interest=self.number(item.interest, f"{path}.interest"),
            interest_only=item.interest_only_months,
            repaid_over=item.repaid_over,
            minimum_cash=self.optional(item.minimum_cash, f"{path}.minimum_cash"),
        )

    def note(self, path: str, item: Note | NoteRound) -> NotePlan:
        return NotePlan(
            name=path,
            principal=self.number(item.principal, f"{path}.principal") if isinstance(item, Note) else NOTHING,
            interest=self.number(item.interest, f"{path}.interest"),
            matures=self.index(item.matures, FOREVER),
            cap=self.optional(item.cap, f"{path}.cap"),
            discount=self.optional(item.discount, f"{path}.discount"),
        )

    def credit_line(self) -> CreditLinePlan | None:
        lines = [item for item in self.company.debt if isinstance(item, CreditLine)]
        if not lines:
            return None
        item, path = lines[0], f"debt.{lines[0].name}"
        return CreditLinePlan(
            name=path,
            principal=self.number(item.principal, f"{path}.principal"),
            limit=self.number(item.limit, f"{path}.limit"),
            interest=self.number(item.interest, f"{path}.interest"),
            minimum_cash=self.optional(item.minimum_cash, f"{path}.minimum_cash"),
        )

    def condition(self, when: Trigger, path: str) -> Condition:
        return Condition(
            runway_below=self.optional(when.runway_below, f"{path}.runway_below"),
            cash_below=self.optional(when.cash_below, f"{path}.cash_below"),
            arrears_above=self.optional(when.arrears_above, f"{path}.arrears_above"),
            month=None if when.month is None else when.month - self.first,
            round_failed=None if when.round_failed is None else self.rounds.index(when.round_failed),
            oldest_bill_above=self.optional(when.oldest_bill_above, f"{path}.oldest_bill_above"),
        )

    def gate(self, requires: Gate, path: str) -> GatePlan:
        return GatePlan(
            self.optional(requires.revenue_above, f"{path}.revenue_above"),
            self.optional(requires.cash_above, f"{path}.cash_above"),
            self.optional(requires.arrears_below, f"{path}.arrears_below"),
        )

    def round(self, item: Round) -> RoundPlan:
        path = f"round.{item.name}"

        def terms(key: str) -> Number | None:
            return self.optional(getattr(item, key, None), f"{path}.{key}")

        return RoundPlan(
            name=item.name,
            instrument=str(getattr(item, "instrument", "")),
            starts=None if item.starts is None else item.starts - self.first,
            when=None if item.when is None else self.condition(item.when, f"{path}.when"),
            takes=self.number(item.takes, f"{path}.takes"),
            succeeds=self.number(item.succeeds, f"{path}.succeeds"),
            amount=self.number(item.amount, f"{path}.amount"),
            delivered=self.number(item.delivered, f"{path}.delivered"),
            market=self.number(item.market, f"{path}.market"),
            gate=None if item.requires is None else self.gate(item.requires, f"{path}.requires"),
            vendor=f"compute.{item.vendor}" if isinstance(item, ComputeRound) else None,
            pre_money=terms("pre_money"),
            option_pool=terms("option_pool"),
            cap=terms("cap"),
            discount=terms("discount"),
        )

    def holders(self) -> tuple[HolderPlan, ...]:
        """Who owns the company at the opening; shares that are off 100% by rounding are set right."""
        total = sum(item.share.value for item in self.company.holder)
        return tuple(
            HolderPlan(
                name=item.name,
                kind=item.kind,
                share=item.share.value / total,
                invested=NOTHING
                if item.invested is None
                else self.number(item.invested, f"holder.{item.name}.invested"),
            )
            for item in self.company.holder
        ) or (HolderPlan(NOT_DECLARED, "common", 1.0, NOTHING),)

    def event(self, item: Event) -> EventPlan:
        effect = item.effect
        sizes = {name: getattr(effect, name) for name in ("multiply", "add", "forgive", "turn")}
        what, size = next((name, size) for name, size in sizes.items() if size is not None)
        lines = (*self.lines, *paths_of(self.company, "price")) if what == "multiply" else self.suppliers()
        return EventPlan(
            name=item.name,
            rate=self.number(item.rate, f"event.{item.name}.rate"),
            what=what,
            targets=() if effect.target == "cash" else matching(effect.target, lines),
            size=size,
            currency=self.number(size, "").currency,
            months=effect.months,
            into=None if effect.into is None else f"debt.{effect.into}",
        )

    def suppliers(self) -> tuple[str, ...]:
        return tuple(path for path, item in self.billed() if not (isinstance(item, Cost) and item.kind == "tax"))

    def action(self, item: Action, path: str) -> ActionPlan:
        by = NOTHING if item.by is None else self.number(item.by, f"{path}.by")
        teams = tuple(line for line in self.lines if line.startswith("team."))
        others = tuple(line for line in self.lines if line not in teams)
        if item.freeze is not None:
            return ActionPlan(f"freeze {item.freeze}", teams)
        if item.defer is not None:
            return ActionPlan("defer", (), months=item.months or 0)
        if item.terminate is not None:
            return ActionPlan("terminate", matching(item.terminate, terminable(self.company)))
        if item.cut is not None:
            return ActionPlan("cut", matching(item.cut, self.lines), by)
        if item.increase is not None:
            return ActionPlan("increase", matching(item.increase, others), by)
        return ActionPlan("growth", matching(item.growth or "", others), by)

    def policy(self, item: Policy) -> PolicyPlan:
        path = f"policy.{item.name}"
        actions = tuple(self.action(action, f"{path}.do[{index}]") for index, action in enumerate(item.do))
        when = self.condition(item.when, f"{path}.when")
        return PolicyPlan(item.name, when, item.after, actions, item.once, item.every)

    def fx(self, code: str) -> Level:
        table, path = self.company.fx[code], f"fx.{code}"
        return Level(
            path=path,
            parts=(self.part(table.rate, f"{path}.rate"),),
            growth=self.steps(table.drift, f"{path}.drift"),
            shock=self.shock(table, path),
        )

    def price(self, item: Price) -> Level:
        path = f"price.{item.name}"
        return Level(
            path=path,
            parts=(AS_IT_IS,),
            growth=self.steps(item.growth, f"{path}.growth"),
            shock=self.shock(item, path),
            market=self.number(item.market, f"{path}.market"),
            regime=self.regime(item, path),
        )

    def regime(self, item: Price, path: str) -> RegimePlan | None:
        if item.regime is None:
            return None
        fields = ("multiply", "begins", "ends")
        return RegimePlan(
            f"regime/{path}", *(self.number(getattr(item.regime, name), f"{path}.regime.{name}") for name in fields)
        )

    def copula(self, drivers: tuple[str, ...]) -> Copula | None:
        names = tuple(name for name in correlated(self.company) if name in drivers)
        if not names:
            return None
        matrix = correlation_matrix(self.company, names)
        values, vectors = np.linalg.eigh(matrix)
        return Copula(names, vectors @ np.diag(np.sqrt(np.maximum(values, 0.0))) @ vectors.T)


def _from(number: Number, month: int) -> Steps:
    """Nothing up to a month, and a number from then on, in its currency."""
    return Steps(((0, replace(NOTHING, currency=number.currency)), (month, number)))
