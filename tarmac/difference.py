"""Why runway changed between two versions of a company file.

Time passed, cash and lines against the forecast, each changed assumption, and what only all of them together do: the
parts add up to the whole.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from tarmac.changes import Change, changes, undone
from tarmac.company import Company, company_from
from tarmac.company.line_checks import LONGEST
from tarmac.company.numbers import line_paths
from tarmac.engine.block import Job, Prepared, overflow_raised
from tarmac.engine.observing import Answer, Question, observe
from tarmac.errors import InputError, Problem
from tarmac.facts import Quantity
from tarmac.layout import plan_of
from tarmac.months import Month
from tarmac.patch import Edit, Patch
from tarmac.simulation import overflow_told

SCHEMA: Final = "tarmac.diff/1"

LEVELS: Final = ("monthly", "headcount", "units", "users", "gpus")
"""Keys that say how large a line is in the first month, of which a line has one."""

TOGETHER: Final = "together"
"""What the bar is called that holds what no change does alone."""

_SAME: Final = 1e-3
"""A line this close to its forecast, as a share of it, is as forecast."""

Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Reading:
    """An average over paths, and what each path adds to its error. `influence`: of mean 0, shape (paths,).

    Readings on the same paths are added and subtracted path by path, so that a difference has the error of a
    difference: the standard deviation of its influence over the root of the number of paths.
    """

    value: float
    influence: NDArray[np.float64]

    def __add__(self, other: "Reading") -> "Reading":
        return Reading(self.value + other.value, self.influence + other.influence)

    def __sub__(self, other: "Reading") -> "Reading":
        return Reading(self.value - other.value, self.influence - other.influence)

    @property
    def error(self) -> float:
        """The Monte Carlo standard error."""
        return float(np.std(self.influence) / np.sqrt(len(self.influence)))


@dataclass(frozen=True)
class Outlook:
    """What is compared: mean months of solvency within the horizon, and the chance to reach it."""

    runway: Reading
    survives: Reading

    def __add__(self, other: "Outlook") -> "Outlook":
        return Outlook(self.runway + other.runway, self.survives + other.survives)

    def __sub__(self, other: "Outlook") -> "Outlook":
        return Outlook(self.runway - other.runway, self.survives - other.survives)


@dataclass(frozen=True)
class Bar:
    """One part of the difference. `what`: "time", "draws", "cash", "line", "change" or TOGETHER; `path`: of which key.

    `old`, `new`: what the two versions say there, or what was forecast and what is.
    """

    what: str
    path: str
    old: Any
    new: Any
    effect: Outlook


@dataclass(frozen=True)
class Difference:
    """Two versions of a company file, and why the second has another runway than the first.

    `passed`: months from the first month of the old version to that of the new; `left`: changes that cannot be taken
    back alone. The effects of `bars` add up to `new` less `old`.
    """

    company: str
    files: tuple[str, str]
    first_months: tuple[Month, Month]
    months: int
    seed: int
    paths: int
    old: Outlook
    new: Outlook
    bars: tuple[Bar, ...]
    left: tuple[str, ...]

    @property
    def passed(self) -> int:
        """Months between the two."""
        return self.first_months[1] - self.first_months[0]

    @cached_property
    def total(self) -> Outlook:
        """What there is to explain."""
        return self.new - self.old

    def as_json(self) -> dict[str, Any]:
        """Plain values: runway in months, chances as shares, each with its standard error."""
        return {
            "schema": SCHEMA,
            "company": self.company,
            "files": list(self.files),
            "first_months": [str(month) for month in self.first_months],
            "months": self.months,
            "months_passed": self.passed,
            "seed": self.seed,
            "paths": self.paths,
            "old": _outlook(self.old),
            "new": _outlook(self.new),
            "difference": _outlook(self.total),
            "bars": [
                {"what": bar.what, "path": bar.path, "old": bar.old, "new": bar.new} | _outlook(bar.effect)
                for bar in self.bars
            ],
            "not_told_apart": list(self.left),
        }


def _outlook(outlook: Outlook) -> dict[str, dict[str, float]]:
    parts = {"runway_months": outlook.runway, "survives": outlook.survives}
    return {name: {"value": part.value, "standard_error": part.error} for name, part in parts.items()}


@dataclass(frozen=True, slots=True)
class Terms:
    """How two versions are compared: months looked ahead from each one's first, paths, seed, and that of the old run.

    `progress` is told of runs done and runs in all.
    """

    months: int
    paths: int
    seed: int
    old_seed: int | None = None
    progress: Progress | None = None

    def job(self, company: Company, *, months: int | None = None, seed: int | None = None) -> Job:
        """A run of a company on these terms."""
        return Job(plan_of(company), self.seed if seed is None else seed, months or self.months, self.paths)


def difference(old: Company, new: Company, *, terms: Terms) -> Difference:
    """Why `new` has another runway than `old`, each looked at for as many months from its own first month.

    Runway is the mean of the months a path is solvent, the horizon where it is longer (the restricted mean, Royston and
    Parmar 2013). A change is worth what taking it back alone, from the new version, takes away; what time has done is
    the old version's own forecast of the later month, on the paths that live to see it; a line is worth what setting
    it to the median that the old version forecast for the new first month takes away. The rest of the difference is
    what changes do together. InputError where the two are not versions of one company, or in the wrong order.
    """
    _check(old, new, months=terms.months)
    with overflow_told(new.file, terms.months):
        return _difference(old, new, terms=terms)


def _difference(old: Company, new: Company, *, terms: Terms) -> Difference:
    """The same of two versions that can be compared. OverflowError where amounts grow beyond 1e38."""
    passed = new.company.first_month - old.company.first_month
    found = changes(old, new)
    undoings, left = _undoings(old, new, terms=terms, found=found)
    steps = _Steps(terms, len(undoings) + 3)
    before = _outlook_of(steps.struck(old), terms.months)
    told = before if terms.old_seed is None else _outlook_of(steps.struck(old, seed=terms.old_seed), terms.months)
    later = _later(steps, old, passed=passed) if passed else before
    after = _outlook_of(steps.struck(new), terms.months)
    bars = [Bar("draws", "", terms.old_seed, terms.seed, before - told)] if terms.old_seed is not None else []
    if passed:
        bars.append(Bar("time", "", str(old.company.first_month), str(new.company.first_month), later - before))
    for undoing in undoings:
        effect = after - _outlook_of(steps.struck(undoing.company), terms.months)
        bars.append(Bar(undoing.what, undoing.path, undoing.old, undoing.new, effect))
    if len(bars) > 1 or left or passed:
        rest = after - told
        for bar in bars:
            rest = rest - bar.effect
        bars.append(Bar(TOGETHER, "", None, None, rest))
    return Difference(
        company=new.company.name,
        files=(old.file, new.file),
        first_months=(old.company.first_month, new.company.first_month),
        months=terms.months,
        seed=terms.seed,
        paths=terms.paths,
        old=told,
        new=after,
        bars=tuple(bars),
        left=left,
    )


class _Steps:
    """The runs of a comparison, counted."""

    def __init__(self, terms: Terms, runs: int) -> None:
        self.terms, self._runs, self._done = terms, runs, 0

    def struck(self, company: Company, *, months: int | None = None, seed: int | None = None) -> NDArray[np.int32]:
        """Month index in which each path ends badly: insolvent; the horizon where it does not. Shape (paths,)."""
        job = self.terms.job(company, months=months, seed=seed)
        return self.clocks(job)["insolvent"]

    def clocks(self, job: Job) -> dict[str, NDArray[np.int32]]:
        """Insolvency and exit on each path of a job. Shapes (paths,)."""
        with overflow_raised():
            runs = [Prepared(job, block).ledger(owners=False).run(drop=True) for block in range(job.blocks)]
        self._done += 1
        if self.terms.progress is not None:
            self.terms.progress(min(self._done, self._runs), self._runs)
        return {name: np.concatenate([run[name] for run in runs]) for name in ("insolvent", "exit")}


def _outlook_of(struck: NDArray[np.int32], months: int, *, there: NDArray[np.bool_] | None = None) -> Outlook:
    """Months of solvency and survival, of all paths or of those that are `there`."""
    lasts = np.minimum(struck + 1, months).astype(float)
    return Outlook(_mean(lasts, there=there), _mean((struck >= months).astype(float), there=there))


def _mean(values: NDArray[np.float64], *, there: NDArray[np.bool_] | None = None) -> Reading:
    """The mean of some paths; a ratio of two means where only some are there, with the influence of a ratio."""
    if there is None:
        mean = float(values.mean())
        return Reading(mean, values - mean)
    mean = float(values[there].mean())
    return Reading(mean, there * (values - mean) / there.mean())


def _later(steps: _Steps, old: Company, *, passed: int) -> Outlook:
    """What the old version says of the company some months on, where it is still solvent and independent then."""
    ends = steps.clocks(steps.terms.job(old, months=passed + steps.terms.months))
    there = (ends["insolvent"] >= passed) & (ends["exit"] >= passed)
    if not there.any():
        month = (old.company.first_month + passed).label
        rule = f"is solvent and independent at the start of {month} on some path"
        remedy = "compare with a version made later, or correct the old one"
        raise InputError([Problem(old.file, "company", old.company.name, rule, remedy)])
    return _outlook_of(ends["insolvent"] - passed, steps.terms.months, there=there)


@dataclass(frozen=True, slots=True)
class _Undoing:
    """The new version with one thing taken back."""

    what: str
    path: str
    old: Any
    new: Any
    company: Company


def _undoings(
    old: Company, new: Company, *, terms: Terms, found: Sequence[Change]
) -> tuple[list[_Undoing], tuple[str, ...]]:
    """Everything that can be taken back alone, and the key paths of what cannot."""
    measured = (
        list(_against_forecast(old, new, terms=terms)) if new.company.first_month > old.company.first_month else []
    )
    covered = {item.path for item in measured}
    result, left = measured, []
    for change in found:
        if change.path in covered:
            continue
        try:
            company = company_from(undone(new.document(), [change]), new.file)
        except InputError:
            left.append(change.path)
        else:
            what = "cash" if change.path == "cash.opening" else "change"
            result.append(_Undoing(what, change.path, change.old, change.new, company))
    return result, tuple(left)


def _against_forecast(old: Company, new: Company, *, terms: Terms) -> Iterable[_Undoing]:
    """Cash and each line as the old version forecast them for the new first month: medians of the paths alive then."""
    passed = new.company.first_month - old.company.first_month
    lines = [path for path in line_paths(new) if path in line_paths(old)]
    asked = [_of_line(path) for path in lines]
    few = min(terms.paths, _FORECAST_PATHS)
    then = observe(
        Job(plan_of(old), terms.seed, passed + 1, few),
        [Question(Quantity("cash"), passed - 1, passed - 1), *(Question(item, passed, passed) for item in asked)],
    )
    now = observe(Job(plan_of(new), terms.seed, 1, few), [Question(item, 0, 0) for item in asked])
    if len(then[0].values):
        forecast = float(np.median(then[0].values))
        document = _with_cash(new, forecast)
        yield _Undoing("cash", "cash.opening", forecast, new.document()["cash"]["opening"], document)
    for path, was, there in zip(lines, then[1:], now, strict=True):
        yield from _line_as_forecast(new, path, forecast=_median(was), now=_median(there))


_FORECAST_PATHS: Final = 8_192
"""Paths on which the old version's forecast of the new first month is read."""


def _with_cash(company: Company, opening: float) -> Company:
    """A company with another opening cash."""
    document = company.document()
    return company_from(document | {"cash": document["cash"] | {"opening": opening}}, company.file)


def _of_line(path: str) -> Quantity:
    return Quantity("earned" if path.startswith("revenue.") else "billed", (path,))


def _median(answer: Answer) -> float:
    return float(np.median(answer.values)) if len(answer.values) else 0.0


def _line_as_forecast(new: Company, path: str, *, forecast: float, now: float) -> Iterable[_Undoing]:
    """The new version with one line as large as was forecast; nothing where it is, or where there is no telling."""
    section, _, name = path.partition(".")
    table = next(item for item in getattr(new, section) if item.name == name)
    level = next((key for key in LEVELS if getattr(table, key, None) is not None), None)
    if level is None or forecast <= 0 or now <= 0 or abs(forecast / now - 1) < _SAME:
        return
    patch = Patch(new)
    if patch.make(Edit(f"{path}.{level}", "multiply", forecast / now)):
        return
    try:
        company = company_from(patch.document, new.file)
    except InputError:
        return
    yield _Undoing("line", f"{path}.{level}", forecast, now, company)


def _check(old: Company, new: Company, *, months: int) -> None:
    """InputError where two companies are not an earlier and a later version of one."""
    problems = []
    for key in ("name", "currency"):
        was, now = getattr(old.company, key), getattr(new.company, key)
        if was != now:
            rule = f"is the {key} in {old.file}, {was}: two versions of one company are compared"
            problems.append(Problem(new.file, f"company.{key}", now, rule, "choose two versions of one company"))
    for company in (old, new):
        if company.posterior is not None:
            rule = "is not told apart from other changes: what facts have taught is of all numbers together"
            remedy = "take posterior out of a copy of the file, and compare what is declared"
            problems.append(Problem(company.file, "company.posterior", repr(company.posterior), rule, remedy))
    passed = new.company.first_month - old.company.first_month
    if passed < 0:
        rule = f"is not before the first month of the old version, {old.company.first_month}"
        month = str(new.company.first_month)
        problems.append(Problem(new.file, "company.first_month", month, rule, "swap the two files"))
    elif passed + months > LONGEST:
        rule = f"lies within {LONGEST} months, the horizon included"
        month = str(new.company.first_month)
        problems.append(Problem(new.file, "company.first_month", month, rule, "look fewer months ahead"))
    if problems:
        raise InputError(problems)
