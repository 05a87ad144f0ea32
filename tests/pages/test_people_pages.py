"""The pages of people and order without scripts: members and their menu, bans, invitations, leaving."""

import re
from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from chat import services
from chat.messages import writing
from chat.models import Ban, Channel, Invitation, Membership, Role
from chat.services import invitations


@pytest.fixture(autouse=True)
def own_turns(monkeypatch):
    """The ids of channels repeat from test to test."""
    monkeypatch.setattr(writing, "turns", writing.Turns())


def about(channel) -> str:
    return f"/channels/{channel.pk}/about/"


def place_of(channel, user) -> str:
    return f"/channels/{channel.pk}/members/{user.pk}/"


def say(browser, channel):
    return browser.post(f"/channels/{channel.pk}/", {"client_id": uuid4().hex, "text": "글이에요"})


def test_rows_say_who_owns_and_who_is_muted(bob_browser, alice, bob, channel):
    services.mute(actor=alice, channel_id=channel.pk, user_id=bob.pk, seconds=None)
    page = bob_browser.get(about(channel)).content.decode()
    assert page.count("방장</span>") == 1
    assert page.count("글쓰기 막힘</span>") == 1
    assert "data-row-menu" not in page


def test_an_admin_has_a_menu_for_others_but_not_for_the_owner(bob_browser, alice, bob, charlie, channel):
    services.join(user=charlie, channel_id=channel.pk)
    services.set_role(actor=alice, channel_id=channel.pk, user_id=bob.pk, role="admin")
    page = bob_browser.get(about(channel)).content.decode()
    assert page.count('<details class="row-menu"') == 1
    assert f"{place_of(channel, charlie)}?ask=ban" in page
    assert "?ask=owner" not in page


def test_members_are_searched_by_name(alice_browser, channel):
    page = alice_browser.get(about(channel), {"q": "bo"}).content.decode()
    assert "bob" in page.partition('id="people"')[2]
    assert "(나)" not in page.partition('id="people"')[2]
    page = alice_browser.get(about(channel), {"q": "<nobody>"}).content.decode()
    assert "&lt;nobody&gt;" in page


@pytest.mark.parametrize("ask", ["kick", "ban", "owner", "mute"])
def test_what_matters_is_asked_first(alice_browser, bob, channel, ask):
    page = alice_browser.get(place_of(channel, bob), {"ask": ask}).content.decode()
    assert f'name="action" value="{ask}"' in page
    assert "아니요" in page
    assert Membership.objects.filter(channel=channel).count() == 2


def test_nobody_asks_themselves(alice_browser, alice, channel):
    page = alice_browser.get(place_of(channel, alice), {"ask": "ban"}).content.decode()
    assert 'name="action"' not in page


def test_an_admin_mutes_lets_write_hands_over_and_bans(alice_browser, bob_browser, bob, channel):
    place = place_of(channel, bob)
    alice_browser.post(place, {"action": "mute", "seconds": "600"})
    refused = say(bob_browser, channel)
    assert refused.status_code == 403
    assert "글이에요" in refused.content.decode()
    assert "글을 쓸 수 없게" in refused.content.decode()
    alice_browser.post(place, {"action": "unmute"})
    assert say(bob_browser, channel).status_code == 302
    alice_browser.post(place, {"action": "owner"})
    assert Channel.objects.get(pk=channel.pk).owner == bob
    answer = alice_browser.post(place, {"action": "ban", "reason": "광고"})
    assert answer.status_code == 403
    assert Membership.objects.filter(user=bob).exists()


def test_a_ban_is_seen_and_lifted(alice_browser, bob_browser, bob, channel):
    alice_browser.post(place_of(channel, bob), {"action": "ban", "reason": "광고"})
    page = bob_browser.post(f"/channels/{channel.pk}/join/")
    assert page.status_code == 403
    assert "들어갈 수 없어요" in page.content.decode()
    bans = f"/channels/{channel.pk}/bans/"
    assert "광고" in alice_browser.get(bans).content.decode()
    alice_browser.post(bans, {"user_id": bob.pk})
    assert not Ban.objects.exists()
    for odd in ("", "x", "9" * 30, str(bob.pk)):
        assert alice_browser.post(bans, {"user_id": odd}).status_code == 302


def test_a_muted_duration_that_is_none_changes_nothing(alice_browser, bob, channel):
    for seconds in ("7", "x"):
        alice_browser.post(place_of(channel, bob), {"action": "mute", "seconds": seconds})
    assert Membership.objects.get(user=bob).muted_until is None


def test_slow_mode_is_set_and_holds_the_form_back(alice_browser, bob_browser, channel):
    alice_browser.post(f"/channels/{channel.pk}/slow/", {"slow_seconds": "30"})
    assert Channel.objects.get(pk=channel.pk).slow_seconds == 30
    assert say(bob_browser, channel).status_code == 302
    refused = say(bob_browser, channel)
    assert (refused.status_code, refused["Retry-After"]) == (429, "30")
    assert "글이에요" in refused.content.decode()
    alice_browser.post(f"/channels/{channel.pk}/slow/", {"slow_seconds": "7"})
    assert Channel.objects.get(pk=channel.pk).slow_seconds == 30


def test_notifications_are_chosen(bob_browser, bob, channel):
    bob_browser.post(f"/channels/{channel.pk}/notify/", {"notify": "mentions"})
    assert Membership.objects.get(user=bob).notify == "mentions"
    bob_browser.post(f"/channels/{channel.pk}/notify/", {"notify": "loud"})
    assert Membership.objects.get(user=bob).notify == "mentions"
    page = bob_browser.get(about(channel)).content.decode()
    assert re.search(r'value="mentions" aria-current="true"', page)


def test_quietly_leaving_is_a_choice(bob_browser, channel, recorded):
    page = bob_browser.get(f"/channels/{channel.pk}/leave/").content.decode()
    assert 'name="quietly"' in page
    bob_browser.post(f"/channels/{channel.pk}/leave/", {"quietly": "on"})
    assert recorded(channel.pk)[-1].slip is None


def test_an_owner_among_admins_may_choose_and_need_not(alice_browser, alice, bob, channel):
    services.set_role(actor=alice, channel_id=channel.pk, user_id=bob.pk, role="admin")
    page = alice_browser.get(f"/channels/{channel.pk}/leave/").content.decode()
    assert 'name="successor_id"' in page
    alice_browser.post(f"/channels/{channel.pk}/leave/", {})
    assert Channel.objects.get(pk=channel.pk).owner == bob


def test_an_invitation_is_made_shown_and_revoked(alice_browser, private_channel):
    place = f"/channels/{private_channel.pk}/invitations/"
    answer = alice_browser.post(place, {"lifetime_seconds": "3600", "most_uses": "10"})
    made = Invitation.objects.get()
    assert answer["Location"] == f"{place}{made.pk}/"
    assert made.most_uses == 10
    assert timedelta(minutes=59) < made.expires_at - timezone.now() <= timedelta(hours=1)
    page = alice_browser.get(answer["Location"]).content.decode()
    assert f"http://testserver/invite/{made.token}/" in page
    assert "<svg viewBox" in page
    assert made.token not in alice_browser.get(place).content.decode()
    alice_browser.post(answer["Location"])
    made.refresh_from_db()
    assert made.revoked_at is not None
    assert alice_browser.get(answer["Location"]).status_code == 404


def test_an_invitation_that_is_no_choice_is_not_made(alice_browser, private_channel):
    place = f"/channels/{private_channel.pk}/invitations/"
    page = alice_browser.post(place, {"lifetime_seconds": "5", "most_uses": "-1"})
    assert page.status_code == 200
    assert not Invitation.objects.exists()


def test_whoever_has_the_link_sees_where_it_leads_and_goes_in(
    charlie_browser, charlie, alice, private_channel
):
    made = invitations.invite(actor=alice, channel_id=private_channel.pk)
    place = f"/invite/{made.token}/"
    page = charlie_browser.get(place).content.decode()
    assert "총무단" in page
    assert "2명" in page
    assert not Membership.objects.filter(user=charlie).exists()
    assert charlie_browser.post(place)["Location"] == f"/channels/{private_channel.pk}/"
    assert charlie_browser.get(place)["Location"] == f"/channels/{private_channel.pk}/"


def test_log_in_and_sign_up_lead_back_to_the_invitation(visitor, alice, private_channel):
    made = invitations.invite(actor=alice, channel_id=private_channel.pk)
    place = f"/invite/{made.token}/"
    answer = visitor.get(place)
    assert answer["Location"] == f"/accounts/login/?next={place}"
    page = visitor.get(answer["Location"]).content.decode()
    assert f"/accounts/signup/?next={place}" in page.replace("%2F", "/")
    person = {"username": "dana", "email": "dana@example.com", "password": "correct horse battery"}
    answer = visitor.post(f"/accounts/signup/?next={place}", person)
    assert answer["Location"] == place
    visitor.post(place)
    assert Membership.objects.filter(channel=private_channel, user__username="dana").exists()


@pytest.mark.parametrize(
    ("how", "status", "words"),
    [
        ("unknown", 404, "쓸 수 없는 초대예요"),
        ("revoked", 404, "쓸 수 없는 초대예요"),
        ("closed", 404, "쓸 수 없는 초대예요"),
        ("banned", 404, "쓸 수 없는 초대예요"),
        ("expired", 422, "기간이 끝난 초대예요"),
        ("used_up", 422, "다 들어온 초대예요"),
    ],
)
def test_each_link_that_leads_nowhere_has_a_page(
    bob_browser, alice, bob, private_channel, how, status, words
):
    made = invitations.invite(actor=alice, channel_id=private_channel.pk, most_uses=1)
    services.kick(actor=alice, channel_id=private_channel.pk, user_id=bob.pk)
    token = made.token if how != "unknown" else "0" * 32
    if how == "banned":
        Ban.objects.create(channel=private_channel, user=bob, created_by=alice)
    elif how == "closed":
        services.close_channel(user=alice, channel_id=private_channel.pk)
    elif how != "unknown":
        change = {
            "revoked": {"revoked_at": timezone.now()},
            "expired": {"expires_at": timezone.now()},
            "used_up": {"uses": 1},
        }[how]
        Invitation.objects.filter(pk=made.pk).update(**change)
    for answer in (bob_browser.get(f"/invite/{token}/"), bob_browser.post(f"/invite/{token}/")):
        assert answer.status_code == status
        assert words in answer.content.decode()
        assert "총무단" not in answer.content.decode()


def test_pages_for_admins_are_not_there_for_others(
    bob_browser, charlie_browser, visitor, alice, bob, channel
):
    made = invitations.invite(actor=alice, channel_id=channel.pk)
    pages = ["invitations/", f"invitations/{made.pk}/", "bans/", f"members/{bob.pk}/"]
    for browser in (bob_browser, charlie_browser):
        for page in pages:
            for method in (browser.get, browser.post):
                assert method(f"/channels/{channel.pk}/{page}").status_code == 404, page
        assert browser.post(f"/channels/{channel.pk}/slow/", {"slow_seconds": 5}).status_code == 404
        assert browser.get(f"/channels/{channel.pk}/slow/").status_code == 405
    assert charlie_browser.post(f"/channels/{channel.pk}/notify/", {"notify": "all"}).status_code == 404
    for page in (*pages, "notify/", "slow/"):
        assert "/accounts/login/" in visitor.get(f"/channels/{channel.pk}/{page}")["Location"]
    assert Membership.objects.get(user=bob).role == Role.MEMBER
