"""`tarmac report` and its options."""

from typing import TYPE_CHECKING, Annotated

import typer

from tarmac.cli.asked import AskedReport
from tarmac.cli.late import late
from tarmac.cli.options import CompanyName, Force, Json, Out, Quiet, Scenarios, Seed

if TYPE_CHECKING:
    from tarmac.cli import reporting
else:
    reporting = late("tarmac.cli.reporting")


def report(
    company: CompanyName,
    *,
    scenario: Scenarios = None,
    layout: Annotated[
        str,
        typer.Option(metavar="NAME", help="What it shows, and for whom: a layout on the shelf reports/, or a file."),
    ] = "board",
    format_: Annotated[
        list[str] | None,
        typer.Option("--format", metavar="html|md|csv|parquet", help="What to write; html unless said. Repeatable."),
    ] = None,
    months: Annotated[int, typer.Option(metavar="N", help="Months to simulate.")] = 36,
    paths: Annotated[int, typer.Option(metavar="N", help="Paths of the forecast.")] = 20_000,
    seed: Seed = None,
    currency: Annotated[
        str | None,
        typer.Option(metavar="CODE", help="Tell amounts in this currency, at the rate of the opening under [fx]."),
    ] = None,
    json: Json = False,
    out: Out = None,
    force: Force = False,
    quiet: Quiet = False,
) -> int:
    """Write a report that people read: the answer, charts, what could be done, and what it all rests on."""
    return reporting.run(
        AskedReport(
            company=company,
            scenarios=scenario or (),
            layout=layout,
            formats=format_ or (),
            months=months,
            paths=paths,
            seed=seed,
            currency=currency,
            json=json,
            out=out,
            force=force,
            quiet=quiet,
        )
    )
