"""`tarmac portfolio` and its options."""

from typing import TYPE_CHECKING, Annotated

import typer

from tarmac.cli.asked import MONTHS_OF_MANY, AskedPortfolio, Held, Means
from tarmac.cli.late import late
from tarmac.cli.options import (
    Align,
    Common,
    Defaults,
    Executor,
    FirstMonth,
    Force,
    Investor,
    Json,
    Months,
    Out,
    Paths,
    Quiet,
    Rate,
    Resume,
    Scenarios,
    Scheduler,
    Seed,
    Stake,
    Workers,
)

if TYPE_CHECKING:
    from tarmac.cli import portfolios
else:
    portfolios = late("tarmac.cli.portfolios")


def portfolio(
    portfolio: Annotated[
        str,
        typer.Argument(
            metavar="PORTFOLIO",
            help="A folder of company files, a CSV or Excel file with a row for each, or a name on seeds/portfolios/.",
        ),
    ],
    *,
    scenario: Scenarios = None,
    common: Common = None,
    months: Months = MONTHS_OF_MANY,
    paths: Paths = 20_000,
    seed: Seed = None,
    currency: Annotated[
        str | None,
        typer.Option(
            metavar="CODE", help="Tell amounts in this currency; else that of rate 1, or the first company's."
        ),
    ] = None,
    rate: Rate = None,
    stake: Stake = None,
    investor: Investor = None,
    first_month: FirstMonth = None,
    defaults: Defaults = "row-defaults",
    align: Align = False,
    json: Json = False,
    out: Out = None,
    force: Force = False,
    quiet: Quiet = False,
    executor: Executor = None,
    workers: Workers = None,
    scheduler: Scheduler = None,
    resume: Resume = None,
) -> int:
    """Many companies, one market: who needs attention first, what fails together, what to hold in reserve."""
    return portfolios.run(
        AskedPortfolio(
            portfolio=portfolio,
            scenarios=scenario or (),
            months=months,
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
            means=Means(executor=executor, workers=workers, scheduler=scheduler),
            resume=resume,
            json=json,
            out=out,
            force=force,
            quiet=quiet,
        )
    )
