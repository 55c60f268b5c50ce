"""What commands check before they begin, so that every mistake is named at once."""

from collections.abc import Callable, Iterator
from typing import TypeVar

from tarmac.company.line_checks import LONGEST
from tarmac.errors import InputError, Problem
from tarmac.streams import MAX_SEED

A = TypeVar("A")
T = TypeVar("T")


def kept(problems: list[Problem], work: Callable[[A], T], *, on: A) -> T | None:
    """What the work returns; or None, and its problems kept."""
    try:
        return work(on)
    except InputError as error:
        problems += error.problems
        return None


def out_of_range(*, months: int, paths: int, seed: int | None, most_paths: int) -> Iterator[Problem]:
    """A mistake for each number beyond what can be asked for."""
    for where, value, low, high in (
        ("months", months, 1, LONGEST),
        ("paths", paths, 1, most_paths),
        ("seed", seed, 0, MAX_SEED),
    ):
        if value is not None and not low <= value <= high:
            rule = f"is a whole number from {low} to {high}"
            yield Problem("command line", where, str(value), rule, "choose one of them")
