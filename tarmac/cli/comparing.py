"""`tarmac compare`: a company as it is and under some scenarios, on the screen and in files."""

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from tarmac import library
from tarmac.cli.asked import AskedCompare
from tarmac.cli.console import note, progress, put, safe
from tarmac.cli.mistakes import Mistakes
from tarmac.cli.saving import Writer, as_json, text_writer, write_all
from tarmac.company import Company
from tarmac.comparing import MOST_PATHS, Comparison, Stack, compare, patched_by_name
from tarmac.errors import InputError
from tarmac.report.comparing import compare_text
from tarmac.report.comparing_charts import fans_figure, overlay_figure, save_compared
from tarmac.report.comparing_tables import compare_table, fans_table, survival_overlay_table
from tarmac.simulation import How, check_run

_FILES: Final = ("compare.json", "compare.csv", "survival.csv", "fans.csv", "compare.png", "fans.png")


def run(asked: AskedCompare) -> int:
    """Check everything, run, print and save; the exit code."""
    company, stacks = _checked(asked)
    with progress(quiet=asked.quiet) as tell:
        how = How(progress=tell)
        found = compare(company, stacks, months=asked.months, paths=asked.paths, seed=asked.seed, how=how)
    saved = [] if asked.out is None else write_all(asked.out, _files(found))
    put(as_json(found.as_json()) if asked.json else compare_text(found))
    if not asked.quiet:
        for path in saved:
            note(f"wrote {safe(path)}")
    return 0


def stack_of(text: str) -> list[str]:
    """The scenarios of "a+b" in their order; one whose own name holds a plus is taken as it stands.

    >>> stack_of("no-new-money+hiring-freeze")
    ['no-new-money', 'hiring-freeze']
    """
    return [text] if "+" not in text or _is_there(text) else [part.strip() for part in text.split("+")]


def _is_there(text: str) -> bool:
    try:
        return library.find("scenarios", text).path.is_file()
    except InputError:
        return False


def _checked(asked: AskedCompare) -> tuple[Company, Sequence[Stack]]:
    """The company and the stacks; every mistake of the command line and its files at once."""
    mistakes = Mistakes()
    company = mistakes.keep(lambda: library.load(asked.company))
    stacks = [stack_of(text) for text in asked.scenarios]
    if not stacks:
        remedy = "add -s NAME, and -s NAME+OTHER for two at once; tarmac list names them"
        mistakes.add("scenario", "", rule="names at least one scenario to compare with", remedy=remedy)
    if company is None:
        for part in dict.fromkeys(part for stack in stacks for part in stack):
            mistakes.keep(lambda part=part: library.load_scenario(part))  # type: ignore[misc]
    else:
        mistakes.keep(lambda: patched_by_name(company, stacks))
    mistakes.keep(lambda: check_run(months=asked.months, paths=asked.paths, seed=asked.seed, most=MOST_PATHS))
    mistakes.keep_places(asked.out, _FILES, force=asked.force)
    mistakes.tell()
    if company is None:
        raise AssertionError("a company that cannot be read is a mistake")
    return company, stacks


def _files(found: Comparison) -> dict[str, Writer]:
    return {
        "compare.json": text_writer(as_json(found.as_json()) + "\n"),
        "compare.csv": text_writer(compare_table(found).to_csv(lineterminator="\n")),
        "survival.csv": text_writer(survival_overlay_table(found).to_csv(lineterminator="\n")),
        "fans.csv": text_writer(fans_table(found).round(2).to_csv(lineterminator="\n")),
        "compare.png": lambda path: save_compared(overlay_figure(found), Path(path), found=found),
        "fans.png": lambda path: save_compared(fans_figure(found), Path(path), found=found),
    }
