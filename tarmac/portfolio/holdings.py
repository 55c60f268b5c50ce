"""Companies of a portfolio, read from a folder of company files or from a spreadsheet with a row for each."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, TypeVar

from tarmac import library
from tarmac.company import Company
from tarmac.errors import InputError, Problem, nearest, printable
from tarmac.money import CURRENCIES
from tarmac.months import Month
from tarmac.portfolio.building import DOLLAR, built, unused
from tarmac.portfolio.cells import Line, Reader
from tarmac.portfolio.defaults import DEFAULTS, load_defaults
from tarmac.portfolio.sheet import rows_of_sheet
from tarmac.scenario import Scenario, apply

MOST_COMPANIES: Final = 5_000
_SAME: Final = 1e-9
_SHEETS: Final = (".csv", ".xlsx")

K = TypeVar("K")
V = TypeVar("V")


@dataclass(frozen=True, slots=True)
class Asked:
    """What is said of a portfolio beside its file.

    `this_month`: the first month of rows that name none. `currency`: what amounts are told in; if not given, the one whose
    rate is 1, else the first company's; `rates`: what one unit of other currencies costs in it. `stake`: of companies of which none is known;
    `investor`: whose stake company files tell of, by the name of a holder. `align`: months are counted from each
    company's own first.
    """

    this_month: Month
    scenarios: Sequence[Scenario] = ()
    currency: str | None = None
    rates: Mapping[str, float] = field(default_factory=dict)
    stake: float | None = None
    investor: str | None = None
    defaults: str = DEFAULTS
    align: bool = False


@dataclass(frozen=True, slots=True)
class Holding:
    """A company in a portfolio: the investor's stake, None where it is not known, and its currency's rate."""

    company: Company
    stake: float | None
    rate: float

    @property
    def name(self) -> str:
        """The company's name."""
        return self.company.company.name


@dataclass(frozen=True)
class Portfolio:
    """Some companies held together; `notes`: what a reader must know of how they were read, a sentence each."""

    name: str
    currency: str
    first_month: Month
    holdings: tuple[Holding, ...]
    scenarios: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


def portfolio_from(target: str, asked: Asked) -> Portfolio:
    """The portfolio of a folder, of a CSV or Excel file, or of a name on the shelf seeds/portfolios/.

    InputError lists every mistake of its files at once.
    """
    path = Path(target)
    if path.is_dir():
        return _of_folder(path, asked)
    if path.suffix.casefold() not in _SHEETS and not path.is_file():
        path = _on_shelf(target)
    if path.suffix.casefold() not in _SHEETS:
        rule = "is a folder of company files, a CSV or an Excel workbook (.xlsx)"
        raise InputError([Problem("command line", "portfolio", target, rule, "save the sheet as CSV or .xlsx")])
    return _of_sheet(path, asked)


def _on_shelf(target: str) -> Path:
    if "/" not in target and "\\" not in target:
        known = {item.name: item.path for item in library.on_shelf(library.PORTFOLIOS, ending=".csv")}
        if target in known:
            return known[target]
        rule = "is a folder, a CSV or .xlsx file, or a name on the shelf seeds/portfolios/ (here or shipped)"
        raise InputError([Problem("command line", "portfolio", printable(target), rule, nearest(target, known))])
    rule = "is a folder of company files, or a CSV or .xlsx file"
    raise InputError([Problem("command line", "portfolio", printable(target), rule, "check its name")])


def _of_folder(folder: Path, asked: Asked) -> Portfolio:
    problems: list[Problem] = []
    files = sorted(path for path in folder.iterdir() if path.suffix == ".toml" and path.is_file())
    if not files:
        rule = "is a folder with company files (.toml) in it"
        raise InputError([Problem("command line", "portfolio", str(folder), rule, "choose another folder")])
    companies = [found for path in files if (found := _kept(problems, library.load, path)) is not None]
    problems += _twice((item.file, item.company.name) for item in companies)
    if not asked.align:
        problems += _apart([(item.file, item.company.first_month) for item in companies])
    if problems:
        raise InputError(problems)
    currency = asked.currency or companies[0].company.currency
    rates, missing = _rates(asked, currency, known=_rates_of_files(companies, currency))
    problems += missing({item.company.currency: item.file for item in reversed(companies)})
    problems += _no_such_holder(companies, asked)
    if problems:
        raise InputError(problems)
    holdings = [Holding(item, _stake_in(item, asked), rates[item.company.currency]) for item in companies]
    first = min(item.company.first_month for item in companies)
    apart = any(item.company.first_month != first for item in companies)
    notes = ["Months are counted from each company's own first month, calendars apart."] if apart else []
    return _finished(folder.resolve().name, holdings, first, currency=currency, asked=asked, notes=notes)


def _of_sheet(path: Path, asked: Asked) -> Portfolio:
    defaults, scenarios = load_defaults(asked.defaults)
    readers = [Reader(row) for row in rows_of_sheet(path)]
    read = [reader.line(defaults.stage) for reader in readers]
    problems = [problem for reader in readers for problem in reader.problems]
    lines = [line for line in read if line is not None]
    problems += _twice((f"{line.row.file}: row {line.row.number}", line.name) for line in lines)
    months = [(f"{line.row.file}: row {line.row.number}", line.first_month or asked.this_month) for line in lines]
    problems += _apart(months)
    if problems:
        raise InputError(problems)
    first = months[0][1]
    problems += _not_yet(lines, first)
    known, unequal = _rates_of_rows(lines)
    currency = asked.currency or next((code for code, rate in known.items() if rate == 1), lines[0].currency)
    rates, missing = _rates(asked, currency, known=known)
    problems += unequal
    problems += missing({line.currency: f"{line.row.file}: row {line.row.number}" for line in reversed(lines)})
    abroad = [line for line in lines if line.currency != DOLLAR and line.stage in scenarios]
    if abroad and DOLLAR not in rates:
        rule = f"is known: the next rounds of {abroad[0].name} and others are told in dollars"
        problems.append(Problem("command line", "rate", DOLLAR, rule, f"add --rate {DOLLAR}=1, in {currency}"))
    if problems:
        raise InputError(problems)
    holdings = []
    for line in lines:
        dollar = rates[DOLLAR] / rates[line.currency] if DOLLAR in rates else None
        company = _kept(
            problems,
            lambda told, dollar=dollar: built(
                told, first_month=first, defaults=defaults, scenario=scenarios.get(told.stage), dollar=dollar
            ),
            line,
        )
        if company is not None:
            stake = asked.stake if line.stake is None else line.stake
            holdings.append(Holding(company, stake, rates[line.currency]))
    if problems:
        raise InputError(dict.fromkeys(problems))
    notes = [f'What rows do not say: "{defaults.title}", {defaults.as_of.label}, {asked.defaults}.']
    if all(line.first_month is None for line in lines):
        notes.append(f"Rows name no first month: they begin in {first.label} (--first-month).")
    notes += list(filter(None, (unused(line) for line in lines)))
    return _finished(path.stem, holdings, first, currency=currency, asked=asked, notes=notes)


def _finished(
    name: str, holdings: Sequence[Holding], first: Month, *, currency: str, asked: Asked, notes: Sequence[str]
) -> Portfolio:
    """The portfolio under its scenarios, each on those companies that it fits."""
    problems: list[Problem] = []
    said = list(notes)
    for scenario in asked.scenarios:
        changed, misfits, last = [], [], []
        for holding in holdings:
            found: list[Problem] = []
            company = _kept(found, lambda known, what=scenario: apply(known, what), holding.company)
            changed.append(holding if company is None else Holding(company, holding.stake, holding.rate))
            if company is None:
                misfits.append(holding.name)
                last = found
        if len(misfits) == len(holdings):
            problems += last
        elif misfits:
            said.append(f"{scenario.name} fits {len(holdings) - len(misfits)} of {len(holdings)} companies.")
        holdings = changed
    if problems:
        raise InputError(dict.fromkeys(problems))
    unknown = sum(holding.stake is None for holding in holdings)
    if 0 < unknown < len(holdings):
        said.append(f"The investor's stake is not known in {unknown} of {len(holdings)} companies: none is counted.")
    names = tuple(scenario.name for scenario in asked.scenarios)
    return Portfolio(name, currency, first, tuple(holdings), names, tuple(said))


def _twice(named: Iterable[tuple[str, str]]) -> Iterator[Problem]:
    """Companies of one name, letter case and spaces apart."""
    seen: dict[str, str] = {}
    for where, name in named:
        key = " ".join(name.casefold().split())
        if key in seen:
            rule = f"a name stands in a portfolio once; {seen[key]} has it too"
            yield Problem(where, "name", name, rule, "rename one of them, or remove it")
        seen.setdefault(key, where)


def _apart(months: Sequence[tuple[str, Month]]) -> Iterator[Problem]:
    """Companies that begin in another month than the first does."""
    for where, month in months[1:]:
        if month != months[0][1]:
            rule = f"all companies begin in the same month, here {months[0][1]}"
            remedy = "bring its balances to that month; of files, --align counts each from its own first month"
            yield Problem(where, "first_month", str(month), rule, remedy)


def _not_yet(lines: Iterable[Line], first: Month) -> Iterator[Problem]:
    for line in lines:
        if line.last_round is not None and line.last_round >= first:
            rule = f"the last round lies before the first month, {first}"
            yield line.row.problem("last_round", rule, remedy="correct the month; cash holds what it brought")


def _rates_of_files(companies: Iterable[Company], currency: str) -> dict[str, float]:
    """What one unit of a company's currency costs, where its file says what the portfolio's costs in it."""
    known: dict[str, float] = {}
    for item in companies:
        if currency in item.fx:
            known.setdefault(item.company.currency, 1.0 / item.fx[currency].rate.mean())
    return known


def _rates_of_rows(lines: Iterable[Line]) -> tuple[dict[str, float], list[Problem]]:
    known: dict[str, float] = {}
    problems = []
    for line in lines:
        if line.rate is not None and abs(known.setdefault(line.currency, line.rate) / line.rate - 1) > _SAME:
            rule = f"one unit of {line.currency} costs the same in every row, {known[line.currency]:g} above"
            problems.append(line.row.problem("rate", rule, remedy="correct one of them"))
    return known, problems


def _rates(
    asked: Asked, currency: str, *, known: Mapping[str, float]
) -> tuple[dict[str, float], Callable[[Mapping[str, str]], list[Problem]]]:
    """What one unit of each currency costs in the portfolio's, and what finds those that are needed and not known."""
    rates = {**known, **asked.rates, currency: 1.0}

    def missing(needed: Mapping[str, str]) -> list[Problem]:
        rule = f"what one unit costs in {currency} is known"
        unknown = [code for code in needed if code not in rates]
        found = [Problem(needed[code], "currency", code, rule, f"add --rate {code}=...") for code in unknown]
        for code, rate in (*asked.rates.items(), (currency, 1.0)):
            if code not in CURRENCIES:
                rule_of_code = "is a currency's three-letter code (ISO 4217)"
                found.append(Problem("command line", "rate", code, rule_of_code, nearest(code, CURRENCIES)))
            elif not 0 < rate < float("inf"):
                found.append(Problem("command line", "rate", f"{code}={rate}", "is above zero", "write EUR=1.08"))
        if abs(asked.rates.get(currency, known.get(currency, 1.0)) - 1.0) > _SAME:
            remedy = f"give rates in {currency}, or choose --currency"
            found.append(Problem("command line", "rate", currency, f"one {currency} costs one {currency}", remedy))
        return found

    return rates, missing


def _stake_in(company: Company, asked: Asked) -> float | None:
    shares = [item.share.mean() for item in company.holder if item.name == asked.investor]
    return shares[0] if shares else asked.stake


def _no_such_holder(companies: Iterable[Company], asked: Asked) -> Iterator[Problem]:
    names = {item.name for company in companies for item in company.holder}
    if asked.investor is not None and asked.investor not in names:
        rule = "is a [[holder]] in at least one company file"
        yield Problem("command line", "investor", asked.investor, rule, nearest(asked.investor, names))


def _kept(problems: list[Problem], work: Callable[[K], V], on: K) -> V | None:  # noqa: PLR0917  (as it reads)
    try:
        return work(on)
    except InputError as error:
        problems += error.problems
        return None
