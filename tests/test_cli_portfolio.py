"""`tarmac portfolio`: on the screen, as JSON and in files, and its mistakes."""

import json
from pathlib import Path

import pytest

from tarmac.cli.main import main
from tarmac.cli.portfolios import _FILES

FEW = ["--paths", "200", "--seed", "7", "--months", "12"]
SHEET = "name,cash,net_burn,currency,stage,stake\nAcme,1M,90k,USD,seed,10%\nBeta,2M,90k,EUR,,20%\n"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working folder of one's own, with a sheet in it."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("TARMAC_DEBUG", raising=False)
    (tmp_path / "fund.csv").write_text(SHEET, encoding="utf-8")
    return tmp_path


def test_the_screen_ranks_the_companies(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["portfolio", "fund.csv", "--rate", "EUR=1.1", "--first-month", "2027-01", *FEW]) == 0
    shown = capsys.readouterr().out
    assert shown.startswith("fund: of 2 companies,")
    assert shown.index("\nAcme") < shown.index("\nBeta")
    assert "Amounts are in USD: EUR at 1.1, the same in every month." in shown
    assert all(len(line) <= 100 for line in shown.splitlines())


def test_json_is_plain_and_repeatable(capsys: pytest.CaptureFixture[str]) -> None:
    texts = []
    for workers in ("1", "2"):
        arguments = ["--rate", "EUR=1.1", "--first-month", "2027-01", "--json", "--workers", workers]
        assert main(["portfolio", "fund.csv", *arguments, *FEW]) == 0
        texts.append(capsys.readouterr().out)
    assert texts[0] == texts[1]
    document = json.loads(texts[0])
    assert document["seed"] == 7
    assert document["first_month"] == "2027-01"


def test_files_are_written_whole_and_not_overwritten(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ["portfolio", "fund.csv", "--rate", "EUR=1.1", "--out", "out", *FEW]
    assert main(arguments) == 0
    assert {path.name for path in (folder / "out").iterdir()} == set(_FILES)
    capsys.readouterr()
    assert main(arguments) == 2
    told = capsys.readouterr().err
    assert told.count("add --force") == 1
    assert all(name in told for name in _FILES)
    assert main([*arguments, "--force", "--quiet"]) == 0


def test_scenarios_and_a_stake_for_all(capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ["-s", "no-new-money", "--rate", "EUR=1.1", "--currency", "USD", "--stake", "15%"]
    assert main(["portfolio", "fund.csv", *arguments, *FEW]) == 0
    shown = capsys.readouterr().out
    assert "no-new-money fits 1 of 2 companies" in shown
    assert "seed 7, no-new-money" in shown


def test_every_mistake_is_told_at_once(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "fund.csv").write_text(SHEET.replace("1M", "=1"), encoding="utf-8")
    wrong = [
        "--months",
        "0",
        "--rate",
        "EUR",
        "--stake",
        "130%",
        "--first-month",
        "May",
        "--currency",
        "US",
        "-s",
        "nix",
    ]
    assert main(["portfolio", "fund.csv", *wrong]) == 2
    told = capsys.readouterr().err
    for words in (
        "months = 0",
        "rate = EUR",
        "stake = 130%",
        "first-month = May",
        "currency = US",
        "nix",
        "row 2, cash",
    ):
        assert words in told


def test_a_driver_that_nobody_has(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["portfolio", "fund.csv", "--rate", "EUR=1.1", "--common", "event.fire", *FEW]) == 2
    assert "common = event.fire" in capsys.readouterr().err


def test_the_list_names_the_example(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["list"]) == 0
    shown = capsys.readouterr().out
    assert "seeds/portfolios:\n  example  companies of a portfolio, a row each\n" in shown


def test_no_name_is_a_formula_in_a_table(folder: Path) -> None:
    (folder / "held").mkdir()
    said = '[company]\nname = \'=HYPERLINK("http://x","y")\'\ncurrency = "USD"\nfirst_month = "2027-01"\n'
    said += '[cash]\nopening = "1M"\n[[cost]]\nname = "all"\nmonthly = "90k"\n'
    (folder / "held" / "one.toml").write_text(said, encoding="utf-8")
    assert main(["portfolio", "held", *FEW, "--out", "made"]) == 0
    tables = [path.read_text(encoding="utf-8") for path in (folder / "made").glob("*.csv")]
    assert any("'=HYPERLINK" in table for table in tables)
    assert not any('\n"=' in table or ',"=' in table or table.startswith('"=') for table in tables)


def test_a_rate_without_a_number_is_told_how_it_is_written(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["portfolio", "fund.csv", "--rate", "EUR", *FEW]) == 2
    assert "remedy: write EUR=1.08" in capsys.readouterr().err


def test_defaults_that_nobody_has_are_called_so(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["portfolio", "fund.csv", "--rate", "EUR=1.1", "--defaults", "nix", *FEW]) == 2
    assert "command line: defaults = nix" in capsys.readouterr().err


def test_a_company_is_pointed_at_its_own_command(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["portfolio", "stability-ai"]) == 2
    assert "it is a company: tarmac run" in capsys.readouterr().err
    assert main(["portfolio", "stability"]) == 2
    assert "it is a company" not in capsys.readouterr().err


@pytest.mark.parametrize("command", ["portfolio", "report", "chart watchlist"])
@pytest.mark.parametrize("name", ["x" * 300, "a\0b"])
def test_a_name_that_no_file_can_have_is_a_mistake(command: str, name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*command.split(), name, "--out", "folio", *FEW]) == 2
    shown = capsys.readouterr().err
    assert shown.startswith("1 mistake:")
    assert "a fault" not in shown
