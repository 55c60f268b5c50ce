"""Sales, insolvency, the point of no return, and rounds that are no debt: tables calculated by hand.

Months are counted from 1; month 1 is 2024-01.
"""

from typing import Any

import pytest

from tests.by_hand import NEVER, Given, check, policy

STAFF = {"name": "staff", "headcount": 10, "cost": 100}
FLOOR = {"name": "gpu", "kind": "committed", "minimum": 100}

# Rounds


def test_grants_and_sales_of_assets_bring_money_that_is_neither_owed_nor_burnt() -> None:
    check(
        """
        month cash burn worth
        1      900 100   900
        2     1100 100  1100   # + 300
        3     1150 100  1150   # + half of 300
        """,
        cost=[{"name": "rent", "monthly": 100}],
        round=[
            {"name": "grant", "instrument": "grant", "starts": "2024-02", "amount": 300},
            {"name": "sale", "instrument": "asset_sale", "starts": "2024-02", "takes": 1, "amount": 300}
            | {"delivered": 0.5},
        ],
    )


SOLD = {"name": "sale", "instrument": "acquisition", "starts": "2024-02", "takes": 1, "amount": 5000}


def test_a_company_that_is_sold_in_the_month_it_would_fail_has_not_failed() -> None:
    check(
        """
        month cash
        1     150
        2      50
        3       -   # not enough for 100, and sold
        4       -
        5       -
        """,
        clocks={
            "exit": 3,
            "balance_sheet_insolvent": NEVER,
            "point_of_no_return": NEVER,
            "profitable": NEVER,
        },
        cash={"opening": 250},
        cost=[{"name": "rent", "monthly": 100}],
        round=[SOLD],
    )


def test_a_company_that_has_failed_is_not_sold() -> None:
    check(
        """
        month cash
        1     50
        2      0
        3      -
        4      -
        """,
        clocks={"insolvent": 2, "first_missed_bill": 2, "point_of_no_return": 2, "balance_sheet_insolvent": 2},
        cash={"opening": 150},
        cost=[{"name": "rent", "monthly": 100}],
        round=[SOLD],
    )


def test_a_sale_counts_more_than_a_bill_missed_in_the_same_month() -> None:
    check(
        """
        month cash arrears
        1     150  0
        2      50  0
        3       -  -   # half the bill could be paid, and the vendor would wait
        """,
        clocks={"exit": 3, "point_of_no_return": NEVER, "balance_sheet_insolvent": NEVER},
        cash={"opening": 250},
        cost=[{"name": "rent", "monthly": 100, "stretch": 3}],
        round=[SOLD],
    )


def test_months_after_a_sale_earn_nothing_for_the_clocks() -> None:
    """Sold in month 3, after which the company would have been profitable."""
    check(
        """
        month cash burn
        1     900  100
        2     800  100
        3       -    -
        4       -    -
        """,
        clocks={"exit": 3, "profitable": NEVER},
        cost=[{"name": "rent", "monthly": {"2024-01": 100, "2024-04": 0}}],
        round=[SOLD],
    )


# The point of no return


def test_no_return_comes_months_before_the_end() -> None:
    """To end would cost 10 x 100 x (1 + 1) for people, 100 of rent, 100 of taxes; each month costs 1200."""
    check(
        """
        month cash payables taxes_owed
        1     4800 100      100
        2     3600 100      100
        3     2400 100      100   # still above 2200
        4     1200 100      100
        5        0 100      100   # less than is owed
        6        0   -        -   # no money for payroll
        """,
        clocks={"insolvent": 6, "first_missed_bill": 6, "point_of_no_return": 4, "balance_sheet_insolvent": 5},
        cash={"opening": 6000},
        team=[STAFF | {"notice_months": 1, "severance_months": 1, "payroll_tax": 0.1}],
        cost=[{"name": "rent", "monthly": 100, "terms": 1}],
    )


@pytest.mark.parametrize(
    ("opening", "month"), [(3999, 1), (4499, 2), (4500, 3), (4999, 3), (5000, 4), (5499, 4), (5500, 5), (5999, 5)]
)
def test_people_on_notice_count_in_what_the_end_costs(opening: int, month: int) -> None:
    """Half of 10 people at 100 get notice in month 2: two months of it, and one of severance in month 4.

    The end costs 10 x 100 x 3 after month 1; then 5 x 100 x 3 and, for those who leave, 500 of notice and 500 of
    severance after month 2, 500 after month 3, nothing after that. 1000 is paid in each of the months 1 to 4, then 500.
    """
    check(
        f"""
        month cash
        1     {opening - 1000}   # against 3000
        2     {opening - 2000}   # against 2500
        3     {opening - 3000}   # against 2000
        4     {opening - 4000 if opening >= 4000 else "-"}   # against 1500
        5     {opening - 4500 if opening >= 4500 else "-"}   # against 1500
        """,
        clocks={"point_of_no_return": month}
        | ({"insolvent": 4, "first_missed_bill": 4} if opening < 4000 else {})
        | ({"insolvent": 5, "first_missed_bill": 5} if 4000 <= opening < 4500 else {}),
        cash={"opening": opening},
        team=[STAFF | {"notice_months": 2, "severance_months": 1}],
        policy=[policy("2024-02", {"cut": "team.*", "by": 0.5})],
    )


LEAST = {"2024-01": 100, "2024-04": 200}


@pytest.mark.parametrize(
    ("opening", "clocks"),
    [
        (700, {"point_of_no_return": NEVER}),
        (699, {"point_of_no_return": 1, "insolvent": 5, "first_missed_bill": 5, "balance_sheet_insolvent": 5}),
    ],
)
def test_the_minimums_that_are_left_of_a_commitment_are_owed_at_the_end(opening: int, clocks: dict[str, int]) -> None:
    check(
        f"""
        month cash
        1     {opening - 100}   # against 100 + 100 + 200 + 200
        2     {opening - 200}   # against 500
        3     {opening - 300}   # against 400
        4     {opening - 500}   # against 200
        5     0
        """,
        clocks=clocks,
        cash={"opening": opening},
        compute=[FLOOR | {"monthly": 0, "minimum": LEAST, "until": "2024-05"}],
    )


@pytest.mark.parametrize(
    ("way_out", "month"),
    [
        ({"until": "2024-12", "early_termination": 300}, 8),  # 300 after month 7, 200 after month 8
        ({"early_termination": 300}, 8),
        ({}, NEVER),  # renewed every month for as long as it is wanted
        ({"until": "2024-12"}, 1),  # 900 left, 1100 to come
    ],
)
def test_a_commitment_that_can_be_ended_costs_what_ending_it_costs(way_out: dict[str, Any], month: int) -> None:
    """Minimums of 100 a month from 1000."""
    rows = "\n".join(f"{number} {1000 - 100 * number}" for number in range(1, 10))
    check(
        f"month cash\n{rows}",
        clocks={"point_of_no_return": month},
        compute=[FLOOR | {"monthly": 0} | way_out],
    )


def test_a_commitment_that_has_been_ended_costs_nothing_more() -> None:
    """Minimums of 100 until month 12 against a price of 150; ended in month 2."""
    check(
        """
        month cash
        1     290   # against 150
        2     140   # paid 150, used nothing
        3     140
        """,
        clocks={"point_of_no_return": NEVER},
        cash={"opening": 390},
        compute=[FLOOR | {"monthly": 0, "until": "2024-12", "early_termination": 150}],
        policy=[policy("2024-02", {"terminate": "compute.*"})],
    )


# Events


def test_one_off_amounts_are_operating_money() -> None:
    """A fine of 400 in month 2, paid like anything else; the books of a company that owes 500."""
    check(
        """
        month cash burn worth
        1     900  100   400
        2     400  500  -100
        3     300  100  -200
        """,
        clocks={"balance_sheet_insolvent": 2},
        given=Given(events={"fine": [2]}),
        cost=[{"name": "rent", "monthly": 100}],
        debt=[{"name": "loan", "kind": "loan", "principal": 500, "interest_only_months": 12}],
        event=[{"name": "fine", "rate": 0.01, "effect": {"target": "cash", "add": -400}}],
    )


@pytest.mark.parametrize(
    ("terms", "receivables", "arrears", "month"),
    [
        (0, 150, 150, 1),  # 100 + 50 of 300; 100 to come, 150 owed
        (0, 450, 50, NEVER),  # 100 + 150; 300 to come, 50 owed
        (1, 450, 50, 1),  # and 300 that are not yet due
        (1, 540, 20, NEVER),  # 100 + 180; 360 to come, 320 owed
    ],
)
def test_a_company_without_cash_may_be_worth_something_still(
    terms: int, receivables: int, arrears: int, month: int
) -> None:
    """A third of the receivables comes in every month; a bill of 300 is due, which cash of 100 does not pay."""
    check(
        f"""
        month arrears   cash
        1     {arrears} 0
        """,
        clocks={"insolvent": 1, "first_missed_bill": 1, "balance_sheet_insolvent": month, "point_of_no_return": 1},
        cash={"opening": 100},
        revenue=[
            {"name": "api", "kind": "usage", "monthly": 0, "collected_after": 3, "opening_receivables": receivables}
        ],
        cost=[{"name": "rent", "monthly": 300, "terms": terms}],
    )


def test_gates_look_at_the_state_before_any_round_of_the_month() -> None:
    """Both would close in month 2; the second asks for more than 900 of cash, which the first brings too late."""
    second = {"name": "second", "instrument": "grant", "starts": "2024-02", "amount": 50}
    check(
        """
        month cash
        1      900
        2     1300   # + 500
        3     1200
        """,
        cost=[{"name": "rent", "monthly": 100}],
        round=[
            {"name": "first", "instrument": "grant", "starts": "2024-02", "amount": 500},
            second | {"requires": {"cash_above": 900}},
        ],
    )
    check(
        """
        month cash
        1      900
        2     1350   # + 500 + 50
        """,
        cost=[{"name": "rent", "monthly": 100}],
        round=[
            {"name": "first", "instrument": "grant", "starts": "2024-02", "amount": 500},
            second | {"requires": {"cash_above": 899}},
        ],
    )


def test_a_gate_on_revenue_looks_at_what_is_earned_in_the_month() -> None:
    """300 are invoiced for three months: 100 earned in month 1, 200 in month 2, 300 in month 3."""
    api = {"name": "api", "kind": "subscription", "monthly": 300, "collected_after": 0, "prepaid_months": 3}
    gate = {"requires": {"revenue_above": 199}}
    check(
        """
        month earned cash
        1     100    1300   # the round fails
        2     200    1650   # + 50
        3     300    1950
        """,
        revenue=[api | {"opening_deferred": 0}],
        round=[
            {"name": "early", "instrument": "grant", "starts": "2024-01", "amount": 70} | gate,
            {"name": "late", "instrument": "grant", "starts": "2024-02", "amount": 50} | gate,
        ],
    )
