"""What a company file may say, and what each mistake in it is answered with."""

from typing import Any

import pytest

from tarmac.company import Company, company_from
from tarmac.errors import InputError, Problem
from tarmac.layout import plan_of


def document(**sections: Any) -> dict[str, Any]:
    base: dict[str, Any] = {
        "company": {"name": "Example", "currency": "USD", "first_month": "2024-01"},
        "cash": {"opening": "5M to 8M"},
        "revenue": [{"name": "api", "kind": "subscription", "monthly": "1M to 2M", "volatility": 0.1}],
        "team": [{"name": "staff", "headcount": 10, "cost": "18k to 24k"}],
        "compute": [{"name": "aws", "kind": "on_demand", "monthly": "3M", "volatility": 0.1}],
        "cost": [{"name": "rent", "monthly": 1000, "volatility": 0.2}],
        "round": [{"name": "A", "instrument": "equity", "starts": "2024-03", "amount": "10M"}],
    }
    return base | sections


def company(**sections: Any) -> Company:
    return company_from(document(**sections), "example.toml")


def problems(**sections: Any) -> tuple[Problem, ...]:
    with pytest.raises(InputError) as caught:
        company(**sections)
    for problem in caught.value.problems:
        assert problem.file == "example.toml"
        assert problem.where
        assert problem.rule
        assert problem.remedy
    return caught.value.problems


def problem(**sections: Any) -> Problem:
    (only,) = problems(**sections)
    return only


def rent(**keys: Any) -> list[dict[str, Any]]:
    return [{"name": "rent", "monthly": 1000, **keys}]


def head(**keys: Any) -> dict[str, Any]:
    return {"name": "Example", "currency": "USD", "first_month": "2024-01", **keys}


USAGE: dict[str, Any] = {"name": "r", "kind": "usage", "monthly": 1}
ROUND: dict[str, Any] = {"name": "A", "instrument": "equity", "starts": "2024-03", "amount": 1}
TEAM: dict[str, Any] = {"name": "s", "headcount": 1, "cost": 1}


# What is said is kept


def test_a_company_is_what_its_file_says() -> None:
    one = company()
    assert one.company.name == "Example"
    assert str(one.cash.opening) == "5M to 8M"
    assert one.cost[0].terms == 0
    assert one.file == "example.toml"


def test_a_company_cannot_be_changed() -> None:
    with pytest.raises(ValueError, match="frozen"):
        setattr(company().cash, "opening", 3)  # noqa: B010  (an assignment would not pass the type checker)


def test_a_document_reads_back_as_the_same_company() -> None:
    one = company(cost=rent(monthly={"2024-01": "1k to 2k", "2024-07": 3000}, growth="2%", starts="2024-02"))
    again = company_from(one.document(), one.file)
    assert again.document() == one.document()
    assert plan_of(again) == plan_of(one)


def test_money_in_several_ways() -> None:
    for text in ("4.2M", "$4.2M", "4,200,000", 4_200_000, 4.2e6, "4.2M USD"):
        assert company(cash={"opening": text}).cash.opening.value == pytest.approx(4.2e6)


def test_collections_by_lag_and_by_shares() -> None:
    def collected(value: Any) -> Any:
        line = {"name": "api", "kind": "usage", "monthly": 1, "collected_after": value}
        return company(revenue=[line]).revenue[0].collected_after

    assert collected(2) == (0.0, 0.0, 1.0)
    assert collected([0.6, 0.3, 0.1]) == (0.6, 0.3, 0.1)


# What a mistake is answered with


def test_all_mistakes_are_named_at_once() -> None:
    found = problems(
        company=head(currency="XXX", first_month="soon"),
        cash={"opening": "lots", "openning": 3},
        team=[{"name": "staff", "headcount": -4, "cost": "20%"}],
        cost=rent(terms=-1, growht=0.1),
    )
    assert {item.where for item in found} == {
        "company.currency",
        "company.first_month",
        "cash.opening",
        "cash.openning",
        "team.staff.headcount",
        "team.staff.cost",
        "cost.rent.terms",
        "cost.rent.growht",
    }


def test_an_unknown_key_names_the_nearest() -> None:
    found = problem(cost=rent(growht="1%"))
    assert (found.where, found.remedy) == ("cost.rent.growht", "did you mean 'growth'?")
    assert "'compute'" in problem(computer=[]).remedy
    compute = {"name": "aws", "kind": "committed", "monthly": 1, "minimum": 1, "minimun": 1}
    assert "'minimum'" in problem(compute=[compute]).remedy


def test_a_missing_key_is_named() -> None:
    found = problem(cost=[{"name": "rent"}])
    assert (found.where, found.value, found.remedy) == ("cost.rent.monthly", "", "add it")
    with pytest.raises(InputError) as caught:
        company_from({})
    assert [item.where for item in caught.value.problems] == ["company", "cash"]


@pytest.mark.parametrize(
    ("sections", "where"),
    [
        ({"cash": {"opening": "12%"}}, "cash.opening"),
        ({"cash": {"opening": "5M to 8M years"}}, "cash.opening"),
        ({"cost": [{"name": "rent", "monthly": "1k", "growth": "3 USD"}]}, "cost.rent.growth"),
        ({"cost": [{"name": "rent", "monthly": "-5k"}]}, "cost.rent.monthly"),
        ({"team": [{"name": "s", "headcount": -1, "cost": 1}]}, "team.s.headcount"),
        ({"team": [{"name": "s", "headcount": "-9 to -3", "cost": 1}]}, "team.s.headcount"),
        ({"cost": [{"name": "rent", "monthly": "1k", "growth": "2000%"}]}, "cost.rent.growth"),
        ({"cost": [{"name": "rent", "monthly": "1k", "volatility": -0.1}]}, "cost.rent.volatility"),
        ({"cost": [{"name": "rent", "monthly": "1k", "persistence": 1.1}]}, "cost.rent.persistence"),
        ({"cost": [{"name": "rent", "monthly": "1k", "persistence": "0.1 to 0.3"}]}, "cost.rent.persistence"),
        ({"cost": [{"name": "rent", "monthly": "1k", "terms": 1.5}]}, "cost.rent.terms"),
        ({"cost": [{"name": "rent", "monthly": "1k", "stretch": 61}]}, "cost.rent.stretch"),
        ({"cost": [{"name": "rent", "monthly": True}]}, "cost.rent.monthly"),
        ({"cost": [{"name": "rent", "monthly": []}]}, "cost.rent.monthly"),
        ({"cost": [{"name": "rent", "monthly": {}}]}, "cost.rent.monthly"),
        ({"cost": {"name": "rent", "monthly": 1}}, "cost"),
        ({"cost": "rent"}, "cost"),
        ({"revenue": [{"name": "r", "kind": "gift", "monthly": 1}]}, "revenue.r.kind"),
        ({"revenue": [{"name": "r", "kind": "contract", "monthly": 1, "churn": "1%"}]}, "revenue.r.churn"),
        ({"revenue": [USAGE | {"collected_after": [0.5, 0.4]}]}, "revenue.r.collected_after"),
        ({"revenue": [USAGE | {"collected_after": 25}]}, "revenue.r.collected_after"),
        ({"round": [{"name": "A", "instrument": "equity", "amount": 1}]}, "round.A"),
        ({"round": [{"name": "A", "instrument": "gold", "starts": "2024-03", "amount": 1}]}, "round.A.instrument"),
        ({"round": [ROUND | {"succeeds": 2}]}, "round.A.succeeds"),
        ({"event": [{"name": "e", "rate": 0.1, "effect": {"target": "cash", "multiply": 2}}]}, "event.e.effect"),
        ({"policy": [{"name": "p", "when": {}, "do": [{"freeze": "hires"}]}]}, "policy.p.when"),
        ({"policy": [{"name": "p", "when": {"month": "2024-02"}, "do": []}]}, "policy.p.do"),
        ({"policy": [{"name": "p", "when": {"month": "2024-02"}, "do": [{"cut": "*"}]}]}, "policy.p.do[0].by"),
    ],
    ids=str,
)
def test_what_cannot_be_is_refused_where_it_stands(sections: dict[str, Any], where: str) -> None:
    assert problem(**sections).where == where


@pytest.mark.parametrize("value", [float("nan"), float("inf"), "nan", "inf", "NaN to 3", "1 to inf", "1e999", 10**400])
def test_what_is_not_a_finite_number_is_refused(value: Any) -> None:
    assert problem(cash={"opening": value}).where == "cash.opening"
    assert problem(cost=rent(growth=value)).where == "cost.rent.growth"


@pytest.mark.parametrize(
    ("sections", "where"),
    [
        ({"cost": rent(starts="2023-12")}, "cost.rent.starts"),
        ({"cost": rent(monthly={"2023-12": 1})}, "cost.rent.monthly"),
        ({"round": [{"name": "A", "instrument": "safe", "starts": "2023-12", "amount": 1}]}, "round.A.starts"),
        ({"team": [TEAM | {"hires": [{"month": "2023-01", "count": 1}]}]}, "team.s.hires[0].month"),
        ({"policy": [{"name": "p", "when": {"month": "2023-02"}, "do": [{"freeze": "hires"}]}]}, "policy.p.when.month"),
    ],
)
def test_no_month_lies_before_the_first(sections: dict[str, Any], where: str) -> None:
    found = problem(**sections)
    assert found.where == where
    assert "2024-01" in found.rule


def test_a_schedule_begins_with_the_first_month_and_a_line_ends_after_it_starts() -> None:
    assert problem(cost=rent(monthly={"2024-02": 1})).where == "cost.rent.monthly"
    assert problem(cost=rent(starts="2024-05", ends="2024-04")).where == "cost.rent.ends"
    assert problem(cost=rent(monthly={"2024-01": 1, "May": 2})).where == "cost.rent.monthly"
    assert problem(cost=rent(starts="2190-01")).where == "cost.rent.starts"


def test_names_are_unique_and_can_be_pointed_at() -> None:
    assert "'rent'" in problem(cost=[*rent(), *rent()]).rule
    for name in ("", " ", "a*b", "a\nb", "x" * 101, "\u202eevil"):
        found = problems(cost=[{"name": name, "monthly": 1}])
        assert len(found) == 1


@pytest.mark.parametrize("name", ["<script>alert(1)</script>", "[red]x[/red]", "a\x1b[31mb", "a\x07", "a\u202eb"])
def test_names_with_markup_and_escape_codes_are_refused_and_shown_harmless(name: str) -> None:
    with pytest.raises(InputError) as caught:
        company(company=head(name=name))
    assert [item.where for item in caught.value.problems] == ["company.name"]
    assert not set("\x1b\x07\u202e") & set(str(caught.value))


def test_the_remedy_for_a_name_fits_what_is_wrong_with_it() -> None:
    assert problem(cost=[{"name": "a<b*", "monthly": 1}]).remedy == "it has < *: write it without"
    assert problem(cost=[{"name": "x" * 300, "monthly": 1}]).remedy == "shorten it"


def test_values_with_escape_codes_are_shown_harmless() -> None:
    with pytest.raises(InputError) as caught:
        company(cash={"opening": "\x1b[2J7M"}, **{"key\x1b[31m": 3})
    assert "\x1b" not in str(caught.value)


def test_long_values_are_shortened() -> None:
    assert len(problem(cash={"opening": "9" * 5000}).value) <= 80
    assert len(str(problem(cost=rent(**{"x" * 5000: 1})))) < 2000


def test_deep_values_are_refused() -> None:
    deep: Any = []
    for _ in range(300):  # a file with deeper brackets is not TOML to its reader: tests/test_library.py
        deep = [deep]
    assert problem(cash={"opening": deep}).where == "cash.opening"


def test_currencies_have_a_rate() -> None:
    assert "[fx]" in problem(cash={"opening": "5M EUR"}).remedy
    assert company(cash={"opening": "5M EUR"}, fx={"EUR": 1.1}).fx["EUR"].rate.value == 1.1
    assert problem(fx={"USD": 1.0}).where == "fx.USD"
    assert problem(fx={"EURO": 1.0}).where.startswith("fx.EURO")
    assert problem(fx={"EUR": 0}).where == "fx.EUR.rate"


def test_targets_match_a_line() -> None:
    effect = {"target": "revenue.apy", "multiply": 0.5}
    found = problem(event=[{"name": "e", "rate": 0.1, "effect": effect}])
    assert (found.where, found.remedy) == ("event.e.effect.target", "did you mean 'revenue.api'?")
    action = {"growth": "team.*", "by": -0.1}
    found = problem(policy=[{"name": "p", "when": {"cash_below": 1}, "do": [action]}])
    assert found.where == "policy.p.do[0].growth"


def test_conditions_name_a_round() -> None:
    found = problem(policy=[{"name": "p", "when": {"round_failed": "B"}, "do": [{"freeze": "hires"}]}])
    assert found.where == "policy.p.when.round_failed"


def test_an_effect_that_passes_can_be_written_as_an_interval() -> None:
    effect = {"target": "revenue.api", "multiply": "0.7 to 0.9", "months": 6}
    assert company(event=[{"name": "e", "rate": 0.1, "effect": effect}]).event[0].effect.months == 6


# Correlations


def pair(left: str, right: str, value: float) -> dict[str, Any]:
    return {"between": [left, right], "value": value}


LINES = ("revenue.api", "compute.aws", "cost.rent")


def test_correlations_that_fit_are_taken() -> None:
    assert len(company(correlation=[pair(LINES[0], LINES[1], 0.6), pair(LINES[1], LINES[2], 0.6)]).correlation) == 2


def test_a_circle_that_cannot_be_names_the_pairs() -> None:
    circle = [pair(LINES[0], LINES[1], 0.9), pair(LINES[1], LINES[2], 0.9), pair(LINES[0], LINES[2], -0.9)]
    found = problems(correlation=circle)
    assert all(item.where.startswith("correlation[") and "nearest" in item.remedy for item in found)
    assert any("-0.9" in item.value for item in found)


@pytest.mark.parametrize(
    "wrong",
    [
        [pair(LINES[0], "nothing", 0.5)],
        [pair(LINES[0], LINES[0], 0.5)],
        [pair(LINES[0], LINES[1], 0.5), pair(LINES[1], LINES[0], 0.5)],
        [pair(LINES[0], "cash.opening", 0.5)],
        [pair("cost.rent.monthly", "cash.opening", 0.5)],
        [pair(LINES[0], LINES[1], 1.5)],
        [{"between": [LINES[0]], "value": 0.5}],
    ],
    ids=str,
)
def test_correlations_that_cannot_be_read_are_refused(wrong: list[dict[str, Any]]) -> None:
    assert problems(correlation=wrong)[0].where.startswith("correlation[")
