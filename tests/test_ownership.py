"""Cap tables calculated by hand, and what every cap table keeps to."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from tarmac.company import company_from
from tarmac.engine.block import Job, Prepared
from tarmac.engine.captable import Claim, distribute, price
from tarmac.engine.ledger import Ledger
from tarmac.errors import InputError
from tarmac.layout import plan_of
from tests.cap_tables import TEN, document, equity, forecast, held, proceeds, raised, ran
from tests.companies_at_random import document_at

# Priced rounds


def test_a_round_sells_the_new_money_over_the_value_after_it() -> None:
    assert held(round=[equity()]) == pytest.approx({"founders": 0.8, "round.equity": 0.2})


def test_the_pool_is_topped_up_before_the_new_money() -> None:
    """Of 100%, 20% are new and 10% are new options; those before keep 70%: 63% and 7% of options, 17% with the new."""
    expected = {"founders": 0.63, "pool": 0.17, "round.equity": 0.2}
    assert held(holder=TEN, round=[equity(option_pool="17%")]) == pytest.approx(expected)


def test_a_pool_that_is_large_enough_stays() -> None:
    expected = {"founders": 0.72, "pool": 0.08, "round.equity": 0.2}
    assert held(holder=TEN, round=[equity(option_pool="8%")]) == pytest.approx(expected)


def test_a_first_pool_is_made_of_nothing() -> None:
    expected = {"founders": 0.65, "option pool": 0.15, "round.equity": 0.2}
    assert held(round=[equity(option_pool=0.15)]) == pytest.approx(expected)


def test_two_rounds_and_the_second_at_a_lower_price_dilutes_all_alike() -> None:
    """100 at 300 is 25%; then 50 at 150 is 25% again: 75% x 75% is left to founders, 25% x 75% to the first round."""
    first = equity("2024-02", amount=100, pre_money=300, name="A")
    second = equity("2024-04", amount=50, pre_money=150, name="B")
    expected = {"founders": 0.5625, "round.A": 0.1875, "round.B": 0.25}
    assert held(round=[first, second]) == pytest.approx(expected)


def test_a_round_paid_for_in_compute_dilutes_and_converts_nothing() -> None:
    expected = {"founders": 0.75, "round.compute": 0.25, "round.safe": 0.0}
    gpus = [{"name": "gpus", "kind": "on_demand", "monthly": 1}]
    given_credits = raised("2024-03", "compute", amount=25, pre_money=75, vendor="gpus")
    safe = raised("2024-01", "safe", amount=10)
    assert held(compute=gpus, round=[given_credits, safe]) == pytest.approx(expected)


def test_what_arrives_and_the_exchange_rate_of_the_month_decide() -> None:
    """Half of 20 arrives; 40 EUR are 80 USD: 10 of 90."""
    half = equity(delivered=0.5, pre_money="40 EUR")
    assert held(fx={"EUR": 2}, round=[half])["round.equity"] == pytest.approx(1 / 9)


# SAFEs and notes


def safes(**terms: Any) -> dict[str, float]:
    """A SAFE of 10 on some terms, then 20 at 80."""
    return held(round=[raised("2024-01", "safe", amount=10, **terms), equity()])


@pytest.mark.parametrize(
    ("terms", "share"),
    [
        ({"cap": 100}, 0.08),  # a tenth of the 80% that are not new
        ({"discount": "20%"}, 0.125),  # 10 / (0.8 x 100)
        ({"cap": 50, "discount": "20%"}, 0.16),  # a fifth of 80%, more than 0.125
        ({"cap": 100, "discount": "20%"}, 0.125),  # 0.125, more than 0.08
        ({}, 0.1),  # 10 / 100
        ({"cap": 10}, 0.8),  # everything but the new money
        ({"cap": 5}, 0.8),  # no more than everything
    ],
    ids=str,
)
def test_a_safe_converts_at_the_better_of_its_terms(terms: dict[str, Any], share: float) -> None:
    found = safes(**terms)
    assert found["round.safe"] == pytest.approx(share)
    assert found["round.equity"] == pytest.approx(0.2)
    assert found["founders"] == pytest.approx(0.8 - share)


def test_two_safes_convert_into_one_round() -> None:
    """10 at a cap of 100: 8%. 8 at a discount of 20%: 8 / (0.8 x 100) = 10%."""
    capped = raised("2024-01", "safe", name="capped", amount=10, cap=100)
    cheap = raised("2024-02", "safe", name="cheap", amount=8, discount=0.2)
    expected = {"founders": 0.62, "round.capped": 0.08, "round.cheap": 0.1, "round.equity": 0.2}
    assert held(round=[capped, cheap, equity()]) == pytest.approx(expected)


def test_a_safe_and_a_pool_together() -> None:
    """q = 10%: the SAFE has a tenth of 70%, those before 63%, a tenth of it options: 6.3% + 10% = 16.3%."""
    found = held(holder=TEN, round=[raised("2024-01", "safe", amount=10, cap=100), equity(option_pool=0.163)])
    expected = {"founders": 0.567, "pool": 0.163, "round.safe": 0.07, "round.equity": 0.2}
    assert found == pytest.approx(expected)


def test_a_safe_of_the_same_month_waits_for_the_next_round() -> None:
    safe, later = raised("2024-03", "safe", amount=10), equity("2024-05", name="B")
    assert held(round=[safe, equity()])["round.safe"] == 0
    assert held(round=[safe, equity(), later])["round.safe"] == pytest.approx(0.1)


def test_of_two_rounds_in_a_month_the_first_of_the_file_converts() -> None:
    """First 10% for the SAFE, 20% for the money; the second takes a fifth of everything."""
    note = {"name": "n", "kind": "note", "principal": 10}
    found = held(debt=[note], round=[raised("2024-01", "safe", amount=10), equity(), equity(name="B")])
    expected = {"founders": 0.48, "round.equity": 0.16, "round.B": 0.2, "round.safe": 0.08, "debt.n": 0.08}
    assert found == pytest.approx(expected)


def test_a_note_converts_with_its_interest() -> None:
    """100 in January, 1 a month in February and March: 102 of 918 + 102 = 1020."""
    note = raised("2024-01", "note", amount=100, interest="12%")
    expected = {"founders": 0.8, "round.equity": 0.1, "round.note": 0.1}
    assert held(round=[note, equity("2024-04", amount=102, pre_money=918)]) == pytest.approx(expected)


def test_a_note_of_the_opening_converts_at_its_cap() -> None:
    note = {"name": "n", "kind": "note", "principal": 10, "cap": 50}
    assert held(debt=[note], round=[equity()])["debt.n"] == pytest.approx(0.16)


def test_more_claims_than_there_is_share_what_the_new_money_leaves() -> None:
    one, two = np.ones(1), np.full(1, 2.0)
    made = price(
        np.full(1, 20.0),
        np.full(1, 80.0),
        claims=[Claim(two, one, None), Claim(one, one, None)],
        pool=0 * one,
        target=None,
    )
    assert made.converted[:, 0].tolist() == pytest.approx([0.8 * 2 / 3, 0.8 / 3])
    assert made.kept.tolist() == [0]


# A sale


def preferred(amount: float, **sections: Any) -> float:
    """What founders with 80% get where preferred holders with 20% paid 60 and a lender is owed 10."""
    holders = [{"name": "founders", "share": 0.8}, {"name": "seed", "kind": "preferred", "share": 0.2, "invested": 60}]
    debt = [{"name": "loan", "kind": "loan", "principal": 10, "interest_only_months": 24}]
    return proceeds(holder=holders, debt=debt, round=[raised("2024-03", "acquisition", amount=amount)], **sections)


@pytest.mark.parametrize(
    ("amount", "common"),
    [
        (5, 0),  # the lender is owed more
        (50, 0),  # 40 left, and 60 to be paid back
        (210, 140),  # 60 back is more than a fifth of 200
        (410, 320),  # a fifth of 400 is more than 60
    ],
)
def test_preferred_holders_take_the_greater_of_money_back_and_their_share(amount: float, common: float) -> None:
    assert preferred(amount) == pytest.approx(common)


@pytest.mark.parametrize(
    ("worth", "common", "classes"),
    [
        (120, 0, [80, 40]),  # too little for both: 2 to 1
        (150, 0, [100, 50]),
        (230, 80, [100, 50]),  # 230 - 100 over 75 is less than 2 a share
        (280, 120, [100, 60]),  # 180 / 75 = 2.4 a share: the second converts
        (600, 300, [150, 150]),  # 6 a share: both do
    ],
)
def test_classes_convert_in_order_of_money_per_share(worth: float, common: float, classes: list[float]) -> None:
    """50 common shares, 25 that cost 4 each, 25 that cost 2 each."""
    money, shares = np.array([[100.0], [50.0]]), np.full((2, 1), 25.0)
    found = distribute(np.array([float(worth)]), np.array([50.0]), money=money, shares=shares)
    assert found.common.tolist() == pytest.approx([common])
    assert found.classes[:, 0].tolist() == pytest.approx(classes)


@pytest.mark.parametrize(
    ("terms", "amount", "common"),
    [
        ({"cap": 100}, 50, 40),  # 10 back is more than a tenth
        ({"cap": 100}, 200, 180),  # a tenth is more
        ({}, 200, 190),  # without a cap: the money back
        ({"cap": 5}, 200, 0),  # owns everything
    ],
    ids=str,
)
def test_a_safe_that_is_outstanding_at_a_sale(terms: dict[str, Any], amount: float, common: float) -> None:
    sold = raised("2024-03", "acquisition", amount=amount)
    assert proceeds(round=[raised("2024-01", "safe", amount=10, **terms), sold]) == pytest.approx(common)


def test_a_note_is_paid_back_with_interest_at_a_sale_and_is_no_debt_besides() -> None:
    """100 in January, 1 in February: 101 of 500."""
    note = raised("2024-01", "note", amount=100, interest="12%")
    assert proceeds(round=[note, raised("2024-03", "acquisition", amount=500)]) == pytest.approx(399)


def test_what_a_safe_became_has_its_money_back_with_its_round() -> None:
    """SAFE 10%, round 20%, paid 30 together: of 60 they take 30 rather than 18."""
    rounds = [raised("2024-01", "safe", amount=10), equity("2024-02"), raised("2024-03", "acquisition", amount=60)]
    assert proceeds(round=rounds) == pytest.approx(30)


def test_options_not_granted_take_nothing_and_a_sale_comes_before_a_round_of_its_month() -> None:
    sold = raised("2024-03", "acquisition", amount=100)
    assert proceeds(holder=TEN, round=[equity(), sold]) == pytest.approx(100)


def test_the_first_of_two_sales_in_a_month_is_the_sale() -> None:
    two = [raised("2024-03", "acquisition", name=str(amount), amount=amount) for amount in (100, 300)]
    ownership = ran(round=two).ownership
    assert ownership is not None
    assert [amounts.tolist() for paths, amounts in ownership.sales if len(paths)] == [[100, 100, 100]]


# Every cap table


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 2**63 - 1))
def test_shares_add_up_to_everything_on_every_path(seed: int) -> None:
    plan = plan_of(company_from(document_at(seed)))
    ledger = Prepared(Job(plan, seed % 1000, 14, 8), 0).ledger()
    struck = ledger.run()
    owned = ledger.ownership
    if owned is None:
        return
    assert owned.held.min() >= 0
    assert owned.held.max() <= 1 + 1e-12
    assert np.abs(owned.held.sum(axis=0) - 1).max() < 1e-9
    assert np.abs(owned.common_shares + owned.classes.sum(axis=0) + _pool(ledger) - 1).max() < 1e-9
    assert np.abs(owned.ours.sum(axis=0) - owned.founders_and_staff).max() < 1e-9
    assert (owned.ours <= np.vstack([owned.common_shares, owned.classes]) + 1e-12).all()
    sold = np.concatenate([paths for paths, _ in owned.sales]) if owned.sales else np.empty(0)
    assert sorted(sold.tolist()) == np.flatnonzero(struck["exit"] < 14).tolist()


def _pool(ledger: Ledger) -> NDArray[np.float64]:
    kinds = {item.name: item.kind for item in ledger.plan.holders}
    assert ledger.ownership is not None
    rows = [
        row
        for name, row in zip(ledger.ownership.owners, ledger.ownership.held, strict=True)
        if kinds.get(name, name) in ("pool", "option pool")
    ]
    return np.sum(rows, axis=0) if rows else np.zeros(1)


@settings(max_examples=100, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_proceeds_add_up_and_nobody_could_do_better(seed: int) -> None:
    dice = np.random.default_rng(seed)
    classes, paths = int(dice.integers(0, 5)), 20
    worth, common = dice.uniform(0, 500, paths), dice.uniform(0, 1, paths) + 1e-3
    money, shares = dice.uniform(0, 100, (classes, paths)), dice.uniform(0, 1, (classes, paths))
    found = distribute(worth, common, money=money, shares=shares)
    assert found.common + found.classes.sum(axis=0) == pytest.approx(worth)
    enough = worth >= money.sum(axis=0)
    value = found.common / common
    expected = np.maximum(money, shares * value)
    assert found.classes[:, enough] == pytest.approx(expected[:, enough])


# What a file may say, and what a forecast tells


@pytest.mark.parametrize(
    ("holders", "where", "words"),
    [
        ([{"name": "a", "share": 0.7}, {"name": "b", "share": "20%"}], "holder", "100%"),
        ([{"name": "a", "share": 0.7}, {"name": "b", "share": "50%"}], "holder", "100%"),
        ([{"name": "a", "share": "80% to 100%"}], "holder.a.share", "certain"),
        ([{"name": "a", "share": 1, "kind": "preferred"}], "holder.a.invested", "paid"),
        ([{"name": "a", "share": 1, "invested": 10}], "holder.a.invested", "preferred"),
        ([{"name": name, "share": 0.5, "kind": "pool"} for name in "ab"], "holder.b.kind", "at most"),
    ],
    ids=str,
)
def test_a_register_that_cannot_be_right_is_refused(holders: list[dict[str, Any]], where: str, words: str) -> None:
    with pytest.raises(InputError) as caught:
        company_from(document(holder=holders))
    (problem,) = caught.value.problems
    assert problem.where == where
    assert words in problem.rule


def test_a_forecast_says_who_owns_what() -> None:
    found = forecast(holder=TEN, round=[equity(succeeds=0.5)])
    owned = found.ownership
    assert owned.quantile(0.05) == pytest.approx(0.72, rel=0.01)
    assert owned.quantile(0.95) == pytest.approx(0.9, rel=0.01)
    assert owned.dilution(0.95) == pytest.approx(0.2, rel=0.03)
    assert owned.holders["pool"].mean == pytest.approx(0.09, rel=0.03)
    assert sum(spread.mean for spread in owned.holders.values()) == pytest.approx(1)
    told = found.as_json()["ownership"]
    assert told["common"]["p95"] == owned.quantile(0.95)
    assert list(told["holders"]) == ["founders", "pool", "round.equity"]
    assert found.exit_proceeds is None
    assert found.as_json()["exit_proceeds"] is None


def test_a_forecast_tells_what_a_sale_brings() -> None:
    sale = forecast(round=[raised("2024-03", "acquisition", amount="choice(100: 0.5, 300: 0.5)", succeeds=0.5)])
    assert sale.exit_proceeds.paths == sale.exit.counts[-1]
    assert sale.exit_proceeds.quantile(0.05) == pytest.approx(100, rel=0.01)
    assert sale.exit_proceeds.quantile(0.95) == pytest.approx(300, rel=0.01)
    assert sale.as_json()["exit_proceeds"]["mean"] == sale.exit_proceeds.mean


def test_without_a_price_nothing_is_known_and_a_register_is_told_so() -> None:
    unpriced = raised("2024-03", "equity", amount=20)
    found = forecast(round=[unpriced])
    assert found.ownership is None
    assert found.as_json()["ownership"] is None
    assert "Who owns what is not computed: neither pre_money nor sold is given for round.equity." in found.origin.text


def test_paths_left_behind_change_nothing() -> None:
    """Cash is short on most paths: the block is narrowed on its way to the round."""
    rounds = [
        raised("2024-01", "safe", amount="1 to 3", cap=50),
        equity("2024-05", pre_money="50 to 100", option_pool="5% to 15%"),
    ]
    cost = [{"name": "rent", "monthly": "uniform(100, 1500)"}]
    plan = plan_of(company_from(document(round=rounds, cost=cost)))
    prepared = Prepared(Job(plan, 1, 8, 8_000), 0)
    whole, narrow = prepared.ledger(), prepared.ledger()
    whole.run()
    narrow.run(drop=True)
    assert len(narrow.who) < len(whole.who) / 2
    assert whole.ownership is not None
    assert narrow.ownership is not None
    assert np.array_equal(whole.ownership.held[:, narrow.who], narrow.ownership.held)
    assert np.array_equal(whole.ownership.paid[:, narrow.who], narrow.ownership.paid)
