"""Many companies and one market: who needs attention first, how many fail together, what must be held in reserve."""

from tarmac.portfolio.holdings import Asked, Holding, Portfolio
from tarmac.portfolio.reading import is_portfolio, portfolio_from
from tarmac.portfolio.result import PortfolioForecast
from tarmac.portfolio.running import MOST_PATHS, look_ahead

__all__ = [
    "MOST_PATHS",
    "Asked",
    "Holding",
    "Portfolio",
    "PortfolioForecast",
    "is_portfolio",
    "look_ahead",
    "portfolio_from",
]
