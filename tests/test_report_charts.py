"""Charts: what is drawn is what the tables hold, files are the same bytes twice, names do no harm."""

import itertools
import subprocess
import sys
import xml.etree.ElementTree as ET
from dataclasses import replace
from pathlib import Path
from typing import Any

import matplotlib as mpl
import numpy as np
import pytest
from matplotlib.axes import Axes
from matplotlib.collections import PolyCollection
from matplotlib.colors import to_rgba
from matplotlib.figure import Figure
from matplotlib.text import Text
from PIL import Image

from tarmac import Forecast, InputError, load, simulate
from tarmac.forecast import Mark
from tarmac.report.charts import cash_fan, survival_curves, ticks
from tarmac.report.figure import SIZES, runway_figure, save
from tarmac.report.labels import spread
from tarmac.report.style import BAND_COLOURS, CLOCK_COLOURS, style
from tarmac.report.tables import BANDS, cash_table, drawn_clocks, survival_table
from tarmac.report.text import alt_text, headline

COMPANIES = Path(__file__).parent / "companies"
NASTY = "$x^2$ & <b>_{y}</b> \x1b \u667a $"


@pytest.fixture(scope="module")
def forecast() -> Forecast:
    return simulate(load(COMPANIES / "reference.toml"), paths=1_000, seed=7)


@pytest.fixture
def ax() -> Axes:
    return Figure().add_axes((0.1, 0.1, 0.6, 0.8))


def line(ax: Axes, label: str) -> np.ndarray:
    return np.asarray(next(item for item in ax.lines if item.get_label() == label).get_ydata(), dtype=float)


def band(ax: Axes, colour: str) -> tuple[np.ndarray, np.ndarray]:
    """Lower and upper edge of the band of a colour, by month."""
    drawn = [item for item in ax.collections if isinstance(item, PolyCollection)]
    colours = [tuple(np.asarray(item.get_facecolor())[0, :3]) for item in drawn]
    corners = np.asarray(drawn[colours.index(to_rgba(colour)[:3])].get_paths()[0].vertices)
    months = np.unique(corners[:, 0])
    edges = [corners[corners[:, 0] == month, 1] for month in months]
    return np.array([edge.min() for edge in edges]), np.array([edge.max() for edge in edges])


def test_the_fan_draws_its_table(forecast: Forecast, ax: Axes) -> None:
    table = cash_table(forecast)
    assert cash_fan(forecast, ax) is ax
    assert np.array_equal(line(ax, "median"), table["p50"])
    assert np.array_equal(table["p50"], forecast.cash.quantile(0.5))
    for share, (low, high) in BANDS.items():
        lower, upper = band(ax, BAND_COLOURS[share])
        assert np.array_equal(lower, table[f"p{low}"])
        assert np.array_equal(upper, table[f"p{high}"])
    months = [np.asarray(item.get_ydata()) for item in ax.lines if len(np.asarray(item.get_ydata())) == forecast.months]
    paths = [name for name in table.columns if name.startswith("path_")]
    assert len(paths) == 12
    assert all(any(np.array_equal(table[name], drawn) for drawn in months) for name in paths)


def test_the_curves_draw_their_table(forecast: Forecast, ax: Axes) -> None:
    survival_curves(forecast, ax)
    table = survival_table(forecast)
    assert list(table.index[:2]) == ["2023-01", "2023-02"]
    assert np.array_equal(line(ax, "insolvent"), table["insolvent"])
    assert np.array_equal(table["insolvent"], forecast.insolvent.probability)
    lower, upper = band(ax, CLOCK_COLOURS["insolvent"])
    assert np.array_equal(lower, table["insolvent_low"])
    assert np.array_equal(upper, table["insolvent_high"])


def test_only_clocks_with_something_to_say_are_drawn(forecast: Forecast) -> None:
    assert drawn_clocks(forecast) == ["insolvent"]
    strikes = dict(forecast.summary.strikes)
    strikes["first_missed_bill"] = np.roll(strikes["insolvent"], -1)
    strikes["profitable"] = np.array([0] * 35 + [6, 994])
    changed = replace(forecast, summary=replace(forecast.summary, strikes=strikes))
    assert drawn_clocks(changed) == ["insolvent", "first_missed_bill", "profitable"]


@pytest.mark.parametrize(
    ("size", "pixels"), [("slide", (1920, 1080)), ("document", (1300, 900)), ("social", (1200, 675))]
)
def test_sizes_and_text_in_a_png(forecast: Forecast, tmp_path: Path, size: str, pixels: tuple[int, int]) -> None:
    path = save(runway_figure(forecast, size), tmp_path / "chart.png", forecast=forecast)
    with Image.open(path) as image:
        assert image.size == pixels
        assert image.info["Description"] == alt_text(forecast)
    assert [item.name for item in tmp_path.iterdir()] == ["chart.png"]


@pytest.mark.parametrize("ending", ["svg", "pdf", "png"])
def test_the_same_bytes_twice(forecast: Forecast, tmp_path: Path, ending: str) -> None:
    first, second = (
        save(runway_figure(forecast, "social"), tmp_path / f"{n}.{ending}", forecast=forecast).read_bytes()
        for n in (1, 2)
    )
    assert first == second
    assert b"CreationDate" not in first


def test_an_svg_says_what_it_shows(forecast: Forecast, tmp_path: Path) -> None:
    named = replace(forecast, origin=replace(forecast.origin, company=NASTY))
    path = save(runway_figure(named), tmp_path / "chart.svg", forecast=named)
    root = ET.parse(path).getroot()
    space = "{http://www.w3.org/2000/svg}"
    assert root.get("role") == "img"
    assert root.findtext(f"{space}title") == headline(named)
    assert root.findtext(f"{space}desc") == alt_text(named)


@pytest.mark.parametrize("size", sorted(SIZES))
def test_names_are_never_mathematics_and_stay_inside(forecast: Forecast, tmp_path: Path, size: str) -> None:
    marks = tuple(Mark(f"{NASTY} {'long ' * 20}{n}", n % 9, "equity") for n in range(12))
    origin = replace(forecast.origin, company=NASTY * 9, scenarios=(NASTY, "a" * 200), marks=marks)
    named = replace(forecast, origin=origin)
    figure = runway_figure(named, size)
    save(figure, tmp_path / "chart.png", forecast=named)
    texts = written(figure)
    assert not any(item.get_parse_math() for item in texts)
    width, height = figure.bbox.width, figure.bbox.height
    for item in texts:
        box = item.get_window_extent()
        assert box.x0 >= -1, item.get_text()
        assert box.x1 <= width + 1, item.get_text()
        assert box.y0 >= -1, item.get_text()
        assert box.y1 <= height + 1, item.get_text()


def written(figure: Figure) -> list[Text]:
    """Every text of the figure, ticks included."""
    found: list[Any] = figure.findobj(Text)
    return [text for text in found if text.get_text() and text.get_visible()]


def words(figure: Figure) -> list[Text]:
    """The texts of the figure without the ticks, which may stand at the corner where two axes meet."""
    ticks = [label for axes in figure.axes for label in (*axes.get_xticklabels(), *axes.get_yticklabels())]
    return [text for text in written(figure) if not any(text is label for label in ticks)]


@pytest.mark.parametrize("size", sorted(SIZES))
@pytest.mark.parametrize("months", [1, 2, 36, 120])
def test_no_two_texts_overlap(size: str, months: int) -> None:
    forecast = simulate(load("saas-seed"), paths=300, seed=7, months=months)
    forecast = replace(forecast, origin=replace(forecast.origin, currency="CNY"))
    figure = runway_figure(forecast, size)
    with style():
        figure.draw_without_rendering()  # a legend finds its place when it is drawn
    boxes = [(item.get_text(), item.get_window_extent()) for item in words(figure)]
    clashes = [(a, b) for n, (a, one) in enumerate(boxes) for b, other in boxes[n + 1 :] if one.overlaps(other)]
    assert not clashes


def test_one_month_and_no_cash_can_be_drawn(tmp_path: Path) -> None:
    forecast = simulate(load(COMPANIES / "reference.toml"), paths=50, seed=7, months=1)
    figure = runway_figure(forecast, "document")
    assert list(line(figure.axes[0], "median")) == [forecast.cash.quantile(0.5)[0]] * 2
    assert save(figure, tmp_path / "one.svg", forecast=forecast).stat().st_size > 10_000


@pytest.mark.parametrize(("months", "room"), [(1, 9), (5, 9), (36, 8), (36, 4), (120, 6), (600, 7), (7, 1)])
def test_ticks_fit_and_end_whole_periods(forecast: Forecast, months: int, room: int) -> None:
    longer = replace(forecast, origin=replace(forecast.origin, months=months))
    places = ticks(longer, room)
    assert 1 <= len(places) <= room
    assert all(1 <= place <= months for place in places)
    assert len({b - a for a, b in itertools.pairwise(places)}) <= 1
    if len(places) > 1 and places[1] - places[0] >= 12:
        assert {longer.month_name(place - 1).number for place in places} == {12}


def test_spread_keeps_labels_apart() -> None:
    assert spread([5.0, 5.0, 5.0], 2.0, limits=(0.0, 10.0)) == [5.0, 7.0, 9.0]
    assert spread([9.0, 9.0], 2.0, limits=(0.0, 10.0)) == [8.0, 10.0]


def test_other_endings_and_sizes_are_refused(forecast: Forecast, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="PNG, SVG or PDF"):
        save(Figure(), tmp_path / "chart.gif", forecast=forecast)
    with pytest.raises(InputError, match="did you mean 'slide'"):
        runway_figure(forecast, "slides")
    assert not list(tmp_path.iterdir())


def test_the_users_settings_return(forecast: Forecast) -> None:
    before = dict(mpl.rcParams)
    runway_figure(forecast, "social")
    assert dict(mpl.rcParams) == before


def test_pyplot_is_never_loaded() -> None:
    program = "import sys, tarmac.report.figure, tarmac.report.text; assert 'matplotlib' not in sys.modules; "
    program += "assert 'pandas' not in sys.modules; import tarmac; "
    program += "f = tarmac.simulate(tarmac.load('saas-seed'), paths=50, seed=1, months=3); "
    program += "tarmac.report.figure.runway_figure(f); assert 'matplotlib.pyplot' not in sys.modules"
    result = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stderr
