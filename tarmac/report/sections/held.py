"""What a portfolio's report rests on: its companies, the defaults for what rows do not say, definitions, provenance."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from tarmac.errors import printable
from tarmac.money import format_share
from tarmac.portfolio.defaults import Defaults
from tarmac.portfolio.result import PortfolioForecast
from tarmac.report.parts import Section, Sheet
from tarmac.report.sections.resting import where_from
from tarmac.report.sections.watching import LONGEST
from tarmac.report.stamp import OF_A_PAGE, portfolio_stamp
from tarmac.report.words import short

_PIECES: Final = ("market", "revenue", "cost", "cloud", "price", "fx")


@dataclass(frozen=True, slots=True)
class Origin:
    """How a portfolio was read and asked for.

    `file`: as it was named; `command`: how to make the report again; `defaults`: what rows of a spreadsheet leave open,
    None where companies have files of their own; `why`: comments on them, by key path.
    """

    file: str
    command: str
    defaults: Defaults | None
    why: Mapping[str, str]


def assumptions(found: PortfolioForecast, origin: Origin) -> Section:
    """The companies as they were read, and the defaults with their source."""
    sentences = found.portfolio.notes
    sheets = [_companies(found)]
    notes = []
    defaults = origin.defaults
    if defaults is not None:
        sheets += [_defaults(defaults, origin.why), _stages(defaults)]
        notes.append(f"Source of the defaults ({defaults.as_of.label}): {printable(defaults.source, 2_000)}")
    return Section("assumptions", "What is assumed, and why", sentences, (), tuple(sheets), tuple(notes))


def _companies(found: PortfolioForecast) -> Sheet:
    rows = []
    for item in found.standings:
        company, holding = item.holding.company, item.holding
        rounds = ", ".join(entry.name for entry in company.round) or "none"
        stake = "not known" if holding.stake is None else format_share(holding.stake)
        cash = f"{holding.currency} {printable(company.cash.opening)}"
        rows.append((short(item.name, LONGEST), cash, f"{holding.rate:.4g}", stake, short(rounds, LONGEST)))
    heads = ("company", "cash at the start", f"its currency in {found.portfolio.currency}", "stake", "rounds planned")
    return Sheet("companies", "The companies, as they were read", heads, tuple(rows))


def _defaults(defaults: Defaults, why: Mapping[str, str]) -> Sheet:
    rows = [
        (f"{name}: {key.replace('_', ' ')}", _plain(value), why.get(f"{name}.{key}", ""))
        for name in _PIECES
        for key, value in getattr(defaults, name).items()
    ]
    for piece in defaults.policy:
        words = "; ".join(f"{key} {_plain(value)}" for key, value in piece.items() if key != "name")
        rows.append((f"policy: {printable(piece.get('name', ''))}", words, ""))
    title = f"What rows do not say: {printable(defaults.title)}"
    return Sheet("defaults", title, ("number", "value", "evidence"), tuple(rows), prose=frozenset({1, 2}))


def _stages(defaults: Defaults) -> Sheet:
    rows = tuple(
        (printable(name), stage.round or "none", str(stage.months_after_last) if stage.round else "-")
        for name, stage in defaults.stage.items()
    )
    heads = ("stage", "next round (a scenario)", "months after the last, at the least")
    return Sheet("stages", "The next round, by stage", heads, rows)


def _plain(value: Any) -> str:  # noqa: ANN401  (any value of a TOML document)
    """A value as it stands in a file, without its brackets."""
    if isinstance(value, Mapping):
        return ", ".join(f"{key} {_plain(item)}" for key, item in value.items())
    if isinstance(value, list | tuple):
        return "; ".join(map(_plain, value))
    return printable(value, 200)


_TERMS: Final = (
    ("Path", "One possible future of all companies at once: one market, and each company's own chances."),
    ("Insolvent, failed", "Wages, a lender or a tax cannot be paid, or a bill stays unpaid longer than is tolerated."),
    ("P10, P50, P90", "The month or number that one path in ten, half, and nine in ten do not go beyond."),
    ("Begin to raise by", "The last month in which a raise may begin to get through on 90% of paths."),
    ("Raise", "What brings the company through to the horizon on 90% of paths with no other new money."),
    ("Stake", "The investor's share of the company."),
    ("Reserve", "What keeps every bill paid from the month a company would fail in; times the stake, the investor's."),
    ("Common driver", "Chance that companies share, such as the funding market; all else each has for itself."),
    ("Correlation", "Of two companies' failures by the horizon (phi): 1 if one never fails without the other."),
    ("Explains", "The share of the variance of the number of failures that goes with a driver's course."),
    ("Tail", "The paths on which at least as many fail as nine paths in ten do not exceed."),
    ("±, <, >", "95% Monte Carlo error: of the simulation alone. Whether the ranges are right, no run can say."),
)  # fmt: skip


def definitions() -> Section:
    """What the words mean."""
    return Section("definitions", "What the words mean", terms=_TERMS)


def provenance(found: PortfolioForecast, origin: Origin) -> Section:
    """Enough to make the same report again, and to know whether it is the same."""
    return where_from(portfolio_stamp(found, file=origin.file, command=origin.command, packages=OF_A_PAGE))
