"""Companies at random, as documents that use every mechanism and every field a company may have.

A recipe makes a value from a generator of random numbers. Hypothesis draws one seed a company and nothing inside it:
left to vary the parts itself, it makes five of six examples from the parts of earlier ones, which are all alike.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
from hypothesis import strategies as st

from tarmac.company.targets import matching

Dice = np.random.Generator
Recipe = Callable[[Dice], Any]

FIRST = "2024-01"


def integers(low: int, high: int) -> Recipe:
    return lambda dice: int(dice.integers(low, high, endpoint=True))


def one_of(*recipes: Recipe) -> Recipe:
    return lambda dice: recipes[dice.integers(len(recipes))](dice)


def value_of(*values: Any) -> Recipe:
    return lambda dice: values[dice.integers(len(values))]


def lists(recipe: Recipe, low: int, high: int) -> Recipe:
    return lambda dice: [recipe(dice) for _ in range(dice.integers(low, high, endpoint=True))]


def some(required: dict[str, Recipe], **optional: Recipe) -> Recipe:
    """A table with its required keys and each optional key one time in three."""

    def table(dice: Dice) -> dict[str, Any]:
        made = {key: recipe(dice) for key, recipe in required.items()}
        return made | {key: recipe(dice) for key, recipe in optional.items() if dice.integers(3) == 0}

    return table


def calendar(low: int, high: int) -> Recipe:
    """A month, by the months between it and the first."""
    return lambda dice: month_at(int(dice.integers(low, high, endpoint=True)))


def month_at(index: int) -> str:
    return f"{2024 + index // 12}-{index % 12 + 1:02d}"


def plain_number(low: float, high: float) -> Recipe:
    """Between two values, never a round number: ties between sums are not what is tested here."""
    return lambda dice: low + (high - low) * (int(dice.integers(9974)) + 0.137) / 9974.3


def number(low: float, high: float, unit: str = "") -> Recipe:
    """A certain or an uncertain number between two values (an uncertain one with tails)."""
    end = plain_number(low, high)

    def made(dice: Dice) -> Any:
        form = value_of("certain", "certain", "to", "uniform", "triangular", "choice", "normal")(dice)
        a, b = sorted((end(dice), end(dice)))
        if form == "certain":
            return f"{a:.6f} {unit}" if unit else a
        b = b if b > a else a + (high - low) * 1e-3
        low_end, middle, high_end = (f"{value:.6f} {unit}".strip() for value in (a, (a + b) / 2, b))
        return {
            "to": f"{low_end} to {high_end}" if low >= 0 else f"uniform({low_end}, {high_end})",
            "uniform": f"uniform({low_end}, {high_end})",
            "triangular": f"triangular({low_end}, {middle}, {high_end})",
            "choice": f"choice({low_end}: 0.4, {high_end}: 0.6)",
            "normal": f"normal({middle}, {(b - a) / 4:.6f} {unit})",
        }[form]

    return made


def money(low: float, high: float) -> Recipe:
    """An amount, one time in four in a foreign currency."""
    own = number(low, high)
    return one_of(own, own, own, number(low, high, "EUR"))


def schedule(low: float, high: float, *, money: bool = False) -> Recipe:
    """A number, or one by month, all in one currency."""

    def made(dice: Dice) -> Any:
        value = number(low, high, "EUR" if money and dice.integers(4) == 0 else "")
        if dice.integers(4) > 0:
            return value(dice)
        later = lists(months, 0, 2)(dice)
        return {month: value(dice) for month in dict.fromkeys([FIRST, *later])}

    return made


def paid(low: float, high: float) -> Recipe:
    """An amount of money, or one by month."""
    return schedule(low, high, money=True)


def named(recipe: Recipe) -> Recipe:
    """The tables of a list, called 0, 1, 2."""
    return lambda dice: [{"name": str(place), **table} for place, table in enumerate(recipe(dice))]


months = calendar(0, 14)

persistences = value_of(0, 0.3, 0.7, 0.95, 1)
extremes = value_of(0, 1)

# Prices and revenue

regimes = some({"multiply": number(0.5, 2.5), "begins": number(0.05, 0.5), "ends": one_of(number(0.05, 0.6), extremes)})
moving = some(
    {},
    growth=schedule(-0.05, 0.05),
    volatility=number(0.02, 0.3),
    persistence=persistences,
    market=number(-0.3, 0.3),
    regime=regimes,
)
prices = one_of(moving, lambda dice: {**moving(dice), "regime": regimes(dice)})
LINE = {
    "growth": schedule(-0.05, 0.1),
    "times": schedule(0.5, 1.5),
    "volatility": number(0.05, 0.4),
    "persistence": persistences,
    "market": number(-0.3, 0.3),
    "starts": calendar(0, 6),
    "ends": calendar(6, 14),
}
customers = some({"share": number(0.05, 0.5), "leaves": one_of(number(0.01, 0.3), extremes)})
contracts = some(
    {"monthly": money(10, 150), "month": calendar(0, 6)},
    slip=number(0, 4),
    signs=one_of(number(0.2, 0.9), extremes),
    lasts=integers(1, 8),
)
lags = one_of(integers(0, 4), value_of([0.6, 0.3, 0.1], [0.25, 0, 0, 0.75], [0, 1.0, 0], [1], [1, 0]))
SOLD = LINE | {
    "collected_after": lags,
    "opening_receivables": money(5, 300),
    "opening_collected_after": lags,
    "noise": value_of(
        "normal(0, 30)", "choice(-20: 0.5, 30: 0.5)", "uniform(-10 EUR, 20 EUR)", "normal(5 EUR, 20 EUR)"
    ),
    "bad_debt": number(0.01, 0.2),
    "prepaid_months": integers(1, 13),
    "opening_deferred": money(5, 600),
    "customers": named(lists(customers, 1, 2)),
    "pipeline": named(lists(contracts, 1, 2)),
}


revenues = one_of(
    some(
        {"kind": value_of("subscription", "usage", "other"), "monthly": paid(10, 300)},
        churn=schedule(0.0, 0.06),
        **SOLD,
    ),
    some({"kind": value_of("contract"), "monthly": paid(10, 200)}, **SOLD),
)

# People and vendors

hires = lists(some({"month": months, "count": number(1, 5)}, slip=number(0, 4)), 0, 2)
teams = some(
    {"headcount": number(1, 20), "cost": paid(2, 8), "notice_months": integers(0, 3)},
    growth=schedule(0.0, 0.03),
    times=schedule(0.5, 1.5),
    hires=hires,
    severance_months=number(0, 3),
    attrition=number(0.005, 0.1),
    payroll_tax=number(0.05, 0.4),
    payroll_tax_after=integers(0, 4),
)
DUE = {"terms": integers(0, 4), "opening_terms": integers(0, 4), "opening_payables": money(5, 200)}
BILL = LINE | {
    "noise": value_of("lognormal(20, 0.5)", "choice(0: 0.5, 30: 0.5)", "uniform(0 EUR, 20 EUR)", "uniform(-60, 30)")
}
cut_offs = some({"target": value_of("*", "revenue.*", "*.0", "revenue.1"), "multiply": number(0.1, 0.95)})
WAITING: dict[str, Recipe] = {"stretch": integers(0, 5)}
PATIENT = DUE | {
    "cut_off": cut_offs,
    "late_interest": number(0.02, 0.3),
    "opening_arrears": money(5, 120),
}
costs = one_of(
    some(WAITING | {"monthly": paid(10, 150)}, kind=value_of("vendor"), **BILL, **PATIENT),
    some(WAITING | {"monthly": paid(10, 150), "cut_off": cut_offs}, **BILL, **PATIENT),
    some({"monthly": paid(10, 60), "kind": value_of("tax")}, **BILL, **DUE),
)
COMPUTE = PATIENT | {
    "price_growth": schedule(-0.04, 0.02),
    "price": value_of("0", "1"),
    "credits": some({"amount": money(20, 600)}, expires=calendar(0, 8)),
}
GPUS: dict[str, Recipe] = {"gpus": schedule(1, 8), "gpu_hour": paid(0.01, 0.05)}
entries = one_of(
    some({"monthly": paid(10, 150)}),
    some({"units": schedule(10, 100), "unit_price": paid(0.3, 2)}),
    some(GPUS, hours=number(300, 740), utilisation=schedule(0.3, 0.95)),
    some(GPUS | {"hours": number(300, 740)}, utilisation=schedule(0.3, 0.95)),
)
on_demand = some(WAITING | {"kind": value_of("on_demand")}, **BILL, **COMPUTE)
COMMITTED = WAITING | {"kind": value_of("committed"), "minimum": paid(30, 120)}
bound = some(COMMITTED, until=calendar(6, 18), **BILL, **COMPUTE)
terminable = some(COMMITTED | {"early_termination": money(10, 300)}, until=calendar(6, 18), **BILL, **COMPUTE)
training_runs = some(
    WAITING | {"kind": value_of("training_run"), "month": calendar(0, 8), "cost": money(50, 400)},
    slip=number(0, 4),
    overrun=number(0.8, 1.8),
    times=schedule(0.5, 1.5),
    spread=integers(1, 4),
    **COMPUTE,
)
SERVED = BILL | COMPUTE | {"units_growth": schedule(-0.03, 0.05)}
SERVICE = WAITING | {"kind": value_of("inference"), "unit_price": money(0.1, 1)}
inference = some(SERVICE | {"users": number(10, 100), "units": number(1, 5)}, **SERVED)
inference_of_revenue = some(SERVICE | {"revenue": value_of("0", "1"), "units": number(0.1, 1)}, **SERVED)


def metered(dice: Dice) -> Any:
    """Compute billed by use, with one way to say how much."""
    return one_of(on_demand, on_demand, bound, terminable)(dice) | entries(dice)


computes = one_of(metered, metered, metered, training_runs, inference, inference_of_revenue)

# Debts, rounds, events, policies

LENT = {
    "interest": number(0.02, 0.2),
    "interest_only_months": integers(0, 4),
    "repaid_over": integers(1, 14),
    "minimum_cash": money(10, 400),
}
NOTED = {"interest": number(0.02, 0.2), "matures": calendar(1, 9)}
loans = some({"kind": value_of("loan")}, principal=money(5, 500), **LENT)
notes = some({"kind": value_of("note"), "principal": money(5, 400)}, **NOTED)
borrowed = lists(one_of(loans, notes), 0, 2)
credit_lines = some(
    {"kind": value_of("credit_line"), "limit": money(150, 900)},
    principal=money(5, 100),
    interest=number(0.02, 0.2),
    minimum_cash=money(10, 300),
)


TRIGGER: dict[str, Recipe] = {
    "runway_below": number(1, 9),
    "cash_below": money(100, 1500),
    "arrears_above": money(5, 150),
    "month": months,
    "oldest_bill_above": number(0, 2.9),
    "round_failed": value_of("0", "1", "2", "3"),
}
GATE = {"revenue_above": money(20, 300), "cash_above": money(5, 500), "arrears_below": money(10, 200)}


def one_or_more(parts: dict[str, Recipe]) -> Recipe:
    """A table of which at least one key is given, most often only one or two."""

    def table(dice: Dice) -> dict[str, Any]:
        given = {value_of(*parts)(dice), *(key for key in parts if dice.integers(6) == 0)}
        return {key: recipe(dice) for key, recipe in parts.items() if key in given}

    return table


triggers = one_or_more(TRIGGER)
INSTRUMENTS: dict[str, dict[str, Recipe]] = {
    "equity": {"pre_money": money(1000, 9000)},
    "safe": {"cap": money(1000, 9000), "discount": number(0.1, 0.3)},
    "note": NOTED | {"cap": money(1000, 9000), "discount": number(0.1, 0.3)},
    "debt": LENT,
    "grant": {},
    "asset_sale": {},
    "acquisition": {},
    "compute": {"pre_money": money(1000, 9000)},
    "secondary": {},
}


ATTEMPT: dict[str, Recipe] = {
    "takes": number(0, 6),
    "succeeds": number(0.3, 0.9),
    "delivered": number(0.3, 1.0),
    "market": number(-1, 1),
    "requires": one_or_more(GATE),
    "approved": value_of(False, True),
}


ODDS: dict[str, Recipe] = {
    "revenue": some({"at": money(20, 300), "adds": number(-1, 1)}),
    "growth": some({"at": number(-0.05, 0.1), "adds": number(-0.3, 0.3)}),
    "burn_multiple": some({"at": number(0, 6), "adds": number(-1, 1)}, most=number(5, 20)),
    "runway": some({"at": number(2, 12), "adds": number(-0.3, 0.3)}, most=number(6, 40)),
}
HAZARD = {"takes": number(0, 2.9), "closes_monthly": number(0.05, 0.7), "gives_up_after": number(2, 9)}
AGAIN = {"retries": integers(0, 3), "again_after": number(1, 4)}


def attempts(dice: Dice) -> Any:
    """A round: it starts in a month, or when something is seen; some may close in any month, or are tried again."""
    instrument = value_of("equity", "equity", *INSTRUMENTS)(dice)
    required: dict[str, Recipe] = {"amount": money(100, 1200)}
    required |= {"vendor": value_of("0", "1")} if instrument == "compute" else {}
    required |= {"share": number(0.02, 0.4)} if instrument == "secondary" else {}
    required |= one_of(value_of({"starts": calendar(0, 8)}), value_of({"when": triggers}))(dice)
    optional = ATTEMPT | {"odds": one_or_more(ODDS)} | INSTRUMENTS[instrument]
    for keys in (HAZARD, AGAIN):
        if dice.integers(3) == 0:
            required |= keys
            optional = {key: recipe for key, recipe in optional.items() if key not in keys}
    return {"instrument": instrument, **some(required, **optional)(dice)}


holders = one_of(
    some({"share": plain_number(0.1, 0.6)}),
    some({"share": plain_number(0.1, 0.3), "kind": value_of("pool")}),
    some({"share": plain_number(0.1, 0.6), "kind": value_of("common")}),
    some({"share": plain_number(0.1, 0.4), "kind": value_of("preferred"), "invested": money(50, 900)}),
)

TARGETS = ["*", "revenue.*", "compute.*", "cost.*", "team.*", "*.0", "*.1"]
targets = value_of(*TARGETS)
hit = value_of(*TARGETS, "price.*", "price.0")
effects = one_of(
    some({"target": hit, "multiply": plain_number(0.5, 1.3)}, months=integers(1, 5)),
    some({"target": hit, "multiply": number(0.5, 1.3)}),
    some({"target": hit, "multiply": value_of(0, "choice(0: 0.2, 0.9: 0.8)")}),
    some({"target": value_of("cash"), "add": one_of(number(-150, 150), number(-50, 50, "EUR"))}),
    some({"target": targets, "forgive": number(0.1, 0.9)}),
    some({"target": targets, "turn": number(0.1, 0.9), "into": value_of("0", "1")}),
    some({"target": targets, "turn": number(0.1, 0.9), "into": value_of("0", "1")}),
)
events = some({"rate": one_of(number(0.01, 0.3), value_of(1.5)), "effect": effects})
actions = one_of(
    some({"cut": targets, "by": number(0.05, 0.5)}),
    some({"cut": value_of("team.*"), "by": number(0.05, 0.5)}),
    some({"increase": targets, "by": number(0.05, 0.5)}),
    some({"growth": targets, "by": number(-0.05, 0.05)}),
    value_of({"freeze": "hires"}, {"freeze": "raises"}),
    some({"terminate": value_of("*", "compute.*", "*.0", "*.1")}),
    some({"terminate": value_of("*", "compute.*")}),
    some({"defer": value_of("taxes"), "months": integers(1, 5)}),
)


policies = some(
    {"when": triggers, "do": lists(actions, 1, 3)},
    after=integers(1, 3),
    once=value_of(False, True),
    every=integers(1, 4),
    approved=value_of(False, True),
)

# Companies

SECTIONS = {
    "price": lists(prices, 0, 2),
    "revenue": lists(revenues, 0, 2),
    "team": lists(teams, 0, 2),
    "compute": lists(computes, 0, 3),
    "cost": lists(costs, 0, 2),
    "debt": one_of(borrowed, borrowed, lambda dice: [*borrowed(dice), credit_lines(dice)]),
    "event": lists(events, 0, 3),
    "policy": lists(policies, 0, 4),
    "round": lists(attempts, 0, 4),
}
currency = some(
    {"rate": number(0.8, 1.4)},
    drift=schedule(-0.02, 0.02),
    volatility=number(0.01, 0.1),
    persistence=persistences,
)
cash = some({"opening": money(-50, 1500)}, keep_payroll_months=number(0.2, 3))


def document_at(seed: int) -> dict[str, Any]:
    """A company as the document in its file."""
    dice = np.random.default_rng(seed)
    document: dict[str, Any] = {section: named(tables)(dice) for section, tables in SECTIONS.items()}
    judged = value_of("cannot_pay", "cannot_pay", "cannot_pay", "missed_bill", "cash_below_zero")(dice)
    document["company"] = {"name": "Example", "currency": "USD", "first_month": FIRST, "insolvent_when": judged}
    document["cash"], document["fx"] = cash(dice), {"EUR": currency(dice)}
    document["market"] = {"persistence": value_of(0, 0.5, 0.9)(dice)}
    _share_out(document, dice)
    return _sound(document)


def _share_out(document: dict[str, Any], dice: Dice) -> None:
    """Holders, and in three of four companies a price for every round that sells shares."""
    document["holder"] = named(lists(holders, 1, 4))(dice) if dice.integers(4) else []
    total = sum(table["share"] for table in document["holder"])
    for place, table in enumerate(document["holder"]):
        table["share"] /= total
        if table.get("kind") == "pool" and place:
            table["kind"] = "common"
    insiders = [table["name"] for table in document["holder"] if table.get("kind") != "pool"]
    for table in document["round"]:
        if insiders and table["instrument"] in ("equity", "compute", "safe", "note") and dice.integers(3) == 0:
            table["by"] = value_of(*insiders)(dice)
    priced = dice.integers(4) > 0
    for table in (*document["round"], *document["debt"]):
        if table.get("instrument") in ("equity", "compute"):
            table.pop("pre_money", None)
            price = one_of(some({"pre_money": money(1000, 9000)}), some({"sold": number(0.05, 0.4)}))
            table.update(price(dice) if priced else {})
            table.update({"option_pool": number(0.05, 0.25)(dice)} if dice.integers(2) else {})
        elif table.get("kind") == "note":
            table.update(some({}, cap=money(1000, 9000), discount=number(0.1, 0.3))(dice))


def documents() -> st.SearchStrategy[dict[str, Any]]:
    """Companies at random."""
    return st.integers(0, 2**63 - 1).map(document_at)


def _sound(document: dict[str, Any]) -> dict[str, Any]:
    """Without what names a table that this company does not have."""
    _sound_lines(document)
    rounds = [table["name"] for table in document["round"]]
    for table in document["round"]:
        if table["instrument"] == "compute" and f"compute.{table['vendor']}" not in _paths(document, "compute"):
            del table["vendor"]
            table["instrument"] = "equity"
        if "matures" in table:
            table["matures"] = max(table["matures"], table.get("starts", FIRST))
        if not document["revenue"] and "odds" in table:
            table["odds"] = {"runway": table["odds"].get("runway", {"at": 6, "adds": 0.2})}
    for table in (*document["round"], *document["policy"]):
        when = table.get("when", {})
        if when.get("round_failed", "") not in ("", *rounds):
            when.pop("round_failed")
            when.setdefault("month", FIRST)
    known = _targets(document)
    lent = [table["name"] for table in document["debt"] if table["kind"] != "credit_line"]
    document["event"] = [item for item in document["event"] if _possible(item["effect"], known, lent=lent)]
    for item in document["policy"]:
        item["do"] = [action for action in item["do"] if _possible(action, known, lent=lent)]
    document["policy"] = [item for item in document["policy"] if item["do"]]
    return document


def _sound_lines(document: dict[str, Any]) -> None:
    sold, priced = _paths(document, "revenue"), _paths(document, "price")
    for table in document["revenue"]:
        if "opening_deferred" in table and table.get("prepaid_months", 1) == 1:
            table["prepaid_months"] = 3
    document["compute"] = [t for t in document["compute"] if "revenue" not in t or f"revenue.{t['revenue']}" in sold]
    for table in (*document["compute"], *document["cost"]):
        if table.get("ends", "9999") < table.get("until", ""):
            del table["ends"]
        if f"price.{table.get('price')}" not in priced:
            table.pop("price", None)
        if "cut_off" in table and not matching(table["cut_off"]["target"], sold):
            del table["cut_off"]


def _targets(document: dict[str, Any]) -> dict[str, list[str]]:
    """What an effect or an action may point at, by its key."""
    lines, teams = _paths(document, "revenue", "compute", "cost"), _paths(document, "team")
    taxes = [f"cost.{table['name']}" for table in document["cost"] if table.get("kind") == "tax"]
    vendors = [path for path in _paths(document, "compute", "cost") if path not in taxes]
    ending = [f"compute.{table['name']}" for table in document["compute"] if "early_termination" in table]
    known = {"cut": lines + teams, "increase": lines, "growth": lines, "terminate": ending}
    return known | {"multiply": lines + teams + _paths(document, "price"), "forgive": vendors, "turn": vendors}


def _possible(table: dict[str, Any], known: dict[str, list[str]], *, lent: list[str]) -> bool:
    """Whether an effect or an action points at something, and names a debt there is."""
    pointing = [key for key in known if key in table]
    points = all(matching(table.get("target", table[key]), known[key]) for key in pointing)
    return points and table.get("into", "") in ("", *lent)


def _paths(document: dict[str, Any], *sections: str) -> list[str]:
    return [f"{section}.{table['name']}" for section in sections for table in document[section]]
