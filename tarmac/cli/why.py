"""`tarmac why`: what survival depends on, on the screen and in files."""

from dataclasses import replace
from pathlib import Path
from typing import Final

from tarmac.cli.asked import AskedWhy
from tarmac.cli.checking import SEEDS, in_the_way, kept
from tarmac.cli.console import progress
from tarmac.cli.running import patched
from tarmac.cli.saving import Writer, as_json, text_writer
from tarmac.cli.telling import hand_over
from tarmac.company import Company
from tarmac.company.line_checks import LONGEST
from tarmac.errors import InputError, out_of_range
from tarmac.layout import plan_of
from tarmac.report.spreadsheet import as_csv
from tarmac.report.why import cause_table, known_table, save_why, source_table, why_figure, why_text
from tarmac.simulation import How, overflow_told
from tarmac.streams import fresh_seed
from tarmac.why import LEAST_PATHS, Why, why

_MOST_PATHS: Final = 1_000_000
_FILES: Final = ("why.json", "sources.csv", "known.csv", "causes.csv", "why.png")


def run(asked: AskedWhy) -> int:
    """Check everything, run, print and save; the exit code."""
    company = _checked(asked)
    seed = fresh_seed() if asked.seed is None else asked.seed
    with progress(quiet=asked.quiet) as tell, overflow_told(company.file, asked.months):
        found = why(plan_of(company), months=asked.months, seed=seed, paths=asked.paths, how=How(progress=tell))
    found = replace(found, scenarios=tuple(Path(name).name.removesuffix(".toml") for name in asked.scenarios))
    hand_over(
        asked,
        lambda: why_text(found),
        document=found.as_json,
        files=lambda: _files(found),
    )
    return 0


def _checked(asked: AskedWhy) -> Company:
    """The company; every mistake of the command line and its files at once."""
    problems = [
        *out_of_range(
            months=(asked.months, 1, LONGEST), paths=(asked.paths, LEAST_PATHS, _MOST_PATHS), seed=(asked.seed, *SEEDS)
        ),
        *in_the_way(asked, _FILES),
    ]
    company = kept(problems, lambda name: patched(name, asked.scenarios), on=asked.company)
    if company is None or problems:
        raise InputError(problems)
    return company


def _files(found: Why) -> dict[str, Writer]:
    return {
        "why.json": text_writer(as_json(found.as_json()) + "\n"),
        "sources.csv": text_writer(as_csv(source_table(found))),
        "known.csv": text_writer(as_csv(known_table(found))),
        "causes.csv": text_writer(as_csv(cause_table(found))),
        "why.png": lambda path: save_why(why_figure(found), Path(path), found=found),
    }
