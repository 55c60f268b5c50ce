"""What `tarmac levers --reach` is asked to reach, read by the grammar of the gates."""

import re
from typing import Final

from tarmac.cli.gates import NOT_UNDERSTOOD, Gate, gates_from
from tarmac.errors import InputError, Problem
from tarmac.money import NumberError, parse_amount
from tarmac.months import Month
from tarmac.reaching import Target

_SURVIVE: Final = re.compile(r"survive +(?:to +|by +)?(?:month +)?(\d{1,3}|\d{4}-\d\d) *(>=|>) *(.+)", re.IGNORECASE)
_RULE: Final = "is a chance of survival to reach, a chance of insolvency or a need to come down to"
_REMEDY: Final = "write 'survive 18 >= 90%', 'insolvent by 18 <= 10%' or 'need p90 <= 2M'"


def target_from(text: str, *, first_month: Month, months: int, currency: str) -> Target:
    """The target of a text such as "survive 18 >= 90%". InputError where it is none, or lies beyond the horizon."""
    try:
        [gate] = gates_from([_as_gate(text)], first_month=first_month, months=months, currency=currency)
    except InputError as error:
        found = [Problem(item.file, "reach", text, *_said(item)) for item in error.problems]
        raise InputError(found) from None
    if gate.sign not in ("<=", "<") or (gate.clock and gate.clock != "insolvent"):
        raise InputError([Problem("command line", "reach", text, _RULE, _REMEDY)])
    return _target(text, gate)


def _as_gate(text: str) -> str:
    """A chance of survival as one of insolvency; any other text as it is."""
    survive = _SURVIVE.fullmatch(text.strip())
    if survive is None:
        return text
    try:
        share = parse_amount(survive[3].strip())
    except NumberError:
        return f"insolvent by {survive[1]} <= {survive[3]}"
    bound = 1.0 - share.value if share.unit in ("", "%") else -1.0
    return f"insolvent by {survive[1]} {survive[2].replace('>', '<')} {round(bound, 12):.12f}"


def _said(problem: Problem) -> tuple[str, str]:
    """The rule and the remedy, in terms of targets where the text was not understood at all."""
    return (_RULE, _REMEDY) if problem.rule == NOT_UNDERSTOOD else (problem.rule, problem.remedy)


def _target(text: str, gate: Gate) -> Target:
    if gate.clock:
        return Target(text.strip(), gate.month - 1, 1.0 - gate.bound)
    return Target(text.strip(), level=gate.percent / 100, amount=gate.bound)
