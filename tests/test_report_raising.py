"""A raise in words and pictures: nothing is too wide, overlaps or is cut off, and tables hold what is drawn."""

from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from matplotlib.text import Text

from tarmac import load
from tarmac.engine.block import Job
from tarmac.layout import plan_of
from tarmac.measures import Loss
from tarmac.raising import Raise, attempt_of, raising, savings
from tarmac.report.raising import WIDTH, lost_in_words, raise_text
from tarmac.report.raising_charts import instead_table, need_curve, raise_figure, save_raise, start_map, start_table


@cache
def found(name: str = "ai-lab") -> Raise:
    subject = load(name)
    job = Job(plan_of(subject), 7, 24, 1_000)
    return raising(subject, job=job, confidence=0.9, attempt=attempt_of(subject), instead=savings(subject)[:2])


def flat(result: Raise) -> str:
    return " ".join(raise_text(result).split())


def test_the_screen_says_price_and_what_else_there_is() -> None:
    text = raise_text(found())
    assert all(len(line) <= WIDTH for line in text.splitlines())
    assert "At the valuation of round.series A it buys" in flat(found())
    assert "founders and staff go from 65% to" in flat(found())
    assert "(P50, P5 to P95)" in flat(found())
    rows = [line for line in text.splitlines() if line.startswith(("as it is", "hiring-freeze", "cut-compute-20"))]
    assert len(rows) == 3
    assert "(-$" in rows[1]


def test_what_is_not_known_is_said() -> None:
    bare = replace(
        found(), dilution=None, attempt=replace(found().attempt, takes=0, price={}, source="nothing: at once")
    )
    assert "No valuation is known" in flat(bare)
    assert "the money comes at once" in flat(bare)
    assert "a round before it has neither pre_money nor sold" in flat(replace(found(), dilution=None))


def test_losses_are_told_by_when_and_why() -> None:
    paths = found().need.paths
    losses = (Loss("early", "vendor", 50), Loss("early", "obligation", 90), Loss("most", "cash", 20))
    need = replace(found().need, losses=losses, hopeless=160)
    words = lost_in_words(replace(found(), need=need, at=3))
    assert paths == 1_000
    assert words.startswith("Lost to any amount: 12±3% before")
    assert "before the money comes in Apr 2027 (8±2% " in words
    assert words.index("wages, a lender or a tax unpaid") < words.index("a vendor waited no longer")
    assert words.endswith("with the most that was tried (cash did not cover what was due)")
    reacting = replace(found().need, losses=(Loss("reactions", "", 100),), hopeless=100)
    assert "is not done with more" in lost_in_words(replace(found(), need=reacting))
    assert not lost_in_words(replace(found(), need=replace(need, losses=(), hopeless=0)))


@pytest.mark.parametrize("size", ["slide", "document", "social", "square"])
def test_no_text_leaves_the_picture_or_lies_on_another(size: str) -> None:
    figure = raise_figure(found(), size)
    figure.draw_without_rendering()
    page = figure.bbox
    texts = [text for text in figure.findobj(Text) if text.get_text().strip() and text.get_visible()]
    boxes = [(text.get_text(), text.get_window_extent()) for text in texts]
    inside = [box for _, box in boxes if box.x1 > 0 and box.x0 < page.x1 and box.y1 > 0 and box.y0 < page.y1]
    assert len(inside) > 40
    assert all(box.x0 >= -1 and box.x1 <= page.x1 + 1 and box.y0 >= -1 and box.y1 <= page.y1 + 1 for box in inside)
    apart = [(a, b) for place, (a, one) in enumerate(boxes) for b, two in boxes[:place] if one.overlaps(two)]
    assert not apart


def test_the_map_borders_cells_that_reach_a_level() -> None:
    from matplotlib.figure import Figure

    share = np.array([[0.5, 0.85, 0.96], [0.5, 0.7, 0.85]])
    result = replace(found(), survives=(1_000 * share).astype(int), tried=1_000, starts=(0, 1), amounts=(1.0, 2.0, 3.0))
    axes = start_map(result, Figure().subplots())
    legend = axes.get_legend()
    assert legend is not None
    assert [text.get_text() for text in legend.get_texts()] == ["80%", "90%", "95%"]
    lines = [len(item.get_segments()) for item in axes.collections]  # type: ignore[attr-defined]
    assert lines == [2, 2, 3]  # 95% and 90%: two sides of one cell; 80%: three sides of three


def test_tables_hold_what_is_drawn() -> None:
    result = found()
    assert start_table(result).to_numpy() == pytest.approx(result.survives / result.tried)
    table = instead_table(result)
    assert list(table.index) == ["as-it-is", "hiring-freeze", "cut-compute-20"]
    assert table.loc["hiring-freeze", "difference"] == result.alternatives[1].difference
    assert table.loc["as-it-is", ["difference", "low", "high"]].isna().all()


def test_where_no_amount_does_there_is_a_picture_still(tmp_path: Path) -> None:
    from matplotlib.figure import Figure

    empty = found().need.histogram
    hopeless = replace(found().need, histogram=replace(empty, counts=0 * empty.counts), hopeless=1_000)
    result = replace(found(), need=hopeless, dilution=None)
    assert need_curve(result, Figure().subplots()).get_xlim()[0] == 0
    path = tmp_path / "raise.png"
    save_raise(raise_figure(result), path, found=result)
    assert path.stat().st_size > 10_000


def test_where_nothing_is_needed_no_amounts_are_made_up() -> None:
    subject = load("saas-seed")
    result = raising(subject, job=Job(plan_of(subject), 7, 6, 200), confidence=0.9, attempt=attempt_of(subject))
    assert result.amounts == ()
    assert result.survives.shape == (len(result.starts), 0)
    assert "by start and amount" not in raise_text(result)
    assert "nothing is needed: >98% get there" in flat(result)
    assert len(raise_figure(result).axes) == len(raise_figure(found()).axes) - 1


def test_no_cell_of_the_map_is_certain() -> None:
    from matplotlib.figure import Figure

    result = replace(found(), survives=np.array([[0, 500, 1_000]]), tried=1_000, starts=(0,), amounts=(1.0, 2.0, 3.0))
    assert [text.get_text() for text in start_map(result, Figure().subplots()).texts] == ["<0.1%", "50%", ">99.9%"]
