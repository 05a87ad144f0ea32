"""What one process of the load test counted: latencies, answers and everything that went wrong."""

from array import array
from collections import Counter
from dataclasses import dataclass, field, fields

import numpy as np

from chat.loadtest.counting import Acknowledged, Batch, Key, Receipts
from chat.loadtest.histogram import LatencyHistogram
from chat.loadtest.timeline import Timeline

LATENCIES = ("send_to_ack", "send_to_own_receipt", "send_to_every_receiver", "send_lateness", "loop_lag")


class Samples:
    """Latencies, and the moments at which they ended."""

    __slots__ = ("at_us", "took_us")

    def __init__(self) -> None:
        self.at_us: array = array("d")
        self.took_us: array = array("d")

    def book(self, now_us: float, since_us: float) -> None:
        """One latency that ends now."""
        self.at_us.append(now_us)
        self.took_us.append(now_us - since_us)


class Tally:
    """Counted while the load runs, cheaply; `outcome` does the arithmetic afterwards.

    `sent` counts messages, `tries` every time one went out.
    """

    def __init__(self) -> None:
        self.sent = 0
        self.held_back = 0
        self.acked: set[Key] = set()
        self.acks = Samples()
        self.own = Samples()
        self.tries = Samples()
        self.loop_lag_us: array = array("d")
        self.refused_at_us: array = array("d")
        self.nacks: Counter = Counter()
        self.errors: Counter = Counter()
        self.closes: Counter = Counter()
        self.gaps = 0
        self.paged = 0
        self.wire_bytes = 0
        self.highest_position = ""
        self.first_send_us = 0.0


@dataclass
class Outcome:
    """The result of one process, or of all of them after `merge`."""

    sent: int = 0
    held_back: int = 0
    acked: int = 0
    deliveries: int = 0
    lost: int = 0
    doubled: int = 0
    out_of_order: int = 0
    members_with_loss: int = 0
    gaps: int = 0
    paged: int = 0
    frames: int = 0
    frame_bytes: int = 0
    distinct_frames: int = 0
    wire_bytes: int = 0
    first_send_us: float = 0.0
    last_event_us: float = 0.0
    nacks: Counter = field(default_factory=Counter)
    errors: Counter = field(default_factory=Counter)
    closes: Counter = field(default_factory=Counter)
    latencies: dict[str, LatencyHistogram] = field(
        default_factory=lambda: {name: LatencyHistogram() for name in LATENCIES}
    )
    timeline: Timeline = field(default_factory=Timeline)
    own_cpu_cores: list[float] = field(default_factory=list)

    def merge(self, other: "Outcome") -> None:
        """Add what another process counted."""
        starts = [start for start in (self.first_send_us, other.first_send_us) if start]
        last_us = max(self.last_event_us, other.last_event_us)
        for name in (each.name for each in fields(self) if each.name not in ("latencies", "timeline")):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        self.first_send_us, self.last_event_us = min(starts, default=0.0), last_us
        for name, histogram in other.latencies.items():
            self.latencies[name].merge(histogram)
        self.timeline.merge(other.timeline)


def outcome(
    tally: Tally, receipts: list[Receipts], batches: list[Batch], acked: Acknowledged, answers: Samples
) -> Outcome:
    """What this process counted, against everything that the log acknowledged in any process.

    `answers` are the tally's latencies that the timeline shows.
    """
    missing = [acked.missing_from(member) for member in receipts]
    result = Outcome(
        sent=tally.sent,
        held_back=tally.held_back,
        acked=len(tally.acked),
        deliveries=sum(member.received for member in receipts),
        lost=sum(missing),
        doubled=sum(member.doubled for member in receipts),
        out_of_order=sum(member.out_of_order for member in receipts),
        members_with_loss=sum(1 for count in missing if count),
        gaps=tally.gaps,
        paged=tally.paged,
        frames=sum(len(batch.arrivals_us) for batch in batches),
        frame_bytes=sum(len(batch.arrivals_us) * batch.wire_bytes for batch in batches),
        distinct_frames=len(batches),
        wire_bytes=tally.wire_bytes,
        first_send_us=tally.first_send_us,
        last_event_us=_last_event_us(tally, batches),
        nacks=tally.nacks,
        errors=tally.errors,
        closes=tally.closes,
    )
    _add_latencies(result, tally, batches)
    _add_timeline(result.timeline, tally, batches, answers)
    return result


def _last_event_us(tally: Tally, batches: list[Batch]) -> float:
    last_ack_us = tally.acks.at_us[-1] if tally.acks.at_us else 0.0
    return max((max(batch.arrivals_us, default=0.0) for batch in batches), default=last_ack_us)


def _add_latencies(result: Outcome, tally: Tally, batches: list[Batch]) -> None:
    latencies = result.latencies
    latencies["send_to_ack"].add(np.array(tally.acks.took_us))
    latencies["send_to_own_receipt"].add(np.array(tally.own.took_us))
    latencies["send_lateness"].add(np.array(tally.tries.took_us))
    latencies["loop_lag"].add(np.array(tally.loop_lag_us))
    for batch in batches:
        latencies["send_to_every_receiver"].add_pairs(np.array(batch.arrivals_us), np.array(batch.sent_us))


def _add_timeline(timeline: Timeline, tally: Tally, batches: list[Batch], answers: Samples) -> None:
    start_us = tally.first_send_us
    timeline.count("sent", start_us, np.array(tally.tries.at_us))
    timeline.count("acknowledged", start_us, np.array(tally.acks.at_us))
    timeline.count("refused", start_us, np.array(tally.refused_at_us))
    for batch in batches:
        if len(batch.sent_us):
            timeline.count("delivered", start_us, np.array(batch.arrivals_us), each=len(batch.sent_us))
    timeline.add_latencies(start_us, np.array(answers.at_us), np.array(answers.took_us))
