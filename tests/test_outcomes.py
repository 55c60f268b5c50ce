"""Files of outcomes: what stands in the shipped ones, and every mistake of a file at once."""

from pathlib import Path

import numpy as np
import pytest

from tarmac.errors import InputError
from tarmac.library import load_outcomes
from tarmac.outcomes import (
    CENSORED,
    EVENTS,
    RATIO_COLUMNS,
    SNAPSHOT_COLUMNS,
    Ratios,
    Snapshot,
    is_ratios,
    ratios_from,
    ratios_from_arff,
    snapshots_from,
)

SHELF = Path(__file__).parents[1] / "seeds" / "outcomes"
HEAD = ",".join(SNAPSHOT_COLUMNS)
GOOD = "Acme,2023-01-31,12000000,2000000,EUR,insolvent,2023-09-30,its accounts,"
ARFF = """@relation firms
@attribute Attr2 numeric
@attribute Attr26 numeric
@attribute Attr40 numeric
@attribute Attr51 numeric
@attribute class {0,1}
@data
"""


def read(*rows: str) -> tuple[Snapshot, ...]:
    return snapshots_from("\n".join([HEAD, *rows]) + "\n", "mine.csv")


def mistakes(*rows: str) -> list[tuple[str, str]]:
    with pytest.raises(InputError) as caught:
        read(*rows)
    return [(problem.where, problem.rule) for problem in caught.value.problems]


def test_a_snapshot_in_its_own_units() -> None:
    [found] = read(GOOD)
    assert found.event
    assert found.runway == 6
    assert found.months == pytest.approx(242 / 30.4375)
    assert found.left_out == ""


@pytest.mark.parametrize("word", [*EVENTS, *CENSORED])
def test_what_counts_as_an_end(word: str) -> None:
    [found] = read(GOOD.replace("insolvent", word))
    assert found.event == (word in ("insolvent", "closed"))


@pytest.mark.parametrize(
    ("row", "because"),
    [
        (GOOD.replace(",2000000", ","), "its burn is not known"),
        (GOOD.replace(",2000000", ",-2000000"), "it was not burning cash"),
        (GOOD.replace(",2000000", ",0"), "it was not burning cash"),
        (GOOD.replace("12000000", ""), "its cash is not known"),
        (GOOD.replace("2023-01-31", "2023-09-30"), "it ended on the day of the snapshot"),
    ],
)
def test_what_cannot_be_forecast_is_left_out_and_not_refused(row: str, because: str) -> None:
    assert read(row)[0].left_out == because


@pytest.mark.parametrize(
    ("row", "column", "rule"),
    [
        (GOOD.replace("12000000", "12M"), "cash", "plain number"),
        (GOOD.replace("12000000", "nan"), "cash", "plain number"),
        (GOOD.replace("12000000", "-5"), "cash", "not below zero"),
        (GOOD.replace("12000000", "12"), "burn", "unit of cash"),
        (GOOD.replace(",2000000", ",0.5"), "burn", "unit of cash"),
        (GOOD.replace(",2000000", ",1e6"), "burn", "plain number"),
        (GOOD.replace("EUR", "euros"), "currency", "known currency"),
        (GOOD.replace("insolvent", "bankrupt"), "outcome", "known word"),
        (GOOD.replace("2023-09-30", "2022-09-30"), "ended", "not before as_of"),
        (GOOD.replace("2023-09-30", "30.9.2023"), "ended", "a date"),
        (GOOD.replace("2023-09-30", ""), "ended", "a date"),
        (GOOD.replace("2023-01-31", "2023-02-30"), "as_of", "a date"),
        (GOOD.replace("2023-01-31", "0001-02-03"), "as_of", "a date"),
        (GOOD.replace("Acme", ""), "company", "not empty"),
        (GOOD.replace("its accounts", ""), "document", "not empty"),
        (GOOD.replace("Acme", "Acme "), "company", "spaces"),
        (GOOD + ",more", "company", "9 cells"),
        ("Acme", "company", "9 cells"),
    ],
)
def test_one_mistake_is_named(row: str, column: str, rule: str) -> None:
    [(where, said)] = mistakes(row)
    assert where == f"row 2, {column}"
    assert rule in said


def test_all_mistakes_are_told_at_once() -> None:
    bad = GOOD.replace("EUR", "euros").replace("12000000", "NaN")
    found = mistakes(bad, GOOD, GOOD, GOOD.replace("2023-01-31", "2023-02-28").replace("EUR", "USD"), "x,y")
    assert [where for where, _ in found] == ["row 2, currency", "row 2, cash", "row 6, company", "row 4", "row 5"]
    assert "the only snapshot of 2023-01-31" in found[3][1]
    assert "the currency of row 3" in found[4][1]


def test_a_company_ends_once() -> None:
    later = GOOD.replace("2023-01-31", "2023-02-28").replace("2023-09-30", "2023-10-31")
    assert "ends once" in mistakes(GOOD, later)[0][1]
    assert len(read(GOOD, later.replace("insolvent", "alive"))) == 2


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("", "header line"),
        ("a,b\n1,2\n", "header line"),
        (HEAD.replace("burn,", "") + "\n", "header line"),
        (f"{HEAD}\n", "at least one snapshot"),
        (f'{HEAD}\n"Acme,2023', "is CSV"),
        ('{"company": "Acme"}', "header line"),
    ],
)
def test_what_is_no_file_of_snapshots(text: str, rule: str) -> None:
    with pytest.raises(InputError, match=rule):
        snapshots_from(text, "mine.csv")


def test_the_shipped_snapshots() -> None:
    found = load_outcomes("snapshots")
    assert isinstance(found, tuple)
    told = [item for item in found if not item.left_out]
    assert len(found) == 20
    assert len(told) == 12
    assert {item.event for item in told} == {True, False}
    assert [item.runway for item in told if item.company == "Virgin Orbit"] == pytest.approx([4.213, 4.3025], abs=1e-3)


def test_the_shipped_firms() -> None:
    found = load_outcomes("polish-firms")
    assert isinstance(found, Ratios)
    assert len(found.cash) == 6_914
    assert int(found.bankrupt.sum()) == 271
    assert int(found.burning.sum()) == 487
    assert int((found.bankrupt & found.burning).sum()) == 60
    assert (SHELF / "polish-firms.csv").stat().st_size < 300_000


def firms(count: int, *, bankrupt: int) -> str:
    rows = [f"0.1,-0.2,{int(number < bankrupt)}" for number in range(count)]
    return "\n".join([",".join(RATIO_COLUMNS), *rows]) + "\n"


def test_runway_of_a_firm() -> None:
    found = ratios_from(firms(60, bankrupt=30).replace("0.1,-0.2,0", "0.1,0.2,0", 1), "firms.csv")
    assert np.unique(found.runway).tolist() == pytest.approx([6, np.inf])
    assert int(found.burning.sum()) == 59


@pytest.mark.parametrize(
    ("text", "where", "rule"),
    [
        (firms(60, bankrupt=30).replace("-0.2,0", "x,0", 1), "row 32, flow_to_assets", "plain number"),
        (firms(60, bankrupt=30).replace("-0.2,0", ",0", 1), "row 32, flow_to_assets", "plain number"),
        (firms(60, bankrupt=30).replace("-0.2,0", "-0.2,yes", 1), "row 32, bankrupt", "0"),
        (firms(60, bankrupt=30).replace("-0.2,0", "-0.2", 1), "row 32, cash_to_assets", "3 cells"),
        (firms(60, bankrupt=3), "the file", "at least 20"),
        (firms(0, bankrupt=0), "the file", "at least 20"),
    ],
)
def test_mistakes_in_a_file_of_ratios(text: str, where: str, rule: str) -> None:
    assert is_ratios(text)
    with pytest.raises(InputError) as caught:
        ratios_from(text, "firms.csv")
    assert caught.value.problems[0].where == where
    assert rule in caught.value.problems[0].rule


def test_the_table_of_polish_firms_as_it_is_published() -> None:
    """cash = 0.5 x 0.4, flow = -1 x 0.3; a firm without a ratio is left out and counted."""
    rows = ["0.3,-1,0.5,0.4,1"] * 25 + ["0.3,-1,0.5,0.4,0"] * 25 + ["?,-1,0.5,0.4,0"]
    found = ratios_from_arff(ARFF + "\n".join(rows) + "\n", "firms.arff")
    assert found.cash.tolist() == pytest.approx([0.2] * 50)
    assert found.flow.tolist() == pytest.approx([-0.3] * 50)
    assert int(found.bankrupt.sum()) == 25
    assert found.missing == 1


@pytest.mark.parametrize(
    ("text", "rule"),
    [("", "ARFF"), ("no such thing", "ARFF"), (ARFF.replace("Attr26", "Attr27") + "1,1,1,1,0\n", "Attr26")],
)
def test_what_is_no_such_table(text: str, rule: str) -> None:
    with pytest.raises(InputError, match=rule):
        ratios_from_arff(text, "firms.arff")


def test_the_readme_says_what_stands_in_the_files() -> None:
    text = (SHELF.parent / "README.md").read_text("utf-8")
    for word in (*SNAPSHOT_COLUMNS, *RATIO_COLUMNS, *EVENTS, *CENSORED):
        assert f"`{word}`" in text, word
    assert HEAD in text
    assert "CC BY 4.0" in text
