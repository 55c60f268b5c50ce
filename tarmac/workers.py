"""Work on other processes: a function of its arguments alone, done for many, with the results in their order."""

import multiprocessing
import signal
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from typing import Any, TypeVar

T = TypeVar("T")


def elsewhere(work: Callable[..., T], calls: Sequence[tuple[Any, ...]], *, workers: int) -> Iterator[T]:
    """What `work` returns for each tuple of arguments, in their order, from so many processes.

    `work` is a function of a module, whose arguments and results can be pickled.
    """
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([getattr(work, "func", work).__module__])  # of a partial function: of its function
    pool = ProcessPoolExecutor(workers, mp_context=context, initializer=_leave_interrupts_to_the_parent)
    try:
        yield from pool.map(work, *zip(*calls, strict=True))
    finally:
        pool.shutdown(cancel_futures=True)


def _leave_interrupts_to_the_parent() -> None:
    """A worker that died of Ctrl-C itself could leave its parent waiting for it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
