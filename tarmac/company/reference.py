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

NOT_YET: Final = "Not yet simulated."

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
_JSON_WORDS: Final = {"integer": "whole number", "array": "list", "number": "number", "string": "text"}


def json_schema() -> dict[str, Any]:
    """The JSON Schema of a company file, for editors that complete and check it.

    `x-unit`, `x-bounds` and `x-typical` say what a number is; `x-simulated` is false on tables and keys which are
    declared, and refused by name until the engine simulates them.

    >>> json_schema()["$defs"]["Cash"]["properties"]["opening"]["x-unit"]
    'money'
    """
    made = Company.model_json_schema(schema_generator=_Schema)
    tables = {table.__name__: table for table in _all_tables()}
    for name, definition in made["$defs"].items():
        if not tables[name].simulated:
            definition |= {"x-simulated": False, "description": f"{definition['description']} {NOT_YET}"}
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
    if made.get("simulated") is False:
        made.pop("simulated")
        made |= {"x-simulated": False, "description": f"{made['description']} {NOT_YET}"}
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
    families = _families(_kinds(info.annotation))
    if get_origin(info.annotation) is dict:
        heading += f"\n\n{info.description}"
    if len(families) == 1:
        return _block(heading, families[0])
    inner = [_block(f"#### {_listed([_kind(table) for table in family])}", family) for family in families]
    return "\n\n".join([heading, f"{info.description} The keys depend on `kind`.", *inner])


def _block(heading: str, kinds: list[type[Table]]) -> str:
    """Some kinds of table that share most of their keys: what they are, and a row for every key."""
    about = [f"- `{_kind(kind)}`: {_summary(kind)}" for kind in kinds] if len(kinds) > 1 else [_summary(kinds[0])]
    head = "| key | unit | bounds | typical | default | what it is |\n|---|---|---|---|---|---|"
    return "\n".join([heading, "", *about, "", head, *map(str, _rows(kinds))])


def _families(kinds: list[type[Table]]) -> list[list[type[Table]]]:
    """Kinds of table grouped by the common declaration they extend."""
    groups: dict[type[Table], list[type[Table]]] = {}
    for kind in kinds:
        base: type[Table] = next(item for item in kind.__mro__ if Table in item.__bases__)
        groups.setdefault(base, []).append(kind)
    return list(groups.values())


def _summary(table: type[Table]) -> str:
    text = " ".join((table.__doc__ or "").split())
    return text if table.simulated else f"{text} {NOT_YET}"


def _listed(names: list[str]) -> str:
    return " and ".join(f"`{name}`" for name in names)


def _kinds(annotation: Any) -> list[type[Table]]:
    """The tables an annotation allows, in order of declaration."""
    if isinstance(annotation, type) and get_origin(annotation) is None:
        return [annotation] if issubclass(annotation, Table) else []
    found = [table for part in get_args(annotation) for table in _kinds(part)]
    return list(dict.fromkeys(found))


def _kind(table: type[Table]) -> str:
    """The word that chooses this kind of table: its `kind` or `instrument`."""
    info = table.model_fields.get("kind") or table.model_fields["instrument"]
    return str(get_args(info.annotation)[0])


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
        for key, info in table.model_fields.items():
            if not (len(kinds) > 1 and key in ("kind", "instrument")):
                holders.setdefault(_row(key, info), []).append(table)
    rows = [_marked(row, tables, kinds=kinds) for row, tables in holders.items()]
    return rows if len(kinds) == 1 else [_choice_of_kind(kinds), *rows]


def _choice_of_kind(kinds: list[type[Table]]) -> _Row:
    key = "kind" if "kind" in kinds[0].model_fields else "instrument"
    unit = f"one of {', '.join(map(_kind, kinds))}"
    return _Row(key, unit, bounds="", typical="", default="required", prose="Which of these it is.")


def _marked(row: _Row, holders: list[type[Table]], *, kinds: list[type[Table]]) -> _Row:
    """A row that says for which kinds it is, and whether it is simulated."""
    prose = row.prose
    if len(holders) < len(kinds):
        prose += f" Only for {_listed([_kind(table) for table in holders])}."
    if not any(table.simulated for table in holders) and not prose.endswith(NOT_YET):
        prose += f" {NOT_YET}"
    return replace(row, prose=prose)


def _row(key: str, info: FieldInfo) -> _Row:
    quantity = next((item for item in _metadata(info) if isinstance(item, Quantity)), None)
    extra = info.json_schema_extra
    prose = info.description or ""
    if isinstance(extra, dict) and extra.get("simulated") is False:
        prose += f" {NOT_YET}"
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
