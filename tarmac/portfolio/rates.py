"""What one unit of each company's currency costs in the portfolio's: as said, else as files and rows tell."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from tarmac.company import Company
from tarmac.errors import Problem, nearest
from tarmac.money import CURRENCIES
from tarmac.portfolio.cells import Line
from tarmac.portfolio.places import Place

_SAME: Final = 1e-9


@dataclass(frozen=True, slots=True)
class Rates:
    """What one unit of each currency costs in that of a portfolio: `said` on the command line, `known` from files."""

    currency: str
    said: Mapping[str, float]
    known: Mapping[str, float]

    def __getitem__(self, code: str) -> float:
        """The rate of a currency; KeyError where it is not known."""
        return {**self.known, **self.said, self.currency: 1.0}[code]

    def __contains__(self, code: str) -> bool:
        return code in self.known or code in self.said or code == self.currency

    def problems(self, needed: Mapping[str, Place]) -> Iterator[Problem]:
        """Rates that make no sense, and those not known; `needed`: currencies and where each stands."""
        for code, where in needed.items():
            if code not in self:
                rule = f"what one unit costs in {self.currency} is known"
                yield where.problem("currency", code, rule=rule, remedy=f"add --rate {code}=...")
        for code in self.said:
            if code not in CURRENCIES:
                rule = "is a currency's three-letter code (ISO 4217)"
                yield Problem("command line", "rate", code, rule, nearest(code, CURRENCIES))
        own = self.said.get(self.currency, self.known.get(self.currency, 1.0))
        if abs(own - 1.0) > _SAME:
            rule, remedy = f"one {self.currency} costs one {self.currency}", f"give rates in {self.currency}"
            yield Problem("command line", "rate", f"{own:g}", rule, f"{remedy}, or choose another --currency")


def rates_of_files(companies: Iterable[Company], currency: str) -> dict[str, float]:
    """What one unit of a company's currency costs, where its file says what the portfolio's costs in it."""
    known: dict[str, float] = {}
    for item in companies:
        if currency in item.fx:
            known.setdefault(item.company.currency, 1.0 / item.fx[currency].rate.mean())
    return known


def rates_of_rows(lines: Iterable[Line]) -> tuple[dict[str, float], list[Problem]]:
    """What rows say that one unit of their currency costs, and where they contradict each other."""
    known: dict[str, float] = {}
    problems = []
    for line in lines:
        if line.rate is not None and abs(known.setdefault(line.currency, line.rate) / line.rate - 1) > _SAME:
            rule = f"one unit of {line.currency} costs the same in every row, {known[line.currency]:g} above"
            problems.append(line.row.problem("rate", rule, remedy="correct one of them"))
    return known, problems
