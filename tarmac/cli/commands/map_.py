"""`tarmac map` and its options."""

from typing import TYPE_CHECKING, Annotated

import typer

from tarmac.cli.asked import AskedMap, Means, Show
from tarmac.cli.late import late
from tarmac.cli.options import CompanyName, Executor, Force, Json, Out, Quiet, Scenarios, Scheduler, Seed, Workers

if TYPE_CHECKING:
    from tarmac.cli import mapping
else:
    mapping = late("tarmac.cli.mapping")

_AXIS = "NAME[=LOW:HIGH]"


def map_(
    company: CompanyName,
    *,
    scenario: Scenarios = None,
    x: Annotated[
        str, typer.Option("--x", metavar=_AXIS, help="A number by its key path or a part of it; or burn, all costs.")
    ] = "burn",
    y: Annotated[
        str, typer.Option("--y", metavar=_AXIS, help="The same; or growth, of all revenue ('growth=0%:10%').")
    ] = "growth",
    show: Annotated[Show, typer.Option(help="Share of paths that survive, or the money needed.")] = Show.SURVIVE,
    months: Annotated[int, typer.Option(metavar="N", help="Months to survive.")] = 18,
    cells: Annotated[int, typer.Option(metavar="N", help="Cells along each axis.")] = 40,
    paths: Annotated[int, typer.Option(metavar="N", help="Paths a cell.")] = 5_000,
    seed: Seed = None,
    json: Json = False,
    out: Out = None,
    force: Force = False,
    quiet: Quiet = False,
    executor: Executor = None,
    workers: Workers = None,
    scheduler: Scheduler = None,
) -> int:
    """Map survival, or the money needed, over two numbers of a company."""
    return mapping.run(
        AskedMap(
            company=company,
            scenarios=scenario or (),
            x=x,
            y=y,
            show=show,
            months=months,
            cells=cells,
            paths=paths,
            seed=seed,
            json=json,
            out=out,
            force=force,
            quiet=quiet,
            means=Means(executor=executor, workers=workers, scheduler=scheduler),
        )
    )
