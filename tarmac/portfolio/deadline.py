"""Of one company of a portfolio: how much it must raise, by when it must begin, and what stresses do to it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from tarmac.company import Company
from tarmac.engine.block import Job, Prepared, overflow_raised
from tarmac.engine.draws import draw
from tarmac.engine.needing import need_of_block
from tarmac.engine.trying import Trial
from tarmac.errors import InputError
from tarmac.layout import plan_of
from tarmac.measures import Need
from tarmac.portfolio.block import Path16
from tarmac.portfolio.common import CompanyStreams, shared_streams, with_common_first
from tarmac.raising import attempt_of, last_start, with_attempt
from tarmac.scenario import Scenario, apply, from_now_on, without_funding
from tarmac.simulation import need_from, overflow_told
from tarmac.streams import BLOCK_PATHS

CONFIDENCE: Final = 0.9
"""The share of the paths that is to get through, as in `tarmac raise`."""

UNPLANNED: Final = "4 to 8"
"""Months that a raise takes where a company plans none: those of the shelf's raise-series-a and raise-series-b."""


@dataclass(frozen=True, slots=True)
class Question:
    """A company that is asked about, on the first paths of a run, at most one block of them.

    `common`: the drivers that it shares if it has them; `highest`: see CompanyStreams; `scenarios`: the stresses.
    """

    company: Company
    common: tuple[str, ...]
    highest: Mapping[str, float]
    scenarios: tuple[Scenario, ...]
    seed: int
    months: int
    paths: int


@dataclass(frozen=True, slots=True)
class Deadline:
    """What a company needs with no new money, and the last month index to begin raising it in time: see `tarmac raise`.

    `begin_by`: None where it is too late, the horizon where any month will do. `planned`: whether the company plans a
    raise, which says how long one takes; else it is taken to close surely, after UNPLANNED months.
    """

    need: Need
    begin_by: int | None
    planned: bool


@dataclass(frozen=True, slots=True)
class Answer:
    """What is answered of a company.

    `deadline`: None where its facts go beyond the horizon. `struck`: by each scenario that fits it, the month index in
    which it fails on each path, the horizon where it does not, shape (paths,).
    """

    deadline: Deadline | None
    struck: Mapping[str, Path16]


@dataclass(frozen=True, slots=True)
class _Remembered(CompanyStreams):
    """Streams that keep monthly shocks, which are the same under every scenario."""

    kept: dict[tuple[str, int, int], NDArray[np.float32]]

    def monthly_scores(self, driver: str, months: int, *, paths: int = BLOCK_PATHS) -> NDArray[np.float32]:
        """Standard-normal scores of a monthly shock, drawn once. Shape (months, paths)."""
        key = (driver, months, paths)
        if key not in self.kept:
            self.kept[key] = CompanyStreams.monthly_scores(self, driver, months, paths=paths)
        return self.kept[key].copy()


def answer_of(question: Question) -> Answer:
    """Everything that is asked about a company. InputError where its amounts grow without end."""
    with overflow_told(question.company.file, question.months):
        return Answer(_deadline(question), _stressed(question))


def _deadline(question: Question) -> Deadline | None:
    """The deadline, on the company's own draws: what is shared moves no company's chances by itself."""
    company, months, paths = question.company, question.months, question.paths
    bare, attempt = without_funding(company), attempt_of(company)
    planned = not attempt.source.startswith("nothing")
    if not planned:
        attempt = attempt_of(company, takes=UNPLANNED)
    plan = plan_of(bare)
    if plan.now >= months:
        return None
    need = need_from([need_of_block(Job(plan, question.seed, months, paths), 0, since=plan.now)])
    trial = Job(plan_of(with_attempt(bare, attempt)), question.seed, months, paths)
    in_time = Trial(trial, 0).timing().in_time
    begin_by = last_start(in_time, now=plan.now, wanted=CONFIDENCE * paths)
    return Deadline(need, begin_by, planned)


def _stressed(question: Question) -> dict[str, Path16]:
    """When the company fails under each scenario that fits it, on the draws of the run."""
    found: dict[str, Path16] = {}
    kept: dict[tuple[str, int, int], NDArray[np.float32]] = {}
    for scenario in question.scenarios:
        try:
            company = apply(question.company, from_now_on(scenario, question.company))
        except InputError:
            continue
        plan = plan_of(company)
        shared = shared_streams(company, plan, names=question.common)
        plan = with_common_first(plan, shared)
        streams = _Remembered(question.seed, 0, company.company.name, shared, question.highest, kept)
        with overflow_raised():
            draws = draw(plan, streams, months=question.months, paths=question.paths)
            job = Job(plan, question.seed, question.months, question.paths)
            struck = Prepared(job, 0, draws=draws).ledger(owners=False).run(drop=True)["insolvent"]
        found[scenario.name] = struck.astype(np.int16)
    return found
