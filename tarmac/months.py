"""Calendar months: the clock every company runs on."""

import operator
import re
from dataclasses import dataclass
from typing import Self

FIRST_YEAR, LAST_YEAR = 1900, 2199
_NAMES = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_WRITTEN = re.compile(r"([0-9]{4})-([0-9]{2})")
_QUOTED = 40


@dataclass(frozen=True, order=True, slots=True)
class Month:
    """One calendar month, ordered in time; `number` is 1 for January to 12 for December.

    Adding whole months gives a month, subtracting a month gives whole months. ValueError outside
    the years 1900 to 2199.

    >>> start = Month.parse("2023-11")
    >>> str(start + 3), start.label, (start + 3) - start
    ('2024-02', 'Nov 2023', 3)
    """

    year: int
    number: int

    def __post_init__(self) -> None:
        if not 1 <= self.number <= len(_NAMES):
            raise ValueError(f"month number {self.number} does not exist: January is 1, December is 12")
        if not FIRST_YEAR <= self.year <= LAST_YEAR:
            raise ValueError(f"year {self.year} is outside {FIRST_YEAR} to {LAST_YEAR}")

    @classmethod
    def parse(cls, text: str) -> Self:
        """The month a user wrote as year and number: "2023-01". ValueError for anything else."""
        written = _WRITTEN.fullmatch(text)
        if written is None:
            shown = text if len(text) <= _QUOTED else text[: _QUOTED - 3] + "..."
            raise ValueError(f"{shown!a} is not a month: write the year and two digits, such as '2023-01'")
        return cls(int(written[1]), int(written[2]))

    @property
    def label(self) -> str:
        """The month as it stands on an axis or in a sentence: "Jan 2023"."""
        return f"{_NAMES[self.number - 1]} {self.year}"

    def __str__(self) -> str:
        return f"{self.year:04d}-{self.number:02d}"

    def __add__(self, months: int) -> Self:
        year, before = divmod(self.year * 12 + self.number - 1 + operator.index(months), 12)
        return type(self)(year, before + 1)

    def __sub__(self, other: "Month") -> int:
        return (self.year - other.year) * 12 + self.number - other.number
