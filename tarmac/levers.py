"""Levers: what one unit of each thing management can do buys, on the same draws, the strongest first."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from tarmac import library
from tarmac.company import Company
from tarmac.comparing import BASE, MOST_PATHS, Comparison, Pair, outcomes
from tarmac.engine.block import Job
from tarmac.errors import InputError, Problem, nearest
from tarmac.layout import plan_of
from tarmac.library import Found
from tarmac.paired import Difference
from tarmac.plan import Plan
from tarmac.scenario import Lever, Scenario, apply, from_now_on, pulled, scales
from tarmac.simulation import How, changes_past, check_run
from tarmac.streams import fresh_seed

SCHEMA: Final = "tarmac.levers/1"
SURVIVE: Final = 18
"""Levers are ranked by the chance of surviving so many months, or to the horizon where it is nearer."""

_PREFIX: Final = "lever-"
_PLAIN: Final = How()


@dataclass(frozen=True, slots=True)
class Handle:
    """A lever that has something to act on in a company: its scenario and its `[lever]` table."""

    name: str
    scenario: Scenario
    lever: Lever

    @property
    def scales(self) -> bool:
        """Whether it can be pulled by more or less than one unit."""
        return scales(self.scenario)

    @property
    def finest(self) -> float:
        """The smallest step, in units."""
        return self.lever.finest if self.scales else 1.0

    @property
    def largest(self) -> float:
        """The largest number of units."""
        return self.lever.largest if self.scales else 1.0

    @property
    def cost(self) -> float | None:
        """What a unit costs; None where nothing is said."""
        return None if self.lever.cost is None else self.lever.cost.value

    def apply(self, company: Company, units: float = 1.0) -> Company:
        """The company with the lever pulled. InputError where it cannot be pulled so far."""
        return apply(company, pulled(self.scenario, units))


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A lever that does nothing for a company, and why."""

    name: str
    words: str
    why: str


@dataclass(frozen=True)
class Effect:
    """What one unit of a lever buys: the company with it less the company as it is, path by path."""

    handle: Handle
    pair: Pair
    at: int

    @property
    def survive(self) -> Difference:
        """Of the probability of surviving to the end of month index `at`."""
        return negated(self.pair.insolvent(self.at))

    @property
    def months_solvent(self) -> Difference:
        """Months of solvency gained up to the horizon (RMST)."""
        return self.pair.months_solvent

    @property
    def per_money(self) -> float | None:
        """Chance of surviving gained for each unit of money that a unit of the lever costs; None without a cost."""
        cost, gain = self.handle.cost, self.survive.value
        return None if not cost or gain is None else gain / cost

    def as_json(self) -> dict[str, Any]:
        """Plain values."""
        return {
            "name": self.handle.name,
            "words": self.handle.lever.named(),
            "survive": self.survive.as_json(),
            "months_solvent": self.months_solvent.as_json(),
            "runway_p50": self.pair.runway(0.5).as_json(),
            "need_p90": self.pair.need(0.9).as_json(),
            "cost": self.handle.cost,
            "survive_per_money": self.per_money,
        }


@dataclass(frozen=True)
class Ranking:
    """All levers of a company, the strongest first, and those that have nothing to act on."""

    comparison: Comparison
    at: int
    effects: tuple[Effect, ...]
    left_out: tuple[LeftOut, ...]

    @property
    def survives(self) -> float:
        """The probability of surviving to the end of month index `at` as the company is."""
        return 1.0 - float(self.comparison.base.insolvent.probability[self.at])

    def as_json(self) -> dict[str, Any]:
        """Plain values: no NaN, months counted from 1, null where no month or amount within reach does."""
        found, base = self.comparison, self.comparison.base
        return {
            "schema": SCHEMA,
            "company": found.company,
            "currency": found.currency,
            "first_month": str(found.first_month),
            "months": found.months,
            "paths": found.paths,
            "seed": found.seed,
            "survive_months": self.at + 1,
            "base": {
                "survive": self.survives,
                "survive_standard_error": float(base.insolvent.standard_error[self.at]),
                "months_solvent": base.months_solvent,
                "runway_p50": base.insolvent.month(0.5),
                "need_p90": None if base.need is None else base.need.amount(0.9),
            },
            "levers": [effect.as_json() for effect in self.effects],
            "left_out": [{"name": item.name, "words": item.words, "why": item.why} for item in self.left_out],
        }


def rank_levers(
    company: Company,
    names: Sequence[str] | None = None,
    *,
    months: int = 36,
    paths: int = 20_000,
    seed: int | None = None,
    how: How = _PLAIN,
) -> Ranking:
    """What one unit of each lever buys, ranked by the probability of surviving 18 months, ties by months of solvency.

    `names`: levers on the shelf scenarios/, or files; all that have something to act on unless said. InputError where
    a name is no lever, or one that does nothing for this company.
    """
    check_run(months=months, paths=paths, seed=seed, most=MOST_PATHS)
    handles, left_out = handles_for(company, names)
    seed = fresh_seed() if seed is None else seed
    companies = {BASE: company} | {handle.name: handle.apply(company) for handle in handles}
    jobs = {name: Job(plan_of(item), seed, months, paths) for name, item in companies.items()}
    plan = jobs[BASE].plan
    found = Comparison(plan.name, plan.first_month, plan.currency, months, seed, tuple(outcomes(jobs, how)))
    return ranking(found, handles, left_out=left_out)


def ranking(found: Comparison, handles: Sequence[Handle], *, left_out: Sequence[LeftOut] = ()) -> Ranking:
    """The levers that a comparison has beside the company as it is, the strongest first."""
    at = min(SURVIVE, found.months) - 1
    effects = [Effect(handle, found.pair(handle.name), at) for handle in handles]
    return Ranking(found, at, tuple(sorted(effects, key=_strength, reverse=True)), tuple(left_out))


def _strength(effect: Effect) -> tuple[float, float]:
    return effect.survive.value or 0.0, effect.months_solvent.value or 0.0


def negated(difference: Difference) -> Difference:
    """The difference the other way round."""
    value, low, high = (
        None if end is None else 0.0 - end for end in (difference.value, difference.high, difference.low)
    )
    return Difference(value, low, high)


def handles_for(company: Company, names: Sequence[str] | None = None) -> tuple[tuple[Handle, ...], tuple[LeftOut, ...]]:
    """The levers that have something to act on in a company, and those that have not.

    InputError, with all of them at once, for names that are no lever or have nothing to act on.
    """
    if names is None:
        return _all_for(company)
    handles: dict[str, Handle] = {}
    problems: list[Problem] = []
    for name in names:
        try:
            found = _lever_of(_find(name), company)
            if found.name in handles:
                raise InputError([_problem(name, rule="each lever is named once", remedy="leave it out")])
            handles[found.name] = found
            why = _why_not(company, found)
            if why is not None:
                known = [handle.name for handle in _all_for(company)[0]]
                rule = f"a lever acts on something in {company.company.name}: {why}"
                raise InputError([_problem(name, rule=rule, remedy="there are: " + ", ".join(known))])
        except InputError as error:
            problems += error.problems
    if problems:
        raise InputError(problems)
    return tuple(handles.values()), ()


def _all_for(company: Company) -> tuple[tuple[Handle, ...], tuple[LeftOut, ...]]:
    handles, left_out = [], []
    for file in library.on_shelf("scenarios"):
        try:
            scenario = library.load_scenario(file.path)
        except InputError:
            left_out.append(LeftOut(file.name, file.name, f"its file has mistakes: tarmac check {file.name}"))
            continue
        if scenario.lever is None:
            continue
        handle = Handle(file.name, from_now_on(scenario, company), scenario.lever)
        why = _why_not(company, handle)
        if why is None:
            handles.append(handle)
        else:
            left_out.append(LeftOut(file.name, scenario.lever.named(), why))
    return tuple(handles), tuple(left_out)


def _find(name: str) -> Found:
    """The file of a lever, by its name with or without "lever-"."""
    try:
        return library.find("scenarios", name)
    except InputError:
        known = {found.name: found for found in library.on_shelf("scenarios")}
        if f"{_PREFIX}{name}" in known:
            return known[f"{_PREFIX}{name}"]
        levers = [item for item in known if item.startswith(_PREFIX)]
        rule = "is a lever on the shelf scenarios/ (here or shipped), or a file"
        raise InputError([_problem(name, rule=rule, remedy=nearest(name, levers))]) from None


def _lever_of(found: Found, company: Company) -> Handle:
    scenario = library.load_scenario(found.path)
    if scenario.lever is None:
        rule = "a lever is a scenario with a [lever] table, which says what one unit is"
        remedy = "add words and amount under [lever], or compare it: tarmac compare"
        raise InputError([Problem(scenario.file, "lever", "", rule, remedy)])
    return Handle(found.name, from_now_on(scenario, company), scenario.lever)


def _why_not(company: Company, handle: Handle) -> str | None:
    """Why a lever does nothing for a company, in words; None where it does something."""
    cost, currency = handle.lever.cost, company.company.currency
    if cost is not None and cost.unit not in ("", currency):
        return f"its cost is in {cost.unit}, and the company counts in {currency}"
    try:
        changed = handle.apply(company)
    except InputError as error:
        first = error.problems[0]
        return f"nothing here is {first.value}" if first.where.endswith("].target") else f"{first.where}: {first.rule}"
    if company.posterior is not None and changes_past(company, changed):
        return f"it would change what had happened by {company.posterior.about.origin.label}"
    return "it would change nothing" if _same(plan_of(changed), plan_of(company)) else None


def _same(one: Plan, other: Plan) -> bool:
    """Whether two plans say the same; their correlations hold arrays, which are compared as text."""
    bare_one, bare_other = (replace(plan, input_copula=None, shock_copula=None) for plan in (one, other))
    return bare_one == bare_other and repr(_copulas(one)) == repr(_copulas(other))


def _copulas(plan: Plan) -> tuple[Any, Any]:
    return plan.input_copula, plan.shock_copula


def _problem(name: str, *, rule: str, remedy: str) -> Problem:
    return Problem("command line", "lever", name, rule, remedy)
