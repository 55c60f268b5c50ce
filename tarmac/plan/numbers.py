"""Numbers as the engine reads them: constants and references to what is drawn."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from tarmac.uncertain import Uncertain

FOREVER: Final = 10**6
"""A month index beyond every horizon."""


@dataclass(frozen=True, slots=True)
class Input:
    """An uncertain number drawn once per path: its key path, its stream, its distribution, the bounds draws keep to."""

    name: str
    stream: str
    number: Uncertain
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Number:
    """A constant, or the draw of an input; `currency` names the foreign currency it is in, if any."""

    constant: float
    driver: str | None = None
    currency: str | None = None

    def __bool__(self) -> bool:
        return self.driver is not None or self.constant != 0


@dataclass(frozen=True, slots=True)
class Steps:
    """A number by month: `entries` are (first month index, number), in order, from index 0 on."""

    entries: tuple[tuple[int, Number], ...]

    def at(self, month: int) -> Number:
        """The number that holds in a month."""
        return next(number for start, number in reversed(self.entries) if start <= month)

    def __bool__(self) -> bool:
        return any(bool(number) for _, number in self.entries)


NOTHING: Final = Number(0.0)
STEADY: Final = Steps(((0, NOTHING),))
AS_IT_IS: Final = Steps(((0, Number(1.0)),))


@dataclass(frozen=True, slots=True)
class Copula:
    """Drivers that move together: correlated scores are `factor` @ independent scores.

    `factor` is the symmetric square root of the correlation matrix, shape (drivers, drivers).
    """

    drivers: tuple[str, ...]
    factor: NDArray[np.float64]
