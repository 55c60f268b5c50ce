"""A report put together: the sections that a layout asks for, in its order, from what has been worked out."""

from collections.abc import Callable
from typing import Final

from tarmac.dossier import Dossier, Wanted
from tarmac.forecast import Forecast
from tarmac.money import format_money, format_share
from tarmac.raising import Raise
from tarmac.report.layouts import Layout, Shown, titled
from tarmac.report.parts import KeyFigure, Report, Section
from tarmac.report.sections.choosing import levers, scenarios
from tarmac.report.sections.raising import need, raise_
from tarmac.report.sections.resting import assumptions, definitions, facts, provenance
from tarmac.report.sections.runway import clocks, ownership, runway
from tarmac.report.text import headline, scenarios_in_words
from tarmac.report.words import beyond, chance, counted, end_of, half_months, percent, told_in

SECTIONS: Final[dict[str, Callable[[Dossier], Section | None]]] = {
    "runway": runway,
    "clocks": clocks,
    "need": need,
    "raise": raise_,
    "ownership": ownership,
    "scenarios": scenarios,
    "levers": levers,
    "assumptions": assumptions,
    "facts": facts,
    "definitions": definitions,
}
"""What can be shown, besides the provenance, which also needs the command."""


def wanted_by(layout: Layout) -> Wanted:
    """What has to be worked out for a layout besides the forecast."""
    return Wanted(
        raising=layout.shows("raise"),
        levers=layout.shows("levers"),
        facts=layout.shows("facts"),
        scenarios=layout.scenarios if layout.shows("scenarios") else (),
        confidence=layout.confidence,
    )


def report_of(dossier: Dossier, layout: Layout, *, command: str) -> Report:
    """The report of a company in a layout; sections that have nothing to show for this company are left out.

    `command`: how to make it again, as it is typed.
    """
    forecast = dossier.forecast
    made = [(shown, _section(dossier, shown, command=command)) for shown in layout.section]
    span = f"{counted(forecast.months, 'month')} from {forecast.origin.first_month.label}"
    subtitle = f"{span}, {scenarios_in_words(forecast)}, amounts in {told_in(forecast)}"
    return Report(
        name=forecast.company,
        title=layout.title,
        reader=layout.reader,
        subtitle=subtitle,
        answer=f"{headline(forecast)}.",
        words=layout.words,
        figures=key_figures(dossier),
        sections=tuple(titled(section, shown) for shown, section in made if section is not None),
    )


def _section(dossier: Dossier, shown: Shown, *, command: str) -> Section | None:
    return provenance(dossier, command) if shown.shows == "provenance" else SECTIONS[shown.shows](dossier)


def key_figures(dossier: Dossier) -> tuple[KeyFigure, ...]:
    """The few figures a reader looks for first: when, how likely, how much, by when."""
    forecast, found = dossier.forecast, dossier.raised
    figures = [_half(forecast), _within_a_year(forecast)]
    figures += [] if found is None else [_amount(found), _begin(found)]
    rule = forecast.simple_runway
    if found is None and rule is not None:
        figures.append(KeyFigure("Cash / burn rule", half_months(rule), "for comparison only"))
    return tuple(figures)


def _half(forecast: Forecast) -> KeyFigure:
    half, tenth = forecast.insolvent.month(0.5), forecast.insolvent.month(0.1)
    later = beyond(forecast.months)
    early = f"after {later}" if tenth is None else f"by {end_of(forecast, tenth - 1)}"
    value = later.capitalize() if half is None else end_of(forecast, half - 1)
    return KeyFigure("Half of the paths are insolvent by", value, f"one in ten {early}")


def _within_a_year(forecast: Forecast) -> KeyFigure:
    clock, month = forecast.insolvent, min(12, forecast.months) - 1
    count = int(clock.counts[month])
    name = f"Insolvent by {end_of(forecast, month)}"
    return KeyFigure(name, chance(count, clock.paths).capitalize(), f"{percent(count, clock.paths)}% of the paths")


def _amount(found: Raise) -> KeyFigure:
    end = (found.first_month + (found.months - 1)).label
    name = f"To be {format_share(found.confidence)} sure of {end}"
    if found.amount is None:
        return KeyFigure(name, "No amount does", "some paths are lost to any amount")
    low, high = found.need.interval(found.confidence)
    between = " to ".join("none" if value is None else format_money(value, found.currency) for value in (low, high))
    value = f"{format_money(found.amount, found.currency)} more" if found.amount else "No money needed"
    return KeyFigure(name, value, f"95% interval {between}; no other new money")


def _begin(found: Raise) -> KeyFigure:
    begin, wanted = found.begin_by, format_share(found.confidence)
    if begin is None:
        share = percent(int(found.in_time[found.now]), found.paths)
        return KeyFigure("Begin to raise by", f"Too late for {wanted}", f"in time on {share}% if begun at once")
    if begin >= found.months:
        return KeyFigure("Begin to raise by", "At any time", f"in time, or not needed, on {wanted} of the paths")
    month = (found.first_month + begin).label
    return KeyFigure("Begin to raise by", month, f"later, in time on fewer than {wanted} of the paths")
