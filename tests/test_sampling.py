"""Paths spread over chance: mirrored pairs, points of Sobol, and what stays as it was."""

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

import tarmac
from tarmac.engine.block import Job, run_blocks
from tarmac.errors import InputError
from tarmac.layout import plan_of
from tarmac.measures import Clock
from tarmac.replicates import REPLICATE_PATHS
from tarmac.sampling import (
    COORDINATES,
    REPLICATES,
    SPAN,
    Even,
    Mirrored,
    Sampler,
    Sampling,
    component,
    leading,
    scrambled,
)
from tarmac.simulation import How, run, simulate
from tarmac.streams import BLOCK_PATHS, Streams
from tarmac.summary import Summary

REFERENCE = Path(__file__).parent / "companies" / "reference.toml"
NAMES = ["a", "b", component("shock", 0, number=0), component("shock", 1, number=0)]
HALF = REPLICATE_PATHS // 2


def even(seed: int = 3, block: int = 0) -> Even:
    return Even.of(Streams(seed, block), NAMES, persistence={"shock": 0.6})


def by_replicate(values: NDArray[np.floating]) -> NDArray[np.floating]:
    return values.reshape(*values.shape[:-1], REPLICATES, REPLICATE_PATHS)


def reference(sampler: Sampler, *, paths: int = 2 * BLOCK_PATHS, seed: int = 11) -> Job:
    return Job(plan_of(tarmac.load(REFERENCE)), seed, 12, paths, sampler=sampler)


def same(one: Summary, two: Summary) -> None:
    for name, strikes in one.strikes.items():
        assert np.array_equal(strikes, two.strikes[name]), name
    for name, amounts in one.amounts.items():
        assert amounts.sums == two.amounts[name].sums, name
        assert np.array_equal(amounts.totals, two.amounts[name].totals), name
    for name, squares in one.squares.items():
        assert np.array_equal(squares, two.squares[name]), name
    assert np.array_equal(one.samples, two.samples)


def test_a_pair_is_mirrored() -> None:
    pairs = Mirrored(3, 0)
    for found in (pairs.scores("a"), pairs.monthly_scores("a", 5)):
        rows = by_replicate(found)
        assert np.array_equal(rows[..., :HALF], -rows[..., HALF:])
    for found, last in ((pairs.uniforms("a"), 2.0**-53), (pairs.monthly_uniforms("a", 5), 2.0**-24)):
        rows = by_replicate(found).astype(float)
        assert np.all(rows[..., :HALF] + rows[..., HALF:] == 1 - last)
        assert rows.min() >= 0
        assert rows.max() < 1


def test_the_first_of_a_pair_is_a_plain_path() -> None:
    mirrored, plain = by_replicate(Mirrored(3, 1).scores("a")), by_replicate(Streams(3, 1).scores("a"))
    assert np.array_equal(mirrored[..., :HALF], plain[..., :HALF])


def test_every_stratum_of_a_coordinate_holds_one_point_of_each_replicate() -> None:
    for name in ("a", "b"):
        strata = np.floor(by_replicate(even().uniforms(name)) * REPLICATE_PATHS).astype(int)
        assert np.array_equal(np.sort(strata, axis=1), np.tile(np.arange(REPLICATE_PATHS), (REPLICATES, 1)))


def test_two_coordinates_are_a_net_scrambled_or_not() -> None:
    first, second = (by_replicate(even().uniforms(name)) for name in ("a", "b"))
    for bits in range(11):
        wide, high = 2**bits, REPLICATE_PATHS // 2**bits
        cells = np.floor(first * wide).astype(int) * high + np.floor(second * high).astype(int)
        assert np.array_equal(np.sort(cells, axis=1), np.tile(np.arange(REPLICATE_PATHS), (REPLICATES, 1)))


def test_a_scramble_keeps_what_lies_together_together() -> None:
    found = scrambled(np.random.default_rng(1).integers(0, 256, (2, REPLICATES, REPLICATE_PATHS // 8), np.uint8))
    assert np.array_equal(np.sort(found, axis=2), np.tile(np.arange(REPLICATE_PATHS), (2, REPLICATES, 1)))
    for bits in range(1, 10):
        groups = (found >> bits).reshape(2 * REPLICATES, -1, 2**bits)
        assert np.array_equal(groups.min(axis=2), groups.max(axis=2))


def test_replicates_are_scrambled_independently() -> None:
    rows = np.concatenate([by_replicate(even(block=block).uniforms("a")) for block in range(4)])
    correlations = np.corrcoef(rows)[np.triu_indices(len(rows), 1)]
    assert abs(correlations.mean()) < 0.1
    assert np.abs(correlations).max() < 1 - 1e-9  # no two are the same
    point = rows[:, 5]  # one point, in one replicate after the other, lies anywhere
    assert 0.25 < point.mean() < 0.75
    assert point.std() > 0.2


def test_a_driver_keeps_its_points_while_it_keeps_its_place() -> None:
    more = Even.of(Streams(3, 0), [*NAMES, "c"], persistence={"shock": 0.6})
    assert np.array_equal(more.uniforms("b"), even().uniforms("b"))
    assert not np.array_equal(
        Even.of(Streams(3, 0), ["c", "a", "b"], persistence={}).uniforms("b"), even().uniforms("b")
    )
    assert not np.array_equal(even(seed=4).uniforms("b"), even().uniforms("b"))


def test_what_has_no_place_is_drawn_as_ever() -> None:
    points, plain = even(), Streams(3, 0)
    assert np.array_equal(points.scores("z"), plain.scores("z"))
    assert np.array_equal(points.uniforms("z"), plain.uniforms("z"))
    assert np.array_equal(points.monthly_scores("z", 5), plain.monthly_scores("z", 5))


def test_scores_are_normal_and_their_mean_is_all_but_exact() -> None:
    rows = by_replicate(np.concatenate([even(block=block).scores("a") for block in range(8)]).reshape(8, -1))
    assert np.abs(rows.mean(axis=-1)).max() < 0.005  # a plain mean would be off by 0.03
    assert abs(rows.var() - 1) < 0.005
    assert abs((rows**4).mean() - 3) < 0.1


def test_a_shock_stays_independent_and_normal_with_its_leading_component_from_the_points() -> None:
    shocks = [even(block=block).monthly_scores("shock", 2 * SPAN).astype(float) for block in range(8)]
    joined = np.hstack(shocks)
    covariance = joined @ joined.T / joined.shape[1]
    assert np.abs(covariance - np.eye(2 * SPAN)).max() < 5 * np.sqrt(2 / joined.shape[1])
    assert abs((joined**4).mean() - 3) < 0.05
    direction = leading(0.6)[0].astype(float)
    for span in range(2):
        part = direction @ shocks[0][span * SPAN : (span + 1) * SPAN]
        assert part == pytest.approx(even().scores(component("shock", span, number=0)), abs=1e-4)


def test_a_longer_horizon_keeps_the_months_it_shares() -> None:
    short, long = even().monthly_scores("shock", 5), even().monthly_scores("shock", 20)
    assert np.array_equal(short, long[:5])


@pytest.mark.parametrize("persistence", [0.0, 0.5, 1.0])
def test_directions_are_orthonormal_and_the_first_carries_most(persistence: float) -> None:
    found = leading(persistence).astype(float)
    assert found @ found.T == pytest.approx(np.eye(SPAN), abs=1e-6)
    ages = np.subtract.outer(np.arange(SPAN), np.arange(SPAN))
    sums = np.cumsum(np.where(ages >= 0, persistence ** np.abs(ages), 0.0), axis=0)
    carried = ((sums @ found.T) ** 2).sum(axis=0)
    assert np.all(np.diff(carried) < 0)
    assert carried[0] / carried.sum() > 0.75


def test_directions_of_a_shock_that_does_not_last_are_the_cosines_of_a_random_walk() -> None:
    months = np.arange(1, SPAN + 1)
    expected = np.cos((2 * months - 1) * np.pi / (2 * (2 * SPAN + 1)))
    assert leading(0.0)[0] == pytest.approx(expected / np.linalg.norm(expected), abs=1e-6)


def test_plain_paths_are_those_of_a_run_that_names_no_sampler() -> None:
    company = tarmac.load("saas-seed")
    one = simulate(company, months=12, paths=2_000, seed=7)
    two = simulate(company, months=12, paths=Sampling(2_000), seed=7)
    same(one.summary, two.summary)
    assert one.as_json() == two.as_json()
    assert one.as_json()["sampler"] == "plain"
    assert not one.summary.squares


def test_plain_draws_are_those_they_have_always_been() -> None:
    """Whoever changes how numbers are drawn renews these figures, and says so: old seeds then tell other paths."""
    summary = run(Job(plan_of(tarmac.load(REFERENCE)), 7, 24, 20_000))
    assert summary.strikes["insolvent"].tolist() == GOLDEN


GOLDEN = [0, 0, 0, 0, 0, 0, 0, 0, 0, 2, 528, 4657, 5535, 2000, 999, 1082, 1138, 1023, 803, 664, 497, 333, 206, 163, 370]


@pytest.mark.parametrize("sampler", ["antithetic", "sobol"])
def test_spread_paths_say_what_plain_ones_say_with_less_error(sampler: Sampler) -> None:
    spread, plain = (run(reference(name)) for name in (sampler, "plain"))
    one, two = (Clock.of(found, "insolvent") for found in (spread, plain))
    off = (one.probability[-1] - two.probability[-1]) / np.hypot(one.standard_error[-1], two.standard_error[-1])
    assert abs(off) < 4
    assert one.standard_error[-1] < 0.9 * two.standard_error[-1]
    cash = [found.amounts["cash"].mean()[-1] for found in (spread, plain)]
    assert cash[0] == pytest.approx(cash[1], rel=0.02)


@pytest.mark.parametrize("sampler", ["antithetic", "sobol"])
def test_workers_and_groupings_change_no_bit(sampler: Sampler) -> None:
    job = reference(sampler)
    whole = run(job, How(workers=1))
    same(whole, run(job, How(workers=2)))
    same(whole, run_blocks(job, range(1)) + run_blocks(job, range(1, 2)))


def test_the_first_replicates_of_a_run_are_those_of_a_shorter_one() -> None:
    company = tarmac.load("saas-seed")
    short, long = (simulate(company, months=6, paths=Sampling(paths, "sobol"), seed=7) for paths in (8_192, 9_216))
    assert np.array_equal(short.samples, long.samples)
    assert (short.paths, long.paths) == (8_192, 9_216)


def test_paths_are_rounded_up_to_whole_replicates_and_blocks() -> None:
    assert Sampling(20_000, "sobol").whole == 20_480
    assert Sampling(20_000, "antithetic").whole == 20_480
    assert Sampling(20_000).whole == 20_000
    assert Sampling(20_000, precision=0.01).whole == 32_768


@pytest.mark.parametrize(
    ("wrong", "where"),
    [
        (Sampling(2_000, "sobol"), ["paths"]),
        (Sampling(20_000, "halton"), ["sampler"]),  # type: ignore[arg-type]
        (Sampling(20_000, precision=0.0), ["precision"]),
        (Sampling(20_000, precision=float("nan")), ["precision"]),
        (Sampling(10**9, precision=0.7), ["precision", "paths"]),
        (Sampling(0, "sobol"), ["paths"]),
    ],
)
def test_mistakes_are_told_together(wrong: Sampling, where: list[str]) -> None:
    with pytest.raises(InputError) as error:
        simulate(tarmac.load("saas-seed"), months=0, paths=wrong)
    assert sorted(problem.where for problem in error.value.problems) == sorted(["months", *where])


def test_names_beyond_the_last_coordinate_are_drawn_as_ever() -> None:
    names = [f"driver {number}" for number in range(COORDINATES + 1)]
    points, plain = Even.of(Streams(3, 0), names, persistence={}), Streams(3, 0)
    assert not np.array_equal(points.scores(names[-2]), plain.scores(names[-2]))
    assert np.array_equal(points.scores(names[-1]), plain.scores(names[-1]))
