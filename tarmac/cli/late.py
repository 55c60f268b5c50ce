"""Modules that load when they are first used, so that `tarmac --help` starts without NumPy and pydantic.

Each use stands at the head of a file beside an ordinary import under TYPE_CHECKING, which the type checker and the
test of the layers read.
"""

import importlib
from typing import Any


class Late:
    """Stands for a module, which is loaded when an attribute of it is first asked for.

    Loaded by an ordinary import: one that a lazy loader begins loses its error, or an interrupt, where another module
    imports the same one from it.
    """

    def __init__(self, name: str) -> None:
        self._name = name

    def __getattr__(self, attribute: str) -> Any:  # noqa: ANN401  (whatever the module has)
        """What the module has under that name."""
        return getattr(importlib.import_module(self._name), attribute)


def late(name: str) -> Late:
    """A module, to be loaded once it is used."""
    return Late(name)
