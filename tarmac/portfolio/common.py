"""What companies of a portfolio have in common: some streams of draws are shared, all others are a company's own.

A driver is shared as a whole, by the name of its table: "price.cloud" is its months, its second state and its uncertain
numbers alike. Loadings, rates and sizes stay those of each company's file.
"""

import json
import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from typing import Final

import numpy as np
from numpy.typing import NDArray

from tarmac.company import Company
from tarmac.engine.draws import chances_of, shocks_of, switches_of
from tarmac.errors import InputError, Problem, nearest
from tarmac.plan import Copula, EventPlan, Plan
from tarmac.streams import MARKET, Occurrences, Streams

_PARTS: Final = ("counts", "paths", "sizes", "thinning")
"""The streams of one event's occurrences."""

_RARE: Final = 4.5
"""Of an uncertain rate, the score that one path in 300,000 exceeds: a higher rate counts as that."""

_BEFORE: Final = re.compile(r"^(?:number|month|regime|closing|contract|attempt \d+)/")
_CUSTOMER: Final = re.compile(r"^(?:customer/revenue\..*?|number/revenue\..*?\.customers)\[(?P<name>.*)\](?P<rest>.*)$")


@dataclass(frozen=True, slots=True)
class CompanyStreams(Streams):
    """The streams of one company of a portfolio: its own, but for those shared.

    `shared`: the name under which a shared stream is drawn, by its name in the company. `highest`: the monthly rate
    from which the occurrences of a shared event are thinned, so that they coincide although rates differ.
    """

    company: str
    shared: Mapping[str, str]
    highest: Mapping[str, float]

    def open(self, driver: str) -> np.random.SFC64:
        """The bit generator of one driver: the company's own, or the one that is shared."""
        return Streams.open(self, self.shared.get(driver, f"{json.dumps(self.company)} {driver}"))

    def occurrences(
        self, driver: str, rate: NDArray[np.float64], *, months: int, highest: float | None = None
    ) -> Occurrences:
        """When an event happens; of a shared one a company has those occurrences that its own rate keeps."""
        top = self.highest.get(driver) if highest is None else highest
        return Streams.occurrences(self, driver, rate, months=months, highest=top)


def shared_names(companies: Iterable[tuple[Company, Plan]], patterns: Iterable[str]) -> tuple[str, ...]:
    """The market, and the drivers of some companies that the patterns name ("price.*"), in alphabetical order.

    InputError for a pattern that names no driver of any company.
    """
    known = {name for company, plan in companies for _, name, _ in _streams_of(company, plan)}
    problems, names = [], {MARKET}
    for pattern in patterns:
        found = [name for name in known if fnmatchcase(name, pattern)]
        names.update(found)
        if not found:
            rule = "names a driver of at least one company: a price, currency, event, customer, line or round"
            problems.append(Problem("command line", "common", pattern, rule, nearest(pattern, known)))
    if problems:
        raise InputError(problems)
    return tuple(sorted(names))


def shared_streams(company: Company, plan: Plan, *, names: Collection[str]) -> dict[str, str]:
    """The streams of a company that are shared, by their names in it; what they are called where they are shared."""
    return {stream: told for stream, name, told in _streams_of(company, plan) if name in names}


def highest_rates(plans: Iterable[Plan], names: Collection[str]) -> dict[str, float]:
    """The rate a month from which the occurrences of each shared event are thinned: the highest of any company."""
    highest: dict[str, float] = {}
    for plan in plans:
        for event in plan.events:
            if event.driver in names:
                highest[event.driver] = max(highest.get(event.driver, 0.0), _highest(event, plan))
    return highest


def with_common_first(plan: Plan, streams: Collection[str]) -> Plan:
    """A plan in which a correlation leaves shared drivers as they are shared, and moves the company's own with them.

    `streams`: those that are shared. Scores are correlated by the Cholesky factor, shared drivers first, rather than by
    the symmetric root, which would mix a company's own draws into the market.
    """
    numbers = None if plan.input_copula is None else _common_first(plan.input_copula, streams, head="number/")
    shocks = None if plan.shock_copula is None else _common_first(plan.shock_copula, streams, head="month/")
    return replace(plan, input_copula=numbers, shock_copula=shocks)


def _common_first(copula: Copula, streams: Collection[str], *, head: str) -> Copula:
    shared = [f"{head}{name}" in streams for name in copula.drivers]
    if not any(shared):
        return copula
    order = np.argsort(~np.array(shared), kind="stable")
    upper: NDArray[np.float64] = np.linalg.qr(copula.factor[order].T).R
    signs = np.where(np.diag(upper) < 0, -1.0, 1.0)
    return Copula(tuple(copula.drivers[place] for place in order), upper.T * signs)


def _streams_of(company: Company, plan: Plan) -> Iterator[tuple[str, str, str]]:
    """Every stream of a company: its name, the driver it belongs to, and what it is called where that is shared."""
    tables = sorted((f"{section}.{name}" for section, name, _ in company.named()), key=len, reverse=True)
    numbers = dict.fromkeys(f"number/{item.stream}" for item in plan.inputs)
    months = [f"month/{name}" for name in shocks_of(plan)]
    for stream in (*numbers, *months, *chances_of(plan), *switches_of(plan)):
        yield stream, *_named(stream, tables)
    for event in plan.events:
        for part in _PARTS:
            yield f"{event.driver}/{part}", event.driver, f"{event.driver}/{part}"


def _named(stream: str, tables: Iterable[str]) -> tuple[str, str]:
    """The driver that a stream belongs to, and what the stream is called where the driver is shared."""
    customer = _CUSTOMER.match(stream)
    if customer is not None:
        return f"customer.{customer['name']}", f"customer[{customer['name']}]{customer['rest']}"
    path = _BEFORE.sub("", stream)
    found = next((table for table in tables if path == table or path.startswith((f"{table}.", f"{table}["))), None)
    return found or ".".join(path.split(".")[:2]), stream


def _highest(event: EventPlan, plan: Plan) -> float:
    if event.rate.driver is None:
        return event.rate.constant
    item = next(item for item in plan.inputs if item.name == event.rate.driver)
    high = float(item.number.at(np.array([_RARE]))[0])
    return float(np.clip(high, item.low, item.high))
