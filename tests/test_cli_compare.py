"""`tarmac compare`: on the screen, as JSON and in files, and its mistakes."""

import json
from pathlib import Path

import pytest

from tarmac.cli.comparing import stack_of
from tarmac.cli.main import main

FEW = ["--paths", "400", "--seed", "7", "--months", "18"]
FILES = {"compare.json", "compare.csv", "survival.csv", "fans.csv", "compare.png", "fans.png"}


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working folder of one's own."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("TARMAC_DEBUG", raising=False)
    return tmp_path


def test_the_screen_sets_them_side_by_side(capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ["-s", "no-new-money", "-s", "hiring-freeze", "-s", "no-new-money+hiring-freeze"]
    assert main(["compare", "stability-ai", *arguments, *FEW]) == 0
    shown = capsys.readouterr().out
    assert "On average over 18 months, hiring-freeze adds" in shown
    assert "no-new-money takes" in shown
    assert sum(line.startswith("no-new-money+hiring-freeze") for line in shown.splitlines()) == 4
    assert sum(line.startswith("base") for line in shown.splitlines()) == 2
    assert "seed 7" in shown
    assert all(len(line) <= 100 for line in shown.splitlines())


def test_json_is_plain_and_repeatable(capsys: pytest.CaptureFixture[str]) -> None:
    texts = []
    for _ in range(2):
        assert main(["compare", "saas-seed", "-s", "hiring-freeze", "--json", *FEW]) == 0
        texts.append(capsys.readouterr().out)
    assert texts[0] == texts[1]
    assert json.loads(texts[0], parse_constant=pytest.fail)["schema"] == "tarmac.compare/1"


def test_files_are_written_once(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    command = ["compare", "saas-seed", "-s", "hiring-freeze", "--out", "out", *FEW]
    assert main(command) == 0
    assert {path.name for path in (folder / "out").iterdir()} == FILES
    assert (folder / "out" / "survival.csv").read_text().startswith("month,base,base_low,base_high,hiring-freeze,")
    capsys.readouterr()
    assert main(command) == 2
    assert "compare.json" in capsys.readouterr().err
    assert main([*command, "--force", "-q"]) == 0
    assert not capsys.readouterr().err


def test_a_name_with_a_plus_is_taken_as_it_stands(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "scenarios").mkdir()
    text = 'title = "x"\n[[change]]\ntarget = "cash.opening"\nmultiply = 1\n'
    (folder / "scenarios" / "one+one.toml").write_text(text)
    assert stack_of("one+one") == ["one+one"]
    assert stack_of("one + two") == ["one", "two"]
    assert main(["compare", "saas-seed", "-s", "one+one", *FEW]) == 0
    shown = capsys.readouterr().out
    assert "No scenario moves the runway of SaaS seed example by more than the Monte Carlo error" in shown


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ([], "names at least one scenario"),
        (["-s", "nothing"], "is a file, or a name on the shelf scenarios/"),
        (["-s", "hiring-freeze+nothing"], "nothing"),
        (["-s", "hiring-freeze+"], "is a file, or a name on the shelf scenarios/"),
        (["-s", "hiring-freeze", "-s", "hiring-freeze"], "each scenario is compared once"),
        (["-s", "hiring-freeze", "--paths", "2000000"], "1000000"),
        (["-s", "hiring-freeze", "--months", "0"], "months"),
    ],
    ids=" ".join,
)
def test_mistakes_end_with_words_and_code_2(options: list[str], words: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["compare", "saas-seed", *options]) == 2
    written = capsys.readouterr()
    assert not written.out
    assert words in written.err
    assert "remedy" in written.err


def test_all_mistakes_come_at_once(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "scenarios").mkdir()
    (folder / "scenarios" / "odd.toml").write_text('title = "x"\n[[change]]\ntarget = "team.x.cost"\nmultiply = 2\n')
    assert main(["compare", "saas-seed", "-s", "nothing", "-s", "odd+neither", "-s", "odd", "--months", "0"]) == 2
    assert "4 mistakes" in capsys.readouterr().err
    assert main(["compare", "nobody", "-s", "nothing", "-s", "nothing+neither", "--seed", "-1"]) == 2
    assert "4 mistakes" in capsys.readouterr().err
