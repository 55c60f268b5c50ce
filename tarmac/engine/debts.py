"""Debt on one run: loans that are repaid, notes that grow until they are due or become shares, a credit line."""

import numpy as np

from tarmac.engine.drivers import Drivers
from tarmac.engine.invoices import NOTHING, summed
from tarmac.engine.selection import NOBODY, Paths, Selection, Some
from tarmac.engine.state import ROUNDING
from tarmac.engine.walk import Row
from tarmac.plan import CreditLinePlan, LoanPlan, NotePlan, Number


def opened(number: Number, drivers: Drivers) -> Row:
    """A balance at the opening. Shape (paths,)."""
    return np.array(np.broadcast_to(drivers.at_opening(number), drivers.paths))


def _with(new: list[Some], owed: Row) -> Row:
    """What is owed, and what has come since."""
    if not new:
        return owed
    total = owed.copy()
    for paths, amounts in new:
        total[paths] += amounts
    return total


class Drawn:
    """What is owed on a loan or a note, and what more comes in. Shapes (paths,)."""

    def __init__(self, principal: Number, drivers: Drivers) -> None:
        self._drivers = drivers
        self.owed: Row = opened(principal, drivers)
        self._new: list[Some] = []
        self.lent = bool(principal)
        """Whether anything has ever been owed."""

    def draw(self, some: Some) -> None:
        """Money, or a vendor's claim, comes in: owed from the end of this month on."""
        self._new.append(some)

    def outstanding(self, paths: Paths, *, new: bool = True) -> Row:
        """What is owed on some paths, with or without what has come this month. Shape (len(paths),)."""
        return _with(self._new if new else [], self.owed)[paths]

    @property
    def idle(self) -> bool:
        """Whether nothing is owed, nor comes in this month."""
        return not self.lent and not self._new

    def _come(self) -> list[Some]:
        """What has come this month; from now on it is owed."""
        new, self._new = self._new, []
        self.lent = self.lent or bool(new)
        for paths, amounts in new:
            self.owed[paths] += amounts
        return new


def below(minimum: Number | None, cash: Row, *, month: int, drivers: Drivers) -> Paths:
    """The paths on which there is less cash at a month's end than a lender allows."""
    return NOBODY if minimum is None else np.flatnonzero(cash < drivers.value(minimum, month) - ROUNDING)


class Loan(Drawn):
    """A loan: interest every month on what was owed at its beginning; equal parts of the principal after a while."""

    def __init__(self, plan: LoanPlan, drivers: Drivers) -> None:
        super().__init__(plan.principal, drivers)
        self.plan = plan
        self._part: Row = np.zeros(drivers.paths)
        self._changes: dict[int, list[Some]] = {}
        self.called: Paths = NOBODY
        """Where its lender has called it: all of it is due next month."""
        if plan.principal:
            self._repay((np.arange(drivers.paths), self.owed.copy()), first=plan.interest_only)

    def service(self, month: int) -> tuple[Row, Row]:
        """Interest and principal due in a month. Shapes (paths,)."""
        for paths, change in self._changes.pop(month, []):
            self._part[paths] += change
        interest = self.owed * (self._drivers.value(self.plan.interest) / 12)
        principal = np.maximum(self._part, 0.0)
        np.minimum(principal, self.owed, out=principal)
        if len(self.called):
            principal[self.called] = self.owed[self.called]
            self._forget(self.called)
        self.owed -= principal
        for some in self._come():
            self._repay(some, first=month + 1 + self.plan.interest_only)
        return interest, principal

    def watch(self, cash: Row, month: int) -> None:
        """At a month's end: less cash than its lender allows calls the loan."""
        self.called = below(self.plan.minimum_cash, cash, month=month, drivers=self._drivers)

    def keep(self, chosen: Selection, drivers: Drivers) -> None:
        """Go on with some of the paths."""
        self._drivers = drivers
        self.owed, self._part = chosen.row(self.owed), chosen.row(self._part)
        self.called = chosen.places(self.called)
        self._changes = {month: [chosen.some(some) for some in changes] for month, changes in self._changes.items()}

    def _forget(self, called: Paths) -> None:
        """What has been called has no instalments left."""
        self._part[called] = 0.0
        gone = np.zeros(len(self._part), np.bool_)
        gone[called] = True
        for month, changes in self._changes.items():
            self._changes[month] = [(paths[~gone[paths]], amounts[~gone[paths]]) for paths, amounts in changes]

    def _repay(self, some: Some, *, first: int) -> None:
        """Equal parts of some amounts from month `first` on."""
        paths, amounts = some
        part = amounts / self.plan.repaid_over
        self._changes.setdefault(first, []).append((paths, part))
        self._changes.setdefault(first + self.plan.repaid_over, []).append((paths, -part))


class Note(Drawn):
    """A convertible note: simple interest, all of it due in one month, unless it has become shares.

    What is put in later is due the month after it came.
    """

    def __init__(self, plan: NotePlan, drivers: Drivers) -> None:
        super().__init__(plan.principal, drivers)
        self.plan = plan
        self._principal: Row = self.owed.copy()

    def convert(self, paths: Paths) -> Row:
        """A priced round has closed on some paths: what was owed there becomes equity. Shape (len(paths),)."""
        amounts = self.owed[paths]
        self.owed[paths] = self._principal[paths] = 0.0
        return amounts

    def service(self, month: int) -> tuple[Row, Row]:
        """Interest of a month, which is added to what is owed, and what is due. Shapes (paths,)."""
        interest = self._principal * (self._drivers.value(self.plan.interest) / 12)
        self.owed += interest
        due = NOTHING
        if month >= self.plan.matures:
            due, self.owed, self._principal = self.owed, np.zeros_like(self.owed), np.zeros_like(self.owed)
        for paths, amounts in self._come():
            self._principal[paths] += amounts
        return interest, due

    def keep(self, chosen: Selection, drivers: Drivers) -> None:
        """Go on with some of the paths."""
        self._drivers = drivers
        self.owed, self._principal = chosen.row(self.owed), chosen.row(self._principal)


class CreditLine:
    """A credit line: drawn where cash does not cover what is due, repaid from cash above the reserve."""

    def __init__(self, plan: CreditLinePlan, drivers: Drivers) -> None:
        self.plan = plan
        self._drivers = drivers
        self.owed: Row = opened(plan.principal, drivers)
        self._limit: Row = opened(plan.limit, drivers)
        self.called: Paths = NOBODY
        """Where the bank has called it."""

    def service(self) -> tuple[Row, Row]:
        """Interest due on what is drawn, and all of it where the bank has called it. Shapes (paths,) or (1,)."""
        interest = self.owed * (self._drivers.value(self.plan.interest) / 12)
        if not len(self.called):
            return interest, NOTHING
        principal = np.zeros_like(self.owed)
        principal[self.called] = self.owed[self.called]
        self.owed[self.called] = self._limit[self.called] = 0.0
        return interest, principal

    @property
    def undrawn(self) -> Row:
        """What can still be drawn. Shape (paths,)."""
        return np.maximum(self._limit - self.owed, 0.0)

    def balance(self, cash: Row, reserve: Row) -> Row:
        """Draw what cash is short of, or repay what is above a reserve: the change of cash. Shape (paths,)."""
        drawn = np.minimum(np.maximum(-cash, 0.0), self.undrawn)
        self.owed += drawn
        repaid = np.minimum(self.owed, np.maximum(cash + drawn - reserve, 0.0))
        self.owed -= repaid
        change: Row = drawn - repaid
        return change

    def watch(self, cash: Row, month: int) -> None:
        """At a month's end: less cash than the bank allows calls what is drawn, and closes the line."""
        self.called = below(self.plan.minimum_cash, cash, month=month, drivers=self._drivers)

    def keep(self, chosen: Selection, drivers: Drivers) -> None:
        """Go on with some of the paths."""
        self._drivers = drivers
        self.owed, self._limit = chosen.row(self.owed), chosen.row(self._limit)
        self.called = chosen.places(self.called)


class Debts:
    """All debt of one run."""

    def __init__(self, drivers: Drivers) -> None:
        plan, self._drivers = drivers.plan, drivers
        self.loans = [Loan(item, drivers) for item in plan.loans]
        self.notes = [Note(item, drivers) for item in plan.notes]
        self.line = None if plan.credit_line is None else CreditLine(plan.credit_line, drivers)
        self._by_name: dict[str, Loan | Note] = {loan.plan.name: loan for loan in self.loans}
        self._by_name |= {note.plan.name: note for note in self.notes}

    def draw(self, name: str, some: Some) -> None:
        """More is owed on a loan or a note, from the end of this month on."""
        self._by_name[name].draw(some)

    def convert(self, paths: Paths) -> Row:
        """A priced round has closed on some paths: notes become shares. What was owed, shape (len(paths),)."""
        return sum((note.convert(paths) for note in self.notes), start=np.zeros(len(paths)))

    def repaid_first(self, paths: Paths) -> Row:
        """What is owed on some paths to lenders who cannot have shares instead. Shape (len(paths),)."""
        lines = [] if self.line is None else [self.line.owed[paths]]
        return sum((*lines, *(loan.outstanding(paths) for loan in self.loans)), start=np.zeros(len(paths)))

    def service(self, month: int) -> tuple[Row, Row, Row]:
        """What a month costs: interest paid, interest added to notes, principal paid. Shapes (paths,) or (1,)."""
        loans = [loan.service(month) for loan in self.loans if not loan.idle]
        notes = [note.service(month) for note in self.notes if not note.idle]
        lines = [] if self.line is None else [self.line.service()]
        paid = summed([interest for interest, _ in (*loans, *lines)])
        principal = summed([part for _, part in (*loans, *notes, *lines) if part is not NOTHING])
        return paid, summed([interest for interest, _ in notes]), principal

    def least_cash(self, month: int) -> Row:
        """The most that any lender asks to be kept in cash. Shape (paths,) or (1,)."""
        lines = [] if self.line is None else [self.line.plan.minimum_cash]
        asked = [*lines, *(loan.plan.minimum_cash for loan in self.loans)]
        least = NOTHING
        for number in asked:
            if number is not None:
                least = np.maximum(least, self._drivers.value(number, month))
        return least

    @property
    def undrawn(self) -> Row:
        """What the credit line still has. Shape (paths,), or (1,) where there is none."""
        return NOTHING if self.line is None else self.line.undrawn

    @property
    def called(self) -> Paths:
        """The paths on which a lender has called what is owed, or closed a line that had room, each once or more."""
        found = [loan.called[loan.owed[loan.called] > ROUNDING] for loan in self.loans]
        if self.line is not None:
            limit = self.line.undrawn + self.line.owed
            found.append(self.line.called[limit[self.line.called] > ROUNDING])
        return np.concatenate([NOBODY, *found])

    @property
    def owed(self) -> Row:
        """Everything owed. Shape (paths,) or (1,)."""
        lines = [] if self.line is None else [self.line.owed]
        return summed([*lines, *(item.owed for item in self._by_name.values() if item.lent)])

    def watch(self, cash: Row, month: int) -> None:
        """Lenders look at cash at a month's end."""
        for loan in self.loans:
            loan.watch(cash, month)
        if self.line is not None:
            self.line.watch(cash, month)

    def keep(self, chosen: Selection, drivers: Drivers) -> None:
        """Go on with some of the paths."""
        self._drivers = drivers
        for item in self._by_name.values():
            item.keep(chosen, drivers)
        if self.line is not None:
            self.line.keep(chosen, drivers)
