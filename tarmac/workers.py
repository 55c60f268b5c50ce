"""Who does the work: a function of its arguments alone, done for many calls, with the results in their order.

An executor is anything with a number of `workers` and a `map`; which one is chosen changes no bit of what comes back.
Results are handed out as they come, in the order of the calls, and only a few calls a worker are under way at a time:
so memory does not grow with the number of calls.
"""

import multiprocessing
import os
import signal
import threading
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import BrokenExecutor, ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from itertools import islice, starmap
from multiprocessing import resource_tracker
from multiprocessing.connection import Connection
from typing import Any, Final, Protocol, TypeVar, cast

from tarmac.errors import InputError, Problem

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)

AHEAD: Final = 2
"""Calls a worker has been given and not handed back: one in work, one to go on with."""

MOST_LOSSES: Final = 3
"""How often the same calls are begun again after a worker was lost."""

Call = tuple[Any, ...]


class Executor(Protocol):
    """Does the same work for many calls, somewhere."""

    @property
    def workers(self) -> int:
        """How many calls may be in work at once, as far as that is known beforehand."""

    def map(self, work: Callable[..., T], calls: Sequence[Call]) -> Iterator[T]:
        """What `work` returns for each tuple of arguments, in their order.

        `work` is a function of a module, whose arguments and results can be pickled.
        """


class Task(Protocol[T_co]):
    """A call that was handed in."""

    def result(self) -> T_co:
        """Wait for what it returns."""

    def cancel(self) -> object:
        """Do not begin it any more."""


@dataclass(frozen=True, slots=True)
class Serial:
    """One call after the other, in this process."""

    @property
    def workers(self) -> int:
        """One."""
        return 1

    def map(self, work: Callable[..., T], calls: Sequence[Call]) -> Iterator[T]:
        """See `Executor.map`."""
        return starmap(work, calls)


@dataclass(frozen=True, slots=True)
class Threads:
    """Threads of this process: they start at once, and share its one interpreter between array operations."""

    workers: int

    def map(self, work: Callable[..., T], calls: Sequence[Call]) -> Iterator[T]:
        """See `Executor.map`."""
        with ThreadPoolExecutor(self.workers) as pool:
            yield from in_order(partial(pool.submit, work), calls, ahead=lambda: AHEAD * self.workers)


@dataclass(frozen=True, slots=True)
class Processes:
    """Processes on this machine, started for each map; one that is killed is replaced and its calls done again."""

    workers: int

    def map(self, work: Callable[..., T], calls: Sequence[Call]) -> Iterator[T]:
        """See `Executor.map`. InputError where processes are lost again and again over the same calls."""
        done, losses = 0, 0
        while done < len(calls):
            try:
                for found in self._once(work, calls[done:]):
                    done, losses = done + 1, 0
                    yield found
            except BrokenExecutor:
                losses += 1
                if losses > MOST_LOSSES:
                    raise lost(f"{losses} times") from None

    def _once(self, work: Callable[..., T], calls: Sequence[Call]) -> Iterator[T]:
        """As far as the processes live."""
        context = multiprocessing.get_context("forkserver")
        context.set_forkserver_preload([getattr(work, "func", work).__module__])  # of a partial: of its function
        with ProcessPoolExecutor(self.workers, mp_context=context, initializer=leave_interrupts_to_the_parent) as pool:

            def submit(*call: object) -> Task[T]:
                with interrupts_held():  # submitting is what starts them
                    return pool.submit(work, *call)

            yield from in_order(submit, calls, ahead=lambda: AHEAD * self.workers)


@contextmanager
def meanwhile(work: Callable[..., T], call: Call, *, worth: bool) -> Iterator[Callable[[], T]]:
    """A call made by a process of its own while this one goes on: gives a function that waits for what it returns.

    Where a process is not `worth` its start, or there is one processor, the call is made here, when it is waited for;
    so it is where the process was killed. A process that nobody waits for any more is ended.
    """
    called = partial(work, *call)
    if not worth or processors() == 1:
        yield called
        return
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([])  # the process loads for itself what it needs: nobody waits for that here
    ours, theirs = context.Pipe(duplex=False)
    process = context.Process(target=_hand_back, args=(theirs, called))
    try:
        with interrupts_held():
            process.start()
            theirs.close()
        yield partial(_handed, ours, called)
    finally:
        if process.pid is not None:  # it was started
            process.terminate()
            process.join()
        ours.close()


def _hand_back(pipe: Connection, called: Callable[[], T]) -> None:
    """In the other process: send what a call returns, or what went wrong."""
    leave_interrupts_to_the_parent()
    try:
        pipe.send((called(), None))
    except Exception as error:  # raised again where it is waited for
        pipe.send((None, error))


def _handed(pipe: Connection, called: Callable[[], T]) -> T:
    """What the other process sends."""
    try:
        found, error = pipe.recv()
    except EOFError:  # it was killed
        return called()
    if error is not None:
        raise error
    return cast("T", found)


def in_order(submit: Callable[..., Task[T]], calls: Sequence[Call], *, ahead: Callable[[], int]) -> Iterator[T]:
    """The results of the calls in their order, with at most `ahead` calls handed in whose results were not taken."""
    left = iter(calls)
    waiting: deque[Task[T]] = deque()
    try:
        while True:
            waiting.extend(submit(*call) for call in islice(left, max(ahead() - len(waiting), 0)))
            if not waiting:
                return
            yield waiting.popleft().result()
    finally:
        for task in waiting:
            task.cancel()


def lost(value: str) -> InputError:
    """What is told when workers are lost over the same work again and again."""
    rule = "workers live long enough to hand back what they were given: the system may have killed them for memory"
    remedy = "ask for fewer --workers, or run again; with --resume FILE a run goes on where it was"
    return InputError([Problem("command line", "worker lost", value, rule, remedy)])


def processors() -> int:
    """How many workers this machine has room for."""
    return os.cpu_count() or 1


@contextmanager
def interrupts_held() -> Iterator[None]:
    """Let an interrupt wait for what is done here: processes that are started have none in their midst.

    So Ctrl-C reaches neither workers that are still loading, nor a parent that has not yet noted which of them it has
    started. It is raised at the end: whatever was made here and has to be closed must be in safe hands by then.
    """
    with _interrupt_noted():
        resource_tracker.ensure_running()  # now: while others are started it would let interrupts through
        with _interrupts_blocked():
            yield


@contextmanager
def _interrupt_noted() -> Iterator[None]:
    """In the parent: note an interrupt, and hand it to whoever handled them before once this is done.

    Blocking it would not do: a library's thread that began earlier (NumPy's OpenBLAS has some) takes it instead, and
    Python raises KeyboardInterrupt in the main thread whichever took it. In no other thread it ever does.
    """
    former = signal.getsignal(signal.SIGINT)
    if threading.current_thread() is not threading.main_thread() or not callable(former):
        yield  # where they are ignored, what is started here is to ignore them too
        return
    noted: list[int] = []
    signal.signal(signal.SIGINT, lambda number, _: noted.append(number))
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, former)
        if noted:
            former(signal.SIGINT, None)


@contextmanager
def _interrupts_blocked() -> Iterator[None]:
    """In the children: a process begins with those signals blocked that are where it is started, and so do threads."""
    if os.name == "nt":  # which has no such signals
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def leave_interrupts_to_the_parent() -> None:
    """A worker that died of Ctrl-C itself could leave its parent waiting for it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
