"""The three statements of companies of which everything is known, calculated by hand to the cent."""

from typing import Any

import numpy as np
import pytest

from tarmac.statements import Statements, statements_of
from tarmac.statements.tables import WITHIN
from tests.test_statements import HEAD, RENT, STAFF, attempt, company


def certain(months: int = 3, **sections: Any) -> Statements:
    """The statements of a company of which everything is known."""
    return statements_of(company(**sections), 1, months=months, paths=1, seed=1)


def rows(table: Any) -> dict[str, list[float]]:
    """The lines that are not zero throughout, to the cent."""
    cents = {line: np.round(row, 2).tolist() for line, row in table.items()}
    return {line: row for line, row in cents.items() if any(row)}


def test_three_months_by_hand() -> None:
    """Customers pay late or in advance, or never; bills, taxes and a loan fall due; credits are used and expire."""
    found = certain(
        revenue=[
            {"name": "sales", "kind": "usage", "monthly": 300, "collected_after": 1, "bad_debt": 0.1}
            | {"opening_receivables": 100},
            {"name": "plans", "kind": "subscription", "monthly": 120, "prepaid_months": 3, "opening_deferred": 60},
        ],
        team=[STAFF | {"headcount": 2, "payroll_tax": 0.1, "payroll_tax_after": 1}],
        compute=[
            {"name": "cloud", "kind": "on_demand", "monthly": 150, "terms": 1, "opening_payables": 70}
            | {"credits": {"amount": 200, "expires": "2024-01"}}
        ],
        cost=[RENT | {"monthly": 50}, {"name": "vat", "kind": "tax", "monthly": 30, "terms": 1}],
        debt=[{"name": "bank", "kind": "loan", "principal": 120, "interest": 0.12, "repaid_over": 12}],
        round=[attempt("equity", 500), attempt("grant", 40, "2024-03")],
    )
    assert rows(found.profit_and_loss) == {
        "revenue: sales": [300, 300, 300],
        "revenue: plans": [80, 100, 120],
        "revenue earned": [380, 400, 420],
        "bad debts written off": [-10, -30, -30],
        "grants": [0, 0, 40],
        "payroll, with severance": [-200, -200, -200],
        "payroll taxes": [-20, -20, -20],
        "compute: cloud": [-150, -150, -150],
        "cost: rent": [-50, -50, -50],
        "tax: vat": [-30, -30, -30],
        "credits lost": [0, -50, 0],
        "total costs": [-450, -500, -450],
        "interest on debt": [-1.2, -1.1, -1.0],
        "result": [-81.2, -131.1, -21.0],
    }
    assert rows(found.cash_flow) == {
        "opening cash": [1000, 828.8, 1407.7],
        "collected from customers": [210, 390, 390],
        "paid to people": [-200, -200, -200],
        "taxes paid": [-50, -50, -50],
        "paid to vendors": [-120, -50, -200],
        "interest paid": [-1.2, -1.1, -1.0],
        "operating cash flow": [-161.2, 88.9, -61.0],
        "grants": [0, 0, 40],
        "equity and SAFEs": [0, 500, 0],
        "principal repaid": [-10, -10, -10],
        "cash flow from financing": [-10, 490, -10],
        "change in cash": [-171.2, 578.9, -31.0],
        "closing cash": [828.8, 1407.7, 1376.7],
    }
    assert rows(found.balance_sheet) == {
        "cash": [828.8, 1407.7, 1376.7],
        "receivables": [300, 300, 300],
        "credits with vendors": [50, 0, 0],
        "total assets": [1178.8, 1707.7, 1676.7],
        "payables to vendors": [0, 150, 150],
        "taxes owed": [50, 50, 50],
        "deferred revenue": [100, 120, 120],
        "loans": [110, 100, 90],
        "total liabilities": [260, 420, 410],
        "equity at the opening": [1000, 1000, 1000],
        "paid in since": [0, 500, 500],
        "retained result": [-81.2, -212.3, -233.3],
        "total equity": [918.8, 1287.7, 1266.7],
        "total liabilities and equity": [1178.8, 1707.7, 1676.7],
    }
    opening = {line: amount for line, amount in found.opening.items() if amount}
    assert opening == {
        "cash": 1000,
        "receivables": 100,
        "credits with vendors": 200,
        "total assets": 1300,
        "payables to vendors": 70,
        "taxes owed": 50,
        "deferred revenue": 60,
        "loans": 120,
        "total liabilities": 300,
        "equity at the opening": 1000,
        "total equity": 1000,
        "total liabilities and equity": 1300,
    }


def test_what_is_left_unpaid_at_insolvency_is_owed() -> None:
    """50 in cash, wages of 100 and rent of 100 due at once: half the wages are paid, and no rent."""
    found = certain(cash={"opening": 50}, team=[STAFF], cost=[RENT])
    assert (found.insolvent, found.lasts) == (0, 1)
    assert rows(found.cash_flow) == {
        "opening cash": [50, 0, 0],
        "paid to people": [-100, 0, 0],
        "paid to vendors": [-100, 0, 0],
        "operating cash flow": [-200, 0, 0],
        "left unpaid at insolvency": [150, 0, 0],
        "change in cash": [-50, 0, 0],
    }
    sheet = rows(found.balance_sheet)
    assert sheet["payables to vendors"] == sheet[WITHIN] == [100, 100, 100]
    assert sheet["wages and other dues unpaid"] == [50, 50, 50]
    assert sheet["total equity"] == [-150, -150, -150]
    assert "total assets" not in sheet


def test_an_overdraft_pays_what_cash_does_not() -> None:
    found = certain(company=HEAD | {"insolvent_when": "cash_below_zero"}, cash={"opening": 150}, cost=[RENT])
    assert found.insolvent == 1
    assert rows(found.cash_flow)["overdrawn at insolvency"] == [0, 50, 0]
    assert rows(found.balance_sheet)["bank overdraft"] == [0, 50, 50]
    assert rows(found.balance_sheet)["total equity"] == [50, -50, -50]


def test_cash_that_is_left_at_insolvency_stays() -> None:
    """A month's payroll is kept, so that the rent that nobody waits for is missed with cash in the bank."""
    found = certain(cash={"opening": 250, "keep_payroll_months": 1}, team=[STAFF], cost=[RENT])
    assert found.insolvent == 0
    assert rows(found.cash_flow)["closing cash"] == [100, 100, 100]
    assert rows(found.balance_sheet)[WITHIN] == [50, 50, 50]
    assert "left unpaid at insolvency" not in rows(found.cash_flow)


def test_after_an_acquisition_nothing_moves() -> None:
    """Not even in its own month, whatever else happens then."""
    found = certain(cost=[RENT | {"terms": 1}], round=[attempt("acquisition", 9000), attempt("equity", 70)])
    assert (found.insolvent, found.acquired, found.lasts) == (None, 1, 1)
    assert rows(found.profit_and_loss) == {name: [-100, 0, 0] for name in ("cost: rent", "total costs", "result")}
    assert rows(found.cash_flow)["closing cash"] == [900, 900, 900]
    assert rows(found.balance_sheet)["payables to vendors"] == [100, 100, 100]


def test_an_acquisition_at_once_leaves_the_opening() -> None:
    found = certain(cost=[RENT], round=[attempt("acquisition", 9000, "2024-01")])
    assert found.lasts == 0
    assert rows(found.balance_sheet)["cash"] == [1000, 1000, 1000]
    assert found.notes == ("Acquired in Jan 2024: the statements end with the month before, and balances stay.",)


@pytest.mark.parametrize(
    ("round_", "lines"),
    [
        (attempt("equity", 70, pre_money=1000), ("equity and SAFEs", "paid in since")),
        (attempt("safe", 70, cap=1000), ("equity and SAFEs", "paid in since")),
        (attempt("note", 70, interest=0, matures="2026-01"), ("convertible notes", "convertible notes")),
        (attempt("debt", 70, interest=0, repaid_over=24), ("loans", "loans")),
        (attempt("grant", 70), ("grants", "retained result")),
        (attempt("asset_sale", 70), ("assets sold", "retained result")),
    ],
    ids=lambda value: value["instrument"] if isinstance(value, dict) else "",
)
def test_money_from_outside_by_kind(round_: dict[str, Any], lines: tuple[str, str]) -> None:
    found = certain(2, round=[round_])
    came, stands = lines
    assert rows(found.cash_flow) == {
        "opening cash": [1000, 1000],
        came: [0, 70],
        **({} if came in ("grants", "assets sold") else {"cash flow from financing": [0, 70]}),
        "change in cash": [0, 70],
        "closing cash": [1000, 1070],
    }
    assert rows(found.balance_sheet)[stands] == [0, 70]
    assert rows(found.profit_and_loss) == ({came: [0, 70], "result": [0, 70]} if stands == "retained result" else {})


def test_credits_and_converted_notes_are_paid_in_without_cash() -> None:
    found = certain(
        compute=[{"name": "cloud", "kind": "on_demand", "monthly": 10}],
        round=[
            attempt("note", 200, "2024-01", interest=0.12, matures="2026-01"),
            attempt("compute", 300, vendor="cloud"),
            attempt("equity", 500, "2024-03"),
        ],
    )
    assert rows(found.balance_sheet)["paid in since"] == [0, 300, 1002]  # 200, and 2 of interest in February
    assert rows(found.balance_sheet)["convertible notes"] == [200, 202, 0]
    assert rows(found.balance_sheet)["credits with vendors"] == [0, 300, 290]
    assert rows(found.profit_and_loss)["interest on debt"] == [0, -2, 0]
    assert "interest paid" not in rows(found.cash_flow)
    assert rows(found.cash_flow)["paid to vendors"] == [-10, -10, 0]


def test_what_vendors_forgive_is_income_and_what_they_charge_for_waiting_a_cost() -> None:
    late = RENT | {"stretch": 6, "late_interest": 0.12, "opening_payables": 0}
    forgiving = [{"name": "deal", "rate": 5, "effect": {"target": "cost.rent", "forgive": 1}}]
    sections: dict[str, Any] = {"cash": {"opening": 60}, "cost": [late]}
    waiting, forgiven = (rows(certain(3, **sections, event=event).profit_and_loss) for event in ([], forgiving))
    assert waiting["interest on late bills"] == [0, -0.4, -1.4]
    assert forgiven["debts forgiven"] == [0, 40, 100]
    assert "interest on late bills" not in forgiven


def test_a_credit_line_is_drawn_and_repaid() -> None:
    line = {"name": "bank", "kind": "credit_line", "limit": 500, "interest": 0.12}
    found = certain(cash={"opening": 50}, cost=[RENT], debt=[line], round=[attempt("equity", 500)])
    flow = rows(found.cash_flow)
    assert flow["credit line drawn"] == [50, 0, 0]
    assert flow["credit line repaid"] == [0, -50, 0]
    assert flow["interest paid"] == [0, -0.5, 0]
    assert rows(found.balance_sheet)["credit line"] == [50, 0, 0]
