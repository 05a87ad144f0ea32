"""The outbox: events beside rows, appended by whoever may wait for the log."""

from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone

from chat import outbox
from chat.models import OutboxEvent
from chat.pipeline.events import decode, now_ms
from chat.pipeline.parts import event_log, message_store
from tests.archiving import archiving
from tests.slips import receipt

CHANNEL = now_ms()  # a number that no other test has: the log outlives the rows


@pytest.fixture
def appended():
    """What came into the log for the channel since the test began."""
    reader = event_log().follow(rewind=0)
    seen = []

    def read(count: int) -> list:
        for _ in range(20 if count else 2):
            seen.extend(one for one in reader.read(1000, 0.3) if one.channel_id == CHANNEL)
            if count and len(seen) >= count:
                break
        return [decode(one.payload) for one in seen]

    yield read
    reader.close()


@pytest.mark.django_db(transaction=True)
def test_many_events_are_one_statement_and_the_caller_does_not_append_them(
    appended, django_assert_num_queries
):
    events = [receipt(CHANNEL, number) for number in range(5)]
    with transaction.atomic(), django_assert_num_queries(1):
        outbox.record_all(events)
    assert appended(0) == []
    assert OutboxEvent.objects.count() == 5
    assert outbox.carry() == 5
    assert appended(5) == events
    assert not OutboxEvent.objects.exists()
    assert outbox.carry() == 0


@pytest.mark.django_db(transaction=True)
def test_a_single_event_is_the_callers_and_the_workers_only_when_left_behind(appended, monkeypatch):
    monkeypatch.setattr(outbox, "_append", lambda rows: 0)  # as after kill -9 between commit and append
    outbox.record(receipt(CHANNEL, 100))
    monkeypatch.undo()
    assert outbox.carry() == 0
    OutboxEvent.objects.update(due_at="2026-01-01T00:00Z")
    assert outbox.carry() == 1
    assert receipt(CHANNEL, 100) in appended(1)


@pytest.mark.django_db(transaction=True)
def test_rolled_back_events_are_never_told():
    with transaction.atomic():
        outbox.record_all([receipt(CHANNEL, 200)])
        transaction.set_rollback(True)
    assert outbox.carry() == 0


@pytest.mark.django_db(transaction=True)
def test_more_than_a_batch_goes_in_the_order_of_recording(appended, monkeypatch):
    monkeypatch.setattr(outbox, "BATCH", 10)
    events = [receipt(CHANNEL, 300 + number) for number in range(35)]
    outbox.record_all(events)
    carried = []
    while count := outbox.carry():
        carried.append(count)
    assert carried == [10, 10, 10, 5]
    assert appended(35) == events


@pytest.mark.django_db(transaction=True)
def test_what_is_told_twice_is_in_the_history_once():
    channel = CHANNEL + 1
    events = [receipt(channel, number) for number in range(3)]
    for _ in range(2):
        outbox.record_all(events)
        assert outbox.carry() == 3
    with archiving() as archive:
        for _ in range(100):
            archive.step(0.2)
            page = message_store().page(channel, before=None, after=None, limit=9)
            if len(page) >= 3:
                break
        while archive.step(0.2):
            pass
    page = message_store().page(channel, before=None, after=None, limit=9)
    assert [event for event, _ in page] == events[::-1]


@pytest.mark.django_db
def test_what_is_due_is_found_by_its_index():
    due = OutboxEvent.objects.filter(due_at__lte="2026-01-01T00:00Z").order_by("due_at", "pk")
    assert "chat_outboxevent_due_at" in due.explain()


@pytest.mark.django_db(transaction=True)
def test_its_age_is_that_of_the_event_that_is_due_longest():
    carried = outbox.carried.values[""]
    assert outbox.age.read() == 0
    with transaction.atomic():
        outbox.record_all([receipt(CHANNEL, 300), receipt(CHANNEL, 301)])
    OutboxEvent.objects.filter(pk=OutboxEvent.objects.first().pk).update(
        due_at=timezone.now() - timedelta(seconds=40)
    )
    assert outbox.age.read() == pytest.approx(40, abs=3)
    OutboxEvent.objects.update(due_at=timezone.now() + timedelta(seconds=3))
    assert outbox.age.read() == 0
    OutboxEvent.objects.update(due_at=timezone.now())
    assert outbox.carry() == 2
    assert outbox.carried.values[""] == carried + 2
    assert outbox.age.read() == 0
