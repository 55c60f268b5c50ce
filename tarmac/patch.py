"""Changing a company's document: numbers multiplied and added to in their own words, months moved, tables added.

The document is plain values, as they stand in a company file; what comes out is checked as a company afterwards.
"""

import re
from collections.abc import Callable, Collection, Iterator, Mapping, MutableMapping
from dataclasses import dataclass
from typing import Any, Final

from tarmac import uncertain
from tarmac.company import SECTIONS, Company, company_from
from tarmac.company.numbers import drivers, shocks
from tarmac.company.targets import matching
from tarmac.errors import nearest
from tarmac.months import Month

OPERATIONS: Final = ("set", "multiply", "add", "shift", "add_item", "remove")

Slot = tuple[MutableMapping[str, Any], str]
"""Where a value stands: the table that holds it, and its key there."""

Mistake = tuple[str, str, str, str]
"""Where in the change, the value there, the rule and the remedy."""

_PAIRS: Final = "correlation"
_LINE_AMOUNTS: Final = ("monthly", "cost", "units", "unit_price", "gpus", "gpu_hour", "utilisation")
_RATES: Final = ("growth", "churn", "price_growth", "units_growth")
_BY_MONTH: Final = (*_LINE_AMOUNTS, *_RATES, "times", "minimum", "drift")
_BEFORE: Final = {"terms": "opening_terms", "collected_after": "opening_collected_after"}
"""Keys that say when bills and invoices are paid, and where that stands for those from before the first month."""

_IN_A_LIST: Final = re.compile(r"\[\d+\]\.")
_MATCHES: Final = "a target matches something in the company"


@dataclass(frozen=True, slots=True)
class Edit:
    """One change: what it points at, one of OPERATIONS, its argument, and the months in which it holds.

    `first` and `last` are calendar months, or months of the forecast counted from 1.
    """

    target: str
    operation: str
    argument: Any
    first: Month | int | None = None
    last: Month | int | None = None

    @property
    def dated(self) -> bool:
        """Whether it holds in some months only."""
        return self.first is not None or self.last is not None

    def on_number(self, value: Any) -> Any:  # noqa: ANN401  (plain values of a file)
        """A number of the file, changed: in its own words where it is text."""
        if self.operation == "multiply":
            return f"({value}) * {self.argument}" if isinstance(value, str) else value * self.argument
        return _plus(value, self.argument) if self.operation == "add" else self.argument


class Patch:
    """A company's document on its way through some edits."""

    def __init__(self, company: Company) -> None:
        self.document: dict[str, Any] = plain(company.document())
        self._declared: dict[str, Any] = plain(company.model_dump())
        self._first = company.company.first_month
        self._file = company.file

    def make(self, edit: Edit) -> list[Mistake]:
        """Make one edit; what is wrong with it."""
        steps: dict[str, Callable[[Edit], Iterator[Mistake]]] = {"add_item": self._add_item, "remove": self._remove}
        return list(steps.get(edit.operation, self._alter)(edit))

    def _add_item(self, edit: Edit) -> Iterator[Mistake]:
        if edit.target == _PAIRS:
            yield from self._add_pairs(edit.argument)
        elif edit.target in SECTIONS:
            self.document[edit.target] = [*self.document.get(edit.target, ()), edit.argument]
        else:
            yield "target", edit.target, "add_item names a section", nearest(edit.target, (*SECTIONS, _PAIRS))

    def _add_pairs(self, item: Mapping[str, Any]) -> Iterator[Mistake]:
        """A correlation of every driver of one target with every one of another, in place of what a pair had."""
        before, between = self.document.get(_PAIRS, []), pair_of(item)
        if between is None:
            self.document[_PAIRS] = [*before, item]  # what is wrong with it is said when the company is checked
            return
        bare = company_from({key: value for key, value in self.document.items() if key != _PAIRS}, self._file)
        known = (*drivers(bare), *shocks(bare))
        left, right = (matching(target, known) for target in between)
        for target, found in dict(zip(between, (left, right), strict=True)).items():
            if not found:
                yield "add_item.between", target, "names drivers of the company", nearest(target, known)
        pairs = {frozenset((one, other)): [one, other] for one in left for other in right if one != other}
        kept = [other for other in before if frozenset(pair_of(other) or ()) not in pairs]
        self.document[_PAIRS] = [*kept, *({**item, "between": pair} for pair in pairs.values())]

    def _remove(self, edit: Edit) -> Iterator[Mistake]:
        tables = {
            f"{section}.{item.get('name')}": item for section in SECTIONS for item in self.document.get(section, ())
        }
        chosen = matching(edit.target, tables)
        for path in chosen:
            section = path.partition(".")[0]
            self.document[section] = [item for item in self.document[section] if item is not tables[path]]
        slots = {} if chosen else dict(_slots(self.document))
        for path in matching(edit.target, slots):
            table, key = slots[path]
            table.pop(key, None)
        if not matching(edit.target, {*tables, *slots}):
            yield "target", edit.target, _MATCHES, _instead(edit.target, {*tables, *slots})

    def _alter(self, edit: Edit) -> Iterator[Mistake]:
        written = dict(_slots(self.document))
        declared = dict(_slots(_under(self._declared, self.document)))
        values = {path: declared[path][0][declared[path][1]] for path in _chosen(edit, declared)}
        if not values:
            yield "target", edit.target, _MATCHES, _instead(edit.target, declared)
        if edit.dated:
            yield from self._dates(edit, values)
        if edit.dated and any(_grows(*declared[path]) for path in values):
            yield from _for_some_months(edit)
        fitting = {path: value for path, value in values.items() if _FITS[edit.operation](value)}
        if values and not fitting:
            yield "target", edit.target, f"{edit.operation} goes with {_GOES_WITH[edit.operation]}", "use set"
        if edit.operation == "shift" and isinstance(edit.argument, float):
            yield from _whole_months(edit, fitting)
        for path, value in fitting.items():
            if edit.operation == "multiply" and path not in written and not value:
                continue  # what is nothing by default stays so, and need not fit the table it would be written into
            self._write(edit, written.get(path) or self._new_slot(path), value=value)

    def _dates(self, edit: Edit, values: Mapping[str, Any]) -> Iterator[Mistake]:
        """What is wrong with the months of an edit, or with what is to change in some months only."""
        start = self._month(edit.first)
        if start is not None and start < self._first:
            yield "from", str(start), f"no month lies before the first, {self._first}", "write a later month"
        for path in values:
            if path.rpartition(".")[2] not in _BY_MONTH or _IN_A_LIST.search(path):
                remedy = "leave out from and to, or point at one of: " + ", ".join(_BY_MONTH)
                yield "target", path, "from and to go with a number that may change by month", remedy

    def _new_slot(self, path: str) -> Slot:
        """Where a value is to be written that is declared, but does not stand in the document yet."""
        holders: dict[str, MutableMapping[str, Any]] = {
            f"{section}.{item['name']}": item for section in SECTIONS for item in self.document.get(section, ())
        }
        parent, _, key = path.rpartition(".")
        if parent in holders:
            return holders[parent], key
        outer, _, inner = parent.rpartition(".")
        return holders.get(outer, self.document).setdefault(inner, {}), key

    def _write(self, edit: Edit, slot: Slot, *, value: Any) -> None:  # noqa: ANN401  (plain values of a file)
        table, key = slot
        if key in _BEFORE:
            table.setdefault(_BEFORE[key], value)  # what was billed before the first month stays as it was
        if edit.operation == "shift":
            table[key] = _collected(edit.argument, value) if _is_vector(value) else self._shifted(edit.argument, value)
        elif edit.dated and edit.operation == "multiply" and key in _LINE_AMOUNTS:
            table["times"] = self._between(edit, table.get("times", 1))
        elif edit.dated:
            table[key] = self._between(edit, value)
        elif isinstance(value, Mapping) and edit.operation != "set":
            table[key] = {month: edit.on_number(item) for month, item in value.items()}
        else:
            table[key] = edit.on_number(value)

    def _shifted(self, months: float, value: str | Mapping[str, Any]) -> str | dict[str, Any]:
        """A month moved; a schedule with all its months moved but the first, in which it has to begin."""
        by = int(months)
        if isinstance(value, str):
            return str(Month.parse(value) + by)
        known = {month: Month.parse(month) for month in value}
        return {str(known[key] + (0 if known[key] == self._first else by)): item for key, item in value.items()}

    def _between(self, edit: Edit, value: Any) -> dict[str, Any]:  # noqa: ANN401
        """A schedule in which an edit holds from one month to another; before and after, what held stays."""
        start, stop = self._month(edit.first) or self._first, self._month(edit.last)
        values = {Month.parse(month): item for month, item in value.items()} if isinstance(value, Mapping) else {}
        values = values or {self._first: value}
        edges = {*values, start} | ({stop + 1} if stop is not None else set())
        schedule = {}
        for month in sorted(edges):
            holds = values[max((known for known in values if known <= month), default=min(values))]
            inside = month >= start and (stop is None or month <= stop)
            schedule[str(month)] = edit.on_number(holds) if inside else holds
        return schedule

    def _month(self, when: Month | int | None) -> Month | None:
        return self._first + (when - 1) if isinstance(when, int) else when


def pair_of(item: Mapping[str, Any]) -> tuple[str, str] | None:
    """The two drivers of a correlation as it stands in a document; None where it does not name two."""
    match item.get("between"):
        case [str() as one, str() as other]:
            return one, other
    return None


def _chosen(edit: Edit, declared: Mapping[str, Slot]) -> tuple[str, ...]:
    """The values an edit points at. One for some months alone takes contracts along with the line they belong to."""
    chosen = matching(edit.target, declared)
    lines = tuple(path for path in chosen if not _IN_A_LIST.search(path))
    return lines if edit.dated and lines else chosen


def _instead(target: str, known: Collection[str]) -> str:
    """The remedy for a target that matches nothing: one like it, in its own section where the company has that."""
    section = target.partition(".")[0]
    alike = [path for path in known if path.startswith(f"{section}.")]
    if section in SECTIONS and not alike:
        return f"the company has no [[{section}]]: declare one, or leave the scenario out"
    return nearest(target, alike or known)


def _slots(table: MutableMapping[str, Any], path: str = "") -> Iterator[tuple[str, Slot]]:
    """Every key of a document by its path; tables of a section go by their names, a schedule is one value."""
    for key, value in table.items():
        here = f"{path}.{key}" if path else key
        if isinstance(value, list) and value and all(isinstance(item, dict) for item in value):
            if path:
                yield here, (table, key)
            for index, item in enumerate(value):
                name = f"{here}.{item['name']}" if not path and "name" in item else f"{here}[{index}]"
                yield from _slots(item, name)
        elif isinstance(value, dict) and not _is_schedule(value):
            yield from _slots(value, here)
        else:
            yield here, (table, key)


def _under(defaults: Mapping[str, Any], document: Mapping[str, Any]) -> dict[str, Any]:
    """What a document says, and beneath it what its tables declare by default."""
    merged = {**defaults, **document}
    for key, value in document.items():
        if key in SECTIONS:
            known = {item["name"]: item for item in defaults.get(key, ())}
            merged[key] = [{**known.get(item.get("name"), {}), **item} for item in value]
        elif isinstance(value, Mapping):
            merged[key] = {**defaults.get(key, {}), **value}
    return merged


def _is_schedule(value: Mapping[str, Any]) -> bool:
    return bool(value) and all(key[:1].isdigit() for key in value)


def _is_number(value: object) -> bool:
    """Whether a plain value is a number: written out, as text, or by month."""
    if isinstance(value, Mapping):
        return _is_schedule(value)
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return False
    try:
        uncertain.parse(value)
    except uncertain.UncertainError:
        return False
    return True


def _is_vector(value: object) -> bool:
    """Whether a plain value is shares by months since the invoice."""
    return isinstance(value, list) and bool(value) and all(isinstance(share, int | float) for share in value)


def _collected(months: float, shares: list[float]) -> list[float]:
    """Shares collected some months later, or earlier (negative), but not before the invoice.

    Half a month earlier is half of each share a month earlier.

    >>> _collected(-0.5, [0.0, 1.0]), _collected(1, [0.6, 0.4]), _collected(-2, [0.5, 0.5])
    ([0.5, 0.5], [0.0, 0.6, 0.4], [1.0])
    """
    moved: dict[int, float] = {}
    for age, share in enumerate(shares):
        place = max(age + months, 0.0)
        early = int(place)
        part = share * (place - early)
        for at, amount in ((early, share - part), (early + 1, part)):
            moved[at] = moved.get(at, 0.0) + amount
    last = max((age for age, share in moved.items() if share), default=0)
    return [moved.get(age, 0.0) for age in range(last + 1)]


def _whole_months(edit: Edit, values: Mapping[str, Any]) -> Iterator[Mistake]:
    """Only collections move by a part of a month."""
    if any(not _is_vector(value) for value in values.values()) and not float(edit.argument).is_integer():
        remedy = "write shift = 1, or point at collected_after"
        yield "shift", str(edit.argument), "a month moves by whole months", remedy


def _is_dated(value: object) -> bool:
    """Whether a plain value is a month, a schedule, or collections by month since the invoice."""
    if _is_vector(value):
        return True
    if isinstance(value, Mapping):
        return _is_schedule(value)
    try:
        return bool(Month.parse(value)) if isinstance(value, str) else False
    except ValueError:
        return False


def _grows(table: Mapping[str, Any], key: str) -> bool:
    """Whether a value is the level of a line that grows."""
    return key in _LINE_AMOUNTS and any(table.get(rate) not in (None, 0) for rate in _RATES)


def _for_some_months(edit: Edit) -> Iterator[Mistake]:
    """What cannot be done for some months to the level of a line, which grows on from what it was set to."""
    if edit.operation == "add":
        remedy = "multiply it in those months, or add_item a line that starts and ends"
        yield "add", str(edit.argument), "a level that grows takes no sum for some months", remedy
    elif edit.operation == "set" and edit.last is not None:
        remedy = "leave out to, or multiply it in those months"
        yield (
            "to",
            str(edit.last),
            "a level that is set grows on from there, and has no old value to go back to",
            remedy,
        )


_FITS: Final[dict[str, Callable[[object], bool]]] = {
    "set": lambda _: True,
    "multiply": _is_number,
    "add": _is_number,
    "shift": _is_dated,
}
_GOES_WITH: Final = {"multiply": "a number", "add": "a number", "shift": "a month, a schedule or collected_after"}


def plain(value: Any) -> Any:  # noqa: ANN401  (plain values of a file)
    """Tuples as lists, so that a document can be changed in place."""
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    return [plain(item) for item in value] if isinstance(value, list | tuple) else value


def _plus(value: float | str, more: float | str) -> float | str:
    if not isinstance(value, str) and not isinstance(more, str):
        return value + more
    added = uncertain.parse(more)
    if added.certain and added.value < 0:
        return f"({value}) - {str(more).strip().lstrip('-−')}"
    return f"({value}) + {more}"
