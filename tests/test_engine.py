"""What the engine promises beyond parity: dropped paths change nothing, books are audited, the need is what it says."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from tarmac import How, load, simulate
from tarmac.company import Company, company_from
from tarmac.engine.audit import Audit, AuditError
from tarmac.engine.block import Job, Prepared
from tarmac.engine.ledger import Ledger
from tarmac.errors import InputError
from tarmac.layout import plan_of
from tarmac.scenario import apply, scenario_from
from tests.companies_at_random import document_at, documents

EVERYTHING = Path(__file__).parent / "companies" / "everything.toml"
HEAD = {"company": {"name": "Example", "currency": "USD", "first_month": "2024-01"}}


def company(**sections: Any) -> Company:
    return company_from({**HEAD, **sections}, "example.toml")


def rent(monthly: float | str) -> dict[str, Any]:
    return {"name": "rent", "monthly": monthly}


def test_leaving_insolvent_paths_behind_changes_nothing() -> None:
    """Blocks wide enough to be narrowed; that many are, is checked too."""
    narrowed: list[bool] = []

    @settings(max_examples=60, suppress_health_check=list(HealthCheck), phases=[Phase.generate], deadline=None)
    @given(documents(), st.integers(2, 16), st.integers(0, 2**32))
    def company_by_company(document: dict[str, Any], months: int, seed: int) -> None:
        prepared = Prepared(Job(plan_of(company_from(document)), seed, months, 3_000), 0)
        whole, ledger = prepared.ledger().run(), prepared.ledger()
        dropping = ledger.run(drop=True)
        narrowed.append(len(ledger.who) < 3_000)
        for clock, struck in whole.items():
            np.testing.assert_array_equal(dropping[clock], struck, clock)

    company_by_company()
    assert sum(narrowed) >= 10


def test_a_block_laid_out_for_many_runs_and_without_owners_runs_as_any_other() -> None:
    """Cash and burn of every month, on random companies; that many have noise and owners is checked too."""
    laid_out, owned = 0, 0
    for number in range(40):
        job = Job(plan_of(company_from(document_at(number))), number, number % 16 + 1, 200)
        usual, again = Prepared(job, 0), Prepared(job, 0, again=True)
        for _ in range(2):
            one, other = usual.ledger(), again.ledger(owners=False)
            assert_the_same(struck_and_cash(one), struck_and_cash(other))
            owned += one.ownership is not None
        noisy = [level for level in job.plan.levels if usual.drivers.track(level).noise is not None]
        laid_out += any(again.drivers.track(level).noise is None for level in noisy)
    assert laid_out >= 10
    assert owned >= 10


class Cash:
    """Keeps cash and net burn by month."""

    def __init__(self) -> None:
        self.rows: list[NDArray[np.float64]] = []

    def month_end(self, month: int, ledger: Ledger) -> None:  # noqa: ARG002
        self.rows += [ledger.state.cash.copy(), ledger.state.net_burn.copy()]


def struck_and_cash(ledger: Ledger) -> dict[str, NDArray[Any]]:
    cash = Cash()
    return {**ledger.run([cash]), "cash and burn": np.stack(cash.rows)}


def assert_the_same(one: dict[str, NDArray[Any]], other: dict[str, NDArray[Any]]) -> None:
    for name, rows in one.items():
        np.testing.assert_array_equal(rows, other[name], name)


@pytest.mark.slow
@pytest.mark.parametrize("part", range(4))
def test_the_books_of_a_thousand_companies_balance(part: int) -> None:
    """Cash and balance sheet, on every path and in every month."""
    for number in range(250 * part, 250 * (part + 1)):
        plan = plan_of(company_from(document_at(number)))
        ledger = Prepared(Job(plan, number, number % 16 + 1, 40), 0).ledger()
        ledger.run([Audit(ledger)])


def test_the_books_of_a_company_with_every_mechanism_balance() -> None:
    ledger = Prepared(Job(plan_of(load(EVERYTHING)), 7, 36, 2_000), 0).ledger()
    ledger.run([Audit(ledger)])


def test_an_audited_run_gives_the_same_numbers() -> None:
    subject = company(cash={"opening": "50 to 100"}, cost=[rent("5 to 10")])
    plain, audited = (simulate(subject, paths=500, seed=3, how=How(audit=audit)) for audit in (False, True))
    assert plain.as_json() == audited.as_json()


def test_the_audit_finds_cash_that_appears() -> None:
    ledger = Prepared(Job(plan_of(company(cash={"opening": 100}, cost=[rent(10)])), 1, 3, 4), 0).ledger()
    audit = Audit(ledger)

    class Forger:
        def month_end(self, month: int, ledger: Ledger) -> None:
            ledger.state.cash[2] += 1.0 if month == 1 else 0.0

    with pytest.raises(AuditError, match="month 2, path 2: -1 is missing"):
        ledger.run([Forger(), audit])


def test_the_need_of_a_company_whose_round_comes_too_late() -> None:
    """5 in cash, 1 a month, 100 arrive in the eighth month: 2 more reach it."""
    late = {"name": "A", "instrument": "equity", "starts": "2024-08", "amount": 100}
    forecast = simulate(company(cash={"opening": 5}, cost=[rent(1)], round=[late]), months=24, paths=100, seed=1)
    assert forecast.need.amount(0.9) == pytest.approx(2, rel=0.01)


def test_the_need_covers_the_reserve_that_vendors_are_kept_from() -> None:
    """Vendors are paid from what is above a month of payroll, so 95 in the bank is 5 too little."""
    team = {"name": "staff", "headcount": 1, "cost": 100}
    income = {"name": "sales", "kind": "other", "monthly": 110, "collected_after": 0}
    cash = {"opening": 95, "keep_payroll_months": 1}
    subject = company(cash=cash, team=[team], cost=[rent(10)], revenue=[income])
    need = simulate(subject, months=6, paths=50, seed=1).need.amount(0.9)
    assert need == pytest.approx(5, rel=0.01)


@pytest.mark.parametrize("factor", [1.0, 0.999])
def test_an_exact_sum_is_enough(factor: float) -> None:
    """0.3 pays 0.1 three times, although 0.3 - 3 x 0.1 is not zero in binary."""
    forecast = simulate(company(cash={"opening": 0.3 * factor}, cost=[rent(0.1)]), months=4, paths=10, seed=1)
    assert forecast.insolvent.month(0.5) == (4 if factor == 1.0 else 3)


def test_sizes_and_growth_stay_within_their_bounds() -> None:
    event = {"name": "slump", "rate": 1.0, "effect": {"target": "revenue.*", "multiply": "normal(0.5, 0.3)"}}
    income = {"name": "sales", "kind": "usage", "monthly": 10, "collected_after": 0}
    forecast = simulate(company(cash={"opening": 0}, revenue=[income], event=[event]), months=24, paths=2_000, seed=2)
    assert forecast.insolvent.probability[-1] == 0


def test_values_of_one_schedule_are_high_on_the_same_paths() -> None:
    levels = {"2024-01": "5 to 10", "2024-03": "50 to 100"}
    job = Job(plan_of(company(cash={"opening": 1}, cost=[{"name": "rent", "monthly": levels}])), 1, 4, 200)
    first, second = Prepared(job, 0).drivers.draws.inputs.values()
    np.testing.assert_allclose(second, 10 * first)


def test_a_change_from_a_month_on_leaves_earlier_months_as_they_were() -> None:
    income = {"name": "sales", "kind": "usage", "monthly": 10, "growth": "3% to 9%", "collected_after": 0}
    before = company(cash={"opening": 1}, revenue=[income])
    change = {"target": "revenue.*.growth", "add": "5%", "from": 4}
    after = apply(before, scenario_from({"title": "t", "change": [change]}, "t.toml"))
    old, new = (simulate(item, months=6, paths=300, seed=5).cash.mean for item in (before, after))
    np.testing.assert_array_equal(old[:3], new[:3])
    assert (new[3:] > old[3:]).all()


def test_a_scenario_may_take_away_what_was_correlated() -> None:
    first = {"name": "A", "instrument": "equity", "starts": "2024-03", "amount": "1M to 2M", "takes": "2 to 5"}
    pair = {"between": ["round.A.amount", "round.A.takes"], "value": 0.5}
    subject = company(cash={"opening": "1M"}, cost=[rent("100k")], round=[first], correlation=[pair])
    change = {"target": "round.A", "remove": True}
    patched = apply(subject, scenario_from({"title": "t", "change": [change]}, "t.toml"))
    assert not patched.round
    assert not patched.correlation


@pytest.mark.parametrize(("operation", "where"), [({"add": 1}, "add"), ({"set": 1, "to": 6}, "to")])
def test_the_level_of_a_growing_line_is_not_added_to_for_some_months(operation: dict[str, Any], where: str) -> None:
    income = {"name": "sales", "kind": "usage", "monthly": 10, "growth": "5%"}
    change = {"target": "revenue.*.monthly", "from": 4, **operation}
    with pytest.raises(Exception, match=rf"change\[0\].{where}"):
        apply(
            company(cash={"opening": 1}, revenue=[income]), scenario_from({"title": "t", "change": [change]}, "t.toml")
        )


def test_a_line_moves_with_the_market_in_one_way() -> None:
    income = {"name": "sales", "kind": "usage", "monthly": 10, "volatility": "10%", "market": 0.1}
    pair = {"between": ["revenue.sales", "market"], "value": 0.5}
    with pytest.raises(InputError, match="not both"):
        company(cash={"opening": 1}, revenue=[income], correlation=[pair])


def test_a_scenario_that_spoils_a_company_with_correlations_is_named() -> None:
    pair = {"between": ["cash.opening", "cost.rent.monthly"], "value": 0.5}
    subject = company(cash={"opening": "1M to 2M"}, cost=[rent("50k to 100k")], correlation=[pair])
    change = {"target": "cost.rent.terms", "set": -1}
    with pytest.raises(InputError) as caught:
        apply(subject, scenario_from({"title": "t", "change": [change]}, "spoil.toml"))
    assert [problem.file for problem in caught.value.problems] == ["example.toml + spoil"]
