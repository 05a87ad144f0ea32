"""A bot is made and speaks, live and in the history; a message is reported from its menu and removed by an
operator; a channel and one's own data are taken along as files."""

import json
from zipfile import ZipFile

import httpx
import pytest

from tests.browser.conftest import DESKTOP, PHONE
from tests.browser.deeds import FINGER, choose
from tests.browser.test_looks import SMALL_TARGETS, STICKS_OUT
from tests.site import PASSWORD

VIEWS = [
    ("desktop-light", DESKTOP, "light", "ko-KR"),
    ("phone-dark", PHONE, "dark", "ko-KR"),
    ("phone-english", PHONE, "light", "en-US"),
]
OPERATOR = (
    "from accounts.models import User\n"
    "User.objects.filter(username='olga').update(is_staff=True, is_superuser=True)"
)


def make_bot(person, channel_id: int, name: str) -> str:
    """By the page; the bot's address."""
    page = person.open(f"/channels/{channel_id}/webhooks/")
    page.fill("[name=name]", name)
    page.get_by_role("button", name="봇 만들기").click()
    page.get_by_role("heading", name=f"이제 ‘{name}’ 봇이 여기에 쓸 수 있어요").wait_for()
    return page.input_value("#address")


def test_an_admin_makes_a_bot_that_speaks_and_stops_when_revoked(window, cast):
    channel_id = cast.channel("alice", "bob", name="배포 알림")
    alice, bob = (
        window("alice", permissions=["clipboard-read", "clipboard-write"]),
        window("bob", viewport=PHONE),
    )
    page = alice.open(f"/channels/{channel_id}/about/")
    page.get_by_role("link", name="봇", exact=True).click()
    address = make_bot(alice, channel_id, "배포봇")
    alice.shoot("bots-made")
    page.get_by_role("button", name="주소 복사하기").click()
    page.get_by_role("button", name="복사했어요").wait_for()
    assert page.evaluate("navigator.clipboard.readText()") == address

    page = bob.enter(channel_id)
    assert httpx.post(address, json={"text": "배포가 끝났어요"}).status_code == 201
    bob.has_text("배포가 끝났어요")
    row = page.locator("[data-messages] > li", has_text="배포가 끝났어요")
    for _ in ("live", "history"):
        assert row.locator("[data-name]").text_content() == "배포봇"
        assert row.locator("[data-bot]").is_visible()
        assert row.locator("[data-seal]").get_attribute("data-hue") in set("012345")
        seal = row.locator("[data-seal]").evaluate("seal => getComputedStyle(seal).backgroundColor")
        assert seal != "rgba(0, 0, 0, 0)"
        bob.shoot("bots-talk")
        page.wait_for_timeout(1_500)
        page.reload()
        bob.has_text("배포가 끝났어요")

    page = alice.open(f"/channels/{channel_id}/webhooks/")
    assert address.rstrip("/").rpartition("/")[2] not in page.content()
    page.get_by_role("button", name="주소 없애기 배포봇").click()
    page.get_by_text("아직 봇이 없어요.").wait_for()
    assert httpx.post(address, json={"text": "아직 있나요?"}).status_code == 404


def test_a_message_is_reported_from_its_menu_and_removed_by_an_operator(window, cast, site):
    channel_id = cast.channel("carol", "dave")
    cast.say("dave", channel_id, "싼 회원권 팔아요")
    cast.token("olga")
    site.manage("shell", "-v0", "-c", OPERATOR)
    carol, dave = window("carol"), window("dave")
    dave.enter(channel_id)
    page = carol.enter(channel_id)
    message = page.locator("[data-messages] > li", has_text="싼 회원권 팔아요")
    message.locator("[data-text]").click(button="right")
    page.locator("[data-action=report]").click()
    page.get_by_role("heading", name="메시지 신고").wait_for()
    assert page.locator("blockquote").text_content() == "싼 회원권 팔아요"
    page.select_option("[name=reason]", "spam")
    page.fill("[name=note]", "세 번째예요")
    page.get_by_role("button", name="신고하기").click()
    page.get_by_text("운영자가 살펴볼게요.").wait_for()
    own = dave.page.locator("[data-messages] > li", has_text="싼 회원권 팔아요")
    own.locator("[data-text]").click(button="right")
    dave.page.locator("[data-action=delete]").wait_for()
    assert dave.page.locator("[data-action=report]").count() == 0

    olga = window("olga")
    page = olga.open("/admin/chat/report/")
    page.check("tr input[name=_selected_action]")
    page.select_option("select[name=action]", "remove_messages")
    page.locator("button[name=index]").click()
    page.get_by_text("모두에게서").first.wait_for(state="attached")
    dave.page.locator("[data-messages] .message--deleted").wait_for()
    assert dave.texts() == ["관리자가 지운 메시지예요"]


def test_who_is_muted_reports_from_the_menu(window, cast, site):
    channel_id = cast.channel("erin", "frank")
    cast.say("erin", channel_id, "너는 조용히 해")
    with site.api(cast.token("frank")) as api:
        frank_id = api.get("accounts/me/").json()["id"]
    with site.api(cast.token("erin")) as api:
        assert api.post(f"channels/{channel_id}/members/{frank_id}/mute/", json={"seconds": 600}).is_success
    frank = window("frank", **FINGER)
    page = frank.enter(channel_id)
    page.get_by_text("까지 여기에 글을 쓸 수 없어요").wait_for()
    choose(frank, "너는 조용히 해", "report")
    page.get_by_role("heading", name="메시지 신고").wait_for()
    page.select_option("[name=reason]", "abuse")
    page.get_by_role("button", name="신고하기").click()
    page.get_by_text("운영자가 살펴볼게요.").wait_for()


def test_a_channel_and_my_data_are_downloaded(window, cast, tmp_path):
    channel_id = cast.channel("erin", "frank", name="회비/모임")
    cast.say("erin", channel_id, "첫 글")
    cast.say("frank", channel_id, "둘째 글")
    erin = window("erin")
    page = erin.page
    page.wait_for_timeout(1_500)  # the archive
    for name, ending in (("텍스트로 내려받기", ".txt"), ("JSON으로 내려받기", ".jsonl")):
        erin.open(f"/channels/{channel_id}/export/")
        with page.expect_download() as download:
            page.get_by_role("button", name=name).click()
        assert download.value.suggested_filename.startswith("회비_모임 ")
        assert download.value.suggested_filename.endswith(ending)
        text = download.value.path().read_text()
        assert "첫 글" in text
        assert "둘째 글" in text
    assert json.loads(text.splitlines()[-1])["line"] == "end"

    erin.open("/accounts/me/")
    page.get_by_role("link", name="내 데이터 내려받기").click()
    page.fill("[name=password]", "틀린 비밀번호")
    page.get_by_role("button", name="내려받기").click()
    page.locator(".field__error").wait_for()
    page.fill("[name=password]", PASSWORD)
    with page.expect_download() as download:
        page.get_by_role("button", name="내려받기").click()
    with ZipFile(download.value.path()) as archive:
        told = json.loads(archive.read(f"messages/{channel_id}.json"))
    assert [one["text"] for one in told] == ["첫 글"]


@pytest.mark.parametrize(("name", "viewport", "scheme", "locale"), VIEWS, ids=[view[0] for view in VIEWS])
def test_the_pages_fit(window, cast, site, name, viewport, scheme, locale):
    channel_id = cast.channel("grace", "heidi", name="토요 등산 모임")
    with site.api(cast.token("heidi")) as api:
        body = {"client_id": "c", "text": "이번 주만 반값! https://example.com/" + "x" * 120}
        message = api.post(f"channels/{channel_id}/messages/", json=body).json()["id"]
    grace = window(viewport=viewport, color_scheme=scheme, locale=locale)
    grace.log_in("grace")
    page = grace.page
    pages = {
        "bots-none": f"/channels/{channel_id}/webhooks/",
        "export": f"/channels/{channel_id}/export/",
        "report": f"/channels/{channel_id}/messages/{message}/report/",
        "data": "/accounts/me/data/",
        "delete": "/accounts/me/delete/",
        "me": "/accounts/me/",
        "about": f"/channels/{channel_id}/about/",
    }
    page.wait_for_timeout(1_500)
    with site.api(cast.token("grace")) as api:
        for title, path in pages.items():
            grace.open(path)
            grace.shoot(f"keeping-{name}-{title}")
            assert page.evaluate(STICKS_OUT) == [], path
            assert page.evaluate(SMALL_TARGETS) == [], path
        url = api.post(f"channels/{channel_id}/webhooks/", json={"name": "배포봇"}).json()["url"]
        httpx.post(url, json={"text": "배포가 끝났어요"})
        api.post(
            f"channels/{channel_id}/webhooks/", json={"name": "아주 긴 이름을 가진 날씨 알림 봇이에요 정말로"}
        )
    grace.open(f"/channels/{channel_id}/webhooks/")
    grace.shoot(f"keeping-{name}-bots")
    assert page.evaluate(STICKS_OUT) == []
    assert page.evaluate(SMALL_TARGETS) == []
