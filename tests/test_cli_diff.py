"""`tarmac diff`: on the screen, as JSON and in files, and its mistakes."""

import json
from pathlib import Path

import pytest

from tarmac.cli.main import main

FEW = ["--paths", "500", "--seed", "7", "--months", "12"]
OLD = """
[company]
name = "Example"
currency = "USD"
first_month = "2027-01"

[cash]
opening = "1M to 1.2M"

[[cost]]
name = "rent"
monthly = "50k"
"""


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working folder with two versions of a company."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("TARMAC_DEBUG", raising=False)
    (tmp_path / "old.toml").write_text(OLD, "utf-8")
    (tmp_path / "new.toml").write_text(OLD.replace("50k", "100k"), "utf-8")
    return tmp_path


def test_the_screen_says_what_it_was(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["diff", "old.toml", "new.toml", *FEW]) == 0
    shown = capsys.readouterr().out
    assert "months shorter" in shown
    assert "cost.rent.monthly" in shown
    assert "50k before, 100k now" in shown
    assert "seed 7" in shown
    assert all(len(line) <= 100 for line in shown.splitlines())


def test_json_adds_up(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["diff", "old.toml", "new.toml", "--json", "--old-seed", "3", *FEW]) == 0
    document = json.loads(capsys.readouterr().out, parse_constant=pytest.fail)
    assert document["schema"] == "tarmac.diff/1"
    total = sum(bar["runway_months"]["value"] for bar in document["bars"])
    assert total == pytest.approx(document["difference"]["runway_months"]["value"], abs=1e-9)
    assert [bar["what"] for bar in document["bars"]] == ["draws", "change", "together"]


def test_files_are_written_once(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["diff", "old.toml", "new.toml", "--out", "out", *FEW]) == 0
    assert {path.name for path in (folder / "out").iterdir()} == {"diff.json", "diff.csv", "diff.png"}
    capsys.readouterr()
    assert main(["diff", "old.toml", "new.toml", "--out", "out", *FEW]) == 2
    assert "diff.json" in capsys.readouterr().err


def test_every_mistake_at_once(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["diff", "none.toml", "nobody.toml", "--months", "0", "--paths", "0"]) == 2
    told = capsys.readouterr().err
    assert all(word in told for word in ("none.toml", "nobody.toml", "months", "paths"))


def test_another_company_is_no_version(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["diff", "old.toml", "saas-seed"]) == 2
    assert "two versions of one company" in capsys.readouterr().err


def test_both_seeds_are_checked(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["diff", "old.toml", "new.toml", "--seed", "-1", "--old-seed", "-2"]) == 2
    shown = capsys.readouterr().err
    assert "command line: seed = -1" in shown
    assert "command line: old-seed = -2" in shown


def test_amounts_that_grow_out_of_bounds_are_told(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    line = (
        '[[compute]]\nname = "gpu"\nkind = "on_demand"\nmonthly = 1\ngrowth = 2\nprice_growth = 1\nvolatility = "5%"\n'
    )
    (folder / "new.toml").write_text(OLD + line, "utf-8")
    assert main(["diff", "old.toml", "new.toml", "--paths", "100", "--seed", "7", "--months", "590"]) == 2
    message = capsys.readouterr().err
    assert "1e38" in message
    assert "new.toml" in message
