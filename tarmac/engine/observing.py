"""What a model says of the quantities that facts are of, read on every path while a ledger is run."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from tarmac.company.targets import matching
from tarmac.engine.block import Job, Prepared, overflow_raised
from tarmac.engine.invoices import NOTHING
from tarmac.engine.paying import InOrder
from tarmac.engine.selection import Some
from tarmac.engine.state import Flags
from tarmac.engine.walk import Row
from tarmac.facts import BALANCES, Quantity
from tarmac.plan import FOREVER, Plan

if TYPE_CHECKING:
    from tarmac.engine.ledger import Ledger

Rows = dict[str, Row]

_ALL = ""
"""What a balance of everybody is called among those of single lines."""


@dataclass(frozen=True, slots=True)
class Question:
    """A quantity over the months from index `first` to `last`, counted from 0; of a balance, at the end of `last`.

    `currency`: a foreign one in which the figure is wanted, each month's amount at that month's rate on the path; None
    for the company's own.

    `known`: the month index by whose end it was known, where that is before its own months are over: then a company
    need only have lived to that.
    """

    quantity: Quantity
    first: int
    last: int
    currency: str | None = None
    known: int = FOREVER

    def end(self, plan: Plan) -> int:
        """The month index at whose end the figure is known: what is unpaid of a bill, in the month it falls due."""
        terms = [line.terms for line in plan.suppliers if line.level.path in self.lines([line.level.path])]
        return self.last + (max(terms, default=0) if self.quantity.kind == "unpaid" else 0)

    def lines(self, paths: Sequence[str]) -> tuple[str, ...]:
        """Those of some lines that it adds up, each once."""
        named = {path for target in self.quantity.targets for path in matching(target, paths)}
        return tuple(path for path in paths if path in named) if self.quantity.targets else (_ALL,)


@dataclass(frozen=True, slots=True)
class Answer:
    """A figure on every path, and whether the company lived to see it: solvent and independent. Shapes (paths,)."""

    figures: Row
    lived: Flags

    @property
    def values(self) -> Row:
        """The figure on those paths on which the company lived to see it."""
        return self.figures[self.lived]


class Observer:
    """Watches a ledger that keeps all its paths, and answers questions. To be made before the ledger is run."""

    def __init__(self, ledger: "Ledger", questions: Sequence[Question]) -> None:
        plan, drivers = ledger.plan, ledger.drivers
        paths = [*ledger.lines, *(item.driver for item in plan.rounds)]
        self.answers = [Answer(np.zeros(drivers.paths), np.zeros(drivers.paths, np.bool_)) for _ in questions]
        self._asked = [(item, item.lines(paths), item.end(plan)) for item in questions]
        self._terms = {line.level.path: line.terms for line in plan.suppliers}

    def month_end(self, month: int, ledger: "Ledger") -> None:
        """Take in what the month adds to each figure."""
        books: dict[str, Rows] = {}
        rates = ledger.drivers.currencies
        for (question, lines, end), answer in zip(self._asked, self.answers, strict=True):
            kind = question.quantity.kind
            if month == min(end, question.known):
                answer.lived[...] = ledger.state.alive
            counting = [path for path in lines if self._counts(question, month, path=path)]
            if counting and kind not in books:
                books[kind] = _READ[kind](month, ledger)
            rate = 1.0 if question.currency is None else rates[question.currency][month]
            for path in counting:
                if path in books[kind]:
                    answer.figures[...] += books[kind][path] / rate

    def _counts(self, question: Question, month: int, *, path: str) -> bool:
        """Whether what a line adds in a month is part of the figure."""
        kind = question.quantity.kind
        first = question.last if kind in BALANCES else question.first
        return first <= month - (self._terms.get(path, 0) if kind == "unpaid" else 0) <= question.last


def _unpaid(month: int, ledger: "Ledger") -> Rows:
    """What is unpaid of the bill that falls due in a month, by vendor."""
    due = {vendor.line.level.path: vendor.due(month) for vendor in ledger.vendors}
    return {path: np.clip(due[path], 0.0, owed) for path, owed in arrears_by_vendor(ledger).items()}


def _billed(_: int, ledger: "Ledger") -> Rows:
    """What vendors have billed, and people have cost, in a month."""
    bills = {vendor.line.level.path: vendor.billed for vendor in ledger.vendors}
    return bills | {team.line.level.path: team.cost for team in ledger.teams}


def _raised(_: int, ledger: "Ledger") -> Rows:
    """What rounds have brought the company in a month."""
    return {
        plan.driver: dense(some, width=ledger.drivers.paths)
        for plan, some in ledger.rounds.closed
        if plan.instrument != "secondary"
    }


def arrears_by_vendor(ledger: "Ledger") -> Rows:
    """What is past due with each vendor at a month's end. Shapes (paths,).

    Within a vendor the oldest bill is paid first, interest before all: what of a bill is unpaid in the month it falls
    due is the bill itself, or all that is past due where that is less.
    """
    suppliers, owing = ledger.plan.suppliers, ledger.paying
    if not isinstance(owing, InOrder):
        return {line.level.path: NOTHING for line in suppliers}
    width = ledger.drivers.paths
    return {
        line.level.path: dense((owing.late, owing.arrears_of(number)), width=width)
        for number, line in enumerate(suppliers)
    }


def dense(some: Some, *, width: int) -> Row:
    """Amounts on some paths as a row of all of them, zero on the others. Shape (width,)."""
    row = np.zeros(width)
    np.add.at(row, *some)
    return row


_READ: Final[Mapping[str, Callable[[int, "Ledger"], Rows]]] = {
    "cash": lambda _, ledger: {_ALL: ledger.state.cash},
    "arrears": lambda _, ledger: {_ALL: ledger.state.arrears, **arrears_by_vendor(ledger)},
    "unpaid": _unpaid,
    "billed": _billed,
    "earned": lambda _, ledger: ledger.earned,
    "raised": _raised,
    "headcount": lambda _, ledger: {team.line.level.path: team.heads for team in ledger.teams},
}
"""What there is to read at a month's end by kind of quantity: by line, rows of shape (paths,) or (1,)."""


def observe(job: Job, questions: Sequence[Question]) -> list[Answer]:
    """The answers of a model to some questions, on all paths of a job, in the order of the questions.

    Those whose figure is not known by the end of the job's months are answered on no path. OverflowError where
    amounts grow beyond 1e38.
    """
    blocks = [_of_block(job, block, questions=questions) for block in range(job.blocks)]
    return [
        Answer(np.concatenate([part.figures for part in parts]), np.concatenate([part.lived for part in parts]))
        for parts in zip(*blocks, strict=True)
    ]


def _of_block(job: Job, block: int, *, questions: Sequence[Question]) -> list[Answer]:
    with overflow_raised():
        ledger = Prepared(job, block).ledger()
        observer = Observer(ledger, questions)
        ledger.run([observer])
    return observer.answers
