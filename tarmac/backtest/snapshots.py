"""Snapshots of companies forecast from cash and burn alone, and judged by what became of them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from tarmac.backtest.cases import Cases, Judged, climatology, judged, plain
from tarmac.backtest.outlook import times
from tarmac.errors import InputError, Problem
from tarmac.outcomes import Snapshot
from tarmac.scoring import Row

TARMAC, ALONE, RULE, CLIMATOLOGY = "Tarmac", "no new money", "cash / burn", "climatology"
FORECASTERS: Final = {
    TARMAC: "the engine, from cash and burn alone, with new money as it usually comes or fails to",
    ALONE: "the same without any new money",
    RULE: "cash divided by burn, taken as certain",
    CLIMATOLOGY: "the times of the other companies of the file (Kaplan-Meier), whatever the cash",
}


@dataclass(frozen=True)
class SnapshotTest:
    """Forecasts of the snapshots of a file and their scores. `told`: those that were forecast; `left_out`: the rest."""

    file: str
    seed: int
    paths: int
    told: tuple[Snapshot, ...]
    left_out: tuple[Snapshot, ...]
    judged: Judged

    def as_json(self) -> dict[str, Any]:
        """Plain values; null beyond the horizon, or where no interval can be told."""
        found = self.judged
        return {
            "kind": "snapshots",
            "file": self.file,
            "seed": self.seed,
            "paths": self.paths,
            "months": found.horizon,
            "companies": found.cases.number,
            "ends": int(found.cases.events.sum()),
            "too_few_to_tell": found.few,
            "forecasters": dict(FORECASTERS),
            "cases": list(self.rows()),
            "left_out": [
                {"company": item.company, "as_of": str(item.as_of), "because": item.left_out} for item in self.left_out
            ],
            "coverage_p10_p90": {"least": found.coverage[0], "most": found.coverage[1], "wanted": 0.8},
            "d_calibration": dict(zip(("shares", "chi2", "p"), _listed(found.d_calibration), strict=True)),
            "pit_survival": found.pit_survival.tolist(),
            "scores": {
                name: {score: {"value": item.value, "interval": item.interval} for score, item in rows.items()}
                for name, rows in found.scores.items()
            },
            "skill": {
                base: {score: {"value": item.value, "interval": item.interval} for score, item in rows.items()}
                for base, rows in found.skills.items()
            },
            "reliability": {
                str(months): {name: row.tolist() for name, row in found.reliability(months).items()}
                for months in found.chances
            },
        }

    def rows(self) -> Iterator[dict[str, Any]]:
        """Every snapshot with its forecast and outcome, null beyond the horizon."""
        found = self.judged
        inside, possible = found.inside
        for place, item in enumerate(self.told):
            yield {
                "company": item.company,
                "as_of": str(item.as_of),
                "runway": item.runway,
                "p10": plain(float(found.low[place])),
                "p50": plain(float(found.middle[place])),
                "p90": plain(float(found.high[place])),
                "chances": {str(months): float(row[place]) for months, row in found.chances.items()},
                "outcome": item.outcome,
                "months": item.months,
                "inside": bool(inside[place]) if inside[place] == possible[place] else None,
                "pit": float(found.pit[place]),
            }


def _listed(found: tuple[Row, float, float]) -> tuple[list[float], float, float]:
    return (found[0].tolist(), *found[1:])


def snapshot_test(snapshots: Sequence[Snapshot], *, file: str, months: int, paths: int, seed: int) -> SnapshotTest:
    """Forecast every snapshot over some months, and judge the forecasts. InputError where none can be forecast."""
    told = tuple(item for item in snapshots if not item.left_out)
    if not told:
        rule = "holds a snapshot with cash, burn and a later outcome"
        raise InputError([Problem(file, "the file", f"{len(snapshots)} left out", rule, "fill in cash and burn")])
    names = [item.company.casefold() for item in told]
    cases = Cases(
        np.array([item.months for item in told]),
        np.array([item.event for item in told]),
        np.unique(names, return_inverse=True)[1],
    )
    forecasts: dict[str, list[Row]] = {
        TARMAC: [times(item.runway, months=months, paths=paths, seed=seed) for item in told],
        ALONE: [times(item.runway, months=months, paths=paths, seed=seed, funded=False) for item in told],
        RULE: [np.array([item.runway]) for item in told],
        CLIMATOLOGY: [climatology(cases, without=int(company)) for company in cases.companies],
    }
    left_out = tuple(item for item in snapshots if item.left_out)
    return SnapshotTest(file, seed, paths, told, left_out, judged(cases, forecasts, horizon=months, seed=seed))
