"""What is worth knowing about the rounds of a company: no mistakes, but keys that do nothing and money that is late."""

from collections.abc import Iterator
from math import floor
from typing import Final

from tarmac.company.funding import Round
from tarmac.company.model import Company
from tarmac.company.numbers import wobbles
from tarmac.company.quantity import ends
from tarmac.errors import printable

_ROUNDING: Final = 1e-9
"""The ends of a range are quantiles, exact but for this."""


def remarks(company: Company, *, months: int | None) -> tuple[str, ...]:
    """A sentence on every round that hardly closes within some months, and on odds that move nothing.

    >>> from tarmac.company import company_from
    >>> late = {"name": "A", "instrument": "safe", "starts": "2027-03", "takes": 12, "amount": "1M", "market": 0.3}
    >>> head = {"name": "Example", "currency": "USD", "first_month": "2027-01"}
    >>> for words in remarks(company_from({"company": head, "cash": {"opening": 1}, "round": [late]}), months=12):
    ...     print(words)
    round.A cannot close within these months.
    round.A is sure to close when its time comes: market moves nothing.
    """
    found = (*_late(company, months), *_sure(company)) if months is not None else tuple(_sure(company))
    return tuple(found)


def _late(company: Company, months: int) -> Iterator[str]:
    for item in company.round:
        starts = 1 if item.starts is None else item.starts - company.company.first_month
        late = floor(starts + ends(item.takes)[0] + _ROUNDING) >= months
        if starts >= months or (late and item.takes.certain):
            yield f"round.{item.name} cannot close within these months."
        elif late:
            takes = f"it takes {printable(item.takes.text)} months"
            yield f"round.{item.name} closes within these months on one path in twenty at most: {takes}."


def _sure(company: Company) -> Iterator[str]:
    for item in company.round:
        moving = _moving(item)
        if moving and item.closes_monthly is None and item.succeeds.certain and item.succeeds.value == 1:
            verb = "move" if len(moving) > 1 or moving == ["odds"] else "moves"
            yield f"round.{item.name} is sure to close when its time comes: {' and '.join(moving)} {verb} nothing."


def _moving(item: Round) -> list[str]:
    return [*(["market"] if wobbles(item.market) else []), *([] if item.odds is None else ["odds"])]
