"""Debt and taxes in the Monthly sheet: interest, instalments, notes, a credit line; taxes accrued, put off, paid."""

from collections.abc import Sequence

from tarmac.plan import FOREVER, CreditLinePlan, LoanPlan, NotePlan, Number
from tarmac.report.workbook.billing import VendorRows
from tarmac.report.workbook.cells import NOTHING, Cell, choose, least, most, short_of, total
from tarmac.report.workbook.desk import Desk
from tarmac.report.workbook.grid import FLAG, Row
from tarmac.report.workbook.outside import RoundRows
from tarmac.report.workbook.people import TeamRows
from tarmac.report.workbook.walks import before_opening


class LoanRows:
    """A loan: interest on what was owed at the month's beginning, then equal instalments."""

    def __init__(self, desk: Desk, plan: LoanPlan, *, rounds: RoundRows) -> None:
        self._desk, self._plan, self._draws = desk, plan, rounds.into(plan.name)
        desk.grid.heading(f"{plan.name}", level=2)
        self.interest = desk.grid.row(f"{plan.name}: interest paid")
        self.principal = desk.grid.row(f"{plan.name}: principal repaid")
        self.owed = desk.grid.row(f"{plan.name}: owed")
        self.called = desk.grid.row(f"{plan.name}: called", FLAG) if plan.minimum_cash is not None else None
        self.owed.put(-1, desk.at_opening(plan.principal))

    def service(self, month: int) -> None:
        """What is due in a month."""
        desk, plan, before = self._desk, self._plan, self.owed[month - 1]
        self.interest.put(month, before * desk.number(plan.interest) / 12 * desk.going[month])
        due = least(before, self._instalment(month))
        if self.called is not None and month:
            due = choose(self.called[month - 1] > 0, then=before, otherwise=due)
        self.principal.put(month, due * desk.going[month])
        came = desk.came(self._draws, month)
        self.owed.put(month, total([before - self.principal[month], came]))

    def _instalment(self, month: int) -> Cell:
        plan, parts = self._plan, []
        if plan.principal and plan.interest_only <= month < plan.interest_only + plan.repaid_over:
            parts.append(self.owed[-1] / plan.repaid_over)
        last = month - 1 - plan.interest_only
        for row in self._draws:
            drawn = row.span(max(last - plan.repaid_over + 1, 0), last) if last >= 0 else NOTHING
            if drawn is not NOTHING:
                parts.append(drawn / plan.repaid_over)
        return total(parts)

    def watch(self, cash: Row, month: int) -> None:
        """At a month's end: less cash than the lender allows calls the loan."""
        if self.called is not None and self._plan.minimum_cash is not None:
            self.called.put(month, flag_below(cash[month], self._desk.number(self._plan.minimum_cash, month)))


class NoteRows:
    """A convertible note: simple interest added to it, due in one month, unless an equity round closes before."""

    def __init__(self, desk: Desk, plan: NotePlan, *, rounds: RoundRows) -> None:
        self._desk, self._plan = desk, plan
        self._draws, self._equity = rounds.into(plan.name), rounds.of("equity")
        desk.grid.heading(f"{plan.name}", level=2)
        self._principal = desk.grid.row(f"{plan.name}: principal")
        self.converted = desk.grid.row(f"{plan.name}: becomes shares")
        self.interest = desk.grid.row(f"{plan.name}: interest added")
        self.repaid = desk.grid.row(f"{plan.name}: repaid")
        self.owed = desk.grid.row(f"{plan.name}: owed")
        for row in (self._principal, self.owed):
            row.put(-1, desk.at_opening(plan.principal))

    def service(self, month: int) -> None:
        """What is added, what is due, what becomes shares in a month."""
        desk, plan, going = self._desk, self._plan, self._desk.going[month]
        principal, owed = self._principal[month - 1], self.owed[month - 1]
        closes = desk.came(self._equity, month)
        self.converted.put(month, choose(closes > 0, then=owed, otherwise=0) if self._equity else NOTHING)
        if self._equity:
            principal = choose(closes > 0, then=0, otherwise=principal)
        self.interest.put(month, principal * desk.number(plan.interest) / 12 * going)
        matures = plan.matures != FOREVER and month >= plan.matures
        held = owed - self.converted[month] + self.interest[month]
        self.repaid.put(month, held * going if matures else NOTHING)
        came = desk.came(self._draws, month)
        kept = principal * (1 - going) if matures else principal
        self._principal.put(month, total([kept, came]))
        self.owed.put(month, total([held - self.repaid[month], came]))


class CreditLineRows:
    """A credit line: drawn where cash is short, repaid from cash above the reserve."""

    def __init__(self, desk: Desk, plan: CreditLinePlan) -> None:
        self._desk, self._plan = desk, plan
        desk.grid.heading(f"{plan.name}", level=2)
        self._limit = desk.grid.row(f"{plan.name}: limit")
        self.interest = desk.grid.row(f"{plan.name}: interest paid")
        self.principal = desk.grid.row(f"{plan.name}: repaid because it was called")
        self.drawn = desk.grid.row(f"{plan.name}: drawn", engine=desk.base.flows["drawn"])
        self.repaid = desk.grid.row(f"{plan.name}: repaid", engine=desk.base.flows["repaid"])
        self.owed = desk.grid.row(f"{plan.name}: owed")
        self.called = desk.grid.row(f"{plan.name}: called", FLAG) if plan.minimum_cash is not None else None
        self.owed.put(-1, desk.at_opening(plan.principal))
        self._limit.put(-1, desk.at_opening(plan.limit))

    def service(self, month: int) -> None:
        """Interest, and all of it where the bank has called it."""
        desk, going, before = self._desk, self._desk.going[month], self.owed[month - 1]
        self.interest.put(month, before * desk.number(self._plan.interest) / 12 * going)
        called = self.called[month - 1] > 0 if self.called is not None and month else None
        self.principal.put(month, NOTHING if called is None else choose(called, then=before, otherwise=0) * going)
        limit = self._limit[month - 1]
        self._limit.put(month, limit if called is None else choose(called, then=0, otherwise=limit))

    def undrawn(self, month: int) -> Cell:
        """What can still be drawn."""
        return most(0, self._limit[month] - self.owed[month - 1] + self.principal[month])

    def balance(self, cash: Cell, reserve: Cell, *, month: int) -> None:
        """Draw what cash is short of, or repay what is above the reserve."""
        going = self._desk.going[month]
        self.drawn.put(month, least(most(0, 0 - cash), self.undrawn(month)) * going)
        owed = self.owed[month - 1] - self.principal[month] + self.drawn[month]
        above = most(0, cash + self.drawn[month] - reserve)
        self.repaid.put(month, least(owed, above) * going)
        self.owed.put(month, owed - self.repaid[month])

    def watch(self, cash: Row, month: int) -> None:
        """At a month's end: less cash than the bank allows calls what is drawn."""
        if self.called is not None and self._plan.minimum_cash is not None:
            self.called.put(month, flag_below(cash[month], self._desk.number(self._plan.minimum_cash, month)))


class DebtRows:
    """All debt."""

    def __init__(self, desk: Desk, rounds: RoundRows) -> None:
        plan = desk.base.plan
        if plan.has_debt:
            desk.grid.heading("Debt")
        self._desk = desk
        self.loans = [LoanRows(desk, item, rounds=rounds) for item in plan.loans]
        self.notes = [NoteRows(desk, item, rounds=rounds) for item in plan.notes]
        self.line = None if plan.credit_line is None else CreditLineRows(desk, plan.credit_line)
        lines = [] if self.line is None else [self.line]
        self._lenders: list[LoanRows | CreditLineRows] = [*self.loans, *lines]
        self._all: list[LoanRows | CreditLineRows | NoteRows] = [*self._lenders, *self.notes]
        self._least: list[Number] = [item.minimum_cash for item in plan.loans if item.minimum_cash is not None]
        if plan.credit_line is not None and plan.credit_line.minimum_cash is not None:
            self._least.append(plan.credit_line.minimum_cash)

    def service(self, month: int) -> None:
        """What lenders get in a month."""
        for item in self._all:
            item.service(month)

    def interest(self, month: int) -> Cell:
        """Interest paid."""
        return total(item.interest[month] for item in self._lenders)

    def interest_added(self, month: int) -> Cell:
        """Interest added to notes."""
        return total(item.interest[month] for item in self.notes)

    def principal(self, month: int) -> Cell:
        """Principal repaid."""
        called = [] if self.line is None else [self.line.principal[month]]
        parts = [*(item.principal[month] for item in self.loans), *(item.repaid[month] for item in self.notes)]
        return total([*parts, *called])

    def converted(self, month: int) -> Cell:
        """What of notes has become shares."""
        return total(item.converted[month] for item in self.notes)

    def owed(self, month: int) -> Cell:
        """Everything owed to lenders at a month's end."""
        return total(item.owed[month] for item in self._all)

    def least_cash(self, month: int) -> list[Cell]:
        """What lenders ask to be kept in cash."""
        return [self._desk.number(number, month) for number in self._least]

    def watch(self, cash: Row, month: int) -> None:
        """Lenders look at cash at a month's end."""
        for item in self._lenders:
            item.watch(cash, month)


class TaxRows:
    """Taxes on pay and bills of the tax office: accrued, put off, paid."""

    def __init__(self, desk: Desk, *, teams: Sequence[TeamRows], bills: Sequence[VendorRows]) -> None:
        self._desk, self._teams, self._bills = desk, [team for team in teams if team.tax is not None], bills
        self._holidays = desk.actions.get("taxes", [])
        desk.grid.heading("Taxes")
        self._resting = desk.grid.row("taxes: put off this month", FLAG) if self._holidays else None
        self._due = desk.grid.row("taxes: due")
        self.paid = desk.grid.row("taxes: paid", engine=desk.base.flows["taxes paid"])
        self.owed = desk.grid.row("taxes: owed")
        earlier = [self._before(team) for team in self._teams]
        amounts = [tax * team.line.tax_after for tax, team in zip(earlier, self._teams, strict=True)]
        self._earlier = earlier
        self.owed.put(-1, total([*amounts, *(bill.owed[-1] for bill in bills)]))

    def _before(self, team: TeamRows) -> Cell:
        line, desk = team.line, self._desk
        return desk.number(line.tax) * desk.number(line.headcount) * before_opening(desk, line.level)

    def pay(self, month: int) -> None:
        """What is due and paid in a month."""
        going, parts = self._desk.going[month], list[Cell]()
        for team, before in zip(self._teams, self._earlier, strict=True):
            since = month - team.line.tax_after
            parts.append(before if since < 0 else team.tax[since] if team.tax is not None else NOTHING)
        parts += [bill.due[month] for bill in self._bills]
        length = self._holidays[0][0].months if self._holidays else 0
        if self._resting is not None:
            started = total(row.span(max(month - length + 1, 0), month) for _, row in self._holidays)
            self._resting.put(month, choose(started > 0, then=1, otherwise=0))
            if month >= length:
                parts.append(self._resting[month - length] * self._due[month - length])
        self._due.put(month, total(parts) * going)
        paid = self._due[month] if self._resting is None else self._due[month] * (1 - self._resting[month])
        self.paid.put(month, paid)
        accrued = [team.tax[month] for team in self._teams if team.tax is not None]
        accrued += [bill.billed[month] for bill in self._bills]
        self.owed.put(month, total([self.owed[month - 1], *accrued]) - self.paid[month])


def flag_below(cash: Cell, limit: Cell) -> Cell:
    """1 where cash is below a limit."""
    return choose(short_of(cash, limit), then=1, otherwise=0)
