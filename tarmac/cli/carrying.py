"""Who does the work of a command, and how an interrupted one goes on, from its options."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from tarmac.checkpoint import is_kept, remove
from tarmac.cli.asked import Carrier, Means
from tarmac.cli.console import note, safe
from tarmac.cluster import Cluster
from tarmac.errors import Problem, out_of_range
from tarmac.simulation import How
from tarmac.workers import Executor, Processes, Serial, Threads, processors

MOST_WORKERS: Final = 256


def unlike_means(means: Means) -> Iterator[Problem]:
    """What is wrong with the executor, the number of workers and the scheduler that were asked for."""
    yield from out_of_range(workers=(means.workers, 1, MOST_WORKERS))
    if means.scheduler is not None:
        if means.executor not in {None, Carrier.DASK}:
            rule = "is Dask where a scheduler is given"
            yield _mistake("executor", means.executor or "", rule=rule, remedy="leave out --executor or --scheduler")
        if means.workers is not None:
            rule = "is not given beside a scheduler, which has workers of its own"
            yield _mistake("workers", str(means.workers), rule=rule, remedy="leave it out")
    if means.executor is Carrier.SERIAL and (means.workers or 1) > 1:
        rule = "is 1 with the executor serial"
        yield _mistake("workers", str(means.workers), rule=rule, remedy="choose the executor threads or processes")


def how_of(means: Means, tell: Callable[[int, int], None] | None) -> How:
    """How a run is carried out by whoever was asked for; `tell` is told how far it is."""
    return How(means.workers, tell, executor=executor_of(means))


@contextmanager
def going_on(resume: Path | None) -> Iterator[None]:
    """Around a run and its answer: say of an interrupted one how it goes on; of one that is done remove the file."""
    try:
        yield
    except KeyboardInterrupt:
        if resume is not None and is_kept(resume):
            note(f"{safe(resume)} keeps what is done: the same command goes on from there")
        raise
    if resume is not None:
        remove(resume)


def executor_of(means: Means) -> Executor | None:
    """The executor that was asked for; None where the run is to choose."""
    workers = means.workers or processors()
    match Carrier.DASK if means.scheduler is not None else means.executor:
        case Carrier.SERIAL:
            return Serial()
        case Carrier.THREADS:
            return Threads(workers)
        case Carrier.PROCESSES:
            return Processes(workers)
        case Carrier.DASK:
            return Cluster(means.scheduler, means.workers)
    return None


def _mistake(where: str, value: str, *, rule: str, remedy: str) -> Problem:
    return Problem("command line", where, value, rule, remedy)
