"""What a raise costs those who own the company: through the cap table of every path."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tarmac.company import Company
from tarmac.engine.block import Job
from tarmac.engine.trying import stakes
from tarmac.layout import plan_of
from tarmac.raising.attempt import Attempt, with_money
from tarmac.scenario import without_other_money


@dataclass(frozen=True, slots=True)
class Span:
    """A number over some paths: what one in twenty is below, the median, what one in twenty is above."""

    p5: float
    p50: float
    p95: float
    paths: int

    @classmethod
    def of(cls, rows: Sequence[NDArray[np.float64]]) -> "Span | None":
        """That of some values; None where there is none."""
        values = np.concatenate(rows)
        if not len(values):
            return None
        low, middle, high = np.quantile(values, [0.05, 0.5, 0.95]).tolist()
        return cls(low, middle, high, len(values))


@dataclass(frozen=True, slots=True)
class Dilution:
    """Who owns what once an amount is raised, options, SAFEs and notes that become shares included.

    `sold`: the share that the new money buys, where the company is there to sell it. `common`: what founders and staff,
    all common holders together, have at the horizon on paths that are solvent and independent; `opening`: what they
    had. `at_exit`, `proceeds`: what they have and get where the company is sold on the way. None: on no path. `paths`:
    of the run, of which some end before the money comes.
    """

    sold: Span | None
    common: Span | None
    opening: float
    at_exit: Span | None
    proceeds: Span | None
    paths: int

    def in_unit(self, unit: float) -> "Dilution":
        """The same with amounts in another unit of money."""
        got = self.proceeds
        if got is None:
            return self
        return replace(self, proceeds=Span(got.p5 / unit, got.p50 / unit, got.p95 / unit, got.paths))

    def as_json(self) -> dict[str, Any]:
        """Plain values, null where there is no path."""
        return asdict(self)


def dilution_of(company: Company, job: Job, *, attempt: Attempt, amount: float, at: int) -> Dilution | None:
    """What it costs to raise an amount that comes in month index `at`; None where the valuation of a round is unknown.

    `company` with its sale, if it has one, is the only other round; of one that has been calibrated, besides those of
    its past. The amount comes where the company is still there,
    as in the search for it.
    """
    if not attempt.price.keys() & {"pre_money", "sold"} or not amount:
        return None
    plan = plan_of(with_money(without_other_money(company), attempt, amount=amount, at=at))
    if not plan.knows_ownership:
        return None
    raised = Job(plan, job.seed, job.months, job.paths)
    blocks = [stakes(raised, block) for block in range(raised.blocks)]
    return Dilution(
        sold=Span.of([found.sold for found in blocks]),
        common=Span.of([found.common for found in blocks]),
        opening=sum(item.share for item in plan.holders if item.kind == "common"),
        at_exit=Span.of([found.at_exit for found in blocks]),
        proceeds=Span.of([found.proceeds for found in blocks]),
        paths=job.paths,
    )
