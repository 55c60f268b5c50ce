"""The Checks sheet: what must hold of the workbook, each as a formula that says TRUE, and one cell for all."""

from collections.abc import Iterator
from itertools import pairwise
from typing import Final

from tarmac.basecase import BaseCase
from tarmac.forecast import Forecast
from tarmac.measures import NEED_LEVELS
from tarmac.report.words import CLOCK_NAMES
from tarmac.report.workbook import forecasting, tracing
from tarmac.report.workbook.grid import OPENING, Row, column_name, month_column
from tarmac.report.workbook.monthly import Monthly
from tarmac.report.workbook.page import GREEN, GREY, LIGHT, RED, Page, pages_for

SHEET: Final = "Checks"
OVERALL: Final = f"{SHEET}!$B$3"
"""The cell that is TRUE where every check is."""

_DELIVERED: Final = "$B$4"
_FIRST: Final = 5
_CENT: Final = "0.005"

Check = tuple[str, str]
"""What must hold, and the formula that says whether it does."""


def write_checks(page: Page, monthly: Monthly, *, unchanged: str, forecast: Forecast) -> None:
    """Fill the sheet: every check, then what the engine says, row by row. `unchanged`: whether inputs are, a cell.

    Below stand the rows carried from the engine as they were delivered, which may have been typed over.
    """
    formats = page.formats
    checks = [*_of_monthly(monthly), *_of_forecast(forecast)]
    traced = [row for row in monthly.grid.rows if row.engine is not None and not row.carried]
    block = _FIRST + len(checks) + 3
    last = block + len(traced)
    typed = [row for row in monthly.grid.rows if row.engine is not None and row.carried]
    page.text((0, 0), f"Checks: {monthly.base.plan.name}", look=formats.title())
    note = (
        "Each check is a formula. What the engine says belongs to the workbook as delivered: once an input or a "
        "carried row is changed, its rows are no longer compared and count as TRUE."
    )
    page.text((1, 0), note, look=formats.note())
    page.text((2, 0), "ALL CHECKS", look=formats(bold=True))
    page.formula((2, 1), f"AND(B{_FIRST + 1}:B{last + 1})", value=True, look=formats.truth())
    page.text((3, 0), "inputs and carried rows as delivered", look=formats.note())
    same = [unchanged, *(f"B{last + 4 + number}" for number in range(len(typed)))]
    page.formula((3, 1), f"AND({','.join(same)})", value=True, look=formats(align="center"))
    page.heads(_FIRST - 1, ("check", "holds"))
    for index, (text, formula) in enumerate(checks, start=_FIRST):
        page.text((index, 0), text)
        page.formula((index, 1), formula, value=True, look=formats.truth())
    _write_engine(page, traced, base=monthly.base, block=block, delivered=_DELIVERED)
    if typed:
        _write_engine(page, typed, base=monthly.base, block=last + 2, delivered="")
    _finish(page, monthly, last=last)


def _finish(page: Page, monthly: Monthly, *, last: int) -> None:
    good, bad = {"font_color": GREEN}, {"font_color": "#FFFFFF", "bg_color": RED}
    for value, colours in (("TRUE", good), ("FALSE", bad)):
        # A blank cell equals FALSE too, and is none.
        formula = f"=AND(ISLOGICAL($B3),$B3={value})"
        rule = {"type": "formula", "criteria": formula, "format": page.formats(bold=True, **colours)}
        page.sheet.conditional_format(2, 1, last, 1, rule)
    page.sheet.set_column(0, 0, 66)
    page.sheet.set_column(1, 1, 10)
    page.sheet.set_column(OPENING, OPENING + monthly.base.months, 12)
    page.sheet.freeze_panes(_FIRST, 2)
    page.sheet.repeat_columns(0, 1)
    page.finish(monthly.base.plan.name, wide=pages_for(monthly.base.months))


def _write_engine(page: Page, traced: list[Row], *, base: BaseCase, block: int, delivered: str) -> None:
    """A row for every row that is compared: what the engine says, and whether Monthly comes to it to the cent.

    `delivered`: the cell without which nothing is compared; empty for rows that are carried themselves.
    """
    what = "against the formulas of Monthly" if delivered else "carried to Monthly"
    heads = [f"the engine's base case, {what}", "to the cent" if delivered else "unchanged", ""]
    page.heads(block, [*heads, *((base.first_month + month).label for month in range(base.months))], right=OPENING + 1)
    look = page.formats.number("cents", font_color=GREY, bg_color=LIGHT)
    for index, row in enumerate(traced, start=block + 1):
        page.text((index, 0), row.label)
        here = f"${month_column(0)}${index + 1}:${month_column(base.months - 1)}${index + 1}"
        there = tracing.span(row, base.months)
        same = f"SUMPRODUCT(--(ABS({there}-{here})>={_CENT}))=0"
        formula = f"OR(NOT({delivered}),{same})" if delivered else same
        page.formula((index, 1), formula, value=True, look=page.formats.truth())
        for month, value in enumerate([] if row.engine is None else row.engine):
            page.number((index, OPENING + 1 + month), float(value), look=look)


def _of_monthly(monthly: Monthly) -> Iterator[Check]:
    months, cash, books = monthly.base.months, monthly.cash, monthly.books

    def over(row: Row, first: int = 0, *, last: int = months - 1) -> str:
        columns = f"${month_column(first)}${row.number}:${month_column(last)}${row.number}"
        return f"{tracing.SHEET}!{columns}"

    whole = f"{tracing.SHEET}!${column_name(OPENING)}$6:${month_column(months - 1)}${monthly.grid.last_row}"
    yield "Monthly: no cell is an error", f"SUMPRODUCT(--ISERROR({whole}))=0"
    line = monthly.debts.line
    plus = [cash.opening, cash.raised, cash.collected, cash.unpaid, *([] if line is None else [line.drawn])]
    minus = [cash.payroll, cash.interest, cash.principal, cash.paying.paid, *([] if line is None else [line.repaid])]
    minus += [] if cash.taxes is None else [cash.taxes]
    flows = f"{'+'.join(map(over, plus))}-{'-'.join(map(over, minus))}"
    equal = f"SUMPRODUCT(--(ABS({flows}-{over(cash.closing)})>={_CENT}))=0"
    yield "Monthly: opening cash + receipts - payments = closing cash, every month", equal
    before = f"{over(cash.opening)}-{over(cash.closing, -1, last=months - 2)}"
    yield (
        "Monthly: every month begins with the cash the last one ended with",
        f"SUMPRODUCT(--(ABS({before})>={_CENT}))=0",
    )
    sides = f"{over(books.assets, -1)}-{over(books.owing, -1)}"
    yield "Monthly: the balance sheet balances, every month", f"SUMPRODUCT(--(ABS({sides})>={_CENT}))=0"
    for row in (cash.closing, cash.paying.arrears, books.credits, cash.paying.paid):
        yield f"Monthly: {row.label}: never negative", f"SUMPRODUCT(--({over(row)}<-{_CENT}))=0"
    if months > 1:
        ended = f"SUMPRODUCT(--({over(monthly.going, 1)}>{over(monthly.going, last=months - 2)}))=0"
        yield "Monthly: what has ended does not go on", ended


def _of_forecast(forecast: Forecast) -> Iterator[Check]:
    places = forecasting.Places(forecast)

    def over(column: int, first: int = 0, *, last: int | None = None) -> str:
        name, end = column_name(column), places.until if last is None else places.since + last
        return f"{forecasting.SHEET}!${name}${places.since + first + 1}:${name}${end + 1}"

    def cash(low: int, high: int) -> str:
        rows = f"${places.first + 1}", f"${places.last + 1}"
        return f"{forecasting.SHEET}!${column_name(low)}{rows[0]}:${column_name(high)}{rows[1]}"

    count = len(forecasting.PERCENTS)
    unordered = f"SUMPRODUCT(--({cash(1, count - 1)}>{cash(2, count)}))=0"
    yield "Forecast: quantiles of cash are in order, every month", unordered
    for name, column in places.clock.items():
        words = CLOCK_NAMES[name]
        between = f"SUMPRODUCT(--({over(column)}<0))+SUMPRODUCT(--({over(column)}>1))=0"
        yield f"Forecast: probability of {words} between 0 and 1", between
        if forecast.months > 1:
            falls = f"SUMPRODUCT(--({over(column, 1)}<{over(column, last=forecast.months - 2)}-0.000000000001))=0"
            yield f"Forecast: probability of {words} never falls", falls
    ends = f"SUMPRODUCT(--({over(places.clock['insolvent'])}+{over(places.clock['exit'])}>1.000000000001))=0"
    yield "Forecast: insolvent and acquired together at most 1", ends
    first = over(places.clock["first_missed_bill"])
    missed = f"SUMPRODUCT(--({first}<{over(places.clock['insolvent'])}-0.000000000001))=0"
    yield "Forecast: no path is insolvent before it has missed a bill", missed
    known = [index for index, level in enumerate(NEED_LEVELS) if forecast.need.amount(level) is not None]
    cells = [f"{forecasting.SHEET}!$B${places.need + 2 + index}" for index in known]
    if len(cells) > 1:
        rises = ",".join(f"{one}<={two}" for one, two in pairwise(cells))
        yield "Forecast: more money for more paths", f"AND({rises})"
