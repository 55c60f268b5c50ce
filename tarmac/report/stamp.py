"""Where a document comes from: enough to make it again, and to know whether it is the same."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib.metadata import PackageNotFoundError, version
from pathlib import PurePath
from platform import python_version
from typing import Final

from tarmac.dossier import PATHS, Dossier
from tarmac.errors import printable
from tarmac.forecast import Forecast
from tarmac.report.words import counted, told_in

_PACKAGES: Final = ("tarmac-runway", "numpy", "scipy")


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
    fewer = 0 < notes.beside < forecast.paths
    beside = f"; {notes.beside:,} for what is worked out beside the forecast" if fewer else ""
    told = {
        "company": printable(origin.company),
        "file": printable(PurePath(origin.file.partition(" + ")[0]).name),
        "model digest": notes.digest,
        "scenarios": ", ".join(map(printable, origin.scenarios)) or "none",
        "seed": str(origin.seed),
        "paths": f"{forecast.paths:,}{beside}",
        "months": f"{counted(origin.months, 'month')}, {origin.first_month.label} to {last.label}",
        "currency": told_in(forecast),
        "versions": versions_of(*packages),
        "command": notes.command,
    }
    return {name: text for name, text in told.items() if text}


def versions_of(*packages: str) -> str:
    """Those of Python, of Tarmac and what it works numbers out with, and of some more packages."""
    return ", ".join([f"python {python_version()}", *map(_versioned, (*_PACKAGES, *packages))])


def _versioned(package: str) -> str:
    try:
        return f"{package} {version(package)}"
    except PackageNotFoundError:
        return f"{package} from a checkout"
