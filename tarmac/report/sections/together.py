"""What companies do together: failures by quarter, reserves, common shocks, concentration, correlation."""

from typing import TYPE_CHECKING, Final

import numpy as np

from tarmac.money import format_share
from tarmac.portfolio.counting import Counts, count_at, mean_count, variance_of_count
from tarmac.portfolio.result import RESERVE_LEVELS, YEAR, PortfolioForecast
from tarmac.report.parts import Picture, Section, Sheet
from tarmac.report.portfolio import (
    STRESS_NAMES,
    TOO_MANY,
    concentration_in_words,
    concentration_table,
    correlation_in_words,
    correlation_table,
    failures_table,
    quarters_table,
    reserve_table,
    shared_in_words,
    watch_table,
    worst_in_words,
)
from tarmac.report.portfolio_pictures import failures_picture, reserve_picture, together_picture
from tarmac.report.sections.watching import LONGEST
from tarmac.report.words import bare_money, counted, in_currency, percent, short
from tarmac.survival import level_interval

if TYPE_CHECKING:
    import pandas as pd

_PAIRS: Final = 12
"""Pairs of companies that are told; the file has all."""

_WIDE: Final = 1.96


def failures(found: PortfolioForecast) -> Section:
    """How many companies have failed by the end of each quarter, and how likely each number is by the horizon."""
    last, end = found.failures[-1], found.month_label(found.months - 1)
    text = (
        f"By {end}, {_mean(last)} of {len(found.standings)} fail on average; half of the paths have at most "
        f"{count_at(last, 0.5)}, nine in ten at most {count_at(last, 0.9)}, nineteen in twenty at most "
        f"{count_at(last, 0.95)}."
    )
    pictures = (
        Picture("failures", "Failures by quarter", text, lambda form: failures_picture(found, form), _quarters(found)),
        Picture(
            name="failures-together",
            title=f"How many fail by {end}, together and if each failed alone",
            words=" ".join([text, *correlation_in_words(found)]),
            draw=lambda form: together_picture(found, form),
            table=_numbers(found),
        ),
    )
    note = "±: 95% Monte Carlo error. If each failed alone: the same chances of each company, drawn independently."
    return Section("failures", "How many fail, and when", (text,), pictures, notes=(note,))


def _mean(counts: Counts) -> str:
    error = _WIDE * np.sqrt(variance_of_count(counts) / counts.sum())
    return f"{mean_count(counts):.1f}±{np.ceil(10 * error - 1e-9) / 10:.1f}"


def _quarters(found: PortfolioForecast) -> Sheet:
    heads = ("by the end of", "failed, mean", *(f"P{100 * level:.0f}" for level in RESERVE_LEVELS))
    rows = tuple(
        (found.month_label(last), _mean(counts), *(str(count_at(counts, level)) for level in RESERVE_LEVELS))
        for last, counts in zip(found.quarters, found.failures, strict=True)
    )
    return Sheet("failures", "Companies failed by quarter end", heads, rows, lambda: _columns(found, "failures_"))


def _columns(found: PortfolioForecast, head: str) -> "pd.DataFrame":
    frame = quarters_table(found)
    return frame[[name for name in frame.columns if name.startswith(head)]]


def _numbers(found: PortfolioForecast) -> Sheet:
    heads = ("companies failed", f"by {found.month_label(found.months - 1)}", "if each failed alone")
    rows = tuple(
        (str(number), f"{percent(int(count), found.paths)}%", format_share(float(alone)))
        for number, (count, alone) in enumerate(zip(found.failures[-1], found.independent, strict=True))
    )
    return Sheet("failures-together", "How likely each number is", heads, rows, lambda: failures_table(found))


def reserves(found: PortfolioForecast) -> Section:
    """What must be put in by the end of each quarter, and in each quarter, so that no company stops paying."""
    own = found.knows_stakes
    fan, code = found.reserve(own=own), found.portfolio.currency
    low, high = (bare_money(float(fan.quantile(end)[-1]), code) for end in level_interval(0.9, found.paths))
    text = (
        f"By {found.month_label(found.months - 1)}, {bare_money(float(fan.quantile(0.9)[-1]), code)}"
        f"{in_currency(code)} is enough on 90% of the paths (95% interval {low} to {high}), "
        f"{bare_money(float(fan.quantile(0.5)[-1]), code)} on half"
        f"{': the investor alone, stake by stake.' if own else ', by all investors together.'}"
    )
    picture = Picture(
        name="reserves",
        title="Money put in by quarter end, so that no company stops paying",
        words=text,
        draw=lambda form: reserve_picture(found, form),
        table=_reserves(found, new=False),
    )
    note = (
        "Reserve: from the month in which a company would fail, what keeps every bill paid to the horizon, with no "
        "other new money and no further cuts."
    ) + (" By stakes: each company's shortfall times the investor's stake in it." if own else "")
    tables = (_reserves(found, new=True),)
    return Section("reserves", "What to hold in reserve", (text,), (picture,), tables, (note,))


def _reserves(found: PortfolioForecast, *, new: bool) -> Sheet:
    kinds = {True: "by stakes", False: "all investors"} if found.knows_stakes else {False: "all investors"}
    heads = [f"{words}, {format_share(level)}" for words in kinds.values() for level in RESERVE_LEVELS]
    fans = [found.reserve(own=own, new=new) for own in kinds]
    levels = [fan.quantile(level) for fan in fans for level in RESERVE_LEVELS]
    code = found.portfolio.currency
    rows = tuple(
        (found.month_label(last), *(bare_money(float(row[place]), code) for row in levels))
        for place, last in enumerate(found.quarters)
    )
    when, name = ("in the quarter that ends in", "reserves-by-quarter") if new else ("by the end of", "reserves")
    title = f"Money put in{', quarter by quarter' if new else ' by quarter end'}{in_currency(code)}"
    return Sheet(name, title, (when, *heads), rows, lambda: reserve_table(found, new=new))


def stress(found: PortfolioForecast) -> Section:
    """Each company under each common shock, and how many fail then."""
    soon, end = (found.month_label(month - 1) for month in (min(YEAR, found.months), found.months))
    names = [STRESS_NAMES.get(item.name, short(item.name, 12)) for item in found.stresses]
    rows = []
    for item in found.ranked:
        cells = [f"{percent(int(item.clock.counts[min(YEAR, found.months) - 1]), found.paths)}%"]
        counts = [(found.stress(item, stress), stress.outcome.paths) for stress in found.stresses]
        cells += ["-" if count is None else f"{percent(count, paths)}%" for count, paths in counts]
        rows.append((short(item.name, LONGEST), *cells))
    heads = ("company", "as it is", *names)
    single = Sheet("stress", f"Insolvent by {soon}, under stress", heads, tuple(rows), lambda: _stress_frame(found))
    meaning = "; ".join(f"{name}: {item.title}" for name, item in zip(names, found.stresses, strict=True))
    fewer = found.stresses[0].outcome.paths if found.stresses else found.paths
    note = (
        f"{meaning}. A shock hits every company that it fits, on the first {counted(fewer, 'path')} of the run; -: it "
        "does not fit, and the company counts as it is. ±, <, >: 95% Monte Carlo error."
    )
    tables = (_stressed(found, end), single)
    return Section("stress", "What a common shock does", tuple(worst_in_words(found)), (), tables, (note,))


def _stressed(found: PortfolioForecast, end: str) -> Sheet:
    rows = [("as it is", _mean(found.failures[-1]), str(count_at(found.failures[-1], 0.9)), "-")]
    rows += [
        (
            f"{STRESS_NAMES.get(item.name, item.name)}: {short(item.title, 80)}",
            _mean(item.outcome.many),
            str(count_at(item.outcome.many, 0.9)),
            f"{len(item.places)} of {len(found.standings)}",
        )
        for item in found.stresses
    ]
    heads = ("shock", f"fail by {end}, mean", "P90", "fits")
    return Sheet("stress-together", "How many fail under each shock", heads, tuple(rows))


def _stress_frame(found: PortfolioForecast) -> "pd.DataFrame":
    frame = watch_table(found)
    kept = [f"{item.name}_by_{YEAR}" for item in found.stresses]
    first = f"insolvent_by_{YEAR}"
    return frame[[name for name in (first, *kept) if name in frame.columns]]


def concentration(found: PortfolioForecast) -> Section:
    """What each common driver explains of the number that fail, and which carries the tail."""
    rows = tuple(
        (
            short(item.name),
            f"{item.companies} of {len(found.standings)}",
            f"{100 * item.explains:.1f}±{100 * _WIDE * item.standard_error:.1f}%",
            f"{item.worst:.1f}",
            "-" if item.best is None else f"{item.best:.1f}",
            f"{100 * item.tail:.0f}%",
        )
        for item in found.concentrations
    )
    heads = (
        "driver", "companies that have it", "explains of the variance", "fail where it goes badly",
        "where it goes well", "share of the tail there",
    )  # fmt: skip
    sheet = Sheet("concentration", "Common drivers", heads, rows, lambda: concentration_table(found))
    sentences = (shared_in_words(found), *concentration_in_words(found))
    return Section("concentration", "What makes them fail together", sentences, (), (sheet,) if rows else ())


def correlation(found: PortfolioForecast) -> Section:
    """How far failures of two companies go together: on average, and the pairs that do most."""
    sentences = [*correlation_in_words(found)]
    matrix = found.correlation
    if matrix is None:
        return Section("correlation", "Which fail together", (*sentences, TOO_MANY))
    names = [short(item.name, LONGEST) for item in found.standings]
    places = [(int(i), int(j)) for i, j in zip(*np.triu_indices(len(matrix), 1), strict=True)]
    known = sorted((pair for pair in places if np.isfinite(matrix[pair])), key=lambda pair: -abs(matrix[pair]))
    rows = tuple((f"{names[i]} and {names[j]}", f"{matrix[i, j]:+.2f}") for i, j in known[:_PAIRS])
    if not rows:
        sentences.append("No two companies fail on some paths and live on others: there is nothing to correlate.")
    heads = ("companies", "correlation")
    sheet = Sheet("correlation", "Pairs that go together most", heads, rows, lambda: correlation_table(found))
    error = _WIDE / np.sqrt(found.paths)
    note = (
        f"Correlation (phi) of having failed by {found.month_label(found.months - 1)}; 95% Monte Carlo error "
        f"±{np.ceil(100 * error) / 100:.2f}. As CSV, the whole matrix."
    )
    return Section("correlation", "Which fail together", tuple(sentences), (), (sheet,) if rows else (), (note,))
