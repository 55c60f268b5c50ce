"""What reaches a target: exact where everything is certain, and what was run where it is not."""

from typing import Any

import pytest

import tarmac
from tarmac.company import Company, company_from
from tarmac.levers import Handle, handles_for
from tarmac.reaching import Answer, Reach, Target, reach
from tarmac.scenario import scenario_from

HEAD = {"name": "Example", "currency": "USD", "first_month": "2024-01", "insolvent_when": "cash_below_zero"}


def company(**sections: Any) -> Company:
    """Money for ten months: 100, and 10 less every month."""
    lines = {
        "revenue": [{"name": "sales", "kind": "other", "monthly": 5}],
        "compute": [{"name": "cloud", "kind": "on_demand", "monthly": 15}],
    }
    return company_from({"company": HEAD, "cash": {"opening": 100}} | lines | sections, "example.toml")


def handle(name: str, change: dict[str, Any], **table: Any) -> Handle:
    words = {"words": name + " {amount}", "amount": 10}
    own = scenario_from({"title": name, "lever": words | table, "change": [change]}, f"{name}.toml")
    assert own.lever is not None
    return Handle(name, own, own.lever)


PRICE = handle("price", {"target": "revenue.*.times", "multiply": 1.1}, most=50)
COMPUTE = handle("compute", {"target": "compute.*.times", "multiply": 0.9}, most=50)
MONEY = handle("money", {"target": "cash.opening", "add": 10}, step=10, most=20)
ONCE = handle("once", {"target": "revenue.sales.monthly", "set": 12})


def found(*handles: Handle, months: int = 12, **more: Any) -> Reach:
    target = more.pop("target", Target(f"survive {months} >= 90%", months - 1, 0.9))
    return reach(more.pop("subject", company()), handles, target=target, months=24, paths=50, seed=1)


def units(answer: Answer | None) -> list[float]:
    assert answer is not None
    return [pull.units for pull in answer.pulls]


def test_the_smallest_pull_of_each_lever_alone() -> None:
    """Twelve months take a burn of 100/12: sales of 6.67, 33.3% more, or compute of 13.33, 11.1% less; or 20 more."""
    result = found(PRICE, COMPUTE, MONEY, ONCE)
    assert result.base == 0.0
    assert [units(answer) for answer in result.alone] == [[3.34], [1.12], [2.0], [1.0]]
    assert all(answer.reached and answer.value == 1.0 for answer in result.alone)
    assert result.alone[0].words == "price 33.4"


def test_a_lever_that_is_not_enough_says_how_far_it_goes() -> None:
    result = found(PRICE, MONEY, months=18)
    assert [answer.reached for answer in result.alone] == [False, False]
    assert [units(answer) for answer in result.alone] == [[5.0], [2.0]]
    assert result.alone[0].value == 0.0


def test_a_pair_reaches_what_neither_does() -> None:
    """Fifteen months: with 20 more in cash a burn of 8, from prices 40% higher; no money more alone would do."""
    result = found(PRICE, MONEY, months=15)
    assert [answer.reached for answer in result.alone] == [False, False]
    assert result.pair is not None
    assert units(result.pair) == [4.0, 2.0]
    assert result.pair.words == "price 40 and money 20"
    assert found(PRICE, MONEY, months=24).pair is None


def test_a_pair_is_pulled_alike() -> None:
    """5 x 0.1 u and 15 x 0.1 u must make 1.67 together: u = 0.833, and 0.85 in steps of a twentieth, then let back."""
    pair = found(PRICE, COMPUTE).pair
    assert pair is not None
    price, compute = units(pair)
    assert 0.5 * price + 1.5 * compute >= 100 * (1 / 10 - 1 / 12) - 1e-9
    assert price == pytest.approx(0.8, abs=0.06)
    assert compute == 0.85


def test_the_cheapest_pair_is_sought_where_every_lever_has_a_cost() -> None:
    dear = handle("price", {"target": "revenue.*.times", "multiply": 1.1}, most=50, cost=100)
    cheap = handle("compute", {"target": "compute.*.times", "multiply": 0.9}, most=50, cost=1)
    money = handle("money", {"target": "cash.opening", "add": 10}, step=10, most=20, cost=2)
    result = found(dear, cheap, money)
    assert result.by_cost
    assert result.pair is not None
    assert {pull.handle.name for pull in result.pair.pulls} == {"compute", "money"}
    assert result.pair.cost == pytest.approx(sum(u * c for u, c in zip(units(result.pair), (1, 2), strict=True)))
    assert not found(dear, COMPUTE).by_cost
    assert found(dear, COMPUTE).alone[1].cost is None


def test_a_target_that_is_met_needs_nothing() -> None:
    result = found(PRICE, months=9)
    assert result.met
    assert result.alone == ()
    assert result.pair is None
    assert result.as_json()["met"] is True


def test_a_need_to_come_down_to() -> None:
    """24 months need 140 more; 20 of it saved over 24 months is 0.833 a month, sales a sixth higher."""
    target = Target("need p90 <= 120", level=0.9, amount=120.0)
    result = found(PRICE, target=target)
    assert result.base == pytest.approx(140)
    assert units(result.alone[0]) == [1.67]


def test_a_lever_goes_no_further_than_the_first_month() -> None:
    raised = {"name": "A", "instrument": "equity", "starts": "2024-04", "takes": 9, "amount": 100}
    earlier = handle("raise", {"target": "round.*.starts", "shift": -1}, amount=1, step=1, most=9)
    subject = company(round=[raised])
    result = found(earlier, subject=subject, months=14)
    assert units(result.alone[0]) == [2.0], "in February, to arrive in November, when the tenth month's money is gone"
    late = company(round=[raised | {"takes": 12}])
    assert units(found(earlier, subject=late, months=14).alone[0]) == [3.0]
    assert not found(earlier, subject=late, months=14).alone[0].reached


def test_what_is_said_to_reach_it_does() -> None:
    subject = tarmac.load("stability-ai")
    handles = handles_for(subject, ["compute-minus-10", "payroll-minus-10"])[0]
    target = Target("survive 12 >= 50%", 11, 0.5)
    result = reach(subject, handles, target=target, months=24, paths=600, seed=3)
    assert result.base < 0.5
    for answer in (*result.alone, result.pair):
        assert answer is not None
        assert answer.reached
        changed = subject
        for pull in answer.pulls:
            changed = pull.handle.apply(changed, pull.units)
        clock = tarmac.simulate(changed, months=12, paths=600, seed=3).insolvent
        assert 1 - clock.probability[-1] == pytest.approx(answer.value)
        assert answer.value >= 0.5
    assert result.error(0.5) == pytest.approx(1.96 * 0.5 / 600**0.5, rel=1e-3)
    document = result.as_json()
    assert document["pair_by"] == "units"
    assert [item["reached"] for item in document["alone"]] == [True, True]
