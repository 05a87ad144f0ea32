"""A channel's sockets against a model: whoever stalls, comes or goes, each gets every event once and in
order, or is told of the hole."""

import json

from hypothesis import example, given, settings
from hypothesis import strategies as st

from chat.pipeline import live, ring
from chat.pipeline.events import ORIGIN, Position, with_position
from chat.pipeline.frames import SharedFrame
from chat.pipeline.live import LiveChannel
from chat.pipeline.ring import Ring


class Clock:
    """The loop as far as LiveChannel uses it: time that a test moves, and the timers that are due."""

    def __init__(self) -> None:
        self.now = 0.0
        self.timers: list = []

    def time(self) -> float:
        return self.now

    def call_later(self, delay, callback):
        self.timers.append((self.now + delay, callback))
        return self

    def cancel(self) -> None:
        self.timers.clear()

    def pass_time(self, seconds: float) -> None:
        self.now += seconds
        due, self.timers = (
            [t for t in self.timers if t[0] <= self.now],
            [t for t in self.timers if t[0] > self.now],
        )
        for _, callback in due:
            callback()


class Reader:
    """A socket whose peer reads `room` frames before it stalls."""

    user_id, credential, expires_at = 1, "t:x", None

    def __init__(self) -> None:
        self.room = 10**9
        self.heard: list[dict] = []

    @property
    def paused(self) -> bool:
        return self.room <= 0

    def write(self, frame: SharedFrame) -> None:
        assert not self.paused
        self.room -= 1
        for payload in frame.payloads:
            self.heard += [json.loads(line) for line in payload.split(b"\n")]

    def subscribed(self, channel_id: int, position: Position, role: str) -> None:
        raise AssertionError("the hub says so, not the channel")

    def gap(self, channel_id: int, after: Position, before: Position) -> None:
        self.heard.append({"op": "gap", "channel": channel_id, "after": str(after), "before": str(before)})

    def removed(self, channel_id: int) -> None:
        raise AssertionError("nobody is removed here")

    def close(self, code: int) -> None:
        raise AssertionError("nobody is closed here")


def at(number: int) -> Position:
    return Position(1_000 + number // 4, number, 0)


ACTIONS = st.lists(
    st.one_of(
        st.tuples(st.just("events"), st.integers(1, 9)),
        st.tuples(st.just("pass"), st.sampled_from([0.001, 0.02, 0.2])),
        st.tuples(st.just("join"), st.booleans()),
        st.tuples(st.just("leave"), st.integers(0, 5)),
        st.tuples(st.just("stall"), st.integers(0, 5)),
        st.tuples(st.just("resume"), st.integers(0, 5)),
    ),
    max_size=60,
)


@settings(max_examples=300, deadline=None)
@example(
    actions=[("join", False), ("stall", 0), ("events", 1), ("events", 4), ("resume", 0)],
    ring_size=4,
    batch=1,
)
@given(actions=ACTIONS, ring_size=st.sampled_from([4, 16, 64]), batch=st.sampled_from([1, 3, 500]))
def test_each_socket_gets_everything_once_or_hears_of_the_hole(actions, ring_size, batch):
    before = ring.MAX_EVENTS, live.CATCH_UP_EVENTS
    ring.MAX_EVENTS, live.CATCH_UP_EVENTS = ring_size, batch
    try:
        play(actions)
    finally:
        ring.MAX_EVENTS, live.CATCH_UP_EVENTS = before


def play(actions) -> None:
    clock = Clock()
    channel = LiveChannel(7, Ring(ORIGIN), clock)
    readers: list[tuple[Reader, int]] = []  # and the number of the first event that each may expect
    appended = 0
    for action, value in actions:
        chosen = readers[value % len(readers)] if readers and isinstance(value, int) else None
        match action:
            case "events":
                for _ in range(value):
                    channel.ring.append(
                        with_position(b'{"op":"message","number":%d}' % appended, at(appended)), at(appended)
                    )
                    appended += 1
                channel.schedule()
            case "pass":
                clock.pass_time(value)
            case "join":
                reader = Reader()
                position = channel.position
                start = 0 if value else (position.offset + 1 if position != ORIGIN else 0)
                channel.add(reader, ORIGIN if value else None)
                readers.append((reader, start))
            case "leave" if chosen:
                channel.remove(chosen[0])
                check(chosen[0], chosen[1], None)
                readers.remove(chosen)
            case "stall" if chosen:
                chosen[0].room = 0
            case "resume" if chosen:
                chosen[0].room = 10**9
                if chosen[0] in channel.behind:
                    channel.catch_up(chosen[0])
    for reader, _ in readers:
        reader.room = 10**9
    channel.flush()
    for reader, start in readers:
        check(reader, start, appended)


def check(reader: Reader, expected: int, end: int | None) -> None:
    """Messages and gaps together are an unbroken row that starts at `expected` (and ends at `end`)."""
    for frame in reader.heard:
        if frame["op"] == "gap":
            after, before = Position.parse(frame["after"]), Position.parse(frame["before"])
            assert after < at(expected)
            missed = [number for number in range(expected, expected + 2_000) if after < at(number) < before]
            assert missed[0] == expected
            expected = missed[-1] + 1
        else:
            assert frame["number"] == expected
            expected += 1
    if end is not None:
        assert expected == end
