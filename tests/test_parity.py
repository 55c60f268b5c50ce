"""The engine against plain loops, path by path, on random companies that use every mechanism."""

import inspect
from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from tarmac.company import Company, company_from
from tarmac.company.base import Table
from tarmac.company.reactions import Correlation
from tarmac.engine.block import Job, Prepared
from tarmac.engine.ledger import Ledger
from tarmac.engine.ownership import Ownership
from tarmac.engine.selection import Some
from tarmac.engine.standing import credits_left, debt, deferred, receivables, taxes_owed
from tarmac.layout import plan_of
from tests.companies_at_random import FIRST, document_at
from tests.plain import books
from tests.plain_plans import CLOCKS, Books

COMPANIES = 250
PATHS = 12
LONGEST = 16

Rows = dict[str, NDArray[np.float64]]
"""Amounts of a month by name. Shape (paths,)."""


class Record:
    """Keeps every row of a ledger, and checks at each month's end that no cash appears or vanishes."""

    def __init__(self, ledger: Ledger) -> None:
        self._cash = ledger.state.cash.copy()
        self._size = np.abs(self._cash)
        self._alive = np.ones(len(self._cash), np.bool_)
        self.months: list[Rows] = []

    def month_end(self, month: int, ledger: Ledger) -> None:
        rows = {**balances(ledger, month), **flows(ledger)}
        self.months.append({name: np.array(np.broadcast_to(row, self._cash.shape)) for name, row in rows.items()})
        self._check(month, ledger)

    def _check(self, month: int, ledger: Ledger) -> None:
        state = ledger.state
        self._alive[state.sold] = False
        expected = self._cash + state.receipts + state.drawn + dense(state.funding, len(self._cash))
        out = (state.payroll, state.interest, state.principal, state.taxes, state.paid)
        expected -= sum(out)
        self._size += sum(np.abs(row) for row in (state.receipts, dense(state.funding, len(self._cash)), *out))
        closing = state.cash.copy()
        paths, left = state.left_behind
        fresh = paths[self._alive[paths]]
        closing[fresh] = left[self._alive[paths]]
        wrong = np.abs(expected - closing)[self._alive] > 1e-9 * self._size[self._alive] + 1e-9
        assert not wrong.any(), (month, expected[self._alive][wrong], closing[self._alive][wrong])
        self._alive &= state.alive
        self._cash = state.cash.copy()


def balances(ledger: Ledger, month: int) -> Rows:
    """What stands in the books at a month's end."""
    state = ledger.state
    return {
        "cash": state.cash,
        "arrears": state.arrears,
        "payables": state.payables,
        "oldest": ledger.paying.oldest.astype(np.float64),
        "receivables": receivables(ledger, month),
        "credits": credits_left(ledger),
        "taxes_owed": taxes_owed(ledger),
        "deferred": deferred(ledger, month),
        "debt": debt(ledger),
    }


def flows(ledger: Ledger) -> Rows:
    """What flowed in a month."""
    state, nothing = ledger.state, np.zeros(1)
    rare = {
        "bad_debt": ledger.written_off,
        "payroll_tax": ledger.payroll_tax,
        "late_interest": ledger.late_interest,
        "credits_lost": ledger.credits_lost,
    }
    used = [vendor.credits.used for vendor in ledger.vendors if vendor.credits is not None]
    return {name: nothing if row is None else row for name, row in rare.items()} | {
        "net_burn": state.net_burn,
        "earned": state.earned,
        "payroll": state.payroll,
        "billed": sum((vendor.billed for vendor in ledger.vendors), start=nothing),
        "interest": state.interest + ledger.interest_added,
        "other_income": state.one_offs + dense(ledger.other_income, len(state.cash)),
        "funding": dense(state.funding, len(state.cash)),
        "credits_used": sum(used, start=nothing),
    }


def dense(found: list[Some], width: int) -> NDArray[np.float64]:
    """The sum by path of amounts on some of them."""
    total = np.zeros(width)
    for paths, amounts in found:
        np.add.at(total, paths, amounts)
    return total


def compare(company: Company, close: list[Books], *, months: int, seed: int) -> None:
    """Every path of a block, against the plain loops."""
    prepared = Prepared(Job(plan_of(company), seed, months, PATHS), 0)
    ledger = prepared.ledger()
    record = Record(ledger)
    struck = ledger.run([record])
    assert struck.keys() == set(CLOCKS)
    owned = ledger.ownership
    sales, cashed = summed(owned.sales if owned else []), summed(owned.secondary_sales if owned else [])
    for path in range(PATHS):
        expected = books(company, prepared.drivers.draws, path)
        close.append(expected)
        if not expected.close and owned is not None:
            same_owners(expected, path, owned, proceeds=sales.get(path))
            assert cashed.get(path, 0.0) == pytest.approx(expected.cashed, rel=1e-5, abs=1e-3)
        if not expected.close:
            same(expected, path, record.months, {name: int(row[path]) for name, row in struck.items()})


def same(expected: Books, path: int, months: list[Rows], struck: dict[str, int]) -> None:
    """Cash, burn and what else flows up to the month of insolvency; what is owed at the ends of the months before."""
    last = expected.clocks["insolvent"]
    for name, values in expected.rows.items():
        for month, (value, scale) in enumerate(zip(values, expected.rows["scale"], strict=True)):
            if name == "scale" or (month == last and name not in UP_TO_INSOLVENCY):
                continue  # read of nobody who is insolvent
            found = float(months[month][name][path])
            assert abs(found - value) <= 1e-6 * scale + 1e-9, (name, month, path, found, value, struck, expected.clocks)
    assert struck == expected.clocks, (path, struck, expected.clocks)


def summed(sales: list[Some]) -> dict[int, float]:
    """What common holders got of some sales together, by path."""
    got: dict[int, float] = {}
    for some in sales:
        for path, amount in zip(*some, strict=True):
            got[int(path)] = got.get(int(path), 0.0) + float(amount)
    return got


def same_owners(expected: Books, path: int, owned: Ownership, *, proceeds: float | None) -> None:
    """Who owns what at the end, where the company is not sold; what a sale brings where it is."""
    assert (proceeds is None) == (expected.proceeds is None)
    if proceeds is not None and expected.proceeds is not None:
        assert proceeds == pytest.approx(expected.proceeds, rel=1e-5, abs=1e-3)
    elif expected.held:
        found = dict(zip(owned.owners, owned.held[:, path].tolist(), strict=True))
        nobody = dict.fromkeys(found | expected.held, 0.0)
        assert nobody | found == pytest.approx(nobody | expected.held, abs=1e-6)


UP_TO_INSOLVENCY = {"cash", "net_burn", "earned", "payroll", "payroll_tax", "billed", "bad_debt", "interest", "funding"}


def test_the_plain_company_is_at_most_ninety_lines() -> None:
    code = [line for line in inspect.getsource(books).splitlines() if line.strip() and '"""' not in line]
    assert len(code) <= 90


@pytest.mark.slow
def test_every_path_is_that_of_the_plain_loops() -> None:
    """250 companies; a path on which a decision falls within rounding of its threshold is left out, and is rare."""
    found: list[Books] = []
    for number in range(COMPANIES):
        compare(company_from(document_at(number)), found, months=number % LONGEST + 1, seed=number)
    assert sum(path.close for path in found) < 0.02 * len(found)
    for clock in CLOCKS:
        assert sum(path.clocks[clock] < path.horizon for path in found) > 0.01 * len(found), clock
    for name in found[0].rows:
        assert sum(any(path.rows.get(name, ())) for path in found) > 0.01 * len(found), name
    assert sum(len(path.held) > 2 for path in found) > 0.1 * len(found)
    assert sum(bool(path.proceeds) for path in found) > 0.005 * len(found)


def test_random_companies_use_every_kind_of_table_and_every_key() -> None:
    found: set[tuple[type[Table], str]] = set()
    for number in range(COMPANIES):
        for table in tables_in(company_from(document_at(number))):
            found |= {(type(table), key) for key in table.model_fields_set}
    kinds = {kind for kind, _ in found}
    declared = {kind for kind in below(Table) if kind.__module__.startswith("tarmac.company.")}
    assert {kind for kind in declared if not kind.__subclasses__()} - kinds == {Correlation}
    missing = {f"{kind.__name__}.{key}" for kind in kinds for key in kind.model_fields if (kind, key) not in found}
    assert {name for name in missing if name.partition(".")[2] not in NO_MECHANISM} == set()


NO_MECHANISM = {"facts", "posterior", "story", "reporting_lag_months", "correlation"}


def below(kind: type[Table]) -> set[type[Table]]:
    return {kind for child in kind.__subclasses__() for kind in (child, *below(child))}


def tables_in(value: Any) -> Iterator[Table]:
    """Every table of a company, itself included."""
    if isinstance(value, Table):
        yield value
        inside: Iterable[Any] = [item for _, item in value]
    else:
        inside = value.values() if isinstance(value, dict) else value if isinstance(value, tuple) else ()
    for item in inside:
        yield from tables_in(item)


# What random companies do not show, or showed once


def by_hand(months: int, **sections: Any) -> tuple[dict[str, list[float]], dict[str, int]]:
    """The rows and clocks of a certain company."""
    head = {"name": "Example", "currency": "USD", "first_month": FIRST}
    company = company_from({"company": head, "cash": {"opening": 1000}} | sections)
    ledger = Prepared(Job(plan_of(company), 1, months, 1), 0).ledger()
    record = Record(ledger)
    struck = ledger.run([record])
    rows = {name: [float(month[name][0]) for month in record.months] for name in record.months[0]}
    return rows, {name: int(row[0]) for name, row in struck.items()}


def test_a_refund_of_a_patient_vendor_pays_others_and_is_no_bill_left_unpaid() -> None:
    rows, struck = by_hand(
        3,
        cash={"opening": 1000, "keep_payroll_months": 5},
        team=[{"name": "staff", "headcount": 1, "cost": 300}],
        cost=[{"name": "a", "monthly": 10}, {"name": "b", "monthly": 0, "noise": -50, "stretch": 2}],
    )
    assert rows["cash"][:2] == [740, 480]
    assert rows["arrears"][:2] == [0, 0]
    assert struck["first_missed_bill"] == 3


@pytest.mark.parametrize(
    "patient", [[], [{"name": "b", "monthly": 0, "stretch": 2}]], ids=["alone", "with a patient one"]
)
@pytest.mark.parametrize(("terms", "payables"), [(0, [0, 50]), (1, [100, 150])])
def test_what_is_left_unpaid_in_the_month_of_insolvency_is_owed(
    terms: int, payables: list[float], patient: list[dict[str, Any]]
) -> None:
    """Cash of 150 pays a bill of 100 and half of the next, whoever else might wait for money."""
    rows, struck = by_hand(2, cash={"opening": 150}, cost=[{"name": "a", "monthly": 100, "terms": terms}, *patient])
    assert struck["insolvent"] == 1
    assert rows["cash"] == [50, 0]
    assert rows["net_burn"] == [100, 50]
    assert rows["arrears"] == [0, 50]
    assert rows["payables"] == payables


def test_patience_ends_with_the_month_it_is_promised_for() -> None:
    """A bill of 100 a month, due at once, 2 months of tolerance, and no cash after the first."""
    rows, struck = by_hand(6, cash={"opening": 100}, cost=[{"name": "a", "monthly": 100, "stretch": 2}])
    assert rows["arrears"][:3] == [0, 100, 200]
    assert struck == {
        "insolvent": 3,
        "first_missed_bill": 1,
        "profitable": 6,
        "point_of_no_return": 1,
        "balance_sheet_insolvent": 1,
        "exit": 6,
    }


def test_bills_are_paid_in_the_order_in_which_patience_ends() -> None:
    """80 comes in a month: the vendor who waits for no one is paid, the patient one is not, until it must be."""
    rows, struck = by_hand(
        8,
        cash={"opening": 0},
        revenue=[{"name": "r", "kind": "other", "monthly": 80}],
        cost=[{"name": "patient", "monthly": 20, "stretch": 3}, {"name": "strict", "monthly": 70}],
    )
    assert rows["arrears"][:6] == pytest.approx([10, 20, 30, 40, 50, 60])
    assert struck["first_missed_bill"] == 0
    assert struck["insolvent"] == 6  # of the patient bill of month 3, due for good by month 6, 10 is left


def test_a_policy_that_touches_a_team_keeps_its_factor_and_currency() -> None:
    sections: dict[str, Any] = {
        "fx": {"EUR": 1.5},
        "team": [{"name": "staff", "headcount": 2, "cost": "10 EUR", "times": {FIRST: 1, "2024-02": 2}}],
    }
    freeze = [{"name": "freeze", "when": {"cash_below": 0}, "do": [{"freeze": "raises"}]}]
    expected = [30, 60, 60]
    assert by_hand(3, **sections)[0]["net_burn"] == expected
    assert by_hand(3, **sections, policy=freeze)[0]["net_burn"] == expected
