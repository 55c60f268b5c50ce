"""What a company file says its numbers rest on: the comments that stand beside them."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

import tomlkit
from tomlkit.exceptions import TOMLKitError
from tomlkit.items import AoT, Comment, Whitespace
from tomlkit.items import Table as TomlTable

_RULER: Final = "---"


def evidence_of(text: str) -> dict[str, str]:
    r"""The comment on each key of a company file, by its key path ("revenue.api.growth"), in one line each.

    It is what stands behind the value, or in the lines right above the key. Rulers ("# --- Revenue ---") are none.
    Empty where the text is no TOML.

    >>> evidence_of('[cash]\n# Our bank says so.\nopening = "7M"   # at the end of May\n')
    {'cash.opening': 'Our bank says so. At the end of May.'}
    """
    try:
        document = tomlkit.parse(text)
    except TOMLKitError:
        return {}
    return dict(_in_tables(document))


def _in_tables(document: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for section, item in document.items():
        if isinstance(item, AoT):
            for table in item:
                yield from _in_table(f"{section}.{table.get('name', '')}", table)
        elif isinstance(item, TomlTable):
            yield from _in_table(section, item)


def _in_table(path: str, table: TomlTable) -> Iterator[tuple[str, str]]:
    above: list[str] = []
    for key, item in table.value.body:
        if isinstance(item, Comment):
            above.append(item.trivia.comment)
        elif key is None or isinstance(item, Whitespace):
            above = []
        else:
            words = " ".join(filter(None, (_sentence(" ".join(map(_bare, above))), _sentence(_bare(_beside(item))))))
            above = []
            if words:
                yield f"{path}.{key.key}", words


def _beside(item: Any) -> str:  # noqa: ANN401  (any value of a document)
    return str(item.trivia.comment)


def _bare(comment: str) -> str:
    words = comment.lstrip("#").strip()
    return "" if words.startswith(_RULER) else words


def _sentence(words: str) -> str:
    """Words as a sentence: a capital first, a full stop last."""
    if not words:
        return ""
    return words[0].upper() + words[1:] + ("" if words[-1] in ".?!" else ".")
