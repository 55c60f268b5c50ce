"""`tarmac compare` and its options."""

from typing import TYPE_CHECKING, Annotated

import typer

from tarmac.cli.asked import MONTHS, AskedRun, Means
from tarmac.cli.late import late
from tarmac.cli.options import (
    CompanyName,
    Executor,
    Force,
    Json,
    Months,
    Out,
    PathsOfEach,
    Quiet,
    Scheduler,
    Seed,
    Workers,
)

if TYPE_CHECKING:
    from tarmac.cli import comparing
else:
    comparing = late("tarmac.cli.comparing")


def compare(
    company: CompanyName,
    *,
    scenario: Annotated[
        list[str] | None,
        typer.Option(
            "--scenario",
            "-s",
            metavar="NAME[+NAME]",
            help="A scenario by name or file, to be set beside the others; A+B applies both in that order. Repeatable.",
        ),
    ] = None,
    months: Months = MONTHS,
    paths: PathsOfEach = 20_000,
    seed: Seed = None,
    json: Json = False,
    out: Out = None,
    force: Force = False,
    quiet: Quiet = False,
    executor: Executor = None,
    workers: Workers = None,
    scheduler: Scheduler = None,
) -> int:
    """Set a company as it is beside what scenarios make of it, path by path."""
    return comparing.run(
        AskedRun(
            company=company,
            scenarios=scenario or (),
            months=months,
            paths=paths,
            seed=seed,
            json=json,
            out=out,
            force=force,
            quiet=quiet,
            means=Means(executor=executor, workers=workers, scheduler=scheduler),
        )
    )
