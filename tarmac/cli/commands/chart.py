"""`tarmac chart` and its options."""

from typing import TYPE_CHECKING, Annotated

import typer

from tarmac.cli.asked import CHARTS, CHARTS_OF_MANY, MONTHS, MONTHS_OF_MANY, AskedChart, Drawn, Held, Size
from tarmac.cli.late import late
from tarmac.cli.options import (
    Align,
    Common,
    CompanyOrPortfolio,
    Currency,
    Defaults,
    FirstMonth,
    Force,
    Investor,
    MonthsOfEither,
    Out,
    Paths,
    Quiet,
    Rate,
    Scenarios,
    Seed,
    Stake,
)

if TYPE_CHECKING:
    from tarmac.cli import charting
else:
    charting = late("tarmac.cli.charting")


def chart(
    name: Annotated[
        str,
        typer.Argument(
            metavar="NAME",
            help=f"Of one company: {', '.join(CHARTS)}. Of a portfolio: {', '.join(CHARTS_OF_MANY)}.",
        ),
    ],
    company: CompanyOrPortfolio,
    *,
    scenario: Scenarios = None,
    layout: Annotated[
        str,
        typer.Option(metavar="NAME", help="Of one company, the layout that says which scenarios stand side by side."),
    ] = "board",
    format_: Annotated[
        list[Drawn] | None,
        typer.Option(
            "--format",
            metavar="png|svg|pdf|csv",
            help="What to write; png unless said. csv is the table of what is drawn. Repeatable.",
        ),
    ] = None,
    size: Annotated[Size, typer.Option(metavar="slide|document|social|square", help="Size of the chart.")] = Size.SLIDE,
    months: MonthsOfEither = None,
    paths: Paths = 20_000,
    seed: Seed = None,
    currency: Currency = None,
    common: Common = None,
    rate: Rate = None,
    stake: Stake = None,
    investor: Investor = None,
    first_month: FirstMonth = None,
    defaults: Defaults = "row-defaults",
    align: Align = False,
    out: Out = None,
    force: Force = False,
    quiet: Quiet = False,
) -> int:
    """Draw one chart of a report alone, with its title, or write the table of it."""
    usual = MONTHS_OF_MANY if name in CHARTS_OF_MANY else MONTHS
    return charting.run(
        AskedChart(
            name=name,
            company=company,
            scenarios=scenario or (),
            layout=layout,
            forms=format_ or (),
            size=size,
            months=usual if months is None else months,
            paths=paths,
            seed=seed,
            currency=currency,
            held=Held(
                common=common or (),
                rates=rate or (),
                stake=stake,
                investor=investor,
                first_month=first_month,
                defaults=defaults,
                align=align,
            ),
            json=False,
            out=out,
            force=force,
            quiet=quiet,
        )
    )
