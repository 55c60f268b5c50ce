from pathlib import Path

from tarmac.evidence import evidence_of

ROOT = Path(__file__).resolve().parents[1]

FILE = """
# Not of a key: what the file is.

[cash]
# Two lines above
# a key are one sentence
opening = "7M"  # and this is another
keep_payroll_months = 1

# A remark that stands apart belongs to no key.

reserve = 2

# --- People ---

[[team]]
name = "a.b"
# --- a ruler above a key is none
headcount = 5
hires = [
    { month = "2027-01", count = 1 },
]   # because
"""


def test_what_stands_above_and_behind_a_key_is_its_evidence() -> None:
    assert evidence_of(FILE) == {
        "cash.opening": "Two lines above a key are one sentence. And this is another.",
        "team.a.b.hires": "Because.",
    }


def test_no_comments_and_no_toml_give_none() -> None:
    assert evidence_of('[cash]\nopening = "7M"\n') == {}
    assert evidence_of("[cash\n") == {}
    assert evidence_of("") == {}


def test_the_reference_case_says_what_its_ranges_rest_on() -> None:
    found = evidence_of((ROOT / "models" / "stability-ai.toml").read_text(encoding="utf-8"))
    assert found["cash.opening"].startswith("101M came in during October 2022")
    assert found["compute.aws.monthly"].startswith("The bill for one month of summer 2023")
    assert "revenue.api and subscriptions.churn" in found
    assert not any("---" in words for words in found.values())
