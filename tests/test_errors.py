"""Mistakes in a user's file: quoted safely, listed all at once, each with a remedy."""

import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tarmac.errors import InputError, Problem, TarmacError, nearest, printable


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("6M", "6M"),
        ("\x1b[31mred", r"\x1b[31mred"),
        ("a\nb\tc\rd", r"a\nb\tc\rd"),
        ("abc\u202edef", r"abc\u202edef"),
        ("zero\u200bwidth", r"zero\u200bwidth"),
        ("\ud800", r"\ud800"),
        ("\U000e0041", r"\U000e0041"),
        ("Zürich 東京", "Zürich 東京"),
        (0.04, "0.04"),
        (True, "true"),
        ([1, "x"], "[1, 'x']"),
        ("", ""),
    ],
)
def test_printable_shows_every_character(value: object, shown: str) -> None:
    assert printable(value) == shown


def test_printable_keeps_what_just_fits_and_shortens_the_rest() -> None:
    assert printable("a" * 80) == "a" * 80
    assert printable("a" * 81) == "a" * 77 + "..."
    assert printable("abc", limit=3) == "abc"
    assert printable("abcd", limit=3) == "..."


def test_printable_never_cuts_through_an_escape() -> None:
    assert printable("abcde\x1b\x1b\x1b", limit=11) == "abcde..."


def test_printable_survives_an_integer_too_long_to_convert() -> None:
    assert printable(10**10_000) == "int too long to print"


def test_printable_refuses_a_limit_with_no_room() -> None:
    with pytest.raises(ValueError, match="at least 3"):
        printable("x", limit=2)


@given(st.text(max_size=200), st.integers(3, 120))
def test_printable_is_short_visible_and_stable(text: str, limit: int) -> None:
    shown = printable(text, limit)
    assert len(shown) <= limit
    assert shown == "" or shown.isprintable()
    assert printable(shown, limit) == shown


def test_nearest_names_the_likely_word() -> None:
    assert nearest("chrun", ["growth", "churn"]) == "did you mean 'churn'?"
    assert nearest("CHURN", ["growth", "churn"]) == "did you mean 'churn'?"
    assert nearest("usd", ["USD", "EUR"]) == "did you mean 'USD'?"


def test_nearest_lists_at_most_eight_names() -> None:
    assert nearest("zzzz", ["b", "a", "a"]) == "known: a, b"
    assert nearest("zzzz", [f"n{i:02d}" for i in range(11)]).endswith("n06, n07 and 3 more")
    assert nearest("zzzz", [f"n{i}" for i in range(8)]) == "known: n0, n1, n2, n3, n4, n5, n6, n7"
    assert nearest("x", []) == "no name is known here"


def test_nearest_prints_names_safely() -> None:
    assert "\x1b" not in nearest("zzz", ["\x1b[2J"])


PROBLEM = Problem("acme.toml", "revenue.api.growth", "40", "growth lies below 1000%", "write '40%'")


def test_a_problem_reads_as_one_block() -> None:
    assert str(PROBLEM).splitlines() == [
        "acme.toml: revenue.api.growth = 40",
        "    rule:   growth lies below 1000%",
        "    remedy: write '40%'",
    ]


def test_a_problem_without_value_or_place_leaves_them_out() -> None:
    assert str(Problem("acme.toml", "", "", "not TOML", "")).splitlines() == ["acme.toml", "    rule:   not TOML"]
    assert str(Problem("acme.toml", "cash.opening", "", "is missing", "")).startswith("acme.toml: cash.opening\n")


def test_a_problem_shows_nothing_raw_from_the_file() -> None:
    nasty = "\x1b[2J\u202e"
    problem = Problem(nasty, nasty, nasty * 50, nasty, nasty)
    assert len(problem.value) <= 80
    assert all(line.isprintable() for line in str(problem).split("\n"))


def test_a_caret_under_a_text_keeps_its_lines() -> None:
    lines = str(Problem("a.toml", "x", "5MM", "5Q\n ^ unknown unit", "write 5M")).split("\n")
    assert lines[1].index("5Q") + 1 == lines[2].index("^")


def test_an_input_error_counts_and_lists_every_problem() -> None:
    other = Problem("acme.toml", "cash", "x", "a table", "write [cash]")
    assert str(InputError([PROBLEM])) == f"1 mistake:\n{PROBLEM}"
    assert str(InputError(iter([PROBLEM, other]))) == f"2 mistakes:\n{PROBLEM}\n{other}"
    assert InputError([PROBLEM, other]).problems == (PROBLEM, other)
    assert issubclass(InputError, TarmacError)


def test_an_input_error_without_problems_is_refused() -> None:
    with pytest.raises(ValueError, match="at least one problem"):
        InputError([])


def test_an_input_error_crosses_processes() -> None:
    copy = pickle.loads(pickle.dumps(InputError([PROBLEM])))
    assert isinstance(copy, InputError)
    assert copy.problems == (PROBLEM,)
