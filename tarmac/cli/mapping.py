"""`tarmac map`: survival over two numbers, on the screen and in files."""

from dataclasses import replace
from pathlib import Path
from typing import Final

from tarmac.axes import Axis, axes_of
from tarmac.cli.asked import AskedMap
from tarmac.cli.carrying import how_of, unlike_means
from tarmac.cli.checking import in_the_way, kept, unlike_a_run
from tarmac.cli.console import progress
from tarmac.cli.running import patched
from tarmac.cli.saving import Writer, as_json, text_writer
from tarmac.cli.telling import hand_over
from tarmac.company import Company
from tarmac.engine.block import Job
from tarmac.errors import InputError, Problem, out_of_range
from tarmac.layout import plan_of
from tarmac.report.map import map_figure, map_table, map_text, save_map
from tarmac.report.spreadsheet import as_csv
from tarmac.ruinmap import RuinMap, ruin_map
from tarmac.streams import fresh_seed

_MOST_PATHS: Final = 1_000_000
_MOST_CELLS: Final = 200
_FILES: Final = ("map.json", "map.csv", "map.png")


def run(asked: AskedMap) -> int:
    """Check everything, run, print and save; the exit code."""
    company, axes = _checked(asked)
    seed = fresh_seed() if asked.seed is None else asked.seed
    job = Job(plan_of(company), seed, asked.months, asked.paths)
    with progress(quiet=asked.quiet) as tell:
        how = how_of(asked.means, tell)
        try:
            found = ruin_map(company, axes=axes, show=asked.show.value, job=job, how=how)
        except OverflowError:
            rule, remedy = "amounts stay below 1e38", "narrow the ranges, or look fewer months ahead"
            raise InputError(
                [Problem("command line", "x and y", f"over {asked.months} months", rule, remedy)]
            ) from None
    found = replace(found, scenarios=tuple(Path(name).name.removesuffix(".toml") for name in asked.scenarios))
    hand_over(
        asked,
        lambda: map_text(found),
        document=found.as_json,
        files=lambda: _files(found),
    )
    return 0


def _checked(asked: AskedMap) -> tuple[Company, tuple[Axis, Axis]]:
    """The company and the axes; every mistake of the command line and its files at once."""
    problems = [
        *unlike_a_run(asked, most_paths=_MOST_PATHS),
        *unlike_means(asked.means),
        *out_of_range(cells=(asked.cells, 2, _MOST_CELLS)),
        *in_the_way(asked, _FILES),
    ]
    company = kept(problems, lambda name: patched(name, asked.scenarios), on=asked.company)
    axes = None if company is None else kept(problems, lambda known: _axes(asked, known), on=company)
    if company is None or axes is None or problems:
        raise InputError(problems)
    return company, axes


def _axes(asked: AskedMap, company: Company) -> tuple[Axis, Axis]:
    return axes_of(company, (asked.x, asked.y), cells=max(asked.cells, 2))


def _files(found: RuinMap) -> dict[str, Writer]:
    return {
        "map.json": text_writer(as_json(found.as_json()) + "\n"),
        "map.csv": text_writer(as_csv(map_table(found), index=False)),
        "map.png": lambda path: save_map(map_figure(found), Path(path), found=found),
    }
