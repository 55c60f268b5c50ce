"""`tarmac raise`: on the screen, as JSON and in files, and its mistakes."""

import json
from pathlib import Path

import pytest

from tarmac.cli.main import main

FEW = ["--paths", "500", "--seed", "7", "--months", "12"]


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working folder of one's own."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("TARMAC_DEBUG", raising=False)
    return tmp_path


def test_the_screen_says_how_much_and_by_when(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["raise", "stability-ai", *FEW]) == 0
    shown = capsys.readouterr().out
    assert (
        "To reach the end of Dec 2023 solvent on 90% of the paths, with no other new money, Stability AI"
        in " ".join(shown.split())
    )
    assert "Too late to be 90% sure" in shown
    assert "round.series B" in shown
    assert all(len(line) <= 100 for line in shown.splitlines())


def test_json_is_plain_and_repeatable(capsys: pytest.CaptureFixture[str]) -> None:
    texts = []
    for _ in range(2):
        assert main(["raise", "saas-seed", "--confidence", "80%", "--json", *FEW]) == 0
        texts.append(capsys.readouterr().out)
    assert texts[0] == texts[1]
    document = json.loads(texts[0], parse_constant=pytest.fail)
    assert document["schema"] == "tarmac.raise/1"
    assert document["confidence"] == 0.8


def test_files_are_written_once(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    wanted = {"raise.json", "need.csv", "starts.csv", "instead.csv", "raise.png", "raise-runway.png"}
    assert main(["raise", "saas-seed", "--out", "out", *FEW]) == 0
    assert {path.name for path in (folder / "out").iterdir()} == wanted
    capsys.readouterr()
    assert main(["raise", "saas-seed", "--out", "out", *FEW]) == 2
    assert "raise.json" in capsys.readouterr().err
    assert main(["raise", "saas-seed", "--out", "out", "--force", *FEW]) == 0


@pytest.mark.parametrize(
    ("options", "where"),
    [
        (["--confidence", "110%"], "confidence"),
        (["--confidence", "0"], "confidence"),
        (["--confidence", "1"], "confidence"),
        (["--confidence=-5%"], "confidence"),
        (["--confidence", "nan"], "confidence"),
        (["--confidence", "sure"], "confidence"),
        (["--months", "0"], "months"),
        (["--pre-money", "a lot"], "pre-money"),
        (["--instead", "no-such-thing"], "no-such-thing"),
        (["--instead", "lose-largest-customer", "--instead", "models/none.toml"], "none.toml"),
        (["--out", ""], "out"),
        (["--at", "2020-01"], "at"),
        (["--at", "2040-01"], "at"),
        (["--at", "soon"], "at"),
        (["--paths", "0"], "paths"),
        (["--takes", "banana"], "takes"),
        (["--succeeds", "140%"], "succeeds"),
    ],
)
def test_mistakes_end_with_words_and_code_2(options: list[str], where: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["raise", "saas-seed", *FEW, *options]) == 2
    written = capsys.readouterr()
    assert not written.out
    assert where in written.err
    assert "remedy" in written.err


@pytest.mark.parametrize("command", [["run"], ["raise"], ["show", "--path", "mean"]])
def test_a_folder_without_a_name_is_refused(command: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*command, "saas-seed", "--out", " "]) == 2
    assert "names a folder" in capsys.readouterr().err


def test_amounts_without_end_end_with_words(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = (
        '[company]\nname = "E"\ncurrency = "USD"\nfirst_month = "2027-01"\n[cash]\nopening = 1e12\n'
        '[[cost]]\nname = "c"\nmonthly = 1e12\ngrowth = 2\n'
    )
    (folder / "endless.toml").write_text(text, "utf-8")
    for command in ("run", "raise"):
        assert main([command, "endless.toml", "--months", "60", "--paths", "100"]) == 2
        assert "amounts stay below 1e38" in capsys.readouterr().err


def test_no_amount_says_why(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["raise", "stability-ai", "--at", "2023-12", *FEW]) == 0
    shown = " ".join(capsys.readouterr().out.split())
    assert "No amount does: to reach the end of Dec 2023 solvent" in shown
    assert "Lost to any amount: " in shown
    assert "before the money comes in Dec 2023" in shown


def test_an_attempt_too_long_is_said_to_be(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["raise", "stability-ai", "--takes", "60", *FEW]) == 0
    shown = " ".join(capsys.readouterr().out.split())
    assert "Too late to be 90% sure" in shown
    assert "begun at once, it ends after these 12 months on >99.2% of the paths" in shown


def test_what_to_do_instead_is_as_asked(capsys: pytest.CaptureFixture[str]) -> None:
    assert (
        main(
            [
                "raise",
                "saas-seed",
                "--instead",
                "compute-plus-50",
                "--pre-money",
                "9M",
                "--json",
                *FEW,
                "--months",
                "24",
            ]
        )
        == 0
    )
    document = json.loads(capsys.readouterr().out)
    assert [row["scenario"] for row in document["instead"]] == ["", "compute-plus-50"]
    assert document["instead"][1]["difference"] > 0
    assert document["attempt"]["price"] == {"option_pool": "10%", "pre_money": "9M"}
    assert 0 < document["dilution"]["sold"]["p50"] < 1


def test_all_mistakes_come_at_once(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["raise", "nobody", "--confidence", "2", "--months", "0"]) == 2
    assert "3 mistakes" in capsys.readouterr().err


def test_a_mistake_in_an_option_of_the_attempt_is_one_of_the_command_line(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["raise", "saas-seed", "--takes", "-3", "--succeeds", "3", "--pre-money", "much", *FEW]) == 2
    said = capsys.readouterr().err
    for line in ("command line: takes = -3", "command line: succeeds = 3", "command line: pre-money = much"):
        assert line in said
    assert "saas-seed.toml" not in said
    assert said.startswith("3 mistakes:")


def test_a_portfolio_is_pointed_at_its_own_commands(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["raise", "example"]) == 2
    assert "it is a portfolio: tarmac portfolio" in capsys.readouterr().err
    assert main(["raise", "exampel"]) == 2
    assert "it is a portfolio" not in capsys.readouterr().err
