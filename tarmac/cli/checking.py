"""What commands check before they begin, so that every mistake is named at once."""

from collections.abc import Callable, Iterable, Iterator
from typing import Final, TypeVar

from tarmac.cli.asked import AskedRun, Told
from tarmac.cli.saving import refuse_existing
from tarmac.company.line_checks import LONGEST
from tarmac.errors import InputError, Problem, out_of_range
from tarmac.streams import MAX_SEED

SEEDS: Final = (0, MAX_SEED)

A = TypeVar("A")
T = TypeVar("T")


def kept(problems: list[Problem], work: Callable[[A], T], *, on: A) -> T | None:
    """What the work returns; or None, and its problems kept."""
    try:
        return work(on)
    except InputError as error:
        problems += error.problems
        return None


def unlike_a_run(asked: AskedRun, *, most_paths: int) -> Iterator[Problem]:
    """A mistake for each of the months, paths and seed of a run that is beyond what can be asked for."""
    yield from out_of_range(
        months=(asked.months, 1, LONGEST), paths=(asked.paths, 1, most_paths), seed=(asked.seed, *SEEDS)
    )


def in_the_way(asked: Told, names: Iterable[str]) -> Iterator[Problem]:
    """What stands in the way of the files to be written into the folder that was asked for, if one was."""
    try:
        if asked.out is not None:
            refuse_existing([asked.out / name for name in names], force=asked.force)
    except InputError as error:
        yield from error.problems
