"""How likely facts are on a path: the observation model.

A figure said to be `exact` is the path's, to the digits printed: 90% of the probability within half a unit of the last
digit that is not zero. `about`: 90% within a whole unit. Both normal, so that the standard deviation is that half width
over 1.645. Bounds ("less than", "at least" ...) hold with the probability Phi((bound - figure) / sd), with the width of
`exact`. A path has to have lived, solvent and independent, to the month in which the figure was known, or to the end of
its own months where that is earlier; what a company forecast of itself is compared with how the path goes on.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Final

import numpy as np
from numpy.typing import NDArray

from tarmac.calibrate.unknowns import Points, Unknowns
from tarmac.company import Company
from tarmac.engine.draws import replay
from tarmac.engine.drivers import drive
from tarmac.engine.ledger import Ledger
from tarmac.engine.observing import Answer, Observer, Question
from tarmac.facts import Fact
from tarmac.fit import question_of
from tarmac.months import Month
from tarmac.plan import Plan
from tarmac.posterior import About

Z90: Final = 1.6448536269514722
"""Half the width of a normal's central 90%, in standard deviations."""

_HALF_WIDTHS: Final = {"about": 1.0, "nearly": 1.0}
"""Units of the last digit to either side; half a unit where nothing else is said."""

_NOWHERE = About("", Month(2000, 1), 0, 0, 0, {})


@dataclass(frozen=True, slots=True)
class Observation:
    """A figure that became known: what it is of, its value, its standard deviation.

    `side` of a bound: -1 from above, 1 from below.
    """

    question: Question
    value: float
    sd: float
    side: int = 0

    def log_likelihood(self, answer: Answer) -> NDArray[np.float64]:
        """The log probability (density) of the figure on each path; -inf where the company did not live to see it."""
        from scipy.special import log_ndtr

        residual = (answer.figures - self.value) / self.sd
        if self.side:
            found = log_ndtr(self.side * residual)
        else:
            found = -0.5 * (residual**2 + np.log(2 * np.pi)) - np.log(self.sd)
        return np.where(answer.lived & ~np.isnan(found), found, -np.inf)

    def distance(self, answer: Answer) -> NDArray[np.float64]:
        """How far each path is from the figure, in standard deviations; 0 on the right side of a bound; inf if dead."""
        residual = (answer.figures - self.value) / self.sd
        off = np.maximum(-self.side * residual, 0.0) if self.side else np.abs(residual)
        return np.where(answer.lived & ~np.isnan(off), off, np.inf)


def observation_of(fact: Fact, company: Company) -> Observation:
    """How a fact with a value is compared with paths."""
    value = 0.0 if fact.value is None else fact.value
    width = _HALF_WIDTHS.get(fact.qualifier, 0.5) * last_digit(value)
    return Observation(question_of(fact, company), value, width / Z90, fact.side)


def last_digit(value: float) -> float:
    """What one unit of the last digit is worth that is not zero.

    >>> last_digit(4_000_000), last_digit(9_600_000), last_digit(35)
    (1000000.0, 100000.0, 1.0)
    """
    exponent = Decimal(repr(value)).normalize().as_tuple().exponent
    return float(10.0 ** int(exponent))


class Target:
    """The posterior of a plan's unknowns given some observations, up to a constant: N(0, I) times the likelihood."""

    def __init__(self, unknowns: Unknowns, observations: Sequence[Observation]) -> None:
        self.unknowns = unknowns
        self.observations = tuple(observations)
        self._plan = _without_owners(unknowns.plan)

    @property
    def count(self) -> int:
        """Coordinates of a point."""
        return self.unknowns.count

    def answers(self, points: Points) -> list[Answer]:
        """What each point's path says of each figure: one run of the engine for all of them."""
        about = replace(_NOWHERE, months=self.unknowns.months)
        draws = replay(self._plan, self.unknowns.posterior(points, about))
        with np.errstate(all="ignore"):  # a path whose amounts overflow is far from any fact
            ledger = Ledger(drive(self._plan, draws))
            observer = Observer(ledger, [item.question for item in self.observations])
            ledger.run([observer])
        return observer.answers

    def __call__(self, points: Points) -> NDArray[np.float64]:
        """Log-likelihood of each point. Shape (particles,)."""
        found = np.zeros(points.shape[1])
        with np.errstate(all="ignore"):
            for item, answer in zip(self.observations, self.answers(points), strict=True):
                found += item.log_likelihood(answer)
        return found


def _without_owners(plan: Plan) -> Plan:
    """The plan without the prices of its rounds: who owns what changes no figure, and takes time to work out."""
    return replace(plan, rounds=tuple(replace(item, pre_money=None) for item in plan.rounds))
