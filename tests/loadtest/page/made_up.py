"""Reports whose every number is invented, in the shape of report.json; only tests may use them."""

import math

# users: mean_ms, min_ms, max_ms and error_percent of 0.1, 0.2 and 0.3, invented too; None was not run.
_BEFORE = {
    100: ((600, 20, 6000, 0), (300, 10, 2000, 0), (250, 9, 1200, 0)),
    200: ((900, 20, 9500, 0), (500, 10, 2400, 0), (450, 9, 2100, 0)),
    500: ((2300, 20, 13300, 0), (1100, 15, 4200, 0), (1000, 11, 4100, 0)),
    1000: ((4800, 20, 16300, 0), (2600, 14, 7200, 1.5), (2100, 6, 4800, 0.4)),
    2000: (None, (3800, 3, 75000, 58.6), (3900, 3, 13600, 8.1)),
}
_KEYS = ("mean_ms", "min_ms", "max_ms", "error_percent")
PUBLISHED = {
    users: {
        version: values and dict(zip(_KEYS, values, strict=True))
        for version, values in zip(("0.1", "0.2", "0.3"), versions, strict=True)
    }
    for users, versions in _BEFORE.items()
}
NINE_ROWS = [(users, messages) for users in (100, 200, 500, 1000) for messages in (50, 100)] + [(2000, 50)]


def summary(scale_ms: float, count: int) -> dict:
    """A latency whose percentiles grow with their nines."""
    shares = {
        "p50": 0.8,
        "p90": 1.6,
        "p95": 1.9,
        "p99": 2.6,
        "p999": 3.4,
        "p9999": 4.1,
        "max": 4.4,
        "min": 0.1,
    }
    grown = {f"{name}_ms": round(scale_ms * share, 3) for name, share in shares.items()}
    return {"count": count, "mean_ms": round(scale_ms, 3), **grown}


def timeline(seconds: int, per_second: int, receivers: int, scale_ms: float) -> list[dict]:
    """Work that swells and ebbs."""
    found = []
    for second in range(seconds):
        swing = 1 + 0.3 * math.sin(second)
        amount = int(per_second * swing)
        found.append(
            {
                "second": second,
                "sent": amount,
                "acknowledged": amount,
                "refused": 0,
                "delivered": amount * receivers,
                "p50_ms": round(scale_ms * swing * 0.8, 3),
                "p95_ms": round(scale_ms * swing * 1.9, 3),
                "p99_ms": round(scale_ms * swing * 2.6, 3),
                "server_cores": round(0.9 * swing, 3),
                "load_cores": round(0.5 * swing, 3),
            }
        )
    return found


def histogram(scale_ms: float, count: int) -> list[dict]:
    """Forty equal bars with a long tail, and one that holds everything slower."""
    width = round(scale_ms * 3.4 / 40, 3)
    shape = [(number + 1) ** 2 * math.exp(-number / 5) for number in range(41)]
    bars = [
        {"from_ms": number * width, "to_ms": (number + 1) * width, "count": int(count * part / sum(shape))}
        for number, part in enumerate(shape)
    ]
    bars[-1]["to_ms"] = scale_ms * 4.4
    return bars


def row(users: int = 2000, messages: int = 50, transport: str = "ws", **changes: object) -> dict:
    """One row without a fault; `changes` replace its values."""
    scale_ms = users / {"ws": 9.0, "stomp": 5.0, "http": 7.0}[transport]
    sent, receivers = users * messages, 0 if transport == "http" else users
    seconds = max(2, sent // 7000)
    latency = summary(scale_ms if receivers else scale_ms * 0.6, sent)
    every = summary(scale_ms * 1.1, sent * receivers) if receivers else {"count": 0}
    return {
        "name": f"{transport} {users:,} × {messages}",
        "transport": transport,
        "began_at": "2026-11-23T12:10:00+00:00",
        "settings": {
            "users": users, "senders": users, "receivers": receivers, "messages": messages, "rate": 0.0,
            "transport": transport, "url": "http://127.0.0.1:8000", "loop": "closed",
        },
        "hardware": "made-up machine",
        "seconds": float(seconds),
        "sent": sent, "acknowledged": sent, "stored": sent, "archived_after_seconds": 1.3,
        "deliveries": sent * receivers, "lost": 0, "doubled": 0, "out_of_order": 0, "members_with_loss": 0,
        "refused": 0, "held_back": 0, "errors": {}, "nacks": {}, "closes": {}, "gaps": 0, "paged_messages": 0,
        "messages_per_second": sent / seconds, "deliveries_per_second": sent * receivers / seconds,
        "latencies": {
            "send_to_ack": summary(scale_ms * 0.6, sent),
            "send_to_own_receipt": latency if receivers else {"count": 0},
            "send_to_every_receiver": every,
            "send_lateness": summary(0.4, sent),
            "loop_lag": summary(2.0, 500),
        },
        "load_generator_cores": [0.55, 0.48],
        "servers": [{"pid": 41, "name": "manage.py web", "cores": 0.87, "rss_mb": 212.4}],
        "load_generator_was_the_limit": [],
        "failures": [],
        "published": PUBLISHED.get(users),
        "goals": [
            {"name": "mean, ms", "limit": 1000, "measured": latency["mean_ms"], "met": True},
            {"name": "errors", "limit": 0, "measured": 0, "met": True},
        ],
        "timeline": timeline(seconds, sent // seconds, receivers, scale_ms),
        "histogram": histogram(scale_ms, sent),
        **changes,
    }  # fmt: skip


def report(rows: list[dict], **changes: object) -> dict:
    """The rows with what stands around them."""
    return {
        "kind": "single" if len(rows) == 1 else "matrix",
        "began_at": "2026-11-23T12:10:00+00:00",
        "machine": "2 cores, made-up processor, 24 GB, Python 3.11.2",
        "configuration": {
            "command": "manage.py loadtest --matrix predecessor --report var/load",
            "url": "http://127.0.0.1:8000",
            "durability": "SQLite WAL, synchronous=FULL",
            "parts": {"log": "embedded", "store": "embedded", "fan_out": None},
        },
        "rows": rows,
        "passed": True,
        **changes,
    }


def matrix() -> dict:
    """Nine rows for each transport, one of them with everything that can go wrong."""
    rows = [row(*load, transport) for transport in ("ws", "stomp", "http") for load in NINE_ROWS]
    missed = {"name": "mean, ms", "limit": 300, "measured": 400.0, "met": False}
    rows[17] |= {
        "lost": 12, "doubled": 1, "out_of_order": 3, "errors": {"connection reset": 7}, "stored": 99_993,
        "goals": [missed], "failures": ["lost: 12", "doubled: 1", "out of order: 3"],
        "load_generator_was_the_limit": ["load process 0 used 0.97 of a core"],
        "nacks": {"overloaded": 40}, "refused": 40, "held_back": 3,
    }  # fmt: skip
    return report(rows, passed=False)
