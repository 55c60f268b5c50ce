"""Declared correlations: which drivers they tie together, and whether any set of random numbers can have them."""

from collections.abc import Iterator
from typing import Final

import numpy as np
from numpy.typing import NDArray

from tarmac.company.lines import Line
from tarmac.company.mistakes import Mistake
from tarmac.company.model import Company, Price
from tarmac.company.numbers import drivers, shocks, wobbles
from tarmac.company.reactions import Correlation
from tarmac.errors import nearest
from tarmac.streams import MARKET

_TOLERANCE: Final = 1e-10
_WORTH_NAMING: Final = 0.005


def correlated(company: Company) -> tuple[str, ...]:
    """The drivers that appear in a declared correlation, in order of first appearance."""
    return tuple(dict.fromkeys(name for item in company.correlation for name in item.between))


def correlation_matrix(company: Company, drivers: tuple[str, ...]) -> NDArray[np.float64]:
    """The matrix of declared correlations over some drivers, ones on the diagonal. Shape (drivers, drivers)."""
    index = {name: position for position, name in enumerate(drivers)}
    matrix = np.eye(len(drivers))
    for item in company.correlation:
        left, right = (index.get(name) for name in item.between)
        if left is not None and right is not None:
            matrix[left, right] = matrix[right, left] = item.value
    return matrix


def correlation_mistakes(company: Company) -> Iterator[Mistake]:
    """What is wrong with the declared correlations."""
    found: list[Mistake] = []
    seen: set[frozenset[str]] = set()
    monthly, once = shocks(company), drivers(company)
    for index, item in enumerate(company.correlation):
        where, pair = f"correlation[{index}].between", frozenset(item.between)
        found += _pair_mistakes(item, where, known=(monthly, once))
        found += _twice_the_market(company, pair, where=where)
        if pair in seen:
            found.append(Mistake(where, " and ".join(item.between), "a pair is given once", "remove one of the two"))
        seen.add(pair)
    yield from found or _impossible(company)


def _pair_mistakes(
    item: Correlation, where: str, *, known: tuple[tuple[str, ...], tuple[str, ...]]
) -> Iterator[Mistake]:
    """What is wrong with one pair; known are the drivers drawn every month, and those drawn once per path."""
    left, right = item.between
    monthly, once = known
    for driver in item.between:
        if driver not in monthly and driver not in once:
            rule = "names an uncertain number by its key path, or a line with monthly noise"
            yield Mistake(where, driver, rule, nearest(driver, (*monthly, *once)), driver)
    if left == right:
        yield Mistake(where, left, "a driver is not correlated with itself", "name two drivers")
    elif {left, right}.issubset((*monthly, *once)) and (left in monthly) != (right in monthly):
        rule = "both drivers are drawn once per path, or both every month"
        yield Mistake(where, f"{left} and {right}", rule, "correlate numbers with numbers, shocks with shocks")


def _twice_the_market(company: Company, pair: frozenset[str], *, where: str) -> Iterator[Mistake]:
    """A line that loads on the market and whose own shock moves with it: neither would be mean-one any more."""
    rule = "a line or a price moves with the market by its loading or by a correlation, not both"
    for section, name, table in company.named():
        path = f"{section}.{name}"
        if pair == {path, MARKET} and isinstance(table, Line | Price) and wobbles(table.market):
            yield Mistake(where, path, rule, "remove one of them")


def _impossible(company: Company) -> Iterator[Mistake]:
    """Correlations that no set of random numbers can have: their matrix has a negative eigenvalue.

    The remedy names the values of the nearest matrix without one (eigenvalues clipped, diagonal set to one again).
    """
    drivers = correlated(company)
    values, vectors = np.linalg.eigh(correlation_matrix(company, drivers)) if drivers else (np.zeros(1), np.eye(1))
    if values[0] >= -_TOLERANCE:
        return
    near = vectors @ np.diag(np.maximum(values, 0.0)) @ vectors.T
    near /= np.sqrt(np.outer(np.diag(near), np.diag(near)))
    index = {name: position for position, name in enumerate(drivers)}
    rule = "correlations fit each other: what moves with a third cannot move against its other companions"
    for position, item in enumerate(company.correlation):
        left, right = item.between
        possible = near[index[left], index[right]]
        if abs(possible - item.value) > _WORTH_NAMING:
            value = f"{item.value:g} between {left} and {right}"
            remedy = f"in the nearest set that can be it is {possible:.2f}"
            yield Mistake(f"correlation[{position}].value", value, rule, remedy)
