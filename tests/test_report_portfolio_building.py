"""The report of a portfolio against the findings it is made from; its page safe, whole, readable without pictures."""

import re
from dataclasses import replace

import numpy as np
import pytest

from tarmac.portfolio import PortfolioForecast, look_ahead
from tarmac.portfolio.counting import count_at, mean_count
from tarmac.report.layouts import load_layout
from tarmac.report.pages import html_page, markdown_page
from tarmac.report.parts import Section
from tarmac.report.portfolio import heat_table, quarters_table
from tarmac.report.portfolio_building import answer, key_figures, portfolio_report
from tarmac.report.sections.held import Origin
from tarmac.report.stamp import portfolio_digest
from tests.holdings import burning, held, struck
from tests.reports import HOSTILE, NASTY, many, of_many, page_of_many, taken_apart

ORIGIN = Origin("fund", "tarmac report fund", None, {})


def section(name: str) -> Section:
    (found,) = (item for item in of_many().sections if item.name == name)
    return found


def test_the_answer_says_how_many_and_who_first() -> None:
    found = many()
    mean, tail = mean_count(found.failures[-1]), count_at(found.failures[-1], 0.9)
    assert answer(found).startswith(f"{mean:.1f} of 4 companies fail by Jun 2028 on average, on nine paths in ten at")
    assert f"at most {tail}; doomed" in answer(found)
    assert answer(found).endswith("need attention first.")


def test_one_company_that_never_fails_and_one_that_always_does() -> None:
    safe = look_ahead(held(struck("safe", rate=0)), months=6, paths=50, seed=1)
    assert answer(safe) == (
        "0.0 of 1 company fail by Jun 2027 on average, on nine paths in ten at most 0; "
        "none fails by Jun 2027 on any path."
    )
    sure = look_ahead(held(burning("sure", cash=30, burn=10)), months=6, paths=50, seed=1)
    assert answer(sure).endswith("sure needs attention first.")
    for found in (safe, sure):
        made = portfolio_report(found, load_layout("portfolio"), origin=ORIGIN)
        assert not taken_apart(html_page(made, load_layout("portfolio"))).wrong


def test_the_key_figures_are_those_of_the_findings() -> None:
    found = many()
    number, first, soon, reserve = key_figures(found)
    assert number.value == f"{mean_count(found.failures[-1]):.1f} of 4"
    assert first.value == "doomed"
    begins = [item.deadline.begin_by for item in found.standings if item.deadline is not None]
    assert int(soon.value) == sum(begin is not None and begin < 3 for begin in begins)
    late = sum(begin is None for begin in begins)
    assert late
    assert soon.note.startswith(f"too late for {late} more, " if int(soon.value) else f"too late for {late}, ")
    assert reserve.name == "Reserve"
    assert "stake by stake" in reserve.note


def test_tables_are_those_of_the_portfolio() -> None:
    found, frames = many(), of_many().frames()
    assert frames["heat-map"].set_index("company").equals(heat_table(found))
    kept = frames["reserves"].set_index("by_the_end_of")["investor_by_the_end_p90"]
    assert kept.to_numpy() == pytest.approx(quarters_table(found)["investor_by_the_end_p90"].to_numpy(), abs=0.006)
    assert frames["correlation"].shape == (4, 5)
    assert list(frames["watch-list"]["company"]) == [item.name for item in found.ranked]
    assert frames["failures"]["failures_mean"].iloc[-1] == pytest.approx(mean_count(found.failures[-1]))


def test_every_row_of_every_table_is_as_wide_as_its_head() -> None:
    for sheet in of_many().sheets:
        assert {len(row) for row in sheet.rows} <= {len(sheet.heads)}, sheet.name


def test_the_worst_shock_is_told_beside_the_same_paths() -> None:
    found = many()
    (text,) = section("stress").paragraphs
    worst = max(mean_count(item.outcome.many) for item in found.stresses)
    assert (
        f"{worst:.1f} fail by Jun 2028 on average, where {mean_count(found.stresses[0].base.many):.1f} as it is" in text
    )


def test_pairs_are_ordered_by_their_correlation() -> None:
    shown = [abs(float(row[1])) for row in section("correlation").tables[0].rows]
    assert shown == sorted(shown, reverse=True)
    matrix = many().correlation
    assert matrix is not None
    pairs = matrix[np.triu_indices(4, 1)]
    assert shown[0] == pytest.approx(np.nanmax(np.abs(pairs)), abs=0.005)
    assert len(shown) == np.isfinite(pairs).sum()


def test_defaults_are_stated_with_their_source_and_comments() -> None:
    companies, defaults, stages = section("assumptions").tables
    assert [row[3] for row in companies.rows] == ["20%"] * 4
    assert ("revenue: growth", "0% to 6%", "A month.") in defaults.rows
    assert ("seed", "raise-series-a", "12") in stages.rows
    assert section("assumptions").notes[0].startswith("Source of the defaults (Nov 2026): ")
    made = portfolio_report(many(), load_layout("portfolio"), origin=ORIGIN)
    (bare,) = (item for item in made.sections if item.name == "assumptions")
    assert [sheet.name for sheet in bare.tables] == ["companies"]


def test_the_digest_is_of_companies_stakes_and_rates() -> None:
    found = many()
    holdings = list(found.portfolio.holdings)

    def with_first(**change: float) -> PortfolioForecast:
        changed = (replace(holdings[0], **change), *holdings[1:])  # type: ignore[arg-type]
        return replace(found, portfolio=replace(found.portfolio, holdings=changed))

    assert len({portfolio_digest(item) for item in (found, with_first(stake=0.3), with_first(rate=2.0))}) == 3


def test_the_page_is_well_formed_safe_and_has_a_table_behind_every_chart() -> None:
    text, found = page_of_many(), taken_apart(page_of_many())
    assert not found.wrong
    names = [element.attributes["id"] for element in found.elements if "id" in element.attributes]
    assert len(names) == len(set(names))
    assert not {element.tag for element in found.elements} & {"script", "iframe", "object", "img", "image", "base"}
    assert not any("style" in element.attributes or "src" in element.attributes for element in found.elements)
    assert found.all("h1")[0].text == HOSTILE
    assert any(element.text == NASTY for element in found.all("th"))
    behind = [item for item in found.all("tbody") if "details" in item.inside and "figure" in item.inside]
    assert len(behind) == len(found.all("figure")) == len(of_many().pictures) == 5
    assert not re.search(r"url\((?!#)|@import|javascript:", text)
    assert len(text.encode()) < 1_000_000


def test_colours_of_the_charts_follow_the_page() -> None:
    style = taken_apart(page_of_many()).all("style")[0].text
    drawn = re.findall(r"\.c\d+\{([^}]*)\}", style)
    assert drawn
    assert not [words for words in drawn if re.search(r"#[0-9a-f]{6}", words)]


def test_the_markdown_escapes_names_and_shows_every_chart() -> None:
    pictures = {picture.name: f"{picture.name}.svg" for picture in of_many().pictures}
    text = markdown_page(of_many(), load_layout("portfolio"), pictures=pictures)
    assert "<script>" not in text
    assert all(f"({name})" in text for name in pictures.values())
