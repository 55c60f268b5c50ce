"""Small companies for tests of portfolios, whose chance of failing is known."""

from typing import Any

from tarmac.company import Company, company_from
from tarmac.months import Month
from tarmac.portfolio import Holding, Portfolio

FIRST = Month(2027, 1)


def struck(name: str, *, rate: float | str, event: str = "fire", **more: Any) -> Company:
    """A company that lives for ever unless an event of so many a month comes, which ends it at once."""
    happens = {"name": event, "rate": rate, "effect": {"target": "cash", "add": -100}}
    header = {"name": name, "currency": "USD", "first_month": str(FIRST)}
    return company_from({"company": header, "cash": {"opening": 10}, "event": [happens], **more}, name)


def burning(name: str, *, cash: float, burn: float, currency: str = "USD") -> Company:
    """A company that spends the same every month and earns nothing."""
    header = {"name": name, "currency": currency, "first_month": str(FIRST)}
    return company_from(
        {"company": header, "cash": {"opening": cash}, "cost": [{"name": "all", "monthly": burn}]}, name
    )


def depending(name: str, *, line: str) -> Company:
    """A company that ends soon after its only customer leaves, and not before."""
    header = {"name": name, "currency": "USD", "first_month": str(FIRST)}
    customer = {"name": "BigCo", "share": 1, "leaves": "4%"}
    revenue = {"name": line, "kind": "contract", "monthly": 10, "customers": [customer], "collected_after": 0}
    costs = [{"name": "all", "monthly": 10}]
    return company_from({"company": header, "cash": {"opening": 5}, "revenue": [revenue], "cost": costs}, name)


def uncertain(name: str, *, market: float = 0.0) -> Company:
    """A company with a bit of everything that is drawn, and a market loading."""
    return company_from(
        {
            "company": {"name": name, "currency": "USD", "first_month": str(FIRST)},
            "cash": {"opening": "900k to 1.1M"},
            "price": [{"name": "cloud", "volatility": "10%"}],
            "revenue": [
                {
                    "name": "sales",
                    "kind": "usage",
                    "monthly": "90k to 110k",
                    "growth": "-2% to 2%",
                    "volatility": "10%",
                    "market": market,
                    "customers": [{"name": "BigCo", "share": "30%", "leaves": "2%"}],
                }
            ],
            "compute": [{"name": "gpus", "kind": "on_demand", "monthly": "80k", "price": "cloud"}],
            "cost": [{"name": "rest", "monthly": "70k", "volatility": "5%"}],
            "event": [{"name": "bank fails", "rate": "1%", "effect": {"target": "cash", "add": "-300k"}}],
            "round": [
                {
                    "name": "next",
                    "instrument": "equity",
                    "starts": "2027-04",
                    "takes": "2 to 5",
                    "succeeds": "30% to 50%",
                    "amount": "1M",
                    "market": 0.5 if market else 0,
                }
            ],
        },
        name,
    )


def held(*companies: Company, stake: float | None = None, rate: float = 1.0) -> Portfolio:
    """These companies together, in dollars."""
    return Portfolio("test", "USD", FIRST, tuple(Holding(company, stake, rate) for company in companies))
