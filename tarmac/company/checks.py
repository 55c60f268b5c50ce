"""The rules between the tables of a company file: names that must exist, months, currencies, targets."""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator
from typing import Final, NamedTuple

import numpy as np

from tarmac.company.correlations import correlation_mistakes
from tarmac.company.line_checks import LATEST, holder_mistakes, line_mistakes, money_mistakes
from tarmac.company.mistakes import Mistake
from tarmac.company.model import Company
from tarmac.company.numbers import (
    line_paths,
    months_named,
    numbers,
    paths_of,
    paths_of_suppliers,
    schedules,
    suppliers_of,
    terminable,
)
from tarmac.company.quantity import Schedule
from tarmac.company.targets import matching
from tarmac.errors import Problem, nearest

_FAR_BELOW: Final = np.array([-8.0])


def problems(company: Company, unread: Collection[str] = ()) -> tuple[Problem, ...]:
    """Everything wrong with a company whose tables are each right by themselves.

    `unread` are the key paths of tables that stand in the file and are left out here, as they are wrong by themselves:
    what looks for one of them in vain is no mistake.
    """
    rules: tuple[Callable[[Company], Iterable[Mistake]], ...] = (
        _unique_names,
        _months,
        _starts_of_schedules,
        _currencies,
        _targets,
        _rounds,
        _ends_after_starts,
        _passing_effects,
        line_mistakes,
        money_mistakes,
        holder_mistakes,
        correlation_mistakes,
    )
    found = (mistake for rule in rules for mistake in rule(company) if not _may_be_among(mistake.sought, unread))
    return tuple(Problem(company.file, where, str(value), rule, remedy) for where, value, rule, remedy, _ in found)


def _may_be_among(sought: str, unread: Collection[str]) -> bool:
    """Whether what was looked for may be one of some tables, or in one; "" among them stands for any table."""
    if not sought:
        return False
    return any(not path or matching(sought, [path]) or sought.startswith(f"{path}.") for path in unread)


def _unique_names(company: Company) -> Iterator[Mistake]:
    counts = Counter(f"{section}.{name}" for section, name, _ in company.named())
    for path, count in counts.items():
        if count > 1:
            section, _, name = path.partition(".")
            rule = f"names in [[{section}]] are unique; '{name}' stands there {count} times"
            yield Mistake(path, name, rule, "rename all but one of them")


def _months(company: Company) -> Iterator[Mistake]:
    first = company.company.first_month
    for where, month in months_named(company):
        if month < first:
            yield Mistake(where, month, f"no month lies before the first, {first}", f"write {first} or a later month")
        elif month - first >= LATEST:
            yield Mistake(where, month, f"months lie within {LATEST // 12} years of {first}", "correct the year")


def _starts_of_schedules(company: Company) -> Iterator[Mistake]:
    first = company.company.first_month
    for where, schedule in schedules(company):
        start = schedule.entries[0][0]
        if start is not None and start > first:
            rule = f"a schedule says what holds from the first month, {first}, on"
            yield Mistake(where, start, rule, f"add '{first}' = ... to it")


def _currencies(company: Company) -> Iterator[Mistake]:
    own, known = company.company.currency, set(company.fx)
    if own in known:
        yield Mistake(f"fx.{own}", own, "the company's own currency has no exchange rate", "remove it")
    for place in numbers(company):
        unit = place.number.unit
        if unit not in ("", "%", own) and unit not in known:
            remedy = f"add [fx] with {unit} = price of 1 {unit} in {own}"
            yield Mistake(place.path, place.number.text, f"{unit} has a rate in [fx]", remedy, f"fx.{unit}")
    for where, schedule in schedules(company):
        if len({unit or own for unit in _units(schedule)}) > 1:
            units = ", ".join(sorted(unit or company.company.currency for unit in _units(schedule)))
            yield Mistake(where, units, "one schedule is in one currency", "write all its values in the same")


def _units(schedule: Schedule) -> set[str]:
    return {number.unit for _, number in schedule.entries if number.unit != "%"}


def _targets(company: Company) -> Iterator[Mistake]:
    for where, target, known, what in _all_targets(company):
        if not matching(target, known):
            remedy = nearest(target, known)
            if what == _TERMINABLE and matching(target, paths_of(company, "compute")):
                remedy = "give the commitment early_termination = '1M', what ending it costs"
            yield Mistake(where, target, f"a target matches at least one {what}", remedy, target)


class _Pointing(NamedTuple):
    """A target: where it stands, what it says, what it may point at, and what that is called."""

    where: str
    target: str
    known: tuple[str, ...]
    what: str


_TERMINABLE: Final = "commitment with early_termination"


def _all_targets(company: Company) -> Iterator[_Pointing]:
    yield from _targets_of_events(company)
    yield from _targets_of_policies(company)
    for path, item in zip(paths_of_suppliers(company), suppliers_of(company), strict=True):
        if item.cut_off is not None:
            target, known = item.cut_off.target, paths_of(company, "revenue")
            yield _Pointing(f"{path}.cut_off.target", target, known, "line of revenue")


def _targets_of_events(company: Company) -> Iterator[_Pointing]:
    changing = (*line_paths(company), *paths_of(company, "price"))
    for event in company.event:
        effect, where = event.effect, f"event.{event.name}.effect.target"
        if effect.multiply is not None:
            yield _Pointing(where, effect.target, changing, "line or price")
        elif effect.add is None:
            yield _Pointing(where, effect.target, paths_of_suppliers(company), "line of a vendor")


def _targets_of_policies(company: Company) -> Iterator[_Pointing]:
    lines = line_paths(company)
    others = tuple(path for path in lines if not path.startswith("team."))
    kinds = {
        "cut": (lines, "line"),
        "increase": (others, "line of revenue or cost (not a team)"),
        "growth": (others, "line of revenue or cost (not a team)"),
        "terminate": (terminable(company), _TERMINABLE),
    }
    for policy in company.policy:
        for index, action in enumerate(policy.do):
            for key, (known, what) in kinds.items():
                if (target := getattr(action, key)) is not None:
                    yield _Pointing(f"policy.{policy.name}.do[{index}].{key}", target, known, what)


def _rounds(company: Company) -> Iterator[Mistake]:
    names = [item.name for item in company.round]
    for section, name, table in company.named():
        failed = getattr(getattr(table, "when", None), "round_failed", None)
        if failed is not None and failed not in names:
            where = f"{section}.{name}.when.round_failed"
            rule = "names a [[round]] of this company"
            yield Mistake(where, failed, rule, nearest(failed, names), f"round.{failed}")


def _ends_after_starts(company: Company) -> Iterator[Mistake]:
    for section, name, table in company.named():
        starts, ends = getattr(table, "starts", None), getattr(table, "ends", None)
        if starts is not None and ends is not None and ends < starts:
            rule = f"a line ends no earlier than it starts, {starts}"
            yield Mistake(f"{section}.{name}.ends", ends, rule, "swap the two months")


def _passing_effects(company: Company) -> Iterator[Mistake]:
    for event in company.event:
        size = event.effect.multiply
        if event.effect.months is not None and size is not None and size.at(_FAR_BELOW)[0] <= 0:
            rule = "an effect that passes multiplies by more than 0, so that it can be undone"
            yield Mistake(f"event.{event.name}.effect.multiply", size, rule, "remove months, or write 0.01")
