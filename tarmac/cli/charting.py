"""`tarmac chart`: one chart of a report alone, with its title, or the table of what it draws."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from tarmac.cli.asked import CHARTS, CHARTS_OF_MANY, AskedChart, Drawn
from tarmac.cli.checking import in_the_way, kept, unlike_a_run
from tarmac.cli.console import safe
from tarmac.cli.paging import layout_of, stem
from tarmac.cli.portfolio_reporting import as_portfolio
from tarmac.cli.portfolios import checked
from tarmac.cli.portfolios import worked_out as looked_ahead
from tarmac.cli.reporting import of_portfolios, worked_out
from tarmac.cli.reports import is_of_many
from tarmac.cli.running import patched, without_rate
from tarmac.cli.saving import Writer, text_writer
from tarmac.cli.telling import hand_over
from tarmac.company import Company
from tarmac.dossier import Dossier, Wanted
from tarmac.errors import InputError, Problem, nearest
from tarmac.report.comparing_charts import overlay_figure, save_compared
from tarmac.report.comparing_tables import survival_overlay_table
from tarmac.report.figure import runway_figure, save
from tarmac.report.layouts import Layout
from tarmac.report.levers import levers_figure, levers_table, save_levers
from tarmac.report.owning import ownership_figure, save_ownership
from tarmac.report.portfolio import heat_table, reserve_table, watch_table
from tarmac.report.portfolio_charts import heat_figure, reserve_figure, save_portfolio, watch_figure
from tarmac.report.raising_charts import need_table, raise_figure, save_raise
from tarmac.report.spreadsheet import as_csv
from tarmac.report.tables import ownership_table, runway_table
from tarmac.simulation import MOST_PATHS


@dataclass(frozen=True, slots=True)
class Kind:
    """A chart that can be asked for: how what was found is drawn and kept, and the table of it."""

    draw: Callable[[Any, str], Any]
    keep: Callable[[Any, Path, Any], object]
    table: Callable[[Any], Any]


@dataclass(frozen=True, slots=True)
class _Of:
    """A chart of one company: what has to be worked out for it, what of that is drawn, and how."""

    wanted: Callable[[Layout], Wanted]
    found: Callable[[Dossier], Any]
    kind: Kind


def run(asked: AskedChart) -> int:
    """Check everything, work it out and draw it; the exit code."""
    return _of_many(asked) if asked.name in CHARTS_OF_MANY else _of_one(asked)


def _of_one(asked: AskedChart) -> int:
    company, layout = _checked(asked)
    chart = KINDS[asked.name]
    dossier = worked_out(asked, company, wanted=chart.wanted(layout), currency=asked.currency)
    found = chart.found(dossier)
    if found is None:
        why = dossier.missing.get("raise", "there is nothing to show for this company")
        raise InputError([Problem("command line", "chart", asked.name, f"can be worked out: {why}", "choose another")])
    forecast = dossier.forecast
    _hand_over(asked, chart.kind, found=found, title=f"{safe(forecast.company)}: seed {forecast.origin.seed}")
    return 0


def _of_many(asked: AskedChart) -> int:
    problems = [*_unlike_a_chart(asked)]
    portfolio = kept(problems, lambda item: checked(item, files=[*_names(asked)]), on=as_portfolio(asked))
    if portfolio is None or problems:
        raise InputError(dict.fromkeys(problems))
    found = looked_ahead(as_portfolio(asked), portfolio)
    title = f"{safe(found.portfolio.name)}: seed {found.seed}"
    _hand_over(asked, KINDS_OF_MANY[asked.name], found=found, title=title)
    return 0


def _hand_over(asked: AskedChart, kind: Kind, *, found: object, title: str) -> None:
    hand_over(
        asked,
        lambda: f"{asked.name} of {title}",
        document=dict,
        files=lambda: {name: _writer(asked, kind, found=found, form=form) for name, form in _names(asked).items()},
    )


def _writer(asked: AskedChart, kind: Kind, *, found: object, form: Drawn) -> Writer:
    if form is Drawn.CSV:
        return text_writer(as_csv(kind.table(found)))
    return lambda path: kind.keep(kind.draw(found, asked.size.value), path, found)


def _checked(asked: AskedChart) -> tuple[Company, Layout]:
    """The company and the layout; every mistake of the command line and its files at once."""
    problems: list[Problem] = [*_unlike_a_chart(asked)]
    company = kept(problems, lambda name: patched(name, asked.scenarios), on=asked.company)
    layout = kept(problems, lambda name: layout_of(name, what="company"), on=asked.layout)
    problems += [*unlike_a_run(asked, most_paths=MOST_PATHS), *in_the_way(asked, _names(asked)), *of_portfolios(asked)]
    problems += [] if company is None else without_rate(asked.currency, company)
    if company is None or layout is None or problems:
        raise InputError(dict.fromkeys(problems))
    return company, layout


def _unlike_a_chart(asked: AskedChart) -> Iterator[Problem]:
    """A chart there is none of, or none of what is named; and no folder to write it into."""
    charts = CHARTS | CHARTS_OF_MANY
    if asked.name not in charts:
        yield Problem("command line", "chart", asked.name, "is a chart of a report", nearest(asked.name, charts))
    elif (asked.name in CHARTS_OF_MANY) != is_of_many(asked.company, other=asked.name in CHARTS_OF_MANY):
        what, others = ("a portfolio", CHARTS) if asked.name in CHARTS_OF_MANY else ("one company", CHARTS_OF_MANY)
        remedy = f"of {safe(asked.company)} there are {', '.join(others)}"
        raise InputError([Problem("command line", "chart", asked.name, f"is a chart of {what}", remedy)])
    if asked.out is None:
        yield Problem("command line", "out", "", "a chart is written into a folder", "add --out DIR")


def _names(asked: AskedChart) -> dict[str, Drawn]:
    """The files by name."""
    return {f"{stem(asked, asked.name)}.{form}": form for form in asked.forms or [Drawn.PNG]}


KINDS: Final = {
    "runway": _Of(
        lambda _: Wanted(),
        lambda dossier: dossier.forecast,
        Kind(runway_figure, lambda figure, path, found: save(figure, path, forecast=found), runway_table),
    ),
    "ownership": _Of(
        lambda _: Wanted(),
        lambda dossier: None if dossier.forecast.ownership is None else dossier.forecast,
        Kind(
            ownership_figure,
            lambda figure, path, found: save_ownership(figure, path, forecast=found),
            lambda found: ownership_table(found).round(6),
        ),
    ),
    "need": _Of(
        lambda layout: Wanted(raising=True, confidence=layout.confidence),
        lambda dossier: dossier.raised,
        Kind(
            raise_figure,
            lambda figure, path, found: save_raise(figure, path, found=found),
            lambda found: need_table(found).round(2),
        ),
    ),
    "scenarios": _Of(
        lambda layout: Wanted(scenarios=layout.scenarios),
        lambda dossier: dossier.compared,
        Kind(
            overlay_figure,
            lambda figure, path, found: save_compared(figure, path, found=found),
            survival_overlay_table,
        ),
    ),
    "levers": _Of(
        lambda _: Wanted(levers=True),
        lambda dossier: dossier.ranked,
        Kind(levers_figure, lambda figure, path, found: save_levers(figure, path, found=found), levers_table),
    ),
}
"""The charts of one company, by name."""


_DRAWN_OF_MANY: Final = {
    "watchlist": (watch_figure, watch_table),
    "heatmap": (heat_figure, heat_table),
    "reserves": (reserve_figure, reserve_table),
}

KINDS_OF_MANY: Final = {
    name: Kind(draw, lambda figure, path, found: save_portfolio(figure, path, found=found), table)
    for name, (draw, table) in _DRAWN_OF_MANY.items()
}
"""The charts of a portfolio, by name."""
