"""The answer to how much and by when, as it is read by people and programs."""

from dataclasses import asdict, dataclass, replace
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from tarmac.measures import Need
from tarmac.months import Month
from tarmac.raising.attempt import Attempt
from tarmac.raising.dilution import Dilution
from tarmac.raising.instead import Alternative
from tarmac.survival import standard_error, wilson

SCHEMA: Final = "tarmac.raise/1"
LEVELS: Final = (0.5, 0.6, 0.7, 0.8, 0.85, 0.9, 0.95, 0.99)
"""Confidences at which the need curve is told."""


@dataclass(frozen=True)
class Raise:
    """What a company needs, and when it must begin to raise it, were there no other new money.

    `need`: money at the beginning of month index `at`. `in_time`: paths on which money raised from each month on comes
    before insolvency if the attempt closes, shape (months,); `closes`: mean chance that it does; `waits`: paths by the
    months from its start to the money, shape (months + 1,). `now`: the first month index in which it can begin, that
    after the origin of the facts where the company has been calibrated. `survives`: paths that reach the horizon, by
    start and amount, if it closes, shape (starts, amounts); of `tried` paths. `dilution`: what the amount costs in
    shares, None where no valuation is known or nothing is raised. `alternatives`: what else would be needed, the first
    as it is.
    """

    company: str
    currency: str
    first_month: Month
    months: int
    seed: int
    confidence: float
    at: int
    need: Need
    attempt: Attempt
    alone: int
    in_time: NDArray[np.int64]
    closes: float
    now: int
    waits: NDArray[np.int64]
    starts: tuple[int, ...]
    amounts: tuple[float, ...]
    survives: NDArray[np.int64]
    paths: int
    tried: int
    dilution: Dilution | None
    alternatives: tuple[Alternative, ...]

    @property
    def amount(self) -> float | None:
        """The least amount with which the wanted share of the paths survives; None where no amount does."""
        return self.need.amount(self.confidence)

    @property
    def begin_by(self) -> int | None:
        """The last month index from which on the money comes in time on that share of the paths; None: too late.

        If the attempt closes. The horizon, where it may begin at any time.
        """
        return last_start(self.in_time, now=self.now, wanted=self.confidence * self.paths)

    @property
    def beyond(self) -> int:
        """Paths on which an attempt begun at once, if it closes, does so only after the horizon."""
        return int(self.waits[self.months - self.now :].sum())

    def wait(self, level: float) -> int | None:
        """Months from the start to the money, on a share `level` of the paths at most; None beyond the horizon."""
        months = int(np.searchsorted(np.cumsum(self.waits), level * self.paths - 1e-9))
        return months if months < self.months else None

    def in_currency(self, currency: str, *, rate: float) -> "Raise":
        """The same raise told in another currency, whose unit costs `rate` in the company's own, month for month."""
        return replace(
            self,
            currency=currency,
            need=replace(self.need, unit=rate),
            amounts=tuple(amount / rate for amount in self.amounts),
            dilution=None if self.dilution is None else self.dilution.in_unit(rate),
            alternatives=tuple(row.in_unit(rate) for row in self.alternatives),
        )

    def as_json(self) -> dict[str, Any]:
        """Plain values, months counted from 1 or as "2023-01"; null where no amount suffices or it is too late."""
        low, high = wilson(self.in_time, self.paths)
        begin = self.begin_by
        return {
            "schema": SCHEMA,
            "company": self.company,
            "currency": self.currency,
            "seed": self.seed,
            "paths": self.paths,
            "months": self.months,
            "confidence": self.confidence,
            "at": str(self.first_month + self.at),
            "amount": self.amount,
            "amount_interval": list(self.need.interval(self.confidence)),
            "survives_without": self.alone / self.paths,
            "need_curve": [
                {"confidence": level, "amount": self.need.amount(level), "interval": list(self.need.interval(level))}
                for level in LEVELS
            ],
            "lost": [asdict(loss) for loss in self.need.losses],
            "runs": self.need.runs,
            "attempt": asdict(self.attempt),
            "begin_by": None if begin is None else str(self.first_month + min(begin, self.months - 1)),
            "closes_after_months": {f"p{round(100 * level)}": self.wait(level) for level in (0.1, 0.5, 0.9)},
            "in_time": {
                "from": str(self.first_month + self.now),
                "probability": (self.in_time / self.paths)[self.now :].tolist(),
                "interval": [low[self.now :].tolist(), high[self.now :].tolist()],
            },
            "closes": self.closes,
            "dilution": None if self.dilution is None else self.dilution.as_json(),
            "instead": [row.as_json() for row in self.alternatives],
            "table": {
                "starts": [str(self.first_month + start) for start in self.starts],
                "amounts": list(self.amounts),
                "survives": (self.survives / self.tried).tolist(),
                "standard_error": standard_error(self.survives, self.tried).tolist(),
            },
        }


def last_start(in_time: NDArray[np.int64], *, now: int, wanted: float) -> int | None:
    """The last month index, from `now` on, up to which an attempt begun is in time on enough paths; None: too late.

    `in_time`: paths by the month in which it begins, shape (months,); `wanted`: how many there must be. The horizon
    where it may begin at any time.
    """
    late = now + np.flatnonzero(in_time[now:] < wanted)
    if not len(late):
        return len(in_time)
    return int(late[0]) - 1 if late[0] > now else None
