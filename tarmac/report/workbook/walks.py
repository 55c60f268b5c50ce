"""How a line moves month by month: level, growth, what is decided about it, prices, currencies, customers who stay."""

from collections.abc import Iterator

from tarmac.plan import ActionPlan, Level, Window
from tarmac.report.workbook.cells import NOTHING, Cell, all_of, cell, choose, flag, most, product, until_even, whole
from tarmac.report.workbook.desk import Desk
from tarmac.report.workbook.grid import FACTOR, MONEY, Look, Row


class LevelRows:
    """The rows of one level: the level itself, what has been decided about it, and its growth where that changes."""

    def __init__(self, desk: Desk, level: Level, *, look: Look = MONEY, what: str = "level before decisions") -> None:
        self.plan, self._desk = level, desk
        name = level.path
        scaled = desk.done_to(name, "increase", *(() if name.startswith("team.") else ("cut",)))
        self._scaled, self._grown = scaled, desk.done_to(name, "growth")
        self._frozen = desk.done_to(name, "freeze raises")
        self._supply = desk.supply.setdefault(name, [])
        self._starts = _starts(level)
        self._times = any(desk.value(number) != 1 for _, number in level.times.entries)
        self.level = desk.grid.row(f"{name}: {what}", look)
        self._kept = desk.grid.row(f"{name}: decided changes, times", FACTOR) if scaled else None
        self._growth = desk.grid.row(f"{name}: decided change of growth", FACTOR) if self._grown else None

    def advance(self, month: int) -> Cell:
        """Fill a month; its amount, without what comes on top. 0 outside the line's months."""
        self._decide(month)
        self.level.put(month, self._level(month))
        if not self.plan.first <= month <= self.plan.last:
            return NOTHING
        return product([self.level[month], *self.scale(month), *self._factors(month)])

    def scale(self, month: int) -> list[Cell]:
        """What has been decided about the line so far, and what a vendor that supplies nothing does to it."""
        found = [] if self._kept is None else [self._kept[month]]
        for off, factor in self._supply:
            if month > 0:
                found.append(choose(off[month - 1] > 0, then=self._desk.number(factor), otherwise=1))
        return found

    def _decide(self, month: int) -> None:
        if self._kept is not None:
            before = self._kept[month - 1] if month else cell(1)
            changes = [self._change(action, row[month]) for action, row in self._scaled]
            self._kept.put(month, product([before, *changes]))
        if self._growth is not None:
            changes = [self._desk.number(action.by) * row[month] for action, row in self._grown]
            self._growth.put(month, sum(changes, start=self._growth[month - 1] if month else NOTHING))

    def _change(self, action: ActionPlan, done: Cell) -> Cell:
        share = self._desk.number(action.by) * done
        return 1 + share if action.what == "increase" else 1 - share

    def _level(self, month: int) -> Cell:
        if month in self._starts:
            return product(self._desk.bare(part.at(month)) for part in self.plan.parts)
        if month == 0 or month < min(self._starts):
            return NOTHING
        return product([self.level[month - 1], *self._steps(month)])

    def _steps(self, month: int) -> Iterator[Cell]:
        plan, desk = self.plan, self._desk
        growth, churn = plan.growth.at(month), plan.churn.at(month)
        gain = None
        if growth:
            gain = 1 + desk.bare(growth)
        if churn:
            gain = (cell(1) if gain is None else gain) - desk.bare(churn)
        if self._growth is not None:
            gain = (cell(1) if gain is None else gain) + self._growth[month]
        if gain is not None:
            gain = most(0, gain) if churn or self._growth is not None else gain
            frozen = sum((row.span(0, month) for _, row in self._frozen), start=NOTHING)
            yield choose(frozen > 0, then=1, otherwise=gain) if self._frozen else gain
        for steps in (plan.price_growth, plan.units_growth):
            if steps.at(month):
                yield 1 + desk.bare(steps.at(month))

    def _factors(self, month: int) -> Iterator[Cell]:
        plan, desk = self.plan, self._desk
        if self._times:
            yield desk.bare(plan.times.at(month))
        currency = plan.parts[0].at(0).currency
        if currency is not None:
            yield desk.currencies[currency][month]
        if plan.price is not None:
            yield desk.prices[plan.price][month]
        if plan.customers:
            left = cell(1)
            for customer in plan.customers:
                gone = until_even(desk.number(customer.leaves)) <= month
                left -= choose(gone, then=desk.number(customer.share), otherwise=0)
            yield most(0, left)
        if plan.window is not None:
            yield going_on(desk, plan.window, month=month)


def going_on(desk: Desk, window: Window, *, month: int) -> Cell:
    """1 in the months in which something planned, and late by a slip, goes on."""
    begins = whole(window.month + desk.number(window.slip)) if window.slip else cell(window.month)
    return flag(all_of(begins <= month, begins + window.lasts > month))


def before_opening(desk: Desk, level: Level) -> Cell:
    """The monthly amount before the opening: the first level; 0 where the line starts later."""
    if level.first > 0 or level.window is not None:
        return NOTHING
    return product(desk.at_opening(part.at(0)) for part in level.parts)


def currency_row(desk: Desk, code: str, *, level: Level) -> tuple[Row, LevelRows]:
    """The price of a currency by month, the opening rate before it."""
    rows = LevelRows(desk, level, look=FACTOR, what=f"price of one {code}")
    rows.level.put(-1, product(desk.bare(part.at(0)) for part in level.parts))
    return rows.level, rows


def _starts(level: Level) -> list[int]:
    """The months in which the level is set."""
    first = max(level.first, 0)
    return sorted({first, *(month for part in level.parts for month, _ in part.entries if month > first)})
