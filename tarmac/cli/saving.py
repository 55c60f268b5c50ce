"""Files a command leaves: none is overwritten unasked, and none is ever half written."""

import errno
import json
import re
import shutil
import tempfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from tarmac.errors import InputError, Problem, printable

Writer = Callable[[Path], object]
"""Writes one file at the path it is given, which has the file's final name."""

_LONGEST_NAME: Final = 100
_FULL: Final = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
"""Of the operating system's errors: there is no room for a file."""


def file_name(name: str) -> str:
    """A name as that of a file: lower case, with letters, digits, dots, underscores and hyphens only.

    >>> file_name("Acme & Sons")
    'acme-sons'
    """
    return re.sub(r"[^\w.-]+", "-", name.casefold()).strip("-.")[:_LONGEST_NAME] or "company"


def refuse_existing(paths: Iterable[Path], *, force: bool) -> None:
    """InputError where a file is already there, or cannot be there; with `force`, files may be replaced."""
    wanted = list(paths)
    problems = [problem for path in wanted for problem in _obstacle(path)]
    there = [] if force else [path for path in wanted if path.is_file()]
    folders = dict.fromkeys(path.parent for path in there)
    problems += [_there_already([path for path in there if path.parent == folder]) for folder in folders]
    if problems:
        raise InputError(dict.fromkeys(problems))


def _there_already(paths: Sequence[Path]) -> Problem:
    """One mistake for all the files of a folder that would be overwritten."""
    rule, remedy = "existing files are not overwritten", "add --force, or choose another place"
    if len(paths) == 1:
        return _problem(paths[0], "exists", rule=rule, remedy=remedy)
    names = ", ".join(printable(path.name) for path in paths)
    return _problem(paths[0].parent, f"{len(paths)} files exist", rule=f"{rule}: {names}", remedy=remedy)


def _obstacle(path: Path) -> list[Problem]:
    folder = next((parent for parent in path.parents if parent.exists()), Path())
    if not folder.is_dir():
        return [_problem(folder, "a file", rule="is a folder, or a name not yet taken", remedy="choose another folder")]
    if path.is_dir():
        return [_problem(path, "a folder", rule="is a file", remedy="choose another name")]
    return []


def write_all(folder: Path, writers: Mapping[str, Writer]) -> list[Path]:
    """Write some files into a folder, by name: first beside it, then all renamed. The paths, in the same order."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        beside = Path(tempfile.mkdtemp(prefix=".tarmac-", dir=folder))
        try:
            for name, write in writers.items():
                write(beside / name)
            return [(beside / name).replace(folder / name) for name in writers]
        finally:
            shutil.rmtree(beside, ignore_errors=True)
    except OSError as error:
        rule = f"{', '.join(map(printable, writers))} could not be written; what was there before remains"
        remedy = "make room there, or choose another folder" if error.errno in _FULL else "choose another folder"
        why = error.strerror or "cannot be written"
        raise InputError([Problem(str(folder), "", why, rule, f"{remedy}, then run the same command again")]) from None


def text_writer(text: str) -> Writer:
    """Writes a text."""
    return lambda path: path.write_text(text, encoding="utf-8", newline="\n")


def as_json(value: Mapping[str, Any]) -> str:
    """Plain JSON, which knows no NaN."""
    return json.dumps(value, indent=1, allow_nan=False, ensure_ascii=False)


def _problem(path: Path, value: str, *, rule: str, remedy: str) -> Problem:
    return Problem("command line", str(path), value, rule, remedy)
