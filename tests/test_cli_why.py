"""`tarmac why`: on the screen, as JSON and in files, and its mistakes."""

import json
from pathlib import Path

import pytest

from tarmac.cli.main import main

FEW = ["--paths", "256", "--seed", "7", "--months", "12"]


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working folder of one's own."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("TARMAC_DEBUG", raising=False)
    return tmp_path


def test_the_screen_says_why(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["why", "stability-ai", *FEW, "-s", "revenue-minus-20"]) == 0
    shown = capsys.readouterr().out
    assert "% of the paths survive to Dec 2023." in shown
    assert "% of the variance" in shown
    assert "What could not be paid" in shown
    assert " had failed" in shown
    assert "seed 7, revenue-minus-20" in " ".join(shown.split())
    assert all(len(line) <= 100 for line in shown.splitlines())


def test_json_and_files(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    wanted = {"why.json", "sources.csv", "known.csv", "causes.csv", "why.png"}
    assert main(["why", "saas-seed", "--json", "--out", "out", *FEW]) == 0
    written = capsys.readouterr()
    document = json.loads(written.out, parse_constant=pytest.fail)
    assert document["schema"] == "tarmac.why/1"
    assert document["seed"] == 7
    assert {path.name for path in (folder / "out").iterdir()} == wanted
    assert "wrote" in written.err
    assert main(["why", "saas-seed", "--out", "out", *FEW]) == 2
    assert "why.json" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "where"),
    [
        (["saas-seed", "--paths", "10"], "paths"),
        (["saas-seed", "--months", "0"], "months"),
        (["saas-seed", "--seed", "-1"], "seed"),
        (["nobody"], "nobody"),
        (["saas-seed", "-s", "nothing"], "nothing"),
    ],
)
def test_mistakes_end_with_words_and_code_2(
    arguments: list[str], where: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["why", *arguments]) == 2
    written = capsys.readouterr()
    assert not written.out
    assert where in written.err
    assert "remedy" in written.err


def test_amounts_beyond_all_bounds_are_a_mistake(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "wild.toml").write_text(
        '[company]\nname = "Wild"\ncurrency = "USD"\nfirst_month = "2024-01"\n[cash]\nopening = "1 to 2"\n'
        '[[compute]]\nname = "c"\nkind = "on_demand"\nmonthly = "1000T"\ngrowth = "200%"\nprice_growth = "200%"\n',
        encoding="utf-8",
    )
    assert main(["why", "wild.toml", *FEW, "--months", "360"]) == 2
    assert "1e38" in capsys.readouterr().err
