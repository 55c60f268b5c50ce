"""A ruin map: survival, or the money needed, over two numbers of a company, each cell on the same draws."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import pairwise, product
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from tarmac.axes import Axis, opened
from tarmac.company import Company
from tarmac.engine.block import Job
from tarmac.engine.moving import Change, needs, survivors
from tarmac.errors import InputError, Problem
from tarmac.layout import plan_of
from tarmac.months import Month
from tarmac.simulation import How
from tarmac.survival import standard_error

SCHEMA: Final = "tarmac.map/1"
LEVEL: Final = 0.9
"""The share of the paths that the money needed lets through."""

NEED_PATHS: Final = 2_048
"""Paths a cell on which the money needed is searched for, at most."""

TOLERANCE: Final = 0.01
"""How far the middle of a box may lie from the mean of its corners for what is between to be interpolated.

Of survival a share of the paths; of the need of the range between the lowest and the highest corner of all boxes.
"""

_STRIDE: Final = {"survive": 4, "need": 8}
_WORTH_PROCESSES: Final = 2**17
_LONGEST_TASK: Final = 24

Cells = Sequence[tuple[int, int]]
"""Places in the grid: (row, column)."""


@dataclass(frozen=True)
class RuinMap:
    """Survival (share of paths) or the money needed, by row (the values of `y`) and column (those of `x`).

    `grid`, shape (rows, columns); inf where no amount is enough. `simulated`: which cells were run; the others are
    interpolated between them. `as_it_is`: the same figure of the company with both numbers as its file has them.
    """

    company: str
    currency: str
    first_month: Month
    months: int
    seed: int
    scenarios: tuple[str, ...]
    show: str
    paths: int
    x: Axis
    y: Axis
    grid: NDArray[np.float64]
    simulated: NDArray[np.bool_]
    as_it_is: float

    @property
    def end(self) -> Month:
        """The last month."""
        return self.first_month + (self.months - 1)

    @property
    def errors(self) -> NDArray[np.float64] | None:
        """Monte Carlo standard errors of survival, of the shape of the grid; None of a need."""
        if self.show == "need":
            return None
        return standard_error(np.round(self.grid * self.paths).astype(np.int64), self.paths)

    def as_json(self) -> dict[str, Any]:
        """Plain values; null where no amount is enough."""
        errors = self.errors
        return {
            "schema": SCHEMA,
            "company": self.company,
            "currency": self.currency,
            "scenarios": list(self.scenarios),
            "seed": self.seed,
            "first_month": str(self.first_month),
            "months": self.months,
            "paths": self.paths,
            "show": self.show,
            "level": LEVEL if self.show == "need" else None,
            "x": self.x.as_json(),
            "y": self.y.as_json(),
            "grid": [[value if np.isfinite(value) else None for value in row] for row in self.grid.tolist()],
            "standard_error": None if errors is None else errors.tolist(),
            "simulated": self.simulated.tolist(),
            "tolerance": TOLERANCE,
            "as_it_is": self.as_it_is if np.isfinite(self.as_it_is) else None,
        }


def ruin_map(company: Company, *, axes: tuple[Axis, Axis], show: str, job: Job, how: How | None = None) -> RuinMap:
    """The map of a company over two axes (x, y). `job` says months, paths and seed; its plan is not used.

    All cells share their draws, and both numbers are the same on every path of a cell. Every fourth row and column
    is run (of a need every eighth); a box between them is run more finely unless its middle lies as its corners say,
    to TOLERANCE. InputError for a company that has been calibrated: its past is no number's to set.
    """
    if company.posterior is not None:
        rule = "sets numbers from the first month on, which would change what its facts have told of"
        remedy = "take posterior out of a copy of the file, or compare scenarios that begin later: tarmac compare"
        raise InputError([Problem(company.file, "company.posterior", repr(company.posterior), rule, remedy)])
    x, y = axes
    plan = replace(plan_of(opened(company, axes)), holders=())  # who owns what decides nothing here
    paths = min(job.paths, NEED_PATHS) if show == "need" else job.paths
    runs = _Runs(replace(job, plan=plan, paths=paths), axes, show=show, how=how or How())
    grid, simulated = fill((len(y.values), len(x.values)), runs.figures, stride=_STRIDE[show], scaled=show == "need")
    [as_it_is] = runs.work(replace(job, plan=replace(plan_of(company), holders=()), paths=paths), [Change()])
    return RuinMap(
        company=plan.name,
        currency=plan.currency,
        first_month=plan.first_month,
        months=job.months,
        seed=job.seed,
        scenarios=(),
        show=show,
        paths=paths,
        x=x,
        y=y,
        grid=grid,
        simulated=simulated,
        as_it_is=as_it_is if show == "need" else as_it_is / paths,
    )


class _Runs:
    """Runs cells of a map, here or on several processes."""

    def __init__(self, job: Job, axes: tuple[Axis, Axis], *, show: str, how: How) -> None:
        highest = axes[0].highest | axes[1].highest
        need, survive = partial(needs, level=LEVEL, highest=highest), partial(survivors, highest=highest)
        self.work = need if show == "need" else survive
        self._job, self._axes, self._how = job, axes, how
        self._unit = 1.0 if show == "need" else 1 / job.paths
        self._cells = len(axes[0].values) * len(axes[1].values)
        self._done = 0

    def figures(self, cells: Cells) -> Iterator[float]:
        """What each cell shows, in their order."""
        x, y = self._axes
        changes = [_both(x.change(x.values[column]), y.change(y.values[row])) for row, column in cells]
        executor = self._how.carried(by=len(cells), worth=len(cells) * self._job.paths >= _WORTH_PROCESSES)
        size = max(min(-(-len(cells) // executor.workers), _LONGEST_TASK), 1)
        spans = [changes[first : first + size] for first in range(0, len(changes), size)]
        calls = [(self._job, span) for span in spans]
        for found in executor.map(self.work, calls):
            self._done += len(found)
            self._how.tell(self._done * self._job.paths, self._cells * self._job.paths)
            yield from (self._unit * figure for figure in found)


def _both(one: Change, other: Change) -> Change:
    return Change({**one.to, **other.to}, {**one.times, **other.times})


def fill(
    shape: tuple[int, int], figures: Callable[[Cells], Iterable[float]], *, stride: int, scaled: bool = False
) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """A grid of figures, run where it bends and interpolated where it does not; which cells were run.

    `scaled`: the tolerance is of the range of the figures, not of 1.
    """
    grid = _Grid(shape, figures)
    lines = [sorted({*range(0, length, stride), length - 1}) for length in shape]
    grid.run(product(*lines))
    tolerance = TOLERANCE * (grid.range() if scaled else 1.0)
    boxes = [(*rows, *columns) for rows in pairwise(lines[0]) for columns in pairwise(lines[1])]
    smooth: list[Box] = []
    while boxes:
        grid.run(map(_middle, boxes))
        bent = [box for box in boxes if not grid.follows(box, tolerance)]
        smooth += [box for box in boxes if box not in set(bent)]
        boxes = [part for box in bent for part in _quarters(box)]
        grid.run(corner for box in boxes for corner in _corners(box))
    for box in smooth:
        grid.interpolate(box)
    return grid.figures, grid.simulated


Box = tuple[int, int, int, int]
"""First and last row, first and last column."""


class _Grid:
    """The figures of a grid so far."""

    def __init__(self, shape: tuple[int, int], figures: Callable[[Cells], Iterable[float]]) -> None:
        self.figures = np.full(shape, np.nan)
        self.simulated = np.zeros(shape, np.bool_)
        self._run = figures

    def run(self, cells: Iterable[tuple[int, int]]) -> None:
        """Run those cells that have not been."""
        fresh = sorted({cell for cell in cells if not self.simulated[cell]})
        for cell, figure in zip(fresh, self._run(fresh) if fresh else (), strict=True):
            self.figures[cell], self.simulated[cell] = figure, True

    def range(self) -> float:
        """Between the lowest and the highest finite figure."""
        finite = self.figures[np.isfinite(self.figures)]
        return float(np.ptp(finite)) if len(finite) else 0.0

    def follows(self, box: Box, tolerance: float) -> bool:
        """Whether the middle of a box lies as its corners say; where it has no cells between, whatever they say."""
        if box[1] - box[0] <= 1 and box[3] - box[2] <= 1:
            return True
        row, column = _middle(box)
        said, here = self._between(box)[row - box[0], column - box[2]], self.figures[row, column]
        return bool(np.isinf(said) and said == here) or bool(abs(said - here) <= tolerance)

    def interpolate(self, box: Box) -> None:
        """Fill what has not been run within a box."""
        here = slice(box[0], box[1] + 1), slice(box[2], box[3] + 1)
        self.figures[here] = np.where(self.simulated[here], self.figures[here], self._between(box))

    def _between(self, box: Box) -> NDArray[np.float64]:
        """What the corners of a box say of its cells: bilinear; NaN where some of them are infinite and some not."""
        top, bottom, left, right = box
        a, b, c, d = (float(self.figures[corner]) for corner in _corners(box))
        if np.isinf([a, b, c, d]).any():
            alike = np.isinf([a, b, c, d]).all()
            return np.full((bottom - top + 1, right - left + 1), np.inf if alike else np.nan)
        down = np.linspace(0, 1, bottom - top + 1)[:, None]
        along = np.linspace(0, 1, right - left + 1)[None, :]
        between: NDArray[np.float64] = (1 - down) * ((1 - along) * a + along * b) + down * ((1 - along) * c + along * d)
        return between


def _middle(box: Box) -> tuple[int, int]:
    return (box[0] + box[1]) // 2, (box[2] + box[3]) // 2


def _corners(box: Box) -> list[tuple[int, int]]:
    return [(row, column) for row in box[:2] for column in box[2:]]


def _quarters(box: Box) -> list[Box]:
    """The parts of a box, halved where it has cells in between."""
    row, column = _middle(box)
    rows = [(box[0], row), (row, box[1])] if row > box[0] else [box[:2]]
    columns = [(box[2], column), (column, box[3])] if column > box[2] else [box[2:]]
    return [(*vertical, *horizontal) for vertical in rows for horizontal in columns]
