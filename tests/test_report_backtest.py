"""Backtests in words and pictures: verdicts that say no more than is known, and charts that show the numbers."""

from dataclasses import replace

import numpy as np
import pytest

import tarmac
from tarmac.backtest.cases import CRPS, Skill
from tarmac.backtest.firms import CLIMATOLOGY, JUDGED, RUNWAYS, FirmsTest, firms_test
from tarmac.backtest.origins import OriginsTest, calibrating, origins_test
from tarmac.backtest.snapshots import RULE, SnapshotTest, snapshot_test
from tarmac.engine.block import Job
from tarmac.layout import plan_of
from tarmac.library import load_facts, load_outcomes
from tarmac.months import Month
from tarmac.outcomes import Ratios
from tarmac.report.backtest.figure import backtest_figure, backtest_text, tables, verdict
from tarmac.report.backtest.firms import runways


@pytest.fixture(scope="module")
def snapshots() -> SnapshotTest:
    found = load_outcomes("snapshots")
    assert not isinstance(found, Ratios)
    return snapshot_test(found, file="snapshots", months=36, paths=500, seed=7)


@pytest.fixture(scope="module")
def firms() -> FirmsTest:
    found = load_outcomes("polish-firms")
    assert isinstance(found, Ratios)
    return firms_test(found, file="polish-firms", paths=300, seed=7)


@pytest.fixture(scope="module")
def origins() -> OriginsTest:
    company = tarmac.load("stability-ai")
    facts = load_facts("stability-ai", company=company)
    job = Job(plan_of(company), 7, 24, 500)
    foresight = calibrating(seed=7, tell=pytest.fail)
    return origins_test(company, facts, origins=[Month(2022, 12)], foresight=foresight, job=job)


def with_skill(found: SnapshotTest, item: Skill) -> SnapshotTest:
    skills = {base: dict(rows) for base, rows in found.judged.skills.items()}
    skills[RULE][CRPS] = item
    return replace(found, judged=replace(found.judged, skills=skills))


def of_companies(found: SnapshotTest, count: int) -> SnapshotTest:
    """The same, as if its snapshots were of so many companies."""
    companies = np.arange(len(found.told)) % count
    return replace(found, judged=replace(found.judged, cases=replace(found.judged.cases, companies=companies)))


def test_a_verdict_says_what_can_be_told(snapshots: SnapshotTest) -> None:
    assert verdict(snapshots).startswith("Too few to tell")
    better = with_skill(snapshots, Skill(0.4, (0.2, 0.6)))
    assert verdict(better).startswith("Too few to tell: with 9 companies")
    assert verdict(of_companies(better, 12)).startswith("Tarmac did better than cash / burn by CRPS, on 12 companies")
    worse = of_companies(with_skill(snapshots, Skill(-0.4, (-0.6, -0.2))), 10)
    assert "did worse than cash / burn by CRPS" in verdict(worse)


def test_a_verdict_on_firms(firms: FirmsTest) -> None:
    assert "cannot be told from the mean" in verdict(firms)
    half = firms.halves[JUDGED]
    told = replace(half, skill=half.skill | {CLIMATOLOGY: Skill(0.1, (0.05, 0.2))})
    assert verdict(replace(firms, halves=firms.halves | {JUDGED: told})).endswith("better than the mean")


def test_the_verdict_on_a_company_names_what_did_not_come_true(origins: OriginsTest) -> None:
    said = verdict(origins)
    assert "a missed bill by Sep 2023" in said
    assert said.count("came true") == 1
    assert said.count("did not come true") == 1
    assert "of 13 later figures" in said


def test_tables_hold_what_the_text_says(snapshots: SnapshotTest, firms: FirmsTest, origins: OriginsTest) -> None:
    cases = tables(snapshots)["cases"]
    assert list(cases.company) == [item.company for item in snapshots.told]
    assert tables(firms)["reliability"].groupby("half").cases.sum().to_dict() == {"fitted": 244, "judged": 243}
    chances = tables(origins)["chances"]
    assert list(chances.month[:2]) == ["2023-01", "2023-02"]
    assert chances.insolvent.is_monotonic_increasing
    assert len(tables(origins)["later-facts"]) == 13


def test_the_case_chart_shows_every_outcome(snapshots: SnapshotTest) -> None:
    cases, reliability, pit = backtest_figure(snapshots).axes
    labels = [text.get_text() for text in cases.get_yticklabels()]
    assert labels[0] == "Canoo, Dec 2022"
    assert len(labels) == 12
    marks = [line for line in cases.lines if line.get_marker() in ("X", "o") and line.get_markersize() == 8]
    assert [float(np.asarray(line.get_xdata())[0]) for line in marks] == pytest.approx(
        [min(item.months, 36) for item in snapshots.told]
    )
    assert reliability.get_xlabel() == "forecast, end in 12 months"
    assert pit.get_title(loc="left").startswith("Calibration")


def test_the_other_figures_have_their_panels(firms: FirmsTest, origins: OriginsTest) -> None:
    left, right = backtest_figure(firms).axes
    words = [runways(place).replace(" and more", "+") for place in range(len(RUNWAYS) - 1)]
    assert [text.get_text() for text in left.get_xticklabels()] == words
    assert len(right.get_yticklabels()) == 3
    chances, facts = backtest_figure(origins).axes
    assert len(facts.get_yticklabels()) == 13
    assert any("not insolvent by Mar 2024" in text.get_text() for text in chances.texts)


def test_a_short_horizon_and_no_later_fact_leave_something_to_show(
    snapshots: SnapshotTest, origins: OriginsTest
) -> None:
    short = snapshot_test(snapshots.told, file="short", months=6, paths=200, seed=7)
    assert len(backtest_figure(short).axes) == 3
    assert "% by 12" not in backtest_text(short)
    doubtful = replace(origins, views=(replace(origins.views[0], learnt=3, settled=False),))
    assert "fitted to 3 facts; the fit has not come to rest" in backtest_text(doubtful)
    bare = replace(origins, views=(replace(origins.views[0], facts=[]),))
    assert "No figure became known later" in backtest_text(bare)
    assert len(backtest_figure(bare).axes) == 2
