"""One company as of several months: what happened, what was forecast of it, and that nothing later is looked at."""

from dataclasses import replace

import numpy as np
import pytest

import tarmac
from tarmac.backtest.origins import (
    AsOf,
    Foresight,
    Happened,
    OriginsTest,
    View,
    calibrating,
    check_origins,
    default_origins,
    happened_by,
    origins_test,
    plain_score,
)
from tarmac.calibrate import Effort, Method
from tarmac.engine.block import Job
from tarmac.errors import InputError
from tarmac.facts import COLUMNS, Fact, facts_from
from tarmac.layout import plan_of
from tarmac.library import load_facts
from tarmac.months import Month

BEFORE = Month(2022, 12)
COMPANY = tarmac.load("stability-ai")
FACTS = load_facts("stability-ai", company=COMPANY)


AS_DECLARED = calibrating(seed=7, tell=pytest.fail)


def judged(*origins: Month, foresight: Foresight = AS_DECLARED, facts: tuple[Fact, ...] = FACTS) -> OriginsTest:
    job = Job(plan_of(COMPANY), 7, 24, 1_000)
    return origins_test(COMPANY, facts, origins=origins, foresight=foresight, job=job)


def test_what_is_known_to_have_happened() -> None:
    assert happened_by(COMPANY, FACTS) == Happened(Month(2023, 9), None, Month(2024, 3))


def test_an_event_called_insolvency_is_one() -> None:
    text = ",".join(COLUMNS) + "\ninsolvency,2024-02,2024-02,,,,event,memo,context,\n"
    assert happened_by(COMPANY, facts_from(text, "x.csv")) == Happened(None, Month(2024, 2), Month(2024, 2))


def test_a_forecast_of_somebody_tells_of_no_later_month() -> None:
    own = tuple(fact for fact in FACTS if fact.known < fact.last)
    assert own
    assert happened_by(COMPANY, (*own, FACTS[0])).until == FACTS[0].last


def test_origins_are_those_in_which_something_became_known() -> None:
    assert default_origins(COMPANY, FACTS) == [BEFORE, Month(2023, 6), Month(2023, 9), Month(2023, 10)]


def test_as_declared_it_is_the_forecast_of_the_file() -> None:
    [view] = judged(BEFORE).views
    forecast = tarmac.simulate(COMPANY, months=24, paths=1_000, seed=7)
    bare = tarmac.simulate(COMPANY, scenarios=["no-new-money"], months=24, paths=1_000, seed=7)
    assert view.funded["insolvent"].probability.tolist() == forecast.insolvent.probability.tolist()
    assert view.funded["first_missed_bill"].probability.tolist() == forecast.first_missed_bill.probability.tolist()
    assert view.alone["insolvent"].probability[-1] == pytest.approx(bare.insolvent.probability[-1], abs=0.01)
    chance = view.chance("insolvent", Month(2023, 12))
    assert chance == (forecast.insolvent.probability[11], forecast.insolvent.standard_error[11])
    assert view.chance("insolvent", BEFORE) is None
    assert len(view.facts) == 13
    assert view.learnt == 0


def test_later_origins_count_from_the_month_after_and_see_later_facts_alone() -> None:
    def known(company: tarmac.Company, _: object, *, origin: Month) -> AsOf:
        return AsOf(company, company, origin - BEFORE)

    early, late = judged(BEFORE, Month(2023, 9), foresight=known).views
    assert (early.learnt, late.learnt) == (0, 9)
    assert {row["last"] for row in late.facts} == {"2023-08", "2023-10", "2023-12", "2024-02", "2024-03"}
    for name in ("insolvent", "first_missed_bill"):
        assert len(late.funded[name].probability) == 24
        assert np.all(np.diff(late.funded[name].probability) >= 0)
    assert late.funded["insolvent"].counts[0] == early.funded["insolvent"].counts[9]
    assert late.funded["insolvent"].paths == 1_000


def test_a_clock_that_has_struck_is_not_scored() -> None:
    [view] = judged(BEFORE).views
    happened = happened_by(COMPANY, FACTS)
    missed = plain_score(view, happened, name="first_missed_bill")
    assert missed is not None
    assert 0 < missed < 3
    assert plain_score(replace(view, origin=Month(2023, 9)), happened, name="first_missed_bill") is None
    right = Happened(Month(2023, 9), Month(2023, 11), Month(2024, 3))
    wrong = Happened(Month(2023, 9), None, Month(2024, 12))
    assert (plain_score(view, right, name="insolvent") or 0) < (plain_score(view, wrong, name="insolvent") or 0)


@pytest.mark.parametrize("origin", [Month(2022, 11), Month(2024, 3)])
def test_an_origin_out_of_reach_is_named(origin: Month) -> None:
    with pytest.raises(InputError, match="origin"):
        judged(origin)


def test_an_origin_with_nothing_to_learn_from_is_named() -> None:
    with pytest.raises(InputError, match="by then nothing had become known to learn from"):
        check_origins(COMPANY, FACTS, origins=[BEFORE, Month(2023, 5), Month(2023, 6)])


@pytest.mark.slow
def test_as_of_a_later_month_it_has_learnt_and_sees_nothing_later() -> None:
    """Every fact known after June 2023 told three times as large: the forecast as of then is the same to the bit."""
    told: list[str] = []
    quick = Method(effort=Effort(particles=256, pools=4, sweeps=3, last=6), workers=1)
    foresight = calibrating(seed=7, tell=told.append, method=quick)
    june = Month(2023, 6)
    other = tuple(
        replace(fact, value=3 * fact.value) if fact.known > june and fact.value is not None else fact for fact in FACTS
    )
    [view], [changed] = (judged(june, foresight=foresight, facts=facts).views for facts in (FACTS, other))
    assert view.learnt == 1
    assert view.funded["insolvent"].counts.tolist() == changed.funded["insolvent"].counts.tolist()
    assert view.alone["first_missed_bill"].counts.tolist() == changed.alone["first_missed_bill"].counts.tolist()
    assert [row["median"] for row in view.facts] == [row["median"] for row in changed.facts]
    assert [row["observed"] for row in view.facts] != [row["observed"] for row in changed.facts]
    assert told == ["calibrating Stability AI on what was known by Jun 2023"] * 2
    declared = judged(BEFORE).views[0]
    before, learnt = declared.chance("insolvent", Month(2023, 12)), view.chance("insolvent", Month(2023, 12))
    assert before is not None
    assert learnt is not None
    assert learnt[0] < before[0]  # the bridge has closed
    assert view.funded["insolvent"].probability[0] < 0.05
    assert view.alone["insolvent"].probability[11] >= view.funded["insolvent"].probability[11]


def test_a_view_counts_what_lies_inside() -> None:
    view = View(BEFORE, 0, True, {}, {}, [{"inside": np.True_}, {"inside": False}])
    assert view.inside == 1
