"""Whether intervals from replicates hold as often as they say, and what points of Sobol save: the reference company."""

from pathlib import Path

import numpy as np
import pytest

from tarmac import load
from tarmac.layout import plan_of
from tests.bench.sampling import repeated

REPEATS = 200


@pytest.mark.slow
def test_intervals_of_sobol_hold_and_are_narrower() -> None:
    plan = plan_of(load(Path(__file__).parent / "companies" / "reference.toml"))
    found = repeated(plan, ["plain", "sobol"], months=12, seeds=range(REPEATS))
    plain, sobol = found["plain"], found["sobol"]
    errors = [one.probability.std(ddof=1) / np.sqrt(REPEATS) for one in (plain, sobol)]
    assert abs(plain.probability.mean() - sobol.probability.mean()) < 4 * np.hypot(*errors)
    assert 0.90 <= plain.coverage(float(sobol.probability.mean())) <= 0.99
    assert 0.92 <= sobol.coverage(float(sobol.probability.mean())) <= 0.98
    assert (plain.width / sobol.width) ** 2 > 3
