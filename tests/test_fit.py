"""A model beside facts: who counts, what is inside, what is left out; small companies worked out by hand."""

from typing import Any

import numpy as np
import pytest

from tarmac.company import Company, company_from
from tarmac.errors import InputError
from tarmac.facts import COLUMNS, facts_from
from tarmac.fit import fit, quantiles, share, year

HEAD = {"company": {"name": "Example", "currency": "USD", "first_month": "2024-01"}}
PATHS = 2_000


def company(**sections: Any) -> Company:
    document = {
        "cash": {"opening": "uniform(100, 200)"},
        "cost": [{"name": "rent", "monthly": 10}],
        "team": [{"name": "staff", "headcount": 2, "cost": 1}],
    }
    return company_from({**HEAD, **document, **sections}, "example.toml")


def compared(*rows: str, of: Company | None = None) -> list[dict[Any, Any]]:
    text = "\n".join([",".join(COLUMNS), *rows])
    return fit(of or company(), facts_from(text, "example.csv"), seed=3, paths=PATHS).to_dict("records")


def cash(value: float, qualifier: str = "exact", month: str = "2024-03") -> str:
    return f"cash,{month},{month},,{value},USD,{qualifier},memo,judge,"


def test_a_fact_stands_beside_what_the_model_says() -> None:
    """Cash at the end of March is uniform from 64 to 164."""
    [row] = compared(cash(100))
    assert (row["quantity"], row["first"], row["last"], row["use"]) == ("cash", "2024-03", "2024-03", "judge")
    assert (row["qualifier"], row["observed"], row["unit"]) == ("exact", 100, "USD")
    assert [row[level] for level in ("p5", "median", "p95")] == pytest.approx([69, 114, 159], abs=3)
    assert row["below"] == pytest.approx(0.36, abs=0.03)
    assert np.isnan(row["side"])
    assert row["inside"]
    assert row["lived"] == 1


@pytest.mark.parametrize(("value", "inside"), [(66, False), (72, True), (156, True), (162, False)])
def test_a_figure_is_inside_between_p5_and_p95(value: float, inside: bool) -> None:
    assert compared(cash(value))[0]["inside"] == inside


@pytest.mark.parametrize(
    ("qualifier", "value", "side", "inside"),
    [
        ("less than", 84, 0.2, True),
        ("at most", 66, 0.02, False),
        ("at most", 400, 1.0, True),
        ("more than", 84, 0.8, True),
        ("at least", 162, 0.02, False),
        ("at least", 4, 1.0, True),
    ],
)
def test_of_a_bound_only_the_side_counts(qualifier: str, value: float, side: float, inside: bool) -> None:
    [row] = compared(cash(value, qualifier))
    assert row["side"] == pytest.approx(side, abs=0.02)
    assert row["inside"] == inside


@pytest.mark.parametrize(("qualifier", "side"), [("less than", 0), ("at most", 1), ("more than", 0), ("at least", 1)])
def test_a_bound_knows_whether_it_counts_itself(qualifier: str, side: float) -> None:
    certain = company(cash={"opening": 136})
    assert compared(cash(100, qualifier), of=certain)[0]["side"] == side


def test_only_companies_that_lived_to_see_it_have_a_say() -> None:
    """After twelve months, 144 are spent: who had less is insolvent, and the others have up to 56 left."""
    early, late = compared(cash(30, month="2024-01"), cash(30, month="2024-12"))
    assert (early["lived"], early["below"]) == (1, 0)
    assert late["lived"] == pytest.approx(0.56, abs=0.03)
    assert [late[level] for level in ("p5", "median", "p95")] == pytest.approx([2.8, 28, 53.2], abs=2.5)


def test_a_figure_that_nobody_lives_to_see_is_outside() -> None:
    bounded, exact = compared(cash(1e9, "less than", "2026-01"), cash(3, month="2026-02"))
    for row in (bounded, exact):
        assert not row["inside"]
        assert row["lived"] == 0
        assert all(np.isnan(row[column]) for column in ("p5", "median", "p95", "below", "side"))


def test_flows_are_summed_over_their_months() -> None:
    said = compared(
        "billed team.* + cost.*,2024-01,2024-06,,70,USD,exact,memo,calibrate,",
        "billed cost.*,2024-02,2024-03,,20,USD,exact,memo,calibrate,",
        "headcount team.*,2024-06,2024-06,,2,people,exact,memo,judge,",
    )
    assert [row["median"] for row in said] == [6 * 12, 2 * 10, 2]
    assert [row["inside"] for row in said] == [False, True, True]


def test_context_and_what_lies_before_or_beyond_the_model_is_left_out() -> None:
    found = compared(
        cash(100, month="2023-12"),
        "billed cost.*,2023-12,2024-02,,20,USD,exact,memo,judge,",
        "investors leave,2024-01,2024-01,,,,event,memo,context,",
        cash(100),
        cash(100, month="2150-01"),
    )
    assert [row["first"] for row in found] == ["2024-03"]
    assert compared() == []


def test_a_figure_in_a_foreign_currency_is_compared_at_each_month_s_rate() -> None:
    """A euro costs 2, then 4: bills of 10 a month are 5 + 2.5 euro, and what is left at the end is cash / 4."""
    subject = company(cash={"opening": 200}, fx={"EUR": {"rate": 2, "drift": {"2024-01": 0, "2024-02": 1}}})
    bills, left = compared(
        "billed cost.*,2024-01,2024-02,,7.5,EUR,exact,memo,judge,",
        "cash,2024-02,2024-02,,44,EUR,exact,memo,judge,",
        of=subject,
    )
    assert (bills["median"], bills["unit"], bills["inside"]) == (10 / 2 + 10 / 4, "EUR", True)
    assert left["median"] == (200 - 2 * 12) / 4


def test_facts_that_do_not_fit_the_company_are_refused() -> None:
    with pytest.raises(InputError, match=r"compute\.aws"):
        compared("billed compute.aws,2024-01,2024-02,,20,USD,exact,memo,judge,")


def test_the_same_seed_gives_the_same_table() -> None:
    assert compared(cash(100)) == compared(cash(100)) or np.isnan(compared(cash(100))[0]["side"])
    assert compared(cash(100))[0]["median"] == compared(cash(100))[0]["median"]


def test_the_year_month_by_month() -> None:
    vendor = {"name": "aws", "kind": "on_demand", "monthly": 20, "stretch": 2}
    subject = company(compute=[vendor], revenue=[{"name": "api", "kind": "usage", "monthly": "uniform(4, 6)"}])
    table = year(subject, seed=3, months=8, paths=PATHS)
    assert list(table.index) == [f"2024-0{month}" for month in range(1, 9)]
    assert table["compute billed", "median"].tolist() == [20] * 8
    assert table["wages and other cost billed", "p5"].tolist() == [12] * 8
    assert table["revenue earned", "median"].iloc[0] == pytest.approx(5, abs=0.1)
    assert table["cash", "median"].iloc[0] == pytest.approx(150 - 27, abs=3)
    solvent = table["solvent", "share"].to_numpy()
    assert solvent[0] == 1
    assert (np.diff(solvent) <= 0).all()
    assert solvent[-1] < 1
    assert table["arrears", "p95"].max() > 0
    assert {"arrears compute.aws", "arrears cost.rent"} <= set(table.columns.get_level_values(0))


def test_nobody_has_no_quantiles_and_no_share() -> None:
    assert all(np.isnan(value) for value in quantiles(np.empty(0)).values())
    assert np.isnan(share(np.empty(0, np.bool_)))
    assert quantiles(np.arange(101.0)) == {"p5": 5, "median": 50, "p95": 95}
