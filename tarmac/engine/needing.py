"""How much more cash a path needs at the opening, where it reacts to cash: a search with the same draws."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from tarmac.engine.block import Job, LowestPoint, Prepared, overflow_raised
from tarmac.engine.walk import Row

EVALUATIONS: Final = 12
"""Runs of the month loop for one block, the pilot included."""


def need_of_block(job: Job, block: int) -> Row:
    """The least extra opening cash with which each path survives, inf where none found does. Shape (paths,).

    The pilot run gives what would do if nothing reacted, and a reserve; where that does not save a path it is doubled,
    where it does the bracket is halved, on all paths at once, each with an amount of its own. The answer is the middle
    of the last bracket: right to a two-thousandth of the pilot's amount where that was enough. More cash delays cuts,
    so on about one path in a thousand survival is not monotone in cash; there it is where the search ends.
    """
    with overflow_raised():
        return _search(Prepared(job, block))


def _search(prepared: Prepared) -> Row:
    drivers, ledger = prepared.drivers, prepared.ledger()
    lowest = LowestPoint(ledger)
    saved: NDArray[np.bool_] = ledger.run([lowest])["insolvent"] == drivers.months
    reserve = drivers.value(drivers.plan.keep_payroll_months) + 1.0
    low = np.zeros(len(saved))
    high = np.where(saved, 0.0, lowest.need() + reserve * lowest.largest)
    for _ in range(EVALUATIONS - 1):
        probe = np.where(saved, (low + high) / 2, high)
        enough = _saved(prepared, probe)
        low = np.where(enough, low, probe)
        high = np.where(enough, probe, np.where(saved, high, 2 * probe))
        saved = saved | enough
    return np.where(saved, (low + high) / 2, np.inf)


def _saved(prepared: Prepared, extra: Row) -> NDArray[np.bool_]:
    """Whether each path reaches the horizon with so much more at the opening."""
    saved: NDArray[np.bool_] = prepared.ledger(extra).run(drop=True)["insolvent"] == prepared.drivers.months
    return saved
