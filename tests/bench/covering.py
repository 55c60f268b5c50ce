"""What the measurements of intervals share: how often they hold, the reference company, and cases as they are typed."""

import argparse
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

REFERENCE = Path(__file__).resolve().parents[1] / "companies" / "reference.toml"
Rows = Callable[..., list[str]]
"""The lines of a table for a company, given `months` and `repeats`."""


class Intervals:
    """Intervals of one probability, one for each repeat: `low` and `high` of shape (repeats,)."""

    low: NDArray[np.float64]
    high: NDArray[np.float64]

    def coverage(self, truth: float) -> float:
        """The share of the intervals that contain the truth."""
        return float(((self.low <= truth) & (truth <= self.high)).mean())


def print_table(rows: Rows, heads: Sequence[str], *, about: str, cases: Sequence[str], repeats: int) -> None:
    """Measure the companies and months that are asked for on the command line, and print a table of them."""
    asked = argparse.ArgumentParser(description=about)
    asked.add_argument("cases", nargs="*", default=cases, metavar="COMPANY:MONTHS")
    asked.add_argument("--repeats", type=int, default=repeats)
    given = asked.parse_args()
    print(f"| {' | '.join(heads)} |")
    print("|" + "---|" * len(heads))
    for case in given.cases:
        company, _, months = case.rpartition(":")
        print(*rows(company, months=int(months), repeats=given.repeats), sep="\n", flush=True)
