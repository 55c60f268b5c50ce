"""What is invoiced, earned and collected, month by month: tables calculated by hand.

Months are counted from 1; month 1 is 2024-01.
"""

import pytest

from tests.by_hand import NEVER, Given, check, policy

# Collections

SALES = {"name": "api", "kind": "usage", "monthly": {"2024-01": 1000, "2024-02": 2000, "2024-03": 0}}
AGEING = SALES | {"collected_after": [0.6, 0.3, 0.1], "bad_debt": 0.05}


def test_invoices_age_and_some_are_never_paid() -> None:
    """Of every invoice 57%, 28.5% and 9.5% come in, and 5% is written off with the last of them."""
    check(
        """
        month earned receipts written_off receivables cash   # at the opening 430 + 145 = 575 of two months of 1000
        1     1000    950      50          575        1950   # 570 + (285 + 95)
        2     2000   1520      50         1005        3470   # 1140 + 285 + 95
        3        0    665      50          290        4135   # 570 + 95
        4        0    190     100            0        4325   # 190
        5        0      0       0            0        4325
        """,
        revenue=[AGEING],
    )


def test_receivables_that_are_given_come_in_over_the_same_months() -> None:
    """Twice those of a steady state."""
    check(
        """
        month receipts written_off receivables cash
        1     1330     100          720        2330   # 570 + 2 x 380
        2     1615     100         1005        3945   # 1140 + 285 + 2 x 95
        3      665      50          290        4610
        4      190     100            0        4800
        """,
        revenue=[AGEING | {"opening_receivables": 1150}],
    )


def test_receivables_of_customers_who_pay_at_once_come_in_the_first_month() -> None:
    check(
        """
        month receipts written_off receivables cash
        1     1140      60         0           2140   # 95% of 1000 and of 200
        2     1900     100         0           4040
        """,
        revenue=[SALES | {"collected_after": 0, "bad_debt": 0.05, "opening_receivables": 200}],
    )


# Paid ahead

AHEAD = {
    "name": "api",
    "kind": "subscription",
    "monthly": 300,
    "growth": 1.0,
    "collected_after": 0,
    "prepaid_months": 3,
}


@pytest.mark.parametrize(
    ("opening", "table"),
    [
        (
            None,
            """
            month earned deferred cash   # 300 deferred at the opening: 200 + 100
            1      300    300     1300   # 100 + 200
            2      400    500     1900   # 100 + 200 + 100
            3      700   1000     3100   # 100 + 200 + 400
            4     1400   2000     5500   # 200 + 400 + 800
            """,
        ),
        (
            0,
            """
            month earned deferred cash
            1      100    200     1300
            2      300    500     1900   # 100 + 200
            3      700   1000     3100
            4     1400   2000     5500
            """,
        ),
        (
            600,
            """
            month earned deferred cash   # 600: two thirds now, a third in the month after
            1      500    400     1300   # 100 + 400
            2      500    500     1900   # 300 + 200
            3      700   1000     3100
            4     1400   2000     5500
            """,
        ),
    ],
    ids=["steady", "nothing", "given"],
)
def test_what_is_paid_ahead_is_earned_evenly(opening: int | None, table: str) -> None:
    """Invoices of 300, 600, 1200 and 2400, each for three months."""
    check(table, revenue=[AHEAD | ({} if opening is None else {"opening_deferred": opening})])


def test_a_year_paid_ahead_is_earned_by_twelfths() -> None:
    check(
        """
        month earned deferred cash   # 1200 a month
        1      100   1100      2200
        2      200   2100      3400
        3      300   3000      4600
        4      400   3800      5800
        5      500   4500      7000
        6      600   5100      8200
        7      700   5600      9400
        8      800   6000     10600
        9      900   6300     11800
        10    1000   6500     13000
        11    1100   6600     14200
        12    1200   6600     15400
        """,
        revenue=[AHEAD | {"monthly": 1200, "growth": 0, "prepaid_months": 12, "opening_deferred": 0}],
    )


def test_cash_paid_ahead_hides_that_more_is_owed_than_owned() -> None:
    """A year is invoiced every month; the books are worth less than nothing while cash grows."""
    check(
        """
        month earned deferred cash worth
        1     100    1100      600  -500   # 100 + 1200 - 700
        2     200    2100     1100 -1000
        3     300    3000     1600 -1400
        """,
        clocks={"balance_sheet_insolvent": 1, "point_of_no_return": NEVER},
        cash={"opening": 100},
        revenue=[AHEAD | {"monthly": 1200, "growth": 0, "prepaid_months": 12, "opening_deferred": 0}],
        cost=[{"name": "rent", "monthly": 700}],
    )


# Customers and contracts

GROWING = {"name": "api", "kind": "usage", "monthly": 1000, "growth": 0.1, "collected_after": 0}


def test_a_customer_who_leaves_takes_its_share_along() -> None:
    """A chance of one half a month: the number 0.8 is log 0.2 / log 0.5 = 2.3 months, so it is gone in month 3."""
    check(
        """
        month earned cash
        1     1000   2000
        2     1100   3100
        3      847   3947      # 1210 x 0.7
        4      931.70 4878.70  # 1331 x 0.7
        """,
        given=Given(chances={"customer/revenue.api[large]": 0.8}),
        revenue=[
            GROWING
            | {
                "customers": [
                    {"name": "large", "share": 0.3, "leaves": 0.5},
                    {"name": "loyal", "share": 0.5, "leaves": 0},
                ]
            }
        ],
    )


def test_a_customer_who_is_sure_to_leave_is_gone_in_the_first_month() -> None:
    check(
        """
        month earned
        1     700
        2     770
        """,
        revenue=[GROWING | {"customers": [{"name": "large", "share": 0.3, "leaves": 1}]}],
    )


DEAL = {"name": "deal", "monthly": 200, "month": "2024-02", "slip": 1.5, "lasts": 2}


def test_a_contract_is_added_for_as_long_as_it_lasts_and_cut_with_its_line() -> None:
    """Signed in month 3 for two months. Growth is the line's own; its factor and a cut by half in month 4 are not."""
    check(
        """
        month earned  cash
        1     2000    3000      # 1000 x 2
        2     2200    5200
        3     2820    8020      # 1210 x 2 + 200 x 2
        4     1531    9551      # 665.50 x 2 + 100 x 2
        5     1464.10 11015.10  # 732.05 x 2
        """,
        revenue=[GROWING | {"times": 2, "pipeline": [DEAL]}],
        policy=[policy("2024-04", {"cut": "revenue.*", "by": 0.5})],
    )


@pytest.mark.parametrize(("drawn", "earned"), [(0.49, 1300), (0.5, 1100)])
def test_a_contract_is_signed_or_not(drawn: float, earned: int) -> None:
    check(
        f"""
        month earned
        1     1000
        2     {earned}
        """,
        given=Given(chances={"contract/revenue.api[deal]": drawn}),
        revenue=[GROWING | {"pipeline": [DEAL | {"slip": 0, "signs": 0.5}]}],
    )


def test_a_contract_is_smaller_by_what_hit_its_line_before_it_was_signed() -> None:
    check(
        """
        month earned
        1     500     # halved for good in month 1
        2     650     # 550 + 100
        """,
        given=Given(events={"hit": [1]}),
        revenue=[GROWING | {"pipeline": [DEAL | {"slip": 0}]}],
        event=[{"name": "hit", "rate": 0.01, "effect": {"target": "revenue.api", "multiply": 0.5}}],
    )


def test_a_contract_runs_only_while_its_line_does() -> None:
    """Signed in month 1 for four months, of a line that starts in month 3; customers who leave do not touch it."""
    check(
        """
        month earned
        1       0
        2       0
        3     900      # 1000 x 0.7 + 200
        4     970      # 1100 x 0.7 + 200
        5     847
        """,
        revenue=[
            GROWING
            | {
                "starts": "2024-03",
                "customers": [{"name": "large", "share": 0.3, "leaves": 1}],
                "pipeline": [DEAL | {"month": "2024-01", "slip": 0, "lasts": 4}],
            }
        ],
    )


def test_a_rise_of_prices_raises_what_is_signed_too() -> None:
    check(
        """
        month earned
        1     1000
        2     1430   # (1100 + 200) x 1.1
        3     1551   # 1331 + 220
        """,
        revenue=[GROWING | {"pipeline": [DEAL | {"slip": 0}]}],
        policy=[policy("2024-02", {"increase": "revenue.*", "by": 0.1})],
    )


def test_a_contract_in_another_currency_is_converted_month_by_month() -> None:
    check(
        """
        month earned
        1     1000
        2     1320   # 1100 + 200 x 1.1
        3     1452   # 1210 + 200 x 1.21
        """,
        fx={"EUR": {"rate": 1, "drift": 0.1}},
        revenue=[GROWING | {"pipeline": [DEAL | {"slip": 0, "monthly": "200 EUR"}]}],
    )


def test_what_was_paid_ahead_is_earned_after_the_line_has_ended() -> None:
    check(
        """
        month earned deferred cash
        1     100    200      1300
        2     100    100      1300
        3     100      0      1300
        4       0      0      1300
        """,
        revenue=[AHEAD | {"ends": "2024-01", "opening_deferred": 0}],
    )


def test_nothing_was_paid_ahead_on_a_line_that_starts_later() -> None:
    check(
        """
        month earned deferred cash
        1       0      0      1000
        2     100    200      1300
        3     300    500      1900   # 100 + 200
        """,
        revenue=[AHEAD | {"starts": "2024-02"}],
    )


def test_invoices_paid_ahead_are_collected_late_and_partly_never() -> None:
    """300, 600, 1200: half at once, half a month later, a tenth never."""
    check(
        """
        month earned receipts written_off receivables deferred cash worth   # 165 to come in at the opening, 300 earned
        1     300    270      30          165         300      1270 1135   # 135 + 135
        2     400    405      30          330         500      1675 1505   # 270 + 135
        3     700    810      60          660        1000      2485 2145   # 540 + 270
        """,
        revenue=[AHEAD | {"collected_after": [0.5, 0.5], "bad_debt": 0.1}],
    )
