"""The accounts of some paths, or of all of them together: what flowed in every month, what stood there at its end."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from tarmac.engine.invoices import NOTHING
from tarmac.engine.selection import Paths, Some
from tarmac.engine.standing import credits_left, deferred, receivables, taxes_owed
from tarmac.engine.state import State
from tarmac.engine.walk import Row

if TYPE_CHECKING:
    from tarmac.engine.debts import Debts
    from tarmac.engine.ledger import Ledger

Rows = dict[str, Row]

_LARGEST: Final = 1e38
"""A run keeps no amounts beyond this."""

_GIFTS: Final = ("grant", "asset_sale")


@dataclass(frozen=True)
class Accounts:
    """What flowed and what stood there, by name, in the company's currency.

    `flows`: by month, shape (months, paths). Under a line's own path ("revenue.api", "compute.aws") stands what it
    earned or was billed, before credits; the others have names of their own, such as "payroll" or "collected".
    `balances`: at the opening and at every month's end, shape (months + 1, paths). Signs are as the names say: a
    payment and a debt are positive.

    A path that is insolvent or acquired has no flows any more, and its balances stay: those of the end of the month of
    insolvency; those of the end of the month before an acquisition, whose own month does not count.
    """

    flows: Mapping[str, NDArray[np.float64]]
    balances: Mapping[str, NDArray[np.float64]]

    def check_size(self) -> None:
        """OverflowError where an amount is beyond what a run keeps."""
        if any((abs(row) > _LARGEST).any() for row in (*self.flows.values(), *self.balances.values())):
            raise OverflowError(f"amounts grow beyond {_LARGEST:g}")

    def __add__(self, other: "Accounts") -> "Accounts":
        if not self.balances:
            return other
        return Accounts(
            {name: rows + other.flows[name] for name, rows in self.flows.items()},
            {name: rows + other.balances[name] for name, rows in self.balances.items()},
        )


class Accountant:
    """Watches a ledger that keeps all its paths, and keeps accounts of `chosen` paths (None: the sum of all).

    To be made before the ledger is run.
    """

    def __init__(self, ledger: "Ledger", chosen: Paths | None = None) -> None:
        self._chosen = chosen
        self._paths = ledger.drivers.paths
        self._held = {name: self._wide(row).copy() for name, row in _balances(ledger, -1).items()}
        self._flows: dict[str, list[Row]] = {}
        self._balances: dict[str, list[Row]] = {name: [self._picked(row)] for name, row in self._held.items()}

    def month_end(self, month: int, ledger: "Ledger") -> None:
        """Take in a month, on the paths that lived to see its end or became insolvent in it."""
        counts = ledger.state.alive.copy()
        counts[ledger.state.left_behind[0]] = True
        billed = {vendor.line.level.path: vendor.billed for vendor in ledger.vendors}
        flows = ledger.earned | billed | _flows(ledger) | self._outside(ledger)
        for name, row in flows.items():
            self._flows.setdefault(name, []).append(self._picked(np.where(counts, row, 0.0)))
        for name, row in _balances(ledger, month).items():
            self._held[name] = np.where(counts, row, self._held[name])
            self._balances[name].append(self._picked(self._held[name]))

    def accounts(self) -> Accounts:
        """The accounts so far. Their arrays have a column for each of the chosen paths, or one for the sum of all."""
        return Accounts(
            {name: np.stack(rows) for name, rows in self._flows.items()},
            {name: np.stack(rows) for name, rows in self._balances.items()},
        )

    def _outside(self, ledger: "Ledger") -> Rows:
        """What came from outside, by what was given for it; and what vendors forgave."""
        rows = {
            name: self._dense(some for plan, some in ledger.rounds.closed if plan.instrument in instruments)
            for name, instruments in _INSTRUMENTS.items()
        }
        given = sum(plan.instrument in _GIFTS for plan, _ in ledger.rounds.closed)
        forgiven = ledger.other_income[: len(ledger.other_income) - given]  # vendors act before rounds close
        return rows | {"forgiven": self._dense(forgiven), "paid in": self._dense(ledger.paid_in)}

    def _dense(self, amounts: Iterable[Some]) -> Row:
        total = np.zeros(self._paths)
        for paths, values in amounts:
            np.add.at(total, paths, values)
        return total

    def _wide(self, row: Row) -> Row:
        return np.broadcast_to(row, self._paths)

    def _picked(self, row: Row) -> Row:
        return row.sum(keepdims=True) if self._chosen is None else row.take(self._chosen)


_INSTRUMENTS: Final = {
    "shares": ("equity", "safe"),
    "notes": ("note",),
    "loans": ("debt",),
    "grants": ("grant",),
    "assets sold": ("asset_sale",),
}
"""Rounds that bring cash, by what it is called here."""


def _flows(ledger: "Ledger") -> Rows:
    """The month's flows that no line has to itself."""
    state = ledger.state
    rare = {
        "written off": ledger.written_off,
        "payroll taxes": ledger.payroll_tax,
        "late interest": ledger.late_interest,
        "credits lost": ledger.credits_lost,
    }
    return {name: NOTHING if row is None else row for name, row in rare.items()} | {
        "one-offs": state.one_offs,
        "payroll": state.payroll,
        "interest": state.interest + ledger.interest_added,
        "collected": state.receipts - state.one_offs,
        "interest paid": state.interest,
        "taxes paid": state.taxes,
        "paid to vendors": state.paid,
        "principal": state.principal,
        "drawn": np.maximum(state.drawn, 0.0),
        "repaid": np.maximum(-state.drawn, 0.0),
        "left unpaid": _left_unpaid(state),
    }


def _left_unpaid(state: State) -> Row:
    """What of the payments of paths that became insolvent this month was not paid, or was by an overdraft."""
    fresh, balance = state.left_behind
    row = np.zeros(len(state.cash))
    row[fresh] = np.maximum(-balance, 0.0)
    return row


def _balances(ledger: "Ledger", month: int) -> Rows:
    """What the mechanisms hold at a month's end (-1: at the opening).

    `unpaid`: what paths that became insolvent this month owe and no other balance holds: wages, taxes and debt service
    not paid, or an overdraft.
    """
    state = ledger.state
    cash, unpaid = state.cash.copy(), np.zeros(len(state.cash))
    (fresh, left), (_, owed) = state.left_behind, state.left_unpaid
    cash[fresh] = np.maximum(left, 0.0)
    unpaid[fresh] = owed
    return {
        "cash": cash,
        "receivables": receivables(ledger, month),
        "credits": credits_left(ledger),
        "payables": state.payables,
        "arrears": state.arrears,
        **{f"past due {age}": row for age, row in enumerate(ledger.paying.by_age(state))},
        "taxes": taxes_owed(ledger),
        "deferred": deferred(ledger, month),
        **_owed(ledger.debts),
        "unpaid": unpaid,
    }


def _owed(debts: "Debts | None") -> Rows:
    """What is owed to lenders, by kind."""
    if debts is None:
        return {"loans": NOTHING, "notes": NOTHING, "credit line": NOTHING}
    return {
        "loans": sum((loan.owed for loan in debts.loans), start=NOTHING),
        "notes": sum((note.owed for note in debts.notes), start=NOTHING),
        "credit line": NOTHING if debts.line is None else debts.line.owed,
    }


NO_ACCOUNTS: Final = Accounts({}, {})
"""Accounts of nobody: the neutral element of adding, on its left."""
