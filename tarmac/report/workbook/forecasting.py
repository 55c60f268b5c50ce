"""The Forecast sheet: the Monte Carlo forecast as values, with native charts of the fan and of the probabilities."""

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from tarmac.forecast import Forecast
from tarmac.measures import NEED_LEVELS, QUANTILES, Fan
from tarmac.report.style import BAND_COLOURS, BLUE, CLOCK_COLOURS
from tarmac.report.text import headline
from tarmac.report.words import CLOCK_NAMES, beyond, counted, percent, told_in
from tarmac.report.workbook.page import Page, money_axis

SHEET: Final = "Forecast"
_CHART_ROW, _CHART_ROWS, _SECOND_CHART = 3, 18, 3
THIRD_CHART: Final = (_CHART_ROW, 7)
"""Where there is room for one more chart: row and column counted from 0."""

CLOCKS_ROW: Final = _CHART_ROW + _CHART_ROWS + 1
"""The row of the heads of the table of clocks, counted from 0."""

_SHOWN_AT: Final = (6, 12, 18, 24)
PERCENTS: Final = QUANTILES
_CASH: Final = 1
"""The first column of the quantiles of cash."""

Series = NDArray[np.float64]


class Places:
    """Where the tables of the sheet stand: rows and columns counted from 0.

    `first`, `last`: the months of the table of amounts; `since`, `until`: those of the table of probabilities.
    """

    def __init__(self, forecast: Forecast) -> None:
        self.clocks = CLOCKS_ROW
        self.need = self.clocks + len(CLOCK_NAMES) + 3
        self.amounts = self.need + len(NEED_LEVELS) + 4
        self.first, self.last = self.amounts + 1, self.amounts + forecast.months
        self.chances = self.last + 3
        self.since, self.until = self.chances + 1, self.chances + forecast.months
        self.clock = {name: 1 + 2 * index for index, name in enumerate(CLOCK_NAMES)}


def write_forecast(page: Page, forecast: Forecast) -> None:
    """Fill the sheet."""
    formats, sheet = page.formats, page.sheet
    title = f"Forecast: {forecast.company}, {counted(forecast.paths, 'path')}, in {told_in(forecast)}"
    page.text((0, 0), title, look=formats.title())
    page.text((1, 0), f"{headline(forecast)}.", look=formats(bold=True))
    page.text((2, 0), "Values of the Monte Carlo run; they do not change with Inputs.", look=formats.note())
    _write_clocks(page, forecast)
    _write_need(page, forecast)
    _write_amounts(page, forecast)
    _write_chances(page, forecast)
    _chart_fan(page, forecast)
    _chart_survival(page, forecast)
    sheet.set_column(0, 0, 34)
    sheet.set_column(1, 2 * len(CLOCK_NAMES), 15)
    sheet.freeze_panes(3, 1)
    page.finish(forecast.company)


def _write_clocks(page: Page, forecast: Forecast) -> None:
    row, shown = Places(forecast).clocks, [months for months in _SHOWN_AT if months < forecast.months]
    shown.append(forecast.months)
    ends = [f"% by {forecast.month_name(months - 1).label}" for months in shown]
    page.heads(row, ["clock", "P10", "P50", "P90", *ends], right=1, lines=2)
    right = page.formats(align="right")
    for index, (name, words) in enumerate(CLOCK_NAMES.items(), start=row + 1):
        clock = forecast.clocks[name]
        page.text((index, 0), words)
        for column, level in enumerate((0.1, 0.5, 0.9), start=1):
            page.text((index, column), month_or_beyond(forecast, clock.month(level)), look=right)
        for column, months in enumerate(shown, start=4):
            page.text((index, column), percent(int(clock.counts[months - 1]), clock.paths), look=right)
    note = (
        "P10: the month by whose end it has struck one path in ten (P50: half, P90: nine in ten). ± is the 95% error."
    )
    page.text((row + len(CLOCK_NAMES) + 1, 0), note, look=page.formats.note())


def month_or_beyond(forecast: Forecast, month: int | None) -> str:
    """A month counted from 1 in words; beyond the horizon, that."""
    return beyond(forecast.months) if month is None else forecast.month_name(month - 1).label


def _write_need(page: Page, forecast: Forecast) -> None:
    row, need = Places(forecast).need, forecast.need
    page.heads(row, ["extra money at the opening", "amount", "95% from", "95% to"], right=1)
    for index, level in enumerate(NEED_LEVELS, start=row + 1):
        page.text((index, 0), f"that keeps {level:.0%} of the paths solvent")
        for column, amount in enumerate((need.amount(level), *need.interval(level)), start=1):
            page.put((index, column), "no amount" if amount is None else amount, kind="money")
    lost = f"No amount saves {counted(need.hopeless, 'path')} of {need.paths:,}." if need.hopeless else ""
    page.text((row + len(NEED_LEVELS) + 1, 0), lost, look=page.formats.note())


def _write_amounts(page: Page, forecast: Forecast) -> None:
    """Amounts by month."""
    places = Places(forecast)
    heads = [*(f"cash P{share}" for share in PERCENTS), "cash, mean"]
    heads += ["net burn, median", "arrears, median", "payables, median"]
    page.heads(places.amounts, ["month", *heads], right=1, lines=2)
    columns = [forecast.cash.quantile(share / 100) for share in PERCENTS]
    columns += [forecast.cash.mean, *(fan.quantile(0.5) for fan in _fans(forecast))]
    _by_month(page, forecast, row=places.first, columns=columns, kind="money")


def _fans(forecast: Forecast) -> tuple[Fan, ...]:
    return forecast.net_burn, forecast.arrears, forecast.payables


def _write_chances(page: Page, forecast: Forecast) -> None:
    """Probabilities by month."""
    places = Places(forecast)
    heads = [text for words in CLOCK_NAMES.values() for text in (f"{words}, by then", "standard error")]
    page.heads(places.chances, ["probability", *heads], right=1, lines=2)
    clocks = [forecast.clocks[name] for name in CLOCK_NAMES]
    columns = [row for clock in clocks for row in (clock.probability, clock.standard_error)]
    _by_month(page, forecast, row=places.since, columns=columns, kind="share")


def _by_month(page: Page, forecast: Forecast, *, row: int, columns: Sequence[Series], kind: str) -> None:
    """A row for every month; a cell stays empty where no path is left."""
    for month in range(forecast.months):
        page.text((row + month, 0), forecast.month_name(month).label)
        for column, values in enumerate(columns, start=1):
            page.put((row + month, column), float(values[month]), kind=kind)


def _chart_fan(page: Page, forecast: Forecast) -> None:
    places, highest = Places(forecast), float(np.nanmax(forecast.cash.quantile(0.95), initial=0.0))
    chart = page.chart("Cash at month end: quantiles over all paths", number=money_axis(highest))
    for index, share in enumerate(PERCENTS):
        inside = abs(100 - 2 * share)
        colour, width = (BLUE, 2.5) if share == 50 else (BAND_COLOURS[inside], 1.5)
        rows, name = (places.first, places.last), f"P{share}"
        chart.add_series(page.line(rows, _CASH + index, name=name, look=(colour, width)))
    page.sheet.insert_chart(_CHART_ROW, 0, chart, {"object_position": 3})


def _chart_survival(page: Page, forecast: Forecast) -> None:
    places, chart = Places(forecast), page.chart("Probability by month end", number="0%", most=1.0)
    for name, colour in CLOCK_COLOURS.items():
        if name == "insolvent" or forecast.clocks[name].counts[-1]:
            rows, column = (places.since, places.until), places.clock[name]
            chart.add_series(page.line(rows, column, name=CLOCK_NAMES[name], look=(colour, 2.0)))
    page.sheet.insert_chart(_CHART_ROW, _SECOND_CHART, chart, {"object_position": 3})
