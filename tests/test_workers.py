"""Work on other processes."""

import math
from functools import partial

from tarmac.workers import elsewhere


def test_results_come_in_the_order_of_the_calls() -> None:
    calls = [(number, 3) for number in range(7)]
    assert list(elsewhere(math.comb, calls, workers=2)) == [math.comb(*call) for call in calls]


def test_a_partial_function_is_work_too() -> None:
    assert list(elsewhere(partial(math.comb, 9), [(2,), (3,)], workers=2)) == [36, 84]
