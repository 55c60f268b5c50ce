"""`tarmac run`: a company and its scenarios, simulated, on one screen and in files."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

from tarmac import library
from tarmac.cli.asked import Asked, Form, Size
from tarmac.cli.carrying import going_on, how_of, unlike_means
from tarmac.cli.checking import kept, unlike_a_run
from tarmac.cli.console import note, progress, safe, teller
from tarmac.cli.gates import Gate, gates_from
from tarmac.cli.saving import (
    Writer,
    as_json,
    file_name,
    refuse_existing,
    text_writer,
)
from tarmac.cli.telling import hand_over
from tarmac.company import Company
from tarmac.errors import InputError, Problem
from tarmac.forecast import Forecast
from tarmac.layout import plan_of
from tarmac.portfolio import is_portfolio
from tarmac.report.figure import runway_figure, save
from tarmac.report.owning import ownership_figure, save_ownership
from tarmac.report.spreadsheet import as_csv
from tarmac.report.tables import cash_table, ownership_table, survival_table
from tarmac.report.text import alt_text, screen
from tarmac.sampling import Sampling
from tarmac.scenario import apply, without_funding
from tarmac.simulation import MOST_PATHS, simulate

GATE_FAILED: Final = 3
RUNWAY, OWNED, OWNED_TABLE = "runway", "ownership", "ownership.csv"
"""What the charts are of, as their file names say, and the table of who owns what."""


def run(asked: Asked) -> int:
    """Check everything, run, print, save, and judge the gates; the exit code."""
    company, gates = _checked(asked)
    with going_on(asked.resume):
        forecast = _simulated(asked, company)
        hand_over(
            asked,
            lambda: screen(forecast),
            document=forecast.as_json,
            files=lambda: _files(asked, forecast),
        )
    return _judge(gates, forecast)


def patched(name: str, scenarios: Sequence[str]) -> Company:
    """A company after some scenarios. InputError lists the mistakes of all the files at once."""
    problems: list[Problem] = []
    company = kept(problems, _loaded, on=name)
    patches = [kept(problems, library.load_scenario, on=item) for item in scenarios]
    if company is None or problems:
        raise InputError(problems)
    for patch in patches:
        company = company if patch is None else apply(company, patch)
    return company


def _loaded(name: str) -> Company:
    """The company of that name. InputError lists its mistakes; of a portfolio it says that it is one."""
    try:
        return library.load(name)
    except InputError as error:
        if library.is_company(name) or not is_portfolio(name):
            raise
        remedy = "it is a portfolio: tarmac portfolio, or tarmac report"
        raise InputError([replace(item, remedy=remedy) for item in error.problems]) from None


def _checked(asked: Asked) -> tuple[Company, tuple[Gate, ...]]:
    """The company to simulate and the gates to judge by; every mistake of the command line and its files at once."""
    problems = list(_out_of_range(asked))
    company = kept(problems, _company, on=asked)
    kept(problems, lambda known: _check_places(asked, known), on=company)
    problems += [] if company is None else without_rate(asked.currency, company)
    gates = None if company is None else kept(problems, lambda known: _gates(asked, known), on=company)
    if company is None or gates is None or problems:
        raise InputError(problems)
    return company, gates


def _out_of_range(asked: Asked) -> Iterator[Problem]:
    yield from unlike_a_run(asked, most_paths=MOST_PATHS)
    yield from unlike_means(asked.means)
    yield from _sampling(asked).problems(resumed=asked.resume is not None)


def _sampling(asked: Asked) -> Sampling:
    return Sampling(asked.paths, asked.sampler.value, asked.precision)


def _company(asked: Asked) -> Company:
    company = patched(asked.company, asked.scenarios)
    return without_funding(company) if asked.without_funding else company


def _gates(asked: Asked, company: Company) -> tuple[Gate, ...]:
    header = company.company
    told = header.currency if asked.currency is None else asked.currency
    return gates_from(asked.fail_if, first_month=header.first_month, months=asked.months, currency=told)


def without_rate(code: str | None, company: Company) -> list[Problem]:
    """What is wrong with the currency that amounts are to be told in."""
    own = company.company.currency
    if code is None or code == own or code in company.fx:
        return []
    rule = f"is {own}, the company's own, or has a rate under its [fx]"
    known = ", ".join(company.fx) or "none yet"
    return [_mistake("currency", code, rule=rule, remedy=f"add [fx] with {code} = its price in {own}; known: {known}")]


def _check_places(asked: Asked, company: Company | None) -> None:
    if asked.out is not None:
        owned = company is not None and plan_of(company).knows_ownership
        refuse_existing([asked.out / name for name in _file_names(asked, owned=owned)], force=asked.force)
    elif asked.forms or asked.sizes:
        raise InputError([_mistake("chart", "", rule="a chart is written into a folder", remedy="add --out DIR")])


def _simulated(asked: Asked, company: Company) -> Forecast:
    with progress(quiet=asked.quiet) as tell:
        how = replace(how_of(asked.means, tell), audit=asked.audit, resume=asked.resume, say=teller(quiet=asked.quiet))
        forecast = simulate(company, months=asked.months, paths=_sampling(asked), seed=asked.seed, how=how)
    applied = [*asked.scenarios, *(["without-funding"] if asked.without_funding else [])]
    return told(named(forecast, applied), company, currency=asked.currency)


def named(forecast: Forecast, scenarios: Sequence[str]) -> Forecast:
    """A forecast that knows the names of the scenarios its company has been patched with."""
    applied = tuple(Path(name).name.removesuffix(".toml") for name in scenarios)
    return replace(forecast, origin=replace(forecast.origin, scenarios=applied))


def told(forecast: Forecast, company: Company, *, currency: str | None) -> Forecast:
    """A forecast told in the currency that was asked for, at the rate of the opening."""
    if currency is None or currency not in company.fx:
        return forecast
    return forecast.in_currency(currency, rate=company.fx[currency].rate.median())


def _file_names(asked: Asked, *, owned: bool) -> list[str]:
    names = [*_chart_names(asked, RUNWAY), "forecast.json", "survival.csv", "cash.csv", f"{_stem(asked, RUNWAY)}.txt"]
    return [*names, OWNED_TABLE, *_chart_names(asked, OWNED)] if owned else names


def _stem(asked: Asked, what: str) -> str:
    return f"{file_name(Path(asked.company).name.removesuffix('.toml'))}-{what}"


def _chart_names(asked: Asked, what: str) -> dict[str, Size]:
    """The charts of the runway, or of who owns what, by file name, each with its size; a slide is the plain one."""
    return {
        f"{_stem(asked, what)}{'' if size is Size.SLIDE else f'-{size}'}.{form}": size
        for size in asked.sizes or [Size.SLIDE]
        for form in asked.forms or [Form.PNG]
    }


def _files(asked: Asked, forecast: Forecast) -> dict[str, Writer]:
    """What `--out` leaves, the runway charts last: the last path printed is a picture."""
    files = {
        "forecast.json": text_writer(as_json(forecast.as_json()) + "\n"),
        "survival.csv": text_writer(as_csv(survival_table(forecast))),
        "cash.csv": text_writer(as_csv(cash_table(forecast).round(2))),
        f"{_stem(asked, RUNWAY)}.txt": text_writer(alt_text(forecast) + "\n"),
    }
    if forecast.ownership is not None:
        files[OWNED_TABLE] = text_writer(as_csv(ownership_table(forecast).round(6)))
        files |= {name: _owned_writer(forecast, size) for name, size in _chart_names(asked, OWNED).items()}
    return files | {name: _chart_writer(forecast, size) for name, size in _chart_names(asked, RUNWAY).items()}


def _chart_writer(forecast: Forecast, size: Size) -> Writer:
    return lambda path: save(runway_figure(forecast, size.value), path, forecast=forecast)


def _owned_writer(forecast: Forecast, size: Size) -> Writer:
    return lambda path: save_ownership(ownership_figure(forecast, size.value), path, forecast=forecast)


def _judge(gates: Sequence[Gate], forecast: Forecast) -> int:
    """Say which gates failed; their exit code, or 0."""
    failed = False
    for gate in gates:
        verdict = gate.judge(forecast)
        if verdict.failed:
            failed = True
            note(f"gate failed: {safe(gate.text)}: {verdict.words}")
    return GATE_FAILED if failed else 0


def _mistake(where: str, value: str, *, rule: str, remedy: str) -> Problem:
    return Problem("command line", where, value, rule, remedy)
