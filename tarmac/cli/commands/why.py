"""`tarmac why` and its options."""

from typing import TYPE_CHECKING, Annotated

import typer

from tarmac.cli.asked import AskedWhy
from tarmac.cli.late import late
from tarmac.cli.options import CompanyName, Force, Json, Out, Quiet, Scenarios, Seed

if TYPE_CHECKING:
    from tarmac.cli import why as work
else:
    work = late("tarmac.cli.why")


def why(
    company: CompanyName,
    *,
    scenario: Scenarios = None,
    months: Annotated[int, typer.Option(metavar="N", help="Months to survive.")] = 18,
    paths: Annotated[
        int | None, typer.Option(metavar="N", help="Paths a sample; unless said, as many as take a few seconds.")
    ] = None,
    seed: Seed = None,
    json: Json = False,
    out: Out = None,
    force: Force = False,
    quiet: Quiet = False,
) -> int:
    """Say what survival depends on: which numbers, how much luck, and what insolvent paths die of."""
    return work.run(
        AskedWhy(
            company=company,
            scenarios=scenario or (),
            months=months,
            paths=paths,
            seed=seed,
            json=json,
            out=out,
            force=force,
            quiet=quiet,
        )
    )
