"""The shelves as a user finds them: every model loads, every scenario applies and moves the answer where it must."""

import csv
import re
import tomllib
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

import tarmac
from tarmac.company import company_from
from tarmac.company.lines import Revenue, Vendor
from tarmac.engine.block import Job, Prepared
from tarmac.engine.ledger import Ledger
from tarmac.layout import plan_of
from tarmac.scenario import scenario_from

ROOT = Path(__file__).parents[1]
MODELS = sorted(path.stem for path in (ROOT / "models").glob("*.toml"))
SCENARIOS = sorted(path.stem for path in (ROOT / "scenarios").glob("*.toml"))
PATHS, SEED, MONTHS = 4_000, 7, 24
OCTOBER = 9

WORSE = ("no-new-money", "raise-slips-6-months", "compute-plus-50", "revenue-minus-20", "lose-largest-customer")
BETTER = ("hiring-freeze",)


@cache
def forecast(model: str, scenario: str | None = None) -> tarmac.Forecast:
    scenarios = [] if scenario is None else [scenario]
    return tarmac.simulate(tarmac.load(model), scenarios=scenarios, months=MONTHS, paths=PATHS, seed=SEED)


@pytest.mark.parametrize("model", MODELS)
def test_every_model_loads_and_can_be_simulated(model: str) -> None:
    probability = forecast(model).insolvent.probability
    assert probability.shape == (MONTHS,)
    assert 0 < probability[-1] < 1, "a starting point whose answer is certain teaches nothing"


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_every_scenario_says_what_happens_and_on_what_grounds(scenario: str) -> None:
    loaded = tarmac.load_scenario(scenario)
    assert loaded.title
    assert loaded.story
    assert loaded.source


def test_every_scenario_has_a_direction() -> None:
    assert sorted((*WORSE, *BETTER)) == SCENARIOS


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("scenario", SCENARIOS)
def test_every_scenario_moves_the_answer_where_it_must(model: str, scenario: str) -> None:
    """Half a year in, a year in and a year and a half in: never the wrong way, and somewhere the right way."""
    before, after = forecast(model), forecast(model, scenario)
    sign = 1 if scenario in WORSE else -1
    moves = sign * (after.insolvent.probability - before.insolvent.probability)[[5, 11, 17]]
    noise = np.hypot(after.insolvent.standard_error, before.insolvent.standard_error)[[5, 11, 17]]
    assert (moves >= -noise).all(), moves
    assert moves.max() > 0 or sign * (before.cash.mean - after.cash.mean)[11] > 0


def test_no_new_money_is_worse_than_money_that_comes_later() -> None:
    for model in MODELS:
        never, later = forecast(model, "no-new-money"), forecast(model, "raise-slips-6-months")
        assert never.insolvent.probability[-1] > later.insolvent.probability[-1]


def test_the_first_toml_of_each_readme_is_right() -> None:
    model, scenario = (_first_toml(ROOT / shelf / "README.md") for shelf in ("models", "scenarios"))
    company = company_from(tomllib.loads(model), "models/README.md")
    assert tarmac.simulate(company, months=12, paths=200, seed=1).months == 12
    document = tomllib.loads(scenario)
    given = [set(change) - {"target", "from", "to"} for change in document["change"]]
    assert given == [{"set"}, {"multiply"}, {"add"}, {"shift"}, {"add_item"}, {"remove"}]
    patch = scenario_from(document, "scenarios/README.md")
    patched = tarmac.simulate(tarmac.load("saas-seed"), scenarios=[patch], months=12, paths=200, seed=1)
    assert patched.months == 12


def test_each_readme_lists_what_stands_on_its_shelf() -> None:
    for shelf, names in (("models", MODELS), ("scenarios", SCENARIOS)):
        text = (ROOT / shelf / "README.md").read_text("utf-8")
        assert sorted(re.findall(r"^\| `([\w-]+)\.toml` \|", text, re.MULTILINE)) == names


def _first_toml(path: Path) -> str:
    found = re.search(r"```toml\n(.*?)```", path.read_text("utf-8"), re.DOTALL)
    assert found is not None
    return found[1]


# --- Stability AI at the end of 2022, and what became known of 2023


class Year:
    """Watches a ledger and sums what was earned, paid to people and billed by vendors. Shapes (paths,)."""

    def __init__(self, ledger: Ledger) -> None:
        nothing = np.zeros(ledger.drivers.paths)
        self.earned, self.people, self.billed = nothing.copy(), nothing.copy(), nothing.copy()
        self._before = nothing + ledger.state.payables

    def month_end(self, month: int, ledger: Ledger) -> None:  # noqa: ARG002  (a watcher is told the month)
        state = ledger.state
        self.earned += state.earned
        self.people += state.payroll
        self.billed += state.payables - self._before + state.paid
        self._before = state.payables.copy()


def years(company: tarmac.Company) -> list[tuple[Year, NDArray[np.bool_]]]:
    """The first year of a company, block by block, and the paths that are solvent throughout."""
    job = Job(plan_of(company), SEED, 12, PATHS)
    found = []
    for block in range(job.blocks):
        ledger = Prepared(job, block).ledger()
        year = Year(ledger)
        struck = ledger.run([year])
        found.append((year, struck["insolvent"] >= 12))
    return found


@cache
def year_of_stability_ai() -> dict[str, NDArray[Any]]:
    """Totals of 2023 on every path, by the quantity of the facts they stand for, and whether it was solvent throughout.

    What vendors billed is compute and other cost together; other cost alone comes from the same draws without compute.
    """
    company = tarmac.load("stability-ai")
    document = company.document()
    bare = company_from({key: document[key] for key in ("company", "cash", "revenue", "team", "cost")})
    whole, apart = years(company), years(bare)
    billed = np.concatenate([year.billed for year, _ in whole])
    other = np.concatenate([year.billed for year, _ in apart])
    return {
        "billed compute.*": billed - other,
        "billed team.* + cost.*": np.concatenate([year.people for year, _ in whole]) + other,
        "earned revenue.*": np.concatenate([year.earned for year, _ in whole]),
        "solvent": np.concatenate([solvent for _, solvent in whole]),
    }


def facts() -> dict[tuple[str, str], float]:
    """The figures of Stability AI by quantity and last month."""
    with (ROOT / "seeds" / "stability-ai.csv").open(encoding="utf-8", newline="") as file:
        return {(row["quantity"], row["to"]): float(row["value"]) for row in csv.DictReader(file) if row["value"]}


@pytest.mark.parametrize("quantity", ["billed compute.*", "billed team.* + cost.*", "earned revenue.*"])
@pytest.mark.parametrize("only_solvent", [False, True])
def test_the_totals_of_2023_lie_within_what_the_model_says(quantity: str, only_solvent: bool) -> None:
    """On all paths, and on those that were solvent throughout, as the company was."""
    totals = year_of_stability_ai()
    said = totals[quantity][totals["solvent"]] if only_solvent else totals[quantity]
    low, high = np.percentile(said, [5, 95])
    assert low < facts()[quantity, "2023-12"] < high
    assert high < 4 * low, "a range that holds everything says nothing"


def test_the_first_bill_is_missed_in_the_third_quarter_of_2023_or_near_it() -> None:
    month = forecast("stability-ai").first_missed_bill.month(0.5)
    assert month is not None
    assert 7 - 2 <= month <= 9 + 2


def test_cash_and_arrears_of_october_2023() -> None:
    run = forecast("stability-ai")
    assert run.cash.quantile(0.5)[OCTOBER] < 8e6
    assert run.cash.share_below(facts()["cash", "2023-10"])[OCTOBER] > 0.25
    low, high = (run.arrears.quantile(level)[OCTOBER] for level in (0.05, 0.95))
    assert low < facts()["arrears", "2023-10"] < high


def test_nothing_later_than_2022_enters_as_certain() -> None:
    company = tarmac.load("stability-ai")
    lines = (*company.revenue, *company.compute, *company.cost)
    amounts = [line.monthly for line in lines if isinstance(line, Revenue | Vendor)]
    uncertain = [
        company.cash.opening,
        *(amount.first for amount in amounts),
        *(team.cost.first for team in company.team),
        *(team.headcount for team in company.team),
        *(hire.count for team in company.team for hire in team.hires),
        *(item.amount for item in company.round),
        *(item.succeeds for item in company.round),
    ]
    assert len(uncertain) > 15
    assert [number.text for number in uncertain if number.certain] == []
