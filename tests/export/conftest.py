"""A channel with a history, written into the store directly."""

import secrets
from collections.abc import Callable

import pytest
from asgiref.sync import async_to_sync

from chat.pipeline.events import Author, MessageEvent, Position, message_id
from chat.pipeline.parts import message_store
from tests.messages.conftest import channel
from tests.pages.conftest import alice_browser, bob_browser, charlie_browser, visitor

__all__ = ["alice_browser", "bob_browser", "channel", "charlie_browser", "visitor"]

BEGAN_MS = 1_763_800_000_000  # 2025-11-22 17:26 in Seoul


@pytest.fixture
def said(channel, alice) -> Callable:
    """`said("글", author=bob)`: a stored message, a minute after the one before. Its event."""
    count = 0
    partition = secrets.randbelow(900)

    def say(text: str, *, author=None, at_ms: int | None = None, **more) -> MessageEvent:
        nonlocal count
        count += 1
        author = author or alice
        sent_at = at_ms or BEGAN_MS + count * 60_000
        client_id = f"m{count}"
        event = MessageEvent(
            channel=channel.pk,
            id=message_id(author.pk, channel.pk, client_id),
            author=Author(author.pk, author.username),
            text=text,
            client_id=client_id,
            sent_at=sent_at,
            **more,
        )
        message_store().write([(event, Position(BEGAN_MS + count, count, partition))], [])
        return event

    return say


def in_pieces(answer) -> list[str]:
    """What the server sends."""

    async def pieces() -> list[str]:
        return [piece.decode() async for piece in answer]

    return async_to_sync(pieces)()


def whole(answer) -> str:
    """All of it."""
    assert answer.status_code == 200, answer
    return "".join(in_pieces(answer))
