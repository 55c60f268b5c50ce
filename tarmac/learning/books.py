"""Do the books add up: opening cash + receipts + money raised - payments = closing cash, and what that leaves open."""

import math
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from tarmac.actuals import Actuals
from tarmac.learning.receipts import LATEST, Lag, fit_lag
from tarmac.learning.trend import LOW, Estimate

Values = NDArray[np.float64]

MATERIAL: Final = 0.01
"""Root mean square of the unexplained part, as a share of what is usual in a month, from which on it becomes a line."""

_FEWEST: Final = 3


@dataclass(frozen=True, slots=True)
class Books:
    """The months taken together.

    `lag`: how late customers pay, None where it was not learnt; `from_collections`: from a column of its own, rather
    than from what cash leaves over. `unexplained`: change of cash that no column explains, by month, NaN where a number
    is missing; `raised`: taken as money raised although no column says so, by month, 0 elsewhere. Shapes (months,).
    `mean`: of the unexplained, with its standard error; `noise`: its standard deviation. `usual`: mean payments of
    a month, or mean revenue where that is more.
    """

    lag: Lag | None
    from_collections: bool
    unexplained: Values
    raised: Values
    mean: Estimate | None
    noise: float
    usual: float

    @property
    def material(self) -> bool:
        """Whether the unexplained part is worth a line of its own."""
        return self.mean is not None and math.hypot(self.mean.value, self.noise) > MATERIAL * self.usual

    @property
    def known(self) -> int:
        """Months whose books could be checked."""
        return int(np.isfinite(self.unexplained).sum())


def read_books(actuals: Actuals) -> Books:
    """Check the books of all months, and learn from them how late customers pay."""
    column = {name: np.array(values) for name, values in actuals.amounts.items()}
    paid = column["payroll"] + column["compute"] + column["other"]
    change = np.append(np.nan, np.diff(column["cash"]))
    over = change + paid - column.get("raised", np.zeros_like(paid))  # what must have been received
    revenue, given = column["revenue"], column.get("collections")
    most = given if given is not None else sum(_shifted(revenue, months) for months in range(3))
    raised = np.zeros_like(paid)
    if "raised" not in column:
        jump = over - most > paid + revenue
        raised[jump] = (over - most)[jump]
    received = np.where(raised > 0, np.nan, over)
    lag = fit_lag(revenue, received if given is None else given)
    if given is not None:
        unexplained = received - given
    elif lag is not None:
        unexplained = lag.left_over
    else:
        unexplained = received - np.append(np.nan, revenue[:-1])
    fitted = LATEST + (lag.lost.value > 0) if lag is not None and given is None else 0
    mean, noise = _spread(unexplained[np.isfinite(unexplained)], fitted=fitted)
    return Books(lag, given is not None, unexplained, raised, mean, noise, max(_mean(paid), _mean(revenue)))


def _mean(values: Values) -> float:
    known = values[np.isfinite(values)]
    return float(known.mean()) if len(known) else 0.0


def _shifted(revenue: Values, months: int) -> Values:
    return np.concatenate([np.zeros(months), revenue[: len(revenue) - months]])


def _spread(values: Values, *, fitted: int) -> tuple[Estimate | None, float]:
    """Mean with its Student t interval, and standard deviation, of what is left over after so many fitted numbers."""
    from scipy.special import stdtrit

    freedom = len(values) - 1 - fitted
    if freedom < _FEWEST - 1:
        return None, 0.0
    mean, noise = float(values.mean()), float(values.std(ddof=1 + fitted))
    error = noise / math.sqrt(len(values))
    reach = -float(stdtrit(freedom, LOW)) * error
    return Estimate(mean, error, mean - reach, mean + reach), noise
