"""A forecast: what a run leaves behind, read as probabilities and amounts, with where it came from."""

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from tarmac.measures import Clock, Fan, Need, Spread
from tarmac.months import Month
from tarmac.replicates import REPLICATE_PATHS
from tarmac.sampling import Sampling
from tarmac.summary import EXIT_PROCEEDS, OWNERSHIP, SECONDARY_PROCEEDS, WHOLE, Summary
from tarmac.survival import aalen_johansen

SCHEMA: Final = "tarmac.forecast/1"
INSOLVENT: Final = "Insolvent:"
"""How the sentence among the assumptions begins that says what insolvency means."""

CALIBRATED: Final = "Calibrated on"
"""How the sentence begins that says what facts a company has been calibrated on."""

_AS_EVER: Final = Sampling()


@dataclass(frozen=True)
class Ownership:
    """Who owns which share of the company (fully diluted) at the horizon, on paths that are solvent and independent.

    `by_month`: founders and staff, all common holders together, at each month's end. `holders`: each holder of the file
    by name, the option pool, and who put in money later by key path ("round.series A"). SAFEs and notes that are still
    outstanding own nothing yet. `opening`: what common holders had at the opening.
    """

    by_month: Fan
    holders: Mapping[str, Spread]
    opening: float

    @property
    def common(self) -> Spread:
        """Founders and staff at the horizon."""
        return Spread(self.by_month.histogram.month(-1), self.by_month.unit)

    @property
    def mean(self) -> float:
        """The mean share of founders and staff."""
        return self.common.mean

    def quantile(self, level: float) -> float:
        """The share of founders and staff that a share `level` of the paths is below."""
        return self.common.quantile(level)

    def dilution(self, level: float) -> float:
        """What part of their share of the opening founders and staff lose, at most on a share `level` of the paths."""
        return 1.0 - self.common.quantile(1.0 - level) / self.opening if self.opening else math.nan

    def as_json(self) -> dict[str, Any]:
        """Shares by holder, "common" for all common holders together."""
        holders = {name: spread.as_json() for name, spread in self.holders.items()}
        return {
            "common": self.common.as_json(),
            "common_at_opening": self.opening,
            "common_by_month": self.by_month.as_json(),
            "holders": holders,
        }


@dataclass(frozen=True)
class GoingConcern:
    """Whether obligations are met for a year from the day the accounts are issued (after ASC 205-40).

    `months`: from the opening to the end of that year: those facts tell of, the reporting lag, twelve. `without_plans`,
    `approved`: the first missed bill of the company with no round and no policy, and with the approved ones alone.
    """

    months: int
    without_plans: Clock
    approved: Clock

    def as_json(self, first_month: Month) -> dict[str, Any]:
        """Plain values: the probability that every obligation is met, and its 95% Monte Carlo interval."""
        views = {"without_plans": self.without_plans, "approved_plans": self.approved}
        shares = {name: self._met(clock) for name, clock in views.items()}
        return {"months": self.months, "through": str(first_month + (self.months - 1)), **shares}

    def _met(self, clock: Clock) -> dict[str, Any]:
        met, (low, high) = 1.0 - float(clock.probability[-1]), clock.interval()
        error = float(clock.standard_error[-1])
        return {"probability": met, "standard_error": error, "interval": [1.0 - float(high[-1]), 1.0 - float(low[-1])]}


@dataclass(frozen=True)
class Mark:
    """Something known to be planned, for the chart: a round and the month index in which its attempt starts.

    `waits_for`: in words what it waits for, where it has no month.
    """

    name: str
    month: int | None
    what: str
    waits_for: str = ""


@dataclass(frozen=True)
class Translation:
    """A convenience translation: every amount of every month at one rate, that of the opening.

    `own`: the company's currency; `rate`: the price in it of one unit of the currency that amounts are told in. It is
    how companies that keep their books in one currency report to readers of another (SEC Regulation S-X, Rule 3-20);
    what later rates would make of an amount is not in it.
    """

    own: str
    rate: float


@dataclass(frozen=True)
class Origin:
    """Where a forecast comes from: enough to run it again.

    `text`: what the printout says it assumed, one sentence each; `now`: the month index after those facts tell of.
    """

    company: str
    file: str
    scenarios: tuple[str, ...]
    seed: int
    months: int
    first_month: Month
    currency: str
    opening_cash: float
    marks: tuple[Mark, ...]
    text: tuple[str, ...]
    common_at_opening: float = 1.0
    """The share that all common holders have at the opening."""
    now: int = 0
    translation: Translation | None = None
    """Where amounts are told in another currency than the company's: from which, and at what rate."""
    begin_by: int | None = None
    """The last month index in which a raise may begin, where that has been looked for."""
    sampling: Sampling = _AS_EVER
    """How paths were spread over chance, and how precise the probability of insolvency was to be."""


@dataclass(frozen=True)
class Forecast:
    """What is left of a run: summary and origin, read through clocks and fans.

    >>> import tarmac
    >>> forecast = tarmac.simulate(tarmac.load("saas-seed"), paths=2_000, seed=7)
    >>> 0 <= forecast.insolvent.probability[11] <= 1
    np.True_
    """

    origin: Origin
    summary: Summary
    need: Need
    default_alive: Clock
    """Insolvency in the same company with no new money: a path is default alive where it does not strike."""
    going_concern: GoingConcern

    @property
    def company(self) -> str:
        """The company's name."""
        return self.origin.company

    @property
    def months(self) -> int:
        """The horizon."""
        return self.origin.months

    @property
    def paths(self) -> int:
        """Paths simulated."""
        return self.summary.paths

    @property
    def clocks(self) -> dict[str, Clock]:
        """Every clock by name."""
        return {name: Clock.of(self.summary, name) for name in self.summary.strikes}

    @property
    def insolvent(self) -> Clock:
        """Insolvency, by the company's definition."""
        return Clock.of(self.summary, "insolvent")

    @property
    def first_missed_bill(self) -> Clock:
        """A due obligation is not paid in full for the first time: the cash-flow test."""
        return Clock.of(self.summary, "first_missed_bill")

    @property
    def point_of_no_return(self) -> Clock:
        """Cash no longer covers an orderly wind-down: bills received, taxes, notice, severance, commitments."""
        return Clock.of(self.summary, "point_of_no_return")

    @property
    def balance_sheet_insolvent(self) -> Clock:
        """Liabilities exceed assets: the balance-sheet test."""
        return Clock.of(self.summary, "balance_sheet_insolvent")

    @property
    def exit(self) -> Clock:
        """The company is acquired: a path on which it is can no longer become insolvent."""
        return Clock.of(self.summary, "exit")

    @property
    def endings(self) -> dict[str, NDArray[np.float64]]:
        """Probability of each way a path may have ended by the end of each month; "none": it goes on. Shape (months,).

        Insolvency and exit compete: their cumulative incidences and the rest add up to one.
        """
        ends = {name: self.summary.strikes[name][:-1] for name in ("insolvent", "exit")}
        return aalen_johansen(ends, self.paths)

    @property
    def profitable(self) -> Clock:
        """Operating cash flow is at or above zero from this month to the horizon."""
        return Clock.of(self.summary, "profitable")

    @property
    def cash(self) -> Fan:
        """Cash at each month's end: zero on insolvent paths, and without those on which the company was acquired."""
        return Fan(self.summary.amounts["cash"], self.unit)

    @property
    def net_burn(self) -> Fan:
        """Operating payments less operating receipts, of the paths that are solvent."""
        return Fan(self.summary.amounts["net_burn"], self.unit)

    @property
    def arrears(self) -> Fan:
        """Bills past due at each month's end, of the paths that are solvent."""
        return Fan(self.summary.amounts["arrears"], self.unit)

    @property
    def payables(self) -> Fan:
        """Bills received and not paid at each month's end, of the paths that are solvent."""
        return Fan(self.summary.amounts["payables"], self.unit)

    @property
    def ownership(self) -> Ownership | None:
        """Who owns what at the horizon; None where nothing is raised, or shares are sold in a round without a price."""
        found, head = self.summary.amounts, f"{OWNERSHIP}."
        if OWNERSHIP not in found:
            return None
        names = [name for name in found if name.startswith(head)]
        holders = {name.removeprefix(head): Spread(found[name], WHOLE) for name in names}
        return Ownership(Fan(found[OWNERSHIP], WHOLE), holders, self.origin.common_at_opening)

    @property
    def exit_proceeds(self) -> Spread | None:
        """What common holders together get where the company is sold; None where it never is, or none is known."""
        return self._proceeds(EXIT_PROCEEDS)

    @property
    def secondary_proceeds(self) -> Spread | None:
        """What common holders together get for shares they sell, on the paths where they do; None as above."""
        return self._proceeds(SECONDARY_PROCEEDS)

    def _proceeds(self, name: str) -> Spread | None:
        found = self.summary.amounts.get(name)
        return Spread(found, self.unit) if found is not None and found.totals[0] else None

    @property
    def unit(self) -> float:
        """What one unit of the currency that amounts are told in is in the company's own."""
        return 1.0 if self.origin.translation is None else self.origin.translation.rate

    def in_currency(self, currency: str, *, rate: float) -> "Forecast":
        """The same forecast told in another currency, whose unit costs `rate` in the company's own: a Translation."""
        origin = self.origin
        if origin.translation is not None:
            raise ValueError(f"amounts are told in {origin.currency} already: translate the forecast as it was made")
        told = replace(
            origin,
            currency=currency,
            opening_cash=origin.opening_cash / rate,
            translation=Translation(origin.currency, rate),
        )
        summary = replace(self.summary, samples=self.summary.samples / rate)
        return replace(self, origin=told, summary=summary, need=replace(self.need, unit=rate))

    @property
    def samples(self) -> NDArray[np.float64]:
        """Cash of the first few paths, zero from insolvency on. Shape (months, up to 12)."""
        return self.summary.samples

    @property
    def simple_runway(self) -> float | None:
        """Cash over mean net burn of the next three months that a path survives, in months; None without burn.

        The usual rule of thumb, for comparison only: from the opening, or from the month after the facts.
        """
        now = self.origin.now
        burns = [burn for burn in self.net_burn.mean[now : now + 3].tolist() if math.isfinite(burn)]
        cash = float(self.cash.mean[now - 1]) if now else self.origin.opening_cash
        return cash / (sum(burns) / len(burns)) if sum(burns) > 0 else None

    def month_name(self, index: int) -> Month:
        """The calendar month of a month index counted from 0."""
        return self.origin.first_month + index

    def as_json(self) -> dict[str, Any]:
        """The forecast as plain values: no NaN, months counted from 1, null beyond the horizon."""
        origin = self.origin
        head = {
            "schema": SCHEMA,
            "company": origin.company,
            "scenarios": list(origin.scenarios),
            "seed": origin.seed,
            "paths": self.paths,
            "sampler": origin.sampling.sampler,
            "replicates": None if self.insolvent.squares is None else self.paths // REPLICATE_PATHS,
            "precision": origin.sampling.precision,
            "months": origin.months,
            "first_month": str(origin.first_month),
            "currency": origin.currency,
            "translation": None if origin.translation is None else asdict(origin.translation),
        }
        clocks = {name: clock.as_json() for name, clock in self.clocks.items()}
        fans = {name: getattr(self, name).as_json() for name in ("cash", "net_burn", "arrears", "payables")}
        alive = 1.0 - float(self.default_alive.probability[-1])
        tail = {
            "endings": {name: shares.tolist() for name, shares in self.endings.items()},
            "going_concern": self.going_concern.as_json(origin.first_month),
            "need": self.need.as_json(),
            "ownership": None if self.ownership is None else self.ownership.as_json(),
            "exit_proceeds": None if self.exit_proceeds is None else self.exit_proceeds.as_json(),
            "secondary_proceeds": None if self.secondary_proceeds is None else self.secondary_proceeds.as_json(),
            "default_alive": {"probability": alive, "standard_error": float(self.default_alive.standard_error[-1])},
            "simple_runway_months": self.simple_runway,
            "assumptions": list(origin.text),
        }
        return head | clocks | fans | tail
