"""Stability AI calibrated as of October 2023: what was known then is inside; what came later is told either way."""

from functools import cache

import pandas as pd
import pytest

from tarmac.calibrate import Calibration, posterior_of
from tarmac.engine.block import Job
from tarmac.engine.observing import observe
from tarmac.fit import question_of
from tarmac.layout import plan_of
from tarmac.library import load_facts
from tarmac.months import Month
from tarmac.simulation import simulate
from tests.facts_page import ROOT, model


@cache
def found() -> Calibration:
    facts = load_facts(ROOT / "seeds" / "stability-ai.csv", company=model())
    return posterior_of(model(), facts, origin=Month(2023, 10), seed=7)


@cache
def table() -> pd.DataFrame:
    return found().facts()


@pytest.mark.slow
def test_the_posterior_is_known_well_enough() -> None:
    quality = found().quality
    assert quality.least > 400
    assert quality.r_hat < 1.05
    assert quality.median > 3_000


@pytest.mark.slow
def test_every_fact_used_lies_inside_and_every_other_is_told() -> None:
    used, judged = (table()[table()["role"] == role] for role in ("used", "judged"))
    assert len(used) == 9
    assert used["inside"].all()
    assert (used["lived"] == 1).all()
    assert (judged["last"] >= "2023-10").all()
    assert len(judged) == 4
    assert (used["p95"] - used["p5"] <= used["prior_p95"] - used["prior_p5"]).all()


@pytest.mark.slow
def test_a_run_goes_through_the_facts_and_on() -> None:
    forecast = simulate(found().calibrated, months=15, paths=4_000, seed=3)
    assert forecast.insolvent.probability[9] == 0, "the company lived to the end of October"
    assert forecast.first_missed_bill.probability[8] > 0.9, "July's bill was missed at the end of September"
    assert forecast.insolvent.probability[-1] > 0.5
    assert len(found().posterior.text()) < 3_000_000


@pytest.mark.slow
def test_the_bill_of_july_was_missed_on_each_path() -> None:
    [fact] = [fact for fact in found().used if str(fact.quantity) == "unpaid compute.aws" and fact.last.number == 7]
    plan = plan_of(found().calibrated)
    [answer] = observe(Job(plan, 5, 10, 2_000), [question_of(fact, found().company)])
    assert (answer.figures > 0).mean() > 0.95
