"""`tarmac show COMPANY --path ...`: profit and loss, cash flow and balance sheet, on the screen and in files."""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from tarmac.cli.asked import AskedStatements, By
from tarmac.cli.checking import in_the_way
from tarmac.cli.console import progress
from tarmac.cli.running import patched
from tarmac.cli.saving import Writer, as_json, text_writer
from tarmac.cli.telling import hand_over
from tarmac.company import Company
from tarmac.errors import InputError, Problem
from tarmac.report.spreadsheet import as_csv
from tarmac.report.statements import statement_tables, statements_text
from tarmac.statements import Statements
from tarmac.statements.finding import Which
from tarmac.statements.statement import job_of, mistakes, statements_of_job

_MONTHS: Final = {By.MONTH: 1, By.QUARTER: 3, By.YEAR: 12}
_LONGEST_NUMBER: Final = 12
_FILES: Final = ("profit-and-loss.csv", "cash-flow.csv", "balance-sheet.csv", "statements.json")


def nothing_asked(asked: AskedStatements) -> bool:
    """Whether the company alone is to be shown."""
    given = (asked.path, asked.months, asked.paths, asked.seed, asked.by, asked.out)
    return not asked.json and all(option is None for option in given)


def state(asked: AskedStatements) -> int:
    """Check everything, run, print and save; the exit code."""
    company, path = _checked(asked)
    statements = _stated(asked, company, path=path)
    hand_over(
        asked,
        lambda: statements_text(statements, every=_MONTHS[asked.by or By.MONTH]),
        document=statements.as_json,
        files=lambda: _files(statements),
    )
    return 0


def _checked(asked: AskedStatements) -> tuple[Company, Which]:
    """The company and which of its paths; every mistake of the command line and its files at once."""
    path = None if asked.path is None else _which(asked.path)
    problems = [*_mistakes(asked, path), *in_the_way(asked, _FILES)]
    try:
        company = patched(asked.company, asked.scenarios)
    except InputError as error:
        raise InputError([*problems, *error.problems]) from None
    if path is None or problems:
        raise InputError(problems)
    return company, path


def _which(text: str) -> Which | None:
    """The path that is meant; None for no path at all."""
    match text:
        case "mean" | "median":
            return text
        case _ if text.isascii() and text.isdecimal() and len(text) <= _LONGEST_NUMBER:
            return int(text)
        case _:
            return None


def _mistakes(asked: AskedStatements, path: Which | None) -> Iterator[Problem]:
    if asked.path is None:
        rule = "statements are those of a path of a run, of the median path, or of the mean"
        remedy = "add --path with a number, median or mean"
        yield Problem("command line", "path", "", rule, remedy)
    else:
        shown = asked.path if path is None else path
        yield from mistakes(shown, months=_months(asked), paths=_paths(asked), seed=asked.seed)


def _months(asked: AskedStatements) -> int:
    return 36 if asked.months is None else asked.months


def _paths(asked: AskedStatements) -> int:
    return 20_000 if asked.paths is None else asked.paths


def _stated(asked: AskedStatements, company: Company, *, path: Which) -> Statements:
    job = job_of(company, months=_months(asked), paths=_paths(asked), seed=asked.seed)
    applied = tuple(Path(name).name.removesuffix(".toml") for name in asked.scenarios)
    with progress(quiet=asked.quiet) as tell:
        return statements_of_job(job, path, scenarios=applied, file=company.file, tell=tell)


def _files(statements: Statements) -> dict[str, Writer]:
    tables = {name: table.round(2) + 0.0 for name, table in statement_tables(statements).items()}  # + 0.0: no "-0.0"
    files = {f"{name}.csv": text_writer(as_csv(table)) for name, table in tables.items()}
    return files | {"statements.json": text_writer(as_json(statements.as_json()) + "\n")}
