"""`tarmac raise`: how much to raise and by when, on the screen and in files."""

from pathlib import Path
from typing import Final

from tarmac.cli.asked import AskedRaise
from tarmac.cli.checking import kept, out_of_range
from tarmac.cli.console import note, put, safe
from tarmac.cli.running import patched
from tarmac.cli.saving import Writer, as_json, refuse_existing, text_writer, write_all
from tarmac.company import Company
from tarmac.engine.block import Job
from tarmac.errors import InputError, Problem
from tarmac.layout import plan_of
from tarmac.money import NumberError, parse_amount
from tarmac.months import Month
from tarmac.raising import Raise, attempt_of, raising
from tarmac.report.raising import need_table, raise_figure, raise_text, save_raise, start_table
from tarmac.streams import fresh_seed

_MOST_PATHS: Final = 1_000_000
_FILES: Final = ("raise.json", "need.csv", "starts.csv", "raise.png")


def run(asked: AskedRaise) -> int:
    """Check everything, search, print and save; the exit code."""
    company, confidence, at = _checked(asked)
    seed = fresh_seed() if asked.seed is None else asked.seed
    attempt = attempt_of(company, takes=asked.takes, succeeds=asked.succeeds)
    job = Job(plan_of(company), seed, asked.months, asked.paths)
    found = raising(company, job=job, confidence=confidence, attempt=attempt, at=at)
    saved = [] if asked.out is None else write_all(asked.out, _files(found))
    put(as_json(found.as_json()) if asked.json else raise_text(found))
    if not asked.quiet:
        for path in saved:
            note(f"wrote {safe(path)}")
    return 0


def _checked(asked: AskedRaise) -> tuple[Company, float, int]:
    """The company, the confidence and the month index; every mistake of the command line and its files at once."""
    problems: list[Problem] = []
    company = kept(problems, lambda name: patched(name, asked.scenarios), on=asked.company)
    problems += out_of_range(months=asked.months, paths=asked.paths, seed=asked.seed, most_paths=_MOST_PATHS)
    confidence = _confidence(asked.confidence)
    if confidence is None:
        rule = "is a share between 0% and 100%, such as 90%"
        problems.append(_mistake("confidence", asked.confidence, rule=rule, remedy="write 90%"))
    at = _month(asked.at, company)
    if at is None:
        problems.append(
            _mistake("at", str(asked.at), rule="is a month of the run, such as 2023-06", remedy="write one")
        )
    if asked.out is not None:
        places = [asked.out / name for name in _FILES]
        kept(problems, lambda files: refuse_existing(files, force=asked.force), on=places)
    if company is None or confidence is None or at is None or problems:
        raise InputError(problems)
    return company, confidence, at


def _confidence(text: str) -> float | None:
    try:
        amount = parse_amount(text)
    except NumberError:
        return None
    return amount.value if 0 < amount.value < 1 and amount.unit in ("", "%") else None


def _month(text: str | None, company: Company | None) -> int | None:
    """The month index of "2023-06"; 0 where none is given, or the company is not known."""
    if text is None or company is None:
        return 0
    try:
        index = Month.parse(text) - company.company.first_month
    except ValueError:
        return None
    return index if index >= 0 else None


def _files(found: Raise) -> dict[str, Writer]:
    return {
        "raise.json": text_writer(as_json(found.as_json()) + "\n"),
        "need.csv": text_writer(need_table(found).round(2).to_csv(lineterminator="\n")),
        "starts.csv": text_writer(start_table(found).to_csv(lineterminator="\n")),
        "raise.png": lambda path: save_raise(raise_figure(found), Path(path), found=found),
    }


def _mistake(where: str, value: str, *, rule: str, remedy: str) -> Problem:
    return Problem("command line", where, value, rule, remedy)
