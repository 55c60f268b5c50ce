"""The debug mode of the engine: that the books balance, checked on every path and in every month."""

from typing import TYPE_CHECKING, Final

import numpy as np

from tarmac.engine.standing import Equity, assets, liabilities
from tarmac.engine.walk import Row

if TYPE_CHECKING:
    from tarmac.engine.ledger import Ledger

_TOLERANCE: Final = 1e-9
"""Relative to the largest amount so far."""


class AuditError(AssertionError):
    """Money has appeared or vanished: a fault of the engine."""


class Audit:
    """Watches a ledger that keeps all its paths, and checks two identities at every month's end.

    Cash: opening cash + funding + receipts + drawn - payments = closing cash, where on paths that become insolvent the
    closing balance is what they leave behind (negative: not paid). Balance sheet: assets - liabilities = equity, where
    assets and liabilities are what the mechanisms hold, line by line, and equity is the opening's with what was paid in
    and every month's result. AuditError names the month, a path and the amount that is missing.
    """

    def __init__(self, ledger: "Ledger") -> None:
        self._cash: Row = ledger.state.cash.copy()
        self._alive = ledger.state.alive.copy()
        self._equity = Equity(ledger)
        self._size: Row = abs(assets(ledger, -1)) + abs(liabilities(ledger, -1))

    def month_end(self, month: int, ledger: "Ledger") -> None:
        """Check the month."""
        state = ledger.state
        self._alive[state.sold] = False
        self._size = self._size + sum(map(abs, (state.receipts, state.payroll, state.paid, state.earned)))
        self._check("cash", month, found=self._closing(ledger), expected=self._expected_cash(ledger))
        self._equity.close(ledger)
        held = assets(ledger, month) - state.cash + _closing_cash(ledger) - liabilities(ledger, month)
        self._check("balance sheet", month, found=held, expected=self._equity.value)
        self._cash, self._alive = state.cash.copy(), state.alive.copy()

    def _expected_cash(self, ledger: "Ledger") -> Row:
        state = ledger.state
        expected = self._cash.copy()
        for paths, amounts in state.funding:
            np.add.at(expected, paths, amounts)
            self._size[paths] += abs(amounts)
        expected += state.receipts - state.payroll - state.paid
        expected += state.drawn - state.interest - state.principal - state.taxes
        return expected

    def _closing(self, ledger: "Ledger") -> Row:
        found = ledger.state.cash.copy()
        fresh, balance = ledger.state.left_behind
        found[fresh] = balance
        return found

    def _check(self, what: str, month: int, *, found: Row, expected: Row) -> None:
        wrong = np.flatnonzero(self._alive & (abs(found - expected) > _TOLERANCE * self._size + _TOLERANCE))
        if len(wrong):
            path = int(wrong[0])
            missing = expected[path] - found[path]
            raise AuditError(f"{what}, month {month + 1}, path {path}: {missing:g} is missing")


def _closing_cash(ledger: "Ledger") -> Row:
    """Cash at a month's end; on paths that became insolvent in it what is left, or what is owed beyond payables."""
    state = ledger.state
    cash = state.cash.copy()
    (fresh, balance), (_, unpaid) = state.left_behind, state.left_unpaid
    cash[fresh] = np.where(balance > 0, balance, -unpaid)
    return cash
