"""Calibration: closed forms, what is used and what never is, and facts that cannot be."""

import json
from typing import Any

import numpy as np
import pytest
from scipy import stats

from tarmac.calibrate import Calibration, Effort, Method, posterior_of
from tarmac.calibrate.diagnostics import effective_size, split_r_hat
from tarmac.calibrate.moves import Reference
from tarmac.calibrate.observing import Z90, last_digit, observation_of
from tarmac.calibrate.tempering import next_power, systematic, temper
from tarmac.calibrate.unknowns import poisson_counts, unknowns_of
from tarmac.company import Company, company_from
from tarmac.errors import InputError
from tarmac.facts import COLUMNS, Fact, facts_from
from tarmac.layout import plan_of
from tarmac.months import Month

HEAD = {"company": {"name": "Example", "currency": "USD", "first_month": "2024-01", "facts": "example"}}
SMALL = Method(Effort(particles=1_000, pools=4, sweeps=6, last=20), workers=1, draws=500)
RENT = [{"name": "rent", "monthly": 10}]


def company(**sections: Any) -> Company:
    document = {"cash": {"opening": "normal(100, 20)"}, "cost": RENT}
    return company_from({**HEAD, **document, **sections}, "example.toml")


def facts(*rows: str) -> tuple[Fact, ...]:
    return facts_from("\n".join([",".join(COLUMNS), *rows]), "example.csv")


def cash(
    value: float, qualifier: str = "about", *, month: str = "2024-01", known: str = "", use: str = "calibrate"
) -> str:
    return f"cash,{month},{month},{known},{value},USD,{qualifier},memo,{use},"


def learnt(*rows: str, of: Company | None = None, seed: int = 1, method: Method = SMALL) -> Calibration:
    return posterior_of(of or company(), facts(*rows), seed=seed, method=method)


def opening(found: Calibration) -> tuple[float, float, float]:
    """Mean, standard deviation and effective size of the opening cash's score."""
    scores = found.posterior.parts["number", "cash.opening"][0]
    return float(scores.mean()), float(scores.std()), min(found.quality.least, len(scores))


# --- Closed forms


def test_a_normal_number_and_a_normal_figure() -> None:
    """Cash is 10 less than the opening: normal(90, 20). The figure 110 about, to the last digit: sd 10 / 1.645."""
    found = learnt(cash(110))
    sd = 10 / Z90
    gain = 20**2 / (20**2 + sd**2)
    mean, spread, size = opening(found)
    expected, expected_sd = gain * (110 - 90) / 20, np.sqrt(1 - gain)
    assert size > 300
    assert abs(mean - expected) < 4 * expected_sd / np.sqrt(size)
    assert abs(spread - expected_sd) < 4 * expected_sd / np.sqrt(2 * size)
    assert found.learnt[0].share == pytest.approx(gain, abs=0.04)


def test_the_evidence_is_the_density_of_the_figure_over_the_prior() -> None:
    found = learnt(cash(110))
    density = stats.norm(90, np.hypot(20, 10 / Z90)).logpdf(110)
    assert found.quality.evidence == pytest.approx(density, abs=0.15)


@pytest.mark.parametrize(("qualifier", "side"), [("less than", -1), ("at least", 1)])
def test_a_bound_cuts_the_prior_on_one_side(qualifier: str, side: int) -> None:
    """E of N(90, 20) given that it is beyond 80 with the probability Phi(distance / sd), sd 5 / 1.645."""
    found = learnt(cash(80, qualifier))
    width = np.hypot(20, 5 / Z90)
    at = side * (90 - 80) / width
    expected = side * 20 / width * stats.norm.pdf(at) / stats.norm.cdf(at)
    mean, spread, size = opening(found)
    assert abs(mean - expected) < 4 * spread / np.sqrt(size)


def test_the_more_exact_figure_counts_for_more() -> None:
    about, exact = learnt(cash(110)), learnt(cash(110, "exact"))
    assert exact.learnt[0].share > about.learnt[0].share + 0.03


def test_the_chance_of_a_round_that_closed() -> None:
    """A round of 50 closes with a chance of 20% to 80%: that it did tilts the chance upwards, by Bayes."""
    attempt = {"name": "A", "instrument": "safe", "starts": "2024-02", "succeeds": "uniform(20%, 80%)", "amount": 50}
    subject = company(cash={"opening": 500}, round=[attempt])
    found = posterior_of(
        subject, facts("raised round.A,2024-02,2024-02,,50,USD,exact,memo,calibrate,"), seed=3, method=SMALL
    )
    shares = 0.2 + 0.6 * stats.norm.cdf(found.posterior.parts["number", "round.A.succeeds"][0])
    assert shares.mean() == pytest.approx(0.5 + 0.6**2 / 12 / 0.5, abs=0.03)
    assert (found.posterior.parts["chance", "round.A"][0] < shares).all()


# --- What is used, and what never is


def test_a_fact_known_later_changes_no_byte() -> None:
    early = cash(110)
    for later in (cash(900, month="2024-03"), cash(300, month="2024-02", known="2024-04")):
        without, beside = (
            learnt(early),
            posterior_of(company(), facts(early, later), origin=Month(2024, 1), seed=1, method=SMALL),
        )
        assert without.posterior.text() == beside.posterior.text()
        assert len(beside.used) == 1
        assert [str(fact.known) for fact in beside.judged] == [str(facts(later)[0].known)]


def test_a_figure_to_be_judged_by_changes_no_byte() -> None:
    assert (
        learnt(cash(110)).posterior.text() == learnt(cash(110), cash(7, month="2024-02", use="judge")).posterior.text()
    )


def test_the_same_seed_gives_the_same_bytes_on_any_number_of_workers() -> None:
    one = learnt(cash(110))
    two = learnt(cash(110), method=Method(SMALL.effort, workers=2, draws=500))
    assert one.posterior.text() == two.posterior.text()
    assert one.posterior.text() != learnt(cash(110), seed=2).posterior.text()


def test_what_a_company_forecast_of_itself_is_compared_with_companies_alive_then() -> None:
    """Money for two to four months; in January it was forecast what January to June would cost."""
    subject = company(cash={"opening": "uniform(20, 40)"}, cost=[{"name": "rent", "monthly": "uniform(5, 15)"}])
    row = "billed cost.*,2024-01,2024-06,2024-01,60,USD,exact,memo,calibrate,"
    found = posterior_of(subject, facts(row), seed=1, method=SMALL)
    said = found.facts(paths=2_000).to_dict("records")[0]
    assert said["p5"] > 50
    assert said["p95"] < 70
    assert said["lived"] == 1


def test_facts_are_told_apart_and_the_company_with_its_past_reproduces_them() -> None:
    found = learnt(cash(110), cash(60, month="2024-04", use="judge"))
    used, judged = found.facts(paths=4_000).to_dict("records")
    assert (used["role"], judged["role"]) == ("used", "judged")
    assert used["p5"] < 110 < used["p95"]
    assert used["prior_p5"] < used["p5"]
    assert judged["median"] == pytest.approx(used["median"] - 30, abs=1)
    assert (
        json.loads(json.dumps(found.as_json(found.facts(paths=500)), allow_nan=False))["schema"]
        == "tarmac.calibration/1"
    )


def test_telling_how_far_it_is_changes_nothing_and_never_goes_back() -> None:
    def narrow(points: Any) -> Any:
        return stats.norm.logpdf(points[0].astype(float), 1.0, 0.01)

    told: list[tuple[int, int]] = []
    effort = Effort(particles=400, pools=2, sweeps=3, last=10)
    found, quiet = (
        temper(narrow, 4, effort=effort, dice=np.random.default_rng(1), tell=tell)
        for tell in (lambda done, whole: told.append((done, whole)), None)
    )
    np.testing.assert_array_equal(found.cloud.points, quiet.cloud.points)
    done = [hundredths for hundredths, _ in told]
    assert len(set(done)) > 5
    assert done == sorted(done)
    assert 0 <= done[0] < 70 < done[-1] <= 100
    assert {whole for _, whole in told} == {100}


def test_only_the_first_population_tells_how_far_it_is() -> None:
    told: list[tuple[int, int]] = []
    found = learnt(cash(110))
    heard = posterior_of(company(), facts(cash(110)), seed=1, method=SMALL, tell=lambda *way: told.append(way))
    assert heard.posterior.text() == found.posterior.text()
    assert told == sorted(told) != []


# --- What cannot be


def refused(*rows: str, of: Company | None = None, origin: Month | None = None) -> str:
    with pytest.raises(InputError) as caught:
        posterior_of(of or company(), facts(*rows), origin=origin, seed=1, method=SMALL)
    return str(caught.value)


def test_facts_that_contradict_each_other_are_named_with_the_nearest_there_is() -> None:
    said = refused(cash(110, "exact"), cash(170, "exact", month="2024-02"))
    assert "cash, 2024-01 = 110" in said
    assert "cash, 2024-02 = 170" in said
    assert "comes no nearer than" in said


def test_a_fact_that_the_model_cannot_say_is_named() -> None:
    assert "billed cost.*, 2024-01 = 55" in refused("billed cost.*,2024-01,2024-01,,55,USD,exact,memo,calibrate,")


def test_a_fact_that_no_company_lives_to_see_is_named() -> None:
    assert "live to see it" in refused(cash(110, month="2026-01"), of=company(cash={"opening": "uniform(50, 60)"}))


@pytest.mark.parametrize(
    ("rows", "sections", "origin", "words"),
    [
        ([cash(110, month="2024-03")], {}, Month(2024, 2), "nothing to learn by then"),
        ([cash(110, use="judge")], {}, None, "nothing to learn from"),
        ([cash(110, month="2023-12")], {}, None, "nothing to learn from"),
        ([cash(110)], {"cash": {"opening": 120}}, None, "something to be learnt"),
        (["billed compute.x,2024-01,2024-01,,1,USD,exact,memo,calibrate,"], {}, None, "compute.x"),
    ],
)
def test_nothing_to_learn(rows: list[str], sections: dict[str, Any], origin: Month | None, words: str) -> None:
    assert words in refused(*rows, of=company(**sections), origin=origin)


# --- The parts


@pytest.mark.parametrize(
    ("value", "unit"), [(4e6, 1e6), (9.6e6, 1e5), (600_000.0, 1e5), (150.0, 10.0), (5.25, 0.01), (0.0, 1.0)]
)
def test_the_last_digit_printed(value: float, unit: float) -> None:
    assert last_digit(value) == pytest.approx(unit)


def test_the_width_of_a_figure() -> None:
    exact, about, below = (
        observation_of(fact, company())
        for qualifier in ("exact", "about", "at most")
        for fact in facts(cash(110, qualifier))
    )
    assert [item.sd for item in (exact, about, below)] == pytest.approx([5 / Z90, 10 / Z90, 5 / Z90])
    assert [item.side for item in (exact, about, below)] == [0, 0, -1]


def test_poisson_counts_by_inversion() -> None:
    uniforms = np.random.default_rng(1).random((3, 2_000))
    rate = np.linspace(0, 5, 2_000)
    expected: Any = stats.poisson.ppf(uniforms, rate)
    np.testing.assert_array_equal(poisson_counts(uniforms, rate)[:, 1:], expected[:, 1:])
    assert (poisson_counts(uniforms, np.zeros(1)) == 0).all()


def test_powers_keep_the_wanted_number_effective() -> None:
    likelihood = np.random.default_rng(1).normal(size=1_000) * 30
    power = next_power(likelihood, 0.0, kept=500)
    weights = np.exp(power * (likelihood - likelihood.max()))
    assert weights.sum() ** 2 / (weights**2).sum() == pytest.approx(500, rel=0.01)
    assert next_power(likelihood / 1e4, 0.5, kept=500) == 1


def test_systematic_resampling_takes_each_as_often_as_its_weight_says() -> None:
    weights = np.array([0.1, 0.25, 0.65])
    chosen = systematic(weights, 1_000, dice=np.random.default_rng(1))
    assert (np.abs(np.bincount(chosen) - 1_000 * weights) <= 1).all()
    assert (np.diff(chosen) >= 0).all()


def test_a_reference_finds_the_directions_that_facts_have_narrowed() -> None:
    dice = np.random.default_rng(1)
    points = dice.standard_normal((20, 5_000), np.float32)
    points[3] = 0.1 * points[3] + 2
    reference = Reference.fitted(points)
    assert len(reference.variances) == 1
    assert reference.variances[0] == pytest.approx(0.01, rel=0.1)
    assert abs(reference.directions[3, 0]) == pytest.approx(1, abs=1e-3)
    assert np.cov(reference.deviations(dice.standard_normal((20, 20_000), np.float32)))[3, 3] == pytest.approx(
        0.01, rel=0.1
    )
    off = np.zeros((20, 1), np.float32)
    off[3] = 0.3
    z = reference.mean[:, None] + off
    direct = (
        stats.norm.logpdf(z[3, 0])
        - stats.norm.logpdf(0.3, 0, 0.1)
        - (stats.norm.logpdf(2) - stats.norm.logpdf(0, 0, 0.1))
    )
    assert reference.excess(off)[0] - 0 == pytest.approx(direct, rel=0.1)


def test_tempering_two_separate_hills() -> None:
    """Half of the posterior lies in each of two hills 8 standard deviations apart, and both keep their share."""

    def hills(points: Any) -> Any:
        return np.logaddexp(*(stats.norm.logpdf(points[0].astype(float), at, 0.1) for at in (-1.0, 1.0)))

    found = temper(hills, 5, effort=Effort(particles=4_000, pools=4), dice=np.random.default_rng(1))
    assert found.arrived
    assert (found.cloud.points[0] > 0).mean() == pytest.approx(0.5, abs=0.05)
    assert found.evidence == pytest.approx(stats.norm.logpdf(1, 0, np.hypot(1, 0.1)) + np.log(2), abs=0.1)


def test_r_hat_tells_populations_apart() -> None:
    chains = np.random.default_rng(1).normal(size=(2, 4_000))
    assert split_r_hat(chains) < 1.01
    assert split_r_hat(chains + np.array([[0.0], [1.0]])) > 1.1
    assert split_r_hat(chains * np.array([[1.0], [3.0]])) > 1.05, "folded: the same middle, another spread"


def test_copies_of_one_ancestor_count_once() -> None:
    values = np.random.default_rng(1).normal(size=500)
    alone = effective_size([values], [np.arange(500)])
    assert alone == pytest.approx(500, rel=0.01)
    copied = effective_size([np.repeat(values, 4)], [np.repeat(np.arange(500), 4)])
    assert copied == pytest.approx(alone, rel=1e-6)
    assert effective_size([values, values], [np.arange(500)] * 2) == pytest.approx(1_000, rel=0.01)


def test_all_that_is_random_is_unknown() -> None:
    price = {"name": "gpu", "regime": {"multiply": 2, "begins": 0.1, "ends": 0.2}, "volatility": 0.1}
    event = {"name": "fine", "rate": "1% to 5%", "effect": {"target": "cash", "add": "uniform(-4, -1)"}}
    revenue = {
        "name": "api",
        "kind": "usage",
        "monthly": "4 to 6",
        "volatility": 0.2,
        "market": 0.1,
        "customers": [{"name": "one", "share": 0.2, "leaves": 0.02}],
    }
    compute = [{"name": "x", "kind": "on_demand", "units": 1, "unit_price": 3, "price": "gpu"}]
    plan = plan_of(company(price=[price], event=[event], revenue=[revenue], compute=compute))
    sizes = unknowns_of(plan, 6).sizes
    assert {kind for kind, _ in sizes} == {"number", "month", "chance", "switch", "count", "size"}
    assert sizes["month", "market"] == sizes["switch", "regime/price.gpu"] == sizes["count", "event.fine"] == 6
