"""`tarmac show`: a company in words, every number explained."""

from collections.abc import Iterator, Sequence

from tarmac.cli.console import put, safe
from tarmac.cli.running import patched
from tarmac.company import Company
from tarmac.company.base import Table
from tarmac.company.quantity import Schedule
from tarmac.layout import plan_of
from tarmac.simulation import assumptions
from tarmac.uncertain import Uncertain

_TITLES = {
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


def show(name: str, scenarios: Sequence[str]) -> int:
    """Print a company after its scenarios."""
    put("\n".join(lines(patched(name, scenarios))))
    return 0


def lines(company: Company) -> Iterator[str]:
    """The company in words, a line at a time."""
    header = company.company
    yield f"{safe(header.name)}, in {header.currency}, from {header.first_month.label}  ({safe(company.file)})"
    if header.story:
        yield safe(header.story)
    yield from _table("Cash", company.cash)
    for code, fx in company.fx.items():
        yield from _table(f"1 {code} in {header.currency}", fx)
    if company.market.model_fields_set:
        yield from _table("Market", company.market)
    for section, table_name, table in company.named():
        kind = getattr(table, "kind", None) or getattr(table, "instrument", None)
        yield from _table(f"{_TITLES[section]}: {safe(table_name)}" + (f" ({_words(kind)})" if kind else ""), table)
    if company.correlation:
        yield ""
        yield "Drivers that move together"
    for item in company.correlation:
        yield f"  {safe(item.between[0])} and {safe(item.between[1])}: {item.value:g}"
    yield ""
    yield "Assumed"
    for sentence in assumptions(plan_of(company), company):
        yield f"  {safe(sentence)}"


def _table(title: str, table: Table) -> Iterator[str]:
    """A heading, and the keys that the file gives; the others hold their defaults."""
    yield ""
    yield title
    rows = list(_rows(table, ""))
    width = max((len(key) for key, _ in rows), default=0)
    for key, words in rows:
        yield f"  {key:<{width}}  {words}"


def _rows(table: Table, prefix: str) -> Iterator[tuple[str, str]]:
    for field in type(table).model_fields:
        if field in table.model_fields_set and not (prefix == "" and field in ("name", "kind", "instrument")):
            yield from _row(prefix + field.replace("_", " "), getattr(table, field))


def _row(key: str, value: object) -> Iterator[tuple[str, str]]:
    if isinstance(value, Table):
        yield from _rows(value, f"{key}: ")
    elif isinstance(value, tuple) and any(isinstance(item, Table) for item in value):
        for index, item in enumerate(value):
            named = [safe(item.name)] if hasattr(item, "name") else []
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
    return safe(value)


def _number(number: Uncertain) -> str:
    """The number as written, and what that means where it is not certain."""
    words = safe(number.explain())
    return words if number.certain else f"{safe(number)}  ({words})"


def _words(name: str) -> str:
    return name.replace("_", " ")
