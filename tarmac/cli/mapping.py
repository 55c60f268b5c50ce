"""`tarmac map`: survival over two numbers, on the screen and in files."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Final

from tarmac.axes import Axis, axes_of
from tarmac.cli.asked import AskedMap
from tarmac.cli.console import note, progress, put, safe
from tarmac.cli.running import patched
from tarmac.cli.saving import Writer, as_json, refuse_existing, text_writer, write_all
from tarmac.company import Company
from tarmac.company.line_checks import LONGEST
from tarmac.engine.block import Job
from tarmac.errors import InputError, Problem
from tarmac.layout import plan_of
from tarmac.report.map import map_figure, map_table, map_text, save_map
from tarmac.ruinmap import RuinMap, ruin_map
from tarmac.simulation import How
from tarmac.streams import MAX_SEED, fresh_seed

_MOST_PATHS: Final = 1_000_000
_MOST_CELLS: Final = 200
_FILES: Final = ("map.json", "map.csv", "map.png")


def run(asked: AskedMap) -> int:
    """Check everything, run, print and save; the exit code."""
    company, axes = _checked(asked)
    seed = fresh_seed() if asked.seed is None else asked.seed
    job = Job(plan_of(company), seed, asked.months, asked.paths)
    with progress(quiet=asked.quiet) as tell:
        try:
            found = ruin_map(company, axes=axes, show=asked.show.value, job=job, how=How(progress=tell))
        except OverflowError:
            rule, remedy = "amounts stay below 1e38", "narrow the ranges, or look fewer months ahead"
            raise InputError(
                [Problem("command line", "x and y", f"over {asked.months} months", rule, remedy)]
            ) from None
    found = replace(found, scenarios=tuple(Path(name).name.removesuffix(".toml") for name in asked.scenarios))
    saved = [] if asked.out is None else write_all(asked.out, _files(found))
    put(as_json(found.as_json()) if asked.json else map_text(found))
    if not asked.quiet:
        for path in saved:
            note(f"wrote {safe(path)}")
    return 0


def _checked(asked: AskedMap) -> tuple[Company, tuple[Axis, Axis]]:
    """The company and the axes; every mistake of the command line and its files at once."""
    problems = list(_out_of_range(asked))
    company: Company | None = None
    axes: tuple[Axis, Axis] | None = None
    try:
        company = patched(asked.company, asked.scenarios)
        axes = axes_of(company, (asked.x, asked.y), cells=max(asked.cells, 2))
    except InputError as error:
        problems += error.problems
    if asked.out is not None:
        try:
            refuse_existing([asked.out / name for name in _FILES], force=asked.force)
        except InputError as error:
            problems += error.problems
    if company is None or axes is None or problems:
        raise InputError(problems)
    return company, axes


def _out_of_range(asked: AskedMap) -> Iterator[Problem]:
    for where, value, low, high in (
        ("months", asked.months, 1, LONGEST),
        ("cells", asked.cells, 2, _MOST_CELLS),
        ("paths", asked.paths, 1, _MOST_PATHS),
        ("seed", asked.seed, 0, MAX_SEED),
    ):
        if value is not None and not low <= value <= high:
            rule = f"is a whole number from {low} to {high}"
            yield Problem("command line", where, str(value), rule, "choose one")


def _files(found: RuinMap) -> dict[str, Writer]:
    return {
        "map.json": text_writer(as_json(found.as_json()) + "\n"),
        "map.csv": text_writer(map_table(found).to_csv(index=False, lineterminator="\n")),
        "map.png": lambda path: save_map(map_figure(found), Path(path), found=found),
    }
