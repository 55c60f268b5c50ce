"""The forecast of a company of which only cash and burn are known: a declared model, run through the engine."""

from collections.abc import Sequence
from typing import Any, Final

import numpy as np

from tarmac.company import Company, company_from
from tarmac.engine.block import Job
from tarmac.layout import plan_of
from tarmac.scenario import without_funding
from tarmac.scoring import Row
from tarmac.simulation import run

_UNIT: Final = 1_000_000
"""A month's burn in the model: only the ratio of cash to burn matters, so that one scale serves every company."""

BURN: Final = {
    "name": "net burn",
    "monthly": f"{0.6 * _UNIT:.0f} to {1.5 * _UNIT:.0f}",
    "growth": "-5% to 3%",
    "volatility": "25%",
    "persistence": 0.5,
}
"""What is said of the burn: the figure is a mean of some months past, the next ones lie between 60 and 150% of it; it
then falls by up to 5% a month or grows by up to 3%, since companies that run low cut more often than they grow; single
months are uneven. Ranges hold nine cases in ten. Judgements; nothing of them is fitted to outcomes."""

_NEW_MONEY: Final = {
    "name": "new money",
    "instrument": "equity",
    "succeeds": "40% to 80%",
    "amount": f"{6 * _UNIT} to {24 * _UNIT}",
}
TO_COME: Final = _NEW_MONEY | {"when": {"runway_below": "6 to 12"}, "takes": "3 to 9"}
UNDER_WAY: Final = _NEW_MONEY | {"starts": "2000-01", "takes": "0 to 6"}
RESCUE: Final = {
    "name": "rescue",
    "instrument": "equity",
    "when": {"runway_below": "1 to 4"},
    "takes": "1 to 5",
    "succeeds": "25% to 60%",
    "amount": f"{2 * _UNIT} to {9 * _UNIT}",
}
"""What is said of new money. A round of half a year's to two years' burn closes rather more often than not; it is begun
when cash covers 6 to 12 months and takes 3 to 9, so that a company seen with less than nine is in the midst of it. A
rescue of two to nine months' burn at the last moment fails rather more often than not. Judgements too."""

BEGUN: Final = 9.0
"""A company whose cash covers fewer months than this has begun to raise."""


def company_with(runway: float) -> Company:
    """A company whose cash covers so many months of its burn, and of which nothing else is known."""
    head = {"name": "a snapshot", "currency": "USD", "first_month": "2000-01", "insolvent_when": "cash_below_zero"}
    rounds = [UNDER_WAY if runway < BEGUN else TO_COME, RESCUE]
    document: dict[str, Any] = {"company": head, "cash": {"opening": runway * _UNIT}, "cost": [BURN], "round": rounds}
    return company_from(document, "the model of a snapshot")


def times(runway: float, *, months: int, paths: int, seed: int, funded: bool = True) -> Row:
    """Months until cash is below zero, on every path, in order; infinite beyond the horizon. Shape (paths,).

    The engine says in which month; within it the times are spread evenly.
    """
    company = company_with(runway)
    plan = plan_of(company if funded else without_funding(company))
    return spread(run(Job(plan, seed, months, paths)).strikes["insolvent"].tolist())


def spread(strikes: Sequence[int]) -> Row:
    """Paths struck in each month, the last element for none, as times in order. Shape (paths,).

    >>> spread([0, 2, 1]).tolist()
    [1.25, 1.75, inf]
    """
    struck = [month + (np.arange(count) + 0.5) / count for month, count in enumerate(strikes[:-1]) if count]
    return np.concatenate([*struck, np.full(strikes[-1], np.inf)])
