"""The About sheet: what stands where, what words mean, what was assumed, and how to make the workbook again."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from tarmac.forecast import Forecast
from tarmac.report.workbook.checks import OVERALL
from tarmac.report.workbook.grid import Row
from tarmac.report.workbook.monthly import Monthly
from tarmac.report.workbook.page import GREY, INPUT_BLUE, LIGHT, Page, lines_of

SHEET: Final = "About"
_NAME_WIDTH, _TEXT_WIDTH = 40, 110

Part = tuple[str, tuple[tuple[str, str], ...]]
"""A heading, and below it names and what is said of each."""

_SHEETS: Final = (
    ("Inputs", "Every number of the company file: base value (blue), range, meaning, what it rests on."),
    ("Monthly", "The base case month by month, as formulas on Inputs: lines, cash, profit and loss, balance sheet."),
    ("Forecast", "The Monte Carlo forecast, as values: when money runs out, how likely, how much is needed."),
    ("Scenarios", "The company under scenarios, side by side, as values; only where scenarios were compared."),
    ("Checks", "What must hold, each as a formula; what the engine says of the base case, month by month."),
)
_BASE_CASE: Final = (
    ("uncertain numbers", "Each at its median, rounded to 12 digits: half of the draws of the forecast lie below it."),
    ("months", "None differs from the trend: no volatility, no noise, no market, no second state of a price."),
    ("events", "None happens."),
    (
        "money from outside",
        "Comes only where it is certain; every other attempt fails when decided on. Type money into Monthly to see.",
    ),
    (
        "customers, contracts",
        "A named customer leaves in the month by which that is as likely as not; a contract likelier signed is signed.",
    ),
    (
        "facts",
        "Of a calibrated company: the medians of what facts have taught; rounds are as said above, past ones too.",
    ),
    ("policies", "Act by their own rules, on what they see in the sheet."),
    (
        "why it differs from the forecast",
        "It is one path, and not the median of the forecast. What is likely, and what is needed, stands on Forecast.",
    ),
)
_WORDS: Final = (
    (
        "insolvent",
        "Wages or another due that cannot wait are not paid, or a vendor's patience ends; or as declared.",
    ),
    ("missed a bill", "Something that is due is not paid in full, for the first time."),
    ("past no return", "Cash is below what an orderly end would cost."),
    ("owes more", "Liabilities exceed assets."),
    ("acquired", "The company is sold: the path ends, and is not insolvent."),
    ("profitable", "Operating receipts cover operating payments from here to the horizon."),
    (
        "P10, P50, P90",
        "Of an amount: 10%, 50%, 90% of the paths are below it. Of a clock: it has struck so many by then.",
    ),
    ("extra money", "At the beginning of the first month; lets that share of the paths reach the horizon solvent."),
    ("net burn", "Operating payments less operating receipts; money from outside is left out."),
    ("standard error", "Of the Monte Carlo estimate; more paths make it smaller, and the model no truer."),
)


def write_about(page: Page, monthly: Monthly, *, forecast: Forecast, stamp: Mapping[str, str]) -> None:
    """Fill the sheet. `stamp`: what the workbook was made of, and how."""
    formats = page.formats
    page.text((0, 0), f"About: {forecast.company}", look=formats.title())
    page.text((1, 0), "All checks hold:", look=formats(bold=True))
    page.formula((1, 1), OVERALL, value=True, look=formats(bold=True, align="left"))
    write_parts(page, _parts(monthly, forecast, stamp=stamp))
    page.finish(forecast.company)


def write_parts(page: Page, parts: Iterable[Part]) -> None:
    """Write parts below the title, each under a heading."""
    formats, row = page.formats, 3
    for title, pairs in parts:
        page.section(row, title, columns=2)
        for name, text in pairs:
            row += 1
            page.text((row, 0), name, look=formats(valign="top", text_wrap=True, **_COLOURS.get(name, {})))
            page.text((row, 1), text, look=formats(valign="top", text_wrap=True))
            page.high(row, max(lines_of(name, _NAME_WIDTH), lines_of(text, _TEXT_WIDTH)))
        row += 2
    page.sheet.set_column(0, 0, _NAME_WIDTH)
    page.sheet.set_column(1, 1, _TEXT_WIDTH)


_COLOURS: Final[dict[str, dict[str, str]]] = {
    "blue": {"font_color": INPUT_BLUE},
    "grey": {"font_color": GREY, "bg_color": LIGHT},
}
_LEGEND: Final = (
    ("blue", "A number that may be changed: a base value on Inputs, or money from outside on Monthly."),
    ("black", "A formula."),
    ("grey", "Carried from the engine, or a number that the formulas do not use."),
)


def _parts(monthly: Monthly, forecast: Forecast, *, stamp: Mapping[str, str]) -> Iterator[Part]:
    yield "Sheets", _SHEETS
    yield "Colours", _LEGEND
    yield "The base case of Monthly", _BASE_CASE
    yield "Rows of Monthly that are carried from the engine", _carried(monthly)
    yield "Words", _WORDS
    yield "What the forecast assumes", tuple((str(number), text) for number, text in enumerate(forecast.origin.text, 1))
    yield "Where it comes from", tuple(stamp.items())


def _carried(monthly: Monthly) -> tuple[tuple[str, str], ...]:
    rows = [row for row in monthly.grid.rows if row.carried]
    found = tuple((row.label, row.look.note or _why(row)) for row in rows)
    return found or (("none", "Every row is a formula."),)


def _why(row: Row) -> str:
    if row.label.endswith("has failed"):
        return "Whether an attempt to raise money has failed by a month's end; policies look at it."
    return "What the engine does here has no formula in this workbook; its monthly values do not follow Inputs."
