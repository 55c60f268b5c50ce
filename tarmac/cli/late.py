"""Modules that load when they are first used, so that `tarmac --help` starts without NumPy and pydantic.

Each use stands at the head of a file beside an ordinary import under TYPE_CHECKING, which the type checker and the
test of the layers read.
"""

import importlib.util
import sys
from types import ModuleType


def late(name: str) -> ModuleType:
    """A module that is found now and run when an attribute of it is first asked for."""
    if name in sys.modules:
        return sys.modules[name]
    spec = importlib.util.find_spec(name)
    if spec is None or spec.loader is None:
        raise ModuleNotFoundError(f"no module named {name}", name=name)
    spec.loader = importlib.util.LazyLoader(spec.loader)
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module
