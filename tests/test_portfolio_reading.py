"""Reading a portfolio: rows and what they leave open, folders, currencies, and every mistake at once."""

import re
import zipfile
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from tarmac import library
from tarmac.errors import InputError
from tarmac.months import Month
from tarmac.portfolio import Asked, Portfolio, portfolio_from
from tarmac.portfolio.defaults import load_defaults
from tarmac.portfolio.sheet import COLUMNS
from tarmac.scenario import scenario_from

HEADER = "name,currency,cash,net_burn,revenue,costs,growth,cloud,last_round,stage,stake,rate,first_month"
GOOD = "Acme,USD,4M,,100k,300k,4% to 8%,40k,2026-03,seed,12%,1,2027-01"
JANUARY = Month(2027, 1)


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working folder of one's own."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def read(*rows: str, header: str = HEADER, **asked: Any) -> Portfolio:
    Path("fund.csv").write_text("\n".join([header, *rows]) + "\n", encoding="utf-8")
    return portfolio_from("fund.csv", Asked(JANUARY, **asked))


def workbook(rows: list[list[Any]], path: str = "fund.xlsx") -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    for row in rows:
        sheet.append(row)
    book.save(path)


def mistakes(*rows: str, header: str = HEADER, **asked: Any) -> str:
    with pytest.raises(InputError) as caught:
        read(*rows, header=header, **asked)
    return str(caught.value)


def test_a_row_becomes_a_company() -> None:
    found = read(GOOD)
    (holding,) = found.holdings
    assert (found.name, found.currency, found.first_month) == ("fund", "USD", JANUARY)
    assert (holding.name, holding.stake, holding.rate) == ("Acme", 0.12, 1.0)
    document = holding.company.document()
    assert document["cash"] == {"opening": "4M"}
    assert document["revenue"][0]["monthly"] == "100k"
    assert document["revenue"][0]["growth"] == "4% to 8%"
    assert document["compute"][0]["monthly"] == 40_000 or document["compute"][0]["monthly"] == "40000"
    assert holding.company.cost[0].monthly.first.value == 260_000
    (planned,) = document["round"]
    assert planned["name"] == "series A at published odds"
    assert planned["when"] == {"runway_below": 9.0, "month": "2027-03"}
    assert "row-defaults" in found.notes[0]


def test_what_a_row_does_not_say_is_from_the_defaults() -> None:
    defaults, scenarios = load_defaults()
    (holding,) = read("Acme,USD,4M,,100k,300k,,,,,,,").holdings
    company = holding.company
    assert company.revenue[0].growth.first.text == defaults.revenue["growth"]
    assert company.document()["compute"][0]["monthly"] == "(300k) * 0.1"
    assert company.round == ()
    assert company.policy[0].name == defaults.policy[0]["name"]
    assert holding.stake is None
    assert scenarios.keys() == {stage.casefold() for stage, said in defaults.stage.items() if said.round}


@pytest.mark.parametrize(
    ("cells", "revenue", "costs"),
    [("120k,,", None, 120_000), ("120k,80k,", 80_000, 200_000), ("120k,,200k", 80_000, 200_000), (",0,50k", 0, 50_000)],
)
def test_burn_revenue_and_costs_make_each_other(cells: str, revenue: float | None, costs: float) -> None:
    (holding,) = (
        read(f"Acme,USD,4M,{cells},,0,,,,,").holdings
        if revenue is not None
        else read(f"Acme,USD,4M,{cells},,,,,,,").holdings
    )
    company = holding.company
    assert [line.monthly.first.value for line in company.revenue] == ([] if revenue is None else [revenue])
    assert company.cost[0].monthly.first.value == costs
    assert company.compute == ()


def test_columns_may_stand_in_any_order_and_rows_may_be_few() -> None:
    found = read("USD,10k,1M,Beta", header="Currency,Net burn,Cash,Name", stake=0.1)
    assert [(item.name, item.stake) for item in found.holdings] == [("Beta", 0.1)]
    assert "Rows name no first month: they begin in Jan 2027 (--first-month)." in found.notes


@pytest.mark.parametrize(
    ("row", "where", "words"),
    [
        ("Acme,,4M,,100k,300k,,,,seed,,,", "row 2, currency", "names the currency"),
        ("Acme,XYZ,4M,,100k,300k,,,,seed,,,", "row 2, currency = XYZ", "ISO 4217"),
        ("Acme,USD,,10k,,,,,,,,,", "row 2, cash", "says what cash there is"),
        ("Acme,USD,nan,10k,,,,,,,,,", "row 2, cash = nan", "finite number"),
        ("Acme,USD,=A1,10k,,,,,,,,,", "row 2, cash = =A1", "not a formula"),
        ("=HYPERLINK(1),USD,1M,10k,,,,,,,,,", "row 2, name", "not a formula"),
        ("Acme,USD,#REF!,10k,,,,,,,,,", "row 2, cash = #REF!", "spreadsheet's error"),
        ("Acme,USD,1M EUR,10k,,,,,,,,,", "row 2, cash = 1M EUR", "in the row's currency, USD"),
        ("Acme,USD,1M,,-5,10k,,,,,,,", "row 2, revenue = -5", "not below zero"),
        ("Acme,USD,1e30,5,,,,,,,,,", "row 2, cash = 1e30", "at most 1e+15"),
        ("Acme,USD,1M,,10k,,,,,,,,", "row 2, costs", "net_burn, or revenue and costs"),
        ("Acme,USD,1M,,,,,,,,,,", "row 2, net_burn", "net_burn, or revenue and costs"),
        ("Acme,USD,1M,-5k,,,,,,,,,", "row 2, net_burn = -5k", "fill in revenue and costs"),
        ("Acme,USD,1M,5k,10k,20k,,,,,,,", "row 2, net_burn = 5k", "is costs less revenue"),
        ("Acme,USD,1M,5k,10k to 12k,,,,,,,,", "row 2, net_burn = 5k", "leave net_burn empty"),
        ("Acme,USD,1M,,10k,20k,,30k,,,,,", "row 2, cloud = 30k", "a part of costs"),
        ("Acme,USD,1M,10k,,,,3k,,,,,", "row 2, cloud = 3k", "fill in revenue and costs"),
        ("Acme,USD,1M,,10k,20k,8,,,,,,", "row 2, growth = 8", "rate a month"),
        ("Acme,USD,1M,10k,,,,,,sed,,,", "row 2, stage = sed", "did you mean 'seed'"),
        ("Acme,USD,1M,10k,,,,,,,130,,", "row 2, stake = 130", "from 0% to 100%"),
        ("Acme,USD,1M,10k,,,,,,,,-1,", "row 2, rate = -1", "above zero"),
        ("Acme,USD,1M,10k,,,,,March,,,,", "row 2, last_round = March", "is a month"),
        ("Acme,USD,1M,10k,,,,,2027-01,seed,,,", "row 2, last_round = 2027-01", "before the first month"),
        ("A*,USD,1M,10k,,,,,,,,,", "row 2, name = A*", "none of *"),
        (",USD,1M,10k,,,,,,,,,", "row 2, name", "has a name"),
        ("-1+cmd,USD,1M,10k,,,,,,,,,", "row 2, name = -1+cmd", "as formulas do"),
    ],
)  # fmt: skip
def test_a_mistake_is_told_with_its_row_and_column(row: str, where: str, words: str) -> None:
    told = mistakes(row)
    assert told.startswith("1 mistake")
    assert where in told
    assert words in told


def test_every_mistake_of_every_row_is_told_at_once() -> None:
    told = mistakes("Acme,,4M,10k,,,,,,,,,", "acme ,USD,=1,10k,,,,,,sed,,,", "Beta,USD,1M,,,,,,,,,,", GOOD)
    assert told.startswith("6 mistakes")
    for where in ("row 2, currency", "row 3, cash", "row 3, stage", "row 4, net_burn", "row 3, name", "row 5, name"):
        assert where in told
    rows = [int(number) for number in re.findall(r"^\s*fund\.csv: row (\d+), ", told, re.MULTILINE)]
    assert rows == [2, 3, 3, 3, 4, 5]


@pytest.mark.parametrize(
    ("header", "words"),
    [
        ("name;currency;cash", "separated by commas"),
        ("name,cash,net_burn", "there is a column currency"),
        ("name,currency,cash,cash", "stands there once, not 2 times"),
        ("name,currency,cash,bruto", "is the name of a column"),
        ('name,currency,"cash', "is CSV"),
    ],
)
def test_a_header_that_is_none(header: str, words: str) -> None:
    assert words in mistakes(header=header)


def test_a_sheet_without_rows_or_with_a_row_too_long() -> None:
    assert "a row for each company" in mistakes()
    assert "no more cells than the header" in mistakes("A,USD,1,2,3", header="name,currency,cash,net_burn")


def test_a_mistaken_header_hides_no_mistake_of_the_rows() -> None:
    rows = ("Acme,1M,90k,,x,seed", "Beta,-,90k,EUR,x,seeed", "acme,2M,=A1,USD,x,", "Gamma,1M,5k,USD,,,7")
    told = mistakes(*rows, header="name,cash,net_burn,currency,staqe,stage")
    assert told.startswith("7 mistakes")
    for where in (
        "row 1 = staqe", "row 2, currency\n", "row 3, cash = -", "row 3, stage = seeed", "row 4, net_burn = =A1",
        "row 4, name = acme", "row 5 = Gamma",
    ):  # fmt: skip
        assert where in told


def test_what_a_mistaken_header_leaves_open_is_no_mistake_of_the_rows() -> None:
    told = mistakes("A,USD,5k,10k,1M", "B,USD,,-5,2M", header="name,curency,revenu,costs,cash")
    assert told.startswith("4 mistakes")
    for where in ("row 1 = curency", "row 1 = revenu", "there is a column currency", "row 3, costs = -5"):
        assert where in told
    told = mistakes("A,USD,USD,5k,1M", "B,x,y,z,2M", header="name,currency,currency,net_burn,cash")
    assert told.startswith("2 mistakes")
    assert "not 2 times" in told
    assert "row 3, net_burn = z" in told


def test_a_workbook_is_read_by_its_values() -> None:
    workbook(
        [
            ["name", "currency", "cash", "net_burn", "growth", "last_round", "stage", "stake", None],
            ["Acme", "USD", 4_000_000, 150_000.0, None, date(2026, 3, 31), "Series A", 0.12, None],
            [None] * 9,
            ["Beta", "USD", "1M to 2M", 5e4, None, None, None, "8%", None],
        ]
    )
    found = portfolio_from("fund.xlsx", Asked(JANUARY))
    assert [(item.name, item.stake) for item in found.holdings] == [("Acme", 0.12), ("Beta", 0.08)]
    acme, beta = (item.company for item in found.holdings)
    assert acme.cash.opening.value == 4e6
    assert acme.document()["round"][0]["name"] == "series B at published odds"
    assert beta.cash.opening.mean() > 1e6


def test_the_values_stored_with_formulas_are_read() -> None:
    workbook([["name", "currency", "cash", "net_burn"], ["#1 Pizza", "USD", "=2*600000", 100_000]], "bare.xlsx")
    with zipfile.ZipFile("bare.xlsx") as bare, zipfile.ZipFile("fund.xlsx", "w") as stored:
        for name in bare.namelist():  # what a spreadsheet stores beside a formula, openpyxl does not
            text = bare.read(name)
            stored.writestr(name, re.sub(rb"</f><v ?/>|</f><v></v>", b"</f><v>1200000</v>", text))
    (holding,) = portfolio_from("fund.xlsx", Asked(JANUARY)).holdings
    assert holding.name == "#1 Pizza"
    assert holding.company.cash.opening.value == 1_200_000
    assert holding.company.cost[0].monthly.first.value == 100_000


def test_a_formula_without_a_value_is_a_mistake_and_so_is_what_is_no_workbook() -> None:
    workbook([["name", "currency", "cash", "net_burn"], ["Acme", "USD", "=1+1", 5]])
    with pytest.raises(InputError, match=r"row 2, cash = =1\+1\n.*is a value, not a formula"):
        portfolio_from("fund.xlsx", Asked(JANUARY))
    Path("fund.xlsx").write_text("name,currency\n", encoding="utf-8")
    with pytest.raises(InputError, match="is an Excel workbook"):
        portfolio_from("fund.xlsx", Asked(JANUARY))
    with pytest.raises(InputError, match="can be read"):
        portfolio_from("nowhere.xlsx", Asked(JANUARY))


def test_currencies_need_rates() -> None:
    rows = ("A,USD,1M,10k,,,,,,,,,", "B,EUR,1M,10k,,,,,,,,,", "C,EUR,1M,10k,,,,,,,,,")
    told = mistakes(*rows)
    assert told.count("add --rate EUR=") == 1
    assert "fund.csv: row 3, currency = EUR" in told
    found = read(*rows, rates={"EUR": 1.1})
    assert [item.rate for item in found.holdings] == [1.0, 1.1, 1.1]
    assert read(*rows, rates={"USD": 0.9}, currency="EUR").holdings[0].rate == 0.9
    assert "one USD costs one USD" in mistakes(*rows, rates={"USD": 0.9, "EUR": 1})
    assert "ISO 4217" in mistakes(*rows, rates={"EUR": 1.1, "EURO": 1.1})


def test_rates_may_stand_in_the_rows() -> None:
    found = read("A,EUR,1M,10k,,,,,,,,1.1,", "B,USD,1M,10k,,,,,,,,1,")
    assert found.currency == "USD"
    assert [item.rate for item in found.holdings] == [1.1, 1.0]
    assert "1.1 above" in mistakes("A,EUR,1M,10k,,,,,,,,1.1,", "B,EUR,1M,10k,,,,,,,,1.2,", currency="USD")


def test_a_round_in_dollars_needs_the_price_of_a_dollar() -> None:
    row = "A,EUR,1M,10k,,,,,,seed,,,"
    assert "told in dollars" in mistakes(row)
    (holding,) = read(row, rates={"USD": 0.8}).holdings
    assert holding.company.fx["USD"].rate.value == 0.8
    assert read("A,EUR,1M,10k,,,,,,none,,,").holdings[0].company.fx == {}


def test_rows_begin_in_the_same_month() -> None:
    told = mistakes("A,USD,1M,10k,,,,,,,,,2027-01", "B,USD,1M,10k,,,,,,,,,2027-02")
    assert "same month, here 2027-01" in told


def test_growth_without_revenue_is_said_not_to_be_used() -> None:
    found = read("A,USD,1M,10k,,,5%,,,,,,")
    assert "Growth is not used where no revenue is given: A." in found.notes


def scenario(target: str) -> Any:
    change = {"target": target, "multiply": 0.5}
    return scenario_from({"title": "less", "change": [change]}, "less.toml")


def test_a_scenario_applies_where_it_fits() -> None:
    rows = ("A,USD,1M,10k,,,,,,,,,", "B,USD,1M,,10k,20k,,,,,,,")
    found = read(*rows, scenarios=[scenario("revenue.*.monthly")])
    assert found.scenarios == ("less",)
    assert found.holdings[1].company.revenue[0].monthly.first.value == 5_000
    assert "less fits 1 of 2 companies; the others are as they are." in found.notes
    with pytest.raises(InputError, match="matches"):
        read(*rows, scenarios=[scenario("debt.*.principal")])


def company_file(name: str, *, month: str = "2027-01", currency: str = "USD", more: str = "") -> None:
    folder = Path("fund")
    folder.mkdir(exist_ok=True)
    text = (
        f'[company]\nname = "{name}"\ncurrency = "{currency}"\nfirst_month = "{month}"\n[cash]\nopening = 100\n{more}'
    )
    (folder / f"{name}.toml").write_text(text, encoding="utf-8")


def test_a_folder_of_company_files() -> None:
    company_file("a", more='[[holder]]\nname = "Fund"\nshare = "20%"\n[[holder]]\nname = "us"\nshare = "80%"\n')
    company_file("b", currency="EUR", more="[fx]\nUSD = 0.8\n")
    found = portfolio_from("fund", Asked(JANUARY, investor="Fund"))
    assert [(item.name, item.stake, item.rate) for item in found.holdings] == [("a", 0.2, 1.0), ("b", None, 1.25)]
    assert "not known in 1 of 2 companies" in found.notes[-1]
    with pytest.raises(InputError, match=r"is a \[\[holder\]\]"):
        portfolio_from("fund", Asked(JANUARY, investor="Fond"))


def test_files_that_begin_apart_are_aligned_on_request() -> None:
    company_file("a")
    company_file("b", month="2026-07")
    with pytest.raises(InputError, match="same month, here 2027-01"):
        portfolio_from("fund", Asked(JANUARY))
    found = portfolio_from("fund", Asked(JANUARY, align=True))
    assert found.apart
    assert found.first_month == Month(2026, 7)


def test_a_folder_without_companies_and_a_name_that_is_none(folder: Path) -> None:
    (folder / "empty").mkdir()
    for target, words in (("empty", "company files"), ("exampel", "did you mean 'example'"), ("a/b", "is a folder")):
        with pytest.raises(InputError, match=words):
            portfolio_from(target, Asked(JANUARY))


def test_every_mistake_of_every_file_is_told() -> None:
    company_file("a", currency="XX")
    company_file("b", more="[[cost]]\n")
    company_file("c")
    Path("fund/d.toml").write_text(Path("fund/c.toml").read_text(encoding="utf-8"), encoding="utf-8")
    with pytest.raises(InputError) as caught:
        portfolio_from("fund", Asked(JANUARY))
    told = str(caught.value)
    assert all(f"{name}.toml" in told for name in "abd")


def test_the_example_that_is_shipped_says_that_it_is_made_up() -> None:
    found = portfolio_from("example", Asked(JANUARY))
    assert len(found.holdings) == 30
    assert all(item.name.startswith("Example ") and item.stake is not None for item in found.holdings)
    assert found.currency == "USD"
    page = (library.shelf_shipped("seeds") / "README.md").read_text(encoding="utf-8")
    assert all(f"| `{column}` |" in page for column in COLUMNS)


def test_defaults_of_ones_own(folder: Path) -> None:
    shelf = folder / "seeds" / "portfolios"
    shelf.mkdir(parents=True)
    text = 'title = "Mine"\nas_of = "2027-01"\nsource = "me"\n[revenue]\ngrowth = "1%"\n[stage.grown]\n'
    (shelf / "mine.toml").write_text(text, encoding="utf-8")
    (holding,) = read("A,USD,1M,,10k,20k,,,,grown,,,", defaults="mine").holdings
    assert holding.company.revenue[0].growth.first.value == 0.01
    assert "did you mean 'grown'" in mistakes("A,USD,1M,,10k,20k,,,,grow,,,", defaults="mine")
    (shelf / "mine.toml").write_text(text + 'round = "nix"\n', encoding="utf-8")
    assert "nix" in mistakes("A,USD,1M,,10k,20k,,,,grown,,,", defaults="mine")
    (shelf / "mine.toml").write_text(text + "[revenu]\n", encoding="utf-8")
    assert "did you mean 'revenue'" in mistakes("A,USD,1M,,10k,20k,,,,grown,,,", defaults="mine")
