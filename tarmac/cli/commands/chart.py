"""`tarmac chart` and its options."""

from typing import TYPE_CHECKING, Annotated

import typer

from tarmac.cli.asked import AskedChart, Form, Size
from tarmac.cli.late import late
from tarmac.cli.options import CompanyName, Force, Out, Quiet, Scenarios, Seed

if TYPE_CHECKING:
    from tarmac.cli import charting
else:
    charting = late("tarmac.cli.charting")


def chart(
    name: Annotated[str, typer.Argument(metavar="NAME", help="runway, ownership, need, scenarios or levers.")],
    company: CompanyName,
    *,
    scenario: Scenarios = None,
    layout: Annotated[
        str, typer.Option(metavar="NAME", help="The layout that says which scenarios stand side by side.")
    ] = "board",
    format_: Annotated[
        list[Form] | None,
        typer.Option("--format", metavar="png|svg|pdf", help="Format of the chart; png unless said. Repeatable."),
    ] = None,
    size: Annotated[Size, typer.Option(metavar="slide|document|social|square", help="Size of the chart.")] = Size.SLIDE,
    months: Annotated[int, typer.Option(metavar="N", help="Months to simulate.")] = 36,
    paths: Annotated[int, typer.Option(metavar="N", help="Paths of the forecast.")] = 20_000,
    seed: Seed = None,
    currency: Annotated[
        str | None,
        typer.Option(metavar="CODE", help="Tell amounts in this currency, at the rate of the opening under [fx]."),
    ] = None,
    out: Out = None,
    force: Force = False,
    quiet: Quiet = False,
) -> int:
    """Draw one chart of a report alone, with its title, as PNG, SVG or PDF."""
    return charting.run(
        AskedChart(
            name=name,
            company=company,
            scenarios=scenario or (),
            layout=layout,
            forms=format_ or (),
            size=size,
            months=months,
            paths=paths,
            seed=seed,
            currency=currency,
            json=False,
            out=out,
            force=force,
            quiet=quiet,
        )
    )
