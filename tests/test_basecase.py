"""The base case is the engine's own path with nothing left to chance."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

import tarmac
from tarmac.basecase import base_case_of, values_of
from tarmac.company import Company, company_from
from tarmac.engine.dying import planned
from tarmac.errors import InputError
from tarmac.layout import plan_of

HEAD = {"name": "Example", "currency": "USD", "first_month": "2024-01"}
RENT = {"name": "rent", "monthly": 100}


def company(**sections: Any) -> Company:
    return company_from({"company": HEAD, "cash": {"opening": 1000}} | sections, "example.toml")


def attempt(**more: Any) -> dict[str, Any]:
    return {"name": "seed", "instrument": "equity", "starts": "2024-03", "takes": 1, "amount": 500} | more


def test_a_certain_company_is_its_own_base_case() -> None:
    base = base_case_of(company(cost=[RENT]), 6)
    assert base.balances["cash"].tolist() == [1000, 900, 800, 700, 600, 500, 400]
    assert (base.insolvent, base.acquired) == (None, None)


def test_every_uncertain_number_is_at_its_median_and_months_do_not_scatter() -> None:
    rent = {"name": "rent", "monthly": "40 to 90", "volatility": "80%", "growth": "uniform(0, 0.1)"}
    base = base_case_of(company(cost=[rent]), 4)
    level = float(f"{60.0:.12g}")
    assert base.values["cost.rent.monthly"] == pytest.approx(level)
    assert base.flows["cost.rent"] == pytest.approx(level * 1.05 ** np.arange(4))


def test_planned_cost_is_the_same_where_both_tell_of_it() -> None:
    made = company(cost=[{"name": "rent", "monthly": "40 to 90", "growth": "1% to 3%"}])
    usual = planned(plan_of(made), 12)["cost"]
    assert base_case_of(made, 12).flows["cost.rent"] == pytest.approx(usual)


def test_money_comes_only_where_it_is_certain() -> None:
    likely = base_case_of(company(cost=[RENT], round=[attempt(succeeds=0.99)]), 6)
    certain = base_case_of(company(cost=[RENT], round=[attempt(succeeds=1)]), 6)
    assert likely.raised["seed"].sum() == 0
    assert likely.failed["seed"].tolist() == [0, 0, 0, 1, 1, 1]
    assert certain.raised["seed"].tolist() == [0, 0, 0, 500, 0, 0]
    assert certain.failed["seed"].sum() == 0


def test_a_closing_that_is_certain_in_every_month_happens() -> None:
    often = {"closes_monthly": 1, "gives_up_after": 6, "succeeds": 1}
    assert base_case_of(company(cost=[RENT], round=[attempt(**often)]), 6).raised["seed"].sum() == 500


def test_no_event_happens_and_the_likelier_happens_once() -> None:
    sales = {
        "name": "sales",
        "kind": "contract",
        "monthly": 100,
        "customers": [{"name": "one", "share": 0.4, "leaves": 0.2}],
        "pipeline": [
            {"name": "likely", "monthly": 10, "month": "2024-02", "signs": 0.6},
            {"name": "unlikely", "monthly": 20, "month": "2024-02", "signs": 0.4},
        ],
    }
    burst = {"name": "burst", "rate": 5, "effect": {"target": "cash", "add": -1000}}
    base = base_case_of(company(revenue=[sales], event=[burst]), 6)
    # ln(0.5) / ln(0.8) = 3.1: the customer is gone from the fourth month on
    assert base.flows["revenue.sales"].tolist() == [100, 110, 110, 70, 70, 70]


def test_policies_act_by_their_own_rules() -> None:
    cut = {"name": "cut", "when": {"cash_below": 850}, "do": [{"cut": "cost.rent", "by": 0.5}]}
    base = base_case_of(company(cost=[RENT], policy=[cut]), 5)
    assert base.bites["cut"].tolist() == [0, 0, 1, 0, 0]
    assert base.flows["cost.rent"].tolist() == [100, 100, 50, 50, 50]


def test_it_ends_with_insolvency() -> None:
    base = base_case_of(company(cost=[RENT | {"monthly": 400}]), 5)
    assert base.insolvent == 2
    assert base.flows["cost.rent"].tolist() == [400, 400, 400, 0, 0]
    assert base.flows["left unpaid"].tolist() == [0, 0, 200, 0, 0]


@pytest.mark.parametrize("name", ["saas-seed", "ai-lab", "stability-ai", "moonshot-ai", "minimax"])
def test_names_for_certain_numbers_change_no_path(name: str) -> None:
    made = tarmac.load(name)
    plan, named = plan_of(made), plan_of(made, named=True)
    assert replace(named, inputs=()).reacts_to_cash == plan.reacts_to_cash
    for what in ("pays_in_order", "has_payables", "has_taxes", "has_debt", "has_liabilities"):
        assert getattr(named, what) == getattr(plan, what)
    assert [line.level.path for line in named.vendors] == [line.level.path for line in plan.vendors]


def test_values_are_those_of_the_file() -> None:
    values = values_of(company(cost=[RENT | {"monthly": "7k", "growth": {"2024-01": 0.01, "2024-03": "2% to 4%"}}]))
    assert values["cost.rent.monthly"] == 7000
    assert values["cost.rent.growth[2024-01]"] == 0.01
    assert values["cost.rent.growth[2024-03]"] == pytest.approx((0.02 * 0.04) ** 0.5)


def test_mistakes_are_told() -> None:
    with pytest.raises(InputError, match="months"):
        base_case_of(company(cost=[RENT]), 0)
    with pytest.raises(InputError, match="below 1e38"):
        base_case_of(company(revenue=[{"name": "x", "kind": "usage", "monthly": 1e9, "growth": 2}]), 100)
