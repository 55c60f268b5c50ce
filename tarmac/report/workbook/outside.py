"""Money from outside and what policies decide in the Monthly sheet."""

from typing import Final

from tarmac.plan import Condition, PolicyPlan
from tarmac.report.workbook.cells import NOTHING, Cell, all_of, flag, short_of, total
from tarmac.report.workbook.desk import Desk
from tarmac.report.workbook.grid import FLAG, Look, Row
from tarmac.report.workbook.paying import PayingRows

BURN_WINDOW: Final = 3
CASH: Final = ("equity", "safe", "note", "debt", "grant", "asset_sale")
"""Rounds that bring cash."""

_RAISED: Final = Look(input=True, note="from the engine; nothing where it is not certain: type in what is to come")


class RoundRows:
    """What rounds bring, month by month: carried from the engine, to be typed over."""

    def __init__(self, desk: Desk) -> None:
        self._desk, self._plans = desk, desk.base.plan.rounds
        brings = [item for item in self._plans if item.instrument in (*CASH, "compute")]
        sold = [item for item in self._plans if item.instrument == "acquisition"]
        watched = {item.when.round_failed for item in desk.base.plan.policies} - {None}
        if brings or sold or watched:
            desk.grid.heading("Money from outside")
        self.raised = {item.name: self._row(item.name, "what it brings", engine="raised") for item in brings}
        self.sold = [self._row(item.name, "the company is sold (an amount: yes)", engine="raised") for item in sold]
        self.failed = {
            number: desk.grid.row(
                f"round.{item.name}: has failed", FLAG, engine=desk.base.failed[item.name], carried=True
            )
            for number, item in enumerate(self._plans)
            if number in watched
        }

    def _row(self, name: str, what: str, *, engine: str) -> Row:
        rows = getattr(self._desk.base, engine)
        return self._desk.grid.row(f"round.{name}: {what}", _RAISED, engine=rows[name], carried=True)

    def fill(self, month: int) -> None:
        """What the engine says of a month."""
        for row in (*self.raised.values(), *self.sold, *self.failed.values()):
            row.put(month, NOTHING)

    def of(self, *instruments: str) -> list[Row]:
        """The rows of rounds of some kinds."""
        return [self.raised[item.name] for item in self._plans if item.instrument in instruments]

    def in_credits(self, vendor: str) -> list[Row]:
        """The rows of rounds that are paid for in a vendor's credits."""
        return [self.raised[item.name] for item in self._plans if item.vendor == vendor]

    def into(self, path: str) -> list[Row]:
        """The row of the round whose money is owed on a loan or a note, by its key path."""
        return [row for name, row in self.raised.items() if f"round.{name}" == path]

    def sold_by(self, month: int) -> Cell | None:
        """Whether the company is sold in a month; None where it cannot be."""
        return total(row[month] for row in self.sold) > 0 if self.sold else None


class PolicyRows:
    """Policies: the state that is seen at a month's end, and the months in which they act."""

    def __init__(self, desk: Desk, rounds: RoundRows) -> None:
        self._desk, self._rounds = desk, rounds
        plans = desk.base.plan.policies
        if plans:
            desk.grid.heading("Policies: what management does, by its own rules")
        self._rows: list[tuple[PolicyPlan, Row, Row]] = []
        for plan in plans:
            name = f"policy.{plan.name}"
            seen = desk.grid.row(f"{name}: decided at month's end", FLAG)
            acts = desk.grid.row(f"{name}: acts", FLAG, engine=desk.base.bites[plan.name])
            self._rows.append((plan, seen, acts))
            for action in plan.actions:
                for target in action.targets:
                    desk.actions.setdefault(target, []).append((action, acts))
                if action.what == "defer":
                    desk.actions.setdefault("taxes", []).append((action, acts))

    def act(self, month: int) -> None:
        """What was decided earlier is done now."""
        for plan, seen, acts in self._rows:
            decided = month - plan.after
            acts.put(month, seen[decided] if decided >= 0 else NOTHING)

    def decide(self, month: int, money: "Watched") -> None:
        """Look at a month's end."""
        for plan, seen, _ in self._rows:
            if month > plan.until:
                seen.put(month, NOTHING)
                continue
            since = 0 if plan.once else month - max(plan.every, plan.after) + 1
            earlier = seen.span(max(since, 0), month - 1) if month else NOTHING
            state = [self._desk.going[month] > money.insolvent[month], *self._state(plan.when, money, month=month)]
            open_still = [] if earlier is NOTHING else [_none(earlier)]
            seen.put(month, flag(all_of(*state, *open_still)))

    def _state(self, when: Condition, money: "Watched", *, month: int) -> list[Cell]:
        desk, found = self._desk, []
        if when.month is not None:
            found.append(Cell(f"{month + 1}>={when.month}", float(month + 1 >= when.month), 3))
        if when.runway_below is not None:
            window = min(month + 1, BURN_WINDOW)
            burn = money.burn.span(month - window + 1, month) / window
            found.append(short_of(money.cash[month], desk.number(when.runway_below) * burn))
        if when.cash_below is not None:
            found.append(money.cash[month] < desk.number(when.cash_below, month))
        if when.arrears_above is not None:
            found.append(money.paying.arrears[month] > desk.number(when.arrears_above, month))
        if when.round_failed is not None:
            found.append(self._rounds.failed[when.round_failed][month] > 0)
        if when.oldest_bill_above is not None:
            found.append(money.paying.oldest(month) > desk.number(when.oldest_bill_above))
        return found


class Watched:
    """The rows that policies look at."""

    def __init__(self, cash: Row, *, burn: Row, paying: PayingRows, insolvent: Row) -> None:
        self.cash, self.burn, self.paying, self.insolvent = cash, burn, paying, insolvent


def _none(cells: Cell) -> Cell:
    return Cell(f"{cells.text}=0", float(cells.value == 0), 3)
