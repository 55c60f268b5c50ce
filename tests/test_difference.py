"""Why runway changed: parts that add up, by hand and as a whole."""

from typing import Any

import numpy as np
import pytest
from matplotlib.patches import Rectangle

import tarmac
from tarmac.company import Company, company_from
from tarmac.difference import TOGETHER, Bar, Difference, Reading, Terms, difference
from tarmac.errors import InputError
from tarmac.report.difference import answer, difference_figure, difference_table, difference_text, shown

TERMS = Terms(24, 2_000, 7)
HEAD = {"name": "Example", "currency": "USD", "first_month": "2027-01"}


def company(opening: Any = 100, monthly: Any = 10, **more: Any) -> Company:
    """One that spends `monthly` from `opening`, and is insolvent when it cannot."""
    document = {"company": HEAD, "cash": {"opening": opening}, "cost": [{"name": "rent", "monthly": monthly}]}
    return company_from(document | more, "example.toml")


def later(month: str, opening: Any = 100, monthly: Any = 10, **more: Any) -> Company:
    return company(opening, monthly, company=HEAD | {"first_month": month}, **more)


def bar(found: Difference, name: str) -> Bar:
    return next(item for item in found.bars if name in (item.what, item.path))


def runways(found: Difference) -> tuple[float, float]:
    return found.old.runway.value, found.new.runway.value


def adds_up(found: Difference) -> None:
    for part in ("runway", "survives"):
        total = sum(getattr(item.effect, part).value for item in found.bars)
        assert total == pytest.approx(getattr(found.total, part).value, abs=1e-9)


def test_identical_versions_have_no_difference_at_all() -> None:
    found = difference(tarmac.load("stability-ai"), tarmac.load("stability-ai"), terms=Terms(12, 500, 7))
    assert found.bars == ()
    assert (found.total.runway.value, found.total.runway.error) == (0, 0)
    assert answer(found).startswith("Nothing has changed")


def test_a_certain_company_by_hand() -> None:
    """100 at 10 a month: the eleventh bill cannot be paid. 100 at 20: the sixth. 60 at 10: the seventh."""
    found = difference(company(), company(60, 20), terms=TERMS)
    assert runways(found) == (11, 4)
    assert bar(found, "cost.rent.monthly").effect.runway.value == 4 - 7
    assert bar(found, "cash").effect.runway.value == 4 - 6
    assert bar(found, TOGETHER).effect.runway.value == 7 * -1 + 3 + 2
    adds_up(found)


@pytest.mark.parametrize(
    ("key", "section", "table"),
    [("growth", "revenue", "subscriptions"), ("headcount", "team", "product"), ("stretch", "compute", "cloud")],
)
def test_an_edit_of_one_key_is_all_of_the_difference(key: str, section: str, table: str) -> None:
    old = tarmac.load("saas-seed")
    document = old.document()
    changed = {"growth": "1% to 2%", "headcount": 11, "stretch": 0}[key]
    tables = [item | {key: changed} if item["name"] == table else item for item in document[section]]
    found = difference(old, company_from(document | {section: tables}, "new.toml"), terms=TERMS)
    assert [item.path for item in found.bars] == [f"{section}.{table}.{key}"]
    assert found.bars[0].effect.runway.value == found.total.runway.value
    assert found.bars[0].effect.runway.error == pytest.approx(found.total.runway.error)
    adds_up(found)


def test_time_that_passes_as_forecast_is_all_that_there_is() -> None:
    """Two months on, with the 80 that were forecast: two months less, and nothing else."""
    found = difference(company(), later("2027-03", 80), terms=TERMS)
    assert runways(found) == (11, 9)
    assert bar(found, "time").effect.runway.value == -2
    assert bar(found, "cash").effect.runway.value == 0
    assert bar(found, TOGETHER).effect.runway.value == 0
    adds_up(found)


def test_cash_and_lines_are_measured_against_the_forecast() -> None:
    """Costs were to grow by 10% a month; two months on they are 10 instead of 12.1, and cash is 90, not 79."""
    growing = [{"name": "rent", "monthly": 10, "growth": "10%"}]
    found = difference(company(cost=growing), later("2027-03", 90, cost=growing), terms=TERMS)
    cash, rent = bar(found, "cash"), bar(found, "cost.rent.monthly")
    assert (cash.old, cash.new) == (pytest.approx(79), 90)
    assert (rent.old, rent.new) == (pytest.approx(12.1), pytest.approx(10))
    # 90 at 10 and growing by 10%: 11.43 in the second month ... the seventh bill cannot be paid (94.9 in all).
    assert found.new.runway.value == 7
    assert cash.effect.runway.value == 7 - 7  # 79: the sixth bill makes 77.2
    assert rent.effect.runway.value == 7 - 6  # from 12.1 on: the sixth bill makes 93.4
    adds_up(found)


def test_the_old_version_has_its_say_of_those_that_live_to_see_the_month() -> None:
    """30 or 100, with equal chances: the poor are gone after three months, the rich have nine of eleven left."""
    old = company("choice(30: 0.5, 100: 0.5)")
    found = difference(old, later("2027-05", 60), terms=Terms(24, 20_000, 7))
    assert found.old.runway.value == pytest.approx(0.5 * 4 + 0.5 * 11, abs=0.1)
    assert found.old.runway.value + bar(found, "time").effect.runway.value == pytest.approx(7)
    assert bar(found, "time").effect.runway.error == pytest.approx(3.5 / np.sqrt(20_000), rel=0.05)
    adds_up(found)


def test_other_draws_stand_apart() -> None:
    old = tarmac.load("saas-seed")
    same = difference(old, old, terms=Terms(24, 2_000, 7, 7))
    assert [item.what for item in same.bars] == ["draws"]
    assert same.total.runway.value == 0
    other = difference(old, old, terms=Terms(24, 2_000, 7, 8))
    assert [item.what for item in other.bars] == ["draws"]
    assert other.bars[0].effect.runway.value == other.total.runway.value != 0
    assert abs(other.total.runway.value) < 4 * other.total.runway.error


def test_what_cannot_be_taken_back_alone_is_named() -> None:
    """A policy that waits for a round: without the round, the policy makes no sense."""
    bridge = {"name": "bridge", "instrument": "grant", "starts": "2027-02", "amount": 5, "succeeds": "50%"}
    policy = {"name": "cut", "when": {"round_failed": "bridge"}, "do": [{"cut": "cost.rent", "by": "50%"}]}
    found = difference(company(), company(round=[bridge], policy=[policy]), terms=TERMS)
    assert found.left == ("round.bridge",)
    assert [item.path or item.what for item in found.bars] == ["policy.cut", TOGETHER]
    assert "Not to be taken back alone" in difference_text(found)
    adds_up(found)


def test_paired_errors_are_those_of_a_difference() -> None:
    first, second = Reading(1.0, np.array([-1.0, 1.0])), Reading(3.0, np.array([-2.0, 2.0]))
    assert (second - first).value == 2
    assert (second - first).error == pytest.approx(1 / np.sqrt(2))
    assert (first + first).error == 2 * first.error


@pytest.mark.parametrize(
    ("new", "where"),
    [
        (company(company=HEAD | {"name": "Another"}), "company.name"),
        (company(company=HEAD | {"currency": "EUR"}), "company.currency"),
        (later("2026-12"), "company.first_month"),
        (later("2080-01"), "company.first_month"),
    ],
)
def test_two_files_that_are_not_versions_of_one_company_are_refused(new: Company, where: str) -> None:
    with pytest.raises(InputError) as caught:
        difference(company(), new, terms=TERMS)
    assert [problem.where for problem in caught.value.problems] == [where]


def test_a_month_that_no_path_lives_to_see_is_refused() -> None:
    with pytest.raises(InputError, match="solvent and independent"):
        difference(company(20), later("2027-09"), terms=TERMS)


def test_many_changes_are_summed_in_words_and_add_up_still() -> None:
    old = company(cost=[{"name": f"line {number}", "monthly": 1} for number in range(30)])
    new = company(cost=[{"name": f"line {number}", "monthly": 1 + number / 100} for number in range(30)])
    found = difference(old, new, terms=Terms(12, 50, 7))
    told = shown(found)
    assert len(told) == 16
    assert [item.what for item in told[-2:]] == ["rest", TOGETHER]
    assert sum(item.effect.runway.value for item in told) == pytest.approx(found.total.runway.value, abs=1e-9)


def test_the_table_and_the_picture_show_the_same_numbers() -> None:
    found = difference(company(), company(60, 20), terms=TERMS)
    table = difference_table(found)
    assert list(table.index) == ["before", "cash.opening", "cost.rent.monthly", TOGETHER, "now"]
    months = table["runway_months"].tolist()
    assert sum(months[:-1]) == pytest.approx(months[-1]) == pytest.approx(4)
    [axes] = difference_figure(found).axes
    drawn = [patch.get_width() for patch in axes.patches if isinstance(patch, Rectangle)]
    assert drawn == pytest.approx(months)


def test_a_name_that_is_no_word_does_no_harm() -> None:
    strange = {"company": HEAD | {"name": "$a_$ & co"}}
    found = difference(company(**strange), company(50, **strange), terms=TERMS)
    assert "$a_$ & co" in difference_text(found)
    difference_figure(found)
