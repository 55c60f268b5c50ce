"""What facts have taught about a company: draws of everything random about its past, kept as a table.

Each row of the table is one past: standard-normal scores of the uncertain numbers and of the monthly shocks, after
their correlations, so that dependence is kept; uniform numbers for what happens once with some chance, and by month for
states that come and go; how often each event occurred in each month, and the scores of its sizes. A path of a forecast
takes one row, and everything later is drawn afresh.
"""

import csv
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from io import StringIO
from typing import Any, Final, Literal

import numpy as np
from numpy.typing import NDArray

from tarmac.distributions import Form
from tarmac.errors import InputError, Problem
from tarmac.months import Month
from tarmac.uncertain import UncertainError, parse

SCHEMA: Final = "tarmac.posterior/1"
ENDING: Final = ".posterior.csv"
LARGEST: Final = 6_000_000
"""Bytes of a file of draws."""

MOST_ROWS: Final = 20_000

Kind = Literal["number", "month", "chance", "switch", "count", "size"]
Part = tuple[str, str]
"""A kind, and the name of the driver."""

_DIGITS: Final = {"number": 4, "month": 3, "chance": 6, "switch": 5, "count": 0, "size": 3}
_UNIFORM: Final = ("chance", "switch")
_LARGEST_SCORE: Final = 40.0
_COLUMN: Final = re.compile(r"(number|month|chance|switch|count|size)/(.+)@([1-9]\d{0,3})")


@dataclass(frozen=True, slots=True)
class About:
    """Where the draws of a posterior come from.

    `company`: fingerprint of the company file without its header's texts. `origin`: the month as of which the facts
    were known, `facts` how many, `months` how many months of the past the draws cover, counted from the first.
    `declared`: the uncertain numbers as they were written, by their driver.
    """

    company: str
    origin: Month
    facts: int
    months: int
    seed: int
    declared: Mapping[str, tuple[str, ...]]


class Posterior:
    """Rows of a company's past. `parts`: arrays of shape (months, slots or 1, rows), by kind and driver.

    No dataclass: a company file's document carries it under `company.posterior`, and dumps must leave it as it is.
    """

    def __init__(self, about: About, parts: Mapping[Part, NDArray[np.float64]]) -> None:
        self.about = about
        self.parts = dict(parts)
        self.barred: frozenset[str] = frozenset()
        """Rounds and policies, by key path, that are as they were up to the origin, and come to nothing after it."""
        self._forms = {name: _forms(texts) for name, texts in about.declared.items()}

    @property
    def rows(self) -> int:
        """How many pasts there are."""
        return int(next(iter(self.parts.values())).shape[1])

    def __repr__(self) -> str:
        return f"what {self.about.facts} facts known by {self.about.origin.label} have taught"

    def of(self, kind: Kind, name: str) -> NDArray[np.float64] | None:
        """The draws of one driver, shape (months, slots or 1, rows); None where there are none."""
        return self.parts.get((kind, name))

    def knows(self, name: str, forms: Iterable[Form]) -> bool:
        """Whether there are draws of an uncertain number, and it is still declared in the form they are of.

        A change by a factor or a sum keeps the form, and the draws; a new range makes them moot.
        """
        return ("number", name) in self.parts and self._forms[name] == tuple(forms)

    def barring(self, paths: Iterable[str]) -> "Posterior":
        """The same past, after whose origin none of these rounds closes, and none of these policies is decided on."""
        same = Posterior(self.about, self.parts)
        same.barred = self.barred.union(paths)
        return same

    def take(self, rows: NDArray[np.int64]) -> "Posterior":
        """Some of the rows."""
        return Posterior(self.about, {part: values[:, rows] for part, values in self.parts.items()})

    def text(self) -> str:
        """The file: a line of JSON that says where it comes from, then a CSV with a column for each number of a row."""
        about = asdict(self.about) | {"origin": str(self.about.origin)}
        out = StringIO()
        out.write(f"# {json.dumps({'schema': SCHEMA, **about}, ensure_ascii=False)}\n")
        writer = csv.writer(out, lineterminator="\n")
        columns = dict(self._columns())
        writer.writerow(columns)
        writer.writerows(zip(*columns.values(), strict=True))
        return out.getvalue()

    def _columns(self) -> Iterator[tuple[str, list[str]]]:
        for (kind, name), values in self.parts.items():
            digits = _DIGITS[kind]
            top = 1 - 10.0**-digits if kind in _UNIFORM else _LARGEST_SCORE
            for place, row in enumerate(np.clip(values, -_LARGEST_SCORE, top), start=1):
                yield f"{kind}/{name}@{place}", [f"{value:.{digits}f}" for value in row.tolist()]


def posterior_from(text: str, file: str) -> Posterior:
    """The posterior in the text of a file. InputError where it is not what Tarmac writes."""
    head, _, table = text.partition("\n")
    about = _about(head, file)
    rows = list(csv.reader(StringIO(table, "")))
    if len(rows) < 2 or len(rows) > MOST_ROWS + 1:
        raise _broken(file, "rows", value=f"{max(len(rows) - 1, 0)}", rule=f"has 1 to {MOST_ROWS:,} rows of draws")
    found = [_COLUMN.fullmatch(cell) for cell in rows[0]]
    if None in found or len(set(rows[0])) != len(rows[0]):
        bad = next((cell for cell, match in zip(rows[0], found, strict=True) if match is None), "a column twice")
        raise _broken(file, "row 2", value=bad, rule="names each column by kind, driver and place")
    for number, row in enumerate(rows[1:], start=3):
        if len(row) != len(found):
            raise _broken(
                file, f"row {number}", value=f"{len(row)} cells", rule=f"has {len(found)} cells, as its header has"
            )
    return Posterior(about, _parts(rows, about, file=file))


def _parts(rows: list[list[str]], about: About, *, file: str) -> dict[Part, NDArray[np.float64]]:
    """The arrays of a table whose rows are as long as its header."""
    try:
        values = np.array(rows[1:], dtype=np.float64).T
    except ValueError:
        raise _broken(file, "the table", value="something else", rule="holds numbers alone") from None
    if not (np.abs(values) <= _LARGEST_SCORE).all():
        raise _broken(file, "the table", value="a number too large", rule=f"holds scores up to {_LARGEST_SCORE:g}")
    parts: dict[Part, list[NDArray[np.float64]]] = {}
    for cell, column in zip(rows[0], values, strict=True):
        match = _COLUMN.fullmatch(cell)
        kind, name, place = match.groups() if match else ("", "", "")
        column_list = parts.setdefault((kind, name), [])
        if int(place) != len(column_list) + 1 or (kind == "number" and name not in about.declared):
            raise _broken(
                file, "row 2", value=cell, rule="has the places of a driver in order, and drivers that are declared"
            )
        if kind in _UNIFORM and not ((column >= 0) & (column < 1)).all():
            raise _broken(file, cell, value="outside", rule="lies from 0 to 1")
        column_list.append(column)
    wrong = [part for part, columns in parts.items() if len(columns) != _places(part[0], about, there=len(columns))]
    missing = [("number", name) for name in about.declared if ("number", name) not in parts]
    if wrong or missing:
        kind, name = [*wrong, *missing][0]
        raise _broken(file, "row 2", value=f"{kind}/{name}", rule="has all its columns")
    return {part: np.stack(columns) for part, columns in parts.items()}


def _places(kind: str, about: About, *, there: int) -> int:
    """How many columns a driver of a kind has."""
    return {"number": 1, "chance": 1, "size": there}.get(kind, about.months)


def _about(line: str, file: str) -> About:
    try:
        found: dict[str, Any] = json.loads(line.removeprefix("# "))
        if found.pop("schema") != SCHEMA:
            raise _broken(file, "row 1", value="another schema", rule=f"is of the schema {SCHEMA}")
        declared = {str(name): tuple(map(str, texts)) for name, texts in found.pop("declared").items()}
        about = About(declared=declared, **found | {"origin": Month.parse(found["origin"])})
        for texts in declared.values():
            _forms(texts)
        if not all(type(value) is int and value >= 0 for value in (about.facts, about.months, about.seed)):
            raise ValueError
    except (ValueError, KeyError, TypeError, AttributeError, UncertainError):
        raise _broken(file, "row 1", value=line[:40], rule="says where the draws come from") from None
    return replace(about, company=str(about.company))


def _forms(texts: Iterable[str]) -> tuple[Form, ...]:
    return tuple(parse(text).form for text in texts)


def _broken(file: str, where: str, *, value: str, rule: str) -> InputError:
    remedy = "run tarmac calibrate again, and leave its file as it is"
    return InputError([Problem(file, where, value, rule, remedy)])
