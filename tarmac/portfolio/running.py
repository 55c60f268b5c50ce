"""A portfolio run: all its companies, block by block, on one process or several, with stresses and deadlines."""

import os
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import islice
from typing import Final

import numpy as np

from tarmac import library
from tarmac.company import Company
from tarmac.errors import InputError
from tarmac.layout import plan_of
from tarmac.plan import Plan
from tarmac.portfolio.block import Member, Part, Path16, Task, run_task
from tarmac.portfolio.common import highest_rates, shared_names, shared_streams, with_common_first
from tarmac.portfolio.deadline import Deadline, Question, deadline_of
from tarmac.portfolio.holdings import Holding, Portfolio
from tarmac.portfolio.result import YEAR, Outcome, PortfolioForecast, Standing, Stress
from tarmac.portfolio.tally import Tally
from tarmac.scenario import Scenario, apply, from_now_on
from tarmac.simulation import How, check_run
from tarmac.streams import BLOCK_PATHS, MARKET, fresh_seed
from tarmac.workers import elsewhere

MOST_PATHS: Final = 10_000_000

STRESSES: Final = (
    "revenue-minus-20",
    "raise-slips-6-months",
    "no-new-money",
    "compute-plus-50",
    "largest-customer-leaves",
)
"""The scenarios on the shelf that every portfolio is stressed by, each on the companies that it fits."""

FEWER_PATHS: Final = 4_096
"""Paths of stresses and deadlines: the first of the run."""

_TOGETHER: Final = 8
"""Companies in one task: few enough that workers share the work evenly. It decides in which order money is summed."""

_WORTH_PROCESSES: Final = 12
"""Companies from which on, over 20,000 paths, starting worker processes costs less time than it saves."""

Item = Task | Question


def look_ahead(
    portfolio: Portfolio,
    *,
    common: Sequence[str] = (),
    months: int = 24,
    paths: int = 20_000,
    seed: int | None = None,
    how: How = How(),
) -> PortfolioForecast:
    """Simulate all companies of a portfolio on the same market, and on the common drivers that patterns name.

    `how`: workers and progress, which change no bit of the result. InputError where a number is out of range, a pattern
    names nothing, or a company's amounts grow without end.
    """
    check_run(months=months, paths=paths, seed=seed, most=MOST_PATHS)
    seed = fresh_seed() if seed is None else seed
    run = _Run(portfolio, common, seed=seed, months=months, paths=paths)
    base, stressed, questions = run.base(), run.stressed(), run.questions()
    items: list[Item] = [*base, *(task for tasks in stressed.values() for task in tasks), *questions]
    results = _done(items, _workers(how, len(portfolio.holdings), paths), how=how)
    tally, first = run.tallied(islice(results, len(base)))
    stresses = [
        run.stress(name, [part for part in islice(results, len(tasks)) if isinstance(part, Part)], first=first)
        for name, tasks in stressed.items()
    ]
    deadlines = [found if isinstance(found, Deadline) else None for found in results]
    return run.forecast(tally, stresses, deadlines=deadlines)


class _Run:
    """A portfolio laid out to be run."""

    def __init__(self, portfolio: Portfolio, common: Sequence[str], *, seed: int, months: int, paths: int) -> None:
        self.portfolio, self.seed, self.months, self.paths = portfolio, seed, months, paths
        self.fewer = min(paths, FEWER_PATHS)
        companies = [holding.company for holding in portfolio.holdings]
        laid = [(company, plan_of(company)) for company in companies]
        self.names = shared_names(laid, common)
        self._highest = highest_rates([plan for _, plan in laid], self.names)
        sharing = {name: [place for place, pair in enumerate(laid) if _has(pair, name)] for name in self.names}
        self.sharing = {name: len(places) for name, places in sharing.items()}
        tells = {name: places[0] for name, places in sharing.items() if places}
        self._members = tuple(
            replace(
                self._member(holding, laid[place][1], holding.company),
                tells=tuple(name for name, first in tells.items() if first == place),
            )
            for place, holding in enumerate(portfolio.holdings)
        )
        self._scenarios = [library.load_scenario(name) for name in STRESSES]
        self._fits = {item.name: self._fitting(item) for item in self._scenarios}

    def _member(self, holding: Holding, plan: Plan, company: Company) -> Member:  # noqa: PLR0917
        shared = shared_streams(company, plan, self.names)
        return Member(
            name=holding.name,
            file=company.file,
            plan=with_common_first(plan, shared),
            shared=shared,
            highest=self._highest,
            rate=holding.rate,
            stake=holding.stake or 0.0,
        )

    def _fitting(self, scenario: Scenario) -> dict[int, Member]:
        """The companies that a scenario fits, as they are under it, by their place."""
        found = {}
        for place, holding in enumerate(self.portfolio.holdings):
            try:
                company = apply(holding.company, from_now_on(scenario, holding.company))
            except InputError:
                continue
            found[place] = self._member(holding, plan_of(company), company)
        return found

    def base(self) -> list[Task]:
        """All companies on all blocks, in the order of the blocks."""
        blocks = range(-(-self.paths // BLOCK_PATHS))
        return [task for block in blocks for task in self._tasks(self._members, block, paths=self.paths)]

    def _tasks(self, members: Sequence[Member], block: int, *, paths: int) -> list[Task]:
        there = min(BLOCK_PATHS, paths - block * BLOCK_PATHS)
        groups = [tuple(members[first : first + _TOGETHER]) for first in range(0, len(members), _TOGETHER)]
        return [Task(group, self.seed, block, self.months, there) for group in groups]

    def stressed(self) -> dict[str, list[Task]]:
        """The companies that each scenario fits, on the first paths."""
        return {
            name: self._tasks(list(members.values()), 0, paths=self.fewer) for name, members in self._fits.items()
        }

    def questions(self) -> list[Question]:
        """The deadline of each company."""
        return [Question(item.company, self.seed, self.months, self.fewer) for item in self.portfolio.holdings]

    def tallied(self, parts: Iterator[Part | Deadline | None]) -> tuple[Tally, Path16]:
        """What all blocks leave, and when companies fail on the first paths, shape (companies, fewer)."""
        tally, first = Tally(len(self._members), self.months), None
        there = (part for part in parts if isinstance(part, Part))
        groups = -(-len(self._members) // _TOGETHER)
        while block := list(islice(there, groups)):
            tally.take(block)
            if first is None:
                first = np.concatenate([part.struck for part in block])[:, : self.fewer]
        if first is None:
            raise ValueError("a run has at least one block")
        return tally, first

    def stress(self, name: str, parts: Sequence[Part], *, first: Path16) -> Stress:
        """What a scenario does; companies that it does not fit are as they are."""
        struck, places = first.copy(), list(self._fits[name])
        if parts:
            struck[places] = np.concatenate([part.struck for part in parts])
        title = next(item.title for item in self._scenarios if item.name == name)
        return Stress(name, title, tuple(places), self._outcome(struck), self._outcome(first))

    def _outcome(self, struck: Path16) -> Outcome:
        soon, failed = struck < min(YEAR, self.months), struck < self.months
        many = np.bincount(failed.sum(axis=0), minlength=len(struck) + 1)
        return Outcome(soon.sum(axis=1), failed.sum(axis=1), many)

    def forecast(
        self, tally: Tally, stresses: Sequence[Stress], *, deadlines: Sequence[Deadline | None]
    ) -> PortfolioForecast:
        """Everything put together."""
        return PortfolioForecast(
            portfolio=self.portfolio,
            months=self.months,
            paths=self.paths,
            seed=self.seed,
            tally=tally,
            standings=tuple(
                Standing(holding, row, found)
                for holding, row, found in zip(self.portfolio.holdings, tally.strikes, deadlines, strict=True)
            ),
            stresses=tuple(stresses),
            sharing=self.sharing,
        )


def _has(pair: tuple[Company, Plan], name: str) -> bool:
    """Whether a company has a driver."""
    company, plan = pair
    return plan.market_persistence is not None if name == MARKET else bool(shared_streams(company, plan, {name}))


def _workers(how: How, companies: int, paths: int) -> int:  # noqa: PLR0917
    if how.workers is not None:
        return how.workers
    enough = companies * paths >= _WORTH_PROCESSES * 20_000
    return (os.cpu_count() or 1) if enough else 1


def answered(item: Item) -> Part | Deadline | None:
    """The result of one piece of work."""
    return run_task(item) if isinstance(item, Task) else deadline_of(item)


def _done(items: Sequence[Item], workers: int, *, how: How) -> Iterator[Part | Deadline | None]:
    """The results in the order of the work, wherever it is done."""
    results: Iterator[Part | Deadline | None]
    results = map(answered, items) if workers == 1 else elsewhere(answered, [(item,) for item in items], workers=workers)
    total = sum(_size(item) for item in items)
    done = 0
    for item, result in zip(items, results, strict=True):
        done += _size(item)
        how.tell(done, total)
        yield result


def _size(item: Item) -> int:
    """How many runs of a company a piece of work is."""
    return len(item.members) if isinstance(item, Task) else 1
