"""The drivers of a company: every uncertain number by its key path, and every monthly shock by its line."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from tarmac.company.base import Table
from tarmac.company.lines import Line
from tarmac.company.model import Company, Price
from tarmac.company.quantity import INFINITE, Quantity, Schedule
from tarmac.company.vendors import Committed, Payable
from tarmac.months import Month
from tarmac.streams import MARKET
from tarmac.uncertain import Uncertain

_MONTH: Final = re.compile(r"\[\d{4}-\d{2}\]$")


@dataclass(frozen=True, slots=True)
class Place:
    """A number of a company: where it stands, what it is, the bounds its draws keep to, and what kind it is of."""

    path: str
    number: Uncertain
    low: float
    high: float
    kind: str = ""

    @property
    def driver(self) -> str:
        """What it is drawn by: its path, without the month of a schedule."""
        return _MONTH.sub("", self.path)


def numbers(company: Company) -> Iterator[Place]:
    """Every number of the company, certain ones included, in the order of the file."""
    for field in type(company).model_fields:
        value = getattr(company, field)
        if isinstance(value, Table):
            yield from _of_table(value, field)
        elif isinstance(value, dict):
            for key, table in value.items():
                yield from _of_table(table, f"{field}.{key}")
        else:
            for table in value:
                yield from _of_table(table, f"{field}.{getattr(table, 'name', '')}")


def inputs(company: Company) -> tuple[Place, ...]:
    """The uncertain numbers that are drawn once per path.

    The size of an event and the noise of a line are not among them: they are drawn anew each time.
    """
    anew = (".effect.multiply", ".effect.add", ".effect.forgive", ".effect.turn", ".noise")
    return tuple(place for place in numbers(company) if not place.number.certain and not place.path.endswith(anew))


def drivers(company: Company) -> tuple[str, ...]:
    """What those numbers are drawn by: the values of one schedule by one score, so a path high in one is in all."""
    return tuple(dict.fromkeys(place.driver for place in inputs(company)))


def shocks(company: Company) -> tuple[str, ...]:
    """The monthly shocks: one per line or price that wobbles, one per wobbling currency, and the market."""
    lines = [
        f"{section}.{table.name}"
        for section, _, table in company.named()
        if isinstance(table, Line | Price) and (wobbles(table.volatility) or _has_noise(table))
    ]
    currencies = [f"fx.{code}" for code, fx in company.fx.items() if wobbles(fx.volatility)]
    return (*lines, *currencies, MARKET)


def wobbles(volatility: Uncertain) -> bool:
    """Whether a volatility is anything but a certain zero."""
    return not (volatility.certain and volatility.value == 0)


def _has_noise(table: Table) -> bool:
    return getattr(table, "noise", None) is not None


def line_paths(company: Company) -> tuple[str, ...]:
    """The lines and teams that targets may point at: "revenue.api", "team.staff", "compute.aws", "cost.rent"."""
    return paths_of(company, "revenue", "team", "compute", "cost")


def paths_of(company: Company, *sections: str) -> tuple[str, ...]:
    """The key paths of the tables in some sections, in the order of the file."""
    return tuple(f"{section}.{name}" for section, name, _ in company.named() if section in sections)


def suppliers_of(company: Company) -> tuple[Payable, ...]:
    """Everything that is billed by a vendor, who can be paid late: compute, and costs that are no taxes."""
    return (*company.compute, *(item for item in company.cost if item.kind != "tax"))


def paths_of_suppliers(company: Company) -> tuple[str, ...]:
    """Their key paths, in the same order."""
    costs = (f"cost.{item.name}" for item in company.cost if item.kind != "tax")
    return (*paths_of(company, "compute"), *costs)


def terminable(company: Company) -> tuple[str, ...]:
    """The commitments that can be ended early, by key path."""
    return tuple(
        f"compute.{item.name}"
        for item in company.compute
        if isinstance(item, Committed) and item.early_termination is not None
    )


def months_named(company: Company) -> Iterator[tuple[str, Month]]:
    """Every month a company file names, by key path; the first month itself apart."""
    for section, name, table in company.named():
        yield from _months_of(table, f"{section}.{name}")
    for code, fx in company.fx.items():
        yield from _months_of(fx, f"fx.{code}")


def schedules(company: Company) -> Iterator[tuple[str, Schedule]]:
    """Every field that may change by month, by key path."""
    for section, name, table in company.named():
        for field, value in table:
            if isinstance(value, Schedule):
                yield f"{section}.{name}.{field}", value
    for code, fx in company.fx.items():
        yield f"fx.{code}.drift", fx.drift


def meanings(company: Company) -> dict[str, tuple[str, bool]]:
    """What every key of the company means, and whether its file gives it, by key path without months of schedules."""
    return dict(_meanings(company))


def _meanings(company: Company) -> Iterator[tuple[str, tuple[str, bool]]]:
    for field in type(company).model_fields:
        value = getattr(company, field)
        if isinstance(value, Table):
            yield from _meanings_of(value, field)
        elif isinstance(value, dict):
            for key, table in value.items():
                yield from _meanings_of(table, f"{field}.{key}")
        else:
            for table in value:
                yield from _meanings_of(table, f"{field}.{getattr(table, 'name', '')}")


def _meanings_of(table: Table, path: str) -> Iterator[tuple[str, tuple[str, bool]]]:
    for field, info in type(table).model_fields.items():
        value, here = getattr(table, field), f"{path}.{field}"
        yield here, (info.description or "", field in table.model_fields_set)
        inner = value if isinstance(value, tuple) else (value,)
        for index, item in enumerate(inner):
            if isinstance(item, Table):
                mark = f"[{getattr(item, 'name', index)}]" if isinstance(value, tuple) else ""
                yield from _meanings_of(item, f"{here}{mark}")


def _of_table(table: Table, path: str) -> Iterator[Place]:
    for field, info in type(table).model_fields.items():
        quantity = next((item for item in info.metadata if isinstance(item, Quantity)), None)
        found = quantity or _of_optional(info.annotation)
        yield from _of_value(getattr(table, field), f"{path}.{field}", quantity=found)


def _of_value(value: object, path: str, *, quantity: Quantity | None = None) -> Iterator[Place]:
    low, high, kind = (quantity.low, quantity.high, quantity.unit) if quantity else (-INFINITE, INFINITE, "")
    if isinstance(value, Uncertain):
        yield Place(path, value, low, high, kind)
    elif isinstance(value, Schedule):
        for month, number in value.entries:
            yield Place(path if month is None else f"{path}[{month}]", number, low, high, kind)
    elif isinstance(value, Table):
        yield from _of_table(value, path)
    elif isinstance(value, tuple):
        for index, item in enumerate(value):
            yield from _of_value(item, f"{path}[{getattr(item, 'name', index)}]")


def _of_optional(annotation: Any) -> Quantity | None:
    """The quantity inside `Annotated[...] | None`."""
    for part in getattr(annotation, "__args__", ()):
        for item in getattr(part, "__metadata__", ()):
            if isinstance(item, Quantity):
                return item
    return None


def _months_of(table: Table, path: str) -> Iterator[tuple[str, Month]]:
    for field, value in table:
        yield from _months_in(value, f"{path}.{field}")


def _months_in(value: Any, path: str) -> Iterator[tuple[str, Month]]:
    if isinstance(value, Month):
        yield path, value
    elif isinstance(value, Schedule):
        for month, _ in value.entries:
            if month is not None:
                yield path, month
    elif isinstance(value, Table):
        yield from _months_of(value, path)
    elif isinstance(value, tuple):
        for index, item in enumerate(value):
            yield from _months_in(item, f"{path}[{getattr(item, 'name', index)}]")
