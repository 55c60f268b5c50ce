"""`tarmac diff`: why runway changed between two versions of a company file, on the screen and in files."""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tarmac import library
from tarmac.cli.checking import kept, out_of_range
from tarmac.cli.console import note, progress, put, safe
from tarmac.cli.saving import Writer, as_json, refuse_existing, text_writer, write_all
from tarmac.company import Company
from tarmac.difference import Difference, Terms, difference
from tarmac.errors import InputError, Problem
from tarmac.report.difference import difference_figure, difference_table, difference_text, save_difference
from tarmac.streams import fresh_seed

_MOST_PATHS: Final = 1_000_000
_FILES: Final = ("diff.json", "diff.csv", "diff.png")


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedDiff:
    """A comparison of two versions as asked for: the options of `tarmac diff`."""

    old: str
    new: str
    months: int
    paths: int
    seed: int | None
    old_seed: int | None
    json: bool
    out: Path | None
    force: bool
    quiet: bool


def run(asked: AskedDiff) -> int:
    """Check everything, run, print and save; the exit code."""
    old, new = _checked(asked)
    seed = fresh_seed() if asked.seed is None else asked.seed
    with progress(quiet=asked.quiet, what="runs") as tell:
        terms = Terms(asked.months, asked.paths, seed, asked.old_seed, tell)
        found = difference(old, new, terms=terms)
    saved = [] if asked.out is None else write_all(asked.out, _files(found))
    put(as_json(found.as_json()) if asked.json else difference_text(found))
    if not asked.quiet:
        for path in saved:
            note(f"wrote {safe(path)}")
    return 0


def _checked(asked: AskedDiff) -> tuple[Company, Company]:
    """The two versions; every mistake of the command line and of both files at once."""
    problems: list[Problem] = [
        *out_of_range(months=asked.months, paths=asked.paths, seed=asked.seed, most_paths=_MOST_PATHS),
    ]
    old, new = (kept(problems, library.load, on=name) for name in (asked.old, asked.new))
    if asked.out is not None:
        places = [asked.out / name for name in _FILES]
        kept(problems, lambda files: refuse_existing(files, force=asked.force), on=places)
    if old is None or new is None or problems:
        raise InputError(problems)
    return old, new


def _files(found: Difference) -> dict[str, Writer]:
    return {
        "diff.json": text_writer(as_json(found.as_json()) + "\n"),
        "diff.csv": text_writer(difference_table(found).to_csv(lineterminator="\n")),
        "diff.png": lambda path: save_difference(difference_figure(found), Path(path), found=found),
    }
