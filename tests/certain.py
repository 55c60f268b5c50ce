"""The numbers of a company file that are the same on every path."""

from collections.abc import Iterator
from typing import Any

from tarmac.uncertain import UncertainError, parse


def certain(document: Any, path: str = "") -> Iterator[tuple[str, float]]:
    """Every number of a TOML document that is certain, with its key path."""
    match document:
        case bool():
            return
        case int() | float():
            yield path, float(document)
        case str():
            try:
                number = parse(document)
            except UncertainError:
                return
            if number.certain:
                yield path, number.value
        case dict():
            for key, value in document.items():
                yield from certain(value, f"{path}.{key}")
        case list():
            for value in document:
                yield from certain(value, path)
