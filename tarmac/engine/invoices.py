"""Invoices of the last few months, and what of each is collected, paid or earned how many months later."""

from collections.abc import Sequence
from functools import cache

import numpy as np
from numpy.typing import NDArray

from tarmac.engine.selection import Paths, Selection
from tarmac.engine.walk import Row
from tarmac.memory import room

Shares = tuple[float, ...]
"""Shares of an invoice by months since it was made out."""

NOTHING: Row = np.zeros(1)


class Invoices:
    """The invoices of the last `length` months, one row a month, each written over `length` months later."""

    def __init__(self, length: int, *, width: int) -> None:
        self._rows = room(length, width)

    def row(self, month: int) -> Row:
        """Where the invoices of a month are written."""
        row: Row = self._rows[month % len(self._rows)]
        return row

    def settled(self, month: int, shares: Shares, *, paths: Paths | None = None) -> Row:
        """The sum over ages of share x invoice, in a month, on some paths or all. Shape (paths,) or (1,); read only."""
        due = [(share, on(paths, self.row(month - age))) for age, share in enumerate(shares[: month + 1]) if share]
        if not due:
            return NOTHING
        share, row = due[0]
        if len(due) == 1:
            return row if share == 1.0 else share * row
        total, part = share * row, np.empty_like(row)
        for share, row in due[1:]:
            total += np.multiply(share, row, out=part)
        return total

    def open(self, month: int, shares: Shares, *, paths: Paths | None = None) -> Row:
        """What of the invoices so far is still to be settled after a month. Shape (paths,) or (1,)."""
        return self.settled(month, _unsettled(shares), paths=paths)

    def keep(self, chosen: Selection) -> None:
        """Go on with some of the paths."""
        self._rows = chosen.rows(self._rows)


class Expected:
    """What comes of invoices from before the opening, month by month."""

    def __init__(self, rows: list[Row]) -> None:
        self._rows = rows

    def row(self, month: int) -> Row | None:
        """What comes in a month; None where nothing does any more."""
        return self._rows[month] if month < len(self._rows) else None

    def after(self, month: int) -> Row:
        """What is still to come after a month (-1: at the opening). Shape (paths,) or (1,)."""
        return sum(self._rows[month + 1 :], start=NOTHING)

    def keep(self, chosen: Selection) -> None:
        """Go on with some of the paths."""
        self._rows = [chosen.row(row) for row in self._rows]


@cache
def _unsettled(shares: Shares) -> Shares:
    """What of an invoice is still to be settled after each month."""
    return tuple((1.0 - np.cumsum(shares)).tolist())


def on(paths: Paths | None, row: Row) -> Row:
    """A row on some paths, or as it is where None are named; a single value that stands for all stays so."""
    return row if paths is None or len(row) == 1 else row[paths]


def summed(rows: Sequence[Row]) -> Row:
    """The sum of some rows. Shape (paths,) or (1,); not to be written to, since a single row is given back as it is."""
    total = rows[0] if rows else NOTHING
    for number, row in enumerate(rows[1:]):
        if number and len(row) <= len(total):
            total += row  # a sum of its own already
        else:
            total = total + row
    return total


def added(row: Row, more: Row | None) -> Row:
    """The sum of two rows, of which the second may be missing."""
    return row if more is None else row + more


def after(months: int) -> Shares:
    """All of an invoice, this many months later."""
    return (*(0.0,) * months, 1.0)


def outstanding(shares: Shares) -> NDArray[np.float64]:
    """Share of a month's steady invoices still to come in each month after the opening.

    With shares w, element t is the sum of w[k] over k > t; shape (lags,).
    """
    tail = 1.0 - np.cumsum(shares)
    tail[np.abs(tail) < 1e-12] = 0.0
    return tail[:-1]
