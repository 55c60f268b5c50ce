"""`tarmac calibrate`: on the screen, as JSON, in files that a run goes on from, and its mistakes."""

import json
from pathlib import Path

import pytest

from tarmac.calibrate import Effort, Method
from tarmac.cli import calibrating
from tarmac.cli.main import main

COMPANY = """# A company in a few lines
[company]
name = "Acme"
currency = "USD"
first_month = "2024-01"
facts = "acme"

[cash]
opening = "normal(1000, 100)"   # a guess

[[revenue]]
name = "api"
kind = "usage"
monthly = "20 to 40"
volatility = 0.2

[[cost]]
name = "rent"
monthly = "40 to 80"
"""
FACTS = """quantity,from,to,known,value,unit,qualifier,document,use,note
billed cost.*,2024-01,2024-03,,165,USD,about,memo,calibrate,
earned revenue.*,2024-01,2024-03,,96,USD,exact,memo,calibrate,
cash,2024-03,2024-03,,905,USD,less than,memo,calibrate,
cash,2024-06,2024-06,,840,USD,exact,memo,judge,
"""
NAMES = ["acme-calibrated.posterior.csv", "acme-calibrated.toml", "calibration.json", "facts.csv", "facts.png"]


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working folder with a company and its facts; populations small enough for a test."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("TARMAC_DEBUG", raising=False)
    effort = Effort(particles=1_000, pools=4, kept=0.5, sweeps=6, last=15)
    monkeypatch.setattr(calibrating, "Method", lambda draws: Method(effort, workers=1, draws=draws))
    for name, text in (("models/acme.toml", COMPANY), ("seeds/acme.csv", FACTS)):
        (tmp_path / name).parent.mkdir()
        (tmp_path / name).write_text(text)
    return tmp_path


def test_the_screen(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["calibrate", "acme", "--seed", "7"]) == 0
    shown = capsys.readouterr().out
    assert shown.startswith("Acme: calibrated on 3 facts known by Mar 2024")
    assert "judged by (nothing was fitted to these)" in shown
    assert "effective sample size" in " ".join(shown.split())
    assert "seed 7" in shown
    assert all(len(line) <= 100 for line in shown.splitlines()), [
        line for line in shown.splitlines() if len(line) > 100
    ]
    rows = [line for line in shown.splitlines() if line.startswith(("billed", "earned", "cash 2024-03"))]
    assert len(rows) == 3
    assert all(row.endswith("inside") for row in rows)


def test_json_is_plain_and_repeatable(capsys: pytest.CaptureFixture[str]) -> None:
    texts = []
    for _ in range(2):
        assert main(["calibrate", "acme", "--seed", "7", "--json"]) == 0
        texts.append(capsys.readouterr().out)
    assert texts[0] == texts[1]
    document = json.loads(texts[0], parse_constant=pytest.fail)
    assert document["schema"] == "tarmac.calibration/1"
    assert [row["role"] for row in document["facts"]] == ["used"] * 3 + ["judged"]
    assert {item["name"] for item in document["inputs"]} == {"cash.opening", "revenue.api.monthly", "cost.rent.monthly"}


def test_the_files_are_a_company_to_run(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["calibrate", "acme", "--seed", "7", "--out", "there", "--draws", "300"]) == 0
    assert sorted(path.name for path in (folder / "there").iterdir()) == sorted([*NAMES, "inputs.csv"])
    written = (folder / "there" / "acme-calibrated.toml").read_text()
    assert written.startswith("# A company in a few lines")
    assert "# a guess" in written
    assert 'posterior = "acme-calibrated"' in written
    capsys.readouterr()
    company = "there/acme-calibrated.toml"
    assert main(["run", company, "--seed", "1", "--paths", "500", "--months", "6"]) == 0
    shown = " ".join(capsys.readouterr().out.split())
    assert "Calibrated on 3 facts known by Mar 2024." in shown
    for command in (
        ["show", company],
        ["show", company, "--path", "3", "--seed", "1", "--months", "4", "--paths", "50"],
    ):
        assert main(command) == 0
    assert main(["calibrate", company, "--seed", "7", "--quiet"]) == 0, "from the start, not from the draws"
    assert main(["calibrate", "acme", "--seed", "7", "--out", "there"]) == 2
    assert "existing files are not overwritten" in capsys.readouterr().err
    assert main(["new", "Beta", "--from", company]) == 0
    assert "posterior" not in (folder / "models" / "beta.toml").read_text()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["acme", "--origin", "soon"], "is a month such as 2023-10"),
        (["acme", "--origin", "2024-02"], "nothing to learn by then"),
        (["acme", "--draws", "5"], "is a whole number from 100"),
        (["acme", "--seed", "-1"], "is a whole number from 0"),
        (["saas-seed"], "names a file of facts"),
        (["nobody"], "is a file, or a name on the shelf models/"),
    ],
)
def test_mistakes(arguments: list[str], words: str, capsys: pytest.CaptureFixture[str], folder: Path) -> None:
    assert main(["calibrate", *arguments, "--out", "there"]) == 2
    said = capsys.readouterr()
    assert words in said.err
    assert not said.out
    assert not (folder / "there").exists()


def test_an_origin_after_all_facts_is_fine(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["calibrate", "acme", "--seed", "7", "--origin", "2030-01"]) == 0
    assert "known by Jan 2030" in capsys.readouterr().out


def test_a_posterior_that_is_not_known_is_not_given_out(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    poor = Effort(particles=60, pools=1, sweeps=1, last=1)
    monkeypatch.setattr(calibrating, "Method", lambda draws: Method(poor, workers=1, draws=draws))
    assert main(["calibrate", "acme", "--seed", "7", "--out", "there"]) == 3
    said = capsys.readouterr()
    assert "the posterior is not known well enough" in said.err
    assert not said.out
    assert not (folder / "there").exists()
