"""Bills paid late: who is paid first, who cuts supply, when it is the end. Tables calculated by hand.

Months are counted from 1; month 1 is 2024-01. The age of a bill is the number of months it is past due.
"""

from typing import Any

import pytest

from tests.by_hand import EMPTY, NEVER, Given, check

API = {"name": "api", "kind": "usage", "collected_after": 0}
GPU = {"name": "gpu", "kind": "on_demand", "monthly": 100}
RENT = {"name": "rent", "monthly": 100}
CUT = {"cut_off": {"target": "revenue.api", "multiply": 0.5}}


# Order and interest


def test_the_vendor_whose_patience_ends_first_is_paid_first_and_interest_runs_on_the_rest() -> None:
    """Patient waits three months, at 2% a month; hasty waits one. 100 come in every month, 200 fall due."""
    check(
        """
        month late_interest arrears.patient arrears.hasty oldest cash
        1     0              50               0            0     0   # hasty 100, patient 50
        2     1             151               0            1     0   # hasty 100; patient 50 + 101
        3     3.02          204.02           50            1     0   # a tie of two months' patience: patient's 50 first
        4     4.08          258.10          100            2     0   # hasty's 50; then patient's 50 of 101
        5     5.16          312.26          151            2     0   # patient's 51; hasty's 49 of 100: too late
        """,
        clocks={"insolvent": 5, "first_missed_bill": 1},
        cash={"opening": 50},
        revenue=[API | {"monthly": 100}],
        cost=[
            RENT | {"name": "patient", "stretch": 3, "late_interest": 0.24},
            RENT | {"name": "hasty", "stretch": 1},
        ],
    )


def test_interest_on_what_is_past_due_is_billed_and_due_at_once() -> None:
    """A percent a month. It is a bill like any other: it ages, and it bears interest."""
    check(
        """
        month late_interest arrears payables burn   cash worth
        1     0             100     200           0     0   -200
        2     1             201     301           0     0   -301
        3     2.01          303.01  403.01        0     0   -403.01
        4     3.03            0     100         -93.96 93.96  -6.04   # 500 pays 303.01 + 3.0301 + 100
        5     0               0     100        -400   493.96 393.96
        """,
        clocks={"first_missed_bill": 1, "balance_sheet_insolvent": 1, "insolvent": NEVER},
        cash=EMPTY,
        revenue=[API | {"monthly": {"2024-01": 0, "2024-04": 500}}],
        cost=[RENT | {"terms": 1, "stretch": 10, "late_interest": 0.12}],
    )


def test_what_was_past_due_at_the_opening_is_a_month_older_in_the_first() -> None:
    """50 with interest of 2% a month, and a bill of 100 that falls due in month 1."""
    check(
        """
        month late_interest arrears oldest payables cash
        1     1             121      1     221      0    # 30 of the 50
        2     2.42          193.42   1     293.42   0    # the other 20, and 10 of 101
        3     3.87          267.29   2     367.29   0    # 30 of the 91 that are two months late
        """,
        clocks={"insolvent": 3, "first_missed_bill": 1},
        cash=EMPTY,
        revenue=[API | {"monthly": 30}],
        cost=[RENT | {"terms": 1, "stretch": 2, "late_interest": 0.24, "opening_arrears": 50, "opening_payables": 100}],
    )


@pytest.mark.parametrize(
    ("opening", "table", "clocks"),
    [
        (110, "month paid arrears cash \n 1 110 0 0", {}),
        (100, "month paid arrears cash \n 1 100 10 0", {"insolvent": 1, "first_missed_bill": 1}),
        (40, "month paid arrears cash \n 1 40 70 0", {"insolvent": 1, "first_missed_bill": 1}),
    ],
)
def test_arrears_at_the_opening_with_a_vendor_who_does_not_wait_are_due_at_once(
    opening: int, table: str, clocks: dict[str, int]
) -> None:
    check(table, clocks=clocks, cash={"opening": opening}, cost=[RENT | {"monthly": 60, "opening_arrears": 50}])


def test_old_arrears_come_before_new_bills_of_others() -> None:
    """The second vendor does not wait for what it is owed, the first waits for a month."""
    check(
        """
        month arrears.a arrears.b cash
        1     60        0         0    # b's 50 and 50
        2     60        0         0    # a's 60 of month 1, b's 50
        """,
        clocks={"first_missed_bill": 1},
        cash=EMPTY,
        revenue=[API | {"monthly": {"2024-01": 100, "2024-02": 110}}],
        cost=[
            RENT | {"name": "a", "monthly": 60, "stretch": 1},
            RENT | {"name": "b", "monthly": 50, "opening_arrears": 50},
        ],
    )


def test_old_arrears_come_before_bills_that_cannot_wait_either() -> None:
    """50 pay what was past due at the opening, though the other vendor stands first in the file."""
    check(
        """
        month arrears.a arrears.b oldest cash
        1     60        50        0      0
        """,
        clocks={"insolvent": 1, "first_missed_bill": 1},
        cash={"opening": 50},
        cost=[RENT | {"name": "a", "monthly": 60}, RENT | {"name": "b", "monthly": 50, "opening_arrears": 50}],
    )


def test_management_keeps_a_reserve_and_lets_vendors_wait() -> None:
    """Two months of payroll, 200: 50 of 100 are paid in month 1; the bills grow old although there is cash."""
    check(
        """
        month payroll paid arrears oldest cash
        1     100     50    50     0      200
        2     100      0   150     1      100
        3     100      0   250     2        0
        """,
        clocks={"insolvent": 3, "first_missed_bill": 1},
        cash={"opening": 350, "keep_payroll_months": 2},
        team=[{"name": "staff", "headcount": 1, "cost": 100}],
        cost=[RENT | {"stretch": 2}],
    )


def test_a_missed_bill_is_the_end_where_the_file_says_so() -> None:
    check(
        """
        month arrears cash
        1      0      60
        2     40       0
        """,
        clocks={"insolvent": 2, "first_missed_bill": 2},
        company={
            "name": "Example",
            "currency": "USD",
            "first_month": "2024-01",
            "insolvent_when": "missed_bill",
        },
        cash={"opening": 160},
        cost=[RENT | {"stretch": 5}],
    )


# Vendors who cut supply

SLOW = {"monthly": {"2024-01": 60, "2024-06": 400}}


def test_a_vendor_cuts_supply_until_it_is_paid() -> None:
    """Its patience of a month ends with month 4. Nothing is billed then, not even the floor, and revenue is halved."""
    check(
        """
        month earned billed arrears oldest cash
        1      60    100     20     0        0   # 20 and 60 pay 80
        2      60    100     60     0        0   # 20 and 40
        3      60    100    100     0        0   # 60
        4      60    100    140     1        0   # 60 of 100; 40 are a month past due
        5      30      0    110     2        0   # 30 of 40; 10 and 100 are left, all older than its patience
        6     200      0      0    -1       90   # 400 x 0.5 pay 110
        7     400    100      0    -1      390
        """,
        clocks={"first_missed_bill": 1, "insolvent": NEVER},
        cash={"opening": 20},
        revenue=[API | SLOW],
        compute=[GPU | {"kind": "committed", "monthly": 80, "minimum": 100, "stretch": 1} | CUT],
    )


def test_without_a_cut_of_supply_the_same_is_the_end() -> None:
    check(
        """
        month earned billed arrears oldest cash
        1      60    100     20     0        0
        2      60    100     60     0        0
        3      60    100    100     0        0
        4      60    100    140     1        0
        """,
        clocks={"first_missed_bill": 1, "insolvent": 4},
        cash={"opening": 20},
        revenue=[API | SLOW],
        compute=[GPU | {"kind": "committed", "monthly": 80, "minimum": 100, "stretch": 1}],
    )


def test_a_vendor_that_has_cut_supply_is_paid_before_all_others() -> None:
    """It does not wait at all, the landlord for two months. Supply comes back in month 4, and the rent is missed."""
    check(
        """
        month earned billed.gpu arrears.gpu arrears.rent cash
        1     60     100        40          20           0   # gpu 60 of 100
        2     30       0        10          40           0   # gpu 30 of 40
        3     30       0         0          40           0   # gpu 10, then the oldest rent
        4     60     100        40          60           0   # a tie: gpu stands first, gets 60; rent of month 2 unpaid
        """,
        clocks={"first_missed_bill": 1, "insolvent": 4},
        cash=EMPTY,
        revenue=[API | {"monthly": 60}],
        compute=[GPU | CUT],
        cost=[RENT | {"monthly": 20, "stretch": 2}],
    )


def test_forgiveness_brings_supply_back() -> None:
    """Cut off after month 1, forgiven at the beginning of month 2, back from month 3."""
    check(
        """
        month earned billed arrears cash worth
        1     60     100    40       0   -40
        2     30       0     0      30    30   # 40 forgiven
        3     60     100    10       0   -10
        4     30       0     0      20    20   # cut off for this month
        """,
        clocks={"first_missed_bill": 1, "balance_sheet_insolvent": 1},
        given=Given(events={"deal": [2]}),
        cash=EMPTY,
        revenue=[API | {"monthly": 60}],
        compute=[GPU | CUT],
        event=[{"name": "deal", "rate": 0.01, "effect": {"target": "compute.*", "forgive": 1}}],
    )


def test_interest_runs_while_supply_is_cut() -> None:
    """2% a month on what is past due."""
    check(
        """
        month earned billed late_interest arrears cash
        1     60     100    0             40       0
        2     40       0    0.80           0.80    0      # 80 x 0.5 pay 40 of 40.80
        3     40       0    0.02           0      39.18   # 0.80 + 0.016
        4     80     100    0              0      19.18
        """,
        clocks={"first_missed_bill": 1},
        cash=EMPTY,
        revenue=[API | {"monthly": {"2024-01": 60, "2024-02": 80}}],
        compute=[GPU | CUT | {"late_interest": 0.24}],
    )


def test_credits_wait_while_supply_is_cut() -> None:
    check(
        """
        month earned billed arrears credits
        1     50     100    50       0
        2     25       0    25      40   # a round brings 40 of credits
        3     25       0     0      40
        4     50     100    10       0   # 40 of credits, 50 of cash
        """,
        clocks={"first_missed_bill": 1},
        cash=EMPTY,
        revenue=[API | {"monthly": 50}],
        compute=[GPU | CUT],
        round=[{"name": "deal", "instrument": "compute", "vendor": "gpu", "starts": "2024-02", "amount": 40}],
    )


def test_two_vendors_that_cut_supply_multiply() -> None:
    check(
        """
        month earned arrears.gpu arrears.net cash
        1     40     60          20          0    # gpu 40 of 100
        2     10     50          20          0    # 40 x 0.5 x 0.5; gpu stands first
        3    100      0           0         30    # 400 x 0.25
        4    400      0           0        310    # both bill again
        """,
        clocks={"first_missed_bill": 1},
        cash=EMPTY,
        revenue=[API | {"monthly": {"2024-01": 40, "2024-03": 400}}],
        compute=[GPU | CUT, GPU | CUT | {"name": "net", "monthly": 20}],
    )


def late(oldest_above: int) -> dict[str, Any]:
    return {"name": "cut", "when": {"oldest_bill_above": oldest_above}, "do": [{"cut": "cost.*", "by": 0.5}]}


@pytest.mark.parametrize(("above", "arrears"), [(0, [100, 200, 250, 300]), (1, [100, 200, 300, 350])])
def test_a_policy_on_the_oldest_bill(above: int, arrears: list[int]) -> None:
    """A bill is 0 months past due in month 1, 1 in month 2, 2 in month 3; the cut bites in the month after."""
    rows = "\n".join(f"{month} {amount} {month - 1}" for month, amount in enumerate(arrears, start=1))
    check(
        f"month arrears oldest\n{rows}",
        clocks={"first_missed_bill": 1},
        cash=EMPTY,
        cost=[RENT | {"stretch": 9}],
        policy=[late(above)],
    )


# What vendors forgive, or turn into a debt

PLAN = {"kind": "loan", "interest": 0.12, "name": "plan", "interest_only_months": 1, "repaid_over": 2}
WAITING = {"name": "gpu", "kind": "on_demand", "monthly": 100, "stretch": 10}


def relief(what: str, share: float, target: str = "compute.gpu") -> dict[str, Any]:
    into = {"into": "plan"} if what == "turn" else {}
    return {"name": "deal", "rate": 0.01, "effect": {"target": target, what: share} | into}


def test_a_vendor_turns_arrears_into_a_loan() -> None:
    """Half of the 180 past due at the end of month 2, in month 3: a month of interest alone, two instalments."""
    check(
        """
        month interest principal debt arrears payables cash worth
        1     0         0         0    90      90      0     -90
        2     0         0         0   180     180      0    -180
        3     0         0        90   180     180      0    -270      # 90 + 100 - 10
        4     0.90      0        90   270.90  270.90   0    -360.90   # 10 - 0.90 for the vendor
        5     0.90     45        45   316.80  316.80   0    -361.80   # 100 - 45.90
        6     0.45     45         0   362.25  362.25   0    -362.25   # 100 - 45.45
        """,
        clocks={"first_missed_bill": 1, "balance_sheet_insolvent": 1},
        given=Given(events={"deal": [3]}),
        cash=EMPTY,
        revenue=[API | {"monthly": {"2024-01": 10, "2024-05": 100}}],
        compute=[WAITING],
        debt=[PLAN],
        event=[relief("turn", 0.5)],
    )


@pytest.mark.parametrize(
    ("months", "left"),
    [([3], 120), ([3, 3], 72)],  # 0.6 of 200; 0.6 x 0.6 of 200
)
def test_a_vendor_forgives_arrears(months: list[int], left: int) -> None:
    check(
        f"""
        month arrears     payables    cash worth
        1     100         100         0    -100
        2     200         200         0    -200
        3     {left + 100} {left + 100} 0  -{left + 100}
        4     {left + 200} {left + 200} 0  -{left + 200}
        """,
        clocks={"first_missed_bill": 1, "balance_sheet_insolvent": 1},
        given=Given(events={"deal": months}),
        cash=EMPTY,
        compute=[WAITING],
        event=[relief("forgive", 0.4)],
    )


def test_forgiveness_takes_from_every_age_and_from_the_target_alone() -> None:
    """Of 100 and 100 past due with one of two vendors, 50 and 50 are left at the beginning of month 3."""
    check(
        """
        month arrears.gpu arrears.rent cash
        1     100         100          0
        2     200         200          0
        3     150         230          0   # 120 pay gpu's first 50, 70 of rent's first 100
        4     200         230          0   # 150 pay rent's 30; then, of month 2, gpu's 50, 70 of rent's 100
        """,
        clocks={"first_missed_bill": 1},
        given=Given(events={"deal": [3]}),
        cash=EMPTY,
        revenue=[API | {"monthly": {"2024-01": 0, "2024-03": 120, "2024-04": 150}}],
        compute=[WAITING | {"stretch": 3}],
        cost=[RENT | {"stretch": 3}],
        event=[relief("forgive", 0.5)],
    )


def test_nothing_is_forgiven_where_nothing_is_past_due() -> None:
    check(
        """
        month arrears cash worth
        1     0       900   900
        2     0       800   800
        """,
        given=Given(events={"deal": [1, 2]}),
        compute=[WAITING],
        event=[relief("forgive", 1)],
    )


def test_arrears_turned_into_a_note_grow_and_are_due() -> None:
    check(
        """
        month principal debt  arrears cash
        1      0          0   50      0    # 50 of 100
        2      0         50   50      0    # all 50 turned; 50 of 100 again
        3      0         50.50 0      0    # pays 150
        4     51          0   0       99   # 200 - 50 - 51, the bill is 50
        """,
        clocks={"first_missed_bill": 1, "balance_sheet_insolvent": 1, "point_of_no_return": 1, "insolvent": NEVER},
        given=Given(events={"deal": [2]}),
        cash=EMPTY,
        revenue=[API | {"monthly": {"2024-01": 50, "2024-03": 150, "2024-04": 200}}],
        compute=[WAITING | {"monthly": {"2024-01": 100, "2024-04": 50}}],
        debt=[{"name": "plan", "kind": "note", "interest": 0.12, "matures": "2024-04"}],
        event=[relief("turn", 1)],
    )
