"""`tarmac backtest` and its options."""

from typing import TYPE_CHECKING, Annotated

import typer

from tarmac.cli.asked import AskedBacktest
from tarmac.cli.late import late
from tarmac.cli.options import Force, Json, Out, Quiet, Seed

if TYPE_CHECKING:
    from tarmac.cli import backtesting
else:
    backtesting = late("tarmac.cli.backtesting")


def backtest(
    subjects: Annotated[
        list[str],
        typer.Argument(
            metavar="SUBJECT...",
            help="A company with facts, or a file of outcomes: snapshots or ratios (CSV, ARFF), or its name on the "
            "shelf seeds/outcomes/.",
        ),
    ],
    *,
    origin: Annotated[
        list[str] | None,
        typer.Option(
            metavar="MONTH",
            help="For a company: the last month a forecast may know; repeatable. Unless said: the month before the "
            "company begins, and each in which a fact to learn from became known.",
        ),
    ] = None,
    months: Annotated[int, typer.Option(metavar="N", help="Months to forecast; of firms always 60.")] = 36,
    paths: Annotated[int, typer.Option(metavar="N", help="Paths to simulate.")] = 4_096,
    seed: Seed = None,
    json: Json = False,
    out: Out = None,
    force: Force = False,
    quiet: Quiet = False,
) -> int:
    """Judge forecasts by what happened: coverage, calibration and scores, against simple baselines."""
    return backtesting.run(
        AskedBacktest(
            subjects=subjects,
            origins=origin or (),
            months=months,
            paths=paths,
            seed=seed,
            json=json,
            out=out,
            force=force,
            quiet=quiet,
        )
    )
