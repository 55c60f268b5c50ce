"""The reference company (tests/companies/reference.toml) by hand: one NumPy array a quantity, all paths at once.

What a good analyst would write in an afternoon, and what the engine's speed is measured against. It draws every
variate first, (months, paths) at a time, and keeps every month of revenue, burn and cash, so its memory grows with the
number of paths.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

MONTHS = 36
LEVELS = (0.05, 0.25, 0.50, 0.75, 0.95)

OPENING_CASH = 100e6
REVENUE, PAYROLL, COMPUTE = 1e6, 3e6, 6e6
RAISES = 1.01
COLLECTED_AFTER = 2
REVENUE_VOLATILITY = 0.1 / np.sqrt(0.75)
REVENUE_PERSISTENCE = 0.5
COMPUTE_VOLATILITY = 0.15
KEPT_AFTER_LOSS = 1 - 0.17
LOSSES_A_MONTH = 0.02
ROUND_STARTS = 6
ROUND_SUCCEEDS = 0.6
RUNWAY_WATCHED = 6.0
COMPUTE_KEPT = 1 - 0.20
BURN_WINDOW = 3

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Draws:
    """Every variate of a run. Shapes (paths,) and, for what changes by month, (months, paths)."""

    net_growth: Floats
    compute_growth: Floats
    closes_in: NDArray[np.int64]
    raised: Floats
    revenue_score: Floats
    compute_score: Floats
    losses: NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Result:
    """Paths struck by insolvency in each month (the last element: none), and cash quantiles, shape (levels, months)."""

    insolvent: NDArray[np.int64]
    cash: Floats


def draw(paths: int, seed: int) -> Draws:
    """All variates of a run."""
    rng = np.random.default_rng(seed)
    succeeds = rng.random(paths) < ROUND_SUCCEEDS
    takes = 6.0 * np.exp(0.4 * rng.standard_normal(paths))
    never = MONTHS + 1
    return Draws(
        net_growth=(0.04 + 0.02 * rng.standard_normal(paths)) - rng.beta(4.0, 96.0, paths),
        compute_growth=0.02 + 0.015 * rng.standard_normal(paths),
        closes_in=np.where(succeeds, np.minimum(np.floor(ROUND_STARTS + takes), never), never).astype(np.int64),
        raised=40e6 * np.exp(0.5 * rng.standard_normal(paths)),
        revenue_score=rng.standard_normal((MONTHS, paths)),
        compute_score=rng.standard_normal((MONTHS, paths)),
        losses=rng.poisson(LOSSES_A_MONTH, (MONTHS, paths)),
    )


def forecast(paths: int, seed: int) -> Result:
    """Run the reference company on so many paths."""
    return play(draw(paths, seed))


def play(draws: Draws) -> Result:
    """The months one after the other, on all paths."""
    paths = len(draws.raised)
    cash = np.full(paths, OPENING_CASH)
    customers = np.full(paths, REVENUE)
    compute = np.full(paths, COMPUTE)
    payroll = np.full(paths, PAYROLL)
    shock = REVENUE_VOLATILITY * draws.revenue_score[0]
    cut = np.zeros(paths, np.bool_)
    solvent = np.ones(paths, np.bool_)
    struck = np.full(paths, MONTHS)
    earned, burnt, held = (np.empty((MONTHS, paths)) for _ in range(3))
    innovation = REVENUE_VOLATILITY * np.sqrt(1 - REVENUE_PERSISTENCE**2)
    for month in range(MONTHS):
        if month:
            customers = customers * (1 + draws.net_growth)
            compute = compute * (1 + draws.compute_growth)
            payroll = np.where(cut, payroll, payroll * RAISES)
            shock = REVENUE_PERSISTENCE * shock + innovation * draws.revenue_score[month]
        customers = customers * KEPT_AFTER_LOSS ** draws.losses[month]
        earned[month] = customers * np.exp(shock - REVENUE_VOLATILITY**2 / 2)
        collected = earned[month - COLLECTED_AFTER] if month >= COLLECTED_AFTER else REVENUE
        wobble = np.exp(COMPUTE_VOLATILITY * draws.compute_score[month] - COMPUTE_VOLATILITY**2 / 2)
        burnt[month] = payroll + compute * wobble * np.where(cut, COMPUTE_KEPT, 1.0) - collected
        cash = cash - burnt[month] + np.where(draws.closes_in == month, draws.raised, 0.0)
        fails = solvent & (cash < 0)
        struck[fails] = month
        solvent &= ~fails
        held[month] = np.where(solvent, cash, 0.0)
        if month >= BURN_WINDOW - 1:
            burn = burnt[month - BURN_WINDOW + 1 : month + 1].mean(axis=0)
            cut |= (burn > 0) & (cash < RUNWAY_WATCHED * burn)
    return Result(np.bincount(struck, minlength=MONTHS + 1), np.quantile(held, LEVELS, axis=1))
