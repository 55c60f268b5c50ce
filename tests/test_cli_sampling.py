"""`tarmac run --sampler` and `--precision`: what is printed, and what is refused."""

import json
import re
from pathlib import Path

import pytest
from typer.testing import CliRunner

from tarmac.cli.main import COMMANDS as COMMANDS_BY_NAME
from tarmac.cli.main import ELSEWHERE, app, main

RUN = ["run", "saas-seed", "--months", "8", "--seed", "7"]


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("TARMAC_DEBUG", raising=False)


def printed(*more: str) -> str:
    result = CliRunner().invoke(app, [*RUN, *more])
    assert result.exit_code == 0, result.output
    return result.output


def test_the_printout_and_the_json_name_the_sampler() -> None:
    text = printed("--paths", "8000", "--sampler", "sobol")
    assert "Run: 8,192 paths on points of Sobol (8 replicates), seed 7" in text
    assert max(map(len, text.splitlines())) <= 100
    found = json.loads(printed("--paths", "8000", "--sampler", "antithetic", "--json"))
    assert [found[key] for key in ("sampler", "replicates", "paths", "precision")] == ["antithetic", 8, 8_192, None]
    assert len(found["insolvent"]["standard_error"]) == 8


def test_the_printout_says_the_precision_wanted_and_reached() -> None:
    text = printed("--paths", "1000", "--precision", "0.01")
    assert "Run: 16,384 paths, insolvent by the horizon ±" in " ".join(text.split())
    assert "(0.01 wanted)" in " ".join(text.split())


def test_a_precision_reached_by_far_is_told_without_powers_of_ten() -> None:
    text = printed("--months", "1", "--precision", "0.01")
    assert "insolvent by the horizon ±0.000059 (0.01 wanted)" in " ".join(text.split())


def test_plain_paths_are_told_as_ever() -> None:
    assert "Run: 500 paths, seed 7, no scenario." in printed("--paths", "500")


def test_a_gate_is_judged_with_the_error_of_replicates(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*RUN, "--paths", "8192", "--sampler", "sobol", "--fail-if", "point of no return by 8 < 99%"]) == 3
    assert "Monte Carlo error" in capsys.readouterr().err


COMMANDS = ["compare saas-seed -s no-new-money", "raise saas-seed", "portfolio example"]


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("option", ["--sampler sobol", "--precision 0.01"])
def test_other_commands_say_that_only_a_run_has_them(
    command: str, option: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([*command.split(), *option.split()]) == 2
    assert capsys.readouterr().err.startswith(f"tarmac: {option.split(maxsplit=1)[0]}: only tarmac run has it.")


@pytest.mark.parametrize("option", ELSEWHERE)
def test_what_is_said_of_who_has_an_option_is_so(option: str, capsys: pytest.CaptureFixture[str]) -> None:
    runner = CliRunner()
    having = {name for name in COMMANDS_BY_NAME if f" {option} " in runner.invoke(app, [name, "--help"]).output}
    assert main(["why", "saas-seed", option, "x"]) == 2
    said = re.match(rf"tarmac: {option}: only tarmac ([a-z, ]+) (has|have) it\.", capsys.readouterr().err)
    assert said is not None
    assert set(re.split(", | and ", said[1])) == having
    assert (said[2] == "has") == (len(having) == 1)


@pytest.mark.parametrize("option", ELSEWHERE)
def test_an_option_without_its_value_is_not_said_to_be_elsewhere(
    option: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([*RUN, option]) == 2
    said = capsys.readouterr().err
    assert option in said
    assert "only tarmac" not in said


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (["--sampler", "sobol", "--paths", "2000"], "is at least 8,192 with the sampler sobol"),
        (["--precision", "0"], "between 0 and 0.5"),
        (["--precision", "nan"], "between 0 and 0.5"),
        (["--precision", "0.01", "--paths", "100000000"], "where a precision is given"),
        (["--sampler", "halton"], "sobol"),
        (["--precision", "0.01", "--resume", "acme.checkpoint"], "where a run is to be resumed"),
    ],
)
def test_mistakes_are_told_with_a_remedy(wrong: list[str], said: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*RUN, *wrong]) == 2
    assert said in capsys.readouterr().err


def test_a_word_that_is_no_choice_is_told_without_the_name_of_an_error(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*RUN, "--sampler", "halton"]) == 2
    assert "Value error" not in capsys.readouterr().err
