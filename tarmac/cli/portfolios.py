"""`tarmac portfolio`: many companies on one market, on the screen and in files."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Final

from tarmac import library
from tarmac.cli.asked import AskedPortfolio
from tarmac.cli.carrying import going_on, how_of, unlike_means
from tarmac.cli.checking import SEEDS, in_the_way, kept
from tarmac.cli.console import progress, teller
from tarmac.cli.saving import Writer, as_json, text_writer
from tarmac.cli.telling import hand_over
from tarmac.company.line_checks import LONGEST
from tarmac.errors import InputError, Problem, nearest, out_of_range
from tarmac.money import CURRENCIES, NumberError, parse_amount
from tarmac.months import Month
from tarmac.portfolio import MOST_PATHS, Asked, Portfolio, PortfolioForecast, is_portfolio, look_ahead, portfolio_from
from tarmac.report.portfolio import (
    concentration_table,
    correlation_table,
    failures_table,
    heat_table,
    portfolio_text,
    quarters_table,
    watch_table,
)
from tarmac.report.portfolio_charts import heat_figure, reserve_figure, save_portfolio, watch_figure
from tarmac.report.spreadsheet import as_csv

_FILES: Final = (
    "portfolio.json", "watch-list.csv", "months.csv", "quarters.csv", "failures.csv", "correlation.csv",
    "concentration.csv", "watch-list.png", "heat-map.png", "reserve.png",
)  # fmt: skip


def run(asked: AskedPortfolio) -> int:
    """Check everything, run, print and save; the exit code."""
    portfolio = checked(asked, files=_FILES)
    with going_on(asked.resume):
        found = worked_out(asked, portfolio)
        hand_over(asked, lambda: portfolio_text(found), document=found.as_json, files=lambda: _files(found))
    return 0


def worked_out(asked: AskedPortfolio, portfolio: Portfolio) -> PortfolioForecast:
    """The companies of the portfolio on one market, as they were asked for."""
    with progress(quiet=asked.quiet, what="runs of companies") as tell:
        return look_ahead(
            portfolio,
            common=asked.held.common,
            months=asked.months,
            paths=asked.paths,
            seed=asked.seed,
            how=replace(how_of(asked.means, tell), resume=asked.resume, say=teller(quiet=asked.quiet)),
        )


def checked(asked: AskedPortfolio, *, files: Sequence[str]) -> Portfolio:
    """The portfolio; every mistake of the command line and its files at once. `files`: what is to be written."""
    problems: list[Problem] = list(
        out_of_range(
            months=(asked.months, 1, LONGEST),
            paths=(asked.paths, 1, MOST_PATHS),
            seed=(asked.seed, *SEEDS),
        )
    )
    problems += [*unlike_means(asked.means), *in_the_way(asked, files)]
    scenarios = [kept(problems, library.load_scenario, on=name) for name in asked.scenarios]
    rates = dict(pair for text in asked.held.rates if (pair := kept(problems, _rate, on=text)) is not None)
    month = kept(problems, _month, on=asked.held.first_month)
    stake = None if asked.held.stake is None else kept(problems, _share, on=asked.held.stake)
    problems += _no_currency(asked.currency)
    said = Asked(
        this_month=month or _this_month(),
        scenarios=[item for item in scenarios if item is not None],
        currency=asked.currency,
        rates=rates,
        stake=stake,
        investor=asked.held.investor,
        defaults=asked.held.defaults,
        align=asked.held.align,
    )
    portfolio = kept(problems, lambda name: _portfolio(name, said), on=asked.portfolio)
    if portfolio is None or problems:
        raise InputError(dict.fromkeys(problems))
    return portfolio


def _portfolio(name: str, said: Asked) -> Portfolio:
    """The portfolio of that name. InputError lists its mistakes; of a company it says that it is one."""
    try:
        return portfolio_from(name, said)
    except InputError as error:
        if is_portfolio(name) or not library.is_company(name):
            raise
        raise InputError([replace(item, remedy="it is a company: tarmac run") for item in error.problems]) from None


def _this_month() -> Month:
    today = date.today()  # noqa: DTZ011  (the user's own calendar)
    return Month(today.year, today.month)


def _month(text: str | None) -> Month | None:
    try:
        return None if text is None else Month.parse(text)
    except ValueError as error:
        rule = "is a month such as 2027-01"
        raise InputError([Problem("command line", "first-month", str(text), rule, str(error))]) from None


def _share(text: str) -> float:
    rule, remedy = "is a share from 0% to 100%", "write 12% or 0.12"
    try:
        found = parse_amount(text)
    except NumberError as error:
        raise InputError([Problem("command line", "stake", text, rule, error.message)]) from None
    if found.unit not in ("", "%") or not 0 <= found.value <= 1:
        raise InputError([Problem("command line", "stake", text, rule, remedy)])
    return found.value


def _rate(text: str) -> tuple[str, float]:
    """A currency and what one unit of it costs.

    >>> _rate("EUR=1.08")
    ('EUR', 1.08)
    """
    code, _, number = text.partition("=")
    rule, remedy = "is a currency and what one unit of it costs", "write EUR=1.08"
    if not number.strip():
        raise InputError([Problem("command line", "rate", text, rule, remedy)])
    try:
        found = parse_amount(number)
    except NumberError as error:
        raise InputError([Problem("command line", "rate", text, rule, error.message)]) from None
    if found.unit or found.value <= 0:
        raise InputError([Problem("command line", "rate", text, rule, remedy)])
    return code.strip().upper(), found.value


def _no_currency(code: str | None) -> Iterator[Problem]:
    if code is not None and code not in CURRENCIES:
        rule = "is a currency's three-letter code (ISO 4217)"
        yield Problem("command line", "currency", code, rule, nearest(code, CURRENCIES))


def _files(found: PortfolioForecast) -> dict[str, Writer]:
    tables = (watch_table, heat_table, quarters_table, failures_table, correlation_table, concentration_table)
    texts = [as_json(found.as_json()) + "\n", *(as_csv(table(found)) for table in tables)]
    figures = (watch_figure, heat_figure, reserve_figure)
    pictures: Sequence[Writer] = [
        lambda path, draw=draw: save_portfolio(draw(found), Path(path), found=found)  # type: ignore[misc]
        for draw in figures
    ]
    return dict(zip(_FILES, [*map(text_writer, texts), *pictures], strict=True))
