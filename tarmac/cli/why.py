"""`tarmac why`: what survival depends on, on the screen and in files."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Final

from tarmac.cli.asked import AskedWhy
from tarmac.cli.console import note, progress, put, safe
from tarmac.cli.running import patched
from tarmac.cli.saving import Writer, as_json, refuse_existing, text_writer, write_all
from tarmac.company import Company
from tarmac.company.line_checks import LONGEST
from tarmac.errors import InputError, Problem
from tarmac.layout import plan_of
from tarmac.report.why import cause_table, known_table, save_why, source_table, why_figure, why_text
from tarmac.simulation import How
from tarmac.streams import MAX_SEED, fresh_seed
from tarmac.why import LEAST_PATHS, Why, why

_MOST_PATHS: Final = 1_000_000
_FILES: Final = ("why.json", "sources.csv", "known.csv", "causes.csv", "why.png")


def run(asked: AskedWhy) -> int:
    """Check everything, run, print and save; the exit code."""
    company = _checked(asked)
    seed = fresh_seed() if asked.seed is None else asked.seed
    with progress(quiet=asked.quiet) as tell:
        try:
            found = why(plan_of(company), months=asked.months, seed=seed, paths=asked.paths, how=How(progress=tell))
        except OverflowError:
            remedy = "lower growth or volatility, or look fewer months ahead"
            rule = "amounts stay below 1e38"
            raise InputError([Problem(company.file, "growth", f"over {asked.months} months", rule, remedy)]) from None
    found = replace(found, scenarios=tuple(Path(name).name.removesuffix(".toml") for name in asked.scenarios))
    saved = [] if asked.out is None else write_all(asked.out, _files(found))
    put(as_json(found.as_json()) if asked.json else why_text(found))
    if not asked.quiet:
        for path in saved:
            note(f"wrote {safe(path)}")
    return 0


def _checked(asked: AskedWhy) -> Company:
    """The company; every mistake of the command line and its files at once."""
    problems = list(_out_of_range(asked))
    company: Company | None = None
    try:
        company = patched(asked.company, asked.scenarios)
    except InputError as error:
        problems += error.problems
    if asked.out is not None:
        try:
            refuse_existing([asked.out / name for name in _FILES], force=asked.force)
        except InputError as error:
            problems += error.problems
    if company is None or problems:
        raise InputError(problems)
    return company


def _out_of_range(asked: AskedWhy) -> Iterator[Problem]:
    for where, value, low, high in (
        ("months", asked.months, 1, LONGEST),
        ("paths", asked.paths, LEAST_PATHS, _MOST_PATHS),
        ("seed", asked.seed, 0, MAX_SEED),
    ):
        if value is not None and not low <= value <= high:
            rule = f"is a whole number from {low} to {high}"
            yield Problem("command line", where, str(value), rule, "choose one")


def _files(found: Why) -> dict[str, Writer]:
    return {
        "why.json": text_writer(as_json(found.as_json()) + "\n"),
        "sources.csv": text_writer(source_table(found).to_csv(lineterminator="\n")),
        "known.csv": text_writer(known_table(found).to_csv(lineterminator="\n")),
        "causes.csv": text_writer(cause_table(found).to_csv(lineterminator="\n")),
        "why.png": lambda path: save_why(why_figure(found), Path(path), found=found),
    }
