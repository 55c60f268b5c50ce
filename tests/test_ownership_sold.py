"""Cap tables calculated by hand: the share that money buys, holders who invest, and shares that holders sell."""

from typing import Any

import pytest

from tests.cap_tables import FOUNDERS, equity, forecast, held, proceeds, raised, ran

# The share that the money buys, and who buys it


def test_the_share_sold_makes_the_price_of_what_arrives() -> None:
    """Half of 20 arrives for a fifth: 10 / (1 / 0.2 - 1) is worth 40 before; a SAFE of 5 has 5 / 50."""
    half = raised("2024-03", "equity", amount=20, sold="20%", delivered=0.5)
    expected = {"founders": 0.7, "round.safe": 0.1, "round.equity": 0.2}
    assert held(round=[raised("2024-01", "safe", amount=5), half]) == pytest.approx(expected)


def test_where_nothing_arrives_for_a_share_the_round_has_failed() -> None:
    nothing = raised("2024-03", "equity", amount=0, sold="20%")
    bridge = raised("2024-05", "equity", amount=20, pre_money=80, name="bridge")
    bridge = {key: value for key, value in bridge.items() if key != "starts"} | {"when": {"round_failed": "equity"}}
    found = held(round=[raised("2024-01", "safe", amount=10), nothing, bridge])
    assert found == pytest.approx({"founders": 0.7, "round.safe": 0.1, "round.equity": 0, "round.bridge": 0.2})


SEED = [
    {"name": "founders", "share": 0.6},
    {"name": "pool", "kind": "pool", "share": 0.2},
    {"name": "seed", "kind": "preferred", "share": 0.2, "invested": 60},
]


@pytest.mark.parametrize("instrument", ["equity", "safe", "note"])
def test_an_insider_has_the_shares_it_pays_for(instrument: str) -> None:
    """20 at 80, or 20 that become shares when nobody else pays anything to speak of: 16% and 20% for the seed."""
    price = {"pre_money": 80} if instrument == "equity" else {"cap": 100}
    inside = raised("2024-02", instrument, amount=20, by="seed", **price)
    later = equity("2024-04", amount=1e-9, pre_money=80, name="B")
    rounds = [inside] if instrument == "equity" else [inside, later]
    found = held(holder=SEED, round=rounds)
    expected = {"founders": 0.48, "pool": 0.16, "seed": 0.36}
    assert {name: found[name] for name in expected} == pytest.approx(expected)
    assert f"round.{instrument}" not in found


def test_common_holders_who_invest_have_their_money_back_first() -> None:
    """Founders pay 20 for a fifth: 16 of 25 common, 4 of 25 seed, 5 of 25 theirs, 60 and 20 to be paid back.

    Of 90, 80 are paid back and 10 left to 48 common shares; of 60 the new class has its part, 20 of 80.
    """
    inside = equity("2024-02", by="founders")
    for worth, ours in ((90, 20 + 10), (60, 15), (1000, 1000 * 0.68 / 0.84)):
        sold = raised("2024-03", "acquisition", amount=worth)
        assert proceeds(holder=SEED, round=[inside, sold]) == pytest.approx(ours)


def test_a_safe_of_founders_is_theirs_at_a_sale() -> None:
    safe, sold = raised("2024-01", "safe", amount=10, by="founders"), raised("2024-03", "acquisition", amount=200)
    assert proceeds(round=[safe, sold]) == pytest.approx(200)
    assert proceeds(round=[safe | {"by": "angel"}, sold], holder=[FOUNDERS | {"share": 0.5}, ANGEL]) == pytest.approx(
        95
    )


ANGEL = {"name": "angel", "kind": "preferred", "share": 0.5, "invested": 1}


# What holders sell


def secondary(month: str = "2024-02", **keys: Any) -> dict[str, Any]:
    """A sixth of everything, a fifth of what is not options, for 50."""
    return raised(month, "secondary", **{"amount": 50, "share": 0.16, **keys})


def test_all_who_hold_shares_sell_alike_and_the_pool_does_not() -> None:
    expected = {"founders": 0.48, "pool": 0.2, "seed": 0.16, "round.secondary": 0.16}
    assert held(holder=SEED, round=[secondary()]) == pytest.approx(expected)
    halved = {"founders": 0.54, "pool": 0.2, "seed": 0.18, "round.secondary": 0.08}
    assert held(holder=SEED, round=[secondary(delivered=0.5)]) == pytest.approx(halved)


def test_no_more_is_sold_than_there_is() -> None:
    expected = {"founders": 0, "pool": 0.2, "seed": 0, "round.secondary": 0.8}
    assert held(holder=SEED, round=[secondary(share=0.9)]) == pytest.approx(expected)


def test_who_invests_in_a_month_sells_nothing_in_it() -> None:
    """A stake, part new money: a tenth of the founders' shares, then a fifth of all."""
    stake = [equity("2024-02"), secondary(share=0.1)]
    expected = {"founders": 0.72, "round.equity": 0.2, "round.secondary": 0.08}
    assert held(round=stake) == pytest.approx(expected)
    later = {"founders": 0.72, "round.equity": 0.18, "round.secondary": 0.1}
    assert held(round=[equity("2024-01"), secondary(share=0.1)]) == pytest.approx(later)


@pytest.mark.parametrize(
    ("worth", "ours"),
    [
        (400, 240),  # a quarter of 400 is more than 60: 300 to common shares, of which founders kept four in five
        (150, 72),  # 60 back, 90 to common shares
        (40, 0),
    ],
)
def test_shares_that_were_sold_stay_in_their_classes(worth: float, ours: float) -> None:
    sale = raised("2024-03", "acquisition", amount=worth)
    assert proceeds(holder=SEED, round=[secondary(), sale]) == pytest.approx(ours)


def test_a_forecast_tells_what_holders_get_for_their_shares() -> None:
    """Founders have three quarters of what is sold, twice: 37.5 and 30, where the second happens."""
    again = secondary("2024-04", name="again", succeeds=0.5)
    found = forecast(holder=SEED, round=[secondary(), again])
    got = found.secondary_proceeds
    assert got.paths == found.paths
    assert got.quantile(0.05) == pytest.approx(37.5, rel=0.01)
    assert got.quantile(0.95) == pytest.approx(37.5 + 50 * 0.48 / 0.8, rel=0.01)
    assert found.as_json()["secondary_proceeds"]["mean"] == got.mean
    assert found.as_json()["exit_proceeds"] is None
    assert found.cash.quantile(0.5)[-1] == 1000
    assert forecast(round=[equity()]).as_json()["secondary_proceeds"] is None


def test_a_company_that_is_sold_sells_no_shares_in_that_month() -> None:
    both = [secondary("2024-03"), raised("2024-03", "acquisition", amount=400)]
    ownership = ran(holder=SEED, round=both).ownership
    assert ownership is not None
    assert [len(paths) for paths, _ in ownership.secondary_sales] == [0]
