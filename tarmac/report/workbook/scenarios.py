"""The Scenarios sheet: outcomes side by side, and what each differs by on the same paths, as values."""

from collections.abc import Callable, Iterator
from typing import Final

from tarmac.comparing import NEED_LEVELS, Comparison
from tarmac.paired import Difference
from tarmac.report.words import beyond, counted, percent
from tarmac.report.workbook.page import Page

SHEET: Final = "Scenarios"
_HEAD: Final = 3
_LABEL_WIDTH, _WIDTH = 52, 24
_COLOURS: Final = ("#0072B2", "#D55E00", "#009E73", "#E69F00", "#CC79A7", "#56B4E9", "#000000")
MOST_CURVES: Final = len(_COLOURS)

Told = tuple[str, list[str | float | None], str]
"""A row: what it is, a value for each outcome, the kind of its numbers."""


def write_scenarios(page: Page, found: Comparison) -> None:
    """Fill the sheet."""
    formats, sheet = page.formats, page.sheet
    title = f"Scenarios: {found.company}, {counted(found.paths, 'path')} each on the same draws, in {found.currency}"
    page.text((0, 0), title, look=formats.title())
    note = "Values of Monte Carlo runs. Differences are to base, path by path, each with its 95% interval."
    page.text((1, 0), note, look=formats.note())
    page.heads(_HEAD, ["", *(outcome.name for outcome in found.outcomes)], right=1, lines=2)
    row = _HEAD
    for row, (label, values, kind) in enumerate(_rows(found), start=_HEAD + 1):
        page.text((row, 0), label)
        for column, value in enumerate(values, start=1):
            page.put((row, column), value, kind=kind)
    _curves(page, found, row=row + 3)
    _chart(page, found, first=row + 3)
    sheet.set_column(0, 0, _LABEL_WIDTH)
    sheet.set_column(1, len(found.outcomes), _WIDTH)
    sheet.freeze_panes(_HEAD + 1, 1)
    page.finish(found.company)


def _rows(found: Comparison) -> Iterator[Told]:
    clocks = [outcome.insolvent for outcome in found.outcomes]
    for share in (10, 50, 90):
        months = [clock.month(share / 100) for clock in clocks]
        yield f"insolvent on {share}% of the paths by the end of", [_month(found, month) for month in months], "plain"
    for month in found.shown_at():
        chances: list[str | float | None] = [percent(int(clock.counts[month]), clock.paths) for clock in clocks]
        yield f"insolvent by {(found.first_month + month).label}, % ± 95% error", chances, "plain"
    yield "mean months solvent within the horizon", [item.months_solvent for item in found.outcomes], "count"
    for level in NEED_LEVELS:
        needs = [None if item.need is None else item.need.amount(level) for item in found.outcomes]
        yield f"extra money at the opening that keeps {level:.0%} solvent", list(needs), "money"
    yield "acquired by the horizon", [float(item.exit.probability[-1]) for item in found.outcomes], "share"
    yield from _differences(found)


def _differences(found: Comparison) -> Iterator[Told]:
    pairs = [found.pair(outcome.name) for outcome in found.others]
    last = found.shown_at()[-1]

    def row(label: str, read: Callable[[Difference], str], *, differences: list[Difference]) -> Told:
        return label, ["", *(read(item) for item in differences)], "plain"

    months, points = _reader("{:+.1f}"), _reader("{:+.1%}")
    yield row(
        "more months solvent than base (95% interval)", months, differences=[pair.months_solvent for pair in pairs]
    )
    label = f"more likely insolvent by {(found.first_month + last).label} than base (95% interval)"
    yield row(label, points, differences=[pair.insolvent(last) for pair in pairs])
    orders = [pair.joint.order() for pair in pairs]
    yield "share of paths on which it lasts longer than base", [None, *(o.longer / o.paths for o in orders)], "share"
    yield "share of paths on which it lasts shorter than base", [None, *(o.shorter / o.paths for o in orders)], "share"


def _reader(form: str) -> Callable[[Difference], str]:
    def read(found: Difference) -> str:
        if found.value is None:
            return "not within the horizon"
        ends = [form.format(end) for end in (found.low, found.high) if end is not None]
        return form.format(found.value) + (f" ({ends[0]} to {ends[1]})" if len(ends) == 2 else "")

    return read


def _month(found: Comparison, month: int | None) -> str:
    return beyond(found.months) if month is None else (found.first_month + (month - 1)).label


def _curves(page: Page, found: Comparison, *, row: int) -> None:
    """The probability of insolvency by month of each outcome; `row`: that of its heads, counted from 0."""
    page.text((row - 1, 0), "Probability of insolvency by month end", look=page.formats(bold=True))
    page.heads(row, ["month", *(outcome.name for outcome in found.outcomes)], right=1, lines=2)
    for month in range(found.months):
        page.text((row + 1 + month, 0), (found.first_month + month).label)
        for column, outcome in enumerate(found.outcomes, start=1):
            chance = float(outcome.insolvent.probability[month])
            page.number((row + 1 + month, column), chance, look=page.formats.number("share"))


def _chart(page: Page, found: Comparison, *, first: int) -> None:
    chart = page.chart("Probability of insolvency by month end", number="0%", most=1.0)
    for column, (outcome, colour) in enumerate(zip(found.outcomes, _COLOURS, strict=False), start=1):
        rows, look = (first + 1, first + found.months), (colour, 2.5 if outcome is found.base else 1.75)
        chart.add_series(page.line(rows, column, name=(first, column), look=look))
    page.sheet.insert_chart(_HEAD + 1, len(found.outcomes) + 2, chart, {"object_position": 3})
