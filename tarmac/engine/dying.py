"""What paths die of: the due that could not be paid, and what had gone wrong by then."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from tarmac.engine.block import Job, Prepared, overflow_raised
from tarmac.engine.draws import Draws, draw, medians_of
from tarmac.engine.ledger import Ledger
from tarmac.engine.paying import InOrder
from tarmac.engine.selection import Paths
from tarmac.engine.state import ROUNDING
from tarmac.engine.walk import Row
from tarmac.plan import Number, Plan
from tarmac.streams import Streams

PAYROLL, LENDER, TAX, VENDORS, OVERDRAFT = "payroll", "a lender", "a tax", "vendors", "cash below zero"
"""What a path dies of, besides the line of a single vendor."""

OFF_PLAN: Final = 0.1
"""How far revenue since the start is below plan, or cost above, to count as having gone wrong."""

_ENOUGH: Final = 1e15
_SECTIONS: Final = ("compute", "team", "cost")


@dataclass(frozen=True)
class Deaths:
    """How the paths of some blocks end.

    `struck`: month index of insolvency, the horizon for none, shape (paths,); `due`: what could not be paid, an index
    into `dues`, -1 on paths that survive. `wrong`: what had gone wrong by the end of each month, by what it is and of
    whom, shape (months, paths); a path that has died is as it was in its last month.
    """

    dues: tuple[str, ...]
    struck: NDArray[np.int32]
    due: NDArray[np.int64]
    wrong: Mapping[tuple[str, str], NDArray[np.bool_]]


class Dying:
    """Watches a ledger that keeps all its paths. To be made before the ledger is run."""

    def __init__(self, ledger: Ledger, planned: Mapping[str, Row]) -> None:
        plan, drivers = ledger.plan, ledger.drivers
        self._suppliers = [line.level.path for line in plan.suppliers]
        self._patient = [line.cut_off is not None for line in plan.suppliers]
        self.dues = (PAYROLL, LENDER, TAX, VENDORS, OVERDRAFT, *self._suppliers)
        self.due = np.full(drivers.paths, -1)
        self.wrong = {key: np.zeros((drivers.months, drivers.paths), np.bool_) for key in _wrongs(plan)}
        self._planned = planned
        self._so_far = {name: np.zeros(drivers.paths) for name in planned}
        self._closed = {item.name: np.zeros(drivers.paths, np.bool_) for item in plan.rounds}
        self._events = [(event.name, drivers.draws.occurrences[event.name]) for event in plan.events]

    def month_end(self, month: int, ledger: Ledger) -> None:
        """Take in what has gone wrong, and what those that die in this month die of."""
        self._note_rounds(month, ledger)
        self._note_plan(month, ledger)
        for name, happened in self._events:
            row = self.wrong["event", name][month]
            row[happened.paths[happened.months == month]] = True
            row |= self.wrong["event", name][month - 1] & (month > 0)
        fresh, balance = ledger.state.left_behind
        if len(fresh):
            self.due[fresh] = self._missed(ledger, fresh, short=np.maximum(-balance, 0.0))

    def _note_rounds(self, month: int, ledger: Ledger) -> None:
        if not ledger.plan.rounds:
            return
        for plan, (paths, _) in ledger.rounds.closed:
            self._closed[plan.name][paths] = True
        sought, raised = np.zeros_like(ledger.state.alive), np.zeros_like(ledger.state.alive)
        for item in ledger.rounds.all:
            name, begun = item.plan.name, item.begun(month)
            self.wrong["round failed", name][month] = item.failed
            self.wrong["round under way", name][month] = begun & ~item.failed & ~self._closed[name]
            sought |= begun
            raised |= self._closed[name]
        self.wrong["no attempt begun", ""][month] = ~sought
        self.wrong["no money came", ""][month] = ~raised

    def _note_plan(self, month: int, ledger: Ledger) -> None:
        for name, amount in amounts_of(ledger).items():
            if name in self._planned:
                self._so_far[name] += amount
                planned = self._planned[name][: month + 1].sum()
                below = name == "revenue"
                limit = planned * (1 - OFF_PLAN if below else 1 + OFF_PLAN)
                row = self._so_far[name] < limit if below else self._so_far[name] > limit
                self.wrong["below plan" if below else "above plan", name][month] = row

    def _missed(self, ledger: Ledger, paths: Paths, *, short: Row) -> NDArray[np.int64]:
        """What could not be paid on some paths: of several dues the one that comes first in the order of payment."""
        if ledger.plan.insolvent_when == "cash_below_zero":
            return np.full(len(paths), self.dues.index(OVERDRAFT))
        state, owing = ledger.state, ledger.paying
        taxes, principal, interest, dues = (
            np.broadcast_to(row, state.cash.shape)[paths]
            for row in (state.taxes, state.principal, state.interest, state.dues)
        )
        waiting = isinstance(owing, InOrder)
        last = np.zeros(len(paths)) if waiting else np.maximum(dues, 0.0)  # what goes short before the tax office
        missed = self._vendor(ledger, paths)
        for name, junior in ((TAX, last), (LENDER, last + taxes), (PAYROLL, last + taxes + principal + interest)):
            missed[short > junior + ROUNDING] = self.dues.index(name)
        return missed

    def _vendor(self, ledger: Ledger, paths: Paths) -> NDArray[np.int64]:
        """The vendor to whom most is unpaid beyond its tolerance; all of them together where nobody waits."""
        owing, first = ledger.paying, self.dues.index(OVERDRAFT) + 1
        if not isinstance(owing, InOrder) or not self._suppliers:
            only = first if len(self._suppliers) == 1 else self.dues.index(VENDORS)
            return np.full(len(paths), only)
        numbers = range(len(self._suppliers))
        beyond = np.zeros((len(self._suppliers), ledger.drivers.paths))
        for number in numbers:
            ended = 0.0 if self._patient[number] else owing.beyond_patience(number)
            beyond[number, owing.late] = ended
        nobody = ~(beyond[:, paths] > ROUNDING).any(axis=0)
        for number in numbers:  # any bill, where a missed bill is enough
            beyond[number, owing.late] += owing.arrears_of(number) * 1e-6
        largest = beyond[:, paths].argmax(axis=0)
        return np.where(nobody & ~beyond[:, paths].any(axis=0), self.dues.index(VENDORS), first + largest)


def amounts_of(ledger: Ledger) -> dict[str, Row]:
    """Revenue earned, and cost by section, in the month: rows of shape (paths,) or (1,)."""
    rows: dict[str, Row] = {"revenue": ledger.state.earned} if ledger.revenue else {}
    lines = [(vendor.line.level.path, vendor.billed) for vendor in ledger.vendors]
    lines += [(team.line.level.path, team.cost) for team in ledger.teams]
    for section in _SECTIONS:
        there = [row for path, row in lines if path.startswith(f"{section}.")]
        if there:
            rows[section] = np.asarray(sum(there[1:], start=there[0]))
    return rows


def planned(plan: Plan, months: int) -> dict[str, Row]:
    """Revenue and cost by section and month as planned: every number at its median, no noise, nothing happens.

    The median is that of what facts have taught, where they have. Nothing is raised and nothing reacts. Shapes
    (months,).
    """
    bare = replace(
        plan, rounds=(), policies=(), events=(), opening_cash=Number(_ENOUGH), keep_payroll_months=Number(0.0)
    )
    draws = _medians(bare, months)
    reader = _Reader()
    with overflow_raised():
        Prepared(Job(bare, 0, months, 1), 0, draws=draws).ledger().run([reader])
    return {name: np.array(values) for name, values in reader.rows.items()}


class _Reader:
    """Reads revenue and cost of one path, month by month."""

    def __init__(self) -> None:
        self.rows: dict[str, list[float]] = {}

    def month_end(self, month: int, ledger: Ledger) -> None:  # noqa: ARG002
        """Add the month's amounts."""
        for name, row in amounts_of(ledger).items():
            self.rows.setdefault(name, []).append(float(row[0]))


def _medians(plan: Plan, months: int) -> Draws:
    """Draws of one path on which every number is at its median and no month differs from the trend."""
    usual = draw(plan, Streams(0, 0), months=months, paths=1)
    return replace(
        usual,
        inputs=medians_of(plan),
        scores={name: np.zeros_like(rows) for name, rows in usual.scores.items()},
        chances=dict.fromkeys(usual.chances, np.array([0.5])),
        switches={name: np.ones_like(rows) for name, rows in usual.switches.items()},
    )


def _wrongs(plan: Plan) -> list[tuple[str, str]]:
    """Everything that can go wrong with a company: what, and with whom."""
    rounds = [(what, item.name) for item in plan.rounds for what in ("round failed", "round under way")]
    money = [("no attempt begun", ""), ("no money came", "")] if plan.rounds else []
    paths = {level.path.partition(".")[0] for level in plan.levels}
    lines = [("below plan", "revenue")] if "revenue" in paths else []
    lines += [("above plan", section) for section in _SECTIONS if section in paths]
    return [*rounds, *money, *lines, *(("event", event.name) for event in plan.events)]


def deaths_of(job: Job, *, blocks: Sequence[int]) -> Deaths:
    """How the paths of some blocks of a job end."""
    usual = planned(job.plan, job.months)
    found = [_of_block(job, block, usual=usual) for block in blocks]
    return Deaths(
        found[0].dues,
        np.concatenate([part.struck for part in found]),
        np.concatenate([part.due for part in found]),
        {key: np.concatenate([part.wrong[key] for part in found], axis=1) for key in found[0].wrong},
    )


def _of_block(job: Job, block: int, *, usual: Mapping[str, Row]) -> Deaths:
    with overflow_raised():
        ledger = Prepared(job, block).ledger()
        watcher = Dying(ledger, usual)
        struck = ledger.run([watcher])["insolvent"]
    return Deaths(watcher.dues, struck, watcher.due, watcher.wrong)
