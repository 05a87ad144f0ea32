"""Prometheus' text of this process: our meters, and what django-prometheus and the client library count."""

import logging
from collections.abc import Iterator

from prometheus_client import (
    CONTENT_TYPE_LATEST,
    REGISTRY,
    CollectorRegistry,
    disable_created_metrics,
    generate_latest,
)
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.registry import Collector

from chat.meters import METERS, Counter, Distribution, Reading

logger = logging.getLogger(__name__)
CONTENT_TYPE = CONTENT_TYPE_LATEST
FAILED = "messenger_reading_failed"


class Meters(Collector):
    """Hands `chat.meters.METERS` over when somebody asks. A reading that fails (its database is away) is left
    out and said in `messenger_reading_failed`; the others are there."""

    def collect(self) -> Iterator[Metric]:
        failed = GaugeMetricFamily(FAILED, "1 while this reading could not be taken.", labels=["reading"])
        for meter in list(METERS.values()):
            if isinstance(meter, Counter):
                yield _numbers(CounterMetricFamily, meter, dict(meter.values))
            elif isinstance(meter, Distribution):
                yield _histogram(meter)
            else:
                found = _look_up(meter)
                failed.add_metric([meter.name], float(found is None))
                family = CounterMetricFamily if meter.kind == "counter" else GaugeMetricFamily
                yield _numbers(family, meter, found or {})
        yield failed


def text() -> bytes:
    """Everything that this process counts, of type CONTENT_TYPE."""
    return generate_latest(REGISTRY) + generate_latest(_ours)


def _numbers(family: type[Metric], meter: Counter | Reading, values: dict[str, float]) -> Metric:
    made = family(meter.name, meter.help, labels=[meter.label] if meter.label else [])
    for label, value in values.items():
        made.add_metric([label] if meter.label else [], value)
    return made


def _histogram(meter: Distribution) -> Metric:
    buckets, so_far = [], 0
    for bound, count in zip((*meter.bounds, "+Inf"), list(meter.counts), strict=True):
        so_far += count
        buckets.append((str(bound if bound == "+Inf" else float(bound)), so_far))
    made = HistogramMetricFamily(meter.name, meter.help)
    made.add_metric([], buckets, meter.sum)
    return made


def _look_up(meter: Reading) -> dict[str, float] | None:
    """The reading by its label's value; empty where there is nothing to read here; None when it failed."""
    try:
        found = meter.read()
    except Exception as error:  # noqa: BLE001  whatever is away, the other numbers are wanted now above all
        logger.warning("metrics: %s cannot be read (%s)", meter.name, type(error).__name__)
        return None
    if found is None:
        return {}
    return found if meter.label else {"": found}


disable_created_metrics()  # when each counter was made: as many lines again, and nobody asks
_ours = CollectorRegistry()
_ours.register(Meters())
