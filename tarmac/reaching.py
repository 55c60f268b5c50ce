"""Goal seek: the smallest pull of each lever alone, and of the cheapest pair, that reaches a target."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from typing import Any, Final

import numpy as np

from tarmac.company import Company
from tarmac.comparing import needs_of
from tarmac.engine.block import Job, Prepared, overflow_raised
from tarmac.errors import InputError
from tarmac.layout import plan_of
from tarmac.levers import Handle
from tarmac.measures import Need
from tarmac.scenario import Scenario, apply, pulled
from tarmac.simulation import overflow_told
from tarmac.streams import BLOCK_PATHS
from tarmac.summary import HistogramBuilder
from tarmac.survival import Z95, standard_error

PATHS: Final = BLOCK_PATHS // 2
"""Paths on which a target is sought: the first of the run."""

_LADDER: Final = (0.125, 0.25, 0.5, 1.0)
"""Shares of a lever's range that are tried first: an answer is bracketed by the first that reaches the target."""

_PAIR_STEP: Final = 0.05
"""Units by which both levers of a pair are pulled together."""

Tell = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Target:
    """What is to be reached, in the user's words and as a bound.

    `survive`: at least this probability of being solvent at the end of month index `month`; else the extra money that
    `level` of the paths needs to reach the horizon is at most `amount`.
    """

    text: str
    month: int = 0
    survive: float | None = None
    level: float = 0.0
    amount: float = 0.0

    def met(self, value: float) -> bool:
        """Whether a probability, or an amount, is good enough."""
        return value >= self.survive - 1e-12 if self.survive is not None else value <= self.amount


@dataclass(frozen=True, slots=True)
class Pulled:
    """A lever pulled by some units."""

    handle: Handle
    units: float

    @property
    def words(self) -> str:
        """What that is, in words."""
        return self.handle.lever.named(self.units)


@dataclass(frozen=True, slots=True)
class Answer:
    """Levers that reach the target together, or the furthest they can be pulled where they cannot.

    `value`: what they come to (a probability of survival, or an amount, inf where none does).
    """

    pulls: tuple[Pulled, ...]
    value: float
    reached: bool

    @property
    def words(self) -> str:
        """What is done, in words."""
        return " and ".join(pull.words for pull in self.pulls)

    @property
    def cost(self) -> float | None:
        """What it costs; None where a lever does not say."""
        costs = [None if pull.handle.cost is None else pull.handle.cost * pull.units for pull in self.pulls]
        return None if None in costs else sum(cost or 0.0 for cost in costs)

    @property
    def units(self) -> float:
        """Units of effort, of both levers together."""
        return sum(pull.units for pull in self.pulls)

    def as_json(self) -> dict[str, Any]:
        """Plain values."""
        return {
            "levers": [
                {"name": pull.handle.name, "units": pull.units, "amount": pull.units * pull.handle.lever.amount}
                for pull in self.pulls
            ],
            "words": self.words,
            "value": self.value if math.isfinite(self.value) else None,
            "reached": self.reached,
            "cost": self.cost,
        }


@dataclass(frozen=True)
class Reach:
    """What reaches a target: each lever alone, and the cheapest pair; of `paths` paths.

    `by_cost`: whether the pair is the cheapest in money; else it is that of the fewest units. `pair` is None where no
    pair reaches the target, or none was sought because it is met already.
    """

    target: Target
    base: float
    alone: tuple[Answer, ...]
    pair: Answer | None
    by_cost: bool
    paths: int
    met: bool

    def error(self, value: float) -> float:
        """Half of the 95% Monte Carlo interval of a probability."""
        return Z95 * float(standard_error(np.array([round(value * self.paths)]), self.paths)[0])

    def as_json(self) -> dict[str, Any]:
        """Plain values."""
        return {
            "target": self.target.text,
            "paths": self.paths,
            "base": self.base if math.isfinite(self.base) else None,
            "met": self.met,
            "alone": [answer.as_json() for answer in self.alone],
            "pair": None if self.pair is None else self.pair.as_json(),
            "pair_by": "cost" if self.by_cost else "units",
        }


def reach(company: Company, handles: Sequence[Handle], *, target: Target, months: int, paths: int, seed: int) -> Reach:
    """Seek the smallest pull of each lever, and the cheapest pair, with which a target is reached.

    Every trial is a run on the same draws, so that what a little more of a lever does is not drowned in noise. A lever
    is tried at an eighth, a quarter, half and all of its range; the first that reaches the target closes a bracket,
    which is halved down to the lever's smallest step. The answer is a pull that was run and did reach it. A pair is
    pulled by equal units of each lever, each up to its own most.
    """
    seeker = _Seeker(company, target, months=months, paths=min(paths, PATHS), seed=seed)
    base = seeker.value(())
    by_cost = bool(handles) and all(handle.cost is not None for handle in handles)
    if target.met(base):
        return Reach(target, base, (), None, by_cost, seeker.paths, met=True)
    alone = tuple(seeker.alone(handle) for handle in handles)
    pair = seeker.cheapest_pair(alone, by_cost=by_cost)
    return Reach(target, base, alone, pair, by_cost, seeker.paths, met=False)


@dataclass
class _Seeker:
    """Runs a company with levers pulled, each combination once."""

    company: Company
    target: Target
    months: int = field(kw_only=True)
    paths: int = field(kw_only=True)
    seed: int = field(kw_only=True)
    _known: dict[tuple[tuple[str, float], ...], float] = field(default_factory=dict, init=False)
    _ranges: dict[str, int] = field(default_factory=dict, init=False)

    def value(self, pulls: tuple[Pulled, ...]) -> float:
        """What the target is judged by, with some levers pulled; NaN where they cannot be pulled so far."""
        key = tuple((pull.handle.name, pull.units) for pull in pulls)
        if key not in self._known:
            self._known[key] = self._run(pulls)
        return self._known[key]

    def met(self, pulls: tuple[Pulled, ...]) -> bool:
        """Whether they reach the target."""
        return self.target.met(self.value(pulls))  # NaN does not

    def alone(self, handle: Handle) -> Answer:
        """The smallest pull of a lever that reaches the target, or the furthest one."""
        most = self._furthest(handle)

        def pulls(step: int) -> tuple[Pulled, ...]:
            return (Pulled(handle, round(step * handle.finest, 9)),)

        found = self._least(pulls, most)
        return Answer(pulls(found or most), self.value(pulls(found or most)), found is not None)

    def cheapest_pair(self, alone: Sequence[Answer], *, by_cost: bool) -> Answer | None:
        """The pair of levers, pulled alike, that reaches the target with the least cost or the fewest units.

        Pairs that promise most, by what their levers come to alone, are tried first; any other must beat the best.
        """
        best: Answer | None = None
        pairs = sorted(combinations(alone, 2), key=lambda pair: sum(answer.units for answer in pair if answer.reached))
        pairs.sort(key=lambda pair: -sum(answer.reached for answer in pair))
        for one, other in pairs:
            handles = (one.pulls[0].handle, other.pulls[0].handle)
            most = max(self._furthest(handle) * handle.finest for handle in handles)

            def pulls(step: int, handles: tuple[Handle, Handle] = handles) -> tuple[Pulled, ...]:
                return tuple(_along(handle, step * _PAIR_STEP, most=self._furthest(handle)) for handle in handles)

            steps = self._cheaper(pulls, math.ceil(most / _PAIR_STEP), best=best, by_cost=by_cost)
            found = self._least(pulls, steps, ladder=best is None) if steps else None
            if found is not None:
                best = self._trimmed(pulls(found))
        return best

    def _trimmed(self, pulls: tuple[Pulled, ...]) -> Answer:
        """A pair that reaches the target, each lever in turn let back as far as it can be: steps differ in size."""
        for place, pull in enumerate(pulls):
            finest = pull.handle.finest

            def back(step: int, *, place: int = place, kept: tuple[Pulled, ...] = pulls) -> tuple[Pulled, ...]:
                less = Pulled(kept[place].handle, round(step * kept[place].handle.finest, 9))
                return (*kept[:place], less, *kept[place + 1 :])

            found = self._least(back, round(pull.units / finest), ladder=False)
            pulls = pulls if found is None else back(found)
        return Answer(pulls, self.value(pulls), reached=True)

    def _cheaper(
        self, pulls: Callable[[int], tuple[Pulled, ...]], most: int, *, best: Answer | None, by_cost: bool
    ) -> int:
        """The most steps of a pair that are cheaper than the best so far."""
        if best is None:
            return most
        limit = _price(best, by_cost=by_cost)
        while most and _price(Answer(pulls(most), math.nan, reached=False), by_cost=by_cost) >= limit - 1e-9:
            most -= 1
        return most

    def _least(self, pulls: Callable[[int], tuple[Pulled, ...]], most: int, *, ladder: bool = True) -> int | None:
        """The fewest steps, up to `most`, that reach the target; None where none of those tried does."""
        rungs = sorted({max(math.ceil(share * most), 1) for share in (_LADDER if ladder else (1.0,))})
        high = next((rung for rung in rungs if self.met(pulls(rung))), None)
        if high is None:
            return None
        low = max((rung for rung in rungs if rung < high), default=0)
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (low, middle) if self.met(pulls(middle)) else (middle, high)
        return high

    def _furthest(self, handle: Handle) -> int:
        """The most steps by which a lever can be pulled in this company: a month may lie before the first."""
        if handle.name not in self._ranges:
            self._ranges[handle.name] = self._range(handle)
        return self._ranges[handle.name]

    def _range(self, handle: Handle) -> int:
        low, high = round(1 / handle.finest), max(math.floor(handle.largest / handle.finest + 1e-9), 1)
        if self._applies(handle, high):
            return high
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (middle, high) if self._applies(handle, middle) else (low, middle)
        return low

    def _applies(self, handle: Handle, steps: int) -> bool:
        try:
            handle.apply(self.company, round(steps * handle.finest, 9))
        except InputError:
            return False
        return True

    def _run(self, pulls: tuple[Pulled, ...]) -> float:
        months = self.months if self.target.survive is None else self.target.month + 1
        try:
            company = apply(self.company, together(pulls)) if pulls else self.company
            job = Job(plan_of(company), self.seed, months, self.paths)
        except InputError:
            return math.nan
        with overflow_told(self.company.file, months):
            return self._judged(job)

    def _judged(self, job: Job) -> float:
        if self.target.survive is None:
            needs, builder = needs_of(job), HistogramBuilder(1)
            builder.month(0, needs[np.isfinite(needs)])
            amount = Need(builder.build(), int(np.isinf(needs).sum())).amount(self.target.level)
            return math.inf if amount is None else amount
        with overflow_raised():
            struck = Prepared(job, 0).ledger(owners=False).run(drop=True)["insolvent"]
        return float(np.mean(struck == job.months))


def together(pulls: Sequence[Pulled]) -> Scenario:
    """Some levers, each pulled by its units, as one scenario."""
    parts = [pulled(pull.handle.scenario, pull.units) for pull in pulls]
    return parts[0].model_copy(update={"change": tuple(change for part in parts for change in part.change)})


def _along(handle: Handle, units: float, *, most: int) -> Pulled:
    """A lever pulled about so far, in whole steps of its own, once at least and no further than it goes."""
    steps = min(max(round(units / handle.finest), 1), most)
    return Pulled(handle, round(steps * handle.finest, 9))


def _price(answer: Answer, *, by_cost: bool) -> float:
    cost = answer.cost
    return cost if by_cost and cost is not None else answer.units
