"""Who owns what on every path: shares move only where a round closes, and turn into money where the company is sold."""

from typing import TYPE_CHECKING, Final

import numpy as np

from tarmac.engine.captable import Claim, distribute, price, stakes_at_sale
from tarmac.engine.drivers import Drivers
from tarmac.engine.selection import Paths, Selection, Some
from tarmac.engine.walk import Row
from tarmac.plan import NOTHING, NotePlan, Number, Plan, RoundPlan

if TYPE_CHECKING:
    from tarmac.engine.debts import Debts
    from tarmac.engine.ledger import Ledger

_POOL: Final = "option pool"
_PRICED: Final = ("equity", "compute")
_ORDER: Final = {"acquisition": 0, "secondary": 1, "equity": 2, "compute": 2, "safe": 3}
_LEAST_SHARE: Final = 1e-12


def in_order(closing: list[tuple[RoundPlan, Some]]) -> list[tuple[RoundPlan, Some]]:
    """The rounds of a month as they act on ownership: the sale of the company, what holders sell, priced rounds, SAFEs.

    Alike ones are in the order of the file. So who invests in a month sells nothing in it, and a SAFE, as a note,
    becomes shares in a month after the one in which its money came.
    """
    return sorted(closing, key=lambda item: _ORDER.get(item[0].instrument, len(_ORDER)))


def owners_of(plan: Plan) -> tuple[str, ...]:
    """Everybody who may come to hold shares: holders by name, then rounds and notes of somebody new by key path."""
    holders = [item.name for item in plan.holders]
    lacking = not any(item.kind == "pool" for item in plan.holders)
    pool = [_POOL] if lacking and any(item.option_pool is not None for item in plan.rounds) else []
    buying = (*_PRICED, "safe", "secondary")
    found = [*(item.owner for item in plan.rounds if item.instrument in buying), *(item.owner for item in plan.notes)]
    return (*holders, *pool, *(name for name in found if name not in holders))


class Ownership:
    """The cap table of every path of a block, as fractions of all shares (fully diluted), and who has a preference.

    `held`: by owner, in the order of `owners`, shape (owners, paths). A class of preferred shares is what one priced
    round has sold, with what SAFEs and notes became in it, or what one earlier investor holds: `classes` are their
    fractions, `paid` the money its holders may take back, both of shape (classes, paths). `common_shares`, shape
    (paths,), are neither preferred nor options not granted; `ours`, shape (1 + classes, paths), is what common holders
    have of them and of each class. SAFEs and notes that are outstanding hold nothing yet. `sales`: where the company
    was sold, by the path's number in the block, what common holders together got; `secondary_sales`: the same where
    they sold shares.
    """

    def __init__(self, drivers: Drivers) -> None:
        plan, paths = drivers.plan, drivers.paths
        self._drivers = drivers
        self.owners = owners_of(plan)
        self.held: Row = np.zeros((len(self.owners), paths))
        self.held[: len(plan.holders)] = np.array([item.share for item in plan.holders])[:, None]
        kinds = {item.name: item.kind for item in plan.holders}
        self.common = np.array([kinds.get(name) == "common" for name in self.owners])
        """Which of the owners are common holders. Shape (owners,)."""
        self._pool = next((i for i, name in enumerate(self.owners) if kinds.get(name) == "pool"), None)
        if self._pool is None and _POOL in self.owners[len(kinds) :]:
            self._pool = len(kinds)
        self._safes = [item for item in plan.rounds if item.instrument == "safe"]
        self._owed: Row = np.zeros((len(self._safes), paths))
        self._open_classes(plan, paths)
        self.common_shares: Row = self.founders_and_staff
        self.ours: Row = np.vstack([self.common_shares[None], np.zeros(self.classes.shape)])
        self._sold = np.zeros(paths, np.bool_)
        self.sales: list[Some] = []
        self.secondary_sales: list[Some] = []

    def _open_classes(self, plan: Plan, paths: int) -> None:
        earlier = [item for item in plan.holders if item.kind == "preferred"]
        priced = [item.driver for item in plan.rounds if item.instrument in _PRICED]
        self._class = {name: len(earlier) + place for place, name in enumerate(priced)}
        self.classes: Row = np.zeros((len(earlier) + len(priced), paths))
        self.paid: Row = np.zeros(self.classes.shape)
        for place, item in enumerate(earlier):
            self.classes[place] = item.share
            self.paid[place] = self._drivers.at_opening(item.invested)

    @property
    def founders_and_staff(self) -> Row:
        """What all common holders own together. Shape (paths,)."""
        together: Row = self.held[self.common].sum(axis=0)
        return together

    def close(self, plan: RoundPlan, some: Some, *, month: int, ledger: "Ledger") -> None:
        """A round closes on some paths, before the notes that convert in it are off the books."""
        if plan.instrument == "acquisition":
            self._sell(some, month=month, ledger=ledger)
        elif plan.instrument == "secondary":
            self._hand_over(plan, some, who=ledger.who)
        elif plan.instrument in _PRICED:
            self._issue(plan, some, month=month, debts=ledger.debts)
        elif plan.instrument == "safe":
            place = [item.name for item in self._safes].index(plan.name)
            self._owed[place, some[0]] += some[1]

    def keep(self, chosen: Selection, drivers: Drivers) -> None:
        """Go on with some of the paths."""
        self._drivers = drivers
        self.held, self._owed = chosen.rows(self.held), chosen.rows(self._owed)
        self.classes, self.paid = chosen.rows(self.classes), chosen.rows(self.paid)
        self.common_shares, self.ours = chosen.row(self.common_shares), chosen.rows(self.ours)
        self._sold = chosen.row(self._sold)

    def _issue(self, plan: RoundPlan, some: Some, *, month: int, debts: "Debts | None") -> None:
        """New shares, for money and, in a round for cash, for what SAFEs and notes are owed."""
        paths, amounts = some
        claims = self._claims(paths, month=month, debts=debts) if plan.instrument == "equity" else []
        held = self.held.take(paths, axis=1)
        priced = price(
            amounts,
            self._pre_money(plan, some, month=month),
            claims=[claim for _, claim in claims],
            pool=np.zeros(len(paths)) if self._pool is None else held[self._pool],
            target=self._on(paths, plan.option_pool),
        )
        held *= priced.kept
        if self._pool is not None:
            held[self._pool] += priced.topped_up
        place = self._class[plan.driver]
        for rows in (self.classes, self.ours):
            rows[:, paths] *= priced.kept
        self.common_shares[paths] *= priced.kept
        for name, fraction in (
            (plan.owner, priced.new),
            *zip((name for name, _ in claims), priced.converted, strict=True),
        ):
            owner = self.owners.index(name)
            held[owner] += fraction
            self.classes[place, paths] += fraction
            if self.common[owner]:
                self.ours[1 + place, paths] += fraction
        self.held[:, paths] = held
        self.paid[place, paths] += sum((claim.money for _, claim in claims), start=amounts)
        if plan.instrument == "equity":
            self._owed[:, paths] = 0.0

    def _pre_money(self, plan: RoundPlan, some: Some, *, month: int) -> Row:
        """The valuation before the money: as declared, or the one at which it buys the share that is sold."""
        paths, amounts = some
        sold = self._on(paths, plan.sold)
        pre_money = self._on(paths, plan.pre_money, month=month) if sold is None else amounts * (1.0 / sold - 1.0)
        assert pre_money is not None, "where a round has no price, ownership is not computed"  # noqa: S101
        return pre_money

    def _hand_over(self, plan: RoundPlan, some: Some, *, who: Paths) -> None:
        """Holders sell shares, each the same part of those of every class, for money that is theirs."""
        alone = ~self._sold[some[0]]
        paths, amounts = some[0][alone], some[1][alone]
        held = self.held[:, paths]
        options = np.zeros(len(paths)) if self._pool is None else held[self._pool].copy()
        issued = 1.0 - options
        share = self._drivers.on(paths, plan.share or NOTHING) * self._drivers.on(paths, plan.delivered)
        part = np.minimum(np.divide(share, issued, out=np.ones(len(paths)), where=issued > share), 1.0)
        ours = np.divide(held[self.common].sum(axis=0), issued, out=np.zeros(len(paths)), where=issued > _LEAST_SHARE)
        held *= 1.0 - part
        if self._pool is not None:
            held[self._pool] = options
        held[self.owners.index(plan.owner)] += part * issued
        self.held[:, paths] = held
        self.ours[:, paths] *= 1.0 - part
        self.secondary_sales.append((who[paths], ours * amounts))

    def _claims(
        self, paths: Paths, *, month: int, debts: "Debts | None", sold: bool = False
    ) -> list[tuple[str, Claim]]:
        """What may become shares on some paths, by owner: SAFEs, and what was owed on notes at the month's start.

        Where the company is `sold`, also what has been added to a note this month.
        """
        found: list[tuple[str, Claim]] = []
        notes = [] if debts is None else debts.notes
        owed = [*self._owed.take(paths, axis=1), *(note.outstanding(paths, new=sold) for note in notes)]
        terms: list[RoundPlan | NotePlan] = [*self._safes, *(note.plan for note in notes)]
        for item, money in zip(terms, owed, strict=True):
            if money.any():
                cap = self._on(paths, item.cap, month=month)
                found.append((item.owner, Claim(money, cap, self._on(paths, item.discount))))
        return found

    def _sell(self, some: Some, *, month: int, ledger: "Ledger") -> None:
        """The proceeds of a sale, less what is owed to lenders, go to those who hold shares. Options lapse.

        Common holders get their part of what common shares and each class get, and what a SAFE or note of theirs does.
        """
        first = ~self._sold[some[0]]
        paths, amounts = some[0][first], some[1][first]
        self._sold[paths] = True
        debts = ledger.debts
        worth = amounts if debts is None else np.maximum(amounts - debts.repaid_first(paths), 0.0)
        claims = self._claims(paths, month=month, debts=debts, sold=True)
        stock = np.vstack([self.common_shares[None, paths], self.classes[:, paths]])
        stakes = stakes_at_sale(stock[0], stock[1:], claims=[claim for _, claim in claims])
        money = np.vstack([self.paid[:, paths], *(claim.money[None] for _, claim in claims)])
        proceeds = distribute(worth, stakes[0], money=money, shares=stakes[1:])
        parts = np.divide(self.ours[:, paths], stock, out=np.zeros_like(stock), where=stock > _LEAST_SHARE)
        insiders = [np.full((1, len(paths)), float(self.common[self.owners.index(name)])) for name, _ in claims]
        got = np.vstack([proceeds.common[None], proceeds.classes]) * np.vstack([parts, *insiders])
        self.sales.append((ledger.who[paths], got.sum(axis=0)))

    def _on(self, paths: Paths, number: Number | None, *, month: int = 0) -> Row | None:
        """A number on some paths. Shape (len(paths),)."""
        return None if number is None else np.broadcast_to(self._drivers.on(paths, number, month=month), len(paths))
