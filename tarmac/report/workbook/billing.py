"""Compute and other costs in the Monthly sheet: used, billed, taken from credits, due."""

from collections.abc import Mapping, Sequence

from tarmac.plan import FOREVER, Commitment, VendorLine
from tarmac.report.workbook.cells import NOTHING, Cell, choose, least, most, total
from tarmac.report.workbook.desk import Desk
from tarmac.report.workbook.grid import FLAG, Row
from tarmac.report.workbook.revenue import RevenueRows
from tarmac.report.workbook.walks import LevelRows, before_opening


class VendorRows:
    """The rows of one line that is billed. `given`: the rows of rounds that are paid for in its credits."""

    def __init__(
        self, desk: Desk, line: VendorLine, *, given: Sequence[Row], served: Mapping[str, RevenueRows]
    ) -> None:
        path, rows = line.level.path, desk.base.lines
        self.line, self._desk = line, desk
        self._served = None if line.serves is None else served[line.serves]
        desk.grid.heading(path, level=2)
        self._walk = LevelRows(desk, line.level, what="usage before decisions")
        self._floor = FloorRows(desk, line, plan=line.commitment) if line.commitment else None
        self.billed = desk.grid.row(f"{path}: billed", engine=desk.base.flows[path])
        self.credits = CreditRows(desk, line, given=given) if line.credits or given else None
        self.due = desk.grid.row(f"{path}: falls due", engine=rows[path, "due"])
        self.owed = desk.grid.row(f"{path}: billed and not yet due")
        self.off: Row | None = None
        """1 where the vendor supplies nothing from next month on; filled where arrears are."""
        if line.cut_off is not None:
            self.off = desk.grid.row(f"{path}: supply cut off from next month on", FLAG, engine=rows[path, "cut off"])
            for target in line.cut_off.targets:
                desk.supply.setdefault(target, []).append((self.off, line.cut_off.multiply))
        self._earlier = _opening_dues(desk, line)
        self.owed.put(-1, total(self._earlier))

    def bill(self, month: int) -> None:
        """Bill a month, less credits, and what falls due of earlier bills."""
        going = self._desk.going[month]
        used = self._walk.advance(month)
        if self._served is not None:
            used *= self._served.earned[month]
        if self._floor is not None:
            used = self._floor.billed(used, month)
        if self.off is not None and month:
            used *= 1 - self.off[month - 1]
        if self._floor is not None:
            used = total([used, self._floor.ending(month)])
        self.billed.put(month, used * going)
        if self.credits is not None:
            self.credits.use(self.billed[month], month)
        earlier = self._earlier[month] if month < len(self._earlier) else NOTHING
        before = month - self.line.terms
        due = total([earlier, self.net(before) if before >= 0 else NOTHING])
        self.due.put(month, due * going if due is not NOTHING else NOTHING)
        self.owed.put(month, self.owed[month - 1] + self.net(month) - self.due[month])

    def net(self, month: int) -> Cell:
        """The bill of a month less credits."""
        return self.billed[month] if self.credits is None else self.billed[month] - self.credits.used[month]


class FloorRows:
    """The least bill of a commitment, until it ends or is ended."""

    def __init__(self, desk: Desk, line: VendorLine, *, plan: Commitment) -> None:
        self._desk, self._plan, path = desk, plan, line.level.path
        self._first, self._last = line.level.first, min(FOREVER if plan.until is None else plan.until, line.level.last)
        self._ending = desk.done_to(path, "terminate")
        self.minimum = desk.grid.row(f"{path}: least bill (take or pay)")
        self._ended = desk.grid.row(f"{path}: commitment ended early", FLAG) if self._ending else None

    def billed(self, used: Cell, month: int) -> Cell:
        """The bill for what was used."""
        if self._ended is not None:
            now = total(row[month] for _, row in self._ending)
            self._ended.put(month, choose(self._ended[month - 1] + now > 0, then=1, otherwise=0))
        if not self._first <= month <= self._last:
            return used
        least_bill = self._desk.number(self._plan.minimum.at(month), month)
        if self._ended is not None:
            least_bill *= 1 - self._ended[month]
        self.minimum.put(month, least_bill)
        return most(used, self.minimum[month])

    def ending(self, month: int) -> Cell:
        """What ending it costs, in the month in which it is ended."""
        cost = self._plan.early_termination
        if self._ended is None or cost is None or not self._first <= month <= self._last:
            return NOTHING
        since = self._ended[month]
        if month > max(self._first, 0):
            since -= self._ended[month - 1]
        return since * self._desk.number(cost, month)


class CreditRows:
    """A vendor's credits: those of the opening, used first and lost when they expire, and those that rounds bring."""

    def __init__(self, desk: Desk, line: VendorLine, *, given: Sequence[Row]) -> None:
        path = line.level.path
        self._desk, self._given = desk, given
        self._expires = FOREVER if line.credits is None else line.credits.expires
        self.used = desk.grid.row(f"{path}: paid with credits")
        self.lost = desk.grid.row(f"{path}: credits lost")
        self._pots = [desk.grid.row(f"{path}: credits of the opening left")]
        self._pots += [desk.grid.row(f"{path}: credits of {row.label.partition(':')[0]} left") for row in given]
        self._pots[0].put(-1, NOTHING if line.credits is None else desk.at_opening(line.credits.amount))
        for pot in self._pots[1:]:
            pot.put(-1, NOTHING)

    def use(self, bill: Cell, month: int) -> None:
        """Take a bill from the credits as far as they go; what a round brings can be used from the next month on."""
        expired = month == self._expires + 1
        self.lost.put(month, self._pots[0][month - 1] * self._desk.going[month] if expired else NOTHING)
        there = [self._pots[0][month - 1] - self.lost[month] if expired else self._pots[0][month - 1]]
        there += [pot[month - 1] for pot in self._pots[1:]]
        self.used.put(month, least(most(0, bill), total(there)))
        for number, (pot, held) in enumerate(zip(self._pots, there, strict=True)):
            before = total(there[:number])
            rest = self.used[month] if before is NOTHING else most(0, self.used[month] - before)
            came = self._desk.came(self._given[number - 1 : number], month) if number else NOTHING
            pot.put(month, total([held - least(held, rest), came]))

    def left(self, month: int) -> Cell:
        """What is left at a month's end."""
        return total(pot[month] for pot in self._pots)


def _opening_dues(desk: Desk, line: VendorLine) -> list[Cell]:
    """What falls due on bills from before the opening, in equal parts over the terms they had."""
    if line.opening_payables is not None:
        spread = max(line.terms_before, 1)
        given = desk.at_opening(line.opening_payables)
        return [given if spread == 1 else given / spread for _ in range(spread)]
    bill = before_opening(desk, line.level)
    if line.serves is not None:
        served = next(item for item in desk.base.plan.revenue if item.level.path == line.serves)
        bill *= before_opening(desk, served.level)
    floor = line.commitment
    if floor is not None and line.level.first <= 0 and (floor.until is None or floor.until >= 0):
        bill = most(bill, desk.at_opening(floor.minimum.at(0)))
    return [bill] * line.terms_before
