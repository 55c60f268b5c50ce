"""A company and what facts have taught about it: whether the two still fit each other, and both as one."""

import hashlib
import json
from collections.abc import Iterator

from tarmac.company.model import Company
from tarmac.company.numbers import inputs
from tarmac.company.reading import company_from
from tarmac.errors import Problem
from tarmac.posterior import Posterior

_WORDS = ("posterior", "facts", "story")
"""What of the header is no part of the model."""


def fingerprint(company: Company) -> str:
    """What a company's file says of its money, in sixteen signs: another number, date or name gives others."""
    document = company.document()
    header = {key: value for key, value in document["company"].items() if key not in _WORDS}
    text = json.dumps(document | {"company": header}, sort_keys=True, ensure_ascii=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def declared(company: Company) -> dict[str, tuple[str, ...]]:
    """The uncertain numbers as they are written, by their driver."""
    found: dict[str, tuple[str, ...]] = {}
    for place in inputs(company):
        found[place.driver] = (*found.get(place.driver, ()), place.number.text)
    return found


def calibrated(company: Company, posterior: Posterior | None) -> Company:
    """The company with what facts have taught about it: each path of a run of it has one of the posterior's pasts."""
    document = company.document()
    return company_from(document | {"company": document["company"] | {"posterior": posterior}}, company.file)


def misfits(company: Company, posterior: Posterior, *, file: str) -> Iterator[Problem]:
    """How a company has changed since it was calibrated: its uncertain numbers by name, else that something has."""
    was, now = posterior.about.declared, declared(company)
    remedy = "put the change into a scenario, or run tarmac calibrate again"
    for name in sorted({*was, *now}):
        if was.get(name) != now.get(name):
            shown = " and ".join(now.get(name, ["no uncertain number"]))
            rule = f"is as it was when {file} was made: {' and '.join(was.get(name, ['not there']))}"
            yield Problem(company.file, name, shown, rule, remedy)
    if was == now and posterior.about.company != fingerprint(company):
        rule = f"is as it was when {file} was made; something that is certain has changed"
        yield Problem(company.file, "company.posterior", file, rule, remedy)
