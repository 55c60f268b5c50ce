"""Options that several commands have, said once."""

from pathlib import Path
from typing import Annotated

import typer

from tarmac.cli.asked import MONTHS, MONTHS_OF_MANY, Carrier
from tarmac.errors import InputError, Problem


def kept_in(text: str) -> Path:
    """The file that is named. InputError for an empty name."""
    if not str(text).strip():
        rule, remedy = "names a file", "write --resume run.checkpoint"
        raise InputError([Problem("command line", "resume", "", rule, remedy)])
    return Path(text)


def folder(text: str) -> Path:
    """The folder that is named. InputError for an empty name, which would be the working folder without a word."""
    if not str(text).strip():
        rule, remedy = "names a folder to write into", "write --out report; the folder you are in is --out ."
        raise InputError([Problem("command line", "out", "", rule, remedy)])
    return Path(text)


CompanyName = Annotated[str, typer.Argument(metavar="COMPANY", help="A name on the shelf models/, or a file.")]
CompanyOrPortfolio = Annotated[
    str,
    typer.Argument(
        metavar="COMPANY|PORTFOLIO",
        help="A company, by name or file; or a portfolio: a folder, a CSV or Excel file, or a name on "
        "seeds/portfolios/.",
    ),
]
Months = Annotated[int, typer.Option(metavar="N", help="Months to simulate.")]
MonthsOfEither = Annotated[
    int | None,
    typer.Option(
        metavar="N",
        help=f"Months to simulate; of one company {MONTHS}, of a portfolio {MONTHS_OF_MANY} unless said.",
        show_default=False,
    ),
]
Paths = Annotated[int, typer.Option(metavar="N", help="Paths to simulate.")]
PathsOfEach = Annotated[int, typer.Option(metavar="N", help="Paths of each run.")]
Currency = Annotated[
    str | None,
    typer.Option(
        metavar="CODE",
        help="Tell amounts in this currency: of one company at the rate of the opening under [fx]; a portfolio's is "
        "that of rate 1, or the first company's, unless said.",
    ),
]
Scenarios = Annotated[
    list[str] | None,
    typer.Option("--scenario", "-s", metavar="NAME", help="A scenario by name or file; several apply in order."),
]
Force = Annotated[bool, typer.Option("--force", help="Replace files that are already there.")]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="No messages and no progress bar; data and mistakes only.")]
Json = Annotated[bool, typer.Option("--json", help="Print JSON, and nothing else.")]
Seed = Annotated[int | None, typer.Option(metavar="N", help="A seed to repeat a run by; without one, one is drawn.")]
Out = Annotated[Path | None, typer.Option(metavar="DIR", parser=folder, help="Write charts, tables and JSON there.")]
Executor = Annotated[
    Carrier | None,
    typer.Option(
        metavar="serial|threads|processes|dask",
        help="Who does the work; changes no result. Processes on long runs unless said.",
    ),
]
Workers = Annotated[
    int | None, typer.Option(metavar="N", help="Threads or processes; changes no result. As many as processors.")
]
Scheduler = Annotated[
    str | None, typer.Option(metavar="ADDRESS", help="A Dask scheduler that you trust: tcp://127.0.0.1:8786.")
]
Resume = Annotated[
    Path | None,
    typer.Option(
        metavar="FILE",
        parser=kept_in,
        help="Keep there what is done, and go on from there after an interruption; removed at the end.",
    ),
]
Rate = Annotated[
    list[str] | None,
    typer.Option(metavar="CODE=RATE", help="What one unit of a currency costs in that: EUR=1.08. Repeatable."),
]
Common = Annotated[
    list[str] | None,
    typer.Option(
        metavar="DRIVER",
        help="A driver that companies share beside the market, such as price.cloud, 'event.bank fails', fx.USD or "
        "customer.NAME; * stands for anything. Repeatable.",
    ),
]
Stake = Annotated[
    str | None, typer.Option(metavar="SHARE", help="The investor's stake in companies of which none is known.")
]
Investor = Annotated[
    str | None, typer.Option(metavar="NAME", help="The [[holder]] of company files whose stake counts.")
]
FirstMonth = Annotated[
    str | None, typer.Option(metavar="YYYY-MM", help="First month of rows that name none; else this month.")
]
Defaults = Annotated[
    str, typer.Option(metavar="NAME", help="What rows leave open: a name on seeds/portfolios/, or a file.")
]
Align = Annotated[bool, typer.Option("--align", help="Count months from each company's own first where these differ.")]
