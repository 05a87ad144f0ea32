"""Edits, reactions and deletions while the wire is cut, while the log is away, and in holes of the talk."""

import signal
from uuid import uuid4

from chat.pipeline.recent import RECENT
from tests.browser.conftest import Line, flood
from tests.browser.deeds import FINGER, Heard, choose, history, line, post, react
from tests.outages import log_away


def test_what_was_done_while_the_wire_was_cut_shows_at_once_and_goes_out_once(window, cast, site):
    channel_id = cast.channel("alice", "bob")
    alice, bob = window("alice", **FINGER), window("bob")
    heard = Heard(bob)
    wire = Line(alice.page)
    alice.enter(channel_id)
    bob.enter(channel_id)
    for text in ("고칠 글", "지울 글", "반응할 글"):
        alice.write(text)
        bob.has_text(text)
        alice.page.locator("[data-outgoing] li").wait_for(state="detached")
    wire.cut()
    alice.page.locator("[data-connection]").wait_for()
    choose(alice, "고칠 글", "edit")
    alice.write("한 번 고친 글")
    choose(alice, "한 번 고친 글", "edit")
    alice.write("두 번 고친 글")
    react(alice, "반응할 글", "👍")
    react(alice, "반응할 글", "👍")
    react(alice, "반응할 글", "👍")
    choose(alice, "지울 글", "delete")
    alice.page.locator("dialog button[value=delete]").click()
    alice.has_text("지운 메시지예요")
    assert "두 번 고친 글" in alice.texts()
    line(alice, "반응할 글").locator("[data-reactions] [data-emoji='👍']").wait_for()
    assert bob.texts() == ["고칠 글", "지울 글", "반응할 글"]
    alice.shoot("state-done-offline")
    wire.mend()
    bob.has_text("두 번 고친 글")
    bob.has_text("지운 메시지예요")
    line(bob, "반응할 글").locator("[data-reactions] [data-emoji='👍']").wait_for()
    alice.page.wait_for_function("() => !document.querySelector('.message--asked')")
    alice.page.wait_for_timeout(1_000)
    assert sorted(heard.ops("edited", "deleted", "reacted")) == ["deleted", "edited", "reacted"]
    assert alice.texts() == bob.texts() == ["두 번 고친 글", "지운 메시지예요", "반응할 글"]
    alice.page.reload()
    alice.has_text("두 번 고친 글")
    assert alice.texts() == bob.texts()


def test_what_the_server_refuses_is_taken_back_and_the_page_says_why(window, cast, site):
    channel_id = cast.channel("carol", "dave")
    carol = window("carol")
    page = carol.enter(channel_id)
    carol.write("처음 글")
    carol.has_text("처음 글")
    page.locator("[data-outgoing] li").wait_for(state="detached")
    with log_away(site, None):
        choose(carol, "처음 글", "edit")
        carol.write("못 고칠 글")
        page.locator("[data-told]:not([hidden])").wait_for()
        assert "저장할 수 없어요" in page.locator("[data-told]").text_content()
        assert carol.texts() == ["처음 글"]
        assert page.input_value("textarea") == "못 고칠 글", "what was written is not lost"
        carol.shoot("state-not-changed")
        page.keyboard.press("Escape")
        react(carol, "처음 글", "🎉")
        line(carol, "처음 글").locator("[data-reactions] [data-emoji]").wait_for(state="detached")
    react(carol, "처음 글", "🎉")
    line(carol, "처음 글").locator("[data-reactions] [data-emoji='🎉']").wait_for()


def test_an_edit_of_a_message_that_was_deleted_meanwhile_says_so(window, cast, site):
    channel_id = cast.channel("alice", "bob")
    bob = window("bob")
    wire = Line(bob.page)
    bob.enter(channel_id)
    bob.write("사라질 글")
    bob.has_text("사라질 글")
    bob.page.locator("[data-outgoing] li").wait_for(state="detached")
    bob.page.wait_for_timeout(1_500)
    wire.cut()
    bob.page.locator("[data-connection]").wait_for()
    choose(bob, "사라질 글", "edit")
    bob.write("그래도 고친 글")
    message = history(site, cast, "alice", channel_id)["사라질 글"]
    with site.api(cast.token("alice")) as api:
        assert api.delete(f"channels/{channel_id}/messages/{message['id']}/").status_code == 204
    bob.page.wait_for_timeout(1_500)
    wire.mend()
    bob.has_text("관리자가 지운 메시지예요")
    bob.page.get_by_text("그사이 지운 메시지예요").wait_for()
    assert bob.texts() == ["관리자가 지운 메시지예요"]


def test_changes_inside_a_hole_are_read_again(window, cast, site):
    channel_id, elsewhere = cast.channel("alice", "bob"), cast.channel("bob", name="딴 방")
    one, two = (post(site, cast, "bob", channel_id, text) for text in ("구멍 앞", "구멍 앞 둘"))
    alice = window("alice")
    wire = Line(alice.page)
    alice.enter(channel_id)
    alice.has_text("구멍 앞 둘")
    wire.cut()
    with site.api(cast.token("bob")) as api:
        address = f"channels/{channel_id}/messages"
        assert api.patch(f"{address}/{one['id']}/", json={"text": "고쳐진 글"}).status_code == 200
        assert api.post(f"{address}/{two['id']}/reactions/", json={"emoji": "👍"}).status_code == 200
    site.workers[0].end(signal.SIGTERM)
    flood(site, cast.token("bob"), elsewhere, RECENT + 500)
    wire.mend()
    alice.page.wait_for_timeout(2_000)
    site.workers[0].start()
    post(site, cast, "bob", channel_id, "구멍 뒤")
    alice.has_text("구멍 뒤")
    alice.has_text("고쳐진 글")
    line(alice, "구멍 앞 둘").locator("[data-reactions] [data-emoji='👍']").wait_for()
    assert alice.texts() == ["고쳐진 글", "구멍 앞 둘", "구멍 뒤"]


def test_a_flood_of_reactions_ends_in_what_everybody_chose(window, cast, site):
    channel_id = cast.channel("alice", "bob")
    target = post(site, cast, "bob", channel_id, "다들 어때요")
    alice = window("alice")
    page = alice.enter(channel_id)
    alice.has_text("다들 어때요")
    page.evaluate("document.querySelector('[data-author]').marked = true")
    with site.api(cast.token("bob")) as api:
        address = f"channels/{channel_id}/messages/{target['id']}/reactions/"
        for number in range(60):
            asked = {"emoji": "👍", "on": number % 2 == 0, "client_id": uuid4().hex}
            assert api.post(address, json=asked).status_code == 200
        assert api.post(address, json={"emoji": "✅"}).status_code == 200
    chips = line(alice, "다들 어때요").locator("[data-reactions] [data-emoji]")
    chips.first.wait_for()
    page.wait_for_timeout(1_000)
    assert [one.get_attribute("data-emoji") for one in chips.all()] == ["✅"]
    assert page.evaluate("document.querySelector('[data-author]').marked"), "drawn in its place"
