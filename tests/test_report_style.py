"""The style of charts: names in any script, with and without fonts for them, and never a warning."""

import warnings
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from matplotlib.font_manager import fontManager

from tarmac.portfolio import PortfolioForecast, look_ahead
from tarmac.report import style as house
from tarmac.report.layouts import load_layout
from tarmac.report.pages import html_page
from tarmac.report.portfolio_building import portfolio_report
from tarmac.report.portfolio_charts import heat_figure, save_portfolio, watch_figure
from tarmac.report.sections.held import Origin
from tests.holdings import burning, held
from tests.reports import taken_apart

CHINESE = "月之暗面科技有限公司"
INSTALLED = fontManager.get_font_names()


@pytest.fixture(params=["bare", "some"])
def fonts(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The font that is shipped alone; or, where there is one for Chinese on this machine, with it."""
    caches = (house._further_fonts, house._characters)
    names = [name for name in INSTALLED if name in house._FURTHER_FONTS] if request.param == "some" else []
    if request.param == "some" and not names:
        pytest.skip("no font for Chinese is installed")
    monkeypatch.setattr(type(fontManager), "get_font_names", lambda _: ["DejaVu Sans", *names])
    for cached in caches:
        cached.cache_clear()
    yield request.param
    for cached in caches:
        cached.cache_clear()


def found() -> PortfolioForecast:
    portfolio = held(burning(CHINESE, cash=30, burn=10), burning("b", cash=60, burn=10))
    return look_ahead(replace(portfolio, name=CHINESE), months=6, paths=20, seed=1)


def test_a_name_without_a_font_is_told_so_in_a_picture_and_nothing_is_warned_of(fonts: str, tmp_path: Path) -> None:
    shown = CHINESE if fonts == "some" else "\N{REPLACEMENT CHARACTER}" * len(CHINESE)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        figure = heat_figure(found())
        assert figure.axes[0].get_yticklabels()[0].get_text() == shown
        for name in ("one.png", "one.svg", "one.pdf"):
            save_portfolio(watch_figure(found()), tmp_path / name, found=found())


@pytest.mark.usefixtures("fonts")
def test_a_page_leaves_names_to_the_fonts_of_its_reader() -> None:
    layout = load_layout("portfolio")
    made = portfolio_report(found(), layout, origin=Origin("fund", "tarmac report fund", None, {}))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        texts = taken_apart(html_page(made, layout)).all("text")
    assert any(element.text == CHINESE for element in texts)
    assert not any("\N{REPLACEMENT CHARACTER}" in element.text for element in texts)


@pytest.mark.usefixtures("fonts")
def test_unknown_characters_take_the_room_of_known_ones() -> None:
    with house.readers_fonts():
        assert house.drawable("a𓀀") == "a𓀀"
        assert house.measurable("a𓀀") == "an"
        assert len(house.measurable(CHINESE)) == len(CHINESE)
    assert house.drawable("a𓀀") == "a\N{REPLACEMENT CHARACTER}"
    assert house.measurable("a𓀀") == "a𓀀"
