"""What the web process counts of messages, sockets and the hub. What other modules count stands beside their
own code; `chat.meters.METERS` has all of them."""

from chat.meters import SECONDS, Counter, Distribution

accepted = Counter(
    "messenger_messages_accepted_total", "Messages handed to the log, by entrance.", label="entrance"
)
acknowledged = Counter("messenger_messages_acknowledged_total", "Messages that the log confirmed.")
refused = Counter("messenger_messages_refused_total", "Messages refused, by reason.", label="reason")
append_seconds = Distribution(
    "messenger_append_seconds", "From handing a message to the log until its answer.", SECONDS
)
tail_lag_seconds = Distribution(
    "messenger_tail_lag_seconds", "From the append of an event until the hub has it, once a batch.", SECONDS
)
flush_seconds = Distribution(
    "messenger_flush_seconds",
    "One flush of one channel to all its sockets.",
    (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0),
)
frame_bytes = Distribution(
    "messenger_frame_bytes",
    "Size of the frame that a flush shares, as first written.",
    (128, 512, 2_048, 8_192, 32_768, 131_072, 524_288),
)
deliveries = Counter("messenger_deliveries_total", "Events written to sockets, each socket counted.")
gaps = Counter("messenger_gaps_total", "Holes told to sockets, which page them from history.")
slow_readers_dropped = Counter(
    "messenger_slow_readers_dropped_total", "Sockets closed because they owed bytes and read nothing."
)
loop_lag_seconds = Distribution(
    "messenger_loop_lag_seconds", "How late the event loop of the web process came back.", SECONDS
)

# What can be counted is there from the start, as 0: so the first one is seen as a change.
for _entrance in ("ws", "stomp", "http"):
    accepted.add(0, label=_entrance)
for _reason in ("overloaded", "rate_limited", "log_unavailable"):
    refused.add(0, label=_reason)
