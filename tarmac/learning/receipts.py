"""How late customers pay: the shares of an invoice collected in its month, one month later and two months later."""

import math
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from tarmac.learning.trend import LOW, Estimate

Values = NDArray[np.float64]

LATEST: Final = 2
"""Months after which nothing more is collected."""

FEWEST: Final = 6
"""Months of receipts from which on shares are estimated."""

_WIDEST: Final = 1.0
"""Months: where the 90% interval of the mean lag is wider, nothing was learnt."""
_RIGID: Final = 1e5
_ROUNDING: Final = 1e-9
_CENT: Final = 0.01
"""Months with less revenue than this tell nothing."""


@dataclass(frozen=True, slots=True)
class Lag:
    """Shares of an invoice by months since it was made out; what is never collected; how long an invoice is out.

    `lost` is 0 with no error where the receipts give no ground to think that anything is. `open`: receivables at the
    end of the last month. `left_over`: receipts less what the shares explain, by month, NaN where not known, shape
    (months,).
    """

    shares: tuple[Estimate, ...]
    lost: Estimate
    mean: Estimate
    open: Estimate
    left_over: Values
    months: int


def fit_lag(revenue: Values, receipts: Values) -> Lag | None:
    """The lag between revenue and receipts by month, shapes (months,); None where they do not tell it.

    Least squares on shares that are not negative and sum to one, or to less where that is significant at 5%; each month
    is weighed by one over its revenue. Standard errors are those of the least squares without the bounds, and intervals
    the part of theirs that lies from 0 to 1.
    """
    design = np.column_stack([_later(revenue, months) for months in range(LATEST + 1)])
    size = design.mean(axis=1)
    known = np.isfinite(size) & np.isfinite(receipts) & (size >= _CENT)
    if known.sum() < FEWEST:
        return None
    rows, seen = design[known] / size[known, None], receipts[known] / size[known]
    lossy = _lossy(rows, seen)
    covariance = _covariance(rows, seen, lossy=lossy)
    if covariance is None:
        return None
    shares = _bounded(rows, seen, lossy=lossy)
    if not shares.any():
        return None
    freedom = len(seen) - LATEST - lossy
    outstanding = _outstanding(revenue)
    mean = _combined(shares, covariance, weights=np.arange(LATEST + 1.0), freedom=freedom)
    if mean.high - mean.low > _WIDEST or not np.isfinite(outstanding).all():
        return None
    unit = np.eye(LATEST + 1)
    total = _combined(shares, covariance, weights=np.ones(LATEST + 1), freedom=freedom)
    owed = _combined(shares, covariance, weights=-outstanding, freedom=freedom)
    invoices = float(np.nansum(revenue[-LATEST:]))
    return Lag(
        shares=tuple(_within(_combined(shares, covariance, weights=row, freedom=freedom)) for row in unit),
        lost=Estimate(*_least_zero(1 - total.value, total.error, 1 - total.high, 1 - total.low))
        if lossy
        else Estimate(0.0, 0.0, 0.0, 0.0),
        mean=mean,
        open=Estimate(*_least_zero(invoices + owed.value, owed.error, invoices + owed.low, invoices + owed.high)),
        left_over=receipts - design @ shares,
        months=int(known.sum()),
    )


def _later(revenue: Values, months: int) -> Values:
    """Revenue of some months before, NaN where there are none."""
    return np.concatenate([np.full(months, np.nan), revenue[: len(revenue) - months]])


def _outstanding(revenue: Values) -> Values:
    """Invoices of the last months that each share has already been collected on. Shape (shares,)."""
    recent = revenue[::-1][:LATEST]
    return np.array([recent[share:].sum() for share in range(LATEST + 1)])


def _lossy(rows: Values, seen: Values) -> bool:
    """Whether less than everything is collected, significant at 5% on one side, by free least squares."""
    from scipy.special import stdtrit

    if np.linalg.matrix_rank(rows) < rows.shape[1]:
        return False
    inverse = np.linalg.inv(rows.T @ rows)
    shares = inverse @ (rows.T @ seen)
    freedom = len(seen) - rows.shape[1]
    variance = float(((seen - rows @ shares) ** 2).sum()) / freedom
    error = math.sqrt(variance * float(inverse.sum()))
    return bool(1.0 - shares.sum() > max(-float(stdtrit(freedom, LOW)) * error, 1e-6))


def _covariance(rows: Values, seen: Values, *, lossy: bool) -> Values | None:
    """Of the shares, by least squares without bounds: free, or with the first as what the others leave of one."""
    basis = np.eye(LATEST + 1) if lossy else np.vstack([-np.ones(LATEST), np.eye(LATEST)])
    free = rows @ basis
    target = seen if lossy else seen - rows[:, 0]
    if np.linalg.cond(free) > 1e8:
        return None
    inverse = np.linalg.inv(free.T @ free)
    rest = target - free @ (inverse @ (free.T @ target))
    variance = float((rest**2).sum()) / (len(seen) - free.shape[1])
    covariance: Values = basis @ (variance * inverse) @ basis.T
    return covariance


def _bounded(rows: Values, seen: Values, *, lossy: bool) -> Values:
    """Least squares on shares from 0 that sum to one, or to at most one. Shape (shares,)."""
    from scipy.optimize import nnls

    slack = [[0.0]] * len(rows) if lossy else np.empty((len(rows), 0))
    whole = np.full((1, rows.shape[1] + lossy), _RIGID)
    shares, _ = nnls(np.vstack([np.hstack([rows, slack]), whole]), np.append(seen, _RIGID))
    found: Values = shares[: LATEST + 1]
    return np.where(found < _ROUNDING, 0.0, found)


def _combined(shares: Values, covariance: Values, *, weights: Values, freedom: int) -> Estimate:
    """A weighted sum of the shares, with its Student t interval."""
    from scipy.special import stdtrit

    value, error = float(weights @ shares), math.sqrt(max(float(weights @ covariance @ weights), 0.0))
    reach = -float(stdtrit(freedom, LOW)) * error
    return Estimate(value, error, value - reach, value + reach)


def _within(share: Estimate) -> Estimate:
    return Estimate(share.value, share.error, max(share.low, 0.0), min(share.high, 1.0))


def _least_zero(value: float, error: float, *ends: float) -> tuple[float, float, float, float]:
    return max(value, 0.0), error, max(ends[0], 0.0), max(ends[1], 0.0)
