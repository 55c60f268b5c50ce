"""How late customers pay, and whether the books add up: hand calculations and brute force."""

import math
from dataclasses import replace
from itertools import product

import numpy as np
import pytest

from tarmac.actuals import Actuals
from tarmac.learning.books import read_books
from tarmac.learning.receipts import fit_lag
from tarmac.months import Month

REVENUE = 1000 * np.exp(0.3 * np.random.default_rng(8).standard_normal(14))


def paid(shares: tuple[float, ...]) -> np.ndarray:
    """Receipts of REVENUE; NaN where they depend on months that are not known."""
    rows = [np.append([np.nan] * age, REVENUE[: len(REVENUE) - age]) * share for age, share in enumerate(shares)]
    total: np.ndarray = np.sum(rows, axis=0)
    return total


@pytest.mark.parametrize("shares", [(0.6, 0.3, 0.1), (0.0, 1.0, 0.0), (1.0, 0.0, 0.0), (0.25, 0.0, 0.75)])
def test_exact_receipts_give_the_shares_back(shares: tuple[float, ...]) -> None:
    found = fit_lag(REVENUE, paid(shares))
    assert found is not None
    assert [share.value for share in found.shares] == pytest.approx(shares, abs=1e-6)
    assert found.lost.value == 0
    assert found.mean.value == pytest.approx(shares[1] + 2 * shares[2], abs=1e-6)
    still = REVENUE[-1] * (shares[1] + shares[2]) + REVENUE[-2] * shares[2]
    assert found.open.value == pytest.approx(still, abs=0.01)
    assert found.months == 12


def test_what_is_never_paid_is_told_from_what_is_late() -> None:
    found = fit_lag(REVENUE, paid((0.5, 0.3, 0.1)))
    assert found is not None
    assert found.lost.value == pytest.approx(0.1, abs=1e-6)
    still = REVENUE[-1] * 0.5 + REVENUE[-2] * 0.2  # what will be written off is still a receivable
    assert found.open.value == pytest.approx(still, abs=0.01)


def test_bounds_hold_and_nothing_fits_better() -> None:
    """Least squares on the simplex, against every vector of a grid of two hundredths."""
    noisy = paid((0.0, 0.9, 0.1)) * np.exp(0.05 * np.random.default_rng(3).standard_normal(14))
    found = fit_lag(REVENUE, noisy)
    assert found is not None
    design = np.array([np.append([np.nan] * age, REVENUE[: 14 - age]) for age in range(3)]).T[2:]
    weights = 1 / design.mean(axis=1)

    def squares(shares: np.ndarray) -> float:
        return float((((noisy[2:] - design @ shares) * weights) ** 2).sum())

    ours = np.array([share.value for share in found.shares])
    grid = [np.array([a, b, 1 - a - b]) for a, b in product(np.arange(0, 1.01, 0.02), repeat=2) if a + b <= 1 + 1e-9]
    assert ours.min() >= 0
    assert ours.sum() == pytest.approx(1, abs=1e-6)
    assert squares(ours) <= min(map(squares, grid)) + 1e-9
    assert all(0 <= share.low <= share.value <= share.high <= 1 for share in found.shares)


def test_even_or_short_revenue_tells_nothing() -> None:
    assert fit_lag(np.full(20, 1000.0), np.full(20, 1000.0)) is None
    assert fit_lag(REVENUE[:7], paid((0.6, 0.3, 0.1))[:7]) is None
    noise = np.random.default_rng(5).normal(0, 900, 14)
    assert fit_lag(REVENUE, paid((0.6, 0.3, 0.1)) + noise) is None


def books_of(**columns: np.ndarray | list[float]) -> Actuals:
    """Books that add up, with the columns given in place of theirs."""
    months = len(REVENUE)
    received = np.where(np.isnan(paid((0.6, 0.3, 0.1))), REVENUE, paid((0.6, 0.3, 0.1)))
    amounts = {
        "cash": 50_000 + np.cumsum(received - 900 - 300 - 100),
        "revenue": REVENUE,
        "payroll": np.full(months, 900.0),
        "compute": np.full(months, 300.0),
        "other": np.full(months, 100.0),
        "collections": received,
    } | columns
    calendar = tuple(Month(2024, 1) + index for index in range(months))
    named = {name: tuple(np.asarray(values, float).tolist()) for name, values in amounts.items()}
    return Actuals("books.csv", "USD", calendar, named)


def without(actuals: Actuals, *names: str) -> Actuals:
    return replace(actuals, amounts={name: row for name, row in actuals.amounts.items() if name not in names})


def test_books_that_add_up() -> None:
    found = read_books(books_of())
    assert math.isnan(found.unexplained[0])  # the cash before the first month is not known
    assert found.unexplained[1:] == pytest.approx(np.zeros(13), abs=1e-6)
    assert not found.material
    assert found.from_collections


def test_collections_are_what_cash_and_payments_leave_over() -> None:
    found = read_books(without(books_of(), "collections"))
    assert found.lag is not None
    assert [share.value for share in found.lag.shares] == pytest.approx([0.6, 0.3, 0.1], abs=1e-6)
    assert not found.from_collections
    assert not found.material


def test_what_is_missing_is_found_month_by_month() -> None:
    whole = books_of()
    gone = np.zeros(14)
    gone[5], gone[9] = 250, -40
    found = read_books(books_of(cash=np.array(whole.amounts["cash"]) - np.cumsum(gone)))
    assert found.unexplained[[5, 9, 10]] == pytest.approx([-250, 40, 0], abs=1e-6)
    assert found.material
    assert found.mean is not None
    assert found.mean.value == pytest.approx(-210 / 13)


def test_money_raised_is_not_taken_for_receipts() -> None:
    """A jump that no column explains is taken as money raised, and set aside; a column says so by itself."""
    raised = np.zeros(14)
    raised[6] = 80_000
    cash = np.array(books_of().amounts["cash"]) + np.cumsum(raised)
    for actuals in (books_of(cash=cash), without(books_of(cash=cash), "collections")):
        found = read_books(actuals)
        assert found.raised.nonzero()[0].tolist() == [6]
        assert found.raised[6] == pytest.approx(80_000, rel=0.05)
        assert not found.material
    said = read_books(books_of(cash=cash, raised=raised))
    assert not said.raised.any()
    assert not said.material


def test_without_a_lag_the_books_are_checked_at_a_month() -> None:
    even = np.full(14, 1000.0)
    cash = 50_000 + np.cumsum(even - 900 - 300 - 100 - 70)
    found = read_books(without(books_of(revenue=even, cash=cash), "collections"))
    assert found.lag is None
    assert found.unexplained[1:] == pytest.approx(np.full(13, -70.0))
    assert found.material


def test_months_that_are_not_known_are_left_out() -> None:
    whole = books_of()
    other = np.array(whole.amounts["other"])
    other[4] = np.nan
    found = read_books(books_of(other=other))
    assert found.known == 12
