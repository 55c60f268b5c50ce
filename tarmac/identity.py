"""What makes two runs the same run: a digest of what was asked for, and which program computes it."""

import hashlib
import importlib.metadata
import platform
from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

import numpy as np

_MEASURED: Final = ("numpy", "scipy")
"""Libraries whose next version may round in another way."""


def digest_of(value: object) -> str:
    """The SHA-256 of everything a value holds, whichever process made it: dataclasses, collections, arrays, numbers.

    >>> digest_of({"a": (1, 2.5)}) == digest_of({"a": (1, 2.5)}), digest_of(1) == digest_of(1.0)
    (True, False)
    """
    found = hashlib.sha256()
    for piece in _pieces(value):
        found.update(len(piece).to_bytes(8, "big"))  # so that no two values run together into the same bytes
        found.update(piece)
    return found.hexdigest()


def _pieces(value: object) -> Iterator[bytes]:
    kind = type(value)
    yield kind.__qualname__.encode()
    if isinstance(value, str | int | float | None):
        yield repr(value).encode()
    elif isinstance(value, np.ndarray):
        yield f"{value.dtype.str} {value.shape}".encode()
        yield np.ascontiguousarray(value).tobytes()
    else:
        parts = list(_parts(value))
        yield str(len(parts)).encode()
        for part in parts:
            yield from _pieces(part)


def _parts(value: object) -> Iterator[object]:
    """What a value is made of, in an order that does not depend on the process."""
    match value:
        case Mapping():
            for pair in value.items():
                yield from pair
        case tuple() | list():
            yield from value
        case frozenset() | set():
            yield from sorted(map(digest_of, value))
        case _:
            known: dict[str, Any] = vars(value) if not is_dataclass(value) else _declared(value)
            yield from (part for pair in known.items() for part in pair)


def _declared(value: object) -> dict[str, Any]:
    """The fields of a dataclass, without what it has worked out and kept."""
    return {field.name: getattr(value, field.name) for field in fields(value)}  # type: ignore[arg-type]  # an instance


@cache
def program() -> Mapping[str, str]:
    """Which program computes: the versions of Python, Tarmac (with a digest of its source) and the array libraries.

    The same program on the same kind of processor gives the same bits.
    """
    versions = {name: importlib.metadata.version(name) for name in _MEASURED}
    return {"python": platform.python_version(), "machine": platform.machine(), "tarmac": _own(), **versions}


def _own() -> str:
    """The version of this package and, because it may be a checkout, twelve digits of the digest of its source."""
    folder = Path(__file__).parent
    sources = {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*.py")}
    digest = hashlib.sha256()
    for name, content in sorted(sources.items()):
        digest.update(f"{name} {len(content)} ".encode() + content.replace(b"\r\n", b"\n"))
    try:
        version = importlib.metadata.version("tarmac-runway")
    except importlib.metadata.PackageNotFoundError:
        version = "checkout"
    return f"{version} {digest.hexdigest()[:12]}"
