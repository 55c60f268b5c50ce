"""One company forecast as of several months, beside what became of it and every figure that became known later."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final, Protocol

import numpy as np
from numpy.typing import NDArray

from tarmac.backtest.cases import plain
from tarmac.backtest.outlook import spread
from tarmac.calibrate import Method, posterior_of
from tarmac.company import Company
from tarmac.engine.block import Job
from tarmac.engine.observing import Question
from tarmac.errors import InputError, Problem
from tarmac.facts import USED, Fact
from tarmac.fit import fit
from tarmac.layout import plan_of
from tarmac.measures import Clock
from tarmac.months import Month
from tarmac.scenario import without_funding
from tarmac.scoring import crps_within
from tarmac.simulation import run

CLOCKS: Final = ("first_missed_bill", "insolvent")
INSOLVENCY: Final = "insolvency"
"""What a file of facts calls the event that the company became insolvent."""

SHOWN: Final = (3, 6, 12, 24, 36)
"""Months after an origin at which chances are told."""


@dataclass(frozen=True, slots=True)
class AsOf:
    """A company as it can be forecast in a month: with the new money it may raise, and with none after that month.

    `learnt`: how many facts it was fitted to, 0 where it is the company as declared; `settled`: whether the fit has
    come to rest, without which its forecast is not to be trusted.
    """

    funded: Company
    alone: Company
    learnt: int
    settled: bool = True


class Foresight(Protocol):
    """What makes a company as of a month."""

    def __call__(self, company: Company, facts: Sequence[Fact], /, *, origin: Month) -> AsOf:
        """The company as of the end of a month, from those facts alone that were known by then."""


@dataclass(frozen=True, slots=True)
class Happened:
    """What is known to have happened: the first missed bill and insolvency by the facts, None where there was none.

    `until`: the last month of which anything is known.
    """

    first_missed_bill: Month | None
    insolvent: Month | None
    until: Month


@dataclass(frozen=True)
class View:
    """The forecast as of one month.

    `clocks`: by name, with new money and without, counted from the month after the origin. `facts`: figures that became
    known later, each beside the model, as rows of `tarmac.fit.fit`.
    """

    origin: Month
    learnt: int
    settled: bool
    funded: dict[str, Clock]
    alone: dict[str, Clock]
    facts: list[dict[str, Any]]

    @property
    def inside(self) -> int:
        """How many of the later figures lie inside what the model says."""
        return sum(bool(row["inside"]) for row in self.facts)

    def chance(self, name: str, month: Month, *, funded: bool = True) -> tuple[float, float] | None:
        """The chance of a clock by the end of a month and its Monte Carlo error; None beyond the forecast."""
        clock, place = (self.funded if funded else self.alone)[name], month - self.origin - 1
        if not 0 <= place < len(clock.probability):
            return None
        return float(clock.probability[place]), float(clock.standard_error[place])


@dataclass(frozen=True)
class OriginsTest:
    """One company, forecast as of several months."""

    company: str
    facts: str
    seed: int
    paths: int
    months: int
    happened: Happened
    views: tuple[View, ...]

    def as_json(self) -> dict[str, Any]:
        """Plain values; null where there is none."""
        happened = self.happened
        return {
            "kind": "origins",
            "company": self.company,
            "facts": self.facts,
            "seed": self.seed,
            "paths": self.paths,
            "months": self.months,
            "happened": {
                **{name: None if month is None else str(month) for name, month in dates_of(happened).items()},
                "known_until": str(happened.until),
            },
            "origins": [self._view(view) for view in self.views],
        }

    def _view(self, view: View) -> dict[str, Any]:
        return {
            "origin": str(view.origin),
            "facts_learnt_from": view.learnt,
            "settled": view.settled,
            "with_new_money": {name: clock.as_json() for name, clock in view.funded.items()},
            "without_new_money": {name: clock.as_json() for name, clock in view.alone.items()},
            "crps_months": {name: plain_score(view, self.happened, name=name) for name in CLOCKS},
            "later_facts": [_plain_row(row) for row in view.facts],
            "inside": view.inside,
        }


def dates_of(happened: Happened) -> dict[str, Month | None]:
    """When each clock is known to have struck."""
    return {"first_missed_bill": happened.first_missed_bill, "insolvent": happened.insolvent}


def plain_score(view: View, happened: Happened, *, name: str) -> float | None:
    """The CRPS of a clock in months, censored where it had not struck; None where it had by the origin."""
    struck = dates_of(happened)[name]
    end = struck if struck is not None else happened.until
    if end <= view.origin:
        return None
    strikes = view.funded[name].strikes
    time = float(end - view.origin)
    return crps_within(spread(strikes.tolist()), time, event=struck is not None, horizon=len(strikes) - 1)


def origins_test(
    company: Company, facts: Sequence[Fact], *, origins: Sequence[Month], foresight: Foresight, job: Job
) -> OriginsTest:
    """Forecast a company as of each month over the months of a job, and lay what happened beside it.

    `job` says months (after each origin), paths and seed; its plan is not used. InputError where an origin makes no
    sense.
    """
    happened = happened_by(company, facts)
    check_origins(company, facts, origins=origins)
    views = tuple(_view(foresight(company, facts, origin=origin), facts, origin=origin, job=job) for origin in origins)
    name = company.company.facts or ""
    return OriginsTest(company.company.name, name, job.seed, job.paths, job.months, happened, views)


def default_origins(company: Company, facts: Sequence[Fact]) -> list[Month]:
    """The month before the company begins, and each in which something to learn from became known before the last."""
    begins, until = before(company), known_until(facts)
    known = {fact.known for fact in facts if fact.use == "calibrate" and fact.known > begins}
    return [begins, *sorted(month for month in known if month < until)]


def before(company: Company) -> Month:
    """The month before the company's first: the origin of the forecast it declares."""
    return company.company.first_month + -1


def known_until(facts: Sequence[Fact]) -> Month:
    """The last month of which a fact tells what happened, and not what somebody expected."""
    return max(fact.last for fact in facts if fact.known >= fact.last)


def check_origins(company: Company, facts: Sequence[Fact], *, origins: Sequence[Month]) -> None:
    """InputError where an origin lies before the company, after everything known, or before anything to learn from."""
    begins, until = before(company), known_until(facts)
    learnt = [fact.known for fact in facts if fact.use == "calibrate" and fact.first > begins]
    problems = [
        Problem("command line", "origin", str(month), f"lies from {begins} to {until + -1}: {why}", "choose another")
        for month in origins
        for why, wrong in (
            ("the company begins in the month after the first", month < begins),
            ("nothing is known after the last", month >= until),
            ("by then nothing had become known to learn from", begins < month < min(learnt, default=until)),
        )
        if wrong
    ]
    if problems:
        raise InputError(problems)


def happened_by(company: Company, facts: Sequence[Fact]) -> Happened:
    """What the facts say has happened.

    A bill was missed in the first month in which some amount is known to be past due, or a bill of it unpaid at its due
    date; the company became insolvent where an event called `insolvency` says so.
    """
    plan, begins = plan_of(company), company.company.first_month
    missed = [
        begins + Question(fact.quantity, fact.first - begins, fact.last - begins).end(plan)
        for fact in facts
        if fact.use in USED and fact.quantity.kind in ("unpaid", "arrears") and fact.value and fact.side >= 0
    ]
    ends = [fact.last for fact in facts if fact.qualifier == "event" and fact.quantity.kind == INSOLVENCY]
    return Happened(min(missed, default=None), min(ends, default=None), known_until(facts))


def _view(as_of: AsOf, facts: Sequence[Fact], *, origin: Month, job: Job) -> View:
    later = [fact for fact in facts if fact.known > origin]
    table = fit(as_of.funded, later, seed=job.seed, paths=job.paths)
    return View(
        origin=origin,
        learnt=as_of.learnt,
        settled=as_of.settled,
        funded=_clocks(as_of.funded, origin, job=job),
        alone=_clocks(as_of.alone, origin, job=job),
        facts=[{str(name): value for name, value in row.items()} for row in table.to_dict("records")],
    )


def _clocks(company: Company, origin: Month, *, job: Job) -> dict[str, Clock]:
    """When each clock strikes, counted from the month after the origin: paths struck by then count in its first."""
    past = origin - company.company.first_month + 1
    strikes = run(replace(job, plan=plan_of(company), months=past + job.months)).strikes
    return {name: Clock(name, strikes[name][past:] + _first(strikes[name][:past].sum(), job.months)) for name in CLOCKS}


def _first(count: int, months: int) -> NDArray[np.int64]:
    row = np.zeros(months + 1, np.int64)
    row[0] = count
    return row


def _plain_row(row: dict[str, Any]) -> dict[str, Any]:
    numbers: Iterator[tuple[str, Any]] = (
        (name, plain(value) if isinstance(value, float) else value) for name, value in row.items()
    )
    return {name: bool(value) if name == "inside" else value for name, value in numbers}


def calibrating(*, seed: int, tell: Callable[[str], object], method: Method | None = None) -> Foresight:
    """What calibrates a company on the facts known by a month; as of the month before its first it is as declared.

    `tell` is told of each calibration before it begins: they take a while. InputError, from the company as of a month,
    where there is nothing to learn by then, or its facts are out of its reach.
    """

    def known(company: Company, facts: Sequence[Fact], /, *, origin: Month) -> AsOf:
        if origin == before(company):
            return AsOf(company, without_funding(company), 0)
        tell(f"calibrating {company.company.name} on what was known by {origin.label}")
        found = posterior_of(company, facts, origin=origin, seed=seed, method=method or Method())
        return AsOf(found.calibrated, without_funding(found.calibrated), len(found.used), found.quality.good)

    return known
