"""`tarmac calibrate` and its options."""

from typing import TYPE_CHECKING, Annotated

import typer

from tarmac.cli.asked import AskedCalibration
from tarmac.cli.late import late
from tarmac.cli.options import CompanyName, Force, Json, Out, Quiet, Seed

if TYPE_CHECKING:
    from tarmac.cli import calibrating
else:
    calibrating = late("tarmac.cli.calibrating")


def calibrate(
    company: CompanyName,
    *,
    origin: Annotated[
        str | None,
        typer.Option(metavar="MONTH", help="Use facts known by then ('2023-10'); all of them unless said."),
    ] = None,
    draws: Annotated[int, typer.Option(metavar="N", help="Rows of the posterior that are kept.")] = 2_000,
    seed: Seed = None,
    json: Json = False,
    out: Out = None,
    force: Force = False,
    quiet: Quiet = False,
) -> int:
    """Learn a company's uncertain numbers from its facts, and judge the model by those known later."""
    return calibrating.run(
        AskedCalibration(
            company=company,
            origin=origin,
            draws=draws,
            seed=seed,
            json=json,
            out=out,
            force=force,
            quiet=quiet,
        )
    )
