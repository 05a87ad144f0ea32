import time
from collections.abc import Callable

import pytest
from django.db import transaction

from chat import services
from chat.models import OutboxEvent
from chat.pipeline.events import CONTROL_CHANNEL, ArrivalEvent, decode
from chat.pipeline.parts import event_log
from chat.pipeline.ports import Record


def read(record: Record) -> tuple:
    event = decode(record.payload)
    if isinstance(event, ArrivalEvent):
        return record.channel_id, event.user, event.into
    return record.channel_id, getattr(event, "kind", "other")


@pytest.fixture
def log():
    """Reads the log from a little before now: kinds of system events with the channels they tell of, and of
    the control channel who arrived where."""
    reader = event_log().follow(rewind=1000)
    seen = []

    def read_until(found: Callable[[list], bool], at_most_seconds: float) -> list[tuple]:
        give_up_at = time.monotonic() + at_most_seconds
        while not found(seen) and time.monotonic() < give_up_at:
            for one in reader.read(1000, 0.5):
                seen.append(read(one))
        return seen

    yield read_until
    reader.close()


@pytest.mark.django_db(transaction=True)
def test_every_change_is_in_the_log_once_it_is_answered(alice, bob, charlie, log):
    channel_id = services.create_channel(user=alice, name="등산회").pk
    for person in (bob, charlie):
        services.join(user=person, channel_id=channel_id)
    services.kick(actor=alice, channel_id=channel_id, user_id=charlie.pk)
    services.set_role(actor=alice, channel_id=channel_id, user_id=bob.pk, role="admin")
    services.leave(user=bob, channel_id=channel_id)
    services.change_channel(user=alice, channel_id=channel_id, name="산악회")
    services.close_channel(user=alice, channel_id=channel_id)
    assert not OutboxEvent.objects.exists()
    told = ["joined", "joined", "joined", "removed", "role", "left", "changed", "closed"]
    expected = [(channel_id, kind) for kind in told]
    arrivals = [(CONTROL_CHANNEL, person.pk, channel_id) for person in (alice, bob, charlie)]
    seen = log(lambda seen: {*expected, *arrivals} <= {*seen}, 20)
    assert [one for one in seen if one[0] == channel_id] == expected
    assert [one for one in seen if one[-1] == channel_id] == arrivals


@pytest.mark.django_db(transaction=True)
def test_change_that_was_rolled_back_is_never_told(alice, log):
    before = len(log(lambda seen: False, 3))
    with transaction.atomic():
        services.create_channel(user=alice, name="등산회")
        transaction.set_rollback(True)
    assert not OutboxEvent.objects.exists()
    assert len(log(lambda seen: len(seen) > before, 3)) == before
