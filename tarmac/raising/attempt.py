"""A raise as it is planned: how long it takes, how likely it is to close, and at what price shares are sold."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from tarmac.company import Company, company_from

ROUND: Final = "the raise"
"""What the round is called that is put into a company to try it."""

_PRICE: Final = ("pre_money", "sold", "option_pool")
"""Keys of an equity round that say what its money buys."""

_LONGER: Final = ("closes_monthly", "gives_up_after", "retries", "again_after")
"""Keys of a round that say how long it may go on after `takes`."""

_LEFT_OUT: Final = ("market", "odds", "requires")
"""Keys of a round that move its chance of closing by what happens until then."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """A raise in the words of a company file.

    `price`: keys of an equity round that say what the money buys, none where that is not known; `source`: where time
    and chance come from; `priced_by`: where the price comes from. `longer`: keys of a round that say how long it may go
    on after `takes`, and be made again; `left_out`: keys of the round that would move the chance, not looked at here.
    """

    takes: str | float
    succeeds: str | float
    price: Mapping[str, Any]
    source: str
    priced_by: str = ""
    longer: Mapping[str, Any] = field(default_factory=dict)
    left_out: tuple[str, ...] = ()


def attempt_of(
    company: Company, *, takes: str | None = None, succeeds: str | None = None, pre_money: str | None = None
) -> Attempt:
    """How a raise goes: as said, or as the first equity round of the company does; else at once and surely.

    Of a company that has been calibrated, the first that does not begin before the origin of its facts, if any.
    """
    planned = [item for item in company.document().get("round", ()) if item["instrument"] == "equity"]
    if company.posterior is not None:
        origin = str(company.posterior.about.origin)
        planned.sort(key=lambda item: item.get("starts", origin) < origin)
    known = planned[0] if planned else {}
    source = f"round.{known['name']}" if known else "nothing: the money comes at once"
    priced: dict[str, Any] = next((item for item in planned if "pre_money" in item or "sold" in item), {})
    price: dict[str, Any] = {key: priced[key] for key in _PRICE if key in priced}
    priced_by = f"round.{priced['name']}" if priced else ""
    if pre_money is not None:
        price = {key: value for key, value in price.items() if key == "option_pool"} | {"pre_money": pre_money}
        priced_by = "the command line"
    return Attempt(
        takes=known.get("takes", 0) if takes is None else takes,
        succeeds=known.get("succeeds", 1) if succeeds is None else succeeds,
        price=price,
        source=source if takes is None else "the command line",
        priced_by=priced_by,
        longer={key: known[key] for key in _LONGER if takes is None and key in known},
        left_out=tuple(key for key in _LEFT_OUT if succeeds is None and known.get(key)),
    )


def with_attempt(company: Company, attempt: Attempt) -> Company:
    """The company with this attempt as its first round. InputError where it is not one a company can make."""
    tried = {"takes": attempt.takes, "succeeds": attempt.succeeds, "amount": 1} | dict(attempt.longer)
    return _with_first(company, tried)


def with_money(company: Company, attempt: Attempt, *, amount: float, at: int) -> Company:
    """The company with an amount that surely comes in month index `at`, at the attempt's price, as its first round."""
    return _with_first(company, {"amount": amount} | dict(attempt.price), starts=at)


def _with_first(company: Company, keys: Mapping[str, Any], *, starts: int = 0) -> Company:
    head = {"name": ROUND, "instrument": "equity", "starts": str(company.company.first_month + starts)} | dict(keys)
    document = company.document()
    return company_from(document | {"round": [head, *document.get("round", ())]}, company.file)
