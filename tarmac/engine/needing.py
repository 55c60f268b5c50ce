"""How much more cash a path needs at the opening, where it reacts to cash: a search with the same draws."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from tarmac.engine.block import Job, LowestPoint, Prepared
from tarmac.engine.walk import Row

EVALUATIONS: Final = 12
"""Runs of the month loop for one block: the pilot, up to four to find an amount that saves, the rest to narrow it."""

_DOUBLINGS: Final = 4


def need_of_block(job: Job, block: int) -> Row:
    """The least extra opening cash with which each path survives, inf where none found does. Shape (paths,).

    The pilot run gives the amount that would do if nothing reacted; it is doubled where it does not, and the bracket
    is then halved on all paths at once, each path with an amount of its own: to a thousandth of the bracket at most.
    More cash delays cuts, so on about one path in a thousand survival is not monotone in cash; there the amount is the
    one the search ends at.
    """
    prepared = Prepared(job, block)
    ledger = prepared.ledger()
    lowest = LowestPoint(ledger)
    survives: NDArray[np.bool_] = ledger.run([lowest])["insolvent"] == job.months
    low = np.zeros(len(survives))
    high = np.where(survives, 0.0, np.maximum(lowest.need(), 1e-9))
    left = EVALUATIONS - 1
    saved = survives
    for _ in range(_DOUBLINGS):
        saved = survives | _saved(prepared, high)
        left -= 1
        if saved.all():
            break
        low = np.where(saved, low, high)
        high = np.where(saved, high, 2 * high)
    for _ in range(left):
        middle = (low + high) / 2
        enough = _saved(prepared, middle)
        low, high = np.where(enough, low, middle), np.where(enough, middle, high)
    return np.where(saved, high, np.inf)


def _saved(prepared: Prepared, extra: Row) -> NDArray[np.bool_]:
    """Whether each path reaches the horizon with so much more at the opening."""
    saved: NDArray[np.bool_] = prepared.ledger(extra).run()["insolvent"] == prepared.drivers.months
    return saved
