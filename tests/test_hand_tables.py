"""What compute is used, billed and paid with credits, month by month: tables calculated by hand.

Months are counted from 1; month 1 is 2024-01.
"""

import pytest

from tests.by_hand import RICH, Given, check, policy

# Take or pay

FLOOR = {"name": "gpu", "kind": "committed", "minimum": 100}
USE = {"2024-01": 80, "2024-03": 120, "2024-04": 90}


def test_below_the_floor_the_floor_is_billed_until_the_commitment_ends() -> None:
    check(
        """
        month billed cash
        1     100    900   # 80 used
        2     100    800   # 80
        3     120    680   # 120 used, above the floor
        4     100    580   # 90 used: the last month of the commitment
        5      90    490   # 90
        6      90    400
        """,
        compute=[FLOOR | {"monthly": USE, "until": "2024-04"}],
    )


def test_bills_from_before_the_opening_are_at_least_the_floor() -> None:
    check(
        """
        month billed payables cash
        1     100    100      900   # pays max(80, 100) of the month before the opening
        2     100    100      800
        3     120    120      700
        4     100    100      580
        5      90     90      480
        6      90     90      390
        """,
        compute=[FLOOR | {"monthly": USE, "until": "2024-04", "terms": 1}],
    )


def test_a_policy_ends_a_commitment_at_its_price_and_passes_over_one_that_cannot_be_ended() -> None:
    """The price, 100 EUR, is converted in the month of the bill: 1.1 x 1.1 dollars a euro."""
    check(
        """
        month billed.gpu billed.fixed cash
        1     100        50           850
        2     100        50           700
        3     201        50           449    # 80 used + 100 x 1.21
        4      80        50           319
        5      80        50           189
        """,
        fx={"EUR": {"rate": 1, "drift": 0.1}},
        compute=[
            FLOOR | {"monthly": 80, "until": "2024-12", "early_termination": "100 EUR"},
            FLOOR | {"name": "fixed", "monthly": 10, "minimum": 50},
        ],
        policy=[policy("2024-03", {"terminate": "compute.*"})],
    )


def test_a_commitment_that_has_run_out_is_ended_for_nothing() -> None:
    check(
        """
        month billed cash
        1     100    900
        2     100    800   # the last month of the commitment
        3      80    720   # ended too late: no price
        """,
        compute=[FLOOR | {"monthly": 80, "until": "2024-02", "early_termination": 150}],
        policy=[policy("2024-03", {"terminate": "compute.gpu"})],
    )


# Credits

GPU = {"name": "gpu", "kind": "on_demand", "monthly": 100}


def test_credits_are_used_before_cash() -> None:
    check(
        """
        month billed credits cash worth
        1     100    150     1000 1150
        2     100     50     1000 1050
        3     100      0      950  950   # 50 of credits, 50 of cash
        4     100      0      850  850
        """,
        compute=[GPU | {"credits": {"amount": 250}}],
    )


def test_credits_that_expire_are_lost_the_month_after() -> None:
    check(
        """
        month credits credits_lost cash worth
        1     150      0           1000 1150
        2      50      0           1000 1050   # the last month in which they can be used
        3       0     50            900  900
        4       0      0            800  800
        """,
        compute=[GPU | {"credits": {"amount": 250, "expires": "2024-02"}}],
    )


def test_a_round_paid_in_compute_brings_credits_and_no_cash() -> None:
    """It closes in month 2, after the month's bill, and brings half of 120; its credits keep."""
    check(
        """
        month credits credits_lost cash worth
        1     60      0            1000 1060
        2     60      0             960 1020   # 60 of the old, 40 of cash; then 60 new ones
        3      0      0             920  920   # 60 new ones, 40 of cash
        4      0      0             820  820
        """,
        compute=[GPU | {"credits": {"amount": 160, "expires": "2024-02"}}],
        round=[
            {
                "name": "deal",
                "instrument": "compute",
                "vendor": "gpu",
                "starts": "2024-02",
                "amount": 120,
                "delivered": 0.5,
            }
        ],
    )


def test_only_what_credits_leave_of_a_bill_is_payable() -> None:
    """Bills from before the opening are paid in cash: 100, which no credits were taken from."""
    check(
        """
        month billed credits payables cash
        1     100    50        0      900
        2     100     0       50      900
        3     100     0      100      850
        4     100     0      100      750
        """,
        compute=[GPU | {"terms": 1, "credits": {"amount": 150}}],
    )


def test_credits_pay_the_floor_too() -> None:
    check(
        """
        month billed credits cash
        1     100    50      1000
        2     100     0       950
        3     100     0       850
        """,
        compute=[FLOOR | {"monthly": 80, "credits": {"amount": 150}}],
    )


# What compute is made of

SERVING = {"name": "serving", "kind": "inference", "units": 10, "unit_price": 0.5}


def test_users_units_and_their_price_move_apart() -> None:
    check(
        """
        month billed cash
        1     500    9500      # 100 users x 10 x 0.5
        2     495    9005      # x 1.1 x 1.2 x 0.75
        3     490.05 8514.95
        """,
        cash=RICH,
        compute=[SERVING | {"users": 100, "growth": 0.1, "units_growth": 0.2, "price_growth": -0.25}],
    )


def test_a_policy_on_growth_changes_that_of_the_users() -> None:
    check(
        """
        month billed cash
        1     500    9500
        2     540    8960      # x (1.1 + 0.1) x 1.2 x 0.75
        3     583.20 8376.80
        """,
        cash=RICH,
        compute=[SERVING | {"users": 100, "growth": 0.1, "units_growth": 0.2, "price_growth": -0.25}],
        policy=[policy("2024-02", {"growth": "compute.*", "by": 0.1})],
    )


def test_inference_follows_what_its_line_of_revenue_earns() -> None:
    """Not what it invoices, two months at a time: 1000, 1100, 1210. Before the opening: 0.2 x 1000."""
    check(
        """
        month earned billed payables cash
        1      500   100    100      1800   # 0.2 x 500; pays 200
        2     1050   315    315      2800   # 0.3 x (500 + 550)
        3     1155   519.75 519.75   3695   # 0.45 x (550 + 605)
        """,
        revenue=[
            {"name": "api", "kind": "subscription", "monthly": 1000, "growth": 0.1, "collected_after": 0}
            | {"prepaid_months": 2, "opening_deferred": 0}
        ],
        compute=[SERVING | {"revenue": "api", "units": 2, "unit_price": 0.1, "growth": 0.5, "terms": 1}],
    )


def test_gpu_hours() -> None:
    """Set anew in every month in which any of the numbers changes; the price grows in the others."""
    check(
        """
        month billed cash
        1      800   9200    # 8 x 2 x 100 x 0.5
        2     1600   7600    # 8 x 2 x 100 x 1
        3     2000   5600    # 10 x 2 x 100 x 1
        4     2200   3400    # x 1.1
        5     2420    980
        """,
        cash=RICH,
        compute=[
            {
                "name": "gpu",
                "kind": "on_demand",
                "gpus": {"2024-01": 8, "2024-03": 10},
                "gpu_hour": 2,
                "hours": 100,
                "utilisation": {"2024-01": 0.5, "2024-02": 1},
                "price_growth": 0.1,
            }
        ],
    )


def test_a_month_has_730_hours() -> None:
    check(
        """
        month billed cash
        1     730    270
        """,
        compute=[{"name": "gpu", "kind": "on_demand", "gpus": 1, "gpu_hour": 1}],
    )


def test_units_and_their_price() -> None:
    check(
        """
        month billed cash
        1     500    9500   # 1000 x 0.5
        2     250    9250   # 1000 x 0.25
        3     500    8750   # 2000 x 0.25
        4     550    8200   # x 1.1
        """,
        cash=RICH,
        compute=[
            {
                "name": "gpu",
                "kind": "on_demand",
                "units": {"2024-01": 1000, "2024-03": 2000},
                "unit_price": {"2024-01": 0.5, "2024-02": 0.25},
                "growth": 0.1,
            }
        ],
    )


def test_a_training_run_slips_overruns_and_is_spread() -> None:
    """900 x 1.2 / 3 = 360 at the prices of month 2; it starts a month and a half later, so in month 3."""
    check(
        """
        month billed payables cash
        1       0      0      1000
        2       0      0      1000
        3     396    396      1000      # 360 x 1.1
        4     435.60 435.60    604      # x 1.1
        5     479.16 479.16    168.40
        """,
        compute=[
            {
                "name": "run",
                "kind": "training_run",
                "month": "2024-02",
                "slip": 1.5,
                "cost": 900,
                "overrun": 1.2,
                "spread": 3,
                "price_growth": 0.1,
                "terms": 1,
            }
        ],
    )


# Prices that lines share

SHARED = [
    GPU | {"name": "a", "price": "gpu"},
    {"name": "b", "kind": "on_demand", "units": 10, "unit_price": 5, "price": "gpu", "price_growth": -0.1},
]
SHORTAGE = {"name": "gpu", "growth": 0.1, "regime": {"multiply": 2, "begins": 1, "ends": 1}}


def test_two_vendors_share_a_price_that_grows_and_is_twice_as_high_while_a_shortage_lasts() -> None:
    """The shortage comes and goes from month to month: 2, 1.1, 2.42, 1.331."""
    check(
        """
        month billed.a billed.b cash
        1     200      100      9700
        2     110       49.50   9540.50   # 45 x 1.1
        3     242       98.01   9200.49   # 40.5 x 2.42
        4     133.10    48.51   9018.88   # 36.45 x 1.331 = 48.51495
        """,
        cash=RICH,
        price=[SHORTAGE],
        compute=SHARED,
    )


@pytest.mark.parametrize("target", ["price.gpu", "price.*"])
def test_an_event_on_a_price_moves_every_line_that_follows_it(target: str) -> None:
    """The price halves in month 2, for two months."""
    check(
        """
        month billed.a billed.b
        1     100      50
        2      55      24.75   # 45 x 0.55
        3      60.50   24.50   # 40.5 x 0.605 = 24.5025
        4     133.10   48.51
        """,
        given=Given(events={"glut": [2]}),
        cash=RICH,
        price=[{"name": "gpu", "growth": 0.1}],
        compute=SHARED,
        event=[{"name": "glut", "rate": 0.01, "effect": {"target": target, "multiply": 0.5, "months": 2}}],
    )


# What happens to use and price besides


def test_a_cut_of_use_does_not_lower_the_floor() -> None:
    check(
        """
        month billed cash
        1     150    850
        2     100    750   # 75 used
        3     100    650
        """,
        compute=[FLOOR | {"monthly": 150}],
        policy=[policy("2024-02", {"cut": "compute.*", "by": 0.5})],
    )


def test_a_commitment_is_ended_at_its_price_in_its_last_month_too() -> None:
    check(
        """
        month billed cash
        1     100    900
        2     230    670   # 80 + 150
        3      80    590
        """,
        compute=[FLOOR | {"monthly": 80, "until": "2024-02", "early_termination": 150}],
        policy=[policy("2024-02", {"terminate": "compute.gpu"}), policy("2024-03", {"terminate": "*"}, name="again")],
    )


def test_a_gpu_hour_in_another_currency_is_converted_month_by_month() -> None:
    check(
        """
        month billed cash
        1     200    800
        2     220    580   # 2 x 1.1 x 100
        3     242    338
        """,
        fx={"EUR": {"rate": 1, "drift": 0.1}},
        compute=[{"name": "gpu", "kind": "on_demand", "gpus": 1, "gpu_hour": "2 EUR", "hours": 100}],
    )


def test_noise_of_inference_is_money_for_each_unit_of_revenue() -> None:
    check(
        """
        month earned billed
        1     1000   250      # (2 x 0.1 + 0.05) x 1000
        2     2000   500
        """,
        revenue=[{"name": "api", "kind": "usage", "monthly": {"2024-01": 1000, "2024-02": 2000}}],
        compute=[SERVING | {"revenue": "api", "units": 2, "unit_price": 0.1, "noise": 0.05}],
    )


def test_two_rounds_bring_credits_of_one_vendor() -> None:
    deal = {"instrument": "compute", "vendor": "gpu"}
    check(
        """
        month billed credits cash
        1     100    150      900   # 50 and 100 come after the bill
        2     100     50      900
        3     100      0      850
        """,
        compute=[GPU],
        round=[
            deal | {"name": "one", "starts": "2024-01", "amount": 50},
            deal | {"name": "two", "starts": "2024-01", "amount": 100},
        ],
    )
