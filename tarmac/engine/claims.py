"""What vendors do about bills past due: forgive them, turn them into a debt, or cut supply until they are paid."""

from typing import TYPE_CHECKING

import numpy as np

from tarmac.engine.drivers import Drivers
from tarmac.engine.paying import InOrder
from tarmac.engine.selection import Selection, Some
from tarmac.engine.state import ROUNDING
from tarmac.plan import EventPlan

if TYPE_CHECKING:
    from tarmac.engine.ledger import Ledger


class Claims:
    """The claims of vendors on one run, where vendors wait at all."""

    def __init__(self, drivers: Drivers) -> None:
        vendors = [vendor.level.path for vendor in drivers.plan.suppliers]
        self._drivers = drivers
        self._events = [
            (event, [vendors.index(target) for target in event.targets], shares_by_month(event, drivers))
            for event in drivers.plan.events
            if event.what in ("forgive", "turn")
        ]

    def settle(self, month: int, ledger: "Ledger") -> None:
        """At the start of a month: some of what is past due is forgiven, or owed as a debt from now on."""
        for event, vendors, shares in self._events:
            some = shares[month]
            if some is None or not isinstance(ledger.paying, InOrder) or not len(ledger.paying.late):
                continue
            relieved = ledger.paying.relieve(some, vendors=vendors, state=ledger.state)
            if event.into is None:
                ledger.other_income.append(relieved)
            elif ledger.debts is not None:
                ledger.debts.draw(event.into, relieved)

    def cut_supply(self, ledger: "Ledger") -> None:
        """At a month's end: vendors whose patience has ended supply no more, until their arrears are paid."""
        owing = ledger.paying
        suppliers = [vendor for vendor in ledger.vendors if not vendor.line.tax]
        for number, vendor in enumerate(suppliers):
            plan, off = vendor.line.cut_off, vendor.off
            if plan is None or off is None or not isinstance(owing, InOrder):
                continue
            if not len(owing.late) and not off.any():
                continue
            ended = owing.late[owing.beyond_patience(number) > ROUNDING]
            stops = ended[~off[ended]]
            paid = off.copy()
            paid[owing.late[owing.arrears_of(number) > ROUNDING]] = False
            back = np.flatnonzero(paid)
            factor = np.broadcast_to(self._drivers.value(plan.multiply), off.shape)
            for target in plan.targets:
                ledger.lines[target].walk.scale(stops, factor[stops])
                ledger.lines[target].walk.scale(back, 1.0 / factor[back])
            off[stops], off[back] = True, False

    def keep(self, chosen: Selection, drivers: Drivers) -> None:
        """Go on with some of the paths."""
        self._drivers = drivers
        self._events = [(event, vendors, chosen.each(shares)) for event, vendors, shares in self._events]


def shares_by_month(event: EventPlan, drivers: Drivers) -> tuple[Some | None, ...]:
    """For each month the paths on which an event happens, each once, and the share that it takes away in all."""
    happened = drivers.draws.occurrences[event.name]
    left = 1.0 - np.clip(event.size.at(happened.scores), 0.0, 1.0)
    rows: list[Some | None] = []
    for month in range(drivers.months):
        here = happened.months == month
        paths, places = np.unique(happened.paths[here], return_inverse=True)
        product = np.ones(len(paths))
        np.multiply.at(product, places, left[here])
        rows.append((paths, 1.0 - product) if len(paths) else None)
    return tuple(rows)
