"""A long run's sum so far, kept in a file, so that an interrupted run goes on where it was.

The file holds what the first parts of a run add up to, and how many they are: whatever came after is run again, so no
part is lost and none is counted twice. It is replaced each time by one written beside it, and the one before is kept:
a file that did not reach the disk whole is recognised by its checksum, and the one before taken instead.

First a short line of JSON (the seed, how many parts, the checksum), then, compressed, two more (which run, and how the
sum is made up) and the bytes of its arrays; nothing in it is ever executed.
"""

import hashlib
import json
import math
import os
import tempfile
import time
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields, is_dataclass
from pathlib import Path
from typing import Any, Final, Generic, TypeVar

import numpy as np

from tarmac.errors import InputError, Problem

T = TypeVar("T")

SCHEMA: Final = "tarmac.checkpoint/3"
BEFORE: Final = ".before"
"""What the name of the file before the last one ends with."""

REST: Final = 9.0
"""How many times as long as it took to write the file the run goes on before it is written again."""

_LONGEST_HEAD: Final = 1_000
"""Bytes; what grows with a run, such as a digest for each company of a portfolio, is not in the first line."""

_FAST: Final = 1
"""The level of compression: most counts are zero, and a run should not wait."""

_TOLD: Final = 6
"""Differences to another run that are told, of perhaps thousands."""


class Damaged(Exception):  # noqa: N818  (not an error of the run: the file before is taken)
    """A file that began as a checkpoint and does not hold what it says."""


@dataclass(frozen=True, slots=True)
class SoFar(Generic[T]):
    """The first `parts` parts of a run, and what they add up to."""

    parts: int
    sum: T


@dataclass(slots=True)
class Checkpoint:
    """The file of one run. `run`: what identifies it, in words a person can compare; all of it must be the same.

    `kinds`: the dataclasses that its sum is made of, besides numbers, words, arrays, tuples and mappings. `say` is told
    when a file is damaged.
    """

    path: Path
    run: Mapping[str, Any]
    kinds: tuple[type, ...]
    say: Callable[[str], None] = lambda _: None
    _due: float = field(default=0.0, init=False)
    """When the file is to be written again."""

    def begin(self, nothing: T) -> SoFar[T]:
        """How far the run had come: `nothing` at first. InputError where the file is another's, or cannot be there."""
        self._check_place()
        for path in (self.path, before(self.path)):
            try:
                return self._kept_in(path)
            except FileNotFoundError:
                continue
            except Damaged as damage:
                self.say(f"{path}: {damage}; it is left out")
                continue
            except OSError as error:
                raise _problem(path, error.strerror or "cannot be read", rule="is a file that can be read") from None
        return SoFar(0, nothing)

    def save(self, done: SoFar[Any], *, last: bool) -> None:
        """Keep the sum of the first parts, the `last` one whatever it costs, others where enough time has gone by.

        InputError where the disk does not take it; the file before remains.
        """
        begun = time.monotonic()
        if begun < self._due and not last:
            return
        try:
            _replace(self.path, _as_bytes(self.run, done))
        except OSError as error:
            kept = "what was kept before remains" if self.path.exists() else "nothing was kept yet"
            rule = f"what the run has come to cannot be written: {kept}"
            remedy = "make room, then run the same command again: it goes on from there"
            raise InputError([Problem(str(self.path), "", _why(error), rule, remedy)]) from None
        ended = time.monotonic()
        self._due = ended + REST * (ended - begun)

    def _kept_in(self, path: Path) -> SoFar[Any]:
        """What a file of this run holds. Damaged where it is not whole; InputError where it is another's."""
        parts, run, shape, arrays = _read(path)
        self._check_run(run)
        try:
            known = {kind.__name__: kind for kind in self.kinds}
            return SoFar(parts, _put_together(json.loads(shape), memoryview(arrays), kinds=known))
        except (ValueError, KeyError, TypeError) as error:
            raise _unreadable(error) from None

    def _check_place(self) -> None:
        folder = self.path.parent
        if self.path.is_dir() or not folder.is_dir() or not os.access(folder, os.W_OK):
            value = "a folder" if self.path.is_dir() else "its folder is not there, or cannot be written into"
            raise _problem(self.path, value, rule="is a file in a folder that can be written into")

    def _check_run(self, found: object) -> None:
        """InputError where another run was kept: each thing that differs."""
        known = found if isinstance(found, dict) else {}
        differing = [name for name in self.run if known.get(name) != self.run[name]]
        if differing:
            found = (_difference(name, known.get(name), now=self.run[name]) for name in differing[:_TOLD])
            more = [f"{len(differing) - _TOLD} more"] if len(differing) > _TOLD else []
            told = "; ".join([*found, *more])
            rule = f"goes on with the run it keeps; that one differs from the one asked for: {told}"
            remedy = "repeat the command it was made by, or name another file"
            raise InputError([Problem("command line", "resume", str(self.path), rule, remedy)])


def is_kept(path: Path) -> bool:
    """Whether anything of a run has been kept in a file."""
    return path.exists() or before(path).exists()


def before(path: Path) -> Path:
    """Where the file before the last one is kept."""
    return path.with_name(path.name + BEFORE)


def seed_in(path: Path) -> int | None:
    """The seed of the run that was kept in a file; None where there is no telling."""
    for place in (path, before(path)):
        try:
            with place.open("rb") as file:
                seed = _head(file.readline(_LONGEST_HEAD), place).get("seed")
        except (OSError, Damaged):
            continue
        if type(seed) is int:
            return seed
    return None


def remove(path: Path) -> None:
    """Remove the files of a run that is done. They are in nobody's way where that fails."""
    for place in (path, before(path)):
        try:
            place.unlink(missing_ok=True)
        except OSError:
            return


def _replace(path: Path, content: bytes) -> None:
    """Put a file in the place of the last one, which becomes the one before. At each instant one of them is whole."""
    handle, name = tempfile.mkstemp(prefix=".tarmac-", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        if path.exists():
            path.replace(before(path))
        Path(name).replace(path)
    finally:
        Path(name).unlink(missing_ok=True)


def _as_bytes(run: Mapping[str, Any], done: SoFar[Any]) -> bytes:
    arrays = bytearray()
    lines = (dict(run), _taken_apart(done.sum, arrays))
    body = zlib.compress(b"".join(json.dumps(line, allow_nan=False).encode() + b"\n" for line in lines) + arrays, _FAST)
    inner = {"seed": run.get("seed"), "parts": done.parts}
    head = {"schema": SCHEMA, "sha256": _checksum(inner, body), **inner}
    return json.dumps(head, allow_nan=False).encode() + b"\n" + body


def _read(path: Path) -> tuple[int, object, bytes, bytes]:
    """How many parts a file holds, of which run, and their sum: how it is made up, and the bytes of its arrays.

    Damaged where it is not whole; InputError where it is no checkpoint at all.
    """
    with path.open("rb") as file:
        head = _head(file.readline(_LONGEST_HEAD), path)
        body = file.read()
    inner = {name: head.get(name) for name in ("seed", "parts")}
    if head.get("sha256") != _checksum(inner, body):
        raise Damaged("does not hold what it held when it was written (its checksum differs)")
    try:
        run, shape, arrays = zlib.decompress(body).split(b"\n", 2)
        return int(head["parts"]), json.loads(run), shape, arrays
    except (zlib.error, ValueError, KeyError, TypeError) as error:
        raise _unreadable(error) from None


def _unreadable(error: Exception) -> Damaged:
    return Damaged(f"cannot be read ({type(error).__name__})")


def _head(line: bytes, path: Path) -> dict[str, Any]:
    try:
        head = json.loads(line)
    except ValueError:
        if line.startswith(_BEGINS) or _BEGINS.startswith(line):
            raise Damaged("ends within its first line") from None
        head = None
    if not isinstance(head, dict) or head.get("schema") != SCHEMA:
        raise _problem(path, "something else", rule="is a file that --resume has made, or one that is not there yet")
    return head


_BEGINS: Final = b'{"schema": "' + SCHEMA.encode() + b'"'


def _checksum(inner: Mapping[str, Any], body: bytes) -> str:
    return hashlib.sha256(json.dumps(inner).encode() + b"\n" + body).hexdigest()


def _taken_apart(value: object, arrays: bytearray) -> Any:  # noqa: ANN401  (plain values)
    """A sum as plain values; of its arrays, whose bytes are added to `arrays`, type, shape and where they begin."""
    match value:
        case np.ndarray():
            place = len(arrays)
            arrays += value.tobytes()
            return {"array": [value.dtype.str, list(value.shape), place]}
        case Mapping():
            return {"names": list(value), "values": [_taken_apart(item, arrays) for item in value.values()]}
        case tuple():
            return [_taken_apart(item, arrays) for item in value]
        case _ if is_dataclass(value):
            held = {item.name: getattr(value, item.name) for item in fields(value)}
            return {"kind": type(value).__name__, **_taken_apart(held, arrays)}
        case _:
            return value


def _put_together(found: Any, arrays: memoryview, *, kinds: Mapping[str, type]) -> Any:  # noqa: ANN401  (plain values)
    """What `_taken_apart` was given."""
    match found:
        case {"array": [dtype, shape, place]}:
            count = math.prod(shape)
            return np.frombuffer(arrays, np.dtype(dtype), count, place).reshape(shape).copy()
        case {"names": names, "values": values, **kind}:
            parts = (_put_together(item, arrays, kinds=kinds) for item in values)
            held = dict(zip(names, parts, strict=True))
            return kinds[str(kind["kind"])](**held) if kind else held
        case list():
            return tuple(_put_together(item, arrays, kinds=kinds) for item in found)
        case _:
            return found


def _difference(name: str, then: object, *, now: object) -> str:
    return f"it had no {name}" if then is None else f"{name} {_short(then)} there, {_short(now)} here"


def _short(value: object) -> str:
    text = str(value)
    return text if len(text) <= 24 else f"{text[:12]}..."


def _why(error: OSError) -> str:
    return error.strerror or type(error).__name__


def _problem(path: Path, value: str, *, rule: str) -> InputError:
    return InputError([Problem("command line", "resume", f"{path}: {value}", rule, "name another file")])
