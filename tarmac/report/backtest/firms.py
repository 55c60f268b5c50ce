"""Firms judged by bankruptcy: in words, as a table, and as pictures."""

from math import isfinite
from typing import TYPE_CHECKING, Final

import numpy as np

from tarmac.backtest.firms import CLIMATOLOGY, FITTED, JUDGED, RUNWAYS, FirmsTest, Half
from tarmac.errors import printable
from tarmac.money import format_share
from tarmac.outcomes import RATIO_YEARS
from tarmac.report.backtest.words import in_percent, paragraph, skilled, span
from tarmac.report.style import BLUE, FAINT_INK, INK, VERMILLION
from tarmac.report.words import counted

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

_NAME: Final = 22


def lines_of_firms(found: FirmsTest) -> list[str]:
    """The text of the screen, line by line, at most 100 columns wide."""
    rescue, half = found.rescue, found.halves[FITTED]
    others, lost = found.others
    lines = [printable(found.file, 60), *paragraph(f"{verdict_on_firms(found)}.")]
    fit = f"Fitted on {counted(half.firms, 'firm')}: of those that run dry within {RATIO_YEARS} years by the engine "
    rescued = span([1 - end for end in reversed(rescue.files_interval)])
    fit += f"{format_share(1 - rescue.files)} (95% interval {rescued}) are "
    fit += "rescued, that is not bankrupt by then; of those that do not, "
    fit += f"{format_share(rescue.anyway)} ({span(rescue.anyway_interval)}) are bankrupt all the same."
    lines += [*paragraph(fit), "", *_half_table(found), "", *_forecast_table(found.halves[JUDGED]), ""]
    tail = f"Not forecast: {counted(others, 'firm')} that did not burn cash, of which "
    tail += f"{format_share(lost / max(others, 1))} were bankrupt"
    tail += f"; {counted(found.missing, 'firm')} without one of the ratios. " if found.missing else ". "
    tail += f"Run: {counted(found.paths, 'path')}, seed {found.seed}. In brackets: 95% bootstrap interval over firms; "
    tail += "forecasts that are certain and wrong count 20.7 in the log score."
    return [*lines, *paragraph(tail)]


def verdict_on_firms(found: FirmsTest) -> str:
    """What came out, in one sentence, without its full stop."""
    half = found.halves[JUDGED]
    text = f"Of {counted(half.firms, 'firm')} that burn cash {half.dry:.0f} should run dry within {RATIO_YEARS} years, "
    text += f"and {half.bankrupt} were bankrupt"
    item = half.skill[CLIMATOLOGY]
    if not item.told:
        return f"{text}; with a rescue layer the forecast cannot be told from the mean of all firms"
    return f"{text}; with a rescue layer the forecast is {'better' if (item.value or 0) > 0 else 'worse'} than the mean"


def _half_table(found: FirmsTest) -> list[str]:
    lines = []
    for name, half in found.halves.items():
        title = f"{name} half: {half.firms} firms, {half.bankrupt} bankrupt"
        lines.append(f"{title:{2 * _NAME}}{'Brier':>8}{'log score':>11}{'skill of Tarmac by Brier':>28}")
        for who, value in half.brier.items():
            gained = skilled(half.skill[who], decimals=1) if who in half.skill else ""
            lines.append(f"  {who:{2 * _NAME - 2}}{value:>8.4f}{half.log_score[who]:>11.4f}{gained:>28}")
    return lines


def _forecast_table(half: Half) -> list[str]:
    table = half.table
    rows = [f"{'judged half, by runway':{_NAME + 4}}{'firms':>8}{'forecast':>10}{'bankrupt':>10}  95% interval"]
    for place, cases in enumerate(table["cases"]):
        bounds = span([table["low"][place], table["high"][place]])
        forecast, observed = (f"{table[name][place]:.1%}" for name in ("forecast", "observed"))
        runway = f"  {runways(int(table['bin'][place]))} months"
        rows.append(f"{runway:{_NAME + 4}}{cases:>8}{forecast:>10}{observed:>10}  {bounds}")
    return rows


def runways(place: int) -> str:
    """A bin of runways in words.

    >>> runways(0), runways(5)
    ('0 to 2', '60 and more')
    """
    low, high = RUNWAYS[place : place + 2]
    return f"{low:.0f} to {high:.0f}" if isfinite(high) else f"{low:.0f} and more"


def firms_chart(found: FirmsTest, ax: "Axes") -> "Axes":
    """Share of firms that were bankrupt, by runway, beside the forecast: of the judged half, with Wilson intervals."""
    table = found.halves[JUDGED].table
    x = np.arange(len(table["bin"]))
    errors = np.array([table["observed"] - table["low"], table["high"] - table["observed"]])
    ax.errorbar(x, table["observed"], np.maximum(errors, 0), fmt="o", color=VERMILLION, capsize=3, label="bankrupt")
    ax.plot(x, table["forecast"], "_", color=BLUE, markersize=26, markeredgewidth=3, label="forecast")
    ax.axhline(found.halves[FITTED].bankrupt / found.halves[FITTED].firms, color=FAINT_INK, linestyle="--", linewidth=1,
               label="climatology", zorder=1)  # fmt: skip
    for place, cases in enumerate(table["cases"]):
        ax.annotate(f"{cases} firms", (place, 0), (0, 4), textcoords="offset points", ha="center", fontsize="small")
    ax.set_xticks(x, [runways(int(place)).replace(" and more", "+") for place in table["bin"]], fontsize="small")
    ax.set(xlim=(-0.6, len(x) - 0.4), ylim=(0, min(1.0, 1.15 * float(table["high"].max()))))
    ax.set(xlabel="runway, cash / burn, in months")
    ax.yaxis.set_major_formatter(in_percent)
    ax.set_title("Bankrupt within five years, judged half")
    ax.legend(loc="upper right", fontsize="small")
    return ax


def skill_chart(found: FirmsTest, ax: "Axes") -> "Axes":
    """Brier skill on the judged half against each baseline, with its bootstrap interval."""
    skills = found.halves[JUDGED].skill
    for row, item in enumerate(skills.values()):
        if item.interval is not None:
            ax.plot(item.interval, [row, row], color=BLUE, linewidth=2.2)
        if item.value is not None:
            ax.plot([item.value], [row], "o", color=BLUE)
            label = f"{item.value:.1%}"
            ax.annotate(label, (item.value, row), (0, 9), textcoords="offset points", ha="center", fontsize="small")
    ax.axvline(0, color=INK, linewidth=1)
    ax.set_yticks(range(len(skills)), list(skills))
    ax.set(ylim=(len(skills) - 0.5, -0.5), xlabel="Brier skill, 1 - score / baseline's score")
    ax.set_xlim(left=min(-0.1, ax.get_xlim()[0]), right=1)
    ax.xaxis.set_major_formatter(lambda value, _: f"{value:.0%}")
    ax.set_title("Skill on the judged half")
    return ax


def tables_of_firms(found: FirmsTest) -> dict[str, "pd.DataFrame"]:
    """The forecast beside what happened by runway, on both halves."""
    import pandas as pd

    halves = [pd.DataFrame(half.table).assign(half=name) for name, half in found.halves.items()]
    return {"reliability": pd.concat(halves)}
