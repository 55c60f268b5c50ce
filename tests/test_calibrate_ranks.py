"""Simulation-based calibration (Talts et al. 2018): over many companies with known inputs, ranks are uniform."""

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy import stats

from tarmac.calibrate.observing import Observation, Target
from tarmac.calibrate.tempering import Effort, temper
from tarmac.calibrate.unknowns import unknowns_of
from tarmac.company import company_from
from tarmac.engine.observing import Question
from tarmac.facts import Quantity
from tarmac.layout import plan_of

COMPANIES = 200
RANKS = 16
MONTHS = 6
EFFORT = Effort(particles=192, pools=4, kept=0.6, sweeps=2, last=8)
DOCUMENT: dict[str, Any] = {
    "company": {"name": "Example", "currency": "USD", "first_month": "2024-01"},
    "cash": {"opening": "normal(1000, 150)"},
    "revenue": [{"name": "api", "kind": "usage", "monthly": "20 to 60", "volatility": 0.2, "persistence": 0.5}],
    "team": [{"name": "staff", "headcount": "8 to 16", "cost": 5}],
    "cost": [{"name": "rent", "monthly": "30 to 60", "terms": 1}],
    "round": [
        {
            "name": "A",
            "instrument": "safe",
            "starts": "2024-02",
            "takes": "uniform(0, 4)",
            "succeeds": "uniform(20%, 80%)",
            "amount": "100 to 300",
        }
    ],
}
FIGURES: tuple[tuple[str, tuple[str, ...], int, int, float, float | None], ...] = (
    ("cash", (), 1, 1, 40.0, None),
    ("cash", (), 5, 5, 60.0, 700.0),  # a bound: only the side is known
    ("earned", ("revenue.*",), 0, 2, 8.0, None),
    ("billed", ("cost.*", "team.*"), 0, 5, 25.0, None),
    ("raised", ("round.A",), 0, 3, 20.0, None),
    ("earned", ("revenue.*",), 4, 4, 4.0, 45.0),
)
"""Kind, lines, first and last month, standard deviation of the figure, and where it is a bound, the bound."""

PLAN = plan_of(company_from(DOCUMENT))
UNKNOWNS = unknowns_of(PLAN, MONTHS)


def observed(dice: np.random.Generator) -> tuple[NDArray[np.float32], list[Observation]]:
    """A company drawn from the prior, solvent to the end, and what becomes known of it."""
    questions = [Question(Quantity(kind, lines), first, last) for kind, lines, first, last, *_ in FIGURES]
    while True:
        truth = dice.standard_normal((UNKNOWNS.count, 1), np.float32)
        answers = Target(UNKNOWNS, [Observation(question, 0.0, 1.0) for question in questions]).answers(truth)
        if all(answer.lived.all() for answer in answers):
            break
    found = []
    for question, answer, (*_, sd, bound) in zip(questions, answers, FIGURES, strict=True):
        seen = answer.figures[0] + sd * dice.standard_normal()
        if bound is None:
            found.append(Observation(question, seen, sd))
        else:
            found.append(Observation(question, bound, sd, -1 if seen < bound else 1))
    return truth[:, 0], found


def ranks(number: int) -> NDArray[np.int64]:
    """The rank of each true score among draws of its posterior; of the numbers, the chance and the first shock."""
    dice = np.random.default_rng(number)
    truth, observations = observed(dice)
    target = Target(UNKNOWNS, observations)
    found = temper(target, target.count, effort=EFFORT, dice=dice)
    draws = found.cloud.points[:, dice.choice(EFFORT.particles, RANKS - 1, replace=False)]
    watched = [*range(len(UNKNOWNS.numbers)), len(UNKNOWNS.numbers), UNKNOWNS.count - 1]
    below: NDArray[np.int64] = (draws[watched] < truth[watched, None]).sum(axis=1)
    return below


@pytest.mark.slow
def test_ranks_are_uniform() -> None:
    found = np.array([ranks(number) for number in range(COMPANIES)])
    assert found.shape == (COMPANIES, len(UNKNOWNS.numbers) + 2)
    bins = 8
    for column in (found * bins // RANKS).T:
        counts = np.bincount(column, minlength=bins)
        assert stats.chisquare(counts).pvalue > 0.01, counts
    together = np.bincount(found.ravel() * bins // RANKS, minlength=bins)
    assert stats.chisquare(together).pvalue > 0.01, together


@pytest.mark.slow
def test_a_posterior_that_ignores_the_figures_noise_is_caught() -> None:
    """The same test sees a likelihood three times too sharp."""
    found = []
    for number in range(60):
        dice = np.random.default_rng(number)
        truth, observations = observed(dice)
        sharp = [Observation(item.question, item.value, item.sd / 4, item.side) for item in observations]
        target = Target(UNKNOWNS, sharp)
        cloud = temper(target, target.count, effort=EFFORT, dice=dice).cloud
        place = UNKNOWNS.numbers.index("cash.opening")
        found.append((cloud.points[place, :: EFFORT.particles // (RANKS - 1)][: RANKS - 1] < truth[place]).sum())
    counts = np.bincount(np.array(found) * 4 // RANKS, minlength=4)
    assert stats.chisquare(counts).pvalue < 0.01, counts
