"""One sheet of the workbook: how cells look (blue may be changed, black is a formula), and writing them."""

import datetime
import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final, cast

from tarmac.errors import printable
from tarmac.months import Month

if TYPE_CHECKING:
    from xlsxwriter.chart_line import ChartLine
    from xlsxwriter.format import Format
    from xlsxwriter.workbook import Workbook

NUMBERS: Final = {
    "money": "#,##0;[Red]-#,##0;0",
    "cents": "#,##0.00;[Red]-#,##0.00;0.00",
    "factor": "0.0000",
    "count": "#,##0.0",
    "flag": "0;-0;;@",
    "share": "0.0%",
    "rate": "0.00%",
    "plain": "#,##0.####",
    "whole": "#,##0",
    "signed": "+0.00;-0.00;0.00",
    "month": "mmm yyyy",
}
INPUT_BLUE, GREY, LIGHT, HEAD, RED, GREEN = "#0000FF", "#595959", "#EDEDED", "#1F3864", "#C00000", "#00703C"

LONGEST: Final = 1_000
"""Characters of a text in a cell."""

_GRID: Final = "#DDDDDD"
_A4: Final = 9
_LINE: Final = 12
"""Height of a line of text, in points."""

_MONTHS_A_PAGE: Final = 12

Place = tuple[int, int]
"""Row and column of a cell, counted from 0."""


class Formats:
    """The formats of a workbook, each made once."""

    def __init__(self, workbook: "Workbook") -> None:
        self._workbook = workbook
        self._known: dict[tuple[tuple[str, Any], ...], Format] = {}
        self._numbers: dict[str, Format] = {}

    def __call__(self, **properties: Any) -> "Format":  # noqa: ANN401  (what XlsxWriter takes)
        """A format by XlsxWriter's names of its properties."""
        key = tuple(sorted(properties.items()))
        if key not in self._known:
            self._known[key] = self._workbook.add_format({"font_name": "Arial", "font_size": 9, **properties})
        return self._known[key]

    def number(self, kind: str, **properties: Any) -> "Format":  # noqa: ANN401  (the same)
        """The format of a kind of number."""
        if properties:
            return self(num_format=NUMBERS[kind], **properties)
        if kind not in self._numbers:  # asked for cell by cell
            self._numbers[kind] = self(num_format=NUMBERS[kind])
        return self._numbers[kind]

    def title(self) -> "Format":
        """The title of a sheet."""
        return self(bold=True, font_size=14, font_color=HEAD)

    def note(self) -> "Format":
        """A sentence below a title."""
        return self(font_color=GREY)

    def head(self, **properties: Any) -> "Format":  # noqa: ANN401  (the same)
        """The heads of columns."""
        return self(bold=True, font_color="#FFFFFF", bg_color=HEAD, text_wrap=True, valign="vcenter", **properties)

    def section(self) -> "Format":
        """A heading between rows."""
        return self(bold=True, font_color=HEAD, bg_color=LIGHT)

    def truth(self) -> "Format":
        """Whether something holds."""
        return self(bold=True, align="center")


class Page:
    """One sheet, written cell by cell."""

    def __init__(self, workbook: "Workbook", name: str, *, formats: Formats) -> None:
        self.sheet = workbook.add_worksheet(name)
        self.formats = formats
        self._workbook = workbook

    def text(self, place: Place, text: str, *, look: "Format | None" = None) -> None:
        """Write a text that stays one, whatever it looks like."""
        shown = printable(" ".join(text.split()), LONGEST)
        self.sheet.write_string(*place, shown, self.formats() if look is None else look)

    def number(self, place: Place, value: float, *, look: "Format") -> None:
        """Write a number."""
        self.sheet.write_number(*place, value, look)

    def month(self, place: Place, month: Month, *, look: "Format") -> None:
        """Write a month, as the date of its first day."""
        self.sheet.write_datetime(*place, datetime.datetime(month.year, month.number, 1), look)  # noqa: DTZ001  (a day)

    def put(self, place: Place, value: str | float | Month | None, *, kind: str) -> None:
        """Write a number of a kind, a month, or a text in its place; nothing where there is none."""
        if isinstance(value, str):
            self.text(place, value, look=self.formats(align="right"))
        elif isinstance(value, Month):
            self.month(place, value, look=self.formats.number("month", align="right"))
        elif value is not None and math.isfinite(value):
            self.number(place, value, look=self.formats.number(kind))

    def shade(self, first: Place, last: Place, *, colours: Sequence[str], ends: tuple[float, float]) -> None:
        """Shade the cells of a table by their numbers: two or three colours from one end to the other."""
        names = ("min", "mid", "max") if len(colours) == 3 else ("min", "max")
        rule: dict[str, Any] = {"type": f"{len(colours)}_color_scale"}
        for place, (name, colour) in enumerate(zip(names, colours, strict=True)):
            value = ends[0] + (ends[1] - ends[0]) * place / (len(colours) - 1)
            rule |= {f"{name}_type": "num", f"{name}_value": value, f"{name}_color": colour}
        if last[0] >= first[0] and last[1] >= first[1]:
            self.sheet.conditional_format(*first, *last, rule)

    def formula(self, place: Place, text: str, *, value: float | bool, look: "Format") -> None:
        """Write a formula with the value it comes to."""
        self.sheet.write_formula(*place, f"={text}", look, value)

    def heads(self, row: int, heads: Sequence[str], *, right: int | None = None, lines: int = 1) -> None:
        """Write the heads of columns, so many lines high; those from column `right` on stand above numbers."""
        for column, head in enumerate(heads):
            above = right is not None and column >= right
            self.text((row, column), head, look=self.formats.head(align="right" if above else "left"))
        self.sheet.set_row(row, _LINE * lines + 3)

    def high(self, row: int, lines: int) -> None:
        """Make a row so many lines of text high."""
        self.sheet.set_row(row, _LINE * lines + 1)

    def section(self, row: int, text: str, *, columns: int) -> None:
        """Write a heading over so many columns."""
        for column in range(columns):
            self.text((row, column), "" if column else text, look=self.formats.section())

    def finish(self, title: str, *, repeat: tuple[int, int] | None = None, wide: int = 1) -> None:
        """Print set-up: landscape, `wide` pages wide, page numbers; `repeat`: rows at the head of every page."""
        sheet = self.sheet
        sheet.set_paper(_A4)
        sheet.set_landscape()
        sheet.fit_to_pages(wide, 0)
        sheet.set_margins(left=0.4, right=0.4, top=0.6, bottom=0.6)
        sheet.set_footer(f"&L&8{_footer(title)}&R&8&A, page &P of &N")
        sheet.hide_gridlines(2)
        if repeat is not None:
            sheet.repeat_rows(*repeat)

    def chart(
        self, title: str, *, number: str, most: float | None = None, below: tuple[int, str] = (6, NUMBERS["month"])
    ) -> "ChartLine":
        """A chart of lines over months. `number`: the format of its amounts; `most`: the end of its axis.

        `below`: how many rows from one label below to the next, and the format of these.
        """
        chart = cast("ChartLine", self._workbook.add_chart({"type": "line"}))
        font = {"name": "Arial", "size": 9}
        grid = {"visible": True, "line": {"color": _GRID, "width": 0.75}}
        axis: dict[str, Any] = {"num_format": number, "num_font": font, "major_gridlines": grid, "min": 0}
        chart.set_title({"name": title, "overlay": False, "name_font": {"name": "Arial", "size": 11, "bold": True}})
        chart.set_y_axis(axis if most is None else axis | {"max": most})
        chart.set_x_axis({"num_font": font, "interval_unit": below[0], "label_position": "low", "num_format": below[1]})
        chart.set_legend({"position": "bottom", "font": font})
        chart.set_size({"width": 455, "height": 320})
        chart.show_blanks_as("gap")
        return chart

    def line(self, rows: tuple[int, int], column: int, *, name: str | Place, look: tuple[str, float]) -> dict[str, Any]:
        """A line through some rows of a column of this sheet, over what stands in its first column.

        `name`: the words for it, or the cell that holds them; `look`: its colour and width.
        """
        sheet = str(self.sheet.name)
        return {
            "name": name if isinstance(name, str) else [sheet, *name],
            "categories": [sheet, rows[0], 0, rows[1], 0],
            "values": [sheet, rows[0], column, rows[1], column],
            "line": {"color": look[0], "width": look[1]},
        }


def lines_of(text: str, width: float) -> int:
    """About how many lines a text takes in a column of some width."""
    return max(1, math.ceil(len(text) / (width * 1.05)))


def pages_for(months: int) -> int:
    """How many pages wide a sheet with a column for every month is printed."""
    return max(1, math.ceil(months / _MONTHS_A_PAGE))


def _footer(title: str) -> str:
    return printable(title, 60).replace("&", "&&")


def money_axis(highest: float) -> str:
    """The format of an axis of amounts up to some height: in billions, millions or thousands.

    >>> money_axis(5e6), money_axis(20_000)
    ('0.0,,"M"', '#,##0,"k"')
    """
    for scale, commas, letter in ((1e9, ",,,", "B"), (1e6, ",,", "M"), (1e3, ",", "k")):
        if highest >= scale:
            return f'{"0.0" if highest < 10 * scale else "#,##0"}{commas}"{letter}"'
    return "#,##0"
