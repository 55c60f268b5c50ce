"""The report of a portfolio put together: the sections that a layout asks for, in its order."""

from collections.abc import Callable
from typing import Final

from tarmac.portfolio.counting import count_at, mean_count
from tarmac.portfolio.result import YEAR, PortfolioForecast, Standing
from tarmac.report.layouts import Layout, titled
from tarmac.report.parts import KeyFigure, Report, Section
from tarmac.report.portfolio import companies_in, subtitle
from tarmac.report.sections.held import Origin, assumptions, definitions, provenance
from tarmac.report.sections.together import concentration, correlation, failures, reserves, stress
from tarmac.report.sections.watching import heatmap, watchlist
from tarmac.report.words import bare_money, in_currency, percent, short

SECTIONS: Final[dict[str, Callable[[PortfolioForecast, Origin], Section]]] = {
    "watchlist": lambda found, _: watchlist(found),
    "heatmap": lambda found, _: heatmap(found),
    "failures": lambda found, _: failures(found),
    "reserves": lambda found, _: reserves(found),
    "stress": lambda found, _: stress(found),
    "concentration": lambda found, _: concentration(found),
    "correlation": lambda found, _: correlation(found),
    "assumptions": assumptions,
    "definitions": lambda *_: definitions(),
    "provenance": provenance,
}
"""What can be shown of a portfolio."""

_SOON: Final = 3
_NAMED: Final = 3


def portfolio_report(found: PortfolioForecast, layout: Layout, *, origin: Origin) -> Report:
    """The report of a portfolio in a layout for one."""
    made = [(shown, SECTIONS[shown.shows](found, origin)) for shown in layout.section]
    return Report(
        name=short(found.portfolio.name, 200),
        title=layout.title,
        reader=layout.reader,
        subtitle=subtitle(found),
        answer=answer(found),
        words=layout.words,
        figures=key_figures(found),
        sections=tuple(titled(section, shown) for shown, section in made),
        kind="portfolio",
    )


def answer(found: PortfolioForecast) -> str:
    """How many of the companies fail, and who needs attention first, in one sentence."""
    last, end = found.failures[-1], found.month_label(found.months - 1)
    share = f"{mean_count(last):.1f} of {companies_in(found)} fail by {end} on average"
    return f"{share}, on nine paths in ten at most {count_at(last, 0.9)}; {_who(found)}."


def _who(found: PortfolioForecast) -> str:
    """The companies that may fail within a year, the likeliest first, at most three by name."""
    month = min(YEAR, found.months) - 1
    urgent = [short(item.name, 40) for item in found.ranked if item.clock.counts[month]]
    if not urgent:
        return f"none fails by {found.month_label(month)} on any path"
    *others, last = urgent[:_NAMED]
    names = f"{', '.join(others)} and {last}" if others else last
    return f"{names} {'need' if others else 'needs'} attention first"


def key_figures(found: PortfolioForecast) -> tuple[KeyFigure, ...]:
    """The few figures a reader looks for first: how many, who, by when, how much."""
    last, end = found.failures[-1], found.month_label(found.months - 1)
    number = KeyFigure(
        f"Fail by {end}, on average",
        f"{mean_count(last):.1f} of {len(found.standings)}",
        f"on nine paths in ten at most {count_at(last, 0.9)}",
    )
    return number, _first(found), _deadlines(found), _reserve(found)


def _first(found: PortfolioForecast) -> KeyFigure:
    first, month = found.ranked[0], min(YEAR, found.months) - 1
    share = percent(int(first.clock.counts[month]), found.paths)
    return KeyFigure("Most urgent", short(first.name, 40), f"insolvent by {found.month_label(month)} on {share}%")


def _deadlines(found: PortfolioForecast) -> KeyFigure:
    """How many must begin to raise within three months, and for how many it is too late."""

    def begins(item: Standing) -> int | None:
        return None if item.deadline is None else item.deadline.begin_by

    late = sum(item.deadline is not None and item.deadline.begin_by is None for item in found.standings)
    soon = sum((begin := begins(item)) is not None and begin < min(_SOON, found.months) for item in found.standings)
    by = found.month_label(min(_SOON, found.months) - 1)
    more = " more" if soon and late else ""
    note = f"too late for {late or 'none'}{more}, to be 90% sure of {found.month_label(found.months - 1)}"
    return KeyFigure(f"Must begin to raise by {by}", str(soon), note)


def _reserve(found: PortfolioForecast) -> KeyFigure:
    own, code = found.knows_stakes, found.portfolio.currency
    fan = found.reserve(own=own)
    amount, half = (bare_money(float(fan.quantile(level)[-1]), code) for level in (0.9, 0.5))
    whose = "the investor's, stake by stake" if own else "of all investors"
    return KeyFigure(f"Reserve{in_currency(code)}", amount, f"{whose}, on 90% of paths; {half} on half")
