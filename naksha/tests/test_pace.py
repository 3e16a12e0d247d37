"""How often somebody may do something over live connections."""

import random
from types import SimpleNamespace

import pytest

from naksha.web import pace as paces
from naksha.web.pace import Pace


@pytest.mark.parametrize("seed", range(5))
def test_in_no_minute_are_there_more_than_the_pace_allows(monkeypatch, seed):
    """Also not at the turn of two, after a pause, or for who sends as fast as it lets them."""
    clock, chance = [1000.0], random.Random(seed)
    monkeypatch.setattr(paces, "time", SimpleNamespace(monotonic=lambda: clock[0]))
    pace, taken = Pace(100), []
    for _ in range(6):
        clock[0] += chance.uniform(0, 120)
        for _ in range(400):
            clock[0] += chance.uniform(0, 0.4)
            if pace.take():
                taken.append(clock[0])
    assert len(taken) > 600
    for first, last in zip(taken, taken[100:], strict=False):
        assert last - first >= 60


def test_after_a_burst_the_minute_has_to_pass_and_what_is_given_back_counts_not(monkeypatch):
    clock = [0.0]
    monkeypatch.setattr(paces, "time", SimpleNamespace(monotonic=lambda: clock[0]))
    pace = Pace(100)
    assert [pace.take() for _ in range(101)] == [True] * 100 + [False]
    clock[0] = 59.9
    assert not pace.take()
    pace.give_back()
    assert pace.take()
    assert not pace.take()
    clock[0] = 60.0
    assert sum(pace.take() for _ in range(101)) == 99
