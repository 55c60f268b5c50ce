"""Facts: dated, public figures a company is fitted to or judged by, read strictly from a file of the shelf `seeds/`."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from tarmac.company import Company
from tarmac.company.numbers import paths_of, paths_of_suppliers
from tarmac.company.targets import matching
from tarmac.errors import InputError, Problem, nearest
from tarmac.money import CURRENCIES
from tarmac.months import Month
from tarmac.rows import rows_of

COLUMNS: Final = ("quantity", "from", "to", "known", "value", "unit", "qualifier", "document", "use", "note")
SIDES: Final = {"exact": 0, "about": 0, "nearly": 0, "less than": -1, "at most": -1, "more than": 1, "at least": 1}
"""Qualifiers of firm figures: a bound from above (-1), a bound from below (1), or the figure itself."""
DOUBTFUL: Final = ("plan", "claimed", "as printed")
"""Qualifiers of figures that are shown and never reckoned with."""
AMOUNTLESS: Final = ("unknown", "event")
QUALIFIERS: Final = (*SIDES, *DOUBTFUL, *AMOUNTLESS)
USED: Final = ("calibrate", "judge")
USES: Final = (*USED, "context")
COUNTED: Final = ("people", "customers", "share", "times", "visits")
UNITS: Final = (*COUNTED, *sorted(CURRENCIES))
BALANCES: Final = ("cash", "arrears", "headcount")  # what stands at a month's end; all else runs over months
_SECTIONS: Final[Mapping[str, tuple[str, ...]]] = {
    "cash": (),
    "earned": ("revenue",),
    "billed": ("compute", "team", "cost"),
    "unpaid": ("compute", "cost"),
    "arrears": ("compute", "cost"),
    "raised": ("round",),
    "headcount": ("team",),
}
"""The sections of a company file that each kind of quantity is of."""

_WORDS: Final = {"unit": ("", *UNITS), "qualifier": QUALIFIERS, "use": USES}
_Mistake = tuple[str, str, str]  # a column, the rule, the remedy


@dataclass(frozen=True, slots=True)
class Quantity:
    """What a figure is of: a kind a model knows, and the lines it adds up ("billed", ("team.*", "cost.*")).

    A figure that is only context may be of anything: then the kind is all its words.
    """

    kind: str
    targets: tuple[str, ...] = ()

    def __str__(self) -> str:
        return f"{self.kind} {' + '.join(self.targets)}".rstrip()


@dataclass(frozen=True, slots=True)
class Fact:
    """A row of a file of facts: one figure of the months from `first` to `last`. `value`: None where none is known.

    `known`: the month in which it became known. Before `last` where somebody's own forecast is the fact.
    """

    quantity: Quantity
    first: Month
    last: Month
    known: Month
    value: float | None
    unit: str
    qualifier: str
    document: str
    use: str
    note: str

    @property
    def side(self) -> int:
        """-1: a bound from above; 1: a bound from below; 0: the figure itself."""
        return SIDES.get(self.qualifier, 0)


def facts_from(text: str, file: str, *, company: Company | None = None) -> tuple[Fact, ...]:
    """The facts in the text of a file, in its order. InputError lists every mistake at once.

    With a company, what it is fitted to or judged by must be of lines it has, in a currency it knows a rate of.
    """
    problems, facts = [], dict[int, Fact]()
    for row, cells in rows_of(text, file, columns=COLUMNS, what="a file of facts").items():
        found = list(_mistakes(cells))
        if not found:
            facts[row] = _fact(cells)
            found = [] if company is None else list(_misfits(facts[row], company))
        problems += [Problem(file, f"row {row}, {column}", cells[column], *rest) for column, *rest in found]
    problems += [Problem(file, f"row {row}", str(facts[row].quantity), *rest) for row, *rest in _disorder(facts)]
    if problems:
        raise InputError(problems)
    return tuple(facts.values())


def check(facts: Iterable[Fact], company: Company) -> None:
    """InputError where facts do not fit a company: lines it does not have, a currency without a rate."""
    if found := [(fact, rule, remedy) for fact in facts for _, rule, remedy in _misfits(fact, company)]:
        raise InputError(Problem("facts", str(fact.quantity), str(fact.last), *rest) for fact, *rest in found)


def _fact(cells: Mapping[str, str]) -> Fact:
    quantity = _quantity(cells["quantity"]) if cells["use"] in USED else Quantity(cells["quantity"])
    value = float(cells["value"]) if cells["value"] else None
    first, last = Month.parse(cells["from"]), Month.parse(cells["to"])
    known = Month.parse(cells["known"]) if cells["known"] else last
    return Fact(quantity, first, last, known, value, *list(cells.values())[5:])


def _month(text: str) -> Month | None:
    try:
        return Month.parse(text)
    except ValueError:
        return None


def _quantity(text: str) -> Quantity:
    kind, _, rest = text.partition(" ")
    return Quantity(kind, tuple(rest.split(" + ")) if rest else ())


def _broken(*rules: tuple[object, str, str, str]) -> Iterator[_Mistake]:
    return ((column, rule, remedy) for holds, column, rule, remedy in rules if not holds)


def _mistakes(cells: Mapping[str, str]) -> Iterator[_Mistake]:
    """Everything wrong with a row taken by itself."""
    if len(cells) != len(COLUMNS):
        yield COLUMNS[0], f"stands in a row of {len(COLUMNS)} cells", "put a cell that holds a comma in quotation marks"
        return
    value, unit, qualifier = cells["value"], cells["unit"], cells["qualifier"]
    first, last, silent = _month(cells["from"]), _month(cells["to"]), qualifier in AMOUNTLESS
    number = re.fullmatch(r"[0-9]{1,15}(\.[0-9]{1,15})?", value) and float(value)
    yield from _broken(
        *((cell == cell.strip(), name, "has no spaces around it", "remove them") for name, cell in cells.items()),
        *((cells[name], name, "is not empty", "fill it in") for name in ("quantity", "document")),
        *((cells[key] in known, key, "is a known word", nearest(cells[key], known)) for key, known in _WORDS.items()),
        (unit or silent, "unit", "says what the value counts", f"write a currency or one of {', '.join(COUNTED)}"),
        *((_month(cells[name]), name, "is a month", "write it as 2023-01") for name in ("from", "to")),
        (not first or not last or first <= last, "to", "is not before 'from'", "swap the two"),
        (not cells["known"] or _month(cells["known"]), "known", "is a month, or empty", "write it as 2023-01"),
        (not silent or not value, "value", f"is empty where the qualifier is {qualifier}", "remove it"),
        (silent or number, "value", "is a plain number above zero", "write 4000000, without signs or letters"),
    )
    if cells["use"] in USED:
        yield from _mistakes_of_used(_quantity(cells["quantity"]), cells)


def _mistakes_of_used(quantity: Quantity, cells: Mapping[str, str]) -> Iterator[_Mistake]:
    """What is wrong with a row that is no context."""
    kind, targets, unit, qualifier = quantity.kind, quantity.targets, cells["unit"], cells["qualifier"]
    if kind not in _SECTIONS:
        yield "quantity", "begins with the name of a quantity, unless the use is context", nearest(kind, _SECTIONS)
        return
    starts = tuple(f"{section}." for section in _SECTIONS[kind])
    lines = all(target.startswith(starts) for target in targets) and (targets or kind in ("cash", "arrears"))
    right = unit not in UNITS or (unit == "people" if kind == "headcount" else unit in CURRENCIES)
    month = kind not in BALANCES or cells["from"] == cells["to"]
    firm = qualifier in SIDES or qualifier not in QUALIFIERS
    yield from _broken(
        (lines, "quantity", f"names lines of {' or '.join(_SECTIONS[kind]) or 'nothing'}", "see seeds/README.md"),
        (right, "unit", f"fits {kind}", "write people for a headcount, a currency for all others"),
        (month, "from", f"is the month in 'to': {kind} stands at one month's end", f"write {cells['to']}"),
        (firm, "use", f"is context where the qualifier is {qualifier}", "write context"),
    )


def _misfits(fact: Fact, company: Company) -> Iterator[_Mistake]:
    """What of a fact that is no context does not fit a company."""
    if fact.use not in USED:
        return
    kind, targets = fact.quantity.kind, fact.quantity.targets
    currencies = (company.company.currency, *company.fx)
    known = paths_of_suppliers(company) if kind in ("unpaid", "arrears") else paths_of(company, *_SECTIONS[kind])
    yield from _broken(
        *(
            (matching(item, known), "quantity", f"has lines in {company.file}", nearest(item, known))
            for item in targets
        ),
        (
            fact.unit in (*currencies, "people"),
            "unit",
            f"is the currency of {company.file}, or one that stands under its [fx]",
            f"convert it to {currencies[0]}, or add {fact.unit} under [fx]",
        ),
    )


def _disorder(facts: Mapping[int, Fact]) -> Iterator[tuple[int, str, str]]:
    """Rows out of order, and rows that say a thing again."""
    said = dict[tuple[Month, Month, str], int]()
    for row, fact in facts.items():
        key = (fact.first, fact.last, str(fact.quantity))
        if key in said:
            yield row, f"says nothing that row {said[key]} says already", "remove one of the two"
        elif said and key[:2] < max(said)[:2]:
            yield row, "stands in the order of time, by first month and last", "move the row up"
        said.setdefault(key, row)
