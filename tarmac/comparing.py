"""Scenarios side by side: a company as it is and after each scenario, on the same draws, and how they differ."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from tarmac import library
from tarmac.company import Company
from tarmac.engine.block import Job, Tally
from tarmac.engine.needing import need_of_block
from tarmac.errors import InputError, Problem
from tarmac.layout import plan_of
from tarmac.measures import Clock, Fan, Need
from tarmac.months import Month
from tarmac.paired import Difference, Joint, need_difference
from tarmac.scenario import Scenario, apply
from tarmac.simulation import NEED_PATHS, How, Progress, changes_past, check_run, need_of_all, overflow_told
from tarmac.streams import fresh_seed
from tarmac.summary import HistogramBuilder, Summary

SCHEMA: Final = "tarmac.compare/1"
BASE: Final = "base"
"""The name of the company as it is."""

SHOWN_AT: Final = (6, 12, 18, 24)
"""Months at which probabilities are told, as far as the horizon goes."""

NEED_LEVELS: Final = (0.8, 0.9)
MOST_PATHS: Final = 1_000_000
"""The month of insolvency of every path is kept, two bytes a path and scenario."""

_WORTH_PROCESSES: Final = 40_000
"""Paths over all scenarios from which on starting worker processes costs less time than it saves."""

_PLAIN: Final = How()

Part = str | Path | Scenario
Stack = Part | Sequence[Part]
"""A scenario, or several that are applied in order."""


@dataclass(frozen=True)
class Outcome:
    """What became of the company under one stack of scenarios.

    `struck`: month index of insolvency by path, the horizon where it does not come, shape (paths,); `needs`: the extra
    opening cash each of the first paths needs, inf where no amount does, None where it was not asked for.
    """

    name: str
    summary: Summary
    struck: NDArray[np.int16]
    needs: NDArray[np.float64] | None

    @property
    def insolvent(self) -> Clock:
        """Insolvency, by the company's definition."""
        return Clock("insolvent", self.summary.strikes["insolvent"])

    @property
    def exit(self) -> Clock:
        """The company is acquired."""
        return Clock("exit", self.summary.strikes["exit"])

    @property
    def cash(self) -> Fan:
        """Cash at each month's end: zero on insolvent paths, and without those on which the company was acquired."""
        return Fan(self.summary.amounts["cash"])

    @cached_property
    def need(self) -> Need | None:
        """The extra opening cash that lets a share of the paths reach the horizon solvent; None if it was not asked."""
        if self.needs is None:
            return None
        if "need" in self.summary.amounts:  # nothing reacts to cash: known of every path
            return need_of_all(self.summary)
        builder = HistogramBuilder(1)
        builder.month(0, self.needs[np.isfinite(self.needs)])
        return Need(builder.build(), int(np.isinf(self.needs).sum()))

    @property
    def months_solvent(self) -> float:
        """Restricted mean survival time: the mean of min(month of insolvency, horizon) over paths."""
        return float(np.minimum(self.struck.astype(np.int64) + 1, self.insolvent.strikes.size - 1).mean())


@dataclass(frozen=True)
class Pair:
    """Two outcomes, path by path: the other less the base."""

    base: Outcome
    other: Outcome
    joint: Joint
    seed: int

    def insolvent(self, month: int) -> Difference:
        """Of the probabilities of insolvency by the end of a month index (see `Joint.insolvent`)."""
        return self.joint.insolvent(month)

    @cached_property
    def months_solvent(self) -> Difference:
        """Months of solvency gained up to the horizon (see `Joint.months_solvent`)."""
        return self.joint.months_solvent()

    def runway(self, level: float) -> Difference:
        """Of the months by whose end a share `level` of the paths is insolvent (see `Joint.runway`)."""
        return self.joint.runway(level, seed=self.seed)

    def need(self, level: float) -> Difference:
        """Of the extra money that lets a share `level` of the paths survive (see `need_difference`)."""
        if self.base.needs is None or self.other.needs is None:
            return Difference(None, None, None)
        return need_difference(self.base.needs, self.other.needs, level=level, seed=self.seed)


@dataclass(frozen=True)
class Comparison:
    """A company as it is and under some scenarios, all on the same draws.

    >>> import tarmac
    >>> found = tarmac.compare(tarmac.load("saas-seed"), ["hiring-freeze"], months=24, paths=1_000, seed=7)
    >>> found.pair("hiring-freeze").months_solvent.value > 0
    True
    """

    company: str
    first_month: Month
    currency: str
    months: int
    seed: int
    outcomes: tuple[Outcome, ...]

    @property
    def paths(self) -> int:
        """Paths of each run."""
        return self.outcomes[0].summary.paths

    @property
    def base(self) -> Outcome:
        """The company as it is."""
        return self.outcomes[0]

    @property
    def others(self) -> tuple[Outcome, ...]:
        """The company under each stack of scenarios."""
        return self.outcomes[1:]

    def pair(self, name: str, base: str = BASE) -> Pair:
        """An outcome against another by their names, the company as it is unless said. KeyError for unknown ones."""
        known = {outcome.name: outcome for outcome in self.outcomes}
        first, second = known[base], known[name]
        return Pair(first, second, Joint.of(first.struck, second.struck, months=self.months), self.seed)

    def shown_at(self) -> list[int]:
        """Month indices at which probabilities are told: after half a year, a year and so on, and the horizon."""
        return [months - 1 for months in SHOWN_AT if months < self.months] + [self.months - 1]

    def as_json(self) -> dict[str, Any]:
        """Plain values: no NaN, months counted from 1, null beyond the horizon."""
        return {
            "schema": SCHEMA,
            "company": self.company,
            "currency": self.currency,
            "first_month": str(self.first_month),
            "months": self.months,
            "paths": self.paths,
            "seed": self.seed,
            "outcomes": [_outcome_as_json(outcome) for outcome in self.outcomes],
            "differences": [_pair_as_json(self.pair(outcome.name)) for outcome in self.others],
        }


def _outcome_as_json(outcome: Outcome) -> dict[str, Any]:
    exits = outcome.exit
    return {
        "name": outcome.name,
        "insolvent": outcome.insolvent.as_json(),
        "months_solvent": outcome.months_solvent,
        "exit": {
            "probability": float(exits.probability[-1]),
            "standard_error": float(exits.standard_error[-1]),
        },
        "cash": outcome.cash.as_json(),
        "need": None if outcome.need is None else outcome.need.as_json(),
    }


def _pair_as_json(pair: Pair) -> dict[str, Any]:
    by_month = [pair.insolvent(month) for month in range(pair.joint.months)]
    order = pair.joint.order()
    return {
        "name": pair.other.name,
        "months_solvent": pair.months_solvent.as_json(),
        "insolvent": {
            "value": [item.value for item in by_month],
            "low": [item.low for item in by_month],
            "high": [item.high for item in by_month],
        },
        "runway": {f"p{round(100 * level)}": pair.runway(level).as_json() for level in (0.1, 0.5, 0.9)},
        "need": {f"p{round(100 * level)}": pair.need(level).as_json() for level in NEED_LEVELS},
        "outlives": {
            "longer": order.longer / order.paths,
            "shorter": order.shorter / order.paths,
            "same_month": order.same_month / order.paths,
            "neither_insolvent": order.neither / order.paths,
        },
    }


def compare(
    company: Company,
    scenarios: Sequence[Stack],
    *,
    months: int = 36,
    paths: int = 20_000,
    seed: int | None = None,
    how: How = _PLAIN,
) -> Comparison:
    """Forecast a company as it is and under each of some scenarios, on the same draws.

    A stack of scenarios (a list, applied in order) counts as one, called "a+b". InputError lists every mistake of all
    of them: unknown, given twice, or at odds with the company.
    """
    check_run(months=months, paths=paths, seed=seed, most=MOST_PATHS)
    companies = {BASE: company} | patched_by_name(company, scenarios)
    seed = fresh_seed() if seed is None else seed
    jobs = {name: Job(plan_of(item), seed, months, paths) for name, item in companies.items()}
    plan = jobs[BASE].plan
    found = tuple(outcomes(jobs, how))
    return Comparison(plan.name, plan.first_month, plan.currency, months, seed, found)


def patched_by_name(company: Company, scenarios: Sequence[Stack]) -> dict[str, Company]:
    """The company after each stack of scenarios, by the stack's name. InputError lists every mistake of all of them."""
    found: dict[str, Company] = {}
    problems: list[Problem] = []
    for stack in scenarios:
        try:
            name, patched = _patched(company, stack)
            keep_past(company, patched, name=name)
            if name in found or name == BASE:
                rule = "each scenario is compared once, and none is called base"
                raise InputError([Problem("command line", "scenario", name, rule, "leave it out, or rename its file")])
            found[name] = patched
        except InputError as error:
            problems += error.problems
    if problems:
        raise InputError(dict.fromkeys(problems))
    return found


def keep_past(company: Company, patched: Company, *, name: str) -> None:
    """InputError where a scenario changes what had happened by the origin of the facts of a calibrated company."""
    if company.posterior is not None and changes_past(company, patched):
        origin = company.posterior.about.origin
        rule = f"changes nothing up to {origin.label}, when the facts were known: its months would be told twice"
        remedy = f"write from = '{origin + 1}' in its changes, or see tarmac run -s, where it changes the past, too"
        raise InputError([Problem("command line", "scenario", name, rule, remedy)])


def _patched(company: Company, stack: Stack) -> tuple[str, Company]:
    """The name of a stack and the company after it. InputError lists the mistakes of all its parts."""
    parts = [stack] if isinstance(stack, str | Path | Scenario) else stack
    loaded: list[Scenario] = []
    problems: list[Problem] = []
    for part in parts:
        try:
            loaded.append(part if isinstance(part, Scenario) else library.load_scenario(part))
        except InputError as error:
            problems += error.problems
    if problems:
        raise InputError(problems)
    for scenario in loaded:
        company = apply(company, scenario)
    return "+".join(scenario.name for scenario in loaded), company


def outcomes(jobs: dict[str, Job], how: How = _PLAIN, *, needs: bool = True) -> Iterator[Outcome]:
    """Run some jobs by name, on several processes where that is worth it. InputError where amounts grow too large."""
    paths = sum(job.paths for job in jobs.values())
    executor = how.carried(by=len(jobs), worth=paths >= _WORTH_PROCESSES)
    calls = [((name, job, needs),) for name, job in jobs.items()]
    with overflow_told("command line", max((job.months for job in jobs.values()), default=0)):
        yield from _told(executor.map(_outcome, calls), jobs, tell=how.progress)


def _told(found: Iterator[Outcome], jobs: dict[str, Job], *, tell: Progress | None) -> Iterator[Outcome]:
    """The outcomes, each told of when it is there."""
    total, done = sum(job.paths for job in jobs.values()), 0
    for outcome in found:
        done += outcome.summary.paths
        if tell is not None:
            tell(done, total)
        yield outcome


def _outcome(task: tuple[str, Job, bool]) -> Outcome:
    """Run a job of some name and keep the month of insolvency of every path; with or without needs."""
    name, job, needs = task
    tally = Tally(job)
    struck = [tally.run_block(block)["insolvent"].astype(np.int16) for block in range(job.blocks)]
    return Outcome(name, tally.summary(), np.concatenate(struck), needs_of(job) if needs else None)


def needs_of(job: Job) -> NDArray[np.float64]:
    """The extra opening cash that each of the first paths of a job needs; inf where no amount does. Shape (paths,)."""
    first = Job(job.plan, job.seed, job.months, min(job.paths, NEED_PATHS))
    return np.concatenate([need_of_block(first, block).amounts for block in range(first.blocks)]).astype(float)
