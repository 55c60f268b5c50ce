"""`python -m tests.bench.sampling [COMPANY:MONTHS ...]`: what spreading paths over chance buys, and if intervals hold.

Every sampler forecasts the same company over and over, each time under another seed, the samplers in turns. A 95%
interval holds as often as it should where it covers the truth, the mean over all repeats of the plain and the Sobol
runs, 95 times in a hundred. Time is that of the processor: what a path costs, times the paths that an interval of the
same width takes.
"""

import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from tarmac import load
from tarmac.engine.block import Job, run_blocks
from tarmac.layout import plan_of
from tarmac.measures import Clock
from tarmac.plan import Plan
from tarmac.sampling import SAMPLERS, Sampler
from tests.bench.covering import REFERENCE, Intervals, print_table

CASES = [f"{REFERENCE}:12", "stability-ai:12", "baichuan:12", "saas-seed:24"]
PATHS = 20 * 1_024
HEADS = (
    "company", "by month", "insolvent", "sampler", "coverage", "±", "worth as many paths", "cost a path", "time",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Found(Intervals):
    """What a sampler said of insolvency by the horizon in each repeat: probability, interval, seconds a path.

    Arrays of shape (repeats,).
    """

    probability: NDArray[np.float64]
    low: NDArray[np.float64]
    high: NDArray[np.float64]
    seconds: float

    @property
    def width(self) -> float:
        """The typical width of an interval: root of the mean square."""
        return float(np.sqrt(((self.high - self.low) ** 2).mean()))

    def time_of(self, other: "Found") -> float:
        """The time to an interval of one width, over that of another sampler."""
        return (self.width / other.width) ** 2 * self.seconds / other.seconds


def repeated(plan: Plan, samplers: Iterable[Sampler], *, months: int, seeds: range) -> dict[Sampler, Found]:
    """What samplers say of a plan under some seeds, in turns."""
    told: dict[Sampler, list[tuple[float, float, float, float]]] = {sampler: [] for sampler in samplers}
    for seed in seeds:
        for sampler, found in told.items():
            job = Job(plan, seed, months, PATHS, sampler=sampler)
            begun = time.process_time()
            clock = Clock.of(run_blocks(job, range(job.blocks)), "insolvent")
            spent = time.process_time() - begun
            low, high = clock.interval()
            found.append((float(clock.probability[-1]), float(low[-1]), float(high[-1]), spent / PATHS))
    columns = {sampler: np.array(found).T for sampler, found in told.items()}
    return {
        name: Found(probability, low, high, seconds=float(np.median(spent)))
        for name, (probability, low, high, spent) in columns.items()
    }


def rows(company: str, *, months: int, repeats: int) -> list[str]:
    """The lines of the table for one company and horizon."""
    found = repeated(plan_of(load(company)), SAMPLERS, months=months, seeds=range(repeats))
    plain, truth = found["plain"], float(np.mean([found[name].probability.mean() for name in ("plain", "sobol")]))
    return [
        f"| {Path(company).stem} | {months} | {truth:.2%} | {name} | {one.coverage(truth):.1%} | {one.width / 2:.3%} "
        f"| {(plain.width / one.width) ** 2:.1f} | {one.seconds / plain.seconds:.2f} | {one.time_of(plain):.2f} |"
        for name, one in found.items()
    ]


def main() -> None:
    """Measure and print."""
    print_table(rows, HEADS, about="What spreading paths over chance buys.", cases=CASES, repeats=300)


if __name__ == "__main__":
    main()
