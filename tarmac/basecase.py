"""The base case: the path on which every number is at its median and nothing is left to chance, as the engine runs it.

It is what a spreadsheet can recompute: see `tarmac.report.workbook`.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from tarmac.company import Company
from tarmac.company.numbers import numbers
from tarmac.engine.accounts import Accountant
from tarmac.engine.block import Job, Prepared, overflow_raised
from tarmac.engine.draws import Draws, chances_of, medians_of, switches_of
from tarmac.engine.ledger import Ledger
from tarmac.engine.walk import Row
from tarmac.layout import plan_of
from tarmac.months import Month
from tarmac.plan import NOTHING, Level, Plan
from tarmac.simulation import check_run, overflow_told

Series = NDArray[np.float64]
"""An amount by month, shape (months,), or with the opening before it, shape (months + 1,)."""

_EVEN: Final = 0.5
_ALL_BUT_CERTAIN: Final = 1 - 2.0**-24
"""What happens at this chance happens only where it is certain; exact in single precision."""

_DIGITS: Final = 12


@dataclass(frozen=True)
class BaseCase:
    """What the engine makes of a company where nothing is left to chance.

    Every uncertain number is at its median (of what facts have taught, where they have), rounded to 12 digits; no month
    differs from the trend; no event happens; money from outside comes only where it is certain, and every other attempt
    to raise it fails when it is decided on. A customer who may leave does so in the month by which that is as likely as
    not, and a contract in talks is signed where that is likelier than not. Policies act as declared. Insolvency and an
    acquisition end the path, as they do in every run.

    `plan`: the company laid out with all this, every number but a certain zero by its key path; `values`: those numbers
    by key path. `flows`, shape (months,), and `balances`, the opening first, shape (months + 1,), as in
    `tarmac.engine.accounts.Accounts`; `lines`: more of each line by its key path and what it is, such as
    ("team.staff", "heads"), shape (months,). `bites`: by policy the months in which it acts; `failed`: by round
    whether it has failed by a month's end; `raised`: by round what it brings. `insolvent` and `acquired`: the month
    index in which either happens, None where it does not.
    """

    plan: Plan
    months: int
    values: Mapping[str, float]
    flows: Mapping[str, Series]
    balances: Mapping[str, Series]
    lines: Mapping[tuple[str, str], Series]
    bites: Mapping[str, Series]
    failed: Mapping[str, Series]
    raised: Mapping[str, Series]
    insolvent: int | None
    acquired: int | None

    @property
    def first_month(self) -> Month:
        """The first month of the forecast."""
        return self.plan.first_month


def base_case_of(company: Company, months: int = 36) -> BaseCase:
    """The base case of a company over some months; scenarios are applied before.

    InputError where the months are out of range, or amounts grow beyond 1e38.

    >>> import tarmac
    >>> base = base_case_of(tarmac.load("saas-seed"), 12)
    >>> round(float(base.balances["cash"][0])), base.values["revenue.subscriptions.growth"]
    (2400000, 0.04)
    """
    check_run(months=months, paths=1, seed=0)
    plan = _without_chance(plan_of(company, named=True))
    values = values_of(company)
    draws = _draws(plan, values, months=months)
    with overflow_told(company.file, months), overflow_raised():
        return _run(plan, draws, values=values)


def values_of(company: Company) -> dict[str, float]:
    """Every number of a company by its key path: its value, or its median where it is uncertain."""
    medians = {name: float(row[0]) for name, row in medians_of(plan_of(company)).items()}
    found = {place.path: medians.get(place.path) for place in numbers(company)}
    certain = {place.path: place.number for place in numbers(company) if found[place.path] is None}
    values = {path: value for path, value in found.items() if value is not None}
    values |= {path: number.value if number.certain else number.median() for path, number in certain.items()}
    return {path: float(f"{values[path]:.{_DIGITS}g}") for path in found}


def _without_chance(plan: Plan) -> Plan:
    """A plan in which nothing is shaken: no monthly noise, no market, no regimes, no events, nothing known of facts."""
    return replace(
        plan,
        revenue=tuple(replace(line, level=_steady(line.level)) for line in plan.revenue),
        teams=tuple(replace(line, level=_steady(line.level)) for line in plan.teams),
        vendors=tuple(replace(line, level=_steady(line.level)) for line in plan.vendors),
        currencies=tuple((code, _steady(level)) for code, level in plan.currencies),
        prices=tuple((name, _steady(level)) for name, level in plan.prices),
        rounds=tuple(replace(item, market=NOTHING) for item in plan.rounds),
        events=(),
        market_persistence=None,
        input_copula=None,
        shock_copula=None,
        posterior=None,
    )


def _steady(level: Level) -> Level:
    return replace(level, shock=None, market=NOTHING, regime=None)


def _draws(plan: Plan, values: Mapping[str, float], *, months: int) -> Draws:
    """What is drawn where nothing is left to chance: one path."""
    attempts = {driver for item in plan.rounds for driver in item.attempts}
    return Draws(
        months=months,
        paths=1,
        inputs={path: np.array([value]) for path, value in values.items()},
        scores={},
        occurrences={},
        chances={name: np.array([_ALL_BUT_CERTAIN if name in attempts else _EVEN]) for name in chances_of(plan)},
        switches={name: np.full((months, 1), _ALL_BUT_CERTAIN, np.float32) for name in switches_of(plan)},
    )


def _run(plan: Plan, draws: Draws, *, values: Mapping[str, float]) -> BaseCase:
    ledger = Prepared(Job(plan, 0, draws.months, 1), 0, draws=draws).ledger()
    accountant, notes = Accountant(ledger), _Notes()
    struck = {name: int(months[0]) for name, months in ledger.run([accountant, notes]).items()}
    accounts = accountant.accounts()
    insolvent, acquired = (None if struck[name] == draws.months else struck[name] for name in ("insolvent", "exit"))
    rows = {key: np.array(row) for key, row in notes.rows.items()}
    kinds = {kind: {name: row for (which, name), row in rows.items() if which == kind} for kind in _KINDS}
    accounts.check_size()
    return BaseCase(
        plan=plan,
        months=draws.months,
        values=values,
        flows={name: row[:, 0] for name, row in accounts.flows.items()},
        balances={name: row[:, 0] for name, row in accounts.balances.items()},
        lines={key: row for key, row in rows.items() if key[0] not in _KINDS},
        bites=kinds["bites"],
        failed=kinds["failed"],
        raised=kinds["raised"],
        insolvent=insolvent,
        acquired=acquired,
    )


_KINDS: Final = ("bites", "failed", "raised")


class _Notes:
    """Watches a ledger of one path, and notes what its accounts leave out."""

    def __init__(self) -> None:
        self.rows: dict[tuple[str, str], list[float]] = {}

    def month_end(self, month: int, ledger: Ledger) -> None:
        """Note a month; what belongs to nobody any more is nothing."""
        counts = bool(ledger.state.alive[0]) or len(ledger.state.left_behind[0]) > 0
        for (kind, name), amount in _amounts(month, ledger):
            self.rows.setdefault((kind, name), []).append(amount if counts or kind in _KINDS else 0.0)


def _amounts(month: int, ledger: Ledger) -> Iterator[tuple[tuple[str, str], float]]:
    for line in ledger.revenue:
        path = line.line.level.path
        yield (path, "invoiced"), _one(line.invoiced(month))
        yield (path, "collected"), _one(line.collect(month))
    for team in ledger.teams:
        path = team.line.level.path
        yield (path, "heads"), _one(team.heads)
        yield (path, "severance"), 0.0 if team.severance is None else _one(team.severance)
    for vendor in ledger.vendors:
        path = vendor.line.level.path
        yield (path, "due"), _one(vendor.due(month))
        yield (path, "cut off"), 0.0 if vendor.off is None else float(vendor.off[0])
    for policy in ledger.policies:
        yield ("bites", policy.plan.name), float(policy.biting(month) is not None)
    closed = {plan.name: _one(amounts) for plan, (_, amounts) in ledger.rounds.closed}
    for item in ledger.rounds.all:
        yield ("failed", item.plan.name), float(item.failed[0])
        yield ("raised", item.plan.name), closed.get(item.plan.name, 0.0)


def _one(row: Row) -> float:
    return float(row[0])
