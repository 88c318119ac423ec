import math

import pytest

from coverage.placement.stop import MaxIterations, MaxRuntime, Meter


def test_iterations_end_a_search_whatever_the_clock_says():
    meter = Meter(MaxIterations(2))
    assert not meter.over
    meter.iterations = 1
    assert meter.iterations_left == 1
    assert meter.seconds_left == math.inf
    meter.iterations = 2
    assert meter.over


def test_seconds_end_a_search_whatever_was_counted():
    rule = MaxRuntime(3.0)
    assert rule.seconds_left(1.0) == 2.0
    assert rule.seconds_left(9.0) == 0.0
    assert rule.iterations_left(10**9) == math.inf
    assert Meter(MaxRuntime(0)).over
    assert not Meter(MaxRuntime(1000)).over


@pytest.mark.parametrize("limit", [-1.0, math.nan])
def test_a_nonsense_limit_is_refused(limit: float):
    with pytest.raises(ValueError, match="limit_s"):
        MaxRuntime(limit)


def test_negative_iterations_are_refused():
    with pytest.raises(ValueError, match="limit"):
        MaxIterations(-1)
