"""Two independent samples of one company, A and B, and A with some of its draws taken from B: pick and freeze."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from tarmac.engine.block import Job, Prepared, overflow_raised
from tarmac.engine.draws import PAST, Draws, draw, replaced
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
    """What is taken from sample B: the values of some inputs by name, and some kinds of luck.

    `past`: the past as facts have told of it, all that is known of it together: inputs, and luck up to then. Inputs
    that are known come with it alone.
    """

    name: str
    inputs: tuple[str, ...] = ()
    luck: frozenset[str] = frozenset()
    past: bool = False


@dataclass(frozen=True, slots=True)
class _Mixed(Streams):
    """The streams of a block whose paths have the pasts of another."""

    past: int

    def open(self, driver: str) -> np.random.SFC64:
        """The bit generator of one driver, of the other block where it says which past a path has."""
        return Streams.open(Streams(self.seed, self.past) if driver == PAST else self, driver)


Task = tuple[int, Sequence[Part | None]]
"""A block, and the parts of it that are taken from sample B, each in turn; None stands for all of B."""


class Exchange:
    """One block of sample A, the first paths of a run, and one of sample B.

    The occurrences of an event are thinned from one rate in both, the highest in sample A, so that they are the same
    function of the rate and of luck wherever they are taken from. The pasts of a company that has been calibrated are a
    draw like any other, on which known inputs and known luck depend: each sample is there with its own and with the
    other's.
    """

    def __init__(self, job: Job, block: int) -> None:
        self._plan, self._job, self._block = job.plan, job, block
        self._closings = [item.hazard.driver for item in job.plan.rounds if item.hazard is not None]
        self._size = {"months": job.months, "paths": job.paths_in(block)}
        rates = _rates(job.plan, draw(job.plan, self._streams(block, block), **self._size))
        self._highest = {name: float(values.max()) for name, values in rates.items()}
        self.a, self.b = self._sample(block, block), self._sample(FAR + block, FAR + block)
        self._pasts = [(self.a, self.b)] * 2
        if job.plan.posterior is not None:
            self._pasts = [
                (self.a, self._sample(FAR + block, block)),
                (self._sample(block, FAR + block), self.b),
            ]

    def _streams(self, block: int, past: int) -> Streams:
        return _Mixed(self._job.seed, block, past)

    def _sample(self, block: int, past: int) -> Draws:
        streams = self._streams(block, past)
        drawn = draw(self._plan, streams, **self._size)
        rates = _rates(self._plan, drawn)
        return replaced(drawn, self._plan, streams=streams, inputs=rates, highest=self._highest)

    def swapped(self, part: Part) -> Draws:
        """Sample A with a part of it taken from B."""
        a, b = self._pasts[part.past]
        past = (FAR if part.past else 0) + self._block
        here, there = self._streams(self._block, past), self._streams(FAR + self._block, past)
        taken = {name: b.inputs[name] for name in part.inputs}
        mixed = replaced(a, self._plan, streams=here, inputs=taken, highest=self._highest)
        if NOISE in part.luck:
            shifts = {name: rows for name, rows in b.switches.items() if name not in self._closings}
            mixed = replace(mixed, scores=b.scores, switches=mixed.switches | shifts)
        if CHANCES in part.luck:
            closings = {name: b.switches[name] for name in self._closings}
            mixed = replace(mixed, chances=b.chances, switches=mixed.switches | closings)
        if EVENTS in part.luck:
            rates = {name: mixed.inputs[name] for name in _rates(self._plan, a)}
            happened = replaced(b, self._plan, streams=there, inputs=rates, highest=self._highest)
            mixed = replace(mixed, occurrences=happened.occurrences)
        return mixed

    def survives(self, draws: Draws) -> NDArray[np.bool_]:
        """Whether each path is never insolvent. Shape (paths,)."""
        with overflow_raised():
            struck = Prepared(self._job, self._block, draws=draws).ledger(owners=False).run(drop=True)["insolvent"]
        survives: NDArray[np.bool_] = struck == draws.months
        return survives

    def needs(self, draws: Draws) -> Row:
        """The extra opening cash that each path needs, about; inf where none saves it. Shape (paths,)."""
        with overflow_raised():
            again = self._plan.reacts_to_cash
            return about(Prepared(self._job, self._block, draws=draws, again=again), EVALUATIONS)


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
