"""Tables calculated by hand, against the engine: one row a month, named columns, compared to the cent.

A table is text: names of columns, then one line a month, with the arithmetic behind a `#`; `-` is not looked at. Every
table is run as one path of three, as the only one, and as one of many of which all others, or most, become insolvent
in the first month and are left behind: what happens to one path has nothing to do with the others.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from tarmac.company import company_from
from tarmac.engine import standing
from tarmac.engine.audit import Audit
from tarmac.engine.draws import Draws, draw
from tarmac.engine.drivers import drive
from tarmac.engine.ledger import Ledger
from tarmac.engine.paying import InOrder
from tarmac.engine.walk import Row
from tarmac.layout import plan_of
from tarmac.plan import Plan
from tarmac.streams import Occurrences, Streams

NEVER: Final = 0
RICH: Final = {"opening": 10_000}
EMPTY: Final = {"opening": 0}
HEAD: Final = {"name": "Example", "currency": "USD", "first_month": "2024-01"}
_HALF_A_CENT: Final = 0.005 + 1e-9
_STRICT: Final = ("insolvent", "first_missed_bill", "exit")
"""Clocks that do not strike unless a table says so; the others are looked at only where it does."""

_NOTHING: Final[Row] = np.zeros(1)


@dataclass(frozen=True)
class Given:
    """What a table lays down of what is otherwise left to chance.

    `chances`: uniform numbers by driver; `switches`: the same a month. `events`: the months, counted from 1, in which
    each event happens.
    """

    chances: Mapping[str, float] = field(default_factory=dict)
    events: Mapping[str, Sequence[int]] = field(default_factory=dict)
    switches: Mapping[str, Sequence[float]] = field(default_factory=dict)

    def put_into(self, draws: Draws, path: int) -> Draws:
        """The same draws with these in their place, on one path; no event happens on the others."""
        chances = {name: np.full(draws.paths, value) for name, value in self.chances.items()}
        assert chances.keys() <= draws.chances.keys(), (sorted(chances), sorted(draws.chances))
        assert self.events.keys() <= draws.occurrences.keys(), (sorted(self.events), sorted(draws.occurrences))
        happened = {name: _occurrences(self.events.get(name, ()), path) for name in draws.occurrences}
        monthly = {
            name: np.repeat(np.array(row, np.float32)[:, None], draws.paths, axis=1)
            for name, row in self.switches.items()
        }
        assert monthly.keys() <= draws.switches.keys(), (sorted(monthly), sorted(draws.switches))
        switches = draws.switches | monthly
        return replace(draws, chances=draws.chances | chances, occurrences=happened, switches=switches)


def _occurrences(months: Sequence[int], path: int) -> Occurrences:
    return Occurrences(np.array(months, np.int64) - 1, np.full(len(months), path), np.zeros(len(months)))


CHANCE: Final = Given()
"""No event happens; everything else is as it is drawn."""


def policy(month: str, *actions: Mapping[str, Any], name: str = "plan") -> dict[str, Any]:
    """A decision that bites in a month."""
    return {"name": name, "when": {"month": month}, "do": [dict(action) for action in actions]}


class Recorder:
    """Keeps what one path's books say at every month's end."""

    def __init__(self, columns: Sequence[str], path: int) -> None:
        self._columns = columns
        self._path = path
        self.rows: list[list[float]] = []

    def month_end(self, month: int, ledger: Ledger) -> None:
        """Read every column."""
        place = int(np.searchsorted(ledger.who, self._path))
        assert ledger.who[place] == self._path
        rows = (read(column, ledger, month=month) for column in self._columns)
        self.rows.append([float(row[place] if len(row) > 1 else row[0]) for row in rows])


def read(column: str, ledger: Ledger, *, month: int) -> Row:
    """A column at a month's end: `cash`, or of one line `billed.aws`. Shape (paths,) or (1,)."""
    what, _, name = column.partition(".")
    if name:
        return _OF_A_LINE[what](ledger, name)
    return np.asarray(_COLUMNS[what](ledger, month), np.float64)


def _of_vendor(ledger: Ledger, name: str) -> Row:
    return next(item.billed for item in ledger.vendors if item.line.level.path.endswith(f".{name}"))


def _arrears_of(ledger: Ledger, name: str) -> Row:
    owing = ledger.paying
    assert isinstance(owing, InOrder)
    names = [vendor.level.path for vendor in ledger.plan.suppliers]
    found = np.zeros(len(ledger.who))
    found[owing.late] = owing.arrears_of(next(i for i, path in enumerate(names) if path.endswith(f".{name}")))
    return found


_OF_A_LINE: Final[dict[str, Callable[[Ledger, str], Row]]] = {"billed": _of_vendor, "arrears": _arrears_of}
_COLUMNS: Final[dict[str, Callable[[Ledger, int], Any]]] = {
    "month": lambda _, month: [month + 1],
    "cash": lambda ledger, _: ledger.state.cash,
    "burn": lambda ledger, _: ledger.state.net_burn,
    "arrears": lambda ledger, _: ledger.state.arrears,
    "payables": lambda ledger, _: ledger.state.payables,
    "receivables": standing.receivables,
    "deferred": standing.deferred,
    "credits": lambda ledger, _: standing.credits_left(ledger),
    "taxes_owed": lambda ledger, _: standing.taxes_owed(ledger),
    "debt": lambda ledger, _: standing.debt(ledger),
    "worth": lambda ledger, month: standing.assets(ledger, month) - standing.liabilities(ledger, month),
    "earned": lambda ledger, _: ledger.state.earned,
    "receipts": lambda ledger, _: ledger.state.receipts,
    "billed": lambda ledger, _: sum((vendor.billed for vendor in ledger.vendors), start=_NOTHING),
    "paid": lambda ledger, _: ledger.state.paid,
    "payroll": lambda ledger, _: ledger.state.payroll,
    "taxes": lambda ledger, _: ledger.state.taxes,
    "interest": lambda ledger, _: ledger.state.interest,
    "principal": lambda ledger, _: ledger.state.principal,
    "written_off": lambda ledger, _: _NOTHING if ledger.written_off is None else ledger.written_off,
    "late_interest": lambda ledger, _: _NOTHING if ledger.late_interest is None else ledger.late_interest,
    "credits_lost": lambda ledger, _: _NOTHING if ledger.credits_lost is None else ledger.credits_lost,
    "oldest": lambda ledger, _: ledger.paying.oldest,
}


def check(table: str, *, clocks: Mapping[str, int] | None = None, given: Given = CHANCE, **sections: Any) -> None:
    """Run a company and compare every month with a table. Clocks are months counted from 1, or NEVER."""
    columns, rows = _read(table)
    expected = dict.fromkeys(_STRICT, NEVER) | dict(clocks or {})
    for how, found, struck in _runs(columns, len(rows), given=given, sections=sections):
        for month, (wanted, values) in enumerate(zip(rows, found, strict=True), start=1):
            for column, cell, value in zip(columns, wanted, values, strict=True):
                right = cell is None or abs(value - cell) <= _HALF_A_CENT
                assert right, f"{how}: {column} of month {month} is {value}, by hand {cell}"
        assert {name: struck[name] for name in expected} == expected, how


def _read(table: str) -> tuple[list[str], list[list[float | None]]]:
    lines = [line.partition("#")[0].split() for line in table.strip().splitlines()]
    head, *body = [line for line in lines if line]
    return head, [[None if cell == "-" else float(cell) for cell in line] for line in body]


@dataclass(frozen=True)
class _Way:
    """A way to run a table: on `path` of `paths`, where all but every `rich`th cannot pay anybody in month 1."""

    name: str
    paths: int
    path: int
    rich: int = 1

    def poverty(self) -> Row:
        """What the others have less. Shape (paths,)."""
        apart = np.arange(self.paths) - self.path
        return np.where(apart % self.rich == 0, 0.0, -1e9)


_WAYS: Final = (
    _Way("one of three", 3, 1),
    _Way("one of those left of many", 1_500, 8, 5),
    _Way("the last of many", 1_500, 8, 1_500),
    _Way("the only path", 1, 0),
)


def _runs(
    columns: Sequence[str], months: int, *, given: Given, sections: Mapping[str, Any]
) -> Iterator[tuple[str, list[list[float]], dict[str, int]]]:
    """The company's rows and clocks on one path, in every way."""
    plan = _plan(sections)
    for way in _WAYS:
        draws = draw(plan, Streams(1, 0), months=months, paths=way.paths)
        ledger = Ledger(drive(plan, given.put_into(draws, way.path)), extra_cash=way.poverty())
        record = Recorder(columns, way.path)
        leaving = way.rich > 1
        struck = ledger.run([record] if leaving else [record, Audit(ledger)], drop=leaving)
        fails_at_once = min(struck["insolvent"][way.path], struck["exit"][way.path]) == 0
        assert len(ledger.who) == (way.paths if fails_at_once else way.paths // way.rich), way.name
        yield way.name, record.rows, {name: int(row[way.path] + 1) % (months + 1) for name, row in struck.items()}


def _plan(sections: Mapping[str, Any]) -> Plan:
    return plan_of(company_from({"company": HEAD, "cash": {"opening": 1000}, **sections}))


def rows_of(column: str, *, months: int, paths: int, **sections: Any) -> NDArray[np.float64]:
    """One column of a company whose numbers are drawn. Shape (months, paths)."""
    plan = _plan(sections)
    kept = Everywhere(column)
    Ledger(drive(plan, draw(plan, Streams(1, 0), months=months, paths=paths))).run([kept])
    return np.stack(kept.rows)


class Everywhere:
    """Keeps one column of all paths, month by month: rows of shape (paths,)."""

    def __init__(self, column: str) -> None:
        self._column = column
        self.rows: list[NDArray[np.float64]] = []

    def month_end(self, month: int, ledger: Ledger) -> None:
        """Read the column."""
        row = read(self._column, ledger, month=month)
        self.rows.append(np.array(np.broadcast_to(row, len(ledger.who))))
