"""The shipped model of Stability AI, as set at the end of 2022, against what became known of 2023."""

import tomllib
from typing import Any

import numpy as np
import pytest

from tarmac.company.numbers import numbers
from tarmac.facts import USED, Fact
from tarmac.library import load_facts
from tarmac.months import Month
from tests.certain import certain
from tests.facts_page import ROOT, beside, model
from tests.readme import demo

JANUARY, OCTOBER = Month(2023, 1), 9
FACTS = load_facts(ROOT / "seeds" / "stability-ai.csv")
OF_2023 = [fact for fact in FACTS if fact.use in USED and fact.last.year == 2023]

IN_MONTHS = ("terms", "stretch", "after", "keep_payroll_months")
"""Keys that count months: a 3 there is not the three customers that were lost."""

SHARES = ("holder.share",)
"""Keys of shares of the company at the opening: a tenth there is not a tenth of what came in later."""


def test_half_of_the_paths_miss_a_bill_in_the_third_quarter_of_2023_or_near_it() -> None:
    """In fact the first was July's, due at the end of September."""
    month = demo().first_missed_bill.month(0.5)
    assert month is not None
    assert 7 - 2 <= month <= 9 + 2


def test_cash_is_nearly_gone_by_the_end_of_october_2023() -> None:
    """Over all paths, the insolvent with zero; the company had less than 4M."""
    assert demo().cash.quantile(0.5)[OCTOBER] < 8e6
    assert demo().cash.share_below(4e6)[OCTOBER] > 0.25


def test_all_facts_of_2023_are_compared() -> None:
    assert len(OF_2023) == 10
    assert {fact.use for fact in OF_2023} == {"calibrate", "judge"}
    assert (beside()["last"] < "2024").sum() == 10


@pytest.mark.parametrize("fact", OF_2023, ids=lambda fact: f"{fact.quantity} {fact.last}")
def test_each_fact_of_2023_lies_within_what_the_model_says(fact: Fact) -> None:
    about = {"quantity": str(fact.quantity), "first": str(fact.first), "last": str(fact.last)}
    [said] = [row for row in beside().to_dict("records") if about.items() <= row.items()]
    assert said["observed"] == fact.value
    if said["qualifier"] == "less than":
        assert said["side"] >= 0.05
    else:
        assert said["p5"] <= said["observed"] <= said["p95"]
    assert said["inside"]
    assert said["lived"] > 0.25, "few paths lived to see what the company lived to see"


def test_the_totals_of_2023_are_ranges_that_say_something() -> None:
    totals = beside()[(beside()["first"] == "2023-01") & (beside()["last"] == "2023-12")]
    assert len(totals) == 3
    assert (totals["p95"] < 4 * totals["p5"]).all()


def test_the_readme_says_what_lies_outside() -> None:
    """Revenue and cost of February 2024, and nothing else: else its words on what is outside are wrong."""
    outside = beside()[~beside()["inside"].astype(bool)]
    assert outside["last"].tolist() == ["2024-02", "2024-02"]
    assert outside["below"].tolist() == pytest.approx([1, 0], abs=0.05)


# --- What was known only later enters no number that is certain


def known_later(value: float) -> list[Fact]:
    """The facts of 2023 and later whose value this is, in all or a month."""
    later = [fact for fact in FACTS if fact.last >= JANUARY and fact.value is not None]
    return [
        fact
        for fact in later
        for months in {1, fact.last - fact.first + 1}
        if np.isclose(value * months, fact.value or 0)
    ]


def declared() -> dict[str, Any]:
    return tomllib.loads((ROOT / "models" / "stability-ai.toml").read_text("utf-8"))


def test_no_figure_later_than_2022_is_certain_in_the_model() -> None:
    found = list(certain(declared()))
    assert len(found) > 15
    assert not [(path, value) for path, value in found if known_later(value) and not path.endswith(IN_MONTHS + SHARES)]


def test_no_amount_no_count_and_no_chance_of_a_round_is_certain_in_the_model() -> None:
    """What is certain are months, shares and coefficients, a judged bar for one round, and the money of 2022."""
    judged = {".round.requires.revenue_above", ".holder.invested"}
    assert {path for path, value in certain(declared()) if value > 12} == judged
    amounts = ("opening", "monthly", "minimum", "cost", "headcount", "count", "amount", "succeeds")
    places = [place for place in numbers(model()) if place.path.endswith(amounts)]
    assert len(places) > 15
    assert not [place.path for place in places if place.number.certain]


@pytest.mark.parametrize(
    ("document", "caught"),
    [
        ({"round": [{"amount": "35M"}]}, 1),
        ({"round": [{"amount": "30M to 40M"}]}, 0),
        ({"compute": [{"monthly": "8.25M"}]}, 1),
        ({"team": [{"headcount": 150}]}, 1),
        ({"team": [{"headcount": {"2023-01": 150, "2023-02": 151}}]}, 1),
        ({"company": {"name": "Example", "first_month": "2023-01"}}, 0),
    ],
)
def test_a_figure_known_later_would_be_caught(document: dict[str, Any], caught: int) -> None:
    assert len([value for _, value in certain(document) if known_later(value)]) == caught
