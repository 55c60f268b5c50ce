"""The one-page PDF: nothing overlaps or is cut off, and the same inputs give the same bytes."""

from dataclasses import replace
from pathlib import Path

import pytest

import tarmac
from tarmac.engine.block import Job
from tarmac.forecast import Forecast
from tarmac.layout import plan_of
from tarmac.raising import Raise, attempt_of, raising
from tarmac.report.onepager import onepage_figure, write_onepager
from tarmac.report.stamp import Notes, stamp
from tests.overlaps import assert_apart

NOTES = Notes(command="tarmac report NAME --format pdf --seed 7 --paths 300", digest="0123456789abcdef")


def forecast_of(name: str) -> Forecast:
    return tarmac.simulate(tarmac.load(name), months=36, paths=300, seed=7)


def raise_of(name: str) -> Raise:
    company = tarmac.load(name)
    return raising(company, job=Job(plan_of(company), 7, 36, 300), confidence=0.9, attempt=attempt_of(company))


@pytest.mark.parametrize("name", ["stability-ai", "saas-seed", "moonshot-ai", "a long name", "名称" * 30])
def test_nothing_overlaps_or_is_cut_off(name: str) -> None:
    shelf = name if name in ("stability-ai", "saas-seed", "moonshot-ai") else "stability-ai"
    forecast = forecast_of(shelf)
    if name != shelf:
        forecast = replace(forecast, origin=replace(forecast.origin, company=name * (300 // len(name))))
    figure = onepage_figure(forecast, raised=raise_of(shelf), notes=NOTES)
    assert_apart(figure, figure.texts, charts=figure.axes)


def test_it_tells_the_answer_when_how_much_and_by_when() -> None:
    forecast = forecast_of("saas-seed")
    figure = onepage_figure(forecast, raised=raise_of("saas-seed"), notes=NOTES)
    text = " ".join(" ".join(item.get_text().split()) for item in figure.texts)
    for part in ("insolvent", "How much", "By when", "Begin by", "Default alive", "seed: 7", "0123456789abcdef"):
        assert part in text
    alone = " ".join(item.get_text() for item in onepage_figure(forecast).texts)
    assert "By when" not in alone


def test_the_same_inputs_give_the_same_bytes(tmp_path: Path) -> None:
    forecast = forecast_of("saas-seed")
    one, two = (write_onepager(tmp_path / name, forecast, notes=NOTES) for name in ("one.pdf", "two.pdf"))
    assert one.read_bytes() == two.read_bytes()
    assert one.read_bytes().startswith(b"%PDF")
    assert one.read_bytes().count(b"/Type /Page ") == 1
    assert b"CreationDate" not in one.read_bytes()


def test_the_stamp_is_enough_to_run_it_again() -> None:
    told = stamp(forecast_of("saas-seed"), NOTES, packages=("XlsxWriter",))
    assert told["seed"] == "7"
    assert told["paths"] == "300"
    assert told["scenarios"] == "none"
    assert "XlsxWriter" in told["versions"]
    assert told["command"].startswith("tarmac report")
    assert "command" not in stamp(forecast_of("saas-seed"))
