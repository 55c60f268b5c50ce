"""`tarmac report`: the report of a company in a layout, on the screen in short and in files in full."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields
from functools import partial
from typing import Final

from tarmac.cli.asked import AskedPages, AskedReport, AskedRun, Held, Means
from tarmac.cli.carrying import how_of, unlike_means
from tarmac.cli.checking import in_the_way, kept, unlike_a_run
from tarmac.cli.console import progress
from tarmac.cli.paging import PLAIN, Paged, again, files_of, layout_of, pages_of, screen, stem, unlike_formats
from tarmac.cli.running import named, patched, told, without_rate
from tarmac.cli.saving import Writer
from tarmac.cli.telling import hand_over
from tarmac.company import Company
from tarmac.dossier import Dossier, Run, Wanted, beside_of, dossier_of
from tarmac.errors import InputError, Problem, printable
from tarmac.report.building import report_of, wanted_by
from tarmac.report.layouts import Layout
from tarmac.report.onepager import write_onepager
from tarmac.report.stamp import Notes, notes_of
from tarmac.report.workbook import write_workbook
from tarmac.simulation import MOST_PATHS, simulate
from tarmac.streams import fresh_seed
from tarmac.workers import meanwhile

_WORTH_A_PROCESS: Final = 10_000
"""Paths of a forecast from which on it pays to work out what stands beside it in a process of its own."""


@dataclass(frozen=True, slots=True)
class Made(Paged):
    """A report of a company, what it was made from, and what its files say of themselves."""

    dossier: Dossier
    notes: Notes


def run(asked: AskedReport) -> int:
    """Check everything, work it out, print and save; the exit code."""
    company, layout = _checked(asked)
    dossier = worked_out(asked, company, wanted=wanted_by(layout), currency=asked.currency)
    command = again(asked, seed=dossier.forecast.origin.seed)
    report = report_of(dossier, layout, command=command)
    made = Made(layout, report, stem(asked, asked.layout), dossier, notes_of(dossier, command=command))
    hand_over(
        asked,
        lambda: screen(report, paths=dossier.forecast.paths, seed=dossier.forecast.origin.seed),
        document=report.as_json,
        files=lambda: files_of(asked, made, by=_FORMATS),
    )
    return 0


def worked_out(asked: AskedRun, company: Company, *, wanted: Wanted, currency: str | None) -> Dossier:
    """The forecast that was asked for, and what else is wanted beside it."""
    run_of = Run(fresh_seed() if asked.seed is None else asked.seed, asked.months, asked.paths)
    worth = wanted.beside and asked.paths >= _WORTH_A_PROCESS and asked.means == Means()
    with meanwhile(partial(beside_of, wanted=wanted), (company, run_of), worth=worth) as beside:
        with progress(quiet=asked.quiet) as tell:
            how = how_of(asked.means, tell)
            forecast = simulate(company, months=asked.months, paths=asked.paths, seed=run_of.seed, how=how)
        forecast = told(named(forecast, asked.scenarios), company, currency=currency)
        return dossier_of(company, forecast, wanted=wanted, beside=beside)


def _checked(asked: AskedReport) -> tuple[Company, Layout]:
    """The company and the layout; every mistake of the command line and its files at once."""
    problems: list[Problem] = []
    company = kept(problems, lambda name: patched(name, asked.scenarios), on=asked.company)
    layout = kept(problems, lambda name: layout_of(name, what="company"), on=asked.layout)
    problems += [*unlike_a_run(asked, most_paths=MOST_PATHS), *unlike_means(asked.means)]
    problems += [*unlike_formats(asked), *of_portfolios(asked)]
    problems += [] if company is None else without_rate(asked.currency, company)
    problems += [*in_the_way(asked, pages_of(asked))]
    if company is None or layout is None or problems:
        raise InputError(dict.fromkeys(problems))
    return company, layout


def of_portfolios(asked: AskedPages) -> Iterator[Problem]:
    """Options that say something of a portfolio, and were given for one company."""
    for field in fields(Held):
        value, usual = getattr(asked.held, field.name), field.default
        if value != usual:
            name = "rate" if field.name == "rates" else field.name.replace("_", "-")
            shown = ", ".join(map(str, value)) if isinstance(value, list | tuple) else printable(value)
            rule = "belongs to a portfolio, not to one company"
            yield Problem("command line", name, shown, rule, "leave it out, or name a portfolio")


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


_FORMATS: Final[dict[str, Callable[[Made], dict[str, Writer]]]] = {**PLAIN, "xlsx": _workbook, "pdf": _onepager}
"""What the report of a company can be written as."""
