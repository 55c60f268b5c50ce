"""`tarmac diff` and its options."""

from typing import TYPE_CHECKING, Annotated

import typer

from tarmac.cli.asked import MONTHS, AskedDiff
from tarmac.cli.late import late
from tarmac.cli.options import Force, Json, Out, PathsOfEach, Quiet, Seed

if TYPE_CHECKING:
    from tarmac.cli import differing
else:
    differing = late("tarmac.cli.differing")


def diff(
    old: Annotated[str, typer.Argument(metavar="OLD", help="The earlier version: a name on the shelf, or a file.")],
    new: Annotated[str, typer.Argument(metavar="NEW", help="The later version of the same company.")],
    *,
    months: Annotated[int, typer.Option(metavar="N", help="Months to look ahead, from each one's first.")] = MONTHS,
    paths: PathsOfEach = 8_192,
    seed: Seed = None,
    old_seed: Annotated[
        int | None,
        typer.Option(metavar="N", help="The seed the old figures were told with: what other draws did stands apart."),
    ] = None,
    json: Json = False,
    out: Out = None,
    force: Force = False,
    quiet: Quiet = False,
) -> int:
    """Say why runway changed between two versions of a company file, part by part."""
    return differing.run(
        AskedDiff(
            old=old,
            new=new,
            months=months,
            paths=paths,
            seed=seed,
            old_seed=old_seed,
            json=json,
            out=out,
            force=force,
            quiet=quiet,
        )
    )
