"""The commands and their options, and how their mistakes end: the exit codes.

0: done. 1: a fault of ours. 2: a mistake on the command line or in a file. 3: a gate failed. 130: interrupted.
"""

import importlib.metadata
import os
import sys
import traceback
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer
from typer.exceptions import TyperException

from tarmac.cli.asked import Asked, AskedRaise, AskedStatements, By, Form, Size
from tarmac.cli.console import MISTAKE, note, put, safe
from tarmac.cli.late import late
from tarmac.errors import InputError

if TYPE_CHECKING:
    from tarmac.cli import raising, running, shelf, showing, stating
else:
    raising, running, shelf, showing, stating = (
        late(f"tarmac.cli.{name}") for name in ("raising", "running", "shelf", "showing", "stating")
    )

FAULT: Final = 1
INTERRUPTED: Final = 130

app = typer.Typer(
    name="tarmac",
    help="How much runway is left: a startup's cash, simulated month by month, with honest uncertainty.",
    epilog="Exit codes: 0 done, 1 a fault of ours, 2 a mistake on the command line or in a file, 3 a gate failed.",
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)

CompanyName = Annotated[str, typer.Argument(metavar="COMPANY", help="A name on the shelf models/, or a file.")]
Scenarios = Annotated[
    list[str] | None,
    typer.Option("--scenario", "-s", metavar="NAME", help="A scenario by name or file; several apply in order."),
]
Force = Annotated[bool, typer.Option("--force", help="Replace files that are already there.")]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="No messages and no progress bar; data and mistakes only.")]


def _version(wanted: bool) -> None:
    if wanted:
        try:
            put(f"tarmac {importlib.metadata.version('tarmac-runway')}")
        except importlib.metadata.PackageNotFoundError:
            put("tarmac, run from a checkout that is not installed")
        raise typer.Exit


@app.callback()
def tarmac(
    *,
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version and end.")
    ] = False,
) -> None:
    """How much runway is left: a startup's cash, simulated month by month, with honest uncertainty."""


@app.command()
def run(
    company: CompanyName,
    *,
    scenario: Scenarios = None,
    months: Annotated[int, typer.Option(metavar="N", help="Months to simulate.")] = 36,
    paths: Annotated[int, typer.Option(metavar="N", help="Paths to simulate.")] = 20_000,
    seed: Annotated[
        int | None, typer.Option(metavar="N", help="A seed to repeat a run by; without one, one is drawn.")
    ] = None,
    without_funding: Annotated[bool, typer.Option("--without-funding", help="Take every round away.")] = False,
    json: Annotated[bool, typer.Option("--json", help="Print the forecast as JSON, and nothing else.")] = False,
    out: Annotated[Path | None, typer.Option(metavar="DIR", help="Write chart, tables and forecast there.")] = None,
    force: Force = False,
    quiet: Quiet = False,
    fail_if: Annotated[
        list[str] | None,
        typer.Option(metavar="GATE", help="End with exit code 3 if this holds: 'insolvent by 12 > 10%'. Repeatable."),
    ] = None,
    chart: Annotated[
        list[Form] | None, typer.Option(metavar="png|svg|pdf", help="Format of the chart; png unless said. Repeatable.")
    ] = None,
    size: Annotated[
        list[Size] | None,
        typer.Option(metavar="slide|document|social|square", help="Size of the chart; slide unless said. Repeatable."),
    ] = None,
    workers: Annotated[int | None, typer.Option(metavar="N", help="Processes; changes no result.")] = None,
    audit: Annotated[bool, typer.Option("--audit", help="Check that no cash appears or vanishes; slower.")] = False,
) -> int:
    """Simulate a company and say how much runway is left."""
    return running.run(
        Asked(
            company=company,
            scenarios=scenario or (),
            months=months,
            paths=paths,
            seed=seed,
            workers=workers,
            audit=audit,
            without_funding=without_funding,
            json=json,
            out=out,
            force=force,
            quiet=quiet,
            fail_if=fail_if or (),
            forms=chart or (),
            sizes=size or (),
        )
    )


@app.command(name="raise")
def raise_(
    company: CompanyName,
    *,
    scenario: Scenarios = None,
    months: Annotated[int, typer.Option(metavar="N", help="Months to get through.")] = 24,
    confidence: Annotated[str, typer.Option(metavar="SHARE", help="Share of the paths that must get through.")] = "90%",
    at: Annotated[
        str | None, typer.Option(metavar="MONTH", help="The month in which the money is there; the first unless said.")
    ] = None,
    takes: Annotated[
        str | None,
        typer.Option(metavar="MONTHS", help="Months an attempt takes ('4 to 9'); those of the company's equity round."),
    ] = None,
    succeeds: Annotated[
        str | None, typer.Option(metavar="SHARE", help="Chance that it closes; that of the company's equity round.")
    ] = None,
    paths: Annotated[int, typer.Option(metavar="N", help="Paths to simulate.")] = 8_192,
    seed: Annotated[int | None, typer.Option(metavar="N", help="A seed to repeat a run by.")] = None,
    json: Annotated[bool, typer.Option("--json", help="Print JSON, and nothing else.")] = False,
    out: Annotated[Path | None, typer.Option(metavar="DIR", help="Write chart, tables and JSON there.")] = None,
    force: Force = False,
    quiet: Quiet = False,
) -> int:
    """Say how much must be raised, by when it must begin, and what share of the paths that saves."""
    return raising.run(
        AskedRaise(
            company=company,
            scenarios=scenario or (),
            months=months,
            confidence=confidence,
            at=at,
            takes=takes,
            succeeds=succeeds,
            paths=paths,
            seed=seed,
            json=json,
            out=out,
            force=force,
            quiet=quiet,
        )
    )


@app.command(name="list")
def list_() -> int:
    """List the companies and scenarios on the shelves, here and shipped."""
    return shelf.show_shelves()


@app.command()
def show(
    company: CompanyName,
    *,
    scenario: Scenarios = None,
    path: Annotated[
        str | None,
        typer.Option(
            metavar="N|mean|median",
            help="Print profit and loss, cash flow and balance sheet by month instead: of a path by its number from 1, "
            "of the path of median runway, or the mean over all paths.",
        ),
    ] = None,
    seed: Annotated[
        int | None, typer.Option(metavar="N", help="The seed of the run; without one, one is drawn.")
    ] = None,
    months: Annotated[int | None, typer.Option(metavar="N", help="Months to simulate; 36 unless said.")] = None,
    paths: Annotated[int | None, typer.Option(metavar="N", help="Paths of the run; 20,000 unless said.")] = None,
    by: Annotated[
        By | None, typer.Option(metavar="month|quarter|year", help="What a printed column covers; month unless said.")
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="Print the statements as JSON, and nothing else.")] = False,
    out: Annotated[Path | None, typer.Option(metavar="DIR", help="Write the statements as CSV and JSON there.")] = None,
    force: Force = False,
    quiet: Quiet = False,
) -> int:
    """Print a company in words, every number explained; or, with --path, its statements on one simulated path."""
    asked = AskedStatements(
        company=company,
        scenarios=scenario or (),
        path=path,
        months=months,
        paths=paths,
        seed=seed,
        by=by,
        json=json,
        out=out,
        force=force,
        quiet=quiet,
    )
    return showing.show(company, asked.scenarios) if stating.nothing_asked(asked) else stating.state(asked)


@app.command()
def check(files: Annotated[list[str], typer.Argument(metavar="FILE...", help="Companies and scenarios.")]) -> int:
    """Check companies and scenarios, and print every mistake of all of them."""
    return shelf.check(files)


@app.command()
def new(
    name: Annotated[str, typer.Argument(metavar="NAME", help="The new company's name.")],
    *,
    model: Annotated[str, typer.Option("--from", metavar="COMPANY", help="The model to copy.")] = "saas-seed",
    out: Annotated[Path | None, typer.Option(metavar="FILE", help="Where to; models/NAME.toml unless said.")] = None,
    force: Force = False,
    quiet: Quiet = False,
) -> int:
    """Begin a company file from a model that is there."""
    return shelf.new(name, model=model, out=out, force=force, quiet=quiet)


@app.command()
def schema() -> int:
    """Print the JSON Schema of a company file, for editors."""
    return shelf.print_schema()


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit code."""
    asked = list(sys.argv[1:] if arguments is None else arguments) or ["--help"]
    try:
        code = app(args=asked, prog_name="tarmac", standalone_mode=False)
    except InputError as error:
        note(str(error))
        return MISTAKE
    except TyperException as error:
        note(f"tarmac: {safe(error.format_message())}\nTry 'tarmac --help', or 'tarmac COMMAND --help'.")
        return MISTAKE
    except (KeyboardInterrupt, typer.Abort):
        code = INTERRUPTED
    except Exception as error:  # the last resort: a person sees a sentence, not a traceback
        return _apologise(error)
    if code == INTERRUPTED:
        note("interrupted")
    return code or 0


def _apologise(error: Exception) -> int:
    """Say that a fault is ours; with TARMAC_DEBUG=1, where it is."""
    if os.environ.get("TARMAC_DEBUG") == "1":
        traceback.print_exception(error)
    note(
        f"tarmac: this is a fault of Tarmac's, not yours. {type(error).__name__}: {safe(error)}\n"
        "Please report it with the command and the files it read; TARMAC_DEBUG=1 prints where it happened."
    )
    return FAULT


if __name__ == "__main__":
    sys.exit(main())
