"""Levers: each shipped one by hand on a small company, what applies to whom, the ranking, and mistakes."""

import json
from pathlib import Path
from typing import Any

import pytest

import tarmac
from tarmac.company import Company, company_from
from tarmac.errors import InputError
from tarmac.levers import Ranking, handles_for, negated, rank_levers
from tarmac.paired import Difference
from tarmac.scenario import Scenario, apply, pulled, scales, scenario_from

ROOT = Path(__file__).parents[1]
SHIPPED = sorted(path.stem for path in (ROOT / "scenarios").glob("lever-*.toml"))
MODELS = ("saas-seed", "stability-ai", "ai-lab")


def company(**sections: Any) -> Company:
    head = {"name": "Example", "currency": "USD", "first_month": "2024-01"}
    return company_from({"company": head, "cash": {"opening": 1_000}} | sections, "example.toml")


SALES = {"name": "sales", "kind": "subscription", "monthly": 100, "collected_after": 1}
RENT = {"name": "rent", "monthly": 10, "terms": 1}
CLOUD = {"name": "cloud", "kind": "on_demand", "monthly": 50}
STAFF = {"name": "staff", "headcount": 10, "cost": 8, "severance_months": 2}


def flows(subject: Company, months: int = 6) -> list[float]:
    """Net burn by month, as it is on the one path there is."""
    found: list[float] = tarmac.simulate(subject, months=months, paths=1, seed=1).net_burn.mean.tolist()
    return found


def moved(subject: Company, lever: str, units: float = 1.0) -> list[float]:
    """What a lever changes in the money that is left each month."""
    changed = apply(subject, pulled(tarmac.load_scenario(lever), units))
    return [round(before - after, 9) for before, after in zip(flows(subject), flows(changed), strict=True)]


def test_a_higher_price_is_first_paid_with_the_first_invoice_at_it() -> None:
    assert moved(company(revenue=[SALES]), "lever-price-plus-10") == pytest.approx([0, 10, 10, 10, 10, 10])


def test_less_churn() -> None:
    subject = company(revenue=[SALES | {"churn": 0.2, "collected_after": 0}])
    expected = [100 * (0.85**month - 0.8**month) for month in range(6)]
    assert moved(subject, "lever-churn-minus-25") == pytest.approx(expected)


def test_later_hires() -> None:
    subject = company(team=[STAFF | {"hires": [{"month": "2024-02", "count": 1}]}])
    assert moved(subject, "lever-hire-3-months-later") == pytest.approx([0, 8, 8, 8, 0, 0])
    assert moved(subject, "lever-hire-3-months-later", 1 / 3) == pytest.approx([0, 8, 0, 0, 0, 0])


def test_less_compute() -> None:
    assert moved(company(compute=[CLOUD]), "lever-compute-minus-10") == pytest.approx([5] * 6)
    committed = CLOUD | {"kind": "committed", "minimum": 48}
    assert moved(company(compute=[committed]), "lever-compute-minus-10") == pytest.approx([2] * 6)


def test_longer_terms_leave_old_bills_as_they_were() -> None:
    """The bill of December is due in January all the same; that of January not in February but in March."""
    subject = company(cost=[RENT], compute=[CLOUD])
    assert moved(subject, "lever-terms-plus-30-days") == pytest.approx([50, 10, 0, 0, 0, 0])
    assert moved(subject, "lever-terms-plus-30-days", 2) == pytest.approx([50, 60, 10, 0, 0, 0])


def test_faster_collections_leave_old_invoices_as_they_were() -> None:
    """Half of each invoice comes in its own month; in January besides all of December's."""
    assert moved(company(revenue=[SALES]), "lever-collect-15-days-faster") == pytest.approx([50, 0, 0, 0, 0, 0])
    slow = SALES | {"collected_after": [0.2, 0.3, 0.5], "bad_debt": 0.1}
    assert sum(moved(company(revenue=[slow]), "lever-collect-15-days-faster")) == pytest.approx(0.9 * 100 * 0.4)
    at_once = SALES | {"collected_after": 0}
    why = {item.name: item.why for item in handles_for(company(revenue=[at_once]))[1]}
    assert why["lever-collect-15-days-faster"] == "it would change nothing"


def test_an_earlier_raise() -> None:
    raised = {"name": "A", "instrument": "equity", "starts": "2024-03", "takes": 1, "amount": 70}
    subject = company(cost=[RENT], round=[raised])
    changed = apply(subject, tarmac.load_scenario("lever-raise-1-month-earlier"))
    before, after = (tarmac.simulate(item, months=6, paths=1, seed=1).cash.mean for item in (subject, changed))
    assert (after - before).tolist() == pytest.approx([0, 0, 70, 0, 0, 0])


def test_people_let_go_get_their_severance() -> None:
    """One of ten leaves with the second month, two months of cost in hand."""
    assert moved(company(team=[STAFF]), "lever-payroll-minus-10") == pytest.approx([0, 8 - 16, 8, 8, 8, 8])
    assert moved(company(team=[STAFF]), "lever-payroll-minus-10", 2.5) == pytest.approx([0, -20, 20, 20, 20, 20])


@pytest.mark.parametrize("model", MODELS)
def test_every_shipped_lever_acts_on_every_shipped_model(model: str) -> None:
    handles, left_out = handles_for(tarmac.load(model))
    assert [handle.name for handle in handles] == SHIPPED
    assert not left_out
    assert all(handle.scales for handle in handles)


def test_a_lever_with_nothing_to_act_on_is_left_out_with_a_word() -> None:
    handles, left_out = handles_for(company(cost=[RENT]))
    assert [handle.name for handle in handles] == ["lever-terms-plus-30-days"]
    why = {item.name: item.why for item in left_out}
    assert sorted([*why, "lever-terms-plus-30-days"]) == SHIPPED
    assert why["lever-hire-3-months-later"] == "nothing here is team.*.hires*.month"
    steady = {item.name: item.why for item in handles_for(company(revenue=[SALES]))[1]}
    assert steady["lever-churn-minus-25"] == "it would change nothing"


def ranking(subject: Company, names: list[str] | None = None, **more: Any) -> Ranking:
    return rank_levers(subject, names, **({"months": 24, "paths": 400, "seed": 7} | more))


def test_levers_are_ranked_by_survival_then_by_months() -> None:
    found = ranking(tarmac.load("stability-ai"), months=20)
    order = [(effect.survive.value, effect.months_solvent.value) for effect in found.effects]
    assert order == sorted(order, key=lambda item: (item[0] or 0, item[1] or 0), reverse=True)
    assert found.at == 17
    assert ranking(tarmac.load("stability-ai"), ["price-plus-10"], months=9).at == 8
    document = json.loads(json.dumps(found.as_json(), allow_nan=False))
    assert document["schema"] == "tarmac.levers/1"
    assert [item["name"] for item in document["levers"]] == [effect.handle.name for effect in found.effects]


def test_what_a_lever_buys_for_its_money(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two lives of six and seven months: the lever saves the month in which survival is read, on every path."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "scenarios").mkdir()
    (tmp_path / "scenarios" / "lever-own.toml").write_text(
        'title = "x"\n[lever]\nwords = "{amount} more"\namount = 500\ncost = 20\n[[change]]\n'
        'target = "cash.opening"\nadd = 500\n',
        encoding="utf-8",
    )
    subject = company(cost=[{"name": "burn", "monthly": 150}])
    found = rank_levers(subject, ["own"], months=8, paths=10, seed=1)
    [effect] = found.effects
    assert effect.survive.value == 1.0
    assert effect.months_solvent.value == 1.0  # 7 months, and 8 at most
    assert effect.per_money == pytest.approx(1 / 20)
    assert "lever-own" in [handle.name for handle in handles_for(subject)[0]]


def test_names_that_are_no_lever_are_mistakes_all_at_once() -> None:
    with pytest.raises(InputError) as caught:
        rank_levers(company(cost=[RENT]), ["nobody", "hiring-freeze", "churn-minus-25", "terms-plus-30-days"])
    problems = caught.value.problems
    assert [problem.value for problem in problems] == ["nobody", "", "churn-minus-25"]
    assert problems[2].rule == "a lever acts on something in Example: nothing here is revenue.*.churn"
    assert "lever-terms-plus-30-days" in problems[2].remedy


def lever(change: dict[str, Any], **more: Any) -> Scenario:
    table = {"words": "{amount} days", "amount": 1} | more
    return scenario_from({"title": "x", "lever": table, "change": [change]}, "own.toml")


@pytest.mark.parametrize(
    ("change", "units", "expected"),
    [
        ({"target": "a", "multiply": 0.9}, 3, {"multiply": 0.7}),
        ({"target": "a", "multiply": 0.9}, 20, {"multiply": 0.0}),
        ({"target": "a", "multiply": 1.1}, 0.5, {"multiply": 1.05}),
        ({"target": "a", "add": 2}, 3, {"add": 6}),
        ({"target": "a", "add": "-1%"}, 2.5, {"add": -0.025}),
        ({"target": "a", "add": "1M EUR"}, 0.5, {"add": "500000.0 EUR"}),
        ({"target": "a", "add": "1 to 2"}, 2.0, {"add": "(1 to 2) * 2.0"}),
        ({"target": "a", "shift": -1}, 4, {"shift": -4}),
        ({"target": "a", "shift": -0.5}, 3, {"shift": -1.5}),
        ({"target": "a", "set": 3}, 2, {"set": 3}),
        (
            {"target": "policy", "add_item": {"do": [{"cut": "x", "by": 0.1}, {"freeze": "hires"}]}},
            3,
            {"add_item": {"do": [{"cut": "x", "by": 0.3}, {"freeze": "hires"}]}},
        ),
    ],
    ids=str,
)
def test_pulling_a_lever_scales_its_changes(change: dict[str, Any], units: float, expected: dict[str, Any]) -> None:
    own = lever(change)
    [found] = pulled(own, units).change
    for key, value in expected.items():
        assert getattr(found, key) == (pytest.approx(value) if isinstance(value, float) else value)
    assert scales(own) == ("set" not in change)
    assert pulled(own, 1) is own


def test_an_amount_in_another_currency_is_still_one() -> None:
    subject = company(cost=[RENT], fx={"EUR": 1.1})
    changed = apply(subject, pulled(lever({"target": "cash.opening", "add": "1M EUR"}), 0.5))
    assert changed.cash.opening is not None
    assert "EUR" in changed.cash.opening.text


@pytest.mark.parametrize(
    "table",
    [
        {"words": "no place for it", "amount": 1},
        {"words": "{amount}", "amount": 0},
        {"words": "{amount}", "amount": 10, "step": 3},
        {"words": "{amount}", "amount": 10, "most": 5},
        {"words": "{amount}", "amount": 10, "cost": "1 to 2"},
        {"words": "{amount}", "amount": True},
        {"words": "{amount}"},
    ],
    ids=str,
)
def test_a_lever_table_that_makes_no_sense_is_refused(table: dict[str, Any]) -> None:
    with pytest.raises(InputError) as caught:
        scenario_from({"title": "x", "lever": table, "change": [{"target": "a", "set": 1}]}, "own.toml")
    assert all(problem.where.startswith("lever") for problem in caught.value.problems)


def test_words() -> None:
    table = lever({"target": "a", "add": 1}).lever
    assert table is not None
    assert (table.named(), table.named(2), table.named(0.5), table.named(21)) == (
        "1 day",
        "2 days",
        "0.5 days",
        "21 days",
    )
    assert (table.finest, table.largest) == (0.01, 5.0)


def test_the_other_way_round() -> None:
    assert negated(Difference(1.0, -2.0, 3.0)) == Difference(-1.0, -3.0, 2.0)
    assert negated(Difference(None, None, None)) == Difference(None, None, None)
