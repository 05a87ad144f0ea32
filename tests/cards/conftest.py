"""A channel with polls and events in it, archived as the worker does it."""

import secrets

import pytest

from chat import protocol
from chat.messages import changing, posting
from chat.models import Channel, Membership
from chat.pipeline.events import Card
from chat.pipeline.parts import message_store
from tests.archiving import archive_until, archiving
from tests.pages.conftest import alice_browser, bob_browser, charlie_browser, visitor

__all__ = ["alice_browser", "bob_browser", "charlie_browser", "visitor"]
LATER = 4_000_000_000_000  # 2096
POLL = Card("poll", "송년 산행, 어디로 갈까요?", ["관악산", "청계산", "인왕산"], closes_at=LATER)
MANY = Card("poll", "언제가 좋아요?", ["금", "토", "일"], multiple=True)
EVENT = Card("event", "토요 산행", starts_at=LATER, place="구파발역 2번 출구")


@pytest.fixture
def channel(alice, bob):
    """alice's channel with bob in it; its number no other test had, for log and store outlive the rows."""
    made = Channel.objects.create(
        pk=secrets.randbelow(2**50), name="등산회", created_by=alice, member_count=2
    )
    Membership.objects.create(channel=made, user=alice, role="admin")
    Membership.objects.create(channel=made, user=bob)
    return made


@pytest.fixture(scope="module")
def archive():
    with archiving() as archive:
        yield archive


@pytest.fixture
def settle(archive):
    """Archive until the store holds this: `settle(lambda: …)`."""

    def wait(done) -> None:
        archive_until(archive, done)

    return wait


@pytest.fixture
def post(channel, settle):
    """`post(alice, card=POLL)` or `post(alice, "글")`: the id of a stored message."""

    def say(author, text: str = "", card: Card | None = None) -> str:
        asked = protocol.Send(channel.pk, secrets.token_hex(8), text, card=card)
        event, _position, _new = posting.post_message(author=author, asked=asked)
        settle(lambda: message_store().find([event.id]))
        return event.id

    return say


@pytest.fixture
def answer(channel, settle):
    """`answer(bob, message, 0, 2)`: a stored answer."""

    def choose(author, message: str, *choices: int) -> None:
        asked = protocol.Answer(
            channel=channel.pk, client_id=secrets.token_hex(8), message=message, choices=list(choices)
        )
        changed = changing.change_message(author=author, asked=asked)
        at = changed.changes.answers[str(author.pk)].at
        settle(lambda: at in [vote.at for vote in answers_in_store(message).values()])

    return choose


@pytest.fixture
def pin(channel, settle):
    """`pin(alice, message)`: a stored notice."""

    def make(author, message: str, on: bool = True) -> None:
        asked = protocol.Pin(channel=channel.pk, client_id=secrets.token_hex(8), message=message, on=on)
        changing.change_message(author=author, asked=asked)
        settle(lambda: (message in message_store().notices(channel.pk, 50)) is on)

    return make


def answers_in_store(message: str) -> dict:
    """What the store has of the answers to a message."""
    changes = message_store().changes([message]).get(message)
    return changes.answers if changes else {}
