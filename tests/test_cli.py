import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from typer.testing import CliRunner

from tarmac import load
from tarmac.cli import running
from tarmac.cli.gates import gates_from
from tarmac.cli.main import app, main
from tarmac.cli.saving import file_name, write_all
from tarmac.errors import InputError
from tarmac.months import Month

ROOT = Path(__file__).resolve().parents[1]
FEW = ["--paths", "500", "--seed", "7"]

ACME = """
[company]
name = "Acme"
currency = "USD"
first_month = "2024-01"

[cash]
opening = "3M to 5M"

[[revenue]]
name = "app"
kind = "subscription"
monthly = "100k"
growth = "1%"

[[team]]
name = "staff"
headcount = 20
cost = "15k"

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
    """What a command in this process left."""

    def __init__(self, arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
        self.code = main(arguments)
        self.out, self.err = capsys.readouterr()


def start(*arguments: str, **options: object) -> subprocess.Popen[str]:
    """The command in a process of its own."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT)} | dict(options.pop("env", {}))  # type: ignore[call-overload]
    command = [sys.executable, "-m", "tarmac", *arguments]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True, "encoding": "utf-8"}
    return subprocess.Popen(command, env=environment, **(pipes | options))  # type: ignore[call-overload,no-any-return]


# What is right.


def test_help_names_every_command(capsys: pytest.CaptureFixture[str]) -> None:
    done = Done(["--help"], capsys)
    assert done.code == 0
    assert all(f"  {name} " in done.out for name in ("run", "list", "show", "check", "new", "schema"))


def test_no_arguments_show_the_help(capsys: pytest.CaptureFixture[str]) -> None:
    done = Done([], capsys)
    assert "Usage: tarmac" in done.out + done.err


def test_typers_runner_finds_the_options() -> None:
    result = CliRunner().invoke(app, ["run", "--help"])
    assert result.exit_code == 0
    assert all(option in result.output for option in ("--seed", "--fail-if", "--without-funding", "--workers"))


def test_run_prints_the_screen_with_its_seed(capsys: pytest.CaptureFixture[str]) -> None:
    done = Done(["run", "acme.toml", *FEW], capsys)
    assert done.code == 0
    assert "Acme" in done.out
    assert "seed 7" in done.out
    assert done.err == ""


def test_a_drawn_seed_is_printed_and_repeats_the_run(capsys: pytest.CaptureFixture[str]) -> None:
    first = json.loads(Done(["run", "acme.toml", "--paths", "500", "--json"], capsys).out)
    again = Done(["run", "acme.toml", "--paths", "500", "--json", "--seed", str(first["seed"])], capsys)
    assert json.loads(again.out) == first


def test_seed_zero_is_a_seed(capsys: pytest.CaptureFixture[str]) -> None:
    done = Done(["run", "acme.toml", "--paths", "100", "--json", "--seed", "0"], capsys)
    assert json.loads(done.out)["seed"] == 0


def test_json_is_plain_and_nothing_else(capsys: pytest.CaptureFixture[str]) -> None:
    def refuse(constant: str) -> None:
        raise AssertionError(constant)

    done = Done(["run", "acme.toml", *FEW, "--json", "--months", "24"], capsys)
    forecast = json.loads(done.out, parse_constant=refuse)
    assert forecast["schema"] == "tarmac.forecast/1"
    assert len(forecast["insolvent"]["probability"]) == 24


def test_without_funding_takes_the_rounds_away(capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ["run", "acme.toml", *FEW, "--json"]
    funded = json.loads(Done(arguments, capsys).out)
    alone = json.loads(Done([*arguments, "--without-funding"], capsys).out)
    assert alone["scenarios"] == ["without-funding"]
    assert alone["insolvent"]["probability"][-1] > funded["insolvent"]["probability"][-1]


def test_scenarios_apply_in_order(capsys: pytest.CaptureFixture[str]) -> None:
    Path("half.toml").write_text(
        'title = "Half the people"\n[[change]]\ntarget = "team.*.headcount"\nmultiply = 0.5\n', encoding="utf-8"
    )
    done = Done(["run", "acme.toml", "-s", "half.toml", "-s", "no-new-money", *FEW, "--json"], capsys)
    assert json.loads(done.out)["scenarios"] == ["half", "no-new-money"]


def test_workers_change_no_bit(capsys: pytest.CaptureFixture[str]) -> None:
    outputs = {
        Done(["run", "acme.toml", "--seed", "3", "--months", "6", "--json", "--workers", n], capsys).out for n in "12"
    }
    assert len(outputs) == 1


def test_out_leaves_chart_tables_and_forecast(capsys: pytest.CaptureFixture[str], folder: Path) -> None:
    done = Done(["run", "acme.toml", *FEW, "--out", "made/here"], capsys)
    files = {path.name for path in (folder / "made" / "here").iterdir()}
    assert files == {"acme-runway.png", "acme-runway.txt", "forecast.json", "survival.csv", "cash.csv"}
    assert (folder / "made/here/acme-runway.png").read_bytes().startswith(b"\x89PNG")
    assert json.loads((folder / "made/here/forecast.json").read_text(encoding="utf-8"))["seed"] == 7
    assert len((folder / "made/here/cash.csv").read_text(encoding="utf-8").splitlines()) == 37
    assert done.err.splitlines()[-1] == f"wrote {Path('made/here/acme-runway.png')}"


def test_charts_by_format_and_size(capsys: pytest.CaptureFixture[str], folder: Path) -> None:
    Done(["run", "acme.toml", *FEW, "--out", ".", "--chart", "svg", "--chart", "pdf", "--size", "document"], capsys)
    assert {path.name for path in folder.glob("acme-runway*.*f*")} == {"acme-runway-document.pdf"}
    assert (folder / "acme-runway-document.svg").is_file()
    assert not list(folder.glob("*.png"))


def test_quiet_says_nothing_on_the_side(capsys: pytest.CaptureFixture[str]) -> None:
    done = Done(["run", "acme.toml", *FEW, "--out", "made", "--quiet"], capsys)
    assert done.err == ""
    assert "seed 7" in done.out


def test_files_are_not_overwritten_unasked(capsys: pytest.CaptureFixture[str], folder: Path) -> None:
    (folder / "forecast.json").write_text("mine", encoding="utf-8")
    refused = Done(["run", "acme.toml", *FEW, "--out", "."], capsys)
    assert refused.code == 2
    assert "forecast.json = exists" in refused.err
    assert {path.name for path in folder.iterdir()} == {"acme.toml", "forecast.json"}
    assert (folder / "forecast.json").read_text(encoding="utf-8") == "mine"
    assert Done(["run", "acme.toml", *FEW, "--out", ".", "--force"], capsys).code == 0
    assert (folder / "forecast.json").read_text(encoding="utf-8") != "mine"


def test_a_failed_write_leaves_nothing(folder: Path) -> None:
    def fail(path: Path) -> None:
        path.write_text("half", encoding="utf-8")
        raise OSError(28, "no space left")

    with pytest.raises(InputError, match="no space left") as caught:
        write_all(folder, {"one.txt": lambda path: path.write_text("whole", encoding="utf-8"), "two.txt": fail})
    assert "make room there" in str(caught.value)
    assert {path.name for path in folder.iterdir()} == {"acme.toml"}


@pytest.mark.parametrize(
    ("name", "file"), [("Acme & Sons", "acme-sons"), ("../../etc/passwd", "etc-passwd"), ("...", "company")]
)
def test_a_name_makes_a_harmless_file_name(name: str, file: str) -> None:
    assert file_name(name) == file


def test_list_names_both_shelves_and_says_what_is_hidden(capsys: pytest.CaptureFixture[str], folder: Path) -> None:
    (folder / "models").mkdir()
    (folder / "models" / "saas-seed.toml").write_text(ACME, encoding="utf-8")
    (folder / "models" / "broken.toml").write_text("[company]\n", encoding="utf-8")
    done = Done(["list"], capsys)
    lines = {line.split()[0]: line for line in done.out.splitlines()}
    assert done.code == 0
    assert {"stability-ai", "no-new-money", "hiring-freeze"} <= set(lines)
    assert "hides the shipped one" in lines["saas-seed"]
    assert "tarmac check" in lines["broken"]
    assert "--defaults" in lines["row-defaults"]


def test_show_explains_every_number(capsys: pytest.CaptureFixture[str]) -> None:
    done = Done(["show", "acme.toml", "-s", "no-new-money"], capsys)
    assert done.code == 0
    assert "3M to 5M  (90% between 3M and 5M, lognormal)" in done.out
    assert "Round: seed (equity)" in done.out
    assert "Assumed" in done.out


@pytest.mark.parametrize("name", ["stability-ai", "saas-seed", "ai-lab"])
def test_show_knows_every_shipped_company(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    done = Done(["show", name], capsys)
    assert done.code == 0
    assert "object at" not in done.out
    assert "None" not in done.out


def test_check_takes_names_files_and_scenarios(capsys: pytest.CaptureFixture[str]) -> None:
    done = Done(["check", "acme.toml", "saas-seed", "no-new-money"], capsys)
    assert done.code == 0
    assert [line.split(":")[1].split(",")[0] for line in done.out.splitlines()] == [" ok"] * 3


def test_check_tells_all_mistakes_of_all_files(capsys: pytest.CaptureFixture[str]) -> None:
    Path("one.toml").write_text(ACME.replace("headcount = 20", "headcount = -1"), encoding="utf-8")
    Path("two.toml").write_text(ACME.replace("growth", "grwoth").replace('"3M', '"3Q'), encoding="utf-8")
    done = Done(["check", "one.toml", "acme.toml", "two.toml", "nowhere"], capsys)
    assert done.code == 2
    assert done.out == "acme.toml: ok, the company Acme\n"
    assert done.err.startswith("4 mistakes:")
    assert all(word in done.err for word in ("one.toml", "two.toml", "nowhere", "did you mean 'growth'?"))


def test_new_copies_with_comments_under_a_new_name(capsys: pytest.CaptureFixture[str], folder: Path) -> None:
    done = Done(["new", "Beta Labs", "--from", "stability-ai"], capsys)
    text = (folder / "models" / "beta-labs.toml").read_text(encoding="utf-8")
    assert done.code == 0
    assert done.out.strip() == str(Path("models/beta-labs.toml"))
    assert "# " in text
    assert load("beta-labs").company.name == "Beta Labs"
    assert load("beta-labs").company.facts is None
    assert Done(["new", "Beta Labs"], capsys).code == 2
    assert Done(["new", "Beta Labs", "--force", "-q"], capsys).code == 0


def test_new_refuses_a_name_no_company_can_have(capsys: pytest.CaptureFixture[str], folder: Path) -> None:
    done = Done(["new", "<script>"], capsys)
    assert done.code == 2
    assert "company.name" in done.err
    assert not (folder / "models").exists()


def test_schema_is_a_json_schema(capsys: pytest.CaptureFixture[str]) -> None:
    schema = json.loads(Done(["schema"], capsys).out)
    assert "revenue" in schema["properties"]


# Gates.


@pytest.mark.parametrize(
    ("gate", "code"),
    [
        ("insolvent by 36 > 1%", 3),
        ("insolvent by month 36 >= 0.01", 3),
        ("INSOLVENT by 2026-12 > 1%", 3),
        ("insolvent by 1 > 99%", 0),
        ("first missed bill by 36 < 100%", 3),
        ("profitable by 36 <= 100%", 3),
        ("need p90 > 1", 3),
        ("need p90 > 100B USD", 0),
    ],
)
def test_gates(gate: str, code: int, capsys: pytest.CaptureFixture[str]) -> None:
    done = Done(["run", "acme.toml", *FEW, "--fail-if", gate], capsys)
    assert done.code == code
    assert ("gate failed" in done.err) == (code == 3)
    assert done.out


def test_a_failed_gate_says_the_value_and_its_error(capsys: pytest.CaptureFixture[str]) -> None:
    both = ["--fail-if", "insolvent by 36 > 1%", "--fail-if", "insolvent by 1 > 99%"]
    done = Done(["run", "acme.toml", *FEW, *both], capsys)
    assert done.code == 3
    [line] = done.err.splitlines()
    assert line.startswith("gate failed: insolvent by 36 > 1%: insolvent by month 36 is ")
    assert "±" in line


@pytest.mark.parametrize(
    "gate",
    [
        "",
        "insolvent > 10%",
        "insolvent by 0 > 10%",
        "insolvent by 37 > 10%",
        "insolvent by 2023-12 > 10%",
        "insolvent by 2024-13 > 10%",
        "insolvent by 12 = 10%",
        "insolvent by 12 > 10",
        "insolvent by 12 > nan",
        "insolvent by 12 > 5M USD",
        "insolvnet by 12 > 10%",
        "need p0 > 5M",
        "need p90 > 5M EUR",
        "need p90 > 10%",
    ],
)
def test_gates_that_are_not_understood(gate: str) -> None:
    with pytest.raises(InputError) as raised:
        gates_from([gate], first_month=Month(2024, 1), months=36, currency="USD")
    [problem] = raised.value.problems
    assert problem.where == "fail-if"
    assert problem.rule
    assert problem.remedy


def test_a_gate_is_checked_before_the_run(capsys: pytest.CaptureFixture[str], folder: Path) -> None:
    done = Done(["run", "acme.toml", "--paths", "1000000000", "--out", "made", "--fail-if", "insolvent"], capsys)
    assert done.code == 2
    assert done.out == ""
    assert not (folder / "made").exists()


# Bad input.

CIRCULAR = "".join(
    f'[[cost]]\nname = "{name}"\nmonthly = "1k"\nvolatility = 0.1\n'
    f'[[correlation]]\nbetween = ["cost.{one}", "cost.{two}"]\nvalue = {value}\n'
    for name, one, two, value in (("a", "a", "b", 0.9), ("b", "b", "c", 0.9), ("c", "a", "c", -0.9))
)
BAD_FILES: dict[str, tuple[str | bytes, list[str]]] = {
    "unknown key": (ACME.replace("headcount", "headcout"), ["team.staff.headcout", "did you mean 'headcount'?"]),
    "wrong unit": (ACME.replace('"100k"', '"10%"'), ["revenue.app.monthly = 10%", "money"]),
    "negative headcount": (ACME.replace("= 20", "= -20"), ["team.staff.headcount = -20", "0"]),
    "nan": (ACME.replace('"1%"', "nan"), ["revenue.app.growth = nan"]),
    "nan in quotes": (ACME.replace('"1%"', '"nan"'), ["revenue.app.growth = nan"]),
    "infinite": (ACME.replace('"1%"', "inf"), ["revenue.app.growth = inf"]),
    "month before the first": (ACME.replace("2024-06", "2023-06"), ["round.seed.starts = 2023-06", "2024-01"]),
    "deep nesting": (ACME + "deep = " + "[" * 5000 + "]" * 5000, ["the file"]),
    "deep dotted key": (ACME + ".".join("a" * 5000) + " = 1", ["a"]),
    "not UTF-8": (b"\xff\xfe" + ACME.encode(), ["UTF-8"]),
    "empty": ("", ["company", "required"]),
    "not TOML": ("company = Acme", ["TOML"]),
    "null byte": ("name = \x00", ["TOML"]),
    "escape codes": (ACME.replace('"Acme"', '"A\\u001b[31mcme"'), ["company.name", "\\x1b[31m", "control"]),
    "markup": (ACME.replace('"Acme"', '"[bold]<script>alert(1)</script>"'), ["company.name", "<script>"]),
    "circular correlation": (ACME + CIRCULAR, ["correlation[2].value", "-0.9"]),
}


@pytest.mark.parametrize("command", ["run", "check", "show"])
@pytest.mark.parametrize("kind", BAD_FILES)
def test_bad_files(kind: str, command: str, capsys: pytest.CaptureFixture[str], folder: Path) -> None:
    content, words = BAD_FILES[kind]
    (folder / "bad.toml").write_bytes(content if isinstance(content, bytes) else content.encode())
    options = ["--out", "made", *FEW] if command == "run" else []
    done = Done([command, "bad.toml", *options], capsys)
    assert_refused(done, folder)
    assert "bad.toml" in done.err
    assert all(word in done.err for word in words), done.err


def assert_refused(done: Done, folder: Path) -> None:
    """Exit code 2, rule and remedy, no traceback, nothing of the terminal's, nothing written, and soon."""
    assert done.code == 2, done.err
    assert done.out == ""
    assert done.err.split("\n")[0].split()[1].startswith("mistake")
    assert "rule: " in done.err
    assert "remedy: " in done.err
    assert "Traceback" not in done.err
    assert "\x1b" not in done.err
    assert max(map(len, done.err.splitlines())) < 1000
    assert {path.name for path in folder.iterdir()} <= {"acme.toml", "bad.toml", "models"}


def test_a_huge_file_is_not_read(capsys: pytest.CaptureFixture[str], folder: Path) -> None:
    with (folder / "bad.toml").open("wb") as file:
        file.truncate(50_000_000)
    done = Done(["run", "bad.toml"], capsys)
    assert_refused(done, folder)
    assert "1,000,000 bytes" in done.err


@pytest.mark.parametrize(
    "name", [".", "models/", "missing.toml", "missing", "acme.toml/x.toml", "\x1b[31mred", "a" * 5000]
)
def test_names_that_are_no_file(name: str, capsys: pytest.CaptureFixture[str], folder: Path) -> None:
    (folder / "models").mkdir()
    for command in ("run", "check", "show"):
        assert_refused(Done([command, name], capsys), folder)


@pytest.mark.parametrize("value", ["-1", "0", str(10**30), str(-(10**30))])
@pytest.mark.parametrize("option", ["--paths", "--months", "--workers", "--seed"])
def test_numbers_out_of_range(option: str, value: str, capsys: pytest.CaptureFixture[str], folder: Path) -> None:
    if (option, value) == ("--seed", "0"):
        return
    done = Done(["run", "acme.toml", option, value, "--out", "made"], capsys)
    assert_refused(done, folder)
    assert f"command line: {option[2:]} = {value}" in done.err


@pytest.mark.parametrize("value", ["nan", "1e3", "1.5", "ten", "", "\x1b[31m"])
def test_numbers_that_are_none(value: str, capsys: pytest.CaptureFixture[str]) -> None:
    done = Done(["run", "acme.toml", "--paths", value], capsys)
    assert done.code == 2
    assert "--paths" in done.err
    assert "\x1b" not in done.err


@pytest.mark.parametrize("arguments", [["rum"], ["run"], ["run", "acme.toml", "--nothing"], ["check"], ["--\x1b[31m"]])
def test_usage(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    done = Done(arguments, capsys)
    assert done.code == 2
    assert "\x1b" not in done.err
    assert "--help" in done.err


def test_mistakes_of_the_command_line_and_the_files_come_together(capsys: pytest.CaptureFixture[str]) -> None:
    Path("bad.toml").write_text(ACME.replace("= 20", "= -20"), encoding="utf-8")
    done = Done(["run", "bad.toml", "-s", "nowhere", "--paths", "0", "--chart", "svg"], capsys)
    assert done.err.startswith("4 mistakes:")


def test_out_in_a_file_is_a_mistake(capsys: pytest.CaptureFixture[str], folder: Path) -> None:
    assert_refused(Done(["run", "acme.toml", "--out", "acme.toml/made"], capsys), folder)
    assert_refused(Done(["run", "acme.toml", "--out", "acme.toml"], capsys), folder)


# Faults of ours, and the world outside.


def test_a_fault_of_ours_is_an_apology(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    def fail(_: object) -> int:
        raise ZeroDivisionError("by \x1b[31mred")

    monkeypatch.setattr(running, "run", fail)
    done = Done(["run", "acme.toml"], capsys)
    assert done.code == 1
    assert "ZeroDivisionError: by \\x1b[31mred" in done.err
    assert "Traceback" not in done.err
    monkeypatch.setenv("TARMAC_DEBUG", "1")
    assert "Traceback" in Done(["run", "acme.toml"], capsys).err


def test_an_interrupt_is_one_line(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    def interrupt(_: object) -> int:
        raise KeyboardInterrupt

    monkeypatch.setattr(running, "run", interrupt)
    done = Done(["run", "acme.toml"], capsys)
    assert (done.code, done.err) == (130, "interrupted\n")


@pytest.mark.skipif(os.name == "nt", reason="signals of POSIX")
def test_an_interrupted_process() -> None:
    process = start(
        "run", "acme.toml", "--paths", "100000000", "--workers", "1", "--out", "made", start_new_session=True
    )
    time.sleep(8)  # loaded, even on a busy machine: some libraries keep an interruption of their import to themselves
    os.killpg(process.pid, signal.SIGINT)
    out, err = process.communicate(timeout=60)
    assert (process.returncode, out, err) == (130, "", "interrupted\n")
    assert not Path("made").exists()


@pytest.mark.skipif(os.name == "nt", reason="pipes of POSIX")
def test_a_broken_pipe_is_silent() -> None:
    process = start("schema")
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdout.close()
    with process.stderr as stderr:
        assert (process.wait(timeout=60), stderr.read()) == (141, "")


@pytest.mark.parametrize("arguments", [["--version"], ["run", "acme.toml", "--paths", "100", "--seed", "1"]])
def test_a_process_of_its_own(arguments: list[str]) -> None:
    process = start(*arguments, env={"NO_COLOR": "1", "PYTHONIOENCODING": "ascii"})
    out, err = process.communicate(timeout=60)
    assert (process.returncode, err) == (0, "")
    assert out.strip()
    assert "\x1b" not in out
