"""The shelf of facts: every file can be read, fits the company that names it, and is explained."""

import csv
import re
from collections import Counter
from pathlib import Path

import pytest

import tarmac
from tarmac.facts import AMOUNTLESS, COLUMNS, COUNTED, QUALIFIERS, USED, USES, Fact
from tarmac.library import load_facts

SEEDS = Path(__file__).parents[1] / "seeds"
FILES = sorted(path for path in SEEDS.glob("*.csv") if path.read_text("utf-8").startswith(f"{COLUMNS[0]},"))
OF_NO_COMPANY = "market"
"""What several companies have in common; all of it is context."""

FIGURES = Path(__file__).parent / "figures.csv"
"""The 77 figures that were read from the documents, as they were printed there: what the shelf is to hold."""

OURS = {"nearly": "nearly", "as much as": "at most", "claimed": "claimed", "as printed": "as printed"}
"""How a document's qualifier is written here, where it is not one of ours; of two that are 'between', the two ends."""


def facts(path: Path) -> tuple[Fact, ...]:
    return load_facts(path, company=None if path.stem == OF_NO_COMPANY else tarmac.load(path.stem))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_file_can_be_read_and_fits_its_company(path: Path) -> None:
    found = facts(path)
    assert {fact.use for fact in found} <= set(USES)
    assert all(fact.value is not None for fact in found if fact.use in USED)
    assert all(fact.value is None for fact in found if fact.qualifier in AMOUNTLESS)
    if path.stem == OF_NO_COMPANY:
        assert {fact.use for fact in found} == {"context"}
    else:
        assert tarmac.load(path.stem).company.facts == path.stem


def test_every_figure_that_was_read_stands_in_a_file() -> None:
    """By document, last month, amount and qualifier; the same number of times where two figures agree in all four."""
    with FIGURES.open(encoding="utf-8", newline="") as file:
        read = list(csv.DictReader(file))
    assert len(read) == 77
    wanted = Counter(_as_ours(row) for row in read)
    found = Counter(
        (fact.document, str(fact.last), fact.value, fact.qualifier) for path in FILES for fact in facts(path)
    )
    assert not {key: count for key, count in wanted.items() if found[key] < count}


def _as_ours(row: dict[str, str]) -> tuple[str, str, float | None, str]:
    said = row["qualifier"]
    if said == "between":
        said = "at least" if float(row["value"]) < 5e6 else "at most"
    return row["document"], row["to"], float(row["value"]) if row["value"] else None, OURS.get(said, said)


def test_a_file_of_facts_stands_beside_every_company_that_names_one() -> None:
    for path in sorted((SEEDS.parent / "models").glob("*.toml")):
        named = tarmac.load(path.stem).company.facts
        assert named is None or SEEDS / f"{named}.csv" in FILES


def test_the_arrears_of_stability_ai_are_the_sum_of_what_is_known_to_be_unpaid() -> None:
    used = [fact for fact in facts(SEEDS / "stability-ai.csv") if fact.use in USED]
    owed = [fact for fact in used if fact.quantity.kind in ("unpaid", "arrears")]
    parts = [fact.value for fact in owed if fact.quantity.targets]
    whole = [fact.value for fact in owed if not fact.quantity.targets]
    assert len(parts) == 4
    assert whole == [sum(value or 0 for value in parts)]


def test_the_readme_says_what_every_qualifier_use_and_column_means() -> None:
    text = (SEEDS / "README.md").read_text("utf-8")
    for word in (*COLUMNS, *QUALIFIERS, *USES, *COUNTED):
        assert f"`{word}`" in text, word
    assert ",".join(COLUMNS) in text


def test_the_readme_lists_what_stands_on_the_shelf() -> None:
    text = (SEEDS / "README.md").read_text("utf-8")
    rows = re.findall(r"^\| `([\w-]+)\.csv` \|.*\| (\d+) \| (\d+) \|$", text, re.MULTILINE)
    found = [(path.stem, facts(path)) for path in FILES]
    assert rows == [(name, str(len(held)), str(sum(fact.use in USED for fact in held))) for name, held in found]
