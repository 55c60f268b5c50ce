"""What a raise costs in shares: cap tables by hand, and where nothing can be said."""

from typing import Any

import pytest

from tarmac.company import Company, company_from
from tarmac.engine.block import Job
from tarmac.layout import plan_of
from tarmac.raising import Attempt, Dilution, attempt_of
from tarmac.raising.dilution import dilution_of

HEAD = {"name": "Example", "currency": "USD", "first_month": "2024-01"}
POOLED = [{"name": "founders", "share": 0.9}, {"name": "pool", "kind": "pool", "share": "10%"}]
EQUITY = {"name": "A", "instrument": "equity", "starts": "2024-03", "amount": 1, "pre_money": 80}


def company(**sections: Any) -> Company:
    return company_from({"company": HEAD, "cash": {"opening": 1000}} | sections, "example.toml")


def cost(subject: Company, *, amount: float = 20, at: int = 2, months: int = 6, **asked: str) -> Dilution:
    job = Job(plan_of(subject), 1, months, 200)
    found = dilution_of(subject, job, attempt=attempt_of(subject, **asked), amount=amount, at=at)
    assert found is not None
    return found


def test_a_fifth_of_the_company_for_20_at_80() -> None:
    found = cost(company(round=[EQUITY]))
    assert found.sold is not None
    assert found.common is not None
    assert (found.sold.p5, found.sold.p50, found.sold.p95) == pytest.approx((0.2, 0.2, 0.2))
    assert found.common.p50 == pytest.approx(0.8)
    assert (found.opening, found.sold.paths) == (1, 200)
    assert found.at_exit is found.proceeds is None


def test_the_pool_is_topped_up_at_the_cost_of_those_before() -> None:
    """Of 100%, 20% are new and 10% are new options: founders keep 70% of their 90%."""
    found = cost(company(holder=POOLED, round=[EQUITY | {"option_pool": "17%"}]))
    assert found.common is not None
    assert found.common.p50 == pytest.approx(0.63)
    assert found.opening == 0.9


def test_a_note_of_the_opening_becomes_shares_in_the_round() -> None:
    """A cap of 50: the note of 10 has a fifth of what the new money leaves, 16%."""
    note = {"name": "n", "kind": "note", "principal": 10, "cap": 50}
    found = cost(company(debt=[note], round=[EQUITY]))
    assert found.sold is not None
    assert found.common is not None
    assert found.sold.p50 == pytest.approx(0.2)
    assert found.common.p50 == pytest.approx(0.64)


def test_an_uncertain_valuation_makes_a_range() -> None:
    found = cost(company(round=[EQUITY | {"pre_money": "40 to 160"}]))
    assert found.sold is not None
    assert pytest.approx(found.sold.p5, abs=0.02) == 20 / 180
    assert pytest.approx(found.sold.p95, abs=0.03) == 20 / 60


def test_other_rounds_are_left_out_but_for_the_sale() -> None:
    """Half of the paths sell the company for 100 in May, two months after the raise: founders have 80% of it."""
    safe = {"name": "s", "instrument": "safe", "starts": "2024-01", "amount": 50, "cap": 60}
    sale = {"name": "x", "instrument": "acquisition", "starts": "2024-05", "amount": 100, "succeeds": 0.5}
    found = cost(company(round=[safe, EQUITY, sale]))
    assert found.at_exit is not None
    assert found.proceeds is not None
    assert found.common is not None
    assert found.at_exit.paths + found.common.paths == 200
    assert found.at_exit.paths == pytest.approx(100, abs=30)
    assert found.at_exit.p50 == pytest.approx(0.8)
    assert found.proceeds.p50 == pytest.approx(80)


def test_nothing_is_sold_where_the_company_is_gone_before() -> None:
    broke = company(cash={"opening": 0}, cost=[{"name": "rent", "monthly": 1}], round=[EQUITY])
    found = cost(broke)
    assert found.sold is found.common is None
    assert found.as_json()["sold"] is None


def test_a_valuation_may_be_said() -> None:
    found = cost(company(), pre_money="180")
    assert found.sold is not None
    assert found.sold.p50 == pytest.approx(0.1)


def test_without_a_valuation_nothing_is_said() -> None:
    subject = company()
    job = Job(plan_of(subject), 1, 6, 200)
    assert dilution_of(subject, job, attempt=Attempt(0, 1, {}, "the test"), amount=20, at=0) is None
    assert dilution_of(subject, job, attempt=attempt_of(subject, pre_money="9"), amount=0, at=0) is None
