"""`tarmac report`: what it writes, and its mistakes."""

import importlib.util
import json
import shlex
from pathlib import Path

import openpyxl
import pytest

from tarmac.cli.main import main
from tests.reports import taken_apart

FEW = ["--paths", "200", "--seed", "7", "--months", "12"]


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working folder of one's own, with a small layout."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("TARMAC_DEBUG", raising=False)
    (tmp_path / "reports").mkdir()
    text = 'title = "Short"\nreader = "For tests."\n[[section]]\nshows = "runway"\n[[section]]\nshows = "provenance"\n'
    (tmp_path / "reports" / "short.toml").write_text(text, encoding="utf-8")
    return tmp_path


SHORT = ["report", "saas-seed", "--layout", "short", *FEW]


def test_a_page_is_written_and_the_answer_printed(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*SHORT, "--out", "out"]) == 0
    written = capsys.readouterr()
    assert "saas-seed-short.html" in written.err
    assert written.out.startswith("SaaS seed example: Short\n")
    assert written.out.endswith("Run: 200 paths, seed 7.\n")
    [found] = (folder / "out").iterdir()
    text = found.read_text(encoding="utf-8")
    assert taken_apart(text).all("h1")[0].text == "SaaS seed example"
    assert "tarmac report saas-seed --layout short --months 12 --paths 200 --seed 7 --out ." in text
    assert str(folder) not in text


def test_the_same_inputs_give_the_same_bytes(folder: Path) -> None:
    for name in ("one", "two"):
        assert main([*SHORT, "-q", "--out", name, "--format", "html", "--format", "md", "--format", "csv"]) == 0
    names = sorted(path.name for path in (folder / "one").iterdir())
    assert names == [
        "saas-seed-short-provenance.csv",
        "saas-seed-short-runway.csv",
        "saas-seed-short-runway.svg",
        "saas-seed-short.html",
        "saas-seed-short.md",
    ]
    assert all((folder / "one" / name).read_bytes() == (folder / "two" / name).read_bytes() for name in names)


def test_a_workbook_and_a_page_to_print_say_where_they_come_from(folder: Path) -> None:
    assert main([*SHORT, "-q", "--out", "out", "--format", "html,xlsx", "--format", "pdf,html"]) == 0
    names = sorted(path.name for path in (folder / "out").iterdir())
    assert names == ["saas-seed-short.html", "saas-seed-short.pdf", "saas-seed-short.xlsx"]
    assert (folder / "out" / names[1]).read_bytes().startswith(b"%PDF")
    about = openpyxl.load_workbook(folder / "out" / names[2])["About"]
    told = {row[0].value: row[1].value for row in about.iter_rows()}
    command = "tarmac report saas-seed --layout short --months 12 --paths 200 --seed 7 --format html,xlsx,pdf --out ."
    assert told["command"] == command
    page = (folder / "out" / names[0]).read_text(encoding="utf-8")
    for name in ("model digest", "file", "seed", "paths", "months", "currency", "command"):
        assert f">{name}<" in page
        assert str(told[name]) in page
    assert main([*shlex.split(command)[1:-1], "again", "-q"]) == 0
    assert all((folder / "again" / name).read_bytes() == (folder / "out" / name).read_bytes() for name in names)


def test_the_workbook_of_a_layout_with_scenarios_has_them(folder: Path) -> None:
    (folder / "reports" / "some.toml").write_text(
        'title = "T"\nreader = "R"\nscenarios = ["hiring-freeze"]\n[[section]]\nshows = "scenarios"\n'
    )
    assert main(["report", "saas-seed", "--layout", "some", *FEW, "-q", "--out", "out", "--format", "xlsx"]) == 0
    book = openpyxl.load_workbook(folder / "out" / "saas-seed-some.xlsx", data_only=True)
    assert [cell.value for cell in book["Scenarios"][4]][1:3] == ["base", "hiring-freeze"]
    assert book["Checks"]["B3"].value is True


@pytest.mark.parametrize("form", ["xlsx", "pdf"])
def test_a_document_that_is_there_stays_unless_it_may_be_replaced(
    form: str, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = folder / "out" / f"saas-seed-short.{form}"
    path.parent.mkdir()
    path.write_text("mine")
    command = [*SHORT, "--out", "out", "--format", f"html,{form}"]
    assert main(command) == 2
    assert "add --force" in capsys.readouterr().err
    assert [item.name for item in path.parent.iterdir()] == [path.name]
    assert path.read_text() == "mine"
    assert main([*command, "--force", "-q"]) == 0
    assert path.read_bytes() != b"mine"


def test_a_workbook_that_cannot_be_written_leaves_nothing_else(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full)
    assert main([*SHORT, "--out", "out", "--format", "html,pdf,xlsx"]) == 2
    assert "No space left on device" in capsys.readouterr().err
    assert not list((folder / "out").iterdir())


def test_parquet_holds_what_csv_holds(folder: Path) -> None:
    pd = pytest.importorskip("pandas")
    pytest.importorskip("pyarrow")
    assert main([*SHORT, "-q", "--out", "out", "--format", "csv", "--format", "parquet"]) == 0
    csv, parquet = (folder / "out" / f"saas-seed-short-runway.{ending}" for ending in ("csv", "parquet"))
    pd.testing.assert_frame_equal(pd.read_csv(csv), pd.read_parquet(parquet), check_dtype=False)


def test_parquet_without_its_package(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    known = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None if name == "pyarrow" else known(name))
    assert main([*SHORT, "--out", "out", "--format", "parquet"]) == 2
    assert "tarmac-runway[parquet]" in capsys.readouterr().err


def test_json_is_plain(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*SHORT, "--json"]) == 0
    found = json.loads(capsys.readouterr().out, parse_constant=pytest.fail)
    assert found["schema"] == "tarmac.report/1"
    assert found["company"] == "SaaS seed example"
    assert [section["name"] for section in found["sections"]] == ["runway", "provenance"]
    assert found["sections"][0]["tables"][0]["rows"][0][0] == "Jan 2027"


def test_files_are_written_once(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "out").mkdir()
    (folder / "out" / "saas-seed-short-runway.csv").write_text("mine")
    command = [*SHORT, "--out", "out", "--format", "csv"]
    assert main(command) == 2
    assert "saas-seed-short-runway.csv" in capsys.readouterr().err
    assert [path.name for path in (folder / "out").iterdir()] == ["saas-seed-short-runway.csv"]
    assert main([*command, "--force", "-q"]) == 0
    assert (folder / "out" / "saas-seed-short-runway.csv").read_text().startswith("month,p5,")


def test_a_disk_that_fills_leaves_the_old_report(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    (folder / "out").mkdir()
    (folder / "out" / "saas-seed-short.html").write_text("old")
    monkeypatch.setattr(Path, "write_text", full)
    assert main([*SHORT, "--out", "out", "--force"]) == 2
    assert "No space left on device" in capsys.readouterr().err
    assert [path.name for path in (folder / "out").iterdir()] == ["saas-seed-short.html"]
    assert (folder / "out" / "saas-seed-short.html").read_text() == "old"


def test_a_company_with_a_long_and_a_chinese_name(folder: Path) -> None:
    (folder / "models").mkdir()
    names = {"long": "x" * 100, "chinese": "月之暗面科技有限公司", "formula": '=HYPERLINK("http://x","y")'}
    for stem, name in names.items():
        assert main(["new", stem, "--out", f"models/{stem}.toml", "-q"]) == 0
        text = (folder / "models" / f"{stem}.toml").read_text(encoding="utf-8")
        quoted = name.replace('"', '\\"')
        text = text.replace(f'name = "{stem}"', f'name = "{quoted}"', 1)
        (folder / "models" / f"{stem}.toml").write_text(text, encoding="utf-8")
        assert (
            main(
                ["report", stem, "--layout", "short", "--out", "out", "-q", *FEW, "--format", "html", "--format", "md"]
            )
            == 0
        )
        page = (folder / "out" / f"{stem}-short.html").read_text(encoding="utf-8")
        assert taken_apart(page).all("h1")[0].text == name


def test_a_file_with_a_name_that_would_be_markup(folder: Path) -> None:
    (folder / "scenarios").mkdir()
    text = 'title = "<img src=x>"\n[[change]]\ntarget = "cash.opening"\nmultiply = 0.5\n'
    (folder / "scenarios" / "<b>.toml").write_text(text)
    assert main([*SHORT, "-s", "<b>", "-q", "--out", "out"]) == 0
    found = taken_apart((folder / "out" / "saas-seed-short.html").read_text(encoding="utf-8"))
    assert not found.all("b")
    assert not found.all("img")


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["report", "saas-seed"], "add --out DIR"),
        (["report", "saas-seed", "--out", "o", "--layout", "bord"], "layout = bord"),
        (["report", "saas-seed", "--out", "o", "--layout", "bord"], "did you mean 'board'?"),
        (["report", "saas-seed", "--out", "o", "--format", "htm"], "did you mean 'html'?"),
        (["report", "saas-seed", "--out", "o", "--format", "html,xls"], "did you mean 'xlsx'?"),
        (["report", "saas-seed", "--out", "o", "--format", "html,"], "known: csv, html, md, parquet, pdf, xlsx"),
        (["report", "saas-seed", "--out", "o", "--currency", "USD", "--months", "0"], "months"),
        (["report", "nobody", "--out", "reports/short.toml"], "2 mistakes"),
        (["report", "saas-seed", "--out", "o", "--layout", "reports/none.toml"], "is a file that can be read"),
    ],
    ids=" ".join,
)
def test_mistakes_end_with_words_and_code_2(options: list[str], words: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(options) == 2
    written = capsys.readouterr()
    assert not written.out
    assert words in written.err
    assert "remedy" in written.err


def test_a_layout_for_a_portfolio_is_not_for_a_company(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["report", "saas-seed", "--layout", "portfolio", "--rate", "EUR=1.1", "--align", "--out", "o"]) == 2
    told = capsys.readouterr().err
    assert "3 mistakes" in told
    for words in ("does not fit one company", "rate = EUR=1.1", "align = true", "belongs to a portfolio"):
        assert words in told
    assert not (folder / "o").exists()


def test_list_and_check_know_layouts(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["list"]) == 0
    assert "short      Short: For tests.  [reports/short.toml]" in capsys.readouterr().out
    assert main(["check", "short", "investor"]) == 0
    assert "investor: ok, the layout Investor memo" in capsys.readouterr().out
