"""The Monthly sheet as rows of formulas: the base case, filled month by month in the order in which the engine goes."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from tarmac.basecase import BaseCase
from tarmac.report.workbook.billing import VendorRows
from tarmac.report.workbook.cells import NOTHING, Cell, cell, choose, flag, most, total
from tarmac.report.workbook.debts import DebtRows, TaxRows
from tarmac.report.workbook.desk import Desk
from tarmac.report.workbook.grid import FACTOR, FLAG, TOTAL, Grid, Numbers, Row
from tarmac.report.workbook.outside import CASH, PolicyRows, RoundRows, Watched
from tarmac.report.workbook.paying import PayingRows
from tarmac.report.workbook.people import TeamRows
from tarmac.report.workbook.revenue import RevenueRows
from tarmac.report.workbook.walks import LevelRows, currency_row

_PAID_IN: Final = ("equity", "safe")
_GIVEN: Final = ("grant", "asset_sale")


class Monthly:
    """All rows of the base case. `carried`: labels of rows whose values are carried from the engine."""

    def __init__(self, base: BaseCase, numbers: Numbers, *, carried: frozenset[str] = frozenset()) -> None:
        self.base, self.grid = base, Grid(carried)
        self.going = self.grid.row("the company goes on", FLAG)
        self.desk = Desk(base, self.grid, numbers, self.going)
        self._prices()
        self.rounds = RoundRows(self.desk)
        self.policies = PolicyRows(self.desk, self.rounds)
        self._lines()
        self.debts = DebtRows(self.desk, self.rounds)
        self.taxes = TaxRows(self.desk, teams=self.teams, bills=self.taxed) if base.plan.has_taxes else None
        self.cash = CashRows(self)
        self.books = BookRows(self)
        self.cash.paying.add_ages()
        for month in range(base.months):
            self._month(month)

    def _prices(self) -> None:
        plan, desk, self._walks = self.base.plan, self.desk, list[LevelRows]()
        if plan.currencies or plan.prices:
            self.grid.heading("Currencies and prices")
        for code, level in plan.currencies:
            desk.currencies[code], rows = currency_row(desk, code, level=level)
            self._walks.append(rows)
        for name, level in plan.prices:
            rows = LevelRows(desk, level, look=FACTOR, what="price, 1 at the start")
            desk.prices[name] = rows.level
            self._walks.append(rows)

    def _lines(self) -> None:
        plan, desk = self.base.plan, self.desk
        if plan.revenue:
            self.grid.heading("Revenue")
        self.revenue = [RevenueRows(desk, line) for line in plan.revenue]
        if plan.teams:
            self.grid.heading("People")
        self.teams = [TeamRows(desk, line) for line in plan.teams]
        if plan.vendors:
            self.grid.heading("Compute and other costs")
        served = {rows.line.level.path: rows for rows in self.revenue}
        self.vendors = [
            VendorRows(desk, line, given=self.rounds.in_credits(line.level.path), served=served)
            for line in plan.vendors
        ]
        self.suppliers = [rows for rows in self.vendors if not rows.line.tax]
        self.taxed = [rows for rows in self.vendors if rows.line.tax]

    def _month(self, month: int) -> None:
        """One month, in the order of the engine's ledger."""
        self.rounds.fill(month)
        self.going.put(month, self._going(month))
        for rows in self._walks:
            rows.advance(month)
        self.policies.act(month)
        for line in self.revenue:
            line.earn(month)
        for vendor in (*self.suppliers, *self.taxed):
            vendor.bill(month)
        for line in self.revenue:
            line.collect(month)
        for team in self.teams:
            team.work(month)
        self.debts.service(month)
        if self.taxes is not None:
            self.taxes.pay(month)
        self.cash.month(month)
        self.books.month(month)
        self.debts.watch(self.cash.closing, month)
        self.policies.decide(month, self.cash.watched)

    def _going(self, month: int) -> Cell:
        sold = self.rounds.sold_by(month)
        now = cell(1) if month == 0 else self.going[month - 1] * (1 - self.cash.insolvent[month - 1])
        return now if sold is None else choose(sold, then=0, otherwise=now)


class CashRows:
    """Cash from the opening to the end of each month, in the order of payment."""

    def __init__(self, sheet: Monthly) -> None:
        grid, flows, balances = sheet.grid, sheet.base.flows, sheet.base.balances
        self._sheet = sheet
        grid.heading("Cash, in the order of payment")
        self.opening = grid.row("cash at the beginning")
        self.raised = grid.row("money from outside")
        self.collected = grid.row("collected from customers", engine=flows["collected"])
        self.payroll = grid.row("paid to people, with severance", engine=flows["payroll"])
        self.interest = grid.row("interest paid", engine=flows["interest paid"])
        self.principal = grid.row("principal repaid", engine=flows["principal"])
        self.taxes = grid.row("taxes paid", engine=flows["taxes paid"]) if sheet.taxes else None
        self._before = grid.row("cash before vendors", TOTAL)
        self.paying = PayingRows(sheet.desk, sheet.suppliers)
        self._balance = grid.row("cash after all payments due", TOTAL)
        self.unpaid = grid.row("of which could not be paid", engine=flows["left unpaid"])
        self.closing = grid.row("cash at the end", TOTAL, engine=balances["cash"][1:])
        self.insolvent = grid.row("insolvent in this month", FLAG, engine=_struck(sheet.base))
        self.burn = grid.row("net burn: operating payments less receipts")
        self.closing.put(-1, sheet.desk.at_opening(sheet.base.plan.opening_cash))
        self.watched = Watched(self.closing, burn=self.burn, paying=self.paying, insolvent=self.insolvent)

    def month(self, month: int) -> None:
        """One month's receipts and payments."""
        sheet = self._sheet
        self.opening.put(month, self.closing[month - 1])
        self.raised.put(month, sheet.desk.came(sheet.rounds.of(*CASH), month))
        self.collected.put(month, total(line.collected[month] for line in sheet.revenue))
        severance = [team.severance[month] for team in sheet.teams if team.severance is not None]
        self.payroll.put(month, total([*(team.pay[month] for team in sheet.teams), *severance]))
        self.interest.put(month, sheet.debts.interest(month))
        self.principal.put(month, sheet.debts.principal(month))
        taxes = []
        if self.taxes is not None and sheet.taxes is not None:
            taxes = [self.taxes.put(month, sheet.taxes.paid[month])]
        self._before.put(month, self._left(month, taxes))
        self._pay(month)
        paid = [self.payroll[month], self.paying.paid[month], self.interest[month], *taxes]
        self.burn.put(month, total(paid) - self.collected[month])

    def _left(self, month: int, taxes: list[Cell]) -> Cell:
        left = self.opening[month] + self.raised[month] + self.collected[month] - self.payroll[month]
        for amount in (self.interest[month], self.principal[month], *taxes):
            left -= amount
        return left

    def _pay(self, month: int) -> None:
        sheet, line = self._sheet, self._sheet.debts.line
        undrawn = NOTHING if line is None else line.undrawn(month)
        self.paying.pay(month, self._before[month], payroll=self.payroll[month], undrawn=undrawn)
        after = self._before[month] - self.paying.paid[month]
        fails = self.paying.fails(month, after, undrawn=undrawn)
        if line is not None:
            line.balance(after, self._reserve(month), month=month)
            after = after + line.drawn[month] - line.repaid[month]
        self._balance.put(month, after)
        self.insolvent.put(month, flag(fails) * sheet.going[month])
        self.unpaid.put(month, most(0, 0 - self._balance[month]) * self.insolvent[month])
        self.closing.put(month, self._balance[month] + self.unpaid[month])

    def _reserve(self, month: int) -> Cell:
        """What is kept in cash before a credit line is repaid."""
        sheet = self._sheet
        keep = sheet.base.plan.keep_payroll_months
        kept = [sheet.desk.number(keep) * self.payroll[month]] if keep else []
        return most(0, *kept, *sheet.debts.least_cash(month))


class BookRows:
    """Profit and loss, and the balance sheet."""

    def __init__(self, sheet: Monthly) -> None:
        grid, flows, balances = sheet.grid, sheet.base.flows, sheet.base.balances
        owed = balances["payables"] + balances["unpaid"]
        lent = balances["loans"] + balances["notes"] + balances["credit line"]
        self._sheet = sheet
        grid.heading("Profit and loss")
        self.earned = grid.row("revenue earned")
        self.written_off = grid.row("written off", engine=flows["written off"])
        self.people = grid.row("people: pay, severance, taxes on pay")
        self.billed = grid.row("compute and other costs billed")
        self.lost = grid.row("credits lost", engine=flows["credits lost"])
        self.late = grid.row("interest on late bills")
        self.interest = grid.row("interest on debt", engine=flows["interest"])
        self.given = grid.row("grants and assets sold")
        self.result = grid.row("result", TOTAL)
        grid.heading("Balance sheet")
        self.cash = grid.row("cash")
        self.receivables = grid.row("receivables", engine=balances["receivables"][1:])
        self.credits = grid.row("credits with vendors", engine=balances["credits"][1:])
        self.assets = grid.row("total assets", TOTAL)
        self.payables = grid.row("owed to vendors, and dues left unpaid", engine=owed[1:])
        self.taxes = grid.row("taxes owed", engine=balances["taxes"][1:])
        self.deferred = grid.row("invoiced and not yet earned", engine=balances["deferred"][1:])
        self.debt = grid.row("owed to lenders", engine=lent[1:])
        self.equity = grid.row("equity: opening, paid in, result")
        self.owing = grid.row("total liabilities and equity", TOTAL)
        self._open()

    def _open(self) -> None:
        sheet = self._sheet
        arrears = sheet.cash.paying.arrears[-1]
        self.payables.put(-1, total([*(rows.owed[-1] for rows in sheet.suppliers), arrears]))
        self._hold(-1)
        liabilities = (self.payables, self.taxes, self.deferred, self.debt)
        self.equity.put(-1, self.assets[-1] - total(row[-1] for row in liabilities))
        self._add_up(-1)

    def month(self, month: int) -> None:
        """One month's result, and what there is and is owed at its end."""
        sheet, cash = self._sheet, self._sheet.cash
        self.earned.put(month, total(line.earned[month] for line in sheet.revenue))
        self.written_off.put(month, _sum([line.written_off for line in sheet.revenue], month))
        taxes = [team.tax for team in sheet.teams]
        self.people.put(month, total([cash.payroll[month], _sum(taxes, month)]))
        self.billed.put(month, total(rows.billed[month] for rows in sheet.vendors))
        credits_lost = [None if rows.credits is None else rows.credits.lost for rows in sheet.vendors]
        self.lost.put(month, _sum(credits_lost, month))
        self.late.put(month, cash.paying.late_interest[month])
        self.interest.put(month, total([cash.interest[month], sheet.debts.interest_added(month)]))
        self.given.put(month, sheet.desk.came(sheet.rounds.of(*_GIVEN), month))
        costs = (self.written_off, self.people, self.billed, self.lost, self.late, self.interest)
        self.result.put(month, self.earned[month] + self.given[month] - total(row[month] for row in costs))
        net = [rows.net(month) for rows in sheet.suppliers]
        came = total([self.payables[month - 1], *net, self.late[month], cash.unpaid[month]])
        self.payables.put(month, came - cash.paying.paid[month])
        self._hold(month)
        paid_in = sheet.desk.came(sheet.rounds.of(*_PAID_IN, "compute"), month)
        parts = [self.equity[month - 1], self.result[month], paid_in, sheet.debts.converted(month)]
        self.equity.put(month, total(parts))
        self._add_up(month)

    def _hold(self, month: int) -> None:
        sheet = self._sheet
        self.cash.put(month, sheet.cash.closing[month])
        self.receivables.put(month, total(line.receivable[month] for line in sheet.revenue))
        left = [NOTHING if rows.credits is None else rows.credits.left(month) for rows in sheet.vendors]
        self.credits.put(month, total(left))
        self.assets.put(month, self.cash[month] + self.receivables[month] + self.credits[month])
        self.taxes.put(month, NOTHING if sheet.taxes is None else sheet.taxes.owed[month])
        self.deferred.put(month, _sum([line.deferred for line in sheet.revenue], month))
        self.debt.put(month, sheet.debts.owed(month))

    def _add_up(self, month: int) -> None:
        rows = (self.payables, self.taxes, self.deferred, self.debt, self.equity)
        self.owing.put(month, total(row[month] for row in rows))


def _sum(rows: list[Row | None], month: int) -> Cell:
    return total(row[month] for row in rows if row is not None)


def _struck(base: BaseCase) -> NDArray[np.float64]:
    """1 in the month of insolvency."""
    return np.array([float(month == base.insolvent) for month in range(base.months)])


def monthly_of(base: BaseCase, numbers: Numbers) -> Monthly:
    """The rows of a base case: formulas wherever they come to what the engine says, to the cent.

    Where one does not, because a mechanism has no formula here, its row is carried from the engine, and says so.
    """
    carried: frozenset[str] = frozenset()
    while True:
        sheet = Monthly(base, numbers, carried=carried)
        wrong = sheet.grid.first_difference()
        if wrong is None:
            return sheet
        carried |= {wrong.label}
