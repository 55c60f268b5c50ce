"""Books become a company file: every table, what taught it, and what is said where nothing was learnt."""

import json
import math
import tomllib
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tarmac.actuals import Actuals
from tarmac.cli.learning import company_text
from tarmac.company import Company, company_from
from tarmac.layout import plan_of
from tarmac.learning import Entry, Learnt, learn
from tarmac.months import Month
from tarmac.report.learning import learnt_text

MONTHS = 18
RNG = np.random.default_rng(12)
REVENUE = 40_000 * 1.05 ** np.arange(MONTHS) * np.exp(0.1 * RNG.standard_normal(MONTHS))
COMPUTE = 9_000 * 1.02 ** np.arange(MONTHS) * np.exp(0.05 * RNG.standard_normal(MONTHS))


def actuals(**columns: Any) -> Actuals:
    """Books that add up, all collected a month later, with the columns given in place of theirs."""
    received = np.append(30_000.0, REVENUE[:-1])
    amounts: dict[str, Any] = {
        "revenue": REVENUE,
        "payroll": np.full(MONTHS, 80_000.0),
        "compute": COMPUTE,
        "other": np.full(MONTHS, 12_000.0),
    } | columns
    paid = sum(np.asarray(amounts[name], float) for name in ("payroll", "compute", "other"))
    amounts.setdefault("cash", 3e6 + np.cumsum(received - paid))
    named = {name: tuple(np.asarray(row, float).tolist()) for name, row in amounts.items()}
    calendar = tuple(Month(2025, 7) + month for month in range(len(named["cash"])))
    return Actuals("books.csv", None, calendar, named)


def written(found: Learnt) -> Company:
    """The company in the file, as it is read back."""
    return company_from(tomllib.loads(company_text(found)), "learnt.toml")


def entries(found: Learnt, column: str) -> dict[str, Entry]:
    [first, *_] = [section for section in found.sections if section.column == column]
    return {entry.what or entry.key: entry for entry in first.entries}


def test_the_company_begins_where_the_books_end() -> None:
    books = actuals()
    company = written(learn(books, "Books"))
    assert company.company.name == "Books"
    assert company.company.first_month == Month(2027, 1)
    assert company.cash.opening.value == pytest.approx(books.amounts["cash"][-1], abs=0.01)
    assert company.revenue[0].collected_after == (0.0, 1.0)
    assert company.revenue[0].opening_receivables is not None
    assert company.revenue[0].opening_receivables.value == pytest.approx(REVENUE[-1], rel=1e-4)
    assert company.cost[0].monthly.first.value == 12_000
    assert company.cost[0].growth.first.value == 0
    assert not company.cost[0].volatility.value


def test_every_number_says_what_taught_it() -> None:
    text = company_text(learn(actuals(), "Books"))
    assert "# From 18 months of revenue, Jul 2025 to Dec 2026: growth " in text
    document = tomllib.loads(text)
    for section in ("revenue", "compute", "cost"):
        for key in set(document[section][0]) - {"name", "kind"}:
            lines = text.split(f"[[{section}]]")[1].split("[[")[0].splitlines()
            [line] = [line for line in lines if line.startswith(f"{key} ")]
            above = text.split(line)[0].splitlines()[-1]
            assert "#" in line or above.startswith("#"), line


def test_level_and_growth_are_correlated_as_they_were_learnt() -> None:
    company = written(learn(actuals(), "Books"))
    [item] = [item for item in company.correlation if "revenue.revenue.growth" in item.between]
    assert 0.5 < item.value < 0.95


def test_heads_are_hired_on_as_so_far() -> None:
    heads = np.linspace(6, 14.5, MONTHS).astype(int)  # 6 to 14 in 17 months
    found = learn(actuals(headcount=heads, payroll=heads * 9_000.0), "Books")
    [team] = written(found).team
    assert team.headcount.value == 14
    assert team.cost.first.value == pytest.approx(9_000)
    assert sum(hire.count.value for hire in team.hires) == round(36 * 8 / 17)
    assert team.hires[0].month == Month(2027, 3)
    assert entries(found, "payroll")["hires a month"].estimate is not None


def test_heads_leave_on_as_so_far() -> None:
    heads = np.array([10] * 9 + [8] * 9)
    [team] = written(learn(actuals(headcount=heads, payroll=heads * 9_000.0), "Books")).team
    assert team.attrition.value == pytest.approx(1 - 0.8 ** (1 / 17), abs=1e-4)
    assert not team.hires


def test_without_heads_one_stands_for_the_payroll() -> None:
    found = learn(actuals(), "Books")
    [team] = written(found).team
    assert (team.headcount.value, team.cost.first.value) == (1, 80_000)
    assert "one head stands for the whole payroll" in company_text(found)


def test_few_months_say_so() -> None:
    short = actuals()
    last = {name: row[-4:] for name, row in short.amounts.items()}
    found = learn(Actuals("books.csv", "EUR", short.months[-4:], last), "Books")
    company = written(found)
    assert company.company.currency == "EUR"
    assert str(company.revenue[0].growth.first) == "-5% to 15%"
    assert str(company.revenue[0].volatility) == "5% to 30%"
    assert "fewer than 6 months" in company_text(found)
    assert any("How late customers pay could not be learnt" in note for note in found.notes)


def test_lines_that_are_gone_are_named() -> None:
    compute = np.append(COMPUTE[:-2], [0, 0])
    found = learn(actuals(compute=compute, revenue=np.zeros(MONTHS)), "Books")
    company = written(found)
    assert [line.name for line in company.revenue] == ["unexplained"]  # the money that came in all the same
    assert not company.compute
    assert {"revenue is empty: left out.", "compute has ended: left out."} <= set(found.notes)


@pytest.mark.parametrize(("leak", "section"), [(2_000.0, "cost"), (-2_000.0, "revenue"), (0.0, "cost")])
def test_what_is_unexplained_becomes_a_line(leak: float, section: str) -> None:
    """Money that goes is a cost, money that comes is income, and what does neither for sure is noise about zero."""
    noise = 1_500 * np.random.default_rng(6).standard_normal(MONTHS)
    noise[1:] -= noise[1:].mean()
    whole = actuals(collections=np.append(30_000.0, REVENUE[:-1]))
    cash = np.array(whole.amounts["cash"]) - np.cumsum(leak + noise)
    found = learn(actuals(collections=whole.amounts["collections"], cash=cash), "Books")
    [line] = [line for line in getattr(written(found), section) if line.name == "unexplained"]
    low, high = (line.monthly.first.at(np.array([z]))[0] for z in (-1.645, 1.645))
    assert low <= abs(leak) <= high
    assert line.noise.at(np.array([1.0]))[0] == pytest.approx(float(noise[1:].std(ddof=1)), rel=0.02)
    assert found.unexplained[Month(2025, 9)] == pytest.approx(-leak - noise[2], abs=0.01)


def test_columns_in_different_units_are_suspected() -> None:
    found = learn(actuals(cash=np.array(actuals().amounts["cash"]) / 1000), "Books")
    assert any("Are all columns in one unit?" in note for note in found.notes)


def test_money_raised_is_not_continued() -> None:
    raised = np.zeros(MONTHS)
    raised[4] = 5e5
    whole = actuals()
    cash = np.array(whole.amounts["cash"]) + np.cumsum(raised)
    said, unsaid = learn(actuals(cash=cash, raised=raised), "Books"), learn(actuals(cash=cash), "Books")
    assert "Money raised so far ($500k) is not continued: write a [[round]]." in said.notes
    assert any("taken as money raised" in note and "Nov 2025" in note for note in unsaid.notes)


def test_json_is_plain() -> None:
    document = learn(actuals(), "Books").as_json()
    json.dumps(document, allow_nan=False)
    assert document["schema"] == "tarmac.learnt/1"
    assert (document["from"], document["to"], document["first_month"]) == ("2025-07", "2026-12", "2027-01")
    growth = next(item for item in document["learnt"] if item["line"] == "revenue" and item["key"] == "growth")
    assert growth["low"] < growth["estimate"] < growth["high"]
    assert growth["standard_error"] > 0
    assert growth["months"] == MONTHS


def test_the_currency_is_said_where_it_is_assumed() -> None:
    assert "USD is assumed" in learn(actuals(), "Books").notes[0]
    euro = learn(actuals(), "Books", currency="EUR")
    assert euro.currency == "EUR"
    assert not any("assumed" in note for note in euro.notes)
    assert math.isfinite(euro.opening)


CELLS = st.one_of(st.just(0.0), st.just(math.nan), st.just(5_000.0), st.floats(0, 1e12), st.floats(900, 1_100))


@st.composite
def any_books(draw: st.DrawFn) -> Actuals:
    """Books of any sense or none that the reader lets pass."""
    months = draw(st.integers(3, 14))
    names = ["revenue", "payroll", "compute", "other"]
    names += draw(st.lists(st.sampled_from(["collections", "raised"]), unique=True))
    rows = {name: draw(st.lists(CELLS, min_size=months, max_size=months)) for name in names}
    rows["cash"] = draw(st.lists(st.floats(-1e12, 1e12), min_size=months, max_size=months))
    if draw(st.booleans()):
        rows["headcount"] = draw(st.lists(st.sampled_from([0.0, 3, 4.5, 9]), min_size=months, max_size=months))
    calendar = tuple(Month(2025, 1) + month for month in range(months))
    return Actuals("books.csv", None, calendar, {name: tuple(row) for name, row in rows.items()})


@settings(max_examples=150, deadline=None)
@given(any_books())
def test_whatever_the_books_say_the_file_can_be_read_and_run(books: Actuals) -> None:
    found = learn(books, "Any")
    json.dumps(found.as_json(), allow_nan=False)
    assert len(learnt_text(found)) > 100
    assert plan_of(written(found)).first_month == found.first_month
