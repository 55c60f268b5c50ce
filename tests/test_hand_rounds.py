"""Attempts to raise money, by hand: when they close, fail and begin again, and what moves their chance."""

from math import log
from typing import Any

import numpy as np
import pytest

from tarmac.company import company_from
from tarmac.engine.block import Job, Prepared
from tarmac.layout import plan_of
from tests.by_hand import HEAD, NEVER, Given, check

RENT = {"name": "rent", "monthly": 100}


def attempt(**keys: Any) -> dict[str, Any]:
    """A SAFE of 500 from January on."""
    return {"name": "A", "instrument": "safe", "starts": "2024-01", "amount": 500, **keys}


BRIDGE = {"name": "bridge", "instrument": "safe", "when": {"round_failed": "A"}, "amount": 70}


def hazard(*uniforms: float, **chances: float) -> Given:
    return Given(chances={"round.A": 0.0, **chances}, switches={"closing/round.A": uniforms})


# A chance a month of closing


def test_it_closes_in_the_first_month_that_is_lucky_once_it_can() -> None:
    """Three in ten; the first month is too early, the fourth uniform number is below."""
    check(
        """
        month  cash
        1       900   # 0.0 would do, but it takes a month
        2       800   # 0.9
        3       700   # 0.31
        4      1100   # 0.29: 700 + 500 - 100
        5      1000
        """,
        given=hazard(0.0, 0.9, 0.31, 0.29, 0.0),
        cost=[RENT],
        round=[attempt(takes=1, closes_monthly=0.3, gives_up_after=6)],
    )


def test_it_is_given_up_and_a_bridge_begins_the_month_after() -> None:
    """Three months from January: April is the last month in which it could close."""
    check(
        """
        month  cash
        1       900
        2       800
        3       700
        4       600   # given up at its end
        5       570   # 600 + 70 - 100
        6       470
        """,
        given=hazard(0.9, 0.9, 0.9, 0.31, 0.0, 0.0),
        cost=[RENT],
        round=[attempt(takes=1.9, closes_monthly=0.3, gives_up_after=3), BRIDGE],
    )


def test_one_that_can_close_closes_in_the_last_month() -> None:
    check(
        """
        month  cash
        1       900
        2       800
        3      1200
        """,
        given=hazard(0.9, 0.9, 0.0),
        cost=[RENT],
        round=[attempt(closes_monthly=0.3, gives_up_after=2.7)],
    )


def test_what_never_closes_is_given_up_all_the_same() -> None:
    """Half of the attempts can close at all, and this one cannot, however lucky its months."""
    check(
        """
        month  cash
        1       900
        2       800
        3       770
        """,
        given=hazard(0.0, 0.0, 0.0, **{"round.A": 0.51}),
        cost=[RENT],
        round=[attempt(succeeds=0.5, closes_monthly=0.3, gives_up_after=1), BRIDGE],
    )


def test_one_that_takes_longer_than_it_is_tried_for_fails_when_it_is_given_up() -> None:
    """It takes 3 or 9 months, here 9."""
    check(
        """
        month  cash
        1       900
        2       800
        3       700
        4       670
        """,
        given=hazard(0.0, 0.0, 0.0, 0.0),
        cost=[RENT],
        round=[attempt(takes="choice(1: 0.06, 9: 0.94)", closes_monthly=0.3, gives_up_after=2), BRIDGE],
    )


def test_a_gate_that_is_shut_in_the_lucky_month_ends_the_attempt() -> None:
    check(
        """
        month  cash
        1       900
        2       800   # lucky, with less than 1000 in cash
        3       770
        """,
        given=hazard(0.9, 0.0, 0.0),
        cost=[RENT],
        round=[attempt(closes_monthly=0.3, gives_up_after=9, requires={"cash_above": 1000}), BRIDGE],
    )


# Again


def test_a_second_attempt_begins_some_months_after_the_first_has_failed() -> None:
    """It fails in February; the next begins in April and closes in May."""
    check(
        """
        month  cash
        1       900
        2       800
        3       700
        4       600
        5      1000
        """,
        given=Given(chances={"round.A": 0.9, "attempt 2/round.A": 0.1}),
        cost=[RENT],
        round=[attempt(takes=1, succeeds=0.5, retries=1, again_after=2.5), BRIDGE],
    )


def test_the_round_has_failed_once_its_last_attempt_has() -> None:
    """February and April; the bridge comes in May, not in March."""
    check(
        """
        month  cash
        1       900
        2       800
        3       700
        4       600
        5       570
        """,
        given=Given(chances={"round.A": 0.9, "attempt 2/round.A": 0.6}),
        cost=[RENT],
        round=[attempt(takes=1, succeeds=0.5, retries=1, again_after=1), BRIDGE],
    )


def test_a_gate_that_is_shut_and_a_raise_given_up_are_failures_to_be_retried() -> None:
    """Shut in January, given up in March, closed in April: 700 + 500 - 100."""
    revenue = [{"name": "api", "kind": "other", "monthly": {"2024-01": 0, "2024-02": 50}, "collected_after": 0}]
    check(
        """
        month  cash
        1       900   # lucky, but no revenue
        2       850
        3       800   # begun in February, given up after one month
        4      1250   # begun in April
        """,
        given=Given(
            chances={"round.A": 0.0, "attempt 2/round.A": 0.0, "attempt 3/round.A": 0.0},
            switches={"closing/round.A": (0.0, 0.9, 0.9, 0.0)},
        ),
        revenue=revenue,
        cost=[RENT],
        round=[
            attempt(closes_monthly=0.3, gives_up_after=1, retries=2, again_after=1, requires={"revenue_above": 10}),
        ],
    )


def test_more_attempts_leave_the_first_and_every_other_round_as_they_were() -> None:
    """Each attempt has luck of its own, so that what a retry changes is the retry's."""
    plain, tried = (
        Prepared(Job(plan_of(company_from(document(retries))), 3, 6, 500), 0).drivers.draws.chances
        for retries in (0, 2)
    )
    assert set(tried) - set(plain) == {"attempt 2/round.A", "attempt 3/round.A"}
    for name, uniforms in plain.items():
        assert (uniforms == tried[name]).all()
    assert abs(np.corrcoef(tried["round.A"], tried["attempt 2/round.A"])[0, 1]) < 4 / np.sqrt(500)


def document(retries: int) -> dict[str, Any]:
    rounds = [attempt(retries=retries, again_after=1), BRIDGE]
    return {"company": HEAD, "cash": {"opening": 1000}, "round": rounds}


# What moves the chance: an even chance and odds of 3 make 75%, of 1/3 make 25%


def closes(uniform: float, *, month: int, odds: dict[str, Any] | None, **sections: Any) -> bool:
    """Whether an attempt that is decided in a month closes, with a uniform number."""
    sections.setdefault("cost", [RENT])
    tried = attempt(instrument="acquisition", takes=month - 1, succeeds=0.5, **({"odds": odds} if odds else {}))
    rows = "\n".join(["month"] + [str(number) for number in range(1, month + 1)])
    given = Given(chances={"round.A": uniform})
    try:
        check(rows, given=given, round=[tried], clocks={"exit": month}, **sections)
    except AssertionError:
        check(rows, given=given, round=[tried], clocks={"exit": NEVER}, **sections)
        return False
    return True


def chance_is(expected: float, **case: Any) -> None:
    assert closes(expected - 1e-6, **case)
    assert not closes(expected + 1e-6, **case)


def sales(monthly: Any) -> list[dict[str, Any]]:
    return [{"name": "api", "kind": "other", "monthly": monthly, "collected_after": 0}]


TRIPLE = log(3)


@pytest.mark.parametrize(("earned", "chance"), [(200, 0.75), (100, 0.5), (50, 0.25), (400, 0.9), (0, 1 / (1 + 3**10))])
def test_revenue_counts_in_doublings_and_at_most_ten(earned: float, chance: float) -> None:
    odds = {"revenue": {"at": 100, "adds": TRIPLE}}
    chance_is(chance, month=2, odds=odds, revenue=sales(earned))


def test_what_is_earned_in_the_month_of_closing_is_not_seen() -> None:
    odds = {"revenue": {"at": 100, "adds": TRIPLE}}
    chance_is(0.5, month=3, odds=odds, revenue=sales({"2024-01": 100, "2024-03": 800}))
    chance_is(0.5, month=1, odds=odds, revenue=sales(800))


@pytest.mark.parametrize(
    ("earned", "points"),
    [
        ({"2024-01": 1000, "2024-04": 1331}, 1),  # 10% a month, one point above 9%
        ({"2024-01": 1000, "2024-04": 1259.712}, -1),  # 8% a month
        ({"2024-01": 1000, "2024-05": 5000}, -9),  # nothing of it seen yet
        ({"2024-01": 0, "2024-04": 10}, 91),  # from nothing: 100%
        ({"2024-01": 10, "2024-04": 0}, -109),  # to nothing: -100%
        ({"2024-01": 0, "2024-05": 10}, -9),  # from nothing to nothing: 0%
    ],
)
def test_growth_is_of_three_months(earned: dict[str, float], points: float) -> None:
    odds = {"growth": {"at": "9%", "adds": TRIPLE / 10}}
    chance_is(1 / (1 + 3 ** (-points / 10)), month=5, odds=odds, revenue=sales(earned))


def test_before_the_end_of_the_fourth_month_growth_and_burn_multiple_move_nothing() -> None:
    odds = {"growth": {"at": "9%", "adds": 5}, "burn_multiple": {"at": 2, "adds": -5}}
    chance_is(0.5, month=4, odds=odds, revenue=sales({"2024-01": 100, "2024-02": 300}))


@pytest.mark.parametrize(
    ("earned", "multiple"),
    [
        # net burn of February to April over 12 x (revenue of April - of January)
        ({"2024-01": 40, "2024-04": 50}, 170 / 120),  # (60 + 60 + 50) / 120
        ({"2024-01": 40, "2024-04": 40}, 10),  # no growth: counts as 10
        ({"2024-01": 40, "2024-04": 41}, 10),  # (60 + 60 + 59) / 12 is more
        ({"2024-01": 140, "2024-04": 50}, 0),  # (-40 - 40 + 50): nothing burnt
    ],
)
def test_the_burn_multiple(earned: dict[str, float], multiple: float) -> None:
    odds = {"burn_multiple": {"at": 2, "adds": -TRIPLE / 4}}
    chance_is(1 / (1 + 3 ** ((multiple - 2) / 4)), month=5, odds=odds, revenue=sales(earned))


@pytest.mark.parametrize(
    ("month", "rent", "chance"),
    [
        (2, 100, 0.5),  # 900 / 100 = 9
        (3, 100, 0.25),  # 800 / 100 = 8
        (3, {"2024-01": 50, "2024-02": 150}, 0.25),  # 800 / mean of 50 and 150
        (5, {"2024-01": 1000, "2024-02": 0}, 1 - 1 / (1 + 3**3)),  # nothing burnt: counts as 12
    ],
)
def test_runway_is_cash_over_burn_of_up_to_three_months(month: int, rent: Any, chance: float) -> None:
    odds = {"runway": {"at": 9, "adds": TRIPLE, "most": 12}}
    cash = {"opening": 2000 if isinstance(rent, dict) and rent["2024-01"] == 1000 else 1000}
    chance_is(chance, month=month, odds=odds, cost=[{"name": "rent", "monthly": rent}], cash=cash)


def test_shifts_add_up_and_move_the_chance_of_the_month_where_there_is_one() -> None:
    """Twice the revenue and a month less of runway cancel: 3 in 10 stay; without the second it is 9 in 16."""
    both = {"revenue": {"at": 25, "adds": TRIPLE}, "runway": {"at": 950 / 50 + 1, "adds": TRIPLE}}
    for odds, chance in ((both, 0.3), ({"revenue": both["revenue"]}, 0.9 / 1.6)):
        for uniform, cash in ((chance - 1e-3, 1400), (chance + 1e-3, 900)):
            check(
                f"""
                month  cash
                1       950
                2       {cash}
                """,
                given=hazard(0.9999, uniform),
                revenue=sales(50),
                cost=[RENT],
                round=[attempt(closes_monthly=0.3, gives_up_after=6, odds=odds)],
            )


def test_what_is_sold_of_the_shares_brings_no_cash() -> None:
    """Holders sell for 500; the company has what it had."""
    check(
        """
        month  cash  burn  worth
        1       900   100    900
        2       800   100    800
        """,
        cost=[RENT],
        round=[{**attempt(), "instrument": "secondary", "share": 0.1}],
    )
