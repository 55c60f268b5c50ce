"""How a command's answer is handed over: files first, then the screen, then which files were written."""

from collections.abc import Callable, Mapping
from typing import Any

from tarmac.cli.asked import Told
from tarmac.cli.console import note, put, safe
from tarmac.cli.saving import Writer, as_json, write_all


def hand_over(
    asked: Told,
    screen: Callable[[], str],
    *,
    document: Callable[[], Mapping[str, Any]],
    files: Callable[[], Mapping[str, Writer]],
) -> None:
    """Write the files that were asked for, print the answer as text or as JSON, and name the files on standard error.

    What is not asked for is not made.
    """
    saved = [] if asked.out is None else write_all(asked.out, files())
    put(as_json(document()) if asked.json else screen())
    if not asked.quiet:
        for path in saved:
            note(f"wrote {safe(path)}")
