"""Why paths end: what could not be paid, or whose patience ended, in the month in which each becomes insolvent."""

from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from tarmac.engine.selection import NOBODY, Paths
from tarmac.engine.state import ROUNDING

if TYPE_CHECKING:
    from tarmac.engine.ledger import Ledger

CAUSES: Final = ("covenant", "vendor", "supply", "obligation", "cash")
"""Why a path ends, the first that holds.

`covenant`: a lender called its loan the month before, for too little cash, and what was due could not be paid.
`vendor`: a bill stayed unpaid longer than its vendor waits. `supply`: wages, a lender or a tax could not be paid, at a
company that a vendor had stopped supplying. `obligation`: the same at any other. `cash`: where no bill waits, or the
bank pays, cash did not cover what was due.
"""


class Endings:
    """Watches one run and remembers why each path became insolvent."""

    def __init__(self, paths: int) -> None:
        self.cause: NDArray[np.int8] = np.zeros(paths, np.int8)
        """By path the place in CAUSES; means nothing where a path is not insolvent. Shape (paths,)."""
        self._called = self._unsupplied = np.zeros(paths, np.bool_)

    def month_end(self, month: int, ledger: "Ledger") -> None:  # noqa: ARG002
        """Look at the paths that have become insolvent, then at what may end others next month."""
        fresh, balance = ledger.state.left_behind
        if len(fresh):
            who = ledger.who[fresh]
            self.cause[who] = self._causes(who, balance < -ROUNDING, ledger=ledger)
        if ledger.debts is not None:
            self._called = self._marked(ledger, [ledger.debts.called])
        off = [np.flatnonzero(vendor.off) for vendor in ledger.vendors if vendor.off is not None]
        if off:
            self._unsupplied = self._marked(ledger, off)

    def _causes(self, who: Paths, broke: NDArray[np.bool_], *, ledger: "Ledger") -> NDArray[np.int8]:
        """`broke`: where cash is below zero, so that it was not vendors alone who were not paid."""
        waits = ledger.plan.pays_in_order
        holds = [self._called[who] & broke, ~broke, self._unsupplied[who], np.full(len(who), waits)]
        return np.select(holds, list(range(len(holds))), len(holds)).astype(np.int8)

    def _marked(self, ledger: "Ledger", found: list[Paths]) -> NDArray[np.bool_]:
        marked = np.zeros(len(self.cause), np.bool_)
        marked[ledger.who[np.concatenate([NOBODY, *found])]] = True
        return marked
