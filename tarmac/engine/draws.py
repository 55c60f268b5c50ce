"""Everything random about one block of paths, drawn by name: the only place where the engine meets chance."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from tarmac.engine.selection import Selection
from tarmac.plan import Copula, EventPlan, Input, Plan
from tarmac.posterior import Kind, Posterior
from tarmac.streams import BLOCK_PATHS, MARKET, Occurrences, Streams

Row = NDArray[np.float64]

PAST: str = "posterior"
"""The stream that says which past a path has."""


@dataclass(frozen=True, slots=True)
class Draws:
    """The named variates of one block.

    `inputs`: value of each uncertain number, shape (paths,), or (1,) where all paths have been given one. `scores`:
    standard-normal score of each monthly shock, shape (months, paths), single precision. `occurrences`: those of each
    event. `chances`: a uniform number, shape (paths,), for whatever happens once with some chance: a round closes, a
    customer leaves, a contract is signed. `switches`: a uniform number by month, shape (months, paths), for states that
    come and go, and for rounds that may close in any month.
    """

    months: int
    paths: int
    inputs: dict[str, NDArray[np.float64]]
    scores: dict[str, NDArray[np.float32]]
    occurrences: dict[str, Occurrences]
    chances: dict[str, NDArray[np.float64]]
    switches: dict[str, NDArray[np.float32]]

    def repeated(self, times: int) -> "Draws":
        """The same paths several times over, side by side."""
        return Draws(
            self.months,
            times * self.paths,
            {name: np.tile(values, times) for name, values in self.inputs.items()},
            {name: np.tile(rows, times) for name, rows in self.scores.items()},
            {name: found.repeated(times, paths=self.paths) for name, found in self.occurrences.items()},
            {name: np.tile(values, times) for name, values in self.chances.items()},
            {name: np.tile(rows, times) for name, rows in self.switches.items()},
        )

    def only(self, chosen: Selection) -> "Draws":
        """Some of the paths, with which all months are run."""
        return Draws(
            self.months,
            len(chosen),
            {name: chosen.row(values) for name, values in self.inputs.items()},
            {name: chosen.months(rows) for name, rows in self.scores.items()},
            {name: found.only(chosen.paths, width=self.paths) for name, found in self.occurrences.items()},
            {name: chosen.row(values) for name, values in self.chances.items()},
            {name: chosen.months(rows) for name, rows in self.switches.items()},
        )


def draw(plan: Plan, streams: Streams, *, months: int, paths: int) -> Draws:
    """Draw one block of a plan: always the whole block, of which the first `paths` are kept.

    So the first paths of a block do not depend on how many are asked for, nor its first months on the horizon. Where
    facts have taught something about the company, each path has one of the pasts its posterior holds.
    """
    if not 1 <= paths <= BLOCK_PATHS:
        raise ValueError(f"a block holds 1 to {BLOCK_PATHS} paths, not {paths}")
    past = None if plan.posterior is None else _Past.drawn(plan.posterior, streams)
    inputs = _inputs(plan, streams, past=past, paths=paths)
    occurrences = {}
    for event in plan.events:
        happened = streams.occurrences(event.driver, rate_of(event, inputs), months=months)
        occurrences[event.name] = _since_then(happened, past, event=event, months=months).head(paths)
    return Draws(
        months,
        paths,
        {name: values[:paths] for name, values in inputs.items()},
        _scores(plan, streams, months=months, paths=paths, past=past),
        occurrences,
        {name: _chance(name, streams, past=past)[:paths] for name in chances_of(plan)},
        {
            name: _overwritten(streams.monthly_uniforms(name, months), past, kind="switch", name=name)[:, :paths]
            for name in switches_of(plan)
        },
    )


def replay(plan: Plan, past: Posterior) -> Draws:
    """The draws of all the pasts of a posterior that knows everything random in a plan, a path for each row."""
    whole = _Past(past, slice(None))
    inputs = {item.name: value_of(item, _there(whole.once("number", item.stream))) for item in plan.inputs}
    return Draws(
        past.about.months,
        past.rows,
        inputs,
        {name: _there(whole.monthly("month", name)).astype(np.float32) for name in shocks_of(plan)},
        {event.name: whole.occurrences(event, past.about.months) for event in plan.events},
        {name: _there(whole.once("chance", name)) for name in chances_of(plan)},
        {name: _there(whole.monthly("switch", name)).astype(np.float32) for name in switches_of(plan)},
    )


@dataclass(frozen=True, slots=True)
class _Past:
    """What is known of the past on each path of a block: the row of the posterior it has."""

    posterior: Posterior
    rows: NDArray[np.int64] | slice

    @classmethod
    def drawn(cls, posterior: Posterior, streams: Streams) -> "_Past":
        """Each path of a block with a row of its own choosing."""
        return cls(posterior, np.floor(streams.uniforms(PAST) * posterior.rows).astype(np.int64))

    def once(self, kind: Kind, name: str) -> Row | None:
        """What is drawn once per path, shape (paths,); None where nothing is known of it."""
        found = self.posterior.of(kind, name)
        return None if found is None else found[0][self.rows]

    def monthly(self, kind: Kind, name: str) -> Row | None:
        """What is drawn by month or by place, shape (months or places, paths); None where nothing is known of it."""
        found = self.posterior.of(kind, name)
        return None if found is None else found[:, self.rows]

    def occurrences(self, event: EventPlan, months: int) -> Occurrences:
        """An event's occurrences in the past, within the first `months` of it."""
        counts, sizes = self.monthly("count", event.driver), self.monthly("size", event.driver)
        if counts is None or sizes is None:
            return Occurrences(np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros(0))
        counted = counts[:months].astype(np.int64)
        before = np.cumsum(counted, axis=0) - counted  # occurrences on the path in earlier months
        month, path = np.nonzero(counted)
        often = counted[month, path]
        month, path, first = (np.repeat(values, often) for values in (month, path, before[month, path]))
        nth = first + np.arange(len(month)) - np.repeat(np.cumsum(often) - often, often)
        return Occurrences(month, path, sizes[nth % len(sizes), path])


def replaced(
    draws: Draws,
    plan: Plan,
    *,
    streams: Streams,
    inputs: Mapping[str, NDArray[np.float64]],
    highest: Mapping[str, float],
) -> Draws:
    """The same draws of a block with other values of some inputs, shapes (paths,) or (1,); all else is left as it is.

    `highest`: the rate from which the occurrences of an event are thinned, by the input that its rate is; for one that
    is not named, the highest of its values. A lower rate keeps some of the occurrences of a higher one.
    """
    past = None if plan.posterior is None else _Past.drawn(plan.posterior, streams)
    happened = {}
    for event in plan.events:
        if event.rate.driver is not None and event.rate.driver in inputs:
            rate = inputs[event.rate.driver]
            top = highest.get(event.rate.driver, float(rate.max()))
            rates = rate if len(rate) == 1 else np.pad(rate, (0, BLOCK_PATHS - len(rate)))
            drawn = streams.occurrences(event.driver, rates, months=draws.months, highest=top)
            happened[event.name] = _since_then(drawn, past, event=event, months=draws.months).head(draws.paths)
    return replace(draws, inputs={**draws.inputs, **inputs}, occurrences=draws.occurrences | happened)


def chances_of(plan: Plan) -> list[str]:
    """The drivers of what happens once with some chance."""
    customers = [customer.driver for line in plan.revenue for customer in line.level.customers]
    contracts = [contract.driver for line in plan.revenue for contract in line.pipeline]
    return [*(driver for item in plan.rounds for driver in item.attempts), *customers, *contracts]


def switches_of(plan: Plan) -> list[str]:
    """The drivers of what may happen in any month with some chance."""
    regimes = [level.regime.driver for _, level in plan.prices if level.regime is not None]
    return [*regimes, *(item.hazard.driver for item in plan.rounds if item.hazard is not None)]


def shocks_of(plan: Plan) -> list[str]:
    """The drivers of monthly shocks, the market last."""
    lines = [level.shock.driver for level in plan.levels if level.shock is not None]
    return [*lines, MARKET] if plan.market_persistence is not None else lines


def rate_of(event: EventPlan, inputs: Mapping[str, Row]) -> Row:
    """How often an event is expected a month, shape (paths,) or (1,)."""
    return np.array([event.rate.constant]) if event.rate.driver is None else inputs[event.rate.driver]


def value_of(item: Input, scores: Row) -> Row:
    """The draws of one uncertain number at some scores; those beyond its bounds are set to the bound."""
    drawn = item.number.at(scores)
    low, high = item.number.support()
    return drawn if low >= item.low and high <= item.high else np.clip(drawn, item.low, item.high)


def known_numbers(plan: Plan) -> frozenset[str]:
    """The streams of uncertain numbers whose draws come from the plan's posterior: declared in the form they are of."""
    past = plan.posterior
    streams = dict.fromkeys(item.stream for item in plan.inputs)
    if past is None:
        return frozenset()
    forms = {name: [item.number.form for item in plan.inputs if item.stream == name] for name in streams}
    return frozenset(name for name in streams if past.knows(name, forms[name]))


def medians_of(plan: Plan) -> dict[str, Row]:
    """The median of each uncertain number by its name, of the pasts where facts have taught of it. Shapes (1,)."""
    known, past = known_numbers(plan), plan.posterior
    medians = {}
    for item in plan.inputs:
        scores = None if past is None or item.stream not in known else past.of("number", item.stream)
        score = 0.0 if scores is None else float(np.median(scores))
        medians[item.name] = value_of(item, np.array([score]))
    return medians


def _inputs(plan: Plan, streams: Streams, *, past: _Past | None, paths: int) -> dict[str, Row]:
    """The value of each uncertain number on the first paths of a block at least; of a rate on the whole block."""
    together = {} if plan.input_copula is None else _joint_scores(plan.input_copula, streams)
    known, rates = known_numbers(plan), {event.rate.driver for event in plan.events}
    values = {}
    for item in plan.inputs:
        scores = together.get(item.stream)
        if past is not None and item.stream in known:
            scores = past.once("number", item.stream)
        if scores is None:
            scores = streams.scores(f"number/{item.stream}", BLOCK_PATHS if item.name in rates else paths)
        values[item.name] = value_of(item, scores if item.name in rates else scores[:paths])
    return values


def _joint_scores(copula: Copula, streams: Streams) -> dict[str, Row]:
    independent = np.stack([streams.scores(f"number/{name}") for name in copula.drivers])
    joint = np.einsum("ij,jp->ip", copula.factor, independent)  # not @, whose threads would get in each other's way
    return dict(zip(copula.drivers, joint, strict=True))


def _scores(
    plan: Plan, streams: Streams, *, months: int, paths: int, past: _Past | None
) -> dict[str, NDArray[np.float32]]:
    """The score of each monthly shock on the first paths of a block.

    Those that move together are drawn for the whole block: rounding could depend on how many are multiplied at once.
    """
    paired = () if plan.shock_copula is None else plan.shock_copula.drivers
    drawn = {name: BLOCK_PATHS if name in paired else paths for name in shocks_of(plan)}
    scores = {name: streams.monthly_scores(f"month/{name}", months, paths=some) for name, some in drawn.items()}
    if plan.shock_copula is not None:
        factor = plan.shock_copula.factor.astype(np.float32)
        independent = np.stack([scores[name] for name in plan.shock_copula.drivers])
        joint = np.einsum("ij,jmp->imp", factor, independent)
        scores |= dict(zip(plan.shock_copula.drivers, joint, strict=True))
    return {name: _overwritten(rows[:, :paths], past, kind="month", name=name) for name, rows in scores.items()}


def _chance(name: str, streams: Streams, *, past: _Past | None) -> Row:
    known = None if past is None else past.once("chance", name)
    return streams.uniforms(name) if known is None else known


def _overwritten(fresh: NDArray[np.float32], past: _Past | None, *, kind: Kind, name: str) -> NDArray[np.float32]:
    """What is drawn by month, the months of the past as they are known. Changes the array it is given."""
    known = None if past is None else past.monthly(kind, name)
    if known is not None:
        fresh[: len(known)] = known[: len(fresh), : fresh.shape[1]]
    return fresh


def _since_then(fresh: Occurrences, past: _Past | None, *, event: EventPlan, months: int) -> Occurrences:
    """An event's occurrences, those of the past as they are known."""
    if past is None or past.posterior.of("count", event.driver) is None:
        return fresh
    known, later = past.occurrences(event, months), fresh.where(fresh.months >= past.posterior.about.months)
    return Occurrences(
        np.concatenate([known.months, later.months]),
        np.concatenate([known.paths, later.paths]),
        np.concatenate([known.scores, later.scores]),
    )


def _there(found: Row | None) -> Row:
    """What a posterior that knows everything holds."""
    if found is None:
        raise ValueError("this posterior is not of this plan")
    return found
