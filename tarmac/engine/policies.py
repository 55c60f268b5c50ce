"""What management does: a state is seen at a month's end, a decision is taken, it bites some months later."""

from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from tarmac.engine.billing import Vendor
from tarmac.engine.drivers import Drivers
from tarmac.engine.paying import AtOnce
from tarmac.engine.people import Team
from tarmac.engine.revenue import Revenue
from tarmac.engine.rounds import Rounds
from tarmac.engine.selection import Paths, Selection
from tarmac.engine.state import BURN_WINDOW, ROUNDING, State
from tarmac.engine.taxes import Taxes
from tarmac.engine.walk import Row
from tarmac.plan import Condition, PolicyPlan

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
    if when.oldest_bill_above is not None:
        holds = holds & (company.paying.oldest > drivers.value(when.oldest_bill_above))
    return holds


class Watched(Protocol):
    """What a condition looks at."""

    drivers: Drivers
    state: State
    rounds: Rounds
    paying: AtOnce


class Managed(Protocol):
    """What a policy acts on."""

    lines: dict[str, Line]
    taxes: Taxes | None


class RunningPolicy:
    """One policy on every path of a block."""

    def __init__(self, plan: PolicyPlan, drivers: Drivers) -> None:
        self.plan = plan
        self._drivers = drivers
        self._open = np.ones(drivers.paths, np.bool_)
        self._decided: dict[int, Paths] = {}

    def decide(self, month: int, company: Watched) -> None:
        """Look at the end of a month and decide on the paths where the condition holds."""
        if month > self.plan.until:
            return
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

    def biting(self, month: int) -> Paths | None:
        """The paths on which what was decided `after` months ago bites in a month; None where nothing was decided."""
        return self._decided.get(month - self.plan.after)

    def act(self, month: int, company: Managed) -> None:
        """At the start of a month: what was decided `after` months ago bites."""
        paths = self.biting(month)
        if paths is None:
            return
        for action in self.plan.actions:
            if action.what == "defer":
                if company.taxes is not None:
                    company.taxes.put_off(paths, month, months=action.months)
            else:
                by = self._drivers.on(paths, action.by)
                for target in action.targets:
                    _do(action.what, company.lines[target], paths=paths, by=by, month=month)

    def keep(self, chosen: Selection, drivers: Drivers) -> None:
        """Go on with some of the paths."""
        self._drivers = drivers
        self._open = chosen.row(self._open)
        self._decided = {month: chosen.places(paths) for month, paths in self._decided.items()}


def _do(what: str, line: Line, *, paths: Paths, by: Row, month: int) -> None:
    if what == "growth":
        line.walk.change_growth(paths, by)
    elif what == "increase":
        line.walk.scale(paths, 1.0 + by)
    elif what == "terminate":
        if isinstance(line, Vendor):
            line.terminate(paths)
    elif isinstance(line, Team):
        _to_team(what, line, paths=paths, by=by, month=month)
    else:
        line.walk.scale(paths, 1.0 - by)


def _to_team(what: str, team: Team, *, paths: Paths, by: Row, month: int) -> None:
    if what == "cut":
        team.lay_off(paths, by, month=month)
    elif what == "freeze hires":
        team.stop_hiring(paths)
    else:
        team.walk.freeze(paths)
