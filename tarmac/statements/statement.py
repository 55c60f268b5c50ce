"""Profit and loss, cash flow and balance sheet by month: of one path, of the path of median runway, of the mean."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from tarmac.company import Company
from tarmac.company.line_checks import LONGEST
from tarmac.engine.block import Job
from tarmac.errors import InputError, Problem, out_of_range
from tarmac.layout import plan_of
from tarmac.months import Month
from tarmac.scenario import Scenario
from tarmac.simulation import MOST_PATHS, Progress, overflow_told, with_scenarios
from tarmac.statements.finding import Which, find
from tarmac.statements.tables import Series, tables_of
from tarmac.streams import MAX_SEED, fresh_seed

SCHEMA: Final = "tarmac.statements/1"


@dataclass(frozen=True)
class Statements:
    """The three statements of one path, or of the mean over all.

    Each maps a line's name to its amounts by month, shape (months,), in `currency`. In profit and loss and in the cash
    flow what comes is positive and what goes is negative, so that every total is the sum of the lines above it; in
    the balance sheet both sides are positive. `opening`: the balance sheet on the eve of the first month.
    `what` says which path this is, `notes` what else a reader must know, a sentence each. `path`: the path's number,
    None for the mean; `insolvent` and `acquired`: the month index, counted from 0, in which either happened on it,
    None where it did not (and for the mean).
    """

    company: str
    currency: str
    first_month: Month
    months: int
    scenarios: tuple[str, ...]
    seed: int
    paths: int
    path: int | None
    what: str
    notes: tuple[str, ...]
    insolvent: int | None
    acquired: int | None
    profit_and_loss: Mapping[str, Series]
    cash_flow: Mapping[str, Series]
    balance_sheet: Mapping[str, Series]
    opening: Mapping[str, float]

    @property
    def lasts(self) -> int:
        """Months until nothing moves any more: up to the month of insolvency, or before that of an acquisition."""
        if self.acquired is not None:
            return self.acquired
        return self.months if self.insolvent is None else self.insolvent + 1

    def month_name(self, index: int) -> Month:
        """The calendar month of a month index counted from 0."""
        return self.first_month + index

    def as_json(self) -> dict[str, Any]:
        """The statements as plain values: no NaN, months counted from 1, null where something does not happen."""
        head = {
            "schema": SCHEMA,
            "company": self.company,
            "scenarios": list(self.scenarios),
            "seed": self.seed,
            "paths": self.paths,
            "path": self.path,
            "what": self.what,
            "months": self.months,
            "first_month": str(self.first_month),
            "currency": self.currency,
            "insolvent": None if self.insolvent is None else self.insolvent + 1,
            "acquired": None if self.acquired is None else self.acquired + 1,
            "notes": list(self.notes),
        }
        tables = {name: getattr(self, name) for name in ("profit_and_loss", "cash_flow", "balance_sheet")}
        rows = {name: {line: row.tolist() for line, row in table.items()} for name, table in tables.items()}
        return head | rows | {"opening": dict(self.opening)}


def statements_of(
    company: Company,
    path: Which = "mean",
    *,
    scenarios: Sequence[str | Path | Scenario] = (),
    months: int = 36,
    paths: int = 20_000,
    seed: int | None = None,
) -> Statements:
    """The three statements of a path by number (counted from 1), of the "median" path, or of the "mean".

    Of the paths that `simulate` runs with the same company, scenarios, paths and seed. Without a seed one is drawn and
    kept. InputError where a number is out of range or a scenario does not fit.

    "mean": every line's mean over all paths. Paths that have become insolvent or were acquired count with the balances
    they were left with, and no flows, so that everything still adds up.

    "median": where at least half of the paths become insolvent within the horizon, the path with the lowest number
    among those that do in the month by whose end half of the paths are insolvent (P50 of `insolvent` in a forecast:
    the month of the path that is (paths + 1) // 2 in order of insolvency). Else, of the n paths never insolvent, the
    one that is (n + 1) // 2 in order of cash at the horizon (on an acquired path: of cash when it was acquired), the
    lowest number where several have the same.

    >>> import tarmac
    >>> one = statements_of(tarmac.load("saas-seed"), 17, months=12, seed=7)
    >>> round(float(one.opening["cash"] + one.cash_flow["change in cash"].sum() - one.balance_sheet["cash"][-1]), 6)
    0.0
    """
    problems = list(mistakes(path, months=months, paths=paths, seed=seed))
    if problems:
        raise InputError(problems)
    patched = with_scenarios(company, scenarios)
    names = tuple(item.name if isinstance(item, Scenario) else str(item) for item in scenarios)
    job = job_of(patched, months=months, paths=paths, seed=seed)
    return statements_of_job(job, path, scenarios=names, file=patched.file)


def job_of(company: Company, *, months: int, paths: int, seed: int | None) -> Job:
    """The run whose paths are meant; without a seed, with one that is drawn now."""
    return Job(plan_of(company), fresh_seed() if seed is None else seed, months, paths)


def statements_of_job(
    job: Job,
    path: Which,
    *,
    scenarios: tuple[str, ...] = (),
    file: str = "",
    tell: Progress | None = None,
) -> Statements:
    """The same of a run that has been laid out; `tell` hears of paths done and paths in all."""
    with overflow_told(file, job.months):
        found = find(job, path, tell=tell)
    plan, tables = job.plan, tables_of(job.plan, found.accounts)
    return Statements(
        company=plan.name,
        currency=plan.currency,
        first_month=plan.first_month,
        months=job.months,
        scenarios=scenarios,
        seed=job.seed,
        paths=job.paths,
        path=found.path,
        what=found.what,
        notes=found.notes,
        insolvent=found.insolvent,
        acquired=found.acquired,
        profit_and_loss=tables.profit_and_loss,
        cash_flow=tables.cash_flow,
        balance_sheet={line: row[1:] for line, row in tables.balance_sheet.items()},
        opening={line: float(row[0]) for line, row in tables.balance_sheet.items()},
    )


def mistakes(path: Which | str, *, months: int, paths: int, seed: int | None) -> Iterator[Problem]:
    """What is wrong with the numbers asked for."""
    yield from out_of_range(months=(months, 1, LONGEST), paths=(paths, 1, MOST_PATHS), seed=(seed, 0, MAX_SEED))
    if path not in ("mean", "median") and not (type(path) is int and 1 <= path <= paths):
        rule = f"is mean, median, or the number of a path from 1 to {paths}"
        yield _problem("path", path, rule=rule, remedy="choose one of them, or ask for more paths")


def _problem(where: str, value: object, *, rule: str, remedy: str) -> Problem:
    return Problem("command line", where, str(value), rule, remedy)
