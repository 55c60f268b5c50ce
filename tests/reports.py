"""A small report, made once for all tests that read one, and a page of it taken apart."""

from dataclasses import dataclass, field, replace
from functools import cache
from html.parser import HTMLParser
from typing import Final

import tarmac
from tarmac.dossier import Dossier, dossier_of
from tarmac.portfolio import PortfolioForecast, look_ahead
from tarmac.portfolio.defaults import load_defaults
from tarmac.report.building import report_of, wanted_by
from tarmac.report.layouts import Layout, load_layout
from tarmac.report.pages import html_page
from tarmac.report.parts import Report
from tarmac.report.portfolio_building import portfolio_report
from tarmac.report.sections.held import Origin
from tests.holdings import burning, held, struck, uncertain

COMMAND: Final = "tarmac report ai-lab --seed 7"
MONTHS: Final = 18
_VOID: Final = {"meta", "link", "br", "hr", "img", "input"}


@cache
def dossier(company: str = "ai-lab", layout: str = "board") -> Dossier:
    """What a report tells of, on few paths."""
    model = tarmac.load(company)
    forecast = tarmac.simulate(model, months=MONTHS, paths=300, seed=7)
    return dossier_of(model, forecast, wanted=wanted_by(load_layout(layout)))


@cache
def report(company: str = "ai-lab", layout: str = "board") -> Report:
    """The report of it."""
    return report_of(dossier(company, layout), load_layout(layout), command=COMMAND)


@cache
def page(company: str = "ai-lab", layout: str = "board") -> str:
    """Its page."""
    return html_page(report(company, layout), load_layout(layout))


def of_layout(layout: Layout, company: str = "ai-lab") -> Report:
    """A report in a layout that stands in no file."""
    return report_of(dossier(company), layout, command=COMMAND)


NASTY: Final = '"x" =HYPERLINK("http://x","y") & | {{ 7 }} $_^'
HOSTILE: Final = '<script>alert(1)</script> "x" =HYPERLINK("http://x","y") & | *b* [x](y)'


@cache
def many() -> PortfolioForecast:
    """A portfolio on few paths: companies that share a market and a price, one sure to fail, one of a hostile name."""
    companies = [uncertain("a", market=0.3), uncertain("b", market=0.3), burning("doomed", cash=30, burn=10)]
    portfolio = held(*companies, struck(NASTY, rate=0.02), stake=0.2)
    return look_ahead(replace(portfolio, name=HOSTILE), common=["price.cloud"], months=18, paths=400, seed=7)


@cache
def of_many() -> Report:
    """The report on it."""
    defaults, _ = load_defaults()
    origin = Origin("fund.csv", "tarmac report fund.csv --seed 7", defaults, {"revenue.growth": "A month."})
    return portfolio_report(many(), load_layout("portfolio"), origin=origin)


@cache
def page_of_many() -> str:
    """Its page."""
    return html_page(of_many(), load_layout("portfolio"))


@dataclass
class Element:
    """An element of a page: its tag, its attributes, the elements it stands in, and the text right in it."""

    tag: str
    attributes: dict[str, str]
    inside: tuple[str, ...]
    text: str = ""


@dataclass
class Taken(HTMLParser):
    """A page taken apart; the elements that were never closed, or closed in the wrong place, are `wrong`."""

    elements: list[Element] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    open: list[Element] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = Element(tag, {key: value or "" for key, value in attrs}, tuple(item.tag for item in self.open))
        self.elements.append(element)
        if tag not in _VOID:
            self.open.append(element)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in _VOID:
            self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        if self.open and self.open[-1].tag == tag:
            self.open.pop()
        else:
            self.wrong.append(tag)

    def handle_data(self, data: str) -> None:
        if self.open:
            self.open[-1].text += data

    def all(self, tag: str) -> list[Element]:
        """The elements with a tag, in order."""
        return [element for element in self.elements if element.tag == tag]


def taken_apart(page_text: str) -> Taken:
    """A page taken apart."""
    found = Taken()
    found.feed(page_text)
    found.close()
    found.wrong += [element.tag for element in found.open]
    return found
