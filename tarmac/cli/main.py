"""The command line: which commands there are, and how their mistakes end: the exit codes.

0: done. 1: a fault of ours. 2: a mistake on the command line or in a file. 3: a gate failed. 130: interrupted.
"""

import importlib.metadata
import inspect
import os
import sys
import traceback
from collections.abc import Callable, Sequence
from typing import Annotated, Final

import typer
from typer.exceptions import TyperException

from tarmac.cli.commands import shelves
from tarmac.cli.commands.backtest import backtest
from tarmac.cli.commands.calibrate import calibrate
from tarmac.cli.commands.chart import chart
from tarmac.cli.commands.compare import compare
from tarmac.cli.commands.diff import diff
from tarmac.cli.commands.learn import learn
from tarmac.cli.commands.levers import levers
from tarmac.cli.commands.map_ import map_
from tarmac.cli.commands.portfolio import portfolio
from tarmac.cli.commands.raise_ import raise_
from tarmac.cli.commands.report import report
from tarmac.cli.commands.run import run
from tarmac.cli.commands.show import show
from tarmac.cli.commands.why import why
from tarmac.cli.console import MISTAKE, note, put, safe
from tarmac.errors import InputError

FAULT: Final = 1
INTERRUPTED: Final = 130

_MORE_PATHS: Final = " Other commands draw each path on its own: ask for more --paths."
ELSEWHERE: Final = {
    "--sampler": _MORE_PATHS,
    "--precision": _MORE_PATHS,
    "--resume": "",
    "--executor": "",
    "--workers": "",
    "--scheduler": "",
}
"""Options of some commands that are asked of others, and what to do there instead, where there is something."""

app = typer.Typer(
    name="tarmac",
    help="How much runway is left: a startup's cash, simulated month by month, with honest uncertainty.",
    epilog="Exit codes: 0 done, 1 a fault of ours, 2 a mistake on the command line or in a file, 3 a gate failed or a "
    "calibration has not come to rest, 130 interrupted.",
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)


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


COMMANDS: Final[dict[str, Callable[..., int]]] = {
    "run": run,
    "compare": compare,
    "levers": levers,
    "raise": raise_,
    "portfolio": portfolio,
    "report": report,
    "chart": chart,
    "calibrate": calibrate,
    "diff": diff,
    "learn": learn,
    "backtest": backtest,
    "why": why,
    "map": map_,
    "list": shelves.list_,
    "show": show,
    "check": shelves.check,
    "new": shelves.new,
    "schema": shelves.schema,
}
for name, command in COMMANDS.items():
    app.command(name=name)(command)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit code."""
    asked = list(sys.argv[1:] if arguments is None else arguments) or ["--help"]
    try:
        code = app(args=asked, prog_name="tarmac", standalone_mode=False)
    except InputError as error:
        note(str(error))
        return MISTAKE
    except TyperException as error:
        note(f"tarmac: {_said(error)}\nTry 'tarmac --help', or 'tarmac COMMAND --help'.")
        return MISTAKE
    except (KeyboardInterrupt, typer.Abort):
        code = INTERRUPTED
    except Exception as error:  # the last resort: a person sees a sentence, not a traceback
        return _apologise(error)
    if code == INTERRUPTED:
        note("interrupted")
    return code or 0


def _said(error: TyperException) -> str:
    option = getattr(error, "option_name", "")
    unknown = hasattr(error, "possibilities")  # the option, to this command: not one that lacks its value
    if unknown and option in ELSEWHERE:
        *others, last = _having(option)
        who = f"{', '.join(others)} and {last} have" if others else f"{last} has"
        return f"{option}: only tarmac {who} it.{ELSEWHERE[option]}"
    return safe(error.format_message()).replace(": Value error, ", ": ")


def _having(option: str) -> list[str]:
    """The commands that have an option of one word."""
    name = option.removeprefix("--")
    return [command for command, work in COMMANDS.items() if name in inspect.signature(work).parameters]


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
