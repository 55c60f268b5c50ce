"""Charts of a portfolio's report: what they draw, and that nothing leaves the picture at either width."""

import itertools
from collections.abc import Callable, Iterator

import numpy as np
import pytest
from matplotlib.figure import Figure
from matplotlib.patches import Polygon, Rectangle
from matplotlib.text import Text

from tarmac.portfolio import PortfolioForecast, look_ahead
from tarmac.report.figure import Size
from tarmac.report.pictures import NARROW, WIDE
from tarmac.report.portfolio import heat_table, quarters_table
from tarmac.report.portfolio_pictures import MOST_ROWS, failures_picture, heat_picture, runway_rows, together_picture
from tarmac.report.sections.watching import watchlist
from tests.holdings import burning, held, struck
from tests.reports import many, of_many

NAMES = ["watchlist", "heatmap", "failures", "failures-together", "reserves"]


def words(figure: Figure) -> Iterator[Text]:
    """Every text that is drawn; ticks beyond the limits of their axis are not."""
    figure.canvas.draw()
    yield from figure.texts
    for axes in figure.axes:
        yield from (axes.title, *axes.texts)
        legend = axes.get_legend()
        yield from [] if legend is None else legend.get_texts()
        for axis in (axes.xaxis, axes.yaxis):
            low, high = sorted(axis.get_view_interval())
            yield from (tick.label1 for tick in axis.get_major_ticks() if low <= tick.get_loc() <= high)


def test_every_chart_is_looked_at() -> None:
    assert [picture.name for picture in of_many().pictures] == NAMES


@pytest.mark.parametrize("form", [WIDE, NARROW], ids=["wide", "narrow"])
@pytest.mark.parametrize("name", NAMES)
def test_no_text_leaves_the_picture_or_lies_on_another(name: str, form: Size) -> None:
    (picture,) = (item for item in of_many().pictures if item.name == name)
    figure = picture.draw(form)
    shown = [item for item in words(figure) if item.get_text().strip() and item.get_visible()]
    boxes = [(item.get_text(), item.get_window_extent()) for item in shown]
    for text, box in boxes:
        assert box.x0 >= -1, text
        assert box.y0 >= -1, text
        assert box.x1 <= figure.bbox.width + 1, text
        assert box.y1 <= figure.bbox.height + 1, text
    for axes in figure.axes:
        whole = axes.get_tightbbox()
        assert whole is not None
        assert whole.x0 >= -1
        assert whole.x1 <= figure.bbox.width + 1
    for (one, first), (other, second) in itertools.combinations(boxes, 2):
        assert not first.padded(-1.5).overlaps(second.padded(-1.5)), f"{one} and {other}"


def test_the_heat_map_draws_its_table() -> None:
    (mesh,) = heat_picture(many(), WIDE).axes[0].collections
    assert np.asarray(mesh.get_array()).ravel() == pytest.approx(heat_table(many()).to_numpy().ravel())


def test_failures_by_quarter_are_those_of_the_table() -> None:
    ax, table = failures_picture(many(), WIDE).axes[0], quarters_table(many())
    columns = ["failures_p50", "failures_p90", "failures_p95", "failures_mean"]
    for line, column in zip(ax.lines, columns, strict=True):
        assert np.asarray(line.get_ydata())[1:] == pytest.approx(table[column].to_numpy())


def test_bars_are_the_chances_of_each_number() -> None:
    ax, counts = together_picture(many(), WIDE).axes[0], many().failures[-1]
    bars = [bar for bar in ax.patches if isinstance(bar, Rectangle)]
    heights = {round(bar.get_x() + bar.get_width() / 2): bar.get_height() for bar in bars}
    assert heights == {number: pytest.approx(counts[number] / counts.sum()) for number in heights}
    assert sum(heights.values()) == pytest.approx(1)


def test_a_company_whose_end_is_certain_has_its_month() -> None:
    ax = runway_rows(many(), WIDE).axes[0]
    assert ax.get_yticklabels()[0].get_text() == "doomed"
    bar = ax.patches[0]
    assert isinstance(bar, Rectangle)
    assert bar.get_x() == 4  # three months are paid for; in the fourth the bill stays open


def test_a_company_that_ends_in_the_last_month_or_beyond_has_a_mark() -> None:
    companies = [burning("last", cash=115, burn=10), struck("open", rate=0.012), burning("lives", cash=999, burn=1)]
    found = look_ahead(held(*companies), months=12, paths=400, seed=3)
    assert [item.clock.month(0.1) for item in found.standings] == [12, 9, None]
    ax = runway_rows(found, WIDE).axes[0]
    bars = {round(bar.get_y() + 0.25): bar for bar in ax.patches if isinstance(bar, Rectangle)}
    rows = {label.get_text(): line for line, label in enumerate(ax.get_yticklabels())}
    last = bars[rows["last"]]
    assert last.get_width() > 0
    assert last.get_x() + last.get_width() == pytest.approx(12)
    (arrow,) = [item for item in ax.patches if not isinstance(item, Rectangle)]
    assert isinstance(arrow, Polygon)
    x, y = np.asarray(arrow.get_xy()).T
    assert (x.min(), x.max()) == (12, pytest.approx(ax.get_xlim()[1]))
    assert y.mean() == pytest.approx(rows["open"], abs=0.2)
    assert rows["lives"] not in bars
    assert "arrow: beyond" in "".join(text.get_text() for text in words(ax.figure))  # type: ignore[arg-type]


def test_many_companies_are_cut_short_in_pictures_and_it_is_said() -> None:
    found = look_ahead(
        held(*(burning(f"c{place}", cash=10 + place, burn=1) for place in range(50))), months=6, paths=20
    )
    assert len(heat_picture(found, WIDE).axes[0].get_yticklabels()) == MOST_ROWS
    shown = watchlist(found)
    assert f"The charts show the {MOST_ROWS} most urgent companies" in shown.notes[-1]
    assert {len(sheet.rows) for sheet in shown.sheets} == {50}


@pytest.mark.parametrize("draw", [runway_rows, heat_picture])
@pytest.mark.parametrize("form", [WIDE, NARROW], ids=["wide", "narrow"])
def test_long_names_lose_their_ends_and_nothing_lies_on_them(
    draw: Callable[[PortfolioForecast, Size], Figure], form: Size
) -> None:
    names = ["W" * 100, "月之暗面" * 10, "a name of words " * 6, "b"]
    found = look_ahead(
        held(*(burning(name, cash=30 + place, burn=10) for place, name in enumerate(names))), months=12, paths=20
    )
    figure = draw(found, form)
    boxes = [(item.get_text(), item.get_window_extent()) for item in words(figure) if item.get_text().strip()]
    assert any(text.endswith("...") and text.startswith("WWW") for text, _ in boxes)
    assert all(box.x0 >= -1 and box.x1 <= figure.bbox.width + 1 for _, box in boxes)
    for (one, first), (other, second) in itertools.combinations(boxes, 2):
        assert not first.padded(-1.5).overlaps(second.padded(-1.5)), f"{one} and {other}"
