"""Which of a company's random numbers are coordinates of the points of Sobol, and in what order."""

from collections.abc import Iterator
from typing import Final

from tarmac.engine.draws import PAST, chances_of, known_numbers, shocks_of
from tarmac.plan import Plan
from tarmac.sampling import SPAN, Even, Mirrored, Sampler, component
from tarmac.streams import MARKET, Streams

COMPONENTS: Final = 1
MARKET_COMPONENTS: Final = 2
"""Leading components of a shock, and of the market's, in each span of months."""


def sampled(streams: Streams, plan: Plan, *, sampler: Sampler, months: int) -> Streams:
    """The streams of a block as a sampler spreads its paths over chance."""
    if sampler == "plain":
        return streams
    if sampler == "antithetic":
        return Mirrored(streams.seed, streams.block)
    persistence = {f"month/{name}": value for name, value in _persistences(plan)}
    return Even.of(streams, coordinates_of(plan, months), persistence=persistence)


def coordinates_of(plan: Plan, months: int) -> list[str]:
    """The drivers, and components of drivers, that would have a coordinate; COORDINATES of them get one.

    First the past that facts have told of, what happens once with some chance (a round closes, a customer leaves, a
    contract is signed), and the uncertain numbers, in the order of the company file; then the leading components of
    every monthly shock, span by span. So a scenario that changes amounts, ranges or chances leaves all places as they
    are, and one that adds or removes an uncertain number or a round moves those that come after it.
    """
    return list(dict.fromkeys([*_once(plan), *_components(plan, months)]))


def _once(plan: Plan) -> Iterator[str]:
    past, known = plan.posterior, known_numbers(plan)
    if past is not None:
        yield PAST
    yield from (name for name in chances_of(plan) if past is None or past.of("chance", name) is None)
    yield from (f"number/{item.stream}" for item in plan.inputs if item.stream not in known)


def _components(plan: Plan, months: int) -> Iterator[str]:
    for span in range(-(-months // SPAN)):
        for number in range(MARKET_COMPONENTS):
            for name in shocks_of(plan):
                if number < COMPONENTS or name == MARKET:
                    yield component(f"month/{name}", span, number=number)


def _persistences(plan: Plan) -> Iterator[tuple[str, float]]:
    yield from ((level.shock.driver, level.shock.persistence) for level in plan.levels if level.shock is not None)
    if plan.market_persistence is not None:
        yield MARKET, plan.market_persistence
