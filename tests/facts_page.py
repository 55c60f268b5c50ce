"""What models/README.md shows of Stability AI in 2023: a few sentences and two tables, the model beside the facts."""

from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from textwrap import fill
from typing import Any, Final

import pandas as pd

import tarmac
from tarmac.fit import LEVELS, fit, year
from tarmac.library import load_facts
from tarmac.months import Month

ROOT = Path(__file__).resolve().parents[1]
SEED: Final = 7
PATHS: Final = 20_000
MILLION: Final = 1e6
MONTHS: Final = 15
"""January 2023 to March 2024, the month of the last figure."""


@cache
def model() -> tarmac.Company:
    """Stability AI as it stood at the end of 2022."""
    return tarmac.load(ROOT / "models" / "stability-ai.toml")


@cache
def beside() -> pd.DataFrame:
    """The model beside the facts, fact by fact."""
    facts = load_facts(ROOT / "seeds" / "stability-ai.csv", company=model())
    return fit(model(), facts, seed=SEED, paths=PATHS)


@cache
def months() -> pd.DataFrame:
    """The model month by month."""
    return year(model(), seed=SEED, months=MONTHS, paths=PATHS)


def page(forecast: tarmac.Forecast) -> str:
    """What stands between the markers; `forecast` is the model's, under the same seed."""
    names = [name for name in months().columns.unique(0) if name != "solvent"]
    by_month: dict[Any, Any] = months().to_dict("index")
    heads = [name.removeprefix("arrears compute.").removeprefix("arrears cost.") for name in names]
    figures = ["figure", "months", "known", "P5 / median / P95", "paths below", "solvent", "the fact is"]
    return "\n\n".join(
        [
            _in_words(forecast, beside(), solvent=by_month["2023-12"]["solvent", "share"]),
            "By month, P5 / median / P95 in millions of USD; the last four columns are the arrears by vendor.",
            _table(
                ["month", "solvent", *heads], (_of_month(month, row, names=names) for month, row in by_month.items())
            ),
            "Fact by fact, amounts in millions of USD.",
            _table(figures, [_of_fact(row) for row in beside().to_dict("records")]),
        ]
    )


def _in_words(forecast: tarmac.Forecast, facts: pd.DataFrame, *, solvent: float) -> str:
    of_2023 = facts[facts["last"] < "2024"]
    missed = forecast.first_missed_bill.month(0.5)
    month = "later than the horizon" if missed is None else f"by {forecast.month_name(missed - 1).label}"
    sentences = (
        f"Of the {len(of_2023)} figures of 2023, {of_2023.inside.sum()} lie inside what the model says; of the "
        f"{len(facts) - len(of_2023)} of early 2024, {facts.inside.sum() - of_2023.inside.sum()}. Half of the paths "
        f"have missed a bill {month}. By the end of Dec 2023 only {solvent:.0%} of them are still solvent, as the "
        "company was."
    )
    return fill(sentences, 120)


def _of_month(month: str, row: Mapping[Any, float], *, names: Iterable[str]) -> list[str]:
    cells = [_spread([row[name, level] / MILLION for level in LEVELS]) for name in names]
    return [Month.parse(month).label, f"{row['solvent', 'share']:.0%}", *cells]


def _of_fact(row: Mapping[Any, Any]) -> list[str]:
    unit = 1 if row["unit"] == "people" else MILLION
    first, last = (Month.parse(row[name]).label for name in ("first", "last"))
    return [
        f"`{row['quantity']}`",
        last if first == last else f"{first} to {last}",
        f"{row['qualifier']} {row['observed'] / unit:g}".removeprefix("exact "),
        _spread([row[level] / unit for level in LEVELS]),
        f"{row['below']:.0%}",
        f"{row['lived']:.0%}",
        "inside" if row["inside"] else "**outside**",
    ]


def _spread(amounts: Iterable[float]) -> str:
    """Some amounts, with two figures at least; once where they are the same."""
    shown = [
        f"{amount:.0f}" if amount > 20 or amount < 0.005 else f"{amount:.{1 + (amount < 1)}f}" for amount in amounts
    ]
    return shown[0] if len(set(shown)) == 1 else " / ".join(shown)


def _table(heads: list[str], rows: Iterable[list[str]]) -> str:
    lines = [heads, ["---"] * len(heads), *rows]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)
