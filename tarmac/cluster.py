"""Work on a cluster: Dask's workers as an executor, with the same results in the same order.

Dask is an extra, `pip install 'tarmac-runway[dask]'`, and is imported when it is asked for. Scheduler and workers need
the same Tarmac and the same libraries; each call says so where they differ. Dask's messages carry code and are not
authenticated unless the cluster uses TLS: connect only to a scheduler you trust, over a network you trust.
"""

import asyncio
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import CancelledError, ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, Final, TypeVar

from tarmac.errors import InputError, Problem
from tarmac.identity import program
from tarmac.workers import AHEAD, Call, in_order, interrupts_held, lost, processors

if TYPE_CHECKING:
    from distributed import Client

T = TypeVar("T")

PATIENCE_SECONDS: Final = 5.0
"""How long a scheduler may take to answer."""

WORKERS_SECONDS: Final = 30.0
"""How long a scheduler may be without any worker at the start."""

_EXPECTED: Final = 16
"""Workers that a cluster is taken to have when work is cut in pieces."""

_LOGGING: Final = {"logging": {"distributed": "critical", "distributed.client": "critical", "tornado": "critical"}}
_ENVIRONMENT: Final = "distributed.nanny.pre-spawn-environ"
_SILENT: Final = _LOGGING | {f"{_ENVIRONMENT}.DASK_LOGGING__DISTRIBUTED": "critical"}
"""Dask's own messages are left out: what matters is told as an error."""

_MEMORY_KEPT: Final = {f"{_ENVIRONMENT}.MALLOC_MMAP_THRESHOLD_": 2**25}
"""Dask would have workers give memory back to the system whenever an array goes, and the next one costs as much to get
as to fill: half the time again. With this, glibc keeps what is needed again and again."""


@dataclass(frozen=True, slots=True)
class Cluster:
    """The workers of a Dask scheduler, known by its address; without one, a cluster on this machine while it is needed.

    `local`: worker processes of a cluster on this machine; None: as many as there are processors.
    """

    scheduler: str | None = None
    local: int | None = None

    @property
    def workers(self) -> int:
        """How many calls may be in work at once, as far as that is known beforehand."""
        return (self.local or processors()) if self.scheduler is None else _EXPECTED

    def map(self, work: Callable[..., T], calls: Sequence[Call]) -> Iterator[T]:
        """See `Executor.map`. InputError where Dask, its scheduler or its workers are not there, or are lost."""
        if not calls:
            return
        with self._client() as client:
            submit = partial(client.submit, same_program, program(), work, pure=False)
            with _losses_told(self.scheduler):
                yield from in_order(submit, calls, ahead=lambda: AHEAD * max(sum(client.nthreads().values()), 1))

    @contextmanager
    def _client(self) -> Iterator["Client"]:
        try:
            import dask
        except ImportError:
            raise _problem("executor", "dask", rule="needs Dask, which is not installed", remedy=_INSTALL) from None
        with dask.config.set(_LOGGING):  # read when distributed is imported
            try:
                from distributed import Client, LocalCluster
            except ImportError:
                rule = "needs dask.distributed, which is not installed"
                raise _problem("executor", "dask", rule=rule, remedy=_INSTALL) from None
        # Not before the import of distributed: what is set first there would be taken away whole at the end.
        with dask.config.set(_SILENT | _MEMORY_KEPT):
            if self.scheduler is not None:
                _check_reached(self.scheduler)
                with Client(self.scheduler, timeout=PATIENCE_SECONDS, set_as_default=False) as client:
                    _check_workers(client, self.scheduler)
                    yield client
                return
            here = {"host": "127.0.0.1", "dashboard_address": None, "threads_per_worker": 1, "memory_limit": 0}
            with ExitStack() as closing:
                with interrupts_held():  # which may end with one: by then the cluster is to be closed
                    cluster = closing.enter_context(LocalCluster(n_workers=self.workers, processes=True, **here))
                yield closing.enter_context(Client(cluster, set_as_default=False))


def same_program(ours: Mapping[str, str], work: Callable[..., T], *call: Any) -> T:  # noqa: ANN401  (what work takes)
    """Do some work in a worker, if it is the same program there. InputError where it is another: bits might differ."""
    theirs = program()
    differing = [f"{name} {theirs.get(name)}, not {value}" for name, value in ours.items() if theirs.get(name) != value]
    if differing:
        rule = "a cluster's workers have the same Tarmac, Python and libraries as whoever asks: else results may differ"
        raise _problem("executor", f"a worker with {'; '.join(differing)}", rule=rule, remedy="install the same there")
    return work(*call)


def _check_reached(address: str) -> None:
    """InputError where no scheduler answers at an address, whatever else may listen there."""
    try:
        with ThreadPoolExecutor(1) as beside:  # whoever asks may have an event loop of its own
            about = beside.submit(asyncio.run, asyncio.wait_for(_identity(address), PATIENCE_SECONDS)).result()
    except Exception as error:
        said = str(error) or f"no answer within {PATIENCE_SECONDS:g} seconds"
        raise _unreached(address, said) from None
    if about.get("type") != "Scheduler":
        raise _unreached(address, f"a {str(about.get('type')).lower()} answers")


async def _identity(address: str) -> Mapping[str, Any]:
    from distributed import rpc

    async with rpc(address, timeout=0.8 * PATIENCE_SECONDS) as there:
        about: Mapping[str, Any] = await there.identity()
        return about


def _check_workers(client: "Client", address: str) -> None:
    try:
        client.wait_for_workers(1, timeout=WORKERS_SECONDS)
    except TimeoutError:
        value = f"{address}: no workers within {WORKERS_SECONDS:g} seconds"
        raise _problem(
            "scheduler", value, rule="has workers", remedy=f"start some: dask worker {address}, with Tarmac installed"
        ) from None


@contextmanager
def _losses_told(address: str | None) -> Iterator[None]:
    """InputError where workers are lost over the same work, or the scheduler is."""
    from distributed import KilledWorker

    try:
        yield
    except KilledWorker:
        raise lost("again and again") from None
    except (CancelledError, OSError) as error:
        said = f"{address or 'of this machine'}: lost in mid-run ({type(error).__name__})"
        remedy = "start it and run again; with --resume FILE a run goes on where it was"
        raise _problem("scheduler", said, rule="lives as long as the run", remedy=remedy) from None
    except (ImportError, RuntimeError) as error:
        if isinstance(error, RuntimeError) and "deserializ" not in str(error):
            raise
        rule = "a cluster's scheduler and workers have the same Tarmac and libraries as whoever asks"
        raise _problem("executor", f"dask: {error}", rule=rule, remedy="install the same there") from None


_INSTALL: Final = "pip install 'tarmac-runway[dask]', or choose serial, threads or processes"


def _unreached(address: str, said: str) -> InputError:
    remedy = "start one with: dask scheduler; its address looks like tcp://127.0.0.1:8786"
    return _problem("scheduler", f"{address}: {said}", rule="is the address of a Dask scheduler", remedy=remedy)


def _problem(where: str, value: str, *, rule: str, remedy: str) -> InputError:
    return InputError([Problem("command line", where, value, rule, remedy)])
