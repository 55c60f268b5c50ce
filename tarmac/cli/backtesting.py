"""`tarmac backtest`: forecasts judged by what happened, on the screen and in files."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from tarmac import library
from tarmac.backtest.firms import firms_test
from tarmac.backtest.origins import calibrating, check_origins, default_origins, origins_test
from tarmac.backtest.snapshots import snapshot_test
from tarmac.cli.asked import AskedBacktest
from tarmac.cli.checking import SEEDS, in_the_way
from tarmac.cli.console import note, safe
from tarmac.cli.saving import Writer, as_json, file_name, text_writer
from tarmac.cli.telling import hand_over
from tarmac.company import Company
from tarmac.company.line_checks import LONGEST
from tarmac.engine.block import Job
from tarmac.errors import InputError, Problem, nearest, out_of_range
from tarmac.facts import Fact
from tarmac.layout import plan_of
from tarmac.months import Month
from tarmac.outcomes import Ratios, Snapshot
from tarmac.report.backtest.figure import Found, backtest_figure, backtest_text, save_backtest, tables
from tarmac.report.spreadsheet import as_csv
from tarmac.streams import fresh_seed

SCHEMA: Final = "tarmac.backtest/1"
_FEWEST_PATHS, _MOST_PATHS = 100, 100_000
_SHORTEST: Final = 6


@dataclass(frozen=True, slots=True)
class _Subject:
    """What is to be judged: outcomes of a file, or a company and its facts with the months to forecast from."""

    name: str
    outcomes: tuple[Snapshot, ...] | Ratios | None
    company: Company | None = None
    facts: tuple[Fact, ...] = ()
    origins: tuple[Month, ...] = ()

    @property
    def stem(self) -> str:
        """How its files begin."""
        return file_name(Path(self.name).name.rpartition(".")[0] or Path(self.name).name)


def run(asked: AskedBacktest) -> int:
    """Check everything, forecast, judge, print and save; the exit code."""
    subjects = _checked(asked)
    seed = fresh_seed() if asked.seed is None else asked.seed
    found = {subject.stem: _judged(subject, asked, seed=seed) for subject in subjects}
    document = {"schema": SCHEMA, "seed": seed, "subjects": [item.as_json() for item in found.values()]}
    hand_over(
        asked,
        lambda: "\n\n".join(map(backtest_text, found.values())),
        document=lambda: document,
        files=lambda: _files(found, document),
    )
    return 0


def _checked(asked: AskedBacktest) -> list[_Subject]:
    """What is to be judged; every mistake of the command line and all files at once."""
    problems = list(
        out_of_range(
            months=(asked.months, _SHORTEST, LONGEST),
            paths=(asked.paths, _FEWEST_PATHS, _MOST_PATHS),
            seed=(asked.seed, *SEEDS),
        )
    )
    origins = list(_origins(asked.origins, problems))
    subjects = []
    for name in dict.fromkeys(asked.subjects):
        try:
            subjects.append(_subject(name, tuple(origins)))
        except InputError as error:
            problems += error.problems
    if asked.origins and not any(subject.company for subject in subjects) and not problems:
        rule = "goes with a company"
        problems.append(Problem("command line", "origin", asked.origins[0], rule, "leave it out, or name a company"))
    stems = [subject.stem for subject in subjects]
    problems += [
        Problem("command line", "subject", stem, "gives its name to one set of files", "rename one of the two")
        for stem in dict.fromkeys(stems)
        if stems.count(stem) > 1
    ]
    problems += in_the_way(asked, _names(subjects))
    if problems:
        raise InputError(problems)
    return subjects


def _origins(texts: Sequence[str], problems: list[Problem]) -> Iterator[Month]:
    for text in dict.fromkeys(texts):
        try:
            yield Month.parse(text)
        except ValueError as error:
            problems.append(Problem("command line", "origin", text, "is a month", str(error)))


def _subject(name: str, origins: tuple[Month, ...]) -> _Subject:
    if library.is_outcomes(name):
        return _Subject(name, library.load_outcomes(name))
    _known(name)
    company = library.load(name, posterior=False)  # judged from what it declares, whatever it has learnt since
    named = company.company.facts
    if named is None:
        rule = "names its facts: without them a company cannot be judged"
        raise InputError([Problem(company.file, "company.facts", "", rule, "write facts = 'NAME' of a file in seeds/")])
    facts = library.load_facts(named, company=company)
    chosen = origins or tuple(default_origins(company, facts))
    check_origins(company, facts, origins=chosen)
    return _Subject(name, None, company, facts, chosen)


def _known(name: str) -> None:
    """InputError where a plain name is neither a company nor a file of outcomes."""
    if "/" in name or "." in name:
        return
    shelves = (("models", ".toml"), (library.OUTCOMES, ".csv"))
    names = {item.name for shelf, ending in shelves for item in library.on_shelf(shelf, ending=ending)}
    if name not in names:
        rule = f"is a file, or a name on the shelf models/ or {library.OUTCOMES}/ (here or shipped)"
        raise InputError([Problem("command line", "subject", name, rule, nearest(name, names))])


def _judged(subject: _Subject, asked: AskedBacktest, *, seed: int) -> Found:
    if isinstance(subject.outcomes, Ratios):
        return firms_test(subject.outcomes, file=subject.name, paths=asked.paths, seed=seed)
    if subject.company is None:
        snapshots = subject.outcomes or ()
        return snapshot_test(snapshots, file=subject.name, months=asked.months, paths=asked.paths, seed=seed)
    job = Job(plan_of(subject.company), seed, asked.months, asked.paths)
    foresight = calibrating(seed=seed, tell=lambda text: None if asked.quiet else note(safe(text)))
    return origins_test(subject.company, subject.facts, origins=subject.origins, foresight=foresight, job=job)


def _names(subjects: Sequence[_Subject]) -> list[str]:
    kinds = {
        subject.stem: ("reliability",) if isinstance(subject.outcomes, Ratios)
        else ("cases", "scores", "reliability") if subject.company is None
        else ("later-facts", "chances")
        for subject in subjects
    }  # fmt: skip
    files = [f"{stem}-{table}.csv" for stem, names in kinds.items() for table in names]
    return ["backtest.json", *files, *(f"{stem}.png" for stem in kinds)]


def _files(found: dict[str, Found], document: dict[str, Any]) -> dict[str, Writer]:
    files = {"backtest.json": text_writer(as_json(document) + "\n")}
    for stem, item in found.items():
        files |= {f"{stem}-{name}.csv": text_writer(as_csv(table, index=False)) for name, table in tables(item).items()}
    return files | {f"{stem}.png": _chart(item) for stem, item in found.items()}


def _chart(item: Found) -> Writer:
    return lambda path: save_backtest(backtest_figure(item), Path(path), found=item)
