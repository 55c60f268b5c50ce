"""The page of a report: one file, well formed, readable without the pictures, safe whatever names it holds."""

import base64
import hashlib
import re
from dataclasses import replace
from pathlib import Path

import pytest

from tarmac.errors import InputError
from tarmac.report.layouts import Layout, load_layout
from tarmac.report.pages import html_page, markdown_page
from tarmac.report.parts import Report, Section, Sheet
from tests.reports import page, report, taken_apart

HOSTILE = '<script>alert(1)</script> "x" =HYPERLINK("http://x","y") & | *b* [x](y) `c` 月之暗面'
BOTH = pytest.mark.parametrize("layout", ["board", "investor"])
BARE = Layout.model_validate({"title": "T", "reader": "R", "section": [{"shows": "clocks"}]})


def hostile() -> Report:
    """A report all of whose texts would like to be markup."""
    sheet = Sheet("t", HOSTILE, (HOSTILE, "b"), ((HOSTILE, HOSTILE),), prose=frozenset({1}))
    section = Section("clocks", HOSTILE, (HOSTILE,), (), (sheet,), (HOSTILE,), ((HOSTILE, HOSTILE),))
    return Report(HOSTILE, HOSTILE, HOSTILE, HOSTILE, HOSTILE, HOSTILE, (), (section,))


@BOTH
def test_the_page_is_well_formed_and_every_id_is_its_own(layout: str) -> None:
    found = taken_apart(page(layout=layout))
    assert not found.wrong
    names = [element.attributes["id"] for element in found.elements if "id" in element.attributes]
    assert len(names) == len(set(names))
    asked = [
        element.attributes[key]
        for element in found.elements
        for key in ("aria-labelledby",)
        if key in element.attributes
    ]
    asked += [link[1:] for element in found.elements if (link := element.attributes.get("href", "")).startswith("#")]
    asked += re.findall(r"url\(#([^)]+)\)", page(layout=layout))
    assert asked
    assert set(asked) <= set(names)


@BOTH
def test_it_needs_nothing_else_and_runs_nothing(layout: str) -> None:
    text = page(layout=layout)
    found = taken_apart(text)
    assert len(text.encode()) < 1_000_000
    assert not {element.tag for element in found.elements} & {"script", "iframe", "object", "img", "base", "form"}
    for element in found.elements:
        assert not element.attributes.get("src")
        assert element.attributes.get("href", "#").startswith(("#", "data:,"))
        assert "style" not in element.attributes
        assert not any(key.startswith("on") for key in element.attributes)
    assert not re.search(r"url\((?!#)|@import|javascript:", text)


@BOTH
def test_the_policy_allows_the_pages_own_style_sheet_alone(layout: str) -> None:
    found = taken_apart(page(layout=layout))
    [sheet] = found.all("style")
    digest = base64.b64encode(hashlib.sha256(sheet.text.encode()).digest()).decode()
    [policy] = [item.attributes["content"] for item in found.all("meta") if "http-equiv" in item.attributes]
    assert policy.startswith("default-src 'none'; ")
    assert f"style-src 'sha256-{digest}';" in policy
    assert "unsafe" not in policy


@BOTH
def test_headings_are_in_order_and_every_chart_has_words_and_a_table(layout: str) -> None:
    found = taken_apart(page(layout=layout))
    headings = [element for element in found.elements if element.tag in {"h1", "h2", "h3"}]
    assert [heading.tag for heading in headings] == ["h1"] + ["h2"] * len(report(layout=layout).sections)
    charts, drawings = found.all("figure"), [item for item in found.all("svg") if "svg" not in item.inside]
    assert len(charts) == len(report(layout=layout).pictures) >= 3
    assert len(drawings) == 2 * len(charts)
    words = {item.attributes.get("id"): item.text for item in found.elements}
    for drawing in drawings:
        assert drawing.attributes["role"] == "img"
        assert len(words[drawing.attributes["aria-labelledby"]]) > 40
    behind = [item for item in found.all("table") if "details" in item.inside and "figure" in item.inside]
    assert len(behind) == len(charts)
    assert all("caption" in item.inside for item in found.all("span") if "table" in item.inside)


def test_colours_are_named_so_that_they_follow_light_and_dark() -> None:
    [sheet] = taken_apart(page()).all("style")
    drawn = re.findall(r"^\.c\d+\{(.*)\}$", sheet.text, re.MULTILINE)
    assert drawn
    assert not re.findall(r"#[0-9a-f]{6}", "".join(drawn))
    used = set(re.findall(r"var\(--([\w-]+)\)", "".join(drawn)))
    for block in re.findall(r":root \{([^}]*--paper[^}]*)\}", sheet.text):
        assert used <= set(re.findall(r"--([\w-]+):", block))
    assert "prefers-color-scheme: dark" in sheet.text
    assert "@media print" in sheet.text


def test_texts_are_texts_whatever_they_hold() -> None:
    found = taken_apart(html_page(hostile(), BARE))
    assert not found.wrong
    assert not found.all("script")
    [heading] = found.all("h1")
    assert heading.text == HOSTILE
    assert found.all("td")[0].text == HOSTILE
    [title] = found.all("title")
    assert title.text == f"{HOSTILE}: {HOSTILE}"


def test_markdown_holds_no_markup_that_is_not_ours() -> None:
    text = markdown_page(hostile(), BARE, pictures={})
    assert not re.search(r"(?<!\\)<", text)
    rows = [line for line in text.splitlines() if line.startswith("|")]
    assert len(rows) == 3
    assert [len(re.findall(r"(?<!\\)\|", row)) for row in rows] == [3, 3, 3]


def test_markdown_shows_every_chart_and_every_table_in_full() -> None:
    made = report()
    text = markdown_page(made, load_layout("board"), pictures={item.name: f"{item.name}.svg" for item in made.pictures})
    assert all(f"]({item.name}.svg)" in text for item in made.pictures)
    tables = [table for section in made.sections for table in section.tables]
    assert sum(line.startswith("|") for line in text.splitlines()) == sum(len(table.rows) + 2 for table in tables)
    assert next(line for line in text.splitlines() if line).startswith("# ")


def test_the_same_report_gives_the_same_page() -> None:
    assert html_page(report(), load_layout("board")) == page()


def test_a_table_for_programs_holds_the_numbers_in_full() -> None:
    frames = report().frames()
    assert {"runway", "clocks", "raise", "starts", "scenarios", "levers", "assumptions", "provenance"} <= set(frames)
    assert {"p50", "insolvent", "insolvent_low", "path_1"} <= set(frames["runway"])
    assert len(frames["runway"]) == 18
    assert frames["runway"]["month"].iloc[0] == "2027-01"
    assert frames["assumptions"]["table"].nunique() > 3


def test_a_style_sheet_of_ones_own_cannot_leave_its_element(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    own(tmp_path, monkeypatch, "report.css", "p { color: red; } </style><script>x</script>")
    found = taken_apart(html_page(replace(hostile(), sections=()), BARE))
    assert not found.all("script")
    assert "color: red" in found.all("style")[0].text


@pytest.mark.parametrize(
    ("template", "words"),
    [
        ("{{ report.name", "line 1"),
        ("{{ report.colour }}", "colour"),
        ("{{ ''.__class__.__mro__ }}", "report.html.jinja"),
        ("{% for x in range(10**9) %}{% endfor %}", "report.html.jinja"),
        ("{{ 1 / 0 }}", "division"),
        ("{% include 'nothing.jinja' %}", "nothing.jinja"),
    ],
)
def test_a_template_of_ones_own_that_is_wrong(
    template: str, words: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own(tmp_path, monkeypatch, "report.html.jinja", template)
    with pytest.raises(InputError, match=re.escape(words)):
        html_page(hostile(), BARE)


def test_a_template_of_ones_own_wins_and_is_escaped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    own(tmp_path, monkeypatch, "report.html.jinja", "<b>{{ report.name }}</b>")
    assert html_page(hostile(), BARE).startswith("<b>&lt;script&gt;")


def own(folder: Path, monkeypatch: pytest.MonkeyPatch, name: str, text: str) -> None:
    """A working folder with a file of one's own on the shelf reports/."""
    monkeypatch.chdir(folder)
    (folder / "reports").mkdir()
    (folder / "reports" / name).write_text(text, encoding="utf-8")
