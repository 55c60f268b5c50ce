"""What a company file may hold, for editors (JSON Schema) and readers (Markdown): made from the declarations alone."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Annotated, Any, Final, Literal, get_args, get_origin

from pydantic.fields import FieldInfo
from pydantic.json_schema import GenerateJsonSchema

from tarmac.company.base import Table
from tarmac.company.model import Company
from tarmac.company.quantity import Quantity, Schedule
from tarmac.months import Month
from tarmac.uncertain import Uncertain

_DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"
_UNITS: Final = {"rate": "rate a month"}
_PLAIN: Final[dict[Any, str]] = {
    Month: "month",
    str: "text",
    bool: "true or false",
    int: "whole number",
    float: "plain number",
    dict: "table",
    tuple: "list",
}
_TAGS: Final = ("kind", "instrument")
"""The keys that choose between kinds of a table."""

_JSON_WORDS: Final = {"integer": "whole number", "array": "list", "number": "number", "string": "text"}


def json_schema() -> dict[str, Any]:
    """The JSON Schema of a company file, for editors that complete and check it.

    `x-unit`, `x-bounds` and `x-typical` say what a number is.

    >>> json_schema()["$defs"]["Cash"]["properties"]["opening"]["x-unit"]
    'money'
    """
    made = Company.model_json_schema(schema_generator=_Schema)
    tables = {table.__name__: table for table in _all_tables()}
    for name, definition in made["$defs"].items():
        definition["properties"] = {key: definition["properties"][key] for key in _keys(tables[name])}
    head = {"$schema": _DIALECT, "title": "Tarmac company file"}
    tidied: dict[str, Any] = _tidied(made)
    return head | {key: value for key, value in tidied.items() if key != "title"}


class _Schema(GenerateJsonSchema):
    """Defaults in the words of a company file."""

    def encode_default(self, dft: Any) -> Any:
        return dft if isinstance(dft, Month) else _as_written(dft, super().encode_default)


def _tidied(schema: Any) -> Any:
    """The schema without what a TOML file cannot hold (null), and with our own marks under names starting with x-."""
    if isinstance(schema, list):
        return [_tidied(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    made = {key: _tidied(value) for key, value in schema.items()}
    if "default" in made and made["default"] is None:
        made.pop("default")
    if "x-short" in made:
        made["additionalProperties"] = {"anyOf": [made.pop("x-short"), made["additionalProperties"]]}
    if isinstance(made.get("anyOf"), list):
        return _without_null(made)
    return made


def _without_null(schema: dict[str, Any]) -> dict[str, Any]:
    """A choice without its null; where one possibility is left, that one. What stands beside a choice is its prose."""
    choices = [item for item in schema["anyOf"] if item != {"type": "null"}]
    rest = {key: value for key, value in schema.items() if key not in ("anyOf", "type", "items")}
    return choices[0] | rest if len(choices) == 1 else {"anyOf": choices} | rest


@dataclass(frozen=True, slots=True)
class _Row:
    """One key of a table, in words."""

    key: str
    unit: str
    bounds: str
    typical: str
    default: str
    prose: str

    def __str__(self) -> str:
        cells = (f"`{self.key}`", self.unit, self.bounds, self.typical, self.default, self.prose)
        return f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |"


def reference_table() -> str:
    """Every table and key of a company file as Markdown, in the order of the file; tables within tables at the end."""
    parts = [_section(key, info) for key, info in Company.model_fields.items()]
    parts += [_block(f"### {_listed(places)}", [table]) for table, places in _inner().items()]
    return "\n\n".join(parts)


def _section(key: str, info: FieldInfo) -> str:
    """One section of the file: what it is, and a block for each family of its kinds."""
    heading = f"### `[[{key}]]`" if get_origin(info.annotation) is tuple else f"### `[{key}]`"
    kinds = _kinds(info.annotation)
    families = _families(kinds)
    if get_origin(info.annotation) is dict:
        heading += f"\n\n{info.description}"
    if len(families) == 1:
        return _block(heading, families[0])
    inner = [_block(f"#### {_listed([_kind(table) for table in family])}", family) for family in families]
    return "\n\n".join([heading, f"{info.description} The keys depend on `{_tag(kinds[0])}`.", *inner])


def _block(heading: str, kinds: list[type[Table]]) -> str:
    """Some kinds of table that share most of their keys: what they are, and a row for every key."""
    about = [f"- `{_kind(kind)}`: {_summary(kind)}" for kind in kinds] if len(kinds) > 1 else [_summary(kinds[0])]
    head = "| key | unit | bounds | typical | default | what it is |\n|---|---|---|---|---|---|"
    return "\n".join([heading, "", *about, "", head, *map(str, _rows(kinds))])


def _families(kinds: list[type[Table]]) -> list[list[type[Table]]]:
    """Kinds of table in groups, of which each extends a common declaration and means the same by every key."""
    groups: list[list[type[Table]]] = []
    for kind in kinds:
        fitting = (group for group in groups if _base(group[0]) is _base(kind) and _agree(group, kind))
        group = next(fitting, None)
        if group is None:
            groups.append([kind])
        else:
            group.append(kind)
    return groups


def _base(kind: type[Table]) -> type[Table]:
    return next(item for item in kind.__mro__ if Table in item.__bases__)


def _agree(group: list[type[Table]], kind: type[Table]) -> bool:
    rows = {_row(key, info) for table in [*group, kind] for key, info in table.model_fields.items()}
    keys = {key for table in [*group, kind] for key in table.model_fields}
    return len({row for row in rows if row.key not in _TAGS}) == len(keys.difference(_TAGS))


def _summary(table: type[Table]) -> str:
    return " ".join((table.__doc__ or "").split())


def _listed(names: list[str]) -> str:
    *others, last = (f"`{name}`" for name in names)
    return f"{', '.join(others)} and {last}" if others else last


def _kinds(annotation: Any) -> list[type[Table]]:
    """The tables an annotation allows, in order of declaration."""
    if isinstance(annotation, type) and get_origin(annotation) is None:
        return [annotation] if issubclass(annotation, Table) else []
    found = [table for part in get_args(annotation) for table in _kinds(part)]
    return list(dict.fromkeys(found))


def _kind(table: type[Table]) -> str:
    """The word that chooses this kind of table: its `kind` or `instrument`."""
    return str(get_args(table.model_fields[_tag(table)].annotation)[0])


def _tag(table: type[Table]) -> str:
    return next(key for key in _TAGS if key in table.model_fields)


def _keys(table: type[Table]) -> list[str]:
    """The keys of a table as a reader wants them: its name, its kind, its own, and then those it has in common."""
    declared = [key for item in table.__mro__ if issubclass(item, Table) for key in item.__annotations__]
    first = [key for key in ("name", *_TAGS) if key in table.model_fields]
    return list(dict.fromkeys([*first, *(key for key in declared if key in table.model_fields)]))


def _inner() -> dict[type[Table], list[str]]:
    """Tables that stand within other tables, with the keys they stand under."""
    found: dict[type[Table], list[str]] = {}
    for key, info in Company.model_fields.items():
        for table in _kinds(info.annotation):
            for inner, place in _within(table, key):
                places = found.setdefault(inner, [])
                if place not in places:
                    places.append(place)
    return found


def _within(table: type[Table], path: str) -> Iterator[tuple[type[Table], str]]:
    for key, info in table.model_fields.items():
        for inner in _kinds(info.annotation):
            yield inner, f"{path}.{key}"
            yield from _within(inner, f"{path}.{key}")


def _all_tables() -> list[type[Table]]:
    outer = [table for info in Company.model_fields.values() for table in _kinds(info.annotation)]
    return [*outer, *_inner()]


def _rows(kinds: list[type[Table]]) -> list[_Row]:
    """A row for every key of some kinds of table; what differs between kinds has a row for each."""
    holders: dict[_Row, list[type[Table]]] = {}
    for table in kinds:
        for key in _keys(table):
            row = _row(key, table.model_fields[key])
            if len(kinds) > 1 and key in _TAGS:
                row = replace(row, unit=f"one of {', '.join(map(_kind, kinds))}")
            holders.setdefault(row, []).append(table)
    shared = [row for row, tables in holders.items() if len(tables) == len(kinds)]
    return [*shared, *(_marked(row, tables) for row, tables in holders.items() if row not in shared)]


def _marked(row: _Row, holders: list[type[Table]]) -> _Row:
    """A row that says for which kinds it is."""
    return replace(row, prose=f"{row.prose} Only for {_listed([_kind(table) for table in holders])}.")


def _row(key: str, info: FieldInfo) -> _Row:
    quantity = next((item for item in _metadata(info) if isinstance(item, Quantity)), None)
    prose = info.description or ("Which of these it is." if key in _TAGS else "")
    unit = _unit_of(quantity) if quantity else _type_of(info)
    bounds = quantity.bounds() if quantity else _limits(_metadata(info))
    return _Row(key, unit, bounds, quantity.typical if quantity else "", _default(info), prose)


def _metadata(info: FieldInfo) -> list[Any]:
    """What is declared on a field's type: also on the type inside `... | None`."""
    inner = [item for part in get_args(info.annotation) for item in getattr(part, "__metadata__", ())]
    spread = [item for found in inner for item in (found.metadata if isinstance(found, FieldInfo) else [found])]
    return [*info.metadata, *spread]


def _unit_of(quantity: Quantity) -> str:
    unit = _UNITS.get(quantity.unit, quantity.unit)
    return f"{unit}, by month" if quantity.schedule else unit


def _type_of(info: FieldInfo) -> str:
    """What kind of value a field that is not an uncertain number holds."""
    extra = info.json_schema_extra
    if isinstance(extra, dict) and isinstance(extra.get("anyOf"), list):
        choices: Any = extra["anyOf"]
        return " or ".join(_JSON_WORDS[choice["type"]] for choice in choices)
    return _word(info.annotation)


def _word(annotation: Any) -> str:
    """A type in words: the first one of a union that is not None."""
    origin = get_origin(annotation)
    if origin is Annotated:
        return _word(get_args(annotation)[0])
    if origin is Literal:
        return f"one of {', '.join(map(str, get_args(annotation)))}"
    if origin is tuple and _kinds(annotation):
        return "list of tables"
    if origin in _PLAIN or annotation in _PLAIN:
        return _PLAIN[origin or annotation]
    if isinstance(annotation, type) and issubclass(annotation, Table):
        return "table"
    return _word(get_args(annotation)[0])


def _limits(metadata: Iterable[Any]) -> str:
    items = list(metadata)
    low = next((item.ge for item in items if hasattr(item, "ge")), None)
    high = next((item.le for item in items if hasattr(item, "le")), None)
    return "" if low is None or high is None else f"{low} to {high}"


def _default(info: FieldInfo) -> str:
    if info.is_required():
        return "required"
    value = _as_written(info.get_default(call_default_factory=True), lambda other: other)
    return "none" if value is None or value == () else f"`{json.dumps(value)}`"


def _as_written(value: Any, otherwise: Any) -> Any:
    """A default in the words of a company file."""
    if isinstance(value, Schedule):
        return value.dump()
    if isinstance(value, Uncertain):
        return Schedule(((None, value),)).dump()
    return otherwise(value)
