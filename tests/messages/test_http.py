"""Messages over HTTP: posting, repeating, paging, and what is refused."""

import threading

import pytest

from chat import services
from chat.messages.history import history_seconds
from chat.messages.posting import make_message
from chat.pipeline.events import Position, encode, with_position
from chat.pipeline.parts import recent
from tests.archiving import archive_message, archiving


def url(channel) -> str:
    return f"/api/v1/channels/{channel.pk}/messages/"


def post(api, channel, text="안녕하세요", client_id="c1", **more):
    return api.post(url(channel), {"client_id": client_id, "text": text, **more})


@pytest.fixture(scope="module")
def archive():
    """Archives on demand, as the worker does."""
    with archiving() as archive:
        yield archive


@pytest.fixture
def stored(archive):
    """Wait until a posted message is in the store."""

    def wait(answer) -> None:
        archive_message(archive, answer.json()["id"])

    return wait


def test_posted_message_has_the_shape_of_the_contract(bob, as_bob, channel):
    answer = post(as_bob, channel, "첫 글", client_id="one")
    assert answer.status_code == 201
    message = answer.json()
    assert set(message) == {
        "id", "position", "channel", "author", "text", "client_id", "sent_at", "edited_at", "deleted",
        "reply_to", "reactions", "kind", "slip", "deleted_by", "quote", "mentions", "attachments", "card",
        "answers", "notice",
    }  # fmt: skip
    assert message["author"] == {"id": bob.pk, "username": "bob"}
    assert (message["kind"], message["slip"]) == ("message", None)
    assert (message["text"], message["client_id"], message["channel"]) == ("첫 글", "one", channel.pk)
    assert message["sent_at"].endswith("Z")
    Position.parse(message["position"])


def test_same_client_id_again_is_200_and_the_first_message(as_bob, channel, stored):
    first = post(as_bob, channel, "처음")
    stored(first)
    again = post(as_bob, channel, "다른 글")
    assert (first.status_code, again.status_code) == (201, 200)
    assert again.json() == first.json()


def test_same_client_id_again_at_once_is_200_in_a_process_with_a_tail(as_bob, channel):
    """Not archived yet, but the tail has seen it."""
    first = post(as_bob, channel, "처음")
    position = Position.parse(first.json()["position"])
    event = make_message(
        user_id=first.json()["author"]["id"],
        username="bob",
        channel_id=channel.pk,
        client_id="c1",
        text="처음",
    )
    recent().seen.add(event.id.encode(), position)
    recent().add(channel.pk, with_position(encode(event), position), position)
    again = post(as_bob, channel, "처음")
    assert again.status_code == 200
    assert again.json()["position"] == first.json()["position"]


def test_same_client_id_of_another_person_is_another_message(as_alice, as_bob, channel):
    assert post(as_alice, channel).json()["id"] != post(as_bob, channel).json()["id"]


def test_history_is_newest_first_and_pages_both_ways(as_bob, channel, stored):
    for number in range(7):
        last = post(as_bob, channel, f"글 {number}", client_id=f"c{number}")
    stored(last)
    first = as_bob.get(url(channel), {"limit": 3}).json()
    assert [m["text"] for m in first["results"]] == ["글 6", "글 5", "글 4"]
    assert first["previous"] is None
    second = as_bob.get(first["next"]).json()
    assert [m["text"] for m in second["results"]] == ["글 3", "글 2", "글 1"]
    third = as_bob.get(second["next"]).json()
    assert [m["text"] for m in third["results"]] == ["글 0"]
    assert third["next"] is None
    back = as_bob.get(third["previous"]).json()
    assert [m["text"] for m in back["results"]] == ["글 1", "글 2", "글 3"]


def test_each_page_of_history_is_timed(as_bob, channel):
    before = sum(history_seconds.counts)
    assert as_bob.get(url(channel)).status_code == 200
    assert as_bob.get(url(channel), {"before": "nonsense"}).status_code == 400
    assert sum(history_seconds.counts) == before + 1


def test_message_of_a_deleted_account_is_a_former_members(as_alice, bob, as_bob, channel, stored):
    from accounts.services import delete_account

    answer = post(as_bob, channel)
    stored(answer)
    delete_account(user=bob, password=None)
    (message,) = as_alice.get(url(channel), headers={"Accept-Language": "en"}).json()["results"]
    assert message["author"] == {"id": bob.pk, "username": "former member"}


def test_list_of_channels_shows_the_last_message(as_bob, channel, stored):
    stored(post(as_bob, channel, "마지막 글"))
    (row,) = as_bob.get("/api/v1/channels/").json()["results"]
    assert row["last_message"]["text"] == "마지막 글"


def test_bound_that_is_not_archived_yet_is_503_not_a_hole(as_bob, channel, archive):
    from chat.pipeline.live import next_to

    position = Position.parse(post(as_bob, channel).json()["position"])
    answer = as_bob.get(url(channel), {"before": str(next_to(position))})
    while answer.status_code == 200:  # a worker of another test run was faster: ask for the future
        position = Position(position.appended_at_ms + 60_000, position.offset + 9, position.partition)
        answer = as_bob.get(url(channel), {"before": str(position)})
    assert (answer.status_code, answer.json()["code"]) == (503, "history_behind")
    assert int(answer["Retry-After"]) > 0


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"client_id": "x", "text": ""}, "text_empty"),
        ({"client_id": "x", "text": "   "}, "text_empty"),
        ({"client_id": "x", "text": "가" * 4001}, "text_too_long"),
        ({"client_id": "x", "text": "a\x1bb"}, "control_characters"),
        ({"client_id": "x y", "text": "a"}, "client_id_malformed"),
        ({"client_id": "x", "text": "a", "reply_to": "b"}, "reply_to_malformed"),
        ({"text": "a"}, "validation_failed"),
        ({"client_id": "x"}, "validation_failed"),
        ([1], "validation_failed"),
    ],
)
def test_bad_message_is_400_with_its_code(as_bob, channel, body, code):
    answer = as_bob.post(url(channel), body)
    assert (answer.status_code, answer.json()["code"]) == (400, code)
    assert answer["Content-Type"].startswith("application/problem+json")


def test_stranger_and_kicked_get_404(as_charlie, alice, bob, as_bob, channel):
    services.kick(actor=alice, channel_id=channel.pk, user_id=bob.pk)
    for api in (as_charlie, as_bob):
        assert api.get(url(channel)).status_code == 404
        assert post(api, channel).status_code == 404


def test_closed_and_unknown_channel_get_404(alice, as_alice, channel):
    services.close_channel(user=alice, channel_id=channel.pk)
    assert post(as_alice, channel).status_code == 404
    assert as_alice.get("/api/v1/channels/999999999/messages/").status_code == 404


def test_anonymous_is_401(anonymous, channel):
    assert anonymous.get(url(channel)).status_code == 401
    assert post(anonymous, channel).status_code == 401


@pytest.mark.parametrize("method", ["put", "patch", "delete"])
def test_other_methods_are_405(as_bob, channel, method):
    assert getattr(as_bob, method)(url(channel)).status_code == 405


@pytest.mark.parametrize("bound", ["yesterday", "0" * 23, "G" * 24, "0" * 24 + " ", "-" + "0" * 23])
@pytest.mark.parametrize("name", ["before", "after"])
def test_malformed_bound_is_400(as_bob, channel, name, bound):
    answer = as_bob.get(url(channel), {name: bound})
    assert (answer.status_code, answer.json()["code"]) == (400, "position_malformed")


@pytest.mark.parametrize("limit", ["0", "-1", "x", "1e9", "99999999999"])
def test_strange_limits_are_bounded(as_bob, channel, limit):
    assert as_bob.get(url(channel), {"limit": limit}).status_code == 200


def test_two_posts_of_one_client_id_at_once_are_one_message(as_bob, channel, stored):
    answers = []
    threads = [
        threading.Thread(target=lambda: answers.append(post(as_bob, channel, client_id="race")))
        for _ in range(2)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    stored(answers[0])
    assert len({answer.json()["id"] for answer in answers}) == 1
    assert len(as_bob.get(url(channel)).json()["results"]) == 1


test_two_posts_of_one_client_id_at_once_are_one_message = pytest.mark.django_db(transaction=True)(
    test_two_posts_of_one_client_id_at_once_are_one_message
)
