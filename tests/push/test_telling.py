"""Who is told of which message, decrypted as a browser does it; the log is that of the environment."""

import secrets
import time
from datetime import timedelta

import pytest
from django.utils import timezone

from chat import protocol
from chat.messages import posting
from chat.models import Membership, PushSubscription, QuietHours
from chat.pipeline.events import Author, Deleted, Position, now_ms
from chat.push import telling
from chat.push.telling import Telling

pytestmark = pytest.mark.django_db(transaction=True)
WAIT_SECONDS = 0.5


class Watched(Telling):
    """Says what it has read: partitions come in no order, so the last one read says nothing of the others."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: set[Position] = set()

    def _note(self, record) -> None:
        super()._note(record)
        self.seen.add(record.position)

    def read_until(self, position: Position) -> None:
        """Step until this was read; a group of the log takes its time to gather."""
        deadline = time.monotonic() + 30
        while position not in self.seen:
            assert time.monotonic() < deadline, "never read"
            if not self.step():
                time.sleep(0.02)


def deletion(channel, message: str) -> Deleted:
    author = Author(channel.created_by_id, "alice")
    return Deleted(channel.pk, secrets.token_hex(16), message, author, "d", now_ms())


@pytest.fixture
def positions() -> list[Position]:
    """What was appended."""
    return []


@pytest.fixture
def say(channel, positions):
    """`say(alice, "글")` in the channel."""

    def post(author, text="토요일 9시예요", **more):
        asked = protocol.Send(channel=channel.pk, client_id=secrets.token_hex(8), text=text, **more)
        event, position, _new = posting.post_message(author=author, asked=asked)
        positions.append(position)
        return event

    return post


@pytest.fixture
def worker(channel, positions, push_service, monkeypatch):
    """Tells of what comes from now on; `worker()` works until all of it was read and told."""
    monkeypatch.setattr(telling, "WAIT_SECONDS", WAIT_SECONDS)
    telling_of_this_test = Watched()
    # What earlier tests left in the log, up to a change that changes nothing.
    telling_of_this_test.read_until(posting.append(deletion(channel, "0" * 32)))
    telling_of_this_test._news.clear()

    def work() -> None:
        telling_of_this_test.read_until(positions[-1])
        time.sleep(WAIT_SECONDS + 0.05)
        telling_of_this_test.step()

    yield work
    telling_of_this_test.close()


def test_a_message_reaches_the_browser_of_who_does_not_look(
    alice, as_alice, as_bob, channel, say, worker, listens
):
    mine, theirs = listens(as_alice, "alice"), listens(as_bob, "bob")
    say(alice, "토요일 9시예요")
    worker()
    assert mine.told == []
    assert theirs.told == [
        {
            "channel": channel.pk,
            "title": channel.name,
            "text": "alice: 토요일 9시예요",
            "url": f"/channels/{channel.pk}/",
        }
    ]


def test_the_push_service_knows_the_site_and_not_the_words(alice, as_bob, say, worker, listens, push_service):
    listens(as_bob, "bob")
    say(alice)
    worker()
    (headers,) = push_service.headers
    assert headers["authorization"].startswith("vapid t=")
    assert (headers["content-encoding"], headers["ttl"]) == ("aes128gcm", "3600")


def test_many_messages_are_one_notification(alice, as_bob, say, worker, listens):
    browser = listens(as_bob, "bob")
    for number in range(5):
        say(alice, f"글 {number}")
    worker()
    say(alice, "바로 뒤")
    worker()
    assert len(browser.told) == 1
    assert browser.told[0]["text"].startswith("alice: 글 4\n")
    assert "4" in browser.told[0]["text"].split("\n")[1]


def test_after_the_pause_the_next_one_is_told(alice, as_bob, say, worker, listens, monkeypatch):
    browser = listens(as_bob, "bob")
    monkeypatch.setattr(telling, "PAUSE_SECONDS", 0.2)
    say(alice, "하나")
    worker()
    time.sleep(0.25)
    say(alice, "둘")
    worker()
    assert [one["text"] for one in browser.told] == ["alice: 하나", "alice: 둘"]


def test_who_has_read_it_is_not_told(alice, bob, as_bob, say, worker, listens):
    browser = listens(as_bob, "bob")
    Membership.objects.filter(user=bob).update(read_position="f" * 24)
    say(alice)
    worker()
    assert browser.told == []


@pytest.mark.parametrize(
    ("notify", "mentioned", "told"),
    [("all", False, 1), ("mentions", False, 0), ("mentions", True, 1), ("none", False, 0), ("none", True, 0)],
)
def test_each_is_told_of_what_they_want(alice, bob, as_bob, say, worker, listens, notify, mentioned, told):
    browser = listens(as_bob, "bob")
    Membership.objects.filter(user=bob).update(notify=notify)
    say(alice, "@bob 와요?", mentions=[bob.pk] if mentioned else [])
    worker()
    assert len(browser.told) == told


def test_nobody_is_woken_in_quiet_hours(alice, bob, as_bob, say, worker, listens):
    browser = listens(as_bob, "bob")
    now = timezone.now()
    begins, ends = (now - timedelta(hours=1)).time(), (now + timedelta(hours=1)).time()
    QuietHours.objects.create(user=bob, begins=begins, ends=ends, zone="UTC")
    say(alice)
    worker()
    assert browser.told == []


def test_who_left_is_not_told(alice, bob, as_bob, say, worker, listens):
    browser = listens(as_bob, "bob")
    say(alice)
    Membership.objects.filter(user=bob).delete()
    worker()
    assert browser.told == []


def test_what_was_deleted_meanwhile_is_not_told(alice, as_bob, channel, say, worker, listens, positions):
    browser = listens(as_bob, "bob")
    event = say(alice, "실수")
    positions.append(posting.append(deletion(channel, event.id)))
    worker()
    assert browser.told == []


def test_old_news_is_none(alice, as_bob, say, worker, listens, monkeypatch):
    browser = listens(as_bob, "bob")
    monkeypatch.setattr(telling, "OLDEST_MS", -1)
    say(alice)
    worker()
    assert browser.told == []


def test_a_subscription_that_is_gone_goes(alice, as_bob, say, worker, listens, push_service):
    listens(as_bob, "gone")
    kept = listens(as_bob, "kept")
    push_service.answers = {"/send/gone": 410}
    say(alice)
    worker()
    assert [one.endpoint for one in PushSubscription.objects.all()] == [kept.endpoint]
    assert len(kept.told) == 1


def test_a_service_that_fails_or_redirects_ends_nothing(alice, as_bob, say, worker, listens, push_service):
    for name, status in (("busy", 429), ("broken", 500), ("elsewhere", 307)):
        listens(as_bob, name)
        push_service.answers[f"/send/{name}"] = status
    kept = listens(as_bob, "kept")
    say(alice)
    worker()
    assert len(kept.told) == 1
    assert PushSubscription.objects.count() == 4
    assert len(push_service.headers) == 4
