"""What the tests of who owns what are made of: small companies and their cap tables."""

from typing import Any

import numpy as np

from tarmac.company import company_from
from tarmac.engine.block import Job, Prepared
from tarmac.engine.ledger import Ledger
from tarmac.layout import plan_of
from tarmac.simulation import simulate

HEAD = {"name": "Example", "currency": "USD", "first_month": "2024-01"}
FOUNDERS = {"name": "founders", "share": 1}
TEN = [{"name": "founders", "share": 0.9}, {"name": "pool", "kind": "pool", "share": "10%"}]


def document(**sections: Any) -> dict[str, Any]:
    return {"company": HEAD, "cash": {"opening": 1000}, "holder": [FOUNDERS], **sections}


def ran(*, months: int = 6, paths: int = 3, **sections: Any) -> Ledger:
    """A company's books after some months."""
    ledger = Prepared(Job(plan_of(company_from(document(**sections))), 1, months, paths), 0).ledger()
    ledger.run()
    return ledger


def raised(month: str, instrument: str, **keys: Any) -> dict[str, Any]:
    return {"name": instrument, "instrument": instrument, "starts": month, **keys}


def equity(month: str = "2024-03", *, amount: float = 20, pre_money: float | str = 80, **keys: Any) -> dict[str, Any]:
    """A fifth of the company for 20, unless said otherwise."""
    return raised(month, "equity", amount=amount, pre_money=pre_money, **keys)


def held(**sections: Any) -> dict[str, float]:
    """Who owns what in the end, on each of three paths alike."""
    ownership = ran(**sections).ownership
    assert ownership is not None
    assert np.ptp(ownership.held, axis=1).max() == 0
    return dict(zip(ownership.owners, ownership.held[:, 0].tolist(), strict=True))


def proceeds(**sections: Any) -> float:
    """What common holders get of a sale."""
    ownership = ran(**sections).ownership
    assert ownership is not None
    ((paths, amounts),) = ownership.sales
    assert paths.tolist() == [0, 1, 2]
    return float(amounts[0])


def forecast(**sections: Any) -> Any:
    """What is left of a short run."""
    return simulate(company_from(document(**sections)), months=6, paths=2_000, seed=1)
