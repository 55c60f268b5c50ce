"""Rules on the tables of one kind: customers, commitments, prices that lines name, debts, credits, holders."""

from collections import Counter
from collections.abc import Iterator
from typing import Final

from tarmac.company.debts import CreditLine, Loan, Note
from tarmac.company.funding import ComputeRound
from tarmac.company.lines import Revenue
from tarmac.company.mistakes import Mistake
from tarmac.company.model import Company
from tarmac.company.ownership import ALL_OF_IT
from tarmac.company.vendors import AnyCompute, Committed, Inference
from tarmac.errors import nearest

LONGEST: Final = 600
"""Months a run may cover."""

LATEST: Final = 1200
"""Months from the first within which every month of a file lies."""


def line_mistakes(company: Company) -> Iterator[Mistake]:
    """What is wrong with lines of revenue and compute."""
    for line in company.revenue:
        yield from _customers(line)
        yield from _named_once(line)
        if line.opening_deferred is not None and line.prepaid_months == 1:
            where = f"revenue.{line.name}.opening_deferred"
            rule = "only revenue invoiced ahead is deferred: opening_deferred goes with prepaid_months"
            yield Mistake(where, line.opening_deferred, rule, "add prepaid_months = 12, or take it out")
    for item in company.compute:
        yield from _names_of(company, item)
        if isinstance(item, Committed):
            yield from _commitment(company, item)


def _customers(line: Revenue) -> Iterator[Mistake]:
    share = sum(item.share.median() for item in line.customers)
    if share > 1 + 1e-9:
        rule = "shares of customers add up to 100% at most"
        remedy = "lower them; what is missing to 100% are customers without a name"
        yield Mistake(f"revenue.{line.name}.customers", f"{100 * share:.6g}%", rule, remedy)


def _named_once(line: Revenue) -> Iterator[Mistake]:
    for key in ("customers", "pipeline"):
        counts = Counter(item.name for item in getattr(line, key))
        for name in (name for name, count in counts.items() if count > 1):
            rule = f"names in {key} are unique; '{name}' stands there {counts[name]} times"
            yield Mistake(f"revenue.{line.name}.{key}", name, rule, "rename all but one of them")


def _names_of(company: Company, item: AnyCompute) -> Iterator[Mistake]:
    """The price and the revenue that a line of compute names."""
    where, prices, sold = f"compute.{item.name}", _names(company.price), _names(company.revenue)
    if item.price is not None and item.price not in prices:
        remedy = nearest(item.price, prices) if prices else f"add [[price]] with name = '{item.price}'"
        yield Mistake(f"{where}.price", item.price, "names a [[price]] of this company", remedy, f"price.{item.price}")
    revenue = item.revenue if isinstance(item, Inference) else None
    if revenue is not None and revenue not in sold:
        rule = "names a [[revenue]] of this company"
        yield Mistake(f"{where}.revenue", revenue, rule, nearest(revenue, sold), f"revenue.{revenue}")


def _names(tables: tuple[object, ...]) -> list[str]:
    return [str(getattr(table, "name", "")) for table in tables]


def _commitment(company: Company, item: Committed) -> Iterator[Mistake]:
    where, first = f"compute.{item.name}.until", company.company.first_month
    if item.until is None:
        return
    if LONGEST <= item.until - first < LATEST:
        rule = f"a commitment ends within the longest horizon, {LONGEST} months from {first}"
        yield Mistake(where, item.until, rule, "correct the year, or take it out: then it is renewed every month")
    if item.ends is not None and item.ends < item.until:
        rule = f"a line does not end before its commitment, {item.until}"
        yield Mistake(f"compute.{item.name}.ends", item.ends, rule, "take ends out; a policy may terminate it")
    if item.starts is not None and item.until < item.starts:
        yield Mistake(
            where, item.until, f"a commitment ends no earlier than it starts, {item.starts}", "swap the months"
        )


def money_mistakes(company: Company) -> Iterator[Mistake]:
    """What is wrong with debts, and with rounds and events that name one."""
    lines = [item.name for item in company.debt if isinstance(item, CreditLine)]
    for name in lines[1:]:
        remedy = f"add its limit to that of '{lines[0]}'"
        yield Mistake(f"debt.{name}.kind", "credit_line", "a company has one credit line at most", remedy)
    compute = _names(company.compute)
    for item in company.round:
        if isinstance(item, ComputeRound) and item.vendor not in compute:
            where, sought = f"round.{item.name}.vendor", f"compute.{item.vendor}"
            rule = "names a [[compute]] of this company, whose vendor pays in credits"
            yield Mistake(where, item.vendor, rule, nearest(item.vendor, compute), sought)
        if item.odds is not None and item.odds.of_revenue and not company.revenue:
            where, rule = f"round.{item.name}.odds.{item.odds.of_revenue[0]}", "is read from lines of revenue"
            yield Mistake(where, "", rule, "add a [[revenue]], or take it out", "revenue.*")
    debts = [item.name for item in company.debt if isinstance(item, Loan | Note)]
    for event in company.event:
        into = event.effect.into
        if into is not None and into not in debts:
            remedy = nearest(into, debts) if debts else "add [[debt]] with kind = 'loan' and that name"
            if into in lines:
                remedy = "a credit line is drawn in cash: name a loan or a note, with a name of its own"
            where, rule = f"event.{event.name}.effect.into", "names a loan or a note in [[debt]]"
            yield Mistake(where, into, rule, remedy, f"debt.{into}")


def holder_mistakes(company: Company) -> Iterator[Mistake]:
    """What is wrong with the register of shares as a whole, and with who is said to invest."""
    pools = [item.name for item in company.holder if item.kind == "pool"]
    for name in pools[1:]:
        remedy = f"add its share to that of '{pools[0]}'"
        yield Mistake(f"holder.{name}.kind", "pool", "a company has one option pool at most", remedy)
    total = sum(item.share.value for item in company.holder)
    if company.holder and abs(total - 1) > ALL_OF_IT:
        remedy = "add who is missing" if total < 1 else "lower them, or take out who is there twice"
        yield Mistake("holder", f"{100 * total:.6g}%", "the shares of all holders add up to 100%", remedy, "holder.*")
    yield from _investors(company)


def _investors(company: Company) -> Iterator[Mistake]:
    """Who invests by name holds shares already, and is not the pool of options."""
    able = [item.name for item in company.holder if item.kind != "pool"]
    for item in company.round:
        by = getattr(item, "by", None)
        if by is not None and by not in able:
            known = by in _names(company.holder)
            rule = "the option pool does not invest" if known else "names a [[holder]] of this company"
            remedy = nearest(by, able) if able else f"add [[holder]] with name = '{by}', or take it out"
            yield Mistake(f"round.{item.name}.by", by, rule, remedy, "" if known else f"holder.{by}")
