"""The search for a need: in how many runs, how exact, and why some paths are lost to any amount."""

from collections import Counter
from typing import Any

import numpy as np
import pytest

from tarmac import load
from tarmac.company import Company, company_from
from tarmac.engine.block import Job, Prepared
from tarmac.engine.needing import EVALUATIONS, Needed, Search, need_of_block
from tarmac.layout import plan_of
from tarmac.scenario import without_funding
from tarmac.survival import level_of
from tests.companies_at_random import document_at

HEAD = {"name": "Example", "currency": "USD", "first_month": "2024-01"}
BURN = {"name": "burn", "monthly": 1}
NOTHING = {"name": "nothing", "when": {"cash_below": 0}, "do": [{"cut": "cost.burn", "by": 0}]}


def company(*, when: str = "cannot_pay", **sections: Any) -> Company:
    head = HEAD | {"insolvent_when": when}
    return company_from({"company": head, "cash": {"opening": 0}} | sections, "example.toml")


def needed(subject: Company, *, months: int = 12, paths: int = 400, since: int = 0) -> Needed:
    return need_of_block(Job(plan_of(subject), 3, months, paths), 0, since=since)


def test_where_nothing_reacts_one_run_is_enough() -> None:
    found = needed(company(when="cash_below_zero", cost=[BURN]))
    assert found.runs == 1
    assert np.allclose(found.amounts, 12)


@pytest.mark.parametrize("number", range(12))
def test_a_need_takes_at_most_twelve_runs(number: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Counted by the months' loop itself, on random companies with and without policies."""
    runs: list[int] = []
    made = Prepared.ledger

    def counting(prepared: Prepared, *given: Any, **named: Any) -> Any:
        runs.append(1)
        return made(prepared, *given, **named)

    monkeypatch.setattr(Prepared, "ledger", counting)
    found = needed(without_funding(company_from(document_at(number))), paths=300)
    assert len(runs) == found.runs <= EVALUATIONS == 12


@pytest.mark.parametrize("since", [0, 4])
def test_the_search_agrees_with_the_lowest_point_where_nothing_reacts(since: int) -> None:
    """At every level to a hundredth, and on nearly all paths to what a bracket is wide after the first runs."""
    walk: dict[str, Any] = {"cost": [{"name": "burn", "monthly": "1 to 2", "noise": "normal(0, 2)"}]}
    exact = needed(company(when="cash_below_zero", **walk), paths=2_000, since=since)
    search = needed(company(when="cash_below_zero", policy=[NOTHING], **walk), paths=2_000, since=since)
    assert exact.runs == 1 < search.runs
    np.testing.assert_array_equal(exact.alone, search.alone)
    assert abs(np.isinf(exact.amounts).mean() - np.isinf(search.amounts).mean()) < 0.003
    for level in (0.5, 0.8, 0.9):
        low, high = (level_of(exact.amounts, level + step) for step in (-0.005, 0.005))
        assert low <= level_of(search.amounts, level) <= high
    there = np.isfinite(exact.amounts) & np.isfinite(search.amounts)
    apart = np.abs(search.amounts[there] - exact.amounts[there])
    assert np.quantile(apart, 0.99) < 0.04 * np.max(exact.amounts[there])


def test_all_paths_alike_are_halved_to_the_end() -> None:
    found = needed(company(when="cash_below_zero", cost=[BURN], policy=[NOTHING]), paths=10)
    assert found.amounts == pytest.approx(np.full(10, 12.0), rel=2e-3)


def test_an_amount_tried_on_all_paths_is_believed() -> None:
    """Half of the paths need 4 to 8: an amount said to save fewer moves those needs up, and never their order."""
    walk = company(when="cash_below_zero", cost=[{"name": "burn", "monthly": "1 to 2"}], policy=[NOTHING])
    search = Search(Prepared(Job(plan_of(walk), 3, 6, 1_000), 0), 0)
    for _ in range(6):
        search.halve()
    before = search.needs
    amount = float(np.quantile(before, 0.5))
    search._tried[amount] = 400
    after = search.righted()
    assert np.sum(after <= amount) == pytest.approx(400, abs=2)
    order = np.argsort(before, kind="stable")
    assert np.all(np.diff(after[order]) >= 0)


# Why paths are lost


def lost(subject: Company, *, since: int = 8, months: int = 12) -> Counter[tuple[str, str]]:
    found = needed(subject, months=months, since=since)
    assert found.lost.total() == np.isinf(found.amounts).sum()
    return found.lost


PATIENT = BURN | {"stretch": 2}
STAFF = {"name": "staff", "headcount": 1, "cost": 1}


def test_lost_before_the_money_comes_to_cash_below_zero() -> None:
    assert lost(company(when="cash_below_zero", cost=[BURN])) == {("early", "cash"): 400}


def test_lost_to_a_vendor_who_waits_no_longer() -> None:
    assert lost(company(cost=[PATIENT])) == {("early", "vendor"): 400}


def test_lost_to_wages() -> None:
    assert lost(company(cash={"opening": 2.5}, cost=[PATIENT | {"monthly": 0.1}], team=[STAFF])) == {
        ("early", "obligation"): 400
    }


def test_lost_to_a_loan_that_is_called() -> None:
    """Below 5 in March, so 10 are due in April; without its lender's condition wages would be paid until August."""
    loan = {"name": "loan", "kind": "loan", "principal": 10, "interest": 0, "interest_only_months": 60}
    subject: dict[str, Any] = {"cash": {"opening": 7.5}, "team": [STAFF], "cost": [PATIENT | {"monthly": 0.01}]}
    called = company(debt=[loan | {"minimum_cash": 5}], **subject)
    assert lost(called) == {("early", "covenant"): 400}
    assert lost(company(debt=[loan], **subject)) == {("early", "obligation"): 400}


def test_lost_after_a_vendor_has_cut_supply() -> None:
    serving = {"name": "serving", "kind": "on_demand", "monthly": 3, "stretch": 1}
    serving |= {"cut_off": {"target": "revenue.api", "multiply": 0.001}}
    sold = {"name": "api", "kind": "usage", "monthly": 1.5}
    subject = company(cash={"opening": 1}, team=[STAFF], compute=[serving], revenue=[sold])
    assert lost(subject) == {("early", "supply"): 400}


def test_lost_with_the_most_that_was_tried() -> None:
    """Costs double every month that the company lives: what is tried, up to 2,000 times the first, is soon used up."""
    more = {"name": "more", "when": {"cash_below": 1e15}, "once": False, "every": 1}
    subject = company(cost=[BURN], policy=[more | {"do": [{"increase": "cost.burn", "by": 1}]}])
    assert lost(subject, since=0, months=36) == {("most", "cash"): 400}


def test_lost_because_with_more_money_nothing_is_done() -> None:
    """Half of the paths need hundreds. The others, whose costs double, are saved by a cut that more money puts off."""
    growing = {"name": "growing", "monthly": 1, "growth": "choice(0: 0.5, 1: 0.5)"}
    other = {"name": "other", "monthly": "choice(0: 0.5, 20: 0.5)"}
    cut = {"name": "cut", "when": {"cash_below": 10}, "do": [{"cut": "cost.growing", "by": 1}]}
    apart = {"between": ["cost.growing.growth", "cost.other.monthly"], "value": -1}
    subject = company(cash={"opening": 5}, cost=[growing, other], policy=[cut], correlation=[apart])
    found = needed(subject, months=24)
    assert list(found.lost) == [("reactions", "")]
    assert found.lost.total() == pytest.approx(200, abs=40)
    assert found.alone.sum() + found.lost.total() == 400  # no amount saves more than none at all


def test_the_reference_case_is_found_as_before() -> None:
    """Stability AI over 18 months: the amount for 90% saves 90%, on the same paths."""
    plan = plan_of(without_funding(load("stability-ai")))
    job = Job(plan, 7, 18, 4_096)
    found = need_of_block(job, 0)
    saved = np.mean(Prepared(job, 0).ledger(level_of(found.amounts, 0.9)).run()["insolvent"] == 18)
    assert saved == pytest.approx(0.9, abs=0.004)


@pytest.mark.parametrize("number", range(12))
def test_some_paths_alone_are_run_as_among_all(number: int) -> None:
    """On random companies, with money more: the search runs again those paths alone that money may save."""
    job = Job(plan_of(company_from(document_at(number))), 3, 12, 300)
    prepared, some = Prepared(job, 0), np.arange(0, 300, 7)
    extra = np.linspace(0, 1e6, 300)
    among, alone = prepared.ledger(extra), prepared.only(some).ledger(extra[some])
    struck, found = among.run(), alone.run()
    for name, months in struck.items():
        np.testing.assert_array_equal(found[name], months[some], err_msg=name)
    solvent = alone.state.alive
    np.testing.assert_array_equal(alone.state.cash[solvent], among.state.cash[some][solvent])


def test_where_money_saves_no_path_or_all_survive_without_one_run_is_enough() -> None:
    rich = needed(company(cash={"opening": 100}, cost=[BURN], policy=[NOTHING]))
    assert (rich.runs, rich.amounts.max(), rich.lost.total()) == (1, 0.0, 0)
    late = needed(company(cost=[BURN], policy=[NOTHING]), since=4)  # insolvent in the first month
    assert (late.runs, late.amounts.min(), [*late.lost]) == (1, np.inf, [("early", "cash")])
