"""A company that raises money: how it fares by the month in which it begins and by the amount, and who owns it then."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from tarmac.engine.block import Job, Prepared, overflow_raised
from tarmac.engine.drivers import Drivers, drive
from tarmac.engine.ledger import Ledger
from tarmac.engine.walk import Row
from tarmac.plan import Number, RoundPlan
from tarmac.streams import BLOCK_PATHS

_LEAST: Final = 1e-6
"""The chance that a chance of nothing is taken for where it is asked when an attempt closes, if it does."""

_WAIT: Final = "months until the raise closes"
_AMOUNT: Final = "what the raise brings"


@dataclass(frozen=True)
class Timing:
    """When money is needed and when it comes, on some paths.

    `struck`: month index of insolvency without the money, the horizon where there is none, shape (paths,). `in_time`:
    paths on which the money of an attempt begun in each month comes before that, or is not needed, if it closes, shape
    (months,). `closes`: the sum over paths of the chance that it does. `waits`: paths by the months from the start to
    the money, the last for those on which it comes only after the horizon, shape (months + 1,).
    """

    struck: NDArray[np.int32]
    in_time: NDArray[np.int64]
    closes: float
    waits: NDArray[np.int64]

    def __add__(self, other: "Timing") -> "Timing":
        struck = np.concatenate([self.struck, other.struck])
        in_time = self.in_time + other.in_time
        return Timing(struck, in_time, self.closes + other.closes, self.waits + other.waits)


def waits_of(attempt: RoundPlan, drivers: Drivers) -> tuple[Row, Row]:
    """Months from the start of an attempt to the money if it closes, and the chance that it does. Shapes (paths,).

    An attempt that can close in n months, each with the chance h, does so with the chance p = s (1 - (1 - h)^n); of m
    attempts one after the other one closes with the chance 1 - (1 - p)^m. When is read from the path's uniform number
    by the inverse of the distribution, so that it is the same whenever the first begins. inf where no month is left in
    which it can close. Gates, the market and the company's figures are left out.
    """

    def value(number: Number) -> Row:
        return np.broadcast_to(drivers.value(number), drivers.paths)

    able, first = value(attempt.succeeds), np.floor(value(attempt.takes))
    monthly, last = np.ones(drivers.paths), first
    if attempt.hazard is not None:
        monthly, last = value(attempt.hazard.closes_monthly), np.floor(value(attempt.hazard.gives_up_after))
    months = np.maximum(last - first + 1, 0.0)
    attempts, pause = attempt.retries + 1, last + np.floor(value(attempt.again_after))
    closes = 1 - (1 - able * (1 - (1 - monthly) ** months)) ** attempts
    able, monthly = np.maximum(able, _LEAST), np.maximum(monthly, _LEAST)
    once = able * (1 - (1 - monthly) ** months)
    with np.errstate(divide="ignore", invalid="ignore"):
        luck = drivers.draws.chances[attempt.driver] * (1 - (1 - once) ** attempts)
        nth = np.minimum(np.floor(np.log1p(-luck) / np.log1p(-once)), attempts - 1)
        left = (luck - (1 - (1 - once) ** nth)) / (1 - once) ** nth
        month = np.floor(np.log1p(-left / able) / np.log1p(-monthly))
    waits = first + np.where(nth > 0, nth * pause, 0) + np.clip(np.nan_to_num(month), 0, np.maximum(months - 1, 0))
    return np.where(months > 0, waits, np.inf), closes


@dataclass(frozen=True)
class Stakes:
    """Who owns what after a raise, as shares of the whole on some paths, one-dimensional.

    `sold`: what the new money bought, where it came. `common`: what common holders together have at the horizon, where
    the company is solvent and independent. `at_exit`, `proceeds`: what they have, and get, where it was sold.
    """

    sold: NDArray[np.float64]
    common: NDArray[np.float64]
    at_exit: NDArray[np.float64]
    proceeds: NDArray[np.float64]


class _Sale:
    """Watches what the first round of a plan sells, in the month in which it closes."""

    def __init__(self) -> None:
        self.sold: list[NDArray[np.float64]] = []

    def month_end(self, month: int, ledger: Ledger) -> None:  # noqa: ARG002
        """Read the share that was sold this month, if any was."""
        first = ledger.plan.rounds[0]
        for plan, (paths, _) in ledger.rounds.closed:
            if plan.driver == first.driver and ledger.ownership is not None:
                place = ledger.ownership.owners.index(plan.owner)
                self.sold.append(ledger.ownership.held[place, paths])


def stakes(job: Job, block: int) -> Stakes:
    """What comes of who owns what on the paths of one block of a plan that knows it, whose first round is the raise."""
    with overflow_raised():
        ledger, sale = Prepared(job, block).ledger(), _Sale()
        ledger.run([sale])
    owned, living = ledger.ownership, ledger.state.alive
    if owned is None:
        raise ValueError("who owns what is not known: a round has no price")
    together = owned.founders_and_staff
    nothing = np.empty(0)
    return Stakes(
        sold=np.concatenate([nothing, *sale.sold]),
        common=together[living],
        at_exit=np.concatenate([nothing, *(together[paths] for paths, _ in owned.sales)]),
        proceeds=np.concatenate([nothing, *(amounts for _, amounts in owned.sales)]),
    )


class Trial:
    """One block of a company whose first round is the raise: without the money, and with it, on the same draws."""

    def __init__(self, job: Job, block: int) -> None:
        with overflow_raised():
            self._prepared = Prepared(job, block)
            self._round = job.plan.rounds[0]
            drivers = self._prepared.drivers
            self._waits, self._closes = waits_of(self._round, drivers)
            inputs = drivers.draws.inputs | {_WAIT: np.minimum(self._waits, drivers.months)}
            self._drivers = replace(drivers, draws=replace(drivers.draws, inputs=inputs))
            self.struck = self._run(drivers.months, amount=0.0)
        """Month index of insolvency without the money, the horizon where there is none. Shape (paths,)."""

    def timing(self) -> "Timing":
        """When money is needed and when it comes, by the month in which an attempt begins."""
        months, waits = self._drivers.months, self._waits
        safe = self.struck == months
        in_time = np.array([np.sum(safe | (start + waits <= self.struck)) for start in range(months)], np.int64)
        counts = np.bincount(np.minimum(waits, months).astype(np.int64), minlength=months + 1)
        return Timing(self.struck, in_time, float(self._closes.sum()), counts)

    def survives(self, starts: Sequence[int], amounts: Sequence[float]) -> NDArray[np.int64]:
        """How many paths reach the horizon solvent if the attempt closes. Shape (starts, amounts)."""
        some = max(BLOCK_PATHS // self._drivers.paths, 1)
        parts = [amounts[first : first + some] for first in range(0, len(amounts), some)]
        found = [np.zeros((len(starts), 0), np.int64), *(self._survives(starts, part) for part in parts)]
        return np.hstack(found)

    def _survives(self, starts: Sequence[int], amounts: Sequence[float]) -> NDArray[np.int64]:
        """The same with all amounts side by side in one run, which costs little more than a run with one of them."""
        months, paths = self._drivers.months, self._drivers.paths
        with overflow_raised():
            draws = self._drivers.draws.repeated(len(amounts))
            inputs = draws.inputs | {_AMOUNT: np.repeat(np.asarray(amounts, float), paths)}
            drivers = drive(self._drivers.plan, replace(draws, inputs=inputs), again=len(starts) > 1)
            runs = [self._struck(drivers, start, amount=Number(0.0, _AMOUNT)) for start in starts]
        return np.array([np.sum(run.reshape(-1, paths) == months, axis=1) for run in runs], np.int64)

    def _run(self, start: int, *, amount: float) -> NDArray[np.int32]:
        """Months of insolvency with an attempt begun in some month that is sure to close; the horizon: none begins."""
        return self._struck(self._drivers, start, amount=Number(amount))

    def _struck(self, drivers: Drivers, start: int, *, amount: Number) -> NDArray[np.int32]:
        sure = replace(
            self._round,
            starts=start,
            takes=Number(0.0, _WAIT),
            succeeds=Number(1.0),
            amount=amount,
            market=Number(0.0),
            odds=None,
            hazard=None,
            retries=0,
        )
        plan = replace(drivers.plan, rounds=(sure, *drivers.plan.rounds[1:]))
        ledger = Ledger(replace(drivers, plan=plan), owners=False)
        return ledger.run(drop=True)["insolvent"]
