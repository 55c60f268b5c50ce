"""Of one company of a portfolio: how much it must raise, and by when it must begin."""

from dataclasses import dataclass

from tarmac.company import Company
from tarmac.engine.block import Job
from tarmac.engine.needing import need_of_block
from tarmac.engine.trying import Trial
from tarmac.layout import plan_of
from tarmac.measures import Need
from tarmac.raising import attempt_of, last_start, with_attempt
from tarmac.scenario import without_funding
from tarmac.simulation import need_from, overflow_told
from tarmac.streams import BLOCK_PATHS

CONFIDENCE = 0.9
"""The share of the paths that is to get through, as in `tarmac raise`."""


@dataclass(frozen=True, slots=True)
class Question:
    """A company whose deadline is asked for; its own draws, as in `tarmac raise`, at most one block of them."""

    company: Company
    seed: int
    months: int
    paths: int


@dataclass(frozen=True, slots=True)
class Deadline:
    """What a company needs with no new money, and the last month index to begin raising it in time: see `tarmac raise`.

    `begin_by`: None where it is too late, the horizon where any month will do. `timed`: whether it is known how long a
    raise takes; where the company plans none, the money is taken to come at once.
    """

    need: Need
    begin_by: int | None
    timed: bool


def deadline_of(question: Question) -> Deadline | None:
    """The deadline of a company; None of one whose facts go beyond the horizon."""
    company, months = question.company, question.months
    paths = min(question.paths, BLOCK_PATHS)
    bare, attempt = without_funding(company), attempt_of(company)
    plan = plan_of(bare)
    if plan.now >= months:
        return None
    with overflow_told(company.file, months):
        need = need_from([need_of_block(Job(plan, question.seed, months, paths), 0, since=plan.now)])
        trial = Job(plan_of(with_attempt(bare, attempt)), question.seed, months, paths)
        timing = Trial(trial, 0).timing()
    begin_by = last_start(timing.in_time, now=plan.now, wanted=CONFIDENCE * paths)
    return Deadline(need, begin_by, bool(company.round) and not attempt.source.startswith("nothing"))
