"""The workbook of a forecast: the base case as live formulas a reader can trace, the Monte Carlo forecast as values."""

from dataclasses import replace

from tarmac.basecase import BaseCase, base_case_of
from tarmac.company import Company
from tarmac.company.calibrated import fingerprint
from tarmac.comparing import Comparison
from tarmac.forecast import Forecast
from tarmac.report.stamp import NO_NOTES, Notes, stamp
from tarmac.report.workbook import about, checks, forecasting, inputs, scenarios, tracing
from tarmac.report.workbook.book import Target, pages_of
from tarmac.report.workbook.monthly import Monthly, monthly_of

__all__ = ["Notes", "write_workbook"]


def write_workbook(
    target: Target,
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
    base = base_case_of(company, forecast.months) if base is None else base
    sheet, numbers = _laid_out(company, base)
    with pages_of(target, _sheets(compared), title=f"Runway of {company.company.name}") as pages:
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
