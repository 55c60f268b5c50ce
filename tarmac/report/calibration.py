"""A calibration in words and as a picture: the facts, what the model says before and after, what was learnt."""

import textwrap
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from tarmac.calibrate import Calibration
from tarmac.calibrate.result import LARGEST_R_HAT, LEAST_SIZE, Learnt
from tarmac.money import format_money
from tarmac.report.figure import SIZES, keep
from tarmac.report.style import BAND_COLOURS, BLUE, FAINT_INK, GRID, INK, VERMILLION, drawable, style
from tarmac.report.words import counted, short

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

WIDTH: Final = 100
_LEVELS: Final = ("p5", "median", "p95")
_LEARNT: Final = 0.05
_MOST_SHOWN: Final = 15
_FARTHEST: Final = 2.6
"""Multiples of the figure observed up to which the picture goes."""


def calibration_text(found: Calibration, facts: "pd.DataFrame") -> str:
    """What a person reads: fact by fact, number by number, and how well all this is known. At most 100 columns."""
    origin = found.origin.label
    used = counted(len(found.used), "fact")
    lines = [f"{short(found.company.company.name)}: calibrated on {used} known by {origin}", ""]
    lines += [_heads("used", "observed"), *(_fact_line(row) for row in facts.to_dict("records") if _is_used(row))]
    judged = [_fact_line(row) for row in facts.to_dict("records") if not _is_used(row)]
    if judged:
        lines += ["", _heads("judged by (nothing was fitted to these)", "observed"), *judged]
    shown = [item for item in found.learnt if item.share >= _LEARNT][:_MOST_SHOWN]
    lines += ["", _heads("uncertain number", "learnt"), *map(_learnt_line, shown)]
    rest = len(found.learnt) - len(shown)
    if rest:
        lines += _wrapped(f"{counted(rest, 'number')} more: in inputs.csv with --out, and in --json.")
    lines += ["", *_pairs(found), *_notes(found, facts)]
    return "\n".join(lines)


def poor_text(found: Calibration) -> str:
    """Why a posterior is not given out."""
    quality = found.quality
    least = f"{quality.least:.0f} independent draws of the number known worst (at least {LEAST_SIZE} are wanted)"
    text = (
        f"tarmac: the posterior is not known well enough: {least}, R-hat up to {quality.r_hat:.3f} (at most "
        f"{LARGEST_R_HAT}). Nothing was written. Seed {found.seed}. Another seed may do; else the facts pin the model "
        "down in separate ways, and wider ranges or fewer exact figures help."
    )
    return "\n".join(textwrap.wrap(text, WIDTH))


def inputs_table(found: Calibration) -> "pd.DataFrame":
    """Every uncertain number before and after: columns name, prior and posterior quantiles, learnt, ESS, R-hat."""
    import pandas as pd

    return pd.DataFrame([_input_row(item) for item in found.learnt])


def _input_row(item: Learnt) -> dict[str, Any]:
    before = {f"prior_{level}": item.prior[level] for level in _LEVELS}
    after = {f"posterior_{level}": item.posterior[level] for level in _LEVELS}
    known = {"learnt": item.share, "effective_sample_size": item.size, "r_hat": item.r_hat}
    return {"name": item.name, **before, **after, **known}


def _is_used(row: Mapping[Any, Any]) -> bool:
    return bool(row["role"] == "used")


def _heads(first: str, second: str) -> str:
    return f"{first:<42}{second:>12}{'before':>19}{'after':>19}"


def _fact_line(row: Mapping[Any, Any]) -> str:
    months = row["last"] if row["first"] == row["last"] else f"{row['first']} to {row['last'][-2:]}"
    if row["first"][:4] != row["last"][:4]:
        months = f"{row['first']} to {row['last']}"
    name = f"{short(row['quantity'], 41 - len(months))} {months}"
    sign = {"less than": "<", "at most": "<=", "more than": ">", "at least": ">=", "about": "~", "nearly": "~"}
    observed = sign.get(row["qualifier"], "") + _amount(row["observed"])
    before = _spread([row[f"prior_{level}"] for level in _LEVELS])
    after = _spread([row[level] for level in _LEVELS])
    verdict = "inside" if row["inside"] else "OUTSIDE"
    return f"{name:<42}{observed:>12}{before:>19}{after:>19} {verdict}"


def _learnt_line(item: Learnt) -> str:
    before, after = (_spread([said[level] for level in _LEVELS], item.unit) for said in (item.prior, item.posterior))
    return f"{short(item.name, 41):<42}{item.share:>12.0%}{before:>19}{after:>19}"


def _spread(amounts: list[float], unit: str = "") -> str:
    """Three amounts in a cell; shares in percent."""
    if not all(map(np.isfinite, amounts)):
        return "no path lives"
    return "/".join(f"{100 * amount:.2g}%" if unit == "%" else _amount(amount) for amount in amounts)


def _amount(value: float) -> str:
    return format_money(value, "", digits=3 if abs(value) >= 1 else 2)


def _pairs(found: Calibration) -> list[str]:
    told = [
        f"{pair.left} and {pair.right} {pair.posterior:+.2f}"
        for pair in found.pairs
        if abs(pair.posterior - pair.prior) >= 0.1
    ]
    return _wrapped(f"Now tied together (correlation of scores): {'; '.join(told)}.") if told else []


def _notes(found: Calibration, facts: "pd.DataFrame") -> list[str]:
    quality = found.quality
    judged = facts[facts["role"] == "judged"]
    inside = int(judged["inside"].sum())
    lines = _wrapped(
        "Before, after: P5/median/P95 of the model, on the paths that lived to see it; inside: between P5 and P95 "
        "after, or one path in twenty on the right side of a bound. Learnt: by how much the variance of the score fell."
    )
    if len(judged):
        count = counted(len(judged), "fact")
        lines += _wrapped(f"Of {count} it is judged by, {inside} inside, {len(judged) - inside} outside.")
    powers = " and ".join(map(str, quality.powers))
    run = (
        f"Run: seed {found.seed}; {quality.draws:,} draws in {len(quality.powers)} populations after {powers} steps",
        f"{found.posterior.rows:,} of them kept",
        f"effective sample size {quality.least:,.0f} for the number known worst, {quality.median:,.0f} in the median",
        f"R-hat at most {quality.r_hat:.3f}",
        f"{quality.accepted:.0%} of the moves accepted",
        f"log evidence {quality.evidence:.1f}",
        f"{quality.lived:.0%} of the paths before lived to see what was known",
    )
    lines += _wrapped("; ".join(run) + ".")
    return lines


def _wrapped(text: str) -> list[str]:
    return textwrap.wrap(text, WIDTH, subsequent_indent="    ")


def facts_figure(found: Calibration, facts: "pd.DataFrame") -> "Figure":
    """Each fact as 1, with what the model says before and after beside it, in multiples of the fact."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    form = SIZES["slide"]
    with style(form.font):
        figure = Figure(figsize=(form.width, form.height), dpi=form.dpi, layout="constrained")
        FigureCanvasAgg(figure)
        ax = figure.add_subplot()
        _draw(ax, facts)
        name, used = short(found.company.company.name, 50), counted(len(found.used), "fact")
        ax.set_title(drawable(f"{name}: before and after {used} known by {found.origin.label}"))
    return figure


def _draw(ax: "Axes", facts: "pd.DataFrame") -> None:
    rows = facts.to_dict("records")
    labels = []
    for place, row in enumerate(rows):
        height, scale = len(rows) - 1 - place, row["observed"] or 1.0
        for prefix, off, colour in (("prior_", 0.17, GRID), ("", -0.17, BAND_COLOURS[50])):
            low, middle, high = (row[f"{prefix}{level}"] / scale for level in _LEVELS)
            if np.isfinite(low):
                ax.barh(
                    height + off,
                    min(high, _FARTHEST) - min(low, _FARTHEST),
                    left=min(low, _FARTHEST),
                    height=0.3,
                    color=colour,
                )
                ax.plot([min(middle, _FARTHEST)] * 2, [height + off - 0.15, height + off + 0.15], color=INK, lw=1.2)
        marker = {-1.0: "<", 1.0: ">"}.get(_side(row), "o")
        ax.plot([1.0], [height], marker, color=BLUE if row["inside"] else VERMILLION, ms=7, zorder=3)
        months = row["last"] if row["first"] == row["last"] else f"{row['first']} to {row['last']}"
        labels.append("\n".join(map(drawable, (short(row["quantity"], 38), f"{months}, {row['role']}"))))
    ax.set_yticks(range(len(rows) - 1, -1, -1), labels, fontsize="x-small")
    ax.set_xlim(0, _FARTHEST)
    ax.grid(visible=False, axis="y")
    ax.axvline(1.0, color=FAINT_INK, lw=0.8, zorder=0)
    ax.set_xlabel(
        "Multiples of the figure observed (dot, or triangle of a bound; red: outside).\n"
        "P5 to P95 with the median: grey before, blue after.",
        fontsize="small",
    )


def _side(row: Mapping[Any, Any]) -> float:
    return {"less than": -1.0, "at most": -1.0, "more than": 1.0, "at least": 1.0}.get(row["qualifier"], 0.0)


def save_facts(figure: "Figure", path: Path, *, found: Calibration, table: "pd.DataFrame") -> Path:
    """Keep the picture, with what it shows in words."""
    title = f"{found.company.company.name}: the model beside the facts, before and after"
    return keep(figure, path, title=title, description=calibration_text(found, table))
