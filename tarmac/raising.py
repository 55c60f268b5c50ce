"""How much to raise and by when: the need for money, the last month to begin, and both at once."""

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from tarmac.company import Company, company_from
from tarmac.engine.block import Job
from tarmac.engine.trying import Trial
from tarmac.errors import InputError, Problem
from tarmac.forecast import Need
from tarmac.layout import plan_of
from tarmac.months import Month
from tarmac.scenario import without_funding
from tarmac.simulation import searched_need
from tarmac.survival import standard_error, wilson

SCHEMA: Final = "tarmac.raise/1"
LEVELS: Final = (0.5, 0.6, 0.7, 0.8, 0.85, 0.9, 0.95, 0.99)
"""Confidences at which the need curve is told."""

PATHS: Final = 4_096
"""Paths of the table over starts and amounts: the first of the run."""

_ROUND: Final = "the raise"
_STARTS: Final = 8
_STEPS: Final = (0.25, 0.5, 0.75, 1.0, 1.25, 1.5)


@dataclass(frozen=True, slots=True)
class Attempt:
    """A raise as it is planned: how long it takes and how likely it is to close, in the words of a company file.

    `pre_money`: the valuation before the money; `source`: where the three come from.
    """

    takes: str | float
    succeeds: str | float
    pre_money: str | float | None
    source: str


@dataclass(frozen=True)
class Raise:
    """What a company needs, and when it must begin to raise it, were there no other new money.

    `need`: money at the beginning of month index `at`. `in_time`: paths on which money raised from each month on comes
    before insolvency if the attempt closes, shape (months,); `closes`: mean chance that it does. `survives`: paths
    that reach the horizon, by start and amount, if it closes, shape (starts, amounts); of `tried` paths.
    """

    company: str
    currency: str
    first_month: Month
    months: int
    seed: int
    confidence: float
    at: int
    need: Need
    attempt: Attempt
    alone: int
    in_time: NDArray[np.int64]
    closes: float
    starts: tuple[int, ...]
    amounts: tuple[float, ...]
    survives: NDArray[np.int64]
    paths: int
    tried: int
    dilution: tuple[float, float, float] | None

    @property
    def amount(self) -> float | None:
        """The least amount with which the wanted share of the paths survives; None where no amount does."""
        return self.need.amount(self.confidence)

    @property
    def begin_by(self) -> int | None:
        """The last month index from which on the money comes in time on that share of the paths; None: too late.

        If the attempt closes. The horizon, where it may begin at any time.
        """
        enough = np.flatnonzero(self.in_time < self.confidence * self.paths)
        first = int(enough[0]) if len(enough) else self.months
        return first - 1 if 0 < first < self.months else (self.months if first else None)

    def as_json(self) -> dict[str, Any]:
        """Plain values, months counted from 1 or as "2023-01"; null where no amount suffices or it is too late."""
        low, high = wilson(self.in_time, self.paths)
        begin = self.begin_by
        return {
            "schema": SCHEMA,
            "company": self.company,
            "currency": self.currency,
            "seed": self.seed,
            "paths": self.paths,
            "months": self.months,
            "confidence": self.confidence,
            "at": str(self.first_month + self.at),
            "amount": self.amount,
            "amount_interval": list(self.need.interval(self.confidence)),
            "survives_without": self.alone / self.paths,
            "need_curve": [
                {"confidence": level, "amount": self.need.amount(level), "interval": list(self.need.interval(level))}
                for level in LEVELS
            ],
            "attempt": {"takes": self.attempt.takes, "succeeds": self.attempt.succeeds, "source": self.attempt.source},
            "begin_by": None if begin is None else str(self.first_month + min(begin, self.months - 1)),
            "in_time": {
                "probability": (self.in_time / self.paths).tolist(),
                "interval": [low.tolist(), high.tolist()],
            },
            "closes": self.closes,
            "dilution": None if self.dilution is None else dict(zip(("p5", "p50", "p95"), self.dilution, strict=True)),
            "table": {
                "starts": [str(self.first_month + start) for start in self.starts],
                "amounts": list(self.amounts),
                "survives": (self.survives / self.tried).tolist(),
                "standard_error": standard_error(self.survives, self.tried).tolist(),
            },
        }


def attempt_of(company: Company, *, takes: str | None = None, succeeds: str | None = None) -> Attempt:
    """How a raise goes: as said, or as the first equity round of the company does; else at once and surely."""
    planned = next((item for item in company.document().get("round", ()) if item["instrument"] == "equity"), None)
    source = "the command line" if takes is not None else "nothing: the money comes at once"
    if planned is not None and takes is None:
        source = f"round.{planned['name']}"
    known = planned or {}
    return Attempt(
        takes=known.get("takes", 0) if takes is None else takes,
        succeeds=known.get("succeeds", 1) if succeeds is None else succeeds,
        pre_money=known.get("pre_money"),
        source=source,
    )


def raising(company: Company, *, job: Job, confidence: float, attempt: Attempt, at: int = 0) -> Raise:
    """How much a company must raise, and by when, with no other new money than this.

    `job` says months, paths and seed; its plan is not used. InputError where the confidence, the month or the attempt
    makes no sense.
    """
    _check(confidence=confidence, at=at, months=job.months)
    bare = without_funding(company)
    plain = Job(plan_of(bare), job.seed, job.months, job.paths)
    need = searched_need(plain, since=at)
    trials = Job(plan_of(_with_round(bare, attempt)), job.seed, job.months, job.paths)
    struck, in_time, closes = _timing(trials)
    tried = Job(trials.plan, job.seed, job.months, min(job.paths, PATHS))
    starts, amounts = _starts(struck, job.months), _amounts(need, confidence)
    survives = Trial(tried, 0).survives(starts, amounts)
    return Raise(
        company=plain.plan.name,
        currency=plain.plan.currency,
        first_month=plain.plan.first_month,
        months=job.months,
        seed=job.seed,
        confidence=confidence,
        at=at,
        need=need,
        attempt=attempt,
        alone=int(np.sum(struck == job.months)),
        in_time=in_time,
        closes=closes,
        starts=starts,
        amounts=amounts,
        survives=survives,
        paths=job.paths,
        tried=tried.paths,
        dilution=_dilution(company, need.amount(confidence), attempt=attempt),
    )


def _timing(job: Job) -> tuple[NDArray[np.int32], NDArray[np.int64], float]:
    """Months of insolvency without the money; paths on which it is in time, by start; the mean chance of closing.

    Shapes (paths,) and (months,). A block at a time, so that memory holds one.
    """
    struck, in_time, closes = [], np.zeros(job.months, np.int64), 0.0
    for block in range(job.blocks):
        trial = Trial(job, block)
        struck.append(trial.struck)
        in_time += [int(trial.in_time(start).sum()) for start in range(job.months)]
        closes += float(trial.closes().sum())
    return np.concatenate(struck), in_time, closes / job.paths


def _with_round(company: Company, attempt: Attempt) -> Company:
    """The company with this attempt alone. InputError where the attempt is not one a company can make."""
    attempted = {
        "name": _ROUND,
        "instrument": "equity",
        "starts": str(company.company.first_month),
        "takes": attempt.takes,
        "succeeds": attempt.succeeds,
        "amount": 1,
    }
    return company_from(company.document() | {"round": [attempted]}, company.file)


def _starts(struck: NDArray[np.int32], months: int) -> tuple[int, ...]:
    """Months to begin in, spread from the first to that by which nine paths in ten are insolvent."""
    last = int(min(np.quantile(struck, 0.9), months - 1))
    return tuple(np.unique(np.linspace(0, last, min(_STARTS, last + 1)).round().astype(int)).tolist())


def _amounts(need: Need, confidence: float) -> tuple[float, ...]:
    """Amounts about the need, of two digits each."""
    known = [amount for level in (confidence, 0.9, 0.8, 0.5) if (amount := need.amount(level))]
    about = known[0] if known else 1.0
    return tuple(float(f"{step * about:.2g}") for step in _STEPS)


def _dilution(company: Company, amount: float | None, *, attempt: Attempt) -> tuple[float, float, float] | None:
    """The share of the company that the amount buys, new / (pre-money + new): at the ends and the middle of a range."""
    planned = next((item for item in company.round if getattr(item, "pre_money", None) is not None), None)
    if attempt.pre_money is None or planned is None or amount is None:
        return None
    scores = np.array([1.6448536269514722, 0.0, -1.6448536269514722])
    low, middle, high = (amount / (amount + value) for value in planned.pre_money.at(scores))  # type: ignore[union-attr]
    return float(low), float(middle), float(high)


def _check(*, confidence: float, at: int, months: int) -> None:
    problems = []
    if not 0 < confidence < 1:
        rule = "a confidence lies between 0% and 100%"
        problems.append(Problem("command line", "confidence", f"{confidence:.6g}", rule, "write 90%"))
    if not 0 <= at < months:
        rule = f"the money comes within the {months} months looked at"
        problems.append(Problem("command line", "at", str(at + 1), rule, "choose an earlier month, or more months"))
    if problems:
        raise InputError(problems)
