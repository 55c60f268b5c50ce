"""The rules of rounds: each mistake with its place, rule and remedy, and the example of each in the reference."""

from typing import Any

import pytest

from tarmac.company import company_from
from tarmac.errors import InputError, Problem

HOLDERS = [{"name": "founders", "share": 0.9}, {"name": "pool", "kind": "pool", "share": 0.1}]


def document(**sections: Any) -> dict[str, Any]:
    head = {"name": "Example", "currency": "USD", "first_month": "2024-01"}
    return {"company": head, "cash": {"opening": 1}, "holder": HOLDERS, **sections}


def attempt(**keys: Any) -> dict[str, Any]:
    return {"name": "A", "instrument": "equity", "starts": "2024-03", "amount": "1M", **keys}


def problems_of(**sections: Any) -> tuple[Problem, ...]:
    with pytest.raises(InputError) as caught:
        company_from(document(**sections), "example.toml")
    return caught.value.problems


@pytest.mark.parametrize(
    ("keys", "where", "rule", "remedy"),
    [
        ({"gives_up_after": 9}, "gives_up_after", "goes with closes_monthly", "closes_monthly ="),
        ({"closes_monthly": 0.1}, "", "needs gives_up_after", "gives_up_after = 12"),
        ({"closes_monthly": 0.1, "gives_up_after": 5, "takes": 6}, "gives_up_after", "before it can close", "larger"),
        ({"closes_monthly": 0.1, "gives_up_after": "3 to 5", "takes": "6 to 9"}, "gives_up_after", "before", "larger"),
        ({"closes_monthly": 1.1, "gives_up_after": 5}, "closes_monthly", "bounds: 0% to 100%", "5% to 30%"),
        ({"retries": 2}, "again_after", "retries needs again_after", "again_after ="),
        ({"again_after": 2}, "again_after", "goes with retries", "retries = 1"),
        ({"retries": 1, "again_after": 0}, "again_after", "bounds: 1 to 240", "2 to 6"),
        ({"retries": 11, "again_after": 2}, "retries", "at most 10", "10 or less"),
        ({"pre_money": "5M", "sold": "20%"}, "sold", "one price", "take one"),
        ({"sold": 0}, "sold", "bounds: 0.1% to 99%", "10% to 25%"),
        ({"by": "foundres"}, "by", "names a [[holder]]", "founders"),
        ({"by": "pool"}, "by", "option pool does not invest", "founders"),
        ({"odds": {}}, "odds", "at least one figure", "runway"),
        ({"odds": {"runway": {"at": 9}}}, "odds.runway.adds", "required", "add it"),
        ({"odds": {"revenues": {"at": 9, "adds": 1}}}, "odds.revenues", "no such key", "revenue"),
        ({"odds": {"revenue": {"at": 0, "adds": 1}}}, "odds.revenue.at", "bounds", "typical"),
        ({"odds": {"growth": {"at": "5%", "adds": 0.1}}}, "odds.growth", "lines of revenue", "[[revenue]]"),
        ({"instrument": "secondary"}, "share", "required", "add it"),
        ({"instrument": "secondary", "share": 0.1, "by": "founders"}, "by", "no such key", ""),
        ({"instrument": "debt", "sold": 0.1}, "sold", "no such key", ""),
    ],
    ids=str,
)
def test_a_mistake(keys: dict[str, Any], where: str, rule: str, remedy: str) -> None:
    (problem,) = problems_of(round=[attempt(**keys)])
    assert problem.where == f"round.A.{where}".removesuffix(".")
    assert rule in problem.rule
    assert remedy in problem.remedy


def test_without_holders_nobody_can_be_named() -> None:
    (problem,) = problems_of(holder=[], round=[attempt(by="founders")])
    assert problem.remedy == "add [[holder]] with name = 'founders', or take it out"


def test_who_invests_may_be_a_holder_that_cannot_be_read() -> None:
    broken = [{"name": "founders", "share": 0.9}, {"name": "fund", "share": "much"}]
    assert [problem.where for problem in problems_of(holder=broken, round=[attempt(by="fund")])] == [
        "holder.fund.share"
    ]


def test_no_retries_with_a_pause_is_no_mistake() -> None:
    """A scenario may take the retries away and leave the rest."""
    company = company_from(document(round=[attempt(retries=0, again_after="2 to 4")]))
    assert company.round[0].retries == 0


def test_an_attempt_that_may_be_given_up_before_it_can_close_is_no_mistake() -> None:
    company_from(document(round=[attempt(takes="2 to 9", closes_monthly="5% to 10%", gives_up_after="4 to 12")]))
