"""`tarmac run --currency`: amounts in another currency that the company has a rate of, at the rate of the opening."""

import json
from pathlib import Path

import pytest

from tarmac.cli.main import main

FILE = """
[company]
name = "Acme"
currency = "CNY"
first_month = "2027-01"
[cash]
opening = "70M"
[fx]
USD = { rate = "6.8 to 7.2", drift = "5%" }
[[cost]]
name = "rent"
monthly = "10M"
"""


@pytest.fixture
def company(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "acme.toml").write_text(FILE, "utf-8")
    return "acme.toml"


def ran(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    code = main(["run", *arguments, "--paths", "100", "--seed", "7", "--months", "12"])
    out, err = capsys.readouterr()
    return code, out, err


def test_every_amount_is_told_at_the_rate_of_the_opening(company: str, capsys: pytest.CaptureFixture[str]) -> None:
    """The median of an uncertain rate; what the rate does later is not in it."""
    code, out, _ = ran(capsys, company, "--currency", "USD", "--json")
    plain = json.loads(out)
    rate = plain["translation"]["rate"]
    assert (code, plain["currency"], plain["translation"]["own"]) == (0, "USD", "CNY")
    assert rate == pytest.approx((6.8 * 7.2) ** 0.5)
    assert plain["cash"]["p50"][:6] == pytest.approx([(70e6 - 10e6 * month) / rate for month in range(1, 7)])
    assert plain["need"]["p50"] == pytest.approx(50e6 / rate)


def test_the_screen_says_so(company: str, capsys: pytest.CaptureFixture[str]) -> None:
    _, out, _ = ran(capsys, company, "--currency", "USD")
    assert out.splitlines()[0] == "Acme: 12 months from Jan 2027, in USD at 6.997 CNY (rate of the opening)"
    assert "CNY" not in "".join(out.splitlines()[1:])


def test_a_need_is_judged_in_the_currency_it_is_told_in(company: str, capsys: pytest.CaptureFixture[str]) -> None:
    for gate, expected in (("need p50 > 7M", 3), ("need p50 > 8M USD", 0), ("need p50 > 8M CNY", 2)):
        assert ran(capsys, company, "--currency", "USD", "--fail-if", gate)[0] == expected


def test_the_company_s_own_currency_changes_nothing(company: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert ran(capsys, company, "--currency", "CNY") == ran(capsys, company)


def test_a_currency_without_a_rate_is_a_mistake(company: str, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = ran(capsys, company, "--currency", "EUR")
    assert (code, out) == (2, "")
    assert "currency = EUR" in err
    assert "known: USD" in err
