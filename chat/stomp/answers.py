"""The server's frames, but for the MESSAGEs of a room's events. Knows no Django."""

from chat import protocol
from chat.stomp.frames import VERSIONS, build, escape
from chat.stomp.heartbeats import OFFERED_MS, WANTED_MS
from chat.stomp.messages import ROOM
from chat.stomp.requests import ERRORS, JSON


def connected(version: str, user_id: int) -> bytes:
    return build(
        "CONNECTED",
        {
            "version": version,
            "heart-beat": f"{OFFERED_MS},{WANTED_MS}",
            "server": "messenger",
            "user-id": str(user_id),
        },
    )


def receipt(receipt_id: str, **more: object) -> bytes:
    """What was asked for is done; `more`: headers, with _ for -."""
    return build("RECEIPT", {"receipt-id": receipt_id, **_headers(more)})


def posted(receipt_id: str, message_id: str, position: object) -> bytes:
    """The log has the message: `receipt` for the most frequent case, without a dict."""
    said = f"receipt-id:{escape(receipt_id)}\nmessage-id:{message_id}\nposition:{position}"
    return f"RECEIPT\n{said}\n\n\0".encode()


def error(
    receipt_id: str | None,
    code: str,
    detail: str,
    retry_after_ms: int | None = None,
    until: int | None = None,
) -> bytes:
    """The last frame of a connection. It names the versions, as CONNECT's refusal has to."""
    told = {"code": code, "receipt_id": receipt_id, "retry_after_ms": retry_after_ms, "until": until}
    return build("ERROR", {"message": detail, "version": ",".join(VERSIONS), **_headers(told)})


def refused_message(
    number: int,
    subscription_id: str,
    receipt_id: str | None,
    client_id: str,
    code: str,
    detail: str,
    retry_after_ms: int | None,
    until: int | None = None,
) -> bytes:
    """To whoever subscribed to ERRORS: the nack of `/ws/`. `number` counts them in one connection."""
    told = {"receipt_id": receipt_id, "code": code, "retry_after_ms": retry_after_ms, "until": until}
    body = protocol.nack(client_id, code, detail, retry_after_ms, until)
    return _message(subscription_id, f"nack-{number}", ERRORS, "nack", body, told)


def gap(subscription_id: str, channel_id: int, after: object, before: object) -> bytes:
    """A hole in what was delivered: page it from history."""
    body = protocol.gap(channel_id, after, before)
    return _message(subscription_id, f"gap-{before}", f"{ROOM}{channel_id}", "gap", body, {})


def removed(subscription_id: str, channel_id: int) -> bytes:
    """Nothing more of this room comes: the subscription is over."""
    body = protocol.removed(channel_id)
    return _message(subscription_id, f"removed-{channel_id}", f"{ROOM}{channel_id}", "removed", body, {})


def _message(
    subscription_id: str, message_id: str, destination: str, op: str, body: bytes, more: dict
) -> bytes:
    told = {"subscription": subscription_id, "message_id": message_id, "destination": destination, "op": op}
    return build("MESSAGE", _headers({**told, "content_type": JSON, **more}), body)


def _headers(told: dict[str, object]) -> dict[str, str]:
    return {name.replace("_", "-"): str(value) for name, value in told.items() if value is not None}
