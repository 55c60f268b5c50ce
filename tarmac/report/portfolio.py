"""A portfolio in words, and as tables: who needs attention first, what fails together, what to hold in reserve."""

import textwrap
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

import numpy as np

from tarmac.money import format_share
from tarmac.months import Month
from tarmac.portfolio.block import QUARTER
from tarmac.portfolio.counting import Concentration, count_at, mean_count
from tarmac.portfolio.deadline import UNPLANNED
from tarmac.portfolio.result import RESERVE_LEVELS, YEAR, PortfolioForecast, Standing
from tarmac.report.words import bare_money, counted, percent, short
from tarmac.survival import standard_error

if TYPE_CHECKING:
    import pandas as pd

WIDTH: Final = 100
MOST_ROWS: Final = 40
"""Companies that are printed; the files and the JSON have all."""

RAISED: Final = f"a raise as the company plans it, or of {UNPLANNED} months where it plans none"
"""How a raise goes that must be begun by some month."""

_NAME, _CELL, _STAKE, _LABEL = 22, 9, 6, 28
STRESS_NAMES: Final = {
    "revenue-minus-20": "rev. -20%",
    "raise-slips-6-months": "raise +6m",
    "no-new-money": "no raise",
    "compute-plus-50": "cloud +50%",
    "largest-customer-leaves": "customer",
}
"""Column heads of the stresses; another scenario goes by its name."""

TOO_MANY: Final = "Of so many companies, no correlation of pairs is worked out."
"""What is said where there is no matrix of pairs."""


def headline(found: PortfolioForecast) -> str:
    """How many of the companies fail by the horizon, in one sentence without its full stop."""
    last, end = found.failures[-1], found.month_label(found.months - 1)
    mean = mean_count(last)
    return (
        f"{short(found.portfolio.name)}: of {companies_in(found)}, "
        f"{mean:.1f} fail by {end} on average; on nine paths in ten at most {count_at(last, 0.9)}"
    )


def subtitle(found: PortfolioForecast) -> str:
    """How many companies, which months, which scenarios, which currency."""
    span = f"{counted(found.months, 'month')} from {found.month_label(0)}"
    scenarios = ", ".join(map(short, found.portfolio.scenarios)) or "no scenario"
    return f"{companies_in(found)}, {span}, {scenarios}, amounts in {currencies_in_words(found)}"


def companies_in(found: PortfolioForecast) -> str:
    """How many companies there are, in words."""
    count = len(found.standings)
    return "1 company" if count == 1 else f"{count:,} companies"


def portfolio_text(found: PortfolioForecast) -> str:
    """What an investor reads: companies by urgency, under stress, together; reserves; how it was made."""
    lines = textwrap.wrap(f"{headline(found)}.", WIDTH, subsequent_indent="    ")
    lines += ["", *_watch_lines(found), "", *_stress_lines(found), "", *_joint_lines(found), ""]
    for sentence in [*correlation_in_words(found), *concentration_in_words(found), *_notes(found)]:
        lines += textwrap.wrap(sentence, WIDTH, subsequent_indent="    ")
    return "\n".join(lines)


def _watch_lines(found: PortfolioForecast) -> list[str]:
    dates = [found.month_label(month - 1) for month in found.horizons]
    head = ["P10", "P50", "P90", "begin by", "raise", "stake"]
    rows = [("% insolvent by", [*dates, *head])]
    rows += [(short(item.name, _NAME - 1), watch_cells(found, item)) for item in found.ranked[:MOST_ROWS]]
    lines = [f"{_row(label, cells[:-1])}{cells[-1]:>{_STAKE}}" for label, cells in rows]
    return lines + _left_out(found)


def watch_cells(found: PortfolioForecast, item: Standing) -> list[str]:
    """A company's cells: its chances of insolvency, its runway, when it must begin to raise what, the stake."""
    clock = item.clock
    chances = [percent(int(clock.counts[month - 1]), found.paths) for month in found.horizons]
    runway = [_month(found, item, level=level) for level in (0.1, 0.5, 0.9)]
    stake = "-" if item.holding.stake is None else format_share(item.holding.stake)
    return [*chances, *runway, begin_by(found, item), needed(found, item), stake]


def ranking_in_words(found: PortfolioForecast) -> str:
    """How the companies are ranked, in one sentence: see `PortfolioForecast.ranked`."""
    year, end = found.month_label(min(YEAR, found.months) - 1), found.month_label(found.months - 1)
    return (
        f"Ranked by the chance by {year} in steps of {counted(found.step, 'point')} (its Monte Carlo error), "
        f"then by begin by, then by the chance by {end}."
    )


def begin_by(found: PortfolioForecast, item: Standing) -> str:
    """The last month in which a raise may begin; "any" where none is needed within the horizon."""
    begin = found.begin_by(item)
    return begin.label if isinstance(begin, Month) else begin or "-"


def needed(found: PortfolioForecast, item: Standing) -> str:
    """What must be raised, in the portfolio's currency."""
    if item.deadline is None:
        return "-"
    return "no sum" if item.need is None else bare_money(item.need, found.portfolio.currency)


def _stress_lines(found: PortfolioForecast) -> list[str]:
    end = found.month_label(min(YEAR, found.months) - 1)
    names = [STRESS_NAMES.get(stress.name, short(stress.name, 12)) for stress in found.stresses]
    rows = [_row(f"% insolvent by {end}", ["as it is", *names], cell=12)]
    for item in found.ranked[:MOST_ROWS]:
        cells = [percent(int(item.clock.counts[min(YEAR, found.months) - 1]), found.paths)]
        for stress in found.stresses:
            count = found.stress(item, stress)
            cells.append("-" if count is None else percent(count, stress.outcome.paths))
        rows.append(_row(short(item.name, _NAME - 1), cells, cell=12))
    means = [mean_count(found.failures[-1]), *(mean_count(stress.outcome.many) for stress in found.stresses)]
    tails = [count_at(found.failures[-1], 0.9), *(count_at(stress.outcome.many, 0.9) for stress in found.stresses)]
    rows.append(
        _row(f"fail by {found.month_label(found.months - 1)}, mean", [f"{mean:.1f}" for mean in means], cell=12)
    )
    rows.append(_row("P90", [str(tail) for tail in tails], cell=12))
    return rows


def _joint_lines(found: PortfolioForecast) -> list[str]:
    rows = [("by the end of", [found.month_label(last) for last in found.quarters])]
    rows.append(("companies failed, mean", [f"{mean_count(counts):.1f}" for counts in found.failures]))
    rows += [
        (f"  P{100 * level:.0f}", [str(count_at(counts, level)) for counts in found.failures])
        for level in RESERVE_LEVELS
    ]
    kinds = [(True, "reserve, by stakes")] if found.knows_stakes else []
    for own, label in [*kinds, (False, "reserve, all investors")]:
        for level in RESERVE_LEVELS:
            amounts = found.reserve(own=own).quantile(level)
            cells = [bare_money(float(amount), found.portfolio.currency) for amount in amounts]
            rows.append((f"{label}, {100 * level:.0f}%", cells))
    wide = 1 + max(len(cell) for _, cells in rows for cell in cells)
    count, year = len(found.quarters), (min(YEAR, found.months) - 1) // QUARTER
    places = quarters_shown(count, room=(WIDTH - _LABEL) // wide, kept=year)
    lines = [f"{label:{_LABEL}}" + "".join(f"{cells[place]:>{wide}}" for place in places) for label, cells in rows]
    some = f"{len(places)} of {count} quarters: --out and --json have all"
    return lines if len(places) == count else [*lines, some]


def quarters_shown(count: int, *, room: int, kept: int) -> list[int]:
    """The places of those quarters that have room: all, or each so many counted back from the last, and `kept`.

    >>> quarters_shown(8, room=8, kept=3), quarters_shown(13, room=8, kept=3)
    ([0, 1, 2, 3, 4, 5, 6, 7], [0, 2, 3, 4, 6, 8, 10, 12])
    """
    places: set[int] = set()
    for step in range(1, count + 1):
        places = {kept, *range(count - 1, -1, -step)}
        if len(places) <= room:
            break
    return sorted(places)


def worst_in_words(found: PortfolioForecast) -> list[str]:
    """A sentence on the shock under which the most fail, beside the same paths as they are."""
    if not found.stresses:
        return []
    worst = max(found.stresses, key=lambda item: mean_count(item.outcome.many))
    fail = f"{mean_count(worst.outcome.many):.1f} fail by {found.month_label(found.months - 1)} on average"
    return [f"{worst.title}: {fail}, where {mean_count(worst.base.many):.1f} as it is."]


_DRIVERS: Final = {"price": "price of", "fx": "price of"}
_GROUPS: Final = {
    True: ("where it happens", "where it does not"),
    False: ("in its highest third", "in its lowest third"),
}


def correlation_in_words(found: PortfolioForecast) -> list[str]:
    """A sentence on how far companies fail together, where any may fail and any may not."""
    mean, over = found.mean_correlation, found.overdispersion
    if over is None:
        return []
    alone = count_at((found.independent * 1e9).astype(np.int64), 0.9)
    pairs = "" if mean is None else f"Failures of two companies correlate by {mean:.2f} on average. "
    independent = f"the variance of independent failures, of which P90 would be {alone}"
    return [f"{pairs}The number that fail has {over:.2f} times {independent}."]


def concentration_in_words(found: PortfolioForecast) -> list[str]:
    """A sentence on each common driver: what it explains of the number that fail."""
    sentences = []
    for item in found.concentrations:
        worst, best = worse_and_better(item)
        others = "" if item.best is None else f", {item.best:.1f} {best}"
        sentences.append(
            f"{_driver(item.name)} ({item.companies} of {len(found.standings)} companies) explains "
            f"{100 * item.explains:.1f}±{196 * item.standard_error:.1f}% of the variance of the number that fail: "
            f"{item.worst:.1f} fail {worst}{others}; {100 * item.tail:.0f}% of the paths on which "
            f"{item.tail_from} or more fail lie there."
        )
    return sentences


def _driver(name: str) -> str:
    """A common driver as the subject of a sentence: "The market", "The price of cloud", "The event bank fails"."""
    kind, _, own = name.partition(".")
    return f"The {_DRIVERS.get(kind, kind)} {short(own)}".rstrip()


def worse_and_better(item: Concentration) -> tuple[str, str]:
    """Where a driver goes badly, and where well."""
    first, second = _GROUPS[item.happens]
    return (first, second) if item.high_is_worse else (second, first)


def most_error(paths: int) -> str:
    """The largest 95% Monte Carlo error of a probability, in words.

    >>> most_error(20_000)
    'at most 0.7 percentage points'
    """
    return f"at most {percent(paths // 2, paths).partition('±')[2] or 100} percentage points"


def shared_in_words(found: PortfolioForecast) -> str:
    """Which drivers companies share, and how many have each."""
    shared = ", ".join(f"{short(name)} ({count})" for name, count in found.sharing.items() if count) or "nothing"
    return f"Common to the companies: {shared}; all else is drawn for each alone."


def currencies_in_words(found: PortfolioForecast) -> str:
    """The currency of the portfolio, and what others cost in it: "USD: EUR at 1.08, the same in every month"."""
    own = found.portfolio.currency
    others = {item.holding.currency: item.holding.rate for item in found.standings if item.holding.currency != own}
    rates = ", ".join(f"{code} at {rate:.4g}" for code, rate in sorted(others.items()))
    return f"{own}: {rates}, the same in every month" if rates else own


def _notes(found: PortfolioForecast) -> list[str]:
    portfolio = found.portfolio
    sentences = [ranking_in_words(found)]
    if found.knows_stakes:
        sentences.append("Reserve by stakes: each company's shortfall times the investor's stake in it.")
    sentences.append(
        "Shortfall: from the month in which a company would fail, what keeps every bill paid to the horizon, with no "
        "other new money and no further cuts. begin by, raise: to get through to the horizon on 90% of paths with no "
        f"other new money; {RAISED}."
    )
    sentences.append(f"Amounts are in {currencies_in_words(found)}.")
    sentences.append(shared_in_words(found))
    sentences += portfolio.notes
    scenarios = ", ".join(map(short, portfolio.scenarios)) or "no scenario"
    fewer = found.stresses[0].outcome.paths if found.stresses else found.paths
    sentences.append(
        f"Run: {counted(found.paths, 'path')}, seed {found.seed}, {scenarios}; stresses and raises on the first "
        f"{fewer:,}; -: nothing that a stress would change. P10: on one path in ten by then. ±, <, >: 95% Monte Carlo "
        "error."
    )
    return sentences


def _row(label: str, cells: Sequence[str], *, cell: int = _CELL) -> str:
    first = f"{label:{_NAME}}" if len(label) <= _NAME else f"{label} "
    return (first + "".join(f"{item:>{cell}}" for item in cells)).rstrip()


def _month(found: PortfolioForecast, item: Standing, *, level: float) -> str:
    month = item.clock.month(level)
    return f">{found.months}m" if month is None else item.month(month - 1).label


def _left_out(found: PortfolioForecast) -> list[str]:
    more = len(found.standings) - MOST_ROWS
    return [f"and {more} more, less urgent: see --out or --json"] if more > 0 else []


def watch_table(found: PortfolioForecast) -> "pd.DataFrame":
    """Companies, the most urgent first: chances with their errors, months of P10 to P90 (from 1), need, stake.

    What is needed is in the portfolio's currency, which its column names (`need_p90_usd`), whatever a company's own is.
    `begin_by` is a month, or "any" or "too late"; "" where it is not known.
    """
    import pandas as pd

    rows = []
    for item in found.ranked:
        clock = item.clock
        row: dict[str, object] = {"company": item.name, "own_currency": item.holding.currency}
        for month in found.horizons:
            count = np.array(int(clock.counts[month - 1]))
            row[f"insolvent_by_{month}"] = float(count) / found.paths
            row[f"insolvent_by_{month}_se"] = float(standard_error(count, found.paths))
        row |= {f"p{round(100 * level)}": clock.month(level) for level in (0.1, 0.5, 0.9)}
        row["begin_by"] = str(found.begin_by(item) or "")
        row[f"need_p90_{found.portfolio.currency.casefold()}"] = item.need
        row["stake"] = item.holding.stake
        for stress in found.stresses:
            failed = found.stress(item, stress)
            row[f"{stress.name}_by_{YEAR}"] = None if failed is None else failed / stress.outcome.paths
        rows.append(row)
    return pd.DataFrame(rows).set_index("company")


def heat_table(found: PortfolioForecast) -> "pd.DataFrame":
    """The probability of insolvency by the end of each month: companies by urgency, months as columns ("2027-01")."""
    import pandas as pd

    columns = [found.month_text(index) for index in range(found.months)]
    rows = {item.name: item.clock.probability for item in found.ranked}
    return pd.DataFrame.from_dict(rows, orient="index", columns=columns).rename_axis("company")


def quarters_table(found: PortfolioForecast) -> "pd.DataFrame":
    """By the end of each quarter: failures (mean, p50, p90, p95); reserves, cumulative and new, at the same levels."""
    import pandas as pd

    rows: dict[str, list[float]] = {"failures_mean": [mean_count(counts) for counts in found.failures]}
    for level in RESERVE_LEVELS:
        rows[f"failures_p{100 * level:.0f}"] = [float(count_at(counts, level)) for counts in found.failures]
    for own, name in ((True, "investor"), (False, "all_investors")):
        for new, when in ((False, "by_the_end"), (True, "in_the_quarter")):
            fan = found.reserve(own=own, new=new)
            for level in RESERVE_LEVELS:
                rows[f"{name}_{when}_p{100 * level:.0f}"] = fan.quantile(level).tolist()
    return pd.DataFrame(rows, index=pd.Index([found.month_text(last) for last in found.quarters], name="by_the_end_of"))


def reserve_table(found: PortfolioForecast, *, new: bool = False) -> "pd.DataFrame":
    """Of these the reserves alone, to the cent: by the end of each quarter, or `new` in it."""
    table, when = quarters_table(found), "_in_the_quarter_" if new else "_by_the_end_"
    return table[[name for name in table.columns if when in name]].round(2)


def failures_table(found: PortfolioForecast) -> "pd.DataFrame":
    """The joint distribution: the probability of each number of failures by the end of each quarter.

    The last column is what the last quarter would be if companies failed independently.
    """
    import pandas as pd

    columns = {
        found.month_text(last): counts / found.paths
        for last, counts in zip(found.quarters, found.failures, strict=True)
    }
    index = pd.RangeIndex(len(found.standings) + 1, name="failures")
    return pd.DataFrame(columns | {"if_independent": found.independent}, index=index)


def correlation_table(found: PortfolioForecast) -> "pd.DataFrame":
    """The correlation of failures by the horizon; empty where a company always or never fails, or they are too many."""
    import pandas as pd

    names = [] if found.correlation is None else [item.name for item in found.standings]
    return pd.DataFrame(found.correlation, index=pd.Index(names, name="company"), columns=names)


def concentration_table(found: PortfolioForecast) -> "pd.DataFrame":
    """What each common driver explains of the number of failures."""
    import pandas as pd

    columns = ["driver", "companies", "groups", "explains", "standard_error", "mean_failures_worst", "worst"]
    columns += ["mean_failures_best", "share_of_paths_worst", "tail_from", "share_of_tail_worst"]
    rows = [item.as_json() for item in found.concentrations]
    return pd.DataFrame(rows, columns=columns).set_index("driver")
