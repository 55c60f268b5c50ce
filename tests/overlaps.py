"""Whether the parts of a page made to be printed keep apart."""

from collections.abc import Iterable
from itertools import combinations

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.text import Text


def assert_apart(figure: Figure, texts: Iterable[Text], *, charts: Iterable[Axes]) -> None:
    """No text is cut off at the edge of the page, or overlaps another text or a chart."""
    figure.canvas.draw()
    boxes = [(item.get_text(), item.get_window_extent()) for item in texts if item.get_text().strip()]
    assert boxes
    width, height = figure.bbox.width, figure.bbox.height
    for text, box in boxes:
        assert min(box.x0, box.y0, width - box.x1, height - box.y1) >= 0, text
    for (one, first), (other, second) in combinations(boxes, 2):
        assert not first.padded(-0.5).overlaps(second.padded(-0.5)), (one, other)
    drawn = [axes.get_tightbbox() for axes in charts]
    for text, box in boxes:
        assert not any(chart is not None and chart.padded(-1).overlaps(box) for chart in drawn), text
