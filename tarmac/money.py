"""Numbers with units, in and out: "$4.2M", "2.5B CNY", "12%"."""

import math
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass

CURRENCIES: frozenset[str] = frozenset(
    # ISO 4217 national currencies; ANG and BGN were withdrawn in 2025 and 2026 and stay for older figures.
    """
    AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BRL BSD BTN BWP BYN BZD
    CAD CDF CHF CLP CNY COP CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD
    GNF GTQ GYD HKD HNL HTG HUF IDR ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD KZT
    LAK LBP LKR LRD LSL LYD MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR
    NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR RON RSD RUB RWF SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP
    STN SVC SYP SZL THB TJS TMT TND TOP TRY TTD TWD TZS UAH UGX USD UYU UZS VED VES VND VUV WST XAF XCD
    XCG XOF XPF YER ZAR ZMW ZWG
    """.split()
)

_SYMBOLS = {
    "$": "USD", "US$": "USD", "€": "EUR", "£": "GBP", "CN¥": "CNY", "JP¥": "JPY", "₹": "INR", "₩": "KRW", "₪": "ILS",
    "A$": "AUD", "AU$": "AUD", "C$": "CAD", "CA$": "CAD", "HK$": "HKD", "NZ$": "NZD", "R$": "BRL", "S$": "SGD",
}  # fmt: skip
_PRINTED = {"USD": "$", "EUR": "€", "GBP": "£"}
SUFFIXES: Mapping[str, int] = {
    "k": 3, "K": 3, "thousand": 3, "m": 6, "M": 6, "mn": 6, "MM": 6, "mm": 6, "million": 6,
    "b": 9, "B": 9, "bn": 9, "billion": 9, "t": 12, "T": 12, "tn": 12, "trillion": 12,
}  # fmt: skip
_STEPS = ((12, "T"), (9, "B"), (6, "M"), (3, "k"), (0, ""))
_OTHER_NAMES = {"RMB": "CNY", "STG": "GBP", "NTD": "TWD"}
_UNIT_RULE = "write k, M, B or T, then % or a currency such as USD"

_SPACE = re.compile(r"\s*")
_SIGN = re.compile(r"[+\-−]")
_UNIT = re.compile("|".join(["%", *map(re.escape, sorted(_SYMBOLS, key=len, reverse=True)), "¥", r"[^\W\d_]+"]))
_GROUPED = re.compile(r"[0-9]{1,3}(?:,[0-9]{3})+(?![0-9])")
_WHOLE = re.compile(r"[0-9]+(?:_[0-9]+)*")
_FRACTION = re.compile(r"\.([0-9]+(?:_[0-9]+)*)")
_EXPONENT = re.compile(r"[eE]([+-]?[0-9]+)")
_LONGEST = 2_000
_SHOWN = 72


class NumberError(ValueError):
    """A text that should be a number with a unit and is not; says where and why.

    `position` counts characters from 0; the message shows the text with a caret under it.

    >>> print(NumberError("12 kk", 3, "unknown unit 'kk'"))
    12 kk
       ^ unknown unit 'kk'
    """

    @property
    def text(self) -> str:
        """The whole text, as it was written."""
        return str(self.args[0])

    @property
    def position(self) -> int:
        """Where it goes wrong: characters from 0; the length of the text for its end."""
        return int(self.args[1])

    @property
    def message(self) -> str:
        """What is wrong there and what to write instead."""
        return str(self.args[2])

    def __str__(self) -> str:
        line, column = _window(self.text, self.position)
        return f"{line}\n{' ' * column}^ {self.message}"


def _visible(character: str) -> str:
    return character if character.isprintable() else character.encode("unicode_escape").decode("ascii")


def _columns(shown: str) -> int:
    """Terminal columns: none for a combining mark, two for a wide character."""
    return sum(0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in shown)


def _window(text: str, position: int) -> tuple[str, int]:
    """The part of the text around a position, safe to print, and the column of the position in it."""
    start = max(0, min(position - _SHOWN // 2, len(text) - _SHOWN))
    end = start + _SHOWN
    before = "".join(map(_visible, text[start:position]))
    after = "".join(map(_visible, text[position:end]))
    head, tail = "..." if start else "", "..." if end < len(text) else ""
    return head + before + after + tail, len(head) + _columns(before)


@dataclass(frozen=True, slots=True)
class Amount:
    """A certain number and its unit: "" for a plain number, "%" (already divided by 100) or a currency code."""

    value: float
    unit: str


def parse_amount(text: str) -> Amount:
    """The money, share or plain number a user wrote.

    A sign, a currency before or after the number, digits with ',' or '_' between thousands, an exponent, and
    k, M, B (bn) or T in either case. NumberError, with the position, for anything else.

    >>> parse_amount("-$1.5M"), parse_amount("2.5B CNY"), parse_amount("12%")
    (Amount(value=-1500000.0, unit='USD'), Amount(value=2500000000.0, unit='CNY'), Amount(value=0.12, unit='%'))
    """
    if len(text) > _LONGEST:
        raise NumberError(text, _LONGEST, f"a number is at most {_LONGEST:,} characters long")
    amount, end = read_amount(text)
    if text[end:].strip():
        raise NumberError(text, skip_space(text, end), _after_number(text, end))
    return amount


def read_amount(text: str, start: int = 0, *, grouping: bool = True) -> tuple[Amount, int]:
    """The amount that begins at `start`, and the position after it; for texts that hold several.

    `grouping` says whether ',' may stand between thousands (not in a list of arguments). The word "to" ends an amount.
    """
    sign, at = _read_sign(text, skip_space(text, start))
    before, at = _read_currency_before(text, at)
    if before and not sign:
        sign, at = _read_sign(text, at)
    first = at
    mantissa, exponent, at = _read_digits(text, at, grouping=grouping)
    power, unit, at = _read_units(text, at, before=before)
    # One conversion from decimal: 1.1k is the float nearest to 1100, not 1.1 times 1000.
    value = float(f"{sign}{mantissa}e{exponent + power}")
    if not math.isfinite(value):
        raise NumberError(text, first, "too large: a number is at most about 1.8e308")
    if value == 0.0 and mantissa.strip("0."):
        raise NumberError(text, first, "too small to tell from 0")
    return Amount(value + 0.0, unit), at


def skip_space(text: str, at: int) -> int:
    """The position of the first character from `at` on that is not white space."""
    space = _SPACE.match(text, at)
    return space.end() if space else at


def _read_sign(text: str, at: int) -> tuple[str, int]:
    if _SIGN.match(text, at) is None:
        return "", at
    return ("+" if text[at] == "+" else "-"), skip_space(text, at + 1)


def _read_currency_before(text: str, at: int) -> tuple[str, int]:
    word = _UNIT.match(text, at)
    if word is None:
        return "", at
    if word[0] == "%":
        raise NumberError(text, at, "the % sign stands after its number: 12%")
    if word[0].lower() in {"nan", "inf", "infinity"}:
        raise NumberError(text, at, f"{word[0]} is not an amount: write a finite number")
    unit = _currency(text, at, word=word[0])
    if not unit:
        raise NumberError(text, at, "a number must stand here, such as 4.2M, $4.2M or 12%")
    return unit, skip_space(text, word.end())


def _currency(text: str, at: int, *, word: str) -> str:
    """The currency a word or symbol stands for; "" if it is none; NumberError where it nearly is."""
    if word in CURRENCIES:
        return word
    if word in _SYMBOLS:
        return _SYMBOLS[word]
    if word == "¥":
        raise NumberError(text, at, "¥ may be JPY or CNY: write the code, such as 4M JPY")
    other = _OTHER_NAMES.get(word.upper(), word.upper())
    if other in CURRENCIES:
        raise NumberError(text, at, f"unknown currency '{word}': did you mean {other}?")
    if word[:-3] in SUFFIXES and word[-3:] in CURRENCIES:
        raise NumberError(text, at, f"unknown unit '{word}': did you mean {word[:-3]} {word[-3:]}, with a space?")
    return ""


def _read_digits(text: str, at: int, *, grouping: bool) -> tuple[str, int, int]:
    """Mantissa without separators, decimal exponent, and the position after them."""
    start = at
    whole = (_GROUPED.match(text, at) if grouping else None) or _WHOLE.match(text, at)
    at = whole.end() if whole else at
    if grouping and text[at : at + 1] == ",":
        raise NumberError(text, at, "',' separates thousands, as in 1,250,000; the decimal sign is '.'")
    fraction = _FRACTION.match(text, at)
    if fraction is None and (whole is None or text[at : at + 1] == "."):
        raise NumberError(text, at, _no_digits(text, at, start=start))
    at = fraction.end() if fraction else at
    if text[at : at + 1] in {".", "_"}:
        raise NumberError(text, at, "a number has one decimal sign '.', and '_' or ',' only between digits")
    mantissa = f"{whole[0] if whole else '0'}.{fraction[1] if fraction else '0'}"
    exponent = _EXPONENT.match(text, at)
    at = exponent.end() if exponent else at
    return mantissa.replace(",", "").replace("_", ""), int(exponent[1]) if exponent else 0, at


def _no_digits(text: str, at: int, *, start: int) -> str:
    if at > start:
        return "digits must follow the decimal sign '.'"
    if at == len(text):
        return "a number must stand here; the text ends" if text.strip() else "empty: write a number, such as 4.2M"
    return "a number must stand here, such as 4.2M, $4.2M or 12%"


def _read_units(text: str, at: int, *, before: str) -> tuple[int, str, int]:
    """Power of ten (percent is -2), unit, and the position after them."""
    power, unit, suffix_at = 0, before, -1
    while (word := _UNIT.match(text, skip_space(text, at))) and word[0].lower() != "to":
        here = word.start()
        if word[0] in SUFFIXES:
            if suffix_at >= 0 or unit != before:
                raise NumberError(text, here, "one of k, M, B or T is enough, and it stands right after the digits")
            power, suffix_at = SUFFIXES[word[0]], here
        else:
            found = "%" if word[0] == "%" else _currency(text, here, word=word[0])
            if not found:
                raise NumberError(text, here, f"unknown unit '{word[0][:20]}': {_UNIT_RULE}")
            if unit:
                raise NumberError(text, here, f"two units, {unit} and {found}: write one of them")
            unit = found
        if unit == "%" and suffix_at >= 0:
            raise NumberError(text, suffix_at, "a percentage takes no k, M, B or T")
        at = word.end()
    return (-2 if unit == "%" else power), unit, at


def _after_number(text: str, end: int) -> str:
    rest = text[end:].lstrip()
    if rest[0] in "-–—" or rest.startswith("to"):
        return "one number is wanted here; a range such as '5M to 8M' is an uncertain number"
    return "the number ends here: " + _UNIT_RULE


def _with_suffix(value: float, digits: int) -> str:
    """A positive number to some significant digits with its suffix; rounding may carry into the next suffix."""
    rounded = float(f"{value:.{digits - 1}e}")
    if not 1e-4 <= rounded < 1e18:
        return f"{value:.{digits}g}"
    power, suffix = next(step for step in _STEPS if rounded >= 10.0 ** step[0] or step[0] == 0)
    scaled = rounded / 10.0**power
    decimals = max(0, digits - 1 - math.floor(math.log10(scaled) + 1e-12))  # log10 may fall just short of a whole
    shown = f"{scaled:.{decimals}f}"
    return (shown.rstrip("0").rstrip(".") if "." in shown else shown) + suffix


def format_money(value: float, currency: str, *, digits: int = 3) -> str:
    """Money to three significant digits, or as many as asked for, as it stands in a sentence or on an axis.

    `currency` is an ISO code, or "" for a plain number. ValueError for NaN and infinity.

    >>> format_money(4_200_000, "USD"), format_money(2.5e9, "CNY"), format_money(-750_000, "USD")
    ('$4.2M', 'CNY 2.5B', '-$750k')
    """
    if not math.isfinite(value):
        raise ValueError(f"{value} is not an amount of money")
    prefix = _PRINTED.get(currency, f"{currency} " if currency else "")
    if value == 0:
        return f"{prefix}0"
    return f"{'-' if value < 0 else ''}{prefix}{_with_suffix(abs(value), digits)}"


def format_share(x: float) -> str:
    """A share or probability as a percentage that never claims certainty it does not have.

    Whole percents; one decimal within 1% of none and of all; "<0.1%" and ">99.9%" beyond; exactly 0 and 1 alone are
    "0%" and "100%". Rates below 0 and above 100% are printed too. ValueError for NaN and infinity.

    >>> [format_share(x) for x in (0.123, 0.004, 0, 1, 0.9996, 0.0004)]
    ['12%', '0.4%', '0%', '100%', '>99.9%', '<0.1%']
    """
    if not math.isfinite(x):
        raise ValueError(f"{x} is not a share")
    if x < 0:
        shown = format_share(-x)
        return {"<": ">-", ">": "<-"}.get(shown[0], f"-{shown[0]}") + shown[1:]
    if x in {0, 1}:
        return f"{100 * x:.0f}%"
    if x < 0.001:
        return "<0.1%"
    if 0.999 < x < 1:
        return ">99.9%"
    if x < 0.0095 or 0.9905 < x < 1:
        return f"{100 * x:.1f}%"
    return f"{100 * x:.0f}%"
