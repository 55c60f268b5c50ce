"""Levers in words and as a picture: what one unit of each buys, and what it takes to reach a target."""

import math
import textwrap
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from tarmac.levers import Effect, Ranking
from tarmac.money import format_money, format_share
from tarmac.paired import Difference
from tarmac.reaching import Answer, Reach
from tarmac.report.comparing import amount_of, points, signed
from tarmac.report.comparing_tables import three
from tarmac.report.figure import SIZES, keep
from tarmac.report.style import BLUE, FAINT_INK, INK, VERMILLION, drawable, style
from tarmac.report.words import counted, percent, short

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

WIDTH: Final = 100
_NAME, _CELL, _MONTHS, _AMOUNT = 36, 15, 13, 28
_LONGEST: Final = 35
_PER: Final = 100_000
_ROW: Final = 0.42


def answer(found: Ranking) -> str:
    """Which lever does most for survival, in one sentence, without its full stop."""
    best = found.effects[0]
    end = _end(found)
    gain, months = best.survive, best.months_solvent
    if (gain.low or 0.0) > 0:
        return f"{_capital(best.handle.lever.named())}: {_points(gain)} more of the paths survive to {end}"
    if (months.low or 0.0) > 0:
        longest = max(found.effects, key=lambda effect: effect.months_solvent.value or 0.0)
        gained = f"{longest.months_solvent.value:.1f} months of solvency"
        return f"{_capital(longest.handle.lever.named())}: {gained} more; no lever moves survival to {end} by much"
    return f"No lever moves the chance of surviving to {end} by more than the Monte Carlo error"


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _points(gain: Difference) -> str:
    value = 100 * (gain.value or 0.0)
    return f"{value:.1f} points" if value >= 0.1 else f"{value:.2g} points"


def _end(found: Ranking) -> str:
    return (found.comparison.first_month + found.at).label


def levers_text(found: Ranking) -> str:
    """What a reader is told: the answer, every lever with its intervals, what was left out. At most 100 columns."""
    run, base = found.comparison, found.comparison.base
    count = run.paths - int(base.insolvent.counts[found.at])
    span = f"{counted(run.months, 'month')} from {run.first_month.label}"
    lines = [f"{short(run.company)}: what one unit of each lever buys, {span}"]
    lines += textwrap.wrap(f"{answer(found)}; as it is, {percent(count, run.paths)}% do.", WIDTH)
    lines += ["", *_table(found), *_per_money(found), *_left_out(found), ""]
    return "\n".join([*lines, *_run(found)])


def _table(found: Ranking) -> list[str]:
    head = f"{'one unit':{_NAME}}{'to ' + _end(found):>{_CELL}}{'months':>{_MONTHS}}{'P50':>8}{'90% need':>{_AMOUNT}}"
    return [head, *(_row(effect, found.comparison.currency) for effect in found.effects)]


def _row(effect: Effect, currency: str) -> str:
    median, need = effect.pair.runway(0.5).value, effect.pair.need(0.9)
    return (
        f"{short(effect.handle.lever.named(), _LONGEST):{_NAME}}{points(effect.survive):>{_CELL}}"
        f"{signed(effect.months_solvent):>{_MONTHS}}{'-' if median is None else f'{median:+.0f}' if median else '0':>8}"
        f"{amount_of(need, currency=currency):>{_AMOUNT}}"
    )


def _per_money(found: Ranking) -> list[str]:
    """What the levers that cost something buy for the money, the best first."""
    paid = sorted((e for e in found.effects if e.per_money is not None), key=lambda e: -(e.per_money or 0.0))
    currency = found.comparison.currency
    rows = [
        f"{short(effect.handle.lever.named(), _LONGEST):{_NAME}}"
        f"{100 * _PER * (effect.per_money or 0.0):>+{_CELL}.2f}"
        f"{format_money(effect.handle.cost or 0.0, currency):>{_MONTHS}}"
        for effect in paid
    ]
    head = (
        f"{'points for each ' + format_money(_PER, currency):{_NAME}}{'to ' + _end(found):>{_CELL}}{'cost':>{_MONTHS}}"
    )
    return ["", head, *rows] if rows else []


def _left_out(found: Ranking) -> list[str]:
    if not found.left_out:
        return []
    items = "; ".join(f"{short(item.words, 50)} ({short(item.why, 90)})" for item in found.left_out)
    return ["", *textwrap.wrap(f"Left out: {items}.", WIDTH, subsequent_indent="    ")]


def _run(found: Ranking) -> list[str]:
    run = found.comparison
    text = (
        f"Run: {counted(run.paths, 'path')}, seed {run.seed}; every run has the same draws. Beside the company as it "
        f"is, on the same paths: points more of them solvent to {_end(found)}; months of solvency gained within "
        f"{counted(run.months, 'month')}, on average; months by which half of them are insolvent later (-: beyond the "
        "horizon); money that lets nine in ten through. ±, brackets: 95% Monte Carlo error."
    )
    if run.base.exit.counts[-1]:
        text += " Acquired paths count as solvent."
    return textwrap.wrap(text, WIDTH)


def reach_text(reached: Reach, found: Ranking) -> str:
    """What it takes to reach the target: each lever alone, and the cheapest pair."""
    target, currency = short(reached.target.text, 60), found.comparison.currency
    base = _value(reached, reached.base, currency=currency)
    lines = [f"To reach {target} (as it is: {base}; first {counted(reached.paths, 'path')})"]
    if reached.met:
        return "\n".join([*lines, "  nothing needs to be done: the target is met as it is"])
    good = [item for item in reached.alone if item.reached]
    lines += [
        f"  {item.words:{_NAME}}{_value(reached, item.value, currency=currency):>16}{_cost(item, currency)}"
        for item in sorted(good, key=lambda item: item.units)
    ]
    lines += [f"  {_cannot(item)}: cannot reach it alone" for item in reached.alone if not item.reached]
    if reached.pair is None:
        return "\n".join([*lines, "  no two levers reach it together"])
    pair, by = reached.pair, "the cheapest pair" if reached.by_cost else "the easiest pair, by units of both"
    value = _value(reached, pair.value, currency=currency)
    lines += textwrap.wrap(
        f"{by}: {pair.words}, {value}{_cost(pair, currency)}", WIDTH, initial_indent="  ", subsequent_indent="      "
    )
    return "\n".join(lines)


def _cannot(item: Answer) -> str:
    return f"{item.words:{_NAME}} (the most)"


def _value(reached: Reach, value: float, *, currency: str) -> str:
    if reached.target.survive is None:
        return format_money(value, currency) if math.isfinite(value) else "no amount"
    return f"{percent(round(value * reached.paths), reached.paths)}%"


def _cost(item: Answer, currency: str) -> str:
    return "" if item.cost is None else f", cost {format_money(item.cost, currency)}"


def levers_table(found: Ranking) -> "pd.DataFrame":
    """A row for each lever, the strongest first: index "lever"; the numbers of the chart and the printout.

    Each difference has its 95% interval in `..._low` and `..._high`; empty beyond the horizon or where no amount does.
    """
    import pandas as pd

    rows: dict[str, dict[str, Any]] = {}
    for effect in found.effects:
        row: dict[str, Any] = {"words": effect.handle.lever.named()}
        row |= three(f"survive_{found.at + 1}", effect.survive) | three("months_solvent", effect.months_solvent)
        row |= three("runway_p50", effect.pair.runway(0.5)) | three("need_p90", effect.pair.need(0.9))
        rows[effect.handle.name] = row | {"cost": effect.handle.cost, "survive_per_money": effect.per_money}
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis("lever")


def tornado(found: Ranking, ax: "Axes", *, what: str = "survive") -> "Axes":
    """A bar for each lever, the strongest on top, with its 95% interval. Same numbers as `levers_table`.

    `what`: "survive" in percentage points, or "months_solvent".
    """
    scale = 100 if what == "survive" else 1
    chosen: list[Difference] = [getattr(effect, what) for effect in found.effects]
    values = scale * np.array([item.value or 0.0 for item in chosen])
    low, high = (scale * np.array([getattr(item, end) or 0.0 for item in chosen]) for end in ("low", "high"))
    places = np.arange(len(chosen))[::-1]
    errors = np.maximum(np.vstack([values - low, high - values]), 0.0)
    ax.barh(places, values, color=[BLUE if value >= 0 else VERMILLION for value in values], height=0.62)
    bars = ax.errorbar(values, places, xerr=errors, fmt="none", ecolor=INK, elinewidth=1.2, capsize=3)
    for cap in bars.lines[1]:
        cap.set_markerfacecolor(INK)
    ax.axvline(0, color=INK, linewidth=0.8)
    ax.set_yticks(places, [drawable(short(effect.handle.lever.named(), 44)) for effect in found.effects])
    ax.set_ylim(-0.6, len(chosen) - 0.4)
    ax.grid(visible=False, axis="y")
    if what == "survive":
        ax.set_title(f"Points more survive to {_end(found)}")
    else:
        ax.set_title("Months of solvency gained")
    return ax


def levers_figure(found: Ranking, size: str = "slide") -> "Figure":
    """The levers as bars, by survival and by months, with the answer as the title. `size` is one of SIZES."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    form = SIZES[size]
    height = max(form.height, _ROW * form.width / 12 * len(found.effects) + 2.5)
    with style(form.font):
        figure = Figure(figsize=(form.width, height), dpi=form.dpi)
        figure.set_layout_engine("constrained", w_pad=0.15, h_pad=0.12)
        FigureCanvasAgg(figure)
        run = found.comparison
        width = int(form.width * 72 / form.font / 0.72)
        lines = textwrap.wrap(f"{short(run.company)}. {answer(found)}", width, break_on_hyphens=False)
        figure.suptitle("\n".join(map(drawable, lines)), x=0.01, ha="left", fontweight="bold", fontsize="large")
        left, right = figure.subplots(1, 2, sharey=True, width_ratios=(1.2, 1))
        tornado(found, left)
        tornado(found, right, what="months_solvent")
        right.tick_params(left=False)
        as_is = format_share(found.survives)
        note = (
            f"One unit of each lever, {counted(run.months, 'month')} from {run.first_month.label}; as it is, {as_is} "
            f"survive to {_end(found)}. Whiskers: 95% Monte Carlo error. {counted(run.paths, 'path')}, seed {run.seed}."
        )
        figure.supxlabel(
            "\n".join(textwrap.wrap(drawable(note), int(form.width * 72 / form.font / 0.48))),
            x=0.01, ha="left", fontsize="small", color=FAINT_INK,
        )  # fmt: skip
    return figure


def save_levers(figure: "Figure", path: Path, *, found: Ranking) -> None:
    """Keep the figure by the ending of the path, with its text alternative."""
    keep(figure, path, title=answer(found), description=levers_text(found))
