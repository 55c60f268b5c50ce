"""What companies share: streams by name, events thinned from one rate, and correlations that leave the market alone."""

import numpy as np

from tarmac.company import company_from
from tarmac.company.correlations import correlation_matrix
from tarmac.engine.draws import draw
from tarmac.layout import plan_of
from tarmac.portfolio.common import CompanyStreams, highest_rates, shared_names, shared_streams, with_common_first
from tarmac.streams import BLOCK_PATHS, Streams
from tests.holdings import struck, uncertain


def test_a_shared_driver_is_shared_as_a_whole() -> None:
    company = uncertain("a", market=0.2)
    plan = plan_of(company)
    names = shared_names([(company, plan)], ["price.*", "customer.BigCo", "event.bank fails"])
    assert names == ("customer.BigCo", "event.bank fails", "market", "price.cloud")
    assert shared_streams(company, plan, names=names) == {
        "month/price.cloud": "month/price.cloud",
        "month/market": "month/market",
        "customer/revenue.sales[BigCo]": "customer[BigCo]",
        **{f"event.bank fails/{part}": f"event.bank fails/{part}" for part in ("counts", "paths", "sizes", "thinning")},
    }


def test_a_star_shares_everything() -> None:
    company = uncertain("a", market=0.2)
    plan = plan_of(company)
    names = shared_names([(company, plan)], ["*"])
    shared = shared_streams(company, plan, names=names)
    assert {"number/cash.opening", "number/revenue.sales.growth", "round.next", "month/cost.rest"} <= shared.keys()


def test_private_streams_of_two_companies_differ_and_shared_ones_do_not() -> None:
    one, other = (CompanyStreams(7, 0, name, {"month/market": "month/market"}, {}) for name in ("a", "b"))
    assert np.array_equal(one.monthly_scores("month/market", 2), other.monthly_scores("month/market", 2))
    assert np.array_equal(one.monthly_scores("month/market", 2), Streams(7, 0).monthly_scores("month/market", 2))
    private = [streams.monthly_scores("month/revenue.sales", 2) for streams in (one, other)]
    assert abs(np.corrcoef(private[0].ravel(), private[1].ravel())[0, 1]) < 0.03


def test_occurrences_at_a_lower_rate_are_some_of_those_at_a_higher() -> None:
    shared = {f"event.x/{part}": f"event.x/{part}" for part in ("counts", "paths", "sizes", "thinning")}
    plans = [plan_of(struck(name, rate=rate, event="x")) for name, rate in (("a", 0.01), ("b", 0.05))]
    highest = highest_rates(plans, {"event.x"})
    assert highest == {"event.x": 0.05}
    few, many = (
        CompanyStreams(1, 0, name, shared, highest).occurrences("event.x", np.array([rate]), months=20)
        for name, rate in (("a", 0.01), ("b", 0.05))
    )
    pairs = [set(zip(found.months.tolist(), found.paths.tolist(), strict=True)) for found in (few, many)]
    assert pairs[0] < pairs[1]
    assert abs(len(few.paths) - 0.01 * 20 * BLOCK_PATHS) < 4 * np.sqrt(0.01 * 20 * BLOCK_PATHS)


def test_a_correlation_with_the_market_leaves_the_market_as_it_is() -> None:
    document = uncertain("a").document()
    pairs = [
        {"between": ["revenue.sales", "market"], "value": 0.6},
        {"between": ["revenue.sales", "cost.rest"], "value": -0.3},
    ]
    company = company_from({**document, "correlation": pairs}, "a")
    plan = with_common_first(plan_of(company), {"month/market"})
    assert plan.shock_copula is not None
    names, factor = plan.shock_copula.drivers, plan.shock_copula.factor
    assert names[0] == "market"
    assert np.allclose(factor @ factor.T, correlation_matrix(company, names))
    streams = CompanyStreams(7, 0, "a", {"month/market": "month/market"}, {})
    drawn = draw(plan, streams, months=3, paths=1_000).scores
    shared = Streams(7, 0).monthly_scores("month/market", 3)[:, :1_000]
    assert np.allclose(drawn["market"], shared, atol=1e-5)
    assert abs(np.corrcoef(drawn["market"].ravel(), drawn["revenue.sales"].ravel())[0, 1] - 0.6) < 0.06


def test_a_correlation_of_a_companys_own_stays_as_it_is_drawn() -> None:
    document = uncertain("a").document()
    pair = {"between": ["revenue.sales", "cost.rest"], "value": 0.5}
    plan = plan_of(company_from({**document, "correlation": [pair]}, "a"))
    assert with_common_first(plan, {"month/market"}) == plan
