"""`tarmac diff`: why runway changed between two versions of a company file, on the screen and in files."""

from pathlib import Path
from typing import Final

from tarmac import library
from tarmac.cli.asked import AskedDiff
from tarmac.cli.checking import SEEDS, in_the_way, kept
from tarmac.cli.console import progress
from tarmac.cli.saving import Writer, as_json, text_writer
from tarmac.cli.telling import hand_over
from tarmac.company import Company
from tarmac.company.line_checks import LONGEST
from tarmac.difference import Difference, Terms, difference
from tarmac.errors import InputError, out_of_range
from tarmac.report.difference import difference_figure, difference_table, difference_text, save_difference
from tarmac.report.spreadsheet import as_csv
from tarmac.streams import fresh_seed

_MOST_PATHS: Final = 1_000_000
_FILES: Final = ("diff.json", "diff.csv", "diff.png")


def run(asked: AskedDiff) -> int:
    """Check everything, run, print and save; the exit code."""
    old, new = _checked(asked)
    seed = fresh_seed() if asked.seed is None else asked.seed
    with progress(quiet=asked.quiet, what="runs") as tell:
        terms = Terms(asked.months, asked.paths, seed, asked.old_seed, tell)
        found = difference(old, new, terms=terms)
    hand_over(
        asked,
        lambda: difference_text(found),
        document=found.as_json,
        files=lambda: _files(found),
    )
    return 0


def _checked(asked: AskedDiff) -> tuple[Company, Company]:
    """The two versions; every mistake of the command line and of both files at once."""
    problems = [
        *out_of_range(
            months=(asked.months, 1, LONGEST),
            paths=(asked.paths, 1, _MOST_PATHS),
            seed=(asked.seed, *SEEDS),
            old_seed=(asked.old_seed, *SEEDS),
        ),
        *in_the_way(asked, _FILES),
    ]
    old, new = (kept(problems, library.load, on=name) for name in (asked.old, asked.new))
    if old is None or new is None or problems:
        raise InputError(problems)
    return old, new


def _files(found: Difference) -> dict[str, Writer]:
    return {
        "diff.json": text_writer(as_json(found.as_json()) + "\n"),
        "diff.csv": text_writer(as_csv(difference_table(found))),
        "diff.png": lambda path: save_difference(difference_figure(found), Path(path), found=found),
    }
