"""`tarmac report` and its options."""

from typing import TYPE_CHECKING, Annotated

import typer

from tarmac.cli.asked import AskedReport, Held, Means
from tarmac.cli.late import late
from tarmac.cli.options import (
    Align,
    Common,
    CompanyOrPortfolio,
    Currency,
    Defaults,
    Executor,
    FirstMonth,
    Force,
    Investor,
    Json,
    MonthsOfEither,
    Out,
    Paths,
    Quiet,
    Rate,
    Scenarios,
    Scheduler,
    Seed,
    Stake,
    Workers,
)

if TYPE_CHECKING:
    from tarmac.cli import reports
else:
    reports = late("tarmac.cli.reports")


def report(
    company: CompanyOrPortfolio,
    *,
    scenario: Scenarios = None,
    layout: Annotated[
        str | None,
        typer.Option(
            metavar="NAME",
            help="What it shows, and for whom: a layout on the shelf reports/, or a file; unless said, board, and of a "
            "portfolio portfolio.",
        ),
    ] = None,
    format_: Annotated[
        list[str] | None,
        typer.Option(
            "--format",
            metavar="html|xlsx|pdf|md|csv|parquet",
            help="What to write; html unless said. Repeatable, or several with commas between them.",
        ),
    ] = None,
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
    json: Json = False,
    out: Out = None,
    force: Force = False,
    quiet: Quiet = False,
    executor: Executor = None,
    workers: Workers = None,
    scheduler: Scheduler = None,
) -> int:
    """Write a report that people read: the answer, charts, what could be done, and what it all rests on."""
    shown = reports.layout_of(company) if layout is None else layout
    return reports.run(
        AskedReport(
            company=company,
            scenarios=scenario or (),
            layout=shown,
            formats=format_ or (),
            months=reports.months_of(company, shown) if months is None else months,
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
            json=json,
            out=out,
            force=force,
            quiet=quiet,
        )
    )
