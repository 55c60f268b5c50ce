"""What management does: a state is seen at a month's end, a decision is taken, it bites some months later."""

from collections.abc import Mapping
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from tarmac.engine.drivers import Drivers
from tarmac.engine.lines import Revenue, Team, Vendor
from tarmac.engine.rounds import RunningRound
from tarmac.engine.selection import Paths, Selection
from tarmac.engine.state import BURN_WINDOW, ROUNDING, State
from tarmac.engine.walk import Row
from tarmac.plan import ActionPlan, Condition, PolicyPlan

Line = Revenue | Vendor | Team


def seen(when: Condition, company: "Watched", *, month: int) -> NDArray[np.bool_]:
    """On which living paths a condition holds at the end of a month. Shape (paths,)."""
    drivers, state = company.drivers, company.state
    holds = state.alive
    if when.month is not None and month + 1 < when.month:
        holds = np.zeros_like(holds)
    if when.runway_below is not None:  # cash is not negative here, so a runway below it implies a positive burn
        limit = drivers.value(when.runway_below) / min(month + 1, BURN_WINDOW)
        holds = holds & (state.cash < limit * state.recent_burn - ROUNDING)
    if when.cash_below is not None:
        holds = holds & (state.cash < drivers.value(when.cash_below, month))
    if when.arrears_above is not None:
        holds = holds & (state.arrears > drivers.value(when.arrears_above, month))
    if when.round_failed is not None:
        holds = holds & company.rounds[when.round_failed].failed
    return holds


class Watched(Protocol):
    """What a condition looks at."""

    drivers: Drivers
    state: State
    rounds: list[RunningRound]


class RunningPolicy:
    """One policy on every path of a block."""

    def __init__(self, plan: PolicyPlan, drivers: Drivers) -> None:
        self.plan = plan
        self._drivers = drivers
        self._open = np.ones(drivers.paths, np.bool_)
        self._decided: dict[int, Paths] = {}

    def decide(self, month: int, company: Watched) -> None:
        """Look at the end of a month and decide on the paths where the condition holds."""
        self._reopen(month)
        now = np.flatnonzero(seen(self.plan.when, company, month=month) & self._open)
        if len(now):
            self._open[now] = False
            self._decided[month] = now

    def _reopen(self, month: int) -> None:
        """What may be done more than once can be decided again after a pause."""
        earlier = self._decided.get(month - max(self.plan.every, self.plan.after))
        if earlier is not None and not self.plan.once:
            self._open[earlier] = True

    def act(self, month: int, lines: Mapping[str, Line]) -> None:
        """At the start of a month: what was decided `after` months ago bites."""
        paths = self._decided.get(month - self.plan.after)
        if paths is not None:
            for action in self.plan.actions:
                _do(action, paths, by=self._drivers.on(paths, action.by), lines=lines)

    def keep(self, chosen: Selection, drivers: Drivers) -> None:
        """Go on with some of the paths."""
        self._drivers = drivers
        self._open = chosen.row(self._open)
        self._decided = {month: chosen.places(paths) for month, paths in self._decided.items()}


def _do(action: ActionPlan, paths: Paths, *, by: Row, lines: Mapping[str, Line]) -> None:
    for target in action.targets:
        line = lines[target]
        if action.what == "growth":
            line.walk.change_growth(paths, by)
        elif isinstance(line, Team):
            _to_team(action.what, line, paths=paths, by=by)
        else:
            line.walk.scale(paths, 1.0 - by)


def _to_team(what: str, team: Team, *, paths: Paths, by: Row) -> None:
    if what == "cut":
        team.lay_off(paths, by)
    elif what == "freeze hires":
        team.stop_hiring(paths)
    else:
        team.walk.freeze(paths)
