"""From a company to its plan: names become indices, months count from 0, numbers become constants or drivers."""

from typing import Final

import numpy as np

from tarmac.company import Company
from tarmac.company.correlations import correlated, correlation_matrix
from tarmac.company.funding import Gate, Round, Trigger
from tarmac.company.lines import Committed, Line, OnDemand, Revenue, Team, Vendor
from tarmac.company.model import Fx
from tarmac.company.numbers import drivers, inputs, line_paths, shocks, wobbles
from tarmac.company.quantity import Schedule
from tarmac.company.reactions import Action, Event, Policy
from tarmac.company.targets import matching
from tarmac.months import Month
from tarmac.plan import (
    FOREVER,
    ActionPlan,
    Condition,
    Copula,
    EventPlan,
    GatePlan,
    HirePlan,
    Input,
    Level,
    Number,
    Plan,
    PolicyPlan,
    RevenueLine,
    RoundPlan,
    Shock,
    Steps,
    TeamLine,
    VendorLine,
)
from tarmac.streams import MARKET
from tarmac.uncertain import Uncertain, parse

_STEADY: Final = Steps(((0, Number(0.0)),))
_AS_IT_IS: Final = Steps(((0, Number(1.0)),))


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
            vendors=tuple(self.vendor(item, section) for section, item in self.billed()),
            rounds=tuple(self.round(item) for item in company.round),
            events=tuple(self.event(item) for item in company.event),
            policies=tuple(self.policy(item) for item in company.policy),
            currencies=tuple((code, self.fx(code)) for code in company.fx),
            input_copula=self.copula(drivers(company)),
            shock_copula=self.copula(shocks(company)),
        )

    def billed(self) -> list[tuple[str, Vendor]]:
        compute = [("compute", item) for item in self.company.compute if isinstance(item, Vendor)]
        return [*compute, *(("cost", item) for item in self.company.cost)]

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

    def level(self, line: Line | Team, path: str, *, monthly: str = "monthly") -> Level:
        churn = self.steps(line.churn, f"{path}.churn") if isinstance(line, Revenue) else _STEADY
        price = self.steps(line.price_growth, f"{path}.price_growth") if isinstance(line, OnDemand) else _STEADY
        return Level(
            path=path,
            monthly=self.steps(getattr(line, monthly), f"{path}.{monthly}"),
            growth=self.steps(line.growth, f"{path}.growth"),
            churn=churn,
            price_growth=price,
            times=self.steps(line.times, f"{path}.times"),
            shock=self.shock(line, path) if isinstance(line, Line) else None,
            market=self.number(line.market, f"{path}.market") if isinstance(line, Line) else Number(0.0),
            first=self.index(line.starts, 0) if isinstance(line, Line) else 0,
            last=self.index(line.ends, FOREVER) if isinstance(line, Line) else FOREVER,
        )

    def shock(self, table: Line | Fx, path: str) -> Shock | None:
        noise: Uncertain | None = getattr(table, "noise", None)
        if not wobbles(table.volatility) and noise is None:
            return None
        currency = None if noise is None else self.number(noise, f"{path}.noise").currency
        return Shock(path, table.persistence, self.number(table.volatility, f"{path}.volatility"), noise, currency)

    def revenue(self, item: Revenue) -> RevenueLine:
        path = f"revenue.{item.name}"
        opening = self.optional(item.opening_receivables, f"{path}.opening_receivables")
        return RevenueLine(self.level(item, path), item.collected_after, opening)

    def vendor(self, item: Vendor, section: str) -> VendorLine:
        path = f"{section}.{item.name}"
        minimum = self.steps(item.minimum, f"{path}.minimum") if isinstance(item, Committed) else None
        return VendorLine(
            level=self.level(item, path),
            minimum=minimum,
            until=self.index(item.until, FOREVER) if isinstance(item, Committed) else FOREVER,
            terms=item.terms,
            stretch=item.stretch,
            opening_payables=self.optional(item.opening_payables, f"{path}.opening_payables"),
        )

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
            level=self.level(item, path, monthly="cost"),
            headcount=self.number(item.headcount, f"{path}.headcount"),
            hires=hires,
            severance_months=self.number(item.severance_months, f"{path}.severance_months"),
        )

    def condition(self, when: Trigger, path: str) -> Condition:
        return Condition(
            runway_below=self.optional(when.runway_below, f"{path}.runway_below"),
            cash_below=self.optional(when.cash_below, f"{path}.cash_below"),
            arrears_above=self.optional(when.arrears_above, f"{path}.arrears_above"),
            month=None if when.month is None else when.month - self.first,
            round_failed=None if when.round_failed is None else self.rounds.index(when.round_failed),
        )

    def gate(self, requires: Gate, path: str) -> GatePlan:
        return GatePlan(
            self.optional(requires.revenue_above, f"{path}.revenue_above"),
            self.optional(requires.cash_above, f"{path}.cash_above"),
            self.optional(requires.arrears_below, f"{path}.arrears_below"),
        )

    def round(self, item: Round) -> RoundPlan:
        path = f"round.{item.name}"
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
        )

    def event(self, item: Event) -> EventPlan:
        effect = item.effect
        size = effect.add or effect.multiply or parse(1)  # the declaration demands one of the two
        targets = () if effect.target == "cash" else matching(effect.target, self.lines)
        currency = self.number(size, "").currency
        return EventPlan(
            item.name, self.number(item.rate, f"event.{item.name}.rate"), targets, size, currency, effect.months
        )

    def action(self, item: Action, path: str) -> ActionPlan:
        by = Number(0.0) if item.by is None else self.number(item.by, f"{path}.by")
        if item.freeze is not None:
            return ActionPlan(f"freeze {item.freeze}", tuple(p for p in self.lines if p.startswith("team.")), by)
        if item.cut is not None:
            return ActionPlan("cut", matching(item.cut, self.lines), by)
        growing = tuple(path for path in self.lines if not path.startswith("team."))
        return ActionPlan("growth", matching(item.growth or "", growing), by)

    def policy(self, item: Policy) -> PolicyPlan:
        path = f"policy.{item.name}"
        actions = tuple(self.action(action, f"{path}.do[{index}]") for index, action in enumerate(item.do))
        when = self.condition(item.when, f"{path}.when")
        return PolicyPlan(item.name, when, item.after, actions, item.once, item.every)

    def fx(self, code: str) -> Level:
        table, path = self.company.fx[code], f"fx.{code}"
        return Level(
            path=path,
            monthly=Steps(((0, self.number(table.rate, f"{path}.rate")),)),
            growth=self.steps(table.drift, f"{path}.drift"),
            churn=_STEADY,
            price_growth=_STEADY,
            times=_AS_IT_IS,
            shock=self.shock(table, path),
            market=Number(0.0),
            first=0,
            last=FOREVER,
        )

    def copula(self, drivers: tuple[str, ...]) -> Copula | None:
        names = tuple(name for name in correlated(self.company) if name in drivers)
        if not names:
            return None
        matrix = correlation_matrix(self.company, names)
        values, vectors = np.linalg.eigh(matrix)
        return Copula(names, vectors @ np.diag(np.sqrt(np.maximum(values, 0.0))) @ vectors.T)
