"""From a checked row of a spreadsheet to a company: what the row says, and defaults for the rest."""

from collections.abc import Mapping
from typing import Any

from tarmac.company import Company, company_from
from tarmac.months import Month
from tarmac.portfolio.cells import Line
from tarmac.portfolio.defaults import Defaults, Stage
from tarmac.scenario import Scenario, apply

DOLLAR = "USD"
"""The currency that published rounds are told in."""

CLOUD = "cloud"
"""What the line of compute and its price are called."""


def built(
    line: Line,
    *,
    first_month: Month,
    defaults: Defaults,
    scenario: Scenario | None,
    dollar: float | None,
) -> Company:
    """The company of a row. `dollar`: what a dollar costs in its currency; `scenario`: what adds its next round.

    InputError where a piece of the defaults does not fit.
    """
    document = _document(line, first_month=first_month, defaults=defaults)
    if dollar is not None and line.currency != DOLLAR:
        document["fx"] = {DOLLAR: {"rate": dollar} | defaults.fx}
    file = f"{line.row.file}, row {line.row.number}"
    company = company_from(document, file)
    if scenario is None:
        return company
    company = apply(company, scenario)
    stage = next(said for name, said in defaults.stage.items() if name.casefold() == line.stage)
    return _not_before(company, line, stage=stage)


def unused(line: Line) -> str:
    """A sentence on what a row says and its company cannot use; "" where there is nothing."""
    if line.growth is not None and "revenue" not in line.money and "costs" not in line.money:
        return f"Growth is not used where no revenue is given: {line.name}."
    return ""


def _document(line: Line, *, first_month: Month, defaults: Defaults) -> dict[str, Any]:
    header = {"name": line.name, "currency": line.currency, "first_month": str(first_month)}
    document: dict[str, Any] = {
        "company": header,
        "cash": {"opening": _written(line, "cash")},
        "market": dict(defaults.market),
        "policy": [dict(item) for item in defaults.policy],
    }
    revenue, costs = _earned_and_spent(line)
    if revenue is None:
        return document | {"cost": [{"name": "net burn", "monthly": costs} | defaults.cost]}
    growth = {} if line.growth is None else {"growth": str(line.growth)}
    known = {"name": "revenue", "kind": "other", "monthly": revenue}
    document["revenue"] = [known | defaults.revenue | growth]
    cloud, rest = _divided(line, costs, share=_share(defaults.cloud.get("share", 0)))
    if cloud:
        keys = {key: value for key, value in defaults.cloud.items() if key != "share"}
        document["price"] = [{"name": CLOUD} | defaults.price]
        document["compute"] = [{"name": CLOUD, "kind": "on_demand", "monthly": cloud, "price": CLOUD} | keys]
    return document | {"cost": [{"name": "costs", "monthly": rest} | defaults.cost]}


def _divided(line: Line, costs: str, *, share: float) -> tuple[str, str]:
    """What is paid for the cloud, "" for nothing, and the rest of the costs, in the words of a company file."""
    if "cloud" in line.money:
        cloud = line.money["cloud"].value
        return (f"{cloud:.12g}" if cloud else ""), f"({costs}) - {cloud:.12g}"
    return (f"({costs}) * {share:.12g}", f"({costs}) * {1 - share:.12g}") if share else ("", costs)


def _earned_and_spent(line: Line) -> tuple[str | None, str]:
    """Revenue, None where only net burn is known, and costs of the first month, in the words of a company file."""
    money = line.money
    if "revenue" in money and "costs" in money:
        return _written(line, "revenue"), _written(line, "costs")
    if "revenue" in money:
        costs = money["revenue"].value + money["net_burn"].value
        return _written(line, "revenue"), f"{costs:.12g}"
    if "costs" in money:
        revenue = money["costs"].value - money["net_burn"].value
        return f"{revenue:.12g}", _written(line, "costs")
    return None, _written(line, "net_burn")


def _written(line: Line, column: str) -> str:
    return str(line.money[column])


def _share(share: str | float) -> float:
    return float(share.rstrip("% ")) / 100 if isinstance(share, str) else float(share)


def _not_before(company: Company, line: Line, *, stage: Stage) -> Company:
    """The company whose next round begins no sooner than some months after its last."""
    if line.last_round is None:
        return company
    earliest = line.last_round + stage.months_after_last
    if earliest - company.company.first_month <= 0:
        return company
    document = company.document()
    for item in document["round"]:
        when: Mapping[str, Any] = item.get("when", {})
        item["when"] = {**when, "month": str(earliest)}
    return company_from(document, company.file)
