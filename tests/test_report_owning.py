"""The ownership fan: it shows what its table holds, and says where nothing is known."""

from functools import cache
from pathlib import Path

import numpy as np
import pytest
from matplotlib.figure import Figure

import tarmac
from tarmac import Forecast, load
from tarmac.report.owning import ownership_fan, ownership_figure, save_ownership
from tarmac.report.tables import ownership_table
from tarmac.report.text import ownership_in_words, proceeds_in_words, screen
from tarmac.scenario import scenario_from, without_funding

SALE = {"name": "x", "instrument": "acquisition", "starts": "2027-06", "amount": "90M", "succeeds": 0.5}


@cache
def forecast(*, sold: bool = False) -> Forecast:
    change = {"target": "round", "add_item": SALE}
    scenarios = [scenario_from({"title": "Sold", "change": [change]}, "sold.toml")] if sold else []
    return tarmac.simulate(load("saas-seed"), scenarios=scenarios, months=24, paths=1_000, seed=7)


def test_the_share_by_month_ends_where_that_of_the_horizon_is() -> None:
    owned = forecast().ownership
    assert owned is not None
    assert owned.by_month.quantile(0.5).shape == (24,)
    assert owned.by_month.quantile(0.5)[-1] == owned.common.quantile(0.5)
    assert owned.by_month.mean[0] == pytest.approx(0.75, rel=0.01)  # no round has closed yet
    assert np.all(np.diff(owned.by_month.quantile(0.05)) < 0.02)
    assert owned.as_json()["common_by_month"]["p50"][-1] == owned.common.quantile(0.5)


def test_paths_that_are_left_are_those_counted() -> None:
    owned, insolvent = forecast().ownership, forecast().insolvent
    assert owned is not None
    np.testing.assert_array_equal(owned.by_month.histogram.totals, forecast().paths - insolvent.counts)


def test_the_screen_says_who_owns_what_and_what_a_sale_brings() -> None:
    assert f"{ownership_in_words(forecast())}." in screen(forecast())
    assert "from 75%" in ownership_in_words(forecast())
    assert not proceeds_in_words(forecast())
    assert "Founders and staff get $7" in proceeds_in_words(forecast(sold=True))
    assert "; if sold $7" in screen(forecast(sold=True))
    assert max(map(len, screen(forecast(sold=True)).splitlines())) <= 100
    assert len(screen(forecast(sold=True)).splitlines()) <= 28


def test_the_fan_shows_its_table() -> None:
    axes = ownership_fan(forecast(), Figure().subplots())
    table = ownership_table(forecast())
    median = next(line for line in axes.get_lines() if line.get_label() == "median")
    np.testing.assert_array_equal(np.asarray(median.get_ydata()), table["p50"].to_numpy())
    assert list(table.columns) == ["p5", "p10", "p25", "p50", "p75", "p90", "p95"]
    assert table.index[0] == "2027-01"


def test_where_it_is_not_known_axes_and_table_are_empty() -> None:
    bare = tarmac.simulate(load("saas-seed"), scenarios=["no-new-money"], months=3, paths=100, seed=7)
    alone = tarmac.simulate(without_funding(load("saas-seed")), months=3, paths=100, seed=7)
    assert bare.ownership is not None
    assert alone.ownership is None
    assert not ownership_fan(alone, Figure().subplots()).get_lines()
    assert ownership_table(alone).isna().all(axis=None)
    assert not ownership_in_words(alone)


@pytest.mark.parametrize("size", ["slide", "square"])
def test_a_picture_is_kept_with_its_words(tmp_path: Path, size: str) -> None:
    path = tmp_path / "own.svg"
    save_ownership(ownership_figure(forecast(sold=True), size), path, forecast=forecast(sold=True))
    text = path.read_text("utf-8")
    assert "Founders and staff own" in text
    assert "Founders and staff get" in text
