"""What facts are compared with: figures that can be worked out by hand, and sums that hold on any company."""

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from tarmac.company import Company, company_from
from tarmac.company.numbers import paths_of_suppliers
from tarmac.engine.block import Job, Prepared
from tarmac.engine.ledger import Ledger
from tarmac.engine.observing import Answer, Observer, Question, dense, observe
from tarmac.facts import Quantity
from tarmac.layout import plan_of
from tests.companies_at_random import document_at

HEAD = {"company": {"name": "Example", "currency": "USD", "first_month": "2024-01"}}

# 60 in the bank; 15 come in and 5 are paid to one person every month, so 10 are left for vendors, who are owed 40.
# The money of the opening makes up for January and February; from March on, 30 a month stay unpaid.
SHORT: dict[str, Any] = {
    "cash": {"opening": 60},
    "revenue": [{"name": "api", "kind": "usage", "monthly": 15}],
    "team": [{"name": "staff", "headcount": 1, "cost": 5}],
    "compute": [
        {"name": "aws", "kind": "on_demand", "monthly": 30, "terms": 1, "stretch": 3},
        {"name": "gcp", "kind": "on_demand", "monthly": 10, "stretch": 3},
    ],
}


def company(**sections: Any) -> Company:
    return company_from({**HEAD, **sections}, "example.toml")


def answers(subject: Company, *questions: Question, months: int = 12, paths: int = 1, seed: int = 1) -> list[Answer]:
    return observe(Job(plan_of(subject), seed, months, paths), questions)


def figure(subject: Company, words: str, first: int, last: int | None = None) -> float | None:
    """The figure on a company's only path, in months counted from 0; None where it does not live to see it."""
    kind, _, rest = words.partition(" ")
    quantity = Quantity(kind, tuple(rest.split(" + ")) if rest else ())
    [answer] = answers(subject, Question(quantity, first, first if last is None else last))
    return float(answer.values[0]) if len(answer.values) else None


@pytest.mark.parametrize(
    ("words", "months", "expected"),
    [
        ("cash", (0,), 70 - 40),
        ("cash", (1,), 0),
        ("cash", (2,), 0),
        ("arrears", (1,), 0),
        ("arrears", (2,), 30),  # the first vendor gets all of the 10
        ("arrears compute.aws", (2,), 20),
        ("arrears compute.gcp", (2,), 10),
        ("arrears compute.aws", (3,), 10 + 30),  # the 10 go to its oldest bill
        ("arrears compute.gcp", (3,), 10 + 10),
        ("arrears compute.* + cost.*", (3,), 60),
        ("unpaid compute.aws", (0,), 0),  # January is due in February
        ("unpaid compute.aws", (1,), 20),
        ("unpaid compute.aws", (2,), 30),
        ("unpaid compute.gcp", (1,), 0),  # February is due at once
        ("unpaid compute.gcp", (2,), 10),
        ("unpaid compute.*", (1,), 20),
        ("unpaid compute.*", (1, 2), 20 + 30 + 10),
        ("billed compute.*", (0, 2), 3 * 40),
        ("billed compute.aws", (1,), 30),
        ("billed team.*", (0, 3), 4 * 5),
        ("billed compute.* + team.* + cost.*", (0, 3), 4 * 45),
        ("billed compute.* + compute.aws", (0,), 40),  # named twice, counted once
        ("earned revenue.*", (0, 3), 4 * 15),
        ("headcount team.*", (3,), 1),
    ],
)
def test_figures_by_hand(words: str, months: tuple[int, ...], expected: float) -> None:
    assert figure(company(**SHORT), words, *months) == pytest.approx(expected)


def test_a_bill_paid_later_was_still_unpaid_when_due() -> None:
    """In April 55 come in from outside: what is past due is paid, then April's bills as far as the money goes."""
    seed = {"name": "seed", "instrument": "equity", "starts": "2024-04", "amount": 55}
    subject = company(**SHORT, round=[seed])
    assert figure(subject, "raised round.seed", 3) == 55
    assert figure(subject, "unpaid compute.aws", 1) == pytest.approx(20)
    assert figure(subject, "unpaid compute.aws", 2) == pytest.approx(0)
    assert figure(subject, "unpaid compute.gcp", 3) == pytest.approx(5)
    assert figure(subject, "arrears", 3) == pytest.approx(5)


def test_interest_on_what_is_late_is_no_part_of_a_bill() -> None:
    """Interest of 5% a month on the 20 and the 10 of March: arrears grow by 1.5, bills do not."""
    late = [vendor | {"late_interest": "60%"} for vendor in SHORT["compute"]]
    subject = company(**SHORT | {"compute": late})
    assert figure(subject, "arrears", 3) == pytest.approx(60 + 1.5)
    assert figure(subject, "unpaid compute.aws", 2) == pytest.approx(30)
    assert figure(subject, "unpaid compute.gcp", 3) == pytest.approx(10)


def test_nothing_is_unpaid_where_nobody_waits() -> None:
    bills = [{"name": "rent", "monthly": 10}]
    subject = company(cash={"opening": 25}, cost=bills)
    assert [figure(subject, "unpaid cost.rent", month) for month in range(3)] == [0, 0, None]
    assert figure(subject, "arrears cost.rent", 1) == 0


def test_a_figure_is_of_companies_that_lived_to_see_it() -> None:
    """The bill of March is due in April and paid by nobody; it is three months late in July, and the company ends."""
    subject = company(**SHORT)
    assert figure(subject, "arrears", 5) is not None
    assert figure(subject, "arrears", 6) is None
    assert figure(subject, "billed compute.aws", 0, 5) == pytest.approx(180)
    assert figure(subject, "billed compute.aws", 0, 6) is None
    assert figure(subject, "unpaid compute.aws", 4) is not None, "due in June"
    assert figure(subject, "unpaid compute.aws", 5) is None, "due in July"
    assert figure(subject, "unpaid compute.gcp", 5) is not None, "due at once, in June"


def test_only_the_paths_that_lived_have_a_say() -> None:
    """Half of the companies have money for two months, half for ten."""
    subject = company(cash={"opening": "choice(25: 50%, 105: 50%)"}, cost=[{"name": "rent", "monthly": 10}])
    cash = Quantity("cash")
    early, late = answers(subject, Question(cash, 1, 1), Question(cash, 4, 4), paths=400)
    assert early.lived.all()
    assert set(early.values) == {5.0, 85.0}
    assert 150 < late.lived.sum() < 250
    assert set(late.values) == {55.0}
    np.testing.assert_array_equal(late.lived, early.figures == 85.0)


def test_a_company_that_was_bought_has_no_figures() -> None:
    bought = {"name": "sale", "instrument": "acquisition", "starts": "2024-03", "amount": 1}
    subject = company(cash={"opening": 1000}, cost=[{"name": "rent", "monthly": 10}], round=[bought])
    assert figure(subject, "cash", 1) == 980
    assert figure(subject, "cash", 2) is None


def test_rounds_are_told_apart() -> None:
    """Two rounds of the same amount in the same month, one that waits for a state, and one that fails."""
    rounds = [
        {"name": "one", "instrument": "safe", "starts": "2024-02", "takes": 1, "amount": 50},
        {"name": "two", "instrument": "grant", "starts": "2024-03", "amount": 50},
        {"name": "three", "instrument": "equity", "when": {"cash_below": 1045}, "takes": 1, "amount": 7},
        {"name": "four", "instrument": "equity", "starts": "2024-03", "succeeds": 0, "amount": 50},
    ]
    subject = company(cash={"opening": 1000}, cost=[{"name": "rent", "monthly": 10}], round=rounds)
    raised = [figure(subject, f"raised round.{name}", 0, 5) for name in ("one", "two", "three", "four")]
    assert raised == [50, 50, 7, 0]
    assert figure(subject, "raised round.one", 0, 1) == 0
    assert figure(subject, "raised round.one", 2, 2) == 50
    assert figure(subject, "raised round.*", 0, 5) == 107


def test_what_people_cost_is_pay_severance_and_taxes_on_pay() -> None:
    """Two teams; half of the first, two people at 10, leave in March with two months' pay. Taxes are 10% of pay."""
    teams = [
        {"name": "a", "headcount": 4, "cost": 10, "severance_months": 2, "payroll_tax": "10%"},
        {"name": "b", "headcount": 1, "cost": 7, "hires": [{"month": "2024-03", "count": 2}]},
    ]
    cut = {"name": "cut", "when": {"month": "2024-03"}, "do": [{"cut": "team.a", "by": 0.5}]}
    subject = company(cash={"opening": 1000}, team=teams, policy=[cut])
    assert [figure(subject, "billed team.a", month) for month in range(4)] == pytest.approx([44, 44, 22 + 40, 22])
    assert [figure(subject, "billed team.b", month) for month in range(4)] == pytest.approx([7, 7, 21, 21])
    assert figure(subject, "billed team.*", 0, 3) == pytest.approx(44 + 44 + 62 + 22 + 7 + 7 + 21 + 21)
    assert [figure(subject, "headcount team.*", month) for month in range(4)] == [5, 5, 5, 5]
    assert [figure(subject, "headcount team.a", month) for month in range(4)] == [4, 4, 2, 2]


def test_compute_taken_from_credits_is_billed_all_the_same() -> None:
    vendor = {"name": "aws", "kind": "on_demand", "monthly": 30, "credits": {"amount": 45, "expires": "2024-12"}}
    subject = company(cash={"opening": 1000}, compute=[vendor])
    assert figure(subject, "billed compute.aws", 0, 2) == 90
    assert figure(subject, "cash", 2) == 1000 - 45


def test_what_is_prepaid_is_earned_month_by_month() -> None:
    """A contract invoiced from March on, 12 a month for three months each: 4 in March, 8 in April, then 12."""
    line = {"name": "api", "kind": "contract", "monthly": 12, "prepaid_months": 3, "starts": "2024-03"}
    subject = company(cash={"opening": 1000}, revenue=[line])
    assert [figure(subject, "earned revenue.api", month) for month in range(5)] == pytest.approx([0, 0, 4, 8, 12])


class Totals:
    """Watches what the ledger itself knows as a whole, month by month. Shapes (paths,)."""

    def __init__(self) -> None:
        self.months: list[dict[str, NDArray[np.float64]]] = []

    def month_end(self, month: int, ledger: Ledger) -> None:  # noqa: ARG002  (every month is alike)
        state, width = ledger.state, ledger.drivers.paths
        tax = 0.0 if ledger.payroll_tax is None else ledger.payroll_tax
        rows = {
            "earned": state.earned,
            "team": state.payroll + tax,
            "raised": sum((dense(some, width=width) for some in state.funding), start=np.zeros(1)),
            "arrears": state.arrears,
        }
        self.months.append({name: np.array(np.broadcast_to(row, width)) for name, row in rows.items()})


@pytest.mark.parametrize("number", range(40))
def test_lines_add_up_to_the_whole_on_any_company(number: int) -> None:
    """And watching changes nothing."""
    subject = company_from(document_at(number))
    plan, months = plan_of(subject), 14
    asked = {
        "earned": [f"revenue.{item.name}" for item in subject.revenue],
        "team": [f"team.{item.name}" for item in subject.team],
        "raised": [f"round.{item.name}" for item in subject.round if item.instrument not in ("compute", "acquisition")],
        "arrears": list(paths_of_suppliers(subject)),
    }
    kinds = {"team": "billed"}
    questions = [
        Question(Quantity(kinds.get(name, name), (path,)), month, month)
        for month in range(months)
        for name, paths in asked.items()
        for path in paths
    ]
    prepared = Prepared(Job(plan, number, months, 200), 0)
    ledger, totals = prepared.ledger(), Totals()
    observer = Observer(ledger, questions)
    watched, plain = ledger.run([observer, totals]), prepared.ledger().run()
    for clock, struck in plain.items():
        np.testing.assert_array_equal(watched[clock], struck, clock)
    found = iter(observer.answers)
    for whole in totals.months:
        for name, paths in asked.items():
            parts = [next(found) for _ in paths]
            if parts:
                lived, total = parts[0].lived, np.sum([part.figures for part in parts], axis=0)
                np.testing.assert_allclose(total[lived], whole[name][lived], rtol=1e-9, atol=1e-6 * plan_size(whole))


def plan_size(whole: dict[str, NDArray[np.float64]]) -> float:
    """The largest amount of a month, beside which rounding is measured."""
    return max(1.0, *(float(np.abs(row).max(initial=0.0)) for row in whole.values()))


def test_blocks_are_strung_together() -> None:
    subject = company(cash={"opening": "50 to 100"}, cost=[{"name": "rent", "monthly": "5 to 10"}])
    question = Question(Quantity("cash"), 2, 2)
    [few], [many] = answers(subject, question, paths=1000), answers(subject, question, paths=20_000)
    assert len(many.figures) == 20_000
    np.testing.assert_array_equal(many.figures[:1000], few.figures)
    assert len(np.unique(many.figures)) > 19_000
