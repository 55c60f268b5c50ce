"""Scenarios side by side, in words: the answer, what each comes to, and how it differs from the company as it is."""

import textwrap
from typing import Final

from tarmac.comparing import NEED_LEVELS, Comparison, Outcome, Pair
from tarmac.measures import Need
from tarmac.money import format_money, format_share
from tarmac.paired import Difference
from tarmac.report.words import counted, narrowly_beyond, percent, short

WIDTH: Final = 100
_NAME, _MONTH, _CELL, _AMOUNT = 29, 9, 10, 27
_LEAST_MONTHS: Final = 0.01
_LEVELS: Final = (0.1, 0.5, 0.9)


def answer(found: Comparison) -> str:
    """Which scenario helps and which hurts most, in one sentence, without its full stop.

    A difference counts where its interval holds no zero.
    """
    pairs = [found.pair(outcome.name) for outcome in found.others]
    gains = [(pair.months_solvent, pair.other.name) for pair in pairs]
    told = [(gain, name) for gain, name in gains if (gain.low or 0) > 0 or (gain.high or 0) < 0]
    if not told:
        return f"No scenario moves the runway of {short(found.company)} by more than the Monte Carlo error"
    best, worst = (choose(told, key=lambda item: item[0].value or 0.0) for choose in (max, min))
    shown = dict.fromkeys([best, worst] if len(told) > 1 else [best])
    words = [f"{short(name, 40)} {_gain(gain)}" for gain, name in shown]
    words[0] += " of solvency"
    return f"On average over {counted(found.months, 'month')}, {'; '.join(words)}"


def _gain(gain: Difference) -> str:
    value = gain.value or 0.0
    shown = f"{abs(value):.1f}" if abs(value) >= 0.1 else f"{abs(value):.2f}"
    if abs(value) < _LEAST_MONTHS:
        shown = f"less than {_LEAST_MONTHS}"
    return f"{'adds' if value > 0 else 'takes'} {shown} {'month' if shown == '1.0' else 'months'}"


def compare_text(found: Comparison) -> str:
    """What a reader is told: the answer, each outcome, and each difference to the base. At most 100 columns."""
    first = found.first_month.label
    lines = [f"{short(found.company)}: {counted(found.months, 'month')} from {first}, side by side"]
    lines += textwrap.wrap(f"{answer(found)}.", WIDTH)
    lines += ["", *_runways(found), "", *_money(found), "", *_differences(found), "", *_orders(found), "", *_run(found)]
    return "\n".join(lines)


def label(name: str) -> str:
    """The name of an outcome, cut to its column."""
    return short(name, _NAME - 1)


def _runways(found: Comparison) -> list[str]:
    shown = _shown(found)
    dates = "".join(f"{(found.first_month + month).label:>{_CELL}}" for month in shown)
    head = f"{'% insolvent by end of':{_NAME}}" + "".join(f"{p:>{_MONTH}}" for p in ("P10", "P50", "P90")) + dates
    rows = []
    for outcome in found.outcomes:
        clock = outcome.insolvent
        cells = "".join(f"{_runway(found, outcome, level=level):>{_MONTH}}" for level in _LEVELS)
        chances = "".join(f"{percent(int(clock.counts[month]), clock.paths):>{_CELL}}" for month in shown)
        rows.append(f"{label(outcome.name):{_NAME}}{cells}{chances}")
    return [head, *rows]


def _shown(found: Comparison) -> list[int]:
    """The months there is room for: the first three, and the horizon, to which needs and averages refer."""
    *early, last = found.shown_at()
    return [*early[:3], last]


def _runway(found: Comparison, outcome: Outcome, *, level: float) -> str:
    month = outcome.insolvent.month(level)
    return narrowly_beyond(found.months) if month is None else (found.first_month + (month - 1)).label


def _money(found: Comparison) -> list[str]:
    heads = [f"{format_share(level)} need" for level in NEED_LEVELS]
    head = f"{'extra money at the start':{_NAME}}" + "".join(f"{text:>{_AMOUNT}}" for text in heads)
    sold = any(outcome.exit.counts[-1] for outcome in found.outcomes)
    rows = []
    for outcome in found.outcomes:
        cells = "".join(f"{_need(outcome.need, level, currency=found.currency):>{_AMOUNT}}" for level in NEED_LEVELS)
        acquired = percent(int(outcome.exit.counts[-1]), found.paths) if sold else ""
        rows.append(f"{label(outcome.name):{_NAME}}{cells}{acquired:>{_CELL + 4}}".rstrip())
    return [head + (f"{'% acquired':>{_CELL + 4}}" if sold else ""), *rows]


def _need(need: Need | None, level: float, *, currency: str) -> str:
    amount = None if need is None else need.amount(level)
    if need is None or amount is None:
        return "no amount"
    low, high = (
        "none" if value is None else format_money(value, "") if value else "0" for value in need.interval(level)
    )
    return f"{format_money(amount, currency)} ({low} to {high})" if amount else "none"


def _differences(found: Comparison) -> list[str]:
    shown = _shown(found)[-3:]
    dates = "".join(f"{(found.first_month + month).label:>{_CELL + 1}}" for month in shown)
    head = f"{'less base, same paths':{_NAME}}{'months':>{_CELL + 1}}{dates}{'90% need':>{_AMOUNT}}"
    rows = []
    for outcome in found.others:
        pair = found.pair(outcome.name)
        chances = "".join(f" {points(pair.insolvent(month)):>{_CELL}}" for month in shown)
        need = amount_of(pair.need(0.9), currency=found.currency)
        rows.append(
            f"{label(outcome.name):{_NAME}}{signed(pair.months_solvent):>{_CELL + 1}}{chances}{need:>{_AMOUNT}}"
        )
    return [head, *rows]


def signed(difference: Difference, decimals: int = 2) -> str:
    """A difference and half the width of its interval: "+1.42±0.03"; "0" where nothing differs."""
    if difference.value is None:
        return "-"
    if difference.value == 0 and difference.half_width == 0:
        return "0"
    value = round(difference.value, decimals) + 0.0  # no minus before nothing
    return f"{value:+.{decimals}f}±{difference.half_width:.{decimals}f}"


def points(difference: Difference) -> str:
    """A difference of probabilities in percentage points."""
    hundred = [None if end is None else 100 * end for end in (difference.value, difference.low, difference.high)]
    return signed(Difference(*hundred), 1)


def amount_of(difference: Difference, *, currency: str) -> str:
    """A difference of amounts, and its interval."""
    if difference.value is None:
        return "-"
    if difference.value == 0 and difference.half_width == 0:
        return "0"
    value, low, high = (
        _signed_money(end, code)
        for end, code in ((difference.value, currency), (difference.low, ""), (difference.high, ""))
    )
    return f"{value} ({low} to {high})"


def _signed_money(value: float | None, currency: str) -> str:
    if value is None:
        return "?"
    return ("+" if value > 0 else "") + format_money(float(f"{value:.3g}"), currency)


def _orders(found: Comparison) -> list[str]:
    heads = ("lives longer", "same month", "neither fails", "dies first")
    cells = {outcome.name: _order(found.pair(outcome.name)) for outcome in found.others}
    rows = [f"{label(name):{_NAME}}" + "".join(f"{cell:>15}" for cell in row) for name, row in cells.items()]
    return [f"{'% of the paths, beside base':{_NAME}}" + "".join(f"{head:>15}" for head in heads), *rows]


def _order(pair: Pair) -> list[str]:
    order = pair.joint.order()
    counts = (order.longer, order.same_month, order.neither, order.shorter)
    return [percent(count, order.paths) for count in counts]


def _run(found: Comparison) -> list[str]:
    sentences = [
        f"Run: {counted(found.paths, 'path')}, seed {found.seed}; every run has the same draws.",
        "±, <, >, brackets: 95% Monte Carlo error.",
        "months: of solvency gained up to the horizon, on average; then percentage points of insolvency by a month's",
        "end; then money that lets 90% of the paths through.",
    ]
    if any(outcome.exit.counts[-1] for outcome in found.outcomes):
        sentences.append("Acquired paths count as not insolvent.")
    return textwrap.wrap(" ".join(sentences), WIDTH)
