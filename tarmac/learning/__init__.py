"""A company learnt from its monthly actuals: the tables of its file, each with what taught it."""

import math
from dataclasses import dataclass
from typing import Any, Final

from tarmac.actuals import Actuals
from tarmac.learning.books import Books, read_books
from tarmac.learning.lines import Study, study
from tarmac.learning.sections import (
    Entry,
    Line,
    Section,
    correlation_sections,
    revenue_section,
    team_section,
    unexplained_section,
    vendor_section,
)
from tarmac.learning.writing import percent
from tarmac.money import format_money
from tarmac.months import Month

DEFAULT_CURRENCY: Final = "USD"
_MIXED_UP: Final = 0.2
"""Unexplained part, as a share of what is usual in a month, from which on a column may be in another unit."""

__all__ = ["Entry", "Learnt", "Section", "learn"]


@dataclass(frozen=True, slots=True)
class Learnt:
    """A company as its books teach it: its header, its tables, and what a reader must know.

    `opening`: cash at the end of the last month. `unexplained`: change of cash that no column explains, by month.
    """

    name: str
    currency: str
    actuals: Actuals
    opening: float
    sections: tuple[Section, ...]
    books: Books
    notes: tuple[str, ...]

    @property
    def first_month(self) -> Month:
        """The month after the last of the actuals, in which the company file begins."""
        return self.actuals.last + 1

    @property
    def unexplained(self) -> dict[Month, float]:
        """Change of cash that no column explains, in the months where every column is known."""
        pairs = zip(self.actuals.months, self.books.unexplained.tolist(), strict=True)
        return {month: value for month, value in pairs if math.isfinite(value)}

    def as_json(self) -> dict[str, Any]:
        """Plain values for other programs, without NaN."""
        return {
            "schema": "tarmac.learnt/1",
            "company": self.name,
            "currency": self.currency,
            "actuals": self.actuals.file,
            "from": str(self.actuals.first),
            "to": str(self.actuals.last),
            "first_month": str(self.first_month),
            "opening_cash": self.opening,
            "learnt": [
                _as_json(section, entry) for section in self.sections for entry in section.entries if entry.what
            ],
            "unexplained": {str(month): round(value, 2) for month, value in self.unexplained.items()},
            "notes": list(self.notes),
        }


def _as_json(section: Section, entry: Entry) -> dict[str, Any]:
    found = entry.estimate
    numbers = (None,) * 4 if found is None else (found.value, found.error, found.low, found.high)
    value, error, low, high = (None if item is None or not math.isfinite(item) else item for item in numbers)
    return {
        "line": section.column,
        "what": entry.what,
        "unit": entry.unit,
        "estimate": value,
        "standard_error": error,
        "low": low,
        "high": high,
        "months": entry.months,
        "key": entry.key,
        "written": list(entry.value) if isinstance(entry.value, tuple) else entry.value,
    }


def learn(actuals: Actuals, name: str, *, currency: str | None = None) -> Learnt:
    """What some months of actuals teach of a company.

    `currency`: that of the actuals unless they name none; then US dollars.
    """
    books = read_books(actuals)
    studies = _studies(actuals)
    lines = {column: Line(column, found, actuals.first, actuals.last + 1) for column, found in studies.items()}
    source = "collections" if books.from_collections else "receipts, which are what cash and payments leave over"
    headcount = actuals.amounts.get("headcount")
    tables = [
        *([revenue_section(lines["revenue"], books.lag, source=source)] if "revenue" in lines else []),
        *([team_section(lines["payroll"], headcount)] if "payroll" in lines else []),
        *([vendor_section(lines["compute"], "compute")] if "compute" in lines else []),
        *([vendor_section(lines["other"], "cost")] if "other" in lines else []),
    ]
    extra = unexplained_section(books)
    tables += [extra] if extra else []
    sections = (*tables, *correlation_sections(tables, studies))
    code = actuals.currency or currency or DEFAULT_CURRENCY
    notes = (*_currency_note(actuals, currency), *_notes(actuals, books, studies=studies, currency=code))
    return Learnt(name, code, actuals, actuals.amounts["cash"][-1], sections, books, notes)


def _studies(actuals: Actuals) -> dict[str, Study]:
    """The lines that go on, by column; payroll by head where heads are counted."""
    amounts = dict(actuals.amounts)
    if "headcount" in amounts:
        pairs = zip(amounts["payroll"], amounts["headcount"], strict=True)
        amounts["payroll"] = tuple(pay / heads if heads else math.nan for pay, heads in pairs)
    found = {column: study(amounts[column]) for column in ("revenue", "payroll", "compute", "other")}
    return {column: item for column, item in found.items() if item is not None}


def _currency_note(actuals: Actuals, currency: str | None) -> list[str]:
    if actuals.currency or currency:
        return []
    return [f"No currency is named: {DEFAULT_CURRENCY} is assumed; --currency says otherwise."]


def _notes(actuals: Actuals, books: Books, *, studies: dict[str, Study], currency: str) -> list[str]:
    """What a reader must know that stands in no table."""
    notes = []
    for column in ("revenue", "payroll", "compute", "other"):
        if column not in studies:
            gone = "has ended" if any(value > 0 for value in actuals.amounts[column]) else "is empty"
            notes.append(f"{column} {gone}: left out.")
    for month, amount in zip(actuals.months, books.raised.tolist(), strict=True):
        if amount > 0:
            money = format_money(amount, currency)
            notes.append(f"{month.label}: {money} came in that no column explains: taken as money raised (raised).")
    if books.lag is None and "revenue" in studies:
        notes.append("How late customers pay could not be learnt: revenue is too even, too noisy or too short for it.")
    past = sum(value for value in actuals.amounts.get("raised", ()) if value > 0) + books.raised.sum()
    if past > 0:
        notes.append(f"Money raised so far ({format_money(past, currency)}) is not continued: write a [[round]].")
    if books.mean is not None and math.hypot(books.mean.value, books.noise) > _MIXED_UP * books.usual > 0:
        share = percent(math.hypot(books.mean.value, books.noise) / books.usual, 0)
        notes.append(f"The books do not add up: {share} of a usual month is unexplained. Are all columns in one unit?")
    return notes
