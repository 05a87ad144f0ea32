"""Making, finding, changing and leaving channels, as forms."""

import secrets

from chat.models import Channel, Membership, Role


def test_a_new_channel_opens_its_conversation(alice_browser, alice):
    # The store outlives the rows of a test: the next number is one that nobody talked under.
    Channel.objects.create(pk=secrets.randbelow(2**50), name="앞의 채널", created_by=alice).delete()
    answer = alice_browser.post("/channels/new/", {"name": " 독서  모임 ", "description": "한 달에 한 권"})
    made = Channel.objects.get()
    assert answer["Location"] == f"/channels/{made.pk}/"
    assert (made.name, made.description, made.is_private) == ("독서 모임", "한 달에 한 권", False)
    page = alice_browser.get(answer["Location"]).content.decode()
    assert "첫 메시지를 남겨 보세요" in page
    assert "초대하기" in page


def test_a_private_channel_without_password_is_refused_and_the_name_kept(alice_browser):
    page = alice_browser.post("/channels/new/", {"name": "총무단", "is_private": "on"}).content.decode()
    assert "비공개 채널에는 비밀번호가 필요해요." in page
    assert 'value="총무단"' in page
    assert not Channel.objects.exists()


def test_search_finds_public_channels_only(charlie_browser, channel, private_channel):
    page = charlie_browser.get("/channels/search/?q=등산").content.decode()
    assert f"/channels/{channel.pk}/about/" in page
    page = charlie_browser.get("/channels/search/?q=총무").content.decode()
    assert "‘총무’ 채널을 찾지 못했어요" in page
    assert f"/channels/{private_channel.pk}/" not in page


def test_search_shows_what_was_typed_as_text(charlie_browser):
    page = charlie_browser.get("/channels/search/", {"q": "<b>\x00x"}).content.decode()
    assert "<b>x" not in page
    assert "&lt;b&gt;x" in page


def test_members_and_their_roles_stand_on_the_about_page(bob_browser, channel):
    page = bob_browser.get(f"/channels/{channel.pk}/about/").content.decode()
    assert "사람 2명" in page
    assert "bob (나)" in page
    assert page.count("방장</span>") == 1
    assert "채널 닫기" not in page
    assert f"/channels/{channel.pk}/members/" not in page


def test_an_admin_changes_the_channel(alice_browser, channel):
    path = f"/channels/{channel.pk}/change/"
    assert 'value="등산회"' in alice_browser.get(path).content.decode()
    page = alice_browser.post(path, {"name": "", "description": "새 소개"}).content.decode()
    assert "새 소개" in page
    alice_browser.post(path, {"name": "일요 등산회", "description": ""})
    channel.refresh_from_db()
    assert (channel.name, channel.description) == ("일요 등산회", "")


def test_an_admin_gives_a_role_and_removes_a_member_after_being_asked(alice_browser, channel, bob):
    path = f"/channels/{channel.pk}/members/{bob.pk}/"
    assert "bob님 내보내기" in alice_browser.get(path).content.decode()
    alice_browser.post(path, {"role": "admin"})
    assert Membership.objects.get(user=bob).role == Role.ADMIN
    alice_browser.post(path, {"action": "kick"})
    assert not Membership.objects.filter(user=bob).exists()
    assert alice_browser.post(path, {"action": "kick"}).status_code == 404


def test_the_last_admin_cannot_give_the_role_away_without_a_successor(alice_browser, channel, alice):
    path = f"/channels/{channel.pk}/members/{alice.pk}/"
    answer = alice_browser.post(path, {"role": "member"})
    assert answer.status_code == 409
    assert "다음 관리자를 먼저 정해 주세요" in answer.content.decode()


def test_the_last_admin_leaves_with_a_successor(alice_browser, channel, alice, bob):
    path = f"/channels/{channel.pk}/leave/"
    assert "bob" in alice_browser.get(path).content.decode()
    page = alice_browser.post(path, {}).content.decode()
    assert "마지막 관리자예요." in page
    answer = alice_browser.post(path, {"successor_id": bob.pk}, follow=True)
    assert "‘등산회’에서 나왔어요." in answer.content.decode()
    assert Membership.objects.get(channel=channel).role == Role.ADMIN


def test_a_member_leaves_after_being_asked(bob_browser, channel, bob):
    path = f"/channels/{channel.pk}/leave/"
    page = bob_browser.get(path).content.decode()
    assert "에서 나갈까요?" in page
    assert "successor_id" not in page
    bob_browser.post(path)
    assert not Membership.objects.filter(user=bob).exists()


def test_closing_is_asked_first_and_said_after(alice_browser, channel):
    path = f"/channels/{channel.pk}/close/"
    assert "되돌릴 수 없어요." in alice_browser.get(path).content.decode()
    channel.refresh_from_db()
    assert channel.closed_at is None
    page = alice_browser.post(path, follow=True).content.decode()
    assert "‘등산회’ 채널을 닫았어요." in page
    channel.refresh_from_db()
    assert channel.closed_at is not None
