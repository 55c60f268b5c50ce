"""What a calibration has found: the posterior, how well it is known, what was learnt, and what it says of the facts."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from tarmac.company import Company
from tarmac.company.calibrated import calibrated
from tarmac.engine.draws import value_of
from tarmac.facts import Fact
from tarmac.fit import LEVELS, fit, quantiles
from tarmac.layout import plan_of
from tarmac.months import Month
from tarmac.plan import Plan
from tarmac.posterior import Posterior

if TYPE_CHECKING:
    import pandas as pd

    FactTable = pd.DataFrame

SCHEMA: Final = "tarmac.calibration/1"

LEAST_SIZE: Final = 400
LARGEST_R_HAT: Final = 1.05
"""A posterior of fewer independent draws, or whose populations disagree by more, is not given out."""

_PATHS: Final = 20_000
_PAIRS: Final = 8


@dataclass(frozen=True, slots=True)
class Quality:
    """How well a posterior is known.

    `sizes`: effective sample size of each uncertain number's score, by driver; `r_hats` the same; `draws` in all.
    `evidences`: log of the mean likelihood over the prior, as each population finds it; `powers`: how many steps each
    took from the prior. `lived`: share of the paths of the prior that lived to see what was known.
    """

    draws: int
    sizes: Mapping[str, float]
    r_hats: Mapping[str, float]
    accepted: float
    evidences: tuple[float, ...]
    powers: tuple[int, ...]
    lived: float

    @property
    def least(self) -> float:
        """The effective sample size of the number known worst."""
        return min(self.sizes.values())

    @property
    def median(self) -> float:
        """The median over the numbers."""
        return float(np.median(list(self.sizes.values())))

    @property
    def r_hat(self) -> float:
        """The largest R-hat of any number."""
        return max(self.r_hats.values())

    @property
    def evidence(self) -> float:
        """Log of the mean likelihood over the prior: of the mean of the populations' estimates."""
        return float(np.logaddexp.reduce(self.evidences) - math.log(len(self.evidences)))

    @property
    def good(self) -> bool:
        """Whether the populations have come to rest."""
        return self.least >= LEAST_SIZE and self.r_hat <= LARGEST_R_HAT

    def as_json(self) -> dict[str, Any]:
        """Plain values."""
        return {
            "draws": self.draws,
            "effective_sample_size": {"min": self.least, "median": self.median},
            "r_hat_max": self.r_hat,
            "accepted": self.accepted,
            "log_evidence": self.evidence,
            "log_evidence_by_population": list(self.evidences),
            "powers": list(self.powers),
            "lived": self.lived,
        }


@dataclass(frozen=True, slots=True)
class Learnt:
    """An uncertain number before and after: P5, median and P95, and how much narrower its score has become.

    `share` is 1 - variance of the posterior / variance of the prior, on the scale of normal scores. `unit` as in a
    company file: "" or "%" or a currency.
    """

    name: str
    unit: str
    prior: Mapping[str, float]
    posterior: Mapping[str, float]
    share: float
    size: float
    r_hat: float


@dataclass(frozen=True, slots=True)
class Pair:
    """Two uncertain numbers that facts have tied to each other: correlation of their scores, before and after."""

    left: str
    right: str
    prior: float
    posterior: float


@dataclass(frozen=True)
class Calibration:
    """The joint posterior of a company's past, given the facts `used`, which were known by `origin`.

    `company`: as it was before. `judged`: the facts that nothing was fitted to.
    """

    company: Company
    posterior: Posterior
    origin: Month
    seed: int
    used: tuple[Fact, ...]
    judged: tuple[Fact, ...]
    quality: Quality
    learnt: tuple[Learnt, ...]
    pairs: tuple[Pair, ...]

    @property
    def calibrated(self) -> Company:
        """The company with its posterior, to be simulated."""
        return calibrated(self.company, self.posterior)

    def facts(self, *, paths: int = _PATHS) -> "pd.DataFrame":
        """Fact by fact, what was observed, and what the model says before and after.

        The columns of `tarmac.fit.fit` after the calibration; those of before with "prior_" in front; `role`: "used" or
        "judged"; `known`: the month.
        """
        import pandas as pd

        told = [*((fact, "used") for fact in self.used), *((fact, "judged") for fact in self.judged)]
        facts = [fact for fact, _ in told]
        before = fit(self.company, facts, seed=self.seed, paths=paths)
        after = fit(self.calibrated, facts, seed=self.seed, paths=paths)
        said = before[[*LEVELS, "below", "inside", "lived"]].add_prefix("prior_")
        roles = pd.DataFrame({"role": [role for _, role in told], "known": [str(fact.known) for fact in facts]})
        return pd.concat([after, said, roles], axis=1)

    def as_json(self, facts: "pd.DataFrame") -> dict[str, Any]:
        """Plain values, given the table of facts; null where no path lives to see one."""
        return {
            "schema": SCHEMA,
            "company": self.company.company.name,
            "currency": self.company.company.currency,
            "origin": str(self.origin),
            "seed": self.seed,
            "rows": self.posterior.rows,
            **self.quality.as_json(),
            "facts": [_plain(row) for row in facts.to_dict("records")],
            "inputs": [
                {
                    "name": item.name,
                    "prior": dict(item.prior),
                    "posterior": dict(item.posterior),
                    "learnt": item.share,
                    "effective_sample_size": item.size,
                    "r_hat": item.r_hat,
                }
                for item in self.learnt
            ],
            "correlations": [
                {"between": [pair.left, pair.right], "prior": pair.prior, "posterior": pair.posterior}
                for pair in self.pairs
            ],
        }


def learnt_of(plan: Plan, scores: Mapping[str, NDArray[np.float64]], *, quality: Quality) -> tuple[Learnt, ...]:
    """What was learnt about each uncertain number from its scores by driver, most first."""
    ends = np.array([-1.6448536269514722, 0.0, 1.6448536269514722])
    found = []
    for item in plan.inputs:
        own = scores[item.stream]
        before = dict(zip(LEVELS, np.sort(value_of(item, ends)).tolist(), strict=True))
        after = quantiles(value_of(item, own))
        size, r_hat = quality.sizes[item.stream], quality.r_hats[item.stream]
        found.append(Learnt(item.name, item.number.unit, before, after, 1.0 - float(own.var()), size, r_hat))
    return tuple(sorted(found, key=lambda item: -item.share))


def pairs_of(company: Company, scores: Mapping[str, NDArray[np.float64]]) -> tuple[Pair, ...]:
    """The pairs of uncertain numbers whose scores correlate most, either way."""
    if len(scores) < 2:
        return ()
    names = list(scores)
    found = np.atleast_2d(np.corrcoef(np.stack(list(scores.values()))))
    declared = prior_correlations(plan_of(company), names)
    left, right = np.triu_indices(len(names), 1)
    order = np.argsort(-np.abs(found[left, right]), kind="stable")[:_PAIRS]
    return tuple(
        Pair(names[i], names[j], float(declared[i, j]), float(found[i, j]))
        for i, j in zip(left[order].tolist(), right[order].tolist(), strict=True)
    )


def prior_correlations(plan: Plan, names: Sequence[str]) -> NDArray[np.float64]:
    """The declared correlations of some drivers. Shape (drivers, drivers)."""
    matrix = np.eye(len(names))
    copula = plan.input_copula
    if copula is not None:
        places = [names.index(name) for name in copula.drivers]
        matrix[np.ix_(places, places)] = copula.factor @ copula.factor.T
    return matrix


def _plain(row: Mapping[Any, Any]) -> dict[str, Any]:
    """A row of a table as JSON knows it."""
    return {
        str(key): None if isinstance(value, float) and not math.isfinite(value) else value for key, value in row.items()
    }
