"""What would be needed if something else were done: the need under scenarios, on the same draws."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np

from tarmac import library
from tarmac.company import Company
from tarmac.engine.block import Job
from tarmac.engine.needing import Needed, need_of_block
from tarmac.engine.walk import Row
from tarmac.errors import InputError
from tarmac.layout import plan_of
from tarmac.plan import Plan
from tarmac.scenario import Scenario, apply, from_now_on, without_funding
from tarmac.simulation import changes_past
from tarmac.survival import level_of, paired_difference, standard_error

SAVINGS: Final = ("hiring-freeze", "cut-compute-20", "cut-team-10")
"""Scenarios on the shelf that save money, looked at where nothing else is asked for."""


@dataclass(frozen=True, slots=True)
class Alternative:
    """The need under a scenario ("": as it is) on some paths, and how far it is from that of the company as it is.

    `amount`: None where no amount does; `difference`: paired, with its 95% interval, None where it cannot be told.
    `alone`: paths that get through without money.
    """

    name: str
    title: str
    amount: float | None
    difference: float | None
    interval: tuple[float, float] | None
    alone: int
    paths: int

    def in_unit(self, unit: float) -> "Alternative":
        """The same with amounts in another unit of money."""
        amount, difference = (None if value is None else value / unit for value in (self.amount, self.difference))
        interval = None if self.interval is None else (self.interval[0] / unit, self.interval[1] / unit)
        return replace(self, amount=amount, difference=difference, interval=interval)

    def as_json(self) -> dict[str, Any]:
        """Plain values, null where no amount does."""
        return {
            "scenario": self.name,
            "title": self.title,
            "amount": self.amount,
            "difference": self.difference,
            "interval": None if self.interval is None else list(self.interval),
            "survives_without": self.alone / self.paths,
            "standard_error": float(standard_error(np.array(self.alone), self.paths)),
            "paths": self.paths,
        }


def savings(company: Company) -> tuple[Scenario, ...]:
    """Those of SAVINGS that fit a company and change it, from now on."""
    found, before = [], _laid_out(company)
    for name in SAVINGS:
        scenario = from_now_on(library.load_scenario(name), company)
        try:
            changed = apply(company, scenario)
        except InputError:
            continue
        if _laid_out(changed) != before and not changes_past(company, changed):
            found.append(scenario)
    return tuple(found)


def _laid_out(company: Company) -> Plan:
    """A company as it is run, but for what moves together, which no saving changes: arrays cannot be compared."""
    return replace(plan_of(company), input_copula=None, shock_copula=None)


def alternatives(
    company: Company, scenarios: Sequence[Scenario], *, job: Job, confidence: float, at: int, base: Needed
) -> tuple[Alternative, ...]:
    """The need under each scenario on the paths of a job of one block, after that of the company as it is.

    `base`: what the first block of the company as it is needs, on as many paths or more.
    """
    before = base.amounts[: job.paths]
    rows = [_alternative("", "as it is", amounts=before, alone=int(base.alone[: job.paths].sum()), level=confidence)]
    for scenario in scenarios:
        plan = plan_of(without_funding(apply(company, scenario)))
        found = need_of_block(Job(plan, job.seed, job.months, job.paths), 0, since=at)
        rows.append(_compared(scenario, found, before=before, level=confidence))
    return tuple(rows)


def _alternative(name: str, title: str, *, amounts: Row, alone: int, level: float) -> Alternative:
    amount = level_of(amounts, level)
    return Alternative(name, title, amount if np.isfinite(amount) else None, None, None, alone, len(amounts))


def _compared(scenario: Scenario, found: Needed, *, before: Row, level: float) -> Alternative:
    alone = int(found.alone.sum())
    row = _alternative(scenario.name, scenario.title, amounts=found.amounts, alone=alone, level=level)
    difference, error = paired_difference(found.amounts, before, level=level)
    if not np.isfinite(difference):
        return row
    interval = (difference - error, difference + error) if np.isfinite(error) else None
    return Alternative(row.name, row.title, row.amount, difference, interval, row.alone, row.paths)
