"""Lines of revenue, people and vendors, and the prices they depend on, laid out for the engine."""

from dataclasses import replace
from typing import Final

from tarmac.company.lines import Contract, Line, Revenue
from tarmac.company.model import Fx, Price
from tarmac.company.numbers import paths_of, wobbles
from tarmac.company.people import Team
from tarmac.company.targets import matching
from tarmac.company.vendors import Committed, Compute, Cost, Inference, OnDemand, Payable, TrainingRun
from tarmac.layout.reading import Reading
from tarmac.plan import (
    AS_IT_IS,
    FOREVER,
    NOTHING,
    STEADY,
    Commitment,
    ContractPlan,
    CreditsPlan,
    CustomerPlan,
    CutOffPlan,
    HirePlan,
    Level,
    Number,
    RegimePlan,
    RevenueLine,
    Shock,
    Steps,
    TeamLine,
    VendorLine,
    Window,
)
from tarmac.uncertain import Uncertain

Billed = OnDemand | TrainingRun | Inference | Cost
"""Everything that is billed."""

_PARTS: Final[dict[type, tuple[str, ...]]] = {
    Revenue: ("monthly",),
    Cost: ("monthly",),
    Team: ("cost",),
    Inference: ("unit_price", "users", "units"),
    TrainingRun: ("cost", "overrun"),
}
"""The numbers whose product is a line's level, the one that is money first."""


class Lines(Reading):
    """Turns everything that is earned, paid and billed by month into plans."""

    def billed(self) -> list[tuple[str, Billed]]:
        """Everything that is billed, by key path."""
        compute: list[tuple[str, Billed]] = [(f"compute.{item.name}", item) for item in self.company.compute]
        return [*compute, *((f"cost.{item.name}", item) for item in self.company.cost)]

    def revenue(self, item: Revenue) -> RevenueLine:
        """A line of revenue."""
        path = f"revenue.{item.name}"
        return RevenueLine(
            level=self._level(item, path),
            collected=item.collected_after,
            collected_before=item.opening_collected_after or item.collected_after,
            bad_debt=self.number(item.bad_debt, f"{path}.bad_debt"),
            prepaid=item.prepaid_months,
            opening_receivables=self.optional(item.opening_receivables, f"{path}.opening_receivables"),
            opening_deferred=self.optional(item.opening_deferred, f"{path}.opening_deferred"),
            pipeline=tuple(self._contract(item, contract) for contract in item.pipeline),
        )

    def _contract(self, line: Revenue, item: Contract) -> ContractPlan:
        path = f"revenue.{line.name}.pipeline[{item.name}]"
        return ContractPlan(
            driver=f"contract/revenue.{line.name}[{item.name}]",
            monthly=self.number(item.monthly, f"{path}.monthly"),
            signs=self.number(item.signs, f"{path}.signs"),
            window=self._window(item, f"{path}.slip", lasts=item.lasts),
        )

    def _level(self, line: Line, path: str) -> Level:
        return replace(
            self._priced(line, path),
            shock=self._shock(line, path),
            market=self.number(line.market, f"{path}.market"),
            customers=self._customers(line, path) if isinstance(line, Revenue) else (),
            first=self.index(line.starts, 0),
            last=self.index(line.ends, FOREVER),
        )

    def _priced(self, line: Line | Team | TrainingRun, path: str) -> Level:
        """What a line's level is made of, and how it grows."""

        def steps(field: str, otherwise: Steps = STEADY) -> Steps:
            return self.steps(getattr(line, field), f"{path}.{field}") if hasattr(line, field) else otherwise

        return Level(
            path=path,
            parts=self._parts(line, path),
            growth=steps("growth"),
            churn=steps("churn"),
            price_growth=steps("price_growth"),
            units_growth=steps("units_growth"),
            times=steps("times", AS_IT_IS),
            price=getattr(line, "price", None),
            window=self._window(line, f"{path}.slip", lasts=line.spread) if isinstance(line, TrainingRun) else None,
        )

    def _parts(self, line: Line | Team | TrainingRun, path: str) -> tuple[Steps, ...]:
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

    def _customers(self, line: Revenue, path: str) -> tuple[CustomerPlan, ...]:
        return tuple(
            CustomerPlan(
                f"customer/{path}[{item.name}]",
                self.number(item.share, f"{path}.customers[{item.name}].share"),
                self.number(item.leaves, f"{path}.customers[{item.name}].leaves"),
            )
            for item in line.customers
        )

    def _window(self, item: TrainingRun | Contract, slip: str, *, lasts: int | None) -> Window:
        return Window(item.month - self.first, self.number(item.slip, slip), lasts or FOREVER)

    def _shock(self, table: Line | Fx | Price, path: str) -> Shock | None:
        noise: Uncertain | None = getattr(table, "noise", None)
        if not wobbles(table.volatility) and noise is None:
            return None
        currency = None if noise is None else self.number(noise, f"{path}.noise").currency
        return Shock(path, table.persistence, self.number(table.volatility, f"{path}.volatility"), noise, currency)

    def vendor(self, path: str, item: Billed) -> VendorLine:
        """A line that is billed."""
        return VendorLine(
            level=self._level(item, path) if isinstance(item, Line) else self._priced(item, path),
            terms=item.terms,
            terms_before=item.terms if item.opening_terms is None else item.opening_terms,
            tax=isinstance(item, Cost) and item.kind == "tax",
            serves=f"revenue.{item.revenue}" if isinstance(item, Inference) and item.revenue is not None else None,
            commitment=self._commitment(item, path) if isinstance(item, Committed) else None,
            credits=None if isinstance(item, Cost) else self._credits(item, path),
            stretch=item.stretch,
            cut_off=self._cut_off(item, path),
            late_interest=self.number(item.late_interest, f"{path}.late_interest"),
            opening_payables=self.optional(item.opening_payables, f"{path}.opening_payables"),
            opening_arrears=self.number(item.opening_arrears, f"{path}.opening_arrears"),
        )

    def _commitment(self, item: Committed, path: str) -> Commitment:
        return Commitment(
            minimum=self.steps(item.minimum, f"{path}.minimum"),
            until=None if item.until is None else item.until - self.first,
            early_termination=self.optional(item.early_termination, f"{path}.early_termination"),
        )

    def _credits(self, item: Compute, path: str) -> CreditsPlan | None:
        if item.credits is None:
            return None
        amount = self.number(item.credits.amount, f"{path}.credits.amount")
        return CreditsPlan(amount, self.index(item.credits.expires, FOREVER))

    def _cut_off(self, item: Payable, path: str) -> CutOffPlan | None:
        if item.cut_off is None:
            return None
        targets = matching(item.cut_off.target, paths_of(self.company, "revenue"))
        return CutOffPlan(targets, self.number(item.cut_off.multiply, f"{path}.cut_off.multiply"))

    def team(self, item: Team) -> TeamLine:
        """A team."""
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
            level=self._priced(item, path),
            headcount=self.number(item.headcount, f"{path}.headcount"),
            hires=hires,
            severance_months=self.number(item.severance_months, f"{path}.severance_months"),
            notice_months=item.notice_months,
            attrition=self.number(item.attrition, f"{path}.attrition"),
            tax=self.number(item.payroll_tax, f"{path}.payroll_tax"),
            tax_after=item.payroll_tax_after,
        )

    def fx(self, code: str) -> Level:
        """The price of a currency."""
        table, path = self.company.fx[code], f"fx.{code}"
        return Level(
            path=path,
            parts=(self.part(table.rate, f"{path}.rate"),),
            growth=self.steps(table.drift, f"{path}.drift"),
            shock=self._shock(table, path),
        )

    def price(self, item: Price) -> Level:
        """A price that lines share."""
        path = f"price.{item.name}"
        return Level(
            path=path,
            parts=(AS_IT_IS,),
            growth=self.steps(item.growth, f"{path}.growth"),
            shock=self._shock(item, path),
            market=self.number(item.market, f"{path}.market"),
            regime=self._regime(item, path),
        )

    def _regime(self, item: Price, path: str) -> RegimePlan | None:
        if item.regime is None:
            return None
        fields = ("multiply", "begins", "ends")
        return RegimePlan(
            f"regime/{path}", *(self.number(getattr(item.regime, name), f"{path}.regime.{name}") for name in fields)
        )


def _from(number: Number, month: int) -> Steps:
    """Nothing up to a month, and a number from then on, in its currency."""
    return Steps(((0, replace(NOTHING, currency=number.currency)), (month, number)))
