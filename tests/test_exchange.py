"""Pick and freeze on a company: what is taken from the other sample, and what is left as it was."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from tarmac.company import company_from
from tarmac.engine.block import Job, Prepared
from tarmac.engine.exchange import CHANCES, EVENTS, NOISE, Exchange, Part, need_swapped, survive_swapped
from tarmac.engine.needing import about
from tarmac.layout import plan_of
from tarmac.streams import BLOCK_PATHS, Occurrences

HEAD = {"name": "Example", "currency": "USD", "first_month": "2024-01"}
COMPANY: dict[str, Any] = {
    "company": HEAD,
    "cash": {"opening": "50 to 150"},
    "revenue": [{"name": "sales", "kind": "usage", "monthly": "2 to 6", "volatility": "20%"}],
    "cost": [{"name": "rent", "monthly": "8 to 14", "volatility": "10%"}],
    "round": [
        {"name": "A", "instrument": "equity", "starts": "2024-02", "takes": 3, "succeeds": "20% to 60%", "amount": 60}
    ],
    "event": [{"name": "fine", "rate": "2% to 20%", "effect": {"target": "cash", "add": -30}}],
}


def exchange(paths: int = 4_000) -> Exchange:
    return Exchange(Job(plan_of(company_from(COMPANY, "example.toml")), 3, 12, paths), 0)


ALL = Part("all", ("cash.opening", "revenue.sales.monthly", "cost.rent.monthly"), frozenset({NOISE, EVENTS, CHANCES}))


def test_nothing_taken_is_sample_a_and_all_is_sample_b() -> None:
    both = exchange()
    rest = ("round.A.succeeds", "event.fine.rate")
    whole = replace(ALL, inputs=(*ALL.inputs, *rest))
    assert np.array_equal(both.survives(both.swapped(Part("none"))), both.survives(both.a))
    assert np.array_equal(both.survives(both.swapped(whole)), both.survives(both.b))


def test_sample_a_is_the_run_itself() -> None:
    plan = plan_of(company_from(COMPANY, "example.toml"))
    job = Job(plan, 3, 12, BLOCK_PATHS)
    both = Exchange(job, 0)
    usual = Prepared(job, 0).ledger().run()["insolvent"] == 12
    assert np.array_equal(both.survives(both.a), usual)


def test_the_samples_are_independent() -> None:
    both = exchange(10_000)
    for name, values in both.a.inputs.items():
        assert abs(np.corrcoef(values, both.b.inputs[name])[0, 1]) < 0.05


@pytest.mark.parametrize("kind", ["scores", "chances", "occurrences"])
def test_a_kind_of_luck_is_taken_alone(kind: str) -> None:
    both = exchange()
    luck = {"scores": NOISE, "chances": CHANCES, "occurrences": EVENTS}[kind]
    mixed = both.swapped(Part("luck", luck=frozenset({luck})))
    for other in ("inputs", "scores", "chances", "occurrences"):
        taken, left = getattr(mixed, other), getattr(both.a, other)
        same = all(np.array_equal(_rows(values), _rows(left[name])) for name, values in taken.items())
        assert same == (other != kind)


def _rows(values: Any) -> Any:
    """The numbers of a driver; of an event the paths on which it happens."""
    return values.paths if isinstance(values, Occurrences) else values


def test_another_rate_keeps_the_luck_of_the_events() -> None:
    """A path whose rate rises keeps its occurrences and gets more; one whose rate falls keeps some of them."""
    both = exchange()
    mixed = both.swapped(Part("rate", ("event.fine.rate",)))
    before, after = (np.bincount(draws.occurrences["fine"].paths, minlength=draws.paths) for draws in (both.a, mixed))
    rises = mixed.inputs["event.fine.rate"] > both.a.inputs["event.fine.rate"]
    assert np.all(after[rises] >= before[rises])
    assert np.all(after[~rises] <= before[~rises])
    assert after.sum() != before.sum()
    assert np.array_equal(mixed.inputs["cash.opening"], both.a.inputs["cash.opening"])


def test_tasks_return_their_parts_in_order() -> None:
    job = Job(plan_of(company_from(COMPANY, "example.toml")), 3, 12, 500)
    both = Exchange(job, 0)
    rows = survive_swapped(job, (0, [Part("none"), None, ALL]))
    assert np.array_equal(rows[0], both.survives(both.a))
    assert np.array_equal(rows[1], both.survives(both.b))
    assert np.array_equal(rows[2], both.survives(both.swapped(ALL)))


def test_the_need_is_that_of_the_finer_search_but_for_its_last_halvings() -> None:
    job = Job(plan_of(company_from(COMPANY, "example.toml")), 3, 12, 500)
    [rough] = need_swapped(job, (0, [Part("none")]))
    fine = about(Prepared(job, 0, draws=Exchange(job, 0).a), 14)
    assert np.array_equal(rough == 0, fine == 0)
    assert np.max(np.abs(rough - fine)) < 0.03 * fine.max() + 1


def test_the_need_of_a_company_that_does_not_react_is_its_lowest_point() -> None:
    bare = {**COMPANY, "company": HEAD | {"insolvent_when": "cash_below_zero"}, "round": [], "event": []}
    job = Job(plan_of(company_from(bare, "example.toml")), 3, 12, 500)
    assert not job.plan.reacts_to_cash
    [need], [survives] = need_swapped(job, (0, [Part("none")])), survive_swapped(job, (0, [Part("none")]))
    assert np.array_equal(need == 0, survives)
