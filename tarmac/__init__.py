"""Tarmac: how much runway a startup has left.

>>> import tarmac
>>> forecast = tarmac.simulate(tarmac.load("saas-seed"), months=24, paths=2_000, seed=7)
>>> len(forecast.insolvent.probability)
24
"""

from importlib.metadata import PackageNotFoundError, version

from tarmac.company import Company
from tarmac.errors import InputError, Problem, TarmacError
from tarmac.forecast import Forecast
from tarmac.library import load, load_scenario
from tarmac.scenario import Scenario
from tarmac.simulate import How, simulate

try:
    __version__ = version("tarmac-runway")
except PackageNotFoundError:  # run from a checkout that is not installed
    __version__ = "0+unknown"

__all__ = [
    "Company",
    "Forecast",
    "How",
    "InputError",
    "Problem",
    "Scenario",
    "TarmacError",
    "__version__",
    "load",
    "load_scenario",
    "simulate",
]
