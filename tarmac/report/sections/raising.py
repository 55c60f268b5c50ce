"""How much to raise and by when: the need, the start, and what it costs in shares."""

from tarmac.dossier import Dossier
from tarmac.money import format_money, format_share
from tarmac.raising import LEVELS, Raise
from tarmac.report.parts import Picture, Section, Sheet
from tarmac.report.pictures import need_picture
from tarmac.report.raising import (
    answer,
    attempt_in_words,
    begin_in_words,
    lost_in_words,
    money_or_none,
    price_in_words,
    run_in_words,
)
from tarmac.report.raising_charts import need_table, start_table
from tarmac.report.text import need_in_words
from tarmac.report.words import end_of, percent


def need(dossier: Dossier) -> Section:
    """The extra money at the start that brings a share of the paths to the horizon solvent, with the rounds planned."""
    forecast = dossier.forecast
    horizon, start = end_of(forecast, forecast.months - 1), end_of(forecast, forecast.origin.now)
    rows = tuple((format_share(level), need_in_words(forecast, level)) for level in (0.5, 0.8, 0.9, 0.95))
    text = (
        f"What would have to be there at the start of {start}, on top of what there is and with the rounds "
        f"planned, for a share of the paths to stay solvent to the end of {horizon}."
    )
    sheet = Sheet("need", "Extra money, with the rounds planned", ("of the paths", "amount (95% interval)"), rows)
    return Section("need", "Money needed beside the plan", (text,), tables=(sheet,))


def raise_(dossier: Dossier) -> Section:
    """How much must be raised and by when, were there no other new money, and at what price."""
    found = dossier.raised
    if found is None:
        why = dossier.missing.get("raise", "it was not worked out")
        return Section("raise", "How much to raise, and by when", (f"Not worked out: {why}.",))
    sentences = [answer(found), lost_in_words(found), f"{begin_in_words(found)}, if the attempt closes"]
    sentences += [attempt_in_words(found), *price_in_words(found)]
    picture = Picture(
        name="need",
        title="Paths that survive, by the money they get",
        words=f"The share of the paths that survive rises with the money they get. {answer(found)}.",
        draw=lambda form: need_picture(found, form),
        table=_curve(found),
    )
    return Section(
        "raise",
        "How much to raise, and by when",
        tuple(f"{text}." for text in sentences if text),
        (picture,),
        (_starts(found),) if found.amounts else (),
        (run_in_words(found),),
    )


def _curve(found: Raise) -> Sheet:
    rows = tuple(
        (
            format_share(level),
            money_or_none(found.need.amount(level), found),
            *(money_or_none(value, found) for value in found.need.interval(level)),
        )
        for level in LEVELS
    )
    title = f"Money at the start of {(found.first_month + found.at).label}"
    return Sheet("raise", title, ("of the paths", "amount", "from", "to"), rows, lambda: need_table(found).round(2))


def _starts(found: Raise) -> Sheet:
    end = (found.first_month + (found.months - 1)).label
    rows = tuple(
        (
            (found.first_month + start).label,
            *(f"{percent(int(count), found.tried)}%" for count in counts),
        )
        for start, counts in zip(found.starts, found.survives, strict=True)
    )
    heads = ("begun in", *(format_money(amount, found.currency) for amount in found.amounts))
    title = f"Paths that reach the end of {end} solvent, if the attempt closes, by its start and amount"
    return Sheet("starts", title, heads, rows, lambda: start_table(found))
