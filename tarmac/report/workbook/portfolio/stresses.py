"""The sheet Stresses: how many fail under each common shock, and each company under it."""

import numpy as np

from tarmac.portfolio.counting import count_at, mean_count, variance_of_count
from tarmac.portfolio.result import YEAR, PortfolioForecast
from tarmac.report.portfolio import STRESS_NAMES, most_error
from tarmac.report.words import counted, short
from tarmac.report.workbook.page import Page
from tarmac.report.workbook.portfolio.heading import HEAD, NAME_WIDTH, SHADES, finish, write_heading, write_row


def write_stresses(page: Page, found: PortfolioForecast) -> None:
    """Fill the sheet."""
    fewer = found.stresses[0].outcome.paths if found.stresses else found.paths
    note = (
        f"A shock hits every company that it fits, on the first {counted(fewer, 'path')} of the run; the others are as "
        "they are, and their cells stay empty."
    )
    write_heading(page, found, what="Stresses", note=note)
    _together(page, found)
    row = HEAD + len(found.stresses) + 4
    names = [STRESS_NAMES.get(item.name, short(item.name, 24)) for item in found.stresses]
    by = found.month_label(min(YEAR, found.months) - 1)
    error = f"Each company: insolvent by {by}. 95% Monte Carlo error: {most_error(fewer)} in any cell."
    page.text((row - 1, 0), error, look=page.formats(bold=True))
    page.heads(row, ["company", "as it is", *names], right=1, lines=2)
    for place, item in enumerate(found.ranked, start=row + 1):
        page.text((place, 0), item.name)
        chances: list[float | None] = [float(item.clock.probability[min(YEAR, found.months) - 1])]
        for stress in found.stresses:
            count = found.stress(item, stress)
            chances.append(None if count is None else count / stress.outcome.paths)
        write_row(page, place, values=chances, kinds=["share"] * len(chances))
    last = (row + len(found.standings), 1 + len(found.stresses))
    page.shade((row + 1, 1), last, colours=SHADES, ends=(0.0, 1.0))
    page.sheet.set_column(1, 8, 12)
    page.sheet.set_column(0, 0, NAME_WIDTH + 8)
    finish(page, found, row=None)


def _together(page: Page, found: PortfolioForecast) -> None:
    """A row for each shock: how many fail under it, and on the same paths as they are."""
    end = found.month_label(found.months - 1)
    heads = ["shock", "companies it fits", f"fail by {end}, mean", "standard error", "P90"]
    heads += ["as it is, mean", "as it is, P90"]
    page.heads(HEAD, heads, right=1, lines=3)
    for row, stress in enumerate(found.stresses, start=HEAD + 1):
        many, base = stress.outcome.many, stress.base.many
        name = STRESS_NAMES.get(stress.name, stress.name)
        page.text((row, 0), f"{short(name, 24)}: {short(stress.title, 80)}", look=page.formats(text_wrap=True))
        page.high(row, 2)
        error = float(np.sqrt(variance_of_count(many) / many.sum()))
        values = [float(len(stress.places)), mean_count(many), error, float(count_at(many, 0.9))]
        values += [mean_count(base), float(count_at(base, 0.9))]
        write_row(page, row, values=values, kinds=["whole", "cents", "cents", "whole", "cents", "whole"])
