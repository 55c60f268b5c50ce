"""Firms known by two ratios: out of cash is not bankrupt, and how far apart the two are is fitted and then judged."""

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from tarmac.backtest.cases import Interval, Skill
from tarmac.backtest.outlook import times
from tarmac.outcomes import RATIO_YEARS, Ratios
from tarmac.scoring import Flags, Row, reliability, skill, skill_interval
from tarmac.streams import Streams
from tarmac.survival import Z95

MONTHS: Final = 12 * RATIO_YEARS
RULE, CLIMATOLOGY, NO_RESCUE = "cash / burn", "climatology", "out of cash is bankrupt"
BASELINES: Final = {
    NO_RESCUE: "the engine's chance of running dry, taken for that of bankruptcy",
    RULE: "bankrupt where cash divided by burn is less than five years",
    CLIMATOLOGY: "the share of the fitted half that was bankrupt",
}
RUNWAYS: Final = (0.0, 2.0, 6.0, 12.0, 24.0, 60.0, np.inf)
"""Bounds, in months of runway, of the bins in which forecasts are laid beside what happened."""
FITTED, JUDGED = "fitted", "judged"

_GRID: Final = np.geomspace(0.1, 1_000.0, 33)
"""Runways in months at which the engine is asked; between them the chance is interpolated in log runway."""
_TINY: Final = 1e-9


@dataclass(frozen=True, slots=True)
class Rescue:
    """What keeps out of cash and bankrupt apart: P(bankrupt) = files P(dry) + anyway (1 - P(dry)).

    `files`: the chance that a firm that runs dry within the years is bankrupt within them: 1 less that of its rescue.
    `anyway`: the chance of one that does not run dry, for all other reasons. With 95% intervals.
    """

    files: float
    anyway: float
    files_interval: tuple[float, float]
    anyway_interval: tuple[float, float]

    def chance(self, dry: Row) -> Row:
        """The chance of bankruptcy from that of running dry. Shape of `dry`."""
        return self.files * dry + self.anyway * (1.0 - dry)


@dataclass(frozen=True)
class Half:
    """One half of the firms: how well forecasts did on it.

    `brier`, `log_score`: mean scores by forecaster, 0 best; `table`: forecast beside observed, in bins of runway.
    """

    firms: int
    bankrupt: int
    dry: float
    brier: dict[str, float]
    log_score: dict[str, float]
    skill: dict[str, Skill]
    table: dict[str, NDArray[Any]]


@dataclass(frozen=True)
class FirmsTest:
    """Firms of a file forecast from runway alone: the rescue layer fitted on one half, both halves scored.

    `others`: firms that did not burn cash, and how many of those were bankrupt; they are not forecast.
    """

    file: str
    seed: int
    paths: int
    rescue: Rescue
    halves: dict[str, Half]
    others: tuple[int, int]
    missing: int

    def as_json(self) -> dict[str, Any]:
        """Plain values; null where no interval can be told."""
        rescue = self.rescue
        return {
            "kind": "firms",
            "file": self.file,
            "seed": self.seed,
            "paths": self.paths,
            "months": MONTHS,
            "baselines": dict(BASELINES),
            "rescue": {
                "rescued": 1.0 - rescue.files,
                "rescued_interval": [1.0 - rescue.files_interval[1], 1.0 - rescue.files_interval[0]],
                "bankrupt_anyway": rescue.anyway,
                "bankrupt_anyway_interval": list(rescue.anyway_interval),
            },
            "halves": {name: _half_json(half) for name, half in self.halves.items()},
            "not_burning": {"firms": self.others[0], "bankrupt": self.others[1]},
            "missing": self.missing,
        }


def _half_json(half: Half) -> dict[str, Any]:
    return {
        "firms": half.firms,
        "bankrupt": half.bankrupt,
        "expected_to_run_dry": half.dry,
        "brier": half.brier,
        "log_score": half.log_score,
        "brier_skill": {name: {"value": item.value, "interval": item.interval} for name, item in half.skill.items()},
        "reliability": {name: row.tolist() for name, row in half.table.items()},
    }


def firms_test(ratios: Ratios, *, file: str, paths: int, seed: int) -> FirmsTest:
    """Forecast firms that burn cash, fit the rescue layer on those in odd places, and score both halves."""
    burning = ratios.burning
    runway, bankrupt = ratios.runway[burning], ratios.bankrupt[burning]
    dry = chance_of_running_dry(runway, paths=paths, seed=seed)
    odd = np.arange(len(runway)) % 2 == 0
    rescue, share = fitted(dry[odd], bankrupt[odd]), float(bankrupt[odd].mean())
    halves = {
        name: _half(
            _chances(runway[chosen], dry[chosen], rescue=rescue, share=share),
            bankrupt[chosen],
            runway=runway[chosen],
            seed=seed,
        )
        for name, chosen in ((FITTED, odd), (JUDGED, ~odd))
    }
    others = int(np.sum(~burning)), int(np.sum(ratios.bankrupt & ~burning))
    return FirmsTest(file, seed, paths, rescue, halves, others, ratios.missing)


def chance_of_running_dry(runway: Row, *, paths: int, seed: int) -> Row:
    """The chance, by the engine, that cash of so many months' burn runs dry within the years. Shape of `runway`."""
    dry = [times(point, months=MONTHS, paths=paths, seed=seed, funded=False) for point in _GRID.tolist()]
    chances = [float(np.mean(np.isfinite(sample))) for sample in dry]
    return np.interp(np.log(np.clip(runway, _GRID[0], _GRID[-1])), np.log(_GRID), chances)


def fitted(dry: Row, bankrupt: Flags) -> Rescue:
    """The rescue layer that makes the outcomes of some firms most likely; intervals by the observed information.

    The log likelihood sum y log q + (1 - y) log(1 - q), q linear in the two chances, is concave: one maximum.
    """
    from scipy.optimize import minimize

    parts = np.stack([dry, 1.0 - dry], axis=1)

    def misfit(chances: Row) -> tuple[float, Row]:
        forecast = np.clip(parts @ chances, _TINY, 1 - _TINY)
        slope = np.where(bankrupt, -1.0 / forecast, 1.0 / (1.0 - forecast))
        return float(log_scores(forecast, bankrupt).sum()), slope @ parts

    found = minimize(misfit, np.full(2, bankrupt.mean()), jac=True, bounds=[(0.0, 1.0)] * 2, method="L-BFGS-B").x
    forecast = np.clip(parts @ found, _TINY, 1 - _TINY)
    weight = np.where(bankrupt, forecast**-2, (1.0 - forecast) ** -2)
    errors = np.sqrt(np.diag(np.linalg.pinv((parts * weight[:, None]).T @ parts)))
    low, high = np.clip([found - Z95 * errors, found + Z95 * errors], 0.0, 1.0)
    intervals = [(float(a), float(b)) for a, b in zip(low, high, strict=True)]
    return Rescue(float(found[0]), float(found[1]), *intervals)


def log_scores(chances: Row, occurred: Flags) -> Row:
    """-log of the chance given to what happened, by case; 0 best. Shape (cases,)."""
    given = np.where(occurred, chances, 1.0 - chances)
    return -np.log(np.maximum(given, _TINY))


def _chances(runway: Row, dry: Row, *, rescue: Rescue, share: float) -> dict[str, Row]:
    """What each forecaster says: Tarmac first, its baselines after it."""
    return {
        "Tarmac": rescue.chance(dry),
        NO_RESCUE: dry,
        RULE: (runway < MONTHS).astype(float),
        CLIMATOLOGY: np.full(len(runway), share),
    }


def _half(chances: dict[str, Row], bankrupt: Flags, *, runway: Row, seed: int) -> Half:
    scores = {name: (row - bankrupt) ** 2 for name, row in chances.items()}
    own, *baselines = scores
    return Half(
        firms=len(bankrupt),
        bankrupt=int(bankrupt.sum()),
        dry=float(chances[NO_RESCUE].sum()),
        brier={name: float(row.mean()) for name, row in scores.items()},
        log_score={name: float(log_scores(row, bankrupt).mean()) for name, row in chances.items()},
        skill={
            name: Skill(skill(scores[own], scores[name]), _interval(scores, own, baseline=name, seed=seed))
            for name in baselines
        },
        table=reliability(chances[own], bankrupt, edges=np.array(RUNWAYS), by=runway),
    )


def _interval(scores: dict[str, Row], own: str, *, baseline: str, seed: int) -> Interval:
    generator = np.random.Generator(Streams(seed, 0).open("backtest.bootstrap"))
    clusters = np.arange(len(scores[own]))
    return skill_interval(scores[own], scores[baseline], clusters=clusters, generator=generator)
