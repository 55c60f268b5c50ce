"""People and taxes, month by month: tables calculated by hand.

Months are counted from 1; month 1 is 2024-01.
"""

from typing import Any

import pytest

from tests.by_hand import RICH, check, policy

STAFF = {"name": "staff", "headcount": 10, "cost": 100}


def cut(month: str, by: float) -> list[dict[str, Any]]:
    return [policy(month, {"cut": "team.*", "by": by})]


# Layoffs


def test_a_layoff_costs_first_and_saves_later() -> None:
    """2 of 10 get notice in month 3, are paid in months 3 and 4, and get 1.5 months of month 2's cost, 110, then."""
    check(
        """
        month payroll cash
        1     1000    9000
        2     1100    7900
        3     1210    6690      # 8 and 2 on notice, at 121
        4     1331    5359      # at 133.10
        5     1501.28 3857.72   # 8 x 146.41 + 2 x 110 x 1.5
        6     1288.41 2569.31   # 8 x 161.051
        """,
        cash=RICH,
        team=[STAFF | {"growth": 0.1, "notice_months": 2, "severance_months": 1.5}],
        policy=cut("2024-03", 0.2),
    )


def test_teams_leave_on_their_own_terms() -> None:
    check(
        """
        month payroll cash
        1     1250    8750
        2     1350    7400   # 6 and 4 on notice at 100, 3 at 50, severance 2 x 50 x 2
        3      750    6650   # 6 x 100 + 3 x 50
        """,
        cash=RICH,
        team=[
            STAFF | {"name": "eng", "notice_months": 1},
            STAFF | {"name": "ops", "headcount": 5, "cost": 50, "severance_months": 2},
        ],
        policy=cut("2024-02", 0.4),
    )


def test_two_layoffs_overlap() -> None:
    """Half of 10 in month 2, half of the 5 that are left in month 3; two months of notice, one of severance."""
    policies = [
        policy("2024-02", {"cut": "team.*", "by": 0.5}, name="first"),
        policy("2024-03", {"cut": "team.*", "by": 0.5}, name="second"),
    ]
    check(
        """
        month payroll cash
        1     1000    9000
        2     1000    8000   # 5 and 5 on notice
        3     1000    7000   # 2.5, 5 and 2.5 on notice
        4     1000    6000   # 2.5 and 2.5 on notice, severance 500
        5      500    5500   # 2.5, severance 250
        6      250    5250
        """,
        cash=RICH,
        team=[STAFF | {"notice_months": 2, "severance_months": 1}],
        policy=policies,
    )


JOINERS = {"hires": [{"month": "2024-02", "count": 5}, {"month": "2024-03", "count": 4, "slip": 1.5}]}


def test_people_leave_before_others_join() -> None:
    check(
        """
        month payroll cash
        1      900    9100      # 10 x 0.9
        2     1310    7790      # 9 x 0.9 + 5
        3     1179    6611      # 13.1 x 0.9
        4     1461.10 5149.90   # 11.79 x 0.9 + 4, a month and a half late
        5     1314.99 3834.91
        """,
        cash=RICH,
        team=[STAFF | JOINERS | {"attrition": 0.1}],
    )


def test_a_freeze_stops_hires_and_raises() -> None:
    """Costs grow by a tenth up to month 3 and stay; who joined in month 2 stays, nobody joins in month 4."""
    check(
        """
        month payroll cash
        1     1000    9000
        2     1650    7350   # 15 x 110
        3     1650    5700
        4     1650    4050
        """,
        cash=RICH,
        team=[STAFF | JOINERS | {"growth": 0.1}],
        policy=[policy("2024-03", {"freeze": "hires"}, {"freeze": "raises"})],
    )


# Taxes


def test_taxes_on_pay_are_due_a_month_later_and_not_on_severance() -> None:
    """A fifth of pay. Half the people leave in month 2, with a month's cost."""
    check(
        """
        month payroll taxes taxes_owed burn cash   # 200 owed at the opening
        1     1000    200   200        1200 8800
        2     1000    200   100        1200 7600   # 500 + 500 of severance; taxes on 500
        3      500    100   100         600 7000
        """,
        cash=RICH,
        team=[STAFF | {"payroll_tax": 0.2, "severance_months": 1}],
        policy=cut("2024-02", 0.5),
    )


@pytest.mark.parametrize(
    ("after", "table"),
    [
        (
            0,
            """
            month taxes taxes_owed cash
            1     200   0          8800
            2     220   0          7480   # a fifth of 1100
            """,
        ),
        (
            2,
            """
            month taxes taxes_owed cash   # two months of 200 owed at the opening
            1     200   400        8800
            2     200   420        7500
            3     200   462        6090   # 1210 of pay
            4     220   508.20     4539   # 1331
            """,
        ),
    ],
)
def test_taxes_on_pay_at_once_and_two_months_later(after: int, table: str) -> None:
    check(table, cash=RICH, team=[STAFF | {"growth": 0.1, "payroll_tax": 0.2, "payroll_tax_after": after}])


TAX = {"name": "vat", "kind": "tax", "monthly": 100, "terms": 1}


def holiday(month: str, months: int, name: str = "holiday") -> dict[str, Any]:
    return policy(month, {"defer": "taxes", "months": months}, name=name)


def test_taxes_are_put_off_by_as_many_months_as_the_holiday_has() -> None:
    """What falls due in months 2, 3 and 4 is paid in months 5, 6 and 7."""
    check(
        """
        month billed taxes taxes_owed payables cash   # 100 owed at the opening
        1     100    100   100        0        1900
        2     100      0   200        0        1900
        3     100      0   300        0        1900
        4     100      0   400        0        1900
        5     100    200   300        0        1700
        6     100    200   200        0        1500
        7     100    200   100        0        1300
        8     100    100   100        0        1200
        """,
        cash={"opening": 2000},
        cost=[TAX],
        policy=[holiday("2024-02", 3)],
    )


def test_a_holiday_that_is_extended_moves_what_was_moved_into_it() -> None:
    """Months 2 to 4, then, decided for month 4, up to month 6: what was put off to months 5 and 6 waits for 8 and 9."""
    check(
        """
        month taxes taxes_owed cash
        1     100   100        1900
        2       0   200        1900
        3       0   300        1900
        4       0   400        1900
        5       0   500        1900
        6       0   600        1900
        7     200   500        1700   # its own and month 4's
        8     300   300        1400   # its own, month 5's, month 2's
        9     300   100        1100   # its own, month 6's, month 3's
        10    100   100        1000
        """,
        cash={"opening": 2000},
        cost=[TAX],
        policy=[holiday("2024-02", 3), holiday("2024-04", 3, "longer")],
    )


def test_a_shorter_holiday_later_does_not_end_the_first() -> None:
    """Four months from month 2; from month 3 on what falls due is put off by a month only, and then again."""
    check(
        """
        month taxes taxes_owed cash
        1     100   100        1900
        2       0   200        1900   # to month 6
        3       0   300        1900   # to month 4
        4       0   400        1900   # its own and month 3's to month 5
        5       0   500        1900   # its own and these to month 6
        6     500   100        1400
        7     100   100        1300
        """,
        cash={"opening": 2000},
        cost=[TAX],
        policy=[holiday("2024-02", 4), holiday("2024-03", 1, "shorter")],
    )


def test_taxes_on_pay_are_put_off_too() -> None:
    check(
        """
        month taxes taxes_owed cash
        1     200   200        8800
        2       0   400        7800   # put off to month 4
        3       0   600        6800   # put off to month 5
        4     400   400        5400
        5     400   200        4000
        6     200   200        2800
        """,
        cash=RICH,
        team=[STAFF | {"payroll_tax": 0.2}],
        policy=[holiday("2024-02", 2)],
    )


def test_taxes_come_before_vendors_and_wait_for_nobody() -> None:
    """The vendor would wait for six months; the tax office takes the last money, and then there is too little."""
    check(
        """
        month taxes paid arrears burn cash
        1     100   100    0     200   60
        2      -      0  100      60    0   # 60 do not pay 100
        """,
        clocks={"insolvent": 2, "first_missed_bill": 2},
        cash={"opening": 260},
        cost=[TAX, {"name": "rent", "monthly": 100, "stretch": 6}],
    )


def test_a_vendor_waits_where_the_tax_office_is_paid() -> None:
    check(
        """
        month taxes paid arrears cash
        1     100    50   50      0
        """,
        clocks={"first_missed_bill": 1},
        cash={"opening": 150},
        cost=[TAX, {"name": "rent", "monthly": 100, "stretch": 6}],
    )
