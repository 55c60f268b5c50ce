"""Numbers with units: what is read, what is refused and where, what is printed."""

import math
import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tarmac.money import CURRENCIES, Amount, NumberError, format_money, format_share, parse_amount, read_amount


@pytest.mark.parametrize(
    ("text", "value", "unit"),
    [
        ("4.2M", 4.2e6, ""),
        ("$4.2M", 4.2e6, "USD"),
        ("-$1.5M", -1.5e6, "USD"),
        ("$-1.5M", -1.5e6, "USD"),
        ("2.5B CNY", 2.5e9, "CNY"),
        ("20M USD", 2e7, "USD"),
        ("12%", 0.12, "%"),
        ("-4 %", -0.04, "%"),
        ("18k", 18e3, ""),
        ("1,250,000", 1.25e6, ""),
        ("1,250,000.75 GBP", 1250000.75, "GBP"),
        ("1_000", 1e3, ""),
        ("0.04", 0.04, ""),
        ("1e6", 1e6, ""),
        ("1E-3", 1e-3, ""),
        ("2e3k", 2e6, ""),
        ("EUR 3m", 3e6, "EUR"),
        ("£2m", 2e6, "GBP"),
        ("€7", 7.0, "EUR"),
        ("5M€", 5e6, "EUR"),
        ("3 bn", 3e9, ""),
        ("3T", 3e12, ""),
        ("4.2MM", 4.2e6, ""),
        ("4.2 million USD", 4.2e6, "USD"),
        ("US$5", 5.0, "USD"),
        ("HK$5k", 5e3, "HKD"),
        ("₹10M", 1e7, "INR"),
        ("CN¥5", 5.0, "CNY"),
        (".5", 0.5, ""),
        ("+5", 5.0, ""),
        ("−5M", -5e6, ""),
        ("- $ 5 M", -5e6, "USD"),
        ("  7  ", 7.0, ""),
        ("0", 0.0, ""),
        ("007", 7.0, ""),
        ("1K", 1e3, ""),
        ("5EUR", 5.0, "EUR"),
    ],
)
def test_amounts_a_person_writes(text: str, value: float, unit: str) -> None:
    assert parse_amount(text) == Amount(value, unit)


def test_a_decimal_text_becomes_the_nearest_float() -> None:
    assert parse_amount("1.1k").value == 1100.0
    assert parse_amount("64.1M").value == 64_100_000.0
    assert parse_amount("8.2%").value == 0.082
    assert parse_amount("0.29%").value == 0.0029


def test_minus_zero_is_zero() -> None:
    assert math.copysign(1.0, parse_amount("-0").value) == 1.0


@pytest.mark.parametrize(
    ("text", "position", "message"),
    [
        ("", 0, "empty"),
        ("   ", 3, "empty"),
        ("$", 1, "a number must stand here"),
        ("-", 1, "a number must stand here"),
        ("nan", 0, "finite"),
        ("NaN", 0, "finite"),
        ("inf", 0, "finite"),
        ("-inf", 1, "finite"),
        ("Infinity", 0, "finite"),
        ("$inf", 1, "must stand here"),
        ("1e999", 0, "too large"),
        ("$1e297T", 1, "too large"),
        ("1e-999", 0, "too small"),
        ("5Q", 1, "unknown unit 'Q'"),
        ("5 kk", 2, "unknown unit 'kk'"),
        ("5k M", 3, "is enough"),
        ("5 USD M", 6, "is enough"),
        ("$5 EUR", 3, "two units, USD and EUR"),
        ("5% USD", 3, "two units"),
        ("$5M USD", 4, "two units"),
        ("12%%", 3, "two units"),
        ("5k%", 1, "a percentage takes no"),
        ("%12", 0, "after its number"),
        ("5 usd", 2, "did you mean USD"),
        ("5M RMB", 3, "did you mean CNY"),
        ("5MUSD", 1, "did you mean M USD"),
        ("¥5", 0, "JPY or CNY"),
        ("5 XYZ", 2, "unknown unit 'XYZ'"),
        ("abc", 0, "must stand here"),
        ("1,25", 1, "the decimal sign is '.'"),
        ("1234,567", 4, "separates thousands"),
        ("1,2345", 1, "separates thousands"),
        (",5", 0, "separates"),
        ("1.250.000", 5, "one decimal sign"),
        ("5.", 1, "digits must follow"),
        (".", 0, "must stand here"),
        ("1__0", 1, "only between digits"),
        ("1_", 1, "only between"),
        ("5M to 8M", 3, "uncertain number"),
        ("5M-8M", 2, "uncertain number"),
        ("5M–8M", 2, "uncertain number"),
        ("5 6", 2, "ends here"),
        ("5M)", 2, "ends here"),
        ("--5", 1, "must stand here"),
        ("-$-5", 2, "must stand here"),
        ("٣", 0, "must stand here"),
        ("1 e6", 2, "unknown unit"),
        ("5\x1b", 1, "ends here"),
    ],
)
def test_everything_else_is_refused_where_it_goes_wrong(text: str, position: int, message: str) -> None:
    with pytest.raises(NumberError) as caught:
        parse_amount(text)
    assert (caught.value.position, caught.value.text) == (position, text)
    assert message in caught.value.message


def test_a_huge_text_is_refused_before_it_is_read() -> None:
    with pytest.raises(NumberError, match="2,000 characters") as caught:
        parse_amount("9" * 100_000)
    assert len(str(caught.value)) < 400


def test_the_caret_stands_under_the_mistake() -> None:
    with pytest.raises(NumberError) as caught:
        parse_amount("  5M XYZ")
    line, caret = str(caught.value).split("\n")
    assert line[caret.index("^") :] == "XYZ"


@pytest.mark.parametrize(
    ("before", "columns"), [("\x1b[2J", 7), ("東京", 4), ("e\u0301", 1), ("a\u202e", 7), ("\n", 2)]
)
def test_the_caret_counts_columns_not_characters(before: str, columns: int) -> None:
    line, caret = str(NumberError(before + "?", len(before), "m")).split("\n")
    assert line.isprintable()
    assert caret == " " * columns + "^ m"


def test_a_long_text_is_shown_around_the_mistake() -> None:
    text = "1" * 500 + "?" + "2" * 500
    line, caret = str(NumberError(text, 500, "m")).split("\n")
    assert line[caret.index("^")] == "?"
    assert len(line) < 90
    assert line.startswith("...")
    assert line.endswith("...")


def test_a_number_error_crosses_processes() -> None:
    copy = pickle.loads(pickle.dumps(NumberError("5Q", 1, "unknown")))
    assert (copy.text, copy.position, copy.message) == ("5Q", 1, "unknown")


def test_an_amount_inside_a_longer_text_says_where_it_ends() -> None:
    assert read_amount("5M to 8M") == (Amount(5e6, ""), 2)
    assert read_amount("uniform(1,250)", 8, grouping=False) == (Amount(1.0, ""), 9)
    assert read_amount("uniform(1,250)", 8) == (Amount(1250.0, ""), 13)


def read_or_refused(text: str) -> Amount | NumberError:
    try:
        return parse_amount(text)
    except NumberError as error:
        return error


@given(st.one_of(st.text(max_size=30), st.text(alphabet="0123456789.,_eEkMBT%$€ -+USDto", max_size=14)))
def test_any_text_is_an_amount_or_an_error_with_a_place(text: str) -> None:
    read = read_or_refused(text)
    if isinstance(read, Amount):
        assert math.isfinite(read.value)
        assert read.unit in {"", "%"} | CURRENCIES
    else:
        assert 0 <= read.position <= len(text)
        assert str(read).count("\n") == 1


@pytest.mark.parametrize(
    ("value", "currency", "shown"),
    [
        (4.2e6, "USD", "$4.2M"),
        (2.5e9, "CNY", "CNY 2.5B"),
        (-750e3, "USD", "-$750k"),
        (0, "USD", "$0"),
        (-0.0, "USD", "$0"),
        (12.3, "USD", "$12.3"),
        (-2.5e9, "CNY", "-CNY 2.5B"),
        (3e6, "EUR", "€3M"),
        (2e6, "GBP", "£2M"),
        (5e3, "JPY", "JPY 5k"),
        (4.2e6, "", "4.2M"),
        (100.0, "USD", "$100"),
        (999.4, "USD", "$999"),
        (999.6, "USD", "$1k"),
        (999_950, "USD", "$1M"),
        (999_499, "USD", "$999k"),
        (1000, "USD", "$1k"),
        (4.256e6, "USD", "$4.26M"),
        (0.5, "USD", "$0.5"),
        (0.0123, "USD", "$0.0123"),
        (1.234e12, "USD", "$1.23T"),
        (1.234e15, "USD", "$1230T"),
        (2e-6, "USD", "$2e-06"),
        (1e21, "USD", "$1e+21"),
        (101, "USD", "$101"),
        (10, "USD", "$10"),
    ],
)
def test_money_is_printed_to_three_digits(value: float, currency: str, shown: str) -> None:
    assert format_money(value, currency) == shown


def test_money_is_printed_to_as_many_digits_as_asked() -> None:
    assert format_money(5_125_000, "USD", digits=6) == "$5.125M"
    assert format_money(999_999.6, "", digits=6) == "1M"
    assert format_money(5_125_000, "USD", digits=1) == "$5M"


@given(st.floats(-1e25, 1e25).filter(lambda x: x == 0 or abs(x) > 1e-25), st.sampled_from(["", *sorted(CURRENCIES)]))
def test_printed_money_can_be_read_back(value: float, currency: str) -> None:
    amount = parse_amount(format_money(value, currency))
    assert amount.unit == currency
    assert amount.value == pytest.approx(value, rel=0.00501)


@pytest.mark.parametrize(
    ("share", "shown"),
    [
        (0.123, "12%"),
        (0.004, "0.4%"),
        (0, "0%"),
        (1, "100%"),
        (0.9996, ">99.9%"),
        (0.0004, "<0.1%"),
        (0.001, "0.1%"),
        (0.999, "99.9%"),
        (0.994, "99.4%"),
        (0.0094, "0.9%"),
        (0.0096, "1%"),
        (0.0099, "1%"),
        (0.99, "99%"),
        (0.9904, "99%"),
        (0.9949, "99.5%"),
        (0.5, "50%"),
        (1e-300, "<0.1%"),
        (1 - 1e-16, ">99.9%"),
        (-0.04, "-4%"),
        (-0.0004, ">-0.1%"),
        (-0.9996, "<-99.9%"),
        (1.5, "150%"),
        (1.004, "100%"),
    ],
)
def test_shares_never_claim_a_certainty_they_do_not_have(share: float, shown: str) -> None:
    assert format_share(share) == shown


@given(st.floats(0, 1))
def test_a_printed_share_is_close_and_certain_only_when_exact(share: float) -> None:
    shown = format_share(share)
    assert (shown in {"0%", "100%"}) == (share in {0.0, 1.0})
    assert float(shown.strip("<>%")) / 100 == pytest.approx(share, abs=0.005 + 1e-12)


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_what_is_not_a_number_is_not_printed(value: float) -> None:
    with pytest.raises(ValueError, match="not an amount"):
        format_money(value, "USD")
    with pytest.raises(ValueError, match="not a share"):
        format_share(value)
