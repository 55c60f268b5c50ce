"""The sheet Quarters: how many have failed by the end of each, and what must be put in; with native charts."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from tarmac.portfolio.counting import count_at, mean_count, variance_of_count
from tarmac.portfolio.result import RESERVE_LEVELS, PortfolioForecast
from tarmac.report.portfolio_charts import COLOURS
from tarmac.report.style import INK, VERMILLION
from tarmac.report.workbook.page import NUMBERS, Page, money_axis
from tarmac.report.workbook.portfolio.heading import Values, finish, write_heading, write_row
from tarmac.survival import level_interval

_CHART_ROW, _CHART_ROWS = 4, 18
_NOTE: Final = (
    "Money put in: from the month in which a company would fail, what keeps every bill paid to the horizon, with no "
    "other new money and no further cuts."
)
_SURE: Final = 0.9
"""The level of which the interval is told."""

_APART: Final = 2
"""From the last row of a table to the first of the next."""

_RARE: Final = 1e-4
_EACH: Final = (1, NUMBERS["month"])
"""A label below every row of a chart."""


@dataclass(frozen=True, slots=True)
class _Group:
    """Columns under one heading: their heads, the kind of each, and their values, a row for each quarter."""

    title: str
    heads: list[str]
    kinds: list[str]
    rows: list[Values]


def write_quarters(page: Page, found: PortfolioForecast) -> None:
    """Fill the sheet."""
    write_heading(page, found, what="Quarters", note=_NOTE)
    row = _CHART_ROW + _CHART_ROWS + 1
    failed, put_in, *others = [[_failures(found)], _reserves(found, new=False), _reserves(found, new=True)]
    row = _chart_failures(page, _table(page, found, row=row, groups=failed))
    row = _chart_reserve(page, found, rows=_table(page, found, row=row, groups=put_in))
    for groups in others:
        _, last = _table(page, found, row=row, groups=groups)
        row = last + _APART
    _numbers(page, found, row=row)
    page.sheet.set_column(0, 0, 20)
    page.sheet.set_column(1, max(2 * len(put_in[0].heads), len(found.quarters) + 1), 12)
    finish(page, found, row=None)


def _table(page: Page, found: PortfolioForecast, *, row: int, groups: list[_Group]) -> tuple[int, int]:
    """Write groups of columns beside each other, a row for each quarter; the first and the last row of values."""
    heads = [head for group in groups for head in group.heads]
    kinds = [kind for group in groups for kind in group.kinds]
    page.section(row, "", columns=1 + len(heads))
    column = 1
    for group in groups:
        page.text((row, column), group.title, look=page.formats.section())
        column += len(group.heads)
    page.heads(row + 1, ["by the end of", *heads], right=1, lines=2)
    for place, last in enumerate(found.quarters, start=row + 2):
        _quarter(page, found, row=place, month=last)
        values = [value for group in groups for value in group.rows[place - row - 2]]
        write_row(page, place, values=values, kinds=kinds)
    return row + 2, row + 1 + len(found.quarters)


def _quarter(page: Page, found: PortfolioForecast, *, row: int, month: int) -> None:
    if found.portfolio.apart:
        page.text((row, 0), found.month_label(month))
    else:
        look = page.formats.number("month", align="left")
        page.month((row, 0), found.portfolio.first_month + month, look=look)


def _failures(found: PortfolioForecast) -> _Group:
    levels = [f"P{100 * level:.0f}" for level in RESERVE_LEVELS]
    rows: list[Values] = [
        [
            mean_count(counts),
            float(np.sqrt(variance_of_count(counts) / counts.sum())),
            *(float(count_at(counts, level)) for level in RESERVE_LEVELS),
        ]
        for counts in found.failures
    ]
    kinds = ["cents", "cents", *["whole"] * len(levels)]
    return _Group("Companies failed by then", ["mean", "standard error", *levels], kinds, rows)


def _reserves(found: PortfolioForecast, *, new: bool) -> list[_Group]:
    """What must be put in, by the investor where stakes are known, and by all investors together."""
    groups = []
    when = "Put in in the quarter that ends then" if new else "Put in by then"
    heads = [*(f"P{100 * level:.0f}" for level in RESERVE_LEVELS), f"P{100 * _SURE:.0f}, 95% from", "to"]
    for own in [True, False] if found.knows_stakes else [False]:
        fan = found.reserve(own=own, new=new)
        columns = [fan.quantile(level).tolist() for level in (*RESERVE_LEVELS, *level_interval(_SURE, found.paths))]
        rows: list[Values] = [list(row) for row in zip(*columns, strict=True)]
        groups.append(_Group(f"{when}, {_whose(own=own)}", heads, ["money"] * len(heads), rows))
    return groups


def _whose(*, own: bool) -> str:
    return "by the investor, stake by stake" if own else "by all investors"


def _chart_failures(page: Page, rows: tuple[int, int]) -> int:
    """Draw the table of failures; the row of the next table."""
    chart = page.chart("Companies failed by quarter end", number="0", below=_EACH)
    chart.add_series(page.line(rows, 1, name="mean", look=(INK, 1.5)))
    for column, level in enumerate(RESERVE_LEVELS, start=3):
        chart.add_series(page.line(rows, column, name=f"P{100 * level:.0f}", look=(COLOURS[level], 2.25)))
    page.sheet.insert_chart(_CHART_ROW, 0, chart, {"object_position": 3})
    return rows[1] + _APART


def _chart_reserve(page: Page, found: PortfolioForecast, *, rows: tuple[int, int]) -> int:
    """Draw the first group of the table of what must be put in; the row of the next table."""
    own = found.knows_stakes
    highest = float(np.max(found.reserve(own=own).quantile(RESERVE_LEVELS[-1]), initial=0.0))
    title = f"Money put in by quarter end, {_whose(own=own)}"
    chart = page.chart(title, number=money_axis(highest), below=_EACH)
    for column, level in enumerate(RESERVE_LEVELS, start=1):
        chart.add_series(page.line(rows, column, name=f"P{100 * level:.0f}", look=(COLOURS[level], 2.25)))
    page.sheet.insert_chart(_CHART_ROW, 5, chart, {"object_position": 3})
    return rows[1] + _APART


def _numbers(page: Page, found: PortfolioForecast, *, row: int) -> None:
    """How likely each number of failures is by the end of each quarter, and were each to fail alone; with a chart."""
    counts, alone = found.failures / found.paths, found.independent
    heads = [f"by {found.month_label(last)}" for last in found.quarters]
    page.section(row, "How likely each number of failures is", columns=2 + len(heads))
    page.heads(row + 1, ["companies failed", *heads, "if each failed alone"], right=1, lines=2)
    last = int(np.flatnonzero((counts > 0).any(axis=0) | (alone > _RARE))[-1])
    for number in range(last + 1):
        page.number((row + 2 + number, 0), number, look=page.formats.number("whole", align="left"))
        values = [*counts[:, number].tolist(), float(alone[number])]
        write_row(page, row + 2 + number, values=values, kinds=["share"] * len(values))
    rows, column = (row + 2, row + 2 + last), len(found.quarters)
    title = f"How likely each number of failures is by {found.month_label(found.months - 1)}"
    chart = page.chart(title, number="0%", below=(max(1, (last + 1) // 10), NUMBERS["whole"]))
    chart.add_series(page.line(rows, column, name="on one market", look=(COLOURS[0.5], 2.25)))
    chart.add_series(page.line(rows, column + 1, name="if each failed alone", look=(VERMILLION, 1.5)))
    page.sheet.insert_chart(_CHART_ROW, 10, chart, {"object_position": 3})
