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

Value = str | int | float | tuple[str, ...] | tuple[float, ...] | Mapping[str, float]
"""What stands in a company file."""

RAISES: Final = Estimate(0.005, math.nan, 0.0, 0.01)
"""Growth of the cost of a head that the reference of a company file calls typical."""

_NO_VOLATILITY: Final = 0.005
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
        comments: tuple[str, ...] = (_said(line),)
    else:
        words = "a month: raises, and who was hired at another pay"
        heads = Entry("headcount", _plain(headcount[-1]), f"at the end of {(line.next_month + -1).label}")
        comments = (_said(line), *_hiring(headcount))
    entries = (
        Entry("name", "payroll"),
        heads,
        *_level(line, "cost", growth_words=words, typical=TYPICAL_GROWTH if headcount is None else RAISES),
        *(replace(entry, value=None) if entry.key != "times" else entry for entry in _shocks(line)),
    )
    return Section("team", "payroll", comments, entries)


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
    hundredths = [round(100 * share.value / total) for share in lag.shares]
    largest = max(range(len(hundredths)), key=hundredths.__getitem__)
    hundredths[largest] += 100 - sum(hundredths)
    while not hundredths[-1]:
        hundredths.pop()
    return tuple(share / 100 for share in hundredths)


def _hiring(headcount: Sequence[float]) -> tuple[str, ...]:
    known = [heads for heads in headcount if math.isfinite(heads)]
    joined = known[-1] - known[0]
    if joined == 0:
        return ()
    word = "more" if joined > 0 else "fewer"
    plan = 'Write the hires you plan: hires = [{ month = "...", count = 1, slip = "0 to 3" }]'
    return (f"There are {_plain(abs(joined))} {word} people than in the first month. None joins from here on. {plan}",)


def _plain(value: float) -> int | float:
    return int(value) if value == int(value) else value


def _alone(value: float) -> Estimate:
    return Estimate(value, math.nan, value, value)


def _money(found: Estimate) -> str:
    return f"{money(float(f'{found.value:.4g}'))}, standard error {money(float(f'{found.error:.2g}'))}"


def _rate(found: Estimate) -> str:
    return f"{percent(found.value)}, standard error {percent(found.error)}"
