"""The three statements add up on every path of random companies, and are those of the path that was asked for."""

import json
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

import tarmac
from tarmac.company import Company, company_from
from tarmac.engine.accounts import Accountant
from tarmac.engine.block import Job, Prepared
from tarmac.engine.ledger import Ledger
from tarmac.errors import InputError
from tarmac.layout import plan_of
from tarmac.statements import Statements, statements_of
from tarmac.statements.finding import median_path
from tarmac.statements.tables import TOTALS, WITHIN, Tables, tables_of, within
from tarmac.streams import BLOCK_PATHS
from tests.companies_at_random import documents

PATHS = 20
HEAD = {"name": "Example", "currency": "USD", "first_month": "2024-01"}
STAFF = {"name": "staff", "headcount": 1, "cost": 100}
RENT = {"name": "rent", "monthly": 100}


def company(**sections: Any) -> Company:
    return company_from({"company": HEAD, "cash": {"opening": 1000}} | sections, "example.toml")


def attempt(instrument: str, amount: float, month: str = "2024-02", **more: Any) -> dict[str, Any]:
    head = {"name": f"{instrument} of {month}", "instrument": instrument, "starts": month, "takes": 0, "succeeds": 1}
    return head | {"amount": amount} | more


# On every path of random companies


class Witness:
    """Keeps what the engine itself says of every path."""

    def __init__(self) -> None:
        self.alive: list[NDArray[np.bool_]] = []
        self.rows: dict[str, list[NDArray[np.float64]]] = {
            name: [] for name in ("cash", "payables", "arrears", "net_burn", "earned")
        }

    def month_end(self, month: int, ledger: Ledger) -> None:  # noqa: ARG002
        self.alive.append(ledger.state.alive.copy())
        for name, kept in self.rows.items():
            kept.append(np.array(np.broadcast_to(getattr(ledger.state, name), PATHS)))


def scale(tables: Tables) -> NDArray[np.float64]:
    """The largest amounts so far, by which rounding is measured. Shape (months + 1, paths)."""
    sheet = tables.balance_sheet
    flows = sum(abs(row) for row in (*tables.profit_and_loss.values(), *tables.cash_flow.values()))
    so_far = np.concatenate([np.zeros((1, PATHS)), np.cumsum(flows, axis=0)])
    return 1.0 + so_far + abs(sheet["total assets"]) + abs(sheet["total liabilities"])


@pytest.mark.slow
@settings(max_examples=150, suppress_health_check=list(HealthCheck), phases=[Phase.generate], deadline=None)
@given(documents(), st.integers(1, 16), st.integers(0, 2**32))
def test_the_statements_of_every_path_add_up(document: dict[str, Any], months: int, seed: int) -> None:
    plan = plan_of(company_from(document))
    prepared = Prepared(Job(plan, seed, months, PATHS), 0)
    ledger = prepared.ledger()
    accountant, witness = Accountant(ledger, np.arange(PATHS)), Witness()
    struck = ledger.run([accountant, witness])
    accounts = accountant.accounts()
    tables = tables_of(plan, accounts)
    size = scale(tables)

    sheet, flow = tables.balance_sheet, tables.cash_flow
    assert np.all(abs(sheet["total assets"] - sheet["total liabilities and equity"]) <= 1e-9 * size)
    assert np.all(abs(flow["opening cash"] + flow["change in cash"] - flow["closing cash"]) <= 1e-9 * size[1:])
    np.testing.assert_array_equal(flow["closing cash"], sheet["cash"][1:])
    totals_are_sums(tables, size)

    alive = np.stack(witness.alive)
    said = {name: np.stack(kept)[alive] for name, kept in witness.rows.items()}
    held = {"cash": sheet["cash"][1:], "payables": sheet["payables to vendors"][1:], "arrears": sheet[WITHIN][1:]}
    held |= {"net_burn": -flow["operating cash flow"], "earned": tables.profit_and_loss["revenue earned"]}
    for name, row in held.items():
        assert np.all(abs(row[alive] - said[name]) <= 1e-9 * size[1:][alive]), name

    ends = np.minimum(struck["insolvent"] + 1, struck["exit"])
    over = np.arange(months)[:, None] >= ends
    for row in accounts.flows.values():
        assert not row[over].any()
    for row in accounts.balances.values():
        np.testing.assert_array_equal(row[1:][over], row[:-1][over])

    everybody = prepared.ledger()
    summing = Accountant(everybody)
    everybody.run([summing])
    for name, total in summing.accounts().flows.items():
        np.testing.assert_allclose(total[:, 0], accounts.flows[name].sum(axis=1), rtol=1e-9, atol=1e-6)


def totals_are_sums(tables: Tables, size: NDArray[np.float64]) -> None:
    """Every total is what its lines make, each counted once."""

    def lines(table: Any, *between: str) -> NDArray[np.float64]:
        names = list(table)
        first, last = (names.index(name) if name else -1 for name in between)
        parts = [table[name] for name in names[first + 1 : last] if name not in TOTALS and not within(name)]
        return np.sum(parts, axis=0) if parts else np.zeros_like(table[between[1]])

    for table, cases in (
        (tables.profit_and_loss, (("", "revenue earned"), ("debts forgiven", "total costs"), ("", "result"))),
        (tables.cash_flow, (("", "operating cash flow"), ("assets sold", "cash flow from financing"))),
        (tables.cash_flow, (("", "change in cash"),)),
        (tables.balance_sheet, (("", "total assets"), ("total assets", "total liabilities"))),
        (
            tables.balance_sheet,
            (("total liabilities", "total equity"), ("total assets", "total liabilities and equity")),
        ),
    ):
        for start, total in cases:
            gap = abs(lines(table, start, total) - table[total])
            assert np.all(gap <= 1e-9 * size[-len(gap) :]), total


# Whose they are


UNSURE = {
    "cash": {"opening": "300 to 900"},
    "revenue": [{"name": "sales", "kind": "usage", "monthly": "20 to 60", "volatility": 0.3, "collected_after": 1}],
    "team": [STAFF | {"headcount": "0.3 to 1.2"}],
    "cost": [RENT | {"monthly": "10 to 40", "terms": 1, "stretch": 2}],
    "round": [attempt("equity", 200, "2024-04") | {"takes": "1 to 6", "succeeds": "50%"}],
}


def closing(found: Statements) -> NDArray[np.float64]:
    return found.cash_flow["closing cash"]


def test_a_path_by_number_is_that_path_of_a_run() -> None:
    one = company(**UNSURE)
    samples = tarmac.simulate(one, months=18, paths=600, seed=5).samples
    for number in (1, 2, 7, 12):
        found = statements_of(one, number, months=18, paths=600, seed=5)
        assert (found.path, found.seed) == (number, 5)
        last = found.lasts if found.insolvent is None else found.insolvent
        np.testing.assert_array_equal(closing(found)[:last], samples[:last, number - 1])


def test_a_path_stays_the_same_whatever_else_is_run() -> None:
    one = company(**UNSURE)
    found = statements_of(one, 17, months=18, paths=600, seed=5)
    np.testing.assert_array_equal(closing(statements_of(one, 17, months=9, paths=600, seed=5)), closing(found)[:9])
    np.testing.assert_array_equal(closing(statements_of(one, 17, months=18, paths=17, seed=5)), closing(found))
    assert not np.array_equal(closing(statements_of(one, 17, months=18, paths=600, seed=6)), closing(found))
    assert not np.array_equal(closing(statements_of(one, 18, months=18, paths=600, seed=5)), closing(found))


def test_paths_of_later_blocks_are_found() -> None:
    one, paths = company(**UNSURE), BLOCK_PATHS + 300
    plan = plan_of(one)
    for number in (BLOCK_PATHS, BLOCK_PATHS + 1, paths):
        block, place = divmod(number - 1, BLOCK_PATHS)
        ledger = Prepared(Job(plan, 5, 6, paths), block).ledger()
        opening = float(ledger.state.cash[place])
        assert statements_of(one, number, months=6, paths=paths, seed=5).opening["cash"] == opening


def test_the_mean_is_that_of_all_paths_and_adds_up() -> None:
    one, paths = company(**UNSURE), 40
    every = [statements_of(one, number, months=12, paths=paths, seed=5) for number in range(1, paths + 1)]
    mean = statements_of(one, "mean", months=12, paths=paths, seed=5)
    assert mean.path is mean.insolvent is None
    assert any(found.insolvent is not None for found in every)
    for name in ("profit_and_loss", "cash_flow", "balance_sheet"):
        for line, row in getattr(mean, name).items():
            wanted = np.mean([getattr(found, name)[line] for found in every], axis=0)
            np.testing.assert_allclose(row, wanted, rtol=1e-9, atol=1e-9, err_msg=line)
    gone = sum(found.insolvent is not None for found in every)
    assert f"{gone} become insolvent and 0 are acquired" in mean.notes[0]


def test_the_mean_over_blocks_is_the_forecast_s_where_nobody_becomes_insolvent() -> None:
    rich = company(**UNSURE | {"cash": {"opening": "30k to 90k"}})
    paths = BLOCK_PATHS + 100
    forecast = tarmac.simulate(rich, months=6, paths=paths, seed=5)
    mean = statements_of(rich, "mean", months=6, paths=paths, seed=5)
    assert mean.notes == ()
    np.testing.assert_allclose(closing(mean), forecast.cash.mean, rtol=1e-9)
    np.testing.assert_allclose(-mean.cash_flow["operating cash flow"], forecast.net_burn.mean, rtol=1e-9)


@pytest.mark.parametrize(
    ("insolvent", "cash", "path"),
    [
        ([3, 1, 2], [0, 0, 0], 2),
        ([5, 1, 1, 5], [0, 0, 0, 0], 1),  # just half of the paths: as P50 has it
        ([5, 1, 2, 2, 3], [0, 0, 0, 0, 0], 2),
        ([5, 1, 5, 5, 5], [9, 0, 7, 7, 8], 2),  # cash 7, 7, 8, 9: the second, the lowest number
        ([5, 1, 5, 5], [9, 0, 7, 8], 3),
        ([5], [4], 0),
    ],
)
def test_the_median_path(insolvent: list[int], cash: list[float], path: int) -> None:
    assert median_path(np.array(insolvent, np.int32), np.array(cash, float), months=5) == path


SALE = attempt("acquisition", 9000) | {"takes": "0 to 8", "succeeds": "50%"}


@pytest.mark.parametrize(
    "more",
    [
        {"cash": {"opening": "300 to 900"}},
        {"cash": {"opening": "300 to 5000"}},
        {"cash": {"opening": "3000 to 9000"}, "round": [SALE]},
    ],
    ids=["most insolvent", "most solvent", "half acquired"],
)
def test_the_median_path_is_found_among_all(more: dict[str, Any]) -> None:
    one, months, paths = company(**UNSURE | more), 12, 60
    every = [statements_of(one, number, months=months, paths=paths, seed=5) for number in range(1, paths + 1)]
    fates = sorted(
        (months if found.insolvent is None else found.insolvent, found.insolvent is None and closing(found)[-1], n)
        for n, found in enumerate(every)
    )
    median = statements_of(one, "median", months=months, paths=paths, seed=5)
    fate = fates[(paths - 1) // 2]
    if fate[0] < months:
        wanted = min(n for month, _, n in fates if month == fate[0])
        p50 = tarmac.simulate(one, months=months, paths=paths, seed=5).insolvent.month(0.5)
        assert p50 == fate[0] + 1
        assert "half of the paths are insolvent" in median.what
    else:
        never = [item for item in fates if item[0] == months]
        wanted = never[(len(never) - 1) // 2][2]
        assert "never insolvent" in median.what
    assert median.path == wanted + 1
    np.testing.assert_array_equal(closing(median), closing(every[wanted]))


def test_an_acquired_path_counts_with_the_cash_it_had_then() -> None:
    """Three months of rent are paid before it is sold, on the only path there is."""
    sold = company(cost=[RENT], round=[attempt("acquisition", 1, "2024-04")])
    found = statements_of(sold, "median", months=8, paths=3, seed=1)
    assert (found.path, found.acquired) == (1, 3)
    assert closing(found)[-1] == 700


def test_without_a_seed_one_is_drawn_and_kept() -> None:
    one = company(**UNSURE)
    first = statements_of(one, "median", months=6, paths=50)
    again = statements_of(one, "median", months=6, paths=50, seed=first.seed)
    assert first.as_json() == again.as_json()


def test_scenarios_are_applied_and_named() -> None:
    plain, bare = (
        statements_of(company(**UNSURE), "mean", scenarios=names, months=12, paths=200, seed=5)
        for names in ((), ("no-new-money",))
    )
    assert bare.scenarios == ("no-new-money",)
    assert plain.cash_flow["equity and SAFEs"].any()
    assert not bare.cash_flow["equity and SAFEs"].any()


@pytest.mark.parametrize("path", [0, -1, 51, 10**30, True, 1.0, "first", ""])
def test_a_path_that_is_not_there(path: Any) -> None:
    with pytest.raises(InputError) as caught:
        statements_of(company(), path, paths=50)
    assert [problem.where for problem in caught.value.problems] == ["path"]


def test_all_numbers_out_of_range_are_named_at_once() -> None:
    with pytest.raises(InputError) as caught:
        statements_of(company(), 5, months=0, paths=2, seed=-1)
    assert [problem.where for problem in caught.value.problems] == ["months", "seed", "path"]


def test_amounts_beyond_all_bounds_are_a_mistake_in_the_file() -> None:
    wild = company(revenue=[{"name": "sales", "kind": "usage", "monthly": "1T", "growth": 2}])
    with pytest.raises(InputError, match="1e38"):
        statements_of(wild, "mean", months=600, paths=10, seed=1)


# As they are read


def test_json_is_plain_and_keeps_every_bit() -> None:
    found = statements_of(company(**UNSURE), "median", months=6, paths=50, seed=3)
    text = json.dumps(found.as_json(), allow_nan=False)
    read = json.loads(text)
    assert read == found.as_json()
    assert read["schema"] == "tarmac.statements/1"
    assert (read["path"], read["seed"], read["paths"], read["months"]) == (found.path, 3, 50, 6)
    for name in ("profit_and_loss", "cash_flow", "balance_sheet"):
        for line, row in getattr(found, name).items():
            np.testing.assert_array_equal(np.array(read[name][line]), row)
            assert not np.signbit(row[row == 0]).any(), line
