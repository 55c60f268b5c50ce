"""Snapshots judged by what became of the companies: in words, as tables, and as pictures."""

from collections.abc import Iterable
from math import isfinite
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from tarmac.backtest.cases import BINS, CRPS, Judged, Score
from tarmac.backtest.snapshots import CLIMATOLOGY, RULE, TARMAC, SnapshotTest
from tarmac.errors import printable
from tarmac.money import format_share
from tarmac.report.backtest.words import paragraph, shares_on_both, skilled
from tarmac.report.style import BLUE, FAINT_INK, INK, VERMILLION, drawable
from tarmac.report.words import percent, short

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

_AT: Final = 12
"""Months within which an end is shown as a probability."""

_NAME, _CELL, _WHO = 22, 19, 18
_BASELINES: Final = (RULE, CLIMATOLOGY)
_LEVEL: Final = 0.05
_MOST_CASES: Final = 40
_HIGH: Final = 0.9


def lines_of_snapshots(found: SnapshotTest) -> list[str]:
    """The text of the screen, line by line, at most 100 columns wide."""
    cases = found.judged.cases
    told = f"{len(found.told)} of {len(found.told) + len(found.left_out)} snapshots"
    head = f"{told} forecast {found.judged.horizon} months ahead from cash and burn alone: "
    head += f"{cases.number} companies, {_ends(found)} ends"
    lines = [f"{printable(found.file, 60)}", *paragraph(head), *paragraph(f"{verdict_on_snapshots(found)}."), ""]
    lines += [*_case_table(found), "", *_score_table(found.judged), "", *_calibration(found.judged), *_left_out(found)]
    run = f"Run: {found.paths:,} paths, seed {found.seed}. ±, <, >: 95% Monte Carlo error. In brackets: 95% "
    run += "bootstrap interval over companies. A file picked by hand tells how well ends are timed, never how often "
    return [*lines, *paragraph(f"{run}companies end.")]


def _ends(found: SnapshotTest) -> int:
    return int(found.judged.cases.events.sum())


def verdict_on_snapshots(found: SnapshotTest) -> str:
    """What came out, in one sentence, without its full stop."""
    judged = found.judged
    firm = [
        f"{'better' if better else 'worse'} than {base} by {score}"
        for base, score, better in judged.told()
        if base in _BASELINES
    ]
    if firm:
        few = f", on {judged.cases.number} companies" if judged.few else ""
        return f"Tarmac did {', '.join(firm)}{few}; no other difference can be told from chance"
    return (
        f"Too few to tell: with {judged.cases.number} companies and {_ends(found)} ends, no difference between Tarmac "
        "and the baselines can be told from chance"
        if judged.few
        else "No difference between Tarmac and the baselines can be told from chance"
    )


def _case_table(found: SnapshotTest) -> list[str]:
    judged = found.judged
    at = _AT if _AT in judged.chances else None
    heads = f"{'as of':>11}{'cash/burn':>10}{'P10':>6}{'P50':>6}{'P90':>6}{'% by 12' if at else '':>11}"
    rows = [f"{'months':{_WHO}}{heads}  what happened"]
    inside, possible = judged.inside
    for place, item in enumerate(found.told):
        spread = "".join(f"{_months(row[place]):>6}" for row in (judged.low, judged.middle, judged.high))
        chance = percent(round(judged.chances[at][place] * found.paths), found.paths) if at else ""
        happened = f"{item.outcome} {'after' if item.event else 'at'} {item.months:.1f}"
        verdict = "inside" if inside[place] else "open" if possible[place] else "outside"
        name = short(item.company, _WHO - 1)
        head = f"{name:{_WHO}}{item.as_of!s:>11}{item.runway:>10.1f}{spread}{chance:>11}"
        rows.append(f"{head}  {happened}, {verdict}")
    return rows


def _months(value: float) -> str:
    return f"{value:.1f}" if isfinite(value) else "-"


def _score_table(judged: Judged) -> list[str]:
    names = list(judged.scores)
    lines = [f"{'score, 0 is best':{_NAME}}" + "".join(f"{name:>{_CELL}}" for name in names)]
    for score in judged.scores[TARMAC]:
        label = f"{score}, months" if score == CRPS else f"{score} months"
        lines.append(f"{label:{_NAME}}" + "".join(f"{_scored(judged.scores[name][score]):>{_CELL}}" for name in names))
    lines.append("Skill of Tarmac: 1 - its score / theirs; 100% is perfect, 0% no better, below 0% worse.")
    for score in judged.scores[TARMAC]:
        cells = "".join(f"{skilled(judged.skills[name][score]):>{_CELL}}" for name in names if name != TARMAC)
        lines.append(f"{score:{_NAME}}{'':>{_CELL}}{cells}")
    return lines


def _scored(item: Score) -> str:
    bounds = "" if item.interval is None else f" [{item.interval[0]:.2g} {item.interval[1]:.2g}]"
    return f"{item.value:.2g}{bounds}"


def _calibration(judged: Judged) -> list[str]:
    least, most = judged.coverage
    _, statistic, p = judged.d_calibration
    text = f"Between P10 and P90 lie {format_share(least)} to {format_share(most)} of the outcomes, where 80% should: "
    text += "one that is censored may lie on either side. "
    verdict = "are not what calibrated forecasts give" if p < _LEVEL else "do not speak against calibration"
    text += f"D-calibration: chi-square {statistic:.1f} with {BINS - 1} degrees of freedom, p = {p:.2f}: PIT values "
    text += f"{verdict}"
    if p >= _LEVEL and judged.few:
        text += f", but {len(judged.cases.times)} cases would hardly show it if they were not"
    return [*paragraph(f"{text}."), *_reliability(judged)]


def _reliability(judged: Judged) -> list[str]:
    if _AT not in judged.chances:
        return []
    table = judged.reliability(_AT)
    pairs = [
        f"{format_share(forecast)} forecast, {round(observed * cases)} of {cases}"
        for forecast, observed, cases in zip(table["forecast"], table["observed"], table["cases"], strict=True)
    ]
    return paragraph(f"Ended within {_AT} months, where known: {'; '.join(pairs)}.")


def _left_out(found: SnapshotTest) -> list[str]:
    if not found.left_out:
        return []
    reasons = dict.fromkeys(item.left_out for item in found.left_out)
    named = [
        f"{reason}: " + ", ".join(f"{short(x.company)} {x.as_of}" for x in found.left_out if x.left_out == reason)
        for reason in reasons
    ]
    return paragraph(f"Left out: {'; '.join(named)}.")


def case_chart(found: SnapshotTest, ax: "Axes") -> "Axes":
    """Forecast against outcome, a row for each of the first snapshots: P10 to P90 as a line, P50 as a dot.

    A cross is an end, an open circle the month up to which a company is known to have lived. Same numbers as the table
    of cases. Months beyond the horizon are drawn at its edge, with an arrow.
    """
    judged, last = found.judged, float(found.judged.horizon)
    shown = found.told[:_MOST_CASES]
    for row, item in enumerate(shown):
        low, high = (min(float(values[row]), last) for values in (judged.low, judged.high))
        ax.plot([low, high], [row, row], color=BLUE, linewidth=2.2, solid_capstyle="butt", zorder=2)
        if not isfinite(judged.high[row]):
            ax.plot([last], [row], ">", color=BLUE, clip_on=False, zorder=2)
        if isfinite(judged.middle[row]):
            ax.plot([judged.middle[row]], [row], "o", color=BLUE, zorder=2.5)
        sign, colour, face = ("X", VERMILLION, VERMILLION) if item.event else ("o", INK, "white")
        ax.plot([min(item.months, last)], [row], sign, color=colour, mfc=face, markersize=8, zorder=3, clip_on=False)
    names = [drawable(f"{short(item.company, 18)}, {item.as_of:%b %Y}") for item in shown]
    ax.set_yticks(range(len(shown)), names)
    ax.set(ylim=(len(shown) - 0.5, -0.5), xlim=(0, last), xlabel="months from the snapshot")
    ax.set_title("Forecast P10 to P90 and P50, and what happened")
    _key(ax)
    return ax


def _key(ax: "Axes") -> None:
    from matplotlib.lines import Line2D

    handles = [
        Line2D([], [], color=BLUE, marker="o", linewidth=2.2, label="forecast"),
        Line2D([], [], color=VERMILLION, marker="X", linestyle="none", markersize=8, label="end"),
        Line2D([], [], color=INK, marker="o", mfc="white", linestyle="none", markersize=8, label="alive then"),
    ]
    ax.legend(handles=handles, loc="upper center", bbox_to_anchor=(0.5, -0.11), ncols=3, fontsize="small")


def reliability_chart(judged: Judged, ax: "Axes") -> "Axes":
    """How often an end within twelve months came true, by forecast probability, with Wilson intervals."""
    ax.plot([0, 1], [0, 1], color=FAINT_INK, linestyle="--", linewidth=1)
    if _AT in judged.chances:
        _bars(ax, judged.reliability(_AT), colour=BLUE)
    shares_on_both(ax)
    ax.set(xlabel=f"forecast, end in {_AT} months", ylabel="came true")
    ax.set_title("Reliability, numbers: cases in the bin")
    return ax


def _bars(ax: "Axes", table: dict[str, Any], *, colour: str) -> None:
    errors = np.array([table["observed"] - table["low"], table["high"] - table["observed"]])
    ax.errorbar(table["forecast"], table["observed"], np.maximum(errors, 0), fmt="o", color=colour, capsize=3)
    for x, y, cases in zip(table["forecast"], table["observed"], table["cases"], strict=True):
        away = (6, -11) if y > _HIGH else (6, 4)
        ax.annotate(f"{cases}", (x, y), away, textcoords="offset points", fontsize="small", color=colour)


def pit_chart(judged: Judged, ax: "Axes") -> "Axes":
    """Share of cases whose PIT is above u (Kaplan-Meier, censored cases counted as far as known), beside 1 - u.

    Calibrated forecasts lie on the dashed line; below it, ends come earlier than forecast. Ticks at the foot: the PIT
    of each case, open where it is censored.
    """
    at = np.linspace(0, 1, 101)
    ax.plot([0, 1], [1, 0], color=FAINT_INK, linestyle="--", linewidth=1)
    ax.step(at, judged.pit_survival, where="post", color=BLUE, linewidth=2)
    events = judged.cases.events
    ax.plot(judged.pit[events], np.zeros(int(events.sum())), "X", color=VERMILLION, clip_on=False)
    ax.plot(judged.pit[~events], np.zeros(int((~events).sum())), "o", color=INK, mfc="white", clip_on=False)
    shares_on_both(ax)
    ax.set(xlabel="PIT: forecast at the outcome", ylabel="cases above it")
    ax.set_title("Calibration: dashed if perfect")
    return ax


def tables_of_snapshots(found: SnapshotTest) -> dict[str, "pd.DataFrame"]:
    """Every case with its forecast and outcome, every score, and the reliability by months: by name."""
    import pandas as pd

    judged = found.judged
    cases = [row | {f"by_{name}": chance for name, chance in row["chances"].items()} for row in found.rows()]
    bins = [pd.DataFrame(judged.reliability(months)).assign(months=months) for months in judged.chances]
    return {
        "cases": pd.DataFrame(cases).drop(columns="chances"),
        "scores": pd.DataFrame(_score_rows(judged)),
        "reliability": pd.concat(bins),
    }


def _score_rows(judged: Judged) -> Iterable[dict[str, object]]:
    for name, rows in judged.scores.items():
        for score, item in rows.items():
            low, high = item.interval or (None, None)
            yield {"forecaster": name, "score": score, "value": item.value, "low": low, "high": high}
