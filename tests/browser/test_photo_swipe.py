"""A finger leads from photo to photo in the viewer; two fingers and a finger that goes down do not."""

import pytest

from tests.browser.deeds import FINGER
from tests.browser.uploads import choose_files, photo, room, wait_until_uploaded

__all__ = ["room"]
STEPS = 6


@pytest.fixture
def touch(window):
    """`touch(one, [(x, y), …], [(x, y), …])`: fingers that go from the first places to the second."""

    def move(one, *ways) -> None:
        session = one.page.context.new_cdp_session(one.page)
        for step in range(STEPS + 1):
            points = [
                {"x": x + (to_x - x) * step / STEPS, "y": y + (to_y - y) * step / STEPS, "id": number}
                for number, ((x, y), (to_x, to_y)) in enumerate(ways)
            ]
            kind = "touchMove" if step else "touchStart"
            session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})
        session.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
        session.detach()

    return move


def test_a_finger_leads_through_the_photos(window, room, touch):
    minjun = window("minjun", **FINGER)
    page = minjun.enter(room)
    choose_files(minjun, photo(0), photo(1), photo(2))
    wait_until_uploaded(minjun, 3)
    minjun.write("세 장")
    minjun.has_text("세 장")
    page.locator("[data-messages] > li").last.locator("[data-photo]").nth(1).tap()
    page.wait_for_function("() => document.querySelector('[data-viewer-image]').naturalWidth === 1600")
    name = page.locator("[data-viewer-name]")
    left, right = (90, 400), (300, 420)

    def shown(wanted: str) -> None:
        page.wait_for_timeout(150)
        assert name.inner_text() == wanted

    shown("산행 2.jpg")
    touch(minjun, (right, left))
    shown("산행 3.jpg")
    touch(minjun, (right, left))
    shown("산행 3.jpg")
    for _ in range(2):
        touch(minjun, (left, right))
    shown("산행 1.jpg")
    touch(minjun, ((200, 300), (180, 520)))
    touch(minjun, ((200, 300), (170, 300)))
    shown("산행 1.jpg")
    page.evaluate("() => { document.querySelector('[data-viewer-frame]').style.touchAction = 'none'; }")
    touch(minjun, ((250, 300), (100, 300)), ((260, 500), (110, 500)))
    shown("산행 1.jpg")
