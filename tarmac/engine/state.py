"""What a path remembers from one month to the next, and the flows of the month in between."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from tarmac.engine.drivers import Drivers
from tarmac.engine.invoices import NOTHING
from tarmac.engine.selection import NOBODY, Paths, Selection, Some
from tarmac.engine.walk import Row
from tarmac.memory import zeros

ROUNDING: Final = 1e-6
"""Amounts of money closer than this (a ten-thousandth of a cent) are the same: sums of many are not exact."""

Flags = NDArray[np.bool_]
"""True or false on every path, shape (paths,)."""

BURN_WINDOW: Final = 3
"""Months over which net burn is averaged."""


class State:
    """Balances and flows of one block of paths, in the company's currency.

    Balances, shape (paths,): `cash`, `arrears` (bills past due), `payables` (bills received and not paid). Flows of
    the month, shape (paths,) or (1,): `earned`, `receipts` (operating, `one_offs` among them), `payroll` (with
    severance), `interest` and `principal` paid to lenders, `taxes` paid, `dues` to vendors, `paid` to vendors, `drawn`
    from a credit line (less what is repaid); `net_burn` (operating payments less operating receipts), shape (paths,);
    `funding`: cash from outside, sparse. `undrawn`: what a credit line still has.
    """

    def __init__(self, drivers: Drivers, extra_cash: Row | float) -> None:
        paths = drivers.paths
        self.cash: Row = zeros(paths)
        self.cash += drivers.at_opening(drivers.plan.opening_cash)
        self.cash += extra_cash
        self.arrears: Row = zeros(paths)
        self.payables: Row = zeros(paths)
        self.undrawn: Row = NOTHING
        self.earned = self.receipts = self.payroll = self.dues = self.paid = NOTHING
        self.interest = self.principal = self.taxes = self.drawn = self.one_offs = NOTHING
        self.funding: list[Some] = []
        self._burns = [zeros(paths) for _ in range(BURN_WINDOW)]
        self.net_burn: Row = self._burns[0]
        self.recent_burn: Row = zeros(paths)
        self._watched = drivers.plan.watches_runway
        self._finances = drivers.plan.has_debt or drivers.plan.has_taxes
        self.alive: NDArray[np.bool_] = np.ones(paths, np.bool_)
        """The paths that are solvent and independent."""
        self.living: Paths | None = None
        """The same by number; None for all of them."""
        self.left_behind: Some = (NOBODY, np.empty(0))
        """Paths that became insolvent this month, and the balance at that moment (negative: not all could be paid)."""
        self.left_unpaid: Some = self.left_behind
        """The same paths, and what is owed there that is among no other balance: wages, or an overdraft."""
        self.sold: Paths = NOBODY
        """Paths on which the company was acquired this month."""

    def measure_burn(self, month: int) -> None:
        """Net burn of the month, and what was burnt over the last three (or as many as have passed)."""
        self.net_burn = self._burns[month % BURN_WINDOW]
        if self._watched:
            self.recent_burn -= self.net_burn  # of three months ago
        np.add(self.payroll, self.paid, out=self.net_burn)
        if self._finances:
            self.net_burn += self.interest
            self.net_burn += self.taxes
        self.net_burn -= self.receipts
        if self._watched:
            self.recent_burn += self.net_burn

    def bury(self, fresh: Paths, *, overdraft: bool, unpaid: Row) -> None:
        """Some paths have become insolvent: they have no cash, and from now on their rows mean nothing.

        What could not be paid was not paid, unless the bank paid it (`overdraft`). `unpaid`: what of it is among
        the payables already, shape (len(fresh),).
        """
        balance = self.cash[fresh]
        self.left_behind = (fresh, balance)
        self.left_unpaid = (fresh, np.maximum(-balance, 0.0) - unpaid)
        if not overdraft:
            short = np.maximum(-balance, 0.0)
            self.net_burn[fresh] -= self._unpaid_burn(fresh, short) if self._finances else short
        self.cash[fresh] = 0.0
        self._end(fresh)

    def sell(self, paths: Paths) -> None:
        """The company is acquired on some paths: from now on their rows mean nothing."""
        self.sold = np.union1d(self.sold, paths)
        self._end(paths)

    def _unpaid_burn(self, paths: Paths, short: Row) -> Row:
        """What of the operating payments of a month was not made: first vendors go short, then the tax office.

        Then principal, which is no burn; then interest and wages. Shape (len(paths),).
        """
        due = [np.broadcast_to(row, self.cash.shape)[paths] for row in (self.paid, self.taxes, self.principal)]
        vendors = np.minimum(short, np.maximum(due[0], 0.0))
        taxes = np.minimum(short - vendors, np.maximum(due[1], 0.0))
        unpaid: Row = short - np.minimum(short - vendors - taxes, due[2])
        return unpaid

    def _end(self, paths: Paths) -> None:
        if len(paths):
            self.alive[paths] = False
            self.living = np.flatnonzero(self.alive)

    def keep(self, chosen: Selection) -> None:
        """Go on with some of the paths, all of them solvent."""
        self.cash, self.payables, self.recent_burn = map(chosen.row, (self.cash, self.payables, self.recent_burn))
        self.arrears, self.undrawn = chosen.row(self.arrears), chosen.row(self.undrawn)
        self._burns = [chosen.row(burn) for burn in self._burns]
        self.alive = np.ones(len(chosen), np.bool_)
        self.living, self.sold = None, NOBODY
