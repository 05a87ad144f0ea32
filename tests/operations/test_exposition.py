"""What Prometheus is told: every meter in its text format, and what could not be read."""

from datetime import timedelta

import pytest
from django.utils import timezone
from prometheus_client.parser import text_string_to_metric_families

from chat import meters
from operations import exposition
from operations.models import BooksCheck


@pytest.fixture
def told(monkeypatch):
    """`told()`: the families that are told, by name; the meters are those that the test makes."""
    monkeypatch.setattr(exposition, "METERS", own := {})
    monkeypatch.setattr(meters, "METERS", own)

    def tell() -> dict:
        families = list(text_string_to_metric_families(exposition.text().decode()))
        names = [family.name for family in families]
        assert len(names) == len(set(names))
        return {family.name: family for family in families if family.name.startswith("messenger_")}

    return tell


def samples(family) -> dict:
    """Values by name and label."""
    return {(one.name, *one.labels.values()): one.value for one in family.samples}


def test_a_counter(told):
    counter = meters.Counter("messenger_things_total", "Things.")
    counter.add()
    counter.add(2)
    family = told()["messenger_things"]
    assert (family.type, family.documentation) == ("counter", "Things.")
    assert samples(family) == {("messenger_things_total",): 3}


def test_a_counter_with_a_label(told):
    counter = meters.Counter("messenger_things_total", "Things, by kind.", label="kind")
    counter.add(label="round")
    counter.add(0, label='with "marks"\n')
    assert samples(told()["messenger_things"]) == {
        ("messenger_things_total", "round"): 1,
        ("messenger_things_total", 'with "marks"\n'): 0,
    }


def test_a_distribution_counts_up_to_each_bound(told):
    sizes = meters.Distribution("messenger_sizes_bytes", "Sizes.", (1, 2.5, 1000))
    sizes.observe_all([0.5, 1, 2, 7, 5000])
    family = told()["messenger_sizes_bytes"]
    assert family.type == "histogram"
    assert samples(family) == {
        ("messenger_sizes_bytes_bucket", "1.0"): 2,
        ("messenger_sizes_bytes_bucket", "2.5"): 3,
        ("messenger_sizes_bytes_bucket", "1000.0"): 4,
        ("messenger_sizes_bytes_bucket", "+Inf"): 5,
        ("messenger_sizes_bytes_count",): 5,
        ("messenger_sizes_bytes_sum",): 5010.5,
    }


def test_readings_are_taken_when_somebody_asks(told):
    now = [4]
    meters.Reading("messenger_level", "Level.", lambda: now[0])
    meters.Reading("messenger_levels", "Levels.", lambda: {"left": 1, "right": 2}, label="side")
    meters.Reading("messenger_passed_total", "Passed.", lambda: 9, kind="counter")
    assert samples(told()["messenger_level"]) == {("messenger_level",): 4}
    now[0] = 5
    families = told()
    assert samples(families["messenger_level"]) == {("messenger_level",): 5}
    assert samples(families["messenger_levels"]) == {
        ("messenger_levels", "left"): 1,
        ("messenger_levels", "right"): 2,
    }
    assert families["messenger_passed"].type == "counter"


def test_a_reading_that_fails_is_said_and_hides_no_other(told):
    def fail() -> float:
        raise OSError("away")

    meters.Reading("messenger_broken", "Broken.", fail)
    meters.Reading("messenger_level", "Level.", lambda: 1)
    families = told()
    assert samples(families["messenger_broken"]) == {}
    assert samples(families["messenger_level"]) == {("messenger_level",): 1}
    assert samples(families["messenger_reading_failed"]) == {
        ("messenger_reading_failed", "messenger_broken"): 1,
        ("messenger_reading_failed", "messenger_level"): 0,
    }


def test_what_is_not_known_here_is_left_out(told):
    meters.Reading("messenger_level", "Level.", lambda: None)
    assert samples(told()["messenger_level"]) == {}
    assert samples(told()["messenger_reading_failed"]) == {("messenger_reading_failed", "messenger_level"): 0}


def test_the_whole_text_of_a_web_process_can_be_parsed(client, db):
    import messenger.asgi  # noqa: F401  (what a web process loads)

    families = {one.name for one in text_string_to_metric_families(client.get("/metrics").content.decode())}
    assert {
        "messenger_messages_accepted",
        "messenger_append_seconds",
        "messenger_transfers_applied",
        "messenger_outbox_age_seconds",
        "messenger_schedule_overdue_seconds",
        "django_http_requests_before_middlewares",
        "django_db_execute",
        "process_resident_memory_bytes",
        "python_gc_collections",
    } <= families


def test_names_have_units_and_no_label_grows_with_users():
    import messenger.asgi  # noqa: F401  (what a web process loads)

    few = {"entrance", "reason", "kind", "code", "work"}
    for name, meter in meters.METERS.items():
        assert name.startswith("messenger_")
        assert meter.help.endswith(".")
        if isinstance(meter, meters.Counter):
            assert name.endswith("_total"), name
        elif isinstance(meter, meters.Distribution):
            assert name.endswith(("_seconds", "_bytes", "_records", "_together")), name
        label = getattr(meter, "label", None)
        assert label is None or label in few, label


def test_what_the_last_finished_check_of_the_books_found(db):
    differences, age = (
        meters.METERS[f"messenger_books_{name}"] for name in ("differences", "check_age_seconds")
    )
    assert (differences.read(), age.read()) == (None, None)
    now = timezone.now()
    BooksCheck.objects.create(began_at=now - timedelta(seconds=90), took_seconds=1, differences=0, won=0)
    BooksCheck.objects.create(began_at=now - timedelta(seconds=30), took_seconds=1, differences=2, won=7)
    BooksCheck.objects.create(began_at=now)
    assert differences.read() == 2
    assert age.read() == pytest.approx(30, abs=3)
