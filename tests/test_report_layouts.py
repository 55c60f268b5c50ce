from pathlib import Path
from typing import Any, get_args

import pytest

from tarmac.errors import InputError
from tarmac.report.building import SECTIONS
from tarmac.report.layouts import Layout, OfCompany, OfPortfolio, load_layout
from tarmac.report.portfolio_building import SECTIONS as PORTFOLIO_SECTIONS
from tests.reports import of_layout

ROOT = Path(__file__).resolve().parents[1]
PLAIN: dict[str, Any] = {"title": "T", "reader": "For me.", "section": [{"shows": "clocks"}]}


def layout(**more: Any) -> Layout:
    return Layout.model_validate(PLAIN | more)


def test_every_part_can_be_made_and_every_maker_can_be_asked_for() -> None:
    assert {*SECTIONS, "provenance"} == set(get_args(OfCompany))
    assert {*PORTFOLIO_SECTIONS} == set(get_args(OfPortfolio))


@pytest.mark.parametrize("name", sorted(path.stem for path in (ROOT / "reports").glob("*.toml")))
def test_the_layouts_that_are_there_are_right(name: str) -> None:
    found = load_layout(name)
    assert found.section[-1].shows == "provenance"
    assert found.for_ == ("portfolio" if name == "portfolio" else "company")


def test_a_portfolio_is_shown_in_its_own_parts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    head = 'title = "T"\nreader = "R"\n'
    sections = '[[section]]\nshows = "heatmap"\n[[section]]\nshows = "levers"\n'
    Path("all.toml").write_text(f'{head}for = "portfolio"\nconfidence = 0.8\n{sections}', encoding="utf-8")
    Path("one.toml").write_text(f"{head}{sections}", encoding="utf-8")
    with pytest.raises(InputError) as raised:
        load_layout("all.toml")
    found = [(problem.where, problem.value) for problem in raised.value.problems]
    assert found == [("section[2].shows", "levers"), ("confidence", "0.8")]
    with pytest.raises(InputError, match=r"section\[1\].shows = heatmap"):
        load_layout("one.toml")


def test_sections_stand_in_the_order_of_the_layout_under_its_headings() -> None:
    sections = [{"shows": "definitions"}, {"shows": "clocks", "title": "By when", "words": "Read this first."}]
    made = of_layout(layout(section=sections, words="For you alone."))
    assert [section.title for section in made.sections] == ["What the words mean", "By when"]
    assert made.sections[1].paragraphs[0] == "Read this first."
    assert made.words == "For you alone."


def test_a_section_with_nothing_to_show_is_left_out() -> None:
    made = of_layout(layout(section=[{"shows": "facts"}, {"shows": "runway"}]))
    assert [section.name for section in made.sections] == ["runway"]


def test_a_layout_of_ones_own_wins(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "reports").mkdir()
    (tmp_path / "reports" / "board.toml").write_text(
        'title = "Mine"\nreader = "For me."\n[[section]]\nshows = "clocks"\n', encoding="utf-8"
    )
    assert load_layout("board").title == "Mine"
    assert load_layout("investor").title == "Investor memo"


def test_all_mistakes_come_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    text = (
        'reader = 3\nfor = "fund"\nconfidence = 1.5\ntemplate = "../x"\ncolour = "red"\n[[section]]\nshows = "runwya"\n'
    )
    Path("mine.toml").write_text(f"{text}[[section]]\ntitle = 'x'\n", encoding="utf-8")
    with pytest.raises(InputError) as raised:
        load_layout("mine.toml")
    told = str(raised.value)
    assert "8 mistakes" in told
    for words in ("did you mean 'runway'?", "section[1].shows", "mine.toml: title", "template", "colour", "confidence"):
        assert words in told


def test_a_scenario_that_is_not_there_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    text = 'title = "T"\nreader = "R"\nscenarios = ["hiring-freze"]\n[[section]]\nshows = "scenarios"\n'
    Path("mine.toml").write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match="did you mean 'hiring-freeze'") as raised:
        load_layout("mine.toml")
    assert raised.value.problems[0].file == "mine.toml"
