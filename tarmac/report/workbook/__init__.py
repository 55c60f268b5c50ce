"""The workbook of a forecast: the base case as live formulas a reader can trace, the Monte Carlo forecast as values."""

import datetime
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib.metadata import PackageNotFoundError, version
from platform import python_version
from typing import IO, Final

from tarmac.basecase import BaseCase, base_case_of
from tarmac.company import Company
from tarmac.company.calibrated import fingerprint
from tarmac.comparing import Comparison
from tarmac.forecast import Forecast
from tarmac.report.words import told_in
from tarmac.report.workbook import about, checks, forecasting, inputs, scenarios, tracing
from tarmac.report.workbook.monthly import Monthly, monthly_of
from tarmac.report.workbook.page import Formats, Page

__all__ = ["Notes", "write_workbook"]

_PACKAGES: Final = ("tarmac-runway", "numpy", "scipy", "XlsxWriter")
_CREATED: Final = datetime.datetime(2000, 1, 1)  # noqa: DTZ001  (a file that is the same bytes tells no time)
_OPTIONS: Final = {
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
    "in_memory": True,
    "nan_inf_to_errors": False,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Notes:
    """What the workbook says of itself.

    `command`: how it was made, as it is typed; `evidence`: what numbers rest on, by key path ("revenue.api.growth");
    `digest`: that of the company as it was run, worked out where it is not given.
    """

    command: str = ""
    evidence: Mapping[str, str] = field(default_factory=dict)
    digest: str = ""


def write_workbook(
    target: str | os.PathLike[str] | IO[bytes],
    company: Company,
    *,
    forecast: Forecast,
    base: BaseCase | None = None,
    compared: Comparison | None = None,
    notes: Notes = Notes(),
) -> None:
    """Write the workbook of a forecast to a path or a binary file: the same inputs give the same bytes.

    `company`: as it was run, after its scenarios. Sheets: Inputs, Monthly (the base case as formulas on Inputs, with
    the values they come to), Forecast, Scenarios (where some were compared), Checks and About. `base`: its base case,
    worked out where it is not given. OSError where the file cannot be written.
    """
    import xlsxwriter

    base = base_case_of(company, forecast.months) if base is None else base
    sheet, numbers = _laid_out(company, base)
    with xlsxwriter.Workbook(target, _OPTIONS) as workbook:
        workbook.set_properties({"title": f"Runway of {company.company.name}", "created": _CREATED})
        workbook.set_calc_mode("auto")
        formats = Formats(workbook)
        pages = {name: Page(workbook, name, formats=formats) for name in _sheets(compared)}
        numbers.write(pages[inputs.SHEET], company=company, rests=notes.evidence)
        tracing.write_monthly(pages[tracing.SHEET], sheet)
        forecasting.write_forecast(pages[forecasting.SHEET], forecast)
        if compared is not None:
            scenarios.write_scenarios(pages[scenarios.SHEET], compared)
        checks.write_checks(pages[checks.SHEET], sheet, unchanged=numbers.unchanged, forecast=forecast)
        stamp = _stamp(company, forecast, notes=notes)
        about.write_about(pages[about.SHEET], sheet, forecast=forecast, stamp=stamp)


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


def _stamp(company: Company, forecast: Forecast, *, notes: Notes) -> dict[str, str]:
    """Enough to make the workbook again, and to know whether it is the same."""
    origin = forecast.origin
    return {
        "company": origin.company,
        "file": origin.file,
        "model digest": notes.digest or fingerprint(company),
        "scenarios": ", ".join(origin.scenarios) or "none",
        "seed": str(origin.seed),
        "paths": f"{forecast.paths:,}",
        "months": f"{origin.months} from {origin.first_month.label}",
        "amounts on Forecast": told_in(forecast),
        "amounts on Monthly": company.company.currency,
        "versions": ", ".join([f"python {python_version()}", *map(_versioned, _PACKAGES)]),
        "command": notes.command or "not known",
    }


def _versioned(package: str) -> str:
    try:
        return f"{package} {version(package)}"
    except PackageNotFoundError:
        return f"{package} (not installed)"
