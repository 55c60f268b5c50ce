"""`tarmac show` and its options."""

from typing import TYPE_CHECKING, Annotated

import typer

from tarmac.cli.asked import AskedStatements, By
from tarmac.cli.late import late
from tarmac.cli.options import CompanyName, Force, Out, Quiet, Scenarios

if TYPE_CHECKING:
    from tarmac.cli import showing, stating
else:
    showing, stating = (late(f"tarmac.cli.{name}") for name in ("showing", "stating"))


def show(
    company: CompanyName,
    *,
    scenario: Scenarios = None,
    path: Annotated[
        str | None,
        typer.Option(
            metavar="N|mean|median",
            help="Print profit and loss, cash flow and balance sheet by month instead: of a path by its number from 1, "
            "of the path of median runway, or the mean over all paths.",
        ),
    ] = None,
    seed: Annotated[
        int | None, typer.Option(metavar="N", help="The seed of the run; without one, one is drawn.")
    ] = None,
    months: Annotated[int | None, typer.Option(metavar="N", help="Months to simulate; 36 unless said.")] = None,
    paths: Annotated[int | None, typer.Option(metavar="N", help="Paths of the run; 20,000 unless said.")] = None,
    by: Annotated[
        By | None, typer.Option(metavar="month|quarter|year", help="What a printed column covers; month unless said.")
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="Print the statements as JSON, and nothing else.")] = False,
    out: Out = None,
    force: Force = False,
    quiet: Quiet = False,
) -> int:
    """Print a company in words, every number explained; or, with --path, its statements on one simulated path."""
    asked = AskedStatements(
        company=company,
        scenarios=scenario or (),
        path=path,
        months=months,
        paths=paths,
        seed=seed,
        by=by,
        json=json,
        out=out,
        force=force,
        quiet=quiet,
    )
    return showing.show(company, asked.scenarios) if stating.nothing_asked(asked) else stating.state(asked)
