"""How long the money lasts: the runway chart, the clocks, and who owns the company."""

from typing import TYPE_CHECKING

import numpy as np

from tarmac.dossier import Dossier
from tarmac.forecast import Forecast
from tarmac.money import format_share
from tarmac.report.parts import Picture, Section, Sheet
from tarmac.report.pictures import ownership_picture, runway_picture
from tarmac.report.tables import BANDS, cash_table, drawn_clocks, ownership_table, runway_table
from tarmac.report.text import (
    LEGAL,
    alt_text,
    concern_in_words,
    ownership_in_words,
    proceeds_in_words,
    simple_rule,
    told_amounts,
    told_clocks,
    told_months,
)
from tarmac.report.words import CLOCK_NAMES, bare_money, beyond, end_of, in_currency, percent

if TYPE_CHECKING:
    import pandas as pd

_BANDS_READ = (
    "Bands hold 50, 80 and 90% of the paths month by month, insolvent ones at zero{sold}; they are no paths. "
    "Thin lines are single paths. Probabilities lie in a band of their 95% Monte Carlo interval, often no wider than "
    "the line."
)


def runway(dossier: Dossier) -> Section:
    """The runway chart: cash by month as a fan, and the probability of each clock."""
    forecast = dossier.forecast
    sold = ", acquired ones left out" if forecast.exit.counts[-1] else ""
    picture = Picture(
        name="runway",
        title="Cash at month end, and the probability of insolvency by then",
        words=alt_text(forecast),
        draw=lambda form: runway_picture(forecast, form),
        table=_runway_sheet(forecast),
    )
    return Section("runway", "Runway", pictures=(picture,), notes=(_BANDS_READ.format(sold=sold),))


def _runway_sheet(forecast: Forecast) -> Sheet:
    """Quantiles of cash and every drawn clock by month; for programs also the single paths and the intervals."""
    cash = cash_table(forecast)
    percents = sorted({50, *(percent for band in BANDS.values() for percent in band)})
    money, clocks = [f"p{percent}" for percent in percents], drawn_clocks(forecast)
    code = in_currency(forecast.origin.currency)
    heads = ["month", *(f"cash P{percent}{code}" for percent in percents), *(CLOCK_NAMES[name] for name in clocks)]
    rows = tuple(
        (
            end_of(forecast, month),
            *(bare_money(float(cash[name].iloc[month]), forecast.origin.currency) for name in money),
            *(f"{percent(int(forecast.clocks[name].counts[month]), forecast.paths)}%" for name in clocks),
        )
        for month in range(forecast.months)
    )
    return Sheet("runway", "Cash and probabilities by month end", tuple(heads), rows, lambda: runway_table(forecast))


def clocks(dossier: Dossier) -> Section:
    """The clocks: by when each strikes on one path in ten, half and nine in ten, and how likely it is by a date."""
    forecast = dossier.forecast
    shown = told_months(forecast)
    heads = ("clock", "one path in ten by", "half by", "nine in ten by", *(f"by {end_of(forecast, m)}" for m in shown))
    rows = tuple(_clock_row(forecast, name, shown=shown) for name in told_clocks(forecast))
    notes = [
        "Probabilities are in percent with their 95% Monte Carlo error.",
        *(LEGAL[name] for name in told_clocks(forecast) if name in LEGAL),
    ]
    if "first_missed_bill" not in told_clocks(forecast):
        notes.append("No bill is missed before insolvency.")
    return Section(
        "clocks",
        "Clocks",
        paragraphs=(" ".join(_alive(forecast)),),
        tables=(
            Sheet("clocks", "When each clock strikes", heads, rows, lambda: _clock_frame(forecast)),
            _money_sheet(forecast, shown),
        ),
        notes=(" ".join(notes),),
    )


def _clock_row(forecast: Forecast, name: str, *, shown: list[int]) -> tuple[str, ...]:
    clock = forecast.clocks[name]
    months = [clock.month(level) for level in (0.1, 0.5, 0.9)]
    dates = (beyond(forecast.months) if month is None else end_of(forecast, month - 1) for month in months)
    chances = (f"{percent(int(clock.counts[month]), clock.paths)}%" for month in shown)
    return (CLOCK_NAMES[name], *dates, *chances)


def _clock_frame(forecast: Forecast) -> "pd.DataFrame":
    """Every clock: P10, P50 and P90 in months counted from 1, and its probability by the horizon with its interval."""
    import pandas as pd

    rows = {}
    for name in CLOCK_NAMES:
        clock = forecast.clocks[name]
        low, high = clock.interval()
        rows[name] = {f"p{level}": clock.month(level / 100) for level in (10, 50, 90)} | {
            "probability": clock.probability[-1],
            "low": low[-1],
            "high": high[-1],
        }
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis("clock")


def _money_sheet(forecast: Forecast, shown: list[int]) -> Sheet:
    currency = forecast.origin.currency
    heads = (f"amount{in_currency(currency)}", *(end_of(forecast, month) for month in shown))
    rows = tuple(
        (label, *(bare_money(value, currency) for value in values)) for label, values in told_amounts(forecast, shown)
    )
    return Sheet("amounts", "What is there and what goes out", heads, rows)


def _alive(forecast: Forecast) -> list[str]:
    alive = forecast.default_alive
    share = percent(alive.paths - int(alive.counts[-1]), alive.paths)
    horizon = end_of(forecast, forecast.months - 1)
    return [
        f"Default alive (no new money, solvent to {horizon}): {share}% of the paths.",
        f"{concern_in_words(forecast)}.",
        f"Cash / burn rule: {simple_rule(forecast)}.",
    ]


def ownership(dossier: Dossier) -> Section | None:
    """Who owns what at the horizon, and what a sale brings founders and staff."""
    forecast = dossier.forecast
    owned = forecast.ownership
    if owned is None or not owned.common.paths:
        return None
    picture = Picture(
        name="ownership",
        title="What founders and staff own, fully diluted",
        words=f"{ownership_in_words(forecast)}.",
        draw=lambda form: ownership_picture(forecast, form),
        table=_owned_sheet(forecast),
    )
    paragraphs = [f"{text}." for text in (ownership_in_words(forecast), proceeds_in_words(forecast)) if text]
    note = "Of the paths that are solvent and independent in that month, so fewer and fewer."
    return Section("ownership", "Who owns it", tuple(paragraphs), (picture,), (_holders(forecast),), (note,))


def _owned_sheet(forecast: Forecast) -> Sheet:
    frame = ownership_table(forecast)
    heads = ("month", *(name.upper() for name in frame.columns))
    rows = tuple(
        (end_of(forecast, month), *("-" if np.isnan(share) else format_share(float(share)) for share in values))
        for month, values in enumerate(frame.to_numpy())
    )
    return Sheet("ownership", "Share of founders and staff by month end", heads, rows, lambda: frame.round(6))


def _holders(forecast: Forecast) -> Sheet:
    owned = forecast.ownership
    holders = {} if owned is None else owned.holders
    rows = tuple(
        (name, *(format_share(spread.quantile(level)) for level in (0.5, 0.05, 0.95)))
        for name, spread in holders.items()
        if spread.paths
    )
    end = end_of(forecast, forecast.months - 1)
    return Sheet(
        "holders", f"Shares at the end of {end}, where solvent and independent", ("holder", "P50", "P5", "P95"), rows
    )
