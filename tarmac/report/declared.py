"""A company in words, as its file declares it: table by table, key by key, every number explained."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from tarmac.company import Company
from tarmac.company.base import Table
from tarmac.company.quantity import Schedule
from tarmac.errors import printable
from tarmac.uncertain import Uncertain

_TITLES: Final = {
    "price": "Price",
    "revenue": "Revenue",
    "team": "Team",
    "compute": "Compute",
    "cost": "Cost",
    "debt": "Debt",
    "holder": "Holder",
    "round": "Round",
    "event": "Event",
    "policy": "Policy",
}
_LONGEST: Final = 4000


@dataclass(frozen=True, slots=True)
class Row:
    """A key in words and what it holds; `field`: the key of the table it belongs to, "" in a further row of one."""

    field: str
    key: str
    words: str


@dataclass(frozen=True, slots=True)
class Declared:
    """A table of a company file: its title, its key path, and the keys that the file gives."""

    title: str
    path: str
    rows: tuple[Row, ...]


def declared(company: Company) -> Iterator[Declared]:
    """The tables of a company, in the order of its file's reference; defaults are left out."""
    yield _declared("Cash", "cash", table=company.cash)
    for code, fx in company.fx.items():
        yield _declared(f"1 {code} in {company.company.currency}", f"fx.{code}", table=fx)
    if company.market.model_fields_set:
        yield _declared("Market", "market", table=company.market)
    for section, name, table in company.named():
        kind = getattr(table, "kind", None) or getattr(table, "instrument", None)
        title = f"{_TITLES[section]}: {_safe(name)}" + (f" ({_words(kind)})" if kind else "")
        yield _declared(title, f"{section}.{name}", table=table)


def _declared(title: str, path: str, *, table: Table) -> Declared:
    return Declared(title, path, tuple(_of_table(table)))


def _of_table(table: Table) -> Iterator[Row]:
    for field in type(table).model_fields:
        if field in table.model_fields_set and field not in ("name", "kind", "instrument"):
            for place, (key, words) in enumerate(_row(_words(field), getattr(table, field))):
                yield Row("" if place else field, key, words)


def _safe(value: object) -> str:
    return printable(value, _LONGEST)


def _rows(table: Table, prefix: str) -> Iterator[tuple[str, str]]:
    for field in type(table).model_fields:
        if field in table.model_fields_set and not (prefix == "" and field in ("name", "kind", "instrument")):
            yield from _row(prefix + field.replace("_", " "), getattr(table, field))


def _row(key: str, value: object) -> Iterator[tuple[str, str]]:
    if isinstance(value, Table):
        yield from _rows(value, f"{key}: ")
    elif isinstance(value, tuple) and any(isinstance(item, Table) for item in value):
        for index, item in enumerate(value):
            named = [_safe(item.name)] if hasattr(item, "name") else []
            words = [f"{name} {words}" for name, words in _rows(item, "")]
            yield key if index == 0 else "", "; ".join([*named, *words])
    elif isinstance(value, Schedule):
        for index, (month, number) in enumerate(value.entries):
            since = "" if month is None else f"from {month}: "
            yield key if index == 0 else "", since + _number(number)
    else:
        yield key, _plain(key, value)


def _plain(key: str, value: object) -> str:
    if isinstance(value, Uncertain):
        return _number(value)
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, tuple) and key == "collected after":
        shares = (f"{share:.0%} after {age}" for age, share in enumerate(value) if share)
        return ", ".join(shares) + " months"
    return _safe(value)


def _number(number: Uncertain) -> str:
    """The number as written, and what that means where it is not certain."""
    words = _safe(number.explain())
    return words if number.certain else f"{_safe(number)}  ({words})"


def _words(name: str) -> str:
    return name.replace("_", " ")
