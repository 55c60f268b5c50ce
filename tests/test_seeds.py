"""The shelf of facts: every file can be read, fits the company that names it, and is explained."""

from pathlib import Path

import pytest

import tarmac
from tarmac.facts import AMOUNTLESS, COLUMNS, QUALIFIERS, USED, USES, Fact
from tarmac.library import load_facts

SEEDS = Path(__file__).parents[1] / "seeds"
FILES = sorted(path for path in SEEDS.glob("*.csv") if path.read_text("utf-8").startswith(f"{COLUMNS[0]},"))


def facts(path: Path) -> tuple[Fact, ...]:
    return load_facts(path, company=tarmac.load(path.stem))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_file_can_be_read_and_fits_its_company(path: Path) -> None:
    assert tarmac.load(path.stem).company.facts == path.stem
    found = facts(path)
    assert {fact.use for fact in found} == set(USES)
    assert all(fact.value is not None for fact in found if fact.use in USED)
    assert all(fact.value is None for fact in found if fact.qualifier in AMOUNTLESS)


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
    for word in (*COLUMNS, *QUALIFIERS, *USES):
        assert f"`{word}`" in text, word
    assert ",".join(COLUMNS) in text
