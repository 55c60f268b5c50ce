"""What reports of a company and of a portfolio have in common: layouts, formats, files, how one is made again."""

import importlib.util
import shlex
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TypeVar

from tarmac import library
from tarmac.cli.asked import AskedPages, AskedReport, Held
from tarmac.cli.console import safe
from tarmac.cli.saving import Writer, file_name, refuse_existing, text_writer
from tarmac.errors import InputError, Problem, nearest
from tarmac.report.figure import keep
from tarmac.report.layouts import SHELF, Layout, load_layout
from tarmac.report.pages import html_page, markdown_page
from tarmac.report.parts import Picture, Report, as_parquet
from tarmac.report.pictures import WIDE
from tarmac.report.spreadsheet import as_csv
from tarmac.report.words import counted

USUAL: Final = {"company": "board", "portfolio": "portfolio"}
"""Of each kind of report, the layout unless another is said."""


@dataclass(frozen=True, slots=True)
class Paged:
    """A report that has been made: in which layout, and what its files are called."""

    layout: Layout
    report: Report
    stem: str


M = TypeVar("M", bound=Paged)


def layout_of(name: str, *, what: str) -> Layout:
    """A layout for a company or a portfolio. InputError where there is none of that name, or it is for the other."""
    try:
        layout = load_layout(name)
    except InputError as error:
        raise InputError(list(_called_layout(error))) from None
    if layout.for_ != what:
        rule = (
            "a layout for one company does not fit a portfolio"
            if what == "portfolio"
            else "a layout for a portfolio does not fit one company"
        )
        remedy = f"choose one that does: {', '.join(_fitting(what))}"
        raise InputError([Problem("command line", "layout", name, rule, remedy)])
    return layout


def _fitting(what: str) -> Iterator[str]:
    """The layouts on the shelf that are for a company, or for a portfolio; those with mistakes are left out."""
    for found in library.on_shelf(SHELF):
        try:
            if load_layout(found.path).for_ == what:
                yield found.name
        except InputError:
            continue


def _called_layout(error: InputError) -> Iterator[Problem]:
    for item in error.problems:
        where = "layout" if (item.file, item.where) == ("command line", "report") else item.where
        yield Problem(item.file, where, item.value, item.rule, item.remedy)


def unlike_formats(asked: AskedReport) -> Iterator[Problem]:
    """Formats there are none of, and what a report cannot be written without: a folder, what writes Parquet."""
    for name in formats(asked):
        if name not in FORMATS:
            yield Problem("command line", "format", name, "is a format of a report", nearest(name, FORMATS))
    if "parquet" in formats(asked) and importlib.util.find_spec("pyarrow") is None:
        rule, remedy = "needs the package pyarrow, which is not installed", "pip install 'tarmac-runway[parquet]'"
        yield Problem("command line", "format", "parquet", rule, remedy)
    if asked.out is None and (asked.formats or not asked.json):
        yield Problem("command line", "out", "", "a report is written into a folder", "add --out DIR")


def formats(asked: AskedReport) -> Sequence[str]:
    """What to write, each once, whether said one by one or with commas between them."""
    said = [name.strip() for text in asked.formats for name in text.split(",")]
    return [*dict.fromkeys(said)] or ["html"]


def stem(asked: AskedPages, what: str) -> str:
    """What the files on a company or a portfolio are called, but for their endings. `what`: a layout, or a chart."""
    path = Path(asked.company)
    bare = path.stem if path.suffix.casefold() in _ENDINGS else path.name
    name = path.resolve().name if library.is_folder(path) else bare
    return f"{file_name(name)}-{file_name(Path(what).name.removesuffix('.toml'))}"


def pages_of(asked: AskedReport) -> list[str]:
    """The names of the files that are known before the report is made."""
    return [f"{stem(asked, asked.layout)}.{name}" for name in formats(asked) if name in _PAGES]


def again(asked: AskedReport, *, seed: int) -> str:
    """How to make the same report again, as it is typed."""
    said, words = asked.held, ["tarmac", "report", asked.company]
    for option, values in {"-s": asked.scenarios, "--common": said.common, "--rate": said.rates}.items():
        words += [word for value in values for word in (option, value)]
    given = {
        "--layout": asked.layout,
        "--months": asked.months,
        "--paths": asked.paths,
        "--seed": seed,
        "--currency": asked.currency,
        "--stake": said.stake,
        "--investor": said.investor,
        "--first-month": said.first_month,
        "--defaults": said.defaults if said.defaults != Held().defaults else None,
        "--format": ",".join(formats(asked)) if asked.formats else None,
    }
    words += [str(word) for option, value in given.items() if value is not None for word in (option, value)]
    return safe(shlex.join([*words, *(["--align"] if said.align else []), "--out", "."]))


def screen(report: Report, *, paths: int, seed: int) -> str:
    """The answer and the key figures; the rest stands in the files."""
    lines = [f"{safe(report.name)}: {report.title}", report.answer]
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
    frames = made.report.frames()
    return {f"{made.stem}-{name}.csv": text_writer(as_csv(frame, index=False)) for name, frame in frames.items()}


def _parquet(made: Paged) -> dict[str, Writer]:
    frames = made.report.frames()
    return {f"{made.stem}-{name}.parquet": bytes_writer(as_parquet(frame)) for name, frame in frames.items()}


def bytes_writer(content: bytes) -> Writer:
    """Writes some bytes."""
    return lambda path: path.write_bytes(content)


PLAIN: Final[dict[str, Callable[[Paged], dict[str, Writer]]]] = {
    "html": _html,
    "md": _markdown,
    "csv": _csv,
    "parquet": _parquet,
}
"""What any report can be written as, whatever it is of: the files of each, by name."""

FORMATS: Final = (*PLAIN, "xlsx", "pdf")
"""What a report can be written as."""

_ENDINGS: Final = (".toml", ".csv", ".xlsx")
_PAGES: Final = ("html", "xlsx", "pdf", "md")
"""Formats that leave one file of this ending, known before the report is made."""
