"""`tarmac report`: the report of a company in a layout, on the screen in short and in files in full."""

import importlib.util
import shlex
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from functools import partial
from pathlib import Path
from typing import Final, TypeVar

from tarmac.cli.asked import AskedReport, AskedRun, Held
from tarmac.cli.checking import in_the_way, kept, unlike_a_run
from tarmac.cli.console import progress, safe
from tarmac.cli.running import named, patched, told, without_rate
from tarmac.cli.saving import Writer, file_name, refuse_existing, text_writer
from tarmac.cli.telling import hand_over
from tarmac.company import Company
from tarmac.dossier import Dossier, Run, Wanted, beside_of, dossier_of
from tarmac.errors import InputError, Problem, nearest
from tarmac.report.building import report_of, wanted_by
from tarmac.report.figure import keep
from tarmac.report.layouts import Layout, load_layout
from tarmac.report.onepager import write_onepager
from tarmac.report.pages import html_page, markdown_page
from tarmac.report.parts import Picture, Report, as_csv, as_parquet
from tarmac.report.pictures import WIDE
from tarmac.report.stamp import Notes, notes_of
from tarmac.report.words import counted
from tarmac.report.workbook import write_workbook
from tarmac.simulation import MOST_PATHS, How, simulate
from tarmac.streams import fresh_seed
from tarmac.workers import meanwhile

_SUCH: Final = {"company": "board", "portfolio": "portfolio"}
"""Of each kind of report, a layout that is there."""

_WORTH_A_PROCESS: Final = 10_000
"""Paths of a forecast from which on it pays to work out what stands beside it in a process of its own."""


@dataclass(frozen=True, slots=True)
class Paged:
    """A report that has been made: in which layout, and what its files are called."""

    layout: Layout
    report: Report
    stem: str


M = TypeVar("M", bound=Paged)


@dataclass(frozen=True, slots=True)
class Made(Paged):
    """A report of a company, what it was made from, and what its files say of themselves."""

    dossier: Dossier
    notes: Notes


def run(asked: AskedReport) -> int:
    """Check everything, work it out, print and save; the exit code."""
    company, layout = _checked(asked)
    dossier = worked_out(asked, company, wanted=wanted_by(layout), currency=asked.currency)
    command = _command(asked, dossier)
    report = report_of(dossier, layout, command=command)
    made = Made(layout, report, _stem(asked), dossier, notes_of(dossier, command=command))
    hand_over(
        asked,
        lambda: screen(report, paths=dossier.forecast.paths, seed=dossier.forecast.origin.seed),
        document=report.as_json,
        files=lambda: files_of(asked, made, by=FORMATS),
    )
    return 0


def worked_out(asked: AskedRun, company: Company, *, wanted: Wanted, currency: str | None) -> Dossier:
    """The forecast that was asked for, and what else is wanted beside it."""
    run_of = Run(fresh_seed() if asked.seed is None else asked.seed, asked.months, asked.paths)
    worth = wanted.beside and asked.paths >= _WORTH_A_PROCESS
    with meanwhile(partial(beside_of, wanted=wanted), (company, run_of), worth=worth) as beside:
        with progress(quiet=asked.quiet) as tell:
            how = How(progress=tell)
            forecast = simulate(company, months=asked.months, paths=asked.paths, seed=run_of.seed, how=how)
        forecast = told(named(forecast, asked.scenarios), company, currency=currency)
        return dossier_of(company, forecast, wanted=wanted, beside=beside)


def layout_for(name: str) -> Layout:
    """A layout for one company. InputError where there is none of that name, or it is for something else."""
    return layout_of(name, what="company")


def layout_of(name: str, *, what: str) -> Layout:
    """A layout for a company or a portfolio. InputError where there is none of that name, or it is for the other."""
    try:
        layout = load_layout(name)
    except InputError as error:
        raise InputError(list(_called_layout(error))) from None
    if layout.for_ != what:
        rule = "is for one company" if what == "company" else "is for a portfolio"
        remedy = f"choose a layout with for = '{what}', such as {_SUCH[what]}"
        raise InputError([Problem("command line", "layout", name, rule, remedy)])
    return layout


def _called_layout(error: InputError) -> Iterator[Problem]:
    for item in error.problems:
        where = "layout" if (item.file, item.where) == ("command line", "report") else item.where
        yield Problem(item.file, where, item.value, item.rule, item.remedy)


def _checked(asked: AskedReport) -> tuple[Company, Layout]:
    """The company and the layout; every mistake of the command line and its files at once."""
    problems: list[Problem] = []
    company = kept(problems, lambda name: patched(name, asked.scenarios), on=asked.company)
    layout = kept(problems, layout_for, on=asked.layout)
    problems += [*unlike_a_run(asked, most_paths=MOST_PATHS), *_wrong_formats(asked), *_of_portfolios(asked)]
    problems += [] if company is None else without_rate(asked.currency, company)
    pages = [f"{_stem(asked)}.{name}" for name in formats(asked) if name in _PAGES]
    problems += [*in_the_way(asked, pages)]
    if company is None or layout is None or problems:
        raise InputError(dict.fromkeys(problems))
    return company, layout


def _wrong_formats(asked: AskedReport) -> Iterator[Problem]:
    for name in formats(asked):
        if name not in FORMATS:
            yield Problem("command line", "format", name, "is a format of a report", nearest(name, FORMATS))
    yield from missing_parts(asked)


def _of_portfolios(asked: AskedReport) -> Iterator[Problem]:
    """Options that say something of a portfolio, and were given for one company."""
    for field in fields(Held):
        value, usual = getattr(asked.held, field.name), field.default
        if value != usual:
            name = "rate" if field.name == "rates" else field.name.replace("_", "-")
            shown = ", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)
            rule = "belongs to a portfolio, not to one company"
            yield Problem("command line", name, shown, rule, "leave it out, or name a portfolio")


def missing_parts(asked: AskedReport) -> Iterator[Problem]:
    """What a report cannot be written without: a folder, and the package that writes Parquet."""
    if "parquet" in formats(asked) and importlib.util.find_spec("pyarrow") is None:
        rule, remedy = "needs the package pyarrow, which is not installed", "pip install 'tarmac-runway[parquet]'"
        yield Problem("command line", "format", "parquet", rule, remedy)
    if asked.out is None and (asked.formats or not asked.json):
        yield Problem("command line", "out", "", "a report is written into a folder", "add --out DIR")


def formats(asked: AskedReport) -> Sequence[str]:
    """What to write, each once, whether said one by one or with commas between them."""
    said = [name.strip() for text in asked.formats for name in text.split(",")]
    return [*dict.fromkeys(said)] or ["html"]


def _stem(asked: AskedReport) -> str:
    company, layout = (file_name(Path(name).name.removesuffix(".toml")) for name in (asked.company, asked.layout))
    return f"{company}-{layout}"


def _command(asked: AskedReport, dossier: Dossier) -> str:
    """How to make the same report again."""
    scenarios = [word for name in asked.scenarios for word in ("-s", name)]
    told_in = [] if asked.currency is None else ["--currency", asked.currency]
    run_of = ["--months", asked.months, "--paths", asked.paths, "--seed", dossier.forecast.origin.seed]
    kinds = ["--format", ",".join(formats(asked))] if asked.formats else []
    words = ["tarmac", "report", asked.company, *scenarios, "--layout", asked.layout, *run_of, *told_in, *kinds]
    return safe(shlex.join(map(str, [*words, "--out", "."])))


def screen(report: Report, *, paths: int, seed: int) -> str:
    """The answer and the key figures; the rest stands in the files."""
    lines = [f"{safe(report.company)}: {report.title}", report.answer]
    lines += [f"  {figure.name}: {figure.value} ({figure.note})" for figure in report.figures]
    return "\n".join([*lines, f"Run: {counted(paths, 'path')}, seed {seed}."])


def files_of(asked: AskedReport, made: M, *, by: Mapping[str, Callable[[M], dict[str, Writer]]]) -> dict[str, Writer]:
    """What `--out` leaves, the page last; nothing is begun where one of the files is there already."""
    files: dict[str, Writer] = {}
    for name in sorted(formats(asked), key=_PAGES.__contains__):
        files |= by[name](made)
    if asked.out is not None:
        refuse_existing([asked.out / name for name in files], force=asked.force)
    return files


def _html(made: Paged) -> dict[str, Writer]:
    return {f"{made.stem}.html": text_writer(html_page(made.report, made.layout))}


def _markdown(made: Paged) -> dict[str, Writer]:
    """The page, and each of its charts in a file beside it."""
    names = {picture.name: f"{made.stem}-{picture.name}.svg" for picture in made.report.pictures}
    charts = {names[picture.name]: _chart(picture) for picture in made.report.pictures}
    page = markdown_page(made.report, made.layout, pictures=names)
    return {**charts, f"{made.stem}.md": text_writer(page)}


def _chart(picture: Picture) -> Writer:
    return lambda path: keep(picture.draw(WIDE), path, title=picture.title, description=picture.words)


def _csv(made: Paged) -> dict[str, Writer]:
    return {f"{made.stem}-{name}.csv": text_writer(as_csv(frame)) for name, frame in made.report.frames().items()}


def _parquet(made: Paged) -> dict[str, Writer]:
    frames = made.report.frames()
    return {f"{made.stem}-{name}.parquet": _bytes_writer(as_parquet(frame)) for name, frame in frames.items()}


def _workbook(made: Made) -> dict[str, Writer]:
    """The workbook: the base case as formulas, the forecast as values."""
    of, notes = made.dossier, made.notes
    return {
        f"{made.stem}.xlsx": lambda path: write_workbook(
            path, of.company, forecast=of.forecast, compared=of.compared, notes=notes
        )
    }


def _onepager(made: Made) -> dict[str, Writer]:
    """The answer on one page."""
    of, notes = made.dossier, made.notes
    return {f"{made.stem}.pdf": lambda path: write_onepager(path, of.forecast, raised=of.raised, notes=notes)}


def _bytes_writer(content: bytes) -> Writer:
    return lambda path: path.write_bytes(content)


PLAIN: Final[dict[str, Callable[[Paged], dict[str, Writer]]]] = {
    "html": _html,
    "md": _markdown,
    "csv": _csv,
    "parquet": _parquet,
}
"""What any report can be written as, whatever it is of: the files of each, by name."""

FORMATS: Final[dict[str, Callable[[Made], dict[str, Writer]]]] = {**PLAIN, "xlsx": _workbook, "pdf": _onepager}
"""What the report of a company can be written as."""

_PAGES: Final = ("html", "xlsx", "pdf", "md")
"""Formats that leave one file of this ending, known before the report is made."""
