"""The arithmetic of a cap table on many paths at once: a priced round, and the proceeds of a sale.

Shares are fractions of all shares, options granted or not included (fully diluted). There is no anti-dilution: a round
at a lower price dilutes everybody alike.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np

from tarmac.engine.walk import Row

_LEAST_MONEY: Final = 1e-6
_LEAST_SHARE: Final = 1e-9


@dataclass(frozen=True, slots=True)
class Claim:
    """Money that becomes shares: a SAFE, or what is owed on a note, on some paths.

    Shapes (paths,), the terms also (1,). `cap`: highest valuation, counting everything but the new money.
    """

    money: Row
    cap: Row | None
    discount: Row | None


@dataclass(frozen=True, slots=True)
class Priced:
    """What 100% of the shares are after a priced round. Shapes (paths,), `converted` (claims, paths).

    `new`: for the new money; `topped_up`: new options; `converted`: for each claim; `kept`: for all who were there
    before, the old pool among them, so the factor by which a fraction of before shrinks.
    """

    new: Row
    topped_up: Row
    converted: Row
    kept: Row


def price(money: Row, pre_money: Row, *, claims: list[Claim], pool: Row, target: Row | None) -> Priced:
    """Close a priced round.

    `pool`: fraction the pool has before; `target`: what it shall have at least after the round. With PM = pre_money +
    money, n = money / PM and q the top-up: a claim of amount a gets a / ((1 - discount) PM) by its discount, (a / cap)
    (1 - n - q) by its cap, the larger of the two if it has both, a / PM if it has neither. q is the smallest with
    which the pool reaches its target. Where claims would get more than there is, they share 1 - n - q in proportion.
    """
    after = np.maximum(pre_money + money, _LEAST_MONEY)
    new = money / after
    room = 1.0 - new
    fixed, per_room = _entitled(claims, after)
    topped_up = np.zeros_like(new)
    if target is not None:
        topped_up = _top_up(room, (fixed, per_room), pool=pool, target=target)
    left = room - topped_up
    converted = np.maximum(fixed, per_room * left)
    total = converted.sum(axis=0)
    converted *= np.where(total > left, left / np.maximum(total, _LEAST_SHARE), 1.0)
    return Priced(new, topped_up, converted, np.maximum(left - converted.sum(axis=0), 0.0))


def _entitled(claims: list[Claim], after: Row) -> tuple[Row, Row]:
    """What each claim gets at least, and what for each unit of the room that caps share. Shapes (claims, paths)."""
    fixed, per_room = np.zeros((len(claims), len(after))), np.zeros((len(claims), len(after)))
    for place, claim in enumerate(claims):
        if claim.discount is not None:
            fixed[place] = claim.money / (np.maximum(1.0 - claim.discount, _LEAST_SHARE) * after)
        elif claim.cap is None:
            fixed[place] = claim.money / after
        if claim.cap is not None:
            per_room[place] = claim.money / np.maximum(claim.cap, _LEAST_MONEY)
    return fixed, per_room


def _top_up(room: Row, entitled: tuple[Row, Row], *, pool: Row, target: Row) -> Row:
    """The least q from 0 to `room` with which the pool has its target: q + pool x what is left of before = target.

    The left side rises with q, straight between the points where a claim changes from its cap to its discount, and
    ever less steeply: Newton's method from below arrives after at most one step for each claim and one more. Where
    nothing is left to those before, the pool is q alone.
    """
    (fixed, per_room), q = entitled, np.zeros_like(room)
    for _ in range(len(fixed) + 1):
        capped = per_room * (room - q) > fixed
        has = q + pool * (room - q - np.maximum(fixed, per_room * (room - q)).sum(axis=0))
        slope = 1.0 - pool + pool * (per_room * capped).sum(axis=0)
        step = np.minimum((target - has) / np.maximum(slope, _LEAST_SHARE), 1.0)
        q = np.clip(q + np.where(has < target, step, 0.0), 0.0, room)
    left = room - q - np.maximum(fixed, per_room * (room - q)).sum(axis=0)
    return np.where(left < 0, np.minimum(target, room), q)


@dataclass(frozen=True, slots=True)
class Proceeds:
    """Who gets what of a sale: all common holders together, shape (paths,), each class, shape (classes, paths)."""

    common: Row
    classes: Row


def distribute(worth: Row, common: Row, *, money: Row, shares: Row) -> Proceeds:
    """Distribute the proceeds of a sale among common holders and classes with a preference.

    Every class takes the greater of its `money` back and its share as converted (1x, non-participating); where there
    is too little for the money of all, they share it in proportion (pari passu). Classes convert in increasing order
    of money per share: the last that does is the last that gets no less by it. `common` and `shares` are of any unit.
    Shapes (paths,), of classes (classes, paths).
    """
    classes, paths = money.shape
    per_share = np.divide(money, shares, out=np.full(money.shape, np.inf), where=shares > _LEAST_SHARE**2)
    order = np.argsort(per_share, axis=0, kind="stable")
    back = np.take_along_axis(money, order, axis=0)
    converting = np.vstack([np.zeros((1, paths)), np.cumsum(np.take_along_axis(shares, order, axis=0), axis=0)])
    owed = np.vstack([back[::-1].cumsum(axis=0)[::-1], np.zeros((1, paths))])
    holding = common + converting
    values = np.divide(worth - owed, holding, out=np.zeros(owed.shape), where=holding > 0)
    worth_it = values[1:] >= np.take_along_axis(per_share, order, axis=0)
    last = np.where(worth_it.any(axis=0), classes - np.argmax(worth_it[::-1], axis=0), 0) if classes else 0
    places = np.broadcast_to(last, (1, paths))
    value = np.maximum(np.take_along_axis(values, places, axis=0)[0], 0.0)
    claimed = np.take_along_axis(owed, places, axis=0)[0]
    part = np.divide(worth, claimed, out=np.ones(paths), where=claimed > worth)
    converts = np.argsort(order, axis=0) < places
    return Proceeds(value * common, np.where(converts, value * shares, part * money))


def stakes_at_sale(common: Row, classes: Row, *, claims: list[Claim]) -> Row:
    """Fractions with which holders share in a sale: common first, then classes, then claims as converted at their caps.

    Options not granted have lapsed. A claim of amount a has a / cap of everything, counting all claims with a cap;
    where those would have more than everything, they have it in proportion. One without a cap takes its money back.
    Shape (1 + classes + claims, paths).
    """
    holding = np.vstack([common[None], classes])
    total = holding.sum(axis=0)
    holding = np.divide(holding, total, out=np.zeros_like(holding), where=total > 0)
    _, capped = _entitled(claims, np.ones_like(common))
    wanted = capped.sum(axis=0)
    capped = capped / np.maximum(wanted, 1.0)
    return np.vstack([holding * (1.0 - np.minimum(wanted, 1.0)), capped])
