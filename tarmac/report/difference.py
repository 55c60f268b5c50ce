"""Why runway changed, in words and as a waterfall."""

import math
import textwrap
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from tarmac.difference import TOGETHER, Bar, Difference, Outlook, Reading
from tarmac.money import format_money
from tarmac.report.figure import SIZES, keep
from tarmac.report.style import BLUE, FAINT_INK, INK, VERMILLION, drawable, style
from tarmac.report.words import counted, short

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

WIDTH: Final = 100
_Z95: Final = 1.96
_MOST: Final = 16
"""Parts that are shown one by one; the smallest of more are summed."""

_NAMES: Final = {
    "time": "time passed",
    "draws": "other random draws",
    TOGETHER: "together",
    "rest": "all smaller changes",
}


def answer(found: Difference) -> str:
    """What has become of the runway, in one sentence, without its full stop."""
    change = found.total.runway.value
    was, now = (months_in_words(part.runway.value) for part in (found.old, found.new))
    most = max(found.bars, key=lambda bar: abs(bar.effect.runway.value), default=None)
    if most is None:
        return f"Nothing has changed: the runway is {now} months, as it was"
    direction = "shorter" if change < 0 else "longer"
    because = f", above all {_because(most)}" if abs(most.effect.runway.value) >= 0.05 else ""
    if abs(change) < 0.05:
        return f"The runway is {now} months, as it was"
    return f"The runway is {months_in_words(abs(change))} months {direction}, {was} before and {now} now{because}"


def _because(bar: Bar) -> str:
    if bar.what == TOGETHER:
        return "by what the changes do together"
    return f"by {label(bar)} ({_signed(bar.effect.runway.value)})"


def months_in_words(value: float) -> str:
    """Months, to a tenth."""
    return f"{value:.1f}"


def label(bar: Bar) -> str:
    """What a part is called."""
    if bar.what == "cash" or bar.path == "cash.opening":
        return "cash"
    if bar.what == "line":
        return bar.path.rpartition(".")[0]
    return _NAMES.get(bar.what, bar.path)


def difference_text(found: Difference) -> str:
    """What a reader sees: the answer, then every part with its error. At most 100 columns."""
    dates = " and ".join(month.label for month in found.first_months) if found.passed else found.first_months[0].label
    head = (
        f"{short(found.company)}: {found.files[0]} and {found.files[1]}, {counted(found.months, 'month')} from {dates}"
    )
    lines = [*textwrap.wrap(head, WIDTH), *textwrap.wrap(f"{answer(found)}.", WIDTH, subsequent_indent="    "), ""]
    lines.append(f"{'':52}{'runway, months':>20}{'% that get through':>24}")
    lines.append(_row("before", found.old, sign=False))
    lines += [row for bar in shown(found) for row in _rows(bar, found)]
    lines.append(_row("now", found.new, sign=False))
    lines += ["", *_notes(found)]
    return "\n".join(lines)


def shown(found: Difference) -> tuple[Bar, ...]:
    """The parts to show: all of them, or the largest, and the sum of the others; the rest of the difference last."""
    if len(found.bars) <= _MOST:
        return found.bars
    parts = [bar for bar in found.bars if bar.what in ("line", "change")]
    largest = sorted(parts, key=lambda bar: -abs(bar.effect.runway.value))[: _MOST - len(found.bars) + len(parts) - 1]
    kept = [bar for bar in found.bars if bar not in parts or bar in largest]
    small = [bar.effect for bar in parts if bar not in largest]
    total = small[0]
    for effect in small[1:]:
        total = total + effect
    return (*kept[:-1], Bar("rest", "", None, None, total), kept[-1])


def _rows(bar: Bar, found: Difference) -> list[str]:
    said = _said(bar, found)
    row = _row(label(bar), bar.effect, sign=True)
    return [row, *(f"    {line}" for line in textwrap.wrap(said, WIDTH - 4))] if said else [row]


def _said(bar: Bar, found: Difference) -> str:
    """What the two versions say, or what was forecast and what is."""
    if bar.what == "time":
        return f"the old version's forecast as of {found.first_months[1].label}, where it lives to see it"
    if bar.what in ("line", "cash") and found.passed:
        return f"{_value(bar.old)} forecast, {_value(bar.new)} now"
    if bar.what in ("change", "cash"):
        return f"{_value(bar.old)} before, {_value(bar.new)} now"
    return ""


def _value(value: Any) -> str:  # noqa: ANN401  (plain values of a file)
    if value is None:
        return "not there"
    if isinstance(value, float) and abs(value) >= 1000:
        return format_money(value, "")
    return short("declared" if isinstance(value, dict) and "name" in value else str(value), 60)


def _row(name: str, outlook: Outlook, *, sign: bool) -> str:
    months, share = _with_error(outlook.runway, sign=sign), _with_error(outlook.survives, sign=sign, scale=100)
    return f"{short(name, 50):52}{months:>20}{share:>24}"


def _with_error(reading: Reading, *, sign: bool, scale: float = 1.0) -> str:
    """A reading with its 95% Monte Carlo error, rounded up."""
    value, error = scale * reading.value, math.ceil(10 * _Z95 * scale * reading.error - 1e-9) / 10
    return f"{_signed(value) if sign else f'{value:.1f}'} ±{error:.1f}"


def _signed(value: float) -> str:
    return "0.0" if abs(value) < 0.05 else f"{value:+.1f}"


def _notes(found: Difference) -> list[str]:
    note = (
        f"Runway: mean months of solvency, at most {found.months}. A part is what taking it back alone, from the new "
        "version, takes away; together: what no change does alone. Parts add up to the whole. ±: 95% Monte Carlo "
        "error, of a difference on the same draws."
    )
    lines = textwrap.wrap(note, WIDTH)
    if found.left:
        names = ", ".join(short(path) for path in found.left)
        lines += textwrap.wrap(f"Not to be taken back alone, and so among the changes together: {names}.", WIDTH)
    return [*lines, f"Run: {counted(found.paths, 'path')}, seed {found.seed}."]


def difference_table(found: Difference) -> "pd.DataFrame":
    """Every part: index "part"; columns what, old, new, runway_months, survives and their standard errors."""
    import pandas as pd

    rows = [("before", "", None, None, found.old)]
    rows += [(bar.path or label(bar), bar.what, bar.old, bar.new, bar.effect) for bar in found.bars]
    rows += [("now", "", None, None, found.new)]
    return pd.DataFrame(
        [
            {
                "part": part,
                "what": what,
                "old": old,
                "new": new,
                "runway_months": effect.runway.value,
                "runway_error": effect.runway.error,
                "survives": effect.survives.value,
                "survives_error": effect.survives.error,
            }
            for part, what, old, new, effect in rows
        ]
    ).set_index("part")


def waterfall(found: Difference, ax: "Axes") -> "Axes":
    """Runway before, each part, runway now. Same numbers as `difference_table`."""
    bars = shown(found)
    names = ["before", *(label(bar) for bar in bars), "now"]
    at, ends = found.old.runway.value, [found.old.runway.value, found.new.runway.value]
    ax.barh(0, at, color=FAINT_INK)
    _annotate(ax, (at, 0), text=f"{at:.1f}")
    for place, bar in enumerate(bars, start=1):
        effect = bar.effect.runway.value
        ax.barh(place, effect, left=at, color=VERMILLION if effect < 0 else BLUE, height=0.7)
        ax.plot([at, at], [place - 1.4, place + 0.4], color=FAINT_INK, linewidth=0.7)
        at += effect
        ends += [at]
        _annotate(ax, (max(at, at - effect), place), text=_signed(effect))
    ax.barh(len(bars) + 1, found.new.runway.value, color=INK)
    _annotate(ax, (found.new.runway.value, len(bars) + 1), text=f"{found.new.runway.value:.1f}")
    ax.set_yticks(range(len(names)), [drawable(short(name, 44)) for name in names])
    ax.invert_yaxis()
    low = min(ends)
    ax.set_xlim(max(0.0, low - max(1.0, 0.6 * (max(ends) - low))), max(ends) * 1.03 + 0.5)
    ax.set_xlabel(f"mean months of solvency, at most {found.months}")
    ax.grid(visible=False, axis="y")
    return ax


def _annotate(ax: "Axes", end: tuple[float, float], *, text: str) -> None:
    ax.annotate(text, end, (4, 0), textcoords="offset points", va="center")


def difference_figure(found: Difference, size: str = "slide") -> "Figure":
    """The waterfall, with the answer as its title. `size` is one of SIZES."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    form = SIZES[size]
    with style(form.font):
        figure = Figure(figsize=(form.width, form.height), dpi=form.dpi, layout="constrained")
        FigureCanvasAgg(figure)
        lines = textwrap.wrap(f"{answer(found)}.", int(form.width * 72 / form.font / 0.68))
        figure.suptitle("\n".join(map(drawable, lines)), x=0.01, ha="left", fontweight="bold", fontsize=1.1 * form.font)
        waterfall(found, figure.subplots())
        foot = f"{short(found.company)}. {_notes(found)[-1]} Axis cut on the left where it does not begin at 0."
        figure.supxlabel(drawable(foot), x=0.01, ha="left", fontsize=0.8 * form.font, color=FAINT_INK)
    return figure


def save_difference(figure: "Figure", path: Path, *, found: Difference) -> None:
    """Keep the figure by the ending of the path, with its text alternative."""
    parts = "; ".join(f"{label(bar)} {_signed(bar.effect.runway.value)}" for bar in shown(found))
    keep(figure, path, title=answer(found), description=f"{answer(found)}. Parts, in months: {parts}.")
