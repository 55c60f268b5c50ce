"""Policies that fight each other: what one does to a line, another undoes. No mistake, but worth knowing."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations
from typing import Final

from tarmac.company.model import Company
from tarmac.company.numbers import line_paths, terminable
from tarmac.company.reactions import Action
from tarmac.company.targets import matching
from tarmac.errors import printable
from tarmac.uncertain import Uncertain

_MOST_NAMED: Final = 3
_ENDS: Final = "ends {}"


@dataclass(frozen=True, slots=True)
class _Deed:
    """What one action of a policy does to which lines: it raises them (1), lowers them (-1), or neither (0).

    `words` has braces where the lines are named.
    """

    policy: str
    lines: tuple[str, ...]
    direction: int
    words: str

    def fights(self, other: "_Deed") -> bool:
        """Whether the two do not go together, on a line that both act on."""
        return self.direction * other.direction < 0 or self.words == other.words == _ENDS


def fights(company: Company) -> tuple[str, ...]:
    """A sentence on every two actions of policies that move the same line in opposite directions, in order of the file.

    An action lowers a line by a cut or by growth below zero, and raises it by an increase or by growth above zero; of
    an uncertain number the median counts. Two actions that end the same commitment are named too: it ends only once.

    >>> from tarmac.company import company_from
    >>> def policy(name, **action):
    ...     return {"name": name, "when": {"runway_below": 6}, "do": [action]}
    >>> company = company_from(
    ...     {
    ...         "company": {"name": "Example", "currency": "USD", "first_month": "2027-01"},
    ...         "cash": {"opening": "1M"},
    ...         "cost": [{"name": "rent", "monthly": "10k"}],
    ...         "policy": [policy("a", cut="cost.*", by="30%"), policy("b", growth="cost.rent", by="1% to 2%")],
    ...     }
    ... )
    >>> fights(company)
    ("policy 'a' cuts cost.rent by 30%, policy 'b' changes the monthly growth of the same line by 1% to 2%",)
    """
    pairs = combinations(_deeds(company), 2)
    said = (_sentence(first, second) for first, second in pairs if first.fights(second))
    return tuple(dict.fromkeys(sentence for sentence in said if sentence))


def _deeds(company: Company) -> Iterator[_Deed]:
    """What all policies do to lines; a freeze and a deferral leave them as they are."""
    lines = line_paths(company)
    others = tuple(path for path in lines if not path.startswith("team."))
    for policy in company.policy:
        for action in policy.do:
            if action.terminate is not None:
                yield _Deed(policy.name, matching(action.terminate, terminable(company)), 0, _ENDS)
            elif action.by is not None:
                target = action.cut or action.increase or action.growth or ""
                known = lines if action.cut is not None else others
                yield _Deed(policy.name, matching(target, known), *_change(action, action.by))


def _change(action: Action, by: Uncertain) -> tuple[int, str]:
    """The direction in which an action moves its lines, and what it does in words."""
    sign = (by.median() > 0) - (by.median() < 0)
    amount = f"{100 * by.value:.6g}%" if by.certain else printable(by.text)
    if action.growth is not None:
        return sign, f"changes the monthly growth of {{}} by {amount}"
    return (-sign, f"cuts {{}} by {amount}") if action.cut is not None else (sign, f"increases {{}} by {amount}")


def _sentence(first: _Deed, second: _Deed) -> str:
    """What two actions do that do not go together; "" where they have no line in common."""
    shared = [line for line in first.lines if line in second.lines]
    if not shared:
        return ""
    more = len(shared) - _MOST_NAMED
    named = ", ".join(shared[:_MOST_NAMED]) + (f" and {more} more" if more > 0 else "")
    same = "the same line" if len(shared) == 1 else "the same lines"
    begins = f"policy '{first.policy}' {first.words.format(named)}"
    if first.words == _ENDS:
        again = " twice" if first.policy == second.policy else f", and so does policy '{second.policy}'"
        return f"{begins}{again}: what has ended cannot end again"
    then = "and" if first.policy == second.policy else f"policy '{second.policy}'"
    return f"{begins}, {then} {second.words.format(same)}"
