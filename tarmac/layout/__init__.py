"""From a company to its plan: names become indices, months count from 0, numbers become constants or drivers."""

import numpy as np

from tarmac.company import Company
from tarmac.company.correlations import correlated, correlation_matrix
from tarmac.company.numbers import drivers, inputs, shocks, wobbles
from tarmac.layout.funding import Funding
from tarmac.layout.lines import Lines
from tarmac.layout.reactions import Reactions
from tarmac.plan import Copula, Input, Plan
from tarmac.streams import MARKET

__all__ = ["plan_of"]


def plan_of(company: Company, *, named: bool = False) -> Plan:
    """Lay a company out as arrays and constants by month counted from 0.

    `named`: every number but a certain zero is referred to by its key path, as if it were drawn, so that it can be
    traced to where it stands; such a plan is run with values for all of them.
    """
    lines, funding = Lines(company, named=named), Funding(company, named=named)
    reactions = Reactions(company, named=named)
    return Plan(
        name=company.company.name,
        currency=company.company.currency,
        first_month=company.company.first_month,
        insolvent_when=company.company.insolvent_when,
        opening_cash=funding.number(company.cash.opening, "cash.opening"),
        keep_payroll_months=funding.number(company.cash.keep_payroll_months, "cash.keep_payroll_months"),
        inputs=tuple(Input(p.path, p.driver, p.number, p.low, p.high) for p in inputs(company)),
        market_persistence=company.market.persistence if _market_matters(company) else None,
        revenue=tuple(lines.revenue(item) for item in company.revenue),
        teams=tuple(lines.team(item) for item in company.team),
        vendors=tuple(lines.vendor(path, item) for path, item in lines.billed()),
        holders=funding.holders(),
        rounds=tuple(funding.round(item) for item in company.round),
        events=tuple(reactions.event(item) for item in company.event),
        policies=tuple(reactions.policy(item) for item in company.policy),
        loans=tuple(funding.loan(path, item) for path, item in funding.loans()),
        notes=tuple(funding.note(path, item) for path, item in funding.notes()),
        credit_line=funding.credit_line(),
        currencies=tuple((code, lines.fx(code)) for code in company.fx),
        prices=tuple((item.name, lines.price(item)) for item in company.price),
        input_copula=_copula(company, drivers(company)),
        shock_copula=_copula(company, shocks(company)),
        posterior=company.posterior,
    )


def _market_matters(company: Company) -> bool:
    loadings = [getattr(table, "market", None) for _, _, table in company.named()]
    pairs = [name for item in company.correlation for name in item.between]
    return MARKET in pairs or any(item is not None and wobbles(item) for item in loadings)


def _copula(company: Company, drivers: tuple[str, ...]) -> Copula | None:
    names = tuple(name for name in correlated(company) if name in drivers)
    if not names:
        return None
    matrix = correlation_matrix(company, names)
    values, vectors = np.linalg.eigh(matrix)
    return Copula(names, vectors @ np.diag(np.sqrt(np.maximum(values, 0.0))) @ vectors.T)
