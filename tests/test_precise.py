"""Going on until an answer is precise."""

from dataclasses import replace

import numpy as np
import pytest

import tarmac
from tarmac.engine.block import Job
from tarmac.layout import plan_of
from tarmac.measures import Clock
from tarmac.precise import half_width, until_precise
from tarmac.replicates import REPLICATE_PATHS
from tarmac.sampling import MOST_PRECISE, Sampler, Sampling
from tarmac.simulation import run, simulate
from tarmac.streams import BLOCK_PATHS
from tarmac.summary import Summary

JOB = Job(plan_of(tarmac.load("saas-seed")), 7, 3, BLOCK_PATHS)


def half(job: Job) -> Summary:
    """What a run leaves behind in which every second path is struck."""
    strikes = np.array([job.paths // 2, 0, 0, job.paths - job.paths // 2])
    return Summary(job.paths, {"insolvent": strikes}, {})


def test_paths_double_until_the_interval_is_narrow_enough() -> None:
    asked: list[tuple[int, int]] = []

    def told(job: Job) -> Summary:
        asked.append((job.first, job.blocks))
        return half(job)

    job, summary = until_precise(JOB, 0.003, run=told)
    assert asked == [(0, 1), (1, 1), (2, 2), (4, 4)]
    assert job == replace(JOB, paths=8 * BLOCK_PATHS)
    assert half_width(summary) <= 0.003 < half_width(half(replace(JOB, paths=4 * BLOCK_PATHS)))


def test_without_a_precision_it_is_run_once() -> None:
    job, summary = until_precise(JOB, None, run=half)
    assert job is JOB
    assert summary.paths == BLOCK_PATHS


def test_it_ends_at_the_most_paths() -> None:
    job, _ = until_precise(replace(JOB, paths=3 * BLOCK_PATHS), 1e-9, run=half)
    assert job.paths == MOST_PRECISE


@pytest.mark.parametrize("sampler", ["plain", "sobol"])
def test_the_paths_are_those_of_one_run_of_so_many(sampler: Sampler) -> None:
    job = Job(plan_of(tarmac.load("stability-ai")), 7, 8, BLOCK_PATHS, sampler=sampler)
    found, summary = until_precise(job, 0.003, run=run)
    assert found.paths > BLOCK_PATHS
    whole = run(found)
    for name, strikes in whole.strikes.items():
        assert np.array_equal(strikes, summary.strikes[name])
    for name, squares in whole.squares.items():
        assert np.array_equal(squares, summary.squares[name])
    assert all(amounts.sums == summary.amounts[name].sums for name, amounts in whole.amounts.items())


TRUTH, WITHIN = 0.3, 6.0
"""The chance of being struck, and the standard deviation of the paths struck in a replicate that leans on it."""


def at_random(generator: np.random.Generator, job: Job) -> Summary:
    """What a run leaves behind in which as many paths are struck as chance will have it."""
    if job.sampler == "plain":
        struck = int(generator.binomial(job.paths, TRUTH))
        return Summary(job.paths, {"insolvent": np.array([struck, job.paths - struck])}, {})
    replicates = job.paths // REPLICATE_PATHS
    counts = np.rint(generator.normal(TRUTH * REPLICATE_PATHS, WITHIN, replicates)).astype(np.int64)
    strikes = np.array([counts.sum(), job.paths - counts.sum()])
    return Summary(job.paths, {"insolvent": strikes}, {}, squares={"insolvent": np.array([(counts**2).sum()])})


@pytest.mark.parametrize("blocks", [1, 2, 4])
@pytest.mark.parametrize("sampler", ["plain", "sobol"])
def test_the_interval_at_which_a_run_stops_holds_the_truth_as_often_as_it_says(sampler: Sampler, blocks: int) -> None:
    """Precisions at which stopping is a matter of chance, and may favour intervals that happen to look narrow."""
    generator, job = np.random.default_rng(5), replace(JOB, months=1, sampler=sampler)
    usual = np.median([half_width(at_random(generator, job)) for _ in range(50)])
    held, ends = [], set()
    for _ in range(3_000):
        end, summary = until_precise(job, float(usual) / blocks**0.5, run=lambda part: at_random(generator, part))
        low, high = Clock.of(summary, "insolvent").interval()
        held.append(low[-1] <= TRUTH <= high[-1])
        ends.add(end.blocks)
    assert len(ends) > 1
    assert 0.93 <= np.mean(held) <= 0.965


def test_a_forecast_says_how_precise_it_was_to_be() -> None:
    found = simulate(tarmac.load("stability-ai"), months=8, paths=Sampling(1, precision=0.02), seed=7)
    document = found.as_json()
    assert (document["precision"], document["paths"]) == (0.02, BLOCK_PATHS)
    low, high = found.insolvent.interval()
    assert (high[-1] - low[-1]) / 2 <= 0.02
