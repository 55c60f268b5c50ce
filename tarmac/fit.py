"""A model beside the facts: what it says of each figure that became known, and of the year month by month."""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from tarmac.company import Company
from tarmac.company.line_checks import LONGEST
from tarmac.company.numbers import paths_of_suppliers
from tarmac.engine.block import Job
from tarmac.engine.observing import Answer, Question, observe
from tarmac.engine.state import Flags
from tarmac.engine.walk import Row
from tarmac.facts import USED, Fact, Quantity, check
from tarmac.layout import plan_of
from tarmac.plan import Plan

if TYPE_CHECKING:
    import pandas as pd

LEVELS: Final = {"p5": 5, "median": 50, "p95": 95}
"""The quantiles shown, in percent."""

OUTSIDE: Final = 0.05
"""A one-sided fact is outside where less than this share of the paths is on its side."""

_ON_ITS_SIDE: Final = {
    "less than": np.less,
    "at most": np.less_equal,
    "more than": np.greater,
    "at least": np.greater_equal,
}


def fit(company: Company, facts: Iterable[Fact], *, seed: int, paths: int = 20_000) -> "pd.DataFrame":
    """Fact by fact: what was observed, and what the model says on the paths that lived to see it.

    Left out are facts that are context, that begin before the model does, and that lie beyond the longest horizon.
    Columns: `quantity`, `first`, `last`, `use`, `qualifier`, `observed`, `unit`; `p5`, `median`, `p95` of the model
    (NaN where no path lives to see it); `below`, the share of those paths that say less than was observed; `side`, the
    share on the right side of a one-sided fact (NaN for others); `inside`: the fact lies between P5 and P95 or,
    one-sided, has at least 5% of the paths on its side; `lived`, the share of all paths that were solvent and
    independent at the end of its months (of an unpaid bill: of the month it fell due in), or of the month in which it
    was known, where that is earlier. InputError where a fact does not fit the company.
    """
    import pandas as pd

    begins = company.company.first_month
    told = [fact for fact in facts if fact.use in USED and begins <= fact.first and fact.last - begins < LONGEST]
    check(told, company)
    questions = [question_of(fact, company) for fact in told]
    answers = _answers(plan_of(company), questions, seed=seed, paths=paths)
    return pd.DataFrame([_beside(fact, answer) for fact, answer in zip(told, answers, strict=True)])


def question_of(fact: Fact, company: Company) -> Question:
    """What a fact asks a company's model: its quantity, over its months, in its currency, as of when it was known."""
    header, begins = company.company, company.company.first_month
    foreign = fact.unit if fact.unit in company.fx and fact.unit != header.currency else None
    return Question(fact.quantity, fact.first - begins, fact.last - begins, foreign, max(fact.known - begins, 0))


def year(company: Company, *, seed: int, months: int = 12, paths: int = 20_000) -> "pd.DataFrame":
    """The model month by month: flows of the month and balances at its end, among the paths solvent then.

    Index "month" ("2023-01"). Columns by two names: what it is of, and "p5", "median" or "p95"; of "solvent", the
    "share" of all paths that are.
    """
    import pandas as pd

    plan, shown = plan_of(company), quantities(company)
    questions = [Question(quantity, month, month) for quantity in shown.values() for month in range(months)]
    answers = iter(_answers(plan, questions, seed=seed, paths=paths))
    columns: dict[tuple[str, str], list[float]] = {}
    for name in shown:
        found = [next(answers) for _ in range(months)]
        columns["solvent", "share"] = [share(answer.lived) for answer in found]
        for level in LEVELS:
            columns[name, level] = [quantiles(answer.values)[level] for answer in found]
    index = pd.Index([str(plan.first_month + month) for month in range(months)], name="month")
    return pd.DataFrame(columns, index=index)


def quantities(company: Company) -> dict[str, Quantity]:
    """What is shown month by month, by its name."""
    vendors = paths_of_suppliers(company)
    return {
        "compute billed": Quantity("billed", ("compute.*",)),
        "wages and other cost billed": Quantity("billed", ("team.*", "cost.*")),
        "revenue earned": Quantity("earned", ("revenue.*",)),
        "cash": Quantity("cash"),
        "arrears": Quantity("arrears"),
        **{f"arrears {path}": Quantity("arrears", (path,)) for path in vendors},
    }


def quantiles(values: Row) -> dict[str, float]:
    """P5, median and P95 of some paths; NaN of none."""
    found = np.percentile(values, list(LEVELS.values())) if len(values) else np.full(len(LEVELS), np.nan)
    return dict(zip(LEVELS, found.tolist(), strict=True))


def share(holds: Flags) -> float:
    """The share of some paths on which something holds; NaN of none."""
    return float(holds.mean()) if len(holds) else np.nan


def _answers(plan: Plan, questions: Sequence[Question], *, seed: int, paths: int) -> list[Answer]:
    """What the model says to each question, over as many months as that takes."""
    months = max((question.end(plan) + 1 for question in questions), default=1)
    return observe(Job(plan, seed, months, paths), questions)


def _beside(fact: Fact, answer: Answer) -> dict[str, Any]:
    """One row: the fact, and the model beside it."""
    said, values = quantiles(answer.values), answer.values
    value = np.nan if fact.value is None else fact.value
    side = share(_ON_ITS_SIDE[fact.qualifier](values, value)) if fact.side else np.nan
    inside = side >= OUTSIDE if fact.side else said["p5"] <= value <= said["p95"]
    about = {"quantity": str(fact.quantity), "first": str(fact.first), "last": str(fact.last), "use": fact.use}
    observed = {"qualifier": fact.qualifier, "observed": value, "unit": fact.unit}
    model = {**said, "below": share(values < value), "side": side, "inside": inside, "lived": share(answer.lived)}
    return about | observed | model
