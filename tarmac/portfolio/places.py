"""Where something is said of a company: in a file of its own, or in a row of a spreadsheet."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from tarmac.errors import Problem

_ROW: Final = re.compile(r"row (\d+)\b")


@dataclass(frozen=True, slots=True)
class Place:
    """A company file; or the row of a spreadsheet, by its number as a spreadsheet counts."""

    file: str
    row: int | None = None

    def problem(self, key: str, value: str, *, rule: str, remedy: str) -> Problem:
        """A mistake at this place, in a column or under a key of a company file.

        >>> Place("fund.csv", 4).problem("name", "b", rule="", remedy="").where
        'row 4, name'
        """
        where = key if self.row is None else f"row {self.row}, {key}"
        return Problem(self.file, where, value, rule, remedy)

    def __str__(self) -> str:
        return self.file if self.row is None else f"{self.file}, row {self.row}"


def by_row(problems: Iterable[Problem]) -> list[Problem]:
    """Mistakes in the order of the rows they stand in; those of a file as a whole first."""

    def row(problem: Problem) -> int:
        found = _ROW.match(problem.where)
        return int(found[1]) if found else 0

    return sorted(problems, key=row)
