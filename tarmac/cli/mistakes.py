"""Mistakes gathered before anything is run, so that all of them are told at once."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeVar

from tarmac.cli.saving import refuse_existing
from tarmac.errors import InputError, Problem

T = TypeVar("T")


class Mistakes:
    """What is wrong with a command line and the files it names."""

    def __init__(self) -> None:
        self._found: list[Problem] = []

    def keep(self, work: Callable[[], T]) -> T | None:
        """What the work returns; or None, and its mistakes kept."""
        try:
            return work()
        except InputError as error:
            self._found += error.problems
            return None

    def add(self, where: str, value: str, *, rule: str, remedy: str) -> None:
        """A mistake on the command line."""
        self._found.append(Problem("command line", where, value, rule, remedy))

    def keep_places(self, out: Path | None, names: Sequence[str], *, force: bool) -> None:
        """What stands in the way of the files to be written into a folder."""
        if out is not None:
            self.keep(lambda: refuse_existing([out / name for name in names], force=force))

    def tell(self) -> None:
        """InputError with all of them, where there is any."""
        if self._found:
            raise InputError(dict.fromkeys(self._found))
