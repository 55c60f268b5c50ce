"""`tarmac map`: on the screen, as JSON and in files, and its mistakes."""

import json
from pathlib import Path

import pytest

from tarmac.cli.main import main

FEW = ["--paths", "100", "--seed", "7", "--months", "6", "--cells", "4"]


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working folder of one's own."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("TARMAC_DEBUG", raising=False)
    return tmp_path


def test_the_screen_shows_the_map(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["map", "saas-seed", *FEW]) == 0
    shown = capsys.readouterr().out
    assert "today (all costs x1, growth a month of all revenue" in " ".join(shown.split())
    assert "% of the paths that survive" in shown
    assert "seed 7" in shown
    assert all(len(line) <= 100 for line in shown.splitlines())


def test_json_and_files(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    axes = ["--x", "cash.opening=1M:4M", "--y", "product.cost=10k:14k", "--show", "need"]
    assert main(["map", "saas-seed", "--json", "--out", "out", *axes, *FEW]) == 0
    document = json.loads(capsys.readouterr().out, parse_constant=pytest.fail)
    assert document["schema"] == "tarmac.map/1"
    assert document["x"]["set"] == ["cash.opening"]
    assert document["y"]["set"] == ["team.product.cost"]
    assert len(document["grid"]) == len(document["grid"][0]) == 4
    assert {path.name for path in (folder / "out").iterdir()} == {"map.json", "map.csv", "map.png"}
    assert main(["map", "saas-seed", "--out", "out", *FEW]) == 2


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--x", "banana"], "names a number"),
        (["--x", "growth=0%:2000%"], "within the bounds"),
        (["--x", "burn", "--y", "burn"], "different numbers"),
        (["--cells", "1"], "cells"),
        (["--paths", "0"], "paths"),
        (["--x", "founders and staff.share=10%:20%"], "certain"),
    ],
)
def test_mistakes_end_with_words_and_code_2(options: list[str], words: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["map", "saas-seed", *FEW, *options]) == 2
    written = capsys.readouterr()
    assert not written.out
    assert words in written.err
    assert "remedy" in written.err
