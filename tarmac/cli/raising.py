"""`tarmac raise`: how much to raise and by when, on the screen and in files."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from tarmac import library
from tarmac.cli.asked import AskedRaise
from tarmac.cli.checking import in_the_way, kept, unlike_a_run
from tarmac.cli.running import patched
from tarmac.cli.saving import Writer, as_json, text_writer
from tarmac.cli.telling import hand_over
from tarmac.company import Company
from tarmac.comparing import keep_past
from tarmac.engine.block import Job
from tarmac.errors import InputError, Problem
from tarmac.forecast import Forecast
from tarmac.layout import plan_of
from tarmac.money import NumberError, parse_amount
from tarmac.months import Month
from tarmac.raising import Attempt, Raise, attempt_of, raising, runway_without, savings
from tarmac.raising.attempt import ROUND, with_attempt, with_money
from tarmac.report.figure import runway_figure, save
from tarmac.report.raising import raise_text
from tarmac.report.raising_charts import instead_table, need_table, raise_figure, save_raise, start_table
from tarmac.report.spreadsheet import as_csv
from tarmac.scenario import Scenario, apply, without_funding
from tarmac.streams import fresh_seed

_MOST_PATHS: Final = 1_000_000
_FILES: Final = ("raise.json", "need.csv", "starts.csv", "instead.csv", "raise.png", "raise-runway.png")


@dataclass(frozen=True, slots=True)
class _Checked:
    """What was asked for, once it makes sense."""

    company: Company
    attempt: Attempt
    confidence: float
    at: int
    instead: Sequence[Scenario]


def run(asked: AskedRaise) -> int:
    """Check everything, search, print and save; the exit code."""
    wanted = _checked(asked)
    company = wanted.company
    job = Job(plan_of(company), fresh_seed() if asked.seed is None else asked.seed, asked.months, asked.paths)
    found = raising(
        company, job=job, confidence=wanted.confidence, attempt=wanted.attempt, at=wanted.at, instead=wanted.instead
    )
    hand_over(
        asked,
        lambda: raise_text(found),
        document=found.as_json,
        files=lambda: _files(asked, company, found=found),
    )
    return 0


def _checked(asked: AskedRaise) -> _Checked:
    """Every mistake of the command line and its files at once."""
    problems: list[Problem] = []
    company = kept(problems, lambda name: patched(name, asked.scenarios), on=asked.company)
    problems += [*unlike_a_run(asked, most_paths=_MOST_PATHS), *in_the_way(asked, _FILES)]
    confidence = kept(problems, _confidence, on=asked.confidence)
    at = kept(problems, lambda known: _month(asked, known), on=company)
    attempt = None if company is None else kept(problems, lambda known: _attempt(asked, known), on=company)
    instead = kept(problems, lambda known: _scenarios(asked.instead, known), on=company)
    if company is None or attempt is None or confidence is None or at is None or instead is None or problems:
        raise InputError(problems)
    return _Checked(company, attempt, confidence, at, instead)


def _confidence(text: str) -> float:
    rule, remedy = "is a share above 0% and below 100%, such as 90%", "write 90%"
    try:
        amount = parse_amount(text)
    except NumberError:
        raise InputError([_mistake("confidence", text, rule=rule, remedy=remedy)]) from None
    if not (0 < amount.value < 1 and amount.unit in ("", "%")):
        raise InputError([_mistake("confidence", text, rule=rule, remedy=remedy)])
    return amount.value


def _month(asked: AskedRaise, company: Company | None) -> int:
    """The month index in which the money is there; where no month is given, the first there is."""
    if company is None:
        return 0
    now, first = plan_of(company).now, company.company.first_month
    if asked.at is None:
        return now
    last = first + (max(asked.months, 1) - 1)
    rule, remedy = f"is a month of the run, from {first + now} to {last}", "choose one of them, or other --months"
    try:
        index = Month.parse(asked.at) - first
    except ValueError:
        raise InputError([_mistake("at", asked.at, rule=rule, remedy=f"write --at {first + now}")]) from None
    if not now <= index < max(asked.months, 1):
        raise InputError([_mistake("at", asked.at, rule=rule, remedy=remedy)])
    return index


def _attempt(asked: AskedRaise, company: Company) -> Attempt:
    """How the raise goes; its words are read here, so that a mistake in them is told with all others."""
    attempt = attempt_of(company, takes=asked.takes, succeeds=asked.succeeds, pre_money=asked.pre_money)
    bare, problems = without_funding(company), list[Problem]()
    kept(problems, lambda known: with_attempt(bare, known), on=attempt)
    kept(problems, lambda known: with_money(bare, known, amount=1.0, at=0), on=attempt)
    if problems:
        raise InputError(dict.fromkeys(_as_typed(item, asked) for item in problems))
    return attempt


def _as_typed(item: Problem, asked: AskedRaise) -> Problem:
    """A mistake in the round that is tried, told of the option it was given with."""
    key = item.where.removeprefix(f"round.{ROUND}.")
    said = {"takes": asked.takes, "succeeds": asked.succeeds, "pre_money": asked.pre_money}
    if key == item.where or said.get(key) is None:
        return item
    return replace(item, file="command line", where=key.replace("_", "-"))


def _scenarios(names: Sequence[str], company: Company | None) -> tuple[Scenario, ...]:
    """What to do instead: as named, or what saves money. InputError where one does not fit the company."""
    problems: list[Problem] = []
    if not names:
        return () if company is None else savings(company)
    found = [kept(problems, library.load_scenario, on=name) for name in names]
    scenarios = tuple(scenario for scenario in found if scenario is not None)
    if company is not None:
        for scenario in scenarios:
            kept(problems, lambda known: keep_past(company, apply(company, known), name=known.name), on=scenario)
    if problems:
        raise InputError(problems)
    return scenarios


def _files(asked: AskedRaise, company: Company, *, found: Raise) -> dict[str, Writer]:
    """What `--out` leaves, charts last."""
    applied = [Path(name).name.removesuffix(".toml") for name in asked.scenarios]
    runway = runway_without(company, found, scenarios=applied)
    return {
        "raise.json": text_writer(as_json(found.as_json()) + "\n"),
        "need.csv": text_writer(as_csv(need_table(found).round(2))),
        "starts.csv": text_writer(as_csv(start_table(found))),
        "instead.csv": text_writer(as_csv(instead_table(found).round(6))),
        "raise-runway.png": _runway_writer(runway),
        "raise.png": lambda path: save_raise(raise_figure(found), path, found=found),
    }


def _runway_writer(forecast: Forecast) -> Writer:
    return lambda path: save(runway_figure(forecast), path, forecast=forecast)


def _mistake(where: str, value: str, *, rule: str, remedy: str) -> Problem:
    return Problem("command line", where, value, rule, remedy)
