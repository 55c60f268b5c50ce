"""`tarmac learn` and its options."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tarmac.cli.asked import AskedLearn
from tarmac.cli.late import late
from tarmac.cli.options import Force, Json, Quiet

if TYPE_CHECKING:
    from tarmac.cli import learning
else:
    learning = late("tarmac.cli.learning")


def learn(
    file: Annotated[
        str, typer.Argument(metavar="FILE", help="Monthly actuals as CSV: a file, or a name on the shelf seeds/.")
    ],
    *,
    name: Annotated[
        str | None, typer.Option(metavar="NAME", help="The company's name; that of the file unless said.")
    ] = None,
    currency: Annotated[
        str | None, typer.Option(metavar="CODE", help="The currency of the amounts, where the file names none.")
    ] = None,
    out: Annotated[Path | None, typer.Option(metavar="FILE", help="Where to; models/NAME.toml unless said.")] = None,
    chart: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Draw the actuals and the next 12 months: png, svg or pdf.")
    ] = None,
    seed: Annotated[
        int | None, typer.Option(metavar="N", help="With --chart: a seed to repeat it by; without one, one is drawn.")
    ] = None,
    json: Json = False,
    force: Force = False,
    quiet: Quiet = False,
) -> int:
    """Write a company file from monthly actuals: ranges, and which months taught each of them."""
    return learning.run(
        AskedLearn(
            file=file,
            name=name,
            currency=currency,
            out=out,
            chart=chart,
            seed=seed,
            json=json,
            force=force,
            quiet=quiet,
        )
    )
