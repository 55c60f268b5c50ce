"""Which lines make up profit and loss, cash flow and balance sheet."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from tarmac.engine.accounts import Accounts
from tarmac.plan import Plan

Series = NDArray[np.float64]
"""An amount by month, shape (months,)."""

TOTALS: Final = frozenset(
    {
        "revenue earned",
        "total costs",
        "result",
        "opening cash",
        "operating cash flow",
        "cash flow from financing",
        "change in cash",
        "closing cash",
        "total assets",
        "total liabilities",
        "total equity",
        "total liabilities and equity",
    }
)
"""Lines that are made of others of their statement, and are never left out of a table."""

WITHIN: Final = "of which past due"
"""The line that is part of the one before it, and made of those by age that follow it."""

_AGED: Final = "past due "


def within(line: str) -> int:
    """How many lines before it a line is part of: 0 for one that stands by itself.

    >>> within("receivables"), within("of which past due"), within("past due by 2 months")
    (0, 1, 2)
    """
    return 1 if line == WITHIN else 2 * line.startswith(_AGED)


@dataclass(frozen=True)
class Tables:
    """The three statements as they stand on some paths, line by line.

    Rows of shape (months,) or (months, paths); those of the balance sheet hold the opening too, as their first month.
    """

    profit_and_loss: Mapping[str, Series]
    cash_flow: Mapping[str, Series]
    balance_sheet: Mapping[str, Series]


def tables_of(plan: Plan, accounts: Accounts) -> Tables:
    """The statements that accounts make."""
    flows, balances = accounts.flows, accounts.balances
    profit_and_loss = _profit_and_loss(plan, flows)
    since = {"paid in since": _so_far(flows["paid in"]), "retained result": _so_far(profit_and_loss["result"])}
    return Tables(
        profit_and_loss,
        _cash_flow(plan, flows, cash=balances["cash"]),
        _balance_sheet(plan, balances, since=since),
    )


def _profit_and_loss(plan: Plan, flows: Mapping[str, Series]) -> dict[str, Series]:
    """Revenue earned and other income, less what was used up, whoever has been paid."""
    revenue = {_label(line.level.path): flows[line.level.path] for line in plan.revenue}
    billed = {_label(line.level.path, tax=line.tax): -flows[line.level.path] for line in plan.vendors}
    compute = {line: row for line, row in billed.items() if line.startswith("compute")}
    taxes = {line: row for line, row in billed.items() if line.startswith("tax")}
    others = {line: row for line, row in billed.items() if line not in compute.keys() | taxes.keys()}
    other = {
        "bad debts written off": -flows["written off"],
        "one-off cash": flows["one-offs"],
        "grants": flows["grants"],
        "assets sold": flows["assets sold"],
        "debts forgiven": flows["forgiven"],
    }
    costs = {
        "payroll, with severance": -flows["payroll"],
        "payroll taxes": -flows["payroll taxes"],
        **compute,
        **others,
        **taxes,
        "interest on late bills": -flows["late interest"],
        "credits lost": -flows["credits lost"],
    }
    interest = {"interest on debt": -flows["interest"]}
    result = _sum((revenue | other | costs | interest).values(), like=flows["collected"])
    return _clean(
        revenue
        | {"revenue earned": _sum(revenue.values(), like=result)}
        | other
        | costs
        | {"total costs": _sum(costs.values(), like=result)}
        | interest
        | {"result": result}
    )


def _label(path: str, *, tax: bool = False) -> str:
    section, _, name = path.partition(".")
    return f"{'tax' if tax else section}: {name}"


def _cash_flow(plan: Plan, flows: Mapping[str, Series], *, cash: Series) -> dict[str, Series]:
    """Where cash came from and went to. Payments of the month of insolvency are all those due; see `left unpaid`."""
    operating = {
        "collected from customers": flows["collected"],
        "one-off cash": flows["one-offs"],
        "paid to people": -flows["payroll"],
        "taxes paid": -flows["taxes paid"],
        "paid to vendors": -flows["paid to vendors"],
        "interest paid": -flows["interest paid"],
    }
    other = {"grants": flows["grants"], "assets sold": flows["assets sold"]}
    financing = {
        "equity and SAFEs": flows["shares"],
        "convertible notes": flows["notes"],
        "loans": flows["loans"],
        "credit line drawn": flows["drawn"],
        "credit line repaid": -flows["repaid"],
        "principal repaid": -flows["principal"],
    }
    unpaid = {_unpaid(plan): flows["left unpaid"]}
    change = _sum((operating | other | financing | unpaid).values(), like=flows["collected"])
    return _clean(
        {"opening cash": cash[:-1]}
        | operating
        | {"operating cash flow": _sum(operating.values(), like=change)}
        | other
        | financing
        | {"cash flow from financing": _sum(financing.values(), like=change)}
        | unpaid
        | {"change in cash": change, "closing cash": cash[1:]}
    )


def _unpaid(plan: Plan) -> str:
    """What makes up for payments of the month of insolvency for which there was no cash."""
    return "overdrawn at insolvency" if _overdraws(plan) else "left unpaid at insolvency"


def _overdraws(plan: Plan) -> bool:
    return plan.insolvent_when == "cash_below_zero"


def _balance_sheet(plan: Plan, balances: Mapping[str, Series], *, since: Mapping[str, Series]) -> dict[str, Series]:
    """What there is and what is owed, as the engine holds it; and equity, as what was there, paid in and retained.

    So that the two sides are equal is a finding, not a definition.
    """
    like = balances["cash"]
    assets = {
        "cash": balances["cash"],
        "receivables": balances["receivables"],
        "credits with vendors": balances["credits"],
    }
    payables = {"payables to vendors": balances["payables"]}
    liabilities = {
        "taxes owed": balances["taxes"],
        "deferred revenue": balances["deferred"],
        "loans": balances["loans"],
        "convertible notes": balances["notes"],
        "credit line": balances["credit line"],
        "bank overdraft" if _overdraws(plan) else "wages and other dues unpaid": balances["unpaid"],
    }
    total, owed = _sum(assets.values(), like=like), _sum((payables | liabilities).values(), like=like)
    equity = {"equity at the opening": np.full_like(like, total[0] - owed[0]), **since}
    worth = _sum(equity.values(), like=like)
    return _clean(
        assets
        | {"total assets": total}
        | payables
        | {WITHIN: balances["arrears"]}
        | {_age(name): row for name, row in balances.items() if name.startswith(_AGED)}
        | liabilities
        | {"total liabilities": owed}
        | equity
        | {"total equity": worth, "total liabilities and equity": owed + worth}
    )


def _age(name: str) -> str:
    """What an age of arrears is called."""
    months = name.removeprefix(_AGED)
    return f"{_AGED}by {months} month{'' if months == '1' else 's'}" if months != "0" else f"{_AGED}since this month"


def _so_far(flow: Series) -> Series:
    """What has come since the opening, there and at each month's end."""
    return np.concatenate([np.zeros_like(flow[:1]), np.cumsum(flow, axis=0)])


def _sum(rows: Iterable[Series], *, like: Series) -> Series:
    return sum(rows, start=np.zeros_like(like))


def _clean(lines: Mapping[str, Series]) -> dict[str, Series]:
    """Without negative zeros."""
    return {line: row + 0.0 for line, row in lines.items()}
