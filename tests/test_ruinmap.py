"""Ruin maps: each cell is the company with both numbers set, and what is between is where its neighbours say."""

import itertools
import json
from collections.abc import Iterable
from typing import Any

import numpy as np
import pytest

from tarmac import load
from tarmac.axes import axes_of
from tarmac.company import Company, company_from
from tarmac.engine.block import Job, Prepared
from tarmac.engine.moving import Change, needs, survivors
from tarmac.layout import plan_of
from tarmac.report.map import at_today, headline, map_figure, map_table, map_text
from tarmac.ruinmap import TOLERANCE, RuinMap, fill, ruin_map
from tarmac.scenario import apply, scenario_from
from tarmac.simulation import How

HEAD = {"name": "Example", "currency": "USD", "first_month": "2024-01"}


def mapped(
    subject: Company, x: str, y: str, *, show: str = "survive", cells: int = 5, paths: int = 400, **more: Any
) -> RuinMap:
    axes = axes_of(subject, (x, y), cells=cells)
    job = Job(plan_of(subject), 4, more.pop("months", 18), paths)
    return ruin_map(subject, axes=axes, show=show, job=job, how=How(workers=more.pop("workers", 1)))


def edited(subject: Company, *changes: dict[str, Any]) -> Company:
    return apply(subject, scenario_from({"title": "test", "change": list(changes)}, "test.toml"))


def survive(subject: Company, *, paths: int, months: int = 18) -> float:
    """The share of paths of a company that is never insolvent."""
    return float(np.mean(Prepared(Job(plan_of(subject), 4, months, paths), 0).ledger().run()["insolvent"] == months))


def test_a_cell_is_the_company_with_both_numbers_set() -> None:
    subject = load("stability-ai")
    found = mapped(subject, "cash.opening=20M:180M", "round.series B.succeeds=0%:100%")
    for row, column in ((0, 0), (4, 4), (2, 1)):
        cash, chance = found.x.values[column], found.y.values[row]
        alone = edited(
            subject,
            {"target": "cash.opening", "set": cash},
            {"target": "round.series B.succeeds", "set": chance},
        )
        if found.simulated[row, column]:
            assert found.grid[row, column] == pytest.approx(survive(alone, paths=400))
    assert found.simulated[0, 0]
    assert found.simulated[4, 4]


@pytest.mark.parametrize("name", ["stability-ai", "saas-seed"])
def test_burn_is_a_scenario_that_multiplies_every_cost(name: str) -> None:
    subject = load(name)
    found = mapped(subject, "burn=0.8:1.2", "growth=0%:8%", months=30)
    targets = ("team.*.cost", "compute.*.monthly", "compute.*.minimum", "cost.*.monthly")
    scaled = [
        {"target": target, "multiply": 1.2}
        for target in targets
        if target != "compute.*.minimum" or name == "stability-ai"
    ]
    alone = edited(subject, *scaled, {"target": "revenue.*.growth", "set": "8%"})
    assert found.grid[-1, -1] == pytest.approx(survive(alone, paths=400, months=30), abs=2 / 400)


def test_a_rate_of_an_event_as_an_axis_keeps_the_luck_of_the_events() -> None:
    event = {"name": "fine", "rate": "10%", "effect": {"target": "cash", "add": -30}}
    subject = company_from(
        {
            "company": HEAD,
            "cash": {"opening": 100},
            "event": [event],
            "team": [{"name": "s", "headcount": 1, "cost": 1}],
        }
    )
    found = mapped(subject, "event.fine.rate=0:0.4", "cash.opening=20:100", paths=2_000)
    assert np.all(np.diff(found.grid, axis=1) <= 0)
    assert np.all(np.diff(found.grid, axis=0) >= 0)
    assert found.grid[-1, 0] == 1
    lived = np.exp(-0.4 * 18) * sum((0.4 * 18) ** k / np.prod(range(1, k + 1)) for k in range(3))
    assert abs(found.grid[-1, -1] - lived) < 4 * np.sqrt(lived * (1 - lived) / 2_000)


def test_the_map_as_it_is_and_today() -> None:
    subject = company_from({"company": HEAD, "cash": {"opening": 100}, "cost": [{"name": "rent", "monthly": "4 to 8"}]})
    found = mapped(subject, "cash.opening=50:150", "cost.rent.monthly=2:10", months=18)
    assert found.as_it_is == pytest.approx(survive(subject, paths=400))
    assert at_today(found) is not None
    assert "today (cash.opening $100, cost.rent.monthly $5.66)" in headline(found)
    away = mapped(subject, "cash.opening=150:250", "cost.rent.monthly=2:10")
    assert at_today(away) is None
    assert "off the map" in headline(away)


def test_the_need_is_found_by_cell_and_falls_with_cash() -> None:
    subject = company_from(
        {"company": HEAD, "cash": {"opening": 100}, "team": [{"name": "staff", "headcount": 1, "cost": 10}]}
    )
    found = mapped(subject, "cash.opening=0:400", "team.staff.cost=5:15", show="need", months=12)
    for (row, cost), (column, cash) in itertools.product(enumerate(found.y.values), enumerate(found.x.values)):
        assert found.grid[row, column] == pytest.approx(max(12 * cost - cash, 0.0), abs=3)
    assert found.errors is None


@pytest.mark.parametrize("show", ["survive", "need"])
def test_what_is_shown_is_what_was_found(show: str) -> None:
    found = mapped(load("saas-seed"), "burn", "growth", show=show, cells=6, paths=200, months=18)
    text = map_text(found)
    assert all(len(line) <= 100 for line in text.splitlines())
    assert len(text.splitlines()) < 40
    document = found.as_json()
    json.dumps(document, allow_nan=False)
    table = map_table(found)
    assert len(table) == 36
    assert table.iloc[1]["x"] == found.x.values[1]
    assert int(table["simulated"].sum()) == int(found.simulated.sum())
    map_figure(found, "document")


def test_workers_change_nothing() -> None:
    runs = [
        mapped(load("saas-seed"), "burn", "growth", cells=6, paths=200, months=3, workers=count) for count in (1, 2)
    ]
    assert json.dumps(runs[0].as_json()) == json.dumps(runs[1].as_json())


def test_a_smooth_map_is_run_coarsely_and_met_closely() -> None:
    ran: list[tuple[int, int]] = []

    def figures(cells: Iterable[tuple[int, int]]) -> list[float]:
        chosen = list(cells)
        ran.extend(chosen)
        return [float(1 / (1 + np.exp((row - column) / 6))) for row, column in chosen]

    grid, simulated = fill((40, 40), figures, stride=4)
    exact = np.array(figures((row, column) for row in range(40) for column in range(40))).reshape(40, 40)
    assert np.max(np.abs(grid - exact)) < 2 * TOLERANCE
    assert np.array_equal(grid[simulated], exact[simulated])
    assert simulated.sum() < 400
    assert len(ran) - 1_600 == simulated.sum()


def test_a_cliff_is_run_finely() -> None:
    grid, simulated = fill((40, 40), lambda cells: [float(row + 2 * column > 60.5) for row, column in cells], stride=4)
    exact = np.array([[row + 2 * column > 60.5 for column in range(40)] for row in range(40)], float)
    assert np.mean(grid != exact) < 0.01
    assert 221 < simulated.sum() < 900


@pytest.mark.parametrize("shape", [(2, 2), (2, 40), (3, 5), (7, 2)])
def test_small_maps_are_filled(shape: tuple[int, int]) -> None:
    grid, _ = fill(shape, lambda cells: [float(row - column) for row, column in cells], stride=4)
    assert grid.tolist() == [[row - column for column in range(shape[1])] for row in range(shape[0])]


def test_no_amount_is_not_interpolated() -> None:
    def figures(cells: Iterable[tuple[int, int]]) -> list[float]:
        return [np.inf if row < 20 else 1.0 for row, _ in cells]

    grid, simulated = fill((40, 40), figures, stride=8, scaled=True)
    assert np.array_equal(grid, np.where(np.arange(40)[:, None] < 20, np.inf, 1.0) * np.ones(40))
    assert not simulated.all()


def test_changes_set_first_and_then_multiply() -> None:
    subject = company_from({"company": HEAD, "cash": {"opening": "9 to 11"}, "cost": [{"name": "rent", "monthly": 1}]})
    job = Job(plan_of(subject), 1, 12, 300)
    changes = [
        Change({"cash.opening": value}, {"cash.opening": factor}) for value, factor in ((4, 2), (4, 3), (4, 3.1))
    ]
    assert survivors(job, changes, highest={}) == [0, 300, 300]
    assert needs(job, changes, highest={}, level=0.9) == pytest.approx([4, 0, 0], abs=0.1)
