"""The axes of a map: what a name means, which range it covers, and every mistake in words."""

from typing import Any

import pytest

from tarmac import load
from tarmac.axes import BURN, GROWTH, Axis, axes_of, opened
from tarmac.company import Company, company_from
from tarmac.company.numbers import numbers
from tarmac.errors import InputError
from tarmac.layout import plan_of

HEAD = {"name": "Example", "currency": "USD", "first_month": "2024-01"}
SALES = {"name": "sales", "kind": "usage", "monthly": 30, "growth": "2%"}


def company(**sections: Any) -> Company:
    usual = {"cash": {"opening": "2M"}, "cost": [{"name": "rent", "monthly": 10, "growth": "0% to 2%"}]}
    return company_from({"company": HEAD} | usual | sections, "example.toml")


def axis(subject: Company, text: str, *, other: str = "cash.keep_payroll_months=0:2") -> Axis:
    return axes_of(subject, (text, other), cells=5)[0]


def remedies(subject: Company, x: str, y: str = "cash.keep_payroll_months=0:2") -> str:
    with pytest.raises(InputError) as caught:
        axes_of(subject, (x, y), cells=5)
    return str(caught.value)


@pytest.mark.parametrize("name", ["cash.opening", "opening", "Cash.Open", "CASH.OPENING"])
def test_a_number_by_its_path_its_end_or_its_parts(name: str) -> None:
    found = axis(company(), f"{name}=1M:3M")
    assert found.to == ("cash.opening",)
    assert found.values == (1e6, 1.5e6, 2e6, 2.5e6, 3e6)
    assert found.unit == "USD"
    assert found.today == (2e6, 2e6, 2e6)


def test_a_range_unless_given() -> None:
    assert axis(company(), "cash.opening").values[0::4] == (1e6, 3e6)
    uncertain = axis(company(), "cost.rent.growth")
    assert uncertain.values[0] == pytest.approx(-0.01)
    assert uncertain.values[-1] == pytest.approx(0.03)
    assert uncertain.unit == "%"
    assert uncertain.today == pytest.approx((0.0, 0.01, 0.02))
    positive = axis(company(cash={"opening": "1M to 9M"}), "cash.opening")
    assert positive.values[0] == 0


def test_burn_is_all_that_is_paid_to_people_and_vendors() -> None:
    subject = load("stability-ai")
    found = axis(subject, BURN)
    assert [found.values[0], found.values[-1]] == [0.5, 1.5]
    assert set(found.today) == {1.0}
    assert set(found.times) == {
        "team.staff.cost", "compute.aws.monthly", "compute.aws.minimum", "compute.google cloud.monthly",
        "compute.coreweave.monthly", "cost.other operating cost.monthly",
    }  # fmt: skip


def test_growth_is_that_of_all_revenue_and_today_its_mean_by_size() -> None:
    second = {"name": "more", "kind": "usage", "monthly": 10, "growth": {"2024-01": "6%", "2024-06": 0}}
    found = axis(company(revenue=[SALES, second]), f"{GROWTH}=0%:12%")
    assert found.to == ("revenue.sales.growth", "revenue.more.growth[2024-01]", "revenue.more.growth[2024-06]")
    assert found.today[1] == pytest.approx((30 * 0.02 + 10 * 0.06 + 10 * 0.0) / 50)
    assert found.values[-1] == pytest.approx(0.12)


def test_every_certain_number_can_be_moved() -> None:
    """Opened, all of them are inputs of the plan, but what holders own and the hours of no GPU."""
    subject = load("saas-seed")
    certain = [
        place.path
        for place in numbers(subject)
        if place.number.certain
        and not place.path.startswith(("holder.", "fx."))
        and ".effect." not in place.path
        and not place.path.endswith((".hours", ".utilisation"))
    ]
    plan = plan_of(opened(subject, [Axis("", (1.0,), "", (0, 0, 0), to=tuple(certain))]))
    assert {item.name for item in plan.inputs} >= set(certain)
    with pytest.raises(InputError):
        opened(subject, [Axis("", (1.0,), "", (0, 0, 0), to=("holder.seed investors.share",))])


@pytest.mark.parametrize(
    ("x", "words"),
    [
        ("cash.opnening", "did you mean 'cash.opening'?"),
        ("banana", "names a number of the company"),
        ("growth", "goes with a company that has lines of revenue"),
        ("rent", "choose one of: cost.rent.growth, cost.rent.monthly"),
        ("", "names a number"),
        ("cash.opening=3M:1M", "the lower one first"),
        ("cash.opening=3M", "two numbers"),
        ("cash.opening=a:b", "two numbers"),
        ("cash.opening=1M:2M:3M", "two numbers"),
        ("cash.opening=1M EUR:2M EUR", "is in USD, not in EUR"),
        ("cash.opening=1%:2%", "is in USD, not in %"),
        ("cost.rent.growth=-500%:2%", "within the bounds of cost.rent.growth"),
        ("burn=-1:2", "within the bounds of burn"),
        ("cash.keep_payroll_months", "a range is given"),
    ],
)
def test_mistakes_are_words_with_hints(x: str, words: str) -> None:
    assert words in remedies(company(), x, "cost.rent.monthly=1:2")


def test_both_axes_are_told_of_at_once() -> None:
    assert "2 mistakes" in remedies(company(), "banana", "cash.opening=2:1")


@pytest.mark.parametrize(("x", "y"), [("opening=1:2", "cash.opening=3:4"), ("burn", "burn=1:2")])
def test_x_and_y_are_different(x: str, y: str) -> None:
    assert "x and y are different numbers" in remedies(company(), x, y)


def test_a_number_may_be_set_and_scaled() -> None:
    x, y = axes_of(company(), ("burn", "cost.rent.monthly=5:20"), cells=3)
    assert x.times == y.to == ("cost.rent.monthly",)


def test_what_is_drawn_anew_each_time_is_no_axis() -> None:
    event = {"name": "fine", "rate": 0.2, "effect": {"target": "cash", "add": "-5 to -1"}}
    assert "drawn anew" in remedies(company(event=[event]), "event.fine.effect.add=-5:-1")
