"""The tables behind a comparison: outcomes and differences, and exactly the numbers its charts draw."""

from typing import TYPE_CHECKING, Any

from tarmac.comparing import NEED_LEVELS, Comparison, Outcome, Pair
from tarmac.paired import Difference
from tarmac.report.tables import BANDS

if TYPE_CHECKING:
    import pandas as pd


def compare_table(found: Comparison) -> "pd.DataFrame":
    """A row for each outcome: index "scenario"; months counted from 1, empty beyond the horizon or where none suffices.

    Columns `d_...` are differences to the base on the same paths, each with its 95% interval in `..._low`, `..._high`.
    """
    import pandas as pd

    rows = {found.base.name: _outcome(found, found.base)}
    for outcome in found.others:
        rows[outcome.name] = _outcome(found, outcome) | _pair(found, found.pair(outcome.name))
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis("scenario")


def _outcome(found: Comparison, outcome: Outcome) -> dict[str, Any]:
    clock = outcome.insolvent
    low, high = clock.interval()
    row: dict[str, Any] = {f"p{percent}": clock.month(percent / 100) for percent in (10, 50, 90)}
    for month in found.shown_at():
        name = f"insolvent_by_{month + 1}"
        row |= {name: clock.probability[month], f"{name}_low": low[month], f"{name}_high": high[month]}
    row |= {"months_solvent": outcome.months_solvent, "exit": outcome.exit.probability[-1]}
    if outcome.need is not None:
        for level in NEED_LEVELS:
            name = f"need_p{round(100 * level)}"
            row[name] = outcome.need.amount(level)
            row[f"{name}_low"], row[f"{name}_high"] = outcome.need.interval(level)
    return row


def _pair(found: Comparison, pair: Pair) -> dict[str, Any]:
    order = pair.joint.order()
    row = three("d_months_solvent", pair.months_solvent) | three("d_p50", pair.runway(0.5))
    for month in found.shown_at():
        row |= three(f"d_insolvent_by_{month + 1}", pair.insolvent(month))
    for level in NEED_LEVELS:
        row |= three(f"d_need_p{round(100 * level)}", pair.need(level))
    return row | {
        "longer": order.longer / order.paths,
        "same_month": order.same_month / order.paths,
        "neither_insolvent": order.neither / order.paths,
        "shorter": order.shorter / order.paths,
    }


def three(name: str, difference: Difference) -> dict[str, Any]:
    """A difference in three columns."""
    return {name: difference.value, f"{name}_low": difference.low, f"{name}_high": difference.high}


def survival_overlay_table(found: Comparison) -> "pd.DataFrame":
    """Probability of insolvency by the end of each month, of each outcome, with its 95% Monte Carlo interval.

    Index "month" ("2023-01"); for each outcome the columns name, name_low and name_high.
    """
    import pandas as pd

    columns: dict[str, Any] = {}
    for outcome in found.outcomes:
        low, high = outcome.insolvent.interval()
        name = outcome.name
        columns |= {name: outcome.insolvent.probability, f"{name}_low": low, f"{name}_high": high}
    return pd.DataFrame(columns, index=_months(found))


def fans_table(found: Comparison) -> "pd.DataFrame":
    """Cash at each month's end as the fans show it: index "scenario" and "month"; columns p5 to p95."""
    import pandas as pd

    percents = sorted({50, *(percent for band in BANDS.values() for percent in band)})
    parts = {
        outcome.name: pd.DataFrame(
            {f"p{percent}": outcome.cash.quantile(percent / 100) for percent in percents}, index=_months(found)
        )
        for outcome in found.outcomes
    }
    return pd.concat(parts, names=["scenario"])


def _months(found: Comparison) -> "pd.Index[str]":
    import pandas as pd

    return pd.Index([str(found.first_month + month) for month in range(found.months)], name="month")
