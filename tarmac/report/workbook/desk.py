"""What every part of the Monthly sheet needs: its rows, inputs, exchange rates and prices, decisions, who goes on."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from tarmac.basecase import BaseCase
from tarmac.plan import ActionPlan, Number
from tarmac.report.workbook.cells import NOTHING, Cell, cell, total
from tarmac.report.workbook.grid import Grid, Numbers, Row


@dataclass
class Desk:
    """The sheet while it is being made.

    `going`: 1 in months in which the company goes on; `currencies`, `prices`: rows by code and by name; `actions`: by
    the key path of a line what policies do to it, with the row that is 1 in the months in which it is done;
    `supply`: by the key path of a line of revenue the rows of vendors that may cut supply, and the factor then.
    """

    base: BaseCase
    grid: Grid
    numbers: Numbers
    going: Row
    currencies: dict[str, Row] = field(default_factory=dict)
    prices: dict[str, Row] = field(default_factory=dict)
    actions: dict[str, list[tuple[ActionPlan, Row]]] = field(default_factory=dict)
    supply: dict[str, list[tuple[Row, Number]]] = field(default_factory=dict)

    def number(self, number: Number, month: int = 0) -> Cell:
        """A number in the company's currency at a month's exchange rate."""
        bare = self.bare(number)
        return bare if number.currency is None else bare * self.currencies[number.currency][month]

    def at_opening(self, number: Number) -> Cell:
        """The same at the opening rate."""
        bare = self.bare(number)
        return bare if number.currency is None else bare * self.currencies[number.currency][-1]

    def bare(self, number: Number) -> Cell:
        """A number in the currency it is in."""
        if number.driver is not None:
            return self.numbers.cell(number.driver)
        return NOTHING if number.constant == 0 else cell(number.constant)

    def value(self, number: Number) -> float:
        """What a number is in the base case, without a reference to it."""
        return number.constant if number.driver is None else self.numbers.values[number.driver]

    def came(self, rows: Sequence[Row], month: int) -> Cell:
        """What rounds bring in a month, as long as the company goes on."""
        return total(row[month] for row in rows) * self.going[month] if rows else NOTHING

    def done_to(self, path: str, *what: str) -> list[tuple[ActionPlan, Row]]:
        """What policies do to a line, of some kinds."""
        return [(action, row) for action, row in self.actions.get(path, []) if action.what in what]
