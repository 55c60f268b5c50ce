"""Going on until an answer is precise: twice the paths each time, until the interval is narrow enough."""

from collections.abc import Callable
from dataclasses import replace

from tarmac.engine.block import Job
from tarmac.measures import Clock
from tarmac.sampling import MOST_PRECISE
from tarmac.summary import Summary


def until_precise(job: Job, precision: float | None, *, run: Callable[[Job], Summary]) -> tuple[Job, Summary]:
    """A job of as many paths as it takes, and its summary; as it is where no precision is asked for.

    The 95% interval of the probability of insolvency by the horizon is looked at after the paths of the job, twice as
    many, four times and so on: its half-width is at most the precision, or there are MOST_PRECISE paths. Looking that
    seldom, always after the same numbers of paths, leaves little room for stopping where the error happens to look
    small. The paths are those of a run that was asked for so many.
    """
    summary = run(job)
    while precision is not None and half_width(summary) > precision and job.paths < MOST_PRECISE:
        more = min(job.paths, MOST_PRECISE - job.paths)
        summary += run(replace(job, paths=more, first=job.blocks))
        job = replace(job, paths=job.paths + more)
    return job, summary


def half_width(summary: Summary) -> float:
    """Half the width of the 95% interval of the probability of insolvency by the horizon."""
    low, high = Clock.of(summary, "insolvent").interval()
    return float(high[-1] - low[-1]) / 2
