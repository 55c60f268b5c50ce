"""From a parsed document to a company, or to the list of everything that is wrong with it."""

from collections.abc import Iterable, Mapping
from typing import Any, TypeVar

from pydantic import ValidationError

from tarmac.company.base import Table
from tarmac.company.checks import problems
from tarmac.company.findings import findings
from tarmac.company.model import SECTIONS, Company
from tarmac.errors import InputError, Problem

T = TypeVar("T", bound=Table)

Locations = Iterable[tuple[int | str, ...]]


def company_from(document: Mapping[str, Any], file: str = "company") -> Company:
    """A company from the plain values of its file; `file` is named in every message.

    InputError lists every mistake of the document at once. The rules between tables need tables that can be read: they
    look at those which are right by themselves, once the others have been named.
    """
    try:
        company = Company.model_validate(document)
    except ValidationError as error:
        alone = [Problem(file, *found) for found in findings(error, document, model=Company)]
        rest, unread = _readable(document, [detail["loc"] for detail in error.errors()])
        raise InputError([*alone, *_between(rest, unread, file=file)]) from None
    company._file = file  # a private attribute: how a frozen model remembers its file
    found = problems(company)
    if found:
        raise InputError(found)
    return company


def validated(model: type[T], document: Mapping[str, Any], *, file: str) -> T:
    """A document as one of our models. InputError lists every mistake with its place in the user's words."""
    try:
        return model.model_validate(document)
    except ValidationError as error:
        raise InputError([Problem(file, *found) for found in findings(error, document, model=model)]) from None


def _between(rest: Mapping[str, Any], unread: Iterable[str], *, file: str) -> tuple[Problem, ...]:
    """What is wrong between the tables that can be read; nothing where currency or first month cannot."""
    try:
        company = Company.model_validate(rest)
    except ValidationError:
        return ()
    company._file = file
    return problems(company, frozenset(unread))


def _readable(document: Mapping[str, Any], wrong: Locations) -> tuple[dict[str, Any], list[str]]:
    """A document without its tables that are wrong by themselves, and the key paths of those.

    A key that no section has may be any section, misspelt: its path is "".
    """
    rest, unread = {**document, "company": _bare_header(document)}, []
    for section, entries in _by_section(wrong).items():
        if section == "cash":
            rest["cash"] = {"opening": 0}
        elif section in SECTIONS and entries:
            rest[section] = [item for index, item in enumerate(document[section]) if index not in entries]
            unread += [_path(section, item) for index, item in enumerate(document[section]) if index in entries]
        elif section == "fx" and entries:
            rest["fx"] = {code: table for code, table in document["fx"].items() if code not in entries}
            unread += [f"fx.{code}" for code in entries]
        elif section != "company":
            rest.pop(section, None)
            unread.append(section if section in Company.model_fields else "")
    return rest, unread


def _bare_header(document: Mapping[str, Any]) -> dict[str, Any]:
    """What the rules between tables need to know of a company: its currency and its first month."""
    header = document.get("company")
    given = header if isinstance(header, Mapping) else {}
    return {"name": "unread", **{key: given[key] for key in ("currency", "first_month") if key in given}}


def _by_section(wrong: Locations) -> dict[str, set[int | str]]:
    """The sections that mistakes stand in, each with those of its entries that are wrong."""
    sections: dict[str, set[int | str]] = {}
    for loc in wrong:
        sections.setdefault(str(loc[0]), set()).update(loc[1:2])
    return sections


def _path(section: str, item: Any) -> str:
    """The key path of a table; of one without a name, the section: it may be any in it."""
    name = item.get("name") if isinstance(item, Mapping) else None
    return f"{section}.{name}" if isinstance(name, str) and name else section
