"""What survival depends on, in words and as a picture: parts in the variance, what knowing would say, causes."""

import textwrap
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np

from tarmac.money import format_money, format_share
from tarmac.report.figure import SIZES, keep
from tarmac.report.style import BLUE, FAINT_INK, INK, ORANGE, SKY, drawable, style
from tarmac.report.words import counted, percent, short
from tarmac.sensitivity import Share
from tarmac.survival import wilson
from tarmac.why import LEARNT, Known, Source, Why, Wrong

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

WIDTH: Final = 100
ROWS: Final = 7
"""Inputs on the screen."""

_NAME, _SHARE, _CHANCE = 44, 8, 11
_DRAWN: Final = 10
_TOLD: Final = 3
_NO_SHARE: Final = "-"
_WRONGS: Final = 6
_WHAT: Final = {
    "round failed": "{} had failed",
    "round under way": "{} was still under way",
    "no attempt begun": "no attempt to raise money had begun",
    "no money came": "no round had closed",
    "below plan": "{} since the start was more than 10% below plan",
    "above plan": "{} since the start was more than 10% above plan",
    "event": "{} had happened",
}
_SECTIONS: Final = {"team": "cost of people", "compute": "compute", "cost": "other cost", "revenue": "revenue"}


def headline(found: Why) -> str:
    """What survival depends on most, in one sentence, without its full stop."""
    name, end = short(found.plan.name), found.end.label
    if not found.explained:
        fate = "survive" if found.survived else "become insolvent"
        return f"{name}: all of {counted(found.sampled, 'path')} {fate} to {end}, so nothing decides about it"
    if not found.inputs:
        return f"{name}: no number in the file is uncertain; luck alone decides about survival to {end}"
    first, luck = found.inputs[0], found.luck[0]
    chance = f"{percent(found.survived, found.sampled)}%"
    if luck.survival is None or first.survival is None:
        return f"{name}: {chance} of the paths survive to {end}"
    parts = f"luck {_part(luck.survival.total)} and {label_of(found, first)} {_part(first.survival.total)}"
    return f"{name}: {chance} of the paths survive to {end}; {parts} have the largest parts in whether they do"


def _part(share: Share) -> str:
    return f"({format_share(min(max(share.value, 0.0), 1.0))} of the variance)"


def why_text(found: Why) -> str:
    """What a founder reads: shares of the variance, what knowing a number would say, causes. At most 100 columns."""
    start = found.plan.first_month.label
    lines = [f"{short(found.plan.name)}: why it survives or not, {counted(found.months, 'month')} from {start}"]
    lines += _paragraph(_survival(found))
    lines += ["", *_table(found)] if _varies(found) else []
    lines += [line for known in _telling(found) for line in _paragraph(f"{if_known(found, known)}.")]
    if found.died:
        lines += ["", *_causes(found)]
    return "\n".join([*lines, "", *_paragraph(_notes(found))])


def _paragraph(text: str) -> list[str]:
    return textwrap.wrap(text, WIDTH, subsequent_indent="    ")


def _varies(found: Why) -> bool:
    return any(source.survival or source.need for source in (*found.inputs, *found.luck))


def _survival(found: Why) -> str:
    if not found.explained:
        words = f"{headline(found)}."
        return f"{words} What it would need does not differ either." if not _varies(found) else words
    words = f"{percent(found.survived, found.sampled)}% of the paths survive to {found.end.label}."
    if not found.inputs:
        words += " No number in the file is uncertain: luck alone decides."
    if found.rough:
        fewer = "survive" if 2 * found.survived < found.sampled else "do not"
        count = min(found.survived, found.sampled - found.survived)
        words += f" Only {counted(count, 'path')} of {found.sampled:,} {fewer}: shares of survival are rough."
    return words


def _table(found: Why) -> list[str]:
    """A row for luck and its kinds and for each input that matters, the largest part first."""
    blank, titles = " " * _NAME, ("alone", "in all") * 2
    over = f"{'survival':>{2 * _SHARE}}{'need':>{2 * _SHARE}}{'survives if':>{_CHANCE + 4}}"
    head = "".join(f"{title:>{_SHARE}}" for title in titles)
    shown = found.inputs[:ROWS]
    rows = [_row(found, source) for source in (*found.luck, *shown)]
    rest = found.inputs[ROWS:]
    if rest:
        rows.append(_rest(rest))
    return [
        f"{'% of the variance':{_NAME}}{over}",
        f"{blank}{head}{'it is low':>{_CHANCE}}{'high':>{_CHANCE}}",
        *rows,
    ]


def _row(found: Why, source: Source) -> str:
    cells = [
        cell
        for index in (source.survival, source.need)
        for cell in ((_first(index.first), _whole(index.total)) if index else (_NO_SHARE, _NO_SHARE))
    ]
    shares = "".join(f"{cell:>{_SHARE}}" for cell in cells)
    known = known_of(found, source)
    chances = "" if known is None or not found.explained else _chances(known)
    return f"{short(label_of(found, source), _NAME - 1):{_NAME}}{shares}{chances}".rstrip()


def _chances(known: Known) -> str:
    low, high = (percent(known.survived[place], max(known.paths[place], 1)) for place in (0, 2))
    return f"{low:>{_CHANCE}}{high:>{_CHANCE}}"


def _first(share: Share) -> str:
    """A first-order share in percent with its error; "<" its upper end where it is not told from nothing."""
    if not share.surely_positive:
        return f"<{max(100 * share.high, 0.1):.1f}" if share.high < 0.1 else f"<{100 * share.high:.0f}"
    half = 100 * max(share.high - share.value, share.value - share.low)
    return f"{100 * share.value:.0f}±{max(half, 0.5):.0f}"


def _whole(share: Share) -> str:
    return f"{100 * share.value:.0f}"


def _rest(rest: tuple[Source, ...]) -> str:
    cells = []
    for name in ("survival", "need"):
        totals = [index.total.value for source in rest if (index := getattr(source, name)) is not None]
        cells += [_NO_SHARE, f"<={100 * max(totals):.0f}" if totals else _NO_SHARE]
    label = f"{counted(len(rest), 'other input')}, each"
    return f"{label:{_NAME}}" + "".join(f"{cell:>{_SHARE}}" for cell in cells)


def label_of(found: Why, source: Source) -> str:
    """The name of a source; of correlated inputs the one that says most, and how many come with it."""
    names = source.name.split(" + ")
    known = known_of(found, source)
    if len(names) == 1 or known is None:
        return source.name
    return f"{known.name} (+{len(names) - 1})"


def known_of(found: Why, source: Source) -> Known | None:
    """What knowing a source would say: of several inputs the one that says most."""
    return next((known for known in found.known if known.name in source.members), None)


def _telling(found: Why) -> list[Known]:
    """The inputs that are most worth knowing; of correlated ones the first, as the others tell of it."""
    first = [known_of(found, source) for source in found.inputs]
    chosen = [known for known in found.known if known in first and known.spread > 0]
    return chosen[:_TOLD] if found.explained else []


def if_known(found: Why, known: Known) -> str:
    """What knowing an input would say, in one sentence without its full stop."""
    low, high = (percent(known.survived[place], max(known.paths[place], 1)) for place in (0, 2))
    below, above = (_value(end, known.unit) for end in known.ends)
    usual = format_share(found.survived / found.sampled)
    return (
        f"If you knew {known.name}: {low}% survive where it is {below} or less, {high}% where it is {above} or more, "
        f"instead of {usual}"
    )


def _value(value: float, unit: str) -> str:
    return f"{100 * value:.3g}%" if unit == "%" else format_money(value, unit)


def _causes(found: Why) -> list[str]:
    dues = [f"{name} {percent(count, found.died)}%" for name, count in list(found.dues.items())[:5]]
    lines = _paragraph(f"What could not be paid when it ended (share of the insolvent paths): {'; '.join(dues)}.")
    shown = [wrong for wrong in found.wrong if wrong.dead > wrong.others and wrong.tells][:_WRONGS]
    if shown:
        what = "What had gone wrong by then, %"
        lines += [f"{what:{_NAME + 17}}{'insolvent':>10}{'others':>8}{'risk ratio':>21}"]
    return lines + [_wrong_row(wrong) for wrong in shown]


def wrong_in_words(wrong: Wrong) -> str:
    """What had gone wrong, in a few words."""
    whom = _SECTIONS.get(wrong.whom, wrong.whom) if wrong.what.endswith("plan") else wrong.whom
    return _WHAT[wrong.what].format(whom)


def _wrong_row(wrong: Wrong) -> str:
    ratio = _NO_SHARE if wrong.ratio is None else "{:.3g} ({:.3g} to {:.3g})".format(*wrong.ratio)
    cells = f"{format_share(wrong.dead):>10}{format_share(wrong.others):>8}{ratio:>21}"
    return f"  {short(wrong_in_words(wrong), _NAME + 14):{_NAME + 15}}{cells}"


def _notes(found: Why) -> str:
    words = []
    if _varies(found):
        words.append(
            "Alone: what goes if this is known (first-order Sobol index, 95% bootstrap interval); in all: with what "
            "it does together with others (total). Need: its logarithm. Low, high: lowest, highest third."
        )
    if any(" + " in source.name for source in found.inputs[:ROWS]):
        words.append("(+1): with the inputs correlated with it.")
    learnt = next((source for source in found.inputs if source.name == LEARNT), None)
    if learnt is not None:
        of = counted(len(learnt.members), "input")
        words.append(
            f"{LEARNT[0].upper()}{LEARNT[1:]}: {of} and what had happened by then, which depend on each other."
        )
    if found.wrong:
        words.append("Others: survivors, by the same months. Ratio: chance of insolvency with it over without.")
    need = f", {found.need_paths:,} for the need" if found.need_paths else ""
    words.append(f"Run: two samples of {counted(found.paths, 'path')}{need}, seed {found.seed}{_scenarios(found)}.")
    words.append("±, <, >: 95% Monte Carlo error.")
    return " ".join(words)


def _scenarios(found: Why) -> str:
    return f", {', '.join(map(short, found.scenarios))}" if found.scenarios else ", no scenario"


def source_table(found: Why) -> "pd.DataFrame":
    """Indices: index "source"; first and total of survival and of the need, each with _low and _high (95%)."""
    import pandas as pd

    rows = {}
    for source in (*found.luck, *found.inputs):
        row = {}
        for outcome, index in (("survival", source.survival), ("need", source.need)):
            for kind in ("first", "total"):
                share: Share | None = getattr(index, kind, None)
                for end, name in (("value", ""), ("low", "_low"), ("high", "_high")):
                    row[f"{outcome}_{kind}{name}"] = np.nan if share is None else getattr(share, end)
        rows[source.name] = row
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis("source")


def known_table(found: Why) -> "pd.DataFrame":
    """Survival by thirds: index "input"; the ends between the thirds, the share of each third and its error."""
    import pandas as pd

    rows = {
        known.name: dict(zip(("low_up_to", "high_from"), known.ends, strict=True))
        | dict(zip(("low", "middle", "high"), known.shares, strict=True))
        | dict(zip(("low_error", "middle_error", "high_error"), known.errors, strict=True))
        for known in found.known
    }
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis("input")


def cause_table(found: Why) -> "pd.DataFrame":
    """Causes: index "cause"; share of the insolvent paths and of the others, and the risk ratio with its interval."""
    import pandas as pd

    rows: dict[str, list[float]] = {
        f"could not pay: {name}": [count / found.died] + 4 * [np.nan] for name, count in found.dues.items()
    }
    for wrong in found.wrong:
        rows[wrong_in_words(wrong)] = [wrong.dead, wrong.others, *(wrong.ratio or 3 * (np.nan,))]
    columns = ["insolvent", "others", "risk_ratio", "low", "high"]
    return pd.DataFrame.from_dict(rows, orient="index", columns=columns).rename_axis("cause")


def share_bars(found: Why, ax: "Axes") -> "Axes":
    """Bars of the variance of survival (of the need, where all paths fare alike): in all, and if known, with intervals.

    The same numbers as `source_table`.
    """
    rows = drawn(found)
    for place, source in enumerate(rows):
        index = source.survival or source.need
        if index is None:
            continue
        for share, colour, height in ((index.total, SKY, 0.72), (index.first, BLUE, 0.36)):
            ax.barh(place, max(share.value, 0.0), height=height, color=colour)
            ax.plot([max(share.low, 0.0), share.high], [place, place], color=INK, linewidth=1.0)
    ax.barh(0, 0, color=SKY, label="in all")
    ax.barh(0, 0, color=BLUE, label="if known")
    ax.set_yticks(range(len(rows)), [drawable(short(label_of(found, source), 40)) for source in rows])
    ax.invert_yaxis()
    ax.set_xlim(left=0)
    ax.set_xlabel(f"share of the variance of {'survival' if found.explained else 'the need (log)'}")
    ax.xaxis.set_major_formatter(lambda value, _: format_share(value))
    ax.grid(axis="y", visible=False)
    _legend(ax)
    return ax


def third_dots(found: Why, ax: "Axes") -> "Axes":
    """Share of paths that survive where each input is in its lowest and in its highest third, with 95% intervals.

    The same numbers as `known_table`.
    """
    rows = drawn(found)
    for place, source in enumerate(rows):
        known = known_of(found, source)
        if known is None:
            continue
        ax.plot([known.shares[0], known.shares[2]], [place, place], color=FAINT_INK, linewidth=1.0, zorder=2)
        for third, colour, marker in ((0, ORANGE, "o"), (2, BLUE, "s")):
            low, high = wilson(np.array([known.survived[third]]), max(known.paths[third], 1))
            ax.plot([low[0], high[0]], [place, place], color=colour, linewidth=2.5, alpha=0.5, zorder=2.5)
            ax.plot(known.shares[third], place, marker, color=colour, zorder=3)
    ax.plot([], [], "o", color=ORANGE, label="lowest third")
    ax.plot([], [], "s", color=BLUE, label="highest third")
    ax.axvline(found.survived / found.sampled, color=INK, linestyle=":", linewidth=1.2)
    ax.set_xlabel("share of paths that survive")
    ax.set_xlim(left=0)
    ax.xaxis.set_major_formatter(lambda value, _: format_share(value))
    ax.tick_params(labelleft=False)
    ax.grid(axis="y", visible=False)
    _legend(ax)
    return ax


def _legend(ax: "Axes") -> None:
    ax.legend(loc="lower left", bbox_to_anchor=(0, 1), ncols=2, borderaxespad=0.2)


def drawn(found: Why) -> list[Source]:
    """The sources of the chart: luck, and the inputs that matter most."""
    return [*found.luck[:1], *found.inputs[:_DRAWN]]


def why_figure(found: Why, size: str = "slide") -> "Figure":
    """Bars of the variance beside survival by thirds, with the answer as its title. `size` is one of SIZES."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    form = SIZES[size]
    with style(form.font):
        figure = Figure(figsize=(form.width, form.height), dpi=form.dpi, layout="constrained")
        FigureCanvasAgg(figure)
        lines = textwrap.wrap(headline(found), int(form.width * 72 / form.font / 0.68))
        figure.suptitle("\n".join(map(drawable, lines)), x=0.01, ha="left", fontweight="bold", fontsize=1.1 * form.font)
        if found.explained:
            left, right = figure.subplots(1, 2, width_ratios=(1.1, 1), sharey=True)
            third_dots(found, right)
        else:
            left = figure.subplots()
        share_bars(found, left)
        run = f"Two samples of {counted(found.paths, 'path')}, seed {found.seed}. Lines: 95% Monte Carlo intervals."
        figure.supxlabel(drawable(run), x=0.01, ha="left", fontsize=0.8 * form.font, color=FAINT_INK)
    return figure


def save_why(figure: "Figure", path: Path, *, found: Why) -> None:
    """Keep the figure by the ending of the path, with its text alternative."""
    told = [f"{if_known(found, known)}." for known in _telling(found)]
    keep(figure, path, title=headline(found), description=" ".join([f"{headline(found)}.", *told]))
