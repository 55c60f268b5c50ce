"""A portfolio run that is interrupted goes on where it was: nothing lost, nothing counted twice."""

import errno
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tarmac import checkpoint
from tarmac.checkpoint import Checkpoint, SoFar, before, remove, seed_in
from tarmac.errors import InputError
from tarmac.portfolio import Portfolio, PortfolioForecast, look_ahead
from tarmac.portfolio.block import Part
from tarmac.portfolio.gathering import KINDS, Frame, Gathered
from tarmac.portfolio.running import Item, _Run
from tarmac.portfolio.sheet import MOST_ROWS
from tarmac.portfolio.tally import Begun, Tally, tally_of
from tarmac.simulation import How
from tarmac.streams import BLOCK_PATHS
from tarmac.workers import Call, Executor, Processes, Serial, Threads
from tests.holdings import burning, held, uncertain

PATHS = 2 * BLOCK_PATHS + 100
COMPANIES = [uncertain(f"c{place}", market=0.2) for place in range(9)]
HELD = held(*COMPANIES, stake=0.1)
PARTS = 9 + 3 * 2
"""Nine companies are asked about; two groups of them run on each of three blocks."""

LONGEST = 100
"""Characters of the longest name of a company."""


@pytest.fixture(autouse=True)
def kept_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every part is kept as soon as it is there, whatever time that takes."""
    monkeypatch.setattr(checkpoint, "REST", 0.0)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "fund.checkpoint"


@dataclass
class Interrupted:
    """Ends with an interrupt after so many calls; keeps what was asked for."""

    calls: int
    workers: int = 2
    done: list[Item] = field(default_factory=list)

    def map(self, work: Any, calls: Sequence[Call]) -> Iterator[Any]:
        for number, call in enumerate(calls):
            if number == self.calls:
                raise KeyboardInterrupt
            self.done.append(call[0])
            yield work(*call)


def ahead(executor: Executor, path: Path | None = None, **other: Any) -> PortfolioForecast:
    """A run of nine companies with a cloud in common, on three blocks."""
    asked: dict[str, Any] = {"common": ["price.*"], "paths": PATHS, "months": 4, "seed": 3} | other
    portfolio = asked.pop("portfolio", HELD)
    said = asked.pop("say", lambda _: None)
    return look_ahead(portfolio, **asked, how=How(executor=executor, resume=path, say=said))


def identity(portfolio: Portfolio, *, paths: int = PATHS) -> dict[str, Any]:
    """What makes a run of a portfolio with nothing in common the same run."""
    return _Run(portfolio, (), seed=3, months=4, paths=paths).identity()


def text(found: PortfolioForecast) -> str:
    return json.dumps(found.as_json())


WHOLE = text(ahead(Serial()))


def interrupted(path: Path, calls: int, **other: Any) -> list[Item]:
    """What was done before the interrupt."""
    executor = Interrupted(calls)
    with pytest.raises(KeyboardInterrupt):
        ahead(executor, path, **other)
    return executor.done


@pytest.mark.parametrize("executor", [Threads(3), Processes(2)], ids=lambda item: type(item).__name__)
def test_whoever_does_the_work_the_bytes_are_the_same(executor: Executor) -> None:
    assert text(ahead(executor)) == WHOLE


@pytest.mark.parametrize("calls", [1, 8, 9, 10, 11, 14], ids=lambda calls: f"after {calls} parts")
def test_an_interrupted_run_gives_the_same_bytes(path: Path, calls: int) -> None:
    first = interrupted(path, calls)
    said: list[str] = []
    rest = Interrupted(99)
    assert text(ahead(rest, path, say=said.append)) == WHOLE
    assert len(first) + len(rest.done) == PARTS
    assert len(said) == 1
    assert said[0].endswith(" of 36 runs of companies are there already")


def test_each_part_is_run_once_however_often_it_is_interrupted(path: Path) -> None:
    whole = Interrupted(99)
    ahead(whole)
    done = [*interrupted(path, 4), *interrupted(path, 6), *interrupted(path, 1), *interrupted(path, 3)]
    rest = Interrupted(99)
    assert text(ahead(rest, path)) == WHOLE
    assert [repr(item) for item in (*done, *rest.done)] == [repr(item) for item in whole.done]
    assert text(ahead(Interrupted(0), path)) == WHOLE  # all of it is there


def test_the_seed_is_that_of_the_run_before(path: Path) -> None:
    interrupted(path, 10, seed=None)
    seed = seed_in(path)
    assert seed is not None
    assert text(ahead(Processes(2), path, seed=None)) == text(ahead(Serial(), seed=seed))


def test_progress_begins_where_the_run_was(path: Path) -> None:
    interrupted(path, 10)
    told: list[tuple[int, int]] = []
    how = How(progress=lambda *found: told.append(found), resume=path)
    look_ahead(HELD, common=["price.*"], paths=PATHS, months=4, seed=3, how=how)
    assert told[0] == (9 + 8, 9 + 3 * 9)
    assert told == sorted(told)
    assert told[-1] == (36, 36)


def changed(portfolio: Portfolio, place: int, **other: Any) -> Portfolio:
    """The portfolio with something else about one of its holdings."""
    holdings = list(portfolio.holdings)
    holdings[place] = replace(holdings[place], **other)
    return replace(portfolio, holdings=tuple(holdings))


@pytest.mark.parametrize(
    ("other", "named"),
    [
        ({"seed": 4}, ["seed 3 there, 4 here"]),
        ({"months": 5, "paths": PATHS + 1}, ["months 4 there, 5 here", f"paths {PATHS} there, {PATHS + 1} here"]),
        ({"common": []}, ["common drivers"]),
        ({"portfolio": replace(HELD, name="other")}, ["portfolio test there, other here"]),
        ({"portfolio": replace(HELD, currency="EUR")}, ["currency USD there, EUR here"]),
        ({"portfolio": replace(HELD, notes=("Read otherwise.",))}, ["how it was read"]),
        ({"portfolio": changed(HELD, 4, company=uncertain("c4", market=0.21))}, ["company c4"]),
        ({"portfolio": changed(HELD, 4, stake=0.11)}, ["company c4"]),
        ({"portfolio": changed(HELD, 4, stake=None)}, ["company c4"]),
        ({"portfolio": changed(HELD, 4, rate=1.1)}, ["company c4"]),
        ({"portfolio": held(*COMPANIES[::-1], stake=0.1)}, ["order of companies"]),
        (
            {"portfolio": held(*COMPANIES, uncertain("new"), stake=0.1)},
            ["companies 9 there, 10 here", "it had no company new"],
        ),
        ({"portfolio": held(*(uncertain(f"d{place}") for place in range(9)))}, ["it had no company d0", "more"]),
    ],
)
def test_the_file_of_another_run_is_refused(path: Path, other: dict[str, Any], named: list[str]) -> None:
    interrupted(path, 2)
    kept = path.read_bytes()
    with pytest.raises(InputError) as caught:
        ahead(Serial(), path, **other)
    assert all(name in str(caught.value) for name in named)
    assert len(str(caught.value)) < 1_000
    assert path.read_bytes() == kept


def test_a_company_may_stand_in_another_row(path: Path) -> None:
    interrupted(path, 2)
    moved = uncertain("c4", market=0.2)
    moved._file = "fund.csv, row 99"
    assert text(ahead(Serial(), path, portfolio=changed(HELD, 4, company=moved))) == WHOLE


def test_the_stresses_on_the_shelf_are_part_of_what_was_asked(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    interrupted(path, 2)
    monkeypatch.setattr("tarmac.portfolio.running.STRESSES", ("no-new-money",))
    with pytest.raises(InputError, match="stresses"):
        ahead(Serial(), path)


def test_another_program_is_refused(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    interrupted(path, 2)
    monkeypatch.setattr("tarmac.portfolio.running.program", lambda: {"numpy": "1.0"})
    with pytest.raises(InputError, match=r"numpy .* there, 1\.0 here"):
        ahead(Serial(), path)


@pytest.mark.parametrize(
    "letters", ["".join(map(chr, range(0x4E00, 0x9FA5))), "".join(map(chr, range(0x1F300, 0x1F600)))]
)
def test_the_largest_portfolio_with_the_longest_names_is_resumed(path: Path, letters: str) -> None:
    random = np.random.default_rng(1)
    names = ["".join(letters[place] for place in row) for row in random.integers(0, len(letters), (MOST_ROWS, LONGEST))]
    run = identity(HELD) | {f"company {name}": f"{place:012x}" for place, name in enumerate(names)}
    said: list[str] = []
    Checkpoint(path, run, KINDS, said.append).save(SoFar(7, Gathered()), last=True)
    assert seed_in(path) == run["seed"]
    assert Checkpoint(path, run, KINDS, said.append).begin(Gathered()).parts == 7
    assert not said
    with pytest.raises(InputError, match=f"company {names[-1][:5]}"):
        Checkpoint(path, run | {f"company {names[-1]}": "other"}, KINDS).begin(Gathered())


def test_a_full_disk_is_named_and_what_was_kept_remains(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = interrupted(path, 10)
    kept = path.read_bytes()

    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr("tarmac.checkpoint.os.fsync", full)
        with pytest.raises(InputError, match="No space left") as caught:
            ahead(Serial(), path)
        assert "remains" in str(caught.value)
    assert path.read_bytes() == kept
    rest = Interrupted(99)
    assert text(ahead(rest, path)) == WHOLE
    assert len(first) + len(rest.done) == PARTS


def test_a_half_written_file_is_left_out_and_the_one_before_is_taken(path: Path) -> None:
    interrupted(path, 11)
    path.write_bytes(path.read_bytes()[:-1_000])
    said: list[str] = []
    rest = Interrupted(99)
    assert text(ahead(rest, path, say=said.append)) == WHOLE
    assert len(rest.done) == PARTS - 10
    assert "left out" in said[0]


def test_the_file_does_not_grow_with_the_paths(path: Path) -> None:
    """Between blocks nothing of a single path is kept but of the first few."""
    sizes = []
    for blocks in (1, 3):
        ahead(Serial(), path, paths=blocks * BLOCK_PATHS)
        sizes.append(path.stat().st_size)
        remove(path)
    assert sizes[1] < 1.3 * sizes[0]
    interrupted(path, 10)  # in mid-block the money of its first companies is kept path by path
    assert path.stat().st_size < 2 * 2 * 8 * BLOCK_PATHS + sizes[0] + 100_000
    assert before(path).exists()


def test_tallies_of_blocks_add_up_to_that_of_all_their_paths() -> None:
    random = np.random.default_rng(1)
    struck = random.integers(0, 5, (3, 200)).astype(np.int16)
    calls, course = random.lognormal(size=(2, 2, 200)), random.integers(0, 2, 200)
    whole = tally_of(Begun() + Part(struck, calls, {"event.x": course}), 4)
    halves = [
        tally_of(Begun() + Part(struck[:, span], calls[..., span], {"event.x": course[span]}), 4)
        for span in (slice(None, 90), slice(90, None))
    ]
    both = halves[0] + halves[1]
    assert both.strikes.tolist() == whole.strikes.tolist()
    assert both.failures.tolist() == whole.failures.tolist()
    assert both.together is not None
    assert whole.together is not None
    assert both.together.tolist() == whole.together.tolist()
    assert both.drivers["event.x"].tolist() == whole.drivers["event.x"].tolist()
    assert both.counted == whole.counted == ("event.x",)
    for one, other in zip(both.calls, whole.calls, strict=True):
        for two, four in zip(one, other, strict=True):
            assert two.totals.tolist() == four.totals.tolist()
            assert two.quantile(0.3) == pytest.approx(four.quantile(0.3))


def test_groups_of_a_block_are_put_together_in_their_order() -> None:
    frame = Frame("test", 3, 2, 4)
    one = Part(np.array([[0, 1, 2, 2]] * 2, np.int16), np.ones((2, 1, 4)), {})
    two = Part(np.array([[2, 2, 2, 0]], np.int16), np.full((2, 1, 4), 0.5), {})
    found = Gathered().take(one, frame)
    assert found.tally is None
    assert found.begun.companies == 2
    found = found.take(two, frame)
    assert found.begun.companies == 0
    assert isinstance(found.tally, Tally)
    assert found.first is not None
    assert found.first.tolist() == [[0, 1, 2, 2], [0, 1, 2, 2], [2, 2, 2, 0]]
    assert found.tally.strikes.tolist() == [[1, 1, 2], [1, 1, 2], [1, 0, 3]]
    assert found.tally.calls[0][0].sums == found.tally.calls[1][0].sums == (4 * 3 * 2**39,)


def test_a_file_brings_back_an_answer_whole(path: Path) -> None:
    one = held(burning("a", cash=10, burn=3))
    with pytest.raises(KeyboardInterrupt):
        ahead(Interrupted(1), path, portfolio=one, common=[], paths=50)
    kept = Checkpoint(path, identity(one, paths=50), KINDS).begin(Gathered())
    (answer,) = kept.sum.answers
    assert answer.deadline is not None
    plain = ahead(Serial(), portfolio=one, common=[], paths=50)
    (standing,) = plain.standings
    assert standing.deadline is not None
    assert answer.deadline.need.as_json() == standing.deadline.need.as_json()
    assert (answer.deadline.begin_by, answer.deadline.planned) == (
        standing.deadline.begin_by,
        standing.deadline.planned,
    )
