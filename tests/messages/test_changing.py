"""Editing, deleting, reacting, answering and pinning over HTTP: what they do and what is refused."""

import threading
import time

import pytest

from chat import services
from chat.messages import changing, posting
from chat.models import Membership
from chat.pipeline.events import encode
from chat.pipeline.recent import Recent
from tests.archiving import archive_message, archiving


def url(channel) -> str:
    return f"/api/v1/channels/{channel.pk}/messages/"


@pytest.fixture(scope="module")
def archive():
    with archiving() as archive:
        yield archive


@pytest.fixture
def settled(archive):
    """Archive what was said and done until this message, or what became of it, is stored."""

    def wait(message_id: str, changed: bool = False) -> None:
        archive_message(archive, message_id, changed=changed)

    return wait


@pytest.fixture
def said(channel, settled):
    """`said(as_bob, "글")`: a stored message."""

    def say(api, text="처음 글", **more) -> dict:
        answer = api.post(url(channel), {"client_id": f"c{say.number}", "text": text, **more})
        say.number += 1
        assert answer.status_code == 201, answer.content
        settled(answer.json()["id"])
        return answer.json()

    say.number = 0
    return say


def code_of(answer) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]


def test_edited_message_says_so_everywhere(as_alice, as_bob, channel, said, settled):
    message = said(as_bob)
    answer = as_bob.patch(f"{url(channel)}{message['id']}/", {"text": "고친 글"})
    assert answer.status_code == 200
    assert (answer.json()["text"], answer.json()["position"]) == ("고친 글", message["position"])
    assert answer.json()["edited_at"] is not None
    settled(message["id"], changed=True)
    read = as_alice.get(url(channel)).json()["results"][0]
    assert (read["text"], bool(read["edited_at"])) == ("고친 글", True)
    assert as_alice.get(f"{url(channel)}{message['id']}/").json() == read
    listed = as_alice.get("/api/v1/channels/").json()["results"][0]
    assert listed["last_message"]["text"] == "고친 글"


def test_only_the_author_edits(as_alice, as_bob, as_charlie, channel, said):
    message = said(as_bob)
    place = f"{url(channel)}{message['id']}/"
    assert code_of(as_alice.patch(place, {"text": "남의 글"})) == (403, "author_only")
    assert code_of(as_charlie.patch(place, {"text": "남의 글"})) == (404, "not_found")
    assert code_of(as_bob.patch(place, {"text": " "})) == (400, "text_empty")
    assert code_of(as_bob.patch(place, {"text": "가" * 4001})) == (400, "text_too_long")
    assert code_of(as_bob.patch(f"{url(channel)}{'0' * 32}/", {"text": "글"})) == (404, "message_not_found")
    assert code_of(as_bob.patch(f"{url(channel)}nonsense/", {"text": "글"})) == (404, "message_not_found")
    assert as_bob.get(url(channel)).json()["results"][0]["text"] == "처음 글"


def test_message_may_be_changed_between_its_acknowledgement_and_the_reader_of_the_log(
    bob, channel, monkeypatch
):
    held = Recent()
    for module in (changing, posting):
        monkeypatch.setattr(module, "recent", lambda: held)
    event = posting.make_message(
        user_id=bob.pk, username="bob", channel_id=channel.pk, client_id="c-1", text="방금"
    )
    position = posting.append(event)
    held.seen.add(event.id.encode(), position)
    reader = threading.Timer(0.1, held.add, (channel.pk, encode(event), position))
    began = time.monotonic()
    reader.start()
    assert changing.find_target(channel.pk, event.id)[:2] == (event, position)
    assert time.monotonic() - began < changing.ARRIVING_SECONDS
    reader.join()


def test_deleted_message_is_a_tombstone(as_alice, as_bob, bob, channel, said, settled):
    message = said(as_bob)
    place = f"{url(channel)}{message['id']}/"
    as_alice.post(f"{place}reactions/", {"emoji": "👍"})
    assert as_bob.delete(place).status_code == 204
    settled(message["id"], changed=True)
    assert as_bob.delete(place).status_code == 204
    read = as_alice.get(url(channel)).json()["results"][0]
    assert (read["deleted"], read["text"], read["reactions"]) == (True, "", {})
    assert (read["deleted_by"], read["id"]) == (bob.pk, message["id"])
    assert code_of(as_bob.patch(place, {"text": "살아나라"})) == (409, "message_deleted")
    assert code_of(as_alice.post(f"{place}reactions/", {"emoji": "👍"})) == (409, "message_deleted")


def test_an_admin_deletes_what_others_wrote_and_a_member_does_not(as_alice, as_bob, channel, said):
    mine, theirs = said(as_bob), said(as_alice)
    assert code_of(as_bob.delete(f"{url(channel)}{theirs['id']}/")) == (403, "author_only")
    assert as_alice.delete(f"{url(channel)}{mine['id']}/").status_code == 204


def test_a_message_of_another_channel_is_not_found_here(alice, as_alice, channel, said):
    message = said(as_alice)
    other = services.create_channel(user=alice, name="다른 방")
    assert code_of(as_alice.delete(f"{url(other)}{message['id']}/")) == (404, "message_not_found")
    assert code_of(as_alice.get(f"{url(other)}{message['id']}/")) == (404, "message_not_found")


def test_reactions_are_set_and_taken_back(as_alice, as_bob, alice, bob, channel, said, settled):
    message = said(as_bob)
    place = f"{url(channel)}{message['id']}/reactions/"
    assert as_alice.post(place, {"emoji": "👍"}).json()["reactions"] == {"👍": [alice.pk]}
    settled(message["id"], changed=True)
    for _ in range(2):
        both = as_bob.post(place, {"emoji": "👍"}).json()["reactions"]
        assert both == {"👍": [alice.pk, bob.pk]}
    as_alice.post(place, {"emoji": "👍", "on": False})
    assert code_of(as_alice.post(place, {"emoji": "🦄"})) == (422, "reaction_unknown")


def test_reply_shows_what_it_replies_to_as_it_is_now(as_alice, as_bob, channel, said, settled):
    first = said(as_bob, "원래\n글")
    reply = said(as_alice, "답이에요", reply_to=first["id"])
    quote = as_bob.get(f"{url(channel)}{reply['id']}/").json()["quote"]
    assert (quote["id"], quote["text"], quote["deleted"]) == (first["id"], "원래 글", False)
    as_bob.delete(f"{url(channel)}{first['id']}/")
    settled(first["id"], changed=True)
    quote = as_bob.get(f"{url(channel)}{reply['id']}/").json()["quote"]
    assert (quote["text"], quote["deleted"]) == ("", True)


def test_reply_never_quotes_another_channel(alice, as_bob, as_alice, channel, said, settled):
    other = services.create_channel(user=alice, name="비밀 방")
    secret = as_alice.post(url(other), {"client_id": "s", "text": "비밀"}).json()
    settled(secret["id"])
    reply = said(as_bob, "엿보기", reply_to=secret["id"])
    assert as_bob.get(f"{url(channel)}{reply['id']}/").json()["quote"] is None


def test_mentions_are_members_whom_the_text_names(as_alice, alice, bob, charlie, channel, said):
    ids = [bob.pk, charlie.pk, alice.pk, 10**15]
    message = said(as_alice, "@bob @charlie 오세요", mentions=ids)
    assert message["mentions"] == [{"id": bob.pk, "username": "bob"}]
    many = as_alice.post(url(channel), {"client_id": "m", "text": "@bob", "mentions": [bob.pk] * 21})
    assert many.status_code == 400


def test_poll_is_answered_changed_and_closed(as_alice, as_bob, bob, channel, said):
    card = {"kind": "poll", "title": "어디로 갈까요?", "choices": ["산", "바다"]}
    message = said(as_alice, "", card=card)
    assert (message["text"], message["card"]["choices"]) == ("어디로 갈까요?", ["산", "바다"])
    place = f"{url(channel)}{message['id']}/answers/"
    assert as_bob.post(place, {"choices": [1]}).json()["answers"] == {str(bob.pk): [1]}
    assert as_bob.post(place, {"choices": [0]}).json()["answers"] == {str(bob.pk): [0]}
    assert as_bob.post(place, {"choices": []}).json()["answers"] == {}
    for choices in ([2], [-1], [0, 1]):
        assert code_of(as_bob.post(place, {"choices": choices})) == (422, "choices_invalid")
    plain = said(as_alice)
    answer = as_bob.post(f"{url(channel)}{plain['id']}/answers/", {"choices": [0]})
    assert code_of(answer) == (422, "not_a_card")


@pytest.mark.parametrize(
    ("card", "code"),
    [
        ({"kind": "poll", "title": "하나뿐", "choices": ["산"]}, "card_choices_invalid"),
        ({"kind": "poll", "title": "같은 것", "choices": ["산", " 산 "]}, "card_choices_invalid"),
        ({"kind": "poll", "title": "  ", "choices": ["산", "바다"]}, "card_title_invalid"),
        (
            {"kind": "poll", "title": "늦음", "choices": ["산", "바다"], "closes_at": 1},
            "card_closes_in_the_past",
        ),
        ({"kind": "event", "title": "모임"}, "card_starts_at_required"),
        ({"kind": "event", "title": "모임", "starts_at": 1, "place": "곳" * 101}, "card_place_too_long"),
    ],
)
def test_a_card_that_breaks_a_rule_is_refused(as_alice, channel, card, code):
    answer = as_alice.post(url(channel), {"client_id": "c", "text": "", "card": card})
    assert code_of(answer) == (422, code)


def test_notices_are_an_admins(as_alice, as_bob, as_charlie, channel, said, settled):
    message = said(as_bob, "토요일 9시, 정문")
    place = f"{url(channel)}{message['id']}/notice/"
    assert code_of(as_bob.post(place)) == (403, "admins_only")
    assert as_alice.post(place).json()["notice"] is True
    settled(message["id"], changed=True)
    notices = f"/api/v1/channels/{channel.pk}/notices/"
    assert [one["id"] for one in as_bob.get(notices).json()["results"]] == [message["id"]]
    assert code_of(as_charlie.get(notices)) == (404, "not_found")
    assert as_alice.post(place, {"on": False}).json()["notice"] is False


def test_nobody_changes_anything_after_leaving(as_bob, bob, channel, said):
    message = said(as_bob)
    Membership.objects.filter(user=bob).delete()
    place = f"{url(channel)}{message['id']}/"
    for answer in (
        as_bob.patch(place, {"text": "글"}),
        as_bob.delete(place),
        as_bob.post(f"{place}reactions/", {"emoji": "👍"}),
        as_bob.post(f"{place}answers/", {"choices": [0]}),
        as_bob.post(f"{place}notice/"),
        as_bob.get(place),
    ):
        assert code_of(answer) == (404, "not_found")
