import json
from typing import Any

import numpy as np
import pytest

from tarmac.company import Company, company_from
from tarmac.forecast import Forecast
from tarmac.measures import Clock, Fan, Need
from tarmac.simulation import simulate
from tarmac.summary import Histogram, HistogramBuilder

HEAD = {"name": "Example", "currency": "USD", "first_month": "2024-01"}


def company(opening: Any, **sections: Any) -> Company:
    return company_from({"company": HEAD, "cash": {"opening": opening}, **sections})


def shaken(**cash: Any) -> Company:
    cost = [{"name": "all", "monthly": 10, "volatility": 0.4, "terms": 1, "stretch": 1}]
    return company_from({"company": HEAD, "cash": {"opening": "60 to 130"} | cash, "cost": cost})


def run(one: Company, **how: Any) -> Forecast:
    return simulate(one, **({"months": 12, "paths": 2_000, "seed": 1} | how))


def one_row(values: list[float]) -> Histogram:
    builder = HistogramBuilder(1)
    builder.month(0, np.array(values))
    return builder.build()


def test_a_clock_counts_paths_by_the_end_of_each_month() -> None:
    clock = Clock("insolvent", np.array([1, 0, 4, 5]))
    assert clock.paths == 10
    assert clock.counts.tolist() == [1, 1, 5]
    assert clock.probability.tolist() == [0.1, 0.1, 0.5]
    assert [clock.month(level) for level in (0.1, 0.5, 0.6)] == [1, 3, None]
    assert clock.as_json()["p90"] is None
    assert np.all(clock.standard_error > 0)
    low, high = clock.interval()
    assert np.all((low < clock.probability) & (clock.probability < high))


def test_beyond_the_horizon_is_null_and_never_the_horizon() -> None:
    forecast = run(company(1000, cost=[{"name": "rent", "monthly": 1}]))
    assert forecast.as_json()["insolvent"]["p50"] is None
    assert forecast.insolvent.month_interval(0.5) == (None, None)


def test_month_intervals_hold_the_month() -> None:
    clock = run(shaken()).insolvent
    low, high = clock.month_interval(0.5)
    middle = clock.month(0.5)
    assert low is not None
    assert middle is not None
    assert low <= middle
    assert high is None or middle <= high


def test_need_is_a_quantile_over_all_paths_hopeless_ones_included() -> None:
    need = Need(one_row([0.0] * 50 + [10.0] * 30 + [20.0] * 10), hopeless=10)
    assert need.paths == 100
    assert need.amount(0.4) == 0
    assert need.amount(0.7) == pytest.approx(10, rel=0.01)
    assert need.amount(0.9) == pytest.approx(20, rel=0.01)
    assert need.amount(0.95) is None
    assert need.interval(0.89)[1] is None
    assert need.as_json()["p95"] is None


def test_no_amount_helps_where_every_path_is_hopeless() -> None:
    assert Need(Histogram.empty(1), hopeless=5).amount(0.5) is None


def test_fans_read_their_histogram() -> None:
    fan = Fan(one_row([1.0, 2.0, 3.0, 4.0]))
    assert fan.mean[0] == 2.5
    assert fan.share_below(2.5)[0] == pytest.approx(0.5)
    assert fan.as_json()["p50"][0] == pytest.approx(2, rel=0.01)


def test_months_without_a_path_are_null() -> None:
    fan = Fan(Histogram.empty(2))
    assert fan.as_json()["mean"] == [None, None]


def test_amounts_after_everybody_is_insolvent() -> None:
    plain = run(company(5, cost=[{"name": "rent", "monthly": 3}])).as_json()
    assert plain["insolvent"]["p50"] == 2
    assert plain["net_burn"]["mean"][:3] == [3.0, None, None]  # of solvent paths
    assert plain["cash"]["p95"][1:] == [0.0] * 11
    assert plain["cash"]["p5"][0] == 2.0


def test_simple_runway_is_cash_over_mean_burn_of_three_months() -> None:
    assert run(company(60, cost=[{"name": "rent", "monthly": 3}])).simple_runway == pytest.approx(20)
    assert run(company(60, revenue=[{"name": "r", "kind": "other", "monthly": 3}])).simple_runway is None


def test_simple_runway_of_cash_in_a_foreign_currency() -> None:
    one = company("20 EUR", cost=[{"name": "rent", "monthly": 10}], fx={"EUR": 7.0})
    assert run(one).simple_runway == pytest.approx(14)


def test_json_is_plain_and_complete() -> None:
    forecast = run(shaken())
    plain = forecast.as_json()
    text = json.dumps(plain, allow_nan=False)
    assert json.loads(text) == plain
    assert plain["schema"] == "tarmac.forecast/1"
    assert {"company", "scenarios", "seed", "paths", "months", "first_month", "currency"} <= plain.keys()
    for clock in ("insolvent", "first_missed_bill", "profitable"):
        assert {"probability", "standard_error", "p10", "p50", "p90"} <= plain[clock].keys()
        assert len(plain[clock]["probability"]) == 12
    for fan in ("cash", "net_burn", "arrears", "payables"):
        assert {"mean", "p5", "p25", "p50", "p75", "p95"} <= plain[fan].keys()
        assert len(plain[fan]["mean"]) == 12
    assert {"p50", "p80", "p90", "p95"} <= plain["need"].keys()


def test_quantiles_and_probabilities_keep_their_order() -> None:
    forecast = run(shaken())
    for fan in (forecast.cash, forecast.net_burn, forecast.arrears, forecast.payables):
        rows = np.stack([fan.quantile(level) for level in (0.05, 0.25, 0.5, 0.75, 0.95)])
        rows = rows[:, ~np.isnan(rows).any(axis=0)]
        assert np.all(np.diff(rows, axis=0) >= 0)
    assert np.all(np.diff(forecast.insolvent.probability) >= 0)
    assert np.all(forecast.first_missed_bill.probability >= forecast.insolvent.probability)


def test_insolvent_paths_stay_in_the_quantiles_of_cash_at_zero() -> None:
    forecast = run(shaken())
    alive = 1 - forecast.insolvent.probability
    assert forecast.insolvent.probability[-1] > 0.3
    assert np.all(forecast.cash.share_below(0.01) >= 1 - alive - 1e-9)
    assert np.all(forecast.cash.histogram.totals == forecast.paths)
    assert np.all(forecast.samples[-1] >= 0)
    assert forecast.samples.shape == (12, 12)


def test_months_have_names() -> None:
    assert str(run(shaken()).month_name(12)) == "2025-01"


def test_amounts_told_in_another_currency_are_the_same_at_one_rate() -> None:
    """Money is divided by the rate; chances, months and shares stay as they were."""
    sale = {"name": "sale", "instrument": "acquisition", "starts": "2024-06", "amount": 700, "succeeds": 0.5}
    own = run(company("60 to 130", cost=[{"name": "rent", "monthly": 10, "terms": 1}], round=[sale]))
    told = own.in_currency("EUR", rate=4)
    assert told.origin.currency == "EUR"
    assert told.cash.mean == pytest.approx(own.cash.mean / 4)
    assert told.cash.quantile(0.9) == pytest.approx(own.cash.quantile(0.9) / 4)
    assert told.cash.share_below(10) == pytest.approx(own.cash.share_below(40))
    assert told.net_burn.mean == pytest.approx(own.net_burn.mean / 4)
    assert told.payables.mean == pytest.approx(own.payables.mean / 4)
    assert told.samples == pytest.approx(own.samples / 4, nan_ok=True)
    amounts = [(own.need.amount(level), told.need.amount(level)) for level in (0.8, 0.9, 0.95)]
    assert all(before and after == pytest.approx(before / 4) for before, after in amounts)
    assert own.exit_proceeds is not None
    assert told.exit_proceeds is not None
    assert told.exit_proceeds.mean == pytest.approx(own.exit_proceeds.mean / 4)
    assert told.simple_runway == pytest.approx(own.simple_runway)
    assert told.insolvent.probability.tolist() == own.insolvent.probability.tolist()
    assert told.as_json()["translation"] == {"own": "USD", "rate": 4}
    assert own.as_json()["translation"] is None


def test_a_translation_is_not_translated() -> None:
    told = run(company(1000)).in_currency("EUR", rate=2)
    with pytest.raises(ValueError, match="already"):
        told.in_currency("GBP", rate=2)
