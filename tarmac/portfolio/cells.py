"""The cells of a spreadsheet row as numbers, months and names, every mistake with its row and column."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np

from tarmac.company.base import MOST_MONEY
from tarmac.errors import Problem, nearest
from tarmac.money import CURRENCIES
from tarmac.months import Month
from tarmac.portfolio.sheet import Row
from tarmac.uncertain import Uncertain, UncertainError, parse

NO_STAGE: Final = "none"
"""The stage of a row that names none: it raises no more."""

_FORMULAS: Final = ("=", "@", "+=", "-=")
_ERRORS: Final = ("#DIV/0!", "#N/A", "#NAME?", "#NULL!", "#NUM!", "#REF!", "#VALUE!")
"""How a cell begins that is not a value: a formula, or a spreadsheet's error."""

_MONEY: Final = ("cash", "net_burn", "revenue", "costs", "cloud")
_NEGATIVE: Final = ("cash", "net_burn")
_ENDS: Final = np.array([-1.6448536269514722, 1.6448536269514722])
"""Scores of the ends of a 90% interval."""

_STEEP: Final = 0.5
"""Growth a month beyond which a number is taken for a percentage without its sign."""


@dataclass(frozen=True, slots=True)
class Line:
    """A checked row: its amounts by column, in its own currency, and what else it says, None where it is silent."""

    row: Row
    name: str
    currency: str
    money: Mapping[str, Uncertain]
    growth: Uncertain | None
    stage: str
    stake: float | None
    rate: float | None
    first_month: Month | None
    last_round: Month | None


class Reader:
    """Reads the cells of one row, and keeps what is wrong with them."""

    def __init__(self, row: Row) -> None:
        self.row = row
        self.problems: list[Problem] = []
        self._unreadable: set[str] = set()
        """Columns whose cell is a formula or an error of a spreadsheet."""

    def line(self, stages: Collection[str]) -> Line | None:
        """The row, checked; None where something is wrong with it."""
        self._values_only()
        name, currency = self._name(), self._currency()
        money = {column: found for column in _MONEY if (found := self._money(column, currency)) is not None}
        self._burn(money)
        line = Line(
            row=self.row,
            name=name,
            currency=currency,
            money=money,
            growth=self._growth(),
            stage=self._stage(stages),
            stake=self._share(),
            rate=self._rate(),
            first_month=self._month("first_month"),
            last_round=self._month("last_round"),
        )
        return None if self.problems else line

    def _values_only(self) -> None:
        for column, cell in self.row.cells.items():
            if cell.startswith(_FORMULAS):
                remedy = "paste its value in its place; a workbook may also be opened in a spreadsheet and saved"
                self.wrong(column, "is a value, not a formula", remedy=remedy)
            elif cell.startswith(_ERRORS):
                self.wrong(column, "is a value, not a spreadsheet's error", remedy="correct the formula behind it")
        self._unreadable = {
            column for column, cell in self.row.cells.items() if cell.startswith((*_FORMULAS, *_ERRORS))
        }

    def wrong(self, column: str, rule: str, *, remedy: str) -> None:
        """Keep a mistake, unless there is no telling what stands in its column."""
        if column not in self.row.untold:
            self.problems.append(self.row.problem(column, rule, remedy=remedy))

    def _name(self) -> str:
        name = self.row.get("name")
        if not name:
            self.wrong("name", "a row has a name", remedy="write the company's name")
        elif len(name) > 100 or any(not character.isprintable() or character in "*[]<>" for character in name):
            self.wrong("name", "a name has up to 100 characters, none of * [ ] < >", remedy="write it without them")
        elif name[0] in "+-" and "name" not in self._unreadable:
            self.wrong("name", "a name begins with neither + nor -, as formulas do", remedy="write it without")
        return name

    def _currency(self) -> str:
        cell = self.row.get("currency")
        code = cell.upper()
        if not cell:
            self.wrong("currency", "a row names the currency of its amounts", remedy="write USD, EUR, CNY ...")
        elif code not in CURRENCIES:
            self.wrong("currency", "is a currency's three-letter code (ISO 4217)", remedy=nearest(code, CURRENCIES))
        return code if code in CURRENCIES else ""

    def _number(self, column: str, what: str) -> Uncertain | None:
        cell = self.row.get(column)
        if not cell or column in self._unreadable:
            return None
        try:
            return parse(cell)
        except UncertainError as error:
            self.wrong(column, what, remedy=error.message)
            return None

    def _money(self, column: str, currency: str) -> Uncertain | None:
        found = self._number(column, "is an amount of money, such as 250000, '4.2M' or '5M to 8M'")
        if found is None:
            if column == "cash" and not self.row.get(column):
                self.wrong("cash", "a row says what cash there is", remedy="write the money in the bank")
            return None
        if found.unit == "%" or (currency and found.unit not in ("", currency)):
            remedy = (
                "write the amount itself" if found.unit == "%" else f"convert it to {currency}, or name its currency"
            )
            self.wrong(column, f"is an amount in the row's currency, {currency}", remedy=remedy)
            return None
        low, high = float(found.at(_ENDS).min()), float(found.at(_ENDS).max())
        if low < 0 and column not in _NEGATIVE:
            self.wrong(column, "is not below zero", remedy="write what is paid, or earned, without a sign")
        elif max(-low, high) > MOST_MONEY:
            self.wrong(column, f"is at most {MOST_MONEY:.0e}", remedy="correct the number, or its unit")
        else:
            return found
        return None

    def _burn(self, money: Mapping[str, Uncertain]) -> None:
        """Whether what is given of burn, revenue and costs says what the company earns and spends."""
        if any(self.row.get(column) and column not in money for column in ("net_burn", "revenue", "costs")):
            return
        there = {column for column in ("net_burn", "revenue", "costs") if column in money}
        if there in ({"revenue"}, {"costs"}) or not there:
            column = "costs" if there == {"revenue"} else "revenue" if there else "net_burn"
            rule = "a row gives net_burn, or revenue and costs, or net_burn and one of them"
            self.wrong(column, rule, remedy=f"fill in {column}; 0 means none" if there else "fill in net_burn")
        elif there == {"net_burn"} and float(money["net_burn"].at(_ENDS).min()) < 0:
            rule = "a company that earns more than it spends has revenue and costs"
            self.wrong("net_burn", rule, remedy="fill in revenue and costs, and leave net_burn empty")
        elif "net_burn" in there and len(there) > 1:
            self._consistent(money, there)
        self._cloud(money)

    def _cloud(self, money: Mapping[str, Uncertain]) -> None:
        """Whether what is paid for the cloud is a part of the costs."""
        if "cloud" not in money:
            return
        known = [name for name in ("revenue", "costs", "net_burn") if name in money]
        if not money["cloud"].certain:
            self.wrong("cloud", "is certain; what it costs later is not", remedy="write one amount")
        elif len(known) == 1:
            self.wrong("cloud", "is a part of costs", remedy="fill in revenue and costs too, or leave it empty")
        else:
            costs = money.get("costs")
            low = float(costs.at(_ENDS).min()) if costs else money["revenue"].value + money["net_burn"].value
            if money["cloud"].value > low:
                self.wrong("cloud", "is a part of costs, not more", remedy="correct it, or the costs")

    def _consistent(self, money: Mapping[str, Uncertain], there: Collection[str]) -> None:
        if not all(money[column].certain for column in there):
            self.wrong("net_burn", "ranges are given for revenue and costs alone", remedy="leave net_burn empty")
            return
        burn = money["net_burn"].value
        if len(there) == 3:
            revenue, costs = money["revenue"].value, money["costs"].value
            if abs(costs - revenue - burn) > 0.01 * max(costs, revenue, 1.0):
                self.wrong(
                    "net_burn", "is costs less revenue", remedy=f"write {costs - revenue:.10g}, or leave it empty"
                )
        elif ("revenue" in there and money["revenue"].value + burn < 0) or (
            "costs" in there and money["costs"].value - burn < 0
        ):
            self.wrong("net_burn", "is costs less revenue, neither below zero", remedy="correct it, or leave it empty")

    def _growth(self) -> Uncertain | None:
        found = self._number("growth", "is a rate a month, such as 4% or '2% to 6%'")
        if found is not None and found.unit not in ("", "%"):
            self.wrong("growth", "is a rate a month, such as 4%, not an amount of money", remedy="write a percentage")
        elif found is not None and abs(found.median()) > _STEEP:
            self.wrong("growth", f"is a rate a month, at most {_STEEP:.0%}", remedy="write 6% or 0.06, by the month")
        return found

    def _stage(self, stages: Collection[str]) -> str:
        cell = self.row.get("stage")
        known = {stage.casefold() for stage in stages}
        stage = " ".join(cell.casefold().replace("_", " ").split()) or NO_STAGE
        if cell and stage not in known and "stage" not in self._unreadable:
            self.wrong("stage", "is a stage of the file of defaults", remedy=nearest(stage, known))
        return stage

    def _share(self) -> float | None:
        found = self._number("stake", "is a share, such as 12%")
        if found is None:
            return None
        if not found.certain or found.unit not in ("", "%") or not 0 <= found.value <= 1:
            self.wrong("stake", "is a certain share from 0% to 100%", remedy="write 12% or 0.12")
            return None
        return found.value

    def _rate(self) -> float | None:
        found = self._number("rate", "is what one unit of the currency costs, such as 1.08")
        if found is None:
            return None
        if not found.certain or found.unit == "%" or found.value <= 0:
            self.wrong("rate", "is a certain number above zero", remedy="write 1.08, in the portfolio's currency")
            return None
        return found.value

    def _month(self, column: str) -> Month | None:
        cell = self.row.get(column)
        if not cell or column in self._unreadable:
            return None
        text = cell[:7] if len(cell) == 10 and cell[7:8] == "-" else cell
        try:
            return Month.parse(text)
        except ValueError:
            self.wrong(column, "is a month, such as 2026-03", remedy="write the year and two digits")
            return None
