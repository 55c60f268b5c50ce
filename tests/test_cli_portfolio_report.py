"""`tarmac report PORTFOLIO`: what it writes, and its mistakes."""

import json
import shlex
from pathlib import Path

import openpyxl
import pytest

from tarmac.cli.main import main
from tests.reports import taken_apart

SHEET = "name,cash,net_burn,currency,stage,stake\nAcme,1M,90k,USD,seed,10%\nB & C,2M,90k,EUR,,20%\n"
FEW = ["--paths", "200", "--seed", "7", "--months", "12"]
FUND = ["report", "fund.csv", "--layout", "portfolio", "--rate", "EUR=1.1", "--first-month", "2027-01", *FEW]


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working folder of one's own, with a sheet in it."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("TARMAC_DEBUG", raising=False)
    (tmp_path / "fund.csv").write_text(SHEET, encoding="utf-8")
    return tmp_path


def test_a_page_is_written_and_the_command_makes_it_again(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*FUND, "--out", "out"]) == 0
    written = capsys.readouterr()
    assert "wrote out/fund-portfolio.html" in written.err
    assert written.out.startswith("fund: Portfolio report\n")
    assert written.out.endswith("Run: 200 paths, seed 7.\n")
    text = (folder / "out" / "fund-portfolio.html").read_text(encoding="utf-8")
    assert any(element.text == "B & C" for element in taken_apart(text).all("th"))
    assert str(folder) not in text
    command = (
        "tarmac report fund.csv --rate EUR=1.1 --layout portfolio --months 12 --paths 200 --seed 7 "
        "--first-month 2027-01 --out ."
    )
    assert command in text
    assert main([*command.split()[1:-1], "again", "-q"]) == 0
    assert (folder / "again" / "fund-portfolio.html").read_text(encoding="utf-8") == text


def test_every_format_is_written_and_nothing_is_overwritten(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    command = [*FUND, "-q", "--out", "out", "--format", "html", "--format", "md", "--format", "csv"]
    assert main(command) == 0
    names = {path.name for path in (folder / "out").iterdir()}
    assert {"fund-portfolio.html", "fund-portfolio.md", "fund-portfolio-watch-list.csv"} <= names
    assert "fund-portfolio-heatmap.svg" in names
    capsys.readouterr()
    assert main(command) == 2
    assert "fund-portfolio.html" in capsys.readouterr().err
    assert main([*command, "--force"]) == 0


def test_a_workbook_and_a_page_to_print_say_where_they_come_from(folder: Path) -> None:
    assert main([*FUND, "-q", "--out", "out", "--format", "html,xlsx", "--format", "pdf"]) == 0
    names = sorted(path.name for path in (folder / "out").iterdir())
    assert names == ["fund-portfolio.html", "fund-portfolio.pdf", "fund-portfolio.xlsx"]
    assert (folder / "out" / names[1]).read_bytes().startswith(b"%PDF")
    about = openpyxl.load_workbook(folder / "out" / names[2])["About"]
    told = {row[0].value: row[1].value for row in about.iter_rows()}
    command = str(told["command"])
    assert command.endswith("--first-month 2027-01 --format html,xlsx,pdf --out .")
    page = (folder / "out" / names[0]).read_text(encoding="utf-8")
    for name in ("portfolio", "file", "model digest", "common drivers", "seed", "paths", "months", "currency"):
        assert f">{name}<" in page
        assert str(told[name]) in page
    assert main([*shlex.split(command)[1:-1], "again", "-q"]) == 0
    assert all((folder / "again" / name).read_bytes() == (folder / "out" / name).read_bytes() for name in names)


def test_parquet_holds_what_csv_holds(folder: Path) -> None:
    pd = pytest.importorskip("pandas")
    pytest.importorskip("pyarrow")
    assert main([*FUND, "-q", "--out", "out", "--format", "csv", "--format", "parquet"]) == 0
    for name in ("watch-list", "failures", "defaults"):
        csv, parquet = (folder / "out" / f"fund-portfolio-{name}.{ending}" for ending in ("csv", "parquet"))
        told, kept = pd.read_csv(csv), pd.read_parquet(parquet)
        assert list(told.columns) == list(kept.columns)
        assert told.select_dtypes("number").to_numpy() == pytest.approx(
            kept[told.select_dtypes("number").columns].to_numpy(dtype=float), nan_ok=True
        )


def test_a_folder_of_company_files_has_no_defaults(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "fund").mkdir()
    for name in ("one", "two"):
        assert main(["new", name, "--out", f"fund/{name}.toml", "-q"]) == 0
    capsys.readouterr()
    assert main(["report", "fund", "--layout", "portfolio", "--stake", "10%", "--json", *FEW]) == 0
    found = json.loads(capsys.readouterr().out, parse_constant=pytest.fail)
    assert found["schema"] == "tarmac.portfolio-report/1"
    assert found["portfolio"] == "fund"
    assert "company" not in found
    (assumed,) = (section for section in found["sections"] if section["name"] == "assumptions")
    assert [table["name"] for table in assumed["tables"]] == ["companies"]
    assert "--first-month" not in json.dumps(found)


def test_the_usual_horizon_is_that_of_tarmac_portfolio(capsys: pytest.CaptureFixture[str]) -> None:
    few = [word for word in FUND[1:] if word not in ("--months", "12", "--layout", "portfolio")]
    assert main(["portfolio", *few, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["months"] == 24
    assert main(["report", *few, "--json"]) == 0  # the layout, too, is that of a portfolio
    assert ", 24 months from Jan 2027" in json.loads(capsys.readouterr().out)["subtitle"]


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["fund.csv", "--layout", "board", "--out", "o"], "a layout for one company does not fit a portfolio"),
        (["fund.csv", "--layout", "portfolo", "--out", "o"], "did you mean 'portfolio'?"),
        (["fund.csv", "--layout", "portfolio"], "add --out DIR"),
        (["fund.csv", "--layout", "portfolio", "--out", "o", "--format", "xlsx,pfd"], "did you mean 'pdf'?"),
        (["fund.csv", "--layout", "portfolio", "--out", "o"], "add --rate EUR=..."),
        (["nobody", "--layout", "portfolio", "--out", "o"], "is a folder of company files"),
        (["none.csv", "--layout", "portfolio", "--months", "0"], "3 mistakes"),
        (["fund.csv", "--layout", "portfolio", "--out", "fund.csv", "--format", "pdf"], "is a folder"),
    ],
    ids=" ".join,
)
def test_mistakes_end_with_words_and_code_2(options: list[str], words: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["report", *options]) == 2
    written = capsys.readouterr()
    assert not written.out
    assert words in written.err
    assert "remedy" in written.err
