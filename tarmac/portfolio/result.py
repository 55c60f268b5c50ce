"""What a portfolio run leaves behind: who needs attention first, joint failures, reserves, stresses, concentration."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from tarmac.measures import Clock, Fan
from tarmac.months import Month
from tarmac.portfolio.block import QUARTER
from tarmac.portfolio.counting import (
    Concentration,
    Counts,
    concentration,
    correlations,
    count_at,
    mean_count,
    poisson_binomial,
    variance_of_count,
)
from tarmac.portfolio.deadline import CONFIDENCE, Deadline
from tarmac.portfolio.holdings import Holding, Portfolio
from tarmac.portfolio.tally import Tally
from tarmac.survival import level_interval, standard_error

SCHEMA: Final = "tarmac.portfolio/1"
YEAR: Final = 12
HORIZONS: Final = (6, 12, 18)
"""Months by which the chance of insolvency is told of every company, those within the horizon."""

RESERVE_LEVELS: Final = (0.5, 0.9, 0.95)

TOO_LATE: Final = "too late"
ANY: Final = "any"
"""In place of the month to begin a raise by: no month is early enough, or none within the horizon too late."""


@dataclass(frozen=True)
class Standing:
    """One company of a portfolio: `strikes`, paths by the month of its insolvency, and its deadline, if known."""

    holding: Holding
    strikes: Counts
    deadline: Deadline | None

    @property
    def name(self) -> str:
        """The company's name."""
        return self.holding.name

    @property
    def clock(self) -> Clock:
        """Its insolvency."""
        return Clock("insolvent", self.strikes)

    def month(self, index: int) -> Month:
        """A month of its own calendar, counted from 0."""
        return self.holding.company.company.first_month + index

    @property
    def need(self) -> float | None:
        """What it must raise to get through on nine paths in ten, in the portfolio's currency; None: no amount does."""
        amount = None if self.deadline is None else self.deadline.need.amount(CONFIDENCE)
        return None if amount is None else amount * self.holding.rate


@dataclass(frozen=True)
class Outcome:
    """Failures on some paths.

    `soon`, `failed`: of each company within a year and by the horizon, shape (companies,). `many`: paths by the number
    failed by the horizon, shape (companies + 1,).
    """

    soon: Counts
    failed: Counts
    many: Counts

    @property
    def paths(self) -> int:
        """How many paths they are of."""
        return int(self.many.sum())


@dataclass(frozen=True)
class Stress:
    """A scenario on those companies that it fits, by their places in the file; the others as they are.

    `base`: all companies as they are, on the same paths.
    """

    name: str
    title: str
    places: tuple[int, ...]
    outcome: Outcome
    base: Outcome


@dataclass(frozen=True)
class PortfolioForecast:
    """Companies of a portfolio on one market. `sharing`: how many companies have each common driver."""

    portfolio: Portfolio
    months: int
    paths: int
    seed: int
    tally: Tally
    standings: tuple[Standing, ...]
    stresses: tuple[Stress, ...]
    sharing: Mapping[str, int]

    @property
    def ranked(self) -> list[Standing]:
        """Companies by their chance of insolvency within 12 months, the likeliest first, in steps of `step`.

        Within a step by the month to begin a raise by, the earliest first; then by the chance by the horizon.
        """
        year = min(YEAR, self.months) - 1

        def urgency(standing: Standing) -> tuple[Any, ...]:
            counts, found = standing.clock.counts, standing.deadline
            begin = self.months + 1 if found is None else -1 if found.begin_by is None else found.begin_by
            level = round(100 * int(counts[year]) / (self.paths * self.step))
            return (-level, begin, -int(counts[-1]), standing.name)

        return sorted(self.standings, key=urgency)

    @property
    def step(self) -> int:
        """Percentage points by which chances must differ to rank: the largest 95% Monte Carlo error, rounded up."""
        return math.ceil(98 / math.sqrt(self.paths))

    @property
    def horizons(self) -> tuple[int, ...]:
        """Months by which chances are told."""
        within = [month for month in HORIZONS if month < self.months]
        return (*within, self.months) if len(within) < len(HORIZONS) else tuple(within)

    def month_label(self, index: int) -> str:
        """A month, counted from 0, as it stands in a head: "Jun 2027", or "month 6" where calendars are apart."""
        if self.portfolio.apart:
            return f"month {index + 1}"
        return (self.portfolio.first_month + index).label

    def month_text(self, index: int) -> str:
        """The same in data: "2027-06", or "6"."""
        return str(index + 1) if self.portfolio.apart else str(self.portfolio.first_month + index)

    def begin_by(self, standing: Standing) -> Month | str | None:
        """The last month to begin a raise in; `TOO_LATE` or `ANY` where there is none; None where it is not known."""
        if standing.deadline is None:
            return None
        begin = standing.deadline.begin_by
        if begin is None:
            return TOO_LATE
        return ANY if begin >= self.months else standing.month(begin)

    def stress(self, standing: Standing, stress: Stress) -> int | None:
        """Paths on which a company fails within a year under a stress; None where that does not fit it."""
        place = self._places[standing.name]
        return int(stress.outcome.soon[place]) if place in stress.places else None

    @cached_property
    def _places(self) -> dict[str, int]:
        """The place in the file of each company; no two have one name."""
        return {standing.name: place for place, standing in enumerate(self.standings)}

    @property
    def quarters(self) -> list[int]:
        """The last month of each quarter, a month index: three months from the first month on, the last maybe fewer."""
        return [min(start + QUARTER, self.months) - 1 for start in range(0, self.months, QUARTER)]

    @property
    def failures(self) -> Counts:
        """Paths by the number of companies failed by the end of each quarter, shape (quarters, companies + 1)."""
        return self.tally.failures

    @property
    def independent(self) -> NDArray[np.float64]:
        """How likely each number of failures by the horizon would be if companies failed independently."""
        return poisson_binomial(self._shares)

    @property
    def _shares(self) -> NDArray[np.float64]:
        """The chance of each company to have failed by the horizon, in the order of the file."""
        return 1.0 - self.tally.strikes[:, -1] / self.paths

    @property
    def overdispersion(self) -> float | None:
        """The variance of the number failed by the horizon, over that of independent failures; None where that is 0."""
        alone = float(np.sum(self._shares * (1 - self._shares)))
        return variance_of_count(self.failures[-1]) / alone if alone > 0 else None

    @property
    def correlation(self) -> NDArray[np.float64] | None:
        """The correlation of failures by the horizon, companies by companies; NaN where one always or never fails.

        None of more than tally.PAIRED companies.
        """
        return None if self.tally.together is None else correlations(self.tally.together, self.paths)

    @property
    def mean_correlation(self) -> float | None:
        """The mean correlation of two companies' failures; None where there are no two of which it is known."""
        matrix = self.correlation
        if matrix is None:
            return None
        known = matrix[np.triu_indices(len(matrix), 1)]
        known = known[np.isfinite(known)]
        return float(known.mean()) if len(known) else None

    @property
    def concentrations(self) -> list[Concentration]:
        """What each common driver explains of the number of failures, the most first."""
        found = [
            concentration(name, table, companies=self.sharing[name], happens=name in self.tally.counted)
            for name, table in self.tally.drivers.items()
        ]
        return sorted(found, key=lambda item: (-item.explains, item.name))

    def reserve(self, *, own: bool = True, new: bool = False) -> Fan:
        """What must be put in by the end of each quarter so that no company stops paying, in the portfolio's currency.

        `own`: by the investor, stake by stake, or by all investors together; `new`: in the quarter alone.
        """
        return Fan(self.tally.calls[0 if own else 1][1 if new else 0])

    @property
    def knows_stakes(self) -> bool:
        """Whether the investor's stake is known in any company."""
        return any(standing.holding.stake is not None for standing in self.standings)

    def as_json(self) -> dict[str, Any]:
        """Plain values: no NaN, months counted from 1, null beyond the horizon and where something is not known."""
        portfolio = self.portfolio
        return {
            "schema": SCHEMA,
            "portfolio": portfolio.name,
            "scenarios": list(portfolio.scenarios),
            "seed": self.seed,
            "paths": self.paths,
            "months": self.months,
            "first_month": None if portfolio.apart else str(portfolio.first_month),
            "currency": portfolio.currency,
            "rates": {item.holding.currency: item.holding.rate for item in self.standings},
            "common": dict(self.sharing),
            "companies": [self._company(standing) for standing in self.ranked],
            "failures": self._failures(),
            "reserve": self._reserves(),
            "correlation": self._correlations(),
            "concentration": [item.as_json() for item in self.concentrations],
            "stress": [self._stress(stress) for stress in self.stresses],
            "notes": list(portfolio.notes),
        }

    def _correlations(self) -> dict[str, Any]:
        matrix = self.correlation
        rows = None if matrix is None else [[_plain(value) for value in row] for row in matrix.tolist()]
        names = [standing.name for standing in self.standings]
        return {"companies": names, "matrix": rows, "mean": self.mean_correlation}

    def _company(self, standing: Standing) -> dict[str, Any]:
        clock, found = standing.clock, standing.deadline
        begin = self.begin_by(standing)
        need = (
            None if found is None else [_times(end, standing.holding.rate) for end in found.need.interval(CONFIDENCE)]
        )
        return {
            "name": standing.name,
            "own_currency": standing.holding.currency,
            "first_month": str(standing.month(0)),
            "stake": standing.holding.stake,
            "insolvent": clock.as_json(),
            "need": {
                "currency": self.portfolio.currency,
                "confidence": CONFIDENCE,
                "amount": standing.need,
                "interval": need,
            },
            "begin_by": str(begin) if isinstance(begin, Month) else None,
            "begin_by_status": "month" if isinstance(begin, Month) else begin,
            "raise_planned": found is not None and found.planned,
            "stress": {
                stress.name: None
                if (count := self.stress(standing, stress)) is None
                else {
                    "insolvent_by_12": count / stress.outcome.paths,
                    "standard_error": float(standard_error(np.array(count), stress.outcome.paths)),
                }
                for stress in self.stresses
            },
        }

    def _failures(self) -> dict[str, Any]:
        counts = self.failures
        return {
            "by": [self.month_text(last) for last in self.quarters],
            "probability": (counts / self.paths).tolist(),
            "standard_error": standard_error(counts, self.paths).tolist(),
            "mean": [mean_count(row) for row in counts],
            "mean_standard_error": [float(np.sqrt(variance_of_count(row) / self.paths)) for row in counts],
            **{f"p{round(100 * level)}": [count_at(row, level) for row in counts] for level in RESERVE_LEVELS},
            "if_independent": self.independent.tolist(),
            "overdispersion": self.overdispersion,
        }

    def _reserves(self) -> dict[str, Any]:
        kinds = {"investor": True, "all_investors": False} if self.knows_stakes else {"all_investors": False}
        return {
            "by": [self.month_text(last) for last in self.quarters],
            **{
                name: {
                    "by_the_end": _levels(self.reserve(own=own), self.paths),
                    "in_the_quarter": _levels(self.reserve(own=own, new=True), self.paths),
                }
                for name, own in kinds.items()
            },
        }

    def _stress(self, stress: Stress) -> dict[str, Any]:
        outcome, base = stress.outcome, stress.base
        return {
            "scenario": stress.name,
            "title": stress.title,
            "fits": len(stress.places),
            "paths": outcome.paths,
            "mean_failures": mean_count(outcome.many),
            "p90_failures": count_at(outcome.many, 0.9),
            "mean_failures_as_it_is": mean_count(base.many),
            "p90_failures_as_it_is": count_at(base.many, 0.9),
        }


def _levels(fan: Fan, paths: int) -> dict[str, Any]:
    """Mean and quantiles by quarter, the quantiles with their 95% Monte Carlo intervals."""
    names = {f"p{round(100 * level)}": level for level in RESERVE_LEVELS}
    return {
        "mean": fan.mean.tolist(),
        **{name: fan.quantile(level).tolist() for name, level in names.items()},
        "interval": {
            name: [fan.quantile(end).tolist() for end in level_interval(level, paths)] for name, level in names.items()
        },
    }


def _plain(value: float) -> float | None:
    return None if np.isnan(value) else value


def _times(value: float | None, factor: float) -> float | None:
    return None if value is None else value * factor
