"""Work elsewhere: in order, a few calls at a time, and done again where a worker is lost."""

import math
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

import pytest

from tarmac import workers
from tarmac.errors import InputError
from tarmac.workers import AHEAD, Executor, Processes, Serial, Threads, in_order, interrupts_held, meanwhile

EXECUTORS: list[Executor] = [Serial(), Threads(2), Processes(2)]
posix = pytest.mark.skipif(os.name == "nt", reason="signals of POSIX")
each = pytest.mark.parametrize("executor", EXECUTORS, ids=lambda item: type(item).__name__)


@each
def test_results_come_in_the_order_of_the_calls(executor: Executor) -> None:
    calls = [(number, 3) for number in range(7)]
    assert list(executor.map(math.comb, calls)) == [math.comb(*call) for call in calls]


@each
def test_a_partial_function_is_work_too(executor: Executor) -> None:
    assert list(executor.map(partial(math.comb, 9), [(2,), (3,)])) == [36, 84]


def test_processes_are_asked_for_by_their_number() -> None:
    assert list(Processes(2).map(math.isqrt, [(9,), (16,)])) == [3, 4]


@each
def test_no_calls_give_no_results(executor: Executor) -> None:
    assert list(executor.map(math.comb, [])) == []


@each
def test_what_goes_wrong_is_told(executor: Executor) -> None:
    found = executor.map(math.isqrt, [(4,), (-1,), (9,)])
    assert next(found) == 2
    with pytest.raises(ValueError, match="nonnegative"):
        next(found)


class Handed:
    """A call handed in, which counts those whose results were not taken."""

    open = 0
    most = 0
    cancelled = 0

    def __init__(self, value: int) -> None:
        self.value = value
        Handed.open += 1
        Handed.most = max(Handed.most, Handed.open)

    def result(self) -> int:
        Handed.open -= 1
        return self.value

    def cancel(self) -> None:
        Handed.cancelled += 1


def handed(calls: int) -> Iterator[int]:
    Handed.open = Handed.most = Handed.cancelled = 0
    return in_order(Handed, [(number,) for number in range(calls)], ahead=lambda: 4)


def test_only_a_few_calls_are_under_way() -> None:
    assert list(handed(50)) == list(range(50))
    assert (Handed.most, Handed.open, Handed.cancelled) == (4, 0, 0)


def test_what_nobody_waits_for_any_more_is_not_begun() -> None:
    found = handed(50)
    assert [next(found), next(found)] == [0, 1]  # three wait, and the place of the second is not taken yet
    found.close()  # type: ignore[attr-defined]  # a generator
    assert Handed.cancelled == 3


def once_killed(number: int, folder: Path) -> int:
    """Squares a number; the first process that is asked for a three is killed."""
    mark = folder / "killed"
    if number == 3 and not mark.exists():
        mark.touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return number**2


def marked_after(folder: Path, seconds: float) -> None:
    """Leaves a mark at once, and one after some seconds."""
    (folder / "being").write_text(str(os.getpid()))
    (folder / "being").rename(folder / "begun")
    time.sleep(seconds)
    (folder / "done").touch()


def goes_wrong_once_begun(folder: Path) -> None:
    """Waits for the first mark."""
    while not (folder / "begun").exists():
        time.sleep(0.01)
    raise ValueError("here")


def always_killed(number: int) -> int:
    """Squares a number, but not the three."""
    if number == 3:
        os.kill(os.getpid(), signal.SIGKILL)
    return number**2


@posix
def test_a_killed_process_changes_no_result(tmp_path: Path) -> None:
    calls = [(number, tmp_path) for number in range(10)]
    assert list(Processes(2).map(once_killed, calls)) == [number**2 for number in range(10)]
    assert (tmp_path / "killed").exists()


@posix
def test_work_that_kills_its_process_each_time_is_told() -> None:
    found = Processes(2).map(always_killed, [(number,) for number in range(10)])
    assert [next(found) for _ in range(3)] == [0, 1, 4]
    with pytest.raises(InputError) as caught:
        next(found)
    assert "worker lost" in str(caught.value)
    assert "--resume" in str(caught.value)


LOADING = """
import time
import numpy  # whose threads take signals too
from pathlib import Path
from tarmac.workers import Processes

def squared(number):
    return number**2

if __name__ == "__main__":
    try:
        print(list(Processes(2).map(squared, [(number,) for number in range(4)])))
    except KeyboardInterrupt:
        print("interrupted")
else:  # what workers load
    Path("loading").touch()
    time.sleep(0.5)
"""


@posix
def test_an_interrupt_while_workers_are_loading_ends_without_a_word_of_theirs(tmp_path: Path) -> None:
    (tmp_path / "work.py").write_text(LOADING, encoding="utf-8")
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).resolve().parents[1])}
    process = subprocess.Popen(
        [sys.executable, "work.py"],
        cwd=tmp_path,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    while not (tmp_path / "loading").exists() and process.poll() is None:
        time.sleep(0.01)
    os.killpg(process.pid, signal.SIGINT)
    assert process.communicate(timeout=60) == ("interrupted\n", "")


@pytest.fixture
def bystander() -> Iterator[None]:
    """A thread that takes signals sent to the process while this one blocks them, as those of NumPy's BLAS do."""
    over = threading.Event()
    thread = threading.Thread(target=over.wait)
    thread.start()
    yield
    over.set()
    thread.join()


def interrupt_this_process() -> None:
    """An interrupt as Ctrl-C sends it, to the process and to none of its threads, with time to come through."""
    os.kill(os.getpid(), signal.SIGINT)
    time.sleep(0.1)


def interrupts_blocked() -> bool:
    return signal.SIGINT in signal.pthread_sigmask(signal.SIG_BLOCK, ())


@posix
@pytest.mark.usefixtures("bystander")
@pytest.mark.parametrize(
    "send", [interrupt_this_process, partial(signal.raise_signal, signal.SIGINT)], ids=["process", "thread"]
)
def test_an_interrupt_waits_for_what_is_held(send: Callable[[], None]) -> None:
    done = []

    def held() -> None:
        with interrupts_held():
            with interrupts_held():
                send()
                done.append("held")
            send()
            done.append("still held")
        done.append("not reached")

    with pytest.raises(KeyboardInterrupt):
        held()
    assert done == ["held", "still held"]
    assert not interrupts_blocked()
    with pytest.raises(KeyboardInterrupt):
        interrupt_this_process()  # as before


@posix
@pytest.mark.usefixtures("bystander")
def test_an_interrupt_is_not_lost_where_what_is_held_goes_wrong() -> None:
    def held() -> None:
        with interrupts_held():
            interrupt_this_process()
            raise ValueError

    with pytest.raises(KeyboardInterrupt) as caught:
        held()
    assert isinstance(caught.value.__context__, ValueError)


@posix
@pytest.mark.usefixtures("bystander")
@pytest.mark.parametrize("ignored", [True, False])
def test_whoever_handles_interrupts_is_asked_once_and_remains(ignored: bool) -> None:
    asked: list[int] = []
    handler = signal.SIG_IGN if ignored else lambda number, _: asked.append(number)
    former = signal.signal(signal.SIGINT, handler)
    try:
        with interrupts_held():
            interrupt_this_process()
            interrupt_this_process()
            assert not asked
            assert (signal.getsignal(signal.SIGINT) is handler) == ignored  # what is started here inherits that
        assert asked == ([] if ignored else [signal.SIGINT])
        assert signal.getsignal(signal.SIGINT) is handler
    finally:
        signal.signal(signal.SIGINT, former)


@posix
def test_another_thread_only_blocks_interrupts_for_what_it_starts() -> None:
    handler = signal.getsignal(signal.SIGINT)

    def held() -> tuple[bool, object]:
        with interrupts_held():
            return interrupts_blocked(), signal.getsignal(signal.SIGINT)

    with ThreadPoolExecutor(1) as beside:
        assert beside.submit(held).result() == (True, handler)
        assert not beside.submit(interrupts_blocked).result()


def test_a_worker_is_given_one_call_to_go_on_with() -> None:
    assert AHEAD == 2


def test_a_call_is_made_meanwhile_by_another_process(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workers, "processors", lambda: 2)
    with meanwhile(os.getpid, (), worth=True) as found:
        assert found() != os.getpid()


def test_a_call_that_is_not_worth_a_process_is_made_here_once_it_is_waited_for(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    with meanwhile((tmp_path / "made").touch, (), worth=False) as found:
        assert not (tmp_path / "made").exists()
        found()
    assert (tmp_path / "made").exists()
    monkeypatch.setattr(workers, "processors", lambda: 1)
    with meanwhile(os.getpid, (), worth=True) as alone:
        assert alone() == os.getpid()


@posix
def test_a_call_whose_process_was_killed_is_made_here(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(workers, "processors", lambda: 2)
    with meanwhile(once_killed, (3, tmp_path), worth=True) as found:
        assert found() == 9
    assert (tmp_path / "killed").exists()


def test_what_goes_wrong_meanwhile_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workers, "processors", lambda: 2)
    with meanwhile(math.isqrt, (-1,), worth=True) as found, pytest.raises(ValueError, match="nonnegative"):
        found()


@posix
def test_a_process_that_nobody_waits_for_is_ended(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """What goes wrong here is told at once, and what was begun there is not done to its end."""
    monkeypatch.setattr(workers, "processors", lambda: 2)
    with pytest.raises(ValueError, match="here"), meanwhile(marked_after, (tmp_path, 60), worth=True):
        goes_wrong_once_begun(tmp_path)
    pid = int((tmp_path / "begun").read_text())
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)
    assert not (tmp_path / "done").exists()
