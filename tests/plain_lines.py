"""The lines of a company on one path as plain loops: how each moves, and what it brings or costs, when.

Part of the plain loops that the engine is checked against (tests/plain.py). What is still to come of an invoice or a
bill is kept by the month in which it comes, so that a balance is the sum of what is left there.
"""

from collections import defaultdict
from dataclasses import dataclass
from math import floor, log, prod
from typing import Any

from tarmac.company.targets import matching
from tests.plain_plans import Books, Seen
from tests.plain_reading import FOREVER, Reading

MONEY = ("monthly", "cost", "unit_price", "gpu_hour")
"""The part of a line's level that has a currency."""


def parts(table: Any) -> list[str]:
    """The numbers of a line whose product is its level."""
    if getattr(table, "kind", None) == "training_run":
        return ["cost", "overrun"]
    names = ["monthly", "cost", "users", "units", "unit_price"]
    names += ["gpus", "gpu_hour", "hours", "utilisation"] if getattr(table, "gpus", None) is not None else []
    return [name for name in names if getattr(table, name, None) is not None]


class Line:
    """One line on one path: its level, and its amount."""

    def __init__(self, read: Reading, where: str, *, table: Any) -> None:
        self.read, self.where, self.table, self.kind = read, where, table, getattr(table, "kind", None)
        self.level, self.scale, self.supply, self.faster, self.raises = 0.0, 1.0, 1.0, 0.0, True
        self.parts = [f"{where}.{part}" for part in parts(table)]
        self.money = next(part for part in self.parts if part.endswith(MONEY))
        self.first = read.index(table.month if self.kind == "training_run" else getattr(table, "starts", None))
        self.last = read.index(getattr(table, "ends", None), FOREVER)

    def set_at(self, month: int) -> float:
        """The level by what the file says for a month, in its own currency."""
        return prod(self.read.drawn(part, month)[0] for part in self.parts) / getattr(self.table, "spread", 1)

    def steady(self) -> float:
        """The amount of every month before the opening, at the opening rate."""
        if self.first > 0 or self.kind == "training_run":
            return 0.0
        return self.set_at(0) * self.read.price(self.read.drawn(self.money)[1], None)

    def runs(self, month: int) -> bool:
        if self.kind == "training_run":
            begins = floor(self.first + self.read(f"{self.where}.slip"))
            return begins <= month < begins + int(self.table.spread)
        return self.first <= month <= self.last

    def step(self, month: int) -> float:
        """Go on to a month: what is invoiced, used, or the cost of a head."""
        read, where = self.read, self.where
        if month == self.first or (month > self.first and any(read.begins(part, month) for part in self.parts)):
            self.level = self.set_at(month)
        elif month > self.first:
            gain = max(1.0 + read(f"{where}.growth", month) - read(f"{where}.churn", month) + self.faster, 0.0)
            self.level *= gain if self.raises else 1.0
            self.level *= (1.0 + read(f"{where}.price_growth", month)) * (1.0 + read(f"{where}.units_growth", month))
        if not self.runs(month):
            return 0.0
        acted = self.scale * self.supply * read.hits(where, month)
        times = read(f"{where}.times", month) if hasattr(self.table, "times") else 1.0
        unit = read.drawn(self.money, max(month, self.first))[1]
        prices = read.price(unit, month) * read.price_index(getattr(self.table, "price", None), month)
        amount = self.level * acted * times * prices * read.shake(self.table, where, month) * self._stayed(month)
        return float(amount + read.noise(self.table, where, month) + acted * times * self._pipeline(month))

    def _stayed(self, month: int) -> float:
        """What is left of a line when some of its named customers have gone."""
        left = 1.0
        for customer in getattr(self.table, "customers", ()):
            here = f"{self.where}.customers[{customer.name}]"
            leaves, chance = self.read(f"{here}.leaves"), self.read.chance(f"customer/{self.where}[{customer.name}]")
            stays = FOREVER if leaves <= 0 else 0 if leaves >= 1 else floor(log(1 - chance) / log(1 - leaves))
            left -= self.read(f"{here}.share") if stays <= month else 0.0
        return max(left, 0.0)

    def _pipeline(self, month: int) -> float:
        """What the contracts bring that have been signed."""
        total = 0.0
        for contract in getattr(self.table, "pipeline", ()):
            here = f"{self.where}.pipeline[{contract.name}]"
            signed = floor(self.read.index(contract.month) + self.read(f"{here}.slip"))
            signs = self.read.chance(f"contract/{self.where}[{contract.name}]") < self.read(f"{here}.signs")
            if signs and signed <= month < signed + (contract.lasts or FOREVER):
                total += self.read(f"{here}.monthly", 0, month)
        return total

    def act(self, action: Any, by: float, *, month: int) -> None:  # noqa: ARG002  (as every line)
        """What a policy does to a line of revenue or cost."""
        if action.cut is not None and matching(action.cut, [self.where]):
            self.scale *= 1.0 - by
        if action.increase is not None and matching(action.increase, [self.where]):
            self.scale *= 1.0 + by
        if action.growth is not None and matching(action.growth, [self.where]):
            self.faster += by


class Sold(Line):
    """A line of revenue: `coming` in cash, `doubtful` and never paid, `earning`: each by month."""

    def __init__(self, read: Reading, table: Any) -> None:
        super().__init__(read, f"revenue.{table.name}", table=table)
        self.coming: dict[int, float] = defaultdict(float)
        self.doubtful: dict[int, float] = defaultdict(float)
        self.earning: dict[int, float] = defaultdict(float)
        self.bad, self.invoiced = read(f"{self.where}.bad_debt"), 0.0
        self._open_receivables()
        self._open_deferred()

    def _open_receivables(self) -> None:
        shares, each = self.table.opening_collected_after or self.table.collected_after, self.steady()
        tails = [(1 - self.bad) * sum(shares[age + 1 :]) for age in range(len(shares) - 1)]
        if self.table.opening_receivables is not None:
            total, each = self.read(f"{self.where}.opening_receivables"), 0.0
            if sum(tails) > 0:
                each = total / sum(tail + self.bad for tail in tails)
            else:  # everything is collected at once
                self.coming[0], self.doubtful[0] = (1 - self.bad) * total, self.bad * total
        for month, tail in enumerate(tails):
            self.coming[month] += each * tail
            self.doubtful[month] += each * self.bad

    def _open_deferred(self) -> None:
        months, each = self.table.prepaid_months, self.steady()
        if self.table.opening_deferred is not None:
            each = self.read(f"{self.where}.opening_deferred") / ((months - 1) / 2)
        for month in range(months - 1):
            self.earning[month] = each * (months - 1 - month) / months

    def earn(self, month: int) -> float:
        """Invoice a month; what is earned in it."""
        invoice = self.invoiced = self.step(month)
        shares, months = self.table.collected_after, self.table.prepaid_months
        for age, share in enumerate(shares):
            self.coming[month + age] += (1 - self.bad) * share * invoice
        self.doubtful[month + len(shares) - 1] += self.bad * invoice
        for later in range(months):
            self.earning[month + later] += invoice / months
        return self.earning.pop(month)

    def collect(self, month: int) -> float:
        return self.coming.pop(month)

    def write_off(self, month: int) -> float:
        return self.doubtful.pop(month, 0.0)

    def balances(self) -> dict[str, float]:
        owed = sum(self.coming.values()) + sum(self.doubtful.values())
        return {"receivables": owed, "deferred": sum(self.earning.values())}


class Team(Line):
    """People: heads, those on notice (by the month in which they are gone), severance and taxes by month."""

    def __init__(self, read: Reading, table: Any) -> None:
        super().__init__(read, f"team.{table.name}", table=table)
        self.heads, self.cost, self.paid, self.hires = read(f"{self.where}.headcount"), 0.0, 0.0, True
        self.notice: dict[int, float] = defaultdict(float)
        self.severance: dict[int, float] = defaultdict(float)
        self.taxes: dict[int, float] = defaultdict(float)
        for month in range(table.payroll_tax_after):
            self.taxes[month] = read(f"{self.where}.payroll_tax") * self.heads * self.steady()

    def act(self, action: Any, by: float, *, month: int) -> None:
        """A cut lays people off: they stay on notice, and severance is due when they go."""
        if action.cut is not None and matching(action.cut, [self.where]):
            gone, leaving = month + self.table.notice_months, self.heads * by
            self.heads -= leaving
            self.notice[gone] += leaving
            self.severance[gone] += leaving * self.cost * self.read(f"{self.where}.severance_months")
        self.hires &= action.freeze != "hires"
        self.raises &= action.freeze != "raises"

    def pay(self, month: int) -> float:
        """The pay of a month, taxes and severance apart: who joins in it is paid in it."""
        self.heads *= 1.0 - self.read(f"{self.where}.attrition")
        for place, hire in enumerate(self.table.hires):
            here = f"{self.where}.hires[{place}]"
            if self.hires and floor(self.read.index(hire.month) + self.read(f"{here}.slip")) == month:
                self.heads += self.read(f"{here}.count")
        self.cost = self.step(month)
        self.paid = self.cost * (self.heads + sum(heads for gone, heads in self.notice.items() if month < gone))
        return self.paid

    def tax(self, month: int) -> float:
        """The taxes on a month's pay, due later."""
        tax = self.read(f"{self.where}.payroll_tax") * self.paid
        self.taxes[month + self.table.payroll_tax_after] += tax
        return tax

    def tax_due(self, month: int) -> float:
        return self.taxes.pop(month)

    def way_out(self, month: int) -> float:
        """What it costs, at the end of a month, to let everybody go."""
        months: float = self.table.notice_months + self.read(f"{self.where}.severance_months")
        noticed = sum(heads * (gone - 1 - month) for gone, heads in self.notice.items() if gone - 1 > month)
        return self.cost * (self.heads * months + noticed) + sum(self.severance.values())

    def balances(self) -> dict[str, float]:
        return {"taxes_owed": sum(self.taxes.values())}


@dataclass
class Cell:
    """What is unpaid of one month's bills of a vendor, how long past due; a vendor may wait, and may cut supply."""

    amount: float
    stretch: int
    cuts_off: bool
    age: int = 0

    def patience(self) -> int:
        """Months that the vendor goes on waiting; what it no longer waits for is alike, however old."""
        return max(self.stretch - self.age, -1)


class Vendor(Line):
    """A line that is billed: bills by due month, unpaid ones by age, pots of credits. A tax is one too."""

    def __init__(self, read: Reading, where: str, *, table: Any) -> None:
        super().__init__(read, where, table=table)
        self.falling: dict[int, float] = defaultdict(float)
        self.unpaid = [Cell(read(f"{where}.opening_arrears"), table.stretch, table.cut_off is not None)]
        self.off, self.terminated, self.pays_fee, self.covered, self.lost = False, False, False, 0.0, 0.0
        self.pots = {"": read(f"{where}.credits.amount"), **{item.name: 0.0 for item in read.company.round}}
        self.until = min(read.index(getattr(table, "until", None), FOREVER), self.last)
        self._open()

    def _open(self) -> None:
        before = self.table.opening_terms
        terms, each = self.table.terms if before is None else before, self.floored(self.steady(), 0, rate_of=None)
        if self.table.opening_payables is not None:
            terms = max(terms, 1)
            each = self.read(f"{self.where}.opening_payables") / terms
        for month in range(terms):
            self.falling[month] = each

    def steady(self) -> float:
        """What serves a line of revenue is used in proportion to it."""
        serves = getattr(self.table, "revenue", None)
        return super().steady() * prod(
            Sold(self.read, t).steady() for t in self.read.company.revenue if t.name == serves
        )

    def floored(self, used: float, month: int, *, rate_of: int | None) -> float:
        """A commitment bills at least its minimum while it runs."""
        if self.kind != "committed" or self.terminated or not self.first <= month <= self.until:
            return used
        return max(used, self.read(f"{self.where}.minimum", month, rate_of))

    def act(self, action: Any, by: float, *, month: int) -> None:
        """A commitment may be ended at a price, if it runs."""
        super().act(action, by, month=month)
        can = self.kind == "committed" and self.table.early_termination is not None and not self.terminated
        if can and action.terminate is not None and matching(action.terminate, [self.where]):
            self.terminated, self.pays_fee = True, month <= self.until

    def bill(self, month: int, earned: dict[str, float]) -> float:
        """The bill of a month: what is not covered by credits falls due later."""
        used = self.step(month) * earned.get(f"revenue.{getattr(self.table, 'revenue', None)}", 1.0)
        bill = 0.0 if self.off else self.floored(used, month, rate_of=month)
        if self.pays_fee and month >= self.first:  # supplied or not, in the first month in which it runs
            bill, self.pays_fee = bill + self.read(f"{self.where}.early_termination", 0, month), False
        self.covered, self.lost = 0.0, 0.0
        if getattr(self.table, "credits", None) and month > self.read.index(self.table.credits.expires, FOREVER):
            self.lost, self.pots[""] = self.pots[""], 0.0
        for pot in self.pots:
            part = min(self.pots[pot], max(bill - self.covered, 0.0))
            self.pots[pot] -= part
            self.covered += part
        self.falling[month + self.table.terms] += bill - self.covered
        return bill

    def gives(self, item: Any) -> bool:
        """Whether a round pays in credits of this vendor."""
        return item.instrument == "compute" and self.where == f"compute.{item.vendor}"

    def fall_due(self, month: int) -> float:
        """Unpaid bills grow older, new ones fall due; the interest on the old ones, due at once."""
        late = self.arrears() * self.read(f"{self.where}.late_interest") / 12
        for cell in self.unpaid:
            cell.age += 1
        due = self.falling.pop(month, 0.0) + late
        self.unpaid.append(Cell(due, self.table.stretch, self.table.cut_off is not None))
        return late

    def arrears(self) -> float:
        return sum(cell.amount for cell in self.unpaid)

    def relieve(self, share: float) -> float:
        """Part of what is past due is waived, or becomes a debt."""
        before = self.arrears()
        for cell in self.unpaid:
            cell.amount *= 1.0 - share
        return before - self.arrears()

    def look(self, _out: Books, _seen: Seen) -> None:
        """At a month's end: whether supply is off in the next."""
        self.unpaid = [cell for cell in self.unpaid if cell.amount > 0]
        gone = any(cell.cuts_off and cell.patience() <= 0 for cell in self.unpaid)
        self.off = bool(self.unpaid) and (self.off or gone)

    def factor(self, line: Line) -> float:
        """What a line of revenue is multiplied by while supply is off."""
        if not self.off or not matching(self.table.cut_off.target, [line.where]):
            return 1.0
        return self.read(f"{self.where}.cut_off.multiply")

    def way_out(self, month: int) -> float:
        """What a commitment costs, at the end of a month, that goes on."""
        if self.kind != "committed" or self.terminated or not self.first <= month < self.until:
            return 0.0
        if self.table.early_termination is not None:
            return self.read(f"{self.where}.early_termination", 0, month)
        ahead = range(month + 1, self.until + 1) if self.table.until is not None else ()
        return sum(self.read(f"{self.where}.minimum", later, month) for later in ahead)

    def balances(self) -> dict[str, float]:
        owed = sum(self.falling.values()) + self.arrears()
        return {"taxes_owed" if self.kind == "tax" else "payables": owed, "credits": sum(self.pots.values())}
