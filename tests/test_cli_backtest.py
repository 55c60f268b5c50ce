"""`tarmac backtest`: on the screen, as JSON and in files, and its mistakes."""

import json
from pathlib import Path

import pandas as pd
import pytest

from tarmac.cli.main import main
from tarmac.outcomes import SNAPSHOT_COLUMNS

FEW = ["--paths", "500", "--seed", "7"]
AS_DECLARED = ["backtest", "stability-ai", "--origin", "2022-12", *FEW]
HEAD = ",".join(SNAPSHOT_COLUMNS)


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working folder of one's own."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("TARMAC_DEBUG", raising=False)
    return tmp_path


def test_snapshots_on_the_screen(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["backtest", "snapshots", *FEW]) == 0
    shown = capsys.readouterr().out
    assert "12 of 20 snapshots" in shown
    assert "Too few to tell: with 9 companies and 6 ends" in shown
    assert "Left out: its burn is not known: Builder.ai" in shown
    assert "D-calibration" in shown
    assert "seed 7" in shown
    assert all(len(line) <= 100 for line in shown.splitlines())


def test_firms_on_the_screen(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["backtest", "polish-firms", *FEW]) == 0
    shown = capsys.readouterr().out
    assert "should run dry within 5 years" in shown
    assert "and 30 were bankrupt" in shown
    assert "cannot be told from the mean of all firms" in shown
    assert all(len(line) <= 100 for line in shown.splitlines())


def test_a_company_on_the_screen(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(AS_DECLARED) == 0
    shown = capsys.readouterr().out
    assert "a missed bill by Sep 2023 had a chance of" in shown
    assert "insolvency by Mar 2024 had a chance of" in " ".join(shown.split())
    assert "did not come true" in shown
    assert "OUTSIDE" in shown
    assert all(len(line) <= 100 for line in shown.splitlines())


def test_json_is_plain_and_repeatable(capsys: pytest.CaptureFixture[str]) -> None:
    texts = []
    for _ in range(2):
        assert main(["backtest", "snapshots", "polish-firms", "stability-ai", *AS_DECLARED[2:], "--json"]) == 0
        texts.append(capsys.readouterr().out)
    assert texts[0] == texts[1]
    document = json.loads(texts[0], parse_constant=pytest.fail)
    assert document["schema"] == "tarmac.backtest/1"
    assert document["seed"] == 7
    snapshots, firms, origins = document["subjects"]
    assert [item["kind"] for item in document["subjects"]] == ["snapshots", "firms", "origins"]
    assert snapshots["too_few_to_tell"]
    assert len(snapshots["cases"]) + len(snapshots["left_out"]) == 20
    assert set(snapshots["skill"]) == {"no new money", "cash / burn", "climatology"}
    assert firms["halves"]["judged"]["bankrupt"] == 30
    assert origins["happened"] == {"first_missed_bill": "2023-09", "insolvent": None, "known_until": "2024-03"}
    assert len(origins["origins"][0]["later_facts"]) == 13


def test_files(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    command = ["backtest", "snapshots", *FEW, "--out", "found"]
    assert main(command) == 0
    written = capsys.readouterr()
    names = [
        "backtest.json",
        *(f"snapshots-{name}.csv" for name in ("cases", "scores", "reliability")),
        "snapshots.png",
    ]
    assert sorted(path.name for path in (folder / "found").iterdir()) == sorted(names)
    assert written.err.splitlines() == [f"wrote found/{name}" for name in names]
    cases = pd.read_csv(folder / "found" / "snapshots-cases.csv")
    assert len(cases) == 12
    assert {"company", "runway", "p10", "p50", "p90", "by_12", "outcome", "months", "inside", "pit"} <= set(cases)
    assert set(pd.read_csv(folder / "found" / "snapshots-scores.csv").forecaster) == {
        "Tarmac", "no new money", "cash / burn", "climatology",
    }  # fmt: skip
    assert main(command) == 2
    assert "are not overwritten" in capsys.readouterr().err
    assert main([*command, "--force", "--quiet"]) == 0
    assert capsys.readouterr().err == ""


def test_files_of_firms_and_of_a_company(folder: Path) -> None:
    assert main(["backtest", "polish-firms", *AS_DECLARED[1:], "--out", "found"]) == 0
    names = {path.name for path in (folder / "found").iterdir()}
    assert names == {
        "backtest.json", "polish-firms-reliability.csv", "polish-firms.png", "stability-ai-later-facts.csv",
        "stability-ai-chances.csv", "stability-ai.png",
    }  # fmt: skip


def test_a_file_of_ones_own(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rows = "\n".join(f"Firm {n},2023-01-31,{n}000000,1000000,EUR,alive,2024-01-31,its accounts," for n in range(1, 5))
    (folder / "mine.csv").write_text(f"{HEAD}\n{rows}\n", "utf-8")
    assert main(["backtest", "mine.csv", *FEW, "--months", "6"]) == 0
    shown = capsys.readouterr().out
    assert "4 companies, 0 ends" in shown
    assert "Too few to tell" in shown
    assert main(["backtest", "mine.csv", *FEW, "--months", "6", "--json"]) == 0
    json.loads(capsys.readouterr().out, parse_constant=pytest.fail)


def test_mistakes_of_all_files_at_once(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "one.csv").write_text(f"{HEAD}\nAcme,2023-01-31,12M,1,EUR,insolvent,2022-01-31,memo,\n", "utf-8")
    (folder / "two.csv").write_text("", "utf-8")
    command = ["backtest", "one.csv", "two.csv", "snapshot", "saas-seed", "--paths", "3", "--origin", "soon"]
    assert main(command) == 2
    said = capsys.readouterr()
    assert said.out == ""
    for words in (
        "one.csv: row 2, cash = 12M",
        "one.csv: row 2, ended = 2022-01-31",
        "two.csv: row 1",
        "did you mean 'snapshots'?",
        "company.facts",
        "paths = 3",
        "origin = soon",
    ):
        assert words in said.err


@pytest.mark.parametrize(
    ("command", "words"),
    [
        (["backtest", "snapshots", "--origin", "2023-06"], "goes with a company"),
        (["backtest", "stability-ai", "--origin", "2019-01"], "lies from 2022-12 to 2024-02"),
        (["backtest", "stability-ai", "--origin", "2024-03"], "nothing is known after the last"),
        (["backtest", "missing.csv"], "missing.csv"),
        (["backtest", "missing.arff"], "missing.arff"),
        (["backtest", "snapshots", "--months", "3"], "months = 3"),
        (["backtest"], "SUBJECT"),
    ],
)
def test_other_mistakes(command: list[str], words: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(command) == 2
    said = capsys.readouterr().err
    assert words in said
    assert "Traceback" not in said


def test_a_binary_file_is_refused(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "picture.csv").write_bytes(bytes(range(256)))
    assert main(["backtest", "picture.csv"]) == 2
    assert "text in UTF-8" in capsys.readouterr().err


def test_nothing_to_forecast(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "mine.csv").write_text(f"{HEAD}\nAcme,2023-01-31,5,-1,EUR,alive,2024-01-31,memo,\n", "utf-8")
    assert main(["backtest", "mine.csv", "--seed", "7"]) == 2
    assert "1 left out" in capsys.readouterr().err
