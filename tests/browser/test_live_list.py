"""The list of channels follows its reader: in where they come in elsewhere, and out of what they lose."""

from playwright.sync_api import Locator, expect

from tests.browser.conftest import PHONE, Line, Window
from tests.site import Site


def row(window: Window, channel_id: int) -> Locator:
    """The channel in the list."""
    return window.page.locator(f"[data-rows] [data-channel='{channel_id}']")


def join(site: Site, cast, name: str, channel_id: int) -> None:
    """As with another device."""
    with site.api(cast.token(name)) as api:
        assert api.post(f"channels/{channel_id}/join/", json={}).status_code == 200


def person(site: Site, cast, name: str) -> int:
    """Their number."""
    with site.api(cast.token(name)) as api:
        return api.get("accounts/me/").json()["id"]


def test_a_new_talk_of_two_appears_with_its_first_message(window, cast, site):
    cast.channel("alice", "bob")
    bob = window("bob", viewport=PHONE)
    bob.page.locator("[data-rows] li").first.wait_for()
    bob.page.wait_for_timeout(800)
    with site.api(cast.token("alice")) as api:
        talk = api.post("channels/direct/", json={"user_id": person(site, cast, "bob")}).json()["id"]
    expect(row(bob, talk).locator("[data-name]")).to_have_text("alice")
    cast.say("alice", talk, "둘이서만", "이야기해요")
    expect(row(bob, talk).locator("[data-last]")).to_have_text("alice: 이야기해요")
    expect(row(bob, talk).locator("[data-badge-count]")).to_have_text("2")
    assert bob.page.title().startswith("(2)")
    assert row(bob, talk).evaluate("row => row === row.parentElement.firstElementChild")
    bob.shoot("list-live-phone")


def test_an_invitation_accepted_elsewhere_shows_beside_an_open_talk(window, cast, site):
    own, other = (
        cast.channel("carol"),
        cast.channel("dave", is_private=True, password="sesame", name="총무단"),
    )
    with site.api(cast.token("dave")) as api:
        link = api.post(f"channels/{other}/invitations/", json={}).json()
    carol = window("carol")
    carol.enter(own)
    with site.api(cast.token("carol")) as api:
        token = link["url"].rstrip("/").rsplit("/", 1)[1]
        assert api.post(f"invitations/{token}/accept/").is_success
    expect(row(carol, other).locator("[data-name]")).to_have_text("총무단")
    cast.say("dave", other, "어서 와요")
    expect(row(carol, other).locator("[data-badge-count]")).to_have_text("1")
    carol.shoot("list-live")
    row(carol, other).locator("a").click()
    carol.has_text("어서 와요")


def test_a_lost_channel_leaves_the_list_and_comes_back_with_its_member(window, cast, site):
    kept, lost = cast.channel("erin", "frank"), cast.channel("erin", "frank")
    frank = window("frank")
    frank.enter(kept)
    expect(row(frank, lost)).to_be_visible()
    cast.say("erin", lost, "아직 안 읽은 글")
    expect(row(frank, lost).locator("[data-badge-count]")).to_have_text("1")
    with site.api(cast.token("erin")) as api:
        assert api.delete(f"channels/{lost}/members/{person(site, cast, 'frank')}/").status_code == 204
    expect(row(frank, lost)).to_have_count(0)
    assert not frank.page.title().startswith("(")
    join(site, cast, "frank", lost)
    expect(row(frank, lost)).to_be_visible()
    cast.say("erin", lost, "다시 왔네요")
    expect(row(frank, lost).locator("[data-last]")).to_have_text("erin: 다시 왔네요")


def test_what_happened_while_the_wire_was_cut_is_caught_up(window, cast, site):
    kept, lost, new = cast.channel("grace", "heidi"), cast.channel("grace", "heidi"), cast.channel("grace")
    heidi = window("heidi")
    line = Line(heidi.page)
    heidi.open("/")
    expect(row(heidi, lost)).to_be_visible()
    heidi.page.wait_for_timeout(800)
    line.cut()
    join(site, cast, "heidi", new)
    with site.api(cast.token("grace")) as api:
        assert api.delete(f"channels/{lost}/members/{person(site, cast, 'heidi')}/").status_code == 204
    heidi.page.wait_for_timeout(500)
    assert row(heidi, new).count() == 0
    line.mend()
    expect(row(heidi, new)).to_be_visible()
    expect(row(heidi, lost)).to_have_count(0)
    expect(row(heidi, kept)).to_be_visible()


def test_who_was_in_no_channel_sees_the_first_one(window, cast, site):
    channel_id = cast.channel("ivan", name="첫 모임")
    cast.token("judy")
    judy = window("judy", viewport=PHONE)
    judy.page.get_by_role("heading", name="아직 들어간 채널이 없어요").wait_for()
    judy.page.wait_for_timeout(800)
    join(site, cast, "judy", channel_id)
    expect(row(judy, channel_id)).to_be_visible()
    expect(row(judy, channel_id).locator("[data-name]")).to_have_text("첫 모임")
