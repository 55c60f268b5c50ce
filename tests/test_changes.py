"""What differs between two versions of a company file, and the new version with a difference taken back."""

from typing import Any

import pytest

import tarmac
from tarmac.changes import changes, undone
from tarmac.company import Company, company_from
from tests.companies_at_random import document_at

HEAD = {"name": "Example", "currency": "USD", "first_month": "2027-01"}


def company(**sections: Any) -> Company:
    return company_from({"company": HEAD, "cash": {"opening": "1M"}} | sections, "example.toml")


def paths(old: Company, new: Company) -> list[str]:
    return [change.path for change in changes(old, new)]


RENT = {"name": "rent", "monthly": "10k"}
TOOLS = {"name": "tools", "monthly": "2k"}


def test_identical_versions_differ_in_nothing() -> None:
    assert changes(tarmac.load("saas-seed"), tarmac.load("saas-seed")) == ()


def test_a_change_is_told_by_its_key() -> None:
    old, new = company(cost=[RENT]), company(cost=[RENT | {"monthly": "12k"}], cash={"opening": "2M"})
    assert [(item.path, item.old, item.new) for item in changes(old, new)] == [
        ("cash.opening", "1M", "2M"),
        ("cost.rent.monthly", "10k", "12k"),
    ]


def test_a_table_that_came_or_went_is_one_change() -> None:
    old, new = company(cost=[RENT]), company(cost=[TOOLS], fx={"EUR": {"rate": 1.1}})
    found = changes(old, new)
    assert [item.path for item in found] == ["cost.tools", "cost.rent", "fx.EUR"]
    assert [item.table for item in found] == ["cost.tools", "cost.rent", "fx.EUR"]
    assert [item.old is None for item in found] == [True, False, True]


@pytest.mark.parametrize(
    "other",
    [
        company(cost=[TOOLS, RENT]),
        company(cost=[RENT | {"terms": 0}, TOOLS]),
        company(cost=[RENT, TOOLS], company=HEAD | {"story": "Told anew."}),
    ],
    ids=["order", "default", "story"],
)
def test_order_defaults_and_stories_are_no_changes(other: Company) -> None:
    assert paths(company(cost=[RENT, TOOLS]), other) == []


def test_a_change_of_a_header_key_counts() -> None:
    assert paths(company(), company(company=HEAD | {"insolvent_when": "missed_bill"})) == ["company.insolvent_when"]


@pytest.mark.parametrize("number", range(60))
def test_all_changes_taken_back_give_the_old_version(number: int) -> None:
    """Between two random companies; those of the second that depend on each other are taken back together."""
    old, new = (company_from(document_at(2 * number + place), "random.toml") for place in (0, 1))
    back = company_from(
        undone(new.document(), changes(old, new)) | {"company": old.document()["company"]}, "random.toml"
    )
    assert paths(old, back) == []


def test_one_change_taken_back_leaves_the_others() -> None:
    old = company(cost=[RENT], correlation=[])
    new = company(cost=[RENT | {"monthly": "12k", "volatility": "5%"}, TOOLS])
    for change in changes(old, new):
        back = company_from(undone(new.document(), [change]), "example.toml")
        assert paths(old, back) == [path for path in paths(old, new) if path != change.path]
