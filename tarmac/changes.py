"""What differs between two versions of a company file: table by table and key by key."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from tarmac.company import SECTIONS, Company
from tarmac.patch import plain

Document = dict[str, Any]
Place = tuple[str, str, str]
"""Section, name of the table in it ("" where it holds one), key ("" for a whole table)."""

_NO_ASSUMPTIONS: Final = ("name", "story", "facts", "first_month")
"""Keys of the header that change nothing in a forecast, or everything: the months."""


@dataclass(frozen=True, slots=True)
class Change:
    """One difference: a key of a table, or a whole table that stands in one of the two versions alone.

    `old`, `new`: what stands there in the words of the file; None where nothing does.
    """

    place: Place
    old: Any
    new: Any

    @property
    def table(self) -> str:
        """The key path of the table: "cost.rent", "cash"."""
        return ".".join(filter(None, self.place[:2]))

    @property
    def path(self) -> str:
        """The key path: "cost.rent.monthly", "round.bridge" for a whole table."""
        return ".".join(filter(None, self.place))


def changes(old: Company, new: Company) -> tuple[Change, ...]:
    """Every difference in what two versions of a file assume, in the order of the new file, then of the old.

    The order of tables, remarks in the file, and a default that is written out are none.
    """
    meant_before, meant_after = dict(_values(old.model_dump())), dict(_values(new.model_dump()))
    before, after = dict(_values(old.document())), dict(_values(new.document()))
    known = {place[:2] for place in meant_before} & {place[:2] for place in meant_after}
    both = [place for place in dict.fromkeys([*meant_after, *meant_before]) if place[:2] in known]
    found = [
        Change(place, before.get(place), after.get(place))
        for place in both
        if meant_before.get(place) != meant_after.get(place)
    ]
    whole = [place for place in _tables([old, new]) if place[:2] not in known]
    return (*found, *(Change(place, _table(old, place), _table(new, place)) for place in whole))


def undone(document: Mapping[str, Any], taken_back: Iterable[Change]) -> Document:
    """The document of the new version with some of its changes taken back."""
    result: Document = plain(document)
    for change in taken_back:
        section, name, key = change.place
        if not name and not key:
            _set(result, section, value=change.old)
        elif key:
            _set(_holder(result, section, name=name), key, value=change.old)
        elif section in SECTIONS:
            kept = [item for item in result.get(section, ()) if item["name"] != name]
            result[section] = kept if change.old is None else [*kept, plain(change.old)]
        else:
            _set(_holder(result, section, name=""), name, value=change.old)
    return result


def _values(document: Mapping[str, Any]) -> Iterator[tuple[Place, Any]]:
    """Everything a document says, by its place."""
    for section, value in document.items():
        if section in SECTIONS:
            yield from (((section, item["name"], key), inner) for item in value for key, inner in item.items())
        elif section == "fx":
            yield from (((section, code, key), inner) for code, table in value.items() for key, inner in table.items())
        elif not isinstance(value, Mapping):
            yield (section, "", ""), value
        else:
            yield from (((section, "", key), inner) for key, inner in value.items() if _assumed(section, key))


def _assumed(section: str, key: str) -> bool:
    return section != "company" or key not in _NO_ASSUMPTIONS


def _tables(companies: Iterable[Company]) -> list[Place]:
    """The named tables of some companies, each once, the last company's first."""
    documents = [company.document() for company in companies][::-1]
    named = [
        (section, item["name"], "") for given in documents for section in SECTIONS for item in given.get(section, ())
    ]
    currencies = [("fx", code, "") for given in documents for code in given.get("fx", ())]
    return list(dict.fromkeys([*named, *currencies]))


def _table(company: Company, place: Place) -> Document | None:
    section, name, _ = place
    held = company.document().get(section, {})
    if isinstance(held, Mapping):
        return held.get(name)
    return next((item for item in held if item["name"] == name), None)


def _holder(document: Document, section: str, *, name: str) -> Document:
    """The table in which a key stands, made where there is none."""
    held: Any = document.setdefault(section, {})
    if not name:
        table: Document = held
    elif isinstance(held, Mapping):
        table = document[section].setdefault(name, {})
    else:
        table = next(item for item in held if item["name"] == name)
    return table


def _set(table: Document, key: str, *, value: Any) -> None:  # noqa: ANN401  (plain values of a file)
    if value is None:
        table.pop(key, None)
    else:
        table[key] = plain(value)
