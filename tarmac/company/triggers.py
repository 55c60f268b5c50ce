"""Conditions in words: what a round or a policy waits for."""

from typing import Final

from tarmac.company.funding import Trigger

_WORDS: Final = {
    "month": "from {} on",
    "runway_below": "runway < {} months",
    "cash_below": "cash < {}",
    "arrears_above": "arrears > {}",
    "round_failed": "{} has failed",
    "oldest_bill_above": "a bill is over {} months late",
}


def in_words(trigger: Trigger) -> str:
    """What a condition watches, on one line: "runway < 2 to 5 months and cash < 2M"."""
    given = {name: getattr(trigger, name) for name in _WORDS}
    return " and ".join(_WORDS[name].format(value) for name, value in given.items() if value is not None)
