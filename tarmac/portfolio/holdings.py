"""Companies that are held together: each with the investor's stake and what its currency costs."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TypeVar

from tarmac.company import Company
from tarmac.errors import InputError, Problem
from tarmac.months import Month
from tarmac.portfolio.defaults import DEFAULTS
from tarmac.portfolio.places import Place
from tarmac.scenario import Scenario, apply

A = TypeVar("A")
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Asked:
    """What is said of a portfolio beside its file.

    `this_month`: the first month of rows that name none. `currency`: what amounts are told in; if not given, the one
    whose rate is 1, else the first company's; `rates`: what one unit of other currencies costs in it. `stake`: of
    companies of which none is known; `investor`: whose stake company files tell of, by the name of a holder. `align`:
    months are counted from each company's own first.
    """

    this_month: Month
    scenarios: Sequence[Scenario] = ()
    currency: str | None = None
    rates: Mapping[str, float] = field(default_factory=dict)
    stake: float | None = None
    investor: str | None = None
    defaults: str = DEFAULTS
    align: bool = False


@dataclass(frozen=True, slots=True)
class Holding:
    """A company in a portfolio: the investor's stake, None where it is not known, and its currency's rate."""

    company: Company
    stake: float | None
    rate: float

    @property
    def name(self) -> str:
        """The company's name."""
        return self.company.company.name

    @property
    def currency(self) -> str:
        """The company's currency."""
        return self.company.company.currency


@dataclass(frozen=True)
class Portfolio:
    """Some companies held together; `notes`: what a reader must know of how they were read, a sentence each.

    `apart`: months are counted from each company's own first month, and those differ.
    """

    name: str
    currency: str
    first_month: Month
    holdings: tuple[Holding, ...]
    scenarios: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    apart: bool = False


def under(portfolio: Portfolio, scenarios: Iterable[Scenario]) -> Portfolio:
    """A portfolio under some scenarios, each on those companies that it fits. InputError for one that fits none."""
    problems: list[Problem] = []
    for scenario in scenarios:
        found = [_patched(holding, scenario) for holding in portfolio.holdings]
        fits = sum(isinstance(item, Holding) for item in found)
        if not fits:
            problems += [problem for item in found if isinstance(item, InputError) for problem in item.problems]
        holdings = tuple(
            item if isinstance(item, Holding) else holding
            for item, holding in zip(found, portfolio.holdings, strict=True)
        )
        note = f"{scenario.name} fits {fits} of {len(found)} companies; the others are as they are."
        notes = portfolio.notes if fits == len(found) else (*portfolio.notes, note)
        names = (*portfolio.scenarios, scenario.name)
        portfolio = replace(portfolio, holdings=holdings, scenarios=names, notes=notes)
    if problems:
        raise InputError(dict.fromkeys(problems))
    return portfolio


def _patched(holding: Holding, scenario: Scenario) -> Holding | InputError:
    try:
        return replace(holding, company=apply(holding.company, scenario))
    except InputError as error:
        return error


def without_stake(holdings: Sequence[Holding]) -> list[str]:
    """A sentence on the companies in which the investor's stake is not known, where it is in others."""
    unknown = sum(holding.stake is None for holding in holdings)
    if not 0 < unknown < len(holdings):
        return []
    return [f"The investor's stake is not known in {unknown} of {len(holdings)} companies: none is counted there."]


def twice(named: Iterable[tuple[Place, str]]) -> Iterator[Problem]:
    """Companies of one name, letter case and spaces apart; each with where it stands."""
    seen: dict[str, Place] = {}
    for where, name in named:
        key = " ".join(name.casefold().split())
        if key and key in seen:
            rule = f"a name stands in a portfolio once; {seen[key]} has it too"
            yield where.problem("name", name, rule=rule, remedy="rename one of them, or remove it")
        seen.setdefault(key, where)


def apart(months: Sequence[tuple[Place, Month]]) -> Iterator[Problem]:
    """Companies that begin in another month than the first does; each with where it stands."""
    for where, month in months[1:]:
        if month != months[0][1]:
            rule = f"all companies begin in the same month, here {months[0][1]}"
            remedy = "bring its balances to that month; of files, --align counts each from its own first month"
            yield where.problem("first_month", str(month), rule=rule, remedy=remedy)


def kept(problems: list[Problem], work: Callable[[A], T], *, on: A) -> T | None:
    """What the work returns; or None, and its problems kept."""
    try:
        return work(on)
    except InputError as error:
        problems += error.problems
        return None
