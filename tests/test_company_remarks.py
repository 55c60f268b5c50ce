"""What is said of rounds that come too late or whose odds move nothing, and only of those."""

from typing import Any

import pytest

import tarmac
from tarmac.company import company_from
from tarmac.company.remarks import remarks

HEAD = {"name": "Example", "currency": "USD", "first_month": "2024-01"}


def found(months: int | None = 12, **keys: Any) -> tuple[str, ...]:
    start = {} if "when" in keys else {"starts": "2024-03"}
    attempt = {"name": "A", "instrument": "safe", "amount": 1, **start, **keys}
    return remarks(company_from({"company": HEAD, "cash": {"opening": 1}, "round": [attempt]}), months=months)


@pytest.mark.parametrize(
    ("keys", "words"),
    [
        ({"takes": 10}, ["cannot close within these months"]),
        ({"takes": 9.9}, []),
        ({"takes": "10 to 14"}, ["on one path in twenty at most: it takes 10 to 14 months"]),
        ({"takes": "9 to 14"}, []),
        ({"starts": "2025-01"}, ["cannot close"]),
        ({"starts": "2024-12"}, []),
        ({"takes": 11, "when": {"cash_below": 5}}, ["cannot close"]),
        ({"takes": 10, "when": {"cash_below": 5}}, []),
        ({"market": 0.3}, ["sure to close when its time comes: market moves nothing"]),
        ({"odds": {"runway": {"at": 9, "adds": 0.1}}}, ["odds move nothing"]),
        ({"market": 0.3, "succeeds": "80% to 90%"}, []),
        ({"market": 0.3, "succeeds": 0}, []),
        ({"market": 0.3, "closes_monthly": 0.2, "gives_up_after": 5}, []),
    ],
    ids=str,
)
def test_a_remark(keys: dict[str, Any], words: list[str]) -> None:
    said = found(**keys)
    assert len(said) == len(words)
    assert all(part in sentence for part, sentence in zip(words, said, strict=True))


def test_without_a_horizon_nothing_is_late() -> None:
    assert found(None, takes=100) == ()


def test_a_forecast_says_it() -> None:
    attempt = {"name": "A", "instrument": "safe", "amount": 1, "starts": "2024-03", "takes": 30}
    company = company_from({"company": HEAD, "cash": {"opening": 1}, "round": [attempt]})
    forecast = tarmac.simulate(company, months=12, paths=10, seed=1)
    assert "round.A cannot close within these months." in forecast.origin.text
