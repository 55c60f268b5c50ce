"""What was learnt, as the tables of a company file: every value with the months that taught it."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from tarmac.learning.books import Books
from tarmac.learning.lines import TYPICAL_GROWTH, TYPICAL_VOLATILITY, Study
from tarmac.learning.receipts import Lag
from tarmac.learning.trend import Estimate
from tarmac.learning.writing import money, money_range, percent, rate_range
from tarmac.months import Month

Value = (
    str | int | float | tuple[str, ...] | tuple[float, ...] | tuple[Mapping[str, str | int], ...] | Mapping[str, float]
)
"""What stands in a company file."""

RAISES: Final = Estimate(0.005, math.nan, 0.0, 0.01)
"""Growth of the cost of a head that the reference of a company file calls typical."""

_NO_VOLATILITY: Final = 0.005
_QUARTER: Final = 3
_HIRES_AHEAD: Final = 36
"""Months over which hiring goes on: those of a run unless it says otherwise."""
_PAID: Final = ("paid at once", "paid a month later", "paid 2 months later")


@dataclass(frozen=True, slots=True)
class Entry:
    """A key of a table, and what taught it.

    `value`: None where something was learnt that the table has no key for. `what`: what was learnt, in words; "" for a
    name and the like. `estimate`: None where nothing was learnt and a default stands. `unit`: money, rate, share,
    months or number. `months`: how many of them taught it.
    """

    key: str
    value: Value | None
    comment: str = ""
    what: str = ""
    estimate: Estimate | None = None
    unit: str = ""
    months: int = 0


@dataclass(frozen=True, slots=True)
class Section:
    """A table of a company file: where it stands, the column it comes from, what to say above it, its entries."""

    section: str
    column: str
    comments: tuple[str, ...]
    entries: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the books on its way into a table: its column, its study, their first month, and the file's."""

    column: str
    study: Study
    start: Month
    next_month: Month

    @property
    def taught_by(self) -> str:
        """The months that taught it, in words."""
        span = self.study.span
        first, last = (self.start + month for month in (span.first, span.last))
        empty = f", and {span.gaps} with nothing" if span.gaps else ""
        return f"from {span.months} months of {self.column}, {first.label} to {last.label}{empty}"


def revenue_section(line: Line, lag: Lag | None, *, source: str) -> Section:
    """Revenue, with when it is collected."""
    entries = (
        Entry("name", "revenue"),
        Entry("kind", "other", "write subscription where it recurs by itself, and split it where streams differ"),
        *_level(line, "monthly", growth_words="a month, net of customers who leave"),
        *_shocks(line),
        *_lag(lag, source=source),
    )
    return Section("revenue", "revenue", (_said(line),), entries)


def vendor_section(line: Line, section: str) -> Section:
    """Compute, or other costs: paid in the month they are booked in."""
    kind = (Entry("kind", "on_demand"),) if section == "compute" else ()
    entries = (Entry("name", line.column), *kind, *_level(line, "monthly", growth_words="a month"), *_shocks(line))
    return Section(section, line.column, (_said(line),), entries)


def team_section(line: Line, headcount: Sequence[float] | None) -> Section:
    """Payroll as a team: of so many heads where the file counts them, else as one head that costs it all."""
    if headcount is None:
        words = "a month: hiring, leaving and raises together"
        heads = Entry("headcount", 1, "the file has no headcount: one head stands for the whole payroll")
        people: tuple[Entry, ...] = ()
    else:
        words = "a month: raises, and who was hired at another pay"
        heads = Entry("headcount", _plain(headcount[-1]), f"at the end of {(line.next_month + -1).label}")
        people = _people(headcount, line.next_month)
    entries = (
        Entry("name", "payroll"),
        heads,
        *people,
        *_level(line, "cost", growth_words=words, typical=TYPICAL_GROWTH if headcount is None else RAISES),
        *(replace(entry, value=None) if entry.key != "times" else entry for entry in _shocks(line)),
    )
    return Section("team", "payroll", (_said(line),), entries)


def unexplained_section(books: Books) -> Section | None:
    """What cash does that no column explains, where that is material: as a cost, or as income where there is more."""
    mean = books.mean
    if mean is None or not books.material:
        return None
    sure = mean.low > 0 or mean.high < 0
    income = sure and mean.value > 0
    size = mean if income else Estimate(-mean.value, mean.error, -mean.high, -mean.low)
    noise = books.noise if sure else math.hypot(mean.value, books.noise)
    months = f"{books.known} months"
    comment = f"a month: mean {_money(mean)}" + ("" if sure else ", not told from zero")
    entries = [
        Entry("name", "unexplained"),
        *([Entry("kind", "other")] if income else []),
        Entry("monthly", money_range(size, symmetric=True) if sure else 0, comment, "mean", mean, "money", books.known),
        *([Entry("collected_after", 0)] if income else []),
    ]
    if money(noise) != "0" and noise > 0:
        text = f"normal(0, {money(float(f'{noise:.3g}'))})"
        entries.append(Entry("noise", text, "standard deviation of single months", "noise", _alone(noise), "money"))
    said = (
        f"What cash did in {months} that no column explains. Find out what it is, and correct the books or this line."
    )
    return Section("revenue" if income else "cost", "unexplained", (said,), tuple(entries))


def correlation_sections(sections: Sequence[Section], studies: Mapping[str, Study]) -> tuple[Section, ...]:
    """Level and growth of a line are learnt together: where one is too high, the other mostly is too."""
    found = []
    for section in sections:
        held = {entry.key: entry.value for entry in section.entries}
        level = "cost" if section.section == "team" else "monthly"
        study = studies.get(section.column)
        if study is None or not study.correlation or not all(_ranges(held.get(key)) for key in (level, "growth")):
            continue
        path = f"{section.section}.{held['name']}"
        value = round(min(max(study.correlation, -0.95), 0.95), 2)
        pair = (f"{path}.{level}", f"{path}.growth")
        found.append(Section("correlation", section.column, (), (Entry("between", pair), Entry("value", value))))
    return tuple(found)


def _ranges(value: Value | None) -> bool:
    return isinstance(value, str) and ("to" in value or "(" in value)


def _said(line: Line) -> str:
    text = line.taught_by
    if line.study.growth is not None and line.study.level.error:
        text += (
            f": growth {percent(line.study.growth.value)} a month, standard error {percent(line.study.growth.error)}"
        )
    return f"{text[0].upper()}{text[1:]}."


def _level(line: Line, key: str, *, growth_words: str, typical: Estimate = TYPICAL_GROWTH) -> tuple[Entry, ...]:
    """The level of the first month, its growth, and noise in money of a line that comes in lumps."""
    study, months = line.study, line.study.span.months
    level = f"in {line.next_month.label}, without shock: {_money(study.level)}"
    entries = [
        Entry(key, money_range(study.level, symmetric=bool(study.noise)), level, "level", study.level, "money", months)
    ]
    if study.growth is not None and study.volatility is not None and not study.volatility.high:
        entries[0] = replace(entries[0], comment=f"the same in each of {months} months")
    elif study.growth is not None:
        text = rate_range(study.growth)
        value = None if text == "0%" else text
        comment = f"{growth_words}: {_rate(study.growth)}"
        entries.append(Entry("growth", value, comment, "growth a month", study.growth, "rate", months))
    elif not study.noise:
        entries.append(Entry("growth", rate_range(typical), study.why, "growth a month", None, "rate", months))
    return tuple(entries)


def _shocks(line: Line) -> tuple[Entry, ...]:
    """Volatility, persistence, and how the last month's shock fades."""
    study, months = line.study, line.study.span.months
    if study.noise:
        text = f"normal(0, {money(float(f'{study.noise:.3g}'))})"
        return (Entry("noise", text, study.why, "noise", _alone(study.noise), "money", months),)
    if study.volatility is None or study.persistence is None:
        value = rate_range(TYPICAL_VOLATILITY, symmetric=False)
        return (Entry("volatility", value, "the typical range", "volatility", None, "share", months),)
    if not study.volatility.high:
        return ()
    still = study.volatility.high < _NO_VOLATILITY
    about = f"of single months: {_rate(study.volatility)}"
    volatility = None if still else rate_range(study.volatility, symmetric=False)
    kept, span = study.persistence, f"{study.persistence.low:.2f} to {study.persistence.high:.2f}"
    entries = [
        Entry("volatility", volatility, about, "volatility", study.volatility, "share", months),
        Entry(
            "persistence",
            None if still else round(kept.value, 2),
            f"standard error {kept.error:.2f}, 90% interval {span}; the engine takes one number",
            "persistence",
            kept,
            "number",
            months,
        ),
    ]
    return (*entries, *_fading(line))


def _fading(line: Line) -> tuple[Entry, ...]:
    study = line.study
    if not study.fading:
        return ()
    last = (line.start + study.span.last).label
    side = "above" if study.shock > 0 else "below"
    factors = {str(line.next_month + month): round(factor, 3) for month, factor in enumerate(study.fading)}
    factors[str(line.next_month + len(factors))] = 1.0
    words = f"{last} stood {percent(abs(math.expm1(study.shock)), 0)} {side} the trend; what is left of that fades"
    return (Entry("times", factors, words),)


def _lag(lag: Lag | None, *, source: str) -> tuple[Entry, ...]:
    """When revenue is collected, what never is, and what is still out."""
    if lag is None:
        why = "not learnt: a month is assumed, the usual terms of an invoice"
        return (Entry("collected_after", 1, why, "collected after", None, "months"),)
    shares = _shares(lag)
    errors = ", ".join(percent(share.error) for share in lag.shares)
    words = f"shares after 0, 1, 2 months, standard errors {errors}, from {lag.months} months of {source}"
    whole = next((months for months, share in enumerate(shares) if share == 1), None)
    written = shares if whole is None else whole
    entries = [Entry("collected_after", written, words, _PAID[0], lag.shares[0], "share", lag.months)]
    for what, share in zip(_PAID[1:], lag.shares[1:], strict=True):
        entries.append(Entry("collected_after", None, "", what, share, "share", lag.months))
    if lag.lost.value > 0:
        comment = f"never collected: {_rate(lag.lost)}"
        entries.append(Entry("bad_debt", rate_range(lag.lost), comment, "never paid", lag.lost, "share", lag.months))
    comment = f"invoices of the last two months not paid yet: {_money(lag.open)}"
    text = money_range(lag.open, symmetric=True)
    entries.append(Entry("opening_receivables", text, comment, "receivables", lag.open, "money", lag.months))
    return tuple(entries)


def _shares(lag: Lag) -> tuple[float, ...]:
    """The shares of what is collected, to hundredths, without small ones at the end; they sum to one."""
    total = sum(share.value for share in lag.shares)
    exact = [100 * share.value / total for share in lag.shares]
    hundredths = [math.floor(share) for share in exact]
    by_rest = sorted(range(len(exact)), key=lambda index: hundredths[index] - exact[index])
    for index in by_rest[: 100 - sum(hundredths)]:
        hundredths[index] += 1
    while not hundredths[-1]:
        hundredths.pop()
    return tuple(share / 100 for share in hundredths)


def _people(headcount: Sequence[float], next_month: Month) -> tuple[Entry, ...]:
    """Who joins or leaves from here on, as many as did so far on balance: hires by the quarter, or attrition."""
    known = [month for month, heads in enumerate(headcount) if math.isfinite(heads)]
    first, last, months = headcount[known[0]], headcount[known[-1]], known[-1] - known[0]
    if first == last or not months or not first or not last:
        return ()
    went = f"{_plain(first)} people became {_plain(last)} in {months} months"
    if last < first:
        share = 1 - (last / first) ** (1 / months)
        found = _counted(share, math.sqrt(first - last) / first / months)
        written = percent(share, 2)
        return (Entry("attrition", written, f"{went}: goes on at that pace", "leave a month", found, "share", months),)
    rate = (last - first) / months
    found = _counted(rate, math.sqrt(last - first) / months)
    comment = f"{went}: hiring goes on at that pace, by the quarter. Write your own plan here"
    return (Entry("hires", _hires(rate, next_month), comment, "hires a month", found, "number", months),)


def _hires(rate: float, next_month: Month) -> tuple[Mapping[str, str | int], ...]:
    """Whole people, by the quarter."""
    planned: list[Mapping[str, str | int]] = []
    joined = 0
    for month in range(_QUARTER, _HIRES_AHEAD + 1, _QUARTER):
        count = math.floor(rate * month + 0.5) - joined
        if count:
            planned.append({"month": str(next_month + (month - 1)), "count": count, "slip": "0 to 3"})
        joined += count
    return tuple(planned)


def _counted(rate: float, error: float) -> Estimate:
    """A rate of events that were counted, with the error of a Poisson count."""
    return Estimate(rate, error, max(rate - 1.645 * error, 0.0), rate + 1.645 * error)


def _plain(value: float) -> int | float:
    return int(value) if value == int(value) else value


def _alone(value: float) -> Estimate:
    return Estimate(value, math.nan, value, value)


def _money(found: Estimate) -> str:
    return f"{money(float(f'{found.value:.4g}'))}, standard error {money(float(f'{found.error:.2g}'))}"


def _rate(found: Estimate) -> str:
    return f"{percent(found.value)}, standard error {percent(found.error)}"
