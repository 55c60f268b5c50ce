"""The rules of lines, vendors, debts and reactions: each mistake alone, and all of them at once."""

from dataclasses import dataclass
from typing import Any

import pytest

from tarmac.company import company_from
from tarmac.errors import InputError, Problem

Sections = dict[str, list[dict[str, Any]]]

BASE: dict[str, Any] = {
    "company": {"name": "Example", "currency": "USD", "first_month": "2024-01"},
    "cash": {"opening": "5M to 8M"},
    "revenue": [{"name": "api", "kind": "usage", "monthly": "1M"}],
    "compute": [{"name": "bound", "kind": "committed", "monthly": "3M", "minimum": "1M"}],
}


def with_tables(*parts: Sections) -> dict[str, Any]:
    """The base company with more tables in its sections."""
    made = dict(BASE)
    for part in parts:
        for section, tables in part.items():
            made[section] = [*made.get(section, []), *tables]
    return made


def problems_of(document: dict[str, Any]) -> tuple[Problem, ...]:
    with pytest.raises(InputError) as caught:
        company_from(document, "example.toml")
    for problem in caught.value.problems:
        assert problem.file == "example.toml"
        assert problem.where
        assert problem.rule
        assert problem.remedy
    return caught.value.problems


def revenue(**keys: Any) -> Sections:
    return {"revenue": [{"kind": "usage", "monthly": "1k", **keys}]}


def compute(**keys: Any) -> Sections:
    return {"compute": [{"kind": "on_demand", **keys}]}


def debt(**keys: Any) -> Sections:
    return {"debt": [{"kind": "loan", **keys}]}


def fund(**keys: Any) -> Sections:
    return {"round": [{"starts": "2024-03", "amount": "1M", **keys}]}


def event(name: str, **effect: Any) -> Sections:
    return {"event": [{"name": name, "rate": "1%", "effect": effect}]}


def policy(name: str, **action: Any) -> Sections:
    return {"policy": [{"name": name, "when": {"runway_below": 6}, "do": [action]}]}


@dataclass(frozen=True)
class Case:
    """Tables with one mistake: where it stands, the value shown, and words of the rule and of the remedy."""

    tables: Sections
    where: str
    value: str
    rule: str
    remedy: str

    def __str__(self) -> str:
        return self.where


A_TABLE = "a table with {} keys".format

BY_THEMSELVES = [
    Case(
        compute(name="c1", monthly=1, stretch=-1), "compute.c1.stretch", "-1", "not shorter than its terms", "write 0"
    ),
    Case(
        compute(name="c2", monthly=1, utilisation="50%"), "compute.c2.utilisation", "50%", "goes with gpus", "take it"
    ),
    Case(compute(name="c3", units=5), "compute.c3.unit_price", "", "units needs unit_price", "add unit_price"),
    Case(compute(name="c4", unit_price=5), "compute.c4.units", "", "unit_price needs units", "add units"),
    Case(compute(name="c5", gpus=8), "compute.c5.gpu_hour", "", "gpus needs gpu_hour", "add gpu_hour"),
    Case(
        compute(name="c6", monthly=1, units=5),
        "compute.c6",
        A_TABLE(4),
        "not by monthly and units together",
        "keep one",
    ),
    Case(compute(name="c7"), "compute.c7", A_TABLE(2), "given by monthly, or by units", "write monthly"),
    Case(
        compute(name="c8", kind="on_demnd"), "compute.c8.kind", "on_demnd", "one of 'on_demand', 'com", "'on_demand'?"
    ),
    Case({"compute": [{"name": "c9"}]}, "compute.c9.kind", "", "says which of these", 'add kind = "on_demand"'),
    Case(
        compute(name="i1", kind="inference", units=1, unit_price=1),
        "compute.i1",
        A_TABLE(4),
        "either users or revenue",
        "write users",
    ),
    Case(
        compute(name="i2", kind="inference", units=1, unit_price=1, users=9, revenue="api"),
        "compute.i2",
        A_TABLE(6),
        "either users or revenue",
        "write users",
    ),
    Case(
        compute(name="t1", kind="training_run", month="2024-05", cost="1M", starts="2024-05"),
        "compute.t1.starts",
        "2024-05",
        "no such key",
        "did you mean",
    ),
    Case(
        {"cost": [{"name": "vat", "kind": "tax", "monthly": 1, "stretch": 2, "late_interest": "8%"}]},
        "cost.vat.stretch",
        "2",
        "a tax has no stretch and no late_interest",
        "{ defer = 'taxes', months = 6 }",
    ),
    Case(
        {"cost": [{"name": "k", "kind": "levy", "monthly": 1}]},
        "cost.k.kind",
        "levy",
        "is one of 'vendor' or 'tax'",
        "tax",
    ),
    Case(
        revenue(name="r1", collected_after=[0.6, 0.3]),
        "revenue.r1.collected_after",
        "[0.6, 0.3]",
        "sum to 1, not 0.9",
        "sum",
    ),
    Case(revenue(name="r2", prepaid_months=0), "revenue.r2.prepaid_months", "0", "is at least 1", "write 1 or more"),
    Case(
        revenue(name="r3", customers=[{"name": "Acme", "share": "150%", "leaves": 0.01}]),
        "revenue.r3.customers[0].share",
        "150%",
        "lies within its bounds: 0% to 100%",
        "5% to 50%",
    ),
    Case(debt(name="d1", minimum_cash=-1), "debt.d1.minimum_cash", "-1", "within its bounds: 0 to 1000T", "typical"),
    Case(debt(name="d2", kind="lone"), "debt.d2.kind", "lone", "is one of 'loan', 'note', 'credit_line'", "'loan'?"),
    Case(
        {"debt": [{"name": "d3", "principal": 1}]}, "debt.d3.kind", "", "loan, note, credit_line", 'add kind = "loan"'
    ),
    Case(debt(name="d4", repaid_ovr=12), "debt.d4.repaid_ovr", "12", "no such key", "did you mean 'repaid_over'?"),
    Case(
        debt(name="d5", kind="credit_line", limit="1M", principal="2M"),
        "debt.d5.principal",
        "2M",
        "the limit, 1M",
        "lower",
    ),
    Case(
        fund(name="f1", instrument="note", matures="2024-02"), "round.f1.matures", "2024-02", "no earlier than", "swap"
    ),
    Case(fund(name="f2", instrument="compute"), "round.f2.vendor", "", "required", "add it"),
    Case(fund(name="f3"), "round.f3.instrument", "", "says which of these", 'add instrument = "equity"'),
    Case(event("e1", target="compute.bound", turn=0.5), "event.e1.effect.into", "", "turn needs into", "add into"),
    Case(
        event("e2", target="compute.bound", forgive=1, into="x"),
        "event.e2.effect.into",
        "x",
        "goes with turn",
        "remove",
    ),
    Case(event("e3", target="compute.bound", forgive=1, months=3), "event.e3.effect.months", "3", "multiply", "remove"),
    Case(
        event("e4", target="compute.bound"),
        "event.e4.effect",
        "a table with 1 key",
        "one of multiply, forgive and turn",
        "write",
    ),
    Case(policy("p1", defer="taxes"), "policy.p1.do[0].months", "", "defer needs months", "add months = 6"),
    Case(policy("p2", growth="revenue.api"), "policy.p2.do[0].by", "", "growth needs by", "add by"),
    Case(policy("p3", cut="revenue.api"), "policy.p3.do[0].by", "", "cut needs by", "add by"),
    Case(policy("p4", increase="revenue.api"), "policy.p4.do[0].by", "", "increase needs by", "add by"),
    Case(policy("p5", freeze="hires", by=0.1), "policy.p5.do[0].by", "0.1", "not with freeze", "remove by"),
    Case(
        policy("p6", cut="revenue.api", by="-30% to 5%"),
        "policy.p6.do[0].by",
        "-30% to 5%",
        "from 0 to 100%",
        "by = 0.3",
    ),
    Case(policy("p7", cut="*", growth="*", by=0.1), "policy.p7.do[0]", A_TABLE(3), "exactly one of cut", "write { cut"),
    Case(policy("p8", freeze="hiring"), "policy.p8.do[0].freeze", "hiring", "'hires' or 'raises'", "hires"),
]

LINE_OF_CREDIT: dict[str, Any] = {"kind": "credit_line", "limit": "1M"}

BETWEEN = [
    Case(
        compute(name="b1", kind="committed", monthly=1, minimum=1, until="2074-01"),
        "compute.b1.until",
        "2074-01",
        "longest horizon, 600 months from 2024-01",
        "correct the year",
    ),
    Case(
        compute(name="b2", kind="committed", monthly=1, minimum=1, until="2024-02", starts="2024-03"),
        "compute.b2.until",
        "2024-02",
        "no earlier than it starts",
        "swap",
    ),
    Case(
        compute(name="b3", monthly=1, price="gpu"), "compute.b3.price", "gpu", "names a [[price]]", "add [[price]] with"
    ),
    Case(
        compute(name="b4", kind="inference", units=1, unit_price=1, revenue="apl"),
        "compute.b4.revenue",
        "apl",
        "names a [[revenue]]",
        "did you mean 'api'?",
    ),
    Case(
        compute(name="b5", monthly=1, cut_off={"target": "revenue.web", "multiply": 0.5}),
        "compute.b5.cut_off.target",
        "revenue.web",
        "at least one line of revenue",
        "revenue.api",
    ),
    Case(
        compute(name="b6", monthly=1, credits={"amount": "1M EUR"}),
        "compute.b6.credits.amount",
        "1M EUR",
        "[fx]",
        "add [fx]",
    ),
    Case(
        compute(name="b7", monthly=1, credits={"amount": "1M", "expires": "2023-11"}),
        "compute.b7.credits.expires",
        "2023-11",
        "no month lies before the first",
        "2024-01",
    ),
    Case(
        revenue(
            name="b8",
            customers=[
                {"name": "Acme", "share": "60%", "leaves": 0.01},
                {"name": "Beta", "share": "30% to 60%", "leaves": 0.01},
            ],
        ),
        "revenue.b8.customers",
        "102.426%",
        "add up to 100% at most",
        "lower them",
    ),
    Case(
        revenue(name="b9", customers=[{"name": "Acme", "share": "10%", "leaves": 0.01}] * 2),
        "revenue.b9.customers",
        "Acme",
        "'Acme' stands there 2 times",
        "rename",
    ),
    Case(revenue(name="b10", opening_deferred="1M"), "revenue.b10.opening_deferred", "1M", "prepaid_months", "= 12"),
    Case(
        {"debt": [{"name": "bank a", **LINE_OF_CREDIT}, {"name": "bank b", **LINE_OF_CREDIT}]},
        "debt.bank b.kind",
        "credit_line",
        "one credit line at most",
        "add its limit to that of 'bank a'",
    ),
    Case(
        fund(name="b11", instrument="compute", vendor="bond"),
        "round.b11.vendor",
        "bond",
        "names a [[compute]]",
        "'bound'?",
    ),
    Case(
        event("b12", target="compute.bound", turn=0.5, into="x"), "event.b12.effect.into", "x", "loan or a note", "debt"
    ),
    Case(
        event("b14", target="team.x", forgive=0.5),
        "event.b14.effect.target",
        "team.x",
        "one line of a vendor",
        "compute.bound",
    ),
    Case(
        policy("b15", terminate="compute.bound"),
        "policy.b15.do[0].terminate",
        "compute.bound",
        "commitment with early_termination",
        "give the commitment early_termination",
    ),
    Case(
        policy("b16", increase="team.x", by=0.1), "policy.b16.do[0].increase", "team.x", "(not a team)", "revenue.api"
    ),
    Case(
        {"policy": [{"name": "b17", "when": {"round_failed": "B"}, "do": [{"freeze": "hires"}]}]},
        "policy.b17.when.round_failed",
        "B",
        "names a [[round]]",
        "no name is known here",
    ),
]


@pytest.mark.parametrize("case", [*BY_THEMSELVES, *BETWEEN], ids=str)
def test_a_mistake_is_told_with_its_place_value_rule_and_remedy(case: Case) -> None:
    (found,) = problems_of(with_tables(case.tables))
    assert (found.where, found.value) == (case.where, case.value)
    assert case.rule in found.rule
    assert case.remedy in found.remedy


def test_all_mistakes_of_a_file_are_told_at_once() -> None:
    cases = [*BY_THEMSELVES, *BETWEEN]
    found = problems_of(with_tables(*(case.tables for case in cases)))
    assert sorted(item.where for item in found) == sorted(case.where for case in cases)
    for problem in found:
        case = next(case for case in cases if case.where == problem.where)
        assert problem.value == case.value
        assert case.rule in problem.rule


def test_bills_do_not_become_a_credit_line() -> None:
    line: Sections = {"debt": [{"name": "bank", **LINE_OF_CREDIT}]}
    (found,) = problems_of(with_tables(line, event("e", target="compute.bound", turn=1, into="bank")))
    assert (found.where, found.value) == ("event.e.effect.into", "bank")
    assert "a credit line is drawn in cash" in found.remedy


# What is wrong by itself hides nothing but itself


def test_a_table_that_cannot_be_read_is_not_called_unknown() -> None:
    broken: Sections = {
        "compute": [{"name": "gcp", "kind": "on_demand", "monthly": -1}],
        "price": [{"name": "gpu", "growth": "x"}],
    }
    names = [
        fund(name="r", instrument="compute", vendor="gcp"),
        policy("p", cut="compute.gc*", by=0.1),
        compute(name="other", monthly=1, price="gpu"),
        {"correlation": [{"between": ["compute.gcp.monthly", "cash.opening"], "value": 0.5}]},
    ]
    found = problems_of(with_tables(broken, *names))
    assert {item.where for item in found} == {"compute.gcp.monthly", "price.gpu.growth"}


def test_what_is_unknown_beside_a_table_that_cannot_be_read_is_told() -> None:
    broken: Sections = {"compute": [{"name": "gcp", "kind": "on_demand", "monthly": -1}]}
    found = problems_of(with_tables(broken, policy("p", cut="compute.aws", by=0.1)))
    assert [item.where for item in found] == ["compute.gcp.monthly", "policy.p.do[0].cut"]


@pytest.mark.parametrize(
    ("broken", "where"),
    [
        ({"computes": [{"name": "aws", "kind": "on_demand", "monthly": 1}]}, "computes"),
        ({"compute": [{"kind": "on_demand", "monthly": 1}]}, "compute[0].name"),
        ({"compute": {"name": "aws"}}, "compute"),
        ({"compute": [3]}, "compute[0]"),
    ],
    ids=str,
)
def test_a_table_whose_name_cannot_be_read_may_be_any(broken: dict[str, Any], where: str) -> None:
    document = with_tables(policy("p", cut="compute.aws", by=0.1)) | broken
    assert [item.where for item in problems_of(document)] == [where]


def test_a_currency_whose_rate_cannot_be_read_is_not_called_unknown() -> None:
    document = BASE | {"fx": {"EUR": -1}, "cash": {"opening": "1M EUR", "keep": 1}}
    assert {item.where for item in problems_of(document)} == {"fx.EUR.rate", "cash.keep"}
    found = problems_of(with_tables(compute(name="a", monthly="1 GBP")) | {"fx": {"EUR": -1}})
    assert {item.where for item in found} == {"fx.EUR.rate", "compute.a.monthly"}


def test_without_a_first_month_tables_are_not_compared() -> None:
    late = compute(name="a", kind="committed", monthly=1, minimum=1, until="2199-01")
    document = with_tables(late) | {"company": {"name": "A", "currency": "USD", "first_month": "soon"}}
    assert [item.where for item in problems_of(document)] == ["company.first_month"]
    document["company"] = {"name": "", "currency": "USD", "first_month": "2024-01"}
    assert [item.where for item in problems_of(document)] == ["company.name", "compute.a.until"]
