"""`tarmac levers` and its options."""

from typing import TYPE_CHECKING, Annotated

import typer

from tarmac.cli.asked import MONTHS, AskedLevers
from tarmac.cli.late import late
from tarmac.cli.options import CompanyName, Force, Json, Months, Out, PathsOfEach, Quiet, Scenarios, Seed

if TYPE_CHECKING:
    from tarmac.cli import levers as pulling
else:
    pulling = late("tarmac.cli.levers")


def levers(
    company: CompanyName,
    *,
    scenario: Scenarios = None,
    lever: Annotated[
        list[str] | None,
        typer.Option("--lever", metavar="NAME", help="A lever by name or file; all unless said. Repeatable."),
    ] = None,
    reach: Annotated[
        str | None,
        typer.Option(metavar="TARGET", help="Seek the smallest pull that reaches it: 'survive 18 >= 90%'."),
    ] = None,
    months: Months = MONTHS,
    paths: PathsOfEach = 20_000,
    seed: Seed = None,
    json: Json = False,
    out: Out = None,
    force: Force = False,
    quiet: Quiet = False,
) -> int:
    """Rank what one unit of each lever buys: price, churn, hiring, compute, terms, collections, the raise, payroll."""
    return pulling.run(
        AskedLevers(
            company=company,
            scenarios=scenario or (),
            levers=lever or (),
            reach=reach,
            months=months,
            paths=paths,
            seed=seed,
            json=json,
            out=out,
            force=force,
            quiet=quiet,
        )
    )
