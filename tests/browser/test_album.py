"""Photos one after the other in the viewer, and the album of all that a channel has."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import DESKTOP, PHONE
from tests.browser.deeds import FINGER
from tests.browser.uploads import IDS, WAYS, choose_files, photo, room, text_file, wait_until_uploaded

__all__ = ["room"]  # a fixture


@pytest.mark.parametrize("way", WAYS, ids=IDS)
def test_the_viewer_leads_from_photo_to_photo_and_back_to_where_it_was_opened(window, room, way):
    minjun = window("minjun", **way)
    page = minjun.enter(room)
    choose_files(minjun, photo(0), photo(1), photo(2, 900, 1600))
    wait_until_uploaded(minjun, 3)
    minjun.write("세 장")
    minjun.has_text("세 장")
    photos = page.locator("[data-messages] > li").last.locator("[data-photo]")
    photos.nth(1).click()
    viewer = page.locator("[data-viewer]")
    page.wait_for_function("() => document.querySelector('[data-viewer-image]').naturalWidth === 1600")
    minjun.shoot(f"attachments-viewer-{'phone' if way is FINGER else 'desktop'}")
    assert viewer.locator("[data-viewer-name]").inner_text() == "산행 2.jpg"
    page.keyboard.press("ArrowRight")
    assert viewer.locator("[data-viewer-name]").inner_text() == "산행 3.jpg"
    assert viewer.locator("[data-viewer-next]").is_disabled()
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("ArrowLeft")
    assert viewer.locator("[data-viewer-previous]").is_disabled()
    with page.expect_download() as download:
        viewer.locator("[data-viewer-download]").click()
    assert download.value.suggested_filename == "산행 1.jpg"
    page.keyboard.press("Escape")
    assert viewer.is_hidden()
    expect(photos.nth(0)).to_be_focused()


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("phone", {"viewport": PHONE}),
        ("phone-dark", {"viewport": PHONE, "color_scheme": "dark"}),
        ("desktop", {"viewport": DESKTOP}),
        ("desktop-dark", {"viewport": DESKTOP, "color_scheme": "dark"}),
        ("narrow", {"viewport": {"width": 320, "height": 640}}),
        ("english", {"viewport": DESKTOP, "locale": "en-US"}),
    ],
)
def test_the_album_gathers_them_and_leads_back(window, room, cast, name, options):
    minjun = window("minjun", **options)
    page = minjun.open(f"/channels/{room}/album/")
    minjun.shoot(f"album-{name}-empty")
    page = minjun.enter(room)
    choose_files(
        minjun, *[photo(number) for number in range(7)], text_file(), text_file("아주 " * 25 + "긴 이름.csv")
    )
    wait_until_uploaded(minjun, 9)
    minjun.write("모두 모았어요")
    minjun.has_text("모두 모았어요")
    for _ in range(40):
        page = minjun.open(f"/channels/{room}/album/")
        if page.locator("[data-photo]").count() == 7:
            break
        page.wait_for_timeout(250)
    page.wait_for_function("() => [...document.images].filter((one) => one.naturalWidth > 0).length >= 7")
    minjun.shoot(f"album-{name}-photos")
    page.locator("[data-photo]").nth(2).click()
    page.locator("[data-viewer-jump]").wait_for()
    minjun.shoot(f"album-{name}-viewer")
    page.locator("[data-viewer-jump]").click()
    page.wait_for_url(re.compile("/channels/"))
    minjun.has_text("모두 모았어요")
    page = minjun.open(f"/channels/{room}/album/?kind=file")
    assert page.locator(".file").count() == 2
    minjun.shoot(f"album-{name}-files")
