"""A raise in words: how much, by when, at what price, both at once, and what would be needed instead."""

import textwrap
from collections.abc import Iterator, Sequence
from typing import Final

from tarmac.measures import Loss
from tarmac.money import format_money, format_share
from tarmac.raising import LEVELS, Alternative, Attempt, Raise, Span
from tarmac.report.words import counted, percent, short

WIDTH: Final = 100
_LABEL, _CELL = 16, 11
_NAME, _WIDE, _LAST = 24, 30, 24
_WORTH_SAYING: Final = 0.005
_WHEN: Final = {
    "early": "before the money comes in {month}",
    "most": "with the most that was tried",
    "reactions": "because what is done about too little cash is not done with more",
}
_WHY: Final = {
    "covenant": "a lender called its loan",
    "vendor": "a vendor waited no longer",
    "supply": "wages, a lender or a tax unpaid after a vendor cut supply",
    "obligation": "wages, a lender or a tax unpaid",
    "cash": "cash did not cover what was due",
}


def answer(found: Raise) -> str:
    """How much and by when, in one sentence, without its full stop."""
    end = (found.first_month + (found.months - 1)).label
    sure = (
        f"To reach the end of {end} solvent on {format_share(found.confidence)} of the paths, with no other new money"
    )
    amount, month = found.amount, (found.first_month + found.at).label
    if amount is None:
        return f"No amount does: {sure[0].lower()}{sure[1:]}, is out of reach"
    if amount == 0:
        return f"{sure}, nothing is needed: {percent(found.alone, found.paths)}% get there as it is"
    return (
        f"{sure}, {short(found.company)} must have {format_money(amount, found.currency)} more at the start of {month}"
    )


def lost_in_words(found: Raise) -> str:
    """Which paths are lost to any amount, when and why, without a full stop; empty where that is hardly any.

    Shares are of all paths, with their 95% Monte Carlo error.
    """
    if found.need.hopeless < _WORTH_SAYING * found.need.paths:
        return ""
    parts = [_lost(found, when) for when in _WHEN]
    return f"Lost to any amount: {'; '.join(part for part in parts if part)}"


def _lost(found: Raise, when: str) -> str:
    losses = sorted((loss for loss in found.need.losses if loss.when == when), key=lambda loss: -loss.paths)
    if not losses:
        return ""
    text = f"{_share_of(losses, found)} {_WHEN[when].format(month=(found.first_month + found.at).label)}"
    if when == "reactions":
        return text
    if len(losses) == 1:
        return f"{text} ({_WHY[losses[0].why]})"
    return f"{text} ({', '.join(f'{_share_of([loss], found)} {_WHY[loss.why]}' for loss in losses)})"


def _share_of(losses: Sequence[Loss], found: Raise) -> str:
    return f"{percent(sum(loss.paths for loss in losses), found.need.paths)}%"


def begin_in_words(found: Raise) -> str:
    """By when the raise must begin, in one sentence, without its full stop."""
    begin, wanted = found.begin_by, format_share(found.confidence)
    first = f"{percent(int(found.in_time[found.now]), found.paths)}%"
    if begin is None:
        start = (found.first_month + found.now).label
        return f"Too late to be {wanted} sure: begun in {start}, the money comes in time on {first} of the paths"
    if begin >= found.months:
        return f"It may begin at any time: the money comes in time on at least {wanted} of the paths, or is not needed"
    last = (found.first_month + begin).label
    return f"Begin by {last}: later, the money comes in time on fewer than {wanted} of the paths"


def raise_text(found: Raise) -> str:
    """What a founder reads: the answer, by when, at what price, the curve, both at once, and what else there is.

    At most 100 columns.
    """
    first = found.first_month.label
    lines = [f"{short(found.company)}: {counted(found.months, 'month')} from {first}"]
    sentences = [f"{answer(found)}{_interval(found)}", lost_in_words(found)]
    sentences += [f"{begin_in_words(found)}, if the attempt closes", attempt_in_words(found), *price_in_words(found)]
    for sentence in filter(None, sentences):
        lines += textwrap.wrap(f"{sentence}.", WIDTH, subsequent_indent="    ")
    blocks = [
        _curve(found),
        _table(found) if found.amounts else [],
        _instead(found) if len(found.alternatives) > 1 else [],
        [run_in_words(found)],
    ]
    return "\n".join([*lines, *(line for block in blocks if block for line in ("", *block))])


def _interval(found: Raise) -> str:
    if not found.amount:
        return ""
    low, high = (money_or_none(value, found) for value in found.need.interval(found.confidence))
    return f" (95% interval {low} to {high}); as it is {percent(found.alone, found.paths)}% get there"


def money_or_none(value: float | None, found: Raise) -> str:
    """An amount, or that none does."""
    return "no amount" if value is None else format_money(value, found.currency)


def attempt_in_words(found: Raise) -> str:
    """How long an attempt takes and how likely it is to close, without a full stop."""
    attempt = found.attempt
    if attempt.source.startswith("nothing") and not attempt.takes:
        return "How long an attempt takes is not known: the money comes at once (tarmac raise --takes '4 to 9')"
    chance = f"closes with a chance of {format_share(found.closes)}"
    text = f"An attempt takes {_months(attempt.takes)} and {chance} (from {short(attempt.source)})"
    if attempt.longer:
        half, most = (_wait(found, level) for level in (0.5, 0.9))
        text = (
            f"An attempt {_course(attempt)}: it {chance} (from {short(attempt.source)}), and if it does, on half of "
            f"the paths {half}, on nine in ten {most}"
        )
    if attempt.left_out:
        text += f"; what would move the chance is left out: {', '.join(attempt.left_out)}"
    if found.beyond:
        late = f"{percent(found.beyond, found.paths)}%"
        text += f"; begun at once, it ends after these {counted(found.months, 'month')} on {late} of the paths"
    return text


def _months(number: str | float) -> str:
    shown = number if isinstance(number, str) else f"{number:g}"
    return f"{shown} month{'' if shown == '1' else 's'}"


def _wait(found: Raise, level: float) -> str:
    months = found.wait(level)
    if months is None:
        return f"after more than {counted(found.months, 'month')}"
    return f"within {counted(months, 'month')}"


def _course(attempt: Attempt) -> str:
    """How an attempt goes that may close in one of several months, or be made again."""
    text = f"takes {_months(attempt.takes)}"
    if "closes_monthly" in attempt.longer:
        monthly, last = attempt.longer["closes_monthly"], _months(attempt.longer["gives_up_after"])
        text += (
            f" at the earliest, closes in each month from then on with a chance of {monthly}, is given up after {last}"
        )
    if attempt.longer.get("retries"):
        often, pause = attempt.longer["retries"], _months(attempt.longer["again_after"])
        text += f", and is made again {'once' if often == 1 else f'up to {often} times'}, {pause} after it has failed"
    return text


def price_in_words(found: Raise) -> Iterator[str]:
    """What the money costs in shares, in sentences without their full stops."""
    cost = found.dilution
    if not found.amount:
        return
    if cost is None and found.attempt.price:
        yield "What it costs in shares is not known: a round before it has neither pre_money nor sold"
        return
    if cost is None:
        yield "No valuation is known, so what it costs in shares is not: give a round a pre_money (raise: --pre-money)"
        return
    if cost.sold is not None:
        price = f"At the valuation of {short(found.attempt.priced_by)}"
        if found.attempt.priced_by == "the command line":
            price = "At that valuation"
        text = f"{price} it buys {_span(cost.sold)} of the company"
        end = (found.first_month + (found.months - 1)).label
        before = f" in {found.first_month.label}" if found.now else ""
        if cost.common is not None:
            text += (
                f"; founders and staff go from {format_share(cost.opening)}{before} to {_span(cost.common)} by {end}"
            )
        yield f"{text} (P50, P5 to P95)"
    if cost.at_exit is not None and cost.proceeds is not None:
        sold = f"{percent(cost.at_exit.paths, cost.paths)}%"
        money = [
            format_money(value, found.currency) for value in (cost.proceeds.p50, cost.proceeds.p5, cost.proceeds.p95)
        ]
        got = f"and get {money[0]} ({money[1]} to {money[2]})"
        yield f"Where it is sold, on {sold} of the paths, they have {_span(cost.at_exit)} {got}"


def _span(span: Span) -> str:
    return f"{format_share(span.p50)} ({format_share(span.p5)} to {format_share(span.p95)})"


def _curve(found: Raise) -> list[str]:
    head = f"{'confidence':{_LABEL}}" + "".join(f"{format_share(level):>{_CELL}}" for level in LEVELS[:7])
    amounts = "".join(f"{money_or_none(found.need.amount(level), found):>{_CELL}}" for level in LEVELS[:7])
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


def _instead(found: Raise) -> list[str]:
    """The need under each scenario, in a row each."""
    wanted = f"need for {format_share(found.confidence)}"
    head = f"{'what could be done':{_NAME}}{wanted:>{_CELL + 5}}{'difference (95% interval)':>{_WIDE}}"
    rows = [_alternative(row, found) for row in found.alternatives]
    return [f"{head}{'% without new money':>{_LAST}}", *rows]


def _alternative(row: Alternative, found: Raise) -> str:
    name = short(row.name or row.title, _NAME - 1)
    difference = ""
    if row.difference is not None:
        difference = _signed(row.difference, found)
        if row.interval is not None:
            difference += f" ({' to '.join(_signed(value, found) for value in row.interval)})"
    alone = percent(row.alone, row.paths)
    return f"{name:{_NAME}}{money_or_none(row.amount, found):>{_CELL + 5}}{difference:>{_WIDE}}{alone:>{_LAST}}"


def _signed(value: float, found: Raise) -> str:
    return f"{'+' if value > 0 else ''}{format_money(value, found.currency)}"


def run_in_words(found: Raise) -> str:
    """How it was found: paths and seed, and how to read errors."""
    tables = "tables" if len(found.alternatives) > 1 else "table"
    few = f"; {tables}: the first {counted(found.tried, 'path')}" if found.tried < found.paths else ""
    return f"Run: {counted(found.paths, 'path')}, seed {found.seed}{few}. ±, <, >: 95% Monte Carlo error."
