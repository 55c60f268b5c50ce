"""A run that is interrupted goes on where it was: nothing lost, nothing counted twice."""

import errno
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tarmac import checkpoint, load
from tarmac.checkpoint import Checkpoint, SoFar, before, remove, seed_in
from tarmac.engine.block import Job
from tarmac.errors import InputError
from tarmac.layout import plan_of
from tarmac.simulation import How, identity, run, simulate
from tarmac.streams import BLOCK_PATHS, MAX_SEED
from tarmac.summary import NOTHING, Histogram, Summary
from tarmac.workers import Call, Executor, Processes, Serial, Threads

BLOCKS = 9
PATHS = (BLOCKS - 1) * BLOCK_PATHS + 100
EVERYTHING = Path(__file__).parent / "companies" / "everything.toml"


def job(**other: Any) -> Job:
    return replace(Job(plan_of(load(EVERYTHING)), 5, 3, PATHS), **other)


WHOLE = run(job())


def same(one: Summary, other: Summary) -> bool:
    """Whether two summaries hold the same, whatever the room of their histograms."""
    strikes = all(one.strikes[name].tolist() == other.strikes[name].tolist() for name in one.strikes)
    amounts = all(
        one.amounts[name].sums == other.amounts[name].sums
        and one.amounts[name].quantile(0.3).tolist() == other.amounts[name].quantile(0.3).tolist()
        for name in one.amounts
        if one.amounts[name].totals.all()
    )
    return one.paths == other.paths and strikes and amounts and one.samples.tolist() == other.samples.tolist()


@dataclass
class Interrupted:
    """Ends with an interrupt after so many calls; counts them and notes the blocks."""

    calls: int
    workers: int = 2
    blocks: list[int] = field(default_factory=list)

    def map(self, work: Any, calls: Sequence[Call]) -> Iterator[Any]:
        for number, call in enumerate(calls):
            if number == self.calls:
                raise KeyboardInterrupt
            self.blocks += call[1]
            yield work(*call)


def interrupted(path: Path, calls: int = 2, **other: Any) -> list[int]:
    """The blocks that were run before the interrupt."""
    executor = Interrupted(calls)
    with pytest.raises(KeyboardInterrupt):
        run(job(**other), How(executor=executor, resume=path))
    return executor.blocks


@pytest.fixture(autouse=True)
def kept_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every part is kept as soon as it is there, whatever time that takes."""
    monkeypatch.setattr(checkpoint, "REST", 0.0)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "run.checkpoint"


@pytest.mark.parametrize("executor", [Serial(), Threads(3), Processes(2)], ids=lambda item: type(item).__name__)
def test_an_interrupted_run_gives_the_same_whoever_goes_on(path: Path, executor: Executor) -> None:
    interrupted(path)
    assert same(run(job(), How(executor=executor, resume=path)), WHOLE)
    assert path.exists()  # it stays: whoever asked removes it when the answer is out


def test_each_block_is_run_once(path: Path) -> None:
    first = interrupted(path)
    second = interrupted(path, calls=1)
    third = Interrupted(99)
    assert same(run(job(), How(executor=third, resume=path)), WHOLE)
    assert [*first, *second, *third.blocks] == list(range(BLOCKS))
    again = Interrupted(0)
    assert same(run(job(), How(executor=again, resume=path)), WHOLE)  # all of it is there


def test_the_forecast_has_the_same_bytes(path: Path) -> None:
    company = load(EVERYTHING)
    with pytest.raises(KeyboardInterrupt):
        simulate(company, months=3, paths=PATHS, how=How(executor=Interrupted(3), resume=path))
    seed = seed_in(path)
    assert seed is not None
    resumed = simulate(company, months=3, paths=PATHS, how=How(resume=path))  # with the seed that was drawn first
    plain = simulate(company, months=3, paths=PATHS, seed=seed)
    assert json.dumps(resumed.as_json()) == json.dumps(plain.as_json())


def test_progress_begins_where_the_run_was(path: Path) -> None:
    done = len(interrupted(path)) * BLOCK_PATHS
    told: list[int] = []
    said: list[str] = []
    run(job(), How(progress=lambda now, _: told.append(now), say=said.append, resume=path))
    assert told[0] == done
    assert told == sorted(told)
    assert told[-1] == PATHS
    assert said == [f"{path}: {done:,} of {PATHS:,} paths are there already"]


@pytest.mark.parametrize(
    ("other", "named"),
    [
        ({"seed": 6}, ["seed 5 there, 6 here"]),
        ({"months": 4, "paths": PATHS + 1}, ["months 3 there, 4 here", f"paths {PATHS} there, {PATHS + 1} here"]),
        ({"plan": plan_of(load("saas-seed"))}, ["company", "company after its scenarios"]),
        ({"audit": True}, ["audit"]),
    ],
)
def test_another_runs_file_is_refused(path: Path, other: dict[str, Any], named: list[str]) -> None:
    interrupted(path)
    kept = path.read_bytes()
    with pytest.raises(InputError) as caught:
        run(job(**other), How(resume=path))
    assert all(name in str(caught.value) for name in named)
    assert path.read_bytes() == kept


def test_another_programs_file_is_refused(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    interrupted(path)
    monkeypatch.setattr("tarmac.simulation.program", lambda: {"numpy": "1.0"})
    with pytest.raises(InputError, match=r"numpy .* there, 1\.0 here"):
        run(job(), How(resume=path))


def test_one_changed_number_of_a_company_makes_another_run() -> None:
    assert identity(job()) == identity(job())
    plan = job().plan
    dearer = replace(plan, opening_cash=replace(plan.opening_cash, constant=plan.opening_cash.constant + 1e-9))
    assert identity(job(plan=dearer)) != identity(job())


CUTS = [0, 1, 20, 2_000, -1_000, -1]


@pytest.mark.parametrize("cut", CUTS)
def test_a_half_written_file_is_left_out_and_the_one_before_is_taken(path: Path, cut: int) -> None:
    first = interrupted(path, calls=1)
    path.rename(path.with_name("first"))
    before(path).unlink(missing_ok=True)
    path.with_name("first").rename(path)
    interrupted(path, calls=1)
    path.write_bytes(path.read_bytes()[:cut])
    said: list[str] = []
    rest = Interrupted(99)
    assert same(run(job(), How(executor=rest, say=said.append, resume=path)), WHOLE)
    assert [*first, *rest.blocks] == list(range(BLOCKS))
    assert len(said) == 2
    assert "left out" in said[0]


def test_a_flipped_bit_is_found(path: Path) -> None:
    interrupted(path)
    content = bytearray(path.read_bytes())
    content[-500] ^= 1
    path.write_bytes(content)
    before(path).unlink()
    said: list[str] = []
    assert same(run(job(), How(say=said.append, resume=path)), WHOLE)
    assert ["checksum differs" in item for item in said] == [True]


@pytest.mark.parametrize(
    "content", [b"[company]\nname = 'Acme'\n", b"{}", b'{"schema": "tarmac.forecast/1"}', b"\0" * 99]
)
def test_a_file_of_another_kind_is_left_alone(path: Path, content: bytes) -> None:
    path.write_bytes(content)
    with pytest.raises(InputError, match="made"):
        run(job(), How(resume=path))
    assert path.read_bytes() == content


@pytest.mark.parametrize("where", ["", "missing/run.checkpoint", "file/run.checkpoint"])
def test_a_place_where_no_file_can_be(tmp_path: Path, where: str) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(InputError, match="folder"):
        run(job(), How(resume=tmp_path / where))


def test_a_full_disk_is_named_and_what_was_kept_remains(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = interrupted(path)

    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    kept = path.read_bytes()
    with monkeypatch.context() as patch:
        patch.setattr("tarmac.checkpoint.os.fsync", full)
        with pytest.raises(InputError, match="No space left") as caught:
            run(job(), How(resume=path))
        assert "remains" in str(caught.value)
    assert path.read_bytes() == kept
    assert sorted(item.name for item in path.parent.iterdir()) == [path.name, before(path).name]
    rest = Interrupted(99)
    assert same(run(job(), How(executor=rest, resume=path)), WHOLE)
    assert [*first, *rest.blocks] == list(range(BLOCKS))


def test_a_run_that_is_done_can_be_cleared_away(path: Path) -> None:
    interrupted(path)
    remove(path)
    assert not list(path.parent.iterdir())
    remove(path)  # and again


def test_the_file_does_not_grow_with_the_paths(path: Path) -> None:
    sizes = []
    for calls in (1, 4):
        interrupted(path, calls=calls)
        sizes.append(path.stat().st_size)
        remove(path)
    assert sizes[1] < 1.5 * sizes[0]


def test_a_file_brings_back_every_part_of_a_summary(path: Path) -> None:
    run(job(), How(executor=Interrupted(99), resume=path))
    kept = Checkpoint(path, identity(job()), (Summary, Histogram)).begin(NOTHING)
    assert kept.parts == BLOCKS
    assert same(kept.sum, WHOLE)
    whole = run(job(), How(executor=Interrupted(99)))  # summed in the same spans
    for name, amounts in kept.sum.amounts.items():
        for item in fields(amounts):
            one, other = getattr(amounts, item.name), getattr(whole.amounts[name], item.name)
            assert type(one) is type(other)
            assert np.array_equal(one, other)
    assert all(counts.dtype == np.int64 for counts in kept.sum.strikes.values())


def test_its_first_line_says_what_it_is(path: Path) -> None:
    interrupted(path)
    head = json.loads(path.read_bytes().partition(b"\n")[0])
    assert head["schema"] == "tarmac.checkpoint/3"
    assert (head["seed"], head["parts"]) == (5, 4)


def test_its_first_line_is_short_whatever_makes_the_run(path: Path) -> None:
    run = {"seed": MAX_SEED, "drivers": "x" * 3_000_000}
    Checkpoint(path, run, ()).save(SoFar(10**9, 0), last=True)
    assert len(path.read_bytes().partition(b"\n")[0]) < 250
    assert seed_in(path) == MAX_SEED
    assert Checkpoint(path, run, ()).begin(0) == SoFar(10**9, 0)


def test_a_run_whose_sum_is_made_of_something_else_is_another(path: Path) -> None:
    Checkpoint(path, {"seed": 1, "portfolio": "fund"}, ()).save(SoFar(1, NOTHING), last=True)
    kept = path.read_bytes()
    with pytest.raises(InputError, match="differs from the one asked for"):
        Checkpoint(path, {"seed": 1, "company": "Acme"}, ()).begin(0)
    assert path.read_bytes() == kept


def test_writing_takes_a_small_part_of_the_time(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """By a clock that goes on a second whenever it is looked at: the file takes one, so the next is due after nine."""
    now = iter(range(1_000))
    monkeypatch.setattr(checkpoint, "REST", 9.0)
    monkeypatch.setattr("tarmac.checkpoint.time.monotonic", lambda: float(next(now)))
    kept = Checkpoint(path, {"seed": 1}, ())
    written = []
    for part in range(1, 25):
        kept.save(SoFar(part, 0), last=part == 24)
        written.append(kept.begin(0).parts)
    assert written == [1] * 9 + [10] * 9 + [19] * 5 + [24]
