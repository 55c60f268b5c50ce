"""What is printed and drawn of a portfolio: within 100 columns, the same numbers in tables, names inside pictures."""

import json
import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from matplotlib.colors import to_rgb
from matplotlib.typing import ColorType

from tarmac.portfolio import PortfolioForecast, look_ahead
from tarmac.portfolio.counting import mean_count
from tarmac.report.portfolio import (
    concentration_in_words,
    concentration_table,
    correlation_table,
    failures_table,
    headline,
    heat_table,
    portfolio_text,
    quarters_shown,
    quarters_table,
    watch_table,
)
from tarmac.report.portfolio_charts import heat_figure, reserve_figure, save_portfolio, watch_figure
from tarmac.report.style import FAINT_INK, INK
from tests.holdings import burning, held, struck, uncertain

LONG = "A Company Whose Name Goes On, and On, and On & Sons of Somewhere"


@pytest.fixture(scope="module")
def found() -> PortfolioForecast:
    companies = [uncertain("a", market=0.3), burning(LONG, cash=30, burn=10), struck("$_^ Ünïcode", rate=0.02)]
    return look_ahead(held(*companies, stake=0.2), common=["price.cloud"], months=20, paths=1_500, seed=7)


def test_the_printout_fits_and_says_what_an_investor_asks(found: PortfolioForecast) -> None:
    text = portfolio_text(found)
    assert all(len(line) <= 100 for line in text.splitlines())
    assert text.startswith(f"{headline(found)}.")
    for words in ("% insolvent by", "begin by", "reserve, by stakes, 95%", "seed 7", "explains", "no raise", "P90"):
        assert words in text
    rows = [line for line in text.splitlines() if line.startswith("A Company Whose")]
    assert [row.split()[-1] for row in rows] == ["20%", "-"]  # on the watch list, and under stress


def test_tables_hold_what_is_printed(found: PortfolioForecast) -> None:
    watch, heat = watch_table(found), heat_table(found)
    assert list(watch.index) == [item.name for item in found.ranked] == list(heat.index)
    assert watch["insolvent_by_12"].tolist() == heat["2027-12"].tolist()
    assert heat.shape == (3, 20)
    assert watch.loc[LONG, "need_p90_usd"] == pytest.approx(170, rel=0.02)
    assert watch.loc[LONG, "p50"] == 4
    quarters = quarters_table(found)
    assert list(quarters.index) == ["2027-03", "2027-06", "2027-09", "2027-12", "2028-03", "2028-06", "2028-08"]
    assert quarters["failures_mean"].iloc[-1] == pytest.approx(heat["2028-08"].sum())
    assert np.all(np.diff(quarters["investor_by_the_end_p95"]) >= 0)
    failures = failures_table(found)
    assert failures.sum().to_numpy() == pytest.approx(np.ones(8))
    assert correlation_table(found).shape == (3, 3)
    assert set(concentration_table(found).index) == {"market", "price.cloud"}


def test_json_says_the_same(found: PortfolioForecast) -> None:
    document = json.loads(json.dumps(found.as_json(), allow_nan=False))
    assert document["schema"] == "tarmac.portfolio/1"
    assert [row["name"] for row in document["companies"]] == list(watch_table(found).index)
    assert document["failures"]["mean"][-1] == pytest.approx(mean_count(found.failures[-1]))
    assert document["reserve"]["investor"]["by_the_end"]["p90"] == found.reserve().quantile(0.9).tolist()
    low, high = document["reserve"]["investor"]["by_the_end"]["interval"]["p90"]
    assert low[-1] < found.reserve().quantile(0.9)[-1] < high[-1]
    (worst,) = [row for row in document["companies"] if row["name"] == LONG]
    assert worst["insolvent"]["p10"] == 4
    assert worst["raise_planned"] is False
    assert (worst["begin_by"], worst["begin_by_status"]) == (None, "too late")
    assert worst["need"]["currency"] == "USD"
    assert set(worst["stress"].values()) == {None}
    assert document["correlation"]["matrix"][1] == [None] * 3  # fails on every path


def test_without_stakes_there_is_no_reserve_by_stakes(found: PortfolioForecast) -> None:
    portfolio = replace(found.portfolio, holdings=tuple(replace(h, stake=None) for h in found.portfolio.holdings))
    standings = tuple(
        replace(item, holding=holding) for item, holding in zip(found.standings, portfolio.holdings, strict=True)
    )
    other = replace(found, portfolio=portfolio, standings=standings)
    assert "by stakes" not in portfolio_text(other)
    assert "investor" not in other.as_json()["reserve"]


def test_many_companies_are_cut_short_on_the_screen() -> None:
    many = held(*(burning(f"c{place}", cash=10 + place, burn=1) for place in range(45)))
    found = look_ahead(many, months=9, paths=20, seed=1)
    text = portfolio_text(found)
    assert "and 5 more, less urgent: see --out or --json" in text
    assert len(watch_table(found)) == 45


@pytest.mark.parametrize("draw", [watch_figure, heat_figure, reserve_figure])
def test_pictures_are_kept_with_a_text_alternative(draw: object, found: PortfolioForecast, tmp_path: Path) -> None:
    assert callable(draw)
    save_portfolio(draw(found), tmp_path / "picture.svg", found=found)
    text = (tmp_path / "picture.svg").read_text(encoding="utf-8")
    assert "<desc>" in text
    assert LONG[:15] in text


def test_figures_of_the_watch_list_can_be_read_on_every_shade(found: PortfolioForecast) -> None:
    (ax,) = watch_figure(found).axes[:1]
    dark = luminance(INK) + 0.05
    assert {text.get_color() for text in ax.texts} <= {INK, FAINT_INK}
    assert ax.patches
    assert min(luminance(patch.get_facecolor()) + 0.05 for patch in ax.patches) / dark > 4


def luminance(colour: ColorType) -> float:
    """How light a colour is, as WCAG reckons contrast."""
    linear = [part / 12.92 if part <= 0.04045 else float(((part + 0.055) / 1.055) ** 2.4) for part in to_rgb(colour)]
    return sum(part * weight for part, weight in zip(linear, (0.2126, 0.7152, 0.0722), strict=True))


def test_the_heat_map_draws_the_table(found: PortfolioForecast) -> None:
    axes = heat_figure(found).axes[0]
    (mesh,) = axes.collections
    assert np.asarray(mesh.get_array()).ravel() == pytest.approx(heat_table(found).to_numpy().ravel())


def test_the_reserve_chart_draws_the_table(found: PortfolioForecast) -> None:
    own, together = reserve_figure(found).axes
    table = quarters_table(found)
    for axes, name in ((own, "investor"), (together, "all_investors")):
        drawn = [np.asarray(line.get_ydata())[1:] for line in axes.lines]
        for row, level in zip(drawn, (50, 90, 95), strict=True):
            assert row == pytest.approx(table[f"{name}_by_the_end_p{level}"].to_numpy())


def test_texts_of_the_watch_list_stay_inside_the_picture(found: PortfolioForecast) -> None:
    figure = watch_figure(found)
    figure.canvas.draw()
    width, height = figure.canvas.get_width_height()
    for text in (*figure.texts, *figure.axes[0].texts):
        box = text.get_window_extent()
        assert box.x0 >= 0
        assert box.x1 <= width
        assert box.y0 >= 0
        assert box.y1 <= height


def test_the_month_to_begin_by_is_told_in_the_same_words_everywhere() -> None:
    companies = [
        burning("late", cash=3, burn=10),
        burning("soon", cash=105, burn=10),
        burning("safe", cash=999, burn=1),
    ]
    found = look_ahead(held(*companies), months=12, paths=20, seed=1)
    words = dict(zip(watch_table(found).index, watch_table(found)["begin_by"], strict=True))
    assert (words["late"], words["safe"]) == ("too late", "any")
    assert words["soon"] == str(found.begin_by(found.standings[1])) < "2027-05"
    told = {row["name"]: (row["begin_by"], row["begin_by_status"]) for row in found.as_json()["companies"]}
    assert told == {"late": (None, "too late"), "soon": (words["soon"], "month"), "safe": (None, "any")}


def test_what_is_needed_names_its_currency() -> None:
    portfolio = replace(held(burning("far", cash=30, burn=10, currency="GBP"), rate=1.25), currency="EUR")
    found = look_ahead(portfolio, months=12, paths=20, seed=1)
    row = watch_table(found).loc["far"]
    assert row["own_currency"] == "GBP"
    assert row["need_p90_eur"] == pytest.approx(90 * 1.25)
    (company,) = found.as_json()["companies"]
    assert (company["own_currency"], company["need"]["currency"]) == ("GBP", "EUR")


def test_left_out_quarters_are_an_even_choice_with_the_ranked_and_the_last() -> None:
    for count in range(2, 41):
        for room in range(3, 10):
            kept = min(3, count - 1)
            shown = quarters_shown(count, room=room, kept=kept)
            assert len(shown) <= room
            assert {kept, count - 1} <= set(shown)
            steps = [count - 1 - place for place in shown if place not in {kept, count - 1}]
            each = math.gcd(*steps) or 1
            assert set(steps) == set(range(each, count, each)) - {count - 1 - kept} or not steps
            assert len(shown) == count or count > room
    found = look_ahead(held(burning("a", cash=3, burn=1)), months=60, paths=20, seed=1)
    text = portfolio_text(found)
    (head,) = [line for line in text.splitlines() if line.startswith("by the end of")]
    assert "Dec 2027" in head
    assert head.endswith("Dec 2031")
    assert f"{len(head.split()) // 2 - 2} of 20 quarters: --out and --json have all" in text
    eight = portfolio_text(look_ahead(held(burning("a", cash=3, burn=1)), months=24, paths=20, seed=1))
    assert all(f"{name} 2027" in eight for name in ("Mar", "Jun", "Sep", "Dec"))
    assert "quarters:" not in eight


def test_a_common_driver_is_told_in_words(found: PortfolioForecast) -> None:
    told = " ".join(concentration_in_words(found))
    assert "The market (1 of 3 companies) explains" in told
    assert "The price of cloud (1 of 3 companies) explains" in told
