"""Data to standard output, messages to standard error, and a progress bar on runs a person waits for."""

import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final, TextIO

from tarmac.errors import printable

BROKEN_PIPE: Final = 141
"""What a shell reports of a program that wrote to a pipe nobody reads any more: 128 + SIGPIPE."""

MISTAKE: Final = 2
"""The exit code of a mistake in what was asked."""

PATIENCE_SECONDS: Final = 1.0
"""How long a run goes on before a progress bar appears."""

LONGEST_LINE: Final = 4000


def put(text: str) -> None:
    """Write data, with a line's end. Where nobody reads any more, end without a word."""
    _write(sys.stdout, text)


def note(text: str) -> None:
    """Write a message."""
    _write(sys.stderr, text)


def teller(*, quiet: bool) -> Callable[[str], None]:
    """What passes messages on to a person, or to nobody."""
    return (lambda _: None) if quiet else (lambda text: note(safe(text)))


def safe(text: object) -> str:
    """A text a user wrote, in one line that cannot move the cursor or colour the terminal."""
    return printable(text, LONGEST_LINE)


def _write(stream: TextIO | None, text: str) -> None:
    if stream is None:  # closed by the caller
        if sys.stdout is None and sys.stderr is not None:
            note("tarmac: standard output is closed; redirect it to a file, or write files with --out")
            raise SystemExit(MISTAKE)
        return
    try:
        stream.write(text + "\n")
        stream.flush()
    except UnicodeEncodeError:
        encoding = stream.encoding or "ascii"
        _write(stream, text.encode(encoding, "backslashreplace").decode(encoding))
    except BrokenPipeError:
        # Python would flush once more on its way out, and complain.
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
        raise SystemExit(BROKEN_PIPE) from None
    except OSError as error:
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
        if stream is sys.stdout:
            note(f"tarmac: standard output cannot be written: {error.strerror}; choose another place")
            raise SystemExit(MISTAKE) from None


@contextmanager
def progress(*, quiet: bool, what: str = "paths") -> Iterator[Callable[[int, int], None] | None]:
    """What tells a person how far a run is: a bar after a second, on a terminal only; None where nothing is shown.

    `what` is counted.
    """
    if quiet or sys.stderr is None or not sys.stderr.isatty():
        yield None
        return
    bar = _Bar(what)
    try:
        yield bar.tell
    finally:
        bar.close()


class _Bar:
    """A progress bar that appears when a run turns out to be long."""

    def __init__(self, what: str) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

        columns = (TextColumn(f"{{task.completed:,}} of {{task.total:,}} {what}"), BarColumn(), TimeRemainingColumn())
        self._progress = Progress(*columns, console=Console(stderr=True), transient=True)
        self._task = self._progress.add_task("", total=None, start=True)
        self._begun = time.monotonic()
        self._shown = False

    def tell(self, done: int, total: int) -> None:
        self._progress.update(self._task, completed=done, total=total)
        if not self._shown and time.monotonic() - self._begun > PATIENCE_SECONDS:
            self._progress.start()
            self._shown = True

    def close(self) -> None:
        if self._shown:
            self._progress.stop()
