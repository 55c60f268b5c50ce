"""What a path remembers from one month to the next, and the flows of the month in between."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from tarmac.engine.drivers import Drivers
from tarmac.engine.selection import Selection, Some
from tarmac.engine.walk import Row

ROUNDING: Final = 1e-6
"""Amounts of money closer than this (a ten-thousandth of a cent) are the same: sums of many are not exact."""

BURN_WINDOW: Final = 3
"""Months over which net burn is averaged."""


class State:
    """Balances and flows of one block of paths, in the company's currency.

    Balances, shape (paths,): `cash`, `arrears` (bills past due), `payables` (bills received and not paid). Flows of
    the month, shape (paths,) or (1,): `earned`, `receipts` (operating), `payroll` (with severance), `dues` to vendors,
    `paid` to vendors; `net_burn` (operating payments less operating receipts), shape (paths,); `funding`, sparse.
    """

    def __init__(self, drivers: Drivers, extra_cash: Row | float) -> None:
        paths, nothing = drivers.paths, np.zeros(1)
        self.cash: Row = np.zeros(paths)
        self.cash += drivers.at_opening(drivers.plan.opening_cash)
        self.cash += extra_cash
        self.arrears: Row = np.zeros(paths)
        self.payables: Row = np.zeros(paths)
        self.earned = self.receipts = self.payroll = self.dues = self.paid = nothing
        self.funding: list[Some] = []
        self._burns = [np.zeros(paths) for _ in range(BURN_WINDOW)]
        self.net_burn: Row = self._burns[0]
        self.recent_burn: Row = np.zeros(paths)
        self._watched = drivers.plan.watches_runway
        self.alive: NDArray[np.bool_] = np.ones(paths, np.bool_)
        self.living: NDArray[np.int64] | None = None
        """The paths that are solvent; None for all of them."""
        self.left_behind: Some = (np.empty(0, np.int64), np.empty(0))
        """Paths that became insolvent this month, and the balance at that moment (negative: not all could be paid)."""

    def measure_burn(self, month: int) -> None:
        """Net burn of the month, and what was burnt over the last three (or as many as have passed)."""
        self.net_burn = self._burns[month % BURN_WINDOW]
        if self._watched:
            self.recent_burn -= self.net_burn  # of three months ago
        np.add(self.payroll, self.paid, out=self.net_burn)
        self.net_burn -= self.receipts
        if self._watched:
            self.recent_burn += self.net_burn

    def bury(self, fresh: NDArray[np.int64], *, overdraft: bool) -> None:
        """Some paths have become insolvent: they have no cash, and from now on their rows mean nothing.

        What could not be paid was not paid, unless the bank paid it (`overdraft`).
        """
        balance = self.cash[fresh]
        self.left_behind = (fresh, balance)
        if not overdraft:
            self.net_burn[fresh] += np.minimum(balance, 0.0)
        self.cash[fresh] = 0.0
        self.alive[fresh] = False
        if len(fresh):
            self.living = np.flatnonzero(self.alive)

    def keep(self, chosen: Selection) -> None:
        """Go on with some of the paths, all of them solvent."""
        self.cash, self.payables, self.recent_burn = map(chosen.row, (self.cash, self.payables, self.recent_burn))
        self.arrears = chosen.row(self.arrears)
        self._burns = [chosen.row(burn) for burn in self._burns]
        self.alive = np.ones(len(chosen), np.bool_)
        self.living = None
