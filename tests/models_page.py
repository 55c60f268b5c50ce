"""What models/README.md shows of every model on the shelf: who it is, when it begins, and its answer in a sentence."""

from functools import cache

import tarmac
from tarmac.report.text import headline
from tests.facts_page import ROOT, SEED

PATHS = 4_000


@cache
def page() -> str:
    """A table with a row for each model, over 36 months, with a fixed seed."""
    lines = ["| file | what it is | begins | money | its answer over 36 months |", "|---|---|---|---|---|"]
    return "\n".join([*lines, *(_row(path.stem) for path in sorted((ROOT / "models").glob("*.toml")))])


def _row(name: str) -> str:
    company = tarmac.load(ROOT / "models" / f"{name}.toml")
    head = company.company
    forecast = tarmac.simulate(company, seed=SEED, paths=PATHS)
    cells = (f"`{name}.toml`", head.story or "", head.first_month.label, head.currency, headline(forecast))
    return f"| {' | '.join(cells)} |"
