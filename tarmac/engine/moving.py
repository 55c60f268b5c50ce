"""A company run many times on the same draws, each time with other values of some of its inputs."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from tarmac.engine.block import Job, Prepared, overflow_raised
from tarmac.engine.draws import Draws, draw, replaced
from tarmac.engine.needing import about
from tarmac.engine.walk import Row
from tarmac.streams import Streams

EVALUATIONS = 8
"""Runs in which the need of a path is searched for: right to a hundredth of what would do if nothing reacted."""


@dataclass(frozen=True, slots=True)
class Change:
    """What is changed, by the name of the input: what it is set to on every path, then what it is multiplied by."""

    to: Mapping[str, float] = field(default_factory=dict)
    times: Mapping[str, float] = field(default_factory=dict)


def survivors(job: Job, changes: Sequence[Change], *, highest: Mapping[str, float]) -> list[float]:
    """How many paths of a job are never insolvent after each change.

    `highest`: the rate from which an event is thinned, by input: no change sets it higher.
    """
    counts = np.zeros(len(changes))
    for block in range(job.blocks):
        for place, prepared in enumerate(_changed(job, block, changes=changes, highest=highest)):
            counts[place] += np.sum(prepared.ledger(owners=False).run(drop=True)["insolvent"] == job.months)
    return [float(count) for count in counts]


def needs(job: Job, changes: Sequence[Change], *, highest: Mapping[str, float], level: float) -> list[float]:
    """The extra opening cash with which a share `level` of a job's paths survives after each change; inf for none."""
    found: list[list[Row]] = [[] for _ in changes]
    for block in range(job.blocks):
        for place, prepared in enumerate(_changed(job, block, changes=changes, highest=highest)):
            found[place].append(about(prepared, EVALUATIONS))
    return [_quantile(np.concatenate(rows), level) for rows in found]


def _quantile(needs: Row, level: float) -> float:
    return float(np.sort(needs)[min(int(np.ceil(level * len(needs))), len(needs)) - 1])


def _changed(job: Job, block: int, *, changes: Sequence[Change], highest: Mapping[str, float]) -> Iterator[Prepared]:
    streams = Streams(job.seed, block)
    draws = draw(job.plan, streams, months=job.months, paths=job.paths_in(block))
    for change in changes:
        with overflow_raised():
            inputs = _inputs(draws, change)
            yield Prepared(job, block, draws=replaced(draws, job.plan, streams=streams, inputs=inputs, highest=highest))


def _inputs(draws: Draws, change: Change) -> dict[str, Row]:
    """The inputs that differ, shapes (paths,) or (1,)."""
    inputs: dict[str, Row] = {name: np.array([value]) for name, value in change.to.items()}
    return inputs | {name: inputs.get(name, draws.inputs[name]) * factor for name, factor in change.times.items()}
