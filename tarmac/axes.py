"""What the axes of a map are: a number of a company, all of its costs, or the growth of all its revenue."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np

from tarmac.company import Company, company_from
from tarmac.company.numbers import Place, numbers
from tarmac.company.quantity import ends
from tarmac.engine.moving import Change
from tarmac.errors import InputError, Problem, nearest
from tarmac.money import Amount, NumberError, parse_amount
from tarmac.patch import Edit, Patch

BURN, GROWTH = "burn", "growth"
"""All costs, multiplied; the growth of all lines of revenue, set to the same."""

TIMES: Final = "x"
"""The unit of a factor."""

_COSTS: Final = re.compile(r"(team|compute|cost)\.(.+)\.(monthly|cost|unit_price|gpu_hour|minimum)(\[\d{4}-\d{2}\])?")
_GROWTHS: Final = re.compile(r"revenue\.(.+)\.growth(\[\d{4}-\d{2}\])?")
_MONTHLY: Final = "revenue.{}.monthly"
_MONTH: Final = re.compile(r"\[(\d{4}-\d{2})\]$")
_ITEM: Final = re.compile(r"\[([^\]]+)\]\.")
_ANEW: Final = re.compile(r"\.effect\.(multiply|add|forgive|turn)$|\.noise$")
_WHOLE_MONEY: Final = ("money",)


@dataclass(frozen=True)
class Axis:
    """One axis: the inputs it moves, and the values it takes.

    `to`: paths of numbers that are set to the value; `times`: of those multiplied by it. `base`: values of those that
    the file holds for certain. `unit`: "%", a currency, "x" for a factor, or "". `today`: what the file says, with the
    ends of its 90% interval.
    """

    name: str
    values: tuple[float, ...]
    unit: str
    today: tuple[float, float, float]
    to: tuple[str, ...] = ()
    times: tuple[str, ...] = ()
    base: Mapping[str, float] = field(default_factory=dict)

    @property
    def highest(self) -> dict[str, float]:
        """The rate from which an event is thinned, by path."""
        return {path: max(self.values) for path in self.to if path.startswith("event.")}

    def change(self, value: float) -> Change:
        """What is changed where the axis takes a value."""
        return Change({**self.base, **dict.fromkeys(self.to, value)}, dict.fromkeys(self.times, value))

    def as_json(self) -> dict[str, Any]:
        """Plain values."""
        low, middle, high = self.today
        today = {"value": middle, "p5": low, "p95": high}
        moved = {"set": list(self.to), "multiplied": list(self.times)}
        return {"name": self.name, "unit": self.unit, "values": list(self.values), "today": today, **moved}


def axes_of(company: Company, asked: tuple[str, str], *, cells: int) -> tuple[Axis, Axis]:
    """The axes x and y from texts such as "cash.opening=2M:10M", "burn" or "growth=0%:10%". InputError lists mistakes.

    A name is a key path, or an end or parts of one that only one number has; without a range the axis covers the
    number's own 90% interval and half as much again on either side, or from half of a certain number to one and a half.
    """
    problems: list[Problem] = []
    found: list[Axis] = []
    for where, text in zip(("x", "y"), asked, strict=True):
        try:
            found.append(_axis(company, text, where=where, cells=cells))
        except InputError as error:
            problems += error.problems
    if len(found) == 2:
        shared = {*found[0].to, *found[0].times} & {*found[1].to, *found[1].times}
        if shared and not (found[0].to and found[1].times) and not (found[0].times and found[1].to):
            rule = "x and y are different numbers"
            problems.append(Problem("command line", "y", asked[1], rule, f"both move {min(shared)}: choose another"))
    if problems:
        raise InputError(problems)
    return found[0], found[1]


def _axis(company: Company, text: str, *, where: str, cells: int) -> Axis:
    name, _, span = text.partition("=")
    places = {place.path: place for place in numbers(company)}
    if name == BURN:
        chosen = [place for path, place in places.items() if _COSTS.fullmatch(path)]
        axis = Axis(name, (), TIMES, (1.0, 1.0, 1.0), times=_paths(chosen), base=_certain(chosen))
        low, high = _range(span, where=where, axis=axis, usual=(0.5, 1.5), bounds=(0.0, 100.0))
    else:
        growths = [place for path, place in places.items() if _GROWTHS.fullmatch(path)]
        chosen = growths if name == GROWTH else [_chosen(company, name, where=where)]
        axis = Axis(name if name == GROWTH else chosen[0].path, (), "", (0.0, 0.0, 0.0), to=_paths(chosen))
        axis = _with_today(axis, chosen, company=company)
        bounds = max((place.low for place in chosen), default=0.0), min((place.high for place in chosen), default=0.0)
        usual = (min(0.0, axis.today[0]), max(0.1, 1.5 * axis.today[2])) if name == GROWTH else _usual(chosen[0])
        low, high = _range(span, where=where, axis=axis, usual=usual, bounds=bounds)
    if not chosen:
        what = "costs" if name == BURN else "lines of revenue"
        raise InputError(
            [_mistake(where, text, rule=f"{name} goes with a company that has {what}", remedy="name a number")]
        )
    return _spread(axis, (low, high), cells=cells)


def _spread(axis: Axis, span: tuple[float, float], *, cells: int) -> Axis:
    values = tuple(np.linspace(*span, cells).tolist())
    return Axis(axis.name, values, axis.unit, axis.today, axis.to, axis.times, axis.base)


def _paths(places: Sequence[Place]) -> tuple[str, ...]:
    return tuple(place.path for place in places if not (place.number.certain and place.number.value == 0))


def _certain(places: Sequence[Place]) -> dict[str, float]:
    return {place.path: place.number.value for place in places if place.number.certain and place.number.value != 0}


def _with_today(axis: Axis, places: Sequence[Place], *, company: Company) -> Axis:
    """The axis with what the file says: of several lines the mean of their medians, by the size of the line."""
    if not places:
        return axis
    to = tuple(place.path for place in places)
    units = {place.number.unit for place in places}
    unit = places[0].number.unit if len(units) == 1 else ""
    if len(places) == 1:
        place = places[0]
        low, high = ends(place.number)
        middle = float(np.clip(place.number.median(), place.low, place.high))
        own = company.company.currency if place.kind in _WHOLE_MONEY and not unit else unit
        return Axis(axis.name, (), own or _share(place.kind), (low, middle, high), to=to)
    sizes = {place.path: place.number.median() for place in numbers(company)}
    weights = [abs(sizes.get(_MONTHLY.format(_line(place.path)), 0.0)) + 1e-9 for place in places]
    mean = float(np.average([place.number.median() for place in places], weights=weights))
    return Axis(axis.name, (), "%", (mean, mean, mean), to=to)


def _line(path: str) -> str:
    found = _GROWTHS.fullmatch(path)
    return found[1] if found else ""


def _share(kind: str) -> str:
    return "%" if kind in ("rate", "share") else ""


def _usual(place: Place) -> tuple[float, float]:
    """The range of an axis where none is given."""
    low, high = ends(place.number)
    if place.number.certain:
        low, high = sorted((0.5 * low, 1.5 * high))
    else:
        low, high = low - (high - low) / 2, high + (high - low) / 2
    floor = 0.0 if place.number.support()[0] >= 0 else -np.inf
    return max(low, place.low, floor), min(high, place.high)


def _range(
    span: str, *, where: str, axis: Axis, usual: tuple[float, float], bounds: tuple[float, float]
) -> tuple[float, float]:
    """The ends of an axis, as asked for or as usual."""
    if not span:
        if usual[0] < usual[1]:
            return usual
        rule = f"a range is given for {axis.name}, which is {usual[0]:g} for certain"
        raise InputError([_mistake(where, axis.name, rule=rule, remedy=f"write {axis.name}=LOW:HIGH")])
    texts = span.split(":")
    amounts = [amount for text in texts if (amount := _amount(text)) is not None]
    if len(texts) != 2 or len(amounts) != 2 or not amounts[0].value < amounts[1].value:
        rule = "a range is two numbers, the lower one first"
        raise InputError([_mistake(where, span, rule=rule, remedy="write 2M:10M or 0%:10%")])
    units = {amount.unit for amount in amounts} - {"", axis.unit}
    low, high = amounts[0].value, amounts[1].value
    if units:
        unit = min(units)
        rule = f"{axis.name} is in {axis.unit or 'plain numbers'}, not in {unit}"
        raise InputError([_mistake(where, span, rule=rule, remedy="write the range in the unit of the file")])
    if low < bounds[0] or high > bounds[1]:
        rule = f"a range lies within the bounds of {axis.name}: {_bounds(bounds)}"
        raise InputError([_mistake(where, span, rule=rule, remedy="narrow the range")])
    return low, high


def _bounds(bounds: tuple[float, float]) -> str:
    low, high = (f"{end:g}" for end in bounds)
    if np.isinf(bounds[1]):
        return f"at least {low}"
    return f"at most {high}" if np.isinf(bounds[0]) else f"{low} to {high}"


def _amount(text: str) -> Amount | None:
    try:
        return parse_amount(text)
    except NumberError:
        return None


def _chosen(company: Company, name: str, *, where: str) -> Place:
    """The one number that a name means; of several, the one that stands in the file."""
    places = {place.path: place for place in numbers(company)}
    known = [path for path in places if not _ANEW.search(path)]
    written = _written(company)
    for matches in (_exact, _at_the_end, _in_parts):
        found = [path for path in known if matches(name.casefold(), path.casefold())]
        found = [path for path in found if path.startswith(written)] or found
        if len(found) == 1:
            return places[found[0]]
        if found:
            listed = ", ".join(found[:8]) + (f" and {len(found) - 8} more" if len(found) > 8 else "")
            rule = "a name means one number of the company"
            raise InputError([_mistake(where, name, rule=rule, remedy=f"choose one of: {listed}")])
    if name in places:
        rule = "is the same on a whole path; this is drawn anew each time"
        raise InputError([_mistake(where, name, rule=rule, remedy="choose another number")])
    rule = "names a number of the company by its key path, or burn, or growth"
    raise InputError([_mistake(where, name, rule=rule, remedy=nearest(name, [*known, BURN, GROWTH]))])


def _written(company: Company) -> tuple[str, ...]:
    """How the paths of the numbers begin that stand in the file: all others are as declared by default."""
    keys = []
    for section, value in company.document().items():
        tables = {item.get("name", ""): item for item in value} if isinstance(value, list | tuple) else {}
        keys += [f"{section}.{name}.{key}" for name, item in tables.items() for key in item]
        keys += [f"{section}.{key}" for key in value] if isinstance(value, Mapping) else []
    return tuple(keys)


def _exact(name: str, path: str) -> bool:
    return name == path


def _at_the_end(name: str, path: str) -> bool:
    return bool(name) and path.endswith(f".{name}")


def _in_parts(name: str, path: str) -> bool:
    """Whether the parts of a name are found in a path one after the other: "api.growth" in "revenue.api.growth"."""
    at = 0
    for part in name.split("."):
        at = path.find(part, at) + len(part)
        if at < len(part) or not part:
            return False
    return True


def opened(company: Company, axes: Iterable[Axis]) -> Company:
    """The company with every number that an axis moves uncertain, so that it can be moved.

    What is drawn for one that the file holds for certain is of no account: it is always replaced.
    """
    moved = {path for axis in axes for path in (*axis.to, *axis.times)}
    places = {place.path: place for place in numbers(company)}
    certain = [path for path in places if path in moved and places[path].number.certain]
    patch = Patch(company)
    problems = []
    for target in dict.fromkeys(_MONTH.sub("", path) for path in certain):
        edit = Edit(_by_index(target, patch.document), "set", _uncertain(target, places, moved=moved))
        if patch.make(edit):
            rule = "an axis moves a number that stands in the company's file"
            problems.append(Problem("command line", target, "", rule, "write it there first"))
    if problems:
        raise InputError(problems)
    return company_from(patch.document, company.file)


def _uncertain(target: str, places: Mapping[str, Place], *, moved: set[str]) -> Any:  # noqa: ANN401  (plain values of a file)
    """A number, or the schedule of one, with its certain values replaced by ranges about them."""
    entries = {path: place for path, place in places.items() if _MONTH.sub("", path) == target}
    texts = {
        path: _about(place) if path in moved and place.number.certain else place.number.text
        for path, place in entries.items()
    }
    months = {path: _MONTH.search(path) for path in texts}
    return next(
        (text for path, text in texts.items() if months[path] is None),
        {found[1]: texts[path] for path, found in months.items() if found is not None},
    )


def _about(place: Place) -> str:
    """A narrow range about a number, within its bounds."""
    value, unit = place.number.value, place.number.unit
    step = 0.01 * abs(value) or 0.01
    low, high = (value, value + step) if value + step <= place.high else (value - step, value)
    code = "" if unit in ("", "%") else f" {unit}"
    return f"uniform({low!r}{code}, {high!r}{code})"


def _by_index(path: str, document: Mapping[str, Any]) -> str:
    """A path whose items stand by name ("customers[big].share") with their places ("customers[0].share")."""
    found = _ITEM.search(path)
    if found is None or found[1].isdigit():
        return path
    holder, _, key = path[: found.start()].rpartition(".")
    section, _, name = holder.partition(".")
    table = next(item for item in document[section] if item["name"] == name)
    place = [item.get("name") for item in table[key]].index(found[1])
    return f"{path[: found.start()]}[{place}].{path[found.end() :]}"


def _mistake(where: str, value: str, *, rule: str, remedy: str) -> Problem:
    return Problem("command line", where, value, rule, remedy)
