"""Everything a report tells of, worked out on the same draws: the raise, scenarios side by side, levers, facts."""

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Final

from tarmac import library
from tarmac.company import Company
from tarmac.company.calibrated import fingerprint
from tarmac.comparing import BASE, Comparison, keep_past, outcomes
from tarmac.engine.block import Job
from tarmac.errors import InputError
from tarmac.evidence import evidence_of
from tarmac.fit import fit
from tarmac.forecast import Forecast
from tarmac.layout import plan_of
from tarmac.levers import Handle, LeftOut, Ranking, handles_for, ranking
from tarmac.library import load_facts
from tarmac.raising import Raise, attempt_of, raising
from tarmac.scenario import apply, from_now_on
from tarmac.simulation import overflow_told

if TYPE_CHECKING:
    import pandas as pd

PATHS: Final = 2_048
"""Paths on which everything but the forecast itself is worked out: the first of the run."""


@dataclass(frozen=True, slots=True)
class Run:
    """Under which seed, for how many months and on how many paths the forecast of a report is run."""

    seed: int
    months: int
    paths: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What a report tells of besides the forecast; `scenarios` to be set side by side, `confidence` of a raise."""

    raising: bool = False
    levers: bool = False
    facts: bool = False
    scenarios: Sequence[str] = ()
    confidence: float = 0.9

    @property
    def beside(self) -> bool:
        """Whether it tells of anything that needs neither the forecast nor the raise."""
        return self.levers or self.facts or bool(self.scenarios)


@dataclass(frozen=True, slots=True, kw_only=True)
class Beside:
    """What a report tells of that needs no forecast; None where it was not asked for.

    `compared`, with the scenarios' `titles`; the levers `ranked`; `facts` beside what the model says; `missing` as in a
    dossier.
    """

    compared: Comparison | None
    titles: dict[str, str]
    ranked: Ranking | None
    facts: "pd.DataFrame | None"
    missing: dict[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Dossier:
    """A company after its scenarios, its forecast, and what else a report tells of, None where it was not asked for.

    `missing`: why something that was asked for is not there, by what it is ("raise", "scenario.NAME"). `evidence`: what
    the company file says its numbers rest on, by key path. `digest`: that of the company as it was run.
    """

    company: Company
    forecast: Forecast
    evidence: dict[str, str]
    digest: str
    raised: Raise | None = None
    compared: Comparison | None = None
    titles: dict[str, str] = field(default_factory=dict)
    ranked: Ranking | None = None
    facts: "pd.DataFrame | None" = None
    missing: dict[str, str] = field(default_factory=dict)


def beside_of(company: Company, run: Run, *, wanted: Wanted) -> Beside:
    """What a report tells of a company after its scenarios besides its forecast and its raise, on the same draws."""
    job, missing = _few(company, run), dict[str, str]()
    scenarios, titles = _fitting(company, wanted.scenarios, missing=missing)
    handles, left_out = handles_for(company) if wanted.levers else ((), ())
    compared, ranked = _side_by_side(company, job, scenarios=scenarios, levers=(handles, left_out))
    facts = _facts(company, job) if wanted.facts and company.company.facts else None
    return Beside(compared=compared, titles=titles, ranked=ranked, facts=facts, missing=missing)


def dossier_of(
    company: Company, forecast: Forecast, *, wanted: Wanted, beside: Callable[[], Beside] | None = None
) -> Dossier:
    """What a report tells of a company after its scenarios and its forecast, on the draws of the forecast.

    What cannot be worked out for this company is left out, with the reason. `beside`: waits for what `beside_of` gives,
    where that is being worked out already.
    """
    run = Run(forecast.origin.seed, forecast.months, forecast.paths)
    missing: dict[str, str] = {}
    raised = _raised(company, _few(company, run), wanted=wanted, missing=missing) if wanted.raising else None
    told = forecast.origin.translation
    if raised is not None and told is not None:
        raised = raised.in_currency(forecast.origin.currency, rate=told.rate)
    others = beside_of(company, run, wanted=wanted) if beside is None else beside()
    return Dossier(
        company=company,
        forecast=forecast,
        evidence=_evidence(company),
        digest=digest_of(company),
        raised=raised,
        compared=others.compared,
        titles=others.titles,
        ranked=others.ranked,
        facts=others.facts,
        missing=missing | others.missing,
    )


def _few(company: Company, run: Run) -> Job:
    """The first paths of a run."""
    return Job(plan_of(company), run.seed, run.months, min(run.paths, PATHS))


def digest_of(company: Company) -> str:
    """The fingerprint of a company as it is run; of one that has been calibrated, that of its draws, too."""
    known = fingerprint(company)
    if company.posterior is None:
        return known
    return f"{known}, draws {hashlib.sha256(company.posterior.text().encode()).hexdigest()[:16]}"


def _raised(company: Company, job: Job, *, wanted: Wanted, missing: dict[str, str]) -> Raise | None:
    try:
        return raising(company, job=job, confidence=wanted.confidence, attempt=attempt_of(company))
    except InputError as error:
        missing["raise"] = _why(error)
        return None


def _why(error: InputError) -> str:
    problem = error.problems[0]
    return f"{problem.where}: {problem.rule}"


def _fitting(
    company: Company, names: Sequence[str], *, missing: dict[str, str]
) -> tuple[dict[str, Company], dict[str, str]]:
    """The company after each scenario that fits it, and the scenarios' titles, by name."""
    found: dict[str, Company] = {}
    titles: dict[str, str] = {}
    for name in names:
        scenario = library.load_scenario(name)
        try:
            patched = apply(company, from_now_on(scenario, company))
            keep_past(company, patched, name=scenario.name)
        except InputError as error:
            missing[f"scenario.{scenario.name}"] = _why(error)
            continue
        if patched != company:
            found[scenario.name], titles[scenario.name] = patched, scenario.title
    return found, titles


def _side_by_side(
    company: Company,
    job: Job,
    *,
    scenarios: dict[str, Company],
    levers: tuple[Sequence[Handle], Sequence[LeftOut]],
) -> tuple[Comparison | None, Ranking | None]:
    """The company as it is run once beside its scenarios and its levers; without the money each of them would need."""
    handles, left_out = levers
    pulled = {handle.name: handle.apply(company) for handle in handles}
    if not scenarios and not pulled:
        return None, None
    jobs = {BASE: job} | dict(_jobs(job, scenarios | pulled))
    with overflow_told(company.file, job.months):
        found = {outcome.name: outcome for outcome in outcomes(jobs, needs=False)}

    def beside(names: Sequence[str]) -> Comparison:
        chosen = tuple(found[name] for name in (BASE, *names))
        return Comparison(job.plan.name, job.plan.first_month, job.plan.currency, job.months, job.seed, chosen)

    compared = beside([*scenarios]) if scenarios else None
    return compared, ranking(beside([*pulled]), handles, left_out=left_out) if pulled else None


def _jobs(job: Job, companies: dict[str, Company]) -> Iterator[tuple[str, Job]]:
    for name, company in companies.items():
        yield name, Job(plan_of(company), job.seed, job.months, job.paths)


def _facts(company: Company, job: Job) -> "pd.DataFrame":
    facts = load_facts(company.company.facts or "", company=company)
    return fit(company, facts, seed=job.seed, paths=job.paths)


def _evidence(company: Company) -> dict[str, str]:
    """The comments of the file the company was read from; none where it was read from no file."""
    path = Path(company.file.partition(" + ")[0])
    try:
        return evidence_of(path.read_text(encoding="utf-8-sig"))
    except (OSError, UnicodeDecodeError):
        return {}
