"""Revenue in the Monthly sheet: invoiced, earned, collected, written off."""

from collections.abc import Sequence

from tarmac.plan import RevenueLine
from tarmac.report.workbook.cells import NOTHING, Cell, cell, choose, product, total
from tarmac.report.workbook.desk import Desk
from tarmac.report.workbook.grid import MONEY
from tarmac.report.workbook.walks import LevelRows, before_opening, going_on


class RevenueRows:
    """The rows of one line of revenue."""

    def __init__(self, desk: Desk, line: RevenueLine) -> None:
        path, flows = line.level.path, desk.base.flows
        self.line, self._desk = line, desk
        desk.grid.heading(path, level=2)
        self._walk = LevelRows(desk, line.level)
        self._ahead = line.prepaid > 1
        rows = desk.base.lines
        self.invoiced = desk.grid.row(f"{path}: invoiced", engine=rows[path, "invoiced"])
        self.earned = desk.grid.row(f"{path}: earned", engine=flows[path]) if self._ahead else self.invoiced
        self.collected = desk.grid.row(f"{path}: collected", engine=rows[path, "collected"])
        self.written_off = desk.grid.row(f"{path}: written off") if line.bad_debt else None
        self.receivable = desk.grid.row(f"{path}: receivable", MONEY)
        self.deferred = desk.grid.row(f"{path}: invoiced and not yet earned") if self._ahead else None
        self._shares = shares(desk, f"{path}.collected_after", given=line.collected)
        self._open()

    def _open(self) -> None:
        """What is still to be collected, written off and earned on invoices from before the opening."""
        desk, line = self._desk, self.line
        steady = before_opening(desk, line.level)
        self._to_collect, self._to_lose = self._receivables(steady)
        self._to_earn = self._earlier(steady) if self._ahead else []
        self.receivable.put(-1, total([*self._to_collect, *self._to_lose]))
        if self.deferred is not None:
            self.deferred.put(-1, total(self._to_earn))

    def _receivables(self, steady: Cell) -> tuple[list[Cell], list[Cell]]:
        desk, line = self._desk, self.line
        given = None if line.opening_receivables is None else desk.at_opening(line.opening_receivables)
        before = self._shares
        if line.collected_before != line.collected:
            before = shares(desk, f"{line.level.path}.opening_collected_after", given=line.collected_before)
        pattern = [total(before[month + 1 :]) for month in range(len(before) - 1)]
        good, bad = self._good(), desk.number(line.bad_debt)
        if given is not None and not any(part.value for part in pattern):
            return [given * good if line.bad_debt else given], [given * bad] if line.bad_debt else []
        if not pattern:
            return [], []
        scale = steady
        if given is not None:
            scale = given / (total(pattern) * good + bad * len(pattern) if line.bad_debt else total(pattern))
        parts = [part * scale * good if line.bad_debt else part * scale for part in pattern]
        return parts, [bad * scale for _ in pattern] if line.bad_debt else []

    def _earlier(self, steady: Cell) -> list[Cell]:
        months = self.line.prepaid
        left = [months - 1 - month for month in range(months - 1)]
        if self.line.opening_deferred is not None:
            given = self._desk.at_opening(self.line.opening_deferred)
            return [given * share / sum(left) for share in left]
        return [steady * share / months for share in left]

    def _good(self) -> Cell:
        return 1 - self._desk.number(self.line.bad_debt)

    def earn(self, month: int) -> None:
        """Invoice and earn a month."""
        desk, line, going = self._desk, self.line, self._desk.going[month]
        amount = self._walk.advance(month)
        if line.pipeline and line.level.first <= month <= line.level.last:
            amount += self._signed(month)
        self.invoiced.put(month, amount * going)
        if self._ahead:
            recent = self.invoiced.span(max(month - line.prepaid + 1, 0), month) / line.prepaid
            self.earned.put(month, (recent + _at(self._to_earn, month)) * going)
        if self.written_off is not None:
            late = self.invoiced[month - len(line.collected) + 1] if month >= len(line.collected) - 1 else NOTHING
            lost = [late * desk.number(line.bad_debt)] if late is not NOTHING else []
            self.written_off.put(month, total([*lost, _at(self._to_lose, month)]) * going)

    def _signed(self, month: int) -> Cell:
        """What contracts in talks bring that are likelier signed than not."""
        desk, found = self._desk, []
        for contract in self.line.pipeline:
            signed = choose(desk.number(contract.signs) > 0.5, then=1, otherwise=0)
            amount = desk.number(contract.monthly, month) * desk.number(self.line.level.times.at(month))
            found.append(signed * going_on(desk, contract.window, month=month) * amount)
        return product([total(found), *self._walk.scale(month)])

    def collect(self, month: int) -> None:
        """Collect a month, and what is then outstanding."""
        parts = [
            self.invoiced[month - age] if share.text == "1" else share * self.invoiced[month - age]
            for age, share in enumerate(self._shares)
            if share.value and age <= month
        ]
        came = total(parts)
        if self.line.bad_debt and came is not NOTHING:
            came *= self._good()
        self.collected.put(month, total([came, _at(self._to_collect, month)]) * self._desk.going[month])
        outstanding = self.receivable[month - 1] + self.invoiced[month] - self.collected[month]
        self.receivable.put(month, outstanding if self.written_off is None else outstanding - self.written_off[month])
        if self.deferred is not None:
            self.deferred.put(month, self.deferred[month - 1] + self.invoiced[month] - self.earned[month])


def shares(desk: Desk, path: str, *, given: Sequence[float]) -> list[Cell]:
    """Shares of an invoice by months since; those that are neither all nor nothing stand among the inputs."""
    return [
        cell(share) if share in (0, 1) else desk.numbers.cell(f"{path}[{months}]") for months, share in enumerate(given)
    ]


def share_inputs(lines: Sequence[RevenueLine]) -> dict[str, float]:
    """Those inputs by key path."""
    found: dict[str, float] = {}
    for line in lines:
        both = {"collected_after": line.collected, "opening_collected_after": line.collected_before}
        for key, given in both.items():
            if key == "collected_after" or line.collected_before != line.collected:
                path = f"{line.level.path}.{key}"
                found |= {f"{path}[{months}]": share for months, share in enumerate(given) if share not in (0, 1)}
    return found


def _at(cells: Sequence[Cell], month: int) -> Cell:
    return cells[month] if month < len(cells) else NOTHING
