"""Tarmac: how much runway a startup has left.

>>> import tarmac
>>> forecast = tarmac.simulate(tarmac.load("saas-seed"), months=24, paths=2_000, seed=7)
>>> len(forecast.insolvent.probability)
24
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from tarmac.company import Company
    from tarmac.comparing import Comparison, compare
    from tarmac.errors import InputError, Problem, TarmacError
    from tarmac.forecast import Forecast
    from tarmac.levers import Ranking, rank_levers
    from tarmac.library import load, load_scenario
    from tarmac.sampling import Sampling
    from tarmac.scenario import Scenario
    from tarmac.simulation import How, simulate
    from tarmac.statements import Statements, statements_of

    __version__: str

__all__ = [
    "Company",
    "Comparison",
    "Forecast",
    "How",
    "InputError",
    "Problem",
    "Ranking",
    "Sampling",
    "Scenario",
    "Statements",
    "TarmacError",
    "__version__",
    "compare",
    "load",
    "load_scenario",
    "rank_levers",
    "simulate",
    "statements_of",
]

_HOMES: Final = {
    "Company": "company",
    "Comparison": "comparing",
    "Forecast": "forecast",
    "How": "simulation",
    "InputError": "errors",
    "Problem": "errors",
    "Ranking": "levers",
    "Sampling": "sampling",
    "Scenario": "scenario",
    "Statements": "statements",
    "TarmacError": "errors",
    "compare": "comparing",
    "load": "library",
    "load_scenario": "library",
    "rank_levers": "levers",
    "simulate": "simulation",
    "statements_of": "statements",
}
"""Where each public name stands: loaded when it is first used, so that `tarmac --help` starts without NumPy."""


def __getattr__(name: str) -> Any:  # noqa: ANN401  (whatever the name stands for)
    if name == "__version__":
        return _version()
    if name not in _HOMES:
        raise AttributeError(f"module 'tarmac' has no attribute '{name}'")
    return getattr(import_module(f"tarmac.{_HOMES[name]}"), name)


def _version() -> str:
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version("tarmac-runway")
    except PackageNotFoundError:  # run from a checkout that is not installed
        return "0+unknown"
