"""The Forecast sheet: the Monte Carlo forecast as values, with native charts of the fan and of the probabilities."""

import math
from typing import Any, Final

import numpy as np

from tarmac.forecast import Forecast
from tarmac.measures import NEED_LEVELS, QUANTILES
from tarmac.report.style import BAND_COLOURS, BLUE, CLOCK_COLOURS
from tarmac.report.text import headline
from tarmac.report.words import CLOCK_NAMES, counted, percent, told_in
from tarmac.report.workbook.page import Page, Place, money_axis

SHEET: Final = "Forecast"
_CHART_ROW, _CHART_ROWS, _SECOND_CHART = 3, 18, 6
CLOCKS_ROW: Final = _CHART_ROW + _CHART_ROWS + 1
"""The row of the heads of the table of clocks, counted from 0."""

_SHOWN_AT: Final = (6, 12, 18, 24)
PERCENTS: Final = QUANTILES
_CASH: Final = 1
"""The first column of the quantiles of cash in the table by month."""

PROBABILITIES: Final = tuple(CLOCK_NAMES)


class Places:
    """Where the tables of the sheet stand: rows and columns counted from 0."""

    def __init__(self, forecast: Forecast) -> None:
        self.clocks = CLOCKS_ROW
        self.need = self.clocks + len(CLOCK_NAMES) + 3
        self.months = self.need + len(NEED_LEVELS) + 4
        self.first, self.last = self.months + 1, self.months + forecast.months
        self.mean = _CASH + len(PERCENTS)
        self.clock = {name: self.mean + 1 + 2 * index for index, name in enumerate(PROBABILITIES)}
        self.burn = self.mean + 1 + 2 * len(PROBABILITIES)
        self.columns = self.burn + 3


def write_forecast(page: Page, forecast: Forecast) -> None:
    """Fill the sheet."""
    places, formats, sheet = Places(forecast), page.formats, page.sheet
    title = f"Forecast: {forecast.company}, {counted(forecast.paths, 'path')}, in {told_in(forecast)}"
    page.text((0, 0), title, look=formats.title())
    page.text((1, 0), f"{headline(forecast)}.", look=formats(bold=True))
    page.text((2, 0), "Values of the Monte Carlo run; they do not change with Inputs.", look=formats.note())
    _write_clocks(page, forecast)
    _write_need(page, forecast)
    _write_months(page, forecast)
    _chart_fan(page, forecast)
    _chart_survival(page, forecast)
    sheet.set_column(0, 0, 30)
    sheet.set_column(1, places.columns, 13)
    sheet.freeze_panes(3, 1)
    page.finish(forecast.company)


def _write_clocks(page: Page, forecast: Forecast) -> None:
    row, shown = Places(forecast).clocks, [months for months in _SHOWN_AT if months < forecast.months]
    shown.append(forecast.months)
    ends = [f"by {forecast.month_name(months - 1).label}, % ± 95% error" for months in shown]
    page.heads(row, ["clock", "P10", "P50", "P90", *ends])
    page.sheet.set_row(row, 26)
    right = page.formats(align="right")
    for index, (name, words) in enumerate(CLOCK_NAMES.items(), start=row + 1):
        clock = forecast.clocks[name]
        page.text((index, 0), words)
        for column, level in enumerate((0.1, 0.5, 0.9), start=1):
            page.text((index, column), month_or_beyond(forecast, clock.month(level)), look=right)
        for column, months in enumerate(shown, start=4):
            page.text((index, column), percent(int(clock.counts[months - 1]), clock.paths), look=right)
    note = "P10: the month by whose end it has struck one path in ten; P50: half of them; P90: nine in ten."
    page.text((row + len(CLOCK_NAMES) + 1, 0), note, look=page.formats.note())


def month_or_beyond(forecast: Forecast, month: int | None) -> str:
    """A month counted from 1 in words; beyond the horizon, that."""
    return f"more than {counted(forecast.months, 'month')}" if month is None else forecast.month_name(month - 1).label


def _write_need(page: Page, forecast: Forecast) -> None:
    row, need = Places(forecast).need, forecast.need
    page.heads(row, ["extra money at the opening", "amount", "95% from", "95% to"])
    for index, level in enumerate(NEED_LEVELS, start=row + 1):
        page.text((index, 0), f"that keeps {level:.0%} of the paths solvent")
        for column, amount in enumerate((need.amount(level), *need.interval(level)), start=1):
            _amount(page, (index, column), amount=amount)
    lost = f"No amount saves {counted(need.hopeless, 'path')} of {need.paths:,}." if need.hopeless else ""
    page.text((row + len(NEED_LEVELS) + 1, 0), lost, look=page.formats.note())


def _amount(page: Page, place: Place, *, amount: float | None) -> None:
    if amount is None:
        page.text(place, "no amount", look=page.formats(align="right"))
    elif math.isfinite(amount):
        page.number(place, amount, look=page.formats.number("money"))


def _write_months(page: Page, forecast: Forecast) -> None:
    places = Places(forecast)
    clocks = [text for name in PROBABILITIES for text in (f"{CLOCK_NAMES[name]}: probability", "standard error")]
    cash = [f"cash P{share}" for share in PERCENTS]
    middle = ("net burn, median", "arrears, median", "payables, median")
    page.heads(places.months, ["month", *cash, "cash, mean", *clocks, *middle])
    page.sheet.set_row(places.months, 38)
    columns = [forecast.cash.quantile(share / 100) for share in PERCENTS]
    columns.append(forecast.cash.mean)
    for name in PROBABILITIES:
        columns += [forecast.clocks[name].probability, forecast.clocks[name].standard_error]
    columns += [fan.quantile(0.5) for fan in (forecast.net_burn, forecast.arrears, forecast.payables)]
    for month in range(forecast.months):
        page.text((places.first + month, 0), forecast.month_name(month).label)
        for column, values in enumerate(columns, start=1):
            chance = places.mean < column < places.burn
            value = float(values[month])
            if math.isfinite(value):
                look = page.formats.number("share" if chance else "money")
                page.number((places.first + month, column), value, look=look)


def _chart_fan(page: Page, forecast: Forecast) -> None:
    places, highest = Places(forecast), float(np.nanmax(forecast.cash.quantile(0.95), initial=0.0))
    chart = page.chart("Cash at month end: quantiles over all paths", number=money_axis(highest))
    for index, share in enumerate(PERCENTS):
        inside = abs(100 - 2 * share)
        colour, width = (BLUE, 2.5) if share == 50 else (BAND_COLOURS[inside], 1.5)
        chart.add_series(_series(places, _CASH + index, name=f"P{share}", colour=colour, width=width))
    page.sheet.insert_chart(_CHART_ROW, 0, chart, {"object_position": 3})


def _chart_survival(page: Page, forecast: Forecast) -> None:
    places, chart = Places(forecast), page.chart("Probability by month end", number="0%", most=1.0)
    for name, colour in CLOCK_COLOURS.items():
        if forecast.clocks[name].counts[-1]:
            column = places.clock[name]
            chart.add_series(_series(places, column, name=CLOCK_NAMES[name], colour=colour, width=2.0))
    page.sheet.insert_chart(_CHART_ROW, _SECOND_CHART, chart, {"object_position": 3})


def _series(places: Places, column: int, *, name: str, colour: str, width: float) -> dict[str, Any]:
    return {
        "name": name,
        "categories": [SHEET, places.first, 0, places.last, 0],
        "values": [SHEET, places.first, column, places.last, column],
        "line": {"color": colour, "width": width},
    }
