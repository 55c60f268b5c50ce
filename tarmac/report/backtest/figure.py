"""Any backtest in words, as tables for files, and as one figure with its verdict as the title."""

import textwrap
from pathlib import Path
from typing import TYPE_CHECKING, Final

from tarmac.backtest.firms import FirmsTest
from tarmac.backtest.origins import OriginsTest
from tarmac.backtest.snapshots import SnapshotTest
from tarmac.report.backtest.firms import firms_chart, lines_of_firms, skill_chart, tables_of_firms, verdict_on_firms
from tarmac.report.backtest.origins import (
    facts_chart,
    lines_of_origins,
    origins_chart,
    tables_of_origins,
    verdict_on_origins,
)
from tarmac.report.backtest.snapshots import (
    case_chart,
    lines_of_snapshots,
    pit_chart,
    reliability_chart,
    tables_of_snapshots,
    verdict_on_snapshots,
)
from tarmac.report.figure import SIZES, keep
from tarmac.report.style import FAINT_INK, drawable, style
from tarmac.report.words import counted

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

Found = SnapshotTest | FirmsTest | OriginsTest

_NOTES: Final[dict[type, str]] = {
    SnapshotTest: "Bars on shares: 95% interval (Wilson).",
    FirmsTest: "Bars on shares: 95% interval (Wilson); on skill: 95% bootstrap over firms.",
    OriginsTest: "One company is one case: this shows what was missed, not how good such forecasts are.",
}


def backtest_text(found: Found) -> str:
    """What a reader needs to trust or distrust forecasts of this kind. At most 100 columns."""
    if isinstance(found, SnapshotTest):
        return "\n".join(lines_of_snapshots(found))
    return "\n".join(lines_of_firms(found) if isinstance(found, FirmsTest) else lines_of_origins(found))


def verdict(found: Found) -> str:
    """What came out, in one sentence, without its full stop."""
    if isinstance(found, SnapshotTest):
        return verdict_on_snapshots(found)
    return verdict_on_firms(found) if isinstance(found, FirmsTest) else verdict_on_origins(found)


def tables(found: Found) -> dict[str, "pd.DataFrame"]:
    """The tables behind the text and the pictures, by name."""
    if isinstance(found, SnapshotTest):
        return tables_of_snapshots(found)
    return tables_of_firms(found) if isinstance(found, FirmsTest) else tables_of_origins(found)


def backtest_figure(found: Found, size: str = "slide") -> "Figure":
    """The pictures of a backtest with its verdict as their title. `size` is one of SIZES."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    form = SIZES[size]
    with style(form.font):
        figure = Figure(figsize=(form.width, form.height), dpi=form.dpi, layout="constrained")
        FigureCanvasAgg(figure)
        width = int(form.width * 72 / form.font / 0.66)
        title = "\n".join(map(drawable, textwrap.wrap(f"{verdict(found)}.", width)))
        figure.suptitle(title, x=0.01, ha="left", fontweight="bold", fontsize=1.1 * form.font)
        _panels(found, figure)
        run = f"{counted(found.paths, 'path')}, seed {found.seed}. {_NOTES[type(found)]}"
        figure.supxlabel(drawable(run), x=0.01, ha="left", fontsize=0.8 * form.font, color=FAINT_INK)
    return figure


def _panels(found: Found, figure: "Figure") -> None:
    if isinstance(found, SnapshotTest):
        grid = figure.add_gridspec(2, 2, width_ratios=(1.5, 1))
        case_chart(found, figure.add_subplot(grid[:, 0]))
        reliability_chart(found.judged, figure.add_subplot(grid[0, 1]))
        pit_chart(found.judged, figure.add_subplot(grid[1, 1]))
        return
    left, right = figure.subplots(1, 2)
    if isinstance(found, FirmsTest):
        firms_chart(found, left)
        skill_chart(found, right)
    else:
        origins_chart(found, left)
        facts_chart(found, right)


def save_backtest(figure: "Figure", path: Path, *, found: Found) -> None:
    """Keep the figure by the ending of the path, with its text alternative."""
    keep(figure, path, title=verdict(found), description=backtest_text(found))
