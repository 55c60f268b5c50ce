"""Finding and reading files: an explicit path, then the shelf in the working folder, then the shelf that is shipped."""

import os
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from tarmac.actuals import Actuals, actuals_from
from tarmac.company import Company, company_from
from tarmac.company.calibrated import calibrated, misfits
from tarmac.errors import InputError, Problem, nearest, printable
from tarmac.facts import Fact, facts_from
from tarmac.outcomes import Ratios, Snapshot, is_ratios, ratios_from, ratios_from_arff, snapshots_from
from tarmac.posterior import ENDING, LARGEST, posterior_from
from tarmac.scenario import Scenario, scenario_from

LARGEST_FILE: Final = 1_000_000
"""Bytes: a company file is some kilobytes; a larger file is a mistake, and is not read."""

LARGEST_TABLE: Final = 20_000_000
"""Bytes of a file of outcomes, which holds a row for each of some thousand firms."""

OUTCOMES: Final = "seeds/outcomes"
"""The shelf of files of outcomes."""

PORTFOLIOS: Final = "seeds/portfolios"
"""The shelf of spreadsheets of companies, and of what their rows leave open."""

_ONE_OF: Final = {PORTFOLIOS: "defaults"}
"""What a name on a shelf is called in messages, where that is not the shelf's own name in the singular."""

_PACKAGE: Final = Path(__file__).resolve().parent


@dataclass(frozen=True, slots=True)
class Found:
    """A file on a shelf: its name without ending, where it is, whether it is shipped, and what it hides."""

    name: str
    path: Path
    shipped: bool
    hides: Path | None = None


def load(name: str | Path, *, posterior: bool = True) -> Company:
    """The company of that name on the shelf `models/`, or in that file. InputError lists everything wrong with it.

    With the draws its file names, unless `posterior` is false: then it is as it was before it was calibrated.
    """
    found = find("models", name)
    company = company_from(read_toml(found.path), str(shown(found.path)))
    facts = company.company.facts
    if facts is not None:
        _check_facts(facts, company.file)
    if company.company.posterior is None:
        return company
    return _with_posterior(company, found.path) if posterior else calibrated(company, None)


def _with_posterior(company: Company, path: Path) -> Company:
    """The company with the draws that its header names, from the file beside its own. InputError where they misfit."""
    file = path.with_name(f"{company.company.posterior}{ENDING}")
    posterior = posterior_from(read_text(file, largest=LARGEST), str(shown(file)))
    if problems := list(misfits(company, posterior, file=file.name)):
        raise InputError(problems)
    return calibrated(company, posterior)


def _check_facts(facts: str, file: str) -> None:
    known = [item.name for item in on_shelf("seeds", ending=".csv")]
    if facts not in known:
        rule = "names a file on the shelf seeds/ (here or shipped), without '.csv'"
        raise InputError([Problem(file, "company.facts", facts, rule, nearest(facts, known))])


def load_scenario(name: str | Path) -> Scenario:
    """The scenario of that name on the shelf `scenarios/`, or in that file."""
    found = find("scenarios", name)
    return scenario_from(read_toml(found.path), str(shown(found.path)))


def load_facts(name: str | Path, *, company: Company | None = None) -> tuple[Fact, ...]:
    """The facts of that name on the shelf `seeds/`, or in that file; with a company, checked against its lines."""
    found = find("seeds", name, ending=".csv")
    return facts_from(read_text(found.path), str(shown(found.path)), company=company)


def load_actuals(name: str | Path, *, currency: str | None = None) -> Actuals:
    """The monthly actuals of that name on the shelf `seeds/`, or in that file; in a currency, if one is given."""
    found = find("seeds", name, ending=".csv")
    return actuals_from(read_text(found.path), str(shown(found.path)), currency=currency)


def is_outcomes(name: str) -> bool:
    """Whether a name stands for a file of outcomes: by its ending, or as one on the shelf `seeds/outcomes/`."""
    if name.endswith((".csv", ".arff")):
        return True
    return "/" not in name and any(item.name == name for item in on_shelf(OUTCOMES, ending=".csv"))


def load_outcomes(name: str | Path) -> tuple[Snapshot, ...] | Ratios:
    """The snapshots or the ratios of that name on the shelf `seeds/outcomes/`, or in that file, CSV or ARFF."""
    ending = ".arff" if str(name).endswith(".arff") else ".csv"
    found = find(OUTCOMES, name, ending=ending)
    file, text = str(shown(found.path)), read_text(found.path, largest=LARGEST_TABLE)
    if ending == ".arff":
        return ratios_from_arff(text, file)
    return ratios_from(text, file) if is_ratios(text) else snapshots_from(text, file)


def is_company(name: str) -> bool:
    """Whether a name stands for a company: by its ending, or as one on the shelf `models/`."""
    return name.endswith(".toml") or any(item.name == name for item in on_shelf("models"))


def find(shelf: str, name: str | Path, *, ending: str = ".toml") -> Found:
    """The file a name stands for: a path where it has a slash or an ending, else the first found on the shelves."""
    text = str(name)
    if text.endswith(ending) or "/" in text or "\\" in text:
        return _explicit(Path(text), ending)
    here = [item for item in on_shelf(shelf, ending=ending) if item.name == text]
    if not here:
        known = {item.name for item in on_shelf(shelf, ending=ending)}
        rule = f"is a file, or a name on the shelf {shelf}/ (here or shipped)"
        where = _ONE_OF.get(shelf, shelf.removesuffix("s"))
        raise InputError([Problem("command line", where, printable(text), rule, nearest(text, known))])
    return here[0]


def on_shelf(shelf: str, *, ending: str = ".toml") -> list[Found]:
    """Everything on a shelf, by name: files of the working folder before shipped ones of the same name."""
    own = {path.name.removesuffix(ending): path for path in _files(Path(shelf), ending)}
    shipped = {path.name.removesuffix(ending): path for path in _files(shelf_shipped(shelf), ending)}
    same = {name for name in own if name in shipped and own[name].resolve() == shipped[name].resolve()}
    rows = []
    for name in sorted({*own, *shipped}):
        if name in own and name not in same:
            rows.append(Found(name, own[name], shipped=False, hides=shipped.get(name)))
        else:
            rows.append(Found(name, shipped[name], shipped=True))
    return rows


def shelf_shipped(shelf: str) -> Path:
    """Where a shipped shelf stands: inside the installed package, or beside it in a checkout."""
    inside = _PACKAGE / "_shelves" / shelf
    return inside if inside.is_dir() else _PACKAGE.parent / shelf


def read_toml(path: Path) -> Mapping[str, Any]:
    """The document in a TOML file. InputError where it cannot be read, is too large, or is not TOML."""
    text = read_text(path)
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise _unreadable(path, str(error), what="is TOML: correct the line named; text needs quotes") from None
    except RecursionError:
        raise _unreadable(path, "brackets within brackets", what="nests a few levels at most: flatten it") from None


def read_table(path: Path) -> str:
    """The text of a CSV file. InputError where it cannot be read, is too large, or is not text."""
    return read_text(path, largest=LARGEST_TABLE)


def read_text(path: Path, *, largest: int = LARGEST_FILE) -> str:
    """The text in a file. InputError where it cannot be read, is too large, or is not UTF-8."""
    try:
        with path.open("rb") as file:
            content = file.read(largest + 1)
    except OSError as error:
        value = error.strerror or type(error).__name__
        raise _unreadable(path, value, what="is a file that can be read: check its name and rights") from None
    if len(content) > largest:
        limit = f"has at most {largest:,} bytes: name a company or scenario file"
        raise _unreadable(path, f"more than {largest:,} bytes", what=limit)
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise _unreadable(path, f"byte {error.start}", what="is text in UTF-8: save it as UTF-8") from None


def _unreadable(path: Path, value: str, *, what: str) -> InputError:
    rule, _, remedy = what.partition(": ")
    return InputError([Problem(str(shown(path)), "the file", value, rule, remedy)])


def _explicit(path: Path, ending: str) -> Found:
    longer = path.with_name(path.name + ending)
    if not os.path.lexists(path) and os.path.lexists(longer):
        path = longer
    return Found(path.name.removesuffix(ending), path, shipped=False)


def is_folder(path: Path) -> bool:
    """Whether a folder is there; of a name that no file can have there is none."""
    try:
        return path.is_dir()
    except (OSError, ValueError):
        return False


def _files(folder: Path, ending: str) -> Iterator[Path]:
    if folder.is_dir():
        yield from (path for path in sorted(folder.iterdir()) if path.name.endswith(ending) and path.is_file())


def shown(path: Path) -> Path:
    """The path as a message shows it: relative to the working folder where it lies below it."""
    try:
        return path.resolve().relative_to(Path.cwd().resolve())
    except (ValueError, OSError, RuntimeError):  # RuntimeError: a loop of links, before Python 3.13
        return path
