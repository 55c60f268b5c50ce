"""What a report rests on: the assumptions with their evidence, the facts beside the model, definitions, provenance."""

from collections.abc import Mapping
from typing import Any, Final

from tarmac.dossier import PATHS, Dossier
from tarmac.errors import printable
from tarmac.money import CURRENCIES, format_money
from tarmac.months import Month
from tarmac.report.declared import Declared, declared
from tarmac.report.parts import Section, Sheet
from tarmac.report.stamp import OF_A_PAGE, notes_of, stamp
from tarmac.report.words import counted

_CODES: Final = frozenset(CURRENCIES)


def assumptions(dossier: Dossier) -> Section:
    """Every number the company file gives, in words, with what the file says it rests on."""
    company = dossier.company
    sheets = tuple(_declared(table, dossier.evidence) for table in declared(company))
    sentences = [printable(text, 1_000) for text in dossier.forecast.origin.text]
    pairs = tuple(
        f"{printable(item.between[0])} and {printable(item.between[1])}: {item.value:g}" for item in company.correlation
    )
    notes = [f"Amounts that name no currency are in {company.company.currency}, as in the company's file."]
    notes += [f"Drivers that move together (correlation): {'; '.join(pairs)}."] if pairs else []
    return Section("assumptions", "What is assumed, and why", (" ".join(sentences),), tables=sheets, notes=tuple(notes))


def _declared(table: Declared, evidence: Mapping[str, str]) -> Sheet:
    rows = [
        (row.key, row.words, evidence.get(f"{table.path}.{row.field}", "") if row.field else "") for row in table.rows
    ]
    known = any(why for *_, why in rows)
    name = "assumptions"
    if not known:
        return Sheet(name, table.title, ("number", "value"), tuple(row[:2] for row in rows), prose=frozenset({1}))
    return Sheet(name, table.title, ("number", "value", "evidence"), tuple(rows), prose=frozenset({1, 2}))


def facts(dossier: Dossier) -> Section | None:
    """Figure by figure, what became known beside what the model says."""
    found = dossier.facts
    if found is None or found.empty:
        return None
    inside, count = int(found["inside"].sum()), len(found)
    rows = tuple(_fact(row) for row in found.to_dict("records"))
    heads = ("figure", "months", "known", "model P5", "median", "P95", "the fact is")
    lie = "lies" if inside == 1 else "lie"
    text = (
        f"Of {counted(count, 'published figure')}, {inside} {lie} inside what the model says (P5 to P95, or on its "
        "side of a bound with at least 5% of the paths)."
    )
    note = f"On the first {counted(min(dossier.forecast.paths, PATHS), 'path')}, those that live to see the figure."
    sheet = Sheet("facts", "The model beside the facts", heads, rows, lambda: found)
    return Section("facts", "Fit to facts", (text,), tables=(sheet,), notes=(note,))


def _fact(row: Mapping[Any, Any]) -> tuple[str, ...]:
    first, last = (Month.parse(row[name]).label for name in ("first", "last"))
    unit = str(row["unit"])
    model = (_amount(row[level], unit) for level in ("p5", "median", "p95"))
    return (
        str(row["quantity"]),
        last if first == last else f"{first} to {last}",
        f"{row['qualifier']} {_amount(row['observed'], unit)}".removeprefix("exact "),
        *model,
        "inside" if row["inside"] else "outside",
    )


def _amount(value: float, unit: str) -> str:
    if value != value:  # noqa: PLR0124  (NaN: no path lives to see it, or no figure is given)
        return "-"
    return format_money(value, unit) if unit in _CODES else f"{value:,.3g}"


_TERMS: Final = (
    ("Path", "One possible future: every uncertain number drawn once, every month's chance drawn as it comes."),
    ("Runway", "The time to insolvency, over all paths: a spread of dates, never one."),
    ("Insolvent", "Wages, a lender or a tax cannot be paid, or a bill stays unpaid longer than its vendor tolerates."),
    ("Missed a bill", "A bill is not paid in full when it is due: the cash-flow test."),
    ("Past no return", "Cash no longer covers what an orderly end costs: notice, severance, bills, commitments."),
    ("Owes more", "Liabilities exceed assets: the balance-sheet test."),
    ("Net burn", "Operating payments less operating receipts of a month; money raised is left out."),
    ("Default alive", "Never insolvent up to the horizon with no new money (Graham 2015)."),
    ("Cash / burn rule", "Cash over the mean net burn of the next three months; shown for comparison only."),
    ("P10, P50, P90", "The value or month that one path in ten, half, and nine in ten do not go beyond."),
    ("a to b", "A 90% interval: one chance in twenty below a, one in twenty above b."),
    ("±, <, >", "95% Monte Carlo error: of the simulation alone. Whether the ranges are right, no run can say."),
)


def definitions(dossier: Dossier) -> Section:  # noqa: ARG001  (the same for every company)
    """What the words mean."""
    return Section("definitions", "What the words mean", terms=_TERMS)


def provenance(dossier: Dossier, command: str) -> Section:
    """Enough to make the same report again, and to know whether it is the same; `command`: how, as it is typed."""
    return where_from(stamp(dossier.forecast, notes_of(dossier, command=command), packages=OF_A_PAGE))


def where_from(told: Mapping[str, str]) -> Section:
    """The stamp of a report as a section."""
    sheet = Sheet("provenance", "How this report was made", ("what", "which"), (*told.items(),), prose=frozenset({1}))
    return Section("provenance", "Where this comes from", tables=(sheet,))
