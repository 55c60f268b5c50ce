"""Levers in words, tables and pictures: the same numbers in all three, within 100 columns."""

from functools import cache
from pathlib import Path

import numpy as np
import pytest
from matplotlib.figure import Figure

import tarmac
from tarmac.levers import Ranking, rank_levers
from tarmac.report.levers import answer, levers_figure, levers_table, levers_text, save_levers, tornado


@cache
def found(model: str = "stability-ai") -> Ranking:
    """A ranking of every shipped lever."""
    return rank_levers(tarmac.load(model), months=20, paths=400, seed=7)


def test_the_bars_are_those_of_the_table() -> None:
    table = levers_table(found())
    for what, column, scale in (("survive", "survive_18", 100), ("months_solvent", "months_solvent", 1)):
        ax = tornado(found(), Figure().subplots(), what=what)
        widths = [bar.get_width() for bar in ax.patches]  # type: ignore[attr-defined]
        np.testing.assert_allclose(widths, scale * table[column])
    assert list(table["survive_18"]) == sorted(table["survive_18"], reverse=True)
    assert (table["survive_18_low"] <= table["survive_18"]).all()


def test_the_words_name_the_strongest() -> None:
    text, best = levers_text(found()), found().effects[0]
    assert answer(found()).startswith(best.handle.lever.named().capitalize()[:8])
    assert text.splitlines()[1].startswith(answer(found()))
    assert all(len(line) <= 100 for line in text.splitlines())


@pytest.mark.parametrize("model", ["stability-ai", "saas-seed"])
@pytest.mark.parametrize("size", ["slide", "square"])
def test_the_picture(model: str, size: str, tmp_path: Path) -> None:
    save_levers(levers_figure(found(model), size), tmp_path / "levers.png", found=found(model))
    assert (tmp_path / "levers.png").stat().st_size > 10_000


def test_where_survival_is_all_but_sure_the_answer_is_in_months() -> None:
    assert "no lever moves survival" in answer(found("saas-seed")) or "Monte Carlo error" in answer(found("saas-seed"))


def test_what_costs_something_is_ranked_by_its_money(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "scenarios").mkdir()
    for name, cost in (("dear", "2M"), ("cheap", "100k")):
        (tmp_path / "scenarios" / f"{name}.toml").write_text(
            f'title = "x"\n[lever]\nwords = "{name} {{amount}}%"\namount = 10\ncost = "{cost}"\n[[change]]\n'
            'target = "compute.*.times"\nmultiply = 0.8\n',
            encoding="utf-8",
        )
    text = levers_text(rank_levers(tarmac.load("stability-ai"), ["dear", "cheap"], months=18, paths=400, seed=7))
    below = text[text.index("points for each $100k") :].splitlines()
    assert below[1].startswith("cheap 10%")
    assert below[2].startswith("dear 10%")
    assert "$2M" in below[2]
