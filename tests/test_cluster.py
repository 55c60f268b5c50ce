"""Dask as the executor: same bytes, whatever becomes of its workers."""

import builtins
import json
import math
import os
import resource
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, ClassVar

import pytest

from tarmac import cluster, load
from tarmac.cluster import Cluster, same_program
from tarmac.engine.block import Job, run_blocks
from tarmac.errors import InputError
from tarmac.identity import program
from tarmac.layout import plan_of
from tarmac.portfolio import look_ahead
from tarmac.simulation import How, simulate
from tarmac.streams import BLOCK_PATHS
from tarmac.workers import Executor, Processes, Serial, Threads
from tests.holdings import held, uncertain

PATHS = 11 * BLOCK_PATHS + 10


@contextmanager
def dask_workers(count: int) -> Iterator[Any]:
    """A scheduler and its workers, each a process, on this machine's own interface; they end with the test."""
    import dask
    from distributed import LocalCluster

    settings = {"logging": {"distributed": "critical"}, "distributed.comm.timeouts.connect": "3s"}
    with dask.config.set(settings):
        options = {"host": "127.0.0.1", "dashboard_address": None, "threads_per_worker": 1, "memory_limit": 0}
        with LocalCluster(n_workers=count, processes=True, **options) as found:
            yield found


TWICE = """
import dask
from tarmac.cluster import Cluster
from tarmac.errors import InputError
for _ in range(2):
    try:
        list(Cluster("tcp://127.0.0.1:9").map(print, [(1,)]))
    except InputError:
        print(dask.config.get("distributed.comm.require-encryption"))
"""


def test_dask_is_left_as_it_was() -> None:
    done = subprocess.run([sys.executable, "-c", TWICE], capture_output=True, text=True, check=False, timeout=120)
    assert (done.stdout.split(), done.stderr) == (["None", "None"], "")


def text(executor: Executor, **other: Any) -> str:
    how = How(executor=executor, **other)
    return json.dumps(simulate(load("saas-seed"), months=6, paths=PATHS, seed=3, how=how).as_json())


@pytest.mark.slow
@pytest.mark.filterwarnings("default")
def test_every_executor_gives_the_same_bytes_and_a_killed_worker_changes_nothing() -> None:
    expected = text(Serial())
    assert text(Threads(2)) == expected
    assert text(Processes(2)) == expected
    killed: list[int] = []
    with dask_workers(3) as found:
        processes = {name: nanny.process.pid for name, nanny in found.workers.items()}

        def kill(_done: int, _paths: int) -> None:
            if not killed:  # in mid-run: the first part is there, more are under way on every worker
                killed.append(next(iter(processes.values())))
                os.kill(killed[0], signal.SIGKILL)

        assert text(Cluster(found.scheduler_address), progress=kill) == expected
        assert killed
        assert text(Cluster(found.scheduler_address)) == expected  # with whoever is there now
    assert text(Cluster(local=2)) == expected


def portfolio_text(executor: Executor, **other: Any) -> str:
    portfolio, how = held(*(uncertain(f"c{place}", market=0.2) for place in range(9))), How(executor=executor, **other)
    found = look_ahead(portfolio, common=["price.*"], months=3, paths=3 * BLOCK_PATHS, seed=3, how=how)
    return json.dumps(found.as_json())


@pytest.mark.slow
@pytest.mark.filterwarnings("default")
def test_a_portfolio_has_the_same_bytes_whoever_is_killed_or_interrupted(tmp_path: Path) -> None:
    expected, kept = portfolio_text(Serial()), tmp_path / "fund.checkpoint"
    with dask_workers(3) as found:
        doomed = [nanny.process.pid for nanny in found.workers.values()][:2]

        def kill(done: int, _all: int) -> None:
            if done in {2, 17} and doomed:  # while companies are asked about, and in mid-block
                os.kill(doomed.pop(), signal.SIGKILL)

        assert portfolio_text(Cluster(found.scheduler_address), progress=kill) == expected
        assert not doomed

        def interrupt(done: int, _all: int) -> None:
            if done == 26:
                raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            portfolio_text(Cluster(found.scheduler_address), progress=interrupt, resume=kept)
        assert portfolio_text(Cluster(found.scheduler_address), resume=kept) == expected


def faults_of(job: Job) -> int:
    """How often this process asks the system for a page of memory while it runs three blocks, once it is warm."""
    run_blocks(job, range(1))
    before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
    run_blocks(job, range(3))
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="memory as glibc gives it")
def test_workers_of_this_machine_keep_their_memory() -> None:
    job = Job(plan_of(load("saas-seed")), 3, 12, 3 * BLOCK_PATHS)
    (faults,) = Cluster(local=1).map(faults_of, [(job,)])
    assert faults < 20_000  # 80,000 where every array is got anew


@pytest.mark.slow
@pytest.mark.filterwarnings("default")
def test_what_goes_wrong_on_a_cluster_is_told() -> None:
    with dask_workers(1) as found:
        address = found.scheduler_address
        results = Cluster(address).map(math.isqrt, [(4,), (-1,), (9,)])
        assert next(results) == 2
        with pytest.raises(ValueError, match="nonnegative"):
            next(results)
        worker = next(iter(found.workers.values())).worker_address
        with pytest.raises(InputError, match="answers"):
            list(Cluster(worker).map(math.isqrt, [(4,)]))
        pause: Any = time.sleep
        results = Cluster(address).map(pause, [(0.1,)] * 50)
        assert next(results) is None
        found.scale(0)
        found.sync(found.scheduler.close)
        with pytest.raises(InputError, match="lost in mid-run"):
            list(results)


def silent() -> socket.socket:
    """Listens and never answers."""
    found = socket.socket()
    found.bind(("127.0.0.1", 0))
    found.listen(5)
    return found


class Begun:
    """A cluster on this machine; an interrupt comes while it begins, to the process and to none of its threads."""

    done: ClassVar[list[str]] = []

    def __init__(self, **_: Any) -> None:
        os.kill(os.getpid(), signal.SIGINT)
        time.sleep(0.1)
        self.done.append("begun")

    def __enter__(self) -> "Begun":
        return self

    def __exit__(self, *_: object) -> None:
        self.done.append("closed")


@pytest.mark.skipif(os.name == "nt", reason="signals of POSIX")
def test_a_cluster_that_began_as_an_interrupt_came_is_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("distributed.LocalCluster", Begun)
    with pytest.raises(KeyboardInterrupt):
        list(Cluster(local=1).map(math.isqrt, [(4,)]))
    assert Begun.done == ["begun", "closed"]


@pytest.mark.parametrize("address", ["127.0.0.1:1", "nonsense", "", "foo://127.0.0.1:1"])
def test_an_unreachable_scheduler_is_told_soon(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cluster, "PATIENCE_SECONDS", 1.0)
    with pytest.raises(InputError, match="is the address of a Dask scheduler"):
        list(Cluster(address).map(math.isqrt, [(4,)]))


def test_whoever_listens_and_does_not_answer_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cluster, "PATIENCE_SECONDS", 1.0)
    with silent() as mute:
        address = f"tcp://127.0.0.1:{mute.getsockname()[1]}"
        begun = time.monotonic()
        with pytest.raises(InputError, match="is the address of a Dask scheduler"):
            list(Cluster(address).map(math.isqrt, [(4,)]))
        assert time.monotonic() - begun < 30


def test_no_calls_ask_for_no_cluster() -> None:
    assert list(Cluster("127.0.0.1:1").map(math.isqrt, [])) == []


def test_dask_that_is_not_installed_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    real = builtins.__import__

    def missing(name: str, *rest: Any) -> Any:
        if name.split(".", maxsplit=1)[0] in {"dask", "distributed"}:
            raise ImportError(name)
        return real(name, *rest)

    monkeypatch.setattr(builtins, "__import__", missing)
    with pytest.raises(InputError, match=r"tarmac-runway\[dask\]"):
        list(Cluster().map(math.isqrt, [(4,)]))


def test_a_worker_with_another_program_refuses() -> None:
    assert same_program(program(), math.isqrt, 9) == 3
    other = {**program(), "numpy": "1.0"}
    with pytest.raises(InputError, match=r"numpy .*, not 1\.0"):
        same_program(other, math.isqrt, 9)
