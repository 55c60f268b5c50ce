"""What pydantic finds wrong with a document, in the words of the person who wrote it."""

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final, NamedTuple, get_args

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from tarmac.company.base import Table
from tarmac.company.model import Company
from tarmac.errors import nearest

_RULES: Final = {
    "missing": ("this key is required", "add it"),
    "extra_forbidden": ("no such key is known here", ""),
    "model_type": ("is a table", "write it as a table with keys"),
    "model_attributes_type": ("is a table", "write it as a table with keys"),
    "dict_type": ("is a table", "write it as a table with keys"),
    "tuple_type": ("is a list", "write it in square brackets, or as [[...]]"),
    "int_type": ("is a whole number", "write it without quotes or decimals"),
    "string_type": ("is text", "write it in quotes"),
    "bool_type": ("is true or false", "write true or false, without quotes"),
    "finite_number": ("is a finite number", "nan and inf are not numbers here"),
    "greater_than_equal": ("is at least {ge}", "write {ge} or more"),
    "less_than_equal": ("is at most {le}", "write {le} or less"),
    "less_than": ("is below {lt}", "write a number below {lt}"),
    "too_short": ("holds at least {min_length}", "add one, or leave the key out"),
    "string_too_short": ("holds at least {min_length} character", "write it out, or leave the key out"),
    "string_too_long": ("holds at most {max_length} characters", "shorten it"),
    "literal_error": ("is one of {expected}", ""),
    "union_tag_invalid": ("is one of {expected_tags}", ""),
}
"""Rule and remedy by pydantic's type of error; names in braces are of its context."""


class Finding(NamedTuple):
    """A mistake in a document: where it stands, what stands there, the rule and the remedy."""

    where: str
    value: str
    rule: str
    remedy: str


def findings(error: ValidationError, document: Mapping[str, Any], *, model: type[Table]) -> Iterator[Finding]:
    """Everything that is wrong with a document, each mistake at its place in the user's words."""
    for detail in error.errors():
        yield _finding(detail, document, model=model)


def _finding(detail: ErrorDetails, document: Mapping[str, Any], *, model: type[Table]) -> Finding:
    kind, loc, context = detail["type"], _pointed(detail), detail.get("ctx", {})
    where, value = _place(loc, document)
    if kind == "tarmac":
        return Finding(where, _shown(value), context["rule"], context["remedy"])
    if kind == "union_tag_not_found":
        kinds = _kinds(str(loc[0]))
        rule = f"says which of these it is: {', '.join(kinds)}"
        return Finding(where, "", rule, f'add {loc[-1]} = "{kinds[0]}", for instance')
    words = _RULES.get(kind, (_lower(detail["msg"]), "change it so that it does"))
    rule, remedy = (text.format_map(context) if kind in _RULES else text for text in words)
    if kind in ("literal_error", "union_tag_invalid"):
        remedy = nearest(str(value), re.findall("'([^']*)'", rule))
    if kind == "extra_forbidden":
        remedy = nearest(str(loc[-1]), _keys_at(loc, model))
    return Finding(where, "" if kind == "missing" else _shown(value), rule, remedy)


def _pointed(detail: ErrorDetails) -> tuple[int | str, ...]:
    """The location of a mistake down to the key it is about, where that is known."""
    loc, context = detail["loc"], detail.get("ctx", {})
    if detail["type"].startswith("union_tag_"):
        return (*loc, _tag(str(loc[0])))
    if detail["type"] == "tarmac" and context.get("key"):
        return (*loc, context["key"])
    return loc


def _lower(message: str) -> str:
    return message[:1].lower() + message[1:]


def _shown(value: Any) -> str:
    if isinstance(value, Mapping):
        return f"a table with {len(value)} key{'' if len(value) == 1 else 's'}"
    return str(value).lower() if isinstance(value, bool) else str(value)


def _place(loc: tuple[int | str, ...], document: Mapping[str, Any]) -> tuple[str, Any]:
    """The key path in the user's words (tables by name, not by number) and the value that stands there."""
    words: list[str] = []
    value: Any = document
    for part in _without_tags(loc):
        value = _step(value, part)
        if isinstance(part, int):
            name = value.get("name") if isinstance(value, Mapping) else None
            named = isinstance(name, str) and name.strip() and len(words) == 1
            words = [*words, str(name)] if named else [*words[:-1], f"{words[-1]}[{part}]"]
        else:
            words.append(part)
    return ".".join(words), value


def _without_tags(loc: tuple[int | str, ...]) -> Iterator[int | str]:
    """The location without the kind pydantic puts behind the number of a table that comes in kinds."""
    in_kinds = len(loc) > 2 and isinstance(loc[1], int) and len(_tables_of(Company, str(loc[0]))) > 1
    for index, part in enumerate(loc):
        if not (index == 2 and in_kinds and part in _kinds(str(loc[0]))):
            yield part


def _step(value: Any, part: int | str) -> Any:
    if isinstance(value, Mapping):
        return value.get(str(part), "")
    if isinstance(value, list | tuple) and isinstance(part, int) and part < len(value):
        return value[part]
    return ""


def _keys_at(loc: tuple[int | str, ...], model: type[Table]) -> list[str]:
    """The keys known in the table a location lies in."""
    tables: list[type[Table]] = [model]
    for part in loc[:-1]:
        if isinstance(part, str):
            inner = [found for table in tables for found in _tables_of(table, part)]
            tables = inner or [table for table in tables if _is_kind(table, part)] or tables
    return sorted({info.alias or key for table in tables for key, info in table.model_fields.items()})


def _tables_of(table: type[Table], field: str) -> list[type[Table]]:
    info = table.model_fields.get(field)
    return list(_tables_in(info.annotation)) if info is not None else []


def _tables_in(annotation: object) -> Iterator[type[Table]]:
    parts = get_args(annotation)
    if not parts and isinstance(annotation, type) and issubclass(annotation, Table):
        yield annotation
    for part in parts:
        yield from _tables_in(part)


def _tag(section: str) -> str:
    """The key that says which kind of table stands in a section."""
    return next(key for key in ("instrument", "kind") if key in _tables_of(Company, section)[0].model_fields)


def _kinds(section: str) -> list[str]:
    """The kinds of table that a section which comes in kinds may hold."""
    key = _tag(section)
    return [str(get_args(table.model_fields[key].annotation)[0]) for table in _tables_of(Company, section)]


def _is_kind(table: type[Table], tag: str) -> bool:
    fields = (table.model_fields.get(key) for key in ("kind", "instrument"))
    return any(info is not None and tag in get_args(info.annotation) for info in fields)
