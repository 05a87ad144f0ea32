"""What a talk of two people has none of, and who never gets in: refused on every entrance."""

import pytest

from chat import services
from chat.models import Channel, Membership, Role
from chat.refusals import ChannelNotFound, DirectChannel
from chat.services.invitations import invite
from tests.pages.conftest import alice_browser

__all__ = ["alice_browser"]


@pytest.fixture
def talk(alice, bob, channel) -> str:
    """The API's address of the talk of alice and bob."""
    return f"/api/v1/channels/{services.open_direct(user=alice, other_id=bob.pk)[0].pk}/"


def id_of(talk: str) -> int:
    return int(talk.split("/")[4])


def code_of(answer) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("patch", "", {"name": "우리"}),
        ("patch", "", {"is_private": False}),
        ("delete", "", None),
        ("patch", "members/{bob}/", {"role": "admin"}),
        ("delete", "members/{bob}/", None),
    ],
)
def test_nothing_about_it_is_changed(as_alice, as_charlie, bob, talk, method, path, body):
    place = talk + path.format(bob=bob.pk)
    assert code_of(getattr(as_alice, method)(place, body)) == (409, "direct_channel")
    assert code_of(getattr(as_charlie, method)(place, body)) == (404, "not_found")
    row = Channel.objects.get(pk=id_of(talk))
    assert (row.is_private, row.closed_at, row.member_count) == (True, None, 2)
    assert not Membership.objects.filter(channel=row, role=Role.ADMIN).exists()


@pytest.mark.parametrize("password", [None, "", "sesame"])
def test_nobody_else_joins(as_charlie, charlie, talk, password):
    refused = as_charlie.post(f"{talk}join/", {"password": password})
    assert code_of(refused) == (404, "not_found")
    assert not Membership.objects.filter(channel=id_of(talk), user=charlie).exists()


def test_stranger_reads_and_writes_nothing(as_charlie, talk):
    for path in ("", "messages/", "members/", "notices/", "polls/", "events/"):
        assert code_of(as_charlie.get(f"{talk}{path}")) == (404, "not_found")
    message = {"client_id": "x", "text": "저도요"}
    assert code_of(as_charlie.post(f"{talk}messages/", message)) == (404, "not_found")


def test_nobody_is_invited(alice, talk):
    with pytest.raises(DirectChannel):
        invite(actor=alice, channel_id=id_of(talk))


def test_nobody_is_banned_or_muted_or_made_the_owner(alice, bob, talk):
    at = {"actor": alice, "channel_id": id_of(talk), "user_id": bob.pk}
    for act in (services.ban, services.hand_over, lambda **one: services.mute(**one, seconds=60)):
        with pytest.raises(DirectChannel):
            act(**at)


def test_operator_puts_nobody_out(talk):
    for membership in Membership.objects.filter(channel=id_of(talk)):
        with pytest.raises(DirectChannel):
            services.remove_member_as_operator(membership_id=membership.pk)


def test_members_join_again_without_effect(as_bob, talk):
    assert as_bob.post(f"{talk}join/").json()["role"] == "member"


def test_member_names_no_successor(as_alice, bob, talk):
    refused = as_alice.post(f"{talk}leave/", {"successor_id": bob.pk})
    assert code_of(refused) == (403, "admins_only")
    assert Membership.objects.get(channel=id_of(talk), user__username="alice").hidden_at is None


def test_closed_one_is_gone_for_both(alice, bob, talk):
    services.close_channel_as_operator(channel_id=id_of(talk))
    for person in (alice, bob):
        with pytest.raises(ChannelNotFound):
            services.channel_for(user=person, channel_id=id_of(talk))


def test_no_wallet_hangs_on_it(as_alice, alice_browser, talk):
    asked = {"kind": "group", "channel": id_of(talk), "name": "둘의 통장", "description": "", "pin": "1234"}
    assert code_of(as_alice.post("/api/v1/wallets/", asked)) == (409, "direct_channel")
    page = alice_browser.get(f"/wallets/new/?channel={id_of(talk)}").content.decode()
    assert f'<option value="{id_of(talk)}"' not in page
