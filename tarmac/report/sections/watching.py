"""Who needs attention: the watch list, when each company runs out of money, and companies by months."""

from typing import TYPE_CHECKING, Final

from tarmac.money import format_share
from tarmac.portfolio.result import PortfolioForecast
from tarmac.report.parts import Picture, Section, Sheet
from tarmac.report.portfolio import RAISED, begin_by, heat_table, most_error, ranking_in_words, watch_cells, watch_table
from tarmac.report.portfolio_pictures import MOST_ROWS, heat_picture, runway_rows
from tarmac.report.words import counted, in_currency, percent, short

if TYPE_CHECKING:
    import pandas as pd

LONGEST: Final = 60
"""Signs of a company's name in a table."""


def watchlist(found: PortfolioForecast) -> Section:
    """Companies by urgency: when each runs out of money, by when it must begin to raise, and how much."""
    picture = Picture(
        name="watchlist",
        title="When each company runs out of money, the most urgent first",
        words=f"A row for each company, the months from P10 to P90 of its insolvency. {_first(found)}",
        draw=lambda form: runway_rows(found, form),
        table=_dates(found),
    )
    note = (
        f"{ranking_in_words(found)} Begin to raise by, raise: to get through to the horizon on 90% of paths with no "
        f"other new money; {RAISED}. ±, <, >: 95% Monte Carlo error."
    )
    notes = (note, *not_drawn(found))
    return Section("watchlist", "Who needs attention first", (), (picture,), (_watch(found),), notes)


def _first(found: PortfolioForecast) -> str:
    first = found.ranked[0]
    month = min(12, found.months)
    chance = percent(int(first.clock.counts[month - 1]), found.paths)
    return f"Most urgent is {short(first.name, LONGEST)}: insolvent by {found.month_label(month - 1)} on {chance}%."


def not_drawn(found: PortfolioForecast) -> list[str]:
    """A sentence on companies that stand in the tables alone."""
    more = len(found.standings) - MOST_ROWS
    return [f"The charts show the {MOST_ROWS} most urgent companies, the tables all."] if more > 0 else []


def _watch(found: PortfolioForecast) -> Sheet:
    dates = [f"by {found.month_label(month - 1)}" for month in found.horizons]
    heads = ("company", *dates, "P10", "P50", "P90", "begin to raise by", "raise", "stake")
    rows = []
    for item in found.ranked:
        cells = watch_cells(found, item)
        chances = [f"{cell}%" for cell in cells[: len(dates)]]
        rows.append((short(item.name, LONGEST), *chances, *cells[len(dates) :]))
    title = f"Watch list: chances of insolvency, its dates, and the raise{in_currency(found.portfolio.currency)}"
    return Sheet("watch-list", title, heads, tuple(rows), lambda: watch_table(found))


def _dates(found: PortfolioForecast) -> Sheet:
    """The months drawn: those of the watch list that lie within the horizon."""
    rows = []
    for item in found.ranked:
        months = [item.clock.month(level) for level in (0.1, 0.5, 0.9)]
        beyond = f"more than {counted(found.months, 'month')}"
        dates = (beyond if month is None else item.month(month - 1).label for month in months)
        rows.append((short(item.name, LONGEST), *dates, begin_by(found, item)))
    heads = ("company", "P10", "P50", "P90", "begin to raise by")
    return Sheet("runway-dates", "Months of insolvency", heads, tuple(rows), lambda: _dates_frame(found))


def _dates_frame(found: PortfolioForecast) -> "pd.DataFrame":
    return watch_table(found)[["p10", "p50", "p90", "begin_by"]]


def heatmap(found: PortfolioForecast) -> Section:
    """The probability of insolvency of each company by the end of each month."""
    picture = Picture(
        name="heatmap",
        title="Probability of insolvency by month end",
        words=f"A row for each company, a column for each month: the fuller, the likelier. {_first(found)}",
        draw=lambda form: heat_picture(found, form),
        table=_heat(found),
    )
    note = f"95% Monte Carlo error: {most_error(found.paths)} in any cell."
    return Section("heatmap", "Month by month", (), (picture,), notes=(note, *not_drawn(found)))


def _heat(found: PortfolioForecast) -> Sheet:
    heads = ("company", *(found.month_label(month) for month in range(found.months)))
    rows = tuple(
        (short(item.name, LONGEST), *(format_share(float(share)) for share in item.clock.probability))
        for item in found.ranked
    )
    return Sheet("heat-map", "Insolvent by the end of", heads, rows, lambda: heat_table(found))
