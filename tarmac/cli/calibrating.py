"""`tarmac calibrate`: what facts teach about a company, on the screen and in files."""

from pathlib import Path
from typing import TYPE_CHECKING, Final

import tomlkit

from tarmac import library
from tarmac.calibrate import Calibration, Method, posterior_of
from tarmac.cli.asked import AskedCalibration
from tarmac.cli.checking import SEEDS, in_the_way
from tarmac.cli.console import note, progress
from tarmac.cli.saving import Writer, as_json, file_name, text_writer
from tarmac.cli.telling import hand_over
from tarmac.company import Company
from tarmac.errors import InputError, Problem, out_of_range
from tarmac.facts import Fact
from tarmac.months import Month
from tarmac.posterior import ENDING
from tarmac.report.calibration import calibration_text, facts_figure, inputs_table, poor_text, save_facts
from tarmac.report.spreadsheet import as_csv

if TYPE_CHECKING:
    from tarmac.calibrate.result import FactTable

NOT_AT_REST: Final = 3
"""The exit code where the populations do not agree: the gate every posterior has to pass."""

_DRAWS: Final = (100, 5_000)


def run(asked: AskedCalibration) -> int:
    """Check everything, calibrate, print and save; the exit code."""
    company, facts, origin = _checked(asked)
    method = Method(draws=asked.draws)
    with progress(quiet=asked.quiet, what="per cent") as tell:
        found = posterior_of(company, facts, origin=origin, seed=asked.seed, method=method, tell=tell)
    if not found.quality.good:
        note(poor_text(found))
        return NOT_AT_REST
    table = found.facts()
    hand_over(
        asked,
        lambda: calibration_text(found, table),
        document=lambda: found.as_json(table),
        files=lambda: _files(asked, found, table=table),
    )
    return 0


def _checked(asked: AskedCalibration) -> tuple[Company, tuple[Fact, ...], Month | None]:
    """The company, its facts and the origin; every mistake of the command line and its files at once."""
    problems = [*out_of_range(draws=(asked.draws, *_DRAWS), seed=(asked.seed, *SEEDS))]
    problems += in_the_way(asked, _file_names(asked))
    origin = None if asked.origin is None else _month(asked.origin)
    if asked.origin is not None and origin is None:
        problems.append(_mistake("origin", asked.origin, rule="is a month such as 2023-10", remedy="write 2023-10"))
    try:
        company = library.load(asked.company, posterior=False)
        facts = _facts(company)
    except InputError as error:
        raise InputError([*problems, *error.problems]) from None
    if problems:
        raise InputError(problems)
    return company, facts, origin


def _facts(company: Company) -> tuple[Fact, ...]:
    name = company.company.facts
    if name is None:
        rule = "names a file of facts on the shelf seeds/, to learn from"
        raise InputError([Problem(company.file, "company.facts", "", rule, "write facts = 'my-company'")])
    return library.load_facts(name, company=company)


def _month(text: str) -> Month | None:
    try:
        return Month.parse(text)
    except ValueError:
        return None


def _stem(asked: AskedCalibration) -> str:
    return file_name(Path(asked.company).name.removesuffix(".toml")) + "-calibrated"


def _file_names(asked: AskedCalibration) -> list[str]:
    stem = _stem(asked)
    return [f"{stem}.toml", f"{stem}{ENDING}", "facts.csv", "inputs.csv", "calibration.json", "facts.png"]


def _files(asked: AskedCalibration, found: Calibration, *, table: "FactTable") -> dict[str, Writer]:
    """What `--out` leaves: the company that names its draws, the draws, the tables, the picture last."""
    writers: list[Writer] = [
        text_writer(_naming_its_draws(asked)),
        text_writer(found.posterior.text()),
        text_writer(as_csv(table, index=False)),
        text_writer(as_csv(inputs_table(found), index=False)),
        text_writer(as_json(found.as_json(table)) + "\n"),
        lambda path: save_facts(facts_figure(found, table), path, found=found, table=table),
    ]
    return dict(zip(_file_names(asked), writers, strict=True))


def _naming_its_draws(asked: AskedCalibration) -> str:
    """The text of the company file, comments and all, with the name of the file of draws in it."""
    document = tomlkit.parse(library.find("models", asked.company).path.read_text(encoding="utf-8-sig"))
    document["company"]["posterior"] = _stem(asked)
    return tomlkit.dumps(document)


def _mistake(where: str, value: str, *, rule: str, remedy: str) -> Problem:
    return Problem("command line", where, value, rule, remedy)
