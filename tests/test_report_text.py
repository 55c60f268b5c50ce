"""The answer in words: right in every case, on one screen, and with its error beside it."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tarmac import load, simulate
from tarmac.forecast import Forecast, GoingConcern, Mark, Origin
from tarmac.measures import Clock, Need
from tarmac.months import Month
from tarmac.report.text import LINES, WIDTH, alt_text, headline, need_in_words, screen, simple_rule
from tarmac.report.words import bound_of_none, percent
from tarmac.summary import Histogram, HistogramBuilder, Summary

REFERENCE = Path(__file__).parent / "companies" / "reference.toml"


def histogram(months: Sequence[Sequence[float]]) -> Histogram:
    builder = HistogramBuilder(len(months))
    for month, values in enumerate(months):
        builder.month(month, np.array(values, dtype=float))
    return builder.build()


def forecast_of(
    insolvent: Sequence[int],
    *,
    profitable: Sequence[int] | None = None,
    burn: float = 10.0,
    need: Sequence[float] = (0.0,),
    hopeless: int = 0,
) -> Forecast:
    """A hand-made forecast from the paths that become insolvent in each month, the last element for never."""
    strikes = np.array(insolvent)
    months, paths = len(strikes) - 1, int(strikes.sum())
    never = np.array([0] * months + [paths])
    solvent = paths - np.cumsum(strikes)[:-1]
    cash = histogram([[0.0] * (paths - int(alive)) + [100.0] * int(alive) for alive in solvent])
    flows = {name: histogram([[value] * int(n) for n in solvent]) for name, value in (("net_burn", burn),)}
    empty = {name: histogram([[0.0] * int(n) for n in solvent]) for name in ("arrears", "payables")}
    summary = Summary(
        paths,
        {
            "insolvent": strikes,
            "first_missed_bill": strikes,
            "point_of_no_return": strikes,
            "balance_sheet_insolvent": strikes,
            "exit": never,
            "profitable": never if profitable is None else np.array(profitable),
        },
        {"cash": cash, **flows, **empty},
        np.zeros((months, 0)),
    )
    origin = Origin("Acme", "acme.toml", (), 7, months, Month(2023, 1), "USD", 120.0, (), ("Assumed so.",))
    clock = Clock("insolvent", strikes)
    return Forecast(origin, summary, Need(histogram([need]), hopeless), clock, GoingConcern(months, clock, clock))


@pytest.fixture(scope="module")
def reference() -> Forecast:
    return simulate(load(REFERENCE), paths=2_000, seed=7)


OUT = "Money runs out by"
SOLVENT = "More likely than not solvent for more than"


@pytest.mark.parametrize(
    ("insolvent", "sentence"),
    [
        ([0, 100, 200, 600, 100], f"{OUT} Apr 2023 on most paths: 90% are insolvent by then, one in ten by Feb 2023"),
        ([0, 9, 900, 91], f"{OUT} Mar 2023 on most paths: 91% are insolvent by then"),
        ([0, 100, 900, 0], f"{OUT} Mar 2023 on every path: all 1,000 are insolvent by then, one in ten by Feb 2023"),
        ([0, 0, 1000, 0], f"{OUT} Mar 2023 on every path: all 1,000 are insolvent by then"),
        ([1000, 0], f"{OUT} Jan 2023 on every path: all 1,000 are insolvent by then"),
        ([0, 503, 400, 97], f"{OUT} Feb 2023 on half of the paths"),
        ([100, 403, 400, 97], f"{OUT} Feb 2023 on half of the paths, on one in ten by Jan 2023"),
        ([200, 30, 770], f"{SOLVENT} 2 months: 23% insolvent by Feb 2023, one in ten by Jan 2023"),
        ([0, 230, 770], f"{SOLVENT} 2 months: 23% insolvent by Feb 2023"),
        ([5, 0, 995], f"{SOLVENT} 2 months: 0.5% insolvent by Feb 2023"),
        ([50, 950], f"{SOLVENT} 1 month: 5% insolvent by Jan 2023"),
        ([490, 510], "Too close to call: 49% of the paths are insolvent by Jan 2023 (95% interval 46% to 52%)"),
        ([0, 6, 4], "Too close to call: 60% of the paths are insolvent by Feb 2023 (95% interval 31% to 83%)"),
        ([0, 0, 0, 20_000], "No path of 20,000 is insolvent within 3 months (at most 0.02%, 95% confidence)"),
        ([0, 1], "No path of 1 is insolvent within 1 month (at most 80%, 95% confidence)"),
    ],
)
def test_headline(insolvent: list[int], sentence: str) -> None:
    assert headline(forecast_of(insolvent)) == sentence


def test_headline_of_a_profitable_company() -> None:
    forecast = forecast_of([0, 0, 1000], profitable=[600, 200, 200])
    assert headline(forecast).endswith("; 80% are profitable by Feb 2023")


@given(st.lists(st.integers(0, 500), min_size=2, max_size=8).filter(any))
def test_headline_never_says_most_where_it_is_not_known(insolvent: list[int]) -> None:
    forecast = forecast_of(insolvent)
    low, high = (float(side[-1]) for side in forecast.insolvent.interval())
    said = headline(forecast)
    assert said.startswith("Money runs out") <= (low > 0.5)
    assert said.startswith("More likely than not solvent") <= (high < 0.5)
    assert said.startswith("No path") == (sum(insolvent[:-1]) == 0)
    assert ("every path" in said) <= (insolvent[-1] == 0)


@given(st.integers(0, 3_000), st.integers(1, 3_000))
def test_percent_holds_the_whole_interval(count: int, more: int) -> None:
    total = count + more
    low, high = (100 * float(end[0]) for end in Clock("x", np.array([count, more])).interval())
    text = percent(count, total)
    if count == 0:
        assert float(text.removeprefix("<")) >= high
    elif "<" not in text and ">" not in text:
        share, error = map(float, text.split("±"))
        assert share == pytest.approx(100 * count / total, abs=0.5)
        assert error >= max(high - 100 * count / total, 100 * count / total - low) - 1e-6


def test_bound_of_none_is_rounded_up() -> None:
    assert bound_of_none(20_000) == "0.02%"
    assert bound_of_none(100) == "4%"
    assert bound_of_none(10**9) == "0.01%"


def test_screen_fits(reference: Forecast) -> None:
    lines = screen(reference).splitlines()
    assert len(lines) <= LINES
    assert max(map(len, lines)) <= WIDTH
    assert headline(reference) in lines[1]


def test_screen_fits_with_everything_too_long(reference: Forecast) -> None:
    marks = tuple(Mark(f"a round with a very long name, number {n}", n or None, "equity") for n in range(20))
    text = (*reference.origin.text, "Opening balances: " + "revenue.something, " * 60 + "end.")
    origin = replace(reference.origin, company="x" * 200, marks=marks, text=text, scenarios=("s" * 90,) * 9)
    shown = screen(replace(reference, origin=origin))
    assert len(shown.splitlines()) <= LINES
    assert max(map(len, shown.splitlines())) <= WIDTH
    assert "Insolvent: wages, a lender or a tax are not paid" in " ".join(shown.split())


def test_screen_says_how_it_was_made(reference: Forecast) -> None:
    flat = " ".join(screen(reference).split())
    assert "2,000 paths, seed 7, no scenario" in flat
    assert all(sentence in flat for sentence in reference.origin.text)
    assert "the round (equity) starts Jul 2023" in flat
    assert f"Cash / burn rule: {reference.simple_runway:.1f} months; for comparison only" in flat


def test_screen_rows_hold_the_forecast(reference: Forecast) -> None:
    row = next(line for line in screen(reference).splitlines() if line.startswith("insolvent "))
    clock = reference.insolvent
    labels = [reference.month_name(month - 1).label for level in (0.1, 0.5, 0.9) if (month := clock.month(level))]
    assert all(label in row for label in labels)
    chances = [percent(int(clock.counts[month - 1]), 2_000) for month in (6, 12, 18, 24, 36)]
    assert row.split()[-5:] == chances


def test_beyond_the_horizon_is_said_in_words() -> None:
    shown = screen(forecast_of([0, 0, 0, 1000]))
    assert "more than 3 months" in shown
    assert "inf" not in shown.replace("insolvent", "")
    assert "nan" not in shown


def test_no_path_left() -> None:
    shown = screen(forecast_of([1000, 0, 0, 0]))
    assert "-: no path left" in shown
    assert "cannot be worked out" in shown


def test_burning_nothing_has_no_rule() -> None:
    assert "burns no cash" in simple_rule(forecast_of([0, 0, 0, 10], burn=-5.0))


@pytest.mark.parametrize(
    ("need", "hopeless", "words"),
    [
        ([0.0] * 100, 0, "none, enough as it is"),
        ([0.0] * 52 + [2.0**22] * 48, 0, "none, enough as it is (up to $4.19M)"),
        ([4e6] * 100, 0, "$4M ($4M to $4M)"),
        ([4e6] * 52, 48, "$4M ($4M to no amount)"),
        ([4e6] * 10, 90, "no amount suffices"),
        ([4e6] * 48, 52, "no amount suffices (or $4M at least)"),
    ],
)
def test_need(need: list[float], hopeless: int, words: str) -> None:
    assert need_in_words(forecast_of([0, 100], need=need, hopeless=hopeless), 0.5) == words


def test_alt_text_has_the_headline_and_is_short(reference: Forecast) -> None:
    text = alt_text(reference)
    assert headline(reference) in text
    assert 2 <= text.count(". ") + 1 <= 4
    assert "\n" not in text


def test_names_cannot_move_the_cursor(reference: Forecast) -> None:
    origin = replace(reference.origin, company="Evil\x1b[2J\nCorp", scenarios=("/a/b/deep.toml",))
    forecast = replace(reference, origin=origin)
    assert "\x1b" not in screen(forecast) + alt_text(forecast)
    assert "scenario deep." in screen(forecast)
