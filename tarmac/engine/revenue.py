"""Revenue on one run: invoiced, earned, collected, written off."""

import numpy as np

from tarmac.engine.drivers import Drivers
from tarmac.engine.invoices import NOTHING, Expected, Invoices, added, on, outstanding
from tarmac.engine.presence import signed
from tarmac.engine.selection import Paths, Selection
from tarmac.engine.walk import Row, Walk
from tarmac.plan import RevenueLine


class Revenue:
    """A line of revenue. An invoice pays for `prepaid` months, its own the first, over which it is earned evenly.

    `alters`: a policy, or a vendor that cuts supply, may act on the line.
    """

    def __init__(self, line: RevenueLine, drivers: Drivers, *, alters: bool) -> None:
        self.walk = Walk(
            drivers.track(line.level), alters=alters, added=signed(line.pipeline, drivers, times=line.level.times)
        )
        self.line = line
        self._collected = line.collected
        self._earned = (1.0 / line.prepaid,) * line.prepaid
        self._ahead = line.prepaid > 1
        self._bad = drivers.value(line.bad_debt) if line.bad_debt else None
        self._invoices = Invoices(max(len(line.collected), line.prepaid), width=self.walk.width)
        steady = drivers.before_opening(line.level)
        self._to_collect, self._to_write_off = _opening_receivables(line, drivers, steady=steady)
        self._to_earn = Expected(_opening_deferred(line, drivers, steady=steady))

    def earn(self, month: int) -> Row:
        """Revenue earned in a month, and the month's invoices made out. Shape (paths,) or (1,)."""
        invoiced = self.walk.advance(month, self._invoices.row(month))
        if not self._ahead:
            return invoiced
        return added(self._invoices.settled(month, self._earned), self._to_earn.row(month))

    def invoiced(self, month: int) -> Row:
        """Invoices made out in a month."""
        return self._invoices.row(month)

    def collect(self, month: int) -> Row:
        """Cash collected on the invoices of this month and earlier ones."""
        collected = self._invoices.settled(month, self._collected)
        if self._bad is not None:
            collected = collected * (1.0 - self._bad)
        return added(collected, self._to_collect.row(month))

    def write_off(self, month: int) -> Row | None:
        """What will never be collected, written off once the last collection was due; None where all is collected."""
        if self._bad is None:
            return None
        age = len(self._collected) - 1
        late = self._invoices.row(month - age) * self._bad if month >= age else NOTHING
        return added(late, self._to_write_off.row(month))

    def receivable(self, month: int, paths: Paths | None = None) -> Row:
        """Invoices outstanding at a month's end, what will be written off included (-1: at the opening).

        On some paths, or on all. Shape (paths,) or (1,).
        """
        still = self._invoices.open(month, self._collected, paths=paths)
        if self._bad is not None:
            bad, until = on(paths, self._bad), len(self._collected) - 1
            still = still * (1.0 - bad) + bad * self._invoices.settled(month, (1.0,) * until, paths=paths)
        return still + on(paths, self._to_collect.after(month) + self._to_write_off.after(month))

    def deferred(self, month: int) -> Row:
        """What is invoiced and not yet earned at a month's end (-1: at the opening)."""
        return self._invoices.open(month, self._earned) + self._to_earn.after(month)

    def keep(self, chosen: Selection, drivers: Drivers) -> None:  # noqa: ARG002  (as every line)
        """Go on with some of the paths."""
        self._bad = None if self._bad is None else chosen.row(self._bad)
        for part in (self.walk, self._invoices, self._to_collect, self._to_write_off, self._to_earn):
            part.keep(chosen)


def _opening_receivables(line: RevenueLine, drivers: Drivers, *, steady: Row) -> tuple[Expected, Expected]:
    """What is collected, and what is written off, on invoices from before the opening.

    Receivables not given are those of a steady state at the first level; given ones come in over the same months in
    the same proportions (in the first month, where everything is collected at once).
    """
    bad, pattern = drivers.value(line.bad_debt), outstanding(line.collected_before)
    total = None if line.opening_receivables is None else drivers.at_opening(line.opening_receivables)
    if total is not None and not pattern.sum():
        return Expected([total * (1.0 - bad)]), Expected([total * bad])
    collected = [share * (1.0 - bad) for share in pattern]
    scale = steady if total is None else total / (sum(collected, start=NOTHING) + bad * len(pattern))
    lost = [bad * scale] * len(pattern) if line.bad_debt else []
    return Expected([part * scale for part in collected]), Expected(lost)


def _opening_deferred(line: RevenueLine, drivers: Drivers, *, steady: Row) -> list[Row]:
    """What is earned on invoices from before the opening, month by month: less every month, as they run out."""
    if line.prepaid == 1:
        return []
    still = np.arange(line.prepaid - 1, 0, -1) / line.prepaid
    if line.opening_deferred is not None:
        return [share / still.sum() * drivers.at_opening(line.opening_deferred) for share in still]
    return [share * steady for share in still]
