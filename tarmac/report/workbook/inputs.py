"""The Inputs sheet: every number of the company file, its base value in blue, its range, and what it rests on."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import groupby
from typing import Final

from tarmac.basecase import BaseCase
from tarmac.company import Company
from tarmac.company.numbers import Place, meanings, numbers
from tarmac.company.quantity import ends
from tarmac.report.workbook.grid import Numbers, column_name
from tarmac.report.workbook.page import GREY, INPUT_BLUE, Page, lines_of
from tarmac.report.workbook.revenue import share_inputs

SHEET: Final = "Inputs"
_HEADS: Final = (
    ("number", 42), ("what it means", 48), ("base value", 14), ("unit", 9), ("as declared", 24), ("P5", 13),
    ("P95", 13), ("used by", 17), ("what it rests on", 60), ("as delivered", 14),
)  # fmt: skip
_PATH, _MEANING, _BASE, _UNIT, _DECLARED, _LOW, _HIGH, _USED, _RESTS, _DELIVERED = range(len(_HEADS))
_FIRST: Final = 6
"""The first row of numbers, counted from 1."""

_MONTH: Final = re.compile(r"\[\d{4}-\d{2}\]$")
_INDEX: Final = re.compile(r"\[\d+\]$")
_KINDS: Final = {"money": "money", "rate": "rate", "share": "share", "months": "plain", "count": "plain"}
_UNITS: Final = {"rate": "a month", "share": "share", "months": "months", "count": "number", "number": "number"}


@dataclass(frozen=True, slots=True)
class Line:
    """One number of the sheet. `place`: where it stands in the company; None for a share of an invoice."""

    path: str
    value: float
    place: Place | None

    @property
    def section(self) -> str:
        """The table of the file it stands in."""
        return ".".join(self.path.split(".")[:2]) if not self.path.startswith(("cash.", "market.")) else "cash, market"


class Inputs:
    """The numbers that are shown, and where each stands."""

    def __init__(self, company: Company, base: BaseCase, *, used: set[str] | None = None) -> None:
        """`used`: the key paths that formulas refer to; None before it is known: all of them are shown."""
        self._given = {path for path, (_, given) in meanings(company).items() if given}
        shares, known = share_inputs(base.plan.revenue), {place.path: place for place in numbers(company)}
        values = {**base.values, **shares}
        self._used = used
        shown = [Line(path, value, known.get(path)) for path, value in values.items() if self._shown(path, value)]
        groups = {path: index for index, path in enumerate(dict.fromkeys(line.section for line in shown))}
        self.lines = sorted(shown, key=lambda line: groups[line.section])
        self._rows: dict[str, int] = {}
        row = _FIRST - 1
        for _, group in groupby(self.lines, key=lambda line: line.section):
            row += 1
            for line in group:
                self._rows[line.path] = row
                row += 1
        self.last = row
        base_column = column_name(_BASE)
        places = {path: f"{SHEET}!${base_column}${row + 1}" for path, row in self._rows.items()}
        self.numbers = Numbers(places, values)

    def _shown(self, path: str, value: float) -> bool:
        if self._used is None or path in self._used:
            return True
        return value != 0 and _MONTH.sub("", path) in self._given

    def write(self, page: Page, *, company: Company, rests: Mapping[str, str]) -> None:
        """Fill the sheet. `rests`: what numbers rest on, by key path."""
        formats = page.formats
        page.text((0, 0), f"Inputs: {company.company.name}", look=formats.title())
        note = (
            "Blue: the base value, the median of an uncertain number, which Monthly computes with: change it to see"
            " what follows. The forecast draws from the whole range, and does not change."
        )
        page.text((1, 0), note, look=formats.note())
        page.text((2, 0), "Are all inputs as delivered?", look=formats(bold=True))
        page.formula((2, _BASE), self._as_delivered(), value=True, look=formats(bold=True, align="left"))
        page.heads(3, [head for head, _ in _HEADS])
        for column, (_, width) in enumerate(_HEADS):
            page.sheet.set_column(column, column, width)
        sections, said = {line.section for line in self.lines}, meanings(company)
        for line in self.lines:
            row = self._rows[line.path]
            if line.section in sections:
                sections.remove(line.section)
                page.section(row - 1, line.section, columns=len(_HEADS))
            self._write_line(page, line, own=company.company.currency)
            bare = _MONTH.sub("", line.path)
            key = bare if bare in said else _INDEX.sub("", bare)
            texts = {_PATH: line.path, _MEANING: said.get(key, ("", False))[0], _RESTS: rests.get(key, "")}
            for column, text in texts.items():
                page.text((row, column), text, look=formats(text_wrap=True, valign="top"))
            page.high(row, max(lines_of(text, _HEADS[column][1]) for column, text in texts.items()))
        page.sheet.freeze_panes(4, 1)
        page.sheet.set_tab_color(INPUT_BLUE)
        page.finish(company.company.name, repeat=(3, 3))

    def _as_delivered(self) -> str:
        """The formula that says whether no input has been changed."""

        def column(number: int) -> str:
            name = column_name(number)
            return f"${name}${_FIRST}:${name}${self.last}"

        return f"SUMPRODUCT(--({column(_BASE)}<>{column(_DELIVERED)}))=0"

    @property
    def unchanged(self) -> str:
        """A reference to the cell that says so."""
        return f"{SHEET}!${column_name(_BASE)}$3"

    def _write_line(self, page: Page, line: Line, *, own: str) -> None:
        formats = page.formats
        row, place = self._rows[line.path], line.place
        kind = "share" if place is None else place.kind
        used = self._used is not None and line.path in self._used
        number = _KINDS.get(kind, "plain")
        number = "rate" if place is not None and place.number.unit == "%" and number != "share" else number
        colour = INPUT_BLUE if used else GREY
        for column in (_BASE, _DELIVERED):
            look = formats.number(number, valign="top", font_color=colour if column == _BASE else GREY)
            page.number((row, column), line.value, look=look)
        unit = _UNITS.get(kind, "number")
        if kind == "money":
            unit = own if place is None or not place.number.unit else place.number.unit
        page.text((row, _UNIT), unit, look=formats(valign="top", indent=1))
        look = formats(valign="top", font_color=GREY, indent=1)
        page.text((row, _USED), "Monthly" if used else "Monte Carlo only", look=look)
        if place is not None:
            page.text((row, _DECLARED), place.number.text, look=formats(valign="top"))
            if not place.number.certain:
                look = formats.number(number, valign="top", font_color=GREY)
                for column, value in zip((_LOW, _HIGH), ends(place.number), strict=True):
                    page.number((row, column), value, look=look)
