"""What went wrong in something a user wrote, where it stands, and what to do about it."""

import difflib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

_MOST_LISTED = 8
_LONGEST_COMPARED = 100
_ELLIPSIS = "..."


def _visible(character: str) -> str:
    """One character as it may stand on a terminal: itself, or its escape."""
    if character.isprintable():
        return character
    return character.encode("unicode_escape").decode("ascii")


def _plain(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    try:
        return str(value)
    except ValueError:  # an integer with more digits than Python converts
        return f"{type(value).__name__} too long to print"


def printable(value: object, limit: int = 80) -> str:
    r"""A user's value, made safe to print: at most `limit` characters, every one visible.

    Control, escape, bidirectional and other invisible characters appear as their escapes, so that
    nothing in a file can move the cursor, colour the terminal or reorder the line it is quoted in.

    >>> printable("7M\x1b[2J")
    '7M\\x1b[2J'
    >>> printable("a" * 100, limit=10)
    'aaaaaaa...'
    """
    if limit < len(_ELLIPSIS):
        raise ValueError(f"limit is {limit}: at least {len(_ELLIPSIS)} characters are needed")
    pieces: list[str] = []
    length = kept = 0
    for character in _plain(value)[: limit + 1]:
        piece = _visible(character)
        pieces.append(piece)
        length += len(piece)
        if length <= limit - len(_ELLIPSIS):
            kept = len(pieces)
        elif length > limit:
            return "".join(pieces[:kept]) + _ELLIPSIS
    return "".join(pieces)


def _visible_lines(text: str) -> list[str]:
    """A sentence that may hold line breaks of ours (a caret under a text), and nothing else unseen."""
    return ["".join(map(_visible, line)) for line in text.split("\n")]


def nearest(word: str, known: Iterable[str]) -> str:
    """The remedy for an unknown name: the known one it most resembles, or the known ones.

    >>> nearest("chrun", ["growth", "churn", "monthly"])
    "did you mean 'churn'?"
    >>> nearest("colour", ["growth", "churn"])
    'known: churn, growth'
    """
    names = sorted(set(known))
    if not names:
        return "no name is known here"
    folded = {name.casefold(): name for name in names}
    close = difflib.get_close_matches(word[:_LONGEST_COMPARED].casefold(), folded, n=1)
    if close:
        return f"did you mean '{printable(folded[close[0]])}'?"
    listed = ", ".join(printable(name) for name in names[:_MOST_LISTED])
    more = len(names) - _MOST_LISTED
    return f"known: {listed}" + (f" and {more} more" if more > 0 else "")


@dataclass(frozen=True, slots=True)
class Problem:
    """One mistake in something a user wrote.

    `file` as the user named it (or "command line"), `where` the key path, `value` what stands there
    (made printable and cut to 80 characters here), `rule` what must hold, `remedy` what to do.

    >>> print(Problem("acme.toml", "revenue.api.growth", "40", "growth lies below 1000%", "write '40%'"))
    acme.toml: revenue.api.growth = 40
        rule:   growth lies below 1000%
        remedy: write '40%'
    """

    file: str
    where: str
    value: str
    rule: str
    remedy: str

    def __post_init__(self) -> None:
        object.__setattr__(self, "value", printable(self.value))

    def __str__(self) -> str:
        place = ": ".join(printable(part, 200) for part in (self.file, self.where) if part)
        lines = [f"{place} = {self.value}" if self.value else place]
        for label, text in (("rule:   ", self.rule), ("remedy: ", self.remedy)):
            if text:
                first, *rest = _visible_lines(text)
                lines.append(f"    {label}{first}")
                lines += [f"            {line}" for line in rest]
        return "\n".join(lines)


def out_of_range(**asked: tuple[object, int, int]) -> Iterator[Problem]:
    """A mistake for each number asked for that is not whole, or not from its least to its most; None is not asked.

    >>> [problem.where for problem in out_of_range(months=(0, 1, 600), old_seed=(-1, 0, 9), seed=(None, 0, 9))]
    ['months', 'old-seed']
    """
    for where, (value, least, most) in asked.items():
        if value is not None and (type(value) is not int or not least <= value <= most):  # Python passes anything
            rule = f"is a whole number from {least} to {most}"
            yield Problem("command line", where.replace("_", "-"), printable(value), rule, "choose one of them")


class TarmacError(Exception):
    """The base of every error whose message is meant for the user of the tool."""


class InputError(TarmacError):
    """Mistakes in a file or on the command line, all of them at once (exit code 2)."""

    problems: tuple[Problem, ...]

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        if not self.problems:
            raise ValueError("an InputError lists at least one problem")
        super().__init__(self.problems)

    def __str__(self) -> str:
        count = len(self.problems)
        head = "1 mistake" if count == 1 else f"{count} mistakes"
        return "\n".join([f"{head}:", *map(str, self.problems)])
