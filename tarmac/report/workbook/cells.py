"""A formula and its value in one: every operation writes the spreadsheet's formula and works it out at the same time.

So the values a viewer shows without recalculating are those of the formulas, and what the engine says can be compared
with them before anything is written.
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, Union

_OPERAND, _PRODUCT, _SUM, _COMPARISON = range(4)
_ROUNDING: Final = 0.000001


@dataclass(frozen=True, slots=True)
class Cell:
    """A formula without its equals sign, and its value. `binds`: how loosely its parts hold together."""

    text: str
    value: float
    binds: int = _OPERAND

    def __add__(self, other: "Operand") -> "Cell":
        right = cell(other)
        return Cell(f"{self._within(_SUM)}+{right._within(_SUM)}", self.value + right.value, _SUM)

    def __sub__(self, other: "Operand") -> "Cell":
        right = cell(other)
        return Cell(f"{self._within(_SUM)}-{right._within(_PRODUCT)}", self.value - right.value, _SUM)

    def __mul__(self, other: "Operand") -> "Cell":
        right = cell(other)
        return Cell(f"{self._within(_PRODUCT)}*{right._within(_PRODUCT)}", self.value * right.value, _PRODUCT)

    def __truediv__(self, other: "Operand") -> "Cell":
        right = cell(other)
        return Cell(f"{self._within(_PRODUCT)}/{right._within(_OPERAND)}", self.value / right.value, _PRODUCT)

    def __radd__(self, other: float) -> "Cell":
        return cell(other) + self

    def __rsub__(self, other: float) -> "Cell":
        return cell(other) - self

    def __rmul__(self, other: float) -> "Cell":
        return cell(other) * self

    def __lt__(self, other: "Operand") -> "Cell":
        return self._compared("<", other, holds=self.value < cell(other).value)

    def __gt__(self, other: "Operand") -> "Cell":
        return self._compared(">", other, holds=self.value > cell(other).value)

    def __le__(self, other: "Operand") -> "Cell":
        return self._compared("<=", other, holds=self.value <= cell(other).value)

    def __ge__(self, other: "Operand") -> "Cell":
        return self._compared(">=", other, holds=self.value >= cell(other).value)

    def _compared(self, sign: str, other: "Operand", *, holds: bool) -> "Cell":
        text = f"{self._within(_SUM)}{sign}{cell(other)._within(_SUM)}"
        return Cell(text, float(holds), _COMPARISON)

    def _within(self, binds: int) -> str:
        return self.text if self.binds <= binds and not self.text.startswith("-") else f"({self.text})"


Operand = Union[Cell, float]  # noqa: UP007  (Cell is not yet known to the class above)


def cell(value: Operand) -> Cell:
    """A number as a cell; a cell as it is.

    >>> (cell(2) * (cell(3) + 4)).text, (cell(2) * (cell(3) + 4)).value
    ('2*(3+4)', 14.0)
    """
    if isinstance(value, Cell):
        return value
    whole = float(value).is_integer() and abs(value) < 1e15
    return Cell(str(int(value)) if whole else repr(float(value)), float(value))


NOTHING: Final = cell(0)


def total(cells: Iterable[Cell]) -> Cell:
    """The sum of cells; 0 of none."""
    found = [item for item in cells if item is not NOTHING]
    if not found:
        return NOTHING
    result = found[0]
    for item in found[1:]:
        result += item
    return result


def product(cells: Iterable[Cell]) -> Cell:
    """The product of one or more cells."""
    first, *others = cells
    for item in others:
        first *= item
    return first


def least(*values: Operand) -> Cell:
    """MIN of values."""
    found = [cell(value) for value in values]
    return Cell(f"MIN({_listed(found)})", min(item.value for item in found))


def most(*values: Operand) -> Cell:
    """MAX of values."""
    found = [cell(value) for value in values]
    return Cell(f"MAX({_listed(found)})", max(item.value for item in found))


def choose(condition: Cell, *, then: Operand, otherwise: Operand) -> Cell:
    """IF: one or the other."""
    first, second = cell(then), cell(otherwise)
    value = first.value if condition.value else second.value
    return Cell(f"IF({condition.text},{first.text},{second.text})", value)


def all_of(*conditions: Cell) -> Cell:
    """AND of conditions."""
    if len(conditions) == 1:
        return conditions[0]
    return Cell(f"AND({_listed(conditions)})", float(all(item.value for item in conditions)))


def any_of(*conditions: Cell) -> Cell:
    """OR of conditions."""
    if len(conditions) == 1:
        return conditions[0]
    return Cell(f"OR({_listed(conditions)})", float(any(item.value for item in conditions)))


def flag(condition: Cell) -> Cell:
    """1 where a condition holds, else 0."""
    return choose(condition, then=1, otherwise=0)


def whole(value: Cell) -> Cell:
    """The largest whole number not above a value."""
    return Cell(f"INT({value.text})", float(math.floor(value.value)))


def until_even(chance: Cell) -> Cell:
    """Months after which something that happens with a chance a month is as likely as not to have happened."""
    if chance.value <= 0:
        value = 9999.0
    else:
        value = 0.0 if chance.value >= 1 else float(math.floor(math.log1p(-0.5) / math.log1p(-chance.value)))
    text = chance.text
    return Cell(f"IF({text}<=0,9999,IF({text}>=1,0,INT(LN(0.5)/LN(1-{text}))))", value)


def exceeds(value: Cell, limit: Operand) -> Cell:
    """Whether a value is above another by more than rounding."""
    return value > cell(limit) + _ROUNDING if isinstance(limit, Cell) else value > cell(limit + _ROUNDING)


def short_of(value: Cell, limit: Operand) -> Cell:
    """Whether a value is below another by more than rounding."""
    return value < cell(limit) - _ROUNDING if isinstance(limit, Cell) else value < cell(limit - _ROUNDING)


def _listed(cells: Iterable[Cell]) -> str:
    return ",".join(item.text for item in cells)
