"""Calendar months: written, ordered, counted."""

import datetime
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tarmac.months import Month

INDICES = st.integers(1900 * 12, 2199 * 12 + 11)


def month(index: int) -> Month:
    return Month(index // 12, index % 12 + 1)


def test_a_month_is_read_and_written() -> None:
    assert Month.parse("2023-01") == Month(2023, 1)
    assert str(Month(2023, 1)) == "2023-01"
    assert [Month(2024, n).label for n in (1, 5, 12)] == ["Jan 2024", "May 2024", "Dec 2024"]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "2023",
        "2023-1",
        "2023-001",
        "23-01",
        "2023-01-15",
        "Jan 2023",
        " 2023-01",
        "2023-01\n",
        "\uff12\uff10\uff12\uff13-01",
        "-2023-01",
    ],
)
def test_anything_else_is_refused_with_what_to_write(text: str) -> None:
    with pytest.raises(ValueError, match="write the year and two digits, such as '2023-01'"):
        Month.parse(text)


@pytest.mark.parametrize(
    ("text", "message"),
    [("2023-00", "number 0"), ("2023-13", "number 13"), ("1899-12", "1900 to 2199"), ("2200-01", "1900 to 2199")],
)
def test_months_outside_the_calendar_are_refused(text: str, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        Month.parse(text)


def test_a_long_or_unprintable_text_is_quoted_short_and_safely() -> None:
    with pytest.raises(ValueError, match="not a month") as caught:
        Month.parse("\x1b" + "x" * 500)
    assert str(caught.value).isprintable()
    assert len(str(caught.value)) < 140


def test_counting_crosses_years() -> None:
    assert Month(2023, 11) + 3 == Month(2024, 2)
    assert Month(2023, 2) + -3 == Month(2022, 11)
    assert Month(2024, 2) - Month(2023, 11) == 3
    assert Month(2023, 12) + 1 == Month(2024, 1)
    with pytest.raises(ValueError, match="1900 to 2199"):
        Month(2199, 12) + 1
    with pytest.raises(TypeError):
        Month(2023, 1) + 0.5  # type: ignore[operator]


@given(INDICES, INDICES)
def test_difference_undoes_addition_and_order_is_time(a: int, b: int) -> None:
    first, second = month(a), month(b)
    assert second - first == b - a
    assert first + (second - first) == second
    assert (first < second) == (a < b)
    assert Month.parse(str(first)) == first


def test_months_agree_with_the_calendar() -> None:
    days = [datetime.date(2023, 1, 1) + datetime.timedelta(days=d) for d in range(800)]
    months = [Month(day.year, day.month) for day in days]
    assert all(
        later - earlier == (tomorrow.day == 1)
        for (earlier, later), tomorrow in zip(pairwise(months), days[1:], strict=True)
    )
    assert [m.label for m in months[:90:30]] == [day.strftime("%b %Y") for day in days[:90:30]]


def test_months_are_frozen_keys() -> None:
    assert {Month(2023, 1): "x"}[Month.parse("2023-01")] == "x"
    with pytest.raises(AttributeError):
        Month(2023, 1).year = 2024  # type: ignore[misc]
