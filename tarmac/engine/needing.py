"""How much more cash each path needs, and why some are lost whatever comes: a search with the same draws."""

from collections import Counter
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from tarmac.engine.block import Job, LowestPoint, Prepared, overflow_raised
from tarmac.engine.endings import CAUSES, Endings
from tarmac.engine.walk import Row

EVALUATIONS: Final = 12
"""The most runs of the month loop that the need of one block takes, the first without money included."""

HALVINGS: Final = 6
"""So many runs give every path an amount of its own; those left try one amount on all paths."""

LEVELS: Final = (0.9, 0.95, 0.8, 0.5)
"""Shares of the paths whose amount is tried on all of them, in this order, and again where it saves too many or few."""

EARLY: Final = "early"
MOST: Final = "most"
REACTIONS: Final = "reactions"

_ENOUGH: Final = 0.002
"""A share of the paths by which what an amount saves may differ from what was expected."""

_SHARP: Final = 4
"""Trials on all paths are worth it where needs lie apart by this many times what each is known to."""


@dataclass(frozen=True, slots=True)
class Needed:
    """What each path of a block needs, and why those are lost that no amount saves.

    `amounts`: by path, inf where no amount found saves it, shape (paths,). So many paths survive with an amount as
    need no more. `alone`: the paths that survive without money, shape (paths,). `lost` counts paths by when and why.
    When: EARLY, before the month in which the money comes; MOST, with the most that was tried; REACTIONS, saved by
    some amounts, but not by the most that any path needs. Why: one of CAUSES, or "" for REACTIONS. `runs`: of the
    month loop.
    """

    amounts: Row
    alone: NDArray[np.bool_]
    lost: Counter[tuple[str, str]]
    runs: int


def need_of_block(job: Job, block: int, *, since: int = 0) -> Needed:
    """The extra cash, there at the beginning of month `since`, with which each path of a block survives.

    Of a company that has been calibrated, not before the month after the origin of its facts.
    Where nothing reacts to cash that is the running minimum of one run. Where something does, more cash can delay a
    round or a cut, so that a path saved by little may be lost with more: what each path needs is searched for first,
    then the amounts that should save LEVELS of the paths are tried on all of them, and needs are put right, in their
    order, by what these save. Where all paths need about the same, the search itself is such a trial, and goes on.
    """
    with overflow_raised():
        search = Search(Prepared(job, block, again=job.plan.reacts_to_cash), since)
        if not job.plan.reacts_to_cash:
            return search.lowest_point()
        if search.settled:
            return search.found(search.needs)
        while search.runs < EVALUATIONS and (search.runs <= HALVINGS or not search.sharp):
            search.halve()
        while search.runs < EVALUATIONS and (amount := search.worth_trying()) is not None:
            search.attempt(amount)
        return search.found(search.righted())


def about(prepared: Prepared, runs: int) -> Row:
    """What each path needs, as nearly as so many runs tell path by path. Shape (paths,).

    At the opening, or after the origin of the facts. Each run more halves how near that is; inf for a path that no
    amount tried saves.
    """
    search = Search(prepared, 0)
    if not prepared.drivers.plan.reacts_to_cash:
        return search.lowest_point().amounts
    while search.runs < runs and not search.settled:
        search.halve()
    return search.needs


class Search:
    """The search on one block: between which amounts each path is saved.

    A first run without money gives what would do if nothing reacted, and a reserve; where that does not save a path it
    is doubled, where it does the bracket is halved, on all paths at once that money may save, each with an amount of
    its own.
    """

    def __init__(self, prepared: Prepared, since: int) -> None:
        drivers, ledger = prepared.drivers, prepared.ledger(owners=False)
        since = max(since, drivers.now)
        self._prepared, self._since = prepared, since
        self._endings, self._lowest = Endings(drivers.paths), LowestPoint(ledger, since=since)
        struck = ledger.run([self._lowest, self._endings])["insolvent"]
        self.runs = 1
        self._alone: NDArray[np.bool_] = struck == drivers.months
        self._early: NDArray[np.bool_] = struck < since
        self._early_causes = self._endings.cause.copy()
        self._saved = self._alone.copy()
        self._tried: dict[float, int] = {}
        """Amounts tried on all paths, and how many each saves."""
        self._asked: list[float] = []
        reserve = drivers.value(drivers.plan.keep_payroll_months) + 1.0
        self._low = np.zeros(drivers.paths)
        self._high = np.where(self._saved, 0.0, self._lowest.need() + reserve * self._lowest.largest)
        self._open = np.flatnonzero(~self._alone & ~self._early)
        """The paths that money may save."""
        self._narrowed: Prepared | None = None

    @property
    def settled(self) -> bool:
        """Whether money would save no path, or all survive without."""
        return not len(self._open)

    def lowest_point(self) -> Needed:
        """What each path needs where nothing reacts to cash: the running minimum of the first run."""
        return self.found(np.where(self._early, np.inf, self._lowest.need()))

    def halve(self) -> None:
        """One more run of paths that money may save, with the middle of each bracket, or the amount next tried."""
        some = self._open
        low, high, saved = self._low[some], self._high[some], self._saved[some]
        probe = np.where(saved, (low + high) / 2, high)
        enough = self._save_open(probe)
        self._low[some] = np.where(enough, low, probe)
        self._high[some] = np.where(enough, probe, np.where(saved, high, 2 * probe))
        self._saved[some] |= enough

    @property
    def needs(self) -> Row:
        """The middle of each path's bracket; inf where nothing has saved it. Shape (paths,)."""
        return np.where(self._saved, (self._low + self._high) / 2, np.inf)

    @property
    def sharp(self) -> bool:
        """Whether amounts lie so far apart that trying one on all paths tells more than another halving."""
        needing = self._saved & (self._high > 0)
        if not needing.any():
            return True
        low, high = np.quantile(self.needs[self._saved], [0.5, 0.95])
        return bool(high - low > _SHARP * np.median((self._high - self._low)[needing]))

    def worth_trying(self) -> float | None:
        """An amount to try on all paths: that of a level not tried yet, else of the one that is furthest off."""
        amounts = np.sort(self.righted())
        paths = len(amounts)
        known = {level: float(amounts[int(np.ceil(level * paths)) - 1]) for level in LEVELS}
        levels = [level for level in LEVELS if 0 < known[level] < np.inf and known[level] not in self._tried]
        fresh = [level for level in levels if level not in self._asked]
        if not fresh and self._falls_short:
            return self._most
        off = {level: self._off(level * paths) / paths for level in levels}
        level = fresh[0] if fresh else max(off, key=off.__getitem__, default=None)
        if level is None or off[level] <= _ENOUGH:
            return None
        self._asked.append(level)
        return known[level]

    @property
    def _most(self) -> float:
        """The most that saves any path."""
        return float(self._high[self._saved].max(initial=0.0))

    @property
    def _falls_short(self) -> bool:
        """Whether the largest amount tried saves fewer paths than need no more, and the most is not tried yet."""
        most = max(self._tried, default=np.inf)
        expected = np.sum(self.needs <= most)
        return bool(most < self._most and expected - self._tried[most] > _ENOUGH * len(self._saved))

    def _off(self, wanted: float) -> float:
        """How far what has been tried is from saving so many paths."""
        return min((abs(saved - wanted) for saved in self._tried.values()), default=np.inf)

    def attempt(self, amount: float) -> None:
        """One more run, with the same amount on all paths."""
        self._tried[amount] = int(self._save(amount).sum())

    def righted(self) -> Row:
        """The needs put right, in their order, so that amounts tried save as many paths as need no more."""
        needs = self.needs
        paths, ordered = len(needs), np.sort(needs[self._saved])
        known = {0.0: int(self._alone.sum()), self._most: len(ordered)} | self._tried
        tried = sorted(known)
        expected = np.array([0, *np.searchsorted(ordered, tried, side="right")], float)
        truly = np.array([0, *(known[amount] for amount in tried)], float)
        if np.all(np.abs(truly - expected) <= _ENOUGH * paths):
            return needs
        truly = np.maximum.accumulate(truly) + 1e-9 * np.arange(len(truly))
        ranks = np.arange(1, paths + 1)
        place = np.ceil(np.interp(ranks, truly, expected)).astype(int)
        curve = np.where(ranks <= truly[-1], ordered[np.clip(place, 1, len(ordered)) - 1], np.inf)
        righted = np.empty(paths)
        righted[np.lexsort((self._early, needs))] = curve
        return righted

    def found(self, amounts: Row) -> Needed:
        """Those amounts, and why paths are lost to any."""
        return Needed(amounts, self._alone, self._lost(np.isinf(amounts)), self.runs)

    def _lost(self, lost: NDArray[np.bool_]) -> Counter[tuple[str, str]]:
        most = lost & ~self._early & ~self._saved
        counts: Counter[tuple[str, str]] = Counter()
        causes = ((EARLY, lost & self._early, self._early_causes), (MOST, most, self._endings.cause))
        for when, where, cause in causes:
            numbers = np.bincount(cause[where], minlength=len(CAUSES))
            counts.update({(when, CAUSES[place]): int(count) for place, count in enumerate(numbers) if count})
        reacting = int(lost.sum()) - counts.total()
        if reacting:
            counts[REACTIONS, ""] = reacting
        return counts

    def _save(self, extra: float) -> NDArray[np.bool_]:
        """Whether each path reaches the horizon with so much more."""
        return self._run(self._prepared, extra, endings=self._endings)

    def _save_open(self, extra: Row) -> NDArray[np.bool_]:
        """Whether each path that money may save does so. Shapes (open,)."""
        if self._narrowed is None:
            self._narrowed = self._prepared.only(self._open)
        endings = Endings(len(self._open))
        saved = self._run(self._narrowed, extra, endings=endings)
        self._endings.cause[self._open] = endings.cause
        return saved

    def _run(self, prepared: Prepared, extra: Row | float, *, endings: Endings) -> NDArray[np.bool_]:
        self.runs += 1
        ledger = prepared.ledger(extra, since=self._since, owners=False)
        saved: NDArray[np.bool_] = ledger.run([endings], drop=True)["insolvent"] == prepared.drivers.months
        return saved
