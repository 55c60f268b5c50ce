"""What a rule between the tables of a company file finds."""

from typing import NamedTuple


class Mistake(NamedTuple):
    """A mistake in a company, wherever the company came from.

    `sought` is the key path, or a glob over some, that was looked for and not found; "" for any other mistake.
    """

    where: str
    value: object
    rule: str
    remedy: str
    sought: str = ""
