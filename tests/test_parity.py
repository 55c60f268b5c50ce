"""The engine against plain loops, path by path, on random companies that use every mechanism."""

import inspect
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from tarmac.company import Company, company_from
from tarmac.engine.block import Job, Prepared
from tarmac.engine.ledger import Ledger
from tarmac.layout import plan_of
from tests.plain import Books, books

PATHS = 20
FIRST = "2024-01"


def calendar(index: int) -> str:
    return f"{2024 + index // 12}-{index % 12 + 1:02d}"


months = st.integers(0, 14).map(calendar)


def plain_number(low: float, high: float) -> st.SearchStrategy[float]:
    """Between two values, never a round number: ties between sums are not what is tested here."""
    return st.integers(0, 9973).map(lambda step: low + (high - low) * (step + 0.137) / 9974.3)


@st.composite
def number(draw: st.DrawFn, low: float, high: float, unit: str = "") -> Any:
    """A certain or an uncertain number between two values (an uncertain one with tails)."""
    form = draw(st.sampled_from(["certain", "certain", "to", "uniform", "triangular", "choice", "normal"]))
    if form == "certain":
        value = draw(plain_number(low, high))
        return f"{value:.6f} {unit}" if unit else value
    a, b = sorted((draw(plain_number(low, high)), draw(plain_number(low, high))))
    b = b if b > a else a + (high - low) * 1e-3
    if low < 0 and form == "to":
        form = "uniform"
    low_end, middle, high_end = (f"{value:.6f} {unit}".strip() for value in (a, (a + b) / 2, b))
    return {
        "to": f"{low_end} to {high_end}",
        "uniform": f"uniform({low_end}, {high_end})",
        "triangular": f"triangular({low_end}, {middle}, {high_end})",
        "choice": f"choice({low_end}: 0.4, {high_end}: 0.6)",
        "normal": f"normal({middle}, {(b - a) / 4:.6f} {unit})",
    }[form]


@st.composite
def schedule(draw: st.DrawFn, low: float, high: float, units: tuple[str, ...] = ("",)) -> Any:
    """A number, or one by month, all in one currency."""
    value = number(low, high, draw(st.sampled_from(units)))
    if draw(st.integers(0, 3)) > 0:
        return draw(value)
    later = draw(st.lists(months, max_size=2, unique=True))
    return {month: draw(value) for month in {FIRST: None, **dict.fromkeys(later)}}


@st.composite
def some(draw: st.DrawFn, /, required: dict[str, st.SearchStrategy[Any]], **optional: st.SearchStrategy[Any]) -> Any:
    """A table with its required keys and each optional key one time in three."""
    table = {key: draw(value) for key, value in required.items()}
    table |= {key: draw(value) for key, value in optional.items() if draw(st.integers(0, 2)) == 0}
    return table


def money(low: float, high: float, units: tuple[str, ...] = ("",)) -> st.SearchStrategy[Any]:
    return st.sampled_from(units).flatmap(lambda unit: number(low, high, unit))


UNITS = ("", "", "", "EUR")
persistences = st.sampled_from([0, 0.3, 0.7, 0.95, 1])
noises = st.sampled_from(
    ["normal(0, 30)", "choice(-20: 0.5, 30: 0.5)", "uniform(-10 EUR, 20 EUR)", "normal(5 EUR, 20 EUR)"]
)
LINE = {
    "growth": schedule(-0.05, 0.1),
    "times": schedule(0.5, 1.5),
    "volatility": number(0.05, 0.4),
    "persistence": persistences,
    "market": number(-0.3, 0.3),
    "starts": st.integers(0, 6).map(calendar),
    "ends": st.integers(6, 14).map(calendar),
}
lags = st.one_of(st.integers(0, 4), st.sampled_from([[0.6, 0.3, 0.1], [0.25, 0, 0, 0.75], [0, 1.0, 0], [1]]))
revenues = st.one_of(
    some(
        {"kind": st.sampled_from(["subscription", "usage", "other"]), "monthly": schedule(10, 300, UNITS)},
        churn=schedule(0.0, 0.06),
        noise=noises,
        collected_after=lags,
        opening_receivables=money(0, 300, UNITS),
        **LINE,
    ),
    some({"kind": st.just("contract"), "monthly": schedule(10, 200, UNITS)}, collected_after=lags, **LINE),
)
hires = st.lists(some({"month": months, "count": number(1, 5)}, slip=number(0, 4)), max_size=2)
teams = some(
    {"headcount": number(1, 20), "cost": schedule(2, 10, UNITS)},
    growth=schedule(0.0, 0.03),
    times=schedule(0.5, 1.5),
    hires=hires,
    severance_months=number(0, 3),
)
BILLED = LINE | {
    "noise": st.sampled_from(["lognormal(20, 0.5)", "choice(0: 0.5, 30: 0.5)", "uniform(0 EUR, 20 EUR)"]),
    "terms": st.integers(0, 4),
    "stretch": st.integers(0, 4),
    "opening_payables": money(0, 200, UNITS),
}
costs = some({"monthly": schedule(10, 150, UNITS)}, **BILLED)
PRICED = BILLED | {"price_growth": schedule(-0.04, 0.02)}
computes = st.one_of(
    some({"kind": st.just("on_demand"), "monthly": schedule(10, 150, UNITS)}, **PRICED),
    some(
        {"kind": st.just("committed"), "monthly": schedule(10, 150, UNITS), "minimum": schedule(50, 120, UNITS)},
        until=months,
        **PRICED,
    ),
)
TARGETS = ["*", "revenue.*", "compute.*", "cost.*", "team.*", "*.0", "*.1"]


def triggers(rounds: int) -> st.SearchStrategy[Any]:
    failed = st.integers(0, max(rounds - 1, 0)).map(str)
    parts = {
        "runway_below": number(1, 9),
        "cash_below": money(100, 1500, UNITS),
        "arrears_above": money(0, 150, UNITS),
        "month": months,
    } | ({"round_failed": failed} if rounds else {})
    return some({}, **parts).filter(bool)


gates = some({}, revenue_above=money(20, 300, UNITS), cash_above=money(0, 500, UNITS), arrears_below=money(10, 200))
effects = st.one_of(
    some({"target": st.sampled_from(TARGETS), "multiply": plain_number(0.5, 1.3)}, months=st.integers(1, 5)),
    some({"target": st.sampled_from(TARGETS), "multiply": number(0.5, 1.3)}),
    some({"target": st.sampled_from(TARGETS), "multiply": st.sampled_from([0, "choice(0: 0.2, 0.9: 0.8)"])}),
    some({"target": st.just("cash"), "add": st.one_of(number(-150, 150), number(-50, 50, "EUR"))}),
)
events = some({"rate": st.one_of(number(0.01, 0.3), st.just(1.5)), "effect": effects})
actions = st.one_of(
    some({"cut": st.sampled_from(TARGETS), "by": number(0.05, 0.5)}),
    some({"growth": st.sampled_from(TARGETS), "by": number(-0.05, 0.05)}),
    st.sampled_from([{"freeze": "hires"}, {"freeze": "raises"}]),
)


def policies(rounds: int) -> st.SearchStrategy[Any]:
    return some(
        {"when": triggers(rounds), "do": st.lists(actions, min_size=1, max_size=3)},
        after=st.integers(1, 3),
        once=st.booleans(),
        every=st.integers(1, 4),
    )


def attempts(rounds: int) -> st.SearchStrategy[Any]:
    more = {"takes": number(0, 6), "succeeds": number(0.2, 0.8), "delivered": number(0.3, 1.0)}
    more |= {"market": number(-1, 1), "requires": gates.filter(bool)}
    head = {"instrument": st.sampled_from(["equity", "safe"]), "amount": money(100, 1500, UNITS)}
    by_date = some(head | {"starts": st.integers(0, 8).map(calendar)}, **more)
    return st.one_of(by_date, some(head | {"when": triggers(rounds)}, **more))


def named(tables: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{"name": str(place), **table} for place, table in enumerate(tables)]


@st.composite
def documents(draw: st.DrawFn) -> dict[str, Any]:
    """A company as the document in its file."""
    rounds = draw(st.integers(0, 3))
    lists = {
        "revenue": st.lists(revenues, max_size=2),
        "team": st.lists(teams, max_size=2),
        "compute": st.lists(computes, max_size=2),
        "cost": st.lists(costs, max_size=2),
        "event": st.lists(events, max_size=2),
        "policy": st.lists(policies(rounds), max_size=3),
        "round": st.lists(attempts(rounds), min_size=rounds, max_size=rounds),
    }
    document: dict[str, Any] = {section: named(draw(tables)) for section, tables in lists.items()}
    judged = draw(st.sampled_from(["cannot_pay", "cannot_pay", "missed_bill", "cash_below_zero"]))
    document["company"] = {"name": "Example", "currency": "USD", "first_month": FIRST, "insolvent_when": judged}
    document["cash"] = draw(some({"opening": money(-50, 3000, UNITS)}, keep_payroll_months=number(0, 3)))
    rate: dict[str, st.SearchStrategy[Any]] = {"rate": number(0.8, 1.4)}
    fx = some(rate, drift=schedule(-0.02, 0.02), volatility=number(0.01, 0.1), persistence=persistences)
    document["fx"] = {"EUR": draw(fx)}
    document["market"] = {"persistence": draw(st.sampled_from([0, 0.5, 0.9]))}
    return _sound(document)


def _sound(document: dict[str, Any]) -> dict[str, Any]:
    """Without the policies and events whose targets match no line of this company."""
    lines = [f"{s}.{t['name']}" for s in ("revenue", "team", "compute", "cost") for t in document[s]]
    growing = [line for line in lines if not line.startswith("team.")]

    def hits(target: str, known: list[str]) -> bool:
        return any(
            line.startswith(target.rstrip("*")) if target[0] != "*" else line.endswith(target[1:]) for line in known
        )

    def possible(action: dict[str, Any]) -> bool:
        return ("cut" not in action or hits(action["cut"], lines)) and (
            "growth" not in action or hits(action["growth"], growing)
        )

    document["event"] = [
        e for e in document["event"] if e["effect"]["target"] == "cash" or hits(e["effect"]["target"], lines)
    ]
    document["policy"] = [p for p in document["policy"] if all(possible(action) for action in p["do"])]
    return document


class Record:
    """Keeps every row of a ledger, and checks at each month's end that no cash appears or vanishes."""

    def __init__(self, ledger: Ledger) -> None:
        self._cash = ledger.state.cash.copy()
        self._size = np.abs(self._cash)
        self._alive = np.ones(len(self._cash), np.bool_)
        self.rows: dict[str, list[NDArray[np.float64]]] = {
            name: [] for name in ("cash", "net_burn", "arrears", "payables")
        }

    def month_end(self, month: int, ledger: Ledger) -> None:
        state = ledger.state
        for name, kept in self.rows.items():
            kept.append(np.array(np.broadcast_to(getattr(state, name), self._cash.shape)))
        expected = self._cash + state.receipts - state.payroll - state.paid
        for paths, amounts in state.funding:
            expected[paths] += amounts
            self._size[paths] += np.abs(amounts)
        self._size += np.abs(state.receipts) + np.abs(state.payroll) + np.abs(state.paid)
        closing = state.cash.copy()
        paths, balances = state.left_behind
        fresh = paths[self._alive[paths]]
        closing[fresh] = balances[self._alive[paths]]
        wrong = np.abs(expected - closing)[self._alive] > 1e-9 * self._size[self._alive] + 1e-9
        assert not wrong.any(), (month, expected[self._alive][wrong], closing[self._alive][wrong])
        self._alive &= state.alive
        self._cash = state.cash.copy()


def compare(company: Company, close: list[bool], *, months: int, seed: int) -> None:
    """Every path of a block, against the plain loops."""
    plan = plan_of(company)
    prepared = Prepared(Job(plan, seed, months, PATHS), 0)
    ledger = prepared.ledger()
    record = Record(ledger)
    struck = ledger.run([record])
    draws = prepared.drivers.draws
    for path in range(PATHS):
        expected = books(company, draws, path)
        close.append(expected.close)
        if not expected.close:
            same(expected, path, record.rows, {name: int(row[path]) for name, row in struck.items()})


def same(expected: Books, path: int, rows: dict[str, list[NDArray[np.float64]]], struck: dict[str, int]) -> None:
    wanted = {name: getattr(expected, name) for name in ("insolvent", "first_missed_bill", "profitable")}
    """Cash and burn up to the month of insolvency; what is owed at the ends of the months before it."""
    for name, kept in rows.items():
        owing = name in ("arrears", "payables")
        for month, (value, scale) in enumerate(zip(getattr(expected, name), expected.scale, strict=True)):
            if owing and month == expected.insolvent:
                continue  # read of nobody who is insolvent
            found = float(kept[month][path])
            assert abs(found - value) <= 1e-6 * scale + 1e-9, (name, month, path, found, value, struck, wanted)
    assert struck == wanted, (path, struck, wanted)


def test_the_plain_company_is_at_most_sixty_lines() -> None:
    code = [line for line in inspect.getsource(books).splitlines() if line.strip() and '"""' not in line]
    assert len(code) <= 60


def test_every_path_is_that_of_the_plain_loops() -> None:
    """250 companies; a path on which a decision falls within rounding of its threshold is left out, and is rare."""
    close: list[bool] = []

    @settings(max_examples=250, suppress_health_check=list(HealthCheck), phases=[Phase.generate])
    @given(documents(), st.integers(1, 16), st.integers(0, 2**63 - 1))
    def company_by_company(document: dict[str, Any], months: int, seed: int) -> None:
        compare(company_from(document), close, months=months, seed=seed)

    company_by_company()
    assert len(close) > 1000
    assert sum(close) < 0.02 * len(close)


# What random companies do not show, or showed once


def by_hand(months: int, **sections: Any) -> tuple[dict[str, list[float]], dict[str, int]]:
    """The rows and clocks of a certain company."""
    head = {"name": "Example", "currency": "USD", "first_month": FIRST}
    company = company_from({"company": head, "cash": {"opening": 1000}} | sections)
    ledger = Prepared(Job(plan_of(company), 1, months, 1), 0).ledger()
    record = Record(ledger)
    struck = ledger.run([record])
    rows = {name: [float(row[0]) for row in kept] for name, kept in record.rows.items()}
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
    assert struck == {"insolvent": 3, "first_missed_bill": 1, "profitable": 6}


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
