"""A forecast in words: the answer in a sentence, a screen for a founder, a text in place of the chart."""

import textwrap
from pathlib import PurePath
from typing import Final

import numpy as np

from tarmac.errors import printable
from tarmac.forecast import CALIBRATED, INSOLVENT, Forecast
from tarmac.measures import Clock, Fan
from tarmac.money import format_money, format_share
from tarmac.replicates import REPLICATE_PATHS
from tarmac.report.words import (
    CLOCK_NAMES,
    WITH_ROUNDS,
    bare_money,
    beyond,
    bound_of_none,
    chance_by,
    chance_of_none,
    counted,
    end_of,
    in_currency,
    narrowly_beyond,
    short,
    told_in,
)

WIDTH: Final = 100
LINES: Final = 28
_NAME, _P, _LAST_P, _CELL = 14, 9, 18, 10
_INDENT: Final = " " * 4
_NO_BREAK: Final = "\N{NO-BREAK SPACE}"
_SHOWN_AT: Final = (6, 12, 18, 24)
_SHORTEST_SENTENCE: Final = 40
_WORTH_SAYING: Final = 0.005
LEGAL: Final = {
    "first_missed_bill": "Missed a bill: the cash-flow test.",
    "point_of_no_return": "Past no return: cash is below what an orderly end costs.",
    "balance_sheet_insolvent": "Owes more: than its assets, the balance-sheet test.",
}
"""What the clocks that may strike before insolvency test."""


def headline(forecast: Forecast) -> str:
    """When the money runs out, in one sentence, without its full stop.

    Says "most paths" only where the Monte Carlo interval of the probability lies on one side of one half.
    """
    clock, last = forecast.insolvent, forecast.months - 1
    share, end = float(clock.probability[last]), end_of(forecast, last)
    low, high = (float(side[last]) for side in clock.interval())
    half = clock.month(0.5)
    if not clock.counts[last]:
        return _never(forecast)
    if low <= 0.5 <= high:
        between = f"95% interval {format_share(low)} to {format_share(high)}"
        return f"Too close to call: {format_share(share)} of the paths are insolvent by {end} ({between})"
    if half is not None:
        return _runs_out(forecast, half)
    tenth = _tenth(forecast, forecast.months)
    sold = float(forecast.exit.probability[last])
    if sold >= _WORTH_SAYING:
        ends = f"{format_share(share)} of the paths are insolvent and {format_share(sold)} acquired by {end}"
        return f"{ends}; {format_share(1 - share - sold)} go on{tenth and f' (insolvent: {tenth[2:]})'}"
    return (
        f"More likely than not solvent for {beyond(forecast.months)}: {format_share(share)} insolvent by {end}{tenth}"
    )


def _never(forecast: Forecast) -> str:
    within = f"within {counted(forecast.months, 'month')}"
    bound = f"at most {bound_of_none(forecast.paths)}, 95% confidence"
    profitable = float(forecast.profitable.probability[-1])
    tail = ""
    if profitable >= 0.5:
        tail = f"; {format_share(profitable)} are profitable by {end_of(forecast, forecast.months - 1)}"
    sold = float(forecast.exit.probability[-1])
    if sold >= _WORTH_SAYING:
        tail = f"; {format_share(sold)} are acquired by {end_of(forecast, forecast.months - 1)}"
    return f"No path of {forecast.paths:,} is insolvent {within} ({bound}){tail}"


def _runs_out(forecast: Forecast, half: int) -> str:
    share = float(forecast.insolvent.probability[half - 1])
    start = f"Money runs out by {end_of(forecast, half - 1)} on"
    if share < 0.505:
        return f"{start} half of the paths{_tenth(forecast, half, on='on ')}"
    where = f"every path: all {forecast.paths:,}" if share == 1 else f"most paths: {format_share(share)}"
    return f"{start} {where} are insolvent by then{_tenth(forecast, half)}"


def _tenth(forecast: Forecast, before: int, *, on: str = "") -> str:
    """When one path in ten is insolvent, where that is before a month already named."""
    tenth = forecast.insolvent.month(0.1)
    return "" if tenth is None or tenth >= before else f", {on}one in ten by {end_of(forecast, tenth - 1)}"


def screen(forecast: Forecast) -> str:
    """One screen a founder reads: when, how likely, how much, and what was assumed. At most 28 lines of 100 columns.

    P10 of a clock is the month by whose end it has struck one path in ten; every probability carries its 95% Monte
    Carlo error.
    """
    lines = [_title(forecast), *textwrap.wrap(f"{headline(forecast)}.", WIDTH), "", *_table(forecast)]
    opened = len(lines)
    lines += [*_alive(forecast), *_need(forecast), *_rounds(forecast), *_owned(forecast), *_run(forecast)]
    lines += _assumed(forecast, room=LINES - len(lines))
    if len(lines) > LINES:
        lines = [line for line in lines if line]
        rounds = _rounds(forecast)
        if len(lines) > LINES and len(rounds) > 1:
            first = lines.index(rounds[0])
            lines[first : first + len(rounds)] = [short(" ".join(map(str.strip, rounds)), WIDTH)]
        return "\n".join(lines)
    return "\n".join(lines if len(lines) == LINES else [*lines[:opened], "", *lines[opened:]])


def _title(forecast: Forecast) -> str:
    first = forecast.origin.first_month.label
    told = "" if forecast.origin.translation is None else f", in {told_in(forecast)} (rate of the opening)"
    return f"{short(forecast.company)}: {counted(forecast.months, 'month')} from {first}{told}"


def _table(forecast: Forecast) -> list[str]:
    shown = told_months(forecast)
    head = f"{'% by end of':{_NAME}}{'P10':>{_P}}{'P50':>{_P}}{'P90':>{_LAST_P}}"
    clocks = [_clock_row(forecast, name, shown=shown) for name in told_clocks(forecast)]
    money = [_money_row(forecast, label, row=row) for label, row in told_amounts(forecast, shown)]
    dates = "".join(f"{end_of(forecast, index):>{_CELL}}" for index in shown)
    return [head + dates, *clocks, *money, *_legend(forecast)]


def told_months(forecast: Forecast) -> list[int]:
    """Month indices counted from 0: after half a year, a year and so on, and the horizon."""
    return [months - 1 for months in _SHOWN_AT if months < forecast.months] + [forecast.months - 1]


def told_clocks(forecast: Forecast) -> list[str]:
    """The clocks worth a row: those that are always the insolvency itself have none, nor an exit that never comes."""
    strikes = forecast.summary.strikes
    same = {name for name in LEGAL if np.array_equal(strikes[name], strikes["insolvent"])}
    return [name for name in CLOCK_NAMES if name not in same and (name != "exit" or forecast.exit.counts[-1])]


def _clock_row(forecast: Forecast, name: str, *, shown: list[int]) -> str:
    clock = forecast.clocks[name]
    months = [clock.month(level) for level in (0.1, 0.5, 0.9)]
    known = [end_of(forecast, month - 1) for month in months if month is not None]
    widths = [_P, _P, _LAST_P]
    cells = "".join(f"{cell:>{width}}" for cell, width in zip(known, widths, strict=False))
    if len(known) < len(months):
        room, words = sum(widths[len(known) :]), beyond(forecast.months)
        cells += f"{words if len(words) < room else narrowly_beyond(forecast.months):>{room}}"
    chances = "".join(f"{chance_by(clock, index):>{_CELL}}" for index in shown)
    return f"{CLOCK_NAMES[name]:{_NAME}}{cells}{chances}"


def told_amounts(forecast: Forecast, shown: list[int]) -> list[tuple[str, list[float]]]:
    """The rows of money: what each is, and its value at some months (NaN where no path is left)."""

    def at(fan: Fan, level: float) -> list[float]:
        return [float(value) for value in fan.quantile(level)[shown]]

    rows = [
        (
            f"cash, median (insolvent: zero{', sold: left out' if forecast.exit.counts[-1] else ''})",
            at(forecast.cash, 0.5),
        ),
        ("cash, one path in ten below", at(forecast.cash, 0.1)),
        ("net burn a month, median while solvent", at(forecast.net_burn, 0.5)),
    ]
    for name, fan in (("arrears", forecast.arrears), ("payables", forecast.payables)):
        if fan.histogram.highest.max() > 0:
            rows.append((f"{name}, median while solvent", at(fan, 0.5)))
    return rows


def _money_row(forecast: Forecast, label: str, *, row: list[float]) -> str:
    currency = forecast.origin.currency
    cells = "".join(f"{bare_money(value, currency):>{_CELL}}" for value in row)
    return f"{label + in_currency(currency):{_NAME + 2 * _P + _LAST_P}}{cells}"


def _legend(forecast: Forecast) -> list[str]:
    same = "" if "first_missed_bill" in told_clocks(forecast) else " No bill is missed before insolvency."
    left = forecast.paths - int(forecast.insolvent.counts[-1]) - int(forecast.exit.counts[-1])
    gone = "" if left else " -: no path left."
    text = "P10: on one path in ten by then (P50: half, P90: nine in ten). ±, <, >: 95% Monte Carlo error."
    tests = "".join(f" {words}" for name, words in LEGAL.items() if name in told_clocks(forecast))
    return textwrap.wrap(f"{text}{same}{gone}{tests}", WIDTH)


def _alive(forecast: Forecast) -> list[str]:
    clock = forecast.default_alive
    alive = chance_of_none(clock)
    horizon = end_of(forecast, forecast.months - 1)
    return [
        f"Default alive (no new money, solvent to {horizon}): {alive}% of the paths.",
        f"{concern_in_words(forecast)}.",
        f"Cash / burn rule: {simple_rule(forecast)}.",
    ]


def concern_in_words(forecast: Forecast) -> str:
    """Whether every bill is met for a year from the day the accounts are issued, without and with approved plans."""
    concern = forecast.going_concern
    end = end_of(forecast, concern.months - 1)
    views = [concern.without_plans, concern.approved]
    shares = [chance_of_none(clock) for clock in views]
    text = f"Going concern (bills met to {end}): {shares[0]}% of the paths without plans"
    return text if concern.approved is concern.without_plans else f"{text}, {shares[1]}% with approved ones"


def simple_rule(forecast: Forecast) -> str:
    """What the usual rule of thumb says: cash over the mean net burn of the next three months."""
    rule, now = forecast.simple_runway, forecast.origin.now
    if rule is not None:
        months = f"{rule:.1f} months" if rule < 1_000 else "over 1,000 months"
        return f"{months}{_from_now(forecast)}; for comparison only"
    if np.isnan(forecast.net_burn.mean[now : now + 3]).all():
        month = f"of {end_of(forecast, now)}" if now else "of the first month"
        return f"cannot be worked out, no path is solvent at the end {month}"
    return f"does not apply, the company burns no cash {_from_now(forecast).strip() or 'at first'}"


def _from_now(forecast: Forecast) -> str:
    """From when on a figure counts that usually counts from the opening."""
    return f" from {end_of(forecast, forecast.origin.now)} on" if forecast.origin.now else ""


def _need(forecast: Forecast) -> list[str]:
    horizon = end_of(forecast, forecast.months - 1)
    words = {level: need_in_words(forecast, level) for level in (0.5, 0.8, 0.9)}
    code = forecast.origin.currency
    amounts = "; ".join(f"{format_share(level)}: {text}" for level, text in words.items())
    amounts = amounts.replace(f"{code} ", f"{code}{_NO_BREAK}")
    start = f"the start of {end_of(forecast, forecast.origin.now)}" if forecast.origin.now else "the start"
    rounds = f", {WITH_ROUNDS}," if forecast.origin.marks else ","
    what = f"Extra money at {start}{rounds} by paths solvent to {horizon}"
    text = f"{what} (95% interval): {amounts}."
    lines = textwrap.wrap(text, WIDTH, subsequent_indent=_INDENT)
    return [line.replace(_NO_BREAK, " ") for line in lines]


def need_in_words(forecast: Forecast, level: float) -> str:
    """The extra opening cash with which a share `level` of the paths reaches the horizon solvent, and its interval."""
    amount, (low, high) = forecast.need.amount(level), forecast.need.interval(level)
    currency = forecast.origin.currency

    def words(value: float | None) -> str:
        return "no amount" if value is None else format_money(value, currency)

    if amount == 0:
        return "none, enough as it is" + ("" if high == 0 else f" (up to {words(high)})")
    if amount is None:
        return "no amount suffices" + ("" if low is None else f" (or {words(low)} at least)")
    return f"{words(amount)} ({words(low)} to {words(high)})"


def _rounds(forecast: Forecast) -> list[str]:
    marks = forecast.origin.marks
    if not marks:
        return []
    rounds = []
    for mark in marks:
        begins = f"when {mark.waits_for}" if mark.waits_for else "on its condition"
        if mark.month is not None:
            begins = end_of(forecast, mark.month) if mark.month < forecast.months else "after the horizon"
        rounds.append(f"{short(mark.name, 30)} ({short(mark.what, 12)}) starts {short(begins, 60)}")
    return textwrap.wrap(
        f"Rounds: {'; '.join(rounds)}.", WIDTH, subsequent_indent=_INDENT, max_lines=2, placeholder=" ..."
    )


def _owned(forecast: Forecast) -> list[str]:
    """Who owns what, and what a sale brings, on one line; nothing where it is not known."""
    owned, got = ownership_in_words(forecast), forecast.exit_proceeds
    if got is None or forecast.ownership is None or not owned:
        return [f"{text}." for text in (owned or proceeds_in_words(forecast),) if text]
    share = [format_share(forecast.ownership.quantile(level)) for level in (0.5, 0.05, 0.95)]
    money = [format_money(got.quantile(level), forecast.origin.currency) for level in (0.5, 0.05, 0.95)]
    end = end_of(forecast, forecast.months - 1)
    text = f"Founders and staff: {share[0]} (P5 to P95: {share[1]} to {share[2]}) at {end}"
    return [short(f"{text}; if sold {money[0]} ({money[1]} to {money[2]}).", WIDTH)]


def ownership_in_words(forecast: Forecast) -> str:
    """What founders and staff own at the horizon, without a full stop; empty where that is not known."""
    owned = forecast.ownership
    if owned is None or not owned.common.paths:
        return ""
    middle, low, high = (format_share(owned.quantile(level)) for level in (0.5, 0.05, 0.95))
    end, opening = end_of(forecast, forecast.months - 1), format_share(owned.opening)
    return f"Founders and staff own {middle} (P5 to P95: {low} to {high}) where solvent at {end}, from {opening}"


def proceeds_in_words(forecast: Forecast) -> str:
    """What founders and staff get where the company is sold, without a full stop; empty where that is not known."""
    got = forecast.exit_proceeds
    if got is None:
        return ""
    middle, low, high = (format_money(got.quantile(level), forecast.origin.currency) for level in (0.5, 0.05, 0.95))
    sold = chance_by(forecast.exit, -1)
    return f"Founders and staff get {middle} (P5 to P95: {low} to {high}) where it is sold, on {sold}% of the paths"


def scenarios_in_words(forecast: Forecast) -> str:
    """The scenarios that were applied, in their order."""
    names = [short(PurePath(name).name.removesuffix(".toml"), 30) for name in forecast.origin.scenarios]
    return f"scenario{'s' if len(names) > 1 else ''} {', '.join(names)}" if names else "no scenario"


def sampled_in_words(forecast: Forecast) -> str:
    """How paths were spread over chance, and what precision was wanted; empty for so many independent paths."""
    sampling, clock = forecast.origin.sampling, forecast.insolvent
    how = {"plain": "", "antithetic": " in mirrored pairs", "sobol": " on points of Sobol"}[sampling.sampler]
    if clock.squares is not None:
        how += f" ({forecast.paths // REPLICATE_PATHS} replicates)"
    if sampling.precision is None:
        return how
    low, high = clock.interval()
    found = float(high[-1] - low[-1]) / 2
    side = "" if found <= sampling.precision else ", not reached"
    reached = np.format_float_positional(found, precision=2, fractional=False, trim="-")
    return f"{how}, insolvent by the horizon ±{reached} ({sampling.precision:g} wanted{side})"


def _run(forecast: Forecast) -> list[str]:
    paths = f"{counted(forecast.paths, 'path')}{sampled_in_words(forecast)}"
    text = f"Run: {paths}, seed {forecast.origin.seed}, {scenarios_in_words(forecast)}."
    return textwrap.wrap(text, WIDTH, subsequent_indent=_INDENT, max_lines=3, placeholder=" ...")


def _assumed(forecast: Forecast, *, room: int) -> list[str]:
    """The assumptions in the lines that are left; where they do not fit, the longest sentences are cut.

    The first, which says what "a to b" means, the definition of insolvency and the facts behind it are never cut.
    """
    sentences = [printable(text, 1_000) for text in forecast.origin.text]
    while True:
        lines = textwrap.wrap(f"Assumed: {' '.join(sentences)}", WIDTH, subsequent_indent=_INDENT) if sentences else []
        free = [place for place, text in enumerate(sentences) if place and not text.startswith((INSOLVENT, CALIBRATED))]
        place = max(free, key=lambda place: len(sentences[place]), default=0)
        if len(lines) <= room or not free:
            return lines
        if len(sentences[place]) <= _SHORTEST_SENTENCE:
            del sentences[place]
        else:
            shorter = len(sentences[place]) - 10
            sentences[place] = textwrap.shorten(sentences[place], shorter, placeholder=" ...")


def alt_text(forecast: Forecast) -> str:
    """What the chart shows, for a reader who cannot see it: three or four sentences made from the result."""
    last = forecast.months - 1
    end = end_of(forecast, last)
    what = (
        f"Two charts of {short(forecast.company)} by month, {_span(forecast)}: cash, and the probability of insolvency."
    )
    sentences = [what, f"{headline(forecast)}.", _cash_sentence(forecast)]
    profitable = forecast.profitable
    if profitable.probability[last] > 0:
        sentences.append(f"Lasting profit is reached by {end} on {_share(profitable, last)} of the paths.")
    return " ".join(sentences)


def _span(forecast: Forecast) -> str:
    first, end = end_of(forecast, 0), end_of(forecast, forecast.months - 1)
    return f"{first} to {end}" if forecast.months > 1 else first


def _cash_sentence(forecast: Forecast) -> str:
    currency, last = forecast.origin.currency, forecast.months - 1
    median = forecast.cash.quantile(0.5)
    if np.isnan(median[last]):
        return f"At the end of {end_of(forecast, last)} no path is left: the company was acquired on all of them."
    low, high = (format_money(float(forecast.cash.quantile(level)[last]), currency) for level in (0.05, 0.95))
    most = f"when nine paths in ten hold between {low} and {high}" if low != high else "as on nine paths in ten"
    end = f"{format_money(float(median[last]), currency)} at the end of {end_of(forecast, last)}"
    start = f"{format_money(float(median[0]), currency)} at the end of {end_of(forecast, 0)} and " if last else ""
    return f"Median cash is {start}{end}, {most}."


def _share(clock: Clock, index: int) -> str:
    return format_share(float(clock.probability[index]))
