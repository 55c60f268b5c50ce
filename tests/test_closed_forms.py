"""Cash paths whose answer is known in closed form, declared as companies and met by simulation.

Agreement means |simulated - known| <= 4 standard errors + precision. Continuous watching is met by a fine step with
the opening lowered by 0.5826 sigma sqrt(step) (case C5): Broadie, Glasserman and Kou, Mathematical Finance 7, 1997,
pages 325 to 349; what is left of the discretisation is stated where it is allowed for.

Not met here, because they are not cash paths of a company that is simulated month by month:
- E (claims against an insurer's premium): the mirror image of F, which stands for both.
- I (Kaplan-Meier), J (Sobol indices), K (scores), L (Merton, Altman): statistics of data, not of a cash path.
D2 has an upper target at which play stops, and F4 no horizon: a company file can say neither, so both are read off
the paths, D2 by watching them and F4 through the martingale exp(-R cash), which settles what is open at the horizon.
"""

from dataclasses import dataclass, field
from functools import cache
from math import erfc, exp, pi, sqrt
from typing import Any, Final

import numpy as np
import pytest
from numpy.typing import NDArray

from tarmac.company import Company, company_from
from tarmac.engine.block import Job, Prepared
from tarmac.engine.ledger import Ledger
from tarmac.forecast import Forecast
from tarmac.layout import plan_of
from tarmac.measures import Clock
from tarmac.simulation import simulate

PATHS: Final = 16_384
MOST_STEPS: Final = 600
SHIFT: Final = 0.5825971579390108  # C5: -zeta(1/2) / sqrt(2 pi)


def example(opening: float, **sections: Any) -> Company:
    """A company with some cash, judged by cash below zero at a month's end."""
    head = {"name": "Example", "currency": "USD", "first_month": "2024-01", "insolvent_when": "cash_below_zero"}
    return company_from({"company": head, "cash": {"opening": opening}, **sections})


def line(**keys: Any) -> list[dict[str, Any]]:
    return [{"name": "line", **keys}]


def run(company: Company, months: int, *, paths: int = PATHS, seed: int = 20) -> Forecast:
    return simulate(company, months=months, paths=paths, seed=seed)


def meets(clock: Clock, month: int, known: float, *, allowed: float = 0.0) -> None:
    """The probability by the end of a month agrees with the known one."""
    found = clock.probability[month - 1]
    error = sqrt(known * (1 - known) / clock.paths)
    assert abs(found - known) <= 4 * error + allowed, (found, known, error)


@dataclass
class Paths:
    """Watches the cash of every path: as it stands at the end, and whether it reached a target while solvent."""

    target: float = float("inf")
    cash: NDArray[np.float64] = field(default_factory=lambda: np.empty(0))
    reached: NDArray[np.bool_] = field(default_factory=lambda: np.empty(0, np.bool_))

    def month_end(self, month: int, ledger: Ledger) -> None:
        self.cash = ledger.state.cash.copy()
        now = ledger.state.alive & (self.cash >= self.target)
        self.reached = now if month == 0 else self.reached | now


def watched(company: Company, months: int, paths: Paths) -> NDArray[np.int32]:
    """Run one block under a watcher; the month index of each path's insolvency."""
    return Prepared(Job(plan_of(company), 20, months, PATHS), 0).ledger().run([paths])["insolvent"]


# A: certain companies


def test_a1_constant_burn() -> None:
    forecast = run(example(10, cost=line(monthly=0.9)), 24, paths=10)
    assert forecast.insolvent.month(0.5) == 12


def growing() -> Company:
    return example(
        2_000_000,
        revenue=line(kind="subscription", monthly=107_000, growth="7%"),
        cost=line(monthly=300_000),
    )


def test_a2_first_profitable_month() -> None:
    forecast = run(growing(), 36, paths=10)
    assert forecast.profitable.month(0.5) == 17
    assert forecast.default_alive.probability[-1] == 0


def test_a3_cash_needed_to_reach_profit() -> None:
    poor = growing().document() | {"cash": {"opening": 0}}
    need = run(company_from(poor), 36, paths=10).need.amount(0.9)
    assert need == pytest.approx(1_815_978.2700500186, abs=0.01)


def test_a5_invoices_paid_two_months_later() -> None:
    forecast = run(example(10, cost=line(monthly=1, terms=2, opening_payables=0)), 24, paths=10)
    assert forecast.insolvent.month(0.5) == 13


def test_a7_burn_that_climbs_in_a_line() -> None:
    ramp = {f"{2024 + k // 12}-{k % 12 + 1:02d}": 5 + 0.5 * k for k in range(24)}
    forecast = run(example(100, cost=line(monthly=ramp)), 24, paths=10)
    assert forecast.insolvent.month(0.5) == 12 + 1  # funded for 12 months


# B, G1 and C6: Brownian cash, watched all the time


def brownian(opening: float, drift: float, sigma: float, step: float) -> Company:
    """Burn of `drift` a month, standard deviation `sigma` after a month, in model months of `step` months."""
    noise = f"normal(0, {sigma * sqrt(step):.15f})"
    start = opening - SHIFT * sigma * sqrt(step)
    if drift < 0:
        return example(start, revenue=line(kind="other", monthly=-drift * step, noise=noise))
    return example(start, cost=line(monthly=drift * step, noise=noise))


@pytest.mark.parametrize(
    ("opening", "drift", "sigma", "horizon", "known"),
    [
        pytest.param(12, 1, 1, 12, 0.5564508568880362, id="B1"),  # inverse-Gaussian distribution function
        pytest.param(12, 1, 2, 12, 0.6073131695349101, id="B2"),
        pytest.param(10, 0, 1, 24, 0.04122683333716366, id="B4"),
        pytest.param(10 + SHIFT, 0, 1, 24, 0.03076000698409607, id="C6"),  # the shift itself, a whole month's
    ],
)
def test_b_probability_under_continuous_watching(
    opening: float, drift: float, sigma: float, horizon: int, known: float
) -> None:
    step = horizon / MOST_STEPS
    clock = run(brownian(opening, drift, sigma, step), MOST_STEPS, paths=4 * PATHS).insolvent
    meets(clock, MOST_STEPS, known, allowed=0.014 * step)  # the shift is 0.014 off at a step of one month (C1, C6)


def test_b6_ever_insolvent_with_profitable_drift() -> None:
    known = 0.36787944117144233  # exp(-2 |drift| opening / sigma^2)
    clock = run(brownian(5, -0.1, 1, 1.0), MOST_STEPS).insolvent
    meets(clock, MOST_STEPS, known, allowed=6e-4 + 0.002)  # struck after 600 months; a step of a whole month


@cache
def time_to_insolvency() -> Clock:
    """Mean 12 months, watched 16 times a month for 37.5 months (beyond: less than 1e-5)."""
    return run(brownian(12, 1, 1, 1 / 16), MOST_STEPS).insolvent


@pytest.mark.parametrize(
    ("level", "known"),
    [(0.1, 8.012651411622716), (0.5, 11.522916553347319), (0.9, 16.599265646976143)],
    ids=["B7a", "B7b", "B7c"],
)
def test_b7_quantiles_of_the_time_to_insolvency(level: float, known: float) -> None:
    clock = time_to_insolvency()
    error = 4 * sqrt(level * (1 - level) / clock.paths)
    early, late = clock.month(level - error), clock.month(level + error)
    assert early is not None
    assert late is not None
    assert early / 16 - 1 / 16 <= known <= late / 16 + 1 / 16


def test_b8_standard_deviation_of_the_time_to_insolvency() -> None:
    strikes = time_to_insolvency().strikes[:-1]
    times = np.repeat(np.arange(1, MOST_STEPS + 1) / 16, strikes)
    spread = times.std()
    error = sqrt((((times - times.mean()) ** 4).mean() - spread**4) / (4 * spread**2 * len(times)))
    assert abs(spread - 3.4641016151377544) <= 4 * error  # sqrt(opening sigma^2 / drift^3)
    assert abs(times.mean() - 12) <= 4 * spread / sqrt(len(times)) + 1 / 16


# C: watched at month ends


@pytest.mark.parametrize(
    ("opening", "drift", "sigma", "horizon", "known"),
    [
        pytest.param(12, 1, 2, 12, 0.5487504839021891, id="C1"),  # survival density by quadrature
        pytest.param(10, 0, 1, 24, 0.031665181218697325, id="C3"),
    ],
)
def test_c_probability_under_month_end_watching(
    opening: float, drift: float, sigma: float, horizon: int, known: float
) -> None:
    company = example(opening, cost=line(monthly=drift, noise=f"normal(0, {sigma})"))
    meets(run(company, horizon, paths=4 * PATHS).insolvent, horizon, known)


def test_c5_c6_the_shift_and_the_value_it_gives() -> None:
    n = 10**6
    zeta_of_half = float(np.sum(np.arange(1, n + 1) ** -0.5)) - 2 * sqrt(n) - 0.5 / sqrt(n)
    assert pytest.approx(-zeta_of_half / sqrt(2 * pi), abs=1e-8) == SHIFT
    assert erfc((10 + SHIFT) / sqrt(24) / sqrt(2)) == pytest.approx(0.03076000698409607, abs=1e-10)


# D: walks of fair and unfair coins


def test_d1_fair_walk() -> None:
    company = example(5.5, cost=line(monthly=0, noise="choice(-1: 0.5, 1: 0.5)"))  # from 6; 0 is below zero
    meets(run(company, 24, paths=4 * PATHS).insolvent, 24, 0.2295229434967041)  # reflection principle


def test_d2_gamblers_ruin() -> None:
    known = 0.8814994686598714  # Feller I, XIV.2.4
    company = example(9.5, cost=line(monthly=0, noise="choice(-1: 0.45, 1: 0.55)"))
    paths = Paths(target=19.5)
    struck = watched(company, MOST_STEPS, paths)
    still_open = 1 - np.mean(paths.reached | (struck < MOST_STEPS))
    assert still_open < 3e-4  # the share still at play falls by 1.7% a step: 3e-5 after 600
    assert abs(1 - paths.reached.mean() - known) <= 4 * sqrt(known * (1 - known) / PATHS) + still_open


def test_d4_small_raises_by_the_month() -> None:
    company = example(6, cost=line(monthly=1), revenue=line(kind="other", monthly=0, noise="choice(0: 0.8, 3: 0.2)"))
    meets(run(company, 24, paths=4 * PATHS).insolvent, 24, 0.7904493712605911)  # exact dynamic programme


def test_d4_small_raises_as_rounds() -> None:
    """The same with an attempt begun and decided every month."""
    months = [f"{2024 + k // 12}-{k % 12 + 1:02d}" for k in range(24)]
    attempt = {"instrument": "safe", "amount": 3, "succeeds": 0.2}
    company = example(6, cost=line(monthly=1), round=[attempt | {"name": m, "starts": m} for m in months])
    meets(run(company, 24).insolvent, 24, 0.7904493712605911)


def test_d4_small_raises_until_the_first() -> None:
    """One attempt that may close every month, and brings enough: (1 - 0.2)^6 have none by the end of month 6.

    The seventh month's burn finds nothing left.
    """
    attempt = {"name": "raise", "instrument": "safe", "starts": "2024-01", "amount": 1000}
    company = example(6, cost=line(monthly=1), round=[attempt | {"closes_monthly": 0.2, "gives_up_after": 30}])
    clock = run(company, 24, paths=4 * PATHS).insolvent
    meets(clock, 6, 0.0)
    meets(clock, 24, 0.8**7)


# F: steady burn and random raises. A raise of a step counts before its burn: it may come up to a step late.


def raises(step: float) -> Company:
    """Cash 12, burn 1 a month, raises of mean 15 once a year on average; cash that is just used up has run out."""
    event = {"name": "raise", "rate": step / 12, "effect": {"target": "cash", "add": "exponential(15)"}}
    return example(12 - step / 2, cost=line(monthly=step), event=[event])


@pytest.mark.parametrize(
    ("horizon", "known"),
    [pytest.param(24, 0.53925180585171, id="F1"), pytest.param(60, 0.6762099870258329, id="F2")],
)
def test_f_random_raises(horizon: int, known: float) -> None:
    step = horizon / MOST_STEPS  # Kendall's identity
    meets(run(raises(step), MOST_STEPS, paths=4 * PATHS).insolvent, MOST_STEPS, known, allowed=known * step / 24)


def test_f4_ever_ruined() -> None:
    known, rate = 0.8187307530779819, 1 / 12 - 1 / 15  # Avanzi, Gerber and Shiu 2007
    paths = Paths()
    struck = watched(raises(0.1), MOST_STEPS, paths)
    ever = np.where(struck < MOST_STEPS, 1.0, np.exp(-rate * paths.cash))
    assert abs(ever.mean() - known) <= 4 * ever.std() / sqrt(PATHS) + known * 0.1 / 24
    assert known == pytest.approx(exp(-rate * 12))


def test_f5_one_raise_against_a_sure_runway() -> None:
    attempt = {"name": "raise", "instrument": "safe", "starts": "2024-01", "takes": "exponential(6)", "amount": 1000}
    company = example(8, cost=line(monthly=1), round=[attempt])  # out of cash at the end of month 9
    meets(run(company, 24, paths=4 * PATHS).insolvent, 24, 0.22313016014842982)  # exp(-9/6)


# A chance a month of closing, and what moves a chance


@pytest.mark.parametrize(("hazard", "able"), [(0.1, 1), (0.15, 0.6), (0.6, 0.3)])
def test_the_time_to_close_is_geometric_among_those_that_can_close(hazard: float, able: float) -> None:
    """By the end of the k-th month in which it may close, s (1 - (1 - h)^k); nothing more once it is given up."""
    keys = {"takes": 2, "succeeds": able, "closes_monthly": hazard, "gives_up_after": 13}
    sale = {"name": "sale", "instrument": "acquisition", "starts": "2024-01", "amount": 1, **keys}
    clock = run(example(10, round=[sale]), 24, paths=4 * PATHS).exit
    assert clock.counts[1] == 0
    for tries in range(1, 13):
        meets(clock, 2 + tries, able * (1 - (1 - hazard) ** tries))
    assert clock.counts[13] == clock.counts[-1]


def test_attempts_are_independent() -> None:
    """A third each time, two months apart: 1/3, 5/9, 19/27."""
    keys = {"takes": 1, "succeeds": 1 / 3, "retries": 2, "again_after": 1}
    sale = {"name": "sale", "instrument": "acquisition", "starts": "2024-01", "amount": 1, **keys}
    clock = run(example(10, round=[sale]), 12, paths=4 * PATHS).exit
    for month, known in ((1, 0.0), (2, 1 / 3), (3, 1 / 3), (4, 5 / 9), (6, 19 / 27), (12, 19 / 27)):
        meets(clock, month, known)


@pytest.mark.parametrize("key", ["succeeds", "closes_monthly"])
@pytest.mark.parametrize("month", [1, 2, 7])
def test_the_mood_of_the_market_moves_the_chance(key: str, month: int) -> None:
    """Mean of 1 / (1 + exp(-(log odds + 1.5 z))) over a standard normal z, by quadrature; in the first month none."""
    at, weights = np.polynomial.hermite_e.hermegauss(60)
    known = float(weights @ (1 / (1 + np.exp(-(np.log(0.3 / 0.7) + 1.5 * at)))) / sqrt(2 * pi)) if month > 1 else 0.3
    keys = {"takes": month - 1, "market": 1.5, key: 0.3}
    keys |= {"gives_up_after": month - 1} if key == "closes_monthly" else {}
    sale = {"name": "sale", "instrument": "acquisition", "starts": "2024-01", "amount": 1, **keys}
    clock = run(example(10, round=[sale], market={"persistence": 0.7}), 8, paths=4 * PATHS).exit
    meets(clock, 8, known)
    assert clock.counts[month - 1] == clock.counts[-1]


# G: the need


def needed(company: Company, months: int, paths: int) -> tuple[float, float]:
    """The amounts four standard errors either side of the one that lets 90% survive."""
    need = run(company, months, paths=paths).need
    error = 4 * sqrt(0.09 / need.paths)
    low, high = need.amount(0.9 - error), need.amount(0.9 + error)
    assert low is not None
    assert high is not None
    return low, high


def test_g1_need_under_continuous_watching() -> None:
    step = 18 / MOST_STEPS
    low, high = needed(brownian(0, 1, 2, step), MOST_STEPS, PATHS)  # brownian() lowers the opening by the shift
    assert low <= 30.177463179645674 <= high
    assert high - low < 2


def test_g3_need_under_month_end_watching() -> None:
    low, high = needed(example(0, cost=line(monthly=1, noise="normal(0, 2)")), 18, 4 * PATHS)
    assert low <= 29.317852834790475 <= high
    assert high - low < 1


def test_g3_need_by_the_search() -> None:
    """The same company with a policy that does nothing: flows may react to cash, so the need is searched for."""
    idle = {"name": "idle", "when": {"runway_below": 1}, "do": [{"cut": "cost.line", "by": 0}]}
    company = example(0, cost=line(monthly=1, noise="normal(0, 2)"), policy=[idle])
    found = run(company, 18, paths=PATHS // 2)
    assert 1 < found.need.runs <= 12
    low, high = needed(company, 18, PATHS // 2)
    assert low <= 29.317852834790475 <= high
    assert high - low < 2


# H: shocks that last


def test_h1_variance_of_lasting_shocks() -> None:
    paths = Paths()
    watched(example(1000, cost=line(monthly=0, noise="normal(0, 1)", persistence=0.6)), 12, paths)
    known = 40.516325867519996  # variance of the sum of 12 stationary AR(1) shocks
    assert abs(paths.cash.var() - known) <= 4 * known * sqrt(2 / PATHS)


def test_h2_terminal_cash_under_lasting_shocks() -> None:
    known, lift = 0.37668215726582505, 40.0  # lifted so that no path ends early
    company = example(14 + lift, cost=line(monthly=1, noise="normal(0, 1)", persistence=0.6))
    forecast = run(company, 12, paths=4 * PATHS)
    assert forecast.insolvent.counts[-1] == 0
    found = forecast.cash.share_below(lift)[11]
    assert abs(found - known) <= 4 * sqrt(known * (1 - known) / forecast.paths) + 1e-4  # within a bin: a line


def test_h4_mean_of_a_random_walk_in_logs() -> None:
    company = example(0, revenue=line(kind="usage", monthly=1.05, growth="5%", volatility="10%", persistence=1))
    paths = Paths()
    watched(company, 12, paths)
    mean = run(company, 12).cash.mean[11]
    assert mean == pytest.approx(paths.cash.mean(), rel=1e-9)
    assert abs(mean - 16.71298284646472) <= 4 * paths.cash.std() / sqrt(PATHS)
