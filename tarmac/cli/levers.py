"""`tarmac levers`: what one unit of each lever buys, and what reaches a target, on the screen and in files."""

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from tarmac.cli.asked import AskedLevers
from tarmac.cli.checking import in_the_way, kept, unlike_a_run
from tarmac.cli.console import progress
from tarmac.cli.running import patched
from tarmac.cli.saving import Writer, as_json, text_writer
from tarmac.cli.targets import target_from
from tarmac.cli.telling import hand_over
from tarmac.company import Company
from tarmac.comparing import MOST_PATHS
from tarmac.errors import InputError, Problem
from tarmac.levers import Ranking, handles_for, rank_levers
from tarmac.reaching import Reach, Target, reach
from tarmac.report.levers import levers_figure, levers_table, levers_text, reach_text, save_levers
from tarmac.report.spreadsheet import as_csv
from tarmac.simulation import How

_FILES: Final = ("levers.json", "levers.csv", "levers.png")


def run(asked: AskedLevers) -> int:
    """Check everything, run, print and save; the exit code."""
    company, target = _checked(asked)
    names = asked.levers or None
    with progress(quiet=asked.quiet) as tell:
        how = How(progress=tell)
        found = rank_levers(company, names, months=asked.months, paths=asked.paths, seed=asked.seed, how=how)
    reached = None if target is None else _reached(company, found, target=target)
    hand_over(
        asked,
        lambda: _screen(found, reached),
        document=lambda: _document(found, reached),
        files=lambda: _files(found, reached),
    )
    return 0


def _checked(asked: AskedLevers) -> tuple[Company, Target | None]:
    """The company and what is to be reached; every mistake of the command line and its files at once."""
    problems = [*unlike_a_run(asked, most_paths=MOST_PATHS), *in_the_way(asked, _FILES)]
    company = kept(problems, lambda name: patched(name, asked.scenarios), on=asked.company)
    target = None
    if company is not None:
        kept(problems, lambda known: _check_levers(known, asked.levers), on=company)
        if asked.reach is not None:
            target = kept(problems, lambda text: _target(text, company, months=asked.months), on=asked.reach)
    if company is None or problems:
        raise InputError(dict.fromkeys(problems))
    return company, target


def _check_levers(company: Company, names: Sequence[str]) -> None:
    """InputError where a name is no lever of this company, or there is none at all."""
    handles, _ = handles_for(company, names or None)
    if not handles:
        rule = f"a lever acts on something in {company.company.name}, and none on the shelves does"
        remedy = "write one: scenarios/README.md says how"
        raise InputError([Problem("command line", "lever", "", rule, remedy)])


def _target(text: str, company: Company, *, months: int) -> Target:
    header = company.company
    return target_from(text, first_month=header.first_month, months=months, currency=header.currency)


def _reached(company: Company, found: Ranking, *, target: Target) -> Reach:
    handles = [effect.handle for effect in found.effects]
    run = found.comparison
    return reach(company, handles, target=target, months=run.months, paths=run.paths, seed=run.seed)


def _document(found: Ranking, reached: Reach | None) -> dict[str, object]:
    return found.as_json() | ({} if reached is None else {"reach": reached.as_json()})


def _screen(found: Ranking, reached: Reach | None) -> str:
    return levers_text(found) + ("" if reached is None else f"\n\n{reach_text(reached, found)}")


def _files(found: Ranking, reached: Reach | None) -> dict[str, Writer]:
    return {
        "levers.json": text_writer(as_json(_document(found, reached)) + "\n"),
        "levers.csv": text_writer(as_csv(levers_table(found))),
        "levers.png": lambda path: save_levers(levers_figure(found), Path(path), found=found),
    }
