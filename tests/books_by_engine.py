"""Actuals that the engine makes: the books of companies whose growth, volatility, persistence and lag are known."""

from typing import Any

import numpy as np

from tarmac.actuals import Actuals
from tarmac.company import company_from
from tarmac.engine.block import Job, Prepared
from tarmac.engine.ledger import Ledger
from tarmac.layout import plan_of
from tarmac.months import Month

FIRST = Month(2024, 1)
LINES = {"revenue": "revenue.revenue", "compute": "compute.compute", "other": "cost.other"}


class Bookkeeper:
    """Watches a ledger and writes down what a company's books would say; each column of shape (months, paths)."""

    def __init__(self) -> None:
        self.columns: dict[str, list[Any]] = {name: [] for name in (*LINES, "payroll", "cash", "collections")}

    def month_end(self, month: int, ledger: Ledger) -> None:  # noqa: ARG002  (as every watcher)
        state, paths = ledger.state, ledger.drivers.paths
        billed = {line.line.level.path: line.billed for line in ledger.vendors}
        rows = {
            "revenue": ledger.earned["revenue.revenue"],
            "compute": billed["compute.compute"],
            "other": billed["cost.other"],
            "payroll": state.payroll,
            "cash": state.cash,
            "collections": state.receipts,
        }
        for name, row in rows.items():
            self.columns[name].append(np.broadcast_to(row, paths).astype(float).copy())


def document(**revenue: Any) -> dict[str, Any]:
    """A company that never runs dry, with some keys of its revenue changed."""
    line = {"name": "revenue", "kind": "other", "monthly": 100_000, "growth": 0.04, "volatility": 0.12}
    return {
        "company": {"name": "Known", "currency": "USD", "first_month": str(FIRST)},
        "cash": {"opening": 1_000_000_000},
        "revenue": [line | {"collected_after": [0.5, 0.3, 0.2]} | revenue],
        "team": [{"name": "payroll", "headcount": 10, "cost": 9_000}],
        "compute": [{"name": "compute", "kind": "on_demand", "monthly": 20_000, "growth": 0.02, "volatility": 0.1}],
        "cost": [{"name": "other", "monthly": 15_000}],
    }


def books(declared: dict[str, Any], *, months: int, paths: int, seed: int) -> list[Actuals]:
    """The actuals of some paths of a company, without a column of collections."""
    job = Job(plan_of(company_from(declared)), seed, months, paths)
    keeper = Bookkeeper()
    Prepared(job, 0).ledger().run([keeper])
    columns = {name: np.array(rows) for name, rows in keeper.columns.items() if name != "collections"}
    calendar = tuple(FIRST + month for month in range(months))
    return [
        Actuals("books.csv", "USD", calendar, {name: tuple(rows[:, path].tolist()) for name, rows in columns.items()})
        for path in range(paths)
    ]
