"""From a parsed document to a company, or to the list of everything that is wrong with it."""

from collections.abc import Iterator, Mapping
from typing import Any, Final, TypeVar, get_args

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from tarmac.company.base import Table
from tarmac.company.checks import problems
from tarmac.company.model import Company
from tarmac.errors import InputError, Problem, nearest

T = TypeVar("T", bound=Table)

_RULES: Final = {
    "missing": ("this key is required", "add it"),
    "extra_forbidden": ("no such key is known here", ""),
    "model_type": ("is a table", "write it as a table with keys"),
    "dict_type": ("is a table", "write it as a table with keys"),
    "tuple_type": ("is a list", "write it in square brackets, or as [[...]]"),
    "int_type": ("is a whole number", "write it without quotes or decimals"),
    "string_type": ("is text", "write it in quotes"),
    "bool_type": ("is true or false", "write true or false, without quotes"),
    "finite_number": ("is a finite number", "nan and inf are not numbers here"),
}


def company_from(document: Mapping[str, Any], file: str = "company") -> Company:
    """A company from the plain values of its file; `file` is named in every message.

    InputError lists every mistake of the document at once; rules between tables are checked once each table is
    right by itself.
    """
    company = validated(Company, document, file=file)
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
        found = (_problem(detail, document, model=model) for detail in error.errors())
        raise InputError([Problem(file, *rest) for rest in found]) from None


def _problem(detail: ErrorDetails, document: Mapping[str, Any], *, model: type[Table]) -> tuple[str, str, str, str]:
    """Where, value, rule and remedy of one of pydantic's findings."""
    kind, loc = detail["type"], detail["loc"]
    where, value = _place(loc, document)
    context = detail.get("ctx", {})
    if kind == "tarmac":
        rule, remedy = context["rule"], context["remedy"]
    elif kind == "union_tag_invalid":
        rule, remedy = f"is one of {context['expected_tags']}", nearest(str(context["tag"]), _tags(context))
    else:
        rule, remedy = _RULES.get(kind, (_lower(detail["msg"]), "change it so that it does"))
    if kind == "union_tag_not_found":
        key, kinds = _kinds(str(loc[0]))
        rule, remedy = (
            f"says by {key} which of these it is: {', '.join(kinds)}",
            f'add {key} = "{kinds[0]}", for instance',
        )
    if kind == "extra_forbidden":
        remedy = nearest(str(loc[-1]), _keys_at(loc, model))
    if kind == "missing":
        value = ""
    return where, _shown(value), rule, remedy


def _lower(message: str) -> str:
    return message[:1].lower() + message[1:]


def _tags(context: Mapping[str, Any]) -> list[str]:
    return [tag.strip(" '") for tag in str(context["expected_tags"]).split(",")]


def _shown(value: Any) -> str:
    return f"a table with {len(value)} keys" if isinstance(value, Mapping) else str(value)


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
    for index, part in enumerate(loc):
        if not (index == 2 and loc[0] in ("compute", "round") and isinstance(loc[1], int)):
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


def _kinds(section: str) -> tuple[str, list[str]]:
    """The key that says which kind of table stands in a section, and the kinds there are."""
    tables = _tables_of(Company, section)
    key = next(key for key in ("instrument", "kind") if key in tables[0].model_fields)
    return key, [str(get_args(table.model_fields[key].annotation)[0]) for table in tables]


def _is_kind(table: type[Table], tag: str) -> bool:
    fields = (table.model_fields.get(key) for key in ("kind", "instrument"))
    return any(info is not None and tag in get_args(info.annotation) for info in fields)
