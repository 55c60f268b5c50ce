"""A formula and its value say the same."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tarmac.report.workbook.cells import (
    Cell,
    all_of,
    any_of,
    cell,
    choose,
    exceeds,
    least,
    most,
    product,
    short_of,
    total,
    until_even,
    whole,
)
from tarmac.report.workbook.grid import Grid, column_name

A, B, C = Cell("A1", 7.0), Cell("B1", 3.0), Cell("C1", -2.0)
PLACES = {"A1": A.value, "B1": B.value, "C1": C.value}
FUNCTIONS: dict[str, object] = {
    "MIN": min,
    "MAX": max,
    "IF": lambda condition, one, other: one if condition else other,
    "AND": lambda *conditions: all(conditions),
    "OR": lambda *conditions: any(conditions),
    "INT": math.floor,
    "LN": math.log,
}


def evaluated(formula: Cell) -> float:
    """The formula as Python reads it: its operators and precedence are those of a spreadsheet."""
    return float(eval(formula.text, {"__builtins__": {}}, FUNCTIONS | PLACES))


def formulas() -> st.SearchStrategy[Cell]:
    leaves = st.sampled_from([A, B, C]) | st.integers(-9, 9).map(cell) | st.sampled_from([0.5, 2.25]).map(cell)

    def grown(inner: st.SearchStrategy[Cell]) -> st.SearchStrategy[Cell]:
        pairs = st.tuples(inner, inner)
        return st.one_of(
            pairs.map(lambda pair: pair[0] + pair[1]),
            pairs.map(lambda pair: pair[0] - pair[1]),
            pairs.map(lambda pair: pair[0] * pair[1]),
            inner.map(lambda one: one / 4),
            inner.map(lambda one: 1 - one),
            pairs.map(lambda pair: least(*pair)),
            pairs.map(lambda pair: most(0, *pair)),
            pairs.map(lambda pair: choose(pair[0] < pair[1], then=pair[0], otherwise=pair[1])),
            pairs.map(lambda pair: choose(all_of(pair[0] > 0, exceeds(*pair)), then=1, otherwise=0)),
            pairs.map(lambda pair: choose(any_of(pair[0] >= pair[1], short_of(*pair)), then=2, otherwise=3)),
            inner.map(whole),
        )

    return st.recursive(leaves, grown, max_leaves=12)


@given(formulas())
def test_a_formula_comes_to_its_value(formula: Cell) -> None:
    assert evaluated(formula) == pytest.approx(formula.value, rel=1e-12, abs=1e-9)


def test_parentheses_stand_only_where_they_are_needed() -> None:
    assert (A * (B + C)).text == "A1*(B1+C1)"
    assert (A - (B - C)).text == "A1-(B1-C1)"
    assert (A * B + C).text == "A1*B1+C1"
    assert (A / (B * C)).text == "A1/(B1*C1)"
    assert (A * cell(-2)).text == "A1*(-2)"


def test_sums_and_products_leave_nothing_out() -> None:
    assert total([A, B, C]).value == 8
    assert total([]).text == "0"
    assert product([A, B]).text == "A1*B1"


@pytest.mark.parametrize(("chance", "months"), [(0, 9999), (1, 0), (0.5, 1), (0.2, 3), (0.01, 68)])
def test_months_until_as_likely_as_not(chance: float, months: int) -> None:
    assert until_even(cell(chance)).value == months


def test_columns_have_letters() -> None:
    assert [column_name(number) for number in (0, 25, 26, 701, 702)] == ["A", "Z", "AA", "ZZ", "AAA"]


def test_a_row_that_is_not_what_the_engine_says_is_found() -> None:
    import numpy as np

    grid = Grid(frozenset())
    early, late = (grid.row(name, engine=np.array([1.0, 2.0, 3.0])) for name in ("late", "early"))
    for month, value in enumerate((1.0, 2.0, 3.01)):
        early.put(month, value)
    assert grid.rows[1] is late
    for month, value in enumerate((1.0, math.nan, 3.0)):
        late.put(month, value)
    assert grid.first_difference() is late
    for month in range(3):
        late.put(month, month + 1.003)
    assert grid.first_difference() is early
