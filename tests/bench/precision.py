"""`python -m tests.bench.precision [COMPANY:MONTHS ...]`: how often the interval at which `--precision` stopped holds.

A run that looks at its own interval and stops where that is narrow enough stops a little more often where it happens to
look narrow. How much that costs shows where stopping is a matter of chance: at a precision that is the usual half-width
after so many blocks. So precisions are shares of the half-width of a first block. The truth is told from a long run on
points of Sobol, of another seed.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from tarmac import load
from tarmac.engine.block import Job, run_blocks
from tarmac.layout import plan_of
from tarmac.measures import Clock
from tarmac.plan import Plan
from tarmac.precise import half_width, until_precise
from tarmac.sampling import Sampler
from tarmac.simulation import run
from tarmac.streams import BLOCK_PATHS
from tests.bench.covering import REFERENCE, Intervals, print_table

CASES = [f"{REFERENCE}:12"]
SAMPLERS: tuple[Sampler, ...] = ("plain", "sobol")
SHARES = (1.0, 0.5**0.5, 0.5)
"""Precisions, as shares of the half-width after one block: what is usual after one, two and four of them."""

HEADS = ("company", "by month", "insolvent", "sampler", "precision", "blocks it took", "coverage")

_LONG_BLOCKS = 256
_LONG_SEED = 10**9


@dataclass(frozen=True, slots=True)
class Stopped(Intervals):
    """Where runs stopped that were to be so precise: their paths, and the ends of their intervals, shape (repeats,)."""

    precision: float
    paths: NDArray[np.int64]
    low: NDArray[np.float64]
    high: NDArray[np.float64]


def truth_of(plan: Plan, *, months: int) -> float:
    """The chance of insolvency by the horizon, as a long run tells it."""
    job = Job(plan, _LONG_SEED, months, _LONG_BLOCKS * BLOCK_PATHS, sampler="sobol")
    return float(Clock.of(run(job), "insolvent").probability[-1])


def usual_half_width(plan: Plan, *, months: int, sampler: Sampler, seeds: Sequence[int]) -> float:
    """Half the width of the interval after one block: the median over some seeds."""
    jobs = (Job(plan, seed, months, BLOCK_PATHS, sampler=sampler) for seed in seeds)
    return float(np.median([half_width(run_blocks(job, range(1))) for job in jobs]))


def stopped(job: Job, precision: float, *, seeds: Sequence[int]) -> Stopped:
    """Where runs of a job stop under some seeds."""
    found = []
    for seed in seeds:
        one = Job(job.plan, seed, job.months, BLOCK_PATHS, sampler=job.sampler)
        end, summary = until_precise(one, precision, run=lambda part: run_blocks(part, range(part.blocks)))
        low, high = Clock.of(summary, "insolvent").interval()
        found.append((end.paths, float(low[-1]), float(high[-1])))
    paths, lows, highs = zip(*found, strict=True)
    return Stopped(precision, np.array(paths), np.array(lows), np.array(highs))


def rows(company: str, *, months: int, repeats: int) -> list[str]:
    """The lines of the table for one company and horizon."""
    plan, lines = plan_of(load(company)), []
    truth = truth_of(plan, months=months)
    for sampler in SAMPLERS:
        usual = usual_half_width(plan, months=months, sampler=sampler, seeds=range(20))
        for share in SHARES:
            job = Job(plan, 0, months, BLOCK_PATHS, sampler=sampler)
            found = stopped(job, share * usual, seeds=range(repeats))
            blocks = found.paths / BLOCK_PATHS
            lines.append(
                f"| {Path(company).stem} | {months} | {truth:.2%} | {sampler} | {found.precision:.3%} "
                f"| {blocks.mean():.1f} ({blocks.min():.0f} to {blocks.max():.0f}) | {found.coverage(truth):.1%} |"
            )
    return lines


def main() -> None:
    """Measure and print."""
    about = "How often the interval at which a precise run stopped holds."
    print_table(rows, HEADS, about=about, cases=CASES, repeats=400)


if __name__ == "__main__":
    main()
