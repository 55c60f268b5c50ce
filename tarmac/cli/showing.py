"""`tarmac show`: a company in words, every number explained."""

from collections.abc import Iterator, Sequence

from tarmac.cli.console import put, safe
from tarmac.cli.running import patched
from tarmac.company import Company
from tarmac.layout import plan_of
from tarmac.report.declared import Declared, declared
from tarmac.simulation import assumptions


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
    for table in declared(company):
        yield from _table(table)
    if company.correlation:
        yield ""
        yield "Drivers that move together"
    for item in company.correlation:
        yield f"  {safe(item.between[0])} and {safe(item.between[1])}: {item.value:g}"
    yield ""
    yield "Assumed"
    for sentence in assumptions(plan_of(company), company):
        yield f"  {safe(sentence)}"


def _table(table: Declared) -> Iterator[str]:
    """A heading, and the keys that the file gives; the others hold their defaults."""
    yield ""
    yield table.title
    width = max((len(row.key) for row in table.rows), default=0)
    for row in table.rows:
        yield f"  {row.key:<{width}}  {row.words}"
