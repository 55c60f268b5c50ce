"""The reference company in other people's tools, one path at a time: what generic tools for simulation cost.

Both run the same plain program of a path. monaco draws the numbers that are drawn once per path itself; SimPy runs a
process a path, with a month as its unit of time. They are measured where they are installed (the extra `bench`).
"""

import importlib.util
import math
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from tests.bench import whole_array as company

PATHS: Final = 2_000
"""Paths a way: a thousand times fewer than the engine's, because each costs a hundred times as much."""


@dataclass(frozen=True, slots=True)
class Path:
    """The variates of one path."""

    net_growth: float
    compute_growth: float
    closes_in: int
    raised: float
    revenue_score: NDArray[np.float64]
    compute_score: NDArray[np.float64]
    losses: NDArray[np.int64]


def life(path: Path) -> Generator[float, None, int]:
    """Cash at each month's end; in the end the month index of insolvency, or the number of months."""
    cash, customers, compute, payroll = company.OPENING_CASH, company.REVENUE, company.COMPUTE, company.PAYROLL
    shock, cut, earned, burnt = 0.0, False, [], []
    persistence, volatility = company.REVENUE_PERSISTENCE, company.REVENUE_VOLATILITY
    for month in range(company.MONTHS):
        score = path.revenue_score[month]
        if month:
            customers *= 1 + path.net_growth
            compute *= 1 + path.compute_growth
            payroll *= 1.0 if cut else company.RAISES
            shock = persistence * shock + volatility * math.sqrt(1 - persistence**2) * score
        else:
            shock = volatility * score
        customers *= company.KEPT_AFTER_LOSS ** path.losses[month]
        earned.append(customers * math.exp(shock - volatility**2 / 2))
        collected = earned[month - company.COLLECTED_AFTER] if month >= company.COLLECTED_AFTER else company.REVENUE
        wobble = math.exp(company.COMPUTE_VOLATILITY * path.compute_score[month] - company.COMPUTE_VOLATILITY**2 / 2)
        burnt.append(payroll + compute * wobble * (company.COMPUTE_KEPT if cut else 1.0) - collected)
        cash += (path.raised if month == path.closes_in else 0.0) - burnt[-1]
        if cash < 0:
            return month
        recent = sum(burnt[-company.BURN_WINDOW :]) / company.BURN_WINDOW
        cut = cut or (month >= company.BURN_WINDOW - 1 and recent > 0 and cash < company.RUNWAY_WATCHED * recent)
        yield cash
    return company.MONTHS


def paths(seed: int) -> Iterator[Path]:
    """The first paths of whole-array NumPy's draws."""
    drawn = company.draw(PATHS, seed)
    for number in range(PATHS):
        yield Path(
            float(drawn.net_growth[number]),
            float(drawn.compute_growth[number]),
            int(drawn.closes_in[number]),
            float(drawn.raised[number]),
            drawn.revenue_score[:, number],
            drawn.compute_score[:, number],
            drawn.losses[:, number],
        )


def plain(seed: int) -> NDArray[np.int64]:
    """A plain loop in Python: paths insolvent in each month, the last element for none."""
    return _counted([_struck(path) for path in paths(seed)])


def with_simpy(seed: int) -> NDArray[np.int64]:
    """A SimPy process for each path."""
    import simpy

    struck: list[int] = []

    def process(environment: Any, path: Path) -> Generator[Any, None, None]:
        months = life(path)
        while True:
            try:
                next(months)
            except StopIteration as end:
                struck.append(end.value)
                return
            yield environment.timeout(1)

    environment = simpy.Environment()
    for path in paths(seed):
        environment.process(process(environment, path))
    environment.run()
    return _counted(struck)


def with_monaco(seed: int) -> NDArray[np.int64]:
    """A monaco simulation with a case for each path."""
    import monaco
    from scipy import stats

    functions = {"preprocess": _prepare, "run": _run, "postprocess": _keep}
    sim = monaco.Sim("reference", PATHS, functions, seed=seed, samplemethod="random", verbose=False)
    sim.addInVar("growth", stats.norm, {"loc": 0.04, "scale": 0.02})
    sim.addInVar("churn", stats.beta, {"a": 4, "b": 96})
    sim.addInVar("compute", stats.norm, {"loc": 0.02, "scale": 0.015})
    sim.addInVar("takes", stats.lognorm, {"s": 0.4, "scale": 6.0})
    sim.addInVar("succeeds", stats.uniform, {})
    sim.addInVar("raised", stats.lognorm, {"s": 0.5, "scale": 40e6})
    sim.runSim()
    return _counted([int(value) for value in sim.outvars["struck"].nums])


def _prepare(case: Any) -> tuple[Path]:
    drawn = {name: case.invals[name].val for name in ("growth", "churn", "compute", "takes", "succeeds", "raised")}
    dice = np.random.default_rng(case.seed)
    never = company.MONTHS + 1
    closes = math.floor(company.ROUND_STARTS + drawn["takes"]) if drawn["succeeds"] < company.ROUND_SUCCEEDS else never
    revenue, compute = (dice.standard_normal(company.MONTHS) for _ in range(2))
    losses = dice.poisson(company.LOSSES_A_MONTH, company.MONTHS)
    grows = drawn["growth"] - drawn["churn"]
    return (Path(grows, drawn["compute"], closes, drawn["raised"], revenue, compute, losses),)


def _run(path: Path) -> tuple[int]:
    return (_struck(path),)


def _keep(case: Any, struck: int) -> None:
    case.addOutVal("struck", struck)


def _struck(path: Path) -> int:
    months = life(path)
    while True:
        try:
            next(months)
        except StopIteration as end:
            return int(end.value)


def _counted(struck: list[int]) -> NDArray[np.int64]:
    return np.bincount(struck, minlength=company.MONTHS + 1)


def installed() -> dict[str, Callable[[int], NDArray[np.int64]]]:
    """The ways that can be measured here, by name."""
    found: dict[str, Callable[[int], NDArray[np.int64]]] = {"plain loop in Python": plain}
    if importlib.util.find_spec("simpy") is not None:
        found["SimPy, a process a path"] = with_simpy
    if importlib.util.find_spec("monaco") is not None:
        found["monaco, a case a path"] = with_monaco
    return found
