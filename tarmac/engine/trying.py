"""A company that raises money: how it fares by the month in which it begins and by the amount, and who owns it then."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from tarmac.engine.block import Job, Prepared, overflow_raised
from tarmac.engine.ledger import Ledger
from tarmac.plan import Number, RoundPlan


@dataclass(frozen=True)
class Timing:
    """When money is needed and when it comes, on some paths.

    `struck`: month index of insolvency without the money, the horizon where there is none, shape (paths,). `in_time`:
    paths on which the money of an attempt begun in each month comes before that, or is not needed, shape (months,).
    `closes`: the sum over paths of the chance that it closes, before the mood of the market. `beyond`: paths on which
    one begun in the first month would end only after the horizon.
    """

    struck: NDArray[np.int32]
    in_time: NDArray[np.int64]
    closes: float
    beyond: int

    def __add__(self, other: "Timing") -> "Timing":
        struck = np.concatenate([self.struck, other.struck])
        in_time = self.in_time + other.in_time
        return Timing(struck, in_time, self.closes + other.closes, self.beyond + other.beyond)


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
    """One block of a company whose plan has one round: without the money, and with it, on the same draws."""

    def __init__(self, job: Job, block: int) -> None:
        with overflow_raised():
            self._prepared = Prepared(job, block)
            self._round = job.plan.rounds[0]
            self.struck = self._run(None)
        """Month index of insolvency without the money, the horizon where there is none. Shape (paths,)."""

    def timing(self) -> "Timing":
        """When money is needed and when it comes, by the month in which an attempt begins."""
        drivers = self._prepared.drivers
        takes, chance = (
            np.broadcast_to(drivers.value(number), drivers.paths)
            for number in (self._round.takes, self._round.succeeds)
        )
        arrives = [np.floor(start + takes) for start in range(drivers.months)]
        safe = self.struck == drivers.months
        in_time = np.array([np.sum(safe | (month <= self.struck)) for month in arrives], np.int64)
        return Timing(self.struck, in_time, float(chance.sum()), int(np.sum(arrives[0] >= drivers.months)))

    def survives(self, starts: Sequence[int], amounts: Sequence[float]) -> NDArray[np.int64]:
        """How many paths reach the horizon solvent if the attempt closes. Shape (starts, amounts)."""
        months = self._prepared.drivers.months
        with overflow_raised():
            return np.array(
                [
                    [
                        np.sum(self._run(replace(self._round, starts=start, amount=Number(amount))) == months)
                        for amount in amounts
                    ]
                    for start in starts
                ],
                np.int64,
            )

    def _run(self, attempt: RoundPlan | None) -> NDArray[np.int32]:
        """Months of insolvency with an attempt that is sure to close, or with none."""
        drivers = self._prepared.drivers
        sure = () if attempt is None else (replace(attempt, succeeds=Number(1.0), market=Number(0.0)),)
        ledger = Ledger(replace(drivers, plan=replace(drivers.plan, rounds=sure)))
        return ledger.run(drop=True)["insolvent"]
