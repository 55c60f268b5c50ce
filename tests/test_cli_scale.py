"""Who does the work, and going on after an interruption, from the command line."""

import json
import os
import signal
import time
from pathlib import Path

import pytest

from tarmac.checkpoint import before
from tests.test_cli import ACME, Done, start

RUN = ["run", "acme.toml", "--seed", "3", "--months", "6", "--json"]
COMPARE = ["compare", *RUN[1:], "-s", "no-new-money"]
PORTFOLIO = ["portfolio", "held", *RUN[2:], "--common", "*"]
REPORT = ["report", "held", *RUN[2:], "--layout", "portfolio"]
LONG = ["run", "acme.toml", "--months", "6", "--paths", "2000000", "--json", "--resume", "run.checkpoint"]
HELD = ["portfolio", "held", *LONG[2:]]


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A working folder of one's own, with one company file in it."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "acme.toml").write_text(ACME, encoding="utf-8")
    (tmp_path / "held").mkdir()
    for name in ("Beta", "Gamma"):
        (tmp_path / "held" / f"{name}.toml").write_text(ACME.replace("Acme", name), encoding="utf-8")


@pytest.mark.parametrize("command", [RUN, COMPARE, PORTFOLIO, REPORT], ids=lambda item: item[0])
@pytest.mark.parametrize("more", ["--executor threads --workers 2", "--executor processes --workers 2", "--workers 2"])
def test_whoever_does_the_work_the_answer_is_the_same(
    command: list[str], more: str, capsys: pytest.CaptureFixture[str]
) -> None:
    few = [*command, "--paths", "40000"]
    plain = Done([*few, "--executor", "serial"], capsys)
    other = Done([*few, *more.split()], capsys)
    assert (other.code, other.out, other.err) == (0, plain.out, "")


def test_a_map_by_threads(capsys: pytest.CaptureFixture[str]) -> None:
    few = ["map", "acme.toml", "--cells", "3", "--paths", "50", "--months", "3", "--seed", "1", "--json"]
    plain, other = (Done([*few, "--executor", name], capsys) for name in ("serial", "threads"))
    assert plain.code == 0
    assert plain.out == other.out


@pytest.mark.parametrize(
    ("more", "places"),
    [
        ("--executor serial --workers 2", ["workers"]),
        ("--executor threads --scheduler 127.0.0.1:1 --workers 2", ["executor", "workers"]),
        ("--workers 0 --months 0", ["months", "workers"]),
        ("--scheduler nonsense", ["scheduler"]),
        ("--resume missing/run.checkpoint", ["resume"]),
        ("--resume acme.toml", ["resume"]),
        ("--resume=", ["resume"]),
    ],
)
@pytest.mark.parametrize("command", [RUN, PORTFOLIO], ids=lambda item: item[0])
def test_mistakes(command: list[str], more: str, places: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    done = Done([*command, *more.split()], capsys)
    assert (done.code, done.out) == (2, "")
    assert "Traceback" not in done.err
    assert all(f": {place}" in done.err for place in places)


def test_an_unknown_executor_is_told_the_known_ones(capsys: pytest.CaptureFixture[str]) -> None:
    done = Done([*RUN, "--executor", "spark"], capsys)
    assert done.code == 2
    assert "dask" in done.err


@pytest.mark.parametrize("command", [RUN, PORTFOLIO], ids=lambda item: item[0])
def test_a_run_that_ends_leaves_no_file_behind(command: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    done = Done([*command, "--resume", "run.checkpoint"], capsys)
    assert (done.code, done.err) == (0, "")
    assert done.out == Done(command, capsys).out
    assert sorted(path.name for path in Path().iterdir()) == ["acme.toml", "held"]


def test_the_report_of_one_company_by_threads(capsys: pytest.CaptureFixture[str]) -> None:
    few = ["report", "acme.toml", "--paths", "500", "--seed", "1", "--json"]
    plain, other = (Done([*few, "--executor", name], capsys) for name in ("serial", "threads"))
    assert (plain.code, other.out) == (0, plain.out)
    wrong = Done([*few, "--executor", "serial", "--workers", "2"], capsys)
    assert wrong.code == 2
    assert "command line: workers = 2" in wrong.err


def interrupted(*arguments: str) -> tuple[int, str, str]:
    """A process interrupted as soon as it has kept something."""
    process = start(*arguments, start_new_session=True)
    for _ in range(600):
        if Path("run.checkpoint").exists() or process.poll() is not None:
            break
        time.sleep(0.05)
    os.killpg(process.pid, signal.SIGINT)
    out, err = process.communicate(timeout=120)
    return process.returncode, out, err


@pytest.mark.slow
@pytest.mark.skipif(os.name == "nt", reason="signals of POSIX")
@pytest.mark.parametrize("more", ["serial", "processes --workers 2", "threads --workers 2", "dask --workers 2"])
@pytest.mark.parametrize("command", [LONG, HELD], ids=lambda item: item[0])
def test_an_interrupted_run_goes_on(command: list[str], more: str, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = interrupted(*command, "--executor", *more.split())
    told = "run.checkpoint keeps what is done: the same command goes on from there\ninterrupted\n"
    assert (code, out, err) == (130, "", told)
    done = Done(command, capsys)  # the seed, too, is that of the run before
    assert done.code == 0
    assert "are there already" in done.err
    assert not Path("run.checkpoint").exists()
    assert not before(Path("run.checkpoint")).exists()
    seed = str(json.loads(done.out)["seed"])
    assert Done([*command[:-2], "--seed", seed], capsys).out == done.out
