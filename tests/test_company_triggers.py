"""Conditions in words."""

from tarmac.company.funding import Trigger
from tarmac.company.triggers import in_words


def test_every_condition_has_words() -> None:
    everything = {
        "month": "2027-03",
        "runway_below": "2 to 5",
        "cash_below": "2M",
        "arrears_above": "1M",
        "round_failed": "series A",
        "oldest_bill_above": 2,
    }
    assert everything.keys() == Trigger.model_fields.keys()
    text = in_words(Trigger.model_validate(everything))
    assert text.startswith("from 2027-03 on and runway < 2 to 5 months and cash < 2M and arrears > 1M and ")
    assert text.endswith("series A has failed and a bill is over 2 months late")
