"""A portfolio run: all its companies, block by block, on one process or several, with stresses and deadlines."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import accumulate
from typing import Any, Final

import numpy as np

from tarmac import library
from tarmac.checkpoint import Checkpoint, SoFar
from tarmac.company import Company
from tarmac.identity import digest_of, program
from tarmac.layout import plan_of
from tarmac.plan import Plan
from tarmac.portfolio.block import Member, Part, Path16, Task, run_task
from tarmac.portfolio.common import highest_rates, shared_names, shared_streams, with_common_first
from tarmac.portfolio.deadline import Answer, Question, answer_of
from tarmac.portfolio.gathering import KINDS, Frame, Gathered
from tarmac.portfolio.holdings import Holding, Portfolio
from tarmac.portfolio.result import YEAR, Outcome, PortfolioForecast, Standing, Stress
from tarmac.scenario import Scenario
from tarmac.simulation import How, check_run, seed_of
from tarmac.streams import BLOCK_PATHS, MARKET

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

_WORTH_PROCESSES: Final = 200_000
"""Paths of all companies together from which on starting worker processes costs less time than it saves."""

_PLAINLY: Final = How()

Item = Task | Question


def look_ahead(
    portfolio: Portfolio,
    *,
    common: Sequence[str] = (),
    months: int = 24,
    paths: int = 20_000,
    seed: int | None = None,
    how: How = _PLAINLY,
) -> PortfolioForecast:
    """Simulate all companies of a portfolio on the same market, and on the common drivers that patterns name.

    `how`: who does it, progress, and a file to go on from, which change no bit of the result. Without a seed, one is
    drawn, or that of the run to be resumed is taken. InputError where a number is out of range, a pattern names
    nothing, or a company's amounts grow without end.
    """
    check_run(months=months, paths=paths, seed=seed, most=MOST_PATHS)
    run = _Run(portfolio, common, seed=seed_of(seed, how), months=months, paths=paths)
    return run.forecast(_gathered(run, how))


class _Run:
    """A portfolio laid out to be run."""

    def __init__(self, portfolio: Portfolio, common: Sequence[str], *, seed: int, months: int, paths: int) -> None:
        self._portfolio, self._seed, self._months, self._paths = portfolio, seed, months, paths
        self._fewer = min(paths, FEWER_PATHS)
        laid = [(holding.company, plan_of(holding.company)) for holding in portfolio.holdings]
        self._names = shared_names(laid, common)
        self._highest = highest_rates([plan for _, plan in laid], self._names)
        sharing = {name: [place for place, pair in enumerate(laid) if _has(pair, name)] for name in self._names}
        self._sharing = {name: len(places) for name, places in sharing.items()}
        first = {name: _teller(name, places, laid=laid) for name, places in sharing.items() if places}
        self._members = tuple(
            self._member(holding, plan, tells=tuple(name for name in first if first[name] == place))
            for place, (holding, (_, plan)) in enumerate(zip(portfolio.holdings, laid, strict=True))
        )
        self._scenarios = tuple(library.load_scenario(name) for name in STRESSES)

    def _member(self, holding: Holding, plan: Plan, *, tells: tuple[str, ...]) -> Member:
        shared = shared_streams(holding.company, plan, names=self._names)
        return Member(
            name=holding.name,
            file=holding.company.file,
            plan=with_common_first(plan, shared),
            shared=shared,
            highest=self._highest,
            rate=holding.rate,
            stake=holding.stake or 0.0,
            tells=tells,
        )

    def tasks(self) -> list[Task]:
        """All companies on all blocks, in the order of the blocks."""
        groups = [self._members[first : first + _TOGETHER] for first in range(0, len(self._members), _TOGETHER)]
        return [
            Task(group, self._seed, block, self._months, min(BLOCK_PATHS, self._paths - block * BLOCK_PATHS))
            for block in range(-(-self._paths // BLOCK_PATHS))
            for group in groups
        ]

    def questions(self) -> list[Question]:
        """What is asked about each company alone."""
        known = (self._names, self._highest, self._scenarios, self._seed, self._months, self._fewer)
        return [Question(holding.company, *known) for holding in self._portfolio.holdings]

    @property
    def frame(self) -> Frame:
        """What the run is of."""
        return Frame(self._portfolio.name, len(self._members), self._months, self._fewer)

    @property
    def worth_processes(self) -> bool:
        """Whether worker processes save more time than they take to start."""
        return self._paths * len(self._members) >= _WORTH_PROCESSES

    def identity(self) -> dict[str, Any]:
        """What makes two runs the same run, bit by bit: what was asked for, and the program that computes it.

        One digest a company, so that it can be said which is another.
        """
        held = self._portfolio
        pairs = zip(held.holdings, self._members, strict=True)
        return {
            "portfolio": held.name,
            "companies": len(held.holdings),
            "seed": self._seed,
            "months": self._months,
            "paths": self._paths,
            "currency": held.currency,
            "scenarios": ", ".join(held.scenarios),
            "common drivers": ", ".join(self._names),
            "stresses": digest_of(self._scenarios),
            "how it was read": digest_of((held.first_month, held.notes, held.apart)),
            "order of companies": digest_of([holding.name for holding in held.holdings]),
            **{f"company {holding.name}": _digest(holding, member) for holding, member in pairs},
            **program(),
        }

    def forecast(self, found: Gathered) -> PortfolioForecast:
        """Everything put together: the answers about each company, and what the blocks leave."""
        tally, first, answers = found.tally, found.first, found.answers
        if tally is None or first is None:
            raise ValueError("a run has at least one block")
        companies = zip(self._portfolio.holdings, tally.strikes, answers, strict=True)
        return PortfolioForecast(
            portfolio=self._portfolio,
            months=self._months,
            paths=self._paths,
            seed=self._seed,
            tally=tally,
            standings=tuple(Standing(holding, row, found.deadline) for holding, row, found in companies),
            stresses=tuple(self._stress(scenario, answers, base=first) for scenario in self._scenarios),
            sharing=self._sharing,
        )

    def _stress(self, scenario: Scenario, answers: Sequence[Answer], *, base: Path16) -> Stress:
        """What a scenario does; companies that it does not fit are as they are."""
        struck, places = base.copy(), []
        for place, answer in enumerate(answers):
            if scenario.name in answer.struck:
                struck[place] = answer.struck[scenario.name]
                places.append(place)
        return Stress(scenario.name, scenario.title, tuple(places), self._outcome(struck), self._outcome(base))

    def _outcome(self, struck: Path16) -> Outcome:
        soon, failed = struck < min(YEAR, self._months), struck < self._months
        many = np.bincount(failed.sum(axis=0), minlength=len(struck) + 1)
        return Outcome(soon.sum(axis=1), failed.sum(axis=1), many)


def _has(pair: tuple[Company, Plan], name: str) -> bool:
    """Whether a company has a driver."""
    company, plan = pair
    return plan.market_persistence is not None if name == MARKET else bool(shared_streams(company, plan, names={name}))


def _teller(name: str, places: Sequence[int], *, laid: Sequence[tuple[Company, Plan]]) -> int:
    """Who tells how a driver went: the first company that has it; of an event, one that has it most often."""
    if not name.startswith("event."):
        return places[0]
    rates = [highest_rates([laid[place][1]], {name})[name] for place in places]
    return places[rates.index(max(rates))]


def result_of(item: Item) -> Part | Answer:
    """The result of one piece of work."""
    return run_task(item) if isinstance(item, Task) else answer_of(item)


def _gathered(run: _Run, how: How) -> Gathered:
    """What all the work comes to, whoever does it and however often that was interrupted."""
    items: list[Item] = [*run.questions(), *run.tasks()]
    kept = None if how.resume is None else Checkpoint(how.resume, run.identity(), KINDS, how.say)
    done = SoFar(0, Gathered()) if kept is None else kept.begin(Gathered())
    sizes = [0, *accumulate(map(_size, items))]
    if done.parts:
        how.tell(sizes[done.parts], sizes[-1])
        how.say(f"{how.resume}: {sizes[done.parts]:,} of {sizes[-1]:,} runs of companies are there already")
    left = items[done.parts :]
    results = how.carried(by=len(items), worth=run.worth_processes).map(result_of, [(item,) for item in left])
    for part, found in enumerate(results, done.parts + 1):
        done = SoFar(part, done.sum.take(found, run.frame))
        if kept is not None:
            kept.save(done, last=part == len(items))
        how.tell(sizes[part], sizes[-1])
    return done.sum


def _digest(holding: Holding, member: Member) -> str:
    """Twelve digits of the digest of a company, wherever its file or its row may stand."""
    return digest_of((holding.company.document(), holding.stake, replace(member, file="")))[:12]


def _size(item: Item) -> int:
    """How many companies a piece of work runs."""
    return len(item.members) if isinstance(item, Task) else 1
