from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tarmac.company import Company, company_from
from tarmac.errors import InputError
from tarmac.library import load_scenario, on_shelf
from tarmac.scenario import Scenario, apply, scenario_from
from tarmac.simulation import simulate

FIRST = "2024-01"


def company() -> Company:
    return company_from(
        {
            "company": {"name": "Example", "currency": "USD", "first_month": FIRST},
            "cash": {"opening": "5M to 8M"},
            "revenue": [{"name": "api", "kind": "subscription", "monthly": 100, "growth": "4%", "collected_after": 1}],
            "team": [
                {
                    "name": "staff",
                    "headcount": 10,
                    "cost": "10k",
                    "hires": [{"month": "2024-05", "count": 2}, {"month": "2024-08", "count": 3}],
                }
            ],
            "compute": [
                {"name": "aws", "kind": "on_demand", "monthly": "100 to 200"},
                {"name": "gcp", "kind": "committed", "monthly": {FIRST: 50, "2024-07": "60 to 70"}, "minimum": 20},
            ],
            "cost": [{"name": "rent", "monthly": 7}],
            "round": [{"name": "A", "instrument": "equity", "starts": "2024-03", "takes": "4 to 9", "amount": "10M"}],
            "policy": [{"name": "save", "when": {"round_failed": "A"}, "do": [{"cut": "compute.*", "by": 0.3}]}],
        },
        "example.toml",
    )


def scenario(*changes: dict[str, Any], file: str = "test.toml") -> Scenario:
    return scenario_from({"title": "A test", "change": list(changes)}, file)


def after(*changes: dict[str, Any]) -> dict[str, Any]:
    return apply(company(), scenario(*changes)).document()


def table(document: dict[str, Any], section: str, name: str) -> dict[str, Any]:
    return next(item for item in document[section] if item["name"] == name)


def value(number: Any) -> Any:
    from tarmac.uncertain import parse

    return parse(number).value


def mistakes(*changes: dict[str, Any]) -> list[tuple[str, str, str]]:
    with pytest.raises(InputError) as caught:
        apply(company(), scenario(*changes))
    return [(problem.file, problem.where, problem.remedy) for problem in caught.value.problems]


# The operations


def test_set() -> None:
    changed = after({"target": "compute.aws.monthly", "set": "1k to 2k"}, {"target": "cost.rent.monthly", "set": 9})
    assert str(table(changed, "compute", "aws")["monthly"]) == "1k to 2k"
    assert table(changed, "cost", "rent")["monthly"] == 9


def test_set_of_what_the_file_does_not_give() -> None:
    changed = after({"target": "cost.rent.terms", "set": 2}, {"target": "cash.keep_payroll_months", "set": 1})
    assert table(changed, "cost", "rent")["terms"] == 2
    assert changed["cash"]["keep_payroll_months"] == 1


def test_multiply_keeps_the_words_and_scales_the_draw() -> None:
    changed = apply(company(), scenario({"target": "compute.aws.monthly", "multiply": 1.5}))
    number = changed.compute[0].monthly.first  # type: ignore[union-attr]
    assert "100 to 200" in number.text
    assert number.median() == pytest.approx(1.5 * company().compute[0].monthly.first.median())  # type: ignore[union-attr]


def test_multiply_of_a_schedule_scales_every_entry() -> None:
    gcp = table(after({"target": "compute.gcp.monthly", "multiply": 2}), "compute", "gcp")
    assert value(gcp["monthly"][FIRST]) == 100
    assert "60 to 70" in gcp["monthly"]["2024-07"]


def test_add() -> None:
    changed = after({"target": "revenue.api.growth", "add": "1%"}, {"target": "cost.rent.monthly", "add": -3})
    assert value(table(changed, "revenue", "api")["growth"]) == pytest.approx(0.05)
    assert table(changed, "cost", "rent")["monthly"] == 4


def test_add_of_a_negative_amount_in_words() -> None:
    rent = table(after({"target": "cost.rent.monthly", "add": "-2"}), "cost", "rent")
    assert value(rent["monthly"]) == 5


def test_shift_of_a_month_and_of_a_schedule() -> None:
    changed = after({"target": "round.A.starts", "shift": 6}, {"target": "compute.gcp.monthly", "shift": 2})
    assert str(table(changed, "round", "A")["starts"]) == "2024-09"
    assert list(table(changed, "compute", "gcp")["monthly"]) == [FIRST, "2024-09"]  # the first month stays


def test_shift_of_hires() -> None:
    staff = table(after({"target": "team.staff.hires*.month", "shift": 3}), "team", "staff")
    assert [str(hire["month"]) for hire in staff["hires"]] == ["2024-08", "2024-11"]


def test_add_item() -> None:
    item = {"name": "B", "instrument": "safe", "starts": "2024-06", "amount": "1M"}
    assert [item["name"] for item in after({"target": "round", "add_item": item})["round"]] == ["A", "B"]


def test_remove_a_table_and_a_key() -> None:
    changed = after({"target": "policy.save", "remove": True}, {"target": "revenue.api.growth", "remove": True})
    assert not changed["policy"]
    assert "growth" not in table(changed, "revenue", "api")


def test_globs_point_at_everything_they_match() -> None:
    changed = after({"target": "compute.*.monthly", "multiply": 3}, {"target": "*.rent.monthly", "multiply": 2})
    assert all("3" in str(table(changed, "compute", name)["monthly"]) for name in ("aws",))
    assert value(table(changed, "compute", "gcp")["monthly"][FIRST]) == 150
    assert table(changed, "cost", "rent")["monthly"] == 14
    assert table(changed, "revenue", "api")["monthly"] == 100


# From month to month


def burn(*changes: dict[str, Any]) -> list[float]:
    """What rent costs, month by month."""
    one = company().document()
    bare = {"company": one["company"], "cash": {"opening": 10_000}, "cost": [{"name": "rent", "monthly": 7}]}
    plain = company_from(bare)
    changed = apply(plain, scenario(*changes)) if changes else plain
    burnt: list[float] = simulate(changed, months=6, paths=1, seed=1).net_burn.mean.tolist()
    return burnt


RENT = "cost.rent.monthly"


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({}, [7, 7, 7, 7, 7, 7]),
        ({"multiply": 2, "from": 3, "to": 4}, [7, 7, 14, 14, 7, 7]),
        ({"multiply": 2, "from": "2024-03"}, [7, 7, 14, 14, 14, 14]),
        ({"multiply": 0, "to": "2024-02"}, [0, 0, 7, 7, 7, 7]),
        ({"set": 1, "from": 2, "to": 2}, [7, 1, 7, 7, 7, 7]),
        ({"set": 1, "from": 1}, [1, 1, 1, 1, 1, 1]),
        ({"add": 3, "from": 5}, [7, 7, 7, 7, 10, 10]),
        ({"add": "3", "from": "2024-02", "to": "2024-04"}, [7, 10, 10, 10, 7, 7]),
    ],
    ids=str,
)
def test_changes_hold_from_month_to_month(change: dict[str, Any], expected: list[float]) -> None:
    assert burn(*([{"target": RENT} | change] if change else [])) == pytest.approx(expected)


def test_dated_changes_add_up() -> None:
    first = {"target": RENT, "multiply": 2, "from": 2, "to": 4}
    second = {"target": RENT, "multiply": 3, "from": 4, "to": 5}
    assert burn(first, second) == pytest.approx([7, 14, 14, 42, 21, 7])


# Composition


def test_scenarios_compose_in_the_order_given() -> None:
    double, more = ({"target": RENT, "multiply": 2}, {"target": RENT, "add": 1})
    assert burn(double, more)[0] == 15
    assert burn(more, double)[0] == 16
    one_by_one = apply(apply(company(), scenario(double)), scenario(more))
    assert one_by_one.document() == apply(company(), scenario(double, more)).document()


@given(
    st.lists(st.sampled_from([{"multiply": 1.5}, {"multiply": 0.5}, {"add": 2}, {"set": 3}]), min_size=1, max_size=5)
)
def test_applying_all_at_once_is_applying_one_after_the_other(operations: list[dict[str, Any]]) -> None:
    changes = [{"target": RENT} | operation for operation in operations]
    stepwise = company()
    for change in changes:
        stepwise = apply(stepwise, scenario(change))
    assert stepwise.document() == apply(company(), scenario(*changes)).document()


def test_a_scenario_leaves_the_company_it_is_applied_to_as_it_was() -> None:
    one = company()
    before = str(one.document())
    apply(one, scenario({"target": "compute.*.monthly", "multiply": 9}))
    assert str(one.document()) == before


# Mistakes


def test_a_target_that_matches_nothing_names_the_nearest() -> None:
    ((file, where, remedy),) = mistakes({"target": "compute.awz.monthly", "multiply": 2})
    assert (file, where) == ("test.toml", "change[0].target")
    assert "compute.aws.monthly" in remedy


def test_all_mistakes_are_named_at_once() -> None:
    found = mistakes(
        {"target": "nothing.*", "multiply": 2},
        {"target": "cost.rent.monthly", "multiply": 2},
        {"target": "cost.rent", "shift": 2},
        {"target": "rounds", "add_item": {"name": "B"}},
        {"target": "round.Z", "remove": True},
        {"target": "cost.rent.monthly", "shift": 1},
        {"target": "revenue.api.kind", "multiply": 2},
    )
    assert [where for _, where, _ in found] == [f"change[{index}].target" for index in (0, 2, 3, 4, 5, 6)]
    assert all(remedy for _, _, remedy in found)


@pytest.mark.parametrize(
    "change",
    [
        {"target": RENT},
        {"target": RENT, "set": 1, "multiply": 2},
        {"target": RENT, "remove": False},
        {"target": "round.A.starts", "shift": 2, "from": 3},
        {"target": RENT, "multiply": -1},
        {"target": RENT, "multiply": float("nan")},
        {"target": RENT, "multiply": 2, "from": 0},
        {"target": RENT, "multiply": 2, "from": "May"},
        {"target": RENT, "multiply": 2, "until": 3},
        {"multiply": 2},
    ],
    ids=str,
)
def test_changes_that_cannot_be_read_are_refused(change: dict[str, Any]) -> None:
    with pytest.raises(InputError) as caught:
        scenario(change)
    assert all(problem.file == "test.toml" and problem.rule for problem in caught.value.problems)


def test_a_scenario_that_breaks_the_company_is_refused_in_the_company_s_terms() -> None:
    with pytest.raises(InputError) as caught:
        apply(company(), scenario({"target": "round.A", "remove": True}))
    (problem,) = caught.value.problems
    assert problem.where == "policy.save.when.round_failed"
    assert "test" in problem.file
    assert "example.toml" in problem.file


def test_unknown_keys_of_a_scenario_are_named() -> None:
    with pytest.raises(InputError) as caught:
        scenario_from({"titel": "x", "title": "x", "change": [{"target": RENT, "multiply": 2}]}, "s.toml")
    (problem,) = caught.value.problems
    assert problem.remedy == "did you mean 'title'?"


# Correlations


def test_a_correlation_is_added_between_all_that_its_globs_find() -> None:
    """In place of what a pair had; a driver is never tied to itself."""
    lines = [{"name": name, "monthly": "1k to 2k"} for name in ("rent", "travel")]
    api = {"name": "api", "kind": "usage", "monthly": "1k to 2k"}
    told = {"between": ["cost.travel.monthly", "revenue.api.monthly"], "value": 0.2}
    subject = company_from(company().document() | {"cost": lines, "revenue": [api], "correlation": [told]}, "a.toml")
    every = {"between": ["revenue.*.monthly", "cost.*.monthly"], "value": 0.5}
    among = {"between": ["cost.*.monthly", "cost.*.monthly"], "value": 0.9}
    changes = [{"target": "correlation", "add_item": item} for item in (every, among)]
    found = {frozenset(item.between): item.value for item in apply(subject, scenario(*changes)).correlation}
    rent, travel, sold = "cost.rent.monthly", "cost.travel.monthly", "revenue.api.monthly"
    assert found == {frozenset((sold, rent)): 0.5, frozenset((sold, travel)): 0.5, frozenset((rent, travel)): 0.9}


@pytest.mark.parametrize(
    ("between", "where"),
    [
        (["revenue.*.x", "cash.opening"], "change[0].add_item.between"),
        (["revenue.*.x", "revenue.*.x"], "change[0].add_item.between"),
        ("cash.opening", "correlation[0].between"),
        (["cash.opening"], "correlation[0].between[1]"),
    ],
)
def test_a_correlation_of_nothing_is_a_mistake(between: object, where: str) -> None:
    change = {"target": "correlation", "add_item": {"between": between, "value": 0.5}}
    with pytest.raises(InputError) as caught:
        apply(company(), scenario(change))
    assert [problem.where for problem in caught.value.problems] == [where]


# The shelf


def test_every_shipped_scenario_says_what_it_is() -> None:
    names = {found.name for found in on_shelf("scenarios")}
    assert {"no-new-money", "compute-plus-50", "hiring-freeze", "largest-customer-leaves"} <= names
    for name in names:
        item = load_scenario(name)
        assert item.name == name
        assert item.story
        assert item.source


def test_a_scenario_is_named_after_its_file(tmp_path: Path) -> None:
    file = tmp_path / "dear-compute.toml"
    file.write_text('title = "x"\n[[change]]\ntarget = "compute.*.monthly"\nmultiply = 2\n')
    assert load_scenario(file).name == "dear-compute"


def test_a_scenario_about_what_a_company_does_not_have_says_so() -> None:
    with pytest.raises(InputError, match=r"the company has no \[\[debt\]\]: declare one, or leave the scenario out"):
        apply(company(), scenario_from({"title": "x", "change": [{"target": "debt.*.rate", "add": 1}]}, "x.toml"))
    with pytest.raises(InputError, match=r"did you mean 'round\.A\."):
        apply(company(), scenario_from({"title": "x", "change": [{"target": "round.*.wages", "set": 1}]}, "x.toml"))
