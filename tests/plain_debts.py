"""What a company owes lenders on one path as plain loops, and taxes put off.

Part of the plain loops that the engine is checked against (tests/plain.py).
"""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tests.plain_plans import Books, Seen
from tests.plain_reading import FOREVER, Reading


@dataclass
class Service:
    """What a debt costs and asks for in a month: interest that accrues; interest due; principal due.

    What a note has grown by is due with its principal.
    """

    accrued: float = 0.0
    interest: float = 0.0
    principal: float = 0.0


class Debt:
    """What is owed to one lender; `fresh`: what of it came this month; `convertible`: it may become shares."""

    convertible = False

    def __init__(self, read: Reading, where: str, *, table: Any) -> None:
        self.read, self.where, self.table = read, where, table
        self.rate = read(f"{where}.interest") / 12
        self.owed, self.fresh, self.called = read(f"{where}.principal"), 0.0, False

    def lend(self, amount: float, month: int) -> None:  # noqa: ARG002  (as every debt)
        self.owed += amount
        self.fresh += amount

    def convert(self) -> float:
        """What becomes shares when a priced round closes."""
        return 0.0

    def service(self, month: int) -> Service:
        raise NotImplementedError

    def least(self, month: int) -> float:
        """The cash that the lender wants to be kept."""
        return self.read(f"{self.where}.minimum_cash", 0, month)

    def look(self, out: Books, seen: Seen) -> None:
        """At a month's end: whether the lender calls what is owed."""
        watched = getattr(self.table, "minimum_cash", None) is not None
        self.called = watched and out.less(seen.cash, self.least(seen.month), seen.scale)

    def balances(self) -> dict[str, float]:
        return {"debt": self.owed}


class Loan(Debt):
    """A loan: interest alone at first, then equal parts of the principal."""

    def __init__(self, read: Reading, where: str, *, table: Any) -> None:
        super().__init__(read, where, table=table)
        self.parts: dict[int, float] = defaultdict(float)
        self._plan(self.owed, 0)

    def _plan(self, amount: float, first: int) -> None:
        begins = first + self.table.interest_only_months
        for month in range(begins, begins + self.table.repaid_over):
            self.parts[month] += amount / self.table.repaid_over

    def lend(self, amount: float, month: int) -> None:
        super().lend(amount, month)
        self._plan(amount, month + 1)

    def service(self, month: int) -> Service:
        before = self.owed - self.fresh
        principal = before if self.called else min(self.parts[month], before)
        if self.called:  # nothing is left to be paid but what has just come
            self.parts.clear()
            self._plan(self.fresh, month + 1)
        self.owed, self.fresh = self.owed - principal, 0.0
        return Service(before * self.rate, before * self.rate, principal)


class Note(Debt):
    """A convertible note: simple interest is added to what is owed, all of it is due at once or becomes shares."""

    convertible = True

    def __init__(self, read: Reading, where: str, *, table: Any) -> None:
        super().__init__(read, where, table=table)
        self.principal, self.matures = self.owed, read.index(table.matures, FOREVER)

    def lend(self, amount: float, month: int) -> None:
        super().lend(amount, month)
        self.principal += amount

    def convert(self) -> float:
        before = self.owed - self.fresh
        self.owed = self.principal = self.fresh
        return before

    def service(self, month: int) -> Service:
        accrued = (self.principal - self.fresh) * self.rate
        self.owed += accrued
        due = self.convert() if month >= self.matures else 0.0
        self.fresh = 0.0
        return Service(accrued, principal=due)


class CreditLine(Debt):
    """A credit line: drawn where cash does not cover what is due. Without a table: none."""

    def __init__(self, read: Reading, where: str, *, table: Any) -> None:
        super().__init__(read, where, table=table)
        self.closed, self.limit = False, read(f"{where}.limit")

    def undrawn(self) -> float:
        return 0.0 if self.closed else max(self.limit - self.owed, 0.0)

    def service(self, month: int) -> Service:  # noqa: ARG002  (as every debt)
        interest, principal = self.owed * self.rate, self.owed if self.called else 0.0
        self.closed, self.owed = self.closed or self.called, self.owed - principal
        return Service(interest, interest, principal)

    def settle(self, cash: float, reserve: float) -> float:
        """After all payments: what is drawn where cash is short, less what is repaid from what is above the reserve."""
        drawn = min(self.undrawn(), max(-cash, 0.0))
        repaid = min(self.owed + drawn, max(cash + drawn - reserve, 0.0))
        self.owed += drawn - repaid
        return drawn - repaid


def debts_of(read: Reading) -> dict[str, Debt]:
    """Every debt of a company, and those its rounds may bring, by where they are declared."""
    makers: dict[str, Callable[..., Debt]] = {"loan": Loan, "debt": Loan, "note": Note}
    found: list[tuple[str, str, Any]] = [(f"debt.{table.name}", table.kind, table) for table in read.company.debt]
    found += [(f"round.{table.name}", table.instrument, table) for table in read.company.round]
    return {where: makers[kind](read, where, table=table) for where, kind, table in found if kind in makers}


def credit_line_of(read: Reading) -> CreditLine:
    """The credit line of a company, or one of nothing."""
    table = next((table for table in read.company.debt if table.kind == "credit_line"), None)
    return CreditLine(read, f"debt.{getattr(table, 'name', '')}", table=table)


class Holiday:
    """Taxes put off: those that fall due before the month `ends` are due `by` months later."""

    def __init__(self) -> None:
        self.ends, self.by = 0, 0
        self.later: dict[int, float] = defaultdict(float)

    def act(self, action: Any, _by: float, *, month: int) -> None:
        if action.defer == "taxes":
            self.ends, self.by = max(self.ends, month + action.months), action.months

    def due(self, month: int, falling: float) -> float:
        """What of the taxes that fall due in a month has to be paid in it."""
        falling += self.later.pop(month, 0.0)
        if month >= self.ends:
            return falling
        self.later[month + self.by] += falling
        return 0.0

    def balances(self) -> dict[str, float]:
        return {"taxes_owed": sum(self.later.values())}
