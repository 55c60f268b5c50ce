"""`python -m tests.bench`: how fast, how large, how soon. Prints one table; see README.md beside this file.

The ways take turns, so that a busy moment of the machine hits all of them; a ratio is taken within a turn.
"""

import datetime
import multiprocessing
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from tarmac import load
from tarmac.engine.block import Job, run_blocks
from tarmac.engine.draws import draw
from tarmac.engine.needing import need_of_block
from tarmac.layout import plan_of
from tarmac.scenario import without_funding
from tarmac.simulation import NEED_PATHS, How, run, tasks
from tarmac.streams import Streams
from tarmac.summary import Summary, total
from tests.bench import peers, whole_array

ROOT = Path(__file__).resolve().parents[2]
COMPANIES = ROOT / "tests" / "companies"
FEWER = 4
"""The company with every mechanism is run on a path in so many."""
PATHS, MONTHS, SEED = 1_000_000, 36, 1
REPEATS = 5
COMMAND_REPEATS = 5
WORKERS = 2

RAISE = ["raise", "stability-ai", "--months", "18", "--confidence", "90%", "--seed", "7"]
EVERYTHING = "engine, 1 worker, a company with every mechanism"
STABILITY = "engine, 1 worker, stability-ai"

PEAK = """
import resource, sys
{work}
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024) / 1e6)
"""
ENGINE = f"""
from tests.bench.__main__ import job
from tarmac.simulation import How, run
run(job({PATHS}), How(workers=1))
"""
WHOLE_ARRAY = f"""
from tests.bench import whole_array
whole_array.forecast({PATHS}, {SEED})
"""


@dataclass(frozen=True, slots=True)
class Way:
    """A way to run a company: what it is called, how, and on how many paths.

    It returns insolvent paths by month, or nothing where it does not find out.
    """

    name: str
    run: Callable[[], NDArray[np.int64] | None]
    paths: int = PATHS


def job(paths: int, company: str = "reference") -> Job:
    """One of the companies of the tests, ready to be run."""
    return Job(plan_of(load(COMPANIES / f"{company}.toml")), SEED, MONTHS, paths)


def counts(summary: Summary) -> NDArray[np.int64]:
    """Paths insolvent in each month, the last element for none, once cash quantiles have been asked for as well."""
    for level in whole_array.LEVELS:
        summary.amounts["cash"].quantile(level)
    return summary.strikes["insolvent"]


@contextmanager
def warm_pool(workers: int) -> Iterator[ProcessPoolExecutor]:
    """Worker processes that have each run a block already."""
    with ProcessPoolExecutor(workers, mp_context=multiprocessing.get_context("forkserver")) as pool:
        small = job(1_000)
        list(pool.map(run_blocks, [small] * 4 * workers, [range(1)] * 4 * workers))
        yield pool


def spread_over(pool: ProcessPoolExecutor, work: Job) -> Summary:
    """A job in tasks, as `simulation.run` cuts them, on processes that are there already."""
    spans = tasks(work, WORKERS)
    return total(pool.map(run_blocks, [work] * len(spans), spans))


def timed(ways: list[Way], repeats: int) -> tuple[dict[str, list[float]], dict[str, float]]:
    """Microseconds a path of each way, in turns, and the share of paths insolvent within a year."""
    times: dict[str, list[float]] = {way.name: [] for way in ways}
    shares: dict[str, float] = {}
    for _ in range(repeats):
        for way in ways:
            begun = time.perf_counter()
            struck = way.run()
            times[way.name].append((time.perf_counter() - begun) / way.paths * 1e6)
            if struck is not None:
                shares[way.name] = float(struck[:12].sum() / struck.sum())
    return times, shares


def draws_alone(work: Job) -> None:
    """Draw everything random in a job, and forget it."""
    for block in range(work.blocks):
        draw(work.plan, Streams(work.seed, block), months=work.months, paths=work.paths_in(block))


def peak_megabytes(work: str) -> float:
    """Peak resident memory of a process that does some work and nothing else."""
    return float(child([sys.executable, "-c", PEAK.format(work=work)]).stdout)


def seconds(command: list[str]) -> list[float]:
    """Wall time of a command in a process of its own, some times over."""
    found = []
    for _ in range(COMMAND_REPEATS):
        begun = time.perf_counter()
        child(command)
        found.append(time.perf_counter() - begun)
    return found


def child(command: list[str]) -> subprocess.CompletedProcess[str]:
    """A process to its end; its standard error where it fails."""
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"{' '.join(command[:3])} ended with {done.returncode}:\n{done.stderr}")
    return done


def speed_table() -> list[str]:
    """The engine and whole-array NumPy, in turns."""
    work, everything = job(PATHS), job(PATHS // FEWER, "everything")
    stability = Job(plan_of(load("stability-ai")), SEED, MONTHS, PATHS // FEWER)
    with warm_pool(WORKERS) as pool:
        ways = [
            Way("whole-array NumPy, all paths at once", lambda: whole_array.forecast(PATHS, SEED).insolvent),
            Way("engine, 1 worker", lambda: counts(run(work, How(workers=1)))),
            Way(f"engine, {WORKERS} workers, processes started", lambda: counts(run(work, How(workers=WORKERS)))),
            Way(f"engine, {WORKERS} workers, processes warm", lambda: counts(spread_over(pool, work))),
            Way("the engine's draws alone", lambda: draws_alone(work)),
            Way(EVERYTHING, lambda: counts(run(everything, How(workers=1))), PATHS // FEWER),
            Way(STABILITY, lambda: counts(run(stability, How(workers=1))), PATHS // FEWER),
            *(Way(name, partial(program, SEED), peers.PATHS) for name, program in peers.installed().items()),
        ]
        times, shares = timed(ways, REPEATS)
    rows = [
        "| way | µs a path, median | lowest to highest | ratio | lowest to highest | insolvent within a year |",
        "|---|---|---|---|---|---|",
    ]
    return [*rows, *(_row(way, times, shares.get(way.name)) for way in ways)]


def _row(way: Way, times: dict[str, list[float]], share: float | None) -> str:
    """A row of the table: time, and time over that of the first way in the same turn."""
    found, base = times[way.name], next(iter(times.values()))
    ratios = [one / other for one, other in zip(found, base, strict=True)]
    cells = [
        way.name,
        *(f"{statistics.median(some):.2f} | {min(some):.2f} to {max(some):.2f}" for some in (found, ratios)),
    ]
    return f"| {' | '.join(cells)} | {'' if share is None else f'{share:.2%}'} |"


def memory_rows() -> list[str]:
    """Memory of each program in a process of its own; first of all, because a child inherits its parent's peak."""
    return [
        f"| peak memory, engine, 1 worker, {PATHS:,} paths | {peak_megabytes(ENGINE):,.0f} MB |",
        f"| peak memory, whole-array NumPy | {peak_megabytes(WHOLE_ARRAY):,.0f} MB |",
    ]


def need_rows() -> list[str]:
    """The need of a company whose policies react to cash: time of one block's search, and its runs."""
    plan = plan_of(without_funding(load("stability-ai")))
    times, runs = [], 0
    for _ in range(COMMAND_REPEATS):
        begun = time.perf_counter()
        runs = need_of_block(Job(plan, SEED, MONTHS, NEED_PATHS), 0).runs
        times.append(time.perf_counter() - begun)
    middle = f"{statistics.median(times):.2f} s ({min(times):.2f} to {max(times):.2f})"
    return [f"| need with policies, {NEED_PATHS:,} paths | {middle}, {runs} evaluations |"]


def portfolio_rows(companies: int = 100, paths: int = 20_000) -> list[str]:
    """Everything of a portfolio of made companies: time by workers, and peak memory of a process that does it alone."""
    what = f"portfolio of {companies:,} companies, {paths:,} paths x {MONTHS} months"
    rows = []
    for workers in (1, WORKERS):
        asked = map(str, (companies, paths, MONTHS, workers))
        took, peak = map(float, child([sys.executable, "-m", "tests.bench.portfolio", *asked]).stdout.split())
        memory = f", peak memory {peak:,.0f} MB" if workers == 1 else ""
        rows.append(f"| {what}, {workers} {'worker' if workers == 1 else 'workers'} | {took:.1f} s{memory} |")
    return rows


def command_rows() -> list[str]:
    """The time of whole commands, each in a process of its own."""
    tarmac = [sys.executable, "-m", "tarmac"]
    with tempfile.TemporaryDirectory() as folder:
        report = [*tarmac, "run", "stability-ai", "--seed", "7", "--out", folder, "--force"]
        commands = {
            "`tarmac --help`": seconds([*tarmac, "--help"]),
            "`tarmac run stability-ai --out DIR` (20,000 paths, chart)": seconds(report),
            "`tarmac raise stability-ai --months 18` (8,192 paths)": seconds([*tarmac, *RAISE]),
        }
    return [
        f"| {name} | {statistics.median(found):.2f} s ({min(found):.2f} to {max(found):.2f}) |"
        for name, found in commands.items()
    ]


def machine() -> str:
    """What it ran on, without names of hosts."""
    return (
        f"{datetime.datetime.now(datetime.UTC):%Y-%m-%d}, {os.cpu_count()} cores ({platform.machine()}), "
        f"Python {platform.python_version()}, NumPy {np.__version__}; {PATHS:,} paths x {MONTHS} months, "
        f"{REPEATS} runs each, in turns"
    )


def main() -> None:
    """Measure and print."""
    print(machine(), flush=True)
    others = [*memory_rows(), *need_rows(), *portfolio_rows(), *command_rows()]
    for rows in (speed_table(), ["| what | figure |", "|---|---|", *others]):
        print("", *rows, sep="\n", flush=True)


if __name__ == "__main__":
    main()
