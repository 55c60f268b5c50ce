"""Calibrating a company: the facts known by a month, populations carried to the posterior, and whether they agree."""

from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from tarmac.calibrate.diagnostics import effective_size, split_r_hat
from tarmac.calibrate.observing import Observation, Target, observation_of
from tarmac.calibrate.result import Calibration, Quality, learnt_of, pairs_of
from tarmac.calibrate.tempering import Effort, Population, Tell, temper
from tarmac.calibrate.unknowns import Points, unknowns_of
from tarmac.company import Company
from tarmac.company.calibrated import calibrated, declared, fingerprint
from tarmac.company.line_checks import LONGEST
from tarmac.errors import InputError, Problem
from tarmac.facts import USED, Fact, check
from tarmac.layout import plan_of
from tarmac.months import Month
from tarmac.posterior import About
from tarmac.streams import Streams, fresh_seed
from tarmac.workers import Processes, processors

_STREAM: Final = "calibrate"
_NEAR: Final = 3.0
"""Standard deviations within which a path comes near a figure."""

_SOME: Final = 0.01
"""A figure that a smaller share of the points come near is out of the model's reach."""


_EFFORT: Final = Effort()


@dataclass(frozen=True, slots=True)
class Method:
    """How a calibration is carried out: `populations` that know nothing of each other, on so many `workers`.

    `draws` rows are kept of all. `workers` (None: a process for each population, as far as there are processors)
    changes no result.
    """

    effort: Effort = _EFFORT
    populations: int = 2
    draws: int = 2_000
    workers: int | None = None


def posterior_of(
    company: Company,
    facts: Iterable[Fact],
    *,
    origin: Month | None = None,
    seed: int | None = None,
    method: Method = Method(),
    tell: Tell | None = None,
) -> Calibration:
    """The joint posterior of a company's past given the facts marked for calibration that were known by `origin`.

    Without an origin, the last month in which any of them was known. A fact known later is never looked at. Sequential
    Monte Carlo in several populations (see `tarmac.calibrate.tempering`) on everything random up to the last month of
    any fact used: uncertain numbers, monthly shocks, chances, events. Monthly noise is part of the model, so it is what
    the model allows itself to be off by. InputError where there is nothing to learn from or nothing to be learnt, and
    where the facts are out of the model's reach. Whether the result is good is for `Calibration.quality` to say.
    `tell` hears of the first population only.
    """
    facts = [fact for fact in facts if fact.use in USED]
    bare = calibrated(company, None) if company.posterior is not None else company
    check(facts, bare)
    used, judged, origin = known_by(facts, origin, company=bare)
    plan, seed = plan_of(bare), fresh_seed() if seed is None else seed
    if not plan.inputs:
        raise _problem(bare, "uncertain numbers", value="none", rule="there is something to be learnt: write ranges")
    observed = [observation_of(fact, bare) for fact in used]
    months = max(item.question.end(plan) for item in observed) + 1
    target = Target(unknowns_of(plan, months), observed)
    found = _populations(target, method, seed=seed, tell=tell)
    _check_reach(target, found, facts=used, company=bare)
    points = np.hstack([population.cloud.points for population in found])
    parts = target.unknowns.parts(points)
    scores = {name: parts["number", name][0] for name in target.unknowns.numbers}
    quality = _quality(scores, found)
    about = About(fingerprint(bare), origin, len(used), months, seed, declared(bare))
    return Calibration(
        company=bare,
        posterior=target.unknowns.posterior(points[:, _spread(points.shape[1], method.draws)], about),
        origin=origin,
        seed=seed,
        used=used,
        judged=judged,
        quality=quality,
        learnt=learnt_of(plan, scores, quality=quality),
        pairs=pairs_of(bare, scores),
    )


def known_by(
    facts: Sequence[Fact], origin: Month | None, *, company: Company
) -> tuple[tuple[Fact, ...], tuple[Fact, ...], Month]:
    """The facts to be used, those to be judged by, and the month as of which: the facts of the model's own months.

    InputError where none is known by then.
    """
    begins = company.company.first_month
    seen = [fact for fact in facts if begins <= fact.first and fact.last - begins < LONGEST]
    marked = [fact for fact in seen if fact.use == "calibrate"]
    if not marked:
        rule = f"has figures marked 'calibrate', from {begins} on: there is nothing to learn from"
        raise InputError([Problem(company.company.facts or "facts", "use", "", rule, "see seeds/README.md")])
    at = max(fact.known for fact in marked) if origin is None else origin
    used = tuple(fact for fact in marked if fact.known <= at)
    if not used:
        first = min(fact.known for fact in marked)
        rule = f"nothing to learn by then: the first figure for calibration was known in {first.label}"
        raise InputError([Problem("command line", "origin", str(at), rule, f"choose {first} or later")])
    return used, tuple(fact for fact in seen if fact not in used), at


def _populations(target: Target, method: Method, *, seed: int, tell: Tell | None) -> list[Population]:
    """Populations that know nothing of each other. The first is carried here, and tells how far it is."""
    workers = min(method.workers or processors(), method.populations)
    tasks = [(target, method.effort, seed, number) for number in range(method.populations)]
    if workers == 1:
        return [_population(tasks[0], tell), *map(_population, tasks[1:])]
    others = [(task,) for task in tasks[1:]]
    with ThreadPoolExecutor(1) as beside:
        waited = beside.submit(lambda: list(Processes(workers - 1).map(_population, others)))
        return [_population(tasks[0], tell), *waited.result()]


def _population(task: tuple[Target, Effort, int, int], tell: Tell | None = None) -> Population:
    target, effort, seed, number = task
    dice = np.random.Generator(Streams(seed, number).open(_STREAM))
    with threadpool_limits(1, user_api="blas"):  # its matrices are small: more threads would wait for each other
        return temper(target, target.count, effort=effort, dice=dice, tell=tell)


def _quality(scores: dict[str, NDArray[np.float64]], found: Sequence[Population]) -> Quality:
    """How well the scores of the uncertain numbers are known; each holds the populations one after the other."""
    ancestors = [population.ancestors for population in found]
    chains = {name: values.reshape(len(found), -1) for name, values in scores.items()}
    return Quality(
        draws=sum(map(len, ancestors)),
        sizes={name: effective_size(list(values), ancestors) for name, values in chains.items()},
        r_hats={name: split_r_hat(values) for name, values in chains.items()},
        accepted=float(np.mean([population.accepted for population in found])),
        evidences=tuple(population.evidence for population in found),
        powers=tuple(len(population.powers) for population in found),
        lived=float(np.mean([population.lived for population in found])),
    )


def _spread(count: int, wanted: int) -> NDArray[np.int64]:
    """So many places, evenly spread over `count`."""
    return np.linspace(0, count - 1, min(wanted, count)).round().astype(np.int64)


def _check_reach(target: Target, found: Sequence[Population], *, facts: Sequence[Fact], company: Company) -> None:
    """InputError where facts are out of the model's reach, or contradict each other."""
    ended = [population for population in found if len(population.ancestors)]
    if not ended:
        raise InputError(_unseen(target, facts, company=company))
    points = np.hstack([population.cloud.points for population in ended])
    problems = list(_far(target, points, facts=facts, company=company))
    if problems:
        raise InputError(problems)
    if not all(population.arrived for population in found):
        raise _problem(company, "facts", value="", rule="the facts can be reached from the model's ranges in steps")


def _far(target: Target, points: Points, *, facts: Sequence[Fact], company: Company) -> Iterator[Problem]:
    """The facts that hardly any point comes near."""
    for fact, item, answer in zip(facts, target.observations, target.answers(points), strict=True):
        distance = item.distance(answer)
        if (distance < _NEAR).mean() < _SOME:
            nearest = answer.figures[np.argmin(distance)]
            rule = f"the model comes no nearer than {nearest:,.0f} to it while it agrees with the other facts"
            yield _of_fact(fact, item, company=company, rule=rule)


def _unseen(target: Target, facts: Sequence[Fact], *, company: Company) -> Iterator[Problem]:
    """The facts that the model's companies do not live to see."""
    dice = np.random.default_rng(0)
    answers = target.answers(dice.standard_normal((target.count, 4_096), np.float32))
    rule = "the model's companies live to see it: none is solvent and independent then"
    for fact, item, answer in zip(facts, target.observations, answers, strict=True):
        if not answer.lived.any():
            yield _of_fact(fact, item, company=company, rule=rule)


def _of_fact(fact: Fact, item: Observation, *, company: Company, rule: str) -> Problem:
    remedy = "widen the ranges it depends on, or look for a mistake in the figure"
    file = company.company.facts or "facts"
    return Problem(file, f"{fact.quantity}, {fact.last}", f"{item.value:,.0f}", rule, remedy)


def _problem(company: Company, where: str, *, value: str, rule: str) -> InputError:
    return InputError([Problem(company.file, where, value, rule, "widen the ranges of the company file")])
