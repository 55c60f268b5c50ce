"""Forecasts of when companies end, judged by when they did: every score, against every forecaster."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import isfinite
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from tarmac.scoring import (
    Flags,
    Row,
    coverage,
    crps_within,
    d_calibration,
    ipcw_brier,
    kaplan_meier,
    quantile,
    ratio_interval,
    reliability,
    share_by,
    skill,
    skill_interval,
)
from tarmac.streams import Streams

HORIZONS: Final = (6, 12, 24)
"""Months at which probabilities are judged."""

LEVELS: Final = (0.1, 0.5, 0.9)
FEW: Final = 30
"""With fewer companies than this, what is told is told with that number beside it."""

LEAST: Final = 10
"""With fewer companies than this nothing is told: a bootstrap of a handful makes intervals that are too narrow."""

CRPS: Final = "CRPS"
BINS: Final = 5

Sample = Row
"""A forecast: times in months, infinite beyond the horizon."""

Interval = tuple[float, float] | None


@dataclass(frozen=True)
class Cases:
    """What became of some companies: months to the outcome, whether it was an end, and whose snapshot it is of.

    Arrays of shape (cases,); `companies`: the number of each case's company, from 0.
    """

    times: Row
    events: Flags
    companies: NDArray[np.int64]

    @property
    def number(self) -> int:
        """How many companies there are."""
        return len(np.unique(self.companies))


@dataclass(frozen=True)
class Score:
    """A mean score of one forecaster, 0 best, with its 95% bootstrap interval over companies."""

    value: float
    interval: Interval


@dataclass(frozen=True)
class Skill:
    """1 - score / baseline's score, with its 95% bootstrap interval over companies; None where there is none."""

    value: float | None
    interval: Interval

    @property
    def told(self) -> bool:
        """Whether the interval lies on one side of zero."""
        return self.interval is not None and not self.interval[0] <= 0 <= self.interval[1]


@dataclass(frozen=True)
class Judged:
    """How well forecasters did on the same cases.

    `scores`: by forecaster and name of the score; `skills`: of the first forecaster, by baseline and score.
    `low`, `middle`, `high`: P10, P50 and P90 of the first forecaster, `pit` its F(T), all of shape (cases,).
    """

    cases: Cases
    horizon: int
    scores: Mapping[str, Mapping[str, Score]]
    skills: Mapping[str, Mapping[str, Skill]]
    low: Row
    middle: Row
    high: Row
    pit: Row
    chances: Mapping[int, Row]

    @property
    def coverage(self) -> tuple[float, float]:
        """The least and the most that the share of outcomes between P10 and P90 can be; 0.8 if well calibrated."""
        inside, possible = self.inside
        return float(inside.mean()), float(possible.mean())

    @property
    def inside(self) -> tuple[Flags, Flags]:
        """Which cases lie between P10 and P90: for certain, and possibly. Shapes (cases,)."""
        return coverage(self.low, self.high, times=self.cases.times, events=self.cases.events)

    @property
    def d_calibration(self) -> tuple[Row, float, float]:
        """PIT values in five bins, chi-square and its p-value."""
        return d_calibration(self.pit, self.cases.events, bins=BINS)

    @property
    def pit_survival(self) -> Row:
        """Kaplan-Meier of the PIT values at 0, 1%, ... 100%: on the diagonal 1 - u if well calibrated."""
        return kaplan_meier(self.pit, self.cases.events, at=np.linspace(0, 1, 101))

    def reliability(self, horizon: int) -> dict[str, NDArray[Any]]:
        """Forecast chances of ending by a horizon beside what happened, of the cases of which it is known."""
        known = self.known_by(horizon)
        occurred = (self.cases.events & (self.cases.times <= horizon))[known]
        return reliability(self.chances[horizon][known], occurred, edges=np.linspace(0, 1, BINS + 1))

    def known_by(self, horizon: int) -> Flags:
        """Cases of which it is known whether they ended by a horizon. Shape (cases,)."""
        return self.cases.events | (self.cases.times > horizon)

    @property
    def few(self) -> bool:
        """Whether there are so few companies that none of this is firm."""
        return self.cases.number < FEW

    def told(self) -> Iterator[tuple[str, str, bool]]:
        """The differences that can be told from chance: baseline, score, and whether the first forecaster is better."""
        if self.cases.number >= LEAST:
            for base, rows in self.skills.items():
                yield from ((base, score, (item.value or 0) > 0) for score, item in rows.items() if item.told)


def judged(cases: Cases, forecasts: Mapping[str, Sequence[Sample]], *, horizon: int, seed: int) -> Judged:
    """The scores of some forecasters; the first is the one that is judged, the others are its baselines.

    CRPS in months, months beyond the horizon left out; Brier scores at HORIZONS within it, weighted for censoring.
    """
    terms = {name: dict(_terms(cases, samples, horizon=horizon)) for name, samples in forecasts.items()}
    first, *baselines = terms
    own = forecasts[first]
    low, middle, high = (np.array([quantile(sample, level) for sample in own]) for level in LEVELS)
    resampled = _Resampled(cases, seed)
    return Judged(
        cases=cases,
        horizon=horizon,
        scores={name: {score: resampled.mean(row) for score, row in rows.items()} for name, rows in terms.items()},
        skills={
            base: {score: resampled.skill(row, terms[base][score]) for score, row in terms[first].items()}
            for base in baselines
        },
        low=low,
        middle=middle,
        high=high,
        pit=np.array([share_by(sample, time) for sample, time in zip(own, cases.times, strict=True)]),
        chances={
            months: np.array([share_by(sample, months) for sample in own]) for months in HORIZONS if months <= horizon
        },
    )


def _terms(cases: Cases, samples: Sequence[Sample], *, horizon: int) -> Iterator[tuple[str, Row]]:
    """What each case adds to each score of a forecaster. Rows of shape (cases,)."""
    outcomes = zip(samples, cases.times.tolist(), cases.events.tolist(), strict=True)
    yield CRPS, np.array([crps_within(sample, time, event=event, horizon=horizon) for sample, time, event in outcomes])
    for months in HORIZONS:
        if months <= horizon:
            chances = np.array([share_by(sample, months) for sample in samples])
            yield f"Brier {months}", ipcw_brier(chances, cases.times, events=cases.events, horizon=months)


class _Resampled:
    """Means and skills with bootstrap intervals over companies, from one stream of random numbers."""

    def __init__(self, cases: Cases, seed: int) -> None:
        self._clusters = np.unique(cases.companies, return_inverse=True)[1]
        self._seed = seed

    def mean(self, row: Row) -> Score:
        found = ratio_interval(row, np.ones(len(row)), clusters=self._clusters, generator=self._fresh())
        return Score(float(row.mean()), found)

    def skill(self, row: Row, baseline: Row) -> Skill:
        found = skill_interval(row, baseline, clusters=self._clusters, generator=self._fresh())
        return Skill(skill(row, baseline), found)

    def _fresh(self) -> np.random.Generator:
        """The same numbers every time: all scores are resampled alike."""
        return np.random.Generator(Streams(self._seed, 0).open("backtest.bootstrap"))


def climatology(cases: Cases, *, without: int, draws: int = 1_000) -> Sample:
    """The times to the end of the other companies, by Kaplan-Meier: what is forecast who knows nothing of this one.

    `without`: the company left out. Times beyond the last that is known are infinite. Shape (draws,).
    """
    others = cases.companies != without
    if not others.any():
        return np.full(draws, np.inf)
    times = np.unique(cases.times[others])
    ended = 1.0 - kaplan_meier(cases.times[others], cases.events[others], at=times)
    places = np.searchsorted(ended, (np.arange(draws) + 0.5) / draws)
    return np.append(times, np.inf)[places]


def plain(value: float) -> float | None:
    """A number for JSON: null where it lies beyond the horizon or is none."""
    return value if isfinite(value) else None
