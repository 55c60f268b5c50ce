"""People in the Monthly sheet: heads, pay, notice, severance, taxes on pay."""

from tarmac.plan import TeamLine
from tarmac.report.workbook.cells import NOTHING, Cell, choose, flag, product, total, whole
from tarmac.report.workbook.desk import Desk
from tarmac.report.workbook.grid import COUNT
from tarmac.report.workbook.walks import LevelRows


class TeamRows:
    """The rows of one team."""

    def __init__(self, desk: Desk, line: TeamLine) -> None:
        path, rows = line.level.path, desk.base.lines
        self.line, self._desk = line, desk
        self._cuts, self._stops = desk.done_to(path, "cut"), desk.done_to(path, "freeze hires")
        desk.grid.heading(path, level=2)
        self._walk = LevelRows(desk, line.level, what="cost per head before decisions")
        self._cost = desk.grid.row(f"{path}: cost per head")
        self._leaving = desk.grid.row(f"{path}: people given notice", COUNT) if self._cuts else None
        self.heads = desk.grid.row(f"{path}: heads", COUNT, engine=rows[path, "heads"])
        self.pay = desk.grid.row(f"{path}: pay")
        severance = bool(self._cuts) and bool(line.severance_months)
        self.severance = desk.grid.row(f"{path}: severance", engine=rows[path, "severance"]) if severance else None
        self.tax = desk.grid.row(f"{path}: taxes on pay") if line.tax else None
        self.heads.put(-1, desk.number(line.headcount))

    def work(self, month: int) -> None:
        """People join and leave, and are paid."""
        desk, line, going = self._desk, self.line, self._desk.going[month]
        self._cost.put(month, self._walk.advance(month))
        if self._leaving is not None:
            stay = product(1 - desk.number(action.by) * row[month] for action, row in self._cuts)
            self._leaving.put(month, self.heads[month - 1] * (1 - stay) * going)
        self.heads.put(month, self._heads(month) * going)
        people = self.heads[month]
        if self._leaving is not None and line.notice_months:
            people += self._leaving.span(max(month - line.notice_months + 1, 0), month)
        self.pay.put(month, people * self._cost[month] * going)
        if self.severance is not None and self._leaving is not None:
            self.severance.put(month, self._severance(month - line.notice_months) * going)
        if self.tax is not None:
            self.tax.put(month, self.pay[month] * desk.number(line.tax))

    def _heads(self, month: int) -> Cell:
        desk, line = self._desk, self.line
        heads = self.heads[month - 1]
        if self._leaving is not None:
            heads -= self._leaving[month]
        if line.attrition:
            heads *= 1 - desk.number(line.attrition)
        return total([heads, self._joining(month)])

    def _joining(self, month: int) -> Cell:
        """Who joins, as planned and late by the slip, unless hiring has been stopped."""
        desk, found = self._desk, []
        for hire in self.line.hires:
            if hire.slip:
                arrives = flag(_same(whole(hire.month + desk.number(hire.slip)), month))
                found.append(arrives * desk.number(hire.count))
            elif hire.month == month:
                found.append(desk.number(hire.count))
        joins = total(found)
        if joins is NOTHING or not self._stops:
            return joins
        stopped = total(row.span(0, month) for _, row in self._stops)
        return choose(stopped > 0, then=0, otherwise=joins)

    def _severance(self, told: int) -> Cell:
        """Severance of those who were given notice in a month, at the cost of a head in the month before."""
        if self._leaving is None or told < 1:
            return NOTHING
        return self._leaving[told] * self._cost[told - 1] * self._desk.number(self.line.severance_months)


def _same(value: Cell, month: int) -> Cell:
    return Cell(f"{value.text}={month}", float(value.value == month), 3)
