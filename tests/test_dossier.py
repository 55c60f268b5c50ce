import numpy as np
import pytest

import tarmac
from tarmac.dossier import Dossier, Run, Wanted, beside_of, digest_of, dossier_of
from tarmac.engine.block import Job
from tarmac.layout import plan_of
from tarmac.library import load_scenario
from tarmac.raising import attempt_of, raising
from tarmac.scenario import apply

MONTHS, PATHS, SEED = 18, 300, 7


@pytest.fixture(scope="module")
def model() -> tarmac.Company:
    return tarmac.load("ai-lab")


@pytest.fixture(scope="module")
def found(model: tarmac.Company) -> Dossier:
    forecast = tarmac.simulate(model, months=MONTHS, paths=PATHS, seed=SEED)
    wanted = Wanted(raising=True, levers=True, facts=True, scenarios=["hiring-freeze", "compute-for-equity"])
    return dossier_of(model, forecast, wanted=wanted)


def test_scenarios_and_levers_are_those_of_their_commands(model: tarmac.Company, found: Dossier) -> None:
    compared = tarmac.compare(model, ["hiring-freeze"], months=MONTHS, paths=PATHS, seed=SEED)
    assert found.compared is not None
    assert found.ranked is not None
    np.testing.assert_array_equal(found.compared.outcomes[1].struck, compared.outcomes[1].struck)
    ranked = tarmac.rank_levers(model, ["compute-minus-10"], months=MONTHS, paths=PATHS, seed=SEED)
    effects = {effect.handle.name: effect for effect in found.ranked.effects}
    assert effects["lever-compute-minus-10"].survive == ranked.effects[0].survive
    strengths = [effect.survive.value or 0.0 for effect in found.ranked.effects]
    assert strengths == sorted(strengths, reverse=True)


def test_the_raise_is_that_of_its_command(model: tarmac.Company, found: Dossier) -> None:
    job = Job(plan_of(model), SEED, MONTHS, PATHS)
    alone = raising(model, job=job, confidence=0.9, attempt=attempt_of(model))
    assert found.raised is not None
    assert found.raised.amount == alone.amount
    assert found.raised.begin_by == alone.begin_by


def test_what_does_not_fit_is_left_out_with_the_reason(found: Dossier) -> None:
    assert [*found.titles] == ["hiring-freeze"]
    assert "scenario.compute-for-equity" in found.missing
    assert found.facts is None  # the example has none


def test_what_stands_beside_may_be_worked_out_elsewhere(model: tarmac.Company, found: Dossier) -> None:
    wanted = Wanted(levers=True, scenarios=["hiring-freeze"])
    there = beside_of(model, Run(SEED, MONTHS, PATHS), wanted=wanted)
    assert wanted.beside
    used = dossier_of(model, found.forecast, wanted=wanted, beside=lambda: there)
    assert used.compared is there.compared
    assert there.ranked is not None
    assert found.ranked is not None
    ours, theirs = ([effect.survive for effect in ranked.effects] for ranked in (found.ranked, there.ranked))
    assert ours == theirs
    assert dict(there.titles) == dict(found.titles)


def test_nothing_is_worked_out_that_is_not_wanted(model: tarmac.Company, found: Dossier) -> None:
    bare = dossier_of(model, found.forecast, wanted=Wanted())
    assert not Wanted(raising=True).beside
    assert (bare.raised, bare.compared, bare.ranked, bare.facts, bare.missing) == (None, None, None, None, {})


def test_a_company_with_facts_is_laid_beside_them() -> None:
    model = tarmac.load("stability-ai")
    forecast = tarmac.simulate(model, months=3, paths=200, seed=SEED)
    facts = dossier_of(model, forecast, wanted=Wanted(facts=True)).facts
    assert facts is not None
    assert facts["inside"].any()


def test_a_raise_that_cannot_be_worked_out_is_told() -> None:
    model = tarmac.load("ai-lab")
    forecast = tarmac.simulate(model, months=2, paths=50, seed=SEED)
    found = dossier_of(model, forecast, wanted=Wanted(raising=True, confidence=2.0))
    assert found.raised is None
    assert "confidence" in found.missing["raise"]


def test_the_digest_tells_companies_apart_and_not_where_they_stand(model: tarmac.Company) -> None:
    assert digest_of(model) == digest_of(tarmac.load("models/ai-lab.toml"))
    assert digest_of(model) != digest_of(apply(model, load_scenario("hiring-freeze")))
