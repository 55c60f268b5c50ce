"""A portfolio of so many made companies: the shipped example's rows over and over, each under a name of its own."""

import csv
import resource
import sys
import tempfile
import time
from pathlib import Path

from tarmac.months import Month
from tarmac.portfolio import Asked, Portfolio, look_ahead, portfolio_from
from tarmac.report.portfolio import portfolio_text
from tarmac.simulation import How

EXAMPLE = Path(__file__).resolve().parents[2] / "seeds" / "portfolios" / "example.csv"


def made(companies: int) -> Portfolio:
    """A portfolio of so many companies."""
    with EXAMPLE.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    with tempfile.TemporaryDirectory() as folder:
        sheet = Path(folder) / "made.csv"
        with sheet.open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, fieldnames=list(rows[0]))
            writer.writeheader()
            for place in range(companies):
                row = rows[place % len(rows)]
                writer.writerow(row | {"name": f"{row['name']} {place // len(rows) + 1}"})
        return portfolio_from(str(sheet), Asked(this_month=Month(2027, 1)))


def megabytes() -> float:
    """Peak memory of this process; of one that has workers, without theirs."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024) / 1e6


def measure(companies: int, paths: int, *, months: int, workers: int) -> None:
    """Print the seconds that everything of a portfolio takes, and the megabytes."""
    portfolio, begun = made(companies), time.perf_counter()
    portfolio_text(look_ahead(portfolio, common=["price.cloud"], months=months, paths=paths, seed=1, how=How(workers)))
    print(time.perf_counter() - begun, megabytes())


if __name__ == "__main__":
    measure(int(sys.argv[1]), int(sys.argv[2]), months=int(sys.argv[3]), workers=int(sys.argv[4]))
