"""Percentiles from the buckets stay within 1 % of the true ones; mean and maximum are exact."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from chat.loadtest.histogram import LatencyHistogram


@given(st.lists(st.floats(1, 60e6), min_size=1, max_size=500))
def test_percentiles_are_at_most_one_percent_above_the_true_ones(latencies_us):
    histogram = LatencyHistogram()
    histogram.add(np.array(latencies_us))
    for percent in (50, 95, 99, 100):
        true_ms = float(np.percentile(latencies_us, percent, method="inverted_cdf")) / 1000
        assert true_ms - 0.001 <= histogram.percentile_ms(percent) <= true_ms * 1.01 + 0.001


def test_mean_minimum_and_maximum_are_exact():
    histogram = LatencyHistogram()
    histogram.add(np.array([1000.0, 2500.0, 90_000.0]))
    summary = histogram.summary()
    assert summary["mean_ms"] == pytest.approx(31.167, abs=0.001)
    assert (summary["min_ms"], summary["max_ms"], summary["count"]) == (1.0, 90.0, 3)


def test_a_frame_counts_once_for_each_message_and_each_arrival():
    histogram, expected = LatencyHistogram(), LatencyHistogram()
    arrivals, sent = np.array([5000.0, 5200.0]), np.array([1000.0, 2000.0, 4900.0])
    histogram.add_pairs(arrivals, sent)
    expected.add(np.array([4000.0, 3000.0, 100.0, 4200.0, 3200.0, 300.0]))
    assert histogram.summary() == expected.summary()
    assert (histogram.counts == expected.counts).all()


def test_merged_histograms_are_the_histogram_of_everything():
    first, second, both = LatencyHistogram(), LatencyHistogram(), LatencyHistogram()
    first.add(np.array([10.0, 20.0]))
    second.add(np.array([5.0, 30_000.0]))
    both.add(np.array([10.0, 20.0, 5.0, 30_000.0]))
    first.merge(second)
    assert first.summary() == both.summary()


def test_nothing_counted_has_no_percentile():
    assert LatencyHistogram().summary() == {"count": 0}
    assert LatencyHistogram().bars(40) == []


@given(st.lists(st.floats(1, 60e6), min_size=1, max_size=500))
def test_bars_are_equally_wide_and_hold_every_latency(latencies_us):
    histogram = LatencyHistogram()
    histogram.add(np.array(latencies_us))
    bars = histogram.bars(40)
    assert sum(bar["count"] for bar in bars) == len(latencies_us)
    assert len(bars) <= 41
    assert bars[-1]["to_ms"] >= max(latencies_us) / 1000 - 0.0005
    assert [bar["to_ms"] for bar in bars[:-1]] == [bar["from_ms"] for bar in bars[1:]]
    widths = [bar["to_ms"] - bar["from_ms"] for bar in bars[:-1]]
    assert widths == pytest.approx(widths[:1] * len(widths))


def test_a_latency_stands_in_its_bar():
    histogram = LatencyHistogram()
    histogram.add(np.array([1_000.0] * 10 + [85_000.0] * 5))
    bars = {bar["from_ms"]: bar["count"] for bar in histogram.bars(10) if bar["count"]}
    assert bars == {0.0: 10, 80.0: 5}


def test_the_slowest_share_one_last_bar():
    histogram = LatencyHistogram()
    histogram.add(np.array([1_000.0] * 5_000 + [700_000.0, 900_000.0]))
    *_, before, last = histogram.bars(40)
    assert (last["from_ms"], last["to_ms"], last["count"]) == (before["to_ms"], 900.0, 2)
    assert last["from_ms"] <= 2
