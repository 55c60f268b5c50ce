"""A portfolio on one page: nothing overlaps or is cut off, and the same inputs give the same bytes."""

from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest

from tarmac.portfolio import PortfolioForecast, look_ahead
from tarmac.report.portfolio_onepager import MOST_ROWS, portfolio_page, write_portfolio_onepager
from tarmac.report.sections.held import Origin
from tests.holdings import burning, held, struck
from tests.overlaps import assert_apart
from tests.reports import many

ORIGIN = Origin("fund.csv", "tarmac report fund.csv --format pdf --seed 7 --paths 300", None, {})


@cache
def crowd() -> PortfolioForecast:
    """More companies than have room, with wide, Chinese and long names, and a long name for all."""
    names = ["W" * 100, "月之暗面" * 20, "$_^{x}", *(f"company {place}" for place in range(MOST_ROWS))]
    companies = [burning(name, cash=30 + place, burn=10) for place, name in enumerate(names)]
    portfolio = replace(held(*companies, stake=0.1), name="fund " * 60, notes=("A note. " * 60,))
    return look_ahead(portfolio, months=18, paths=20, seed=7)


@cache
def lonely() -> PortfolioForecast:
    return look_ahead(held(struck("a", rate=0.02)), months=1, paths=20, seed=7)


@pytest.mark.parametrize("found", [many, crowd, lonely])
def test_nothing_overlaps_or_is_cut_off(found: "object") -> None:
    assert callable(found)
    figure = portfolio_page(found(), origin=ORIGIN)
    assert_apart(figure, (*figure.texts, *figure.axes[0].texts), charts=figure.axes[1:])


def test_it_tells_who_how_many_how_much_and_where_it_comes_from() -> None:
    figure = portfolio_page(many(), origin=ORIGIN)
    text = " ".join(" ".join(item.get_text().split()) for item in (*figure.texts, *figure.axes[0].texts))
    for part in ("of 4 companies fail", "doomed", "Reserve", "begin by", "seed: 7", "model digest", ORIGIN.command):
        assert part in text


def test_companies_without_room_are_counted() -> None:
    figure = portfolio_page(crowd(), origin=ORIGIN)
    text = " ".join(" ".join(item.get_text().split()) for item in figure.texts)
    assert "The 3 less urgent companies are not shown." in text


def test_the_same_inputs_give_the_same_bytes(tmp_path: Path) -> None:
    one, two = (write_portfolio_onepager(tmp_path / name, many(), origin=ORIGIN) for name in ("one.pdf", "two.pdf"))
    assert one.read_bytes() == two.read_bytes()
    assert one.read_bytes().count(b"/Type /Page ") == 1
    assert b"CreationDate" not in one.read_bytes()
