"""The three statements made readable: tables for a terminal, and for those who want to reckon on."""

import textwrap
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from tarmac.errors import printable
from tarmac.money import format_money
from tarmac.report.words import counted, short
from tarmac.statements import Statements
from tarmac.statements.tables import TOTALS, within

if TYPE_CHECKING:
    import pandas as pd

WIDTH: Final = 100
_LABEL, _CELL, _COLUMNS = 37, 9, 6
_INDENT: Final = "  "
_OPENING: Final = "opening"
_HALF_A_CENT: Final = 0.005
_LEGEND: Final = (
    "to three digits: what comes is positive, what goes is negative. Lines that are zero throughout are left out."
)
Rows = Mapping[str, NDArray[np.float64]]
"""A line's amounts, a column each."""


def statements_text(statements: Statements, *, every: int = 1) -> str:
    """The statements as text, at most 100 columns wide: a row for a line, a column for `every` so many months.

    Flows of several months are summed, balances are those of the last. Lines that are zero throughout are left out,
    totals excepted, and so are the months after which nothing moves.
    """
    spans = list(_spans(statements, every))
    ends = [statements.month_name(span.stop - 1).label for span in spans]
    period = "" if every == 1 else f", {every} months to"
    opening = {line: np.array([amount]) for line, amount in statements.opening.items()}
    sheet = {
        line: np.concatenate([opening[line], row]) for line, row in _at_ends(statements.balance_sheet, spans).items()
    }
    blocks = [
        _head(statements, cut=every - len(spans[-1])),
        *_table(f"Profit and loss{period}", _summed(statements.profit_and_loss, spans), labels=ends),
        *_table(f"Cash flow{period}", _summed(statements.cash_flow, spans), labels=ends),
        *_table("Balance sheet, end of", sheet, labels=[_OPENING, *ends]),
    ]
    return "\n\n".join("\n".join(block) for block in blocks)


def _spans(statements: Statements, every: int) -> Iterator[range]:
    """Months that share a column, up to where nothing moves any more."""
    for first in range(0, max(statements.lasts, 1), every):
        yield range(first, min(first + every, statements.months))


def _summed(lines: Rows, spans: Sequence[range]) -> dict[str, NDArray[np.float64]]:
    """What flowed in each span; of cash, what there was at its beginning or its end."""
    whole = {line: np.array([row[span].sum() for span in spans]) for line, row in lines.items()}
    if "opening cash" in lines:
        whole["opening cash"] = lines["opening cash"][[span.start for span in spans]]
    return whole | _at_ends({line: row for line, row in lines.items() if line == "closing cash"}, spans)


def _at_ends(lines: Rows, spans: Sequence[range]) -> dict[str, NDArray[np.float64]]:
    ends = [span.stop - 1 for span in spans]
    return {line: row[ends] for line, row in lines.items()}


def _head(statements: Statements, *, cut: int) -> list[str]:
    names = [short(name, 30) for name in statements.scenarios]
    applied = f"scenario{'s' if len(names) > 1 else ''} {', '.join(names)}" if names else "no scenario"
    months = f"{counted(statements.months, 'month')} from {statements.first_month.label}"
    text = f"{short(statements.company)}, {months}: {statements.what}. Seed {statements.seed}, {applied}."
    notes = [*statements.notes, f"{statements.currency}, {_LEGEND}"]
    if cut:
        notes.append(f"The last column is {counted(cut, 'month')} short.")
    return [line for part in (text, *notes) for line in textwrap.wrap(part, WIDTH)]


def _table(title: str, rows: Rows, *, labels: Sequence[str]) -> Iterator[list[str]]:
    """A statement in blocks as wide as the page, a list of lines each; the opening stands with the first months."""
    shown = {line: row for line, row in rows.items() if line in TOTALS or (abs(row) >= _HALF_A_CENT).any()}
    first = _COLUMNS + labels.count(_OPENING)
    edges = [0, *range(first, len(labels), _COLUMNS), len(labels)]
    for start, end in pairwise(edges):
        head = _padded(title) + "".join(f"{label:>{_CELL}}" for label in labels[start:end])
        yield [head, *(_row(line, row[start:end]) for line, row in shown.items())]


def _row(line: str, amounts: NDArray[np.float64]) -> str:
    indent = "" if line in TOTALS else _INDENT * (1 + within(line))
    return _padded(indent + line) + "".join(f"{_cell(float(amount)):>{_CELL}}" for amount in amounts)


def _cell(amount: float) -> str:
    """An amount in a cell; the head says in which currency."""
    return format_money(amount, "") if abs(amount) >= _HALF_A_CENT else "0"


def _padded(label: str) -> str:
    """A label as wide as its column on a terminal, where signs of some scripts are twice as wide as others."""
    limit = _LABEL - 1
    shown = printable(label, limit)
    while _columns(shown) > limit:
        limit -= 1
        shown = printable(label, limit)
    return shown + " " * (_LABEL - _columns(shown))


def _columns(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(sign) in "WF" else 1 for sign in text)


def statement_tables(statements: Statements) -> dict[str, "pd.DataFrame"]:
    """The statements by name, "profit-and-loss", "cash-flow" and "balance-sheet", to the last month.

    Index "line"; columns are months ("2023-01"), in the balance sheet after "opening"; in the statements' currency.
    """
    import pandas as pd

    months = [str(statements.month_name(index)) for index in range(statements.months)]
    tables = {
        "profit-and-loss": statements.profit_and_loss,
        "cash-flow": statements.cash_flow,
        "balance-sheet": statements.balance_sheet,
    }
    frames = {
        name: pd.DataFrame(dict(lines), index=pd.Index(months)).T.rename_axis("line") for name, lines in tables.items()
    }
    frames["balance-sheet"].insert(0, _OPENING, pd.Series(statements.opening))
    return frames
