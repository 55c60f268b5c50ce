"""The reference workload: one company with every kind of mechanism once, against an implementation of its own.

`by_hand` is written for this company alone, whole arrays at a time, on draws of its own; the two share no code and no
random number, so their insolvency by month may differ by chance and by nothing else.
"""

from pathlib import Path
from typing import Final

import numpy as np
import pytest
from numpy.typing import NDArray

from tarmac.company import Company, company_from
from tarmac.engine.block import Job, run_blocks
from tarmac.layout import plan_of
from tarmac.library import load
from tarmac.streams import BLOCK_PATHS
from tarmac.summary import Summary

MONTHS: Final = 36
BLOCKS: Final = 6
PATHS: Final = BLOCKS * BLOCK_PATHS
MILLION: Final = 1e6


def company() -> Company:
    return load(Path(__file__).parent / "companies" / "reference.toml")


def summary() -> Summary:
    return run_blocks(Job(plan_of(company()), 7, MONTHS, PATHS), range(BLOCKS))


def sales(rng: np.random.Generator) -> NDArray[np.float64]:
    """Revenue earned: grows and churns, is hit by lost customers, swings around its level for some months."""
    sigma, keep = 0.11547005383792516, 0.5
    step = 1 + rng.normal(0.04, 0.02, PATHS) - rng.beta(4, 96, PATHS)
    left = np.cumsum(rng.poisson(0.02, (MONTHS, PATHS)), axis=0)
    swing = np.empty((MONTHS, PATHS))
    swing[0] = rng.normal(0, sigma, PATHS)
    for month in range(1, MONTHS):
        swing[month] = keep * swing[month - 1] + rng.normal(0, sigma * np.sqrt(1 - keep**2), PATHS)
    level = MILLION * step ** np.arange(MONTHS)[:, None] * 0.83**left
    return np.asarray(level * np.exp(swing - sigma**2 / 2))


def raised(rng: np.random.Generator) -> NDArray[np.float64]:
    """Money of the one round by month: tried in the seventh month, late, smaller or larger, or not at all."""
    arrives = np.floor(6 + 6 * np.exp(0.4 * rng.normal(size=PATHS)))
    arrives[rng.random(PATHS) >= 0.6] = np.inf
    amount = 40 * MILLION * np.exp(0.5 * rng.normal(size=PATHS))
    return np.where(np.arange(MONTHS)[:, None] == arrives, amount, 0.0)


def by_hand(seed: int) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Month index of insolvency of each path (MONTHS: none), and mean cash by month."""
    rng = np.random.default_rng(seed)
    earned, funding = sales(rng), raised(rng)
    collected = np.vstack([np.full((2, PATHS), MILLION), earned[:-2]])
    dear = 1 + rng.normal(0.02, 0.015, PATHS)
    shock = np.exp(rng.normal(-(0.15**2) / 2, 0.15, (MONTHS, PATHS)))
    cash, burns = np.full(PATHS, 100 * MILLION), np.zeros((MONTHS, PATHS))
    head, cut_since = np.full(PATHS, 3 * MILLION), np.full(PATHS, MONTHS)
    died, means = np.full(PATHS, MONTHS), np.empty(MONTHS)
    for month in range(MONTHS):
        cut = cut_since < month
        if month:
            head *= np.where(cut, 1.0, 1.01)
        used = 6 * MILLION * dear**month * shock[month] * np.where(cut, 0.8, 1.0)
        burns[month] = head + used - collected[month]
        cash += funding[month] - burns[month]
        died[(cash < 0) & (died == MONTHS)] = month
        mean = burns[max(month - 2, 0) : month + 1].mean(axis=0)
        cut_since[(cash < 6 * mean) & (cut_since == MONTHS)] = month
        means[month] = np.where(died == MONTHS, cash, 0.0).mean()
    return died, means


def test_insolvency_by_month_agrees_with_an_implementation_of_its_own() -> None:
    found = np.cumsum(summary().strikes["insolvent"][:-1]) / PATHS
    died, means = by_hand(2024)
    known = np.cumsum(np.bincount(died, minlength=MONTHS + 1)[:-1]) / PATHS
    pooled = (found + known) / 2
    error = np.sqrt(2 * pooled * (1 - pooled) / PATHS)
    assert np.all(np.abs(found - known) <= 4 * error + 1e-12)
    assert known[5] < 0.1  # the months in which it matters are among those compared
    assert known[-1] > 0.9
    assert np.all(np.abs(summary().amounts["cash"].mean() - means) < 0.01 * 100 * MILLION)


@pytest.mark.parametrize("section", ["revenue", "team", "compute", "round", "event", "policy"])
def test_every_mechanism_of_the_company_matters(section: str) -> None:
    document = company().document()
    document[section] = []
    if section == "revenue":
        document["event"] = []
    if section == "compute":
        document["policy"] = []
    without = run_blocks(Job(plan_of(company_from(document)), 7, MONTHS, BLOCK_PATHS), range(1)).strikes["insolvent"]
    whole = run_blocks(Job(plan_of(company()), 7, MONTHS, BLOCK_PATHS), range(1)).strikes["insolvent"]
    assert np.abs(np.cumsum(without) - np.cumsum(whole)).max() > 0.004 * BLOCK_PATHS  # paired: far beyond chance
