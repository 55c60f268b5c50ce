"""One page for a memo or a slide: the answer, the runway chart, the clocks, how much and by when, what it rests on."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Final

from tarmac.forecast import Forecast, Mark
from tarmac.money import format_money, format_share
from tarmac.raising import Raise
from tarmac.report.charts import KEY_WIDTH, cash_fan, survival_curves
from tarmac.report.figure import Page, blank, keep, of_whom
from tarmac.report.paper import COLUMN, EDGE, GAP, SIZE, Block, Column, made_with, small_print
from tarmac.report.raising import answer, begin_in_words
from tarmac.report.stamp import NO_NOTES, Notes, stamp
from tarmac.report.style import style
from tarmac.report.text import (
    alt_text,
    headline,
    need_in_words,
    ownership_in_words,
    proceeds_in_words,
    simple_rule,
)
from tarmac.report.words import CLOCK_NAMES, WITH_ROUNDS, end_of, narrowly_beyond, percent, short

if TYPE_CHECKING:
    from matplotlib.figure import Figure

# Distances in ems of the body text.
_LEFT, _TITLE_GAP, _BETWEEN, _TICKS = 5.0, 2.4, 3.0, 2.7
_FAN_SHARE: Final = 0.58
_LEVELS: Final = (0.5, 0.8, 0.9, 0.95)


def write_onepager(
    path: str | Path, forecast: Forecast, *, raised: Raise | None = None, notes: Notes = NO_NOTES
) -> Path:
    """Write the page as PDF (or PNG or SVG, by the ending): the same inputs give the same bytes.

    `raised`: what a raise needs and when it must begin; without it the page says how much alone. OSError where the file
    cannot be written; nothing is left half-written.
    """
    figure = onepage_figure(forecast, raised=raised, notes=notes)
    return keep(figure, path, title=headline(forecast), description=alt_text(forecast))


def onepage_figure(forecast: Forecast, *, raised: Raise | None = None, notes: Notes = NO_NOTES) -> "Figure":
    """The page as a figure."""
    figure = blank(SIZE)
    with style(SIZE.font):
        page = Page(figure, SIZE)
        top = page.head(headline(forecast), of_whom(forecast)) - GAP
        bottom = _foot(page, forecast, notes=notes)
        _charts(page, forecast, span=(bottom, top))
        column = Column(page, top=top)
        for block in (_when(forecast), _how_much(forecast), _by_when(raised), _also(forecast)):
            column.write(block)
    return figure


def _charts(page: Page, forecast: Forecast, *, span: tuple[float, float]) -> None:
    """Cash above, probabilities below, left of the column."""
    bottom, top = span[0] + _TICKS + GAP, span[1] - _TITLE_GAP + GAP
    room, right = top - bottom - _BETWEEN, COLUMN + 2 * EDGE + KEY_WIDTH
    upper = page.one((_LEFT, top - room * _FAN_SHARE), right=right, height=room * _FAN_SHARE)
    lower = page.one((_LEFT, bottom), right=right, height=room * (1 - _FAN_SHARE))
    lower.sharex(upper)
    cash_fan(forecast, upper)
    survival_curves(forecast, lower)
    upper.tick_params(labelbottom=False)


def _foot(page: Page, forecast: Forecast, *, notes: Notes) -> float:
    """What was assumed, how to read the charts, and where the page comes from; the height above it."""
    ends = "insolvent paths at zero" + (", acquired ones left out" if forecast.exit.counts[-1] else "")
    reading = (
        f"Bands are per-month quantiles over all paths, {ends}; they are not paths. ± is the 95% Monte Carlo error."
    )
    texts = [(f"Assumed: {' '.join(forecast.origin.text)}", 4), (reading, 1)]
    return small_print(page, [*texts, (made_with(stamp(forecast, notes)), 2)])


def _when(forecast: Forecast) -> Block:
    last = forecast.months - 1
    rows = [("% by end of", "P10", "P50", "P90", end_of(forecast, last))]
    for name, words in CLOCK_NAMES.items():
        clock = forecast.clocks[name]
        if name == "exit" and not clock.counts[-1]:
            continue
        months = [clock.month(level) for level in (0.1, 0.5, 0.9)]
        cells = [narrowly_beyond(forecast.months) if month is None else end_of(forecast, month - 1) for month in months]
        rows.append((words, cells[0], cells[1], cells[2], f"{percent(int(clock.counts[last]), clock.paths)}%"))
    return "When", rows, ()


def _how_much(forecast: Forecast) -> Block:
    end = end_of(forecast, forecast.months - 1)
    rows = [(f"to stay solvent to {end}", "extra money at the start (95% interval)")]
    rows += [(f"on {format_share(level)} of the paths", need_in_words(forecast, level)) for level in _LEVELS]
    return f"How much{f', {WITH_ROUNDS}' if forecast.origin.marks else ''}", rows, ()


def _by_when(raised: Raise | None) -> Block:
    if raised is None:
        return "By when", (), ()
    sure = [f"{answer(raised)}.", f"{begin_in_words(raised)}, if the attempt closes."]
    return "By when, and how much, with no other new money", (), sure


def _also(forecast: Forecast) -> Block:
    return "Also", (), tuple(_sentences(forecast))


def _sentences(forecast: Forecast) -> Iterator[str]:
    alive = forecast.default_alive
    met = percent(alive.paths - int(alive.counts[-1]), alive.paths)
    yield f"Default alive, with no new money: {met}% of the paths."
    yield f"Cash / burn rule: {simple_rule(forecast)}."
    concern = forecast.going_concern
    met = percent(concern.approved.paths - int(concern.approved.counts[-1]), concern.approved.paths)
    through = end_of(forecast, concern.months - 1)
    yield f"Going concern: every bill is met to {through} on {met}% of the paths, with approved plans alone."
    opening = format_money(forecast.origin.opening_cash, forecast.origin.currency)
    names = "; ".join(f"{short(mark.name, 30)}, {_starts(forecast, mark)}" for mark in forecast.origin.marks)
    yield f"Cash at the opening: {opening} (mean)." + (f" Rounds: {names}." if names else "")
    for words in (ownership_in_words(forecast), proceeds_in_words(forecast)):
        if words:
            yield f"{words}."


def _starts(forecast: Forecast, mark: Mark) -> str:
    if mark.month is None:
        return f"when {short(mark.waits_for, 40)}" if mark.waits_for else "on its condition"
    return end_of(forecast, mark.month) if mark.month < forecast.months else "after the horizon"
