"""The sheets Correlation and Concentration: which companies fail together, and what makes them."""

from typing import Final

from tarmac.portfolio.result import PortfolioForecast
from tarmac.report.portfolio import (
    TOO_MANY,
    concentration_in_words,
    correlation_in_words,
    shared_in_words,
    worse_and_better,
)
from tarmac.report.style import BLUE, VERMILLION
from tarmac.report.words import short
from tarmac.report.workbook.page import Page, lines_of
from tarmac.report.workbook.portfolio.heading import HEAD, Values, finish, write_heading, write_row

_NAME: Final = 30
"""Signs of a company's name above a column."""

MATRIX: Final = 100
"""Companies up to which every pair has a cell: of more, nobody can read them, and they cost time and memory."""

_KINDS: Final = ("whole", "share", "share", "cents", "plain", "cents", "plain", "share", "whole", "share")
_HEADS: Final = (
    "driver", "companies that have it", "explains of the variance", "standard error", "fail where it goes badly, mean",
    "that is", "fail where it goes well, mean", "that is", "paths on which it goes badly", "the tail: at least fail",
    "of the tail, where it goes badly",
)  # fmt: skip


def write_correlation(page: Page, found: PortfolioForecast) -> None:
    """Fill the sheet Correlation: of having failed by the horizon (phi), of every two of at most MATRIX companies."""
    sentences = [*correlation_in_words(found)]
    matrix = found.correlation
    if matrix is None:
        sentences.append(TOO_MANY)
    elif len(matrix) > MATRIX:
        matrix = None
        sentences.append(
            f"Pairs of more than {MATRIX} companies are not laid out here: tarmac portfolio --out DIR writes them all "
            "as CSV, tarmac portfolio --json as JSON."
        )
    end = found.month_label(found.months - 1)
    note = f"Correlation (phi) of having failed by {end}; empty where a company always or never fails."
    write_heading(page, found, what="Correlation", note=note)
    page.text((3, 0), " ".join(sentences), look=page.formats(bold=True))
    if matrix is not None:
        names = [item.name for item in found.standings]
        page.heads(HEAD, ["company"])
        for place, name in enumerate(names, start=1):
            page.text((HEAD, place), short(name, _NAME), look=page.formats.head(rotation=90, align="center"))
            page.text((HEAD + place, 0), name)
            write_row(page, HEAD + place, values=matrix[place - 1].tolist(), kinds=["signed"] * len(names))
        page.high(HEAD, 14)
        last = (HEAD + len(names), len(names))
        page.shade((HEAD + 1, 1), last, colours=(BLUE, "#FFFFFF", VERMILLION), ends=(-1.0, 1.0))
        page.sheet.set_column(1, len(names), 5.5)
    finish(page, found)


def write_concentration(page: Page, found: PortfolioForecast) -> None:
    """Fill the sheet Concentration: what each common driver explains of the number that fail."""
    note = "What each driver that companies share explains of the variance of the number that fail by the horizon."
    write_heading(page, found, what="Concentration", note=note)
    page.heads(HEAD, _HEADS, right=1, lines=4)
    row = HEAD
    for row, item in enumerate(found.concentrations, start=HEAD + 1):
        page.text((row, 0), item.name)
        worst, best = worse_and_better(item)
        explains = (float(item.companies), item.explains, item.standard_error)
        goes = (item.worst, worst, item.best, None if item.best is None else best)
        values: Values = [*explains, *goes, item.worst_paths / item.paths, float(item.tail_from), item.tail]
        write_row(page, row, values=values, kinds=_KINDS)
    for place, sentence in enumerate([shared_in_words(found), *concentration_in_words(found)], start=row + 2):
        page.sheet.merge_range(place, 0, place, len(_HEADS) - 1, "")
        page.text((place, 0), sentence, look=page.formats(text_wrap=True, valign="top"))
        page.high(place, lines_of(sentence, 190))
    page.sheet.set_column(1, len(_HEADS) - 1, 15)
    finish(page, found)
