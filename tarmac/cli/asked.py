"""What the command line asks a run, or statements, for."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Final

MONTHS: Final = 36
"""How far ahead one company is looked at, whatever the command, unless said."""

MONTHS_OF_MANY: Final = 24
"""How far ahead a portfolio is looked at, whatever the command, unless said."""

CHARTS: Final = {
    "runway": "cash by month as a fan, and the probability of insolvency",
    "ownership": "what founders and staff own, by month",
    "need": "how much to raise, by the share of the paths it brings through, and by when",
    "scenarios": "insolvency under the layout's scenarios, side by side",
    "levers": "what one unit of each lever buys",
}
"""The charts of one company, by name."""

CHARTS_OF_MANY: Final = {
    "watchlist": "companies by urgency: chances of insolvency, its dates, the raise",
    "heatmap": "the probability of insolvency of each company by the end of each month",
    "reserves": "what must be put in by the end of each quarter",
}
"""The charts of a portfolio, by name."""


class Form(StrEnum):
    """File formats of a chart."""

    PNG = "png"
    SVG = "svg"
    PDF = "pdf"


class Drawn(StrEnum):
    """What a chart alone is written as: a picture, or the table of what it draws."""

    PNG = "png"
    SVG = "svg"
    PDF = "pdf"
    CSV = "csv"


class Size(StrEnum):
    """Sizes of a chart: for a screen, a page, a post on the web."""

    SLIDE = "slide"
    DOCUMENT = "document"
    SOCIAL = "social"
    SQUARE = "square"


class Sampler(StrEnum):
    """How paths are spread over chance."""

    PLAIN = "plain"
    ANTITHETIC = "antithetic"
    SOBOL = "sobol"


class Show(StrEnum):
    """What a ruin map shows."""

    SURVIVE = "survive"
    NEED = "need"


class Carrier(StrEnum):
    """Who does the work of a run."""

    SERIAL = "serial"
    THREADS = "threads"
    PROCESSES = "processes"
    DASK = "dask"


class By(StrEnum):
    """How long a period each column of a printed statement covers."""

    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"


@dataclass(frozen=True, slots=True, kw_only=True)
class Means:
    """Who does the work, as asked for; None where it was not said."""

    executor: Carrier | None = None
    workers: int | None = None
    scheduler: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """How an answer is told: as text or JSON, with or without files and messages."""

    json: bool
    out: Path | None
    force: bool
    quiet: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedRun(Told):
    """A company, some scenarios and how to simulate them, as asked for: the options of `tarmac compare`."""

    company: str
    scenarios: Sequence[str]
    months: int
    paths: int
    seed: int | None
    means: Means = Means()


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked(AskedRun):
    """A run as asked for: the options of `tarmac run`."""

    resume: Path | None
    sampler: Sampler
    precision: float | None
    audit: bool
    without_funding: bool
    currency: str | None
    fail_if: Sequence[str]
    forms: Sequence[Form]
    sizes: Sequence[Size]


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedRaise(AskedRun):
    """A raise as asked for: the options of `tarmac raise`."""

    confidence: str
    at: str | None
    takes: str | None
    succeeds: str | None
    pre_money: str | None
    instead: Sequence[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedBacktest(Told):
    """Forecasts to be judged, as asked for: the options of `tarmac backtest`."""

    subjects: Sequence[str]
    origins: Sequence[str]
    months: int
    paths: int
    seed: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedWhy(Told):
    """What survival depends on, as asked for: the options of `tarmac why`."""

    company: str
    scenarios: Sequence[str]
    months: int
    paths: int | None
    seed: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedMap(AskedRun):
    """A ruin map as asked for: the options of `tarmac map`."""

    x: str
    y: str
    show: Show
    cells: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedStatements(Told):
    """Statements as asked for: the options of `tarmac show`, None where they were not given."""

    company: str
    scenarios: Sequence[str]
    path: str | None
    months: int | None
    paths: int | None
    seed: int | None
    by: By | None


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedLearn(Told):
    """A company to be learnt, as asked for: the options of `tarmac learn`."""

    file: str
    name: str | None
    currency: str | None
    chart: Path | None
    seed: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedDiff(Told):
    """A comparison of two versions as asked for: the options of `tarmac diff`."""

    old: str
    new: str
    months: int
    paths: int
    seed: int | None
    old_seed: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedLevers(AskedRun):
    """A ranking of levers as asked for: the options of `tarmac levers`."""

    levers: Sequence[str]
    reach: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedCalibration(Told):
    """A calibration as asked for: the options of `tarmac calibrate`."""

    company: str
    origin: str | None
    draws: int
    seed: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """What is said of a portfolio, and of one company never: options of `tarmac portfolio`, `report` and `chart`."""

    common: Sequence[str] = ()
    rates: Sequence[str] = ()
    stake: str | None = None
    investor: str | None = None
    first_month: str | None = None
    defaults: str = "row-defaults"
    align: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedPortfolio(Told):
    """A portfolio as asked for: the options of `tarmac portfolio`."""

    portfolio: str
    scenarios: Sequence[str]
    months: int
    paths: int
    seed: int | None
    currency: str | None
    held: Held = Held()
    means: Means = Means()
    resume: Path | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedPages(AskedRun):
    """What a report and a chart of one are asked for alike; `company`: of a portfolio, its name."""

    layout: str
    currency: str | None
    held: Held = Held()


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedReport(AskedPages):
    """A report as asked for: the options of `tarmac report`."""

    formats: Sequence[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedChart(AskedPages):
    """A chart of a report as asked for: the options of `tarmac chart`."""

    name: str
    forms: Sequence[Drawn]
    size: Size
