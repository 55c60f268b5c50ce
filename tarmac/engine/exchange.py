"""Two independent samples of one company, A and B, and A with some of its draws taken from B: pick and freeze."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from tarmac.engine.block import Job, Prepared, overflow_raised
from tarmac.engine.draws import Draws, draw, replaced
from tarmac.engine.needing import about
from tarmac.engine.walk import Row
from tarmac.plan import Plan
from tarmac.streams import Streams

FAR: Final = 2**20
"""The number of the first block of sample B: beyond those of every run."""

NOISE, EVENTS, CHANCES = "noise", "events", "chances"
"""Kinds of luck: what changes by the month; what happens at a rate; what happens once with some chance."""

EVALUATIONS: Final = 7
"""Runs in which the need of a path is searched for: right to about a sixtieth of what would do if nothing reacted."""


@dataclass(frozen=True, slots=True)
class Part:
    """What is taken from sample B: the values of some inputs by name, and some kinds of luck."""

    name: str
    inputs: tuple[str, ...] = ()
    luck: frozenset[str] = frozenset()


Task = tuple[int, Sequence[Part | None]]
"""A block, and the parts of it that are taken from sample B, each in turn; None stands for all of B."""


class Exchange:
    """One block of sample A, the first paths of a run, and one of sample B.

    The occurrences of an event are thinned from one rate in both, the highest in sample A, so that they are the same
    function of the rate and of luck wherever they are taken from.
    """

    def __init__(self, job: Job, block: int) -> None:
        self._plan, self._job, self._block = job.plan, job, block
        self._here, self._there = Streams(job.seed, block), Streams(job.seed, FAR + block)
        self._closings = [item.hazard.driver for item in job.plan.rounds if item.hazard is not None]
        size = {"months": job.months, "paths": job.paths_in(block)}
        a, b = draw(job.plan, self._here, **size), draw(job.plan, self._there, **size)
        rates = _rates(job.plan, a)
        self._highest = {name: float(values.max()) for name, values in rates.items()}
        self.a = replaced(a, job.plan, streams=self._here, inputs=rates, highest=self._highest)
        self.b = replaced(b, job.plan, streams=self._there, inputs=_rates(job.plan, b), highest=self._highest)

    def swapped(self, part: Part) -> Draws:
        """Sample A with a part of it taken from B."""
        a, b = self.a, self.b
        taken = {name: b.inputs[name] for name in part.inputs}
        mixed = replaced(a, self._plan, streams=self._here, inputs=taken, highest=self._highest)
        if NOISE in part.luck:
            shifts = {name: rows for name, rows in b.switches.items() if name not in self._closings}
            mixed = replace(mixed, scores=b.scores, switches=mixed.switches | shifts)
        if CHANCES in part.luck:
            closings = {name: b.switches[name] for name in self._closings}
            mixed = replace(mixed, chances=b.chances, switches=mixed.switches | closings)
        if EVENTS in part.luck:
            rates = {name: mixed.inputs[name] for name in _rates(self._plan, a)}
            happened = replaced(b, self._plan, streams=self._there, inputs=rates, highest=self._highest)
            mixed = replace(mixed, occurrences=happened.occurrences)
        return mixed

    def survives(self, draws: Draws) -> NDArray[np.bool_]:
        """Whether each path is never insolvent. Shape (paths,)."""
        with overflow_raised():
            struck = self._prepared(draws).ledger().run(drop=True)["insolvent"]
        survives: NDArray[np.bool_] = struck == draws.months
        return survives

    def needs(self, draws: Draws) -> Row:
        """The extra opening cash that each path needs, about; inf where none saves it. Shape (paths,)."""
        with overflow_raised():
            return about(self._prepared(draws), EVALUATIONS)

    def _prepared(self, draws: Draws) -> Prepared:
        return Prepared(self._job, self._block, draws=draws)


def _rates(plan: Plan, draws: Draws) -> dict[str, Row]:
    """The rates of events that are uncertain, by input."""
    names = {event.rate.driver for event in plan.events if event.rate.driver is not None}
    return {name: draws.inputs[name] for name in names}


def survive_swapped(job: Job, task: Task) -> list[NDArray[np.bool_]]:
    """Which paths survive in sample A with each part taken from B. Shapes (paths,)."""
    block, parts = task
    exchange = Exchange(job, block)
    return [exchange.survives(exchange.b if part is None else exchange.swapped(part)) for part in parts]


def need_swapped(job: Job, task: Task) -> list[Row]:
    """What paths need in the same samples. Shapes (paths,)."""
    block, parts = task
    exchange = Exchange(job, block)
    return [exchange.needs(exchange.b if part is None else exchange.swapped(part)) for part in parts]
