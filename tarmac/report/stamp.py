"""Where a document comes from: enough to make it again, and to know whether it is the same."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib.metadata import PackageNotFoundError, version
from pathlib import PurePath
from platform import python_version
from typing import Final

from tarmac.forecast import Forecast
from tarmac.report.words import counted, told_in

_PACKAGES: Final = ("tarmac-runway", "numpy", "scipy")


@dataclass(frozen=True, slots=True, kw_only=True)
class Notes:
    """What a document says of itself.

    `command`: how it was made, as it is typed; `evidence`: what numbers rest on, by key path ("revenue.api.growth");
    `digest`: that of the company as it was run.
    """

    command: str = ""
    evidence: Mapping[str, str] = field(default_factory=dict)
    digest: str = ""


NO_NOTES: Final = Notes()


def stamp(forecast: Forecast, notes: Notes = NO_NOTES, *, packages: tuple[str, ...] = ()) -> dict[str, str]:
    """Where a forecast comes from, by what it is called. `packages`: what else helped to write it down."""
    origin = forecast.origin
    told = {
        "company": origin.company,
        "file": PurePath(origin.file).as_posix(),
        "model digest": notes.digest,
        "scenarios": ", ".join(origin.scenarios) or "none",
        "seed": str(origin.seed),
        "paths": f"{forecast.paths:,}",
        "months": f"{counted(origin.months, 'month')} from {origin.first_month.label}",
        "currency": told_in(forecast),
        "versions": ", ".join([f"python {python_version()}", *map(_versioned, (*_PACKAGES, *packages))]),
        "command": notes.command,
    }
    return {name: text for name, text in told.items() if text}


def _versioned(package: str) -> str:
    try:
        return f"{package} {version(package)}"
    except PackageNotFoundError:
        return f"{package} (not installed)"
