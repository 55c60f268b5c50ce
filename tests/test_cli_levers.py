"""`tarmac levers`: on the screen, as JSON and in files, its targets, and its mistakes."""

import json
from pathlib import Path

import pytest

from tarmac.cli.main import main
from tarmac.cli.targets import target_from
from tarmac.errors import InputError
from tarmac.months import Month
from tarmac.reaching import Target

FEW = ["--paths", "300", "--seed", "7", "--months", "18"]
TWO = ["--lever", "compute-minus-10", "--lever", "lever-payroll-minus-10"]


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working folder of one's own."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("TARMAC_DEBUG", raising=False)
    return tmp_path


def test_the_screen_ranks_them(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["levers", "stability-ai", *FEW]) == 0
    shown = capsys.readouterr().out
    assert "points more of the paths survive to Jun 2024" in shown
    assert "payroll 10% lower, with severance" in shown
    assert "raises 1 month earlier" in shown
    assert "Left out" not in shown
    assert all(len(line) <= 100 for line in shown.splitlines())


def test_what_applies_to_nothing_is_left_out(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "small.toml").write_text(
        '[company]\nname = "Small"\ncurrency = "EUR"\nfirst_month = "2027-01"\n[cash]\nopening = "100k"\n'
        '[[cost]]\nname = "rent"\nmonthly = "9k to 12k"\n',
        encoding="utf-8",
    )
    assert main(["levers", "small.toml", *FEW]) == 0
    shown = capsys.readouterr().out
    assert "Left out: " in shown
    assert "nothing here is revenue.*.monthly" in shown.replace("\n    ", " ")
    assert main(["levers", "small.toml", "--lever", "churn-minus-25", "--lever", "hire-3-months-later", *FEW]) == 2
    told = capsys.readouterr().err
    assert "2 mistakes" in told
    assert "a lever acts on something in Small: nothing here is team.*.hires*.month" in told


def test_json_and_files(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    command = ["levers", "stability-ai", *TWO, "--reach", "survive 12 >= 60%", "--json", "--out", "out", *FEW]
    assert main(command) == 0
    document = json.loads(capsys.readouterr().out, parse_constant=pytest.fail)
    assert document["schema"] == "tarmac.levers/1"
    assert document["reach"]["target"] == "survive 12 >= 60%"
    assert {path.name for path in (folder / "out").iterdir()} == {"levers.json", "levers.csv", "levers.png"}
    assert json.loads((folder / "out" / "levers.json").read_text()) == document
    assert main(command) == 2


def test_a_target_is_reached_alone_and_by_a_pair(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["levers", "stability-ai", *TWO, "--reach", "insolvent by 2023-12 <= 40%", *FEW]) == 0
    shown = capsys.readouterr().out
    assert "To reach insolvent by 2023-12 <= 40% (as it is: " in shown
    assert "the easiest pair, by units of both: compute" in shown
    assert main(["levers", "saas-seed", *TWO, "--reach", "survive 6 >= 50%", *FEW]) == 0
    assert "nothing needs to be done: the target is met as it is" in capsys.readouterr().out
    assert main(["levers", "stability-ai", "--lever", "churn-minus-25", "--reach", "survive 18 >= 90%", *FEW]) == 0
    shown = capsys.readouterr().out
    assert "cannot reach it alone" in shown
    assert "no two levers reach it together" in shown


def target(text: str) -> Target:
    return target_from(text, first_month=Month(2023, 1), months=24, currency="USD")


@pytest.mark.parametrize(
    ("text", "month", "survive"),
    [
        ("survive 18 >= 90%", 17, 0.9),
        ("Survive to 2023-12 > 0.5", 11, 0.5),
        ("insolvent by 6 <= 5%", 5, 0.95),
    ],
)
def test_targets(text: str, month: int, survive: float) -> None:
    found = target(text)
    assert (found.text, found.month) == (text, month)
    assert found.survive == pytest.approx(survive)


def test_a_need_as_target() -> None:
    assert target("need p90 <= 2M") == Target("need p90 <= 2M", level=0.9, amount=2e6)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("survive 18", "is a chance of survival to reach"),
        ("survive 18 <= 90%", "is a chance of survival to reach"),
        ("survive 30 >= 90%", "within the horizon, 1 to 24"),
        ("survive 18 >= 190%", "between 0 and 1"),
        ("survive 18 >= many", "compares with a number"),
        ("survive 18 >= 3 EUR", "between 0 and 1"),
        ("insolvent by 6 > 5%", "is a chance of survival to reach"),
        ("exit by 6 <= 5%", "is a chance of survival to reach"),
        ("need p90 <= 2M EUR", "USD"),
        ("", "is a chance of survival to reach"),
    ],
)
def test_targets_that_are_none(text: str, words: str) -> None:
    with pytest.raises(InputError) as caught:
        target(text)
    [problem] = caught.value.problems
    assert problem.where == "reach"
    assert words in problem.rule


def test_all_mistakes_come_at_once(capsys: pytest.CaptureFixture[str]) -> None:
    wrong = ["--lever", "nobody", "--lever", "hiring-freeze", "--reach", "soon", "--paths", "0"]
    assert main(["levers", "saas-seed", *wrong]) == 2
    written = capsys.readouterr()
    assert not written.out
    assert "4 mistakes" in written.err
