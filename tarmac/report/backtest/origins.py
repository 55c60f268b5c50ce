"""One company's forecasts beside what became of it: in words, as tables, and as pictures."""

from collections.abc import Sequence
from math import isfinite
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from tarmac.backtest.origins import CLOCKS, SHOWN, OriginsTest, View, dates_of, plain_score
from tarmac.money import format_money, format_share
from tarmac.months import Month
from tarmac.report.backtest.words import in_percent, paragraph
from tarmac.report.labels import HALO
from tarmac.report.style import BLUE, CLOCK_COLOURS, GREEN, GRID, ORANGE, SKY, VERMILLION, drawable
from tarmac.report.words import CLOCK_NAMES, SYMBOLS, counted, percent, short

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

_NAME: Final = 32
_EVENTS: Final = {"first_missed_bill": "a missed bill", "insolvent": "insolvency"}
_DASHES: Final = ("-", "--", ":", "-.")


def lines_of_origins(found: OriginsTest) -> list[str]:
    """The text of the screen, line by line, at most 100 columns wide."""
    lines = [f"{short(found.company)}: forecast as of {', '.join(view.origin.label for view in found.views)}"]
    lines += [*paragraph(f"{verdict_on_origins(found)}."), ""]
    for view in found.views:
        lines += [*_view_table(found, view), ""]
    run = (
        f"Run: {counted(found.paths, 'path')}, seed {found.seed}. ±, <, >: 95% Monte Carlo error. Below: the share of "
    )
    run += "the paths that lived to see it and say less than was observed: the PIT of the figure. One company is one "
    return [*lines, *paragraph(f"{run}case: this tells what was missed, not how good such forecasts are.")]


def verdict_on_origins(found: OriginsTest) -> str:
    """What came out, in one sentence, without its full stop."""
    first, known = found.views[0], dates_of(found.happened)
    parts = [_came_true(first, name, struck=month, until=found.happened.until) for name, month in known.items()]
    text = f"As of {first.origin.label} {'; '.join(filter(None, parts))}"
    return f"{text}; {first.inside} of {counted(len(first.facts), 'later figure')} lie inside what the model says"


def _came_true(view: View, name: str, *, struck: Month | None, until: Month) -> str:
    """What chance something had, and whether it came true; nothing where it had by the origin, or lies beyond."""
    month = until if struck is None else struck
    if not 0 < month - view.origin <= len(view.funded[name].probability):
        return ""
    chance = _chance(view, name, month=month, funded=True)
    truth = "came true" if struck is not None else "did not come true"
    return f"{_EVENTS[name]} by {month.label} had a chance of {chance}% and {truth}"


def _view_table(found: OriginsTest, view: View) -> list[str]:
    months = _shown(found, view)
    learnt = f"fitted to {counted(view.learnt, 'fact')}" if view.learnt else "as declared, fitted to nothing"
    learnt += "" if view.settled else "; the fit has not come to rest, do not trust it"
    lines = [f"As of {view.origin.label}, {learnt}"]
    lines.append(f"{'  % by end of':{_NAME}}" + "".join(f"{month.label:>11}" for month in months))
    for funded, label in ((True, ""), (False, ", no new money")):
        for name in CLOCKS:
            cells = "".join(f"{_chance(view, name, month=month, funded=funded):>11}" for month in months)
            lines.append(f"{f'  {CLOCK_NAMES[name]}{label}':{_NAME}}{cells}")
    scores = [
        f"{CLOCK_NAMES[name]} {score:.1f}"
        for name in CLOCKS
        if (score := plain_score(view, found.happened, name=name)) is not None
    ]
    if scores:
        lines.append(f"  CRPS, months: {', '.join(scores)}")
    return [*lines, *_facts_table(view)]


def _shown(found: OriginsTest, view: View) -> list[Month]:
    """Some months after an origin, and those in which something happened."""
    struck = [month for month in dates_of(found.happened).values() if month is not None and month > view.origin]
    later = [view.origin + months for months in SHOWN[:4] if months <= found.months]
    return sorted({*later, *(month for month in struck if month - view.origin <= found.months)})


def _chance(view: View, name: str, *, month: Month, funded: bool) -> str:
    clock = (view.funded if funded else view.alone)[name]
    place = month - view.origin - 1
    return percent(int(clock.counts[place]), clock.paths)


def _facts_table(view: View) -> list[str]:
    if not view.facts:
        return ["  No figure became known later."]
    lines = [f"  {'later figure':31}{'month':>9}{'observed':>17}{'P5':>8}{'P50':>8}{'P95':>8}{'below':>7}  lies"]
    for row in view.facts:
        money = row["unit"] != "people"
        amounts = [_amount(row[name], row["unit"] if money else "") for name in ("observed", "p5", "median", "p95")]
        qualifier = row["qualifier"] if row["qualifier"] != "exact" else ""
        observed = f"{qualifier} {amounts[0]}".strip()
        spread = "".join(f"{amount:>8}" for amount in amounts[1:])
        below = format_share(row["below"]) if isfinite(row["below"]) else "-"
        place = "inside" if row["inside"] else "OUTSIDE"
        lines.append(f"  {short(row['quantity'], 31):31}{row['last']:>9}{observed:>17}{spread}{below:>7}  {place}")
    return [*lines, f"  Inside: {view.inside} of {len(view.facts)}."]


def _amount(value: float, currency: str) -> str:
    if not isfinite(value):
        return "-"
    return format_money(value, currency if currency in SYMBOLS else "") if currency else f"{value:.0f}"


def origins_chart(found: OriginsTest, ax: "Axes") -> "Axes":
    """Probability of a missed bill and of insolvency by month as of each origin, with new money, and what happened.

    What had happened by an origin is not drawn as of it.
    """
    first = found.views[0].origin
    for view, dashes in zip(found.views, _cycled(len(found.views)), strict=True):
        for name, struck in dates_of(found.happened).items():
            if struck is not None and struck <= view.origin:
                continue
            values = view.funded[name].probability
            x = np.arange(len(values) + 1) + (view.origin - first)
            label = f"{CLOCK_NAMES[name]}, as of {view.origin.label}"
            ax.plot(x, [0.0, *values], color=CLOCK_COLOURS[name], linestyle=dashes, label=label)
    _happened(found, ax)
    last = found.views[-1].origin - first + found.months
    places = range(0, last + 1, max(6, 6 * round(last / 36)))
    ax.set_xticks(list(places), [(first + place).label for place in places], rotation=30, ha="right")
    ax.set(xlim=(0, last), ylim=(-0.03, 1.03))
    ax.yaxis.set_major_formatter(in_percent)
    ax.set_title("Probability by month end, with new money")
    ax.legend(fontsize="small", loc="upper center", bbox_to_anchor=(0.5, -0.2), ncols=2)
    return ax


def _cycled(count: int) -> list[str]:
    return [_DASHES[place % len(_DASHES)] for place in range(count)]


def _happened(found: OriginsTest, ax: "Axes") -> None:
    first, until = found.views[0].origin, found.happened.until
    marks = [
        (month, f"{CLOCK_NAMES[name]}, {month.label}", CLOCK_COLOURS[name])
        for name, month in dates_of(found.happened).items()
        if month is not None
    ]
    if found.happened.insolvent is None:
        marks.append((until, f"not insolvent by {until.label}", GREEN))
    for place, (month, text, colour) in enumerate(marks):
        ax.axvline(month - first, color=colour, linewidth=1.2, linestyle="--", zorder=1)
        ax.annotate(
            text, (month - first, 0.12 - 0.07 * place), (5, 0), textcoords="offset points", color=colour, va="center",
            fontsize="small", bbox=HALO, zorder=4,
        )  # fmt: skip


def facts_chart(found: OriginsTest, ax: "Axes") -> "Axes":
    """The PIT of each figure that became known later: where it lies among the paths that lived to see it.

    A mark by origin; in the band from 5 to 95% a figure counts as inside (a bound by its own rule).
    """
    names = list(dict.fromkeys(_label(row) for view in found.views for row in view.facts))
    ax.axvspan(0.05, 0.95, color=GRID, alpha=0.5, linewidth=0, zorder=0.5)
    marks = zip(found.views, _styles(len(found.views)), strict=True)
    for view, (marker, colour) in marks:
        points = [(row["below"], names.index(_label(row))) for row in view.facts if isfinite(row["below"])]
        if points:
            x, y = zip(*points, strict=True)
            ax.plot(x, y, marker, color=colour, label=f"as of {view.origin.label}", clip_on=False, zorder=3, alpha=0.85)
    ax.set_yticks(range(len(names)), [drawable(name) for name in names], fontsize="small")
    ax.set(
        xlim=(-0.03, 1.03), ylim=(max(len(names), 1) - 0.5, -0.5), xlabel="share of paths that say less than observed"
    )
    ax.xaxis.set_major_formatter(in_percent)
    ax.set_title("Figures that became known later")
    if names:
        ax.legend(fontsize="small", loc="upper center", bbox_to_anchor=(0.5, -0.12), ncols=2)
    return ax


def _styles(count: int) -> Sequence[tuple[str, str]]:
    known = (("o", BLUE), ("s", ORANGE), ("D", GREEN), ("^", VERMILLION), ("v", SKY))
    return [known[place % len(known)] for place in range(count)]


def _label(row: dict[str, Any]) -> str:
    return f"{short(row['quantity'], 30)}, {row['last']}"


def tables_of_origins(found: OriginsTest) -> dict[str, "pd.DataFrame"]:
    """Every figure that became known later beside the model, and the chances of the clocks by month, by origin."""
    import pandas as pd

    facts = [pd.DataFrame(view.facts).assign(origin=str(view.origin)) for view in found.views]
    return {"later-facts": pd.concat(facts), "chances": pd.concat([_chance_table(view) for view in found.views])}


def _chance_table(view: View) -> "pd.DataFrame":
    import pandas as pd

    columns = {
        f"{name}{suffix}": clock.probability
        for suffix, clocks in (("", view.funded), ("_no_new_money", view.alone))
        for name, clock in clocks.items()
    }
    months = [str(view.origin + (place + 1)) for place in range(len(view.funded[CLOCKS[0]].probability))]
    return pd.DataFrame({"origin": str(view.origin), "month": months, **columns})
