"""A portfolio run: closed forms of failures alone and together, reserves by hand, the same bytes however it is run."""

import json

import numpy as np
import pytest
from numpy.typing import NDArray

from tarmac.company import company_from
from tarmac.engine.block import Job
from tarmac.errors import InputError
from tarmac.layout import plan_of
from tarmac.library import load_scenario
from tarmac.portfolio import PortfolioForecast, look_ahead, tally
from tarmac.portfolio.counting import poisson_binomial
from tarmac.portfolio.deadline import UNPLANNED
from tarmac.raising import attempt_of, raising
from tarmac.report.portfolio import correlation_table, portfolio_text
from tarmac.scenario import apply
from tarmac.simulation import How, simulate
from tarmac.survival import standard_error
from tests.holdings import burning, depending, held, struck, uncertain

ONE = How(workers=1)


def together_of(found: PortfolioForecast) -> NDArray[np.int64]:
    assert found.tally.together is not None
    return found.tally.together


def correlation_of(found: PortfolioForecast) -> NDArray[np.float64]:
    assert found.correlation is not None
    return found.correlation


def test_without_anything_in_common_failures_are_independent_bernoullis() -> None:
    rates = [0.005, 0.01, 0.02, 0.03, 0.05, 0.08, 0.1]
    found = look_ahead(
        held(*(struck(f"c{place}", rate=rate) for place, rate in enumerate(rates))), months=12, seed=7, how=ONE
    )
    expected = poisson_binomial(1 - np.exp(-12 * np.array(rates)))
    counts = found.failures[-1]
    error = np.sqrt(expected * (1 - expected) / found.paths)
    assert np.all(np.abs(counts / found.paths - expected) <= 4 * error + 1e-4)
    assert found.overdispersion == pytest.approx(1.0, abs=0.06)
    assert found.mean_correlation == pytest.approx(0.0, abs=0.01)
    share = np.array([item.clock.probability[-1] for item in found.standings])
    truth = 1 - np.exp(-12 * np.array(rates))
    assert np.all(np.abs(share - truth) <= 4 * np.sqrt(truth * (1 - truth) / found.paths))


def test_companies_alike_that_share_every_driver_all_fail_together() -> None:
    found = look_ahead(
        held(*(uncertain(f"c{place}", market=1.0) for place in range(5))),
        common=["*"], months=18, paths=3_000, seed=7, how=ONE,
    )  # fmt: skip
    counts = found.failures[-1]
    assert counts[0] > 300
    assert counts[5] > 300
    assert counts[1:5].sum() == 0
    assert np.allclose(correlation_of(found), 1.0)
    assert found.mean_correlation == pytest.approx(1.0)


def test_the_market_alone_correlates_failures_and_is_found_to() -> None:
    apart, together = (
        look_ahead(held(*(uncertain(f"c{place}", market=loading) for place in range(6))), paths=4_000, seed=3, how=ONE)
        for loading in (0.0, 0.5)
    )
    assert apart.overdispersion == pytest.approx(1.0, abs=0.1)
    assert apart.sharing == {"market": 0}
    assert apart.concentrations == []
    assert together.overdispersion is not None
    assert together.overdispersion > 1.5
    (market,) = together.concentrations
    assert market.explains > 0.2
    assert not market.high_is_worse
    assert market.best is not None
    assert market.worst > market.best + 0.5
    assert market.tail > 0.5


def test_a_common_event_comes_to_all_and_rates_may_differ() -> None:
    companies = (struck("seldom", rate=0.01, event="bank fails"), struck("often", rate=0.04, event="bank fails"))
    found = look_ahead(held(*companies), common=["event.bank*"], months=24, seed=5, how=ONE)
    failed = np.diag(together_of(found))
    expected = found.paths * (1 - np.exp(-24 * np.array([0.01, 0.04])))
    assert np.all(np.abs(failed - expected) <= 4 * np.sqrt(expected))
    assert together_of(found)[0, 1] == failed[0]  # whoever keeps few of the occurrences keeps some of the others'
    (row,) = [item for item in found.concentrations if item.name == "event.bank fails"]
    assert row.happens
    assert row.explains == pytest.approx(0.75, abs=0.05)


def test_an_event_of_an_uncertain_rate_is_shared_too() -> None:
    companies = (struck("a", rate="1% to 3%", event="x"), struck("b", rate="1% to 3%", event="x"))
    found = look_ahead(held(*companies), common=["event.x"], months=12, paths=4_000, seed=5, how=ONE)
    assert together_of(found)[0, 1] == together_of(found)[0, 0] == together_of(found)[1, 1]


def test_a_customer_of_several_leaves_all_of_them_at_once() -> None:
    alike = held(depending("a", line="api"), depending("b", line="licences"))
    found = look_ahead(alike, common=["customer.BigCo"], paths=4_000, seed=2, how=ONE)
    assert found.sharing == {"customer.BigCo": 2, "market": 0}
    assert correlation_of(found)[0, 1] == pytest.approx(1.0)
    apart = look_ahead(alike, paths=4_000, seed=2, how=ONE)
    assert correlation_of(apart)[0, 1] == pytest.approx(0.0, abs=0.07)


def test_another_company_changes_nothing_in_those_before_it() -> None:
    a, b, c = (uncertain(name, market=0.3) for name in "abc")
    two, three = (look_ahead(held(*group), paths=2_000, seed=1, how=ONE) for group in ((a, b), (c, a, b)))
    for name in "ab":
        (one,), (other,) = ([row for row in run.standings if row.name == name] for run in (two, three))
        assert np.array_equal(one.strikes, other.strikes)


def test_a_company_fails_as_often_as_it_does_alone() -> None:
    company = uncertain("a", market=0.4)
    found = look_ahead(held(company, uncertain("b", market=0.4)), months=24, seed=4, how=ONE)
    alone = simulate(company, months=24, seed=9)
    one, other = found.standings[0].clock.probability, alone.insolvent.probability
    error = np.hypot(standard_error(np.round(one * 20_000).astype(int), 20_000), alone.insolvent.standard_error)
    assert np.all(np.abs(one - other) <= 4 * error + 1e-3)


def test_the_reserve_by_hand() -> None:
    """Cash 10, 3 spent a month: the fourth month lacks 2, and from there on each month lacks 3 more."""
    found = look_ahead(held(burning("a", cash=10, burn=3), stake=0.25, rate=2.0), months=11, paths=50, seed=0)
    assert found.quarters == [2, 5, 8, 10]
    together, own = found.reserve(own=False), found.reserve()
    assert together.quantile(0.5).tolist() == pytest.approx([0, 16, 34, 46], rel=1e-2)
    assert own.mean.tolist() == pytest.approx([0, 4, 8.5, 11.5])
    assert found.reserve(new=True).mean.tolist() == pytest.approx([0, 4, 4.5, 3])
    assert found.failures[:, 1].tolist() == [0, 50, 50, 50]


def test_a_company_that_lives_needs_no_reserve() -> None:
    found = look_ahead(held(burning("a", cash=100, burn=3), stake=1.0), months=12, paths=50, seed=0)
    assert found.reserve().mean.tolist() == [0, 0, 0, 0]
    assert found.overdispersion is None
    assert found.mean_correlation is None


def test_need_and_begin_by_are_those_of_a_raise() -> None:
    company = uncertain("a", market=0.2)
    found = look_ahead(held(company), months=24, paths=2_000, seed=6)
    job = Job(plan_of(company), 6, 24, 2_000)
    raised = raising(company, job=job, confidence=0.9, attempt=attempt_of(company))
    (row,) = found.standings
    assert row.deadline is not None
    assert row.deadline.begin_by == raised.begin_by
    assert row.need == raised.amount
    assert row.deadline.planned


def test_stresses_are_told_of_the_companies_they_fit() -> None:
    found = look_ahead(held(uncertain("a"), burning("b", cash=10, burn=1)), paths=1_000, seed=6)
    fits = {stress.name: stress.places for stress in found.stresses}
    assert set(fits.values()) == {(0,)}
    a, b = found.standings
    worse = {stress.name: found.stress(a, stress) for stress in found.stresses}
    assert all(count is not None and count > found.stresses[0].base.soon[0] for count in worse.values())
    assert all(found.stress(b, stress) is None for stress in found.stresses)
    assert all(stress.outcome.soon[1] == stress.base.soon[1] == 1_000 for stress in found.stresses)


def test_the_same_bytes_however_it_is_run() -> None:
    portfolio = held(*(uncertain(f"c{place}", market=0.2) for place in range(11)), stake=0.1)
    texts = {
        json.dumps(
            look_ahead(
                portfolio, common=["price.*"], paths=17_000, months=3, seed=3, how=How(workers=workers)
            ).as_json()
        )
        for workers in (1, 1, 2)
    }
    assert len(texts) == 1
    assert "NaN" not in texts.pop()


def test_beyond_some_number_pairs_are_not_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    portfolio = held(*(struck(f"c{place}", rate=0.02) for place in range(4)))
    paired = look_ahead(portfolio, months=12, paths=2_000, seed=1)
    monkeypatch.setattr(tally, "PAIRED", 3)
    alone = look_ahead(portfolio, months=12, paths=2_000, seed=1)
    assert alone.tally.together is None
    assert alone.overdispersion == paired.overdispersion
    assert alone.as_json()["correlation"]["matrix"] is None
    assert correlation_table(alone).empty
    assert portfolio_text(alone).count("correlate") == portfolio_text(paired).count("correlate") - 1


def test_urgency_orders_the_companies() -> None:
    companies = [burning(name, cash=cash, burn=1) for name, cash in (("late", 20), ("soon", 3), ("never", 99))]
    found = look_ahead(held(*companies), months=24, paths=100, seed=0)
    assert [item.name for item in found.ranked] == ["soon", "late", "never"]


def test_within_monte_carlo_error_the_earlier_deadline_comes_first() -> None:
    companies = [struck("noise", rate=0.0005), burning("sure", cash=230, burn=10), burning("later", cash=236, burn=10)]
    found = look_ahead(held(*companies), months=24, paths=2_000, seed=6)
    year = {item.name: int(item.clock.counts[11]) for item in found.standings}
    assert year["noise"] > year["sure"] == 0
    assert found.step == 3
    assert [item.name for item in found.ranked] == ["later", "sure", "noise"]  # alike but for their names
    assert look_ahead(held(*companies), months=24, paths=10_000, seed=6).step == 1


def test_mistakes_are_named() -> None:
    portfolio = held(uncertain("a"))
    with pytest.raises(InputError, match=r"did you mean 'price\.cloud'"):
        look_ahead(portfolio, common=["price.clod"])
    with pytest.raises(InputError, match="months = 0"):
        look_ahead(portfolio, months=0)
    growing = burning("a", cash=1, burn=1).document()
    growing["cost"][0]["growth"] = 2
    with pytest.raises(InputError, match="amounts stay below 1e38"):
        look_ahead(held(company_from(growing, "a")), months=200, paths=100, seed=0)


def test_a_raise_that_nobody_plans_takes_as_long_as_those_on_the_shelf() -> None:
    for name in ("raise-series-a", "raise-series-b"):
        assert apply(burning("a", cash=1, burn=1), load_scenario(name)).document()["round"][0]["takes"] == UNPLANNED
    found = look_ahead(held(burning("a", cash=155, burn=10)), months=24, paths=2_000, seed=6)
    (row,) = found.standings
    assert row.deadline is not None
    assert not row.deadline.planned
    assert row.clock.month(0.1) == 16
    assert row.deadline.begin_by in (7, 8)  # nine raises in ten are through within some seven months
