"""`tarmac run` and its options."""

from typing import TYPE_CHECKING, Annotated

import typer

from tarmac.cli.asked import MONTHS, Asked, Form, Means, Sampler, Size
from tarmac.cli.late import late
from tarmac.cli.options import (
    CompanyName,
    Executor,
    Force,
    Months,
    Out,
    Paths,
    Quiet,
    Resume,
    Scenarios,
    Scheduler,
    Seed,
    Workers,
)

if TYPE_CHECKING:
    from tarmac.cli import running
else:
    running = late("tarmac.cli.running")


def run(
    company: CompanyName,
    *,
    scenario: Scenarios = None,
    months: Months = MONTHS,
    paths: Paths = 20_000,
    sampler: Annotated[
        Sampler,
        typer.Option(help="Independent paths, mirrored pairs, or even ones: the last two in replicates of 1,024."),
    ] = Sampler.PLAIN,
    precision: Annotated[
        float | None,
        typer.Option(metavar="SHARE", help="Go on until P(insolvent by the horizon) is known to so much: 0.002."),
    ] = None,
    seed: Seed = None,
    without_funding: Annotated[bool, typer.Option("--without-funding", help="Take every round away.")] = False,
    currency: Annotated[
        str | None,
        typer.Option(metavar="CODE", help="Tell amounts in this currency, at the rate of the opening under [fx]."),
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="Print the forecast as JSON, and nothing else.")] = False,
    out: Out = None,
    force: Force = False,
    quiet: Quiet = False,
    fail_if: Annotated[
        list[str] | None,
        typer.Option(metavar="GATE", help="End with exit code 3 if this holds: 'insolvent by 12 > 10%'. Repeatable."),
    ] = None,
    chart: Annotated[
        list[Form] | None, typer.Option(metavar="png|svg|pdf", help="Format of the chart; png unless said. Repeatable.")
    ] = None,
    size: Annotated[
        list[Size] | None,
        typer.Option(metavar="slide|document|social|square", help="Size of the chart; slide unless said. Repeatable."),
    ] = None,
    executor: Executor = None,
    workers: Workers = None,
    scheduler: Scheduler = None,
    resume: Resume = None,
    audit: Annotated[bool, typer.Option("--audit", help="Check that no cash appears or vanishes; slower.")] = False,
) -> int:
    """Simulate a company and say how much runway is left."""
    return running.run(
        Asked(
            company=company,
            scenarios=scenario or (),
            months=months,
            paths=paths,
            sampler=sampler,
            precision=precision,
            seed=seed,
            means=Means(executor=executor, workers=workers, scheduler=scheduler),
            resume=resume,
            audit=audit,
            without_funding=without_funding,
            currency=currency,
            json=json,
            out=out,
            force=force,
            quiet=quiet,
            fail_if=fail_if or (),
            forms=chart or (),
            sizes=size or (),
        )
    )
