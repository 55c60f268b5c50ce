"""The rules between the tables of a company file: names that must exist, months, currencies, targets."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from typing import Any, Final, NamedTuple

import numpy as np

from tarmac.company.base import Table
from tarmac.company.correlations import correlation_mistakes
from tarmac.company.model import Company
from tarmac.company.numbers import line_paths, months_named, numbers, schedules
from tarmac.company.quantity import Schedule
from tarmac.company.targets import matching
from tarmac.errors import Problem, nearest

_LATEST_YEARS: Final = 100
_FAR_BELOW: Final = np.array([-8.0])


class Mistake(NamedTuple):
    """A mistake in a company, wherever the company came from."""

    where: str
    value: object
    rule: str
    remedy: str


def problems(company: Company) -> tuple[Problem, ...]:
    """Everything wrong with a company whose tables are each right by themselves."""
    rules: tuple[Callable[[Company], Iterable[tuple[str, object, str, str]]], ...] = (
        _unique_names,
        _not_yet_simulated,
        _months,
        _starts_of_schedules,
        _currencies,
        _targets,
        _rounds,
        _ends_after_starts,
        _passing_effects,
        correlation_mistakes,
    )
    found = (mistake for rule in rules for mistake in rule(company))
    return tuple(Problem(company.file, where, str(value), rule, remedy) for where, value, rule, remedy in found)


def _not_yet_simulated(company: Company) -> Iterator[Mistake]:
    remedy = "take it out, or model its cash as a cost or revenue line"
    for section, name, table in company.named():
        path = f"{section}.{name}"
        if not table.simulated:
            kind = getattr(table, "kind", None) or getattr(table, "instrument", None) or section
            yield Mistake(path, kind, f"{section} of this kind is not yet simulated", remedy)
            continue
        for field in sorted(_unsimulated_fields(table)):
            yield Mistake(f"{path}.{field}", _shown(getattr(table, field)), f"{field} is not yet simulated", remedy)


def _unsimulated_fields(table: Table) -> Iterator[str]:
    for field in table.model_fields_set:
        extra: Any = type(table).model_fields[field].json_schema_extra
        if isinstance(extra, dict) and extra.get("simulated") is False:
            yield field


def _shown(value: object) -> str:
    if isinstance(value, Table):
        return "a table"
    return f"a list of {len(value)}" if isinstance(value, tuple) else str(value)


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
        elif month - first >= 12 * _LATEST_YEARS:
            yield Mistake(where, month, f"months lie within {_LATEST_YEARS} years of {first}", "correct the year")


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
            yield Mistake(place.path, place.number.text, f"{unit} has a rate in [fx]", remedy)
    for where, schedule in schedules(company):
        if len({unit or own for unit in _units(schedule)}) > 1:
            units = ", ".join(sorted(unit or company.company.currency for unit in _units(schedule)))
            yield Mistake(where, units, "one schedule is in one currency", "write all its values in the same")


def _units(schedule: Schedule) -> set[str]:
    return {number.unit for _, number in schedule.entries if number.unit != "%"}


def _targets(company: Company) -> Iterator[Mistake]:
    lines = line_paths(company)
    growing = tuple(path for path in lines if not path.startswith("team."))
    for where, target in _all_targets(company):
        known = growing if where.endswith(".growth") else lines
        if not matching(target, known):
            yield Mistake(where, target, "a target matches at least one line", nearest(target, known))


def _all_targets(company: Company) -> Iterator[tuple[str, str]]:
    for event in company.event:
        if event.effect.target != "cash":
            yield f"event.{event.name}.effect.target", event.effect.target
    for policy in company.policy:
        for index, action in enumerate(policy.do):
            for key in ("cut", "growth"):
                if (target := getattr(action, key)) is not None:
                    yield f"policy.{policy.name}.do[{index}].{key}", target


def _rounds(company: Company) -> Iterator[Mistake]:
    names = [item.name for item in company.round]
    for section, name, table in company.named():
        failed = getattr(getattr(table, "when", None), "round_failed", None)
        if failed is not None and failed not in names:
            where = f"{section}.{name}.when.round_failed"
            yield Mistake(where, failed, "names a round of this company", nearest(failed, names))


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
