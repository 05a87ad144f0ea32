"""Photos and files in a real browser: into the box, over the wire, and in the talk."""

import re

import pytest

from tests.browser.conftest import PHONE, Window
from tests.browser.deeds import FINGER
from tests.browser.uploads import IDS, WAYS, choose_files, photo, room, text_file, wait_until_uploaded

__all__ = ["room"]  # a fixture


@pytest.mark.parametrize("way", WAYS, ids=IDS)
def test_photos_and_a_file_go_with_words_and_stand_still_with_everybody(window, room, way, request):
    name = request.node.callspec.id
    minjun, eunho = window("minjun", **way), window("eunho", **way)
    minjun.enter(room)
    eunho.enter(room)
    choose_files(minjun, photo(0), photo(1, 1200, 1600), text_file())
    wait_until_uploaded(minjun, 3)
    minjun.shoot(f"attachments-{name}-box")
    minjun.write("오늘 사진이랑 정산표예요")
    minjun.has_text("오늘 사진이랑 정산표예요")
    assert minjun.page.locator(".tray__item").count() == 0
    eunho.has_text("오늘 사진이랑 정산표예요")
    shown = eunho.page.locator("[data-messages] > li").last
    assert shown.locator("[data-photo]").count() == 2
    assert shown.locator(".file").inner_text().startswith("11월 회비 정산.csv")
    eunho.page.wait_for_function(
        "() => [...document.querySelectorAll('[data-messages] img')].every((one) => one.naturalWidth > 0)"
    )
    for one in (minjun, eunho):
        one.shoot(f"attachments-{name}-talk-{'own' if one is minjun else 'other'}")


@pytest.mark.parametrize("way", WAYS, ids=IDS)
def test_a_photo_without_words_has_its_place_before_it_is_there(window, room, cast, way):
    minjun, eunho = window("minjun", **way), window("eunho", **way)
    minjun.enter(room)
    waiting = []
    eunho.page.route(re.compile("/thumbnail/$"), lambda route: waiting.append(route))
    eunho.enter(room)
    choose_files(minjun, photo(2))
    wait_until_uploaded(minjun, 1)
    minjun.page.locator("[data-send]").click()
    image = eunho.page.locator("[data-messages] > li").last.locator("[data-photo] img")
    image.wait_for(state="attached")
    before = image.bounding_box()
    eunho.page.wait_for_timeout(300)
    assert waiting
    eunho.shoot(f"attachments-skeleton-{'phone' if way is FINGER else 'desktop'}")
    for route in waiting:
        route.continue_()
    eunho.page.wait_for_function(
        "() => document.querySelector('[data-messages] li:last-child img').naturalWidth > 0"
    )
    assert image.bounding_box() == before
    assert abs(before["width"] / before["height"] - 4 / 3) < 0.02


def test_a_photo_that_cannot_be_loaded_says_so(window, room, cast):
    minjun = window("minjun")
    minjun.enter(room)
    choose_files(minjun, photo(0))
    wait_until_uploaded(minjun, 1)
    minjun.write("사진 하나")
    minjun.has_text("사진 하나")
    eunho = window("eunho")
    eunho.page.route(re.compile("/thumbnail/$"), lambda route: route.abort())
    eunho.enter(room)
    eunho.page.locator(".photo--broken").last.wait_for()
    eunho.shoot("attachments-broken")


def test_what_is_under_way_shows_how_far_and_can_be_stopped(window, room):
    minjun = window("minjun")
    page = minjun.enter(room)
    held = []
    page.route(re.compile("/attachments/$"), lambda route: held.append(route))
    choose_files(minjun, photo(0), text_file())
    page.locator(".tray__progress").first.wait_for()
    minjun.shoot("attachments-under-way")
    page.fill("textarea", "다 올라가면 가요")
    page.press("textarea", "Enter")
    page.get_by_text("다 올라가면 바로 보낼게요.").wait_for()
    page.locator("[data-tray-remove]").first.click()
    assert page.locator(".tray__item").count() == 1
    held[1].continue_()
    minjun.has_text("다 올라가면 가요")
    assert page.locator("[data-messages] > li").last.locator(".file").count() == 1
    assert page.locator("[data-messages] > li").last.locator("[data-photo]").count() == 0


def test_a_cut_line_is_said_and_the_file_goes_again(window, room):
    minjun = window("minjun", viewport=PHONE)
    page = minjun.enter(room)
    page.route(re.compile("/attachments/$"), lambda route: route.abort())
    choose_files(minjun, photo(1))
    page.locator(".tray__item--failed").wait_for()
    minjun.shoot("attachments-failed")
    page.unroute(re.compile("/attachments/$"))
    page.locator("[data-tray-retry]").click()
    wait_until_uploaded(minjun, 1)
    assert page.locator(".tray__item--failed").count() == 0


def test_what_is_too_large_or_no_photo_is_said_and_not_sent(window, room):
    minjun = window("minjun")
    page = minjun.enter(room)
    asked = []
    page.on(
        "request", lambda request: asked.append(request) if request.url.endswith("/attachments/") else None
    )
    large = {"name": "큰 사진.jpg", "mimeType": "image/jpeg", "buffer": bytes(21 * 1024 * 1024)}
    choose_files(minjun, large)
    page.get_by_text("20.0 MB보다 커요").first.wait_for()
    assert asked == []
    page.locator("[data-tray-remove]").click()
    choose_files(minjun, {"name": "설치.jpg", "mimeType": "image/jpeg", "buffer": b"MZ\x90\0" + bytes(90)})
    page.get_by_text("프로그램은 올릴 수 없어요.").first.wait_for()
    minjun.shoot("attachments-refused")
    page.fill("textarea", "이건 못 보내요")
    page.press("textarea", "Enter")
    page.get_by_text("못 올린 것을 빼거나 다시 올려 주세요.").wait_for()
    assert page.input_value("textarea") == "이건 못 보내요"


def test_more_than_ten_are_too_many_for_one_message(window, room):
    minjun = window("minjun")
    page = minjun.enter(room)
    choose_files(minjun, *[text_file(f"{number}.csv", 28) for number in range(12)])
    page.get_by_text("한 번에 10개까지 보낼 수 있어요.").wait_for()
    assert page.locator(".tray__item").count() == 10


GIVE = """async ([kind, target]) => {
  const pixels = document.createElement("canvas");
  pixels.width = 300; pixels.height = 200;
  const blob = await new Promise((done) => pixels.toBlob(done, "image/png"));
  const given = new DataTransfer();
  given.items.add(new File([blob], "붙인 그림.png", { type: "image/png" }));
  const element = document.querySelector(target);
  if (kind === "paste") {
    const more = { clipboardData: given, bubbles: true, cancelable: true };
    element.dispatchEvent(new ClipboardEvent("paste", more));
  } else {
    for (const name of kind.split(" ")) {
      element.dispatchEvent(new DragEvent(name, { dataTransfer: given, bubbles: true, cancelable: true }));
    }
  }
}"""


def test_pasted_and_dropped_pictures_go_too(window, room):
    minjun = window("minjun")
    page = minjun.enter(room)
    page.evaluate(GIVE, ["paste", "textarea"])
    wait_until_uploaded(minjun, 1)
    page.evaluate(GIVE, ["dragenter dragover", "[data-log]"])
    page.locator(".talk--drop").wait_for()
    minjun.shoot("attachments-drop")
    page.evaluate(GIVE, ["drop", "[data-log]"])
    wait_until_uploaded(minjun, 2)
    assert page.locator(".talk--drop").count() == 0
    page.locator("[data-send]").click()
    page.locator("[data-messages] .attachments--tiles").wait_for()


def test_a_deleted_photo_leaves_the_page_and_the_server(window, room, cast, site):
    minjun, eunho = window("minjun"), window("eunho")
    page = minjun.enter(room)
    eunho.enter(room)
    choose_files(minjun, photo(0))
    wait_until_uploaded(minjun, 1)
    minjun.write("지울 사진")
    eunho.has_text("지울 사진")
    shown = eunho.page.locator("[data-messages] > li").last
    place = shown.locator("[data-photo]").get_attribute("href")
    message_id = shown.get_attribute("data-id")
    with site.api(cast.token("minjun")) as api:
        assert api.delete(f"channels/{room}/messages/{message_id}/").status_code == 204
    shown.locator(".message__text", has_text="지운 메시지예요").wait_for()
    assert shown.locator("[data-photo]").count() == 0
    for _ in range(40):
        if eunho.page.request.get(f"{site.url()}{place}").status == 404:
            break
        page.wait_for_timeout(250)
    assert eunho.page.request.get(f"{site.url()}{place}").status == 404


def test_without_scripts_photos_are_seen_and_one_can_be_sent(browser, site, room):
    context = browser.new_context(java_script_enabled=False, locale="ko-KR", viewport=PHONE)
    plain = Window(context.new_page(), site.url())
    plain.log_in("minjun")
    page = plain.open(f"/channels/{room}/")
    page.set_input_files("input[type=file]", photo(1))
    page.locator("[data-send]").click()
    for _ in range(40):
        if page.locator("[data-messages] [data-photo]").count():
            break
        page.wait_for_timeout(250)
        page.reload()
    page.wait_for_timeout(500)
    assert page.locator("[data-messages] [data-photo] img").evaluate("(one) => one.naturalWidth") == 640
    page.screenshot(path="var/screenshots/attachments-no-scripts.png")
    context.close()
