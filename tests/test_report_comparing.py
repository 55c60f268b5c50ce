"""A comparison in words, tables and pictures: the same numbers in all three, within 100 columns, for any name."""

from functools import cache
from pathlib import Path

import numpy as np
import pytest
from matplotlib.figure import Figure

import tarmac
from tarmac.comparing import Comparison
from tarmac.paired import Difference
from tarmac.report.comparing import amount_of, answer, compare_text, points, signed
from tarmac.report.comparing_charts import fans_figure, overlay, overlay_figure, save_compared, small_fan
from tarmac.report.comparing_tables import compare_table, fans_table, survival_overlay_table
from tarmac.report.words import percent
from tarmac.scenario import scenario_from

LONG = "a name so long that no column of any table and no label of any chart could ever hold it as it is"


@cache
def found(count: int = 2, months: int = 18) -> Comparison:
    """A comparison with some scenarios, of long names."""
    changes = [{"target": "cost.*.monthly", "multiply": 1 + 0.2 * (number + 1)} for number in range(count)]
    scenarios = [
        scenario_from({"title": "x", "change": [change]}, f"{number} {LONG if number else '$_^'}.toml")
        for number, change in enumerate(changes)
    ]
    return tarmac.compare(tarmac.load("ai-lab"), scenarios, months=months, paths=300, seed=7)


@pytest.mark.parametrize(("count", "months"), [(1, 1), (2, 18), (8, 30)])
def test_words_and_pictures_for_few_and_many(count: int, months: int, tmp_path: Path) -> None:
    result = found(count, months)
    lines = compare_text(result).splitlines()
    assert all(len(line) <= 100 for line in lines)
    assert sum(line.startswith("base") for line in lines) == 2
    for figure in (overlay_figure(result), fans_figure(result, "document")):
        save_compared(figure, tmp_path / "chart.png", found=result)
        assert (tmp_path / "chart.png").stat().st_size > 10_000
    assert len(fans_figure(result).axes) >= count + 1


def test_the_curves_are_those_of_the_table() -> None:
    result, table = found(), survival_overlay_table(found())
    ax = overlay(result, Figure().subplots())
    for line, outcome in zip(ax.lines, result.outcomes, strict=True):
        np.testing.assert_array_equal(line.get_ydata(), table[outcome.name])
    assert list(table.columns[:3]) == ["base", "base_low", "base_high"]
    assert table.index[0] == "2027-01"
    assert ((table["base_low"] <= table["base"]) & (table["base"] <= table["base_high"])).all()


def test_the_fans_are_those_of_the_table() -> None:
    result, table = found(), fans_table(found())
    ax = small_fan(result, result.outcomes[1], ax=Figure().subplots())
    np.testing.assert_array_equal(ax.lines[0].get_ydata(), table.loc[result.outcomes[1].name]["p50"])
    assert list(table.columns) == ["p5", "p10", "p25", "p50", "p75", "p90", "p95"]


def test_the_table_holds_each_difference_with_its_interval() -> None:
    result, table = found(), compare_table(found())
    name = result.others[0].name
    gain = result.pair(name).months_solvent
    row = table.loc[name]
    assert (row["d_months_solvent"], row["d_months_solvent_low"], row["d_months_solvent_high"]) == (
        gain.value,
        gain.low,
        gain.high,
    )
    assert row[["longer", "same_month", "neither_insolvent", "shorter"]].sum() == pytest.approx(1)
    assert table.loc["base"].filter(regex="^d_").isna().all()
    assert {"insolvent_by_6", "insolvent_by_12", "insolvent_by_18", "need_p80", "need_p90"} <= set(table.columns)


def test_the_answer_names_the_best_and_the_worst() -> None:
    result = tarmac.compare(
        tarmac.load("stability-ai"), ["hiring-freeze", "no-new-money"], months=24, paths=500, seed=7
    )
    assert answer(result).startswith("On average over 24 months, hiring-freeze adds 0.")
    assert "; no-new-money takes " in answer(result)
    one = tarmac.compare(tarmac.load("stability-ai"), ["no-new-money"], months=24, paths=500, seed=7)
    assert answer(one).endswith("of solvency")


@pytest.mark.parametrize(
    ("difference", "shown"),
    [
        (Difference(1.5, 1.25, 1.75), "+1.50±0.25"),
        (Difference(-0.001, -0.011, 0.009), "+0.00±0.01"),
        (Difference(0.0, 0.0, 0.0), "0"),
        (Difference(None, None, None), "-"),
    ],
)
def test_signed(difference: Difference, shown: str) -> None:
    assert signed(difference) == shown


def test_points_and_amounts() -> None:
    assert points(Difference(-0.125, -0.135, -0.115)) == "-12.5±1.0"
    assert amount_of(Difference(1.25e6, 1e6, 1.5e6), currency="USD") == "+$1.25M (+1M to +1.5M)"
    assert amount_of(Difference(-1.25e6, -1.5e6, None), currency="EUR") == "-€1.25M (-1.5M to ?)"
    assert amount_of(Difference(0.0, 0.0, 0.0), currency="EUR") == "0"
    assert amount_of(Difference(None, None, None), currency="EUR") == "-"


def test_the_horizon_is_always_shown() -> None:
    heads = [line for line in compare_text(found(2, 30)).splitlines() if line.startswith(("% insolvent", "less base"))]
    assert [line.split()[-2:] for line in heads] == [["Jun", "2029"], ["90%", "need"]]
    assert all("Jun 2029" in line and "Jun 2028" in line and "Dec 2028" not in line for line in heads)


def test_the_charts_tell_shares_as_their_table_does() -> None:
    result = found()
    shown = [text.get_text() for text in overlay_figure(result).axes[0].texts]
    titles = [ax.get_title("left") for ax in fans_figure(result).axes]
    for outcome in result.outcomes:
        told = f" {percent(int(outcome.insolvent.counts[-1]), outcome.insolvent.paths).partition('±')[0]}%"
        assert any(text.replace("\n", " ").endswith(told) for text in shown)
        assert any(f"{told} insolvent" in title for title in titles)
