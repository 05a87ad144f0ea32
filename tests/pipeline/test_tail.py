"""How far delivering is behind the log, whose clock may be another machine's."""

import pytest

from chat.pipeline.recent import Recent
from chat.pipeline.tail import Tail


def test_a_clock_that_differs_is_no_delay():
    tail = Tail(None, Recent(), None, print, print)
    for apart in (3_600.0, -3_600.0):
        tail._rested = True
        tail._measure(apart)
        assert tail.delivery_seconds == 0
        tail._measure(apart + 2.5)
        assert tail.delivery_seconds == pytest.approx(2.5)
