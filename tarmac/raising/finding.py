"""How much to raise and by when: the need for money, the last month to begin, and both at once."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from tarmac.company import Company
from tarmac.engine.block import Job
from tarmac.engine.needing import need_of_block
from tarmac.engine.trying import Timing, Trial
from tarmac.errors import InputError, Problem
from tarmac.forecast import Forecast
from tarmac.layout import plan_of
from tarmac.measures import Need
from tarmac.raising.attempt import Attempt, with_attempt
from tarmac.raising.dilution import dilution_of
from tarmac.raising.instead import alternatives
from tarmac.raising.result import Raise
from tarmac.scenario import Scenario, without_funding
from tarmac.simulation import forecast_of, need_from, overflow_told

PATHS: Final = 2_048
"""Paths of the table over starts and amounts, and of what else would be needed: the first of the run."""

_STARTS: Final = 8
_STEPS: Final = (0.25, 0.5, 0.75, 1.0, 1.25, 1.5)


def raising(
    company: Company,
    *,
    job: Job,
    confidence: float,
    attempt: Attempt,
    at: int | None = None,
    instead: Sequence[Scenario] = (),
) -> Raise:
    """How much a company must raise, and by when, with no other new money than this.

    `job` says months, paths and seed; its plan is not used. `instead`: scenarios under which the need is told too.
    `at`: the month index in which the money is there, the first unless said. Of a company that has been calibrated it
    comes, and an attempt begins, after the origin of its facts. InputError where the confidence, the month, the attempt
    or a scenario makes no sense, or amounts grow without end.
    """
    now = plan_of(company).now
    at = now if at is None else at
    _check(confidence=confidence, at=at, months=job.months, now=now)
    with overflow_told(company.file, job.months):
        return _raising(company, job=job, confidence=confidence, attempt=attempt, at=at, instead=instead)


def _raising(
    company: Company, *, job: Job, confidence: float, attempt: Attempt, at: int, instead: Sequence[Scenario]
) -> Raise:
    bare = without_funding(company)
    trials = _job(job, with_attempt(bare, attempt))
    plain = _job(job, bare)
    blocks = [need_of_block(plain, block, since=at) for block in range(plain.blocks)]
    need = need_from(blocks)
    timing = _timing(trials)
    tried = Job(trials.plan, job.seed, job.months, min(job.paths, PATHS))
    starts, amounts = _starts(timing.struck, job.months, now=plain.plan.now), _amounts(need, confidence)
    amount = need.amount(confidence)
    return Raise(
        company=plain.plan.name,
        currency=plain.plan.currency,
        first_month=plain.plan.first_month,
        months=job.months,
        seed=job.seed,
        confidence=confidence,
        at=at,
        need=need,
        attempt=attempt,
        alone=int(np.sum(timing.struck == job.months)),
        in_time=timing.in_time,
        closes=timing.closes / job.paths,
        now=plain.plan.now,
        waits=timing.waits,
        starts=starts,
        amounts=amounts,
        survives=Trial(tried, 0).survives(starts, amounts),
        paths=job.paths,
        tried=tried.paths,
        dilution=None if amount is None else dilution_of(company, job, attempt=attempt, amount=amount, at=at),
        alternatives=alternatives(company, instead, job=tried, confidence=confidence, at=at, base=blocks[0]),
    )


def runway_without(company: Company, found: Raise, *, scenarios: Sequence[str] = ()) -> Forecast:
    """The forecast without new money, which says when it is needed; it knows the last month to begin, if there is one.

    `scenarios` are the names of what has been applied to the company.
    """
    bare = without_funding(company)
    job = Job(plan_of(bare), found.seed, found.months, found.paths)
    with overflow_told(company.file, found.months):
        forecast = forecast_of(bare, job, scenarios=(*scenarios, "without-funding"), need=found.need)
    begin = found.begin_by
    dated = None if begin is None or begin >= found.months else begin
    return replace(forecast, origin=replace(forecast.origin, begin_by=dated))


def _job(job: Job, company: Company) -> Job:
    """Another company on the paths of a job."""
    return Job(plan_of(company), job.seed, job.months, job.paths)


def _timing(job: Job) -> Timing:
    """When the money is needed and when it comes, over all blocks, one at a time, so that memory holds one."""
    first, *rest = (Trial(job, block).timing() for block in range(job.blocks))
    return sum(rest, start=first)


def _starts(struck: NDArray[np.int32], months: int, *, now: int) -> tuple[int, ...]:
    """Months to begin in, spread from the first there is to that by which nine paths in ten are insolvent."""
    last = max(int(min(np.quantile(struck, 0.9), months - 1)), now)
    return tuple(np.unique(np.linspace(now, last, min(_STARTS, last - now + 1)).round().astype(int)).tolist())


def _amounts(need: Need, confidence: float) -> tuple[float, ...]:
    """Shares of the need and more than it, of three digits each; none where nothing is needed, or no amount does."""
    known = [amount for level in (confidence, 0.9, 0.8, 0.5) if (amount := need.amount(level))]
    return tuple(float(f"{step * about:.3g}") for about in known[:1] for step in _STEPS)


def _check(*, confidence: float, at: int, months: int, now: int) -> None:
    problems = []
    if not 0 < confidence < 1:
        rule = "a confidence lies between 0% and 100%"
        problems.append(Problem("command line", "confidence", f"{confidence:.6g}", rule, "write 90%"))
    if now >= months:
        rule = f"goes beyond the {now} months up to the origin of the company's facts: money comes later"
        problems.append(Problem("command line", "months", str(months), rule, f"look {now + 12} months ahead"))
    elif at < now:
        rule = f"lies after the origin of the company's facts, the end of month {now}"
        problems.append(Problem("command line", "at", str(at + 1), rule, f"choose month {now + 1}, or a later one"))
    elif at >= months:
        rule = f"the money comes within the {months} months looked at"
        problems.append(Problem("command line", "at", str(at + 1), rule, "choose an earlier month, or more months"))
    if problems:
        raise InputError(problems)
