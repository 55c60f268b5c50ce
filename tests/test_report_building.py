"""What stands at the head of a report, and what its sections say, against the findings they are made from."""

from dataclasses import replace

import pytest

import tarmac
from tarmac.company import company_from
from tarmac.dossier import Wanted, dossier_of
from tarmac.money import format_money
from tarmac.report.building import key_figures
from tarmac.report.sections.choosing import levers, scenarios
from tarmac.report.sections.raising import raise_
from tarmac.report.sections.resting import assumptions, facts
from tarmac.report.sections.runway import clocks
from tests.reports import MONTHS, dossier, report


def test_the_key_figures_are_those_of_the_forecast_and_the_raise() -> None:
    found = dossier()
    half, year, amount, begin = key_figures(found)
    assert half.value == "More than 18 months"
    count = int(found.forecast.insolvent.counts[11])
    assert year.name == "Insolvent by Dec 2027"
    assert year.value.startswith("About 1 in" if count else "Less than")
    assert found.raised is not None
    assert found.raised.amount
    assert amount.value == f"{format_money(found.raised.amount, 'USD')} more"
    month = found.raised.begin_by
    assert month is not None
    assert begin.value == ("At any time" if month >= MONTHS else (found.raised.first_month + month).label)


@pytest.mark.parametrize(("opening", "value"), [("100M", "More than 6 months"), ("1k", "Jan 2027")])
def test_certain_ends_are_told_without_certainty(opening: str, value: str) -> None:
    head = {"name": "Sure", "currency": "EUR", "first_month": "2027-01"}
    team = [{"name": "all", "headcount": 10, "cost": "10k"}]
    model = company_from({"company": head, "cash": {"opening": opening}, "team": team}, "sure.toml")
    forecast = tarmac.simulate(model, months=6, paths=200, seed=7)
    half, year, *_ = key_figures(dossier_of(model, forecast, wanted=Wanted()))
    assert half.value == value
    assert year.value == ("Less than 2%" if opening == "100M" else "More than 98%")


def test_clocks_are_told_in_months_and_percent() -> None:
    found = dossier()
    table = clocks(found).tables[0]
    row = next(row for row in table.rows if row[0] == "insolvent")
    tenth = found.forecast.insolvent.month(0.1)
    assert row[1] == ("more than 18 months" if tenth is None else found.forecast.month_name(tenth - 1).label)
    assert row[-1].endswith("%")
    assert len(row) == len(table.heads)


def test_every_row_of_every_table_is_as_wide_as_its_head() -> None:
    for layout in ("board", "investor"):
        for sheet in report(layout=layout).sheets:
            assert {len(row) for row in sheet.rows} <= {len(sheet.heads)}, sheet.name


def test_scenarios_and_levers_are_rows_in_order() -> None:
    found = dossier()
    compared, ranked = scenarios(found), levers(found)
    assert compared is not None
    assert ranked is not None
    names = [row[0] for row in compared.tables[0].rows]
    assert names[0] == "base: as it is"
    assert names[1].startswith("no-new-money: ")
    assert found.ranked is not None
    assert [row[0] for row in ranked.sheets[0].rows] == [item.handle.lever.named() for item in found.ranked.effects]


def test_what_is_not_there_is_said_or_left_out() -> None:
    bare = replace(dossier(), raised=None, compared=None, ranked=None, missing={"raise": "months: it is too late"})
    assert raise_(bare).paragraphs == ("Not worked out: months: it is too late.",)
    assert scenarios(bare) is None
    assert levers(bare) is None
    assert facts(bare) is None


def test_assumptions_stand_beside_what_they_rest_on() -> None:
    found = replace(dossier(), evidence={"cash.opening": "The bank says so."})
    cash, *_ = assumptions(found).tables
    assert cash.heads == ("number", "value", "evidence")
    assert cash.rows[0][0] == "opening"
    assert cash.rows[0][2] == "The bank says so."
