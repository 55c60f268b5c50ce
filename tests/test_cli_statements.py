"""`tarmac show --path`: the three statements on the screen, as JSON and in files."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tarmac import load, simulate
from tarmac.cli.main import main
from tarmac.statements import statements_of

FILES = {"profit-and-loss.csv", "cash-flow.csv", "balance-sheet.csv", "statements.json"}
FEW = ["--paths", "500", "--seed", "7"]

ACME = """
[company]
name = "Acme"
currency = "USD"
first_month = "2024-01"

[cash]
opening = "1M to 5M"

[[revenue]]
name = "app"
kind = "subscription"
monthly = "100k"
growth = "1%"

[[team]]
name = "staff"
headcount = 20
cost = "15k"

[[cost]]
name = "=rent, and more"
monthly = "10k"
terms = 1

[[round]]
name = "seed"
instrument = "equity"
starts = "2024-06"
takes = 3
succeeds = "50%"
amount = "4M"
"""


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working folder of one's own, with one company file in it."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("TARMAC_DEBUG", raising=False)
    (tmp_path / "acme.toml").write_text(ACME, encoding="utf-8")
    return tmp_path


class Done:
    """What a command left."""

    def __init__(self, capsys: pytest.CaptureFixture[str], *arguments: str) -> None:
        self.code = main(["show", *arguments])
        self.out, self.err = capsys.readouterr()

    @property
    def json(self) -> Any:
        return json.loads(self.out)


def test_a_path_is_printed_with_its_number_and_seed(capsys: pytest.CaptureFixture[str]) -> None:
    done = Done(capsys, "acme.toml", "--path", "17", *FEW)
    assert (done.code, done.err) == (0, "")
    assert "path 17 of 500. Seed 7, no scenario." in done.out
    for title in ("Profit and loss", "Cash flow", "Balance sheet"):
        assert title in done.out
    assert max(map(len, done.out.splitlines())) <= 100


@pytest.mark.parametrize("path", ["mean", "median", "1", "500"])
def test_json_is_that_of_the_library(path: str, capsys: pytest.CaptureFixture[str]) -> None:
    done = Done(capsys, "acme.toml", "--path", path, *FEW, "--months", "12", "--json")
    which: Any = int(path) if path.isdecimal() else path
    wanted = statements_of(load("acme.toml"), which, months=12, paths=500, seed=7)
    assert done.code == 0
    assert done.json == wanted.as_json()


def test_a_path_is_that_of_a_run_with_the_same_seed(capsys: pytest.CaptureFixture[str]) -> None:
    found = Done(capsys, "acme.toml", "--path", "3", "--seed", "7", "--json").json
    samples = simulate(load("acme.toml"), seed=7).samples[:, 2]
    last = found["insolvent"] - 1 if found["insolvent"] else 36
    np.testing.assert_array_equal(found["cash_flow"]["closing cash"][:last], samples[:last])


def test_a_drawn_seed_is_printed_and_repeats_the_path(capsys: pytest.CaptureFixture[str]) -> None:
    first = Done(capsys, "acme.toml", "--path", "median", "--paths", "300", "--json")
    seed, path = first.json["seed"], first.json["path"]
    printed = Done(capsys, "acme.toml", "--path", "median", "--paths", "300", "--seed", str(seed))
    assert f"path {path} of 300" in printed.out
    assert f"Seed {seed}" in printed.out
    again = Done(capsys, "acme.toml", "--path", str(path), "--paths", "300", "--seed", str(seed), "--json")
    assert again.json["cash_flow"] == first.json["cash_flow"]


def test_scenarios_are_applied_and_named(capsys: pytest.CaptureFixture[str]) -> None:
    done = Done(capsys, "acme.toml", "--path", "mean", *FEW, "-s", "no-new-money", "--json")
    assert done.json["scenarios"] == ["no-new-money"]
    assert not any(done.json["cash_flow"]["equity and SAFEs"])
    assert "scenario no-new-money" in Done(capsys, "acme.toml", "--path", "mean", *FEW, "-s", "no-new-money").out


def test_quarters_and_years(capsys: pytest.CaptureFixture[str]) -> None:
    texts = [Done(capsys, "acme.toml", "--path", "mean", *FEW, "--by", by).out for by in ("month", "quarter", "year")]
    assert len(texts[0].splitlines()) > len(texts[1].splitlines()) > len(texts[2].splitlines())
    assert "Cash flow, 3 months to" in texts[1]
    assert "Cash flow, 12 months to" in texts[2]


def test_files_are_written_and_not_overwritten_unasked(capsys: pytest.CaptureFixture[str], folder: Path) -> None:
    arguments = ["acme.toml", "--path", "17", *FEW, "--out", "made"]
    done = Done(capsys, *arguments)
    assert {path.name for path in (folder / "made").iterdir()} == FILES
    assert done.err.splitlines() == [
        f"wrote {Path('made') / name}"
        for name in ("profit-and-loss.csv", "cash-flow.csv", "balance-sheet.csv", "statements.json")
    ]
    lines = (folder / "made/profit-and-loss.csv").read_text(encoding="utf-8").splitlines()
    assert lines[0].startswith("line,2024-01,2024-02,")
    assert any(line.startswith('"cost: =rent, and more",') for line in lines)
    assert json.loads((folder / "made/statements.json").read_text(encoding="utf-8"))["path"] == 17

    (folder / "made" / "cash-flow.csv").write_text("mine", encoding="utf-8")
    refused = Done(capsys, *arguments)
    assert (refused.code, refused.out) == (2, "")
    assert "made = 4 files exist" in refused.err
    assert (folder / "made" / "cash-flow.csv").read_text(encoding="utf-8") == "mine"
    forced = Done(capsys, *arguments, "--force", "--quiet")
    assert (forced.code, forced.err) == (0, "")
    assert (folder / "made" / "cash-flow.csv").read_text(encoding="utf-8") != "mine"


def test_json_and_files_together(capsys: pytest.CaptureFixture[str], folder: Path) -> None:
    done = Done(capsys, "acme.toml", "--path", "mean", *FEW, "--json", "--out", "made")
    written = json.loads((folder / "made/statements.json").read_text(encoding="utf-8"))
    assert written == done.json


# What is wrong


@pytest.mark.parametrize("path", ["0", "501", "-1", "1.5", "first", "", "1e2", "9" * 5000, "\u0661"])
def test_a_path_that_is_not_there(path: str, capsys: pytest.CaptureFixture[str], folder: Path) -> None:
    done = Done(capsys, "acme.toml", "--path", path, *FEW, "--out", "made")
    assert (done.code, done.out) == (2, "")
    assert "1 mistake" in done.err
    assert "command line: path" in done.err
    assert "from 1 to 500" in done.err
    assert not (folder / "made").exists()


def test_every_mistake_is_named_at_once(capsys: pytest.CaptureFixture[str], folder: Path) -> None:
    (folder / "cash-flow.csv").write_text("mine", encoding="utf-8")
    numbers = ["--months", "0", "--paths", "0", "--seed", "-1", "--out", "."]
    done = Done(capsys, "nowhere", "-s", "nothing", "--path", "x", *numbers)
    assert done.code == 2
    assert done.err.startswith("7 mistakes:")
    for words in ("months = 0", "paths = 0", "seed = -1", "path = x", "cash-flow.csv", "nowhere", "nothing"):
        assert words in done.err


@pytest.mark.parametrize(
    "options", [["--json"], ["--seed", "7"], ["--months", "12"], ["--paths", "9"], ["--by", "year"], ["--out", "made"]]
)
def test_options_of_statements_need_a_path(options: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    done = Done(capsys, "acme.toml", *options)
    assert (done.code, done.out) == (2, "")
    assert "add --path" in done.err


def test_without_a_path_the_company_is_shown_in_words(capsys: pytest.CaptureFixture[str]) -> None:
    done = Done(capsys, "acme.toml")
    assert done.code == 0
    assert "Team: staff" in done.out
    assert "Cash flow" not in done.out
