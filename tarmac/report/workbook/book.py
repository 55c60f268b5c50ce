"""A workbook as a file: no text becomes a formula or a link, and the same inputs give the same bytes."""

import datetime
import io
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Final

from tarmac.report.workbook.page import Formats, Page

Target = str | os.PathLike[str] | IO[bytes]
"""Where a workbook goes: a path, or a binary file."""

_CREATED: Final = datetime.datetime(2000, 1, 1)  # noqa: DTZ001  (a file that is the same bytes tells no time)
_OPTIONS: Final = {
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
    "in_memory": True,
    "nan_inf_to_errors": False,
}


@contextmanager
def pages_of(target: Target, sheets: Sequence[str], *, title: str) -> Iterator[dict[str, Page]]:
    """The empty sheets of a new workbook by name, to be filled; it is written when all are.

    OSError where the file cannot be written.
    """
    import xlsxwriter

    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, _OPTIONS) as workbook:
        workbook.set_properties({"title": title, "created": _CREATED})
        workbook.set_calc_mode("auto")
        formats = Formats(workbook)
        yield {name: Page(workbook, name, formats=formats) for name in sheets}
    if isinstance(target, str | os.PathLike):
        Path(target).write_bytes(buffer.getvalue())
    else:
        target.write(buffer.getvalue())
