"""The past of a company in a run: rows kept whole, the file and its mistakes, scenarios, new money."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import tarmac
from tarmac.calibrate import Calibration, Effort, Method, posterior_of
from tarmac.company import Company, company_from
from tarmac.company.calibrated import calibrated, declared, fingerprint
from tarmac.engine.block import Job, Prepared
from tarmac.engine.draws import Draws, replay
from tarmac.engine.observing import Question, observe
from tarmac.errors import InputError
from tarmac.facts import COLUMNS, Quantity, facts_from
from tarmac.layout import plan_of
from tarmac.months import Month
from tarmac.posterior import About, Posterior, posterior_from
from tarmac.scenario import apply, scenario_from, without_funding
from tarmac.simulation import assumptions

DOCUMENT: dict[str, Any] = {
    "company": {"name": "Example", "currency": "USD", "first_month": "2024-01", "facts": "example"},
    "cash": {"opening": "normal(1000, 100)"},
    "revenue": [{"name": "api", "kind": "usage", "monthly": "20 to 40", "volatility": 0.2, "persistence": 0.5}],
    "cost": [{"name": "rent", "monthly": "40 to 80"}],
    "round": [
        {"name": "A", "instrument": "safe", "starts": "2024-02", "succeeds": "50%", "amount": "100 to 200"},
        {"name": "B", "instrument": "safe", "starts": "2024-08", "succeeds": "50%", "amount": "100 to 200"},
    ],
    "event": [{"name": "fine", "rate": "20% to 40%", "effect": {"target": "cash", "add": "uniform(-30, -10)"}}],
}
ROWS = (
    "cash,2024-03,2024-03,,1005,USD,exact,memo,calibrate,",
    "earned revenue.*,2024-01,2024-03,,96,USD,exact,memo,calibrate,",
    "billed cost.*,2024-01,2024-03,,165,USD,about,memo,calibrate,",
    "raised round.A,2024-02,2024-02,,140,USD,about,memo,calibrate,",
)
FACTS = facts_from("\n".join([",".join(COLUMNS), *sorted(ROWS, key=lambda row: row.split(",")[1:3])]), "example.csv")
MONTHS = 3


def company(**sections: Any) -> Company:
    return company_from({**DOCUMENT, **sections}, "example.toml")


@pytest.fixture(scope="module")
def found() -> Calibration:
    method = Method(Effort(particles=800, pools=4, sweeps=6, last=25), workers=1, draws=600)
    return posterior_of(company(), FACTS, seed=1, method=method)


def draws_of(subject: Company, *, months: int = 12, paths: int = 3_000, seed: int = 5) -> Draws:
    return Prepared(Job(plan_of(subject), seed, months, paths), 0).drivers.draws


def figures(subject: Company, words: str, first: int, last: int) -> Any:
    kind, _, rest = words.partition(" ")
    question = Question(Quantity(kind, (rest,) if rest else ()), first, last)
    return observe(Job(plan_of(subject), 5, 12, 3_000), [question])[0].figures


# --- Runs


def test_each_path_has_one_row_of_the_posterior_and_its_dependence(found: Calibration) -> None:
    plan, draws = plan_of(found.calibrated), draws_of(found.calibrated)
    past = replay(plan, found.posterior)
    rows = np.array([np.flatnonzero(past.inputs["cash.opening"] == value)[0] for value in draws.inputs["cash.opening"]])
    assert len(set(rows.tolist())) > 0.9 * found.posterior.rows
    for name, values in draws.inputs.items():
        np.testing.assert_array_equal(values, past.inputs[name][rows])
    for name, values in draws.chances.items():
        np.testing.assert_array_equal(values, past.chances[name][rows])
    for name, scores in draws.scores.items():
        np.testing.assert_array_equal(scores[:MONTHS], past.scores[name][:, rows])
    tied = np.corrcoef(draws.inputs["cash.opening"], draws.inputs["cost.rent.monthly"])[0, 1]
    assert abs(tied) < 1
    assert tied == pytest.approx(
        np.corrcoef(past.inputs["cash.opening"], past.inputs["cost.rent.monthly"])[0, 1], abs=0.1
    )


def test_the_first_months_of_a_run_go_through_the_facts(found: Calibration) -> None:
    for words, first, value, width in (
        ("cash", 2, 1005, 4),
        ("earned revenue.*", 0, 96, 4),
        ("billed cost.*", 0, 165, 10),
        ("raised round.A", 1, 140, 20),
    ):
        said = figures(found.calibrated, words, first if words != "raised round.A" else 1, 1 if "round" in words else 2)
        assert abs(np.median(said) - value) < width
        assert said.std() < 0.5 * max(figures(company(), words, 0, 2).std(), width)


def test_what_comes_later_is_drawn_afresh(found: Calibration) -> None:
    draws = draws_of(found.calibrated, paths=16_384)
    scores = draws.scores["revenue.api"][MONTHS:]
    assert len(np.unique(scores[0])) > 10_000
    assert abs(scores.mean()) < 0.01
    assert scores.std() == pytest.approx(1, abs=0.01)
    later = draws.occurrences["fine"].months
    assert (np.diff(later) >= 0).all()
    assert (later >= MONTHS).sum() == pytest.approx(16_384 * 9 * 0.29, rel=0.15)


def test_events_of_the_past_are_those_of_the_row(found: Calibration) -> None:
    past = replay(plan_of(found.calibrated), found.posterior).occurrences["fine"]
    counts = found.posterior.parts["count", "event.fine"]
    assert len(past.months) == counts.sum()
    for month in range(MONTHS):
        here = past.paths[past.months == month]
        np.testing.assert_array_equal(np.bincount(here, minlength=found.posterior.rows), counts[month])
    sizes = found.posterior.parts["size", "event.fine"]
    for path in range(50):
        own = past.scores[past.paths == path]
        np.testing.assert_array_equal(own, [sizes[k % len(sizes), path] for k in range(len(own))])


def test_without_a_posterior_the_prior_is_as_it_was(found: Calibration) -> None:
    before, after = draws_of(company()), draws_of(calibrated(found.calibrated, None))
    for name, values in before.inputs.items():
        np.testing.assert_array_equal(values, after.inputs[name])


def test_a_run_says_what_it_was_calibrated_on(found: Calibration) -> None:
    forecast = tarmac.simulate(found.calibrated, months=6, paths=500, seed=1)
    assert "Calibrated on 4 facts known by Mar 2024." in " ".join(forecast.origin.text)
    assert not any("Calibrated" in text for text in tarmac.simulate(company(), months=2, paths=50, seed=1).origin.text)


# --- Scenarios and new money


def changed(subject: Company, target: str, **operation: Any) -> Company:
    return apply(subject, scenario_from({"title": "x", "change": [{"target": target, **operation}]}, "x.toml"))


def test_a_factor_works_on_the_drawn_value(found: Calibration) -> None:
    before, after = draws_of(found.calibrated), draws_of(changed(found.calibrated, "cost.rent.monthly", multiply=1.5))
    np.testing.assert_allclose(after.inputs["cost.rent.monthly"], 1.5 * before.inputs["cost.rent.monthly"])
    np.testing.assert_array_equal(after.inputs["cash.opening"], before.inputs["cash.opening"])


def test_a_new_range_makes_the_draws_of_that_number_moot_and_is_said(found: Calibration) -> None:
    subject = changed(found.calibrated, "cost.rent.monthly", set="50 to 60")
    before, after = draws_of(found.calibrated), draws_of(subject)
    np.testing.assert_array_equal(
        after.inputs["cost.rent.monthly"],
        draws_of(changed(company(), "cost.rent.monthly", set="50 to 60")).inputs["cost.rent.monthly"],
    )
    np.testing.assert_array_equal(after.inputs["cash.opening"], before.inputs["cash.opening"])
    [said] = [text for text in assumptions(plan_of(subject), subject) if "declared since" in text]
    assert "cost.rent.monthly" in said


def test_new_money_is_barred_from_the_origin_on_alone(found: Calibration) -> None:
    bare = without_funding(found.calibrated)
    assert (figures(bare, "raised round.A", 0, 11) > 0).all()
    assert not figures(bare, "raised round.B", 0, 11).any()
    assert figures(found.calibrated, "raised round.B", 0, 11).any()


# --- The file


def test_the_file_gives_back_what_was_written(found: Calibration) -> None:
    text = found.posterior.text()
    again = posterior_from(text, "x.posterior.csv")
    assert again.text() == text
    assert again.about == found.posterior.about
    for part, values in found.posterior.parts.items():
        np.testing.assert_allclose(again.parts[part], values, atol=1e-3)


def shelf(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working folder with the company, its facts and its draws."""
    for name in ("models", "seeds"):
        (tmp_path / name).mkdir()
    (tmp_path / "seeds" / "example.csv").write_text(",".join(COLUMNS) + "\n")
    lines = ["[company]", 'name = "Example"', 'currency = "USD"', 'first_month = "2024-01"', 'facts = "example"']
    lines += ['posterior = "past"', "[cash]", 'opening = "normal(1000, 100)"']
    lines += ["[[cost]]", 'name = "rent"', 'monthly = "40 to 80"']
    path = tmp_path / "models" / "small.toml"
    path.write_text("\n".join(lines))
    monkeypatch.chdir(tmp_path)
    return path


def past_of(subject: Company, rows: int = 7) -> Posterior:
    about = About(fingerprint(subject), Month(2024, 3), 2, 3, 1, declared(subject))
    scores = np.random.default_rng(1).normal(size=(len(about.declared), 1, rows))
    return Posterior(about, {("number", name): own for name, own in zip(about.declared, scores, strict=True)})


def test_a_company_that_names_its_draws_is_loaded_with_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = shelf(tmp_path, monkeypatch)
    with pytest.raises(InputError, match=r"past\.posterior\.csv"):
        tarmac.load("small")
    bare = tarmac.library.load("small", posterior=False)
    (path.parent / "past.posterior.csv").write_text(past_of(bare).text())
    loaded = tarmac.load("small")
    assert loaded.posterior is not None
    assert len(set(draws_of(loaded).inputs["cash.opening"].tolist())) == 7
    path.write_text(path.read_text().replace("40 to 80", "40 to 90"))
    with pytest.raises(InputError, match=r"cost\.rent\.monthly = 40 to 90"):
        tarmac.load("small")
    path.write_text(path.read_text().replace("40 to 90", "40 to 80") + "\nterms = 2")
    with pytest.raises(InputError, match="something that is certain has changed"):
        tarmac.load("small")


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("# {", "# [", "says where the draws come from"),
        ("tarmac.posterior/1", "tarmac.posterior/9", "is of the schema"),
        ("number/cash.opening@1", "number/cash.opening@2", "places of a driver in order"),
        ("number/cash.opening@1", "nothing", "names each column"),
        ("number/cost.rent.monthly@1", "number/cash.opening@2", "has all its columns"),
        ("number/cash.opening@1,", "", "cells"),
        ("\n0.", "\nx.", "holds numbers alone"),
        ("\n0.", "\n99.", "holds scores up to"),
        ('"2024-03"', '"2024-13"', "says where the draws come from"),
        ("normal(1000, 100)", "normal(1000", "says where the draws come from"),
    ],
)
def test_a_broken_file_is_refused(old: str, new: str, words: str) -> None:
    subject = company(revenue=[], round=[], event=[])
    text = past_of(subject).text()
    assert old in text
    with pytest.raises(InputError, match=words):
        posterior_from(text.replace(old, new, 1), "past.posterior.csv")


def test_a_company_that_was_not_loaded_does_not_know_its_draws() -> None:
    subject = company(company=DOCUMENT["company"] | {"posterior": "past"})
    with pytest.raises(InputError, match=r"tarmac\.load"):
        plan_of(subject)
