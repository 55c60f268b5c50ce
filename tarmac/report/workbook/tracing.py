"""The Monthly sheet written: formulas with the values they come to, and a chart of the cash they end in."""

from typing import TYPE_CHECKING, Any, Final

from tarmac.basecase import BaseCase
from tarmac.report.style import GREEN
from tarmac.report.workbook.grid import HOW, LABEL, OPENING, Row, month_column
from tarmac.report.workbook.monthly import Monthly
from tarmac.report.workbook.page import GREY, INPUT_BLUE, LIGHT, NUMBERS, Formats, Page, Place, money_axis, pages_for

if TYPE_CHECKING:
    from xlsxwriter.format import Format

SHEET: Final = "Monthly"
_HEAD_ROW, _NUMBER_ROW = 3, 4
"""Rows of the months and of their numbers, counted from 0."""

_NOTE: Final = (
    "The base case: every uncertain number at its median, no month off the trend, no random event, new money only where"
    " it is certain; policies act by their own rules. Black: formulas on Inputs. Grey cells: carried from the engine."
)


def write_monthly(page: Page, monthly: Monthly) -> None:
    """Fill the sheet."""
    base, formats, sheet = monthly.base, page.formats, page.sheet
    page.text((0, 0), f"Monthly: {base.plan.name}, in {base.plan.currency}", look=formats.title())
    page.text((1, 0), _NOTE, look=formats.note())
    page.text((2, 0), _fate(monthly), look=formats(bold=True))
    _write_heads(page, base)
    for number, (text, level) in monthly.grid.headings.items():
        if level == 1:
            page.section(number - 1, text, columns=OPENING + 1 + base.months)
        else:
            page.text((number - 1, LABEL), text, look=formats(bold=True, italic=True))
    for row in monthly.grid.rows:
        _write_row(page, row)
    sheet.set_column(LABEL, LABEL, 58)
    sheet.set_column(HOW, HOW, 17)
    sheet.set_column(OPENING, OPENING + base.months, 12.5)
    sheet.freeze_panes(_NUMBER_ROW + 1, OPENING)
    page.finish(base.plan.name, repeat=(_HEAD_ROW, _NUMBER_ROW), wide=pages_for(base.months))
    sheet.repeat_columns(LABEL, LABEL)


def _fate(monthly: Monthly) -> str:
    base = monthly.base
    if base.insolvent is not None:
        month = (base.first_month + base.insolvent).label
        return f"As delivered, the base case is insolvent in {month}: nothing flows after that, and balances stay."
    if base.acquired is not None:
        return f"As delivered, the company is acquired in {(base.first_month + base.acquired).label}."
    return f"As delivered, the base case is solvent to {(base.first_month + (base.months - 1)).label}."


def _write_heads(page: Page, base: BaseCase) -> None:
    formats = page.formats
    page.heads(_HEAD_ROW, ("month", "where it comes from", "opening"), right=OPENING)
    small = formats(font_color=GREY, align="right")
    page.text((_NUMBER_ROW, LABEL), "month number", look=formats(font_color=GREY))
    dates = formats.head(num_format=NUMBERS["month"], align="right")
    for month in range(base.months):
        now, column = base.first_month + month, OPENING + 1 + month
        page.month((_HEAD_ROW, column), now, look=dates)
        page.number((_NUMBER_ROW, column), month + 1, look=small)


def _write_row(page: Page, row: Row) -> None:
    place, formats = row.number - 1, page.formats
    page.text((place, LABEL), row.label, look=formats(**_line(row)))
    how = "from the engine" if row.carried else "formula"
    page.text((place, HOW), how, look=formats(font_color=GREY, **_line(row)))
    for month, cell in row.cells.items():
        here, look = (place, OPENING + 1 + month), _look(row, formats, opening=month < 0)
        if (row.carried and month >= 0) or cell.text == "0":
            page.number(here, cell.value, look=look)
        else:
            page.formula(here, cell.text, value=cell.value, look=look)


def _line(row: Row) -> dict[str, Any]:
    return {"bold": True, "top": 1} if row.look.bold else {}


def _look(row: Row, formats: Formats, *, opening: bool) -> "Format":
    shown = _line(row)
    if row.carried and not opening:
        shown |= {"bg_color": LIGHT, "font_color": INPUT_BLUE if row.look.input else GREY}
    return formats.number(row.look.kind, **shown)


def chart_cash(page: Page, monthly: Monthly, *, place: Place) -> None:
    """A chart of the base case's cash on another sheet; it follows Inputs."""
    row, last = monthly.cash.closing, OPENING + monthly.base.months
    highest = float(monthly.base.balances["cash"].max())
    chart = page.chart("Cash of the base case", number=money_axis(highest))
    series = {
        "name": "cash at month end, base case",
        "categories": [SHEET, _HEAD_ROW, OPENING + 1, _HEAD_ROW, last],
        "values": [SHEET, row.number - 1, OPENING + 1, row.number - 1, last],
        "line": {"color": GREEN, "width": 2.5},
    }
    chart.add_series(series)
    page.sheet.insert_chart(*place, chart, {"object_position": 3})


def span(row: Row, months: int) -> str:
    """A reference to the months of a row from another sheet."""
    return f"{SHEET}!${month_column(0)}${row.number}:${month_column(months - 1)}${row.number}"
