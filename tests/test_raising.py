"""How much to raise and by when: closed forms, what the answers promise, and mistakes."""

import itertools
from math import exp
from typing import Any

import numpy as np
import pytest

from tarmac import load
from tarmac.company import Company, company_from
from tarmac.engine.block import Job, Prepared
from tarmac.engine.trying import Trial
from tarmac.errors import InputError
from tarmac.layout import plan_of
from tarmac.raising import LEVELS, Attempt, Raise, attempt_of, raising, runway_without, savings
from tarmac.raising.attempt import with_attempt
from tarmac.report.raising import begin_in_words, raise_text
from tarmac.report.raising_charts import instead_table, need_table, start_table
from tarmac.scenario import without_funding
from tests.companies_at_random import document_at

AT_ONCE = Attempt(0, 1, {}, "the test")


def company(**sections: Any) -> Company:
    head = {"name": "Example", "currency": "USD", "first_month": "2024-01", "insolvent_when": "cash_below_zero"}
    return company_from({"company": head, "cash": {"opening": 0}} | sections, "example.toml")


def found(subject: Company, *, months: int = 18, paths: int = 4_096, confidence: float = 0.9, **more: Any) -> Raise:
    job = Job(plan_of(subject), 11, months, paths)
    return raising(subject, job=job, confidence=confidence, attempt=more.pop("attempt", AT_ONCE), **more)


def survivors(subject: Company, *, extra: float, months: int, paths: int) -> int:
    """Paths that reach the horizon with some money more at the opening."""
    ledger = Prepared(Job(plan_of(without_funding(subject)), 11, months, paths), 0).ledger(extra)
    return int(np.sum(ledger.run()["insolvent"] == months))


def test_the_money_for_a_walk_watched_at_month_ends() -> None:
    """Case G3: burn of mean 1 and standard deviation 2 a month, 18 months, one path in ten insolvent."""
    paths, exact, spread = 16_384 * 4, 29.317852834790475, 8.0
    walk = company(cost=[{"name": "burn", "monthly": 1, "noise": "normal(0, 2)"}])
    result = found(walk, paths=paths)
    low, high = result.need.interval(0.9)
    assert low is not None
    assert high is not None
    assert result.amount == pytest.approx(exact, abs=2 * (high - low) + 1e-4)
    assert high - low < spread / 20


def test_one_raise_against_a_sure_runway() -> None:
    """Case F5: money for 9 months, a raise that takes an exponential time of mean 6: exp(-9 / 6) come too late."""
    paths = 16_384 * 2
    sure = company(cash={"opening": 8.5}, cost=[{"name": "burn", "monthly": 1}])
    result = found(sure, months=24, paths=paths, attempt=Attempt("exponential(6)", 1, {}, "the test"))
    late = 1 - result.in_time[0] / paths
    assert late == pytest.approx(exp(-9 / 6), abs=4 * np.sqrt(0.2231 * 0.7769 / paths))


@pytest.mark.parametrize("name", ["stability-ai", "saas-seed"])
def test_more_confidence_and_more_months_take_no_less_money(name: str) -> None:
    results = [found(load(name), months=months, paths=1_024) for months in (12, 18, 24)]
    for result in results:
        amounts = [result.need.amount(level) for level in LEVELS]
        assert all(a <= b for a, b in itertools.pairwise(amounts) if a is not None and b is not None)
    by_months = [result.need.amount(0.8) for result in results]
    assert all(a <= b for a, b in itertools.pairwise(by_months) if a is not None and b is not None)


@pytest.mark.slow
def test_the_need_saves_as_many_paths_as_it_says() -> None:
    """Random companies, with and without policies: the P90 need at the opening saves 90% of the paths."""
    checked = 0
    for number in range(60):
        subject = company_from(document_at(number))
        amount = found(subject, months=12, paths=1_000).amount
        if amount is None:
            continue
        saved = survivors(subject, extra=amount, months=12, paths=1_000)
        assert saved >= 900 - 4 * np.sqrt(1_000 * 0.09), number
        if amount > 0:
            checked += 1
            assert saved <= 900 + 4 * np.sqrt(1_000 * 0.09), number
    assert checked > 10


def test_money_that_comes_later_saves_fewer_and_never_those_already_lost() -> None:
    burning = company(cash={"opening": 5.5}, cost=[{"name": "burn", "monthly": 1}])
    assert found(burning, months=12).amount == pytest.approx(6.5)
    assert found(burning, months=12, at=5).amount == pytest.approx(6.5)
    late = found(burning, months=12, at=6)
    assert late.amount is None
    assert late.need.hopeless == late.paths
    assert raise_text(late).splitlines()[1].startswith("No amount does")


def test_begin_by_is_the_last_month_from_which_the_money_is_in_time() -> None:
    """Money for five months; three to raise more: begun in the third month it comes in the sixth, just in time."""
    burning = company(cash={"opening": 5.5}, cost=[{"name": "burn", "monthly": 1}])
    result = found(burning, months=12, attempt=Attempt(3, 1, {}, "the test"))
    assert result.begin_by == 2
    assert begin_in_words(result).startswith("Begin by Mar 2024")
    assert found(burning, months=12, attempt=Attempt(6, 1, {}, "the test")).begin_by is None
    assert found(company(cash={"opening": 20}), months=12).begin_by == 12


def test_the_table_agrees_with_the_need() -> None:
    """Begun at once and there at once, an amount saves the share of paths that need no more."""
    result = found(load("saas-seed"), months=24)
    assert result.starts[0] == 0
    for place, amount in enumerate(result.amounts):
        share = float(result.need.histogram.share_below(amount)[0]) * (1 - result.need.hopeless / result.need.paths)
        assert result.survives[0, place] / result.tried == pytest.approx(share, abs=0.03)


def test_the_attempt_is_that_of_the_first_equity_round() -> None:
    lab = load("ai-lab")
    assert attempt_of(lab).takes == "4 to 9"
    assert attempt_of(lab, takes="2").takes == "2"
    assert attempt_of(lab, pre_money="9M").price == {"pre_money": "9M", "option_pool": "12%"}
    assert attempt_of(without_funding(lab)).takes == 0
    assert attempt_of(lab).longer == {}
    assert attempt_of(lab).left_out == ("market", "requires")
    assert attempt_of(lab, succeeds="30%").left_out == ()
    assert not attempt_of(without_funding(lab)).price


LONG = {"starts": "2024-01", "takes": 3, "closes_monthly": "10%", "gives_up_after": 12, "amount": 5, "sold": "20%"}


def test_a_round_that_may_close_in_any_month_is_said_to() -> None:
    round_ = {"name": "A", "instrument": "equity", "market": 0.5, "retries": 1, "again_after": 2, **LONG}
    subject = company(cost=[{"name": "burn", "monthly": 1}], round=[round_])
    attempt = attempt_of(subject)
    assert attempt_of(subject, takes="4").longer == {}
    result = found(subject, paths=100, attempt=attempt)
    said = " ".join(raise_text(result).split())
    assert "takes 3 months at the earliest, closes in each month from then on with a chance of 10%" in said
    assert "is given up after 12 months, and is made again once, 2 months after it has failed" in said
    assert "it closes with a chance of 88% (from round.A)" in said
    assert "what would move the chance is left out: market" in said
    assert "on half of the paths within 8 months, on nine in ten after more than 18 months" in said
    assert result.closes == pytest.approx(1 - 0.9**20)
    assert result.dilution is not None
    assert result.dilution.sold is not None
    assert result.dilution.sold.p50 == pytest.approx(0.2)


def test_the_month_of_closing_is_geometric_from_the_earliest_to_the_last() -> None:
    """Ten months in which it may close, with 10% each: k of them pass with (1 - 0.9^k) / (1 - 0.9^10)."""
    subject = company(cash={"opening": 8.5}, cost=[{"name": "burn", "monthly": 1}])
    attempt = Attempt(3, "50%", {}, "the test", longer={"closes_monthly": "10%", "gives_up_after": 12})
    paths = 16_384
    result = found(subject, months=24, paths=paths, attempt=attempt)
    within = np.cumsum(result.waits) / paths
    for month in range(24):
        exact = (1 - 0.9 ** float(np.clip(month - 2, 0, 10))) / (1 - 0.9**10)
        assert within[month] == pytest.approx(exact, abs=4 * np.sqrt(0.25 / paths))
    assert result.closes == pytest.approx(0.5 * (1 - 0.9**10))
    assert (result.in_time[:9] == np.cumsum(result.waits)[8::-1]).all()
    assert result.wait(0.9) == 11, "the ninth of them: 1 - 0.9^9 is the first beyond 90% of 1 - 0.9^10"


def test_waits_are_those_of_the_engine_where_it_closes() -> None:
    """Numbers that are certain, three attempts: the months in which the engine closes a round, and how often."""
    attempt = Attempt(
        2, "40%", {}, "x", longer={"closes_monthly": 0.2, "gives_up_after": 4.5, "retries": 2, "again_after": 1.6}
    )
    rich = with_attempt(company(cash={"opening": 1}), attempt)
    paths, months = 16_384, 20
    ledger = Prepared(Job(plan_of(rich), 3, months, paths), 0).ledger()
    closed = np.zeros(months, np.int64)
    for month in range(months):
        ledger.month(month)
        closed[month] = sum(len(where) for _, (where, _) in ledger.rounds.closed)
    result = found(company(cash={"opening": 1}), months=months, paths=paths, attempt=attempt)
    share = closed.sum() / paths
    assert result.closes == pytest.approx(share, abs=4 * np.sqrt(0.25 / paths))
    assert result.waits[:months].sum() == paths
    assert (result.waits[:months] > 0).tolist() == (closed > 0).tolist()
    np.testing.assert_allclose(
        result.waits[:months] / paths, closed / closed.sum(), atol=4 * np.sqrt(0.25 / closed.sum())
    )


def test_an_attempt_that_can_hardly_close_has_its_months_all_the_same() -> None:
    """With no chance at all a month is as likely as another; a month in which nothing can close never comes."""
    burning = company(cash={"opening": 5.5}, cost=[{"name": "burn", "monthly": 1}])
    longer = {"closes_monthly": 0, "gives_up_after": 4}
    even = found(burning, months=12, paths=4_096, attempt=Attempt(1, 0, {}, "x", longer=longer))
    assert even.closes == 0
    np.testing.assert_allclose(even.waits[1:5] / 4_096, 0.25, atol=0.03)
    sure = {"closes_monthly": 1, "gives_up_after": 4}
    assert found(burning, months=12, paths=50, attempt=Attempt(1, 1, {}, "x", longer=sure)).waits[1] == 50
    early = {"closes_monthly": "50%", "gives_up_after": "uniform(1, 5)"}
    mixed = found(burning, months=12, paths=4_096, attempt=Attempt(3, 1, {}, "x", longer=early))
    assert mixed.beyond == mixed.waits[12] == pytest.approx(2_048, abs=150)
    assert mixed.closes == pytest.approx(0.25 * 0.5 + 0.25 * 0.75, abs=0.02)


def test_json_and_tables_say_the_same() -> None:
    result = found(load("ai-lab"), months=24, paths=1_000, attempt=attempt_of(load("ai-lab")))
    document = result.as_json()
    assert document["table"]["starts"][0] == "2027-01"
    assert document["attempt"]["priced_by"] == "round.series A"
    assert document["runs"] <= 12
    assert list(need_table(result).index) == list(LEVELS)
    assert start_table(result).shape == result.survives.shape
    assert instead_table(result).loc["as-it-is", "amount"] == document["instead"][0]["amount"]


def test_the_runway_without_new_money_knows_when_to_begin() -> None:
    burning = company(cash={"opening": 5.5}, cost=[{"name": "burn", "monthly": 1}])
    result = found(burning, months=12, paths=100, attempt=Attempt(3, 1, {}, "the test"))
    forecast = runway_without(burning, result)
    assert forecast.origin.begin_by == result.begin_by == 2
    assert forecast.insolvent.month(0.5) == 6
    never = found(burning, months=12, paths=100, attempt=Attempt(8, 1, {}, "the test"))
    assert runway_without(burning, never).origin.begin_by is None


def test_an_attempt_that_ends_beyond_the_horizon_is_counted() -> None:
    burning = company(cash={"opening": 5.5}, cost=[{"name": "burn", "monthly": 1}])
    result = found(burning, months=12, paths=100, attempt=Attempt(60, 1, {}, "the test"))
    assert result.beyond == 100
    assert result.begin_by is None
    assert "it ends after these 12 months on >96% of the paths" in " ".join(raise_text(result).split())


def test_amounts_without_end_are_a_mistake_with_a_remedy() -> None:
    endless = company(cash={"opening": 1e12}, cost=[{"name": "burn", "monthly": 1e12, "growth": 2}])
    with pytest.raises(InputError, match="amounts stay below 1e38"):
        found(endless, months=60, paths=100)


@pytest.mark.parametrize(
    ("confidence", "at", "where"), [(0.0, 0, "confidence"), (1.0, 0, "confidence"), (0.9, 18, "at")]
)
def test_mistakes_are_named(confidence: float, at: int, where: str) -> None:
    with pytest.raises(InputError) as caught:
        found(company(), confidence=confidence, at=at)
    assert [problem.where for problem in caught.value.problems] == [where]


def test_an_attempt_that_makes_no_sense_is_named() -> None:
    with pytest.raises(InputError, match=r"the raise\.takes"):
        found(company(), attempt=Attempt("banana", 1, {}, "the test"))


def test_a_raise_told_in_another_currency_is_the_same_at_one_rate() -> None:
    saving = savings(load("ai-lab"))[:1]
    own = found(load("ai-lab"), paths=300, attempt=attempt_of(load("ai-lab")), instead=saving)
    told = own.in_currency("CNY", rate=0.14)
    assert own.amount is not None
    assert told.amount == pytest.approx(own.amount / 0.14)
    assert told.need.interval(0.9)[0] == pytest.approx((own.need.interval(0.9)[0] or 0) / 0.14)
    assert told.amounts == pytest.approx([amount / 0.14 for amount in own.amounts])
    assert told.alternatives[1].amount == pytest.approx((own.alternatives[1].amount or 0) / 0.14)
    assert (told.in_time == own.in_time).all()
    assert told.as_json()["currency"] == "CNY"
    assert "CNY" in raise_text(told)
    assert "$" not in raise_text(told)


@pytest.mark.parametrize("name", ["stability-ai", "moonshot-ai"])
def test_amounts_tried_side_by_side_fare_as_each_alone(name: str) -> None:
    subject = without_funding(load(name))
    plan = plan_of(with_attempt(subject, attempt_of(load(name))))
    amounts, starts = (1e6, 1e8, 2e8, 4.5e8), (0, 3, 9)
    together = Trial(Job(plan, 11, 18, 500), 0).survives(starts, amounts)
    alone = [[Trial(Job(plan, 11, 18, 500), 0).survives((start,), (amount,)) for amount in amounts] for start in starts]
    assert np.array_equal(together, np.array(alone)[..., 0, 0])
    assert len(np.unique(together)) > 3
