"""`tarmac raise` and its options."""

from typing import TYPE_CHECKING, Annotated

import typer

from tarmac.cli.asked import AskedRaise
from tarmac.cli.late import late
from tarmac.cli.options import CompanyName, Force, Json, Out, Quiet, Scenarios, Seed

if TYPE_CHECKING:
    from tarmac.cli import raising
else:
    raising = late("tarmac.cli.raising")


def raise_(
    company: CompanyName,
    *,
    scenario: Scenarios = None,
    months: Annotated[int, typer.Option(metavar="N", help="Months to get through.")] = 24,
    confidence: Annotated[str, typer.Option(metavar="SHARE", help="Share of the paths that must get through.")] = "90%",
    at: Annotated[
        str | None, typer.Option(metavar="MONTH", help="The month in which the money is there; the first unless said.")
    ] = None,
    takes: Annotated[
        str | None,
        typer.Option(metavar="MONTHS", help="Months an attempt takes ('4 to 9'); those of the company's equity round."),
    ] = None,
    succeeds: Annotated[
        str | None, typer.Option(metavar="SHARE", help="Chance that it closes; that of the company's equity round.")
    ] = None,
    pre_money: Annotated[
        str | None,
        typer.Option(metavar="MONEY", help="Valuation before the money; that of the company's equity round."),
    ] = None,
    instead: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME",
            help="A scenario to tell the need under, for comparison; those that save money unless said. Repeatable.",
        ),
    ] = None,
    paths: Annotated[int, typer.Option(metavar="N", help="Paths to simulate.")] = 8_192,
    seed: Seed = None,
    json: Json = False,
    out: Out = None,
    force: Force = False,
    quiet: Quiet = False,
) -> int:
    """Say how much must be raised, by when it must begin, what it costs in shares, and what saving would do."""
    return raising.run(
        AskedRaise(
            company=company,
            scenarios=scenario or (),
            months=months,
            confidence=confidence,
            at=at,
            takes=takes,
            succeeds=succeeds,
            pre_money=pre_money,
            instead=instead or (),
            paths=paths,
            seed=seed,
            json=json,
            out=out,
            force=force,
            quiet=quiet,
        )
    )
