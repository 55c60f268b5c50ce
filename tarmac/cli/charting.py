"""`tarmac chart`: one chart of a report alone, with its title."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from tarmac.cli.asked import AskedChart, Form
from tarmac.cli.checking import in_the_way, kept, unlike_a_run
from tarmac.cli.console import safe
from tarmac.cli.paging import layout_of
from tarmac.cli.reporting import worked_out
from tarmac.cli.running import patched, without_rate
from tarmac.cli.saving import Writer, file_name
from tarmac.cli.telling import hand_over
from tarmac.company import Company
from tarmac.dossier import Dossier, Wanted
from tarmac.errors import InputError, Problem, nearest
from tarmac.report.comparing_charts import overlay_figure, save_compared
from tarmac.report.figure import runway_figure, save
from tarmac.report.layouts import Layout
from tarmac.report.levers import levers_figure, save_levers
from tarmac.report.owning import ownership_figure, save_ownership
from tarmac.report.raising_charts import raise_figure, save_raise
from tarmac.simulation import MOST_PATHS


@dataclass(frozen=True, slots=True)
class _Kind:
    """A chart that can be asked for: what has to be worked out, what of it is drawn, how it is drawn and kept."""

    wanted: Callable[[Layout], Wanted]
    found: Callable[[Dossier], Any]
    draw: Callable[[Any, str], Any]
    keep: Callable[[Any, Path, Any], object]


def run(asked: AskedChart) -> int:
    """Check everything, work it out and draw it; the exit code."""
    company, layout = _checked(asked)
    kind = KINDS[asked.name]
    dossier = worked_out(asked, company, wanted=kind.wanted(layout), currency=asked.currency)
    found = kind.found(dossier)
    if found is None:
        why = dossier.missing.get("raise", "there is nothing to show for this company")
        raise InputError([Problem("command line", "chart", asked.name, f"can be worked out: {why}", "choose another")])
    hand_over(
        asked,
        lambda: f"{asked.name} of {safe(dossier.forecast.company)}: seed {dossier.forecast.origin.seed}",
        document=dict,
        files=lambda: {name: _writer(kind, found, size=asked.size.value) for name in _names(asked)},
    )
    return 0


def _writer(kind: _Kind, found: object, *, size: str) -> Writer:
    return lambda path: kind.keep(kind.draw(found, size), path, found)


def _checked(asked: AskedChart) -> tuple[Company, Layout]:
    """The company and the layout; every mistake of the command line and its files at once."""
    problems: list[Problem] = []
    company = kept(problems, lambda name: patched(name, asked.scenarios), on=asked.company)
    layout = kept(problems, lambda name: layout_of(name, what="company"), on=asked.layout)
    problems += [*unlike_a_run(asked, most_paths=MOST_PATHS), *in_the_way(asked, _names(asked))]
    if asked.name not in KINDS:
        rule = "is a chart of a report"
        problems.append(Problem("command line", "chart", asked.name, rule, nearest(asked.name, KINDS)))
    if asked.out is None:
        problems.append(Problem("command line", "out", "", "a chart is written into a folder", "add --out DIR"))
    problems += [] if company is None else without_rate(asked.currency, company)
    if company is None or layout is None or problems:
        raise InputError(dict.fromkeys(problems))
    return company, layout


def _names(asked: AskedChart) -> list[str]:
    stem = f"{file_name(Path(asked.company).name.removesuffix('.toml'))}-{file_name(asked.name)}"
    return [f"{stem}.{form}" for form in dict.fromkeys(asked.forms or [Form.PNG])]


KINDS: Final = {
    "runway": _Kind(
        lambda _: Wanted(),
        lambda dossier: dossier.forecast,
        runway_figure,
        lambda figure, path, found: save(figure, path, forecast=found),
    ),
    "ownership": _Kind(
        lambda _: Wanted(),
        lambda dossier: None if dossier.forecast.ownership is None else dossier.forecast,
        ownership_figure,
        lambda figure, path, found: save_ownership(figure, path, forecast=found),
    ),
    "need": _Kind(
        lambda layout: Wanted(raising=True, confidence=layout.confidence),
        lambda dossier: dossier.raised,
        raise_figure,
        lambda figure, path, found: save_raise(figure, path, found=found),
    ),
    "scenarios": _Kind(
        lambda layout: Wanted(scenarios=layout.scenarios),
        lambda dossier: dossier.compared,
        overlay_figure,
        lambda figure, path, found: save_compared(figure, path, found=found),
    ),
    "levers": _Kind(
        lambda _: Wanted(levers=True),
        lambda dossier: dossier.ranked,
        levers_figure,
        lambda figure, path, found: save_levers(figure, path, found=found),
    ),
}
"""The charts of a report, by name."""
