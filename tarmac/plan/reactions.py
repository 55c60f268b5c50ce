"""What may happen and what is done about it, as the engine reads it: events and policies."""

from dataclasses import dataclass

from tarmac.plan.funding import Condition
from tarmac.plan.numbers import FOREVER, NOTHING, Number
from tarmac.uncertain import Uncertain


@dataclass(frozen=True, slots=True)
class EventPlan:
    """A Poisson event: what an occurrence does to which lines (none: cash), its size, months until it has passed.

    `what`: "multiply" the level, "add" cash, "forgive" or "turn" into a debt (`into`) a share of what is past due.
    """

    name: str
    rate: Number
    what: str
    targets: tuple[str, ...]
    size: Uncertain
    currency: str | None
    months: int | None
    into: str | None

    @property
    def driver(self) -> str:
        """The stream of its occurrences."""
        return f"event.{self.name}"


@dataclass(frozen=True, slots=True)
class ActionPlan:
    """One thing a policy does, to which lines, by how much, for how many months.

    `what`: "cut", "increase", "growth", "freeze hires", "freeze raises", "terminate" or "defer".
    """

    what: str
    targets: tuple[str, ...]
    by: Number = NOTHING
    months: int = 0


@dataclass(frozen=True, slots=True)
class PolicyPlan:
    """What is done when a condition is seen: from `after` months later on, once or again after `every` months.

    Nothing is decided after month index `until`.
    """

    name: str
    when: Condition
    after: int
    actions: tuple[ActionPlan, ...]
    once: bool
    every: int
    until: int = FOREVER
