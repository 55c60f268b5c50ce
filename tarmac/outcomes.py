"""Outcomes: what became of companies after a dated look at their money, read strictly from files to judge forecasts by.

Two forms: snapshots (a company's cash and burn at a date, and what became of it), and ratios (of firms without names
or dates: cash and yearly cash flow as shares of assets, and whether the firm was bankrupt within five years).
"""

import math
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from io import StringIO
from typing import Final

import numpy as np
from numpy.typing import NDArray

from tarmac.errors import InputError, Problem, nearest
from tarmac.money import CURRENCIES
from tarmac.rows import rows_of

SNAPSHOT_COLUMNS: Final = (
    "company", "as_of", "cash", "burn", "currency", "outcome", "ended", "document", "note"
)  # fmt: skip
RATIO_COLUMNS: Final = ("cash_to_assets", "flow_to_assets", "bankrupt")
EVENTS: Final = ("insolvent", "closed")
CENSORED: Final = ("alive", "raised", "acquired")
OUTCOMES: Final = (*EVENTS, *CENSORED)
DAYS_A_MONTH: Final = 365.25 / 12
RATIO_YEARS: Final = 5
"""The years within which a firm of a file of ratios was bankrupt or not."""

_YEARS: Final = (1950, 2150)
_LONGEST_RUNWAY: Final = 1_000.0
_SHORTEST_RUNWAY: Final = 0.001
_PLAIN: Final = re.compile(r"-?[0-9]{1,15}(\.[0-9]{1,15})?")
_ARFF_NAMES: Final = ("Attr2", "Attr26", "Attr40", "Attr51", "class")

_Mistake = tuple[str, str, str]  # a column, the rule, the remedy


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A company's cash and net burn a month at a date, and what is known of it at a later one.

    `burn`: None where it is not known, below zero where cash grew. `outcome`: one of EVENTS at `ended`, or of CENSORED:
    it had not ended by then, and no more is known.
    """

    company: str
    as_of: date
    cash: float | None
    burn: float | None
    currency: str
    outcome: str
    ended: date
    document: str
    note: str

    @property
    def event(self) -> bool:
        """Whether it became insolvent or closed; else it is censored."""
        return self.outcome in EVENTS

    @property
    def months(self) -> float:
        """Months from the snapshot to its outcome."""
        return (self.ended - self.as_of).days / DAYS_A_MONTH

    @property
    def runway(self) -> float:
        """Cash over burn, in months. Only of a snapshot that can be forecast."""
        return (self.cash or 0.0) / (self.burn or math.nan)

    @property
    def left_out(self) -> str:
        """Why nothing can be forecast from it; empty where something can."""
        reasons = {
            "its cash is not known": self.cash is None,
            "its burn is not known": self.burn is None,
            "it was not burning cash": self.burn is not None and self.burn <= 0,
            "it ended on the day of the snapshot": self.ended == self.as_of,
        }
        return next((reason for reason, holds in reasons.items() if holds), "")


@dataclass(frozen=True, slots=True)
class Ratios:
    """Firms as ratios: cash and yearly cash flow as shares of assets, and bankruptcy within five years.

    Arrays of shape (firms,); `missing`: firms of the file without one of the ratios, left out.
    """

    cash: NDArray[np.float64]
    flow: NDArray[np.float64]
    bankrupt: NDArray[np.bool_]
    missing: int = 0

    @property
    def burning(self) -> NDArray[np.bool_]:
        """Firms with some cash, that used up more than they took in."""
        return (self.flow < 0) & (self.cash >= 0)

    @property
    def runway(self) -> NDArray[np.float64]:
        """Months that cash covers at the year's flow, of firms that burn; infinite for others. Shape (firms,)."""
        months = np.full(len(self.cash), np.inf)
        np.divide(12 * self.cash, -self.flow, out=months, where=self.burning)
        return months


def is_ratios(text: str) -> bool:
    """Whether a text is a file of ratios rather than of snapshots, by its first line."""
    return text.partition("\n")[0].strip().split(",")[0] == RATIO_COLUMNS[0]


def snapshots_from(text: str, file: str) -> tuple[Snapshot, ...]:
    """The snapshots in the text of a file, in its order. InputError lists every mistake at once."""
    problems, found = [], dict[int, Snapshot]()
    for row, cells in rows_of(text, file, columns=SNAPSHOT_COLUMNS, what="a file of snapshots").items():
        mistakes = list(_mistakes(cells))
        if not mistakes:
            found[row] = _snapshot(cells)
        problems += [Problem(file, f"row {row}, {column}", cells.get(column, ""), *rest) for column, *rest in mistakes]
    problems += [Problem(file, f"row {row}", found[row].company, *rest) for row, *rest in _contradictions(found)]
    if not found and not problems:
        rule = "holds at least one snapshot"
        problems.append(Problem(file, "the file", "", rule, "add a row; seeds/README.md says what stands in it"))
    if problems:
        raise InputError(problems)
    return tuple(found.values())


def _snapshot(cells: Mapping[str, str]) -> Snapshot:
    cash, burn = (float(cells[name]) if cells[name] else None for name in ("cash", "burn"))
    as_of, ended = (date.fromisoformat(cells[name]) for name in ("as_of", "ended"))
    return Snapshot(
        company=cells["company"],
        as_of=as_of,
        cash=cash,
        burn=burn,
        currency=cells["currency"],
        outcome=cells["outcome"],
        ended=ended,
        document=cells["document"],
        note=cells["note"],
    )


def _mistakes(cells: Mapping[str, str]) -> Iterator[_Mistake]:
    """Everything wrong with a row taken by itself."""
    if len(cells) != len(SNAPSHOT_COLUMNS):
        rule = f"stands in a row of {len(SNAPSHOT_COLUMNS)} cells"
        yield SNAPSHOT_COLUMNS[0], rule, "put a cell that holds a comma in quotation marks"
        return
    as_of, ended = _date(cells["as_of"]), _date(cells["ended"])
    plain = "write 4000000, in units of the currency, without letters; leave it empty if it is not known"
    rules = (
        *((cell == cell.strip(), name, "has no spaces around it", "remove them") for name, cell in cells.items()),
        *((cells[name], name, "is not empty", "fill it in") for name in ("company", "document")),
        *((_date(cells[name]), name, "is a date", "write it as 2023-01-31") for name in ("as_of", "ended")),
        (not as_of or not ended or as_of <= ended, "ended", "is not before as_of", "correct one of the two dates"),
        (cells["currency"] in CURRENCIES, "currency", "is a known currency", nearest(cells["currency"], CURRENCIES)),
        (cells["outcome"] in OUTCOMES, "outcome", "is a known word", nearest(cells["outcome"], OUTCOMES)),
        *((_is_plain(cells[name]), name, "is a plain number, or empty", plain) for name in ("cash", "burn")),
        (not cells["cash"].startswith("-"), "cash", "is not below zero", "write what is in the bank"),
    )
    yield from ((column, rule, remedy) for holds, column, rule, remedy in rules if not holds)
    if _is_plain(cells["cash"]) and _is_plain(cells["burn"]):
        yield from _unlikely(cells)


def _unlikely(cells: Mapping[str, str]) -> Iterator[_Mistake]:
    """Cash and burn so far apart that one of the two is in another unit, such as millions."""
    cash, burn = (float(cells[name] or 0) for name in ("cash", "burn"))
    if burn <= 0 or cash <= 0:
        return
    if not _SHORTEST_RUNWAY <= cash / burn <= _LONGEST_RUNWAY:
        rule = f"is a month's burn in the unit of cash, which covers {cash / burn:,.4g} months"
        yield "burn", rule, "write both in units of the currency, such as 71200000; leave burn empty if there is none"


def _is_plain(text: str) -> bool:
    return not text or _PLAIN.fullmatch(text) is not None


def _date(text: str) -> date | None:
    try:
        found = date.fromisoformat(text) if re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text) else None
    except ValueError:
        return None
    return found if found is not None and _YEARS[0] <= found.year <= _YEARS[1] else None


def _contradictions(found: Mapping[int, Snapshot]) -> Iterator[tuple[int, str, str]]:
    """Rows that say a thing twice, or two things that cannot both be."""
    seen = dict[tuple[str, date], int]()
    ends, currencies = dict[str, int](), dict[str, int]()
    for row, item in found.items():
        name = item.company.casefold()
        before = seen.setdefault((name, item.as_of), row)
        if before != row:
            yield row, f"is the only snapshot of {item.as_of}: row {before} is another", "remove one of the two"
        money = currencies.setdefault(name, row)
        if found[money].currency != item.currency:
            yield row, f"is in the currency of row {money}, {found[money].currency}", "convert one of the two"
        if item.event:
            end = ends.setdefault(name, row)
            if found[end].ended != item.ended:
                rule = f"ends once: in row {end} on {found[end].ended}"
                yield row, rule, "correct one of the dates"


def ratios_from(text: str, file: str) -> Ratios:
    """The firms in the text of a CSV file of ratios. InputError lists every mistake at once."""
    rows = rows_of(text, file, columns=RATIO_COLUMNS, what="a file of ratios")
    problems = [
        Problem(file, f"row {row}, {column}", cells.get(column, ""), *rest)
        for row, cells in rows.items()
        for column, *rest in _ratio_mistakes(cells)
    ]
    if problems:
        raise InputError(problems)
    cash, flow, bankrupt = (_column(rows.values(), name) for name in RATIO_COLUMNS)
    return _checked(Ratios(cash, flow, bankrupt == 1), file)


def _ratio_mistakes(cells: Mapping[str, str]) -> Iterator[_Mistake]:
    if len(cells) != len(RATIO_COLUMNS):
        yield RATIO_COLUMNS[0], f"stands in a row of {len(RATIO_COLUMNS)} cells", "fill in the missing ones"
        return
    for name in RATIO_COLUMNS[:2]:
        if not cells[name] or not _is_plain(cells[name]):
            yield name, "is a plain number, a share of assets", "write 0.25; remove the row if it is not known"
    if cells["bankrupt"] not in ("0", "1"):
        yield "bankrupt", "is 1 for bankrupt within five years, else 0", "write 0 or 1"


def _column(rows: Iterable[Mapping[str, str]], name: str) -> NDArray[np.float64]:
    return np.array([float(cells[name]) for cells in rows], np.float64)


def ratios_from_arff(text: str, file: str) -> Ratios:
    """The firms in an ARFF file of 64 financial ratios of Polish firms (UCI dataset 365).

    cash / assets = Attr40 x Attr51, yearly flow / assets = Attr26 x Attr2, bankrupt where `class` is 1. Firms without
    one of these are left out and counted. InputError where it is no such file.
    """
    from scipy.io.arff import ArffError, loadarff

    try:
        table, _ = loadarff(StringIO(text))
    except (ArffError, ValueError, StopIteration, NotImplementedError, IndexError) as error:
        rule, remedy = "is a table in ARFF", "correct it, or write a CSV file of ratios"
        raise InputError([Problem(file, "the file", str(error), rule, remedy)]) from None
    if lacking := [name for name in _ARFF_NAMES if name not in (table.dtype.names or ())]:
        rule = "has the attributes of the ratios of Polish firms, Attr2, Attr26, Attr40, Attr51 and class"
        raise InputError([Problem(file, name, "missing", rule, "write a CSV file of ratios") for name in lacking])
    return _checked(_of_table(table), file)


def _of_table(table: NDArray[np.void]) -> Ratios:
    cash, flow = table["Attr40"] * table["Attr51"], table["Attr26"] * table["Attr2"]
    known = np.isfinite(cash) & np.isfinite(flow)
    return Ratios(cash[known], flow[known], table["class"][known] == b"1", int(np.sum(~known)))


def _checked(found: Ratios, file: str) -> Ratios:
    """InputError where there is too little to fit on one half of the firms and to judge by the other."""
    least = 20
    burning = found.burning
    for what, there in (("bankrupt", found.bankrupt), ("not bankrupt", ~found.bankrupt)):
        count = int(np.sum(burning & there))
        if count < least:
            rule = f"holds at least {least} burning firms that were {what}: with fewer nothing can be told"
            raise InputError([Problem(file, "the file", f"{count} such firms", rule, "choose a larger file")])
    return found
