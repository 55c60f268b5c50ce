"""`tarmac compare`: a company as it is and under some scenarios, on the screen and in files."""

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from tarmac import library
from tarmac.cli.asked import AskedRun
from tarmac.cli.carrying import how_of, unlike_means
from tarmac.cli.checking import in_the_way, kept, unlike_a_run
from tarmac.cli.console import progress
from tarmac.cli.saving import Writer, as_json, text_writer
from tarmac.cli.telling import hand_over
from tarmac.company import Company
from tarmac.comparing import MOST_PATHS, Comparison, Stack, compare, patched_by_name
from tarmac.errors import InputError, Problem
from tarmac.report.comparing import compare_text
from tarmac.report.comparing_charts import fans_figure, overlay_figure, save_compared
from tarmac.report.comparing_tables import compare_table, fans_table, survival_overlay_table
from tarmac.report.spreadsheet import as_csv

_FILES: Final = ("compare.json", "compare.csv", "survival.csv", "fans.csv", "compare.png", "fans.png")


def run(asked: AskedRun) -> int:
    """Check everything, run, print and save; the exit code."""
    company, stacks = _checked(asked)
    with progress(quiet=asked.quiet) as tell:
        how = how_of(asked.means, tell)
        found = compare(company, stacks, months=asked.months, paths=asked.paths, seed=asked.seed, how=how)
    hand_over(
        asked,
        lambda: compare_text(found),
        document=found.as_json,
        files=lambda: _files(found),
    )
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


def _checked(asked: AskedRun) -> tuple[Company, Sequence[Stack]]:
    """The company and the stacks; every mistake of the command line and its files at once."""
    problems: list[Problem] = []
    company = kept(problems, library.load, on=asked.company)
    stacks = [stack_of(text) for text in asked.scenarios]
    if not stacks:
        rule, remedy = "names at least one scenario to compare with", "add -s NAME, and -s NAME+OTHER for two at once"
        problems.append(Problem("command line", "scenario", "", rule, remedy))
    if company is None:
        for part in (part for stack in stacks for part in stack):
            kept(problems, library.load_scenario, on=part)
    else:
        kept(problems, lambda known: patched_by_name(known, stacks), on=company)
    problems += [*unlike_a_run(asked, most_paths=MOST_PATHS), *unlike_means(asked.means), *in_the_way(asked, _FILES)]
    if company is None or problems:
        raise InputError(dict.fromkeys(problems))
    return company, stacks


def _files(found: Comparison) -> dict[str, Writer]:
    return {
        "compare.json": text_writer(as_json(found.as_json()) + "\n"),
        "compare.csv": text_writer(as_csv(compare_table(found))),
        "survival.csv": text_writer(as_csv(survival_overlay_table(found))),
        "fans.csv": text_writer(as_csv(fans_table(found).round(2))),
        "compare.png": lambda path: save_compared(overlay_figure(found), Path(path), found=found),
        "fans.png": lambda path: save_compared(fans_figure(found), Path(path), found=found),
    }
