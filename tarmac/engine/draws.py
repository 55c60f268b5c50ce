"""Everything random about one block of paths, drawn by name: the only place where the engine meets chance."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tarmac.plan import Copula, Input, Plan
from tarmac.streams import BLOCK_PATHS, MARKET, Occurrences, Streams


@dataclass(frozen=True, slots=True)
class Draws:
    """The named variates of one block.

    `inputs`: value of each uncertain number, shape (paths,). `scores`: standard-normal score of each monthly shock,
    shape (months, paths), single precision. `occurrences`: those of each event. `chances`: a uniform number, shape
    (paths,), for whatever happens once with some chance: a round closes, a customer leaves, a contract is signed.
    `switches`: a uniform number by month, shape (months, paths), for states that come and go, and for rounds that may
    close in any month.
    """

    months: int
    paths: int
    inputs: dict[str, NDArray[np.float64]]
    scores: dict[str, NDArray[np.float32]]
    occurrences: dict[str, Occurrences]
    chances: dict[str, NDArray[np.float64]]
    switches: dict[str, NDArray[np.float32]]


def draw(plan: Plan, streams: Streams, *, months: int, paths: int) -> Draws:
    """Draw one block of a plan: always the whole block, of which the first `paths` are kept.

    So the first paths of a block do not depend on how many are asked for, nor its first months on the horizon.
    """
    if not 1 <= paths <= BLOCK_PATHS:
        raise ValueError(f"a block holds 1 to {BLOCK_PATHS} paths, not {paths}")
    inputs = _inputs(plan, streams)
    occurrences = {}
    for event in plan.events:
        driver = event.rate.driver
        rate = np.array([event.rate.constant]) if driver is None else inputs[driver]
        occurrences[event.name] = streams.occurrences(event.driver, rate, months=months).head(paths)
    return Draws(
        months,
        paths,
        {name: values[:paths] for name, values in inputs.items()},
        {name: scores[:, :paths] for name, scores in _scores(plan, streams, months=months).items()},
        occurrences,
        {name: streams.uniforms(name)[:paths] for name in _chances(plan)},
        {name: streams.monthly_uniforms(name, months)[:, :paths] for name in _switches(plan)},
    )


def _chances(plan: Plan) -> list[str]:
    """The drivers of what happens once with some chance."""
    customers = [customer.driver for line in plan.revenue for customer in line.level.customers]
    contracts = [contract.driver for line in plan.revenue for contract in line.pipeline]
    return [*(driver for item in plan.rounds for driver in item.attempts), *customers, *contracts]


def _switches(plan: Plan) -> list[str]:
    """The drivers of what may happen in any month with some chance."""
    regimes = [level.regime.driver for _, level in plan.prices if level.regime is not None]
    return [*regimes, *(item.hazard.driver for item in plan.rounds if item.hazard is not None)]


def _inputs(plan: Plan, streams: Streams) -> dict[str, NDArray[np.float64]]:
    together = {} if plan.input_copula is None else _joint_scores(plan.input_copula, streams)
    values = {}
    for item in plan.inputs:
        scores = together.get(item.stream)
        values[item.name] = _value(item, streams.scores(f"number/{item.stream}") if scores is None else scores)
    return values


def _value(item: Input, scores: NDArray[np.float64]) -> NDArray[np.float64]:
    """The draws of one uncertain number; those beyond its bounds are set to the bound."""
    drawn = item.number.at(scores)
    low, high = item.number.support()
    return drawn if low >= item.low and high <= item.high else np.clip(drawn, item.low, item.high)


def _joint_scores(copula: Copula, streams: Streams) -> dict[str, NDArray[np.float64]]:
    independent = np.stack([streams.scores(f"number/{name}") for name in copula.drivers])
    return dict(zip(copula.drivers, copula.factor @ independent, strict=True))


def _scores(plan: Plan, streams: Streams, *, months: int) -> dict[str, NDArray[np.float32]]:
    levels = plan.levels
    drivers = [level.shock.driver for level in levels if level.shock is not None]
    if plan.market_persistence is not None:
        drivers.append(MARKET)
    scores = {name: streams.monthly_scores(f"month/{name}", months) for name in drivers}
    if plan.shock_copula is None:
        return scores
    factor = plan.shock_copula.factor.astype(np.float32)
    independent = np.stack([scores[name] for name in plan.shock_copula.drivers])
    joint = np.einsum("ij,jmp->imp", factor, independent)
    return scores | dict(zip(plan.shock_copula.drivers, joint, strict=True))
