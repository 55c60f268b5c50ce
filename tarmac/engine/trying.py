"""A company that raises money: how it fares by the month in which it begins, and by the amount."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from tarmac.engine.block import Job, Prepared, overflow_raised
from tarmac.engine.ledger import Ledger
from tarmac.plan import Number, RoundPlan


class Trial:
    """One block of a company whose plan has one round: without the money, and with it, on the same draws."""

    def __init__(self, job: Job, block: int) -> None:
        with overflow_raised():
            self._prepared = Prepared(job, block)
            self._round = job.plan.rounds[0]
            self.struck = self._run(None)
        """Month index of insolvency without the money, the horizon where there is none. Shape (paths,)."""

    def arrives(self, start: int) -> NDArray[np.int64]:
        """The month index in which the money of an attempt begun in month `start` arrives. Shape (paths,)."""
        drivers = self._prepared.drivers
        takes = np.broadcast_to(drivers.value(self._round.takes), drivers.paths)
        return np.floor(start + takes).astype(np.int64)

    def in_time(self, start: int) -> NDArray[np.bool_]:
        """Where an attempt begun then brings its money before the company is insolvent, or it needs none."""
        months = self._prepared.drivers.months
        safe: NDArray[np.bool_] = (self.struck == months) | (self.arrives(start) <= self.struck)
        return safe

    def closes(self) -> NDArray[np.float64]:
        """The chance that an attempt closes, before the mood of the market. Shape (paths,)."""
        drivers = self._prepared.drivers
        return np.broadcast_to(drivers.value(self._round.succeeds), drivers.paths)

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
