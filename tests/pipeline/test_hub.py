"""The hub between a tail that brings more than a ring holds and sockets that are up to date."""

from types import SimpleNamespace

from chat.pipeline.events import ORIGIN, Position, with_position
from chat.pipeline.hub import Hub
from chat.pipeline.recent import Recent
from chat.pipeline.ring import MAX_EVENTS
from tests.pipeline.test_live_channel import Clock, Reader


class Newcomer(Reader):
    """A socket that subscribes; what it is answered is not heard here."""

    def subscribed(self, channel_id: int, position: Position, role: str) -> None:
        assert position == ORIGIN


def test_a_burst_beyond_the_ring_is_written_before_it_is_dropped():
    hub = Hub(Clock(), heed=print)
    hub.tail = SimpleNamespace(recent=Recent(), partition_of=lambda channel_id: 0)
    reader = Newcomer()
    hub.attach(reader)
    hub.subscribe(reader, 7, None, "member")
    count = 3 * MAX_EVENTS + 5
    for number in range(count):
        position = Position(1_000, number, 0)
        event = b'{"op":"message","channel":7,"id":"%032x"}' % number
        hub.deliver(7, with_position(event, position), position)
        if number % 1_000 == 0:
            hub.flush()  # the clock stands still: only the first of them is due
    hub._live[7].flush()
    assert [heard["op"] for heard in reader.heard] == ["message"] * count
    assert [int(heard["id"], 16) for heard in reader.heard] == list(range(count))
