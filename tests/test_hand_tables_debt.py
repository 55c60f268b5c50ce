"""Loans, notes, credit lines and what lenders watch: tables calculated by hand.

Months are counted from 1; month 1 is 2024-01. Interest of 12% a year is 1% a month.
"""

import pytest

from tests.by_hand import HEAD, check

LOAN = {"name": "loan", "kind": "loan", "interest": 0.12}
NOTE = {"name": "note", "kind": "note", "principal": 1000, "interest": 0.12}
LINE = {"name": "bank", "kind": "credit_line", "interest": 0.12}
EQUITY = {"name": "A", "instrument": "equity", "amount": 500}
RENT = {"name": "rent", "monthly": 100}


# Loans


def test_interest_alone_and_then_equal_parts() -> None:
    check(
        """
        month interest principal debt burn cash worth
        1     12         0       1200 12   1988  788
        2     12         0       1200 12   1976  776
        3     12       400        800 12   1564  764
        4      8       400        400  8   1156  756
        5      4       400          0  4    752  752
        6      0         0          0  0    752  752
        """,
        cash={"opening": 2000},
        debt=[LOAN | {"principal": 1200, "interest_only_months": 2, "repaid_over": 3}],
    )


def test_a_loan_that_is_raised_is_served_from_the_month_after() -> None:
    """600 in month 2, a month of interest alone, two instalments."""
    check(
        """
        month interest principal debt burn cash
        1     0          0         0  0    1000
        2     0          0       600  0    1600
        3     6          0       600  6    1594
        4     6        300       300  6    1288
        5     3        300         0  3     985
        6     0          0         0  0     985
        """,
        round=[
            {"name": "venture debt", "instrument": "debt", "starts": "2024-02", "amount": 800, "delivered": 0.75}
            | {"interest": 0.12, "interest_only_months": 1, "repaid_over": 2}
        ],
    )


def test_a_loan_in_another_currency_is_converted_when_the_money_comes() -> None:
    """100 EUR at the opening, at 1; 100 EUR in month 3, at 1.21."""
    check(
        """
        month interest principal debt cash
        1     1         50        50   949
        2     0.50      50         0   898.50
        3     0          0       121  1019.50
        4     1.21     121         0   897.29
        """,
        fx={"EUR": {"rate": 1, "drift": 0.1}},
        debt=[LOAN | {"principal": "100 EUR", "repaid_over": 2}],
        round=[
            {"name": "more", "instrument": "debt", "starts": "2024-03", "amount": "100 EUR"}
            | {"interest": 0.12, "repaid_over": 1}
        ],
    )


def test_an_instalment_that_cannot_be_paid_is_the_end() -> None:
    """100 do not pay 500. Only what is paid of pay, interest, taxes and bills is burn: the 5 of interest."""
    check(
        """
        month burn cash
        1     5    0
        """,
        clocks={"insolvent": 1, "first_missed_bill": 1, "point_of_no_return": 1, "balance_sheet_insolvent": 1},
        cash={"opening": 100},
        debt=[LOAN | {"principal": 500, "repaid_over": 1}],
    )


# Covenants

WATCHED = LOAN | {"interest_only_months": 12}


def test_a_loan_that_is_called_is_repaid_at_once() -> None:
    """Below 700 at the end of month 3: all of it is due in month 4."""
    check(
        """
        month interest principal debt burn cash
        1     3          0       300  103  897
        2     3          0       300  103  794
        3     3          0       300  103  691
        4     3        300         0  103  288
        5     0          0         0  100  188
        """,
        cost=[RENT],
        debt=[WATCHED | {"principal": 300, "minimum_cash": 700}],
    )


def test_a_loan_is_not_called_at_its_limit() -> None:
    check(
        """
        month principal debt cash
        1     0         300  897
        2     0         300  794
        3     0         300  691
        4     0         300  588
        """,
        cost=[RENT],
        debt=[WATCHED | {"principal": 300, "minimum_cash": 588}],
    )


def test_a_loan_that_is_called_may_end_the_company() -> None:
    """391 left at the end of month 2 are below 400; they do not pay 450, and without the covenant would last longer.

    Rent and most of the principal are not paid; the interest is.
    """
    check(
        """
        month debt burn   cash
        1     450  104.50 495.50
        2     450  104.50 391
        3       -    4.50   0
        """,
        clocks={"insolvent": 3, "first_missed_bill": 3, "balance_sheet_insolvent": 2},
        cash={"opening": 600},
        cost=[RENT],
        debt=[WATCHED | {"principal": 450, "minimum_cash": 400}],
    )


def test_each_lender_watches_for_itself() -> None:
    check(
        """
        month principal debt cash
        1       0       500  900
        2       0       500  800   # below 850: the first is called
        3     200       300  500   # below 600: the second too
        4     300         0  100
        """,
        cost=[RENT],
        debt=[
            WATCHED | {"name": "first", "interest": 0, "principal": 200, "minimum_cash": 850},
            WATCHED | {"name": "second", "interest": 0, "principal": 300, "minimum_cash": 600},
        ],
    )


# Convertible notes


def test_a_note_grows_until_it_is_due() -> None:
    check(
        """
        month principal debt cash worth
        1        0      1010 2000  990
        2        0      1020 2000  980
        3        0      1030 2000  970
        4     1040         0  960  960
        5        0         0  960  960
        """,
        cash={"opening": 2000},
        debt=[NOTE | {"matures": "2024-04"}],
    )


def test_a_note_that_is_due_may_end_the_company() -> None:
    check(
        """
        month debt cash
        1     1010 1015
        2        -    0   # 1020 due
        """,
        clocks={"insolvent": 2, "first_missed_bill": 2, "balance_sheet_insolvent": 2},
        cash={"opening": 1015},
        debt=[NOTE | {"matures": "2024-02"}],
    )


def test_a_priced_round_turns_a_note_into_shares() -> None:
    """Before the month's interest, and in the month in which it would have been due."""
    check(
        """
        month principal debt cash worth
        1     0         1010 1000  -10
        2     0         1020 1000  -20
        3     0            0 1500 1500   # 500 raised, 1020 converted
        4     0            0 1500 1500
        """,
        clocks={"balance_sheet_insolvent": 1},
        debt=[NOTE | {"matures": "2024-03"}],
        round=[EQUITY | {"starts": "2024-03"}],
    )


@pytest.mark.parametrize("instrument", ["safe", "grant"])
def test_a_round_without_a_price_leaves_a_note_as_it_is(instrument: str) -> None:
    check(
        """
        month debt cash
        1     1010 2000
        2     1020 2500
        3     1030 2500
        """,
        cash={"opening": 2000},
        debt=[NOTE],
        round=[{"name": "A", "instrument": instrument, "amount": 500, "starts": "2024-02"}],
    )


def test_a_note_that_is_raised_grows_from_the_month_after() -> None:
    check(
        """
        month principal debt cash
        1       0         0  1000
        2       0       600  1600
        3       0       606  1600
        4     612         0   988
        """,
        round=[
            {"name": "bridge", "instrument": "note", "starts": "2024-02", "amount": 600}
            | {"interest": 0.12, "matures": "2024-04"}
        ],
    )


@pytest.mark.parametrize("first", ["bridge", "A"])
def test_a_note_raised_with_a_priced_round_is_not_turned_into_its_shares(first: str) -> None:
    rounds = [
        {"name": "bridge", "instrument": "note", "starts": "2024-02", "amount": 600, "interest": 0.12},
        EQUITY | {"starts": "2024-02"},
    ]
    check(
        """
        month debt cash
        1     1010 2000
        2      600 3100   # 1010 converted, 600 and 500 raised
        3      606 3100
        """,
        cash={"opening": 2000},
        debt=[NOTE],
        round=sorted(rounds, key=lambda item: item["name"] != first),
    )


# Credit lines

LATER = {"name": "api", "kind": "usage", "collected_after": 0}


def test_a_credit_line_makes_up_for_what_is_short_until_its_limit() -> None:
    check(
        """
        month interest debt   burn   arrears cash
        1     0          0    80      0      20
        2     0         60    80      0       0   # 60 drawn
        3     0.60     140.60 80.60   0       0   # 80 and 0.60 drawn
        4     1.41     200    59.40  22.01    0   # 59.40 left for 1.406 of interest and 80
        """,
        clocks={"insolvent": 4, "first_missed_bill": 4},
        cash={"opening": 100},
        cost=[RENT | {"monthly": 80}],
        debt=[LINE | {"limit": 200}],
    )


def test_a_credit_line_is_repaid_when_money_comes() -> None:
    check(
        """
        month interest debt   cash
        1     0          0    20
        2     0         60     0
        3     0.60     140.60  0
        4     1.41       0    77.99   # 300 - 1.406 - 80 - 140.60
        5     0          0    297.99
        """,
        clocks={"balance_sheet_insolvent": 2},
        cash={"opening": 100},
        revenue=[LATER | {"monthly": {"2024-01": 0, "2024-04": 300}}],
        cost=[RENT | {"monthly": 80}],
        debt=[LINE | {"limit": 200}],
    )


@pytest.mark.parametrize("stretch", [0, 6])
def test_a_credit_line_pays_vendors_beyond_the_reserve_and_is_repaid_from_what_is_above_it(stretch: int) -> None:
    """A month's payroll, 50, is kept: of cash and line together when vendors are paid, of cash when it is repaid."""
    check(
        """
        month interest debt   arrears cash
        1     0          0    0       20
        2     0         60    0        0      # 20 - 50 - 30
        3     0.60     140.60 0        0
        4     1.41      72.01 0       50      # 200 - 50 - 1.406 - 30 = 118.594, of which 68.594 repays
        5     0.72       0    0       97.27   # 50 + 200 - 50 - 0.72006 - 30 - 72.006
        """,
        cash={"opening": 100, "keep_payroll_months": 1},
        team=[{"name": "staff", "headcount": 1, "cost": 50}],
        revenue=[LATER | {"monthly": {"2024-01": 0, "2024-04": 200}}],
        cost=[RENT | {"monthly": 30, "stretch": stretch}],
        debt=[LINE | {"limit": 200}],
    )


def test_what_the_reserve_leaves_of_a_credit_line_is_what_vendors_get() -> None:
    """Of 10 and 100 of the line, 50 are kept: 60 of 80 are paid, and the rest waits."""
    check(
        """
        month paid arrears debt cash
        1     60   20      50   0
        """,
        clocks={"first_missed_bill": 1},
        cash={"opening": 60, "keep_payroll_months": 1},
        team=[{"name": "staff", "headcount": 1, "cost": 50}],
        cost=[RENT | {"monthly": 80, "stretch": 6}],
        debt=[LINE | {"limit": 100}],
    )


def test_a_credit_line_that_is_called_is_closed_for_good() -> None:
    """A reserve of 200 keeps the 30 drawn. Below 120 at the end of month 2: called, and nothing is left to draw."""
    check(
        """
        month interest principal debt cash
        1     0.30      0        30   149.70
        2     0.30      0        30    99.40
        3     0.30     30         0    19.10
        4     0         0         0     0      # 19.10 does not pay 50
        """,
        clocks={"insolvent": 4, "first_missed_bill": 4},
        cash={"opening": 200, "keep_payroll_months": 4},
        team=[{"name": "staff", "headcount": 1, "cost": 50}],
        debt=[LINE | {"principal": 30, "limit": 100, "minimum_cash": 120}],
    )


def test_a_credit_line_pays_payroll_and_taxes_and_lenders() -> None:
    check(
        """
        month payroll taxes interest principal debt cash burn
        1     50      10    1        50        171  0    61   # 50 + 10 + 1 + 50 - 40 = 71 drawn; 50 + 50 + 71 owed
        """,
        cash={"opening": 40},
        team=[{"name": "staff", "headcount": 1, "cost": 50, "payroll_tax": 0.2}],
        debt=[
            LOAN | {"principal": 100, "repaid_over": 2},
            LINE | {"principal": 50, "limit": 200, "interest": 0},
        ],
    )


def test_a_loan_may_be_called_in_the_month_it_comes() -> None:
    check(
        """
        month interest principal debt cash
        1     0          0         0  1000
        2     0          0       600  1600   # below 2000
        3     6        600         0   994
        """,
        round=[
            {"name": "venture debt", "instrument": "debt", "starts": "2024-02", "amount": 600}
            | {"interest": 0.12, "interest_only_months": 12, "minimum_cash": 2000}
        ],
    )


def test_a_credit_line_keeps_the_company_going_but_is_no_money_to_end_it_with() -> None:
    """Rent of 100 is owed at every month's end."""
    check(
        """
        month payables debt cash worth
        1     100        0  200    100
        2     100        0  100      0
        3     100        0    0   -100
        4     100      100    0   -200
        """,
        clocks={"point_of_no_return": 3, "balance_sheet_insolvent": 3},
        cash={"opening": 300},
        cost=[RENT | {"terms": 1}],
        debt=[LINE | {"limit": 1000}],
    )


@pytest.mark.parametrize(("limit", "clocks"), [(50, {}), (49, {"insolvent": 1, "first_missed_bill": 1})])
def test_a_credit_line_of_a_company_that_pays_every_bill(limit: int, clocks: dict[str, int]) -> None:
    """Insolvent once cash and line together are below zero; arrears of the opening are paid like the rest."""
    check(
        f"""
        month paid debt cash
        1     150  {limit}   0
        """,
        clocks=clocks,
        company=HEAD | {"insolvent_when": "cash_below_zero"},
        cash={"opening": 100},
        cost=[RENT | {"opening_arrears": 50, "stretch": 3}],
        debt=[LINE | {"limit": limit}],
    )
