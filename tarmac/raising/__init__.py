"""How much to raise, by when, at what price, and what would be needed instead."""

from tarmac.raising.attempt import Attempt, attempt_of, with_attempt
from tarmac.raising.dilution import Dilution, Span
from tarmac.raising.finding import PATHS, raising, runway_without
from tarmac.raising.instead import SAVINGS, Alternative, savings
from tarmac.raising.result import LEVELS, SCHEMA, Raise, last_start

__all__ = [
    "LEVELS",
    "PATHS",
    "SAVINGS",
    "SCHEMA",
    "Alternative",
    "Attempt",
    "Dilution",
    "Raise",
    "Span",
    "attempt_of",
    "last_start",
    "raising",
    "runway_without",
    "savings",
    "with_attempt",
]
