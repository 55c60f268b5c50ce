"""What was learnt on the screen and as a picture."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from tarmac.learning import learn
from tarmac.library import load_actuals
from tarmac.report.learning import learnt_figure, learnt_table, learnt_text, save_learnt
from tests.test_learning import actuals

FOUND = learn(load_actuals("actuals-example"), "Example")


def ahead() -> pd.DataFrame:
    """A table as `fit.year` makes it."""
    months = [str(FOUND.first_month + month) for month in range(12)]
    names = ("revenue earned", "cash")
    columns = {(name, level): np.full(12, 1e5) for name in names for level in ("p5", "median", "p95")}
    return pd.DataFrame(columns, index=pd.Index(months, name="month"))


def test_every_estimate_stands_in_the_table_with_its_error() -> None:
    text = learnt_text(FOUND)
    for section in FOUND.sections:
        for entry in section.entries:
            assert entry.what in text
    [row] = [line for line in text.splitlines() if line.startswith("revenue ")]
    assert row.split()[:3] == ["revenue", "level", "$77.7k"]
    assert row.split()[4:6] == ["18", "monthly"]
    assert "The books add up" not in text
    assert "s.e.: standard error" in text


def test_books_that_add_up_are_said_to() -> None:
    text = learnt_text(learn(actuals(), "Books"))
    assert "The books add up" in text
    assert "USD is assumed" in text
    assert all(len(line) <= 100 for line in text.splitlines())


def test_the_table_is_what_is_drawn() -> None:
    table, drawn = learnt_table(FOUND, ahead()), learnt_figure(FOUND, ahead(), seed=1)
    assert len(table) == 18 + 12
    revenue, cash = drawn.axes
    for ax, name in ((revenue, "revenue"), (cash, "cash")):
        model, past = (line.get_ydata() for line in ax.get_lines())
        np.testing.assert_array_equal(past, table[name])
        np.testing.assert_array_equal(model, table[f"{name}_median"])
    assert table["revenue"].iloc[0] == FOUND.actuals.amounts["revenue"][0]
    assert np.isnan(table["revenue"].iloc[-1])


@pytest.mark.parametrize("ending", ["png", "svg", "pdf"])
def test_the_picture_is_kept_with_its_words(ending: str, tmp_path: Path) -> None:
    path = tmp_path / f"learnt.{ending}"
    save_learnt(learnt_figure(FOUND, ahead(), seed=1), path, found=FOUND)
    assert b"18 months of actuals" in path.read_bytes()
