"""Running a company: blocks of paths, one after the other or on several processes, into a forecast."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any, Final

import numpy as np

from tarmac import library
from tarmac.checkpoint import Checkpoint, SoFar, seed_in
from tarmac.company import Company
from tarmac.company.fights import fights
from tarmac.company.line_checks import LONGEST
from tarmac.company.remarks import remarks
from tarmac.company.triggers import in_words
from tarmac.company.vendors import Committed
from tarmac.engine.block import Job, overflow_raised, run_blocks
from tarmac.engine.draws import known_numbers
from tarmac.engine.needing import Needed, need_of_block
from tarmac.errors import InputError, Problem, out_of_range
from tarmac.forecast import CALIBRATED, INSOLVENT, Forecast, GoingConcern, Mark, Origin
from tarmac.identity import digest_of, program
from tarmac.layout import plan_of
from tarmac.measures import Clock, Loss, Need
from tarmac.months import Month
from tarmac.plan import Plan
from tarmac.precise import until_precise
from tarmac.replicates import REPLICATE_PATHS
from tarmac.sampling import REPLICATES, Sampling
from tarmac.scenario import Scenario, apply, with_approved_plans, without_funding, without_plans
from tarmac.streams import BLOCK_PATHS, MAX_SEED, fresh_seed
from tarmac.summary import NEEDS, NOTHING, Histogram, HistogramBuilder, Summary
from tarmac.workers import Executor, Processes, Serial, processors

MOST_PATHS: Final = 1_000_000_000

NEED_PATHS: Final = BLOCK_PATHS // 2
"""Paths on which the need is searched for where the company reacts to cash; the first of the run."""

UNFUNDED_PATHS: Final = 2 * BLOCK_PATHS
"""Paths on which the company without new money is run; the first of the run."""

_PAST_PATHS: Final = 1_024
"""Paths on which two pasts are compared: as many again would hardly find what these do not."""

MOST_BLOCKS_A_TASK: Final = 16
_WORTH_PROCESSES: Final = 24
"""Blocks from which on starting worker processes costs less time than it saves."""

Progress = Callable[[int, int], None]
"""Told of paths done and paths in all."""


@dataclass(frozen=True, slots=True)
class How:
    """How a run is carried out; none of it changes a single bit of the result.

    `workers`: processes (None: one, or as many as there are processors on runs long enough). `progress`: told of it.
    `audit`: check on every path and month that no cash appears or vanishes (AuditError if it does); slower.
    `executor`: who does the work, instead of so many processes. `resume`: a file in which the blocks done are kept, and
    from which an interrupted run goes on; it stays. `say`: told what a person should know meanwhile, in a sentence.
    """

    workers: int | None = None
    progress: Progress | None = None
    audit: bool = False
    executor: Executor | None = None
    resume: Path | None = None
    say: Callable[[str], None] = lambda _: None

    def tell(self, done: int, paths: int) -> None:
        """Say how far it is."""
        if self.progress is not None:
            self.progress(done, paths)

    def carried(self, *, by: int, worth: bool) -> Executor:
        """Who does the work, where at most `by` could and several are `worth` their start."""
        if self.executor is not None:
            return self.executor
        workers = min(self.workers or (processors() if worth else 1), by)
        return Serial() if workers <= 1 else Processes(workers)


def simulate(
    company: Company,
    *,
    scenarios: Sequence[str | Path | Scenario] = (),
    months: int = 36,
    paths: int | Sampling = 20_000,
    seed: int | None = None,
    how: How = How(),
) -> Forecast:
    """Forecast a company's cash over `months` months on `paths` simulated paths.

    Scenarios (names on the shelf, files, or scenarios) are applied in order. `paths`: how many, or a Sampling that says
    besides how they are spread over chance, or how precise the answer is to be. Without a seed, one is drawn and kept
    in the forecast, or that of the run to be resumed is taken. InputError where a scenario does not fit or a number is
    out of range.
    """
    sampling = paths if isinstance(paths, Sampling) else Sampling(paths)
    check_run(months=months, paths=sampling.paths, seed=seed, more=sampling.problems(resumed=how.resume is not None))
    patched = with_scenarios(company, scenarios)
    plan = plan_of(patched)
    job = Job(plan, seed_of(seed, how), months, sampling.whole, how.audit, sampling.sampler)
    with overflow_told(patched.file, months):
        job, summary = until_precise(job, sampling.precision, run=lambda part: run(part, how))
        applied = tuple(_name(item) for item in scenarios)
        found = forecast_of(patched, job, scenarios=applied, how=how, summary=summary)
    return replace(found, origin=replace(found.origin, sampling=sampling))


def seed_of(seed: int | None, how: How) -> int:
    """The seed that was given; else that of the run to be resumed, else a fresh one."""
    kept = seed_in(how.resume) if seed is None and how.resume is not None else seed
    return fresh_seed() if kept is None else kept


def forecast_of(
    company: Company,
    job: Job,
    *,
    scenarios: tuple[str, ...] = (),
    how: How = How(),
    need: Need | None = None,
    summary: Summary | None = None,
) -> Forecast:
    """The forecast of a company laid out in a job already; `need` and `summary` where they are known already.

    `scenarios` are names of what has been applied. OverflowError where amounts grow beyond 1e38.
    """
    summary = run(job, how) if summary is None else summary
    unfunded = run(_other(job, without_funding(company), months=job.months)) if job.plan.rounds else summary
    concern = going_concern(company, job)
    found = need_of(job, summary) if need is None else need
    alive = Clock.of(unfunded, "insolvent")
    return Forecast(_origin(company, job, scenarios=scenarios), summary, found, alive, concern)


@contextmanager
def overflow_told(file: str, months: int) -> Iterator[None]:
    """InputError where the amounts of a company's file grow beyond what single precision holds."""
    try:
        yield
    except OverflowError:
        rule = "amounts stay below 1e38"
        remedy = "lower growth or volatility, or look fewer months ahead"
        raise InputError([Problem(file, "growth", f"over {months} months", rule, remedy)]) from None


def going_concern(company: Company, job: Job) -> GoingConcern:
    """The going-concern view of a company: the year after its accounts are issued, without plans and with approved.

    Of a company that has been calibrated the accounts are those of the origin of its facts.
    """
    months = job.plan.now + company.company.reporting_lag_months + 12
    bare = _first_missed(run(_other(job, without_plans(company), months=months)))
    plans = with_approved_plans(company)
    if not any(item.approved for item in (*plans.round, *plans.policy)):
        return GoingConcern(months, bare, bare)
    return GoingConcern(months, bare, _first_missed(run(_other(job, plans, months=months))))


def _first_missed(summary: Summary) -> Clock:
    return Clock.of(summary, "first_missed_bill")


def _other(job: Job, company: Company, *, months: int) -> Job:
    """Another company on the first paths of a job, with the same draws."""
    return replace(job, plan=plan_of(company), months=months, paths=min(job.paths, UNFUNDED_PATHS))


def with_scenarios(company: Company, scenarios: Iterable[str | Path | Scenario]) -> Company:
    """The company after some scenarios, in their order."""
    for item in scenarios:
        company = apply(company, item if isinstance(item, Scenario) else library.load_scenario(item))
    return company


def changes_past(company: Company, other: Company) -> bool:
    """Whether another version of a company that has been calibrated has another past than its facts have told of."""
    plan = plan_of(company)
    if not plan.now:
        return False
    one, two = (run(Job(item, 0, plan.now, _PAST_PATHS)) for item in (plan, plan_of(other)))
    strikes = all(np.array_equal(one.strikes[name], two.strikes[name]) for name in one.strikes)
    amounts = one.amounts.keys() & two.amounts.keys() - {"need"}
    return not strikes or any(
        not np.array_equal(one.amounts[name].mean(), two.amounts[name].mean(), equal_nan=True) for name in amounts
    )


def run(job: Job, how: How = How()) -> Summary:
    """All blocks of a job, summed in their order, whoever runs them and however often that was interrupted."""
    executor = how.carried(by=job.blocks, worth=job.blocks >= _WORTH_PROCESSES)
    kept = None if how.resume is None else Checkpoint(how.resume, identity(job), (Summary, Histogram), how.say)
    done = SoFar(0, NOTHING) if kept is None else kept.begin(NOTHING)
    if done.parts:
        paths = min(done.parts * BLOCK_PATHS, job.paths)
        how.tell(paths, job.paths)
        how.say(f"{how.resume}: {paths:,} of {job.paths:,} paths are there already")
    spans = tasks(job, executor.workers, since=done.parts)
    for part, span in zip(executor.map(run_blocks, [(job, span) for span in spans]), spans, strict=True):
        done = SoFar(span.stop, done.sum + part)
        if kept is not None:
            kept.save(done, last=span.stop == job.blocks)
        how.tell(min(span.stop * BLOCK_PATHS, job.paths), job.paths)
    return done.sum


def identity(job: Job) -> dict[str, Any]:
    """What makes two runs the same run, bit by bit: what was asked for, and the program that computes it."""
    asked = {field.name: getattr(job, field.name) for field in fields(job) if field.name != "plan"}
    asked = {name: value if isinstance(value, int | str) else digest_of(value) for name, value in asked.items()}
    return {"company": job.plan.name, "company after its scenarios": digest_of(job.plan)} | asked | dict(program())


def tasks(job: Job, workers: int, *, since: int = 0) -> list[range]:
    """The blocks of a job from one on, in spans for workers: several for each, so that none waits long for the last."""
    size = max(min(-(-(job.blocks - since) // (4 * workers)), MOST_BLOCKS_A_TASK), 1)
    return [range(first, min(first + size, job.blocks)) for first in range(since, job.blocks, size)]


def need_of(job: Job, summary: Summary) -> Need:
    """The extra opening cash paths need: from the run itself where nothing reacts to cash, else by a search."""
    if "need" in summary.amounts:
        return need_of_all(summary)
    return searched_need(replace(job, paths=min(job.paths, NEED_PATHS), audit=False))


def need_of_all(summary: Summary) -> Need:
    """The need of a company in which nothing reacts to cash: known of every path of a run."""
    needs = summary.amounts["need"]
    return Need(needs, summary.paths - int(needs.totals[0]), rows=summary.amounts.get(NEEDS))


def searched_need(job: Job, *, since: int = 0) -> Need:
    """The extra cash that the paths of a job need at the beginning of month `since`."""
    found = [need_of_block(job, block, since=since) for block in range(job.blocks)]
    return need_from(found) if job.sampler == "plain" else replace(need_from(found), rows=_rows(found))


def _rows(blocks: Sequence[Needed]) -> Histogram:
    """What paths need, in a row for each place of a replicate in its block."""
    builder = HistogramBuilder(REPLICATES)
    for found in blocks:
        for row, amounts in enumerate(found.amounts.reshape(-1, REPLICATE_PATHS)):
            builder.month(row, amounts[np.isfinite(amounts)])
    return builder.build()


def need_from(blocks: Sequence[Needed]) -> Need:
    """What the paths of some blocks need, put together."""
    builder, losses = HistogramBuilder(1), sum((found.lost for found in blocks), start=Counter[tuple[str, str]]())
    with overflow_raised():
        for found in blocks:
            builder.month(0, found.amounts[np.isfinite(found.amounts)])
    known = tuple(Loss(when, why, paths) for (when, why), paths in sorted(losses.items()))
    return Need(builder.build(), losses.total(), known, sum(found.runs for found in blocks))


def _name(item: str | Path | Scenario) -> str:
    return item.name if isinstance(item, Scenario) else str(item)


def check_run(
    *, months: int, paths: int, seed: int | None, most: int = MOST_PATHS, more: Sequence[Problem] = ()
) -> None:
    """InputError where the months, paths (at most `most`) or seed of a run are out of range, or there are `more`."""
    problems = list(out_of_range(months=(months, 1, LONGEST), paths=(paths, 1, most), seed=(seed, 0, MAX_SEED)))
    problems += more
    if problems:
        raise InputError(problems)


def _origin(company: Company, job: Job, *, scenarios: tuple[str, ...]) -> Origin:
    plan = job.plan
    return Origin(
        company=plan.name,
        file=company.file,
        scenarios=scenarios,
        seed=job.seed,
        months=job.months,
        first_month=plan.first_month,
        currency=plan.currency,
        opening_cash=_opening_cash(company),
        marks=tuple(
            Mark(item.name, item.starts, item.instrument, "" if known.when is None else in_words(known.when))
            for item, known in zip(plan.rounds, company.round, strict=True)
        ),
        text=assumptions(plan, company, months=job.months),
        now=min(plan.now, job.months - 1),
        common_at_opening=sum(item.share for item in plan.holders if item.kind == "common"),
    )


def _opening_cash(company: Company) -> float:
    """Mean cash at the opening, in the company's currency at the mean opening rate."""
    opening = company.cash.opening
    rate = company.fx[opening.unit].rate.mean() if opening.unit in company.fx else 1.0
    return opening.mean() * rate


def assumptions(plan: Plan, company: Company, *, months: int | None = None) -> tuple[str, ...]:
    """What a reader of the printout over some months must know was assumed, a sentence each."""
    sentences = ['"a to b" is a 90% interval: one chance in twenty below a, one in twenty above b.', *_past(plan)]
    sold = [line for line in plan.revenue if line.opening_receivables is None and len(line.collected_before) > 1]
    steady = [line.level.path for line in sold]
    ahead = [line.level.path for line in plan.revenue if line.opening_deferred is None and line.prepaid > 1]
    steady += [path for path in ahead if path not in steady]
    steady += [team.level.path for team in plan.teams if team.tax and team.tax_after]
    steady += [line.level.path for line in plan.vendors if line.opening_payables is None and line.terms_before > 0]
    if steady:
        sentences.append(f"Opening balances not given are those of a steady state: {', '.join(steady)}.")
    sentences.append(_INSOLVENT[company.company.insolvent_when])
    if company.holder and not plan.knows_ownership:
        unpriced = [item.driver for item in plan.unpriced]
        if unpriced:
            names = ", ".join(unpriced)
            sentences.append(f"Who owns what is not computed: neither pre_money nor sold is given for {names}.")
    if months is not None:
        sentences += _committed_beyond(company, company.company.first_month + months)
    return (*sentences, *remarks(company, months=months), *fights(company))


def _past(plan: Plan) -> list[str]:
    """What the facts were that a company was calibrated on, and whose draws a change of its ranges has made moot."""
    if plan.posterior is None:
        return []
    about = plan.posterior.about
    known = known_numbers(plan)
    moot = sorted({item.stream for item in plan.inputs} - known)
    count = "1 fact" if about.facts == 1 else f"{about.facts} facts"
    told = [f"{CALIBRATED} {count} known by {about.origin.label}."]
    return [*told, f"Not as calibrated, but as declared since: {', '.join(moot)}."] if moot else told


def _committed_beyond(company: Company, end: Month) -> list[str]:
    """A sentence for each commitment that goes on in month `end`, which no forecast up to it can see."""
    ends = {item.name: item.until for item in company.compute if isinstance(item, Committed)}
    return [
        f"compute.{name} is committed beyond these months, to {until.label}."
        for name, until in ends.items()
        if until is not None and until >= end
    ]


_INSOLVENT: Final = {
    "cannot_pay": f"{INSOLVENT} wages, a lender or a tax are not paid, or a bill stays unpaid longer than its vendor "
    "tolerates.",
    "missed_bill": f"{INSOLVENT} any bill is not paid in full when due.",
    "cash_below_zero": f"{INSOLVENT} cash is below zero at a month's end.",
}
