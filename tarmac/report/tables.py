"""The tables behind the charts: exactly the numbers that are drawn, for those who want to draw or check them again."""

from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from tarmac.forecast import Forecast
from tarmac.report.words import CLOCK_NAMES

if TYPE_CHECKING:
    import pandas as pd

BANDS: Final = {90: (5, 95), 80: (10, 90), 50: (25, 75)}
"""Bands of a fan, the widest first: the share of the paths inside, and the two quantiles in percent."""

_EVER: Final = 0.005


def cash_table(forecast: Forecast) -> "pd.DataFrame":
    """Cash at each month's end as the fan shows it: quantiles p5 to p95 over all paths, then the sample paths.

    Index "month" ("2023-01"); columns p5, p10, p25, p50, p75, p90, p95, path_1 to path_12; in the company's currency.
    Insolvent paths count as zero.
    """
    import pandas as pd

    percents = sorted({50, *(percent for band in BANDS.values() for percent in band)})
    columns = {f"p{percent}": forecast.cash.quantile(percent / 100) for percent in percents}
    columns |= {f"path_{number}": path for number, path in enumerate(forecast.samples.T, start=1)}
    return pd.DataFrame(columns, index=_months(forecast))


def survival_table(forecast: Forecast) -> "pd.DataFrame":
    """Probability of each drawn clock by the end of each month, with its 95% Monte Carlo interval.

    Index "month" ("2023-01"); for each clock the columns name, name_low and name_high, all between 0 and 1.
    """
    import pandas as pd

    columns: dict[str, NDArray[np.float64]] = {}
    for name in drawn_clocks(forecast):
        clock = forecast.clocks[name]
        low, high = clock.interval()
        columns |= {name: clock.probability, f"{name}_low": low, f"{name}_high": high}
    return pd.DataFrame(columns, index=_months(forecast))


def runway_table(forecast: Forecast) -> "pd.DataFrame":
    """Both of these beside each other, cash to the cent: the numbers of the runway chart."""
    import pandas as pd

    return pd.concat([cash_table(forecast).round(2), survival_table(forecast)], axis=1)


def ownership_table(forecast: Forecast) -> "pd.DataFrame":
    """What founders and staff own at each month's end, on paths that are solvent and independent: p5 to p95.

    Index "month" ("2023-01"); columns p5, p10, p25, p50, p75, p90, p95, between 0 and 1; empty where it is not known,
    or no path is left.
    """
    import pandas as pd

    owned = forecast.ownership
    percents = sorted({50, *(percent for band in BANDS.values() for percent in band)})
    columns = {} if owned is None else {f"p{share}": owned.by_month.quantile(share / 100) for share in percents}
    return pd.DataFrame(columns, index=_months(forecast), columns=[f"p{share}" for share in percents])


def drawn_clocks(forecast: Forecast) -> list[str]:
    """Insolvency; the first missed bill where it differs; exit and lasting profit where their probability passes 0.5%.

    The point of no return and the balance-sheet test stand in the printout alone: five curves are too many.
    """
    drawn = {
        "insolvent": True,
        "first_missed_bill": not np.array_equal(forecast.first_missed_bill.strikes, forecast.insolvent.strikes),
        "exit": bool(forecast.exit.probability[-1] > _EVER),
        "profitable": bool(forecast.profitable.probability[-1] > _EVER),
    }
    return [name for name in CLOCK_NAMES if drawn.get(name)]


def _months(forecast: Forecast) -> "pd.Index[str]":
    import pandas as pd

    return pd.Index([str(forecast.month_name(index)) for index in range(forecast.months)], name="month")
