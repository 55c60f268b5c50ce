"""The debug mode of the engine: that no cash appears or vanishes, checked on every path and in every month."""

from typing import TYPE_CHECKING, Final

import numpy as np

from tarmac.engine.walk import Row

if TYPE_CHECKING:
    from tarmac.engine.ledger import Ledger

_TOLERANCE: Final = 1e-9
"""Relative to the largest amount of the month."""


class AuditError(AssertionError):
    """Cash at the end of a month is not cash at its beginning + receipts - payments: a fault of the engine."""


class Audit:
    """Watches a ledger that keeps all its paths: opening cash + funding + receipts - payments = closing cash.

    On paths that become insolvent the closing balance is what they leave behind (negative: not paid).
    """

    def __init__(self, ledger: "Ledger") -> None:
        self._cash: Row = ledger.state.cash.copy()
        self._alive = ledger.state.alive.copy()

    def month_end(self, month: int, ledger: "Ledger") -> None:
        """Check the month. AuditError names the month, a path and the amount that is missing."""
        state = ledger.state
        expected = self._cash.copy()
        for paths, amounts in state.funding:
            expected[paths] += amounts
        expected += state.receipts
        expected -= state.payroll
        expected -= state.paid
        found = state.cash.copy()
        fresh, balance = state.left_behind
        found[fresh] = balance
        scale = np.maximum.reduce(np.broadcast_arrays(abs(self._cash), abs(found), abs(state.payroll), abs(state.paid)))
        wrong = np.flatnonzero(self._alive & (abs(found - expected) > _TOLERANCE * scale + _TOLERANCE))
        if len(wrong):
            path = int(wrong[0])
            missing = expected[path] - found[path]
            raise AuditError(f"month {month + 1}, path {path}: {missing:g} is missing")
        self._cash, self._alive = state.cash.copy(), state.alive.copy()
