"""Firms: the rescue layer is found again where it is known, and out of cash is not bankrupt."""

import numpy as np
import pytest

from tarmac.backtest.firms import (
    CLIMATOLOGY,
    FITTED,
    JUDGED,
    NO_RESCUE,
    RULE,
    chance_of_running_dry,
    firms_test,
    fitted,
    log_scores,
)
from tarmac.library import load_outcomes
from tarmac.outcomes import Ratios


def made_up(files: float, anyway: float, *, firms: int = 4_000) -> Ratios:
    """Firms of runways from a month to ten years, that run dry as the engine says and file as said here."""
    rng = np.random.default_rng(5)
    runway = np.exp(rng.uniform(0, np.log(120), firms))
    dry = rng.random(firms) < chance_of_running_dry(runway, paths=500, seed=11)
    bankrupt = rng.random(firms) < np.where(dry, files, anyway)
    return Ratios(runway / 12 * 0.1, np.full(firms, -0.1), bankrupt)


def test_a_known_rescue_layer_is_found_again() -> None:
    found = firms_test(made_up(0.4, 0.05), file="made up", paths=500, seed=7)
    rescue, judged = found.rescue, found.halves[JUDGED]
    assert rescue.files_interval[0] < 0.4 < rescue.files_interval[1]
    assert rescue.anyway_interval[0] < 0.05 < rescue.anyway_interval[1]
    skill = judged.skill[CLIMATOLOGY]
    assert skill.value is not None
    assert skill.value > 0.03
    assert skill.told
    inside = (judged.table["low"] <= judged.table["forecast"]) & (judged.table["forecast"] <= judged.table["high"])
    assert inside.sum() >= len(inside) - 1


def test_the_fit_is_the_most_likely() -> None:
    rng = np.random.default_rng(1)
    dry = rng.random(500)
    bankrupt = rng.random(500) < 0.3 * dry + 0.1 * (1 - dry)
    best = fitted(dry, bankrupt)
    least = log_scores(best.chance(dry), bankrupt).sum()
    for files in np.linspace(0.05, 0.95, 19):
        for anyway in np.linspace(0.05, 0.95, 19):
            assert log_scores(files * dry + anyway * (1 - dry), bankrupt).sum() >= least - 1e-6


def test_polish_firms_mostly_do_not_file_though_they_should_run_dry() -> None:
    firms = load_outcomes("polish-firms")
    assert isinstance(firms, Ratios)
    found = firms_test(firms, file="polish-firms", paths=1_000, seed=7)
    assert {half.bankrupt for half in found.halves.values()} == {30}
    assert {half.firms for half in found.halves.values()} == {243, 244}
    for half in found.halves.values():
        assert half.dry > 5 * half.bankrupt
        assert half.brier["Tarmac"] < half.brier[NO_RESCUE] < half.brier[RULE]
    assert 0.75 < 1 - found.rescue.files < 0.95
    assert not found.halves[JUDGED].skill[CLIMATOLOGY].told
    assert found.halves[JUDGED].skill[RULE].told
    assert found.others == (6_427, 211)


def test_the_judged_half_is_not_looked_at() -> None:
    """Other outcomes in the judged half change no number that was fitted."""
    firms = load_outcomes("polish-firms")
    assert isinstance(firms, Ratios)
    places = np.flatnonzero(firms.burning)[1::2]
    bankrupt = firms.bankrupt.copy()
    bankrupt[places] = ~bankrupt[places]
    one = firms_test(firms, file="a", paths=200, seed=7)
    two = firms_test(Ratios(firms.cash, firms.flow, bankrupt), file="b", paths=200, seed=7)
    assert one.rescue == two.rescue
    assert one.halves[FITTED].brier == two.halves[FITTED].brier
    assert one.halves[JUDGED].brier != two.halves[JUDGED].brier


def test_the_chance_of_running_dry_falls_with_runway() -> None:
    chances = chance_of_running_dry(np.array([0.0, 1, 12, 36, 120, 5_000]), paths=500, seed=7)
    assert chances[0] == 1
    assert (np.diff(chances) <= 0).all()
    assert chances[-1] < 0.02


def test_certain_and_wrong_costs_much() -> None:
    assert log_scores(np.array([1.0, 0.5]), np.array([False, True])).tolist() == pytest.approx(
        [20.723, 0.6931], abs=1e-3
    )
