"""Tables as CSV that a spreadsheet opens as what they are: no text in them is run as a formula."""

from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    import pandas as pd

_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")
"""What a spreadsheet takes for the beginning of a formula."""


def as_csv(table: "pd.DataFrame", *, index: bool = True) -> str:
    """A table as CSV: names and texts that a spreadsheet would take for formulas get a ' in front.

    `index`: whether the table's index is its first column.
    """
    safe = table.rename(columns=_cell, index=_cell)
    texts = safe.select_dtypes(exclude="number").columns
    safe[texts] = safe[texts].map(_cell)
    return str(safe.to_csv(index=index, lineterminator="\n"))


def harmless(text: str) -> str:
    """A text as it may stand in a cell of a spreadsheet.

    >>> harmless("=1+1"), harmless("rent")
    ("'=1+1", 'rent')
    """
    return f"'{text}" if text.startswith(_FORMULA) else text


def _cell(value: Any) -> Any:  # noqa: ANN401  (whatever a table holds)
    return harmless(value) if isinstance(value, str) else value
