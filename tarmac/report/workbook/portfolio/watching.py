"""The sheets Watch list and Months: companies by urgency, with their dates, and month by month."""

from typing import Final

from tarmac.months import Month
from tarmac.portfolio.deadline import CONFIDENCE
from tarmac.portfolio.result import PortfolioForecast, Standing
from tarmac.report.portfolio import RAISED, headline, most_error, ranking_in_words
from tarmac.report.words import counted
from tarmac.report.workbook.page import NUMBERS, Page, pages_for
from tarmac.report.workbook.portfolio.heading import HEAD, SHADES, Values, finish, write_heading, write_row

_DATES: Final = ("P10", "P50", "P90")
_LEVELS: Final = (0.1, 0.5, 0.9)
_NOTE: Final = "P10: insolvent by then on one path in ten."
_RAISE: Final = (
    f"begin to raise by, raise: to get through to the horizon on 90% of paths with no other new money; {RAISED}."
)
_ERROR: Final = "Standard error, 95% interval: of the simulation alone. Whether the ranges are right, no run can say."


def write_watch_list(page: Page, found: PortfolioForecast) -> None:
    """Fill the sheet Watch list."""
    write_heading(page, found, what="Watch list", note=f"{ranking_in_words(found)} {_NOTE}")
    page.text((3, 0), f"{headline(found)}.", look=page.formats(bold=True))
    chances = [head for month in found.horizons for head in (_by(found, month), "standard error")]
    needed = f"raise, {found.portfolio.currency}"
    dates = [*_DATES, "begin to raise by"]
    heads = ["company", "own currency", "stake", *chances, *dates, needed, f"{needed}, 95% from", "to"]
    kinds = ["plain", "share", *["share"] * len(chances), *["month"] * 4, *["money"] * 3]
    page.heads(HEAD, heads, right=1, lines=3)
    for row, item in enumerate(found.ranked, start=HEAD + 1):
        page.text((row, 0), item.name)
        write_row(page, row, values=_standing(found, item), kinds=kinds)
    last = HEAD + len(found.standings)
    for place in range(len(found.horizons)):
        column = 3 + 2 * place
        page.shade((HEAD + 1, column), (last, column), colours=SHADES, ends=(0.0, 1.0))
    for row, text in enumerate((_RAISE, _ERROR), start=last + 2):
        page.text((row, 0), text, look=page.formats.note())
    page.sheet.autofilter(HEAD, 0, last, len(heads) - 1)
    page.sheet.set_column(1, len(heads) - 1, 11.5)
    page.sheet.set_column(3 + len(chances), 5 + len(chances), 16)
    finish(page, found)


def _by(found: PortfolioForecast, month: int) -> str:
    return f"insolvent by {found.month_label(month - 1)}"


def _standing(found: PortfolioForecast, item: Standing) -> Values:
    """A company's cells after its name."""
    clock = item.clock
    places = [month - 1 for month in found.horizons]
    chances = [float(side[place]) for place in places for side in (clock.probability, clock.standard_error)]
    dates = [_month(found, item, index=clock.month(level)) for level in _LEVELS]
    return [item.holding.currency, item.holding.stake, *chances, *dates, found.begin_by(item), *_raise(item)]


def _month(found: PortfolioForecast, item: Standing, *, index: int | None) -> str | Month:
    """A month counted from 1, in the company's own calendar."""
    return f"more than {counted(found.months, 'month')}" if index is None else item.month(index - 1)


def _raise(item: Standing) -> list[str | float | None]:
    """The amount, and its 95% interval."""
    if item.deadline is None:
        return [None, None, None]
    ends = item.deadline.need.interval(CONFIDENCE)
    amounts = [item.need, *(None if end is None else end * item.holding.rate for end in ends)]
    return ["no amount" if amount is None else amount for amount in amounts]


def write_months(page: Page, found: PortfolioForecast) -> None:
    """Fill the sheet Months: the probability of insolvency of each company by the end of each month."""
    note = f"Insolvent by the end of the month. 95% Monte Carlo error: {most_error(found.paths)} in any cell."
    write_heading(page, found, what="Months", note=note)
    page.heads(HEAD, ["company"])
    dates = page.formats.head(num_format=NUMBERS["month"], align="right")
    for month in range(found.months):
        if found.portfolio.apart:
            page.text((HEAD, 1 + month), found.month_label(month), look=dates)
        else:
            page.month((HEAD, 1 + month), found.portfolio.first_month + month, look=dates)
    for row, item in enumerate(found.ranked, start=HEAD + 1):
        page.text((row, 0), item.name)
        write_row(page, row, values=item.clock.probability.tolist(), kinds=["share"] * found.months)
    last = (HEAD + len(found.standings), found.months)
    page.shade((HEAD + 1, 1), last, colours=SHADES, ends=(0.0, 1.0))
    page.sheet.set_column(1, found.months, 8.5)
    finish(page, found, wide=pages_for(found.months))
