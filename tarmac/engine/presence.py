"""What is there in some months and not in others: customers who stay, a regime that comes and goes, a window of time.

All known before the month loop: rows of shape (months, paths), or (months, 1) where every path is alike.
"""

from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from tarmac.engine.draws import Draws
from tarmac.plan import ContractPlan, CustomerPlan, Number, RegimePlan, Steps, Window


class Numbers(Protocol):
    """Drawn numbers by path, and what else was drawn."""

    @property
    def draws(self) -> Draws:
        """Everything drawn."""

    @property
    def months(self) -> int:
        """The horizon."""

    def value(self, number: Number, month: int = 0) -> NDArray[np.float64]:
        """A number on every path, shape (paths,) or (1,)."""


def staying(customers: tuple[CustomerPlan, ...], numbers: Numbers) -> NDArray[np.float64]:
    """The share of a line's revenue that has not left with a named customer.

    A customer who leaves with chance p a month is gone from month floor(log(1 - U) / log(1 - p)) on, U uniform.
    """
    months = np.arange(numbers.months)[:, None]
    share = np.ones((numbers.months, numbers.draws.paths))
    for customer in customers:
        with np.errstate(divide="ignore", invalid="ignore"):
            stays = np.log1p(-numbers.draws.chances[customer.driver]) / np.log1p(-numbers.value(customer.leaves))
        gone = np.floor(np.where(np.isnan(stays), np.inf, stays))
        share -= (gone <= months) * numbers.value(customer.share)
    return np.maximum(share, 0.0)


def swings(regime: RegimePlan, numbers: Numbers) -> NDArray[np.float64]:
    """The factor of a second state that begins and ends with some chance a month; it is not there at the opening."""
    begins, ends, factor = (numbers.value(number) for number in (regime.begins, regime.ends, regime.multiply))
    there = np.zeros(numbers.draws.paths, np.bool_)
    rows = []
    for drawn in numbers.draws.switches[regime.driver]:
        there = (there & (drawn >= ends)) | (~there & (drawn < begins))
        rows.append(1.0 + there * (factor - 1.0))
    return np.stack(rows)


def going_on(window: Window, numbers: Numbers) -> NDArray[np.bool_]:
    """Whether something planned for a month, and late by a drawn slip, goes on."""
    begins = np.floor(window.month + numbers.value(window.slip))
    months = np.arange(numbers.months)[:, None]
    return (begins <= months) & (months < begins + window.lasts)


def signed(contracts: tuple[ContractPlan, ...], numbers: Numbers, *, times: Steps) -> NDArray[np.float64] | None:
    """What contracts from the pipeline bring a month, times the line's factor by month; None where there are none."""
    if not contracts:
        return None
    total = np.zeros((numbers.months, 1))
    for contract in contracts:
        signs = numbers.draws.chances[contract.driver] < numbers.value(contract.signs)
        amounts = [
            numbers.value(contract.monthly, month) * numbers.value(times.at(month)) for month in range(numbers.months)
        ]
        monthly = np.stack(np.broadcast_arrays(*amounts))
        total = total + going_on(contract.window, numbers) * signs * monthly
    return total
