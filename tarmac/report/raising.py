"""A raise in words and as a picture: how much, by when, and both at once."""

import textwrap
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np

from tarmac.money import format_money, format_share
from tarmac.raising import LEVELS, Raise
from tarmac.report.figure import SIZES, keep
from tarmac.report.style import BLUE, FAINT_INK, INK, VERMILLION, drawable, style
from tarmac.report.words import counted, percent, short

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from matplotlib.ticker import MaxNLocator

WIDTH: Final = 100
_CONTOURS: Final = (0.8, 0.9, 0.95)
_LABEL, _CELL = 16, 11


def answer(found: Raise) -> str:
    """How much and by when, in one sentence, without its full stop."""
    end = (found.first_month + (found.months - 1)).label
    sure = f"To reach the end of {end} solvent on {format_share(found.confidence)} of the paths"
    amount, month = found.amount, (found.first_month + found.at).label
    if amount is None:
        lost = found.need.hopeless / found.need.paths
        return f"No amount does: {sure[0].lower()}{sure[1:]} is out of reach, {format_share(lost)} are lost to any"
    if amount == 0:
        return f"{sure} no money is needed: {format_share(found.alone / found.paths)} get there as it is"
    return (
        f"{sure}, {short(found.company)} must have {format_money(amount, found.currency)} more at the start of {month}"
    )


def begin_in_words(found: Raise) -> str:
    """By when the raise must begin, in one sentence, without its full stop."""
    begin, wanted = found.begin_by, format_share(found.confidence)
    first = f"{percent(int(found.in_time[0]), found.paths)}%"
    if begin is None:
        start = found.first_month.label
        return f"Too late to be {wanted} sure: begun in {start}, the money comes in time on {first} of the paths"
    if begin >= found.months:
        return f"It may begin at any time: the money comes in time on at least {wanted} of the paths, or is not needed"
    last = (found.first_month + begin).label
    return f"Begin by {last}: later, the money comes in time on fewer than {wanted} of the paths"


def raise_text(found: Raise) -> str:
    """What a founder reads: the answer, by when, at what price, the curve, and the table. At most 100 columns."""
    first = found.first_month.label
    lines = [f"{short(found.company)}: {counted(found.months, 'month')} from {first}, with no other new money"]
    lines += _paragraph(f"{answer(found)}{_interval(found)}.")
    lines += _paragraph(f"{begin_in_words(found)}, if the attempt closes.")
    lines += _paragraph(_attempt(found))
    lines += ["", *_curve(found), "", *_table(found), "", _run(found)]
    return "\n".join(lines)


def _paragraph(text: str) -> list[str]:
    return textwrap.wrap(text, WIDTH, subsequent_indent="    ")


def _interval(found: Raise) -> str:
    if not found.amount:
        return ""
    low, high = (_money(value, found) for value in found.need.interval(found.confidence))
    return f" (95% interval {low} to {high}); as it is {percent(found.alone, found.paths)}% get there"


def _money(value: float | None, found: Raise) -> str:
    return "no amount" if value is None else format_money(value, found.currency)


def _attempt(found: Raise) -> str:
    attempt = found.attempt
    text = f"An attempt takes {attempt.takes} months and closes with a chance of {format_share(found.closes)}"
    text += f" (from {attempt.source})."
    if found.dilution is not None:
        middle, low, high = (format_share(found.dilution[place]) for place in (1, 0, 2))
        text += f" At its valuation the amount buys {middle} of the company ({low} to {high})."
    return text


def _curve(found: Raise) -> list[str]:
    head = f"{'confidence':{_LABEL}}" + "".join(f"{format_share(level):>{_CELL}}" for level in LEVELS[:7])
    amounts = "".join(f"{_money(found.need.amount(level), found):>{_CELL}}" for level in LEVELS[:7])
    return [head, f"{'money needed':{_LABEL}}{amounts}"]


def _table(found: Raise) -> list[str]:
    end = (found.first_month + (found.months - 1)).label
    head = f"{'begun in':{_LABEL}}" + "".join(
        f"{format_money(amount, found.currency):>{_CELL}}" for amount in found.amounts
    )
    rows = [
        f"{(found.first_month + start).label:{_LABEL}}"
        + "".join(f"{percent(int(count), found.tried):>{_CELL}}" for count in counts)
        for start, counts in zip(found.starts, found.survives, strict=True)
    ]
    return [
        f"% of the paths that reach the end of {end} solvent, if the attempt closes, by start and amount",
        head,
        *rows,
    ]


def _run(found: Raise) -> str:
    table = f"; table: the first {counted(found.tried, 'path')}" if found.tried < found.paths else ""
    return f"Run: {counted(found.paths, 'path')}, seed {found.seed}{table}. ±, <, >: 95% Monte Carlo error."


def need_table(found: Raise) -> "pd.DataFrame":
    """The need curve: index "confidence"; columns amount, low and high (95% interval), empty where no amount does."""
    import pandas as pd

    rows = {level: (found.need.amount(level), *found.need.interval(level)) for level in LEVELS}
    return pd.DataFrame.from_dict(rows, orient="index", columns=["amount", "low", "high"]).rename_axis("confidence")


def start_table(found: Raise) -> "pd.DataFrame":
    """Share of paths that survive: index "start" ("2023-01"), a column for each amount."""
    import pandas as pd

    index = pd.Index([str(found.first_month + start) for start in found.starts], name="start")
    return pd.DataFrame(
        found.survives / found.tried, index=index, columns=[f"{amount:.0f}" for amount in found.amounts]
    )


def need_curve(found: Raise, ax: "Axes") -> "Axes":
    """Share of paths that survive by the money they get, in the band of its 95% Monte Carlo interval."""
    levels = [level for level in np.linspace(0.02, 0.99, 98) if found.need.amount(level) is not None]
    rows = [(found.need.amount(level), *found.need.interval(level)) for level in levels]
    amounts, low, high = np.array(rows, float).reshape(-1, 3).T  # None, beyond what any amount does, becomes NaN
    ax.fill_betweenx(levels, low, high, color=BLUE, alpha=0.25, linewidth=0)
    ax.plot(amounts, levels, color=BLUE, label="money needed")
    if found.amount is not None:
        ax.plot([found.amount], [found.confidence], "o", color=VERMILLION)
        label = f"{format_money(found.amount, found.currency)} for {format_share(found.confidence)}"
        ax.annotate(drawable(label), (found.amount, found.confidence), (-8, 8), textcoords="offset points", ha="right")
    ax.set(ylim=(0, 1), xlabel="money at the start", ylabel="share of paths that survive")
    ax.set_xlim(left=0)
    ax.xaxis.set_major_formatter(lambda value, _: drawable(format_money(value, found.currency)))
    ax.yaxis.set_major_formatter(lambda value, _: format_share(value))
    ax.xaxis.set_major_locator(_few())
    return ax


def start_map(found: Raise, ax: "Axes") -> "Axes":
    """Share of paths that survive by start and amount, with lines at 80, 90 and 95%. Same numbers as `start_table`."""
    share = found.survives / found.tried
    image = ax.imshow(share, origin="upper", aspect="auto", cmap="cividis", vmin=0, vmax=1)
    ax.set_xticks(range(len(found.amounts)), [drawable(format_money(x, found.currency)) for x in found.amounts])
    ax.set_yticks(range(len(found.starts)), [(found.first_month + start).label for start in found.starts])
    for row, shares in enumerate(share):
        for column, value in enumerate(shares):
            colour = "white" if value < 0.55 else INK
            ax.text(column, row, format_share(float(value)), ha="center", va="center", color=colour, fontsize="small")
    if min(share.shape) > 1 and share.min() < _CONTOURS[0] < share.max():
        lines = ax.contour(share, levels=_CONTOURS, colors=[VERMILLION], linewidths=1.2)
        ax.clabel(lines, fmt=format_share, fontsize="small")
    ax.set(xlabel="amount, if the attempt closes", ylabel="attempt begun in")
    image.set_rasterized(False)
    ax.grid(visible=False)
    return ax


def raise_figure(found: Raise, size: str = "slide") -> "Figure":
    """The need curve beside the map of starts and amounts, with the answer as its title. `size` is one of SIZES."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    form = SIZES[size]
    with style(form.font):
        figure = Figure(figsize=(form.width, form.height), dpi=form.dpi, layout="constrained")
        FigureCanvasAgg(figure)
        width = int(form.width * 72 / form.font / 0.68)
        lines = textwrap.wrap(f"{answer(found)}. {begin_in_words(found)}.", width)
        figure.suptitle("\n".join(map(drawable, lines)), x=0.01, ha="left", fontweight="bold", fontsize=1.1 * form.font)
        left, right = figure.subplots(1, 2, width_ratios=(1, 1.25))
        need_curve(found, left)
        start_map(found, right)
        figure.supxlabel(drawable(_run(found)), x=0.01, ha="left", fontsize=0.8 * form.font, color=FAINT_INK)
    return figure


def save_raise(figure: "Figure", path: Path, *, found: Raise) -> None:
    """Keep the figure by the ending of the path, with its text alternative."""
    keep(figure, path, title=answer(found), description=f"{answer(found)}. {begin_in_words(found)}.")


def _few() -> "MaxNLocator":
    from matplotlib.ticker import MaxNLocator

    return MaxNLocator(5)
