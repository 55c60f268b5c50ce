"""How much more cash a path needs at the opening, where it reacts to cash: a search with the same draws."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from tarmac.engine.block import Job, LowestPoint, Prepared, overflow_raised
from tarmac.engine.walk import Row

EVALUATIONS: Final = 12
"""Runs of the month loop for one block, the pilot included; then as many as LEVELS and one more to try the result."""


def need_of_block(job: Job, block: int, *, since: int = 0) -> Row:
    """The extra cash that lets each number of the paths survive: element i lets i + 1 do so. Shape (paths,).

    In no order; inf for as many paths as no amount found saves. The cash is there at the beginning of month `since`.
    Where nothing reacts to cash that is what each path needs, the running minimum of one run. Where something does,
    more cash can delay a round or a cut, so that a path saved by little may be lost with more: what each path needs is
    searched for first, then the same amount is tried on all paths at each of LEVELS, and the curve put right by what it
    saves.
    """
    with overflow_raised():
        prepared = Prepared(job, block)
        if not job.plan.reacts_to_cash:
            return lowest_point(prepared, since)
        return _as_tried(prepared, searched(prepared, since), since=since)


LEVELS: Final = (0.5, 0.8, 0.9, 0.95)
"""Shares of the paths at which an amount is tried on all of them."""

_ENOUGH: Final = 0.002
"""A share of the paths by which a trial may fall short of what was found path by path."""


def _as_tried(prepared: Prepared, needs: Row, *, since: int) -> Row:
    """The needs of single paths as a curve that holds where all paths get the same amount."""
    paths, found = len(needs), np.sort(needs[np.isfinite(needs)])
    wanted = {int(np.ceil(level * paths)) for level in LEVELS if level * paths <= len(found)}
    places = sorted((wanted | {len(found)}) - {0})
    saved = [int(_saved(prepared, found[place - 1], since=since).sum()) for place in places]
    if all(count >= place - _ENOUGH * paths for place, count in zip(places, saved, strict=True)):
        return needs
    free = int(np.sum(found == 0.0))
    expected = np.array([0, free, *(max(place, free) for place in places)], float)
    truly = np.maximum.accumulate(np.array([0, free, *saved], float) + 1e-9 * np.arange(len(saved) + 2))
    ranks = np.arange(1, paths + 1)
    place = np.ceil(np.interp(ranks, truly, expected)).astype(int)
    curve = np.append(found, np.inf)[np.clip(place, 1, len(found)) - 1]
    return np.where(ranks <= truly[-1], curve, np.inf)


def lowest_point(prepared: Prepared, since: int) -> Row:
    """What each path needs where nothing reacts to cash: the running minimum of one run. Shape (paths,)."""
    ledger = prepared.ledger()
    lowest = LowestPoint(ledger, since=since)
    struck = ledger.run([lowest])["insolvent"]
    return np.where(struck < since, np.inf, lowest.need())


def searched(prepared: Prepared, since: int) -> Row:
    """The least extra cash with which each path survives, whatever reacts; inf where none found does. Shape (paths,).

    A pilot run gives what would do if nothing reacted, and a reserve; where that does not save a path it is doubled,
    where it does the bracket is halved, on all paths at once, each with an amount of its own. The answer is the middle
    of the last bracket: right to a two-thousandth of the pilot's amount where that was enough.
    """
    drivers, ledger = prepared.drivers, prepared.ledger()
    lowest = LowestPoint(ledger, since=since)
    saved: NDArray[np.bool_] = ledger.run([lowest])["insolvent"] == drivers.months
    reserve = drivers.value(drivers.plan.keep_payroll_months) + 1.0
    low = np.zeros(len(saved))
    high = np.where(saved, 0.0, lowest.need() + reserve * lowest.largest)
    for _ in range(EVALUATIONS - 1):
        probe = np.where(saved, (low + high) / 2, high)
        enough = _saved(prepared, probe, since=since)
        low = np.where(enough, low, probe)
        high = np.where(enough, probe, np.where(saved, high, 2 * probe))
        saved = saved | enough
    return np.where(saved, (low + high) / 2, np.inf)


def _saved(prepared: Prepared, extra: Row | float, *, since: int) -> NDArray[np.bool_]:
    """Whether each path reaches the horizon with so much more at the beginning of a month."""
    saved: NDArray[np.bool_] = (
        prepared.ledger(extra, since=since).run(drop=True)["insolvent"] == prepared.drivers.months
    )
    return saved
