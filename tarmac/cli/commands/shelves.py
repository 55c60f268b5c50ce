"""The commands about files: `tarmac list`, `check`, `new` and `schema`."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tarmac.cli.late import late
from tarmac.cli.options import Force, Quiet

if TYPE_CHECKING:
    from tarmac.cli import shelf
else:
    shelf = late("tarmac.cli.shelf")


def list_() -> int:
    """List the companies, scenarios, facts, actuals and outcomes on the shelves, here and shipped."""
    return shelf.show_shelves()


def check(files: Annotated[list[str], typer.Argument(metavar="FILE...", help="Companies and scenarios.")]) -> int:
    """Check companies, scenarios and layouts, and print every mistake of all of them."""
    return shelf.check(files)


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


def schema() -> int:
    """Print the JSON Schema of a company file, for editors."""
    return shelf.print_schema()
