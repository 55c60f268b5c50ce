"""`tarmac chart`: charts of a company and of a portfolio alone, their tables, and mistakes."""

from pathlib import Path

import pandas as pd
import pytest

from tarmac.cli.asked import CHARTS, CHARTS_OF_MANY
from tarmac.cli.charting import KINDS, KINDS_OF_MANY
from tarmac.cli.main import main

SHEET = "name,cash,net_burn,currency,stage,stake\nAcme,1M,90k,USD,seed,10%\nB & C,2M,90k,EUR,,20%\n"
FEW = ["--paths", "200", "--seed", "7", "--months", "12"]
FUND = ["fund.csv", "--rate", "EUR=1.1", "--first-month", "2027-01", *FEW]


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working folder of one's own, with a sheet in it."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("TARMAC_DEBUG", raising=False)
    (tmp_path / "fund.csv").write_text(SHEET, encoding="utf-8")
    (tmp_path / "reports").mkdir()
    return tmp_path


def test_every_chart_that_is_named_can_be_drawn() -> None:
    assert list(KINDS) == list(CHARTS)
    assert list(KINDS_OF_MANY) == list(CHARTS_OF_MANY)


@pytest.mark.parametrize("name", CHARTS)
def test_one_chart_alone_and_its_table(name: str, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["chart", name, "ai-lab", "--out", "out", "--format", "svg", "--format", "csv", *FEW]) == 0
    text = (folder / "out" / f"ai-lab-{name}.svg").read_text(encoding="utf-8")
    assert '<svg role="img"' in text
    assert "<desc>" in text
    table = pd.read_csv(folder / "out" / f"ai-lab-{name}.csv")
    assert len(table) > 2
    assert len(table.columns) > 2
    told = capsys.readouterr()
    assert told.out == f"{name} of AI lab example: seed 7\n"
    assert told.err.count("wrote ") == 2


@pytest.mark.parametrize(
    ("name", "column"),
    [("watchlist", "insolvent_by_12"), ("heatmap", "2027-12"), ("reserves", "investor_by_the_end_p90")],
)
def test_one_chart_of_a_portfolio_and_its_table(
    name: str, column: str, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    formats = [word for form in ("png", "svg", "csv") for word in ("--format", form)]
    assert main(["chart", name, *FUND, "--out", "out", *formats]) == 0
    assert sorted(path.name for path in (folder / "out").iterdir()) == [
        f"fund-{name}.csv",
        f"fund-{name}.png",
        f"fund-{name}.svg",
    ]
    assert (folder / "out" / f"fund-{name}.png").read_bytes().startswith(b"\x89PNG")
    assert "<desc>" in (folder / "out" / f"fund-{name}.svg").read_text(encoding="utf-8")
    assert column in pd.read_csv(folder / "out" / f"fund-{name}.csv").columns
    assert capsys.readouterr().out == f"{name} of fund: seed 7\n"


def test_the_table_is_that_of_the_portfolio(folder: Path) -> None:
    assert main(["chart", "heatmap", *FUND, "--out", "out", "--format", "csv", "-q"]) == 0
    assert main(["portfolio", *FUND, "--out", "folio", "-q"]) == 0
    kept, told = (folder / name for name in ("out/fund-heatmap.csv", "folio/months.csv"))
    assert kept.read_bytes() == told.read_bytes()


def test_the_usual_horizon_is_that_of_what_is_named(folder: Path) -> None:
    few = [word for word in FUND if word not in ("--months", "12")]
    assert main(["chart", "heatmap", *few, "--out", "out", "--format", "csv", "-q"]) == 0
    assert main(["chart", "runway", "saas-seed", *FEW[:4], "--out", "out", "--format", "csv", "-q"]) == 0
    assert len(pd.read_csv(folder / "out" / "fund-heatmap.csv").columns) == 1 + 24
    assert len(pd.read_csv(folder / "out" / "saas-seed-runway.csv")) == 36


@pytest.mark.parametrize("size", ["slide", "document", "social", "square"])
def test_a_chart_of_a_portfolio_comes_in_every_size(size: str, folder: Path) -> None:
    assert main(["chart", "watchlist", *FUND, "--out", "out", "--size", size, "-q"]) == 0
    assert (folder / "out" / "fund-watchlist.png").is_file()


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["runwya", "saas-seed", "--out", "o"], "did you mean 'runway'?"),
        (["watch-list", *FUND, "--out", "o"], "did you mean 'watchlist'?"),
        (["runway", "saas-seed"], "add --out DIR"),
        (["runway", "nobody", "--out", "o", "--paths", "0"], "2 mistakes"),
        (["runway", *FUND, "--out", "o"], "of fund.csv there are watchlist, heatmap, reserves"),
        (["heatmap", "saas-seed", "--out", "o"], "of saas-seed there are runway, ownership"),
        (["heatmap", "nobody", "--out", "o", "--paths", "0"], "2 mistakes"),
        (["heatmap", "fund.csv", "--out", "fund.csv"], "2 mistakes"),
        (["runway", "saas-seed", "--out", "o", "--stake", "10%"], "belongs to a portfolio"),
    ],
    ids=" ".join,
)
def test_mistakes_end_with_words_and_code_2(options: list[str], words: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["chart", *options]) == 2
    written = capsys.readouterr()
    assert not written.out
    assert words in written.err
    assert "remedy" in written.err


def test_a_chart_that_has_nothing_to_show(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = 'title = "T"\nreader = "R"\n[[section]]\nshows = "clocks"\n'
    (folder / "reports" / "bare.toml").write_text(text)
    assert main(["chart", "scenarios", "ai-lab", "--layout", "bare", "--out", "o", *FEW]) == 2
    assert "nothing to show" in capsys.readouterr().err


def test_the_list_and_the_help_name_every_chart(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["list"]) == 0
    shown = capsys.readouterr().out
    assert main(["chart", "--help"]) == 0
    helped = capsys.readouterr().out
    for name in (*CHARTS, *CHARTS_OF_MANY):
        assert f"\n  {name} " in shown
        assert name in helped
