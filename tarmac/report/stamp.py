"""Where a document comes from: enough to make it again, and to know whether it is the same."""

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from importlib.metadata import PackageNotFoundError, version
from pathlib import PurePath
from platform import python_version
from typing import Final

from tarmac.dossier import PATHS, Dossier, digest_of
from tarmac.errors import printable
from tarmac.forecast import Forecast
from tarmac.portfolio.result import PortfolioForecast
from tarmac.report.portfolio import currencies_in_words
from tarmac.report.words import counted, told_in

_PACKAGES: Final = ("tarmac-runway", "numpy", "scipy")
OF_A_PAGE: Final = ("pandas", "matplotlib", "jinja2")
"""Packages that help to write a page down."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Notes:
    """What a document says of itself.

    `command`: how it was made, as it is typed; `evidence`: what numbers rest on, by key path ("revenue.api.growth");
    `digest`: that of the company as it was run; `beside`: most paths on which everything but the forecast was worked
    out, 0 where nothing was.
    """

    command: str = ""
    evidence: Mapping[str, str] = field(default_factory=dict)
    digest: str = ""
    beside: int = 0


NO_NOTES: Final = Notes()


def notes_of(dossier: Dossier, *, command: str) -> Notes:
    """What every document of a report says of itself; `command`: how to make it again, as it is typed."""
    others = (dossier.raised, dossier.compared, dossier.ranked, dossier.facts)
    beside = PATHS if any(item is not None for item in others) else 0
    return Notes(command=command, evidence=dossier.evidence, digest=dossier.digest, beside=beside)


def stamp(forecast: Forecast, notes: Notes = NO_NOTES, *, packages: tuple[str, ...] = ()) -> dict[str, str]:
    """Where a forecast comes from, by what it is called. `packages`: what else helped to write it down."""
    origin = forecast.origin
    last = origin.first_month + (origin.months - 1)
    told = {
        "company": printable(origin.company),
        "file": printable(PurePath(origin.file.partition(" + ")[0]).name),
        "model digest": notes.digest,
        "scenarios": _listed(origin.scenarios),
        "seed": str(origin.seed),
        "paths": _paths(forecast.paths, notes.beside, what="what is worked out beside the forecast"),
        "months": f"{counted(origin.months, 'month')}, {origin.first_month.label} to {last.label}",
        "currency": told_in(forecast),
        "versions": _versions(packages),
        "command": notes.command,
    }
    return {name: text for name, text in told.items() if text}


def portfolio_stamp(
    found: PortfolioForecast, *, file: str, command: str, packages: tuple[str, ...] = ()
) -> dict[str, str]:
    """The same of a portfolio. `file`: as it was named."""
    portfolio = found.portfolio
    fewer = found.stresses[0].outcome.paths if found.stresses else 0
    return {
        "portfolio": printable(portfolio.name),
        "file": printable(PurePath(file).name or file),
        "model digest": portfolio_digest(found),
        "scenarios": _listed(portfolio.scenarios),
        "common drivers": _listed(found.sharing),
        "seed": str(found.seed),
        "paths": _paths(found.paths, fewer, what="stresses and raises"),
        "months": f"{counted(found.months, 'month')}, {found.month_label(0)} to {found.month_label(found.months - 1)}",
        "currency": currencies_in_words(found),
        "versions": _versions(packages),
        "command": command,
    }


def portfolio_digest(found: PortfolioForecast) -> str:
    """One fingerprint of all companies as they were run, with stakes and rates."""
    return hashlib.sha256("\n".join(_fingerprints(found)).encode()).hexdigest()[:16]


def _fingerprints(found: PortfolioForecast) -> Iterator[str]:
    for holding in found.portfolio.holdings:
        yield f"{digest_of(holding.company)} {holding.stake!r} {holding.rate!r}"


def _paths(paths: int, fewer: int, *, what: str) -> str:
    """The paths of a run, and on how many of them something else was worked out, where those are fewer."""
    return f"{paths:,}; {fewer:,} for {what}" if 0 < fewer < paths else f"{paths:,}"


def _listed(names: Iterable[str]) -> str:
    return ", ".join(map(printable, names)) or "none"


def _versions(packages: tuple[str, ...]) -> str:
    """Those of Python, of Tarmac and what it works numbers out with, and of some more packages."""
    return ", ".join([f"python {python_version()}", *map(_versioned, (*_PACKAGES, *packages))])


def _versioned(package: str) -> str:
    try:
        return f"{package} {version(package)}"
    except PackageNotFoundError:
        return f"{package} from a checkout"
