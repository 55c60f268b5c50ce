"""Events and policies, laid out for the engine."""

from tarmac.company.numbers import paths_of, paths_of_suppliers, terminable
from tarmac.company.reactions import Action, Event, Policy
from tarmac.company.targets import matching
from tarmac.layout.reading import Reading
from tarmac.plan import NOTHING, ActionPlan, EventPlan, PolicyPlan


class Reactions(Reading):
    """Turns what may happen and what is done about it into plans."""

    def event(self, item: Event) -> EventPlan:
        """Something that may happen."""
        effect = item.effect
        sizes = {name: getattr(effect, name) for name in ("multiply", "add", "forgive", "turn")}
        what, size = next((name, size) for name, size in sizes.items() if size is not None)
        lines = (
            (*self.lines, *paths_of(self.company, "price")) if what == "multiply" else paths_of_suppliers(self.company)
        )
        return EventPlan(
            name=item.name,
            rate=self.number(item.rate, f"event.{item.name}.rate"),
            what=what,
            targets=() if effect.target == "cash" else matching(effect.target, lines),
            size=size,
            currency=self.number(size, "").currency,
            months=effect.months,
            into=None if effect.into is None else f"debt.{effect.into}",
        )

    def policy(self, item: Policy) -> PolicyPlan:
        """What is done about it."""
        path = f"policy.{item.name}"
        actions = tuple(self._action(action, f"{path}.do[{index}]") for index, action in enumerate(item.do))
        when = self.condition(item.when, f"{path}.when")
        return PolicyPlan(item.name, when, item.after, actions, item.once, item.every, self.until(path))

    def _action(self, item: Action, path: str) -> ActionPlan:
        by = NOTHING if item.by is None else self.number(item.by, f"{path}.by")
        teams = tuple(line for line in self.lines if line.startswith("team."))
        others = tuple(line for line in self.lines if line not in teams)
        if item.freeze is not None:
            return ActionPlan(f"freeze {item.freeze}", teams)
        if item.defer is not None:
            return ActionPlan("defer", (), months=item.months or 0)
        if item.terminate is not None:
            return ActionPlan("terminate", matching(item.terminate, terminable(self.company)))
        if item.cut is not None:
            return ActionPlan("cut", matching(item.cut, self.lines), by)
        if item.increase is not None:
            return ActionPlan("increase", matching(item.increase, others), by)
        return ActionPlan("growth", matching(item.growth or "", others), by)
