"""The workbook of a forecast: the base case as live formulas a reader can trace, the Monte Carlo forecast as values."""

import datetime
import io
import os
from dataclasses import replace
from pathlib import Path
from typing import IO, Final

from tarmac.basecase import BaseCase, base_case_of
from tarmac.company import Company
from tarmac.company.calibrated import fingerprint
from tarmac.comparing import Comparison
from tarmac.forecast import Forecast
from tarmac.report.stamp import NO_NOTES, Notes, stamp
from tarmac.report.workbook import about, checks, forecasting, inputs, scenarios, tracing
from tarmac.report.workbook.monthly import Monthly, monthly_of
from tarmac.report.workbook.page import Formats, Page

__all__ = ["Notes", "write_workbook"]

_CREATED: Final = datetime.datetime(2000, 1, 1)  # noqa: DTZ001  (a file that is the same bytes tells no time)
_OPTIONS: Final = {
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
    "in_memory": True,
    "nan_inf_to_errors": False,
}


def write_workbook(
    target: str | os.PathLike[str] | IO[bytes],
    company: Company,
    *,
    forecast: Forecast,
    base: BaseCase | None = None,
    compared: Comparison | None = None,
    notes: Notes = NO_NOTES,
) -> None:
    """Write the workbook of a forecast to a path or a binary file: the same inputs give the same bytes.

    `company`: as it was run, after its scenarios. Sheets: Inputs, Monthly (the base case as formulas on Inputs, with
    the values they come to), Forecast, Scenarios (where some were compared), Checks and About. `base`: its base case,
    worked out where it is not given. OSError where the file cannot be written.
    """
    import xlsxwriter

    base = base_case_of(company, forecast.months) if base is None else base
    sheet, numbers = _laid_out(company, base)
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, _OPTIONS) as workbook:
        workbook.set_properties({"title": f"Runway of {company.company.name}", "created": _CREATED})
        workbook.set_calc_mode("auto")
        formats = Formats(workbook)
        pages = {name: Page(workbook, name, formats=formats) for name in _sheets(compared)}
        numbers.write(pages[inputs.SHEET], company=company, rests=notes.evidence)
        tracing.write_monthly(pages[tracing.SHEET], sheet)
        forecasting.write_forecast(pages[forecasting.SHEET], forecast)
        tracing.chart_cash(pages[forecasting.SHEET], sheet, place=forecasting.THIRD_CHART)
        if compared is not None:
            scenarios.write_scenarios(pages[scenarios.SHEET], compared)
        checks.write_checks(pages[checks.SHEET], sheet, unchanged=numbers.unchanged, forecast=forecast)
        told = replace(notes, digest=notes.digest or fingerprint(company))
        origin = stamp(forecast, told, packages=("XlsxWriter",))
        about.write_about(pages[about.SHEET], sheet, forecast=forecast, stamp=origin)
    if isinstance(target, str | os.PathLike):
        Path(target).write_bytes(buffer.getvalue())
    else:
        target.write(buffer.getvalue())


def _laid_out(company: Company, base: BaseCase) -> tuple[Monthly, inputs.Inputs]:
    """The rows of the base case, and the inputs they refer to: laid out once to see which, then for good."""
    everything = inputs.Inputs(company, base)
    first = monthly_of(base, everything.numbers)
    shown = inputs.Inputs(company, base, used=everything.numbers.used)
    carried = frozenset(row.label for row in first.grid.rows if row.carried)
    return Monthly(base, shown.numbers, carried=carried), shown


def _sheets(compared: Comparison | None) -> list[str]:
    found = [inputs.SHEET, tracing.SHEET, forecasting.SHEET]
    return [*found, *([] if compared is None else [scenarios.SHEET]), checks.SHEET, about.SHEET]
