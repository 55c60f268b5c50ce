"""What a company's survival depends on: shares of its variance, what knowing one number would say, causes of death."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from tarmac.engine.block import Job
from tarmac.engine.draws import known_numbers
from tarmac.engine.dying import Deaths, deaths_of, planned
from tarmac.engine.exchange import CHANCES, EVENTS, NOISE, Exchange, Part, Task, need_swapped, survive_swapped
from tarmac.months import Month
from tarmac.plan import Plan
from tarmac.sensitivity import Index, indices
from tarmac.simulation import How
from tarmac.streams import BLOCK_PATHS
from tarmac.survival import Z95, standard_error

SCHEMA: Final = "tarmac.why/1"
LUCK: Final = "luck"
LEARNT: Final = "what facts have taught"
"""The numbers that a company has been calibrated on, and what has happened up to then: they depend on each other."""

KINDS: Final = {CHANCES: "luck: what closes or leaves", NOISE: "luck: monthly noise", EVENTS: "luck: events"}
"""What luck is made of: rounds, contracts and customers; months; events."""

LEAST_PATHS, MOST_PATHS = 256, 65_536
SCREENED: Final = 16
"""Inputs whose part in the need is looked at, where survival tells which matter."""

_WORK: Final = 2**20 * 18
"""Path-months that the shares of survival may take."""

_ROUGH: Final = 100
"""Paths that must survive, and die, for survival to tell which inputs matter."""

_LONGEST_NEED: Final = 1_000.0
"""Months of cost beyond which a need counts as that; so does one that no amount meets."""

_WORTH_PROCESSES: Final = 2**16
"""Paths of all samples from which on starting worker processes costs less time than it saves."""


@dataclass(frozen=True)
class Source:
    """An input, correlated inputs together, or luck: its part in the variance of survival and of the need."""

    name: str
    members: tuple[str, ...]
    survival: Index | None
    need: Index | None

    @property
    def weight(self) -> tuple[float, float]:
        """What sources are ranked by."""
        return tuple(-1.0 if index is None else index.total.value for index in (self.survival, self.need))  # type: ignore[return-value]

    def as_json(self, variance: float) -> dict[str, Any]:
        """Plain values; null where there is nothing to tell. `variance` is that of survival."""
        shares = {
            name: None if index is None else {"first": index.first.as_json(), "total": index.total.as_json()}
            for name, index in (("survival", self.survival), ("need", self.need))
        }
        gone = None if self.survival is None else variance * self.survival.first.value
        return {"name": self.name, "inputs": list(self.members), **shares, "variance_gone_if_known": gone}


@dataclass(frozen=True)
class Known:
    """Survival where one input is known to be low, middling or high: in the lowest, middle or highest third of it.

    `ends`: the values between the thirds; `survived` of `paths` in each.
    """

    name: str
    unit: str
    ends: tuple[float, float]
    survived: tuple[int, int, int]
    paths: tuple[int, int, int]

    @property
    def shares(self) -> tuple[float, float, float]:
        """The share that survives in each third."""
        low, middle, high = (hit / max(of, 1) for hit, of in zip(self.survived, self.paths, strict=True))
        return low, middle, high

    @property
    def spread(self) -> float:
        """How much further apart low and high are than chance alone would put them: in shares, not below 0."""
        errors = self.errors
        return max(abs(self.shares[2] - self.shares[0]) - Z95 * float(np.hypot(errors[0], errors[2])), 0.0)

    @property
    def errors(self) -> tuple[float, float, float]:
        """Monte Carlo standard errors of the shares."""
        low, middle, high = (
            float(standard_error(np.array([hit]), max(of, 1))[0])
            for hit, of in zip(self.survived, self.paths, strict=True)
        )
        return low, middle, high

    def as_json(self) -> dict[str, Any]:
        """Plain values."""
        thirds = zip(("low", "middle", "high"), self.shares, self.errors, self.paths, strict=True)
        ends = {"low_up_to": self.ends[0], "high_from": self.ends[1]}
        return {"input": self.name, "unit": self.unit, **ends} | {
            name: {"survives": share, "standard_error": error, "paths": of} for name, share, error, of in thirds
        }


@dataclass(frozen=True)
class Wrong:
    """Something that had gone wrong by the month of death, and how often with others by the same months.

    `dead`: share of the paths that die; `others`: of those that survive, in months as those of death; `ratio`: the
    chance to die with it over that without, with its 95% interval (Katz et al. 1978); None where all have it or none.
    """

    what: str
    whom: str
    dead: float
    others: float
    ratio: tuple[float, float, float] | None

    @property
    def tells(self) -> bool:
        """Whether it is told from chance that the dead have it more often."""
        return self.ratio is None or self.ratio[1] > 1

    def as_json(self) -> dict[str, Any]:
        """Plain values."""
        ratio = None if self.ratio is None else dict(zip(("value", "low", "high"), self.ratio, strict=True))
        return {"what": self.what, "whom": self.whom, "dead": self.dead, "others": self.others, "risk_ratio": ratio}


@dataclass(frozen=True)
class Why:
    """What a company's survival over some months depends on.

    `survived` of `sampled` paths, those of two samples of `paths` each. `need_paths`: paths the need was looked at on;
    it is taken as log(1 + need / `month_cost`), the planned cost of the first month. `died`: how many of the first
    sample's paths; `dues`: of which how many by what could not be paid.
    """

    plan: Plan
    seed: int
    months: int
    scenarios: tuple[str, ...]
    paths: int
    need_paths: int
    survived: int
    month_cost: float
    inputs: tuple[Source, ...]
    luck: tuple[Source, ...]
    known: tuple[Known, ...]
    died: int
    dues: Mapping[str, int]
    wrong: tuple[Wrong, ...]

    @property
    def sampled(self) -> int:
        """Paths of both samples."""
        return 2 * self.paths

    @property
    def end(self) -> Month:
        """The last month."""
        return self.plan.first_month + (self.months - 1)

    @property
    def explained(self) -> bool:
        """Whether survival differs between paths."""
        return 0 < self.survived < self.sampled

    @property
    def rough(self) -> bool:
        """Whether so few paths survive, or die, that shares are rough."""
        return min(self.survived, self.sampled - self.survived) < _ROUGH

    def as_json(self) -> dict[str, Any]:
        """Plain values; null where there is nothing to tell."""
        share = self.survived / self.sampled
        error = float(standard_error(np.array([self.survived]), self.sampled)[0])
        variance = share * (1 - share)
        return {
            "schema": SCHEMA,
            "company": self.plan.name,
            "currency": self.plan.currency,
            "scenarios": list(self.scenarios),
            "seed": self.seed,
            "first_month": str(self.plan.first_month),
            "months": self.months,
            "paths": self.paths,
            "need_paths": self.need_paths,
            "survives": {"probability": share, "standard_error": error, "paths": self.sampled, "variance": variance},
            "need_as": {"form": "log(1 + need / month_cost)", "month_cost": self.month_cost},
            "inputs": [item.as_json(variance) for item in self.inputs],
            "luck": [item.as_json(variance) for item in self.luck],
            "known": [item.as_json() for item in self.known],
            "died": self.died,
            "could_not_pay": [
                {"due": due, "paths": count, "share": count / self.died} for due, count in self.dues.items()
            ],
            "had_gone_wrong": [item.as_json() for item in self.wrong],
        }


def why(plan: Plan, *, months: int, seed: int, paths: int | None = None, how: How | None = None) -> Why:
    """What survival over some months depends on; `paths` a sample, by default as many as take a few seconds."""
    plan = replace(plan, holders=())  # who owns what decides nothing here
    how = how or How()
    sources, kinds = _sources(plan), _kinds(plan)
    parts = [*sources, Part(LUCK, luck=frozenset(KINDS)), *kinds]
    job = Job(plan, seed, months, paths or paths_for(len(parts) + 2, months))
    cost = _month_cost(plan, months)
    a, b, *swapped = _outcomes(survive_swapped, job, parts=parts, how=how)
    survival: dict[str, Index] = dict(zip((item.name for item in parts), indices(a, b, swapped=swapped, seed=seed)))  # noqa: B905
    survived = int(a.sum() + b.sum())
    rough = min(survived, 2 * job.paths - survived) < _ROUGH
    looked_at = parts if rough else _screened(parts, survival)
    needing = replace(job, paths=max(job.paths // (8 if rough else 4), min(job.paths, LEAST_PATHS)))
    need = _needs(needing, looked_at, cost=cost, how=how)
    deaths = deaths_of(job, blocks=range(job.blocks))
    found = [Source(item.name, item.inputs, survival.get(item.name), need.get(item.name)) for item in parts]
    ranked = sorted(found[: len(sources)], key=lambda source: source.weight, reverse=True)
    return Why(
        plan=plan,
        seed=seed,
        months=months,
        scenarios=(),
        paths=job.paths,
        need_paths=needing.paths,
        survived=survived,
        month_cost=cost,
        inputs=tuple(ranked),
        luck=tuple(found[len(sources) :]),
        known=_known(job, survives=np.concatenate([a, b]) > 0),
        died=int(np.sum(deaths.struck < months)),
        dues=_dues(deaths),
        wrong=_wrongs(deaths, months),
    )


def paths_for(samples: int, months: int) -> int:
    """Paths of a sample, so that so many of them over some months take a few seconds: a power of two."""
    wanted = _WORK / (samples * months)
    return int(min(max(2 ** int(np.log2(wanted)), 4 * LEAST_PATHS), MOST_PATHS))


def _sources(plan: Plan) -> list[Part]:
    """The uncertain numbers, those that are drawn together as one: of one schedule, correlated, or learnt from facts.

    What facts have taught of numbers depends on each other, and on what has happened up to then, which comes with them.
    """
    streams: dict[str, list[str]] = {}
    for item in plan.inputs:
        streams.setdefault(item.stream, []).append(item.name)
    learnt = known_numbers(plan)
    groups = [tuple(name for name in group if name not in learnt) for group in _correlated(plan)]
    groups = [group for group in groups if group]
    grouped = learnt.union(*groups)
    apart = [(name,) for name in streams if name not in grouped]
    found = [] if plan.posterior is None else [_learnt(streams, learnt)]
    found += [Part(" + ".join(group), tuple(path for name in group for path in streams[name])) for group in groups]
    return [*found, *(Part(name, tuple(streams[name])) for (name,) in apart)]


def _learnt(streams: Mapping[str, list[str]], learnt: frozenset[str]) -> Part:
    """All that facts have taught, as one source."""
    return Part(LEARNT, tuple(path for name, paths in streams.items() if name in learnt for path in paths), past=True)


def _correlated(plan: Plan) -> list[tuple[str, ...]]:
    """The inputs that are correlated, directly or by others, in groups."""
    copula = plan.input_copula
    if copula is None:
        return []
    near = np.abs(copula.factor @ copula.factor.T) > 1e-9
    reach = np.linalg.matrix_power(near.astype(float), len(near)) > 0
    groups = dict.fromkeys(tuple(np.flatnonzero(row).tolist()) for row in reach)
    return [tuple(copula.drivers[place] for place in group) for group in groups]


def _kinds(plan: Plan) -> list[Part]:
    """The kinds of luck that there are."""
    levels = plan.levels
    customers = any(level.customers for level in levels) or any(line.pipeline for line in plan.revenue)
    shaken = plan.market_persistence is not None or any(level.shock or level.regime for level in levels)
    there = {CHANCES: bool(plan.rounds) or customers, NOISE: shaken, EVENTS: bool(plan.events)}
    return [Part(name, luck=frozenset({kind})) for kind, name in KINDS.items() if there[kind]]


def _outcomes(
    work: Callable[[Job, Task], list[NDArray[Any]]], job: Job, *, parts: list[Part], how: How
) -> list[NDArray[np.float64]]:
    """The outcomes of sample A, of sample B, and of A with each part taken from B. Shapes (paths,)."""
    samples: list[Part | None] = [Part(""), None, *parts]
    executor = how.carried(by=len(samples) * job.blocks, worth=len(samples) * job.paths >= _WORTH_PROCESSES)
    size = -(-len(samples) // (1 if executor.workers == 1 else 3 * executor.workers))
    spans = [samples[first : first + size] for first in range(0, len(samples), size)]
    calls = [(job, (block, span)) for block in range(job.blocks) for span in spans]
    rows: list[NDArray[Any]] = []
    for found in executor.map(work, calls):
        rows += found
        how.tell(min(len(rows) * BLOCK_PATHS, len(samples) * job.paths), len(samples) * job.paths)
    return [np.concatenate(rows[place :: len(samples)]).astype(float) for place in range(len(samples))]


def _screened(parts: list[Part], survival: Mapping[str, Index]) -> list[Part]:
    """Luck, and the inputs that have the largest part in survival."""
    ranked = sorted((part for part in parts if not part.luck), key=lambda part: -survival[part.name].total.value)
    kept = {part.name for part in ranked[:SCREENED]}
    return [part for part in parts if part.name in kept or part.luck]


def _needs(job: Job, parts: list[Part], *, cost: float, how: How) -> dict[str, Index]:
    """The indices of the need, in months of cost and on the scale of logarithms."""
    rows = _outcomes(need_swapped, job, parts=parts, how=how)
    a, b, *swapped = (np.log1p(np.minimum(row / cost, _LONGEST_NEED)) for row in rows)
    return dict(zip((part.name for part in parts), indices(a, b, swapped=swapped, seed=job.seed)))  # noqa: B905  (none)


def _month_cost(plan: Plan, months: int) -> float:
    """The planned cost of the first month in which there is any."""
    rows = [row for name, row in planned(plan, months).items() if name != "revenue"]
    total = np.sum(rows, axis=0) if rows else np.zeros(1)
    return float(next((value for value in total if value > 0), 1.0))


def _known(job: Job, *, survives: NDArray[np.bool_]) -> tuple[Known, ...]:
    """Survival by thirds of each input, the input that says most first. `survives`: of both samples."""
    blocks = [Exchange(job, block) for block in range(job.blocks)]
    found = []
    for item in job.plan.inputs:
        samples = [
            [sample.inputs[item.name] for sample in side] for side in zip(*((x.a, x.b) for x in blocks), strict=True)
        ]
        values = np.concatenate([np.concatenate(side) for side in samples])
        ends, third = thirds(values)
        survived, paths = (np.bincount(third[chosen], minlength=3)[:3].tolist() for chosen in (survives, slice(None)))
        found.append(Known(item.name, item.number.unit, ends, tuple(survived), tuple(paths)))
    return tuple(sorted(found, key=lambda known: known.spread, reverse=True))


def thirds(values: NDArray[np.float64]) -> tuple[tuple[float, float], NDArray[np.int64]]:
    """The values between the lowest, middle and highest third, and the third (0, 1, 2) of each value.

    Equal values stay together: where few are possible, the lowest third is all that hold the lowest of them.

    >>> thirds(np.array([1.0, 2.0, 3.0, 4.0, 5.0, 6.0]))[1].tolist(), thirds(np.array([0.0, 1.0, 1.0, 1.0]))[1].tolist()
    ([0, 0, 1, 1, 2, 2], [0, 2, 2, 2])
    """
    ordered = np.sort(values)
    low, high = float(ordered[(len(values) - 1) // 3]), float(ordered[-1 - (len(values) - 1) // 3])
    if low == high:  # more than a third are alike
        low, high = (low, float(ordered[-1])) if low == ordered[0] else (float(ordered[0]), high)
    third = np.where(values >= high, 2, np.where(values <= low, 0, 1))
    return (low, high), third


def _dues(deaths: Deaths) -> dict[str, int]:
    """On how many paths each due was the one that could not be paid, the most frequent first."""
    counts = np.bincount(deaths.due[deaths.due >= 0], minlength=len(deaths.dues))
    return {deaths.dues[place]: int(counts[place]) for place in np.argsort(-counts, kind="stable") if counts[place]}


def _wrongs(deaths: Deaths, months: int) -> tuple[Wrong, ...]:
    """What had gone wrong, what sets the dead apart most first; nothing where all paths die, or none."""
    dead = deaths.struck < months
    if dead.all() or not dead.any():
        return ()
    where, when = np.flatnonzero(dead), deaths.struck[dead]
    weights = np.bincount(when, minlength=months)[:months] / len(where)
    found = []
    for (what, whom), rows in deaths.wrong.items():
        with_it, others = float(rows[when, where].mean()), float((weights @ rows[:, ~dead]).mean())
        ratio = risk_ratio(
            with_it * len(where), others * float(np.sum(~dead)), dead=len(where), others=int(np.sum(~dead))
        )
        found.append(Wrong(what, whom, with_it, others, ratio))
    return tuple(sorted(found, key=lambda wrong: wrong.others - wrong.dead))


def risk_ratio(with_dead: float, with_others: float, *, dead: int, others: int) -> tuple[float, float, float] | None:
    """The chance to die with something over the chance without, and its 95% interval by the normal form of its log.

    `with_dead`, `with_others`: how many of the `dead` and of the `others` have it. None where it has no value.

    >>> [round(value, 2) for value in risk_ratio(30, 10, dead=50, others=150)]
    [6.0, 3.84, 9.38]
    """
    having, lacking = with_dead + with_others, dead + others - with_dead - with_others
    if with_dead <= 0 or dead - with_dead <= 0 or having <= 0 or lacking <= 0:
        return None
    ratio = (with_dead / having) / ((dead - with_dead) / lacking)
    error = np.sqrt(1 / with_dead - 1 / having + 1 / (dead - with_dead) - 1 / lacking)
    return float(ratio), float(ratio * np.exp(-Z95 * error)), float(ratio * np.exp(Z95 * error))
